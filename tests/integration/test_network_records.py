"""Registrations and mailboxes keep within their bounds; the clock is in the test's hands."""

import threading

import pytest

from llmlogs.models import AgentRegistration, MailboxItem
from llmlogs.network import mailbox as mailboxes
from llmlogs.network import registry as registries
from llmlogs.network.access import Standing
from llmlogs.network.mailbox import Mailbox
from llmlogs.network.registry import Registry

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registry(clock):
    return Registry(clock, threading.Lock())


@pytest.fixture
def mailbox(clock):
    return Mailbox(clock, threading.Lock())


def last_seen(agent_id):
    return AgentRegistration.objects.get(agent_id=agent_id).last_seen_at


def test_how_a_caller_stands(registry):
    secret = registry.register("bot", {})
    assert registry.standing("bot", secret) is Standing.PROVEN
    assert registry.standing("bot", "") is Standing.SILENT
    assert registry.standing("bot", "other") is Standing.WRONG
    assert registry.standing("stranger", secret) is Standing.UNKNOWN


def test_a_secret_that_was_given_back_is_believed_no_more(registry):
    secret = registry.register("bot", {})
    assert registry.standing("bot", secret) is Standing.PROVEN
    registry.unregister("bot", secret)
    assert registry.standing("bot", secret) is Standing.UNKNOWN


def test_polling_every_second_writes_once_a_minute(registry, clock, django_assert_num_queries):
    secret = registry.register("bot", {})
    registry.standing("bot", secret)
    began_at = clock.now
    with django_assert_num_queries(0):
        for _ in range(59):
            clock.now += 1
            assert registry.standing("bot", secret) is Standing.PROVEN
    assert last_seen("bot") == began_at
    clock.now += 1
    with django_assert_num_queries(2):
        registry.standing("bot", secret)
    assert last_seen("bot") == clock.now


def test_an_agent_that_registers_again_and_again_loses_the_secret_seen_longest_ago(
    registry, clock, monkeypatch
):
    monkeypatch.setattr(registries, "MAX_PER_AGENT", 3)
    secrets = []
    for _ in range(3):
        clock.now += 1
        secrets.append(registry.register("bot", {}))
    clock.now += 100
    registry.standing("bot", secrets[0])
    registry.register("bot", {})
    fresh = Registry(clock, threading.Lock())
    standings = [fresh.standing("bot", secret) for secret in secrets]
    assert standings == [Standing.PROVEN, Standing.WRONG, Standing.PROVEN]


def test_a_secret_in_use_outlasts_any_number_that_nobody_used(registry, clock, monkeypatch):
    monkeypatch.setattr(registries, "MAX_PER_AGENT", 3)
    connected = registry.register("bot", {})
    clock.now += 1
    registry.standing("bot", connected)
    for _ in range(10):
        clock.now += 1
        newest = registry.register("bot", {})
    fresh = Registry(clock, threading.Lock())
    assert fresh.standing("bot", connected) is Standing.PROVEN
    assert fresh.standing("bot", newest) is Standing.PROVEN


def test_all_registrations_together_are_bounded(registry, clock, monkeypatch):
    monkeypatch.setattr(registries, "MAX_REGISTRATIONS", 3)
    for name in ("a", "b", "c", "d"):
        clock.now += 1
        registry.register(name, {})
    assert [agent.agent_id for agent in registry.known_agents(10)] == ["d", "c", "b"]


def test_metadata_beyond_their_bound_are_left_out(registry):
    registry.register("wordy", {"text": "x" * registries.MAX_METADATA_BYTES})
    [agent] = registry.known_agents(10)
    assert agent.metadata == {}


def test_metadata_nested_too_deep_are_left_out(registry):
    deep = []
    for _ in range(500):
        deep = [deep]
    registry.register("deep", {"x": deep})
    [agent] = registry.known_agents(10)
    assert agent.metadata == {}


def test_an_agent_with_many_processes_is_listed_once(registry, clock):
    for number in range(3):
        clock.now += 1
        registry.register("bot", {"n": number})
    [agent] = registry.known_agents(10)
    assert (agent.metadata, agent.last_seen_at) == ({"n": 2}, clock.now)


def test_an_empty_mailbox_costs_one_read(mailbox, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert mailbox.take("bot") == []


def test_a_poll_hands_out_a_bounded_number_and_leaves_the_rest(mailbox):
    for number in range(mailboxes.MAX_POLL_ITEMS + 5):
        assert mailbox.put(b'{"n": %d}' % number, ["bot"]).refusal is None
    assert len(mailbox.take("bot")) == mailboxes.MAX_POLL_ITEMS
    assert len(mailbox.take("bot")) == 5


def test_a_full_mailbox_does_not_keep_a_broadcast_from_the_others(mailbox, monkeypatch):
    monkeypatch.setattr(mailboxes, "MAX_AGENT_ITEMS", 1)
    mailbox.put(b"{}", ["full"])
    delivery = mailbox.put(b"{}", ["full", "free"])
    assert (delivery.recipients, delivery.refusal) == (1, None)
    assert len(mailbox.take("free")) == 1


def test_a_broadcast_to_nobody_is_no_failure(mailbox):
    delivery = mailbox.put(b"{}", [])
    assert (delivery.recipients, delivery.refusal) == (0, None)


def test_all_mailboxes_together_are_bounded(mailbox, monkeypatch):
    monkeypatch.setattr(mailboxes, "MAX_ALL_ITEMS", 2)
    assert mailbox.put(b"{}", ["a", "b"]).refusal is None
    refusal = mailbox.put(b"{}", ["c"]).refusal
    assert refusal is not None
    assert refusal.startswith("All mailboxes together are full: 2 events wait to be polled;")
    mailbox.take("a")
    assert mailbox.put(b"{}", ["c"]).refusal is None


def test_mail_that_nobody_fetched_for_seven_days_makes_room(mailbox, clock):
    mailbox.put(b'{"n": 1}', ["gone"])
    clock.now += mailboxes.MAX_AGE_SECONDS + mailboxes.EXPIRY_EVERY_SECONDS
    mailbox.put(b'{"n": 2}', ["here"])
    assert list(MailboxItem.objects.values_list("agent_id", flat=True)) == ["here"]


def test_polling_an_empty_mailbox_reads_the_database_once(mailbox, django_assert_num_queries):
    assert mailbox.take("bot") == []
    with django_assert_num_queries(0):
        assert mailbox.take("bot") == []
    mailbox.put(b'{"event_name": "hello"}', ["bot"])
    assert mailbox.take("bot") == [{"event_name": "hello"}]
    assert mailbox.take("bot") == []


def test_a_mailbox_that_was_handed_out_in_part_is_not_taken_for_empty(mailbox, monkeypatch):
    monkeypatch.setattr(mailboxes, "MAX_POLL_ITEMS", 1)
    mailbox.put(b'{"n": 1}', ["bot"])
    mailbox.put(b'{"n": 2}', ["bot"])
    assert [mailbox.take("bot") for _ in range(3)] == [[{"n": 1}], [{"n": 2}], []]
