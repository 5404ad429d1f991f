"""Ports for the servers of tests, kept from everybody else."""

import socket


def free_port() -> int:
    """A port of 127.0.0.1 that stays this process's until it ends.

    The socket is bound and never listens, so the kernel gives the port to nobody who asks for any,
    a client's own end included; and a server that sets SO_REUSEADDR, as all of ours do, listens on
    it as often as it is started.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port = int(kept.getsockname()[1])
    kept.detach()  # open until the process ends
    return port
