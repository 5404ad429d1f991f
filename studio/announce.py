"""Says where the Studio is, once its first page answers."""

import socket
import threading
import time
from pathlib import Path

from studio.hosts import is_loopback

FIRST_PAGE = "/studio/llm-logs"
_RETRY_SECONDS = 0.1
_ANSWER_SECONDS = 60.0


def announce_when_it_answers(host: str, port: int, workspace: Path) -> None:
    """Ask for the first page in the background; print its address when it comes."""

    def wait() -> None:
        while not _answers(host, port):
            time.sleep(_RETRY_SECONDS)
        url = f"http://{url_host(host)}:{port}{FIRST_PAGE}"
        print(f"LLM Logs is at {url} (workspace {workspace}); Ctrl-C ends it.", flush=True)

    threading.Thread(target=wait, name="announce", daemon=True).start()


def url_host(host: str) -> str:
    """The host as a URL of this machine names it: wildcard addresses become loopback."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{reachable}]" if ":" in reachable else reachable


def _answers(host: str, port: int) -> bool:
    address = url_host(host)
    name = address if is_loopback(address.strip("[]")) else host
    request = f"GET {FIRST_PAGE} HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((address.strip("[]"), port), _ANSWER_SECONDS) as connection:
            connection.sendall(request.encode("ascii"))
            status = connection.recv(12)
    except (OSError, UnicodeEncodeError):
        return False
    return status[:9] == b"HTTP/1.1 " and status[9:10] in b"234"
