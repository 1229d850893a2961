"""A query -> one SQL condition over conversations, and hits with a snippet. Every word is tested per conversation.

Mail is found in search.db; what is not indexed yet, notes and tags are looked through in store.db.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from triage.store import bodies, rows
from triage.store.companions import attach_search, spaced
from triage.store.database import Store
from triage.store.query import All, Either, Fact, Measure, Not, Query, Word, parse
from triage.store.views import LEVEL, instants

if TYPE_CHECKING:
    from triage.policy.staleness import Clock

__all__ = ["Hit", "Query", "matching", "parse", "search"]

_COLUMNS = {"from": "sender", "to": "recipients", "subject": "subject", "file": "files"}
_PLAIN = {
    "": "m.sender_name || ' ' || m.sender || ' ' || m.recipients || ' ' || m.subject",
    "from": "m.sender_name || ' ' || m.sender || "
    "' ' || coalesce(m.customer_name, '') || ' ' || coalesce(m.customer, '')",
    "to": "m.recipients",
    "subject": "m.subject",
    "file": "''",
}
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
_SNIPPET_CELLS = 120
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that matches, and the text around the first word found in it."""

    id: int
    snippet: str


def matching(store: Store, text: str, now: datetime, clock: Clock) -> tuple[str, dict[str, Any]]:
    """An SQL condition over `conversation c` with its parameters. Raises UsageError (see `query.parse`)."""
    query = parse(text)
    return _Condition(store, now, clock).of(query)


class _Condition:
    """Writes the condition; everything a person typed becomes a parameter."""

    def __init__(self, store: Store, now: datetime, clock: Clock) -> None:
        self.indexed = attach_search(store)
        self.now = now
        self.clock = clock
        self.parameters: dict[str, Any] = instants(now, clock)
        store.function("says", 3, says)

    def of(self, query: Query) -> tuple[str, dict[str, Any]]:
        return self._sql(query), self.parameters

    def _bind(self, value: object) -> str:
        name = f"q{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _sql(self, query: Query) -> str:
        if isinstance(query, Word):
            return self._word(query)
        if isinstance(query, Fact):
            return f"coalesce({self._fact(query)}, 0)"
        if isinstance(query, Measure):
            return f"coalesce({self._measure(query)}, 0)"
        if isinstance(query, Not):
            return f"not ({self._sql(query.part)})"
        joined = " or " if isinstance(query, Either) else " and "
        return "(" + (joined.join(f"({self._sql(part)})" for part in query.parts) or "1") + ")"

    def _word(self, word: Word) -> str:
        text, phrase = rows.clean(word.text), int(word.phrase)
        said = f"{self._bind(text)}, {phrase}"
        # Every condition here is made of constants; what a person typed is bound.
        tagged = f"select t.id from conversation t, json_each(t.tags) where t.tags <> '' and says(value, {said})"  # noqa: S608
        if word.field == "tag":
            return f"c.id in ({tagged})"

        found = []
        if self.indexed:
            match = self._bind(expression(word))
            hits = f"select rowid from search.words where words match {match}"  # noqa: S608
            found.append(f"select conversation from message where id in ({hits})")  # noqa: S608
        plain = "select m.conversation from message m where "
        if self.indexed:  # the rest has its words in the index
            plain = "select m.conversation from place p join message m on m.id = p.message where p.wanted = 1 and "
        found.append(f"{plain} says({_PLAIN[word.field]}, {said})")
        if not word.field:
            found += [f"select conversation from note where says(text, {said})", tagged]  # noqa: S608
        return f"c.id in ({' union all '.join(found)})"

    def _fact(self, fact: Fact) -> str:
        if fact.name in ("before", "after"):
            from triage.policy.when import parse_past

            at = rows.stamp(parse_past(fact.value, self.now, self.clock.hours.zone))
            row = self._bind(min(max(at // 1_000_000, 0), 1 << 42) * rows.ROWS_A_SECOND)
            sign = "<" if fact.name == "before" else ">="
            return f"c.id in (select conversation from message where id {sign} {row})"  # noqa: S608
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


def expression(word: Word) -> str:
    """A word as FTS5 reads it: always quoted, in its column, and a prefix unless it is a phrase."""
    quoted = '"' + spaced(rows.clean(word.text)).replace('"', '""') + '"'
    column = f"{_COLUMNS[word.field]} : " if word.field else ""
    return column + quoted + ("" if word.phrase else " *")


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    """Words as the index has them: lower case, without accents, scripts without spaces character by character."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", spaced(text))
        text = "".join(character for character in text if not unicodedata.combining(character))
    return f" {' '.join(_WORDS.findall(text.lower()))} "


def says(text: str | None, words: str, phrase: int) -> int:
    """Whether `text` holds these words one after another; the last may go on unless it is a phrase. For SQL."""
    if not text:
        return 0
    wanted = _normal(words)
    return int((wanted if phrase else wanted[:-1]) in _normal(text))


def search(store: Store, text: str, now: datetime, clock: Clock, limit: int) -> list[Hit]:
    """The conversations that match, those with the newest mail first, at most `limit`. Raises UsageError."""
    query = parse(text)
    condition, parameters = _Condition(store, now, clock).of(query)
    found = store.all(
        # The condition is made of constants and bound parameters.
        f"select c.id from conversation c where {condition} order by c.last_activity desc, c.id desc limit :limit",  # noqa: S608
        parameters | {"limit": limit},
    )
    words = [word for word in _said(query) if word.field in ("", "subject", "file")]
    return [Hit(row[0], _snippet(store, row[0], words)) for row in found]


def _said(query: Query) -> list[Word]:
    if isinstance(query, Word):
        return [query]
    if isinstance(query, All | Either):
        return [word for part in query.parts for word in _said(part)]
    return []


def _snippet(store: Store, id: int, words: list[Word]) -> str:
    """The text around the first word found: of the newest message that has it, of a note, else the subject."""
    thread, subject, note = store.all("select thread, subject, note from conversation where id = ?", (id,))[0]
    messages = [
        row[0]
        for row in store.all(
            "select id from message where thread = ? and conversation = ? order by id desc limit 50", (thread, id)
        )
    ]
    texts = bodies.bodies(store, messages)
    for word in words:
        for text in [*[texts[row].text for row in messages if row in texts], note or "", subject]:
            if (around := _around(text, word)) is not None:
                return around
    if messages and messages[0] in texts:
        return _cut(texts[messages[0]].new_text, 0)
    return str(subject)


def _around(text: str, word: Word) -> str | None:
    if not says(text, word.text, int(word.phrase)):
        return None
    parts = _WORDS.findall(_normal(word.text))
    folded = text.lower()
    place = folded.find(word.text.lower())
    if place < 0:  # spelt with other accents or signs between
        place = max(0, folded.find(parts[0]) if parts else 0)
    return _cut(text, place)


def _cut(text: str, place: int) -> str:
    start = max(0, place - _SNIPPET_CELLS // 3)
    piece = " ".join(text[start : start + _SNIPPET_CELLS].split())
    return ("..." if start else "") + piece + ("..." if start + _SNIPPET_CELLS < len(text) else "")
