"""What the scripts report, for the tests to compare with; imports nothing of openagents."""

MESSAGES = [
    {"role": "system", "content": "You are terse."},
    {"role": "user", "content": [{"type": "text", "text": "Grüße aus Köln 🌤"}]},
    {"role": "assistant", "content": None},
]
TOOLS = [{"name": "weather", "description": "Looks out of the window", "parameters": {}}]
TOOL_CALL_ENTRY = {"id": "call_1", "name": "weather", "arguments": '{"city": "Köln"}'}
