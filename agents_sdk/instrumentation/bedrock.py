"""AWS Bedrock through botocore (boto3, langchain-aws …) and aiobotocore.

All operations of all services go through `_make_api_call`; those of `bedrock-runtime` that ask a
model are recorded, one entry however often botocore tries. Bodies are read by the caller alone;
we see the bytes and events that pass.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from agents_sdk import context
from agents_sdk.codec import loads
from agents_sdk.instrumentation import state
from agents_sdk.instrumentation.bedrockbodies import watch_body, watch_events
from agents_sdk.instrumentation.clientobjects import said_in
from agents_sdk.instrumentation.guard import count_problem, shielded
from agents_sdk.instrumentation.patching import replace_method
from agents_sdk.instrumentation.recording import Recording
from agents_sdk.normalise import converse, invokemodel
from agents_sdk.normalise.noanswer import judged
from agents_sdk.normalise.shapes import Answer, Json, Prompt, mapping, without
from agents_sdk.usage import extract_token_usage

SERVICE = "bedrock-runtime"
CONVERSE = "Converse"
CONVERSE_STREAM = "ConverseStream"
INVOKE = "InvokeModel"
INVOKE_STREAM = "InvokeModelWithResponseStream"
_OPERATIONS = frozenset({CONVERSE, CONVERSE_STREAM, INVOKE, INVOKE_STREAM})


def patch(module: ModuleType) -> None:
    """Hook into `botocore.client` or `aiobotocore.client`."""
    is_async = module.__name__.startswith("aiobotocore")
    owner = getattr(module, "AioBaseClient" if is_async else "BaseClient", None)
    if owner is None or not replace_method(owner, "_make_api_call", _async if is_async else _sync):
        raise LookupError(f"{module.__name__} has no _make_api_call to hook into")


def _sync(original: Callable[..., Any]) -> Callable[..., Any]:
    def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        recording = _started(self, operation_name, api_params)
        if recording is None:
            return original(self, operation_name, api_params)
        try:
            with context.suppressed():
                result = original(self, operation_name, api_params)
        except BaseException as error:
            recording.fail(error)
            raise
        _returned(recording, operation_name, result)
        return result

    return _make_api_call


def _async(original: Callable[..., Any]) -> Callable[..., Any]:
    async def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        recording = _started(self, operation_name, api_params)
        if recording is None:
            return await original(self, operation_name, api_params)
        try:
            with context.suppressed():
                result = await original(self, operation_name, api_params)
        except BaseException as error:
            recording.fail(error)
            raise
        _returned(recording, operation_name, result)
        return result

    return _make_api_call


@shielded
def _started(client: Any, operation: str, params: Any) -> Recording | None:
    if operation not in _OPERATIONS:
        return None
    active = state.active()
    if active is None or client._service_model.service_name != SERVICE:
        return None
    prompt = _prompt(operation, dict(mapping(params)))
    recording = None if prompt is None else state.start(active, "bedrock", lambda: prompt)
    if recording is not None:
        recording.is_stream = operation in (CONVERSE_STREAM, INVOKE_STREAM)
    return recording


def _prompt(operation: str, params: Json) -> Prompt | None:
    """None if no model is asked to say something."""
    if operation in (CONVERSE, CONVERSE_STREAM):
        return converse.prompt_of(params)
    model, body = str(params.get("modelId")), _json(params.get("body"))
    is_embedding = invokemodel.is_embedding(model, body)
    return None if is_embedding else invokemodel.prompt_of(model, body)


def _returned(recording: Recording, operation: str, result: Json) -> None:
    try:
        _watch(recording, operation, result)
    except Exception as error:
        recording.succeed(Answer())
        count_problem(error)


def _watch(recording: Recording, operation: str, result: Json) -> None:
    metadata = mapping(result.get("ResponseMetadata"))
    recording.extras["request_id"] = metadata.get("RequestId")
    if metadata.get("RetryAttempts"):
        recording.extras["retry_count"] = metadata["RetryAttempts"]
    if operation == CONVERSE:
        body = without(result, "ResponseMetadata")
        recording.succeed(judged(converse.answer_of(result), body, converse.is_answer(result)))
    elif operation == CONVERSE_STREAM:
        watch_events(result["stream"], recording, converse.ConverseFold(), lambda event: event)
    elif operation == INVOKE_STREAM:
        watch_events(result["body"], recording, invokemodel.InvokeFold(), _chunk_of)
    else:
        recording.end_of_waiting()
        watch_body(result["body"], recording, lambda *read: _invoked(metadata, *read))


def _invoked(metadata: Any, data: bytes, is_whole: bool) -> Answer:
    """The answer in a whole body; without one at least the tokens that the headers count."""
    body = said_in(data)
    answer = invokemodel.answer_of(body)
    if is_whole:
        judged(answer, body, invokemodel.is_answer(body))
    if answer.usage is None:
        counted = extract_token_usage("bedrock", {"ResponseMetadata": metadata})
        answer.usage = counted.get("usage")
    latency = mapping(metadata.get("HTTPHeaders")).get("x-amzn-bedrock-invocation-latency")
    if isinstance(latency, str) and latency.isdigit():
        answer.server_latency_ms = int(latency)
    return answer


def _chunk_of(event: Any) -> Any:
    """The family's own event inside one of InvokeModelWithResponseStream."""
    return _json(mapping(event.get("chunk")).get("bytes"))


def _json(body: Any) -> Any:
    """A body as JSON; a file is not ours to read, so it stays unknown."""
    if not isinstance(body, str | bytes | bytearray):
        return None
    try:
        return loads(body if isinstance(body, str) else bytes(body))
    except ValueError:
        return None
