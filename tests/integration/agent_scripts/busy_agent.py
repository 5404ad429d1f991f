"""An agent under load: logs calls as fast as it is let, and writes down which were acknowledged.

Arguments: how (`file` or `event`), workspace or URL, agent id, file for acknowledged ids. It runs
until it is killed.
"""

import itertools
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

PAUSE_SECONDS = 0.003


def call(number: int) -> dict[str, Any]:
    return {
        "model_name": "gpt-4o",
        "provider": "openai",
        "messages": [
            {"role": "user", "content": f"turn {turn} of {number % 50}: " + "weather " * 40}
            for turn in range(number % 6 + 1)
        ],
        "tools": None,
        "latency_ms": 5,
    }


def file_agent(workspace: str, agent_id: str) -> Callable[[int], str]:
    from agents_sdk import LLMCallLogger

    logger = LLMCallLogger(workspace, agent_id)

    def log(number: int) -> str:
        return logger.log_call_sync(response={"content": f"answer {number}"}, **call(number))

    return log


def event_agent(url: str, agent_id: str) -> Callable[[int], str]:
    def log(number: int) -> str:
        log_id = str(uuid.uuid4())
        entry = {
            **call(number),
            "log_id": log_id,
            "agent_id": agent_id,
            "timestamp": time.time(),
            "completion": f"answer {number}",
        }
        event = {
            "event_name": "system.report_llm_log",
            "source_id": agent_id,
            "payload": {"agent_id": agent_id, "log_entry": entry},
        }
        request = urllib.request.Request(
            f"{url}/api/send_event",
            json.dumps(event).encode(),
            {"Content-Type": "application/json"},
        )
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    assert json.load(answer)["success"] is True
                    return log_id
            except (OSError, ValueError):
                time.sleep(0.05)  # The server was killed; the same entry is reported again.

    return log


def main() -> None:
    how, target, agent_id, acknowledged = sys.argv[1:]
    log = (file_agent if how == "file" else event_agent)(target, agent_id)
    record = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in itertools.count():
        os.write(record, f"{agent_id} {log(number)}\n".encode())
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
