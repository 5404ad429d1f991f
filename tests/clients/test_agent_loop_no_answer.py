"""The tool loop, where a server answers with something that is no completion."""

from collections.abc import Iterator

import pytest

from agents_sdk import AgentConfig
from agents_sdk.testing import ModelServer
from tests.clients.odd_server import PLAIN, OddServer
from tests.clients.test_agent_loop import Entries, ask, config, entries

__all__ = ["config", "entries"]

PAGE = b"<html><body>Please log in</body></html>"
ODD = [
    (PAGE, "text/html"),
    (b"null", PLAIN),
    (b"[1, 2]", PLAIN),
    (b"{}", PLAIN),
    (b'{"message": "hi"}', PLAIN),
]


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    with OddServer(PAGE) as server:
        yield server


@pytest.mark.parametrize("is_stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(("body", "content_type"), ODD)
async def test_what_is_no_completion_ends_the_run_with_an_error_and_so_its_entry(
    model_server: OddServer,
    config: AgentConfig,
    entries: Entries,
    body: bytes,
    content_type: str,
    is_stream: bool,
) -> None:
    model_server.body, model_server.content_type = body, content_type
    config.stream = is_stream
    trajectory = await ask(config)
    (entry,) = entries()
    assert trajectory.error
    assert entry["error"].endswith(trajectory.error)
    assert (trajectory.response, entry["completion"]) == ("", "")
    ours = ("the answer is no completion but ", "the stream ended without an answer")
    is_from_the_client = config.provider in ("gemini", "bedrock")
    assert is_from_the_client or entry["error"].startswith(ours[is_stream])
