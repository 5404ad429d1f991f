"""An entry as lists and the live feed show it in JSON.

In comes a summary of `llmlogs.queries` (and, for the full view, the whole entry), out goes the dict
that is about to be written: the stored keys as they are, the 14 keys of the contract in any case,
`has_tool_calls`, `preview`, and two numbers that scripts may add and compare without asking.
"""

from typing import Any

from agents_sdk.entry import KEYS
from llmlogs.queries.entries import EntrySummary

LEFT_OUT_OF_SUMMARY = frozenset(("messages", "tools", "completion"))


def summary_item(summary: EntrySummary) -> dict[str, Any]:
    """An entry without messages, tools and completion."""
    item = _with_every_key(summary, summary.fields)
    for key in LEFT_OUT_OF_SUMMARY:
        del item[key]
    return item


def full_item(summary: EntrySummary, entry: dict[str, Any]) -> dict[str, Any]:
    """A whole entry in a list; `entry` is what is stored."""
    return _with_every_key(summary, entry)


def _with_every_key(summary: EntrySummary, stored: dict[str, Any]) -> dict[str, Any]:
    item = dict.fromkeys(KEYS) | stored
    # What is stored is served; only a line without usable ids shows those it was given.
    for key, given in (("log_id", summary.log_id), ("agent_id", summary.agent_id)):
        if not (isinstance(item[key], str) and item[key]):
            item[key] = given
    item["total_tokens"] = summary.total_tokens
    item["latency_ms"] = summary.latency_ms
    item["has_tool_calls"] = summary.has_tool_calls
    item["preview"] = summary.preview
    return item
