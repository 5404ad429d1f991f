"""A request to OpenAI or Anthropic before it is sent: what it is, what has to be added to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from agents_sdk.instrumentation import state
from agents_sdk.instrumentation.clientobjects import as_dict, said_in
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.recording import Recording
from agents_sdk.instrumentation.streams import Fold
from agents_sdk.normalise.noanswer import no_answer
from agents_sdk.normalise.shapes import Answer, Json, Prompt

RAW_HEADER = "X-Stainless-Raw-Response"
_PLAIN = frozenset({str, bytes, list, int, float, bool, type(None)})
_NOT_GIVEN = frozenset({"Omit", "NotGiven"})


class Dialect(Protocol):
    """What a provider's requests and answers mean."""

    def endpoint(self, path: str) -> str | None:
        """Which kind of call a POST to this path is; None if it is none to record."""

    def provider(self, client: Any) -> str: ...

    def prompt(self, endpoint: str, body: Json) -> Prompt: ...

    def answer(self, endpoint: str, body: Json) -> Answer: ...

    def fold(self, endpoint: str) -> Fold: ...

    def asking_for_usage(
        self, endpoint: str, client: Any, body: Json, is_vouched: bool
    ) -> Json | None:
        """What to add to the body to get usage in the stream, where that may be; else None.

        `is_vouched`: the program said that its servers understand the wish.
        """


@dataclass(slots=True)
class Call:
    """One request under way, and how to read what comes back."""

    dialect: Dialect
    endpoint: str
    recording: Recording
    asked_for_usage: bool = False
    has_parser: bool = False

    def answer(self, body: Json) -> Answer:
        return self.dialect.answer(self.endpoint, body)

    def answer_in(self, came: Any) -> Answer:
        """What the client handed on in the place of an answer: its JSON, a text, anything."""
        value = said_in(came) if isinstance(came, str | bytes) else came
        if isinstance(value, dict):
            return self.answer(value)
        return no_answer(value) if type(value) in _PLAIN else Answer()

    def is_our_usage(self, chunk: Any) -> bool:
        """The chunk that comes only because we asked: no choices, and their list or the counts.

        Anything else without choices (a server's sign of life, say) came to the caller. Who sends
        such a chunk unasked is not asked, so that no chunk of the caller's looks like this one.
        """
        usage = getattr(chunk, "usage", None)
        if usage is None:
            return False
        choices = getattr(chunk, "choices", None)
        has_counts = getattr(usage, "prompt_tokens", None) is not None
        return not choices and (type(choices) is list or has_counts)


def endpoint_of(dialect: Dialect, options: Any) -> str | None:
    """Which kind of call a request is; None if it is none to record."""
    if options is None or options.method.lower() != "post" or type(options.json_data) is not dict:
        return None
    path = str(options.url).partition("?")[0]
    return dialect.endpoint(path)


def body_of_request(options: Any) -> Json:
    """The JSON that will be sent, `extra_body` included, without what was not given."""
    extra = options.extra_json
    whole = {**options.json_data, **extra} if extra else options.json_data
    return {key: value for key, value in whole.items() if type(value).__name__ not in _NOT_GIVEN}


def adapted(active: state.Active, call: Call, client: Any, options: Any, body: Json) -> Any:
    """The options with what the recording needs from them; a copy, if anything changes."""
    changes: Json = {}
    asks = active.asks_for_usage
    if asks is not False and call.recording.is_stream and not _is_raw(options):
        wish = call.dialect.asking_for_usage(call.endpoint, client, body, asks is True)
        if wish is not None:
            changes["json_data"] = {**options.json_data, **wish}
            call.asked_for_usage = True
    parse = options.post_parser
    if callable(parse):
        changes["post_parser"] = _watched_parser(call, parse)
        call.has_parser = True
    if not changes:
        return options
    copy = getattr(options, "model_copy", None) or options.copy  # the latter in pydantic 1
    return copy(update=changes)


def _is_raw(options: Any) -> bool:
    headers = options.headers
    return isinstance(headers, dict) and RAW_HEADER in headers


def _watched_parser(call: Call, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A structured answer that cannot be parsed has cost its tokens all the same."""

    def post_parser(raw: Any) -> Any:
        try:
            return parse(raw)
        except Exception as error:
            answer = shielded(lambda: call.answer(as_dict(raw)))()
            call.recording.fail(error, answer, is_of_parsing=True)
            raise

    return post_parser
