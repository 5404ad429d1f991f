"""What the model server does with arguments that are no JSON, as models do send them."""

from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall

BROKEN = Reply("", tool_calls=(ToolCall("weather", '{"city": '),))
QUESTION: Any = {"role": "user", "content": "How is the weather in Köln?"}
CLAUDE: dict[str, Any] = {"model": "claude", "max_tokens": 9, "messages": [QUESTION]}
CONVERSE: dict[str, Any] = {
    "modelId": "anthropic.claude",
    "messages": [{"role": "user", "content": [{"text": QUESTION["content"]}]}],
}
REFUSAL = """the arguments of ToolCall('weather') are not a JSON object: '{"city": '"""


def test_a_stream_of_anthropic_carries_broken_arguments_as_they_are(
    claude: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    model_server.script(BROKEN)
    events = list(claude.messages.create(**CLAUDE, stream=True))
    deltas = [event.delta for event in events if event.type == "content_block_delta"]
    assert "".join(delta.partial_json for delta in deltas) == '{"city": '
    assert recorded.entries[0]["tool_calls"][0]["arguments"] == '{"city": '


def test_a_whole_answer_of_anthropic_cannot_and_the_test_is_told_so(
    claude: Any, model_server: ModelServer, capfd: pytest.CaptureFixture[str]
) -> None:
    import anthropic

    model_server.script(BROKEN, Reply("It rains."))
    with pytest.raises(anthropic.BadRequestError) as refused:
        claude.messages.create(**CLAUDE)
    assert refused.value.body["error"]["message"].startswith(REFUSAL)  # type: ignore[index]
    assert list(claude.messages.create(**CLAUDE, stream=True))[-1].type == "message_stop"
    assert claude.messages.create(**CLAUDE).content[0].text == "It rains."
    assert capfd.readouterr().err == ""


def test_converse_carries_broken_arguments_in_a_stream_only(
    boto: Any, model_server: ModelServer, capfd: pytest.CaptureFixture[str]
) -> None:
    model_server.script(BROKEN, Reply("It rains."))
    with pytest.raises(boto.exceptions.ValidationException) as refused:
        boto.converse(**CONVERSE)
    assert refused.value.response["Error"]["Message"].startswith(REFUSAL)
    events = list(boto.converse_stream(**CONVERSE)["stream"])
    told = [event["contentBlockDelta"] for event in events if "contentBlockDelta" in event]
    assert "".join(piece["delta"]["toolUse"]["input"] for piece in told) == '{"city": '
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("status", "code", "error_class"),
    [
        (400, "ValidationException", "invalid_request"),
        (401, "UnrecognizedClientException", "auth"),
        (403, "AccessDeniedException", "auth"),
        (404, "ResourceNotFoundException", "invalid_request"),
        (408, "ModelTimeoutException", "timeout"),
        (413, "ValidationException", "invalid_request"),
        (424, "ModelErrorException", "server"),
        (429, "ThrottlingException", "rate_limit"),
        (500, "InternalServerException", "server"),
        (502, "InternalServerException", "server"),
        (503, "ServiceUnavailableException", "overloaded"),
        (529, "ServiceUnavailableException", "overloaded"),
    ],
)
def test_bedrock_names_a_failure_as_aws_does(
    boto: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
    status: int,
    code: str,
    error_class: str,
) -> None:
    model_server.script(*[Reply("No.", status=status)] * 9)  # boto tries some of them again
    with pytest.raises(boto.exceptions.ClientError) as refused:
        boto.converse(**CONVERSE)
    assert refused.value.response["Error"]["Code"] == code
    (entry,) = recorded.entries
    assert (entry["error_code"], entry["error_class"]) == (code, error_class)


@pytest.mark.parametrize("is_stream", [False, True])
async def test_gemini_says_that_the_model_failed_to_call(
    gemini: Any, model_server: ModelServer, recorded: CapturingLogger, is_stream: bool
) -> None:
    model_server.script(BROKEN, Reply("It rains."))
    asked = {"model": "gemini-3", "contents": QUESTION["content"]}
    if is_stream:
        (answer,) = list(gemini.models.generate_content_stream(**asked))
    else:
        answer = gemini.models.generate_content(**asked)
    assert answer.candidates[0].finish_reason == "MALFORMED_FUNCTION_CALL"
    assert answer.function_calls is None
    assert recorded.entries[0]["finish_reason"] == "malformed_function_call"
