"""Ids of contents, prompts and names: found if the index has them, given if they are new.

This is where "every message is stored once" happens. What was looked up stays in bounded caches,
because an agent loop asks for the same messages with every call: the last megabytes of JSON by
themselves (a look-up takes a quarter of the time of a digest), much more by their digests.
"""

from typing import Any

from llmlogs import searchtext
from llmlogs.indexdb.fulltext import TAIL
from llmlogs.indexdb.keys import text_key
from llmlogs.indexdb.packing import pack_message
from llmlogs.ingest.answers import answer_key_of_message
from llmlogs.ingest.layout import Content, text_content_key
from llmlogs.ingest.long_texts import LongTexts
from llmlogs.ingest.prompt_starts import PromptStarts
from llmlogs.ingest.rows import Rows
from llmlogs.ingest.writer import IndexWriter

MAX_CACHED = 60_000
"""Entries per cache, about 12 MB each; the caches are emptied between batches when full."""

MAX_RECENT_BYTES = 8 << 20
MAX_RECENT_JSON_BYTES = 65_536

ROOT_NODE = 0


class Recent(dict[tuple[bytes, bytes], int]):
    """Ids of contents by kind and JSON, bounded in bytes; what does not fit is only slower."""

    total_bytes = 0

    def remember(self, content: Content, ref: int) -> None:
        size = len(content.json)
        if size > MAX_RECENT_JSON_BYTES:
            return
        if self.total_bytes + size > MAX_RECENT_BYTES:
            self.clear()
        self.total_bytes += size
        self[content[:2]] = ref

    def clear(self) -> None:
        super().clear()
        self.total_bytes = 0


class StoreOnce:
    """Looks up and creates what entries refer to. New rows go to the `Rows` of the batch."""

    def __init__(self, writer: IndexWriter) -> None:
        self._writer = writer
        self._recent = Recent()
        self.starts = PromptStarts()
        self.long_texts = LongTexts()
        self._messages: dict[bytes, int] = {}
        self._nodes: dict[tuple[int, int], int] = {}
        self._names: dict[tuple[str, str], int] = {}
        self._superseded: set[bytes] = set()
        """Keys that rows have in the database until the batch under way is written."""

    def forget_message(self, key: bytes) -> None:
        self._recent.clear()
        self.starts.forget()
        self._messages.pop(key, None)

    def forget_node(self, parent: int, message: int) -> None:
        self.starts.forget()
        self._nodes.pop((parent, message), None)

    def forget(self) -> None:
        """Drop everything remembered: a transaction failed."""
        self._recent.clear()
        self.starts.forget()
        self._messages.clear()
        self._nodes.clear()
        self._names.clear()
        self._superseded.clear()

    def trim(self) -> None:
        """To be called between batches: within one, rows not yet written are in the caches only."""
        self._superseded.clear()
        caches: tuple[dict[Any, int], ...] = (self._messages, self._nodes, self._names)
        for cache in caches:
            if len(cache) > MAX_CACHED:
                cache.clear()

    def name(self, table: str, name: str) -> int:
        found = self._names.get((table, name))
        if found is None:
            found = self._writer.name_ref(table, text_key(name), name)
            self._names[table, name] = found
        return found

    def message(self, content: Content, rows: Rows) -> int:
        found = self._recent.get(content[:2])
        if found is None:
            found = self._message(content, rows)
            self._recent.remember(content, found)
        return found

    def tools(self, content: Content, rows: Rows) -> int:
        found = self._recent.get(content[:2])
        if found is None:
            found = self._tools(content, rows)
            self._recent.remember(content, found)
        return found

    def answer(self, text: str, rows: Rows) -> int | None:
        if not text:
            return None
        key = text_content_key(text)
        found = self._find(key)
        return found if found is not None else self._add(key, None, text, None, rows)

    def prompt(self, contents: tuple[Content, ...], rows: Rows, node: int = ROOT_NODE) -> int:
        """The node of the last message that follows `node`; new nodes are made from where the path
        leaves the tree."""
        is_known_path = True
        for content in contents:
            message = self.message(content, rows)
            step = (node, message)
            found = self._nodes.get(step)
            if found is None:
                # Behind a node or with a message that has just been made, nothing can be known.
                is_known_path = is_known_path and message not in rows.messages
                if is_known_path:
                    found = self._writer.find_node(*step)
                if found is None:
                    is_known_path = False
                    found = self._writer.next_node()
                    rows.nodes.append((found, *step))
                self._nodes[step] = found
            node = found
        return node

    def _message(self, content: Content, rows: Rows) -> int:
        key = content.key()
        found = self._find(key)
        if found is not None:
            return found
        text = searchtext.message_text(content.value)
        answer_key = answer_key_of_message(content.value)
        if answer_key is not None and text:
            answer = self._find(text_content_key(text))
            if answer is not None:
                self._complete(answer, key, content.json, text, answer_key, rows)
                return answer
        return self._add(key, content.json, text, answer_key, rows)

    def _tools(self, content: Content, rows: Rows) -> int:
        key = content.key()
        found = self._find(key)
        if found is not None:
            return found
        return self._add(key, content.json, searchtext.tools_text(content.value), None, rows)

    def _find(self, key: bytes) -> int | None:
        found = self._messages.get(key)
        if found is None and key not in self._superseded:
            found = self._writer.find_message(key)
            if found is not None:
                self._messages[key] = found
        return found

    def _complete(
        self, answer: int, key: bytes, json: bytes, text: str, answer_key: bytes, rows: Rows
    ) -> None:
        """Let the text of an answer become the message that repeats it in the next prompt.

        Nearly every answer comes again so; its text is then stored and indexed once, not twice.
        """
        row = (answer, key, pack_message(json), text + TAIL, answer_key)
        if answer in rows.messages:
            rows.messages[answer] = row
        else:
            rows.completed.append((*row[1:3], answer_key, answer))
        text_key = text_content_key(text)
        self._messages.pop(text_key, None)
        self._superseded.add(text_key)
        self._messages[key] = answer

    def _add(
        self, key: bytes, json: bytes | None, text: str, answer_key: bytes | None, rows: Rows
    ) -> int:
        ref = self._writer.next_message()
        trigrams = self.long_texts.trigrams(text + TAIL) if text else None
        if trigrams is not None:
            rows.long_texts[ref] = trigrams
        stored = None if json is None else pack_message(json)
        rows.messages[ref] = (ref, key, stored, text + TAIL if text else "", answer_key)
        self._messages[key] = ref
        return ref
