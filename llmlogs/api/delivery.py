"""`/api/agents/delivery`: what became of the entries of each agent, as the page shows it."""

import logging
import time
from dataclasses import asdict

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from agents_sdk.codec import dumps
from llmlogs import conf
from llmlogs.api import schemas
from llmlogs.api.docs import documented
from llmlogs.forms import FILTER_PARAMETERS, parse_filter
from llmlogs.problems import problem
from llmlogs.queries.delivery import AgentReport, agent_reports

logger = logging.getLogger(__name__)

router = Router()


class AgentDelivery(Schema):
    """The sum over an agent's processes; times in Unix seconds."""

    agent_id: str
    processes: int
    written: int = Field(description="On the disk of the agent's machine")
    delivered: int = Field(description="Acknowledged by the Studio, or written into its folder")
    waiting: int = Field(description="Not yet delivered")
    dropped_entries: int = Field(description="Lost, all reasons together")
    dropped: dict[str, int] = Field(description="Reasons with their counts")
    lost_at: float | None = Field(None, description="The last loss, null if there was none")
    reported_at: float


class AgentDeliveries(Schema):
    agents: list[AgentDelivery]


@router.get(
    "/agents/delivery",
    operation_id="list_deliveries",
    summary="What became of the entries of each agent",
    description="Agents that report over HTTP tell it about once a minute, others only after a "
    "loss. The latest loss comes first.",
    response={200: AgentDeliveries, 400: schemas.Problem, 503: schemas.Problem},
    openapi_extra=documented(FILTER_PARAMETERS[:1]),
)
def list_deliveries(request: HttpRequest) -> HttpResponse:
    settings, wanted = conf.get(), parse_filter(request.GET).agent_ids
    since = time.time() - settings.retention_seconds
    try:
        reports = agent_reports(settings.workspace, since=since, agent_ids=wanted)
    except DatabaseError as error:
        logger.error("The receipts of agents cannot be read: %s", error)
        return problem(503, "The receipts of agents cannot be read just now; try again.")
    body = dumps({"agents": [_as_json(report) for report in reports]})
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(body, content_type="application/json", headers=headers)


def _as_json(report: AgentReport) -> dict[str, object]:
    fields = asdict(report)
    return {**fields, "dropped_entries": report.dropped_entries, "dropped": dict(report.dropped)}
