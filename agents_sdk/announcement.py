"""What is told of a call when it begins: a small object, bounded whatever the call is.

Pure. It is for those who watch and is never stored; the entry that follows under the same `log_id`
says everything again, and in full.
"""

from typing import Any

STARTED_EVENT = "system.llm_call_started"
MAX_PREVIEW_CHARS = 200
MAX_NAME_CHARS = 200
"""Of a model, provider or role; more of it is cut."""
MAX_ID_CHARS = 400
"""A longer session or trace id is left out: half an id would be another one."""


def call_started(
    *,
    log_id: str,
    timestamp: float,
    model_name: Any,
    provider: Any,
    messages: Any,
    session_id: str | None = None,
    trace_id: str | None = None,
    is_stream: bool = False,
) -> dict[str, Any]:
    """The `call` of a `system.llm_call_started` event; takes in any messages, never raises.

    >>> call_started(log_id="1", timestamp=2.0, model_name="m", provider="p", messages=["Hi"])
    {'log_id': '1', 'timestamp': 2.0, 'model_name': 'm', 'provider': 'p', 'preview': 'Hi'}
    """
    newest = messages[-1] if type(messages) is list and messages else None
    call: dict[str, Any] = {
        "log_id": log_id,
        "timestamp": timestamp,
        "model_name": _name(model_name),
        "provider": _name(provider),
        "preview": preview(newest),
    }
    if type(newest) is dict and isinstance(newest.get("role"), str):
        call["role"] = _name(newest["role"])
    if _is_id(session_id):
        call["session_id"] = session_id
    if _is_id(trace_id):
        call["trace_id"] = trace_id
    if is_stream:
        call["stream"] = True
    return call


def preview(message: Any) -> str:
    """The beginning of a message's text: of the content itself, or of its first part with text.

    >>> preview({"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Who?"}]})
    'Who?'
    """
    content = message.get("content") if type(message) is dict else message
    parts = content if type(content) is list else (content,)
    for part in parts[:20]:
        text = part.get("text") or part.get("content") if type(part) is dict else part
        if isinstance(text, str) and text:
            return text[:MAX_PREVIEW_CHARS]
    return ""


def _name(value: Any) -> str:
    return value[:MAX_NAME_CHARS] if isinstance(value, str) else ""


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID_CHARS
