"""A mistake in a script is told in the test that made it, never in a thread of the server."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from agents_sdk.testing import ModelServer, OpenAIServer, Reply, ToolCall
from agents_sdk.testing.loopback import LoopbackServer

KINDS = (OpenAIServer, ModelServer)
CHAT = "/v1/chat/completions"


def asked(server: LoopbackServer, path: str = CHAT, **body: Any) -> tuple[int, str]:
    """The status and the whole answer."""
    data = json.dumps({"model": "m", **body}).encode()
    request = urllib.request.Request(server.url + path, data)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"content": 5}, "Reply(content=5): expected a str or None"),
    ({"tool_calls": ToolCall("w")}, "expected a sequence of ToolCall"),
    ({"tool_calls": ("weather",)}, "expected a sequence of ToolCall"),
    ({"tool_calls": "weather"}, "expected a sequence of ToolCall"),
    ({"blocks": ("text",)}, "expected a sequence of mappings"),
    ({"blocks": {"type": "text"}}, "expected a sequence of mappings"),
    ({"status": "500"}, "Reply(status='500'): expected an int"),
    ({"delay_seconds": None}, "Reply(delay_seconds=None): expected seconds, up to a day"),
    ({"pause_seconds": 1e300}, "Reply(pause_seconds=1e+300): expected seconds, up to a day"),
    ({"piece_chars": 0}, "Reply(piece_chars=0): expected 1 or more"),
    ({"pause_seconds": -1}, "Reply(pause_seconds=-1): expected 0 or more"),
    ({"cut_after_pieces": -1}, "Reply(cut_after_pieces=-1): expected 0 or more"),
    ({"status": 42}, "Reply(status=42): expected 200 or more"),
    ({"usage": 7}, "Reply(usage=7): expected a mapping or None"),
    ({"tokens": 7}, "Reply(tokens=7): expected a Tokens"),
    ({"headers": {"retry-after": 1}}, "expected texts without line ends"),
    ({"headers": {"x": "a\r\nb"}}, "expected texts without line ends"),
    ({"headers": {"x": "\u20ac"}}, "expected texts without line ends"),
    ({"extra": {"x": object()}}, "not JSON"),
    ({"blocks": ({"type": "text", "text": {1}},)}, "not JSON"),
]


@pytest.mark.parametrize(("fields", "sentence"), MISTAKES)
def test_a_reply_that_nothing_can_be_made_of_is_refused_where_it_is_made(
    fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        Reply(**fields)
    assert sentence in str(refused.value)


def test_arguments_that_are_a_dict_are_refused_with_the_way_to_write_them() -> None:
    arguments: Any = {"city": "Köln"}
    with pytest.raises(TypeError, match=r"expected a JSON text, such as json\.dumps"):
        ToolCall("weather", arguments)


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_is_made_of_replies(kind: type[LoopbackServer]) -> None:
    text: Any = "It rains."
    with pytest.raises(TypeError, match=r"'It rains\.' is not a Reply; expected Reply\("):
        kind(text)
    with kind() as server, pytest.raises(TypeError, match="is not a Reply"):
        server.script(text)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_script_is_that_of_a_new_server(kind: type[LoopbackServer]) -> None:
    with kind(Reply("a")) as server:
        server.script()
        status, answer = asked(server)
    assert (status, json.loads(answer)["choices"][0]["message"]["content"]) == (200, "ok")


@pytest.mark.parametrize(
    ("path", "block"),
    [
        ("/v1/messages", {"text": "a block of Anthropic's has a type"}),
        ("/model/anthropic.claude/converse-stream", {"searchResult": {}}),
        ("/model/anthropic.claude/invoke-with-response-stream", {"text": "no type"}),
    ],
)
def test_a_block_that_its_wire_does_not_know_takes_no_reply(
    path: str, block: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    with ModelServer(Reply("first", blocks=(block,)), Reply("second")) as server:
        status, answer = asked(server, path, stream=True)
        assert status == 400 and "this reply cannot be sent" in answer
        assert "first" in asked(server)[1]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("kind", "odd"), [(OpenAIServer, {"stream_options": 5}), (ModelServer, {"messages": 5})]
)
def test_a_request_that_a_server_stumbles_over_takes_no_reply(
    kind: type[LoopbackServer], odd: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    with kind(Reply("first", wants_thoughts=True), Reply("second")) as server:
        status, answer = asked(server, stream=True, **odd)
        assert status == 400 and "this reply cannot be sent to this request" in answer
        assert "first" in asked(server)[1]
    assert capfd.readouterr().err == ""
