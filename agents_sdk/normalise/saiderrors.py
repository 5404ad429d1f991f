"""Errors that come as data, in an answer of status 200 or in a piece of a stream.

OpenRouter tells so of a failure behind it, in the answer or in its first choice; MiniMax answers
everything so; servers of one's own say `"object": "error"` or an error that is only a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents_sdk.normalise.shapes import mapping, objects, string

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SaidError:
    """What went wrong, and the provider's code for it."""

    text: str
    code: str | None


def error_said_in(answer: Fields) -> SaidError | None:
    """The error in an answer or a chunk; None if it tells of none."""
    choice = next(iter(objects(answer.get("choices"))), {})
    for said in (answer.get("error"), choice.get("error")):
        if isinstance(said, str) and said:
            return SaidError(said, None)
        if mapping(said):
            return _described(mapping(said))
    if answer.get("object") == "error":
        return _described(answer)
    return _of_minimax(mapping(answer.get("base_resp")))


def _described(error: Fields) -> SaidError:
    said = (error.get("code"), error.get("type"))
    code = next((str(word) for word in said if word is not None), None)
    return SaidError(string(error.get("message")) or code or "error", code)


def _of_minimax(response: Fields) -> SaidError | None:
    """Its status is 0 where all went well."""
    status = response.get("status_code")
    if type(status) is not int or status == 0:
        return None
    return SaidError(string(response.get("status_msg")) or str(status), str(status))
