"""Runs under an unmodified openagents 0.8.0: AgentClient and EventBasedLLMLogger report three
calls, wait for a line on stdin (the test restarts the server meanwhile), and report a fourth.

Usage: report_with_logger.py HOST PORT AGENT_ID [PASSWORD_HASH]
"""

import asyncio
import json
import sys

from openagents.core.client import AgentClient
from openagents.lms.llm_logger import EventBasedLLMLogger
from shapes import MESSAGES, TOOL_CALL_ENTRY, TOOLS


async def main(host: str, port: int, agent_id: str, password_hash: str | None = None) -> None:
    client = AgentClient(agent_id)
    is_connected = await client.connect(
        network_host=host, network_port=port, password_hash=password_hash
    )
    print("CONNECTED", is_connected, flush=True)
    logger = EventBasedLLMLogger(agent_id, client)
    answered = {"content": "Sunny.", "usage": {"prompt_tokens": 11, "completion_tokens": 3}}
    called = {"content": "", "tool_calls": [TOOL_CALL_ENTRY], "usage": {"total_tokens": 2**53 + 1}}
    ids = [
        await logger.log_call("gpt-4o", "openai", MESSAGES, None, answered, 120),
        await logger.log_call("gpt-4o", "openai", MESSAGES, TOOLS, called, 0),
        await logger.log_call("claude-x", "claude", [], None, {"content": ""}, 7, error="boom"),
    ]
    print("REPORTED", json.dumps(ids), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    ids.append(await logger.log_call("gpt-4o", "openai", MESSAGES, None, answered, 121))
    print("REPORTED-AGAIN", json.dumps(ids), flush=True)
    await client.disconnect()
    print("LEFT", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:]))
