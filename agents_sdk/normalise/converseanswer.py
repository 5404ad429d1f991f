"""The answer of Bedrock's Converse, whole or from the events of ConverseStream."""

from collections.abc import Iterator, Mapping
from typing import Any

from agents_sdk.normalise.executed import executed_call
from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    items,
    joined,
    mapping,
    objects,
    simple_content,
    string,
    text_of,
    tool_call,
)

_MEDIA = ("image", "video", "audio", "document")


def parts_of(blocks: list[Any]) -> Any:
    """Blocks as a content: texts as parts of ours, others as they are."""
    parts = [
        {"type": "text", "text": block["text"]}
        if isinstance(block, dict) and set(block) == {"text"}
        else block
        for block in blocks
    ]
    return simple_content(parts) if parts else ""


def called(use: Any, results: dict[Any, Any] | None = None) -> Json:
    """A call; of one that the model's own provider ran, with what came of it."""
    held = mapping(use)
    call_id, name, asked = held.get("toolUseId"), held.get("name"), held.get("input")
    if held.get("type") != "server_tool_use":
        return tool_call(call_id, name, asked)
    return executed_call(call_id, name, asked, (results or {}).get(str(call_id)))


def answer_of(response: Json) -> Answer:
    message = mapping(mapping(response.get("output")).get("message"))
    return _answer(response, objects(message.get("content")))


def is_answer(response: Json) -> bool:
    """Whether a body is an answer, of which botocore leaves out what it does not know."""
    return any(response.get(name) is not None for name in ("output", "stopReason", "usage"))


def _answer(response: Json, blocks: list[Json]) -> Answer:
    return Answer(
        content=_said(blocks),
        tool_calls=_calls(blocks),
        reasoning=joined(_reasoning(block) for block in blocks),
        finish_reason=string(response.get("stopReason")),
        usage=response.get("usage"),
        service_tier=string(mapping(response.get("serviceTier")).get("type")),
        server_latency_ms=mapping(response.get("metrics")).get("latencyMs"),
    )


def _said(blocks: list[Json]) -> Any:
    """The text of an answer; parts, if there are pictures, sound or files in it."""
    if not any(name in block for block in blocks for name in _MEDIA):
        return "".join(text for block in blocks for text in _texts(block))
    parts: list[Json] = []
    for block in blocks:
        is_medium = any(name in block for name in _MEDIA)
        text = "".join(_texts(block))
        parts += [block] if is_medium else [{"type": "text", "text": text}] if text else []
    return parts


def _texts(block: Json) -> Iterator[str]:
    """Text with citations is a block of its own."""
    yield text_of(block.get("text"))
    for cited in objects(mapping(block.get("citationsContent")).get("content")):
        yield text_of(cited.get("text"))


def _calls(blocks: list[Json]) -> list[Json]:
    given = [mapping(block["toolResult"]) for block in blocks if "toolResult" in block]
    results = {str(one.get("toolUseId")): _outcome(one) for one in given}
    return [called(block["toolUse"], results) for block in blocks if "toolUse" in block]


def _outcome(result: Mapping[str, Any]) -> Any:
    content = parts_of(items(result.get("content")))
    return {"error": content} if result.get("status") == "error" else content


def _reasoning(block: Json) -> str:
    held = mapping(mapping(block.get("reasoningContent")).get("reasoningText"))
    return text_of(held.get("text"))


class ConverseFold:
    """The events of ConverseStream to the answer they make up; the last one has the tokens."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._reasoning: list[str] = []
        self._others: list[tuple[int, Json]] = []
        self._open: dict[int, Json] = {}
        self._end: Json = {}

    def add(self, event: Any) -> bool:
        delta = event.get("contentBlockDelta")
        if delta is not None:
            return self._add_delta(delta.get("contentBlockIndex", 0), delta.get("delta") or {})
        start = event.get("contentBlockStart")
        if start is not None:
            for kind, held in mapping(start.get("start")).items():
                self._block(start.get("contentBlockIndex", 0), kind).update(mapping(held))
        self._end.update(event.get("messageStop") or {})
        self._end.update(event.get("metadata") or {})
        return False

    def _add_delta(self, index: int, delta: Json) -> bool:
        if "text" in delta:
            self._texts.append(delta["text"])
        elif "toolUse" in delta:
            self._block(index, "toolUse")["pieces"].append(delta["toolUse"].get("input", ""))
        elif "reasoningContent" in delta:
            self._reasoning.append(text_of(delta["reasoningContent"].get("text")))
        elif "toolResult" in delta:
            self._block(index, "toolResult")["pieces"] += items(delta["toolResult"])
        elif "image" in delta:
            self._block(index, "image").update(mapping(delta["image"]))
        return True

    def _block(self, index: int, kind: str) -> Json:
        """The block that is being told of, as it stands between the texts."""
        known = self._open.get(index)
        if known is None:
            known = self._open[index] = {"pieces": []}
            self._others.append((len(self._texts), {kind: known}))
        return known

    def answer(self) -> Answer:
        answer = _answer(self._end, list(self._blocks()))
        answer.reasoning = joined(self._reasoning)
        return answer

    def _blocks(self) -> Iterator[Json]:
        begin = 0
        for end, other in self._others:
            yield {"text": "".join(self._texts[begin:end])}
            begin = end
            kind, held = next(iter(other.items()))
            if kind != "toolUse" or held.get("name"):
                yield {kind: _whole(kind, held)}
        yield {"text": "".join(self._texts[begin:])}


def _whole(kind: str, held: Json) -> Json:
    rest = {key: value for key, value in held.items() if key != "pieces"}
    if kind == "toolUse":
        return {**rest, "input": "".join(held["pieces"]) or "{}"}
    return {**rest, "content": held["pieces"]} if kind == "toolResult" else rest
