"""Agents on a network: how they start, what reaches them, how they answer and how they end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import AgentClient, AgentConfig, AgentRunner, Event, EventContext, ServerUnreachable
from agents_sdk.runner.address import address_of, connected_client
from agents_sdk.runner.memory import MAX_THREAD_EVENTS, MAX_THREADS, Memory, thread_of
from agents_sdk.testing import OpenAIServer, Reply, ToolCall
from tests.unit.sdk.conftest import eventually
from tests.unit.sdk.protocol_server import ProtocolServer


class Listener(AgentRunner):
    """Keeps what it got."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, interval=0.01, **kwargs)
        self.seen: list[str] = []
        self.steps: list[str] = []

    async def setup(self) -> None:
        self.steps.append("setup")

    async def teardown(self) -> None:
        self.steps.append("teardown")

    async def handle_event(self, event: Event) -> None:
        self.seen.append(event.event_name)
        if event.event_name == "task.bad":
            raise RuntimeError("cannot")


class Reactor(AgentRunner):
    """The older style, with a context."""

    contexts: list[EventContext]

    async def react(self, context: EventContext) -> None:
        self.contexts.append(context)


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(Reply("Hello.")) as server:
        yield server


def mail(server: ProtocolServer, *names: str, **fields: Any) -> None:
    messages = [
        {"event_name": name, "source_id": "human", "payload": {"text": "Hi"}, **fields}
        for name in names
    ]
    server.mailbox = [*server.mailbox, *messages]


def config_of(model: OpenAIServer, **further: Any) -> AgentConfig:
    return AgentConfig("Be brief.", "gpt-4o", "openai", model.base_url, "key", **further)


def start(agent: AgentRunner, server: ProtocolServer) -> None:
    agent.start(network_host="127.0.0.1", network_port=server.port)


def test_an_agent_starts_hears_events_and_leaves(server: ProtocolServer) -> None:
    agent = Listener("bot")
    start(agent, server)
    assert (agent.is_running, agent.client.base_url) == (True, server.url)
    mail(server, "task.one", "task.two")
    eventually(lambda: agent.seen == ["task.one", "task.two"])
    agent.stop()
    assert (agent.is_running, agent.steps) == (False, ["setup", "teardown"])
    assert server.requests[-1] == "POST /api/unregister"
    assert [body["agent_id"] for body in server.registrations] == ["bot"]
    agent.wait_for_stop()


def test_a_server_that_forgot_its_agents_is_registered_with_again(server: ProtocolServer) -> None:
    agent = Listener("bot")
    start(agent, server)
    server.secrets.clear()
    mail(server, "task.one")
    eventually(lambda: agent.seen == ["task.one"])
    agent.stop()
    assert len(server.registrations) == 2


def test_an_event_that_goes_wrong_does_not_end_the_agent(
    server: ProtocolServer, caplog: pytest.LogCaptureFixture
) -> None:
    agent = Listener("bot")
    start(agent, server)
    mail(server, "task.bad", "task.good")
    eventually(lambda: agent.seen == ["task.bad", "task.good"])
    agent.stop()
    assert "agent bot failed at event 'task.bad'" in caplog.text


@pytest.mark.parametrize("error", [asyncio.CancelledError(), SystemExit(2), RuntimeError("no")])
def test_a_handler_ends_no_agent_with_an_exception_of_its_own(
    server: ProtocolServer, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    class Ending(Listener):
        async def handle_event(self, event: Event) -> None:
            self.seen.append(event.event_name)
            if event.event_name == "task.bad":
                raise error

    agent = Ending("bot")
    start(agent, server)
    mail(server, "task.bad", "task.good")
    eventually(lambda: agent.seen == ["task.bad", "task.good"])
    assert agent.is_running
    agent.stop()
    assert not agent.is_running
    assert f"agent bot failed at event 'task.bad' with {type(error).__name__}" in caplog.text


@pytest.mark.parametrize("error", [asyncio.CancelledError(), SystemExit(2), RuntimeError("no")])
def test_an_agent_leaves_however_its_teardown_ends(
    server: ProtocolServer, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    class Ending(Listener):
        async def teardown(self) -> None:
            raise error

    agent = Ending("bot")
    start(agent, server)
    agent.stop()
    assert "POST /api/unregister" in server.requests
    assert "agent bot failed to tear down" in caplog.text


def test_a_second_start_is_refused_and_the_agent_goes_on(server: ProtocolServer) -> None:
    agent = Listener("bot")
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    start(agent, server)
    taken = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(RuntimeError, match="agent 'bot' runs already; stop it first"):
        start(agent, server)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == taken
    mail(server, "task.one")
    eventually(lambda: agent.seen == ["task.one"])
    agent.stop()
    assert (agent.is_running, agent.steps) == (False, ["setup", "teardown"])
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    start(agent, server)
    agent.stop()
    assert agent.steps == ["setup", "teardown"] * 2


@pytest.mark.parametrize("first", ["start", "async_start"])
def test_a_start_during_a_start_is_refused(server: ProtocolServer, first: str) -> None:
    may_go_on = threading.Event()

    class Slow(Listener):
        async def setup(self) -> None:
            await super().setup()
            await asyncio.to_thread(may_go_on.wait, 10)

    agent = Slow("bot")

    async def live() -> None:
        await agent.async_start(server.url)
        await agent.async_stop()

    lives = {"start": lambda: start(agent, server), "async_start": lambda: asyncio.run(live())}
    starting = threading.Thread(target=lives[first])
    starting.start()
    try:
        eventually(lambda: agent.steps == ["setup"])
        with pytest.raises(RuntimeError, match="agent 'bot' is being started already"):
            start(agent, server)
        with pytest.raises(RuntimeError, match="agent 'bot' is being started already"):
            asyncio.run(agent.async_start(server.url))
    finally:
        may_go_on.set()
        starting.join(10)
    agent.stop()
    assert (agent.is_running, agent.steps) == (False, ["setup", "teardown"])
    assert len(server.registrations) == 1


def test_own_system_ignored_and_repeated_events_are_passed_over(server: ProtocolServer) -> None:
    agent = Listener("bot", ignored_sender_ids=["spammer"])
    start(agent, server)
    mail(server, "task.own", source_id="agent:bot")
    mail(server, "system.notice")
    mail(server, "task.spam", source_id="spammer")
    mail(server, "task.once", event_id="1")
    mail(server, "task.again", event_id="1")
    mail(server, "task.end")
    eventually(lambda: "task.end" in agent.seen)
    agent.stop()
    assert agent.seen == ["task.once", "task.end"]


def test_the_style_with_a_context_shows_the_threads(server: ProtocolServer) -> None:
    agent = Reactor("bot", interval=0.01)  # type: ignore[arg-type]
    agent.contexts = []
    start(agent, server)
    mail(server, "agent.message", "agent.message", thread_name="general")
    eventually(lambda: len(agent.contexts) == 2)
    agent.stop()
    first, second = agent.contexts
    assert (first.text, first.source_id, first.incoming_thread_id) == ("Hi", "human", "general")
    assert [len(context.event_threads["general"].events) for context in (first, second)] == [1, 2]


def test_a_run_reports_its_calls_and_can_reply_to_the_sender(
    server: ProtocolServer, model: OpenAIServer
) -> None:
    class Helper(AgentRunner):
        async def handle_event(self, event: Event) -> Any:
            return await self.run_agent(event)

    calls = (ToolCall("reply", '{"text": "Sun."}'),)
    done = (ToolCall("finish", '{"reason": "answered"}', "call_2"),)
    model.script(Reply(None, tool_calls=calls), Reply(None, tool_calls=done))
    agent = Helper("bot", agent_config=config_of(model), interval=0)
    start(agent, server)
    mail(server, "agent.message", event_id="question-1")
    eventually(lambda: len(server.entries) == 2)
    agent.stop()
    answers = [event for event in server.events if event["event_name"] == "agent.message"]
    assert [answer["payload"] for answer in answers] == [{"text": "Sun."}]
    assert answers[0]["target_agent_id"] == "human"
    assert (answers[0]["response_to"], answers[0]["source_id"]) == ("question-1", "bot")
    assert set(server.agents_of_entries.values()) == {"bot"}
    assert len({entry["trace_id"] for entry in server.entries.values()}) == 1


def test_a_reply_of_your_own_is_offered_instead_of_ours(
    server: ProtocolServer, model: OpenAIServer
) -> None:
    def reply(text: str) -> str:
        """Reply to the customer by mail."""
        return f"mailed: {text}"

    call = ToolCall("reply", '{"text": "Sun."}')
    model.script(Reply(None, tool_calls=(call,)), Reply("Done."))
    agent = AgentRunner("bot", agent_config=config_of(model), tools=[reply])
    trajectory = asyncio.run(agent.run_agent("Umbrella?"))
    assert trajectory.actions[0].payload["result"] == "mailed: Sun."
    offered = [tool["function"]["name"] for tool in model.requests[0].body["tools"]]
    assert offered == ["reply", "finish"]


def test_the_triggers_of_a_config_need_no_code(server: ProtocolServer, model: OpenAIServer) -> None:
    trigger = {"event": "task.new", "instruction": "Sort it."}
    agent = AgentRunner("bot", agent_config=config_of(model, triggers=[trigger]))
    start(agent, server)
    mail(server, "task.other", "task.new")
    eventually(lambda: len(server.entries) == 1)
    agent.stop()
    assert model.requests[0].body["messages"][1]["content"].endswith("Sort it.")


async def test_an_agent_lives_on_the_loop_of_its_caller(server: ProtocolServer) -> None:
    agent = Listener("bot", client=AgentClient("bot", server.url))
    await agent.async_start()
    mail(server, "task.one")
    async with asyncio.timeout(60):
        while not agent.seen:
            await asyncio.sleep(0.01)
    with pytest.raises(RuntimeError, match="agent 'bot' runs already; stop it first"):
        await agent.async_start()
    waiting = asyncio.create_task(agent.async_wait_for_stop())
    await agent.async_stop()
    async with asyncio.timeout(60):
        await waiting
    assert agent.steps == ["setup", "teardown"]
    assert not agent.is_running


async def test_a_model_that_answers_without_tools(
    server: ProtocolServer, model: OpenAIServer
) -> None:
    agent = AgentRunner("bot", agent_config=config_of(model), client=AgentClient("bot", server.url))
    trajectory = await agent.run_llm("Hi", instruction="Greet.")
    assert trajectory.response == "Hello."
    assert "tools" not in model.requests[0].body
    llm = agent.get_llm()
    answer = await llm.chat_completion([{"role": "user", "content": "Hi"}])
    await llm.close()
    assert answer["content"] == "Hello."


async def test_an_event_without_a_receiver_goes_to_all(server: ProtocolServer) -> None:
    agent = AgentRunner("bot", client=AgentClient("bot", server.url))
    await agent.client.connect()
    assert (await agent.send_event(Event("task.done"))).success
    await agent.send_event(Event("task.done", destination_id="agent:eve"))
    assert [event["target_agent_id"] for event in server.events] == ["agent:broadcast", "agent:eve"]


def test_nobody_there_is_said_at_the_start() -> None:
    agent = Listener("bot")
    with pytest.raises(ServerUnreachable, match="agent 'bot' could not connect to http://127"):
        agent.start(url="http://127.0.0.1:9")
    assert agent.steps == []


def test_a_setup_that_fails_is_raised_at_the_start_and_the_agent_leaves(
    server: ProtocolServer,
) -> None:
    class Broken(Listener):
        async def setup(self) -> None:
            raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="no database"):
        start(Broken("bot"), server)
    assert server.requests[-1] == "POST /api/unregister"


def test_a_password_is_sent_as_its_hash(server: ProtocolServer) -> None:
    server.password_hash = "abc"
    agent = Listener("bot")
    agent.start(url=server.url, password_hash="abc")
    agent.stop()
    assert server.registrations[0]["password_hash"] == "abc"


def test_an_agent_may_stop_itself(server: ProtocolServer) -> None:
    class Once(Listener):
        async def handle_event(self, event: Event) -> None:
            self.stop()

    agent = Once("bot")
    start(agent, server)
    mail(server, "task.one")
    agent.wait_for_stop()
    assert agent.steps == ["setup", "teardown"]


PROGRAM = """
import sys
from agents_sdk import AgentRunner

class Agent(AgentRunner):
    async def setup(self):
        print("ready", flush=True)
    async def teardown(self):
        print("left", flush=True)
    async def handle_event(self, event):
        pass

agent = Agent("bot")
agent.start(url=sys.argv[1])
agent.wait_for_stop()
print("done", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program_with_a_goodbye(
    server: ProtocolServer, number: signal.Signals
) -> None:
    command = [sys.executable, "-c", PROGRAM, server.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        eventually(lambda: "GET /api/poll" in server.requests)
        process.send_signal(number)
        assert process.stdout.read() == "left\ndone\n"
        assert process.wait(60) == 0
    assert server.requests[-1] == "POST /api/unregister"


def test_an_agent_that_is_not_waited_for_leaves_when_its_program_ends(
    server: ProtocolServer,
) -> None:
    program = PROGRAM.replace("agent.wait_for_stop()\n", "")
    command = [sys.executable, "-W", "error", "-c", program, server.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "ready\ndone\nleft\n"
    assert server.requests[-1] == "POST /api/unregister"


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ({}, None),
        ({"network_host": "studio"}, "http://studio:8700"),
        ({"network_port": 8701}, "http://localhost:8701"),
        ({"host": "studio", "port": 80}, "http://studio:80"),
        ({"url": "https://studio.example/", "network_host": "other"}, "https://studio.example"),
    ],
)
def test_an_address_is_said_in_many_ways(wanted: dict[str, Any], address: str | None) -> None:
    assert address_of(wanted) == address


def test_an_address_that_is_not_http_is_refused() -> None:
    with pytest.raises(ValueError, match="'grpc://host:1' cannot be connected to"):
        address_of({"url": "grpc://host:1"})


def test_what_an_agent_remembers_is_bounded() -> None:
    memory = Memory()
    for number in range(MAX_THREADS + 5):
        memory.add(Event("a.b", thread_name=str(number)))
    for _ in range(MAX_THREAD_EVENTS + 5):
        memory.add(Event("a.b", thread_name="long"))
    context = memory.context_of(Event("a.b", thread_name="long"))
    assert len(context.event_threads) == MAX_THREADS
    assert len(context.event_threads["long"].events) == MAX_THREAD_EVENTS


def test_both_directions_of_a_conversation_are_one_thread() -> None:
    there = Event("a.b", source_id="bot", target_agent_id="agent:eve")
    back = Event("a.b", source_id="agent:eve", target_agent_id="bot")
    assert thread_of(there) == thread_of(back) == "direct:bot:eve"


def test_what_a_studio_does_not_have_is_named_and_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = AgentConfig("", "gpt-4o", mcps=[{"name": "files"}])
    AgentRunner("bot", mod_names=["messaging"], agent_config=config)
    assert "a Studio has no mods" in caplog.text
    assert "MCP servers are not supported" in caplog.text


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"interval": 0.2}, ["interval is left out; give it to the constructor"]),
        ({"ssl_cert": "a"}, ["ssl_cert is not supported here"]),
        ({"ssl_key": "b", "ssl_cert": "a"}, ["ssl_cert, ssl_key are not supported here"]),
        (
            {"ssl_cert": "a", "interval": 1},
            ["interval is left out; give it to the constructor", "ssl_cert is not supported here"],
        ),
        ({"ssl_cert": None, "network_host": "localhost"}, []),
    ],
)
def test_what_a_start_does_not_take_is_named(
    given: dict[str, Any], sentences: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    connected_client("bot", None, given)
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"agent bot: {sentence}" for sentence in sentences]


def test_an_agent_without_a_config_says_what_to_give() -> None:
    with pytest.raises(ValueError, match="agent 'bot' has no agent_config"):
        _ = AgentRunner("bot").agent_config


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def test_an_agent_from_a_file(tmp_path: Path, server: ProtocolServer) -> None:
    path = tmp_path / "agent.json"
    tool = {"name": "twice", "implementation": f"{__name__}.double"}
    declared = {
        "agent_id": "bot",
        "type": f"{__name__}.Listener",
        "config": {"instruction": "Be brief.", "model_name": "gpt-4o", "tools": [tool]},
        "connection": {"host": "127.0.0.1", "port": server.port},
    }
    path.write_text(json.dumps(declared))
    agent = AgentRunner.from_yaml(path)
    assert isinstance(agent, Listener)
    assert [(tool.name, tool.description) for tool in agent.tools] == [
        ("twice", "Twice the number.")
    ]
    agent.start()
    agent.stop()
    assert server.registrations[0]["agent_id"] == "bot"
    assert AgentRunner.from_yaml(path, "other").agent_id == "other"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"agent_id": "bot"}', "'agent.json' describes no agent"),
        ('{"config": {"model_name": "m"}}', "'agent.json' has no agent_id"),
        (
            '{"agent_id": "a", "type": "nowhere.Agent", "config": {}}',
            "'nowhere.Agent' cannot be imported",
        ),
    ],
)
def test_a_file_that_describes_no_agent_says_why(
    tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "agent.json"
    path.write_text(content)
    with pytest.raises((ValueError, ImportError), match=problem):
        AgentRunner.from_yaml(path)


def test_yaml_without_its_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    path = tmp_path / "agent.yaml"
    path.write_text("agent_id: bot")
    with pytest.raises(ImportError, match="needs the package 'pyyaml'; run: pip install pyyaml"):
        AgentRunner.from_yaml(path)


def test_no_thread_of_an_agent_outlives_it(server: ProtocolServer) -> None:
    agent = Listener("bot")
    start(agent, server)
    agent.stop()
    assert "agent bot" not in [thread.name for thread in threading.enumerate()]
