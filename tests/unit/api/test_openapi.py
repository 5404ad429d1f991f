"""The OpenAPI document in the repository is the one the API serves."""

import json
from pathlib import Path
from typing import Any

import pytest

from llmlogs.api.docs import operations
from llmlogs.api.routes import api
from llmlogs.forms import FILTER_PARAMETERS, PAGING_PARAMETERS

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(json.loads(json.dumps(api.get_openapi_schema())))


def test_the_document_in_the_repository_is_up_to_date(schema: dict[str, Any]) -> None:
    written = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    assert COMMITTED.read_text(encoding="utf-8") == written, (
        "The API changed; write the new document and look at the difference: "
        "curl -s http://localhost:8700/api/openapi.json"
        " | python -m json.tool --indent 2 --no-ensure-ascii > docs/openapi.json"
    )


def test_every_route_of_the_contract_is_in_it(schema: dict[str, Any]) -> None:
    assert set(schema["paths"]) == {
        "/api/agents/service/{agent_id}/llm-logs",
        "/api/agents/service/{agent_id}/llm-logs/{log_id}",
        "/api/llm-logs",
        "/api/llm-logs/{log_id}",
        "/api/llm-logs/stats",
        "/api/llm-logs/agents",
        "/api/llm-logs/models",
        "/api/llm-logs/stream",
        "/api/agents/delivery",
    }


def test_a_list_documents_every_parameter_it_reads(schema: dict[str, Any]) -> None:
    documented = schema["paths"]["/api/llm-logs"]["get"]["parameters"]
    assert [parameter["name"] for parameter in documented] == [
        parameter.name for parameter in (*FILTER_PARAMETERS, *PAGING_PARAMETERS)
    ]


def test_the_page_lists_each_operation_once(schema: dict[str, Any]) -> None:
    listed = [(operation["method"], operation["path"]) for operation in operations(schema)]
    assert len(listed) == len(set(listed)) == 9
