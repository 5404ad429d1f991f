"""Let a model answer an event: ask it, run the tools it calls, tell it the results, ask again."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from agents_sdk import context as call_context
from agents_sdk.client import AgentClient
from agents_sdk.errorwords import described_error
from agents_sdk.instrumentation.recording import Logger
from agents_sdk.normalise.contentparts import texts_in
from agents_sdk.normalise.executed import open_calls
from agents_sdk.normalise.shapes import Answer, Json
from agents_sdk.orchestrator.actions import (
    AgentAction,
    AgentActionType,
    AgentTrajectory,
    summary_of,
)
from agents_sdk.orchestrator.model import provider_of
from agents_sdk.orchestrator.prompt import first_messages
from agents_sdk.orchestrator.recording import (
    CallRecord,
    inside_call,
    logger_for,
    run_trace,
    source_of,
)
from agents_sdk.orchestrator.situation import as_context
from agents_sdk.orchestrator.tools import (
    FINISH,
    as_tools,
    described,
    finish_tool,
    has_named,
    run,
)
from agents_sdk.providers.arguments import as_object
from agents_sdk.providers.model import OWN_ID, ModelProvider, Said, Turn

MAX_ITERATIONS = 10

_log = logging.getLogger("agents_sdk")


async def orchestrate_agent(
    context: Any,
    agent_config: Any,
    tools: Iterable[Any] = (),
    user_instruction: str | None = None,
    max_iterations: int | None = None,
    disable_finish_tool: bool = False,
    use_llm_user_prompt: bool = False,
    agent_id: str | None = None,
    agent_client: AgentClient | None = None,
) -> AgentTrajectory:
    """Run the tool loop for an event; every call to the model becomes an entry.

    Args:
        context: An `EventContext`, an `Event`, or a text.
        agent_config: An `AgentConfig`: instruction, model, provider.
        tools: `AgentTool`s, or functions and other callables, whose name, annotations and docstring
            describe them.
        user_instruction: What to do about the event, in words for the model.
        max_iterations: Calls to the model at most; the config's, 10, if left out; none with 0.
        disable_finish_tool: Do not offer `finish`; the first answer without a tool call ends.
            So it is too if a tool of your own has that name, which is offered instead.
        use_llm_user_prompt: Show the model the conversation only, without a word on tools.
        agent_id: Whose calls these are; left out, the client's or the event's sender.
        agent_client: Reports the calls. Without one they are written to `AGENTS_SDK_WORKSPACE`,
            else reported to `AGENTS_SDK_URL`.

    Returns:
        What was done. A model that fails ends the run: its error is in the last action, and in
        the entry of the call.

    Raises:
        ProviderError: the model cannot be asked at all; the sentence says what to do.
        ValueError: what was given cannot be a tool, or two tools have one name.
    """
    situation = as_context(context)
    callable_tools = as_tools(tools)
    has_finish = not disable_finish_tool and not has_named(callable_tools, FINISH)
    offered = [*callable_tools, finish_tool()] if has_finish else callable_tools
    messages = first_messages(
        situation,
        agent_config,
        user_instruction,
        is_plain=use_llm_user_prompt,
        has_finish=has_finish,
    )
    logger = logger_for(agent_id, agent_client, source_of(situation))
    model = provider_of(agent_config)
    try:
        with run_trace() as trace_id:
            loop = _Loop(
                model,
                callable_tools,
                [described(tool) for tool in offered],
                logger,
                has_finish=has_finish,
            )
            await loop.go(messages, _limit_of(max_iterations, agent_config))
            return AgentTrajectory(loop.actions, summary_of(loop.actions), trace_id)
    finally:
        await model.close()


def _limit_of(max_iterations: int | None, config: Any) -> int:
    """0 is a limit too."""
    for limit in (max_iterations, getattr(config, "max_iterations", None)):
        if limit is not None:
            return int(limit)
    return MAX_ITERATIONS


class _Loop:
    """One run: the conversation so far, and what was done."""

    def __init__(
        self,
        model: ModelProvider,
        tools: Sequence[Any],
        offered: Sequence[Json],
        logger: Logger | None,
        *,
        has_finish: bool,
    ) -> None:
        self.actions: list[AgentAction] = []
        self._model = model
        self._tools = tools
        self._offered = offered
        self._has_finish = has_finish
        self._logger = logger
        self._turns: list[Turn] = []

    async def go(self, messages: Sequence[Json], max_iterations: int) -> None:
        self._turns = [Turn(message) for message in messages]
        for _ in range(max_iterations):
            record = CallRecord(self._logger, self._model, self._turns, self._offered)
            try:
                said = await self._ask(record)
            except Exception as error:
                problem = described_error(error)
                _log.warning("the model %s failed: %.300s", self._model.model_name, problem)
                self._complete("Error during model interaction", error=problem)
                return
            with inside_call(record):
                if await self._follow(said):
                    return

    async def _ask(self, record: CallRecord) -> Said:
        try:
            with call_context.suppressed():
                said = await self._model.ask(self._turns, self._offered, record)
        except BaseException as error:  # a cancelled call was made too
            record.fail(error)
            raise
        _name_calls(said.answer, len(self._turns))
        record.succeed(said.answer)
        return said

    async def _follow(self, said: Said) -> bool:
        """Do what the model said; whether that was the end."""
        answer = said.answer
        calls = open_calls(answer.tool_calls)
        if answer.error is not None or not calls:
            self._answered(answer)
            return True
        self._turns.append(Turn(_assistant_message(answer), said.native))
        for call in calls:
            if call["name"] == FINISH and self._has_finish:
                self._finished(call)
                return True
            self._turns.append(Turn(await self._called(call)))
        return False

    def _answered(self, answer: Answer) -> None:
        if answer.error is not None:
            self._complete("Error during model interaction", error=answer.error)
        elif answer.content:
            self._complete("Agent provided direct response", response=texts_in(answer.content))
        else:
            self._complete("Model returned empty response", response="")

    def _finished(self, call: Json) -> None:
        self._did_call(call)
        reason = as_object(call["arguments"]).get("reason")
        self._complete(str(reason or "No reason provided"))

    async def _called(self, call: Json) -> Json:
        """Run a tool; the message that tells the model what came of it."""
        outcome = await run(self._tools, call["name"], call["arguments"])
        is_error = outcome.status != "success"
        result = {"error" if is_error else "result": outcome.text, "status": outcome.status}
        self._did_call(call, **result)
        message = {"role": "tool", "tool_call_id": call["id"], "name": call["name"]}
        message["content"] = outcome.text
        return {**message, "is_error": True} if is_error else message

    def _did_call(self, call: Json, **result: Any) -> None:
        payload = {"tool_name": call["name"], "arguments": call["arguments"], **result}
        self.actions.append(AgentAction(AgentActionType.CALL_TOOL, payload))

    def _complete(self, reason: str, **more: Any) -> None:
        self.actions.append(AgentAction(AgentActionType.COMPLETE, {"reason": reason, **more}))


def _name_calls(answer: Answer, turn: int) -> None:
    """Some servers leave calls without an id; the conversation needs one each."""
    for number, call in enumerate(open_calls(answer.tool_calls)):
        call["id"] = call.get("id") or f"{OWN_ID}{turn}_{number}"


def _assistant_message(answer: Answer) -> Json:
    calls = [
        {
            "id": call["id"],
            "type": "function",
            "function": {"name": call["name"], "arguments": call["arguments"]},
        }
        for call in open_calls(answer.tool_calls)
    ]
    return {"role": "assistant", "content": answer.content or None, "tool_calls": calls}
