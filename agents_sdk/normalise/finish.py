"""Why a model stopped, in four words for all providers."""

STOP = "stop"
LENGTH = "length"
TOOL_CALLS = "tool_calls"
CONTENT_FILTER = "content_filter"

_WORDS = {
    STOP: "stop end_turn stop_sequence completed complete eos pause_turn finish endoftext",
    LENGTH: "length max_tokens max_output_tokens model_context_window_exceeded model_length",
    TOOL_CALLS: "tool_calls tool_use function_call tool_call",
    CONTENT_FILTER: "content_filter refusal safety guardrail_intervened content_filtered recitation"
    " blocklist prohibited_content spii image_safety image_prohibited_content language",
}
_OVER = frozenset(("end_turn", "stop_sequence", "pause_turn"))
"""Of providers that say "tool_use" where the agent has to act."""
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}


def finish_reason(said: str | None, *, has_tool_calls: bool = False) -> str | None:
    """The provider's word in ours; a word unknown here stays as it is, in lower case.

    Gemini says STOP and OpenAI's Responses "completed" when they call a tool. Anthropic has a word
    for it: after "end_turn" its calls were those of tools that it ran itself.

    >>> finish_reason("MAX_TOKENS"), finish_reason("STOP", has_tool_calls=True)
    ('length', 'tool_calls')
    >>> finish_reason("end_turn", has_tool_calls=True)
    'stop'
    """
    if said is None:
        return None
    word = said.lower()
    meaning = _MEANING.get(word, word)
    is_open = meaning == STOP and word not in _OVER
    return TOOL_CALLS if is_open and has_tool_calls else meaning
