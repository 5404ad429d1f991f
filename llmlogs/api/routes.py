"""The routes of the API under `/api`, but for the stream (`llmlogs.live`) and the network's own.

Views ask `llmlogs.queries` and return bytes. Parameters are read by `llmlogs.forms` and not by
Ninja, so that API, pages and feed understand the same query string in the same way; the OpenAPI
document is made from the same table.
"""

from collections.abc import Sequence
from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI

from agents_sdk.codec import dumps
from llmlogs.address import has_encoded_slash, raw_path_after, splits
from llmlogs.api import delivery, schemas
from llmlogs.api.answers import list_answer
from llmlogs.api.docs import PlainDocs, documented
from llmlogs.api.errors import NOT_FOUND, add_handlers
from llmlogs.forms import (
    FILTER_PARAMETERS,
    PAGING_PARAMETERS,
    parse_filter,
    parse_paging,
)
from llmlogs.problems import problem
from llmlogs.queries import analytics
from llmlogs.queries.entries import EntrySummary, entry_json, find_entry

AGENT_ROUTE = "/agents/service/"
LIST_END = "/llm-logs"
SEPARATOR = "/llm-logs/"

api = NinjaAPI(
    title="LLM Logs",
    version="1",
    description="Every call that agents made to a model, as it was logged.",
    docs=PlainDocs(),
    urls_namespace="llmlogs-api",
)
add_handlers(api)
api.add_router("", delivery.router)


LIST_ERRORS = {410: schemas.Problem, 400: schemas.Problem, 503: schemas.Problem}
ENTRY_ERRORS = {404: schemas.Problem, 503: schemas.Problem}
COUNT_ERRORS = {400: schemas.Problem, 503: schemas.Problem}
EVERY_PARAMETER = documented((*FILTER_PARAMETERS, *PAGING_PARAMETERS))
FILTER_ONLY = documented(FILTER_PARAMETERS)
OF_ONE_AGENT = documented((*FILTER_PARAMETERS[1:], *PAGING_PARAMETERS))
WHICH_AGENT = documented(FILTER_PARAMETERS[:1])


@api.get(
    "/agents/service/{anytext:agent_id}/llm-logs",
    operation_id="list_agent_calls",
    summary="The calls of one agent, newest first",
    description="`view` is `full` unless asked otherwise. An unknown agent has an empty list.",
    response={200: schemas.AgentEntryList, **LIST_ERRORS},
    openapi_extra=OF_ONE_AGENT,
)
def list_agent_calls(request: HttpRequest, agent_id: str) -> HttpResponse:
    # An entry whose id ends like this route is asked for under the same address.
    entry = _entry_at(request, f"{agent_id}{LIST_END}")
    if entry is not None:
        return _whole(entry)
    raw = raw_path_after(request, AGENT_ROUTE) or ""
    if has_encoded_slash(raw) and not raw.endswith(LIST_END):
        raise Http404(NOT_FOUND)
    paging = parse_paging(request.GET, default_view="full")
    log_filter = parse_filter(request.GET, agent_ids=(agent_id,))
    return _json(list_answer(log_filter, paging, agent_id=agent_id))


@api.get(
    "/agents/service/{anytext:agent_id}/llm-logs/{anytext:log_id}",
    operation_id="get_agent_call",
    summary="One call of one agent, as stored",
    response={200: schemas.Entry, **ENTRY_ERRORS},
)
def get_agent_call(request: HttpRequest, agent_id: str, log_id: str) -> HttpResponse:
    entry = _entry_at(request, f"{agent_id}{SEPARATOR}{log_id}")
    if entry is None:
        raise Http404(NOT_FOUND)
    return _whole(entry)


@api.get(
    "/llm-logs",
    operation_id="list_calls",
    summary="The calls of all agents, newest first",
    description="`view` is `summary` unless asked otherwise.",
    response={200: schemas.EntryList, **LIST_ERRORS},
    openapi_extra=EVERY_PARAMETER,
)
def list_calls(request: HttpRequest) -> HttpResponse:
    paging = parse_paging(request.GET, default_view="summary")
    return _json(list_answer(parse_filter(request.GET), paging))


@api.get(
    "/llm-logs/stats",
    operation_id="get_totals",
    summary="What the calls of a filter sum up to",
    response={200: schemas.Totals, **COUNT_ERRORS},
    openapi_extra=FILTER_ONLY,
)
def get_totals(request: HttpRequest) -> HttpResponse:
    return _json(dumps(asdict(analytics.totals(parse_filter(request.GET)))))


@api.get(
    "/llm-logs/agents",
    operation_id="count_by_agent",
    summary="The agents, with their counts",
    response={200: schemas.AgentCounts, **COUNT_ERRORS},
    openapi_extra=FILTER_ONLY,
)
def count_by_agent(request: HttpRequest) -> HttpResponse:
    return _named("agents", analytics.agents(parse_filter(request.GET)))


@api.get(
    "/llm-logs/models",
    operation_id="count_by_model",
    summary="The models, with their counts",
    response={200: schemas.ModelCounts, **COUNT_ERRORS},
    openapi_extra=FILTER_ONLY,
)
def count_by_model(request: HttpRequest) -> HttpResponse:
    return _named("models", analytics.models(parse_filter(request.GET)))


@api.get(
    "/llm-logs/stream",
    operation_id="stream_calls",
    summary="Calls as they arrive, as server-sent events",
    description="The data of an event is `{logs: […]}`, entries as `view=summary` lists them, "
    "`late` if younger ones came before. `Last-Event-ID` goes on where a reader stopped. The event "
    "`gap` says that entries were left out, `reset` that the index was replaced.",
    response={400: schemas.Problem, 503: schemas.Problem},
    openapi_extra={
        **FILTER_ONLY,
        "responses": {200: {"description": "OK", "content": {"text/event-stream": {}}}},
    },
)
def stream(request: HttpRequest) -> HttpResponse:
    # Described here, served by `llmlogs.live`, whose routes come before these.
    raise Http404("The live feed is not served here; expected its own route before this one.")


@api.get("/llm-logs/export", include_in_schema=False)
def export(request: HttpRequest) -> HttpResponse:
    raise Http404("There is no export yet; expected one of the routes that /api/docs lists.")


@api.get(
    "/llm-logs/{anytext:log_id}",
    operation_id="get_call",
    summary="One call by its id, as stored",
    description="409 if several agents have an entry of this id and no `agent_id` is given.",
    response={200: schemas.Entry, 409: schemas.AmbiguousId, **ENTRY_ERRORS},
    openapi_extra=WHICH_AGENT,
)
def get_call(request: HttpRequest, log_id: str) -> HttpResponse:
    found = _with_id(log_id, parse_filter(request.GET).agent_ids)
    if not found:
        raise Http404(NOT_FOUND)
    if len(found) == 1:
        return _whole(found[0])
    agents = sorted(entry.agent_id for entry in found)
    return problem(
        409,
        f"{len(agents)} agents have a log entry with this id; expected one of them as agent_id.",
        agents=agents,
    )


def _with_id(log_id: str, agent_ids: Sequence[str]) -> list[EntrySummary]:
    if not agent_ids:
        return list(find_entry(log_id))
    return [entry for agent_id in agent_ids for entry in find_entry(log_id, agent_id)]


def _entry_at(request: HttpRequest, rest: str) -> EntrySummary | None:
    """The entry that `{agent_id}/llm-logs/{log_id}` names, wherever it has to be cut."""
    for agent_id, log_id in splits(rest, raw_path_after(request, AGENT_ROUTE), SEPARATOR):
        for entry in find_entry(log_id, agent_id):
            return entry
    return None


def _whole(entry: EntrySummary) -> HttpResponse:
    body = entry_json(entry.sequence)
    if body is None:
        raise Http404(NOT_FOUND)
    return _json(body)


def _named(key: str, counts: Sequence[analytics.NamedCount]) -> HttpResponse:
    return _json(dumps({key: [asdict(named) for named in counts]}))


def _json(body: bytes) -> HttpResponse:
    return HttpResponse(
        body, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
