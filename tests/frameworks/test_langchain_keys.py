"""Keys to other systems that a model of LangChain is made with: patched, and with our callback."""

from typing import Any

import pytest

from agents_sdk import uninstrument
from agents_sdk.testing import CapturingLogger, ModelServer
from tests.frameworks.calls import QUESTION

langchain_openai = pytest.importorskip(
    "langchain_openai", reason="langchain-openai is not installed"
)
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=["patched", "callback"])
def config(request: pytest.FixtureRequest, recorded: CapturingLogger) -> Any:
    from agents_sdk.instrumentation.langchain import CallbackHandler

    if request.param == "patched":
        return {}
    uninstrument()
    return {"callbacks": [CallbackHandler(recorded)]}


def test_keys_of_a_call_are_not_recorded(
    recorded: CapturingLogger, config: Any, model_server: ModelServer
) -> None:
    chat = langchain_openai.ChatOpenAI(
        model="gpt-4o",
        base_url=model_server.openai_url,
        api_key="SECRET",
        temperature=0.5,
        default_headers={"X-Tenant": "SECRET"},
        default_query={"key": "SECRET"},
        extra_body={"db_password": "SECRET", "server": "https://me:SECRET@host/?key=SECRET"},
        model_kwargs={"extra_headers": {"X-Key": "SECRET"}, "extra_query": {"sig": "SECRET"}},
    )
    chat.invoke(QUESTION, config=config)
    (entry,) = recorded.entries
    assert "SECRET" not in str(entry)
    assert entry["request"]["temperature"] == 0.5
    assert "https://[removed]@host/?key=[removed]" in str(entry["request"])
