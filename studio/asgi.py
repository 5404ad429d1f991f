"""The ASGI application: HTTP goes to Django; there are no WebSockets here."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter  # type: ignore[import-untyped]
from django.core.asgi import get_asgi_application

from llmlogs.live.backpressure import WithBackpressure

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")


async def refuse_websocket(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})


application = ProtocolTypeRouter(
    {"http": WithBackpressure(get_asgi_application()), "websocket": refuse_websocket}
)
