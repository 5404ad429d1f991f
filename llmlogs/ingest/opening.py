"""What happens once, when a workspace is opened for the first time."""

from pathlib import Path


def make_logs_folder(folder: Path) -> None:
    """A new workspace gets its folder, so that agents and people see where files go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def first_opened_at(path: Path, now: float) -> float:
    """When this workspace was opened for the first time (Unix seconds); noted at that time."""
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        path.write_text(f"{now}\n", encoding="ascii")
        return now
