"""Clients of providers, as users make them, at the model server of the test."""

from typing import Any

import pytest

from agents_sdk.testing import ModelServer
from tests.clients import provider_clients
from tests.model_fixtures import model_server, recorded

__all__ = ["model_server", "recorded"]


@pytest.fixture
def claude(model_server: ModelServer) -> Any:
    anthropic = pytest.importorskip("anthropic", reason="anthropic is not installed")
    with anthropic.Anthropic(base_url=model_server.url, api_key="key", max_retries=0) as client:
        yield client


@pytest.fixture
def boto(model_server: ModelServer) -> Any:
    pytest.importorskip("boto3", reason="boto3 is not installed")
    client = provider_clients._boto(model_server)
    yield client
    client.close()


@pytest.fixture
async def gemini(model_server: ModelServer) -> Any:
    pytest.importorskip("google.genai", reason="google-genai is not installed")
    client = provider_clients._genai(model_server)
    yield client
    await provider_clients.close(client)
