"""An agent with the real `openai` client: asks, calls its tool, streams its answer, logs each call.

Arguments: how it logs (`file` or `event`), workspace or URL of the Studio, agent id, base URL of
the model. Prints the log ids as JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any

import openai

from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger

TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]


async def main() -> None:
    how, target, agent_id, model_url = sys.argv[1:]
    client = AgentClient(agent_id, base_url=target) if how == "event" else None
    if client is not None:
        await client.connect()
        logger: Any = EventBasedLLMLogger(agent_id, client)
    else:
        logger = LLMCallLogger(target, agent_id)
    model = openai.AsyncOpenAI(base_url=model_url, api_key="test")
    messages: list[Any] = [{"role": "user", "content": f"Weather in Köln? asks {agent_id}"}]

    began = time.perf_counter()
    answer = await model.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS)
    message = answer.choices[0].message
    response = {
        "content": message.content or "",
        "tool_calls": [
            {"id": call.id, "name": call.function.name, "arguments": call.function.arguments}
            for call in message.tool_calls or []
        ],
        "usage": answer.usage.model_dump() if answer.usage else None,
    }
    ids = [await logger.log_call("gpt-4o", "openai", messages, TOOLS, response, since(began))]

    messages = [
        *messages,
        message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "14 °C, rain"},
    ]
    began = time.perf_counter()
    stream = await model.chat.completions.create(
        model="gpt-4o",
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
    )
    text, usage, first_ms = "", None, None
    async for chunk in stream:
        usage = chunk.usage or usage
        if chunk.choices and chunk.choices[0].delta.content:
            first_ms = first_ms or since(began)
            text += chunk.choices[0].delta.content
    response = {"content": text, "tool_calls": [], "usage": usage.model_dump() if usage else None}
    ids.append(
        await logger.log_call(
            "gpt-4o",
            "openai",
            messages,
            TOOLS,
            response,
            since(began),
            stream=True,
            time_to_first_token_ms=first_ms,
        )
    )
    if client is not None:
        logger.close(60)
    print(json.dumps(ids), flush=True)


def since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


if __name__ == "__main__":
    asyncio.run(main())
