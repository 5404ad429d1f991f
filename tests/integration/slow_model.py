"""A model that takes its time: real OpenAI clients wait for it until the test lets it answer."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import openai

from agents_sdk.testing import OpenAIServer, Reply
from agents_sdk.testing.loopback import Request, Response

DEADLINE_SECONDS = 120.0


class SlowModel(OpenAIServer):
    """Answers when `may_answer` is set."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__(*replies)
        self.may_answer = threading.Event()
        self._callers = ThreadPoolExecutor(4)

    def respond(self, request: Request, reply: Reply) -> Response:
        assert self.may_answer.wait(DEADLINE_SECONDS), "the test forgot to let it answer"
        return super().respond(request, reply)

    def ask(self, question: str) -> "Future[Any]":
        """A call in a thread of its own, through OpenAI's client."""
        client = openai.OpenAI(
            base_url=self.base_url, api_key="any", max_retries=0, timeout=DEADLINE_SECONDS
        )
        messages: Any = [{"role": "user", "content": question}]
        complete = client.chat.completions.create
        return self._callers.submit(complete, model="gpt-4o", messages=messages)

    def stop(self) -> None:
        self.may_answer.set()
        self._callers.shutdown()
        super().stop()
