"""An agent that lives off the real `openai` client and checks what it gets, whatever happens to
its log. Used by tests in their own process and by the programs they start.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openai

from agents_sdk.testing import ModelServer, Reply

TEXT = "It rains in Köln today."
OVERLOADED = "the model has too much to do"
QUESTION: list[Any] = [{"role": "user", "content": "How is the weather in Köln?"}]
MODEL = "gpt-5"
CALLS_IN_A_TURN = 4


class StressedAgent:
    """Has a provider that answers and one that is overloaded; raises if either is not heard."""

    def __init__(self, answering_url: str, failing_url: str, connections: int = 20) -> None:
        limits = httpx.Limits(max_connections=connections)
        self._answering_url = answering_url
        self._answering = openai.OpenAI(
            base_url=answering_url,
            api_key="key",
            max_retries=0,
            http_client=httpx.Client(limits=limits, timeout=httpx.Timeout(60, pool=None)),
        )
        self._failing = openai.OpenAI(
            base_url=failing_url,
            api_key="key",
            max_retries=0,
            http_client=httpx.Client(limits=limits, timeout=httpx.Timeout(60, pool=None)),
        )

    def turn(self) -> None:
        """Four calls, each with its own result or its own exception."""
        self.ask()
        self.stream()
        asyncio.run(self.ask_on_a_loop())
        self.be_refused()

    def ask(self) -> None:
        answer = self._answering.chat.completions.create(model=MODEL, messages=QUESTION)
        assert answer.choices[0].message.content == TEXT

    def stream(self) -> None:
        chunks = self._answering.chat.completions.create(
            model=MODEL, messages=QUESTION, stream=True
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
        assert "".join(pieces) == TEXT

    async def ask_on_a_loop(self) -> None:
        async with openai.AsyncOpenAI(
            base_url=self._answering_url, api_key="key", max_retries=0
        ) as client:
            answer = await client.chat.completions.create(model=MODEL, messages=QUESTION)
        assert answer.choices[0].message.content == TEXT

    def be_refused(self) -> None:
        try:
            self._failing.chat.completions.create(model=MODEL, messages=QUESTION)
        except openai.RateLimitError as error:
            assert error.status_code == 429 and OVERLOADED in str(error)
            return
        raise AssertionError("the agent did not get the exception of its own call")

    def close(self) -> None:
        self._answering.close()
        self._failing.close()


@contextmanager
def providers() -> Iterator[tuple[str, str]]:
    """The addresses of a provider that answers and of one that is overloaded."""
    with (
        ModelServer(Reply(TEXT)) as answering,
        ModelServer(Reply(OVERLOADED, status=429, error_type="rate_limit_error")) as failing,
    ):
        yield answering.openai_url, failing.openai_url
