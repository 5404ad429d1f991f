"""The first two messages of a run: who the model is, and what came in.

Texts of others are escaped, so that no message can close the element it stands in and speak as
somebody else. An agent's own templates are Jinja2 and need that package.
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from agents_sdk.normalise.shapes import Json
from agents_sdk.orchestrator.situation import text_of
from agents_sdk.providers.model import ProviderError

MAX_THREAD_EVENTS = 10
"""So many of each thread, the newest, are shown to the model."""

TOOL_USE = (
    "Answer the incoming message. At every step call a tool, or call `finish` as soon as nothing "
    "is left to do. To refer to a message use its event_id, never the id of its thread."
)


def first_messages(
    context: Any, config: Any, instruction: str | None, *, is_plain: bool, has_finish: bool
) -> list[Json]:
    """System and user message; `is_plain` leaves out what is said about tools."""
    system = _templated(config.system_prompt_template, instruction=config.instruction)
    template = config.llm_user_prompt_template if is_plain else config.user_prompt_template
    user = _templated(template, context=context, user_instruction=instruction)
    if user is None:
        said = [_conversation(context), TOOL_USE if has_finish and not is_plain else ""]
        user = "\n\n".join(filter(None, [*said, instruction]))
    return [
        {"role": "system", "content": (system or config.instruction).strip()},
        {"role": "user", "content": user.strip()},
    ]


def _conversation(context: Any) -> str:
    threads: Mapping[str, Any] = getattr(context, "event_threads", None) or {}
    lines = ["<conversation>"]
    for thread_id, thread in threads.items():
        lines.append(f"  <thread id={quoteattr(str(thread_id))}>")
        lines += [f"    {_message(event)}" for event in thread.events[-MAX_THREAD_EVENTS:]]
        lines.append("  </thread>")
    thread_id = quoteattr(str(context.incoming_thread_id or ""))
    lines.append(f"  <incoming thread={thread_id}>{_message(context.incoming_event)}</incoming>")
    return "\n".join([*lines, "</conversation>"])


def _message(event: Any) -> str:
    sender = quoteattr(str(getattr(event, "source_id", "") or ""))
    event_id = quoteattr(str(getattr(event, "event_id", "") or ""))
    text = escape(text_of(event))
    return f"<message sender={sender} event_id={event_id}>{text}</message>"


def _templated(template: str | None, **values: Any) -> str | None:
    if not template:
        return None
    try:
        from jinja2.sandbox import SandboxedEnvironment
    except ImportError:
        raise ProviderError(
            "the agent's config has a prompt template, which needs the package 'jinja2'; "
            "run: pip install jinja2"
        ) from None
    return SandboxedEnvironment().from_string(template).render(**values)
