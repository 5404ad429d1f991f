"""The questions the commands ask a Studio, over one connection.

Every answer that is none of a Studio's, and every refusal, is an exception of the SDK: ApiError or
ServerUnreachable.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import quote

from agents_sdk.api import (
    MAX_RESTARTS,
    PAGE_ENTRIES,
    TIMEOUT_SECONDS,
    CursorExpired,
    body_of,
    list_path,
    pages,
    query_string,
)
from agents_sdk.errors import ApiError
from agents_sdk.fields import field
from agents_sdk.wire import Wire

Filters = Mapping[str, Any]
"""Parameters in the words of the API; `agent_id` is a list."""

_LIST = list_path(None)
_FIXED_WORDS = ("stats", "agents", "models", "export", "stream")
"""What the API answers under these addresses is no entry."""
_NOT_FOUND, _SEVERAL = 404, 409
MAX_NAMED = 5


class Studio:
    """A Studio at `url`; close it in the end."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self._wire = Wire(url, timeout_seconds=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._wire.close()

    def pages(
        self, filters: Filters, limit: int | None, *, view: str = "summary"
    ) -> Iterator[dict[str, Any]]:
        """Answers whose `logs` follow on one another, newest first, each call once."""
        seen: set[tuple[Any, Any]] = set()
        for _ in range(MAX_RESTARTS):
            left = None if limit is None else limit - len(seen)
            try:
                for page in pages(self._wire, _LIST, {**filters, "view": view}, left, self.token):
                    new = [entry for entry in page["logs"] if identity(entry) not in seen]
                    seen.update(map(identity, new))
                    yield {**page, "logs": new}
                return
            except CursorExpired:
                continue
        raise ApiError(410, "the index was rebuilt again and again while its pages were read")

    def newest(self, filters: Filters, limit: int, *, view: str = "summary") -> list[Any]:
        """Up to `limit` calls, newest first."""
        return [entry for page in self.pages(filters, limit, view=view) for entry in page["logs"]]

    def call(self, log_id: str, filters: Filters) -> dict[str, Any]:
        """The whole entry with this id, or the one whose id begins like it."""
        agent_ids = filters.get("agent_id") or []
        if agent_ids or log_id not in _FIXED_WORDS:
            answer = self._wire.get(_entry_path(log_id, agent_ids), self.token)
            if answer.status == _SEVERAL:
                agents = ", ".join(map(str, field(answer.body, "agents") or []))
                raise ApiError(_SEVERAL, f"{answer.message} These are: {agents}")
            if answer.status != _NOT_FOUND:
                return _entry(body_of(answer))
        return self._call_that_begins(log_id, filters)

    def stored(self, listed: Mapping[str, Any]) -> dict[str, Any]:
        """The whole entry of a listed one, as it is stored."""
        return _entry(self._asked(_entry_path(str(listed["log_id"]), [str(listed["agent_id"])])))

    def totals(self, filters: Filters) -> dict[str, Any]:
        return _entry(self._asked(f"{_LIST}/stats?{query_string(filters)}"))

    def counts_by(self, what: str, filters: Filters) -> list[dict[str, Any]]:
        """The counts of each agent or each model (`what` is agents or models)."""
        named = field(self._asked(f"{_LIST}/{what}?{query_string(filters)}"), what)
        return [row for row in named if isinstance(row, dict)] if isinstance(named, list) else []

    def _call_that_begins(self, beginning: str, filters: Filters) -> dict[str, Any]:
        """Looked for among the newest calls only: the API finds whole ids."""
        newest = self.newest(filters, PAGE_ENTRIES)
        same = [entry for entry in newest if entry.get("log_id") == beginning]
        found = same or [e for e in newest if str(e.get("log_id")).startswith(beginning)]
        if not found:
            raise ApiError(
                _NOT_FOUND,
                f"no call has the id '{beginning[:80]}', and none of the newest {PAGE_ENTRIES} has "
                "one that begins like it; `list` shows the ids",
            )
        if len(found) > 1:
            shown = ", ".join(f"{e['log_id']} of {e['agent_id']}" for e in found[:MAX_NAMED])
            raise ApiError(
                _SEVERAL, f"'{beginning[:80]}' begins {len(found)} ids; expected one: {shown} …"
            )
        return self.stored(found[0])

    def _asked(self, path: str) -> Any:
        return body_of(self._wire.get(path, self.token))


def identity(entry: Mapping[str, Any]) -> tuple[Any, Any]:
    """What makes an entry the same entry."""
    return str(entry.get("agent_id")), str(entry.get("log_id"))


def _entry_path(log_id: str, agent_ids: list[str]) -> str:
    name = quote(log_id, safe="")
    if len(agent_ids) == 1:
        return f"{list_path(agent_ids[0])}/{name}"
    return f"{_LIST}/{name}?{query_string({'agent_id': agent_ids})}"


def _entry(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ApiError(200, f"the answer is a {type(body).__name__}; expected a JSON object")
    return body
