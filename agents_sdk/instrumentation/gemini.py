"""The `google-genai` client: below its automatic function calling, so that each request counts.

The public methods may ask the model several times and report the tokens of the last time only.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from agents_sdk import context
from agents_sdk.instrumentation import state
from agents_sdk.instrumentation.geminiobjects import plain
from agents_sdk.instrumentation.guard import count_problem, shielded
from agents_sdk.instrumentation.patching import replace_method
from agents_sdk.instrumentation.recording import Recording
from agents_sdk.instrumentation.streams import RecordedAsyncIterator, RecordedIterator, Watch
from agents_sdk.normalise import gemini
from agents_sdk.normalise.noanswer import judged
from agents_sdk.normalise.shapes import Answer, mapping, without


def patch(module: ModuleType) -> None:
    """Hook into `google.genai.models`."""
    hooks = (
        ("Models", "_generate_content", _sync),
        ("Models", "_generate_content_stream", _sync_stream),
        ("AsyncModels", "_generate_content", _async),
        ("AsyncModels", "_generate_content_stream", _async_stream),
    )
    for owner, name, make in hooks:
        if not replace_method(getattr(module, owner, type(None)), name, make):
            raise LookupError(f"{module.__name__} has no {owner}.{name} to hook into")


def _sync(original: Callable[..., Any]) -> Callable[..., Any]:
    def _generate_content(self: Any, *args: Any, **kwargs: Any) -> Any:
        recording = _started(self, kwargs)
        if recording is None:
            return original(self, *args, **kwargs)
        try:
            with context.suppressed():
                result = original(self, *args, **kwargs)
        except BaseException as error:
            recording.fail(error)
            raise
        _returned(recording, result)
        return result

    return _generate_content


def _async(original: Callable[..., Any]) -> Callable[..., Any]:
    async def _generate_content(self: Any, *args: Any, **kwargs: Any) -> Any:
        recording = _started(self, kwargs)
        if recording is None:
            return await original(self, *args, **kwargs)
        try:
            with context.suppressed():
                result = await original(self, *args, **kwargs)
        except BaseException as error:
            recording.fail(error)
            raise
        _returned(recording, result)
        return result

    return _generate_content


def _sync_stream(original: Callable[..., Any]) -> Callable[..., Any]:
    def _generate_content_stream(self: Any, *args: Any, **kwargs: Any) -> Any:
        recording = _started(self, kwargs, is_stream=True)
        if recording is None:
            return original(self, *args, **kwargs)
        try:
            with context.suppressed():
                stream = original(self, *args, **kwargs)
        except BaseException as error:
            recording.fail(error)
            raise
        return RecordedIterator(stream, Watch(recording, gemini.ContentFold(plain)))

    return _generate_content_stream


def _async_stream(original: Callable[..., Any]) -> Callable[..., Any]:
    async def _generate_content_stream(self: Any, *args: Any, **kwargs: Any) -> Any:
        recording = _started(self, kwargs, is_stream=True)
        if recording is None:
            return await original(self, *args, **kwargs)
        try:
            with context.suppressed():
                stream = await original(self, *args, **kwargs)
        except BaseException as error:
            recording.fail(error)
            raise
        return RecordedAsyncIterator(stream, Watch(recording, gemini.ContentFold(plain)))

    return _generate_content_stream


@shielded
def _started(models: Any, asked: Any, *, is_stream: bool = False) -> Recording | None:
    active = state.active()
    if active is None:
        return None
    is_vertex = getattr(getattr(models, "_api_client", None), "vertexai", False)
    provider = "vertex" if is_vertex else "gemini"
    recording = state.start(
        active,
        provider,
        lambda: gemini.prompt_of(
            str(asked.get("model")), plain(asked.get("contents")), plain(asked.get("config")) or {}
        ),
    )
    if recording is not None:
        recording.is_stream = is_stream
    return recording


def _answer_of(said: Any) -> Answer:
    """What the client adds to every answer is not the provider's."""
    body = without(dict(mapping(said)), "sdk_http_response", "automatic_function_calling_history")
    return judged(gemini.answer_of(body), body, gemini.is_answer(body))


def _returned(recording: Recording, response: Any) -> None:
    try:
        recording.succeed(_answer_of(plain(response)))
    except Exception as error:
        recording.succeed(Answer())
        count_problem(error)
