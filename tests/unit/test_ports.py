"""A port that a test was given is its own, whoever asks for one meanwhile."""

import socket

from tests.ports import free_port


def test_a_server_listens_on_its_port_again_and_nobody_else_was_given_it() -> None:
    port = free_port()
    for _ in range(2):
        with socket.create_server(("127.0.0.1", port)):
            pass
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            assert other.getsockname()[1] != port
