"""A call without its words, for who was told to keep them out of logs: who asked whom, how long it
took and what it cost. The word in their place is LiteLLM's, whose setting it is.
"""

from dataclasses import replace
from typing import Any

from agents_sdk.normalise.failures import Failure
from agents_sdk.normalise.noanswer import NO_COMPLETION
from agents_sdk.normalise.shapes import Answer, Json, Prompt, mapping, without

REDACTED = "redacted-by-litellm"
_WORDS = ("instructions", "input", "messages", "prompt", "system", "contents", "suffix")
_MORE_WORDS = ("prediction", "systemInstruction", "system_instruction", "extra_body", "metadata")
"""Parameters that are said to the model, or may be."""


def redacted_prompt(prompt: Prompt) -> Prompt:
    """The roles of the messages stay, and the tools and parameters that say nothing."""
    return replace(
        prompt,
        messages=[_redacted_message(message) for message in prompt.messages],
        request=without(prompt.request, *_WORDS, *_MORE_WORDS),
    )


def redacted_answer(answer: Answer) -> Answer:
    """The names of the tools that were called stay."""
    is_shown = answer.error_type == NO_COMPLETION
    return replace(
        answer,
        content=REDACTED if answer.content else answer.content,
        reasoning=REDACTED if answer.reasoning else answer.reasoning,
        tool_calls=[_redacted_call(call) for call in answer.tool_calls],
        error="the answer is no completion" if is_shown else answer.error,
    )


def redacted_failure(failure: Failure) -> Failure:
    """What cannot be parsed is shown by who tried."""
    if failure.error_class != "parse":
        return failure
    return replace(failure, error=f"{failure.error_type}: {REDACTED}")


def _redacted_message(message: Any) -> Json:
    return {"role": mapping(message).get("role", "user"), "content": REDACTED}


def _redacted_call(call: Json) -> Json:
    redacted = {**call, "arguments": REDACTED}
    return {**redacted, "result": REDACTED} if "result" in call else redacted
