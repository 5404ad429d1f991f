"""What every framework is asked, and what its entries have to say."""

from typing import Any

from agents_sdk.testing import CapturingLogger, Reply, ToolCall

QUESTION = "How is the weather?"
TEXT = "It rains in Köln today."
CALLING = Reply("", tool_calls=(ToolCall("weather", '{"city": "Köln"}'),))


def weather(city: str) -> str:
    """The weather in a city."""
    return f"rain in {city}"


def assert_calls(logger: CapturingLogger, count: int = 1) -> None:
    """One entry for each call to the model, with its tokens; the last one answers."""
    assert [totals(entry) for entry in logger.entries] == [(21, 9, 30)] * count
    assert logger.entries[-1]["completion"] == TEXT


def assert_tool_loop(logger: CapturingLogger) -> None:
    """The model asks for the tool, gets its result, answers: two calls."""
    assert_calls(logger, 2)
    first, second = logger.entries
    (call,) = first["tool_calls"]
    assert (call["name"], call["id"]) == ("weather", "call_1")
    result = second["messages"][-1]
    assert (result["role"], result["tool_call_id"]) == ("tool", "call_1")
    assert "rain in Köln" in str(result["content"])


def totals(entry: dict[str, Any]) -> tuple[Any, Any, Any]:
    return entry["input_tokens"], entry["output_tokens"], entry["total_tokens"]
