"""AWS Bedrock's Converse, the same request and answer for every model family there."""

from typing import Any

from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    Prompt,
    items,
    joined,
    mapping,
    objects,
    simple_content,
    string,
    text_message,
    text_of,
    tool_call,
    without,
)


def prompt_of(body: Json) -> Prompt:
    messages: list[Any] = []
    if body.get("system"):
        messages.append(text_message("system", _parts(items(body["system"]))))
    for message in items(body.get("messages")):
        messages += _messages(message)
    tools = [_tool(tool) for tool in items(mapping(body.get("toolConfig")).get("tools"))]
    return Prompt(
        model=text_of(body.get("modelId")),
        messages=messages,
        tools=tools or None,
        request=without(body, "modelId", "messages", "system"),
    )


def _messages(message: Any) -> list[Any]:
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        return [message]
    blocks = message["content"]
    results = [_result(block["toolResult"]) for block in objects(blocks) if "toolResult" in block]
    calls = [_call(block["toolUse"]) for block in objects(blocks) if "toolUse" in block]
    rest = [
        block
        for block in blocks
        if not (isinstance(block, dict) and ("toolResult" in block or "toolUse" in block))
    ]
    if not rest and not calls:
        return results
    own: Json = {"role": message.get("role"), "content": _parts(rest)}
    if calls:
        own["tool_calls"] = calls
    return [*results, own]


def _parts(blocks: list[Any]) -> Any:
    parts = [
        {"type": "text", "text": block["text"]}
        if isinstance(block, dict) and set(block) == {"text"}
        else block
        for block in blocks
    ]
    return simple_content(parts) if parts else ""


def _result(result: Any) -> Json:
    held = mapping(result)
    message = {"role": "tool", "tool_call_id": held.get("toolUseId")}
    message["content"] = _parts(items(held.get("content")))
    return {**message, "is_error": True} if held.get("status") == "error" else message


def _call(use: Any) -> Json:
    held = mapping(use)
    return tool_call(held.get("toolUseId"), held.get("name"), held.get("input"))


def _tool(tool: Any) -> Any:
    spec = mapping(tool).get("toolSpec")
    if not isinstance(spec, dict):
        return tool
    schema = mapping(spec.get("inputSchema")).get("json")
    return {**without(spec, "inputSchema"), "parameters": schema}


def answer_of(response: Json) -> Answer:
    message = mapping(mapping(response.get("output")).get("message"))
    blocks = objects(message.get("content"))
    return Answer(
        content="".join(text_of(block.get("text")) for block in blocks),
        tool_calls=[_call(block["toolUse"]) for block in blocks if "toolUse" in block],
        reasoning=joined(_reasoning(block) for block in blocks),
        finish_reason=string(response.get("stopReason")),
        usage=response.get("usage"),
        service_tier=string(mapping(response.get("serviceTier")).get("type")),
        server_latency_ms=mapping(response.get("metrics")).get("latencyMs"),
    )


def _reasoning(block: Json) -> str:
    held = mapping(mapping(block.get("reasoningContent")).get("reasoningText"))
    return text_of(held.get("text"))


class ConverseFold:
    """The events of ConverseStream to the answer they make up; the last one has the tokens."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int, Json] = {}
        self._end: Json = {}

    def add(self, event: Any) -> bool:
        delta = event.get("contentBlockDelta")
        if delta is not None:
            return self._add_delta(delta.get("contentBlockIndex", 0), delta.get("delta") or {})
        start = event.get("contentBlockStart")
        if start is not None:
            use = mapping(mapping(start.get("start")).get("toolUse"))
            call: Json = {"id": use.get("toolUseId"), "name": use.get("name"), "pieces": []}
            self._calls[start.get("contentBlockIndex", 0)] = call
        self._end.update(event.get("messageStop") or {})
        self._end.update(event.get("metadata") or {})
        return False

    def _add_delta(self, index: int, delta: Json) -> bool:
        if "text" in delta:
            self._texts.append(delta["text"])
        elif "toolUse" in delta:
            empty: Json = {"id": None, "name": None, "pieces": []}
            call = self._calls.setdefault(index, empty)
            call["pieces"].append(delta["toolUse"].get("input", ""))
        elif "reasoningContent" in delta:
            self._reasoning.append(text_of(delta["reasoningContent"].get("text")))
        return True

    def answer(self) -> Answer:
        answer = answer_of(self._end)
        answer.content = "".join(self._texts)
        answer.reasoning = joined(self._reasoning)
        answer.tool_calls = [
            tool_call(call["id"], call["name"], "".join(call["pieces"]) or "{}")
            for _, call in sorted(self._calls.items())
            if call["name"]
        ]
        return answer
