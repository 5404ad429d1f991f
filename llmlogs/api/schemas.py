"""What answers look like, for the OpenAPI document only.

Entries are written from stored bytes, never through these classes: an entry may have a value of any
type under any key, and 500 of them have to be fast.
"""

from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict


class Entry(Schema):
    """A stored entry. Further keys are served as they are; any value may be of another type."""

    model_config = ConfigDict(extra="allow")

    log_id: str
    agent_id: str
    timestamp: float | None = Field(None, description="Unix seconds")
    model_name: str | None = None
    provider: str | None = None
    messages: list[Any] | None = None
    tools: list[Any] | None = None
    completion: str | list[Any] | None = Field(
        None, description="A text; a list of parts where there is more than text"
    )
    tool_calls: list[Any] | None = None
    latency_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    error: str | None = None


class ListedEntry(Entry):
    """An entry in a list: with `view=summary` without messages, tools and completion."""

    latency_ms: float = Field(description="0 if unknown")
    total_tokens: int = Field(description="reported, else input + output, else 0")
    has_tool_calls: bool
    preview: str = Field(description="The first 100 characters of the newest message")


class EntryList(Schema):
    logs: list[ListedEntry]
    total_count: int = Field(description="Exactly how many entries the filter has")
    has_more: bool
    next_cursor: str | None = None


class AgentEntryList(EntryList):
    agent_id: str


class Totals(Schema):
    """What the calls of a filter sum up to; null is unknown."""

    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    total_tokens: int
    latency_average_ms: float | None = None
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    latency_p99_ms: float | None = None
    first_timestamp: float | None = None
    last_timestamp: float | None = None


class NamedCount(Schema):
    name: str
    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    total_tokens: int
    last_timestamp: float | None = None


class AgentCounts(Schema):
    agents: list[NamedCount]


class ModelCounts(Schema):
    models: list[NamedCount]


class Problem(Schema):
    """Every answer of status 400 and above."""

    success: bool = Field(examples=[False])
    error: str = Field(description="What happened, with the value; what was expected")
    fields: dict[str, str] | None = Field(None, description="A sentence for each wrong parameter")


class AmbiguousId(Problem):
    agents: list[str] = Field(description="The agents that have an entry with this id")
