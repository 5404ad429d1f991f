"""What holds for every test: no connection leaves this machine, Ctrl-C means what it says, examples
do not depend on chance or pace, browsers come last."""

import atexit
import importlib.util
import ipaddress
import os
import shutil
import signal
import sys
import tempfile
from typing import Any

import pytest

_LOCAL_NAMES = ("", "localhost")


def _choose_examples() -> None:
    """The same examples in every run, at any pace; `--hypothesis-profile=exploring` seeks others.

    Called before pytest reads that option. The environments of the clients have no hypothesis.
    """
    if importlib.util.find_spec("hypothesis") is None:
        return
    from hypothesis import HealthCheck, settings

    at_any_pace = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("exploring", at_any_pace, max_examples=500)
    settings.register_profile("the same", at_any_pace, derandomize=True)
    settings.load_profile("the same")


_choose_examples()


def _refuse_the_world(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    host = address[0] if isinstance(address, tuple) else ""
    if host in _LOCAL_NAMES or ipaddress.ip_address(host).is_loopback:
        return
    raise PermissionError(f"A test connects to {address}; expected loopback only.")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_refuse_the_world)
    # What an agent left waiting is of no later run, and none of the developer's own.
    spool = tempfile.mkdtemp(prefix="llm-logs-spool-")
    os.environ["AGENTS_SDK_SPOOL_DIR"] = spool
    atexit.register(shutil.rmtree, spool, ignore_errors=True)
    # Nor does a Studio that the developer has running hear of any test: nobody is at this port.
    os.environ["AGENTS_SDK_URL"] = "http://127.0.0.1:1"
    # In the background a shell has it ignored, and every program that a test starts inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def patient_announcers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for a moment makes no announcement old and no server silent."""
    monkeypatch.setattr("agents_sdk.loggers.announcer.STALE_SECONDS", 600.0)
    monkeypatch.setattr("agents_sdk.loggers.announcer.TIMEOUT_SECONDS", 60.0)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys in the browser come last, after the order of all others was shuffled.

    Playwright keeps an event loop running in this thread from its first test on, and where a loop
    runs neither Django's ORM nor another loop can be used.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)
