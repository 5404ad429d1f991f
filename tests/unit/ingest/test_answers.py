"""Which turns belong to one conversation."""

from llmlogs.ingest.answers import answer_key_of_entry, answer_key_of_message


def test_a_tool_that_the_provider_ran_does_not_part_an_answer_from_its_repetition() -> None:
    """Anthropic's stands among the blocks that come back, OpenAI's is an item of its own."""
    done = {"id": "srv_1", "name": "web_search", "arguments": "{}", "executed_by": "provider"}
    call = {"id": "c1", "name": "look", "arguments": "{}"}
    block = {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {}}
    text = {"type": "text", "text": "Rain."}

    said = answer_key_of_entry({"completion": "Rain.", "tool_calls": [done]})
    assert said == answer_key_of_message({"role": "assistant", "content": [block, text]})

    asked = answer_key_of_entry({"completion": "Rain.", "tool_calls": [done, call]})
    repeated = {"role": "assistant", "content": [block, text], "tool_calls": [call]}
    assert asked == answer_key_of_message(repeated) != said


def test_thoughts_that_come_back_are_no_part_of_what_was_said() -> None:
    thought = {"type": "reasoning", "text": "Hm."}
    history = {"role": "assistant", "content": [thought, {"type": "text", "text": "Rain."}]}
    assert answer_key_of_entry({"completion": "Rain."}) == answer_key_of_message(history)


def test_answers_that_were_taken_out_are_not_one_and_the_same() -> None:
    """LiteLLM puts one word in the place of all of them."""
    redacted = "redacted-by-litellm"
    assert answer_key_of_entry({"completion": redacted}) is None
    assert answer_key_of_message({"role": "assistant", "content": redacted}) is None
