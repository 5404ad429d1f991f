"""AWS Bedrock's InvokeModel, whose body every model family writes in its own way.

Claude's is read in full; of the others what their families have in common: a prompt or messages,
a text, a reason to stop. Tokens of all come in the headers or metrics that Bedrock adds.
"""

from typing import Any

from agents_sdk.normalise import anthropic, converse
from agents_sdk.normalise.saiderrors import error_said_in
from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    Prompt,
    items,
    mapping,
    objects,
    string,
    text_message,
    text_of,
    without,
)

_PROMPT_KEYS = ("prompt", "inputText", "message", "inputs")
_TEXT_KEYS = ("generation", "outputText", "completion", "text", "generated_text")
_STOP_KEYS = ("stop_reason", "stopReason", "completionReason", "finish_reason", "finishReason")


_NO_MODELS_OF_LANGUAGE = ("embed", "rerank")
_EMBEDDING_KEYS = ("texts", "input_type", "embeddingTypes", "embeddingConfig", "dimensions")


def is_embedding(model: str, body: Any) -> bool:
    """Whether texts are measured and nothing is said: for embeddings, or a ranking by them.

    An id may be an address of the caller's own (a profile, say), which names no model; the body of
    a request for embeddings has other keys than that for an answer.
    """
    if any(word in model.lower() for word in _NO_MODELS_OF_LANGUAGE):
        return True
    held = mapping(body)
    if "messages" in held or "prompt" in held:
        return False
    task = text_of(held.get("taskType"))
    return task.endswith("_EMBEDDING") or any(key in held for key in _EMBEDDING_KEYS)


def prompt_of(model: str, body: Any) -> Prompt:
    held = dict(mapping(body))
    if "anthropic_version" in held or "anthropic" in model:
        prompt = anthropic.prompt_of({**held, "model": model})
    elif isinstance(held.get("messages"), list):
        prompt = converse.prompt_of({**held, "modelId": model})
    else:
        given = next((held[key] for key in _PROMPT_KEYS if key in held), "")
        request = without(held, *_PROMPT_KEYS)
        prompt = Prompt(model, [text_message("user", given)], request=request)
    return prompt


def is_answer(body: Any) -> bool:
    """Whether a body is an answer of any family; AWS says what went wrong as a `message` alone."""
    held = _held(body)
    return bool(held) and held.keys() != {"message"} and error_said_in(held) is None


def _held(body: Any) -> Json:
    """The answer; models that a customer hosts may answer with a list of one."""
    first = body[0] if isinstance(body, list) and body else body
    return dict(mapping(first))


def answer_of(body: Any) -> Answer:
    held = _held(body)
    if held.get("type") == "message":
        return anthropic.answer_of(held)
    if "output" in held:
        return converse.answer_of(held)
    answer = Answer(content=_text(held), usage=_own_usage(held))
    answer.finish_reason = _reason(held)
    return answer


def _text(held: Json) -> str:
    for holder in _holders(held):
        for key in _TEXT_KEYS:
            if isinstance(holder.get(key), str):
                return str(holder[key])
        content = mapping(holder.get("message")).get("content")
        if isinstance(content, str):
            return content
    return ""


def _reason(held: Json) -> str | None:
    found = (string(holder.get(key)) for holder in _holders(held) for key in _STOP_KEYS)
    return next((reason for reason in found if reason), None)


def _holders(held: Json) -> list[Json]:
    """The answer itself, and the first of its choices, results, outputs or generations."""
    lists = ("choices", "results", "outputs", "generations")
    return [held, *(first for key in lists for first in list(objects(items(held.get(key))))[:1])]


def _own_usage(held: Json) -> Any:
    if "usage" in held:
        return held["usage"]
    if "prompt_token_count" not in held:
        return None
    generated = held.get("generation_token_count")
    return {"input_tokens": held["prompt_token_count"], "output_tokens": generated}


class InvokeFold:
    """The chunks of InvokeModelWithResponseStream, parsed, to the answer they make up."""

    def __init__(self) -> None:
        self._claude = anthropic.MessageFold(mapping)
        self._is_claude = False
        self._texts: list[str] = []
        self._reason: str | None = None
        self._metrics: Json | None = None
        self._has_come = False

    def add(self, event: Any) -> bool:
        held = dict(mapping(event))
        self._has_come = self._has_come or bool(held)
        self._metrics = held.get(anthropic.METRICS) or self._metrics
        if held.get("type") in ("message_start", "content_block_delta"):
            self._is_claude = True
        if self._is_claude:
            return self._claude.add(held)
        text = _text(held) or text_of(
            mapping(mapping(held.get("contentBlockDelta")).get("delta")).get("text")
        )
        self._texts.append(text)
        self._reason = _reason(held) or self._reason
        return bool(text)

    def answer(self) -> Answer:
        if self._is_claude:
            answer = self._claude.answer()
        else:
            answer = Answer(content="".join(self._texts), finish_reason=self._reason)
        if answer.usage is None:
            answer.usage = self._metrics
        answer.has_unread = self._has_come
        answer.server_latency_ms = mapping(self._metrics).get("invocationLatency")
        return answer
