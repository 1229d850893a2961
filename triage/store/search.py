"""A query -> the conversations that match, and hits with a snippet. Every word is tested per conversation.

A word becomes a set of conversations, what is known of a conversation an SQL condition. Mail is found in search.db; the
few messages that are in no index yet, notes and tags are looked through in store.db.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from triage.store import rows
from triage.store.database import Store
from triage.store.found import Found
from triage.store.query import All, Either, Fact, Measure, Not, Query, Word, parse
from triage.store.snippets import snippets
from triage.store.views import LEVEL, instants

if TYPE_CHECKING:
    from triage.policy.staleness import Clock

__all__ = ["Hit", "Match", "Query", "excerpts", "matching", "parse", "search", "search_ids"]

FEW = 1_000
"""So many conversations are looked up one by one; of more, those of a view are picked out in its order."""

_FLAGS = {
    "open": "c.status = 'open'",
    "pending": "c.status = 'pending'",
    "parked": "c.status = 'parked'",
    "closed": "c.status = 'closed' and c.history = 0",
    "spam": "c.status = 'spam'",
    "snoozed": "c.snoozed_until > :now",
    "waiting": "c.waiting_since is not null",
    "ours": "c.turn = 'ours'",
    "theirs": "c.turn = 'theirs'",
    "chased": "c.chases > 0",
    "bounced": "c.bounced = 1",
    "thanks": "c.thanks = 1",
    "new": "c.opened_arrival = 0 and c.history = 0",
    "machine": "c.machine = 1",
    "moved": "c.marks like '%\"moved elsewhere\"%'",
    "history": "c.history = 1",
    "partial": "c.partial = 1",
    "note": "c.noted > 0",
    "draft": "c.id in (select m.conversation from draft d join message m on m.key_hash = d.key_hash "
    "where d.state <> 'sent')",
    "attachment": "c.id in (select conversation from message where attachments > 0)",
    "promise": "c.promise_until is not null",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that matches, and the text around the first word found in it."""

    id: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a query asks for: an SQL condition over `conversation c`, and who has its words (None: it has no words)."""

    condition: str
    parameters: dict[str, Any]
    ids: set[int] | None

    def list(self, store: Store, source: str, where: str, order: str) -> list[int]:
        """The conversations of `source` that match, in `order`; all three are constants of views.py."""
        if self.ids is None or len(self.ids) > FEW:
            ordered = f"select c.id from {source} where ({where}) and ({self.condition}) order by {order}"  # noqa: S608
            here = _ids(store, f"select json_group_array(id) from ({ordered})", self.parameters)  # noqa: S608
            return here if self.ids is None else [id for id in here if id in self.ids]
        # What a person typed is bound; the ids lead to the rows, for the condition may need all of a row.
        ordered = (
            "select c.id from json_each(:ids) f cross join conversation c on c.id = f.value "  # noqa: S608
            f"where ({where}) and ({self.condition}) order by {order}"
        )
        return _ids(
            store,
            f"select json_group_array(id) from ({ordered})",  # noqa: S608
            self.parameters | {"ids": rows.numbers(self.ids)},
        )


def _ids(store: Store, sql: str, parameters: dict[str, Any]) -> list[int]:
    ids: list[int] = json.loads(store.value(sql, parameters))
    return ids


def matching(store: Store, text: str, now: datetime, clock: Clock) -> Match:
    """The query as a match. Raises UsageError (see `query.parse`)."""
    return _Look(store, now, clock).match(parse(text))


class _Look:
    """Answers a query; everything a person typed becomes a parameter."""

    def __init__(self, store: Store, now: datetime, clock: Clock) -> None:
        self.store = store
        self.now = now
        self.clock = clock
        self.parameters: dict[str, Any] = instants(now, clock)
        self.found = Found(store)

    def match(self, query: Query) -> Match:
        for fact in _dates(query):
            self._edge(fact)  # a date that is none is an error, whatever else the query finds
        parts = query.parts if isinstance(query, All) else (query,)
        known = " and ".join(f"({self._sql(part)})" for part in parts if not _said(part))
        ids: set[int] | None = None
        for part in sorted((part for part in parts if _said(part)), key=_rarest):
            if isinstance(part, Not):
                ids = (self._everything() if ids is None else ids) - self._set(part.part)
            else:
                ids = self._set(part) if ids is None else ids & self._set(part)
            if not ids:
                break
        return Match(known or "1", self.parameters, ids)

    def _everything(self) -> set[int]:
        return set(_ids(self.store, "select json_group_array(id) from conversation", {}))

    def _set(self, query: Query) -> set[int]:
        """The conversations that match a part of a query."""
        if not _said(query):
            listed = f"select json_group_array(c.id) from conversation c where {self._sql(query)}"  # noqa: S608
            return set(_ids(self.store, listed, self.parameters))
        if isinstance(query, Word):
            return self.found.word(query)
        if isinstance(query, Fact):
            return self.found.dated(self._edge(query), before=query.name == "before")
        if isinstance(query, Not):
            return self._everything() - self._set(query.part)
        if isinstance(query, Either):
            return set().union(*map(self._set, query.parts))
        if isinstance(query, All):
            return set.intersection(*map(self._set, query.parts))
        return set()

    def _edge(self, fact: Fact) -> int:
        """The first message row of the date that a before: or after: names."""
        from triage.policy.when import parse_past

        at = rows.stamp(parse_past(fact.value, self.now, self.clock.hours.zone))
        return min(max(at // 1_000_000, 0), 1 << 42) * rows.ROWS_A_SECOND

    def _bind(self, value: object) -> str:
        name = f"q{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _sql(self, query: Query) -> str:
        """A part that has no words as a condition. It is made of constants; what a person typed is bound."""
        if isinstance(query, Fact):
            return f"coalesce({self._fact(query)}, 0)"
        if isinstance(query, Measure):
            return f"coalesce({self._measure(query)}, 0)"
        if isinstance(query, Not):
            return f"not ({self._sql(query.part)})"
        if isinstance(query, All | Either):
            joined = " or " if isinstance(query, Either) else " and "
            return "(" + (joined.join(f"({self._sql(part)})" for part in query.parts) or "1") + ")"
        return "0"

    def _fact(self, fact: Fact) -> str:
        if fact.value in ("fresh", "aging", "stale", "moldy"):
            return f"({LEVEL}) = {self._bind(fact.value)}"
        return _FLAGS[fact.value]

    def _measure(self, measure: Measure) -> str:
        if measure.name == "reopened":
            return f"c.reopens {measure.sign} {self._bind(int(measure.value))}"
        from triage.policy.when import parse_span

        cut = parse_span(measure.value).before(self.now, self.clock.hours)
        column = "c.waiting_since" if measure.name == "waiting" else "c.quiet_since"
        # Longer than is earlier than.
        sign = {">": "<", ">=": "<=", "<": ">", "<=": ">="}[measure.sign]
        return f"{column} {sign} {self._bind(rows.stamp(cut))}"


def _dates(query: Query) -> list[Fact]:
    if isinstance(query, Fact):
        return [query] if query.name in ("before", "after") else []
    if isinstance(query, Not):
        return _dates(query.part)
    if isinstance(query, All | Either):
        return [fact for part in query.parts for fact in _dates(part)]
    return []


def _said(query: Query) -> bool:
    """Whether a query asks for something that messages, notes or tags have, and not the conversation as a row."""
    if isinstance(query, Not):
        return _said(query.part)
    if isinstance(query, All | Either):
        return any(map(_said, query.parts))
    return isinstance(query, Word) or bool(_dates(query))


def _rarest(part: Query) -> tuple[bool, int]:
    """What to look up first: long words are rare, and where nothing is left the others need no look."""
    return isinstance(part, Not), -len(part.text) if isinstance(part, Word) else 0


def search(store: Store, text: str, now: datetime, clock: Clock, limit: int) -> list[Hit]:
    """The conversations that match, those with the newest mail first, at most `limit`. Raises UsageError."""
    ids = search_ids(store, text, now, clock, limit)
    return [Hit(id, around) for id, around in zip(ids, excerpts(store, text, ids), strict=True)]


def search_ids(store: Store, text: str, now: datetime, clock: Clock, limit: int) -> list[int]:
    """The conversations of `search` without their snippets, which cost as much again for 200 of them."""
    match = matching(store, text, now, clock)
    return match.list(store, "conversation c", "1", "c.last_activity desc, c.id desc")[:limit]


def excerpts(store: Store, text: str, ids: Sequence[int]) -> list[str]:
    """The snippets that belong to these hits of the query `text`."""
    words = [word for word in _words(parse(text)) if word.field in ("", "subject", "file")]
    return list(snippets(store, ids, words))


def _words(query: Query) -> list[Word]:
    if isinstance(query, Word):
        return [query]
    if isinstance(query, All | Either):
        return [word for part in query.parts for word in _words(part)]
    return []
