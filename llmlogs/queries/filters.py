"""The one filter: what it selects is the same for API, pages, feed, analytics and export.

In: a `LogFilter` and the entries of the index. Out: a narrower queryset. `search` is not applied
here but in `llmlogs.queries.search`, since it has plans to choose from.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, Q, QuerySet

from llmlogs import conf, searchtext
from llmlogs.indexdb.keys import text_key
from llmlogs.models import Agent, IndexedEntry, ModelName, Provider
from llmlogs.models.index import MAX_NAME_CHARS

PROVIDER_ALIASES = (
    frozenset({"anthropic", "claude"}),
    frozenset({"google", "gemini"}),
    frozenset({"xai", "grok"}),
    frozenset({"aws", "bedrock"}),
)
"""Names of one provider; each of them finds the entries of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """What a reader asked for; every condition must hold. Times are Unix seconds, inclusive."""

    agent_ids: tuple[str, ...] = ()
    """Any of these agents; empty for all."""
    model: str | None = None
    provider: str | None = None
    """The name as stored, or an alias of it."""
    since: float | None = None
    until: float | None = None
    has_error: bool | None = None
    search: str = ""
    """Substring of the readable text, compared after `searchtext.fold`."""
    min_latency_ms: float | None = None
    session_id: str | None = None

    @property
    def folded_search(self) -> str:
        return searchtext.fold(self.search)

    def apply(
        self, entries: QuerySet[IndexedEntry], *, oldest_at: float, is_narrowed: bool = False
    ) -> QuerySet[IndexedEntry]:
        """The entries that satisfy everything but `search`, none older than `oldest_at`.

        `is_narrowed` says that the queryset selects by id already: then no index is to be used for
        the conditions added here.
        """
        return self._restrict(entries, oldest_at, self._indexed_condition(is_narrowed))

    def _indexed_condition(self, is_narrowed: bool) -> str:
        """The condition whose index is used, "timestamp" for the one that covers them all.

        SQLite knows no frequencies here and would take any index that fits. An index of one
        condition serves if it is the only one; else walking `entry_facts` (10 ms for 100,000
        entries, less where it may stop early) beats looking up thousands of rows one by one.
        """
        if is_narrowed:
            return ""
        if self.session_id is not None:
            return "session_key"
        conditions = {
            "agent_ref": bool(self.agent_ids),
            "model_ref": self.model is not None,
            "provider_ref": self.provider is not None,
            "has_error": self.has_error is not None,
            "latency_ms": self.min_latency_ms is not None,
        }
        present = [name for name, is_given in conditions.items() if is_given]
        has_own = len(present) == 1 and present[0] in _OWN_INDEX and len(self.agent_ids) < 2
        return present[0] if has_own else "timestamp"

    def _restrict(
        self, entries: QuerySet[IndexedEntry], oldest_at: float, indexed: str
    ) -> QuerySet[IndexedEntry]:
        conditions = self._conditions(oldest_at)
        for field, lookup, value in conditions:
            if field == indexed or (field == "timestamp" and indexed):
                entries = entries.filter(**{f"{field}{lookup}": value})
            else:
                name = f"plain_{field}"
                entries = entries.alias(**{name: Unindexed(F(field))})
                entries = entries.filter(**{f"{name}{lookup}": value})
        return entries

    def _conditions(self, oldest_at: float) -> list[tuple[str, str, Any]]:
        since = oldest_at if self.since is None else max(self.since, oldest_at)
        conditions: list[tuple[str, str, Any]] = [("timestamp", "__gte", since)]
        if self.until is not None:
            conditions.append(("timestamp", "__lte", self.until))
        if self.agent_ids:
            conditions.append(_one_of("agent_ref", _refs(Agent, self.agent_ids)))
        if self.model is not None:
            conditions.append(_one_of("model_ref", _refs(ModelName, [self.model])))
        if self.provider is not None:
            names = provider_names(self.provider)
            conditions.append(_one_of("provider_ref", _refs(Provider, names)))
        if self.has_error is not None:
            conditions.append(("has_error", "", self.has_error))
        if self.min_latency_ms is not None:
            conditions.append(("latency_ms", "__gte", self.min_latency_ms))
        if self.session_id is not None:
            conditions.append(("session_key", "", text_key(self.session_id)))
        return conditions


_OWN_INDEX = frozenset({"agent_ref", "model_ref"})


class Unindexed(Func):
    """A column behind a unary plus, so that SQLite chooses no index for its condition."""

    template = "+%(expressions)s"
    arity = 1


def provider_names(name: str) -> frozenset[str]:
    """The name and its aliases."""
    for names in PROVIDER_ALIASES:
        if name in names:
            return names
    return frozenset({name})


def oldest_kept(now: float | None) -> float:
    """Time before which nothing is shown: retention counts from `now` (None: the clock)."""
    return (time.time() if now is None else now) - conf.get().retention_seconds


def _refs(table: type[Agent] | type[ModelName] | type[Provider], names: Any) -> list[int]:
    """A name is meant as it was logged, or, if it is very long, as it was cut to be shown."""
    is_named = Q(key__in=[text_key(name) for name in names])
    if any(len(name) == MAX_NAME_CHARS for name in names):
        is_named |= Q(name__in=names)
    return list(table.objects.filter(is_named).values_list("id", flat=True))


def _one_of(field: str, refs: list[int]) -> tuple[str, str, Any]:
    return (field, "", refs[0]) if len(refs) == 1 else (field, "__in", refs)
