"""The five routes of the network. Thin: read, ask, answer.

A well-formed request is answered 200, whatever became of it: clients take any other status for a
failure of the server. A malformed one gets a 4xx with a sentence. No cookie decides anything here,
so there is nothing a forged request could ride on, and the routes need no CSRF token.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from agents_sdk import codec
from llmlogs import conf
from llmlogs.network import access
from llmlogs.network.access import Standing
from llmlogs.network.bodies import JSON_TYPE, read_object
from llmlogs.network.dispatch import Caller, Network, caller_of, dispatch, valid_agent_id
from llmlogs.network.events import MalformedRequest, parse_event
from llmlogs.network.health import NETWORK_ID, NETWORK_NAME, network_facts
from llmlogs.network.mailbox import Mailbox
from llmlogs.network.receiptbook import ReceiptBook
from llmlogs.network.registry import KnownAgent, Registry
from llmlogs.running import BOARD

logger = logging.getLogger(__name__)

MAX_AGENTS_IN_HEALTH = 200

_writing = threading.Lock()
NETWORK = Network(
    Registry(time.time, _writing),
    Mailbox(time.time, _writing),
    ReceiptBook(time.time, _writing),
    BOARD,
    time.time,
)
"""One per process: it remembers who was proven lately."""
STARTED_AT = time.monotonic()

JsonView = Callable[[HttpRequest], dict[str, Any]]


def _json_view(*methods: str) -> Callable[[JsonView], Callable[[HttpRequest], HttpResponse]]:
    """A view that gives a JSON object, or raises what becomes one with its status."""

    def decorate(view: JsonView) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            if request.method not in methods:
                return _wrong_method(request, methods)
            try:
                return _respond(200, view(request))
            except MalformedRequest as error:
                return _failure(error.status, str(error))
            except (OSError, DatabaseError) as error:
                logger.error("%s failed: %s", request.path, error)
                return _failure(
                    503,
                    f"The Studio could not store or read what {request.path} needs: "
                    f"{_reason(error)}. Nothing was acknowledged; try again later.",
                )

        return answer

    return decorate


@_json_view("GET", "HEAD")
def health(_request: HttpRequest) -> dict[str, Any]:
    """GET /api/health: open to everyone; lists agents only where the network is this machine."""
    facts = network_facts(_agents_to_show(), time.monotonic() - STARTED_AT)
    return {"success": True, "status": "healthy", "data": facts}


@_json_view("POST")
def register(request: HttpRequest) -> dict[str, Any]:
    """POST /api/register: issue a secret."""
    body = read_object(request, conf.get().max_event_bytes)
    agent_id = valid_agent_id(body)
    refusal = access.refusal_to_register(access.current(), body.get("password_hash"))
    if refusal is not None:
        return _refusal(refusal)
    metadata = body.get("metadata")
    secret = NETWORK.registry.register(agent_id, metadata if isinstance(metadata, dict) else {})
    return {
        "success": True,
        "message": f"Registered as '{agent_id}'.",
        "agent_id": agent_id,
        "secret": secret,
        "network_id": NETWORK_ID,
        "network_name": NETWORK_NAME,
        "assigned_group": None,
    }


@_json_view("POST")
def unregister(request: HttpRequest) -> dict[str, Any]:
    """POST /api/unregister: forget the secret. The mail of the agent stays."""
    body = read_object(request, conf.get().max_event_bytes)
    secret = body.get("secret")
    secret = secret if isinstance(secret, str) else ""
    caller = caller_of(NETWORK, valid_agent_id(body), secret)
    refusal = _refusal_to_collect(caller)
    if refusal is not None:
        return _refusal(refusal)
    agent_id = caller.agent_id
    NETWORK.registry.unregister(agent_id, secret)
    if NETWORK.registry.standing(agent_id, "") is Standing.UNKNOWN:
        NETWORK.board.desert(agent_id)
    return {"success": True, "message": f"Unregistered '{agent_id}'.", "agent_id": agent_id}


@_json_view("GET")
def poll(request: HttpRequest) -> dict[str, Any]:
    """GET /api/poll: hand out the mail of an agent."""
    agent_id = valid_agent_id({"agent_id": request.GET.get("agent_id")})
    caller = caller_of(NETWORK, agent_id, request.GET.get("secret", ""))
    refusal = _refusal_to_collect(caller)
    if refusal is not None:
        return {**_refusal(refusal), "messages": [], "agent_id": agent_id}
    messages = NETWORK.mailbox.take(caller.agent_id)
    return {"success": True, "messages": messages, "agent_id": agent_id}


@_json_view("POST")
def send_event(request: HttpRequest) -> dict[str, Any]:
    """POST /api/send_event: everything an agent has to say."""
    body = read_object(request, conf.get().max_event_bytes)
    return dispatch(NETWORK, parse_event(body)).as_json()


def _agents_to_show() -> list[KnownAgent]:
    if access.current().is_open:
        return []
    try:
        return NETWORK.registry.known_agents(MAX_AGENTS_IN_HEALTH)
    except DatabaseError as error:
        logger.error("The health check cannot list agents: %s", error)
        return []


def _refusal_to_collect(caller: Caller) -> str | None:
    return access.refusal_to_collect(access.current(), caller.standing, caller.agent_id)


def _refusal(message: str) -> dict[str, Any]:
    return {"success": False, "message": message, "error_message": message}


def _reason(error: OSError | DatabaseError) -> str:
    """What the system or the database says, without the paths of this machine."""
    said = error.strerror if isinstance(error, OSError) else str(error)
    return (said or "no reason was given").rstrip(".")


def _wrong_method(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    allowed = ", ".join(methods)
    sentence = f"{request.method} {request.path} is not served; expected {allowed}."
    return _failure(405, sentence, Allow=allowed)


def _failure(status: int, sentence: str, **headers: str) -> HttpResponse:
    return _respond(status, {"success": False, "error": sentence}, **headers)


def _respond(status: int, body: dict[str, Any], **headers: str) -> HttpResponse:
    return HttpResponse(codec.dumps(body), content_type=JSON_TYPE, status=status, headers=headers)
