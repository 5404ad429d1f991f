import hashlib

import pytest

from llmlogs.network.access import (
    NetworkAccess,
    Standing,
    refusal_to_collect,
    refusal_to_register,
    refusal_to_send,
)

HOME = NetworkAccess(is_open=False, password="")
OPEN = NetworkAccess(is_open=True, password="a sentence")
OPEN_WITHOUT_PASSWORD = NetworkAccess(is_open=True, password="")


def test_on_loopback_anyone_registers():
    assert refusal_to_register(HOME, "") is None
    assert refusal_to_register(HOME, None) is None


def test_beyond_loopback_the_sha256_of_the_network_password_registers():
    assert refusal_to_register(OPEN, hashlib.sha256(b"a sentence").hexdigest()) is None


@pytest.mark.parametrize(
    "given",
    ["", None, "a sentence", hashlib.sha256(b"another").hexdigest(), 17, ["x"], "ü", "\ud800"],
)
def test_beyond_loopback_anything_else_is_refused(given):
    assert refusal_to_register(OPEN, given) == (
        "'password_hash' is not the one of this network; expected the sha256, in hex, of its "
        "STUDIO_NETWORK_PASSWORD."
    )


@pytest.mark.parametrize("given", ["", hashlib.sha256(b"").hexdigest()])
def test_beyond_loopback_without_a_network_password_nobody_registers(given):
    assert refusal_to_register(OPEN_WITHOUT_PASSWORD, given) == (
        "Registrations are closed: this Studio listens beyond loopback and has no network "
        "password. Its operator opens them by setting STUDIO_NETWORK_PASSWORD."
    )


@pytest.mark.parametrize(
    ("rules", "standing", "may_send", "may_collect"),
    [
        (HOME, Standing.PROVEN, True, True),
        (HOME, Standing.UNKNOWN, True, True),
        (HOME, Standing.SILENT, True, False),
        (HOME, Standing.WRONG, False, False),
        (OPEN, Standing.PROVEN, True, True),
        (OPEN, Standing.UNKNOWN, False, False),
        (OPEN, Standing.SILENT, False, False),
        (OPEN, Standing.WRONG, False, False),
    ],
)
def test_what_each_standing_may(rules, standing, may_send, may_collect):
    assert (refusal_to_send(rules, standing, "bot") is None) is may_send
    assert (refusal_to_collect(rules, standing, "bot") is None) is may_collect


def test_a_refusal_says_which_secret_was_expected():
    assert refusal_to_send(HOME, Standing.WRONG, "bot") == (
        "The secret given for agent 'bot' is none that was issued to it; expected the 'secret' "
        "from the answer of POST /api/register."
    )
    assert refusal_to_collect(HOME, Standing.SILENT, "bot") == (
        "Agent 'bot' gave no valid 'secret'; expected the one from the answer of "
        "POST /api/register."
    )


def test_a_refusal_repeats_a_long_or_unprintable_id_in_bounds():
    sentence = refusal_to_send(OPEN, Standing.UNKNOWN, "\x1b[31m" + "x" * 10_000)
    assert sentence is not None
    assert len(sentence) < 250
    assert "\x1b" not in sentence
