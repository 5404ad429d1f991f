"""Tells a server about entries and reads its answer; knows the wire, keeps no entries.

Servers of this project take batches (`system.report_llm_logs`); one that does not know that event
gets the entries one by one (`system.report_llm_log`).
"""

import enum
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents_sdk.client import AgentClient
from agents_sdk.codec import LineError, decode_line, dumps
from agents_sdk.event import SYSTEM_AGENT_ID
from agents_sdk.fields import path
from agents_sdk.wire import Answer, Wire

BATCH_EVENT = "system.report_llm_logs"
SINGLE_EVENT = "system.report_llm_log"
RECEIPT_EVENT = "system.report_llm_delivery"
SINGLES_SECONDS = 600.0
"""How long a server that knows no batches is not asked for them again."""
LONGEST_TIMEOUT_SECONDS = 120.0
"""A slow server is waited for longer each time: giving up on it means sending the same again."""
NO_ANSWER = "the server did not say what became of it"

_MALFORMED = frozenset({400, 422})
_TOO_LARGE = 413
_ID_BEGIN = b'{"log_id":"'


class Outcome(enum.Enum):
    SETTLED = "each entry has its verdict"
    SPLIT = "the server will not take these together"
    LATER = "the server cannot take anything now"


@dataclass(frozen=True, slots=True)
class Report:
    """What a server said about some entries.

    SETTLED: `verdicts` holds for each entry None (stored) or the reason of its refusal.
    SPLIT and LATER: `problem` says why, `retry_after_seconds` when the server wants to be asked.
    """

    outcome: Outcome
    verdicts: tuple[str | None, ...] = ()
    problem: str = ""
    retry_after_seconds: float | None = None


class Reporter:
    """One server, on behalf of one agent. For one thread at a time."""

    def __init__(
        self, client: AgentClient, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._wire = Wire(
            client.base_url,
            timeout_seconds=client.timeout_seconds,
            longest_timeout_seconds=LONGEST_TIMEOUT_SECONDS,
        )
        self.is_answering = True
        """Whether the server had an answer, any answer, the last time."""
        self._knows_batches = False
        self._singles_until = float("-inf")

    def report(self, entries: Sequence[bytes]) -> Report:
        """Send entries (JSON objects without a newline); never raises for what a server does."""
        if not self._client.is_connected:
            answer = self._register()
            if not answer.is_success:
                return _later(answer)
        if len(entries) > 1 and self._monotonic() < self._singles_until:
            return Report(Outcome.SPLIT, problem="the server takes entries one by one")
        if self._monotonic() < self._singles_until:
            return self._report_one(entries[0])
        return self._report_batch(entries)

    @property
    def secret(self) -> str:
        """Of the registration in use."""
        return self._client.secret

    def tell(self, receipt: Mapping[str, Any]) -> bool | None:
        """Send a delivery receipt. True if it was taken, False if this server takes none, None if
        that remains open. Not worth a second try, nor coming back for after the agent has left.
        """
        if not self._client.is_connected and (
            self._client.has_left or not self._register().is_success
        ):
            return None
        fields = {name: value for name, value in receipt.items() if name != "agent_id"}
        answer = self._post(self._body(RECEIPT_EVENT, dumps(fields)[1:-1]))
        if answer.status == 200:
            return answer.is_success
        return False if answer.status in _MALFORMED else None

    def close(self) -> None:
        self._wire.close()

    def _report_batch(self, entries: Sequence[bytes]) -> Report:
        answer = self._send(
            BATCH_EVENT, b'"entries":[' + b",".join(entries) + b"]", is_alone=len(entries) == 1
        )
        results = path(answer.body, "data", "results")
        if answer.status == 200 and isinstance(results, list):
            self._knows_batches = True
            return Report(Outcome.SETTLED, _verdicts(entries, results))
        if answer.status != 200:
            return _not_taken(answer)
        if self._knows_batches:  # it refused the reporter, not the entries
            return _later(answer)
        self._singles_until = self._monotonic() + SINGLES_SECONDS
        return self.report(entries)

    def _report_one(self, entry: bytes) -> Report:
        answer = self._send(SINGLE_EVENT, b'"log_entry":' + entry, is_alone=True)
        if answer.status != 200:
            return _not_taken(answer)
        return Report(Outcome.SETTLED, (None if answer.is_success else answer.message,))

    def _send(self, event_name: str, payload: bytes, *, is_alone: bool) -> Answer:
        """Send an event; what may come from an outdated registration is tried with a new one.

        A malformed request with a single entry may mean that the server takes nothing from us at
        all (a host name it does not allow): if it registers us, it is the entry's own fault.
        """
        answer = self._post(self._body(event_name, payload))
        is_understood = answer.is_success or path(answer.body, "data", "results") is not None
        is_ours = answer.status in (200, 401, 403) or (is_alone and answer.status in _MALFORMED)
        if is_understood or not is_ours:
            return answer
        registration = self._register()
        if not registration.is_success:
            return Answer(None, problem=registration.message)
        return self._post(self._body(event_name, payload))

    def _register(self) -> Answer:
        answer = self._client.register(self._wire)
        self.is_answering = answer.status is not None
        return answer

    def _post(self, body: bytes) -> Answer:
        answer = self._wire.post("/api/send_event", body)
        self.is_answering = answer.status is not None
        return answer

    def _body(self, event_name: str, payload: bytes) -> bytes:
        """The entries are JSON already, so the body is put together, not encoded again."""
        head = dumps(
            {
                "event_id": str(uuid.uuid4()),
                "event_name": event_name,
                "source_id": self._client.agent_id,
                "target_agent_id": SYSTEM_AGENT_ID,
                "metadata": {},
                "visibility": "network",
                "secret": self._client.secret,
            }
        )
        agent_id = dumps(self._client.agent_id)
        return b'%s,"payload":{"agent_id":%s,%s}}' % (head[:-1], agent_id, payload)


def is_whole(entry: bytes) -> bool:
    """Whether a line of the spool is an entry, and not what a dying process left of one."""
    try:
        return bool(decode_line(entry).entry)
    except LineError:
        return False


def _verdicts(entries: Sequence[bytes], results: list[Any]) -> tuple[str | None, ...]:
    said = {
        result["log_id"]: None if result.get("success") is True else _reason(result)
        for result in results
        if isinstance(result, dict) and isinstance(result.get("log_id"), str)
    }
    return tuple(said.get(_log_id(entry), NO_ANSWER) for entry in entries)


def _reason(result: dict[str, Any]) -> str:
    error = result.get("error")
    return error if isinstance(error, str) and error else "refused by the server"


def _log_id(entry: bytes) -> str:
    """The id, which our own loggers write first, without decoding a large entry."""
    end = entry.find(b'"', len(_ID_BEGIN))
    if entry.startswith(_ID_BEGIN) and end > 0 and b"\\" not in entry[:end]:
        return entry[len(_ID_BEGIN) : end].decode("utf-8", "replace")
    try:
        return str(decode_line(entry).entry.get("log_id"))
    except LineError:
        return ""


def _not_taken(answer: Answer) -> Report:
    if answer.status == _TOO_LARGE or answer.status in _MALFORMED:
        return Report(Outcome.SPLIT, problem=answer.message)
    return _later(answer)


def _later(answer: Answer) -> Report:
    return Report(
        Outcome.LATER, problem=answer.message, retry_after_seconds=answer.retry_after_seconds
    )
