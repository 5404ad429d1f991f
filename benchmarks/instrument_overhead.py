"""What recording adds to a call, beside the same call without it, in the same run.

Run: python -m benchmarks.instrument_overhead [--calls 1200]

The client of OpenAI talks to a server on this machine that costs it as little as possible: an
`httpx` transport in the process, so that no socket, no thread and no scheduler stands in the
numbers, and the time is that of the thread, so that no other process does. Calls without us and
with each recorder take turns, so that a slow moment of the machine meets all of them: in each round
what is added is the difference of the medians, and the median of the rounds is printed.

Where `make bench` has made an environment with OpenTelemetry's instrumentors, which need an older
client, all of it is run there once more, beside them.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger, instrument, uninstrument
from agents_sdk.testing import openaiwire
from agents_sdk.testing.script import Reply

TARGET_CALL_US = 100.0
TARGET_CHUNK_US = 5.0
CHUNKS = 400
PROMPT_CHARS = 8_000
ROUNDS = 21
NOBODY = "http://127.0.0.1:1"
OTHERS_PYTHON = Path(os.environ.get("VENVS", ".venvs")) / "opentelemetry" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Recorder:
    """Something that records calls while it is on."""

    name: str
    turn_on: Callable[[], object]
    turn_off: Callable[[], object]
    is_ours: bool = True


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what recording adds to a call.")
    parser.add_argument("--calls", type=int, default=1_200)
    calls = parser.parse_args().calls
    has_others = find_spec("opentelemetry.instrumentation") is not None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="llm-logs-bench-")))
        recorders = ours(folder, stack)
        if has_others:
            found = import_module("benchmarks.opentelemetry_recorders").recorders()
            recorders += [Recorder(name, on, off, is_ours=False) for name, on, off in found]
        measure(recorders, calls)
    if has_others:
        return
    if OTHERS_PYTHON.exists():
        command = [str(OTHERS_PYTHON), "-m", "benchmarks.instrument_overhead", *sys.argv[1:]]
        subprocess.run(command, check=True)
    else:
        print(f"NOT beside OpenTelemetry: {OTHERS_PYTHON} is missing; `make bench` makes it.")


def ours(folder: Path, stack: ExitStack) -> list[Recorder]:
    event_logger = EventBasedLLMLogger("bench", AgentClient("bench", NOBODY), spool_dir=folder)
    stack.callback(event_logger.close, 0.0)
    loggers: list[Any] = [LLMCallLogger(folder, "bench"), event_logger]
    return [
        Recorder(
            f"instrument(), {type(logger).__name__}",
            partial(instrument, logger=logger, stream_usage=True),
            partial(_stop, logger),
        )
        for logger in loggers
    ]


def _stop(logger: Any) -> None:
    """What records nothing costs nothing: better no figure than that one."""
    uninstrument()
    if logger.delivery_report().written == 0:
        raise SystemExit(f"{type(logger).__name__} recorded no call; expected one entry for each.")


def measure(recorders: list[Recorder], calls: int) -> None:
    """Print what each adds to a plain call and to a chunk of a stream."""
    client = make_client()
    print(f"openai {import_module('openai').__version__}, a prompt of {PROMPT_CHARS:,} characters")
    bare_us, *added = compare(partial(plain, client), recorders, calls)
    print(f"{'a call by itself':<44} {bare_us:>8.1f} µs")
    for recorder, added_us in zip(recorders, added, strict=True):
        report(recorder, "a call", added_us, TARGET_CALL_US)
    bare_us, *added = compare(partial(stream, client), recorders, max(1, calls // 20))
    print(f"{'a chunk of a stream by itself':<44} {bare_us / CHUNKS:>8.1f} µs")
    for recorder, added_us in zip(recorders, added, strict=True):
        report(recorder, "a chunk", added_us / CHUNKS, TARGET_CHUNK_US)


def report(recorder: Recorder, what: str, added_us: float, target_us: float) -> None:
    verdict = ""
    if recorder.is_ours:
        verdict = f"  ≤ {target_us:.0f}  {'met' if added_us <= target_us else 'MISSED'}"
    print(f"  {recorder.name:<33} adds {what:<8}{added_us:>7.1f} µs{verdict}")


def compare(call: Callable[[], None], recorders: list[Recorder], calls: int) -> list[float]:
    """Microseconds of the call alone, then what each recorder adds to it."""
    alone: list[float] = []
    added: list[list[float]] = [[] for _ in recorders]
    for _ in range(ROUNDS):
        bare_us = statistics.median(timed(call, calls // ROUNDS + 1))
        alone.append(bare_us)
        for recorder, found in zip(recorders, added, strict=True):
            recorder.turn_on()
            found.append(statistics.median(timed(call, calls // ROUNDS + 1)) - bare_us)
            recorder.turn_off()
    return [statistics.median(alone), *map(statistics.median, added)]


def timed(call: Callable[[], None], count: int) -> list[float]:
    """Microseconds of each call, after half as many that do not count: with a method replaced the
    interpreter learns anew which types it meets, and the first calls take up to half as long again.
    """
    for _ in range(max(1, count // 2)):
        call()
    gc.collect()
    gc.disable()
    found = []
    for _ in range(count):
        started = time.thread_time()
        call()
        found.append((time.thread_time() - started) * 1e6)
    gc.enable()
    return found


MESSAGES: list[Any] = [
    {"role": "assistant" if turn % 2 else "user", "content": "weather in Köln " * 50}
    for turn in range(PROMPT_CHARS // 800)
]


def plain(client: Any) -> None:
    client.chat.completions.create(model="gpt-5", messages=MESSAGES)


def stream(client: Any) -> None:
    for _ in client.chat.completions.create(model="gpt-5", messages=MESSAGES, stream=True):
        pass


def make_client() -> Any:
    """The client on a transport that answers from memory; openai 3 brings httpx2, older httpx."""
    import openai

    http = __import__("httpx2" if int(openai.__version__.split(".")[0]) >= 3 else "httpx")
    whole = json.dumps(openaiwire.chat(Reply("It rains."), {"model": "gpt-5"})).encode()
    words = Reply("x" * 8 * (CHUNKS - 3))
    pieces = b"".join(openaiwire.chat_stream(words, {"model": "gpt-5"}))

    def answer(request: Any) -> Any:
        is_stream = b'"stream":true' in request.content
        kind = "text/event-stream" if is_stream else "application/json"
        content = pieces if is_stream else whole
        return http.Response(200, headers={"content-type": kind}, content=content)

    return openai.OpenAI(
        base_url="http://127.0.0.1:1/v1",
        api_key="key",
        http_client=http.Client(transport=http.MockTransport(answer)),
    )


if __name__ == "__main__":
    main()
