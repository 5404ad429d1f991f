"""Google's Gemini: roles user and model, tool calls and results as parts."""

from collections.abc import Mapping, Sequence
from typing import Any

from agents_sdk.jsonforms import without_surrogates
from agents_sdk.normalise.gemini import ContentFold, answer_of, is_answer
from agents_sdk.normalise.noanswer import judged, judged_stream
from agents_sdk.normalise.shapes import Json, without
from agents_sdk.providers.arguments import as_object
from agents_sdk.providers.geminischema import gemini_schema
from agents_sdk.providers.model import OWN_ID, ModelProvider, Said, Turn, groups, load, system_text
from agents_sdk.providers.streaming import NOBODY, Listener, hear

_SCHEMA = "parameters_json_schema"
_RENAMED = {
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "stop": "stop_sequences",
}
"""Parameters of a config that have another name here."""


def create(
    name: str,
    model_name: str,
    base_url: str | None,
    api_key: str | None,
    parameters: Mapping[str, Any],
) -> ModelProvider:
    library = load("google.genai", provider=name, library="google-genai", extra="gemini")
    options = {"base_url": base_url} if base_url else {}
    client = library.Client(api_key=api_key or "none", http_options=options)
    takes_json_schema = _SCHEMA in library.types.FunctionDeclaration.model_fields
    return GenerateContent(
        name, model_name, parameters, client, takes_json_schema=takes_json_schema
    )


class GenerateContent(ModelProvider):
    """Asks through a `google.genai.Client`; older lines take no JSON schema."""

    def __init__(
        self,
        name: str,
        model_name: str,
        parameters: Mapping[str, Any],
        client: Any,
        *,
        takes_json_schema: bool = True,
    ) -> None:
        super().__init__(name, model_name, parameters)
        self._client = client
        self._takes_json_schema = takes_json_schema

    async def ask(
        self, turns: Sequence[Turn], tools: Sequence[Json], listener: Listener = NOBODY
    ) -> Said:
        config: Json = {_RENAMED.get(key, key): value for key, value in self.parameters.items()}
        system = system_text(turns)
        if system:
            config["system_instruction"] = system
        if tools:
            declarations = [self._declaration(tool["function"]) for tool in tools]
            config["tools"] = [{"function_declarations": declarations}]
            config["automatic_function_calling"] = {"disable": True}
        contents = [_content(group) for group in groups(turns)]
        asked = {"model": self.model_name, "contents": contents, "config": config}
        asked = without_surrogates(asked)
        if self.is_streaming:
            return await self._streamed(asked, listener)
        response = await self._client.aio.models.generate_content(**asked)
        said = response.model_dump(mode="json", exclude_none=True, warnings=False)
        shown = without(said, "sdk_http_response")
        answer = judged(answer_of(said), shown, is_answer(said))
        return Said(answer, _native(_parts_of(response)))

    async def _streamed(self, asked: Json, listener: Listener) -> Said:
        """What the model said is all parts in their order: a signature belongs to its own part."""
        fold = ContentFold(_plain)
        parts: list[Any] = []
        chunks = await self._client.aio.models.generate_content_stream(**asked)
        async for chunk in chunks:
            listener.begins(fold)  # not before: this client sends its request for the first piece
            hear(chunk, fold, listener)
            parts += _parts_of(chunk)
        return Said(judged_stream(fold.answer()), _native(parts))

    def _declaration(self, function: Json) -> Json:
        declaration = {"name": function["name"], "description": function["description"]}
        schema = function["parameters"]
        if not schema.get("properties"):
            return declaration
        if self._takes_json_schema:
            return {**declaration, _SCHEMA: schema}
        return {**declaration, "parameters": gemini_schema(schema)}

    async def close(self) -> None:
        if hasattr(self._client.aio, "aclose"):  # newer lines of the client
            await self._client.aio.aclose()
            self._client.close()


def _parts_of(response: Any) -> list[Any]:
    content = response.candidates[0].content if response.candidates else None
    return (content and content.parts) or []


def _native(parts: list[Any]) -> Json | None:
    """Parts as dicts that the client takes back; bytes of signatures stay bytes."""
    if not parts:
        return None
    return {"role": "model", "parts": [part.model_dump(exclude_none=True) for part in parts]}


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json", exclude_none=True, warnings=False) if value else None


def _content(group: Sequence[Turn]) -> Any:
    first = group[0]
    if first.message["role"] == "tool":
        return {"role": "user", "parts": [_result(turn.message) for turn in group]}
    if first.message["role"] == "assistant":
        return first.native or {"role": "model", "parts": _parts(first.message)}
    return {"role": "user", "parts": [{"text": str(first.message["content"])}]}


def _parts(message: Json) -> list[Json]:
    parts: list[Json] = [{"text": message["content"]}] if message.get("content") else []
    for call in message.get("tool_calls") or ():
        called = call["function"]
        arguments = as_object(called["arguments"])
        parts.append({"function_call": {"name": called["name"], "args": arguments}})
    return parts


def _result(message: Json) -> Json:
    key = "error" if message.get("is_error") else "result"
    response: Json = {"name": message["name"], "response": {key: message["content"]}}
    if not message["tool_call_id"].startswith(OWN_ID):
        response["id"] = message["tool_call_id"]
    return {"function_response": response}
