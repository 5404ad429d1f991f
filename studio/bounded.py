"""Daphne's request, with an upper bound for its body and one for its address.

Daphne hands a request to the application only once its body has arrived whole, so a body that is
too big has to be stopped here, while it arrives: the answer is sent at once, the rest is thrown
away for a few seconds so that the client gets to read the answer, then the connection is closed.
Addresses need more room than Twisted gives them: a log id may have 3,000 characters, of up to
twelve encoded ones each.
"""

import json
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest  # type: ignore[import-untyped]
from twisted.internet import reactor as installed_reactor
from twisted.web.http import HTTPChannel

# Twisted types it as the least of all reactors.
reactor: Any = installed_reactor

FORM_BYTES = 65_536
"""Bound of every body that is not JSON: the login form is the only one there is."""
MAX_ADDRESS_BYTES = 262_144
"""Bound of the first line of a request, and of each header; a hundred long agent ids fit."""
HEADERS_BYTES = 16_384
"""What all headers together may have beside an address that long."""
SWALLOW_SECONDS = 10.0


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """A request that stops keeping its body beyond `max_json_bytes` (or `FORM_BYTES`)."""

    max_json_bytes: int
    received_bytes = 0
    is_refused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django parses forms; without this Twisted would parse every one of them before.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)

    def gotLength(self, length: int | None) -> None:
        is_too_big = length is not None and length > self.limit_bytes
        super().gotLength(0 if is_too_big else length)
        if is_too_big:
            self.refuse()

    def handleContentChunk(self, data: bytes) -> None:
        self.received_bytes += len(data)
        if self.is_refused:
            return
        if self.received_bytes > self.limit_bytes:
            self.refuse()
            return
        super().handleContentChunk(data)

    def process(self) -> Any:
        if not self.is_refused:
            return super().process()
        self.channel.persistent = False
        self.channel.loseConnection()
        return None

    @property
    def limit_bytes(self) -> int:
        content_type = (self.requestHeaders.getRawHeaders(b"Content-Type") or [b""])[0]
        is_json = content_type.lower().startswith(b"application/json")
        return self.max_json_bytes if is_json else min(FORM_BYTES, self.max_json_bytes)

    def refuse(self) -> None:
        """Answer 413 on the bare connection: the request as such has not begun yet."""
        self.is_refused = True
        self.content.seek(0)
        self.content.truncate()
        self.channel.transport.write(_too_large(self.limit_bytes))
        reactor.callLater(SWALLOW_SECONDS, _abort, self.channel)


class BoundedChannel(HTTPChannel):
    """A connection that takes long addresses, and answers those that are too long."""

    MAX_LENGTH = MAX_ADDRESS_BYTES
    totalHeadersSize = MAX_ADDRESS_BYTES + HEADERS_BYTES

    def lineLengthExceeded(self, line: bytes) -> None:
        """Answer, and end our half of the connection; a client may still be sending its half."""
        is_address = not hasattr(self, "_path")
        transport: Any = self.transport
        transport.write(_too_long_address() if is_address else _too_long_header())
        self.dataReceived = _swallow  # type: ignore[method-assign]
        transport.unregisterProducer()
        transport.loseWriteConnection()
        reactor.callLater(SWALLOW_SECONDS, _abort, self)


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """Builds connections whose requests are `BoundedRequest`s."""

    # HTTP/1.1 only: what the factory makes otherwise may also turn into HTTP/2, if `h2` is there.
    protocol = BoundedChannel

    def __init__(self, server: Any, max_json_bytes: int) -> None:
        super().__init__(server)
        self.request_class = type(
            "BoundedRequest", (BoundedRequest,), {"max_json_bytes": max_json_bytes}
        )

    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = self.request_class
        return protocol


def _swallow(data: bytes) -> None:
    pass


def _abort(channel: Any) -> None:
    if channel.transport is not None:
        channel.transport.abortConnection()


def _too_large(limit_bytes: int) -> bytes:
    return _bare_answer(
        b"413 Request Entity Too Large",
        f"The request body is larger than {limit_bytes} bytes; expected a smaller one; "
        "send fewer or smaller entries, or raise STUDIO_MAX_EVENT_BYTES.",
    )


def _too_long_address() -> bytes:
    return _bare_answer(
        b"414 URI Too Long",
        f"The address is longer than {MAX_ADDRESS_BYTES} bytes; expected a shorter one; "
        "ask for fewer agents at once, or for a shorter text.",
    )


def _too_long_header() -> bytes:
    return _bare_answer(
        b"431 Request Header Fields Too Large",
        f"A header is longer than {MAX_ADDRESS_BYTES} bytes; expected a shorter one.",
    )


def _bare_answer(status: bytes, error: str) -> bytes:
    body = json.dumps({"success": False, "error": error}).encode()
    return (
        b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
        b"X-Content-Type-Options: nosniff\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (status, len(body), body)
    )
