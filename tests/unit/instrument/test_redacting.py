"""A call whose words are to be kept out of the log."""

import json

from agents_sdk.normalise.failures import failure_of
from agents_sdk.normalise.noanswer import no_answer
from agents_sdk.normalise.redacting import (
    REDACTED,
    redacted_answer,
    redacted_failure,
    redacted_prompt,
)
from agents_sdk.normalise.shapes import Prompt


def test_what_came_in_the_place_of_an_answer_is_not_shown() -> None:
    answer = redacted_answer(no_answer("You said: a secret"))
    assert answer.error == "the answer is no completion"


def test_an_answer_that_cannot_be_parsed_is_not_shown() -> None:
    error = json.JSONDecodeError("a secret", "a secret", 0)
    assert redacted_failure(failure_of(error)).error == f"JSONDecodeError: {REDACTED}"
    other = failure_of(TimeoutError("too slow"))
    assert redacted_failure(other) == other


def test_roles_and_parameters_that_say_nothing_stay() -> None:
    prompt = Prompt("m", [{"role": "system", "content": "a secret"}, "a secret"])
    prompt.request.update({"temperature": 0.5, "prediction": "a secret"})
    redacted = redacted_prompt(prompt)
    assert [message["role"] for message in redacted.messages] == ["system", "user"]
    assert (redacted.request, "a secret" in str(redacted)) == ({"temperature": 0.5}, False)
