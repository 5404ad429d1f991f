from llmlogs.network.health import network_facts
from llmlogs.network.registry import KnownAgent

# What breaks the detection of an unmodified client when it is null, by observation.
NEVER_NULL = ("uptime_seconds", "network_id", "network_name", "max_connections", "mods")


def test_nothing_that_clients_take_literally_is_null():
    facts = network_facts([], 1.5)
    assert all(facts[name] is not None for name in NEVER_NULL)


def test_no_host_is_announced_that_a_client_might_not_reach():
    [transport] = network_facts([], 0)["transports"]
    assert transport == {"type": "http", "config": {}}


def test_an_agent_is_listed_with_a_number_and_a_transport_clients_know():
    facts = network_facts([KnownAgent("bot", {"name": "Bot"}, 12.5)], 0)
    assert facts["agent_count"] == 1
    assert facts["agents"]["bot"]["last_seen"] == 12.5
    assert facts["agents"]["bot"]["transport_type"] == "http"
