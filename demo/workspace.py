"""Which workspace the demo plays in: its own, and never one that holds somebody's calls.

A folder the demo made has a folder `demo` in it. Any other with log files is refused, and so is
the one `make run` uses.
"""

from pathlib import Path

from studio.refusal import Refusal

DEFAULT = "workspace-demo"
_OURS = "demo"
_SHARED_WITH_NOBODY = "workspace"


def claim(workspace: Path, checkout: Path) -> None:
    """Mark the workspace as the demo's. Raises Refusal, before anything is written."""
    if workspace.resolve() == (checkout / _SHARED_WITH_NOBODY).resolve():
        raise Refusal(_refusal(workspace, "is where `make run` keeps the calls of your agents"))
    mark = workspace / _OURS
    if not mark.is_dir() and any((workspace / "logs" / "llm").glob("*")):
        raise Refusal(_refusal(workspace, "holds log files the demo did not write"))
    try:
        mark.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise Refusal(_refusal(workspace, f"cannot be used ({problem.strerror})")) from None


def spool_folder(workspace: Path) -> Path:
    """Where reports over HTTP wait: beside the rest of the demo, not in the user's own spool."""
    return workspace / _OURS / "spool"


def logs_bytes(workspace: Path) -> int:
    """The size of all log files; those that vanish meanwhile count as nothing."""
    total_bytes = 0
    for path in (workspace / "logs" / "llm").glob("*.jsonl"):
        try:
            total_bytes += path.stat().st_size
        except FileNotFoundError:
            continue
    return total_bytes


def _refusal(workspace: Path, what: str) -> str:
    return (
        f"STUDIO_WORKSPACE is '{workspace}', which {what}; expected a folder for the demo alone; "
        "leave STUDIO_WORKSPACE unset for ./workspace-demo, or choose a new folder."
    )
