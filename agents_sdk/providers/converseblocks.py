"""The events of ConverseStream to the message they make up, to be repeated to the model unchanged.

The answer that an entry shows is another fold; this one keeps what only the model understands, such
as the signatures of its thoughts.
"""

from typing import Any

from agents_sdk.normalise.shapes import Json, mapping
from agents_sdk.providers.arguments import as_object


class ConverseBlocks:
    """The content blocks of one answer, by their index."""

    def __init__(self) -> None:
        self._blocks: dict[int, Json] = {}

    def add(self, event: Any) -> None:
        """Take in an event; those without content pass."""
        start = mapping(event.get("contentBlockStart"))
        use = mapping(start.get("start")).get("toolUse")
        if use is not None:
            self._blocks[start["contentBlockIndex"]] = {"toolUse": {**use, "input": ""}}
        held = mapping(event.get("contentBlockDelta"))
        if held:
            block = self._blocks.setdefault(held["contentBlockIndex"], {})
            _add_delta(block, mapping(held.get("delta")))

    def message(self) -> Json:
        """The message of the assistant, as Converse gives and takes it."""
        blocks = [_whole(block) for _, block in sorted(self._blocks.items())]
        return {"role": "assistant", "content": [block for block in blocks if block]}


def _add_delta(block: Json, delta: Any) -> None:
    if "text" in delta:
        _append(block, "text", delta["text"])
    elif "toolUse" in delta:
        _append(block.setdefault("toolUse", {}), "input", delta["toolUse"].get("input", ""))
    elif "reasoningContent" in delta:
        thought, reasoning = delta["reasoningContent"], block.setdefault("reasoningContent", {})
        if "redactedContent" in thought:
            _append(reasoning, "redactedContent", thought["redactedContent"])
        for key in thought.keys() & {"text", "signature"}:
            _append(reasoning.setdefault("reasoningText", {}), key, thought[key])


def _append(holder: Json, key: str, piece: Any) -> None:
    holder[key] = holder[key] + piece if key in holder else piece


def _whole(block: Json) -> Json:
    use = block.get("toolUse")
    return block if use is None else {"toolUse": {**use, "input": as_object(use["input"])}}
