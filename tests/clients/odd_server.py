"""A server that answers 200 to everything, with one body that may be no completion."""

from agents_sdk.testing import ModelServer, Reply
from agents_sdk.testing.loopback import Request, Response

PLAIN = "application/json"


class OddServer(ModelServer):
    def __init__(self, body: bytes, content_type: str = PLAIN) -> None:
        super().__init__(Reply())
        self.body = body
        self.content_type = content_type

    def respond(self, request: Request, reply: Reply) -> Response:
        return Response(200, [self.body], {"Content-Type": self.content_type})
