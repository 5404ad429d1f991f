"""Agent id and log id in a URL: how they get in, and how they are found again.

Both ids may contain slashes. Links of ours encode them (`%2F`), but servers decode a path before
routing, and other clients do not encode at all, so a path can be cut in several places. `splits`
gives every cut; the caller takes the first that names an entry. A client that encodes one slash
encodes them all: then only the bare ones part agent and log.
"""

from collections.abc import Iterator
from urllib.parse import quote, unquote

from django.http import HttpRequest
from django.urls import register_converter
from django.urls.converters import StringConverter

MAX_AGENT_ID_CHARS = 200
MAX_SPLITS = 256


class AnyTextConverter(StringConverter):
    """A part of a path with slashes and line breaks, as ids may have them."""

    regex = r"[\s\S]+"


register_converter(AnyTextConverter, "anytext")


def quoted(part: str) -> str:
    """An id as one segment of a path.

    >>> quoted("team/bot")
    'team%2Fbot'
    """
    return quote(part, safe="", errors="replace")


def splits(decoded: str, raw: str | None, separator: str) -> list[tuple[str, str]]:
    """Every (agent id, log id) that a path can mean; `raw` is the same path before decoding.

    >>> splits("team/bot/42", "team%2Fbot/42", "/")[0]
    ('team/bot', '42')
    """
    found = dict.fromkeys(
        (unquote(agent_id), unquote(log_id)) for agent_id, log_id in _cuts(raw or "", separator)
    )
    if not has_encoded_slash(raw):
        found |= dict.fromkeys(_cuts(decoded, separator))
    possible = (pair for pair in found if 0 < len(pair[0]) <= MAX_AGENT_ID_CHARS and pair[1])
    return list(possible)[:MAX_SPLITS]


def has_encoded_slash(raw: str | None) -> bool:
    """Whether an undecoded path is of a client that encodes the slashes within ids."""
    return raw is not None and "%2f" in raw.lower()


def raw_path_after(request: HttpRequest, marker: str) -> str | None:
    """What follows `marker` in the path as the client sent it, if the server tells."""
    raw = getattr(request, "scope", {}).get("raw_path")
    if not isinstance(raw, bytes):
        return None
    _, found, rest = raw.decode("ascii", "replace").partition(marker)
    return rest if found else None


def _cuts(path: str, separator: str) -> Iterator[tuple[str, str]]:
    start = path.find(separator)
    # An agent id has at most 200 characters, of at most 12 encoded ones each.
    while 0 <= start <= MAX_AGENT_ID_CHARS * 12:
        yield path[:start], path[start + len(separator) :]
        start = path.find(separator, start + 1)
