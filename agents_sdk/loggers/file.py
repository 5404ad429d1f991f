"""The logger of an agent that shares a workspace with the Studio: straight into the JSONL file."""

import time
import weakref
from collections.abc import Callable
from pathlib import Path

from agents_sdk import config
from agents_sdk.codec import MAX_LINE_BYTES
from agents_sdk.delivery import DeliveryReport
from agents_sdk.errors import EntryTooLong
from agents_sdk.files.append import Appender
from agents_sdk.files.names import active_name
from agents_sdk.files.prune import DAY_SECONDS
from agents_sdk.files.pruner import Pruner
from agents_sdk.files.sidecar import FOLDER_NAME
from agents_sdk.loggers.base import CallLogger, new_log_id
from agents_sdk.loggers.losses import LossKeeper


class LLMCallLogger(CallLogger):
    """Appends every call to `{workspace}/logs/llm/{agent}.jsonl`.

    When `log_call` returns, the entry survives the death of the process (with `fsync`, which
    `STUDIO_FSYNC=1` switches on, of the machine too). Many threads and processes may log for the
    same agent at once. The file is set aside at `rotation_bytes`; in a workspace without a Studio
    that also deletes, in the background, this agent's files whose lines are all past the retention
    (`AGENTS_SDK_RETENTION_DAYS`, 7).

    Args:
        workspace: The workspace folder; `AGENTS_SDK_WORKSPACE`, else `workspace`, if left out. A
            relative one is meant from where the program is now.
        agent_id: Who makes the calls; `AGENTS_SDK_AGENT_ID`, else `agent`, if left out.
        rotation_bytes: Size of a full file; `AGENTS_SDK_ROTATION_BYTES`, else 50 MB.

    Raises:
        InvalidAgentId: no file can have the name of this agent.
    """

    def __init__(
        self,
        workspace: Path | str | None = None,
        agent_id: str | None = None,
        *,
        rotation_bytes: int | None = None,
        fsync: bool | None = None,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = new_log_id,
    ) -> None:
        settings = config.from_environment()
        super().__init__(
            settings.agent_id if agent_id is None else agent_id, clock=clock, new_id=new_id
        )
        chosen = config.anchored(settings.workspace if workspace is None else workspace)
        folder = chosen / "logs" / "llm"
        active = folder / active_name(self.agent_id)
        retention_seconds = settings.retention_days * DAY_SECONDS
        self._losses = LossKeeper(
            folder.parent / FOLDER_NAME, self._deliveries, retention_seconds, clock=clock
        )
        weakref.finalize(self, self._losses.finish)
        self._pruner = Pruner(active, retention_seconds, clock)
        self._appender = Appender(
            active,
            rotation_bytes=settings.rotation_bytes if rotation_bytes is None else rotation_bytes,
            fsync=settings.fsync if fsync is None else fsync,
            clock=clock,
            after_rotation=self._pruner.start if retention_seconds else None,
        )

    @property
    def path(self) -> Path:
        """The file in use."""
        return self._appender.path

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._appender.close()
        self._losses.finish()

    def delivery_report(self) -> DeliveryReport:
        return self._deliveries.report()

    def _write(self, line: bytes) -> None:
        if len(line) > MAX_LINE_BYTES:
            raise EntryTooLong(MAX_LINE_BYTES)
        self._appender.append(line)
        self._deliveries.count_written(is_delivered=True)
        self._losses.keep_up()

    def _after_loss(self) -> None:
        self._losses.keep_up()
