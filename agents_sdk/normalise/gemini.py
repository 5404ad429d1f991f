"""Google's Gemini: `generateContent` and its stream, in the names of the wire or of the client."""

from typing import Any

from agents_sdk.fields import field
from agents_sdk.normalise.geminianswer import ContentFold, answer_of, called, is_answer
from agents_sdk.normalise.shapes import (
    Json,
    Prompt,
    items,
    mapping,
    objects,
    simple_content,
    text_message,
    without,
)

__all__ = ["ContentFold", "answer_of", "is_answer", "prompt_of"]

_ROLES = {"model": "assistant", "user": "user", "function": "tool"}
_OWN_FIELDS = (
    *("system_instruction", "systemInstruction", "tools"),
    *("http_options", "httpOptions"),
)
"""What is shown elsewhere, and how the client talks: addresses and headers are no parameters."""


def prompt_of(model: str, contents: Any, config: Json) -> Prompt:
    """`system_instruction` leads as a message; function responses become messages of tools."""
    messages: list[Any] = []
    system = field(config, "system_instruction")
    if system:
        messages.append(text_message("system", _text_of_content(system)))
    for content in _contents(contents):
        messages += _messages(content)
    return Prompt(
        model=model.removeprefix("models/"),
        messages=messages,
        tools=_tools(config.get("tools")) or None,
        request=without(config, *_OWN_FIELDS),
    )


def _contents(given: Any) -> list[Any]:
    """The contents that are sent: texts, files and parts in a row become one of the user's."""
    if not isinstance(given, list):
        return [given]
    contents: list[Any] = []
    loose: list[Any] = []
    for one in given:
        if isinstance(one, str) or (isinstance(one, dict) and "parts" not in one):
            if not loose:
                contents.append({"role": "user", "parts": loose})
            loose.append(one)
        else:
            loose = []
            contents.append({"role": "user", "parts": one} if isinstance(one, list) else one)
    return contents


def _messages(content: Any) -> list[Any]:
    if not isinstance(content, dict):
        return [text_message("user", content)]
    if "parts" not in content:  # a part alone is what the user says
        return _messages({"role": "user", "parts": [content]})
    role = _ROLES.get(str(content.get("role")), content.get("role") or "user")
    parts = items(content["parts"])
    results = [_result(part) for part in objects(parts) if field(part, "function_response")]
    calls = [called(part) for part in objects(parts) if field(part, "function_call")]
    rest = [part for part in parts if not _is_tool_part(part)]
    if not rest and not calls:
        return results
    own = text_message(role, simple_content([_part(part) for part in rest]) if rest else "")
    if calls:
        own["tool_calls"] = calls
    return [*results, own]


def _is_tool_part(part: Any) -> bool:
    return bool(field(part, "function_response") or field(part, "function_call"))


def _part(part: Any) -> Any:
    if not isinstance(part, dict):
        return {"type": "text", "text": part} if isinstance(part, str) else part
    if part.get("thought") is True:
        return {"type": "reasoning", "text": part.get("text")}
    if "text" in part and part["text"] is not None:
        return {"type": "text", "text": part["text"]}
    return _file_part(part) if field(part, "uri") else part


def _file_part(file: Json) -> Json:
    """An uploaded file stands for the part that names it."""
    named = {"file_uri": field(file, "uri"), "mime_type": field(file, "mime_type")}
    return {"file_data": named}


def _result(part: Json) -> Json:
    response = mapping(field(part, "function_response"))
    call_id = response.get("id") or response.get("name")
    message = {"role": "tool", "tool_call_id": call_id, "name": response.get("name")}
    return {**message, "content": response.get("response")}


def _text_of_content(content: Any) -> Any:
    if isinstance(content, list):
        content = {"parts": content}
    if not isinstance(content, dict):
        return content
    parts = content.get("parts")
    held = parts if isinstance(parts, list) else [content if parts is None else parts]
    return simple_content([_part(part) for part in held])


def _tools(tools: Any) -> list[Any]:
    flat: list[Any] = []
    for tool in items(tools):
        declarations = field(tool, "function_declarations")
        flat += [_tool(item) for item in items(declarations)] if declarations else [tool]
    return flat


def _tool(declaration: Any) -> Any:
    if not isinstance(declaration, dict):
        return declaration
    schema = field(declaration, "parameters_json_schema")
    return {**declaration, "parameters": schema} if schema else declaration
