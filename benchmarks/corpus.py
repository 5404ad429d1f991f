"""A workspace full of agent loops, for measuring: the same seed gives the same bytes.

In: a folder, a number of entries, a seed and the time of the newest entry. Out: JSONL files as
agents write them, at most 50 MB each, the older ones with rotated names.

What an entry is like: a loop has 1 to 10 calls; call k carries the system prompt (about 2 KB), the
list of tools (about 2.6 KB), the question and everything that was said before. An entry has about
8.5 KB, of which about 860 bytes are new text. Words follow Zipf's law; some text is Chinese, some
has emoji; 2 to 3 % of the calls fail. Three planted words have known frequencies, see below.
"""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.language import EMOJI, FREQUENT, Writer

RARE_WORD = "zyzzogeton"
"""In the question of one loop in a thousand (at least one), in no other place."""
HALF_WORD = "halfwayhouse"
"""In the question of every second loop, so in half of all calls."""
EVERY_WORD = "the"
"""The most frequent word: in every call, and in nearly every message."""
TWO_CHARACTERS = "天气"
TWO_LETTERS = "qu"

FILE_BYTES = 52_428_800
SPAN_SECONDS = 6 * 86_400
MAX_CALLS = 10

AGENTS = (
    "support/tier-1",
    "research_bot",
    "bot",
    "bot_2",
    "天气助手",
    "code-reviewer",
    "planner",
    "billing agent",
)
_AGENT_WEIGHTS = (30, 20, 15, 10, 8, 8, 6, 3)
MODELS = (
    ("gpt-4o", "openai"),
    ("gpt-4o-mini", "openai"),
    ("claude-sonnet-4-5", "claude"),
    ("claude-haiku-4-5", "anthropic"),
    ("gemini-2.5-pro", "gemini"),
    ("grok-4", "grok"),
)


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """What was written. Sizes in bytes."""

    entries: int
    files: int
    total_bytes: int


def write_corpus(folder: Path, *, entries: int, seed: int, newest_at: float) -> CorpusReport:
    """Write `entries` calls into `folder` (that is `logs/llm` of a workspace)."""
    folder.mkdir(parents=True, exist_ok=True)
    shares = _shares(entries)
    reports = [
        _write_agent(folder, agent, share, random.Random(f"{seed}/{agent}"), newest_at)
        for agent, share in zip(AGENTS, shares, strict=True)
        if share
    ]
    return CorpusReport(entries, sum(r[0] for r in reports), sum(r[1] for r in reports))


def _shares(entries: int) -> list[int]:
    shares = [entries * weight // sum(_AGENT_WEIGHTS) for weight in _AGENT_WEIGHTS]
    shares[0] += entries - sum(shares)
    return shares


def _write_agent(
    folder: Path, agent: str, entries: int, rng: random.Random, newest_at: float
) -> tuple[int, int]:
    """All files of one agent; returns their number and their bytes."""
    stem = agent.replace("/", "%2F")
    step = SPAN_SECONDS / entries
    chunk: list[bytes] = []
    chunk_bytes = files = total = 0
    lines = itertools.islice(_lines(agent, rng), entries)
    for number, (line_head, line_tail) in enumerate(lines):
        timestamp = newest_at - SPAN_SECONDS + (number + 1) * step
        line = b'%s"timestamp": %.6f, %s' % (line_head, timestamp, line_tail)
        if chunk_bytes + len(line) > FILE_BYTES:
            rotated_at = datetime.fromtimestamp(timestamp, UTC).strftime("%Y%m%d_%H%M%S")
            (folder / f"{stem}_{rotated_at}.jsonl").write_bytes(b"".join(chunk))
            chunk, chunk_bytes, files = [], 0, files + 1
        chunk.append(line)
        chunk_bytes += len(line)
        total += len(line)
    (folder / f"{stem}.jsonl").write_bytes(b"".join(chunk))
    return files + 1, total


def _lines(agent: str, rng: random.Random) -> Iterator[tuple[bytes, bytes]]:
    """Endless calls of one agent, eight loops side by side; the text around the timestamp."""
    writer = Writer(rng)
    setting = _Setting.of(agent, writer)
    numbers = itertools.count()
    lanes = [_loop(setting, writer, next(numbers)) for _ in range(8)]
    while True:
        lane = rng.randrange(len(lanes))
        call = next(lanes[lane], None)
        if call is None:
            lanes[lane] = _loop(setting, writer, next(numbers))
        else:
            yield call


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all calls of an agent share. `models` are (name, provider)."""

    agent: str
    systems: tuple[bytes, ...]
    tools: bytes
    tool_names: tuple[str, ...]
    models: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, agent: str, writer: Writer) -> "_Setting":
        names = tuple(f"{writer.rng.choice(FREQUENT)}_{writer.text(1)[4:-1]}" for _ in range(6))
        systems = (
            {"role": "system", "content": f"You are {agent}, variant {variant}. {writer.text(300)}"}
            for variant in range(3)
        )
        return cls(
            agent=agent,
            systems=tuple(_json(system) for system in systems),
            tools=_json([_tool(name, writer) for name in names]),
            tool_names=names,
            models=tuple(writer.rng.sample(MODELS, 3)),
        )


def _tool(name: str, writer: Writer) -> dict[str, object]:
    parameters = {
        "type": "object",
        "properties": {"query": {"type": "string", "description": writer.text(9)}},
        "required": ["query"],
    }
    function = {"name": name, "description": writer.text(26), "parameters": parameters}
    return {"type": "function", "function": function}


def _loop(setting: _Setting, writer: Writer, number: int) -> Iterator[tuple[bytes, bytes]]:
    """The calls of one loop: a question, then tool calls and their results, then an answer."""
    rng = writer.rng
    model, provider = rng.choice(setting.models)
    history = [rng.choice(setting.systems), _json(_question(writer, number))]
    calls = rng.randint(1, MAX_CALLS)
    for call in range(1, calls + 1):
        has_error = rng.random() < 0.025
        answer = _Answer.of(setting, writer, is_last=call == calls)
        yield _call(setting, writer, history, answer, (model, provider), has_error=has_error)
        if has_error:
            return
        history += [answer.message, answer.result]


def _question(writer: Writer, number: int) -> dict[str, str]:
    words = [writer.text(60)]
    if number % 2:
        words.append(HALF_WORD)
    if number % 1000 == 3:
        words.append(RARE_WORD)
    if number % 10 == 4:
        words += [writer.chinese(30), writer.rng.choice(EMOJI), "Straße in KÖLN"]
    return {"role": "user", "content": " ".join(words)}


@dataclass(frozen=True, slots=True)
class _Answer:
    completion: bytes
    tool_calls: bytes
    message: bytes
    result: bytes

    @classmethod
    def of(cls, setting: _Setting, writer: Writer, *, is_last: bool) -> "_Answer":
        if is_last:
            return cls(_json(writer.text(70)), b"null", b"", b"")
        id = f"call_{writer.rng.getrandbits(96):024x}"
        name = writer.rng.choice(setting.tool_names)
        arguments = json.dumps({"query": writer.text(8)})
        call = {"id": id, "name": name, "arguments": arguments}
        function = {"name": name, "arguments": arguments}
        tool_calls = [{"id": id, "type": "function", "function": function}]
        message = {"role": "assistant", "content": None, "tool_calls": tool_calls}
        result = {"role": "tool", "tool_call_id": id, "content": writer.text(78)}
        return cls(b'""', _json([call]), _json(message), _json(result))


def _call(
    setting: _Setting,
    writer: Writer,
    history: list[bytes],
    answer: _Answer,
    model: tuple[str, str],
    *,
    has_error: bool,
) -> tuple[bytes, bytes]:
    """The line up to its timestamp, and from there on."""
    rng = writer.rng
    messages = b"[" + b", ".join(history) + b"]"
    input_tokens = (len(messages) + len(setting.tools)) // 4
    output_tokens = 0 if has_error else rng.randint(20, 400)
    head = b'{"log_id": %s, "agent_id": %s, ' % (_json(writer.uuid()), _json(setting.agent))
    numbers = {
        "latency_ms": int(rng.lognormvariate(7.3, 0.7)),
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
        "error": "RateLimitError: 429 " + writer.text(6) if has_error else None,
    }
    tail = b'"model_name": %s, "provider": %s, "messages": %s, "tools": %s, ' % (
        _json(model[0]),
        _json(model[1]),
        messages,
        setting.tools,
    )
    completion, tool_calls = (
        (b'""', b"null") if has_error else (answer.completion, answer.tool_calls)
    )
    tail += b'"completion": %s, "tool_calls": %s, %s\n' % (
        completion,
        tool_calls,
        _json(numbers)[1:],
    )
    return head, tail


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
