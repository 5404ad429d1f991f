import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.network.events import (
    MAX_SHOWN_CHARS,
    Answer,
    MalformedRequest,
    agent_of,
    as_mail,
    parse_event,
    refused,
    shown,
)

BODY = {
    "event_id": "e-1",
    "event_name": "agent.message",
    "source_id": "alice",
    "target_agent_id": "agent:bob",
    "payload": {"text": "hello"},
    "metadata": {"k": 1},
    "visibility": "direct",
    "secret": "s3cret",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_an_event_of_a_client_is_read_field_by_field():
    event = parse_event(BODY)
    assert (event.event_id, event.event_name, event.source_id) == ("e-1", "agent.message", "alice")
    assert (event.target_id, event.payload, event.secret) == (
        "agent:bob",
        {"text": "hello"},
        "s3cret",
    )


@pytest.mark.parametrize("field", ["event_name", "source_id"])
@pytest.mark.parametrize(
    ("value", "as_shown"),
    [
        ("", "''"),
        (None, "missing or null"),
        (7, "a number"),
        (True, "a boolean"),
        ([], "a JSON array"),
    ],
)
def test_a_name_that_is_no_text_is_malformed(field, value, as_shown):
    with pytest.raises(MalformedRequest) as caught:
        parse_event({**BODY, field: value})
    assert str(caught.value) == f"'{field}' is {as_shown}; expected a non-empty string."


@pytest.mark.parametrize("payload", [None, [], "x", 1])
def test_a_payload_that_is_no_object_is_malformed(payload):
    with pytest.raises(MalformedRequest, match="'payload' is .*; expected a JSON object"):
        parse_event({**BODY, "payload": payload})


def test_a_missing_payload_is_malformed():
    body = {name: value for name, value in BODY.items() if name != "payload"}
    with pytest.raises(MalformedRequest, match="'payload' is missing or null"):
        parse_event(body)


def test_an_event_name_of_any_length_is_read():
    assert parse_event({**BODY, "event_name": "x" * 1_000_000}).event_name == "x" * 1_000_000


def test_destination_id_serves_where_no_target_is_given():
    body = {**BODY, "target_agent_id": "", "destination_id": "carol"}
    assert parse_event(body).target_id == "carol"


def test_an_event_without_an_id_gets_one():
    assert parse_event({**BODY, "event_id": None}).event_id != ""


@given(st.dictionaries(st.sampled_from(sorted(BODY)), JSON))
def test_any_object_is_an_event_or_malformed(overrides):
    try:
        event = parse_event({**BODY, **overrides})
    except MalformedRequest:
        return
    assert event.event_name and event.source_id
    assert isinstance(event.payload, dict)


@pytest.mark.parametrize(
    ("address", "agent_id"),
    [
        ("bob", "bob"),
        ("agent:bob", "bob"),
        ("team:bob", "team:bob"),
        ("system:system", None),
        ("", None),
        ("mod:openagents.mods.wiki", None),
        ("channel:general", None),
    ],
)
def test_addresses_name_agents_as_the_clients_have_it(address, agent_id):
    assert agent_of(address) == agent_id


def test_mail_carries_the_event_without_the_senders_secret():
    mail = as_mail(parse_event(BODY), now=1_700_000_000.9)
    assert mail == {
        "event_id": "e-1",
        "event_name": "agent.message",
        "source_id": "alice",
        "destination_id": "agent:bob",
        "payload": {"text": "hello"},
        "metadata": {"k": 1},
        "visibility": "direct",
        "timestamp": 1_700_000_000,
    }


def test_mail_of_an_unknown_visibility_goes_out_with_one_its_receiver_knows():
    assert as_mail(parse_event({**BODY, "visibility": "secret"}), 0)["visibility"] == "network"


def test_a_refusal_gives_its_reason_under_both_names_clients_read():
    assert refused("No.").as_json() == {
        "success": False,
        "message": "No.",
        "error_message": "No.",
        "data": None,
    }
    assert Answer(True, "Yes.").as_json() == {"success": True, "message": "Yes.", "data": None}


@given(JSON)
def test_what_is_repeated_of_a_value_is_short_and_printable(value):
    sentence = shown(value)
    assert len(sentence) <= MAX_SHOWN_CHARS * 10 + 10
    assert sentence.isprintable()
