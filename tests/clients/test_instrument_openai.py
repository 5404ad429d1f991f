"""The ways of the openai client that go beyond a plain call."""

import asyncio
import gc
import pickle
import sys
from typing import Any

import pytest

openai = pytest.importorskip("openai", reason="openai is not installed")
pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed")

from agents_sdk import instrument, session, tags, trace  # noqa: E402
from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall  # noqa: E402

QUESTION: list[Any] = [{"role": "user", "content": "How is the weather in Köln?"}]
TEXT = "It rains in Köln today."


class Weather(pydantic.BaseModel):  # type: ignore[misc, name-defined]
    sky: str


@pytest.fixture
def client(model_server: ModelServer) -> Any:
    with openai.OpenAI(base_url=model_server.openai_url, api_key="key", max_retries=0) as made:
        yield made


@pytest.fixture
async def async_client(model_server: ModelServer) -> Any:
    async with openai.AsyncOpenAI(
        base_url=model_server.openai_url, api_key="key", max_retries=0
    ) as made:
        yield made


def only(logger: CapturingLogger) -> dict[str, Any]:
    assert len(logger.entries) == 1
    return logger.entries[0]


def test_the_stream_helper_is_one_call(client: Any, recorded: CapturingLogger) -> None:
    chat = getattr(client.chat.completions, "stream", None) or client.beta.chat.completions.stream
    with chat(model="gpt-5", messages=QUESTION) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == TEXT
    assert final.usage is None, "the caller did not ask for it"
    entry = only(recorded)
    assert (entry["completion"], entry["stream_end"]) == (TEXT, "complete")
    assert entry["total_tokens"] == 30


def test_a_stream_helper_left_early_is_closed(client: Any, recorded: CapturingLogger) -> None:
    chat = getattr(client.chat.completions, "stream", None) or client.beta.chat.completions.stream
    with chat(model="gpt-5", messages=QUESTION) as stream:
        for event in stream:
            if event.type == "content.delta" and event.delta:
                break
    assert only(recorded)["stream_end"] == "closed"
    assert only(recorded)["completion"] == "It rains"


@pytest.mark.parametrize("text", ['{"sky": "grey"}', "not JSON"])
def test_parsing_helpers_are_recorded_even_if_they_cannot_parse(
    client: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
    text: str,
) -> None:
    parse = getattr(client.chat.completions, "parse", None) or client.beta.chat.completions.parse
    model_server.script(Reply(text))
    try:
        answer = parse(model="gpt-5", messages=QUESTION, response_format=Weather)
    except pydantic.ValidationError:
        assert text == "not JSON"
    else:
        assert answer.choices[0].message.parsed == Weather(sky="grey")
    entry = only(recorded)
    assert (entry["completion"], entry["total_tokens"]) == (text, 30)
    assert (entry.get("error_class") == "parse") is (text == "not JSON")


def test_an_answer_cut_at_its_limit_has_cost_its_tokens(
    client: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
) -> None:
    parse = getattr(client.chat.completions, "parse", None) or client.beta.chat.completions.parse
    model_server.script(Reply('{"sky', finish_reason="length"))
    with pytest.raises(openai.LengthFinishReasonError):
        parse(model="gpt-5", messages=QUESTION, response_format=Weather)
    entry = only(recorded)
    assert (entry["finish_reason"], entry["total_tokens"]) == ("length", 30)
    assert entry["error_type"] == "LengthFinishReasonError"


def test_a_raw_response_is_recorded_once(client: Any, recorded: CapturingLogger) -> None:
    raw = client.chat.completions.with_raw_response.create(model="gpt-5", messages=QUESTION)
    assert only(recorded)["completion"] == TEXT
    assert raw.parse().choices[0].message.content == TEXT
    assert only(recorded)["request_id"] == "req_1"


def test_a_raw_response_with_a_stream_is_recorded_when_it_is_read(
    client: Any,
    recorded: CapturingLogger,
) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model="gpt-5", messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    assert recorded.entries == []
    chunks = list(raw.parse())
    assert chunks[-1].usage.total_tokens == 30, "the caller asked for this chunk"
    assert only(recorded)["stream_end"] == "complete"
    assert only(recorded)["total_tokens"] == 30


@pytest.mark.parametrize("way", ["parse", "read", "lines", "nothing"])
def test_a_response_read_by_the_caller_is_recorded_as_far_as_it_was_read(
    client: Any,
    recorded: CapturingLogger,
    way: str,
) -> None:
    create = client.chat.completions.with_streaming_response.create
    with create(model="gpt-5", messages=QUESTION) as response:
        if way == "parse":
            assert response.parse().choices[0].message.content == TEXT
        elif way == "read":
            assert TEXT.encode() in response.read()
        elif way == "lines":
            assert TEXT in "".join(response.iter_lines())
    gc.collect()
    assert only(recorded)["completion"] == (TEXT if way != "nothing" else "")


WAYS = ["iter_bytes", "iter_text", "iter_lines"]


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("way", WAYS)
def test_a_response_read_piece_by_piece_is_recorded(
    client: Any, recorded: CapturingLogger, way: str, is_stream: bool
) -> None:
    create = client.chat.completions.with_streaming_response.create
    asked = {"stream": True, "stream_options": {"include_usage": True}} if is_stream else {}
    with create(model="gpt-5", messages=QUESTION, **asked) as response:
        assert len(list(getattr(response, way)())) >= 1
        http_response = response.http_response
    entry = only(recorded)
    assert (entry["completion"], entry["total_tokens"]) == (TEXT, 30)
    assert entry.get("stream_end") == ("complete" if is_stream else None)
    assert not {"iter_bytes", "aiter_bytes", "close", "aclose"} & set(vars(http_response))


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("way", WAYS)
async def test_an_asynchronous_response_read_piece_by_piece_is_recorded(
    async_client: Any, recorded: CapturingLogger, way: str, is_stream: bool
) -> None:
    create = async_client.chat.completions.with_streaming_response.create
    asked = {"stream": True} if is_stream else {}
    async with create(model="gpt-5", messages=QUESTION, **asked) as response:
        assert [piece async for piece in getattr(response, way)()]
    entry = only(recorded)
    assert entry["completion"] == TEXT
    assert entry.get("stream_end") == ("complete" if is_stream else None)


def test_lines_of_a_streamed_response_are_recorded(client: Any, recorded: CapturingLogger) -> None:
    create = client.responses.with_streaming_response.create
    with create(model="gpt-5", input="Hello?", stream=True) as response:
        assert list(response.iter_lines())
    entry = only(recorded)
    assert (entry["completion"], entry["total_tokens"]) == (TEXT, 30)
    assert entry["stream_end"] == "complete"


def test_a_streaming_response_left_early_says_what_was_read(
    client: Any, recorded: CapturingLogger
) -> None:
    create = client.chat.completions.with_streaming_response.create
    with create(model="gpt-5", messages=QUESTION, stream=True) as response:
        for line in response.iter_lines():
            if "rains" in line:
                break
    gc.collect()
    entry = only(recorded)
    assert entry["stream_end"] == "closed"
    assert entry["completion"].startswith("It rains")


@pytest.mark.parametrize("way", WAYS)
async def test_a_response_that_breaks_while_the_caller_reads_it_is_the_error_it_was(
    client: Any, async_client: Any, model_server: ModelServer, recorded: CapturingLogger, way: str
) -> None:
    model_server.script(Reply("It rains in Köln " * 20, cut_after_pieces=12))
    create = client.chat.completions.with_streaming_response.create
    with (
        pytest.raises(Exception, match="peer closed") as raised,
        create(model="gpt-5", messages=QUESTION, stream=True) as response,
    ):
        list(getattr(response, way)())
    create = async_client.chat.completions.with_streaming_response.create
    with pytest.raises(Exception, match="peer closed"):
        async with create(model="gpt-5", messages=QUESTION, stream=True) as response:
            assert [piece async for piece in getattr(response, way)()]
    assert len(recorded.entries) == 2
    for entry in recorded.entries:
        assert entry["stream_end"] == "error"
        kind = type(raised.value).__name__
        assert (entry["error"], entry["error_type"]) == (f"{kind}: {raised.value}", kind)
        assert entry["completion"].startswith("It rains in Köln ")


def test_a_response_read_by_the_caller_can_be_pickled(
    client: Any, recorded: CapturingLogger
) -> None:
    create = client.chat.completions.with_streaming_response.create
    with create(model="gpt-5", messages=QUESTION) as response:
        body = response.read()
    assert pickle.loads(pickle.dumps(response.http_response)).content == body
    assert only(recorded)["completion"] == TEXT


async def test_an_asynchronous_response_is_recorded_when_it_is_read(
    async_client: Any,
    recorded: CapturingLogger,
) -> None:
    create = async_client.chat.completions.with_streaming_response.create
    async with create(model="gpt-5", messages=QUESTION) as response:
        assert (await response.parse()).choices[0].message.content == TEXT
    assert only(recorded)["completion"] == TEXT


async def test_a_cancelled_call_is_recorded_as_cancelled(
    async_client: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
) -> None:
    model_server.script(Reply(TEXT, delay_seconds=60))
    call = async_client.chat.completions.create(model="gpt-5", messages=QUESTION)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(call, 0.1)
    assert only(recorded)["error_class"] == "cancelled"


def test_a_timeout_is_recorded_as_such(
    client: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    model_server.script(Reply(TEXT, delay_seconds=60))
    with pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="gpt-5", messages=QUESTION, timeout=0.1)
    assert only(recorded)["error_class"] == "timeout"


def test_what_the_caller_asks_of_the_stream_is_left_alone(
    client: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
) -> None:
    ask = client.chat.completions.create
    list(
        ask(model="gpt-5", messages=QUESTION, stream=True, stream_options={"include_usage": False})
    )
    assert model_server.requests[-1].body["stream_options"] == {"include_usage": False}
    assert recorded.entries[-1]["total_tokens"] is None
    instrument(logger=recorded, stream_usage=False)
    list(ask(model="gpt-5", messages=QUESTION, stream=True))
    assert "stream_options" not in model_server.requests[-1].body


def test_messages_changed_during_the_call_are_recorded_as_they_were_sent(
    client: Any,
    recorded: CapturingLogger,
) -> None:
    messages = [dict(QUESTION[0])]
    stream = client.chat.completions.create(model="gpt-5", messages=messages, stream=True)
    messages[0]["content"] = "changed"
    messages.append({"role": "user", "content": "new"})
    list(stream)
    assert only(recorded)["messages"] == QUESTION


def test_an_azure_client_is_azures(model_server: ModelServer, recorded: CapturingLogger) -> None:
    with openai.AzureOpenAI(
        azure_endpoint=model_server.url, api_key="key", api_version="2024-10-21", max_retries=0
    ) as client:
        client.chat.completions.create(model="my-deployment", messages=QUESTION)
    entry = only(recorded)
    assert (entry["provider"], entry["model_name"]) == ("azure", "my-deployment")
    assert entry["response_model"] == "my-deployment-2026-01-01"


@pytest.mark.parametrize(
    ("version", "is_asked"), [("2024-06-01", False), ("2024-09-01-preview", True)]
)
def test_an_azure_api_that_does_not_know_the_wish_is_not_asked_for_a_usage(
    model_server: ModelServer, recorded: CapturingLogger, version: str, is_asked: bool
) -> None:
    for stream_usage in (None, True):
        instrument(logger=recorded, stream_usage=stream_usage)
        with openai.AzureOpenAI(
            azure_endpoint=model_server.url, api_key="key", api_version=version
        ) as client:
            list(client.chat.completions.create(model="mine", messages=QUESTION, stream=True))
        assert ("stream_options" in model_server.requests[-1].body) is is_asked
        assert (recorded.entries[-1]["total_tokens"] is not None) is is_asked


def test_reasoning_and_text_stand_apart(
    client: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    two = (ToolCall("weather"), ToolCall("time", id="call_2"))
    model_server.script(Reply(TEXT, reasoning="Clouds.", tool_calls=two))
    client.chat.completions.create(model="gpt-5", messages=QUESTION)
    list(client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True))
    for entry in recorded.entries:
        assert (entry["reasoning"], entry["completion"]) == ("Clouds.", TEXT)
        assert [call["id"] for call in entry["tool_calls"]] == ["call_1", "call_2"]


def test_the_older_completions_are_recorded(client: Any, recorded: CapturingLogger) -> None:
    client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Once upon a time")
    entry = only(recorded)
    assert entry["messages"] == [{"role": "user", "content": "Once upon a time"}]
    assert entry["completion"] == TEXT


def test_session_trace_and_tags_are_those_of_the_start_of_the_call(
    client: Any,
    recorded: CapturingLogger,
) -> None:
    with session("ticket-17", team="support"), trace() as trace_id, tags(team="night", shift=2):
        stream = client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True)
    list(stream)
    entry = only(recorded)
    assert (entry["session_id"], entry["trace_id"]) == ("ticket-17", trace_id)
    assert entry["tags"] == {"team": "night", "shift": 2}
    assert len(entry["span_id"]) == len(entry["parent_span_id"]) == 16


ODD_CHUNKS = ('"keepalive"', "[1]", "3", '{"object": "ping"}')


def served_stream(*lines: str) -> Any:
    """A client whose server sends these lines of data."""
    data = "".join(f"data: {line}\n\n" for line in (*lines, "[DONE]"))
    httpx = sys.modules[openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]]
    answer = httpx.MockTransport(
        lambda _: httpx.Response(200, text=data, headers={"content-type": "text/event-stream"})
    )
    return openai.OpenAI(
        base_url="http://127.0.0.1/v1", api_key="key", http_client=httpx.Client(transport=answer)
    )


@pytest.mark.parametrize("odd", ODD_CHUNKS)
def test_an_odd_chunk_reaches_the_caller_and_harms_nobody(
    recorded: CapturingLogger, odd: str
) -> None:
    hello = '{"choices": [{"index": 0, "delta": {"content": "hello"}}]}'
    with served_stream(hello, odd, hello) as client:
        stream = client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True)
        assert len(list(stream)) == 3
    entry = only(recorded)
    assert (entry["completion"], entry["stream_end"]) == ("hellohello", "complete")
    assert entry["error"] is None


@pytest.mark.parametrize("odd", (*ODD_CHUNKS, '{"type": 7}', '{"type": "response.completed"}'))
def test_an_odd_event_of_the_responses_harms_nobody(recorded: CapturingLogger, odd: str) -> None:
    place = '"item_id": "m", "output_index": 0, "content_index": 0'
    hello = f'{{"type": "response.output_text.delta", {place}, "delta": "hello"}}'
    with served_stream(hello, odd, hello) as client:
        assert len(list(client.responses.create(model="gpt-5", input="Hello?", stream=True))) == 3
    entry = only(recorded)
    assert (entry["completion"], entry["stream_end"]) == ("hellohello", "complete")
    assert entry["error"] is None


HALF = '{"choices": [{"index": 0, "delta": {"content": "It ra"}}]}'
ERROR_CHUNK = (
    '{"error": {"code": 429, "message": "Busy"}, '
    '"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}'
)
MINIMAX_CHUNK = '{"choices": [], "base_resp": {"status_code": 1002, "status_msg": "Busy"}}'


def test_an_error_that_openrouter_sends_amid_a_stream_is_the_error_of_the_call(
    recorded: CapturingLogger,
) -> None:
    with served_stream(HALF, ERROR_CHUNK) as client, pytest.raises(openai.APIError, match="Busy"):
        list(client.chat.completions.create(model="m", messages=QUESTION, stream=True))
    entry = only(recorded)
    assert (entry["completion"], entry["stream_end"]) == ("It ra", "error")
    assert (entry["error"], entry["error_class"]) == ("APIError: Busy", "rate_limit")


def test_an_error_that_minimax_sends_amid_a_stream_is_the_error_of_the_call(
    recorded: CapturingLogger,
) -> None:
    with served_stream(HALF, MINIMAX_CHUNK) as client:
        list(client.chat.completions.create(model="m", messages=QUESTION, stream=True))
    entry = only(recorded)
    assert (entry["completion"], entry["error"]) == ("It ra", "Busy")
    assert (entry["error_class"], entry["retryable"]) == ("rate_limit", True)


COUNTS = '{"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30}'


@pytest.mark.parametrize(
    ("chunk", "is_for_the_caller"),
    [
        (f'{{"choices": [], "usage": {COUNTS}}}', False),
        (f'{{"choices": null, "usage": {COUNTS}}}', False),
        (f'{{"usage": {COUNTS}}}', False),
        ('{"choices": [], "usage": {}}', False),
        ('{"usage": {}}', True),
        ('{"choices": null, "usage": {}}', True),
        ('{"choices": [], "usage": null}', True),
        (f'{{"choices": [{{"index": 0, "delta": {{}}}}], "usage": {COUNTS}}}', True),
    ],
)
def test_only_the_chunk_that_came_because_we_asked_for_usage_is_kept_from_the_caller(
    recorded: CapturingLogger, chunk: str, is_for_the_caller: bool
) -> None:
    hello = '{"choices": [{"index": 0, "delta": {"content": "hello"}}]}'
    for wish, expected in (({}, is_for_the_caller), ({"include_usage": True}, True)):
        asked = {"stream_options": wish} if wish else {}
        with served_stream(hello, chunk) as client:
            stream = client.chat.completions.create(
                model="gpt-5", messages=QUESTION, stream=True, **asked
            )
            assert len(list(stream)) == (2 if expected else 1)
    assert [entry["completion"] for entry in recorded.entries] == ["hello", "hello"]
    expected_tokens = 30 if COUNTS in chunk else None
    assert {entry["total_tokens"] for entry in recorded.entries} == {expected_tokens}


def test_counts_that_a_server_sends_unasked_reach_the_caller(recorded: CapturingLogger) -> None:
    instrument(logger=recorded)
    hello = '{"choices": [{"index": 0, "delta": {"content": "hello"}}]}'
    counts = f'{{"choices": [], "usage": {COUNTS}, "timings": {{"predicted_ms": 4}}}}'
    with served_stream(hello, counts) as client:
        stream = client.chat.completions.create(model="m", messages=QUESTION, stream=True)
        _, last = stream
    assert (last.usage.total_tokens, last.timings) == (30, {"predicted_ms": 4})
    assert only(recorded)["total_tokens"] == 30


async def test_many_calls_at_once_do_not_mix(
    async_client: Any,
    recorded: CapturingLogger,
) -> None:
    async def ask(number: int) -> None:
        with session(f"session-{number}"):
            stream = await async_client.chat.completions.create(
                model=f"model-{number}", messages=QUESTION, stream=True
            )
            async for _ in stream:
                await asyncio.sleep(0)

    await asyncio.gather(*map(ask, range(20)))
    assert len(recorded.entries) == 20
    for entry in recorded.entries:
        assert entry["session_id"].removeprefix("session-") == entry["model_name"].removeprefix(
            "model-"
        )
        assert entry["completion"] == TEXT


def test_keys_to_other_systems_are_sent_and_not_recorded(
    client: Any, recorded: CapturingLogger
) -> None:
    if not hasattr(client, "responses"):
        pytest.skip("this openai has no Responses API")
    mcp = {"type": "mcp", "server_label": "x", "server_url": "https://x?key=SECRET&a=1"}
    client.responses.create(
        model="gpt-5",
        input="Hello?",
        tools=[{**mcp, "authorization": "SECRET", "headers": {"X-Tenant": "SECRET"}}],
        extra_body={"openai_api_key": "SECRET", "servers": [{"env": {"GITHUB_TOKEN": "SECRET"}}]},
        extra_headers={"X-Secret": "SECRET"},
        extra_query={"subscription-key": "SECRET"},
    )
    entry = only(recorded)
    assert "SECRET" not in str(entry)
    removed = {"authorization": "[removed]", "headers": {"X-Tenant": "[removed]"}}
    assert entry["tools"] == [{**mcp, "server_url": "https://x?key=[removed]&a=1", **removed}]
    assert entry["request"]["servers"] == [{"env": {"GITHUB_TOKEN": "[removed]"}}]
