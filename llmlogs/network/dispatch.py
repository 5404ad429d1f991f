"""What an event does: system events by name, everything else into mailboxes.

In: a parsed `Event`. Out: an `Answer`; or `MalformedRequest` where a payload lacks what its event
needs. A new system event is a function and a row of `SYSTEM_EVENTS`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError

from agents_sdk.errors import InvalidAgentId
from agents_sdk.files.names import check_agent_id
from llmlogs import conf
from llmlogs.network import access
from llmlogs.network.access import Standing
from llmlogs.network.events import (
    BROADCAST_TARGETS,
    Answer,
    Event,
    MalformedRequest,
    agent_of,
    as_mail,
    refused,
    required_text,
    shown,
)
from llmlogs.network.kept import NotKept, kept_json
from llmlogs.network.mailbox import Mailbox
from llmlogs.network.receiptbook import ReceiptBook
from llmlogs.network.registry import Registry
from llmlogs.network.starts import NoCall, parse_call
from llmlogs.network.storing import store
from llmlogs.receipts import InvalidReceipt, read_receipt
from llmlogs.running import Board

logger = logging.getLogger(__name__)

MAX_LISTED_AGENTS = 1_000
"""In `system.list_agents`, and the most that one broadcast reaches."""


@dataclass(frozen=True, slots=True)
class Network:
    """The parts of the network that live as long as the process."""

    registry: Registry
    mailbox: Mailbox
    receipts: ReceiptBook
    board: Board
    clock: Callable[[], float]


def dispatch(network: Network, event: Event) -> Answer:
    """Check who sends the event, then do what it asks."""
    refusal = _refusal_to_send(network, event)
    if refusal is not None:
        return refused(refusal)
    if event.event_name in SYSTEM_EVENTS:
        return SYSTEM_EVENTS[event.event_name](network, event)
    if event.event_name.startswith("system.") or agent_of(event.target_id) is None:
        return _unknown(event)
    return _deliver(network, event)


def _refusal_to_send(network: Network, event: Event) -> str | None:
    rules = access.current()
    if not (event.secret or rules.is_open):
        # Nothing to compare, and nothing needed: such reports cost no look at the database.
        return None
    try:
        standing = caller_of(network, event.source_id, event.secret).standing
    except DatabaseError as error:
        if rules.is_open:
            raise
        # A report must not be lost because a database is that it does not need.
        logger.error("Senders are not checked, the registry cannot be read: %s", error)
        standing = Standing.UNKNOWN
    return access.refusal_to_send(rules, standing, event.source_id)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id under which it is on record, else the one it gave."""

    agent_id: str
    standing: Standing


def caller_of(network: Network, source_id: str, secret: str) -> Caller:
    """Who a caller is and how it stands, under its bare name or as `agent:name`."""
    for agent_id in dict.fromkeys((source_id, agent_of(source_id) or source_id)):
        if is_agent_id(agent_id):
            standing = network.registry.standing(agent_id, secret)
            if standing is not Standing.UNKNOWN:
                return Caller(agent_id, standing)
    return Caller(source_id, Standing.UNKNOWN)


def valid_agent_id(body: dict[str, Any]) -> str:
    """The `agent_id` of a body or payload, good for a file name."""
    agent_id = required_text(body, "agent_id")
    try:
        check_agent_id(agent_id)
    except InvalidAgentId as error:
        raise MalformedRequest(str(error)) from None
    return agent_id


def is_agent_id(text: str) -> bool:
    try:
        check_agent_id(text)
    except InvalidAgentId:
        return False
    return True


def _report_one(_network: Network, event: Event) -> Answer:
    agent_id = valid_agent_id(event.payload)
    entry = event.payload.get("log_entry")
    [receipt] = store(agent_id, [entry], conf.get())
    data = {
        "type": "system_response",
        "command": "report_llm_log",
        "log_id": receipt.log_id,
        "agent_id": agent_id,
    }
    if receipt.error is not None:
        return refused(receipt.error, data)
    return Answer(True, "LLM log stored successfully", data)


def _report_many(_network: Network, event: Event) -> Answer:
    agent_id = valid_agent_id(event.payload)
    entries = event.payload.get("entries")
    if not isinstance(entries, list):
        return refused(f"'entries' is {shown(entries)}; expected an array of log entries.")
    receipts = store(agent_id, entries, conf.get())
    stored = sum(receipt.is_stored for receipt in receipts)
    data = {
        "type": "system_response",
        "command": "report_llm_logs",
        "agent_id": agent_id,
        "results": [receipt.as_json() for receipt in receipts],
    }
    return Answer(stored == len(receipts), f"{stored} of {len(receipts)} LLM logs stored", data)


def _report_delivery(network: Network, event: Event) -> Answer:
    agent_id = valid_agent_id(event.payload)
    data = {"type": "system_response", "command": "report_llm_delivery", "agent_id": agent_id}
    try:
        receipt = read_receipt(event.payload)
    except InvalidReceipt as error:
        return refused(str(error), data)
    network.receipts.keep(receipt)
    return Answer(True, "Delivery receipt stored", data)


def _call_started(network: Network, event: Event) -> Answer:
    agent_id = valid_agent_id(event.payload)
    data = {"type": "system_response", "command": "llm_call_started", "agent_id": agent_id}
    try:
        call = parse_call(agent_id, event.payload.get("call"), network.clock())
    except NoCall as refusal:
        return refused(str(refusal), {**data, "log_id": None})
    network.board.add(call)
    return Answer(True, "The start of the call is noted", {**data, "log_id": call.log_id})


def _list_mods(_network: Network, _event: Event) -> Answer:
    data = {"type": "system_response", "command": "list_mods", "mods": []}
    return Answer(True, "This network has no mods", data)


def _list_agents(network: Network, _event: Event) -> Answer:
    agents = [
        {
            "agent_id": agent.agent_id,
            "name": agent.metadata.get("name", agent.agent_id),
            "connected": True,
            "metadata": agent.metadata,
        }
        for agent in network.registry.known_agents(MAX_LISTED_AGENTS)
    ]
    data = {"type": "system_response", "command": "list_agents", "agents": agents}
    return Answer(True, "Agent list retrieved successfully", data)


SYSTEM_EVENTS: dict[str, Callable[[Network, Event], Answer]] = {
    "system.report_llm_log": _report_one,
    "system.report_llm_logs": _report_many,
    "system.report_llm_delivery": _report_delivery,
    "system.llm_call_started": _call_started,
    "system.list_mods": _list_mods,
    "system.list_agents": _list_agents,
}


def _deliver(network: Network, event: Event) -> Answer:
    recipients = _recipients(network, event)
    if not all(map(is_agent_id, recipients)):
        return refused(f"'target_agent_id' is {shown(event.target_id)}; expected an agent id.")
    try:
        mail = kept_json(as_mail(event, network.clock()))
    except NotKept as error:
        return refused(f"The event is {error} for an event that waits for another agent.")
    delivery = network.mailbox.put(mail, recipients)
    if delivery.refusal is not None:
        return refused(delivery.refusal)
    mailboxes = "mailbox" if delivery.recipients == 1 else "mailboxes"
    return Answer(True, f"The event waits in {delivery.recipients} {mailboxes}.")


def _recipients(network: Network, event: Event) -> list[str]:
    if event.target_id not in BROADCAST_TARGETS:
        return [agent_of(event.target_id) or event.target_id]
    sender = agent_of(event.source_id)
    known = network.registry.known_agents(MAX_LISTED_AGENTS)
    return [agent.agent_id for agent in known if agent.agent_id != sender]


def _unknown(event: Event) -> Answer:
    return refused(
        f"Event {shown(event.event_name)} for {shown(event.target_id)} is not known here; expected "
        f"one of {', '.join(SYSTEM_EVENTS)}, or an event for another agent's id."
    )
