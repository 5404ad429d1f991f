"""One call without the messages of its prompt: what its page needs beside them.

In: a sequence. Out: every field of the entry but the messages, in the stored order, whatever the
size of the prompt. The messages come by `llmlogs.queries.conversations.messages`, part by part.
"""

from dataclasses import dataclass
from typing import Any

from agents_sdk import codec
from llmlogs.indexdb.packing import unpack_entry
from llmlogs.queries.prompts import message_json
from llmlogs.queries.reading import fetch, snapshot

_STORED = """
    SELECT json, is_prompt_taken, is_tools_taken, tools_ref, log_file.name, entry.offset
    FROM entry
    CROSS JOIN entry_body ON entry_body.id = entry.id
    LEFT JOIN log_file ON log_file.id = entry.file_ref
    WHERE entry.id = %s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBody:
    """`fields` has `messages` as None where the prompt is a list (`has_message_list`)."""

    fields: dict[str, Any]
    has_message_list: bool
    file_name: str
    offset: int
    """In bytes, in that file."""


def call_body(sequence: int) -> CallBody | None:
    """None if there is no such entry."""
    with snapshot():
        rows = fetch(_STORED, (sequence,))
        if not rows:
            return None
        body, is_prompt_taken, is_tools_taken, tools_ref, file_name, offset = rows[0]
        fields = codec.loads(unpack_entry(body))
        if is_tools_taken and tools_ref is not None:
            fields["tools"] = codec.loads(message_json([tools_ref])[tools_ref])
    return CallBody(
        fields=fields,
        has_message_list=bool(is_prompt_taken),
        file_name=file_name or "",
        offset=offset,
    )
