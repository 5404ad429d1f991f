"""The Studio's web process for tests: real Daphne, a free port, a workspace of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
START_DEADLINE_SECONDS = 120.0


class NetworkServer:
    """Starts, kills and starts again on the same port; `settings` are environment variables."""

    def __init__(self, workspace: Path, **settings: str) -> None:
        self.workspace = workspace
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STUDIO_")},
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "STUDIO_WORKSPACE": str(workspace),
            "STUDIO_PORT": str(self.port),
            **settings,
        }
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=60)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "NetworkServer":
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.http.close()
        self.stop()

    @property
    def log_path(self) -> Path:
        return self.workspace.with_name(self.workspace.name + "-daphne.log")

    def start(self) -> None:
        (self.workspace / "studio").mkdir(parents=True, exist_ok=True)
        self._run([sys.executable, "manage.py", "migrate", "-v0"]).wait()
        with socket.create_server(("127.0.0.1", self.port)) as listening:
            # As the supervisor does it: the web process inherits a socket that does not block.
            listening.setblocking(False)
            descriptor = listening.fileno()
            command = [sys.executable, "manage.py", "studioweb", str(descriptor)]
            self._process = self._run(command, pass_fds=[descriptor])
        self._wait_until_it_answers()

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def send(self, event_name: str, payload: Any, **fields: Any) -> dict[str, Any]:
        """Send an event as `sender` and return the answer to it, which has to be a 200."""
        body = {"event_name": event_name, "source_id": "sender", "payload": payload, **fields}
        response = self.post("/api/send_event", body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def report(self, agent_id: str, entry: Any, **fields: Any) -> dict[str, Any]:
        payload = {"agent_id": agent_id, "log_entry": entry}
        return self.send("system.report_llm_log", payload, **fields)

    def register(self, agent_id: str, **fields: Any) -> dict[str, Any]:
        response = self.post("/api/register", {"agent_id": agent_id, "metadata": {}, **fields})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def poll(self, agent_id: str, **params: str) -> dict[str, Any]:
        response = self.http.get("/api/poll", params={"agent_id": agent_id, **params})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def files(self) -> dict[str, bytes]:
        """Everything under the workspace that is no business of the Studio's own."""
        return {
            str(path.relative_to(self.workspace)): path.read_bytes()
            for path in self.workspace.rglob("*")
            if path.is_file() and "studio" not in path.relative_to(self.workspace).parts
        }

    def _run(self, command: list[str], pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        with self.log_path.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, pass_fds=pass_fds
            )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None and self._process.poll() is None, self._log()
            try:
                if self.http.get("/api/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"The server did not answer in time:\n{self._log()}")

    def _end(self, with_signal: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(with_signal)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _log(self) -> str:
        return self.log_path.read_text(errors="replace")[-4000:]
