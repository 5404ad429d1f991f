"""The listening socket.

The supervisor opens it and the web process inherits it. So a port in use is known before anything
is started, and while a web process that died is replaced, clients wait in the socket's queue
instead of being refused.
"""

import errno
import socket

from studio.refusal import Refusal

BACKLOG = 1024


def open_listening_socket(host: str, port: int) -> socket.socket:
    """A TCP socket that listens on the address; raises `Refusal` with the reason if it cannot."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as problem:
        raise Refusal(_unknown_host(host, problem)) from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as problem:
        listening.close()
        raise Refusal(_not_free(host, port, problem)) from None
    listening.setblocking(False)
    return listening


def _unknown_host(host: str, problem: OSError) -> str:
    return (
        f"STUDIO_HOST is '{host}', which is no address of this machine ({problem.strerror}); "
        "expected an address or host name; for example 127.0.0.1."
    )


def _not_free(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use by another program; expected a free port; "
            f"end that program, or set STUDIO_PORT to another, for example {_neighbour(port)}."
        )
    if problem.errno == errno.EACCES:
        return (
            f"Port {port} may not be opened by this user; expected a port this user may open; "
            "set STUDIO_PORT to one above 1023, for example 8700."
        )
    return _unknown_host(host, problem)


def _neighbour(port: int) -> int:
    return port + 1 if port < 65_535 else port - 1
