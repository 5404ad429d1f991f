"""What providers say, in one vocabulary: prompts, answers, streams, finish reasons, errors.

Pure functions over plain dicts (the JSON of the wire); nothing here imports a provider's library.
"""
