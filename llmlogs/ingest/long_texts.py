"""The trigrams of very long texts, worked out before their transaction begins.

They depend on the text alone, so it does not matter for the index whether they were prepared: what
was not is worked out on the spot.
"""

from agents_sdk import codec
from llmlogs import searchtext
from llmlogs.indexdb import fulltext


class LongTexts:
    """What was prepared and not asked for yet. `prepare` may run in another thread."""

    def __init__(self) -> None:
        self._prepared: dict[str, str | None] = {}

    def prepare(self, line: bytes) -> None:
        """Work out the trigrams of what an entry says. Raises what indexing the line would."""
        entry = codec.decode_line(line).entry
        messages = entry.get("messages")
        prompt = messages if isinstance(messages, list) else []
        texts = [searchtext.message_text(message) for message in prompt]
        texts += [searchtext.answer_text(entry), searchtext.tools_text(entry.get("tools"))]
        del entry, messages, prompt
        # A line waits for this alone, so what is left of the one before will not be asked for.
        self._prepared = {
            text: fulltext.distinct_trigrams(text)
            for text in (text + fulltext.TAIL for text in texts)
            if len(text) >= fulltext.LONG_TEXT_CHARS
        }

    def trigrams(self, text: str) -> str | None:
        """What the full-text index shall be given in the place of `text`; None: the text itself."""
        if len(text) < fulltext.LONG_TEXT_CHARS:
            return None
        if text in self._prepared:
            return self._prepared.pop(text)
        return fulltext.distinct_trigrams(text)
