"""One call as pages of text: who, when, how much; the conversation; the answer or the error.

In: an entry as it is stored, of which every value may be of any type. Out: lines ready to be shown.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from agents_sdk.cli.content import INDENT, call_lines, content_lines, spoken_json_lines
from agents_sdk.cli.figures import UNKNOWN, count, milliseconds, number_of
from agents_sdk.cli.moments import exact_time
from agents_sdk.cli.output import Paint
from agents_sdk.cli.rows import text_of, tool_names
from agents_sdk.cli.safetext import one_line
from agents_sdk.codec import dumps
from agents_sdk.errorfield import is_error

_COLOURS = {"system": "dim", "user": "green", "assistant": "cyan", "tool": "yellow"}
_BELONGING = ("session_id", "trace_id", "span_id", "parent_span_id", "request_id")


def call_text(entry: dict[str, Any], paint: Paint) -> Iterator[str]:
    """The lines of a whole call."""
    yield paint("bold", f"{text_of(entry.get('log_id'))}  {text_of(entry.get('agent_id'))}")
    yield from (f"{paint('dim', f'{name:<9}')} {value}" for name, value in _facts(entry) if value)
    for message in _messages(entry.get("messages")):
        yield from _message(message, paint)
    if entry.get("reasoning"):
        yield from _section("reasoning", content_lines(entry["reasoning"]), paint, "dim")
    answer = [*content_lines(entry.get("completion")), *_asked(entry.get("tool_calls"))]
    if answer:
        yield from _section("answer", answer, paint, "cyan")
    if is_error(entry.get("error")):
        kind = f" ({text_of(entry['error_type'])})" if entry.get("error_type") else ""
        yield from _section(f"error{kind}", content_lines(entry["error"]), paint, "red")


def _facts(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "at", exact_time(entry.get("timestamp"))
    yield "model", _model(entry)
    yield "took", _times(entry)
    yield "tokens", _tokens(entry)
    yield "finished", text_of(entry["finish_reason"]) if entry.get("finish_reason") else ""
    yield "cost", _cost(entry)
    for key in _BELONGING:
        if isinstance(entry.get(key), str) and entry[key]:
            yield key.removesuffix("_id").replace("_span", ""), text_of(entry[key])
    yield "tools", ", ".join(tool_names(entry.get("tools")))
    for key in ("request", "tags"):
        yield key, one_line(dumps(entry[key]).decode()) if entry.get(key) else ""


def _model(entry: dict[str, Any]) -> str:
    asked = f"{text_of(entry.get('model_name'))}  {text_of(entry.get('provider'))}"
    answered = text_of(entry.get("response_model"))
    is_other = answered not in (UNKNOWN, text_of(entry.get("model_name")))
    return f"{asked}  answered by {answered}" if is_other else asked


def _times(entry: dict[str, Any]) -> str:
    """Lists say 0 for what is unknown; no call takes no time."""
    first = entry.get("time_to_first_token_ms")
    waited = f", {milliseconds(first)} to the first token" if number_of(first) is not None else ""
    return milliseconds(number_of(entry.get("latency_ms")) or None) + waited


def _tokens(entry: dict[str, Any]) -> str:
    """`1,234 in (1,000 cached), 56 out`; the total alone if nothing else is known."""
    sides = [_side(entry, "input_tokens", "in", cache_read_tokens="from cache",
                   cache_write_tokens="into cache"),
             _side(entry, "output_tokens", "out", reasoning_tokens="reasoning")]  # fmt: skip
    if all(entry.get(key) is None for key in ("input_tokens", "output_tokens")):
        total = number_of(entry.get("total_tokens"))
        return f"{count(total or None)} in all"  # lists say 0 for what is unknown
    return ", ".join(sides)


def _side(entry: dict[str, Any], key: str, name: str, **parts: str) -> str:
    known = [
        f"{count(entry[part])} {words}"
        for part, words in parts.items()
        if number_of(entry.get(part))
    ]
    detail = f" ({', '.join(known)})" if known else ""
    return f"{count(entry.get(key))} {name}{detail}"


def _cost(entry: dict[str, Any]) -> str:
    reported = number_of(entry.get("reported_cost"))
    return "" if reported is None else f"${reported:.6f}, as the provider says"


def _messages(messages: Any) -> list[Any]:
    if messages is None:
        return []
    return messages if isinstance(messages, list) else [messages]


def _message(message: Any, paint: Paint) -> Iterator[str]:
    if not isinstance(message, dict):
        yield from _section("message", content_lines(message), paint, "green")
        return
    role = text_of(message.get("role") or message.get("type"))
    name = message.get("name") or message.get("tool_call_id")
    title = f"{role} {text_of(name)}" if name else role
    yield from _section(title, _message_lines(message, role), paint, _COLOURS.get(role, "green"))


def _message_lines(message: dict[str, Any], role: str) -> Iterator[str]:
    content = message.get("content") if "content" in message else message.get("parts")
    is_result = role == "tool" and isinstance(content, str)
    lines = [*(spoken_json_lines(content) if is_result else content_lines(content))]
    asked = [*_asked(message.get("tool_calls") or message.get("function_call"))]
    if not lines and not asked:
        rest = {key: value for key, value in message.items() if key not in ("role", "content")}
        lines = [*content_lines(rest)] if rest else []
    yield from lines
    yield from asked


def _asked(tool_calls: Any) -> Iterator[str]:
    for call in tool_calls if isinstance(tool_calls, list) else [tool_calls]:
        if call:
            yield from call_lines(call)


def _section(title: str, lines: Iterable[str], paint: Paint, colour: str) -> Iterator[str]:
    yield ""
    yield paint(colour, f"── {title} ──")
    for line in lines:
        yield (INDENT + paint("red", line) if colour == "red" else INDENT + line).rstrip()
