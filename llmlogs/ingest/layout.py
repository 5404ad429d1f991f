"""An entry, taken apart the way the index stores it: pure, no database.

In: the JSON object of one line. Out: `Layout`, whose contents (messages, tools, the answer's text)
are named by digests, so that the indexer can see which of them it has already. Nothing is lost:
`llmlogs.queries.assemble` puts the same JSON value together again.
"""

from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from agents_sdk import codec
from llmlogs import searchtext
from llmlogs.ingest import markers
from llmlogs.ingest.answers import answer_key_of_entry
from llmlogs.ingest.prompt_starts import Start
from llmlogs.models.index import KEY_BYTES

SYSTEM_ROLES = ("system", "developer")
"""A tuple: a role may be of any type, and a set would ask for its hash."""


# Both are made for every line, most of them once a message: a tuple costs a quarter of a frozen
# dataclass.
class Content(NamedTuple):
    """Something stored once: a message or a list of tools. `value` is the parsed JSON."""

    kind: bytes
    json: bytes
    value: Any

    def key(self) -> bytes:
        """Digest that stands for it in the index. Two kinds with the same JSON are two contents."""
        return blake2b(self.json, digest_size=KEY_BYTES, person=self.kind).digest()


class Layout(NamedTuple):
    """The parts of an entry; None and empty where the entry has none."""

    start: Start | None
    """The beginning of the prompt, if the index is known to have it; then `system` is None."""
    system: Content | None
    prompt: tuple[Content, ...]
    """The messages in order, without the leading system message; behind `start`, what follows."""
    tools: Content | None
    answer_text: str
    answer_key: bytes | None
    """What the next turn's prompt will carry, see `llmlogs.ingest.answers`."""
    body: bytes
    is_prompt_taken: bool
    is_tools_taken: bool
    markers: bytes | None
    preview: str

    @property
    def message_count(self) -> int:
        known = self.start.message_count if self.start else 0
        return known + len(self.prompt) + (self.system is not None)


def lay_out(entry: dict[str, Any], start: Start | None = None) -> Layout:
    """Take an entry apart. The entry itself is left as it is. Its messages follow `start`."""
    messages, tools = entry.get("messages"), entry.get("tools")
    body = dict(entry)
    is_tools_taken = isinstance(tools, list)
    taken_markers: list[markers.Marker] = []
    contents: list[Content] = []
    if isinstance(messages, list):
        body["messages"] = None
        clean, taken_markers = markers.take_out(messages, start.message_count if start else 0)
        contents = [Content(b"message", _dumps(message), message) for message in clean]
    if is_tools_taken:
        body["tools"] = None
    is_system_first = start is None and bool(contents) and _is_system(contents[0].value)
    system = contents.pop(0) if is_system_first else None
    return Layout(
        start=start,
        system=system,
        prompt=tuple(contents),
        tools=Content(b"tools", _dumps(tools), tools) if is_tools_taken else None,
        answer_text=searchtext.answer_text(entry),
        answer_key=answer_key_of_entry(entry),
        body=_dumps(body),
        is_prompt_taken=isinstance(messages, list),
        is_tools_taken=is_tools_taken,
        markers=codec.dumps(taken_markers) if taken_markers else None,
        preview=start.preview if start and not messages else _preview(messages),
    )


def text_content_key(text: str) -> bytes:
    """Key of the text of an answer, which has no JSON of its own."""
    return blake2b(text.encode(), digest_size=KEY_BYTES, person=b"answer").digest()


def _dumps(value: Any) -> bytes:
    """`codec.dumps` for what `codec` has just decoded: it is clean, so mostly orjson can do it."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return codec.dumps(value)


def _is_system(message: Any) -> bool:
    """The leading system message is kept apart: with a clock in it no two prompts share a path."""
    return isinstance(message, dict) and message.get("role") in SYSTEM_ROLES


def _preview(messages: Any) -> str:
    if isinstance(messages, list):
        return searchtext.preview(messages[-1]) if messages else ""
    return searchtext.preview(messages)
