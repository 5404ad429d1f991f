"""Makes a stream wait for a reader who does not read.

Daphne hands every piece of a response to Twisted and returns at once; what the reader does not
fetch piles up in memory without a limit. This ASGI wrapper registers as the producer of a streamed
response, is told by Twisted when its buffer is full and when it has drained, and holds `send` in
between. So a slow reader's rows wait in its bounded subscription, where a gap can be reported.

On any other server, and for everything but event streams, it changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

STREAM_TYPE = b"text/event-stream"


class WithBackpressure:
    """An ASGI application whose event streams wait for their readers."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        request = _request_of_daphne(send) if scope["type"] == "http" else None
        if request is None:
            return await self._application(scope, receive, send)
        await self._application(scope, receive, _PatientSend(send, request))


@implementer(IPushProducer)
class _PatientSend:
    """`send` that waits while Twisted's buffer is full."""

    def __init__(self, send: Send, request: Any) -> None:
        self._send = send
        self._request = request
        self._is_registered = False
        self._may_go_on = asyncio.Event()
        self._may_go_on.set()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_stream(message):
            self._register()
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            self._unregister()
        await self._may_go_on.wait()
        await self._send(message)

    def pauseProducing(self) -> None:
        self._may_go_on.clear()

    def resumeProducing(self) -> None:
        self._may_go_on.set()

    def stopProducing(self) -> None:
        """The connection is lost; `send` drops what still comes."""
        self._may_go_on.set()

    def _register(self) -> None:
        if self._request.channel is not None:
            self._request.registerProducer(self, True)
            self._is_registered = True

    def _unregister(self) -> None:
        if self._is_registered and self._request.channel is not None:
            self._request.unregisterProducer()
        self._is_registered = False
        self._may_go_on.set()


def _is_stream(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(STREAM_TYPE)
        for name, value in message.get("headers", ())
    )


def _request_of_daphne(send: Send) -> Any:
    """Twisted's request behind Daphne's `send`, or None behind any other."""
    if not isinstance(send, partial) or not send.args:
        return None
    request = send.args[0]
    return request if hasattr(request, "registerProducer") else None
