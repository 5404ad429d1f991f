"""What came with status 200 in the place of an answer: a proxy's page, a text, another object.

Clients hand such things on as they are, and an entry without a word would look like a model that
had nothing to say. Each provider's module knows what its answers have in any case.
"""

import json
from collections.abc import Mapping
from typing import Any

from agents_sdk.normalise.saiderrors import error_said_in
from agents_sdk.normalise.shapes import Answer, mapping

MAX_SHOWN_CHARS = 500
"""Of what came: enough to know a login page or a gateway's refusal by."""
NO_COMPLETION = "no_completion"
EMPTY_STREAM = "empty_stream"
_KINDS = {str: "a text", bytes: "a text", list: "a list", bool: "a boolean", type(None): "null"}


def no_answer(came: Any) -> Answer:
    """The record of something that is none at all."""
    answer = Answer()
    _add_error(answer, came)
    return answer


def judged(answer: Answer, body: Any, is_answer: bool) -> Answer:
    """The answer that a body was read as, with what is wrong with it."""
    if not is_answer and answer.error is None:
        said = error_said_in(mapping(body))
        if said is None:
            _add_error(answer, body)
        else:
            answer.error, answer.error_type = said.text, said.code
    return answer


def judged_stream(answer: Answer, content_type: str | None = None) -> Answer:
    """The same of a stream that was read to its end; one that brought nothing is no answer."""
    if answer.error is not None or not _is_empty(answer):
        return answer
    answer.error = "the stream ended without an answer"
    if content_type and "event-stream" not in content_type:
        answer.error += f"; its content type is {content_type[:MAX_SHOWN_CHARS]}"
    answer.error_type = EMPTY_STREAM
    return answer


def _is_empty(answer: Answer) -> bool:
    said = (answer.content, answer.tool_calls, answer.reasoning, answer.usage, answer.has_unread)
    named = (answer.finish_reason, answer.response_id, answer.response_model)
    return not any((*said, *named))


def _add_error(answer: Answer, came: Any) -> None:
    answer.error = f"the answer is no completion but {_described(came)}"
    answer.error_type = NO_COMPLETION


def _described(came: Any) -> str:
    if came is None:
        return "null"
    if isinstance(came, str | bytes) and not came.strip():
        return "empty"
    kind = "an object" if isinstance(came, Mapping) else _KINDS.get(type(came), "a number")
    beginning = _beginning(came)
    is_cut = len(beginning) > MAX_SHOWN_CHARS
    return f"{kind}: {beginning[:MAX_SHOWN_CHARS]}{'…' if is_cut else ''}"


def _beginning(came: Any) -> str:
    """A little more than is shown. Never encodes the whole of what may be large."""
    if isinstance(came, bytes):
        came = came[: 4 * MAX_SHOWN_CHARS].decode("utf-8", "replace")
    if isinstance(came, str):
        return came[: MAX_SHOWN_CHARS + 1]
    shown = ""
    for piece in json.JSONEncoder(ensure_ascii=False, default=repr).iterencode(came):
        shown += piece[: MAX_SHOWN_CHARS + 1]
        if len(shown) > MAX_SHOWN_CHARS:
            break
    return shown
