"""The command line: `python -m agents_sdk logs …`, installed as `llm-logs`.

Asks a Studio by its API and shows what it says: to people in a terminal, as JSON lines in a pipe.
Nothing in here is loaded by `import agents_sdk`.
"""
