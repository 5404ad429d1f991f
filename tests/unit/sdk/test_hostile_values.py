"""Values of a host whose own methods fail: the call is recorded with all that can be kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger
from agents_sdk.codec import decode_line
from agents_sdk.loggers.base import CallLogger


def fail(*args: Any) -> NoReturn:
    raise RuntimeError("not today")


class Speechless(Exception):
    __str__ = __repr__ = fail


class Untrue:
    """Like an array: neither true nor false."""

    __bool__ = __len__ = __iter__ = fail


class UntrueText(str):
    __bool__ = __len__ = __str__ = __iter__ = fail  # type: ignore[assignment]


class Closed(dict[str, Any]):
    get = items = keys = __iter__ = __bool__ = fail  # type: ignore[assignment]


class Classless:
    @property
    def __class__(self) -> NoReturn:  # type: ignore[override]
        fail()


class Unreadable:
    __getattr__ = fail


HOSTILE: dict[str, Callable[[], Any]] = {
    "exception": Speechless,
    "array": Untrue,
    "text": lambda: UntrueText("x"),
    "dict": lambda: Closed(a=1),
    "classless": Classless,
    "unreadable": Unreadable,
}
PLACES = [
    *("model_name", "provider", "messages", "tools", "response", "latency_ms", "error"),
    *("log_id", "session_id", "tags", "anything"),
    *("response.content", "response.tool_calls", "response.usage", "response.reasoning"),
    *("usage.prompt_tokens", "usage.iterations", "usage.cost"),
]


@pytest.fixture(params=["file", "event"])
def logger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CallLogger]:
    if request.param == "file":
        yield LLMCallLogger(tmp_path, "bot")
        return
    nobody = AgentClient("bot", "http://127.0.0.1:9")
    logger = EventBasedLLMLogger("bot", nobody, spool_dir=tmp_path)
    yield logger
    logger.close(0)


def call_with(value: Any, place: str) -> dict[str, Any]:
    call: dict[str, Any] = dict.fromkeys(("tools", "response", "error"))
    call |= {"model_name": "m", "provider": "p", "messages": [], "latency_ms": 1}
    where, _, name = place.partition(".")
    if where == "usage":
        call["response"] = {"content": "Yes.", "usage": {"input_tokens": 1, name: value}}
    elif name:
        call["response"] = {"content": "Yes.", name: value}
    else:
        call[place] = value
    return call


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_value_anywhere_costs_the_entry(logger: CallLogger, kind: str, place: str) -> None:
    assert type(logger.log_call_sync(**call_with(HOSTILE[kind](), place))) is str
    report = logger.delivery_report()
    assert (report.written, dict(report.dropped)) == (1, {})


@pytest.fixture
def files(tmp_path: Path) -> LLMCallLogger:
    return LLMCallLogger(tmp_path, "bot", new_id=lambda: "id-1")


def only_entry(files: LLMCallLogger) -> dict[str, Any]:
    (line,) = files.path.read_bytes().splitlines()
    return decode_line(line).entry


def test_an_error_that_cannot_speak_is_named_by_its_type(files: LLMCallLogger) -> None:
    files.log_call_sync("m", "p", [], None, None, 1, Speechless())
    entry = only_entry(files)
    assert (entry["error"], entry["error_type"]) == ("Speechless", "Speechless")


def test_what_stands_beside_a_hostile_value_is_kept(files: LLMCallLogger) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    response = {"content": "Yes.", "tool_calls": Untrue(), "usage": usage}
    files.log_call_sync("m", "p", [{"role": "user", "content": "Hi"}], None, response, 1)
    entry = only_entry(files)
    assert (entry["completion"], entry["input_tokens"], entry["total_tokens"]) == ("Yes.", 3, 7)
    assert list(entry["tool_calls"]) == ["__repr__"]


def test_an_id_that_is_no_plain_text_is_read_as_the_text_it_holds(files: LLMCallLogger) -> None:
    assert files.log_call_sync("m", "p", [], None, None, 1, log_id=UntrueText("mine")) == "mine"
    assert only_entry(files)["log_id"] == "mine"
