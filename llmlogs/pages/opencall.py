"""The one call that a request is about: found by its address, read part by part.

In: a request and the address in its path. Out: `OpenCall`, or 404. A call of any size is opened
alike: only what is asked for is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.http import Http404, HttpRequest, QueryDict

from llmlogs import display
from llmlogs.address import quoted, raw_path_after, splits
from llmlogs.excerpts import Segment
from llmlogs.pages.callview.pieces import Piece
from llmlogs.pages.callview.pointers import as_index
from llmlogs.pages.marking import Marker
from llmlogs.queries.callbody import CallBody, call_body
from llmlogs.queries.conversations import EntryRef, Prompt, Turn, prompt, turns
from llmlogs.queries.entries import EntrySummary, find_entry
from llmlogs.queries.hits import hits
from llmlogs.running import Key

NO_SUCH_CALL = "There is no such call; it may be older than the retention."
LIST_PATH = "/studio/llm-logs"
PANEL = "panel"
"""The part of a call's page that stands beside the list."""
MAX_LIST_QUERY_CHARS = 2_000


class NoSuchValue(LookupError):
    """A JSON pointer leads nowhere in this entry."""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that is being looked at. `list_query`: the filter of the list it was found in."""

    entry: EntrySummary
    body: CallBody
    turn: Turn
    prompt: Prompt
    list_query: str
    marker: Marker

    @property
    def fields(self) -> dict[str, Any]:
        return self.body.fields

    def messages(self, start: int, stop: int) -> list[Any]:
        return self.prompt.messages(start, stop) if stop > start else []

    def url(self, **query: object) -> str:
        """This call's page, or a part of it."""
        return self._address(self.entry.agent_id, self.entry.log_id, query)

    def url_of(self, reference: EntryRef | None, **query: object) -> str:
        """The page of a neighbour; "" if there is none."""
        if reference is None:
            return ""
        return self._address(reference.agent_id, reference.log_id, query)

    @property
    def list_url(self) -> str:
        return list_url(self.list_query)

    @property
    def search(self) -> str:
        """The words by which it was found in the list."""
        return self.marker.search

    def marked(self, text: str) -> tuple[Segment, ...]:
        """A text of the call, what was searched for marked in it."""
        return self.marker.marked(text)

    def is_found_in(self, *pieces: Piece) -> bool:
        """Whether the words searched for stand in a text of these that the page has."""
        blocks = [block for piece in pieces for block in (*piece.lead, *piece.rest)]
        return any(map(self.marker.is_in, (block.text for block in blocks)))

    def is_found_behind(self, piece: Piece) -> bool:
        """The same, of what stands behind a fold."""
        return any(map(self.marker.is_in, (block.text for block in piece.rest)))

    @property
    def tail(self) -> str:
        """What the list's parameter `open` has for this call."""
        return tail_of(self.entry.agent_id, self.entry.log_id)

    def beside_url_of(self, reference: EntryRef | None) -> str:
        """The list with a neighbour open beside it; "" if there is none."""
        if reference is None:
            return ""
        opened = f"open={quote(tail_of(reference.agent_id, reference.log_id), safe='/')}"
        return f"{LIST_PATH}?{'&'.join(filter(None, (self.list_query, opened)))}"

    @property
    def raw_url(self) -> str:
        ids = quoted(self.entry.agent_id), quoted(self.entry.log_id)
        return f"/api/agents/service/{ids[0]}/llm-logs/{ids[1]}"

    def value(self, steps: Sequence[str]) -> Any:
        """What a JSON pointer names; raises NoSuchValue. Not for `/messages` itself."""
        value: Any = self.fields
        if steps and steps[0] == "messages" and self.body.has_message_list:
            number = as_index(steps[1])
            found = [] if number is None else self.messages(number, number + 1)
            if not found:
                raise NoSuchValue
            value, steps = found[0], steps[2:]
        return inside(value, steps)

    def _address(self, agent_id: str, log_id: str, query: dict[str, object]) -> str:
        url = display.call_url(agent_id, log_id)
        asked = query | ({"list": self.list_query} if self.list_query else {})
        if not asked:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(asked, errors='replace')}"


def inside(value: Any, steps: Sequence[str]) -> Any:
    """Follow the steps of a JSON pointer into a value; raises NoSuchValue."""
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and (index := as_index(step)) is not None:
            if index >= len(value):
                raise NoSuchValue
            value = value[index]
        else:
            raise NoSuchValue
    return value


def open_call(request: HttpRequest, address: str) -> OpenCall:
    """The call that a request is about; raises Http404."""
    return _opened(_find(meant(request, address)), list_query(request))


def open_call_at(tail: str, of_list: str) -> OpenCall:
    """The call whose address ends in `tail`, written as links have it; raises Http404."""
    return _opened(_find(meant_by(tail)), of_list)


def meant(request: HttpRequest, address: str) -> list[Key]:
    """Every agent id and log id that the address of a request can mean, the likeliest first."""
    raw = raw_path_after(request, f"{LIST_PATH}/")
    return _meant(address, raw, request.GET.get("log_id"))


def meant_by(tail: str) -> list[Key]:
    """The same for what follows `/studio/llm-logs/` in an address, written as links have it."""
    path, _, query = tail.partition("?")
    return _meant(unquote(path), path, QueryDict(query).get("log_id"))


def list_query(request: HttpRequest) -> str:
    """The filter of the list: of the list itself its own; else as an earlier page passed it on, or
    as the browser says where it came from."""
    given = request.GET.get("list")
    if request.path.rstrip("/") == LIST_PATH:
        given = request.GET.urlencode()
    elif given is None:
        given = _query_of_list(request.headers.get("Referer", ""), request.get_host())
    # Parsed and written anew: whatever it was, it is a query string now.
    query = QueryDict(given[:MAX_LIST_QUERY_CHARS], mutable=True)
    query.pop("open", None)
    return query.urlencode()


def list_url(query: str) -> str:
    return f"{LIST_PATH}?{query}" if query else LIST_PATH


def tail_of(agent_id: str, log_id: str) -> str:
    """What follows `/studio/llm-logs/` in the address of a call."""
    return display.call_url(agent_id, log_id).removeprefix(f"{LIST_PATH}/")


def _query_of_list(address: str, host: str) -> str:
    """The query string of an address of the list; nothing if it is another address, or none."""
    try:
        came_from = urlsplit(address)
    except ValueError:
        return ""
    return came_from.query if (came_from.netloc, came_from.path) == (host, LIST_PATH) else ""


def _opened(entry: EntrySummary, of_list: str) -> OpenCall:
    turn = turns([entry.sequence]).get(entry.sequence)
    body = call_body(entry.sequence)
    if turn is None or body is None:
        raise Http404(NO_SUCH_CALL)
    said, search = prompt(entry.sequence), QueryDict(of_list).get("search") or ""
    marker = Marker(search, lambda: hits(entry.sequence, search, said.refs))
    return OpenCall(entry, body, turn, said, of_list, marker)


def _meant(address: str, raw: str | None, log_id: str | None) -> list[Key]:
    if log_id is not None:
        return [(address.rstrip("/"), log_id)]
    return splits(address, raw, "/")


def _find(keys: Sequence[Key]) -> EntrySummary:
    for agent_id, log_id in keys:
        for entry in find_entry(log_id, agent_id):
            return entry
    raise Http404(NO_SUCH_CALL)
