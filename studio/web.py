"""The web process: Daphne on the socket that the supervisor opened."""

import os
import socket
from typing import Any

# Before anything else that may import Twisted: Daphne chooses its event loop at import.
from daphne.server import Server  # type: ignore[import-untyped]  # isort: skip

from django.conf import settings
from twisted.internet import reactor

from studio.asgi import application
from studio.bounded import BoundedFactory

CLOSE_SECONDS = 5
"""How long a view may go on after its client left."""
READ_BYTES = 65_536


def serve(descriptor: int) -> None:
    """Serve on a listening socket until SIGTERM or SIGINT."""
    server: Any = Server(
        application,
        endpoints=["inherited"],
        ready_callable=lambda: _listen(server, descriptor),
        request_buffer_size=READ_BYTES,
        application_close_timeout=CLOSE_SECONDS,
        server_name="",
        verbosity=0,
    )
    # Endpoint strings cannot name an inherited IPv6 socket; `_listen` adopts it directly.
    server.endpoints.clear()
    server.run()


def _listen(server: Any, descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as listening:
        family = listening.family
    factory = BoundedFactory(server, settings.STUDIO.max_event_bytes)
    reactor.adoptStreamPort(descriptor, family, factory)
