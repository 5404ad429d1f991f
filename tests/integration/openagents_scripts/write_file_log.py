"""Runs under an unmodified openagents 0.9.3: its file-based logger writes a workspace, without our
SDK in the process. Prints each agent with the ids it wrote, as a JSON list.

Usage: write_file_log.py WORKSPACE CALLS AGENT_ID…
"""

import asyncio
import json
import sys
from pathlib import Path

from openagents.lms.llm_logger import LLMCallLogger

MESSAGES = [{"role": "user", "content": "Grüße aus Köln"}]
TOOLS = [{"name": "weather", "description": "Looks out of the window", "parameters": {}}]


async def write(workspace: Path, calls: int, agent_id: str) -> list[str]:
    logger = LLMCallLogger(workspace, agent_id)
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    return [
        await logger.log_call(
            model_name="gpt-4o",
            provider="openai",
            messages=[*MESSAGES, {"role": "user", "content": f"call {call}"}],
            tools=TOOLS if call % 2 else None,
            response={"content": f"answer {call}", "tool_calls": [], "usage": usage},
            latency_ms=call,
            error="boom" if call % 5 == 4 else None,
        )
        for call in range(calls)
    ]


if __name__ == "__main__":
    for agent_id in sys.argv[3:]:
        ids = asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2]), agent_id))
        print(agent_id, json.dumps(ids), flush=True)
