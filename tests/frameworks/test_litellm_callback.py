"""What LiteLLM's callback says of calls that it alone sees: exact counts, and no made-up calls."""

import asyncio
import time
from typing import Any

import pytest

from agents_sdk import uninstrument
from agents_sdk.testing import CapturingLogger, ModelServer, Reply
from tests.frameworks.calls import QUESTION, TEXT, totals
from tests.frameworks.litellm_calls import (
    CLAUDE,
    OPENAI,
    arguments,
    ask,
    call_back,
    litellm,
    until_recorded,
)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=[OPENAI, CLAUDE])
def asked(
    request: pytest.FixtureRequest,
    model_server: ModelServer,
    recorded: CapturingLogger,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    uninstrument()
    call_back(monkeypatch, recorded)
    return arguments(request.param, model_server, {"role": "user", "content": QUESTION})


@pytest.mark.parametrize("how", ["stream", "astream"])
async def test_a_stream_without_counts_has_none_though_litellm_estimates_them(
    recorded: CapturingLogger, asked: Any, how: str, model_server: ModelServer
) -> None:
    model_server.script(Reply(TEXT))
    await ask(asked, how)
    entry = await until_recorded(recorded)
    assert (entry["completion"], entry["stream_end"]) == (TEXT, "complete")
    if asked["model"].startswith("anthropic"):  # which always counts
        assert totals(entry) == (21, 9, 30)
        return
    assert totals(entry) == (None, None, None)
    assert "reasoning_tokens" not in entry


@pytest.mark.parametrize("how", ["call", "stream", "acall", "astream"])
async def test_an_answer_that_is_made_up_for_a_test_is_no_call_to_a_model(
    recorded: CapturingLogger, asked: Any, how: str
) -> None:
    await ask(asked, how, mock_response="made up")
    await ask(asked, "call")  # whatever was told of the first has been told by then
    entry = await until_recorded(recorded)
    assert entry["completion"] != "made up"


@pytest.mark.parametrize("how", ["acall", "astream"])
def test_an_asynchronous_call_is_recorded_when_it_ends_not_when_the_next_loop_runs(
    recorded: CapturingLogger, asked: Any, how: str
) -> None:
    ended_at = []
    for number in range(1, 4):
        asyncio.run(ask(asked, how))
        ended_at.append(time.time())
        assert len(recorded.entries) == number
    for entry, end in zip(recorded.entries, ended_at, strict=True):
        assert (entry["completion"], entry["timestamp"] <= end) == (TEXT, True)


def test_a_model_to_fall_back_on_is_recorded_when_it_has_answered(
    recorded: CapturingLogger, asked: Any, model_server: ModelServer
) -> None:
    model_server.script(Reply("no", status=400), Reply(TEXT))
    litellm.completion(**asked, fallbacks=[dict(asked)])
    assert [entry["completion"] for entry in recorded.entries] == ["", TEXT]


async def test_a_call_of_which_litellm_is_to_tell_nobody_has_no_entry(
    recorded: CapturingLogger, asked: Any
) -> None:
    await ask(asked, "acall", **{"no-log": True})
    await ask(asked, "acall")
    entry = await until_recorded(recorded)
    assert (entry["completion"], entry["error"]) == (TEXT, None)


async def test_keys_of_a_call_are_not_recorded(asked: Any, recorded: CapturingLogger) -> None:
    more = {"extra_headers": {"X-Tenant": "SECRET"}, "extra_body": {"db_password": "SECRET"}}
    await ask({**asked, "api_key": "SECRET"}, "call", temperature=0.5, **more)
    entry = await until_recorded(recorded)
    assert "SECRET" not in str(entry)
    assert entry["request"]["temperature"] == 0.5
