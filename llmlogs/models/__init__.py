"""The tables, by database: `index` is disposable and read-only here, `studio` is kept."""

from llmlogs.models.index import (
    Agent,
    EntryBody,
    IndexedEntry,
    IndexState,
    LogFile,
    LongText,
    Message,
    ModelName,
    PromptNode,
    Provider,
    RejectedLine,
    RepeatedLine,
)
from llmlogs.models.studio import AgentDelivery, AgentRegistration, MailboxItem

INDEX_TABLES = (
    IndexState,
    LogFile,
    RejectedLine,
    RepeatedLine,
    Agent,
    ModelName,
    Provider,
    Message,
    LongText,
    PromptNode,
    IndexedEntry,
    EntryBody,
)

__all__ = [
    "INDEX_TABLES",
    "Agent",
    "AgentDelivery",
    "AgentRegistration",
    "EntryBody",
    "IndexState",
    "IndexedEntry",
    "LogFile",
    "LongText",
    "MailboxItem",
    "Message",
    "ModelName",
    "PromptNode",
    "Provider",
    "RejectedLine",
    "RepeatedLine",
]
