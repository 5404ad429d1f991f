"""Which file belongs to which agent: pure functions between agent ids and names of log files.

    agent id  "team/a"   ->  stem  "team%2Fa"  ->  "team%2Fa.jsonl", rotated
                                                   "team%2Fa_20251208_120000.jsonl"

A stem is one component of a path, never longer than 180 bytes, and no stem made from an id can be
taken for a rotated file of another agent. Files of foreign loggers, whose names follow no rule of
ours, keep their name as the id of their agent.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote

from agents_sdk.errors import InvalidAgentId
from agents_sdk.jsonforms import replace_surrogates

SUFFIX = ".jsonl"
MAX_ID_CHARS = 200
MAX_STEM_BYTES = 180
BROKEN_TEXT = "\ufffd"
"""What reading JSON leaves of a lone surrogate, and a query string of bytes that are no UTF-8:
different broken ids would become one agent."""
_DIGEST_CHARS = 16
_KEPT_BYTES = MAX_STEM_BYTES - _DIGEST_CHARS - 1
_LONGEST_ATOM_BYTES = 6
"""The first bytes of a stem are cut before a character or an escape (`%C2%85`), never inside."""

_ESCAPED = frozenset("/\\%*?[]")
_ROTATED = re.compile(r"(.+)_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)", re.DOTALL | re.ASCII)
_CUT = re.compile(r"~[0-9a-f]{16}\Z")


@dataclass(frozen=True, slots=True)
class LogFileName:
    """The name of a log file, taken apart. A file still in use has no `rotated_second` (Unix)."""

    stem: str
    rotated_second: int | None


def check_agent_id(agent_id: str) -> None:
    """Raise InvalidAgentId unless this id can have a log file.

    >>> check_agent_id("team/researcher")
    """
    problem = _problem(agent_id)
    if problem:
        raise InvalidAgentId(agent_id, problem)


def stem_of(agent_id: str) -> str:
    """The first part of the names of this agent's files. Raises InvalidAgentId.

    >>> stem_of("a/b"), stem_of("bot_20251208_120000")
    ('a%2Fb', 'bot%5F20251208_120000')
    """
    check_agent_id(agent_id)
    return _encode(agent_id)


def active_name(agent_id: str) -> str:
    """The name of the file that this agent's calls are appended to. Raises InvalidAgentId."""
    return stem_of(agent_id) + SUFFIX


def rotated_name(stem: str, second: float) -> str:
    """The name of a file set aside in that Unix second (UTC).

    >>> rotated_name("bot", 1765195200)
    'bot_20251208_120000.jsonl'
    """
    return f"{stem}_{datetime.fromtimestamp(int(second), UTC).strftime('%Y%m%d_%H%M%S')}{SUFFIX}"


def parse_name(file_name: str) -> LogFileName | None:
    """Take the name of a log file apart; None if it is not the name of one.

    >>> parse_name("bot_20251208_120000.jsonl")
    LogFileName(stem='bot', rotated_second=1765195200)
    """
    stem = file_name.removesuffix(SUFFIX)
    if stem == file_name or not stem or "/" in stem or "\0" in stem:
        return None
    rotated = _rotated_parts(stem)
    return LogFileName(*rotated) if rotated else LogFileName(stem, None)


def agent_of(file_name: str) -> str:
    """The agent that a file's name speaks of.

    A stem is decoded only if encoding the result gives the same stem, so a foreign `50%.jsonl` is
    the agent `50%`; a stem that was cut cannot be decoded and is itself the id.
    """
    name = parse_name(file_name)
    stem = name.stem if name else file_name
    agent_id = stem if _is_cut(stem) else _decode(stem)
    return replace_surrogates(agent_id)


def owner(file_name: str, line_agent_id: object) -> str:
    """The agent that owns a line: its own `agent_id` if that agent could own this file.

    >>> owner("bot_2.jsonl", "bot_2"), owner("bot_2.jsonl", "bot"), owner("bot_2.jsonl", None)
    ('bot_2', 'bot_2', 'bot_2')
    """
    name = parse_name(file_name)
    if name is None or not isinstance(line_agent_id, str) or _problem(line_agent_id):
        return agent_of(file_name)
    return line_agent_id if _encode(line_agent_id) == name.stem else agent_of(file_name)


def _problem(agent_id: object) -> str:
    if not isinstance(agent_id, str):
        return "it must be a string"
    if agent_id in ("", ".", ".."):
        return "it must not be empty, '.' or '..'"
    if len(agent_id) > MAX_ID_CHARS:
        return f"it has {len(agent_id)} characters, at most {MAX_ID_CHARS} are allowed"
    if not agent_id.isprintable() and any(map(_is_control, agent_id)):
        return "it must not contain control characters or lone surrogates"
    if BROKEN_TEXT in agent_id:
        return "it must not contain U+FFFD, which is what is left of broken text"
    return ""


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs")


@lru_cache(maxsize=1024)
def _encode(agent_id: str) -> str:
    atoms = [_atom(character) for character in agent_id]
    if _rotated_parts(agent_id):
        atoms[-len("_20251208_120000")] = "%5F"
    stem = "".join(atoms)
    whole = stem.encode("utf-8", "surrogatepass")
    if len(whole) <= MAX_STEM_BYTES:
        return stem
    return f"{_first(atoms, _KEPT_BYTES)}~{hashlib.sha256(whole).hexdigest()[:_DIGEST_CHARS]}"


def _atom(character: str) -> str:
    if character not in _ESCAPED and not _is_control(character):
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _first(atoms: list[str], max_bytes: int) -> str:
    """As many whole atoms from the beginning as fit."""
    kept, room = [], max_bytes
    for atom in atoms:
        room -= len(atom.encode("utf-8", "surrogatepass"))
        if room < 0:
            break
        kept.append(atom)
    return "".join(kept)


def _decode(stem: str) -> str:
    try:
        agent_id = unquote(stem, errors="strict")
    except UnicodeDecodeError:
        return stem
    return agent_id if not _problem(agent_id) and _encode(agent_id) == stem else stem


def _is_cut(stem: str) -> bool:
    """Whether this is what `_encode` leaves of a long id."""
    size = len(stem.encode("utf-8", "surrogatepass"))
    return bool(_CUT.search(stem)) and 0 <= MAX_STEM_BYTES - size < _LONGEST_ATOM_BYTES


def _rotated_parts(stem: str) -> tuple[str, int] | None:
    """Stem and second of a rotated name without its suffix; only real dates and times count."""
    match = _ROTATED.fullmatch(stem)
    if match is None:
        return None
    try:
        moment = datetime(*map(int, match.groups()[1:]), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    return match[1], int(moment.timestamp())
