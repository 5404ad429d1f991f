"""Does a process that searches still answer at once?

In: searches, each run over and over by a thread of its own. Out: the round trips of a byte, in
milliseconds, between another process and an asyncio server that shares the interpreter with the
searches, as the web server's event loop does.
"""

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence

from django.db import connections

SECONDS = 5.0
_CLIENT = """
import socket, sys, time
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
    end = time.monotonic() + float(sys.argv[2])
    while time.monotonic() < end:
        began = time.perf_counter()
        connection.sendall(b"?")
        connection.recv(1)
        print((time.perf_counter() - began) * 1000)
        time.sleep(0.01)
"""


def round_trips(searches: Sequence[Callable[[], object]]) -> list[float]:
    is_over = threading.Event()
    threads = [threading.Thread(target=_repeat, args=(one, is_over)) for one in searches]
    for thread in threads:
        thread.start()
    try:
        return asyncio.run(_ask())
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _repeat(search: Callable[[], object], is_over: threading.Event) -> None:
    while not is_over.is_set():
        search()
        connections["index"].close()


async def _ask() -> list[float]:
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CLIENT, str(port), str(SECONDS), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await client.communicate()
    server.close()
    return [float(line) for line in output.split()]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while byte := await reader.read(1):
        writer.write(byte)
        await writer.drain()
    writer.close()
