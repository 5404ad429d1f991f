"""`/api/docs`: the OpenAPI document as a plain page of ours.

Ninja's own pages load scripts from elsewhere or write them into the page, and neither passes the
content-security policy. This one needs no script at all; tools read `/api/openapi.json`.
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from llmlogs.forms import Parameter


class PlainDocs(DocsBase):
    """Renders the operations with parameters, answers and an example to copy."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        context = {
            "title": api.title,
            "schema_url": self.get_openapi_url(api, kwargs),
            "operations": operations(api.get_openapi_schema()),
            "address": request.build_absolute_uri("/").rstrip("/"),
        }
        return render(request, "llmlogs/api_docs.html", context)


def documented(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Parameters of the query string, as OpenAPI describes them."""
    return {
        "parameters": [
            {
                "in": "query",
                "name": parameter.name,
                "required": False,
                "description": parameter.meaning,
                "schema": dict(parameter.schema),
            }
            for parameter in parameters
        ]
    }


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation of a document, flat and in its order."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "description": _plain(operation),
            "parameters": [
                {**parameter, "description": _plain(parameter)}
                for parameter in operation.get("parameters", ())
            ],
            "responses": [
                (status, answer["description"], _schema_name(answer))
                for status, answer in sorted(operation["responses"].items())
            ],
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def _plain(described: dict[str, Any]) -> str:
    """A description without its Markdown, which is nothing but code marks."""
    return str(described.get("description", "")).replace("`", "")


def _schema_name(answer: dict[str, Any]) -> str:
    """The name of the schema an answer refers to, or nothing."""
    for content in answer.get("content", {}).values():
        return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    return ""
