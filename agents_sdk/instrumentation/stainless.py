"""The choke point of the clients of OpenAI and Anthropic, which one generator wrote.

Every call of either, whatever method, helper or subclass makes it, goes through `request` of
`_base_client.SyncAPIClient` or `AsyncAPIClient`: one call, however often it is retried inside. What
is special to one of them is a `Dialect`.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from agents_sdk import context
from agents_sdk.instrumentation import state, streamhelpers
from agents_sdk.instrumentation.clientobjects import (
    RAW,
    STREAM,
    as_dict,
    kind_of,
    read_of,
    request_id_of,
)
from agents_sdk.instrumentation.guard import count_problem, shielded
from agents_sdk.instrumentation.patching import replace_method
from agents_sdk.instrumentation.recording import CLOSED, COMPLETE
from agents_sdk.instrumentation.responsebytes import ReadBytes
from agents_sdk.instrumentation.stainlessrequest import (
    Call,
    Dialect,
    adapted,
    body_of_request,
    endpoint_of,
)
from agents_sdk.instrumentation.stainlessresponse import watch_response, watch_stream
from agents_sdk.normalise.noanswer import judged_stream
from agents_sdk.normalise.shapes import Answer, Json


def patch(module: ModuleType, dialect: Dialect) -> None:
    """Hook into a `_base_client` module, or one of the helpers that parse streams."""
    if not module.__name__.endswith("._base_client"):
        streamhelpers.patch(module)
        return
    sync_client = getattr(module, "SyncAPIClient", None)
    async_client = getattr(module, "AsyncAPIClient", None)
    found = [
        sync_client is not None
        and replace_method(sync_client, "request", lambda original: _sync(original, dialect)),
        async_client is not None
        and replace_method(async_client, "request", lambda original: _async(original, dialect)),
    ]
    if not all(found):
        raise LookupError(f"{module.__name__} has no {{Sync,Async}}APIClient.request to hook into")


def _sync(original: Callable[..., Any], dialect: Dialect) -> Callable[..., Any]:
    def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        active = state.active()
        started = None if active is None else _start(active, dialect, self, args, kwargs)
        if started is None:
            return original(self, *args, **kwargs)
        call, args, kwargs = started
        try:
            with context.suppressed():
                result = original(self, *args, **kwargs)
        except BaseException as error:
            call.recording.fail(error)
            raise
        _returned(call, result)
        return result

    return request


def _async(original: Callable[..., Any], dialect: Dialect) -> Callable[..., Any]:
    async def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        active = state.active()
        started = None if active is None else _start(active, dialect, self, args, kwargs)
        if started is None:
            return await original(self, *args, **kwargs)
        call, args, kwargs = started
        try:
            with context.suppressed():
                result = await original(self, *args, **kwargs)
        except BaseException as error:
            call.recording.fail(error)
            raise
        _returned(call, result)
        return result

    return request


@shielded
def _start(
    active: state.Active, dialect: Dialect, client: Any, args: Any, kwargs: Any
) -> tuple[Call, Any, Any] | None:
    options = args[1] if len(args) > 1 else kwargs.get("options")
    endpoint = endpoint_of(dialect, options)
    if endpoint is None:
        return None
    body = body_of_request(options)
    prompt = dialect.prompt(endpoint, body)
    recording = state.start(active, dialect.provider(client), lambda: prompt)
    if recording is None:
        return None
    recording.is_stream = bool(kwargs.get("stream")) or prompt.is_stream
    call = Call(dialect, endpoint, recording)
    changed = adapted(active, call, client, options, body)
    if changed is options:
        return call, args, kwargs
    if len(args) > 1:
        return call, (args[0], changed, *args[2:]), kwargs
    return call, args, {**kwargs, "options": changed}


def _returned(call: Call, result: Any) -> None:
    """Whatever `request` returns: a whole answer, a stream, or a response not read yet."""
    try:
        _watch_result(call, result)
    except Exception as error:
        call.recording.succeed(Answer())
        count_problem(error)


def _watch_result(call: Call, result: Any) -> None:
    kind = kind_of(result)
    if kind is STREAM:
        _watch_stream(call, result)
    elif kind is RAW:
        _watch_raw(call, result)
    else:
        _finish(call, result, request_id_of(result))


def _watch_stream(call: Call, stream: Any) -> None:
    is_ours = call.is_our_usage if call.asked_for_usage else None
    call.recording.extras["request_id"] = request_id_of(stream)
    watch_stream(stream, call.recording, call.dialect.fold(call.endpoint), is_ours)


def _finish(call: Call, parsed: Any, request_id: str | None) -> None:
    call.recording.extras["request_id"] = request_id
    body = as_dict(parsed)
    call.recording.succeed(call.answer_in(parsed) if body is None else call.answer(body))


def _watch_raw(call: Call, raw: Any) -> None:
    """A raw response: its body is either here already, or read later by whoever holds it."""
    response = raw.http_response
    call.recording.extras["request_id"] = request_id_of(raw)
    retries = getattr(raw, "retries_taken", None)
    if retries:
        call.recording.extras["retry_count"] = retries
    if response.is_closed:
        body = read_of(response)
        if isinstance(body, dict) or not call.recording.is_stream:
            _here_unparsed(call, raw, call.answer_in(body))
            return
    call.recording.end_of_waiting()
    watch_response(
        raw,
        on_parsed=lambda parsed: _parsed_later(call, parsed),
        on_closed=lambda body, seen: _closed_unparsed(call, body, seen),
        on_failed=lambda error, seen: _broke_unparsed(call, error, seen),
    )


def _here_unparsed(call: Call, raw: Any, answer: Answer) -> None:
    """What was said is known; a helper may still find that it is not what was asked for."""
    if not call.has_parser:
        call.recording.succeed(answer)
        return
    call.recording.end_of_waiting()

    def succeed(*_: Any) -> None:
        call.recording.succeed(answer)

    watch_response(raw, on_parsed=succeed, on_closed=succeed, on_failed=succeed)


def _parsed_later(call: Call, parsed: Any) -> None:
    call.recording.resume_waiting()
    if kind_of(parsed) is STREAM:
        _watch_stream(call, parsed)
    else:
        _finish(call, parsed, call.recording.extras.get("request_id"))


def _closed_unparsed(call: Call, body: Json | None, seen: ReadBytes) -> None:
    """The holder read the body as bytes, text or lines, or not at all."""
    if call.recording.is_stream:
        answer = seen.streamed(call.dialect.fold(call.endpoint))
        if seen.is_complete:
            call.recording.succeed(judged_stream(answer), COMPLETE)
        else:
            call.recording.succeed(answer, CLOSED)
        return
    call.recording.succeed(call.answer_in(seen.body() if body is None else body))


def _broke_unparsed(call: Call, error: BaseException, seen: ReadBytes) -> None:
    """The connection broke while its holder read; of a stream, what came is part of the entry."""
    answer = seen.streamed(call.dialect.fold(call.endpoint)) if call.recording.is_stream else None
    call.recording.fail(error, answer)
