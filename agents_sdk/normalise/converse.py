"""AWS Bedrock's Converse, the same request and answer for every model family there."""

from typing import Any

from agents_sdk.normalise.converseanswer import (
    ConverseFold,
    answer_of,
    called,
    is_answer,
    parts_of,
)
from agents_sdk.normalise.shapes import (
    Json,
    Prompt,
    items,
    mapping,
    objects,
    text_message,
    text_of,
    without,
)

__all__ = ["ConverseFold", "answer_of", "is_answer", "prompt_of"]


def prompt_of(body: Json) -> Prompt:
    messages: list[Any] = []
    if body.get("system"):
        messages.append(text_message("system", parts_of(items(body["system"]))))
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
    calls = [called(block["toolUse"]) for block in objects(blocks) if "toolUse" in block]
    rest = [
        block
        for block in blocks
        if not (isinstance(block, dict) and ("toolResult" in block or "toolUse" in block))
    ]
    if not rest and not calls:
        return results
    own: Json = {"role": message.get("role"), "content": parts_of(rest)}
    if calls:
        own["tool_calls"] = calls
    return [*results, own]


def _result(result: Any) -> Json:
    held = mapping(result)
    message = {"role": "tool", "tool_call_id": held.get("toolUseId")}
    message["content"] = parts_of(items(held.get("content")))
    return {**message, "is_error": True} if held.get("status") == "error" else message


def _tool(tool: Any) -> Any:
    spec = mapping(tool).get("toolSpec")
    if not isinstance(spec, dict):
        return tool
    schema = mapping(spec.get("inputSchema")).get("json")
    return {**without(spec, "inputSchema"), "parameters": schema}
