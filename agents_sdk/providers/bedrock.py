"""Amazon Bedrock by its Converse API, which serves every model family in one form."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from agents_sdk.jsonforms import without_surrogates
from agents_sdk.normalise.converse import ConverseFold, answer_of, is_answer
from agents_sdk.normalise.noanswer import judged, judged_stream
from agents_sdk.normalise.shapes import Json, mapping, without
from agents_sdk.providers.arguments import as_object
from agents_sdk.providers.converseblocks import ConverseBlocks
from agents_sdk.providers.model import (
    MissingKey,
    ModelProvider,
    Said,
    Turn,
    groups,
    load,
    system_text,
)
from agents_sdk.providers.streaming import NOBODY, Listener, hear

DEFAULT_REGION = "us-east-1"
_INFERENCE = {
    "max_tokens": "maxTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "stop": "stopSequences",
}
"""Parameters of a config that Converse has a place for; the others go to the model as they are."""


def create(
    name: str,
    model_name: str,
    base_url: str | None,
    api_key: str | None,
    parameters: Mapping[str, Any],
) -> ModelProvider:
    library = load("boto3", provider=name, library="boto3", extra="bedrock")
    session = library.Session()
    if session.get_credentials() is None and not os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        raise MissingKey(name, ("AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"))
    region = session.region_name or DEFAULT_REGION
    client = session.client("bedrock-runtime", region_name=region, endpoint_url=base_url)
    return Converse(name, model_name, parameters, client)


class Converse(ModelProvider):
    """Asks through a boto3 client, which has no async form: each call waits in a thread."""

    def __init__(
        self, name: str, model_name: str, parameters: Mapping[str, Any], client: Any
    ) -> None:
        super().__init__(name, model_name, parameters)
        self._client = client

    async def ask(
        self, turns: Sequence[Turn], tools: Sequence[Json], listener: Listener = NOBODY
    ) -> Said:
        body: Json = {"messages": [_message(group) for group in groups(turns)]}
        system = system_text(turns)
        if system:
            body["system"] = [{"text": system}]
        if tools:
            body["toolConfig"] = {"tools": [_tool(tool["function"]) for tool in tools]}
        body.update(_places(self.parameters))
        body["modelId"] = self.model_name
        body = without_surrogates(body)
        if self.is_streaming:
            return await asyncio.to_thread(self._streamed, body, listener)
        response = await asyncio.to_thread(self._client.converse, **body)
        shown = without(response, "ResponseMetadata")
        answer = judged(answer_of(response), shown, is_answer(response))
        return Said(answer, mapping(response.get("output")).get("message"))

    def _streamed(self, body: Json, listener: Listener) -> Said:
        fold, blocks = ConverseFold(), ConverseBlocks()
        events = self._client.converse_stream(**body)["stream"]
        listener.begins(fold)
        with closing(events):
            for event in events:
                hear(event, fold, listener)
                blocks.add(event)
        return Said(judged_stream(fold.answer()), blocks.message())

    async def close(self) -> None:
        self._client.close()


def _places(parameters: Mapping[str, Any]) -> Json:
    inference = {_INFERENCE[key]: value for key, value in parameters.items() if key in _INFERENCE}
    others = {key: value for key, value in parameters.items() if key not in _INFERENCE}
    places = {"inferenceConfig": inference, "additionalModelRequestFields": others}
    return {key: value for key, value in places.items() if value}


def _message(group: Sequence[Turn]) -> Json:
    first = group[0]
    if first.message["role"] == "tool":
        return {"role": "user", "content": [_result(turn.message) for turn in group]}
    if first.message["role"] == "assistant":
        return first.native or {"role": "assistant", "content": _blocks(first.message)}
    return {"role": "user", "content": [{"text": str(first.message["content"])}]}


def _blocks(message: Json) -> list[Json]:
    blocks: list[Json] = [{"text": message["content"]}] if message.get("content") else []
    for call in message.get("tool_calls") or ():
        called = call["function"]
        use = {"toolUseId": call["id"], "name": called["name"]}
        blocks.append({"toolUse": {**use, "input": as_object(called["arguments"])}})
    return blocks


def _result(message: Json) -> Json:
    result: Json = {"toolUseId": message["tool_call_id"]}
    result["content"] = [{"text": message["content"]}]
    if message.get("is_error"):
        result["status"] = "error"
    return {"toolResult": result}


def _tool(function: Json) -> Json:
    spec = {"name": function["name"], "description": function["description"] or function["name"]}
    return {"toolSpec": {**spec, "inputSchema": {"json": function["parameters"]}}}
