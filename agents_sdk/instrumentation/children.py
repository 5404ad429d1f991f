"""Have the processes that `multiprocessing` starts by `spawn` or `forkserver` recorded as well.

Such a child has an interpreter of its own; what it gets of its parent is the process object,
pickled, with a copy of the configuration that processes hand down. An entry in there turns
recording on where it is unpickled, and goes along to the child's own children. Nothing else is
changed: no environment, no start method, no file.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from agents_sdk.instrumentation import state
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.importing import always_when_imported, is_importable
from agents_sdk.instrumentation.switch import instrument
from agents_sdk.loggers.base import CallLogger

MODULE = "multiprocessing.process"
_KEY = "agents_sdk"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a child is told, in words that can be pickled."""

    agent_id: str | None
    workspace: str | None
    url: str | None
    stream_usage: bool | None


def record_children(settings: Settings) -> None:
    """From now on, children of this process are recorded as it is, as long as it is."""
    always_when_imported(MODULE, lambda module: _hand_down(settings))


class Inherited:
    """The entry: what it becomes where it is unpickled turns recording on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __reduce__(self) -> tuple[Any, ...]:
        """Nothing for a child that could not import us, or of a parent that stopped recording."""
        if state.active() is None or not is_importable("agents_sdk"):
            return dict, ()
        settings = self._settings
        return begin, (settings.agent_id, settings.workspace, settings.url, settings.stream_usage)


def begin(
    agent_id: str | None, workspace: str | None, url: str | None, stream_usage: bool | None
) -> Inherited:
    """In a child: record, unless its program said already who does."""
    settings = Settings(agent_id, workspace, url, stream_usage)
    if state.active() is None:
        shielded(_instrument)(settings)
    return Inherited(settings)


def _instrument(settings: Settings) -> None:
    logger = instrument(
        settings.agent_id,
        workspace=settings.workspace,
        url=settings.url,
        stream_usage=settings.stream_usage,
    )
    # Such a child may end by `os._exit`, which runs nothing that is registered with `atexit`; and
    # it forgets what is to be done at its end when it begins, which is a moment from now.
    import_module("multiprocessing.util").register_after_fork(logger, _close_at_the_end)


def _close_at_the_end(logger: CallLogger) -> None:
    import_module("multiprocessing.util").Finalize(None, logger.close, exitpriority=-1)


def _hand_down(settings: Settings) -> None:
    process: Any = import_module(MODULE).current_process()
    process._config[_KEY] = Inherited(settings)
