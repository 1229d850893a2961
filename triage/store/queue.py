"""Reads for lists, counts and one conversation. Each returns at once and leaves nothing open."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from triage.errors import TriageError
from triage.model import Action, Body, Conversation, Entry, EntryKind, Level, Message, Reason, View
from triage.policy.timeline import timeline as timeline_of
from triage.store import bodies
from triage.store import rows as columns
from triage.store.database import Store
from triage.store.refold import Folder, Member
from triage.store.views import LEVEL, LEVEL_OF_WAITS, VIEWS, WAITS, Band, instants

if TYPE_CHECKING:
    from triage.policy.staleness import Clock

ROWS = """
select c.id, c.key, c.subject, c.customer_name, c.customer_address, c.status, c.turn, c.waiting_since, c.quiet_since,
    c.asked, c.messages, c.chapter, c.reopens, c.chases, c.rounds, c.snoozes, c.snoozed_until, c.hold, c.curtain_dot,
    c.promise_until, c.promise, c.parked_at, c.parked_reason, c.closed_at, c.away_until, c.tags, c.noted, c.note,
    c.last_activity, c.last_customer_at, c.last_ours_at, c.opened_by_person, c.thanks, c.machine, c.junk_check,
    c.history, c.partial, c.marks, c.customers, c.samples, c.arrival, c.customer_arrival > c.opened_arrival,
    c.status in ('open', 'pending') and exists (
        select 1 from conversation o where o.customer_address = c.customer_address and o.id <> c.id
        and o.status in ('open', 'pending') and o.machine = 0 and o.customer_address <> '')
from conversation c where c.id in (select value from json_each(?))
"""


def revision(store: Store) -> int:
    """Moves whenever any conversation changed."""
    return int(store.value("select value from counter where name = 'revision'"))


def ids(store: Store, view: View, now: datetime, clock: Clock, query: str | None = None) -> array[int]:
    """The conversations of a view in queue order; with `query` (CLI.md, QUERY) those of them that match.

    Raises UsageError for a query with an unknown word.
    """
    if query is None or not query.strip():
        parameters: dict[str, Any] = {"now": columns.stamp(now)}
        return _banded(VIEWS[view], lambda band: _all_of(store, band, parameters))

    from triage.store.search import matching  # only a query needs it

    match = matching(store, query, now, clock)
    return _banded(VIEWS[view], lambda band: match.list(store, band.source, band.where, band.order))


def _banded(bands: Sequence[Band], ids: Callable[[Band], list[int]]) -> array[int]:
    """What the bands hold one after another, each conversation once."""
    found = array("q")
    seen: set[int] = set()
    for band in bands:
        here = ids(band)
        found.extend([id for id in here if id not in seen] if seen else here)
        if len(bands) > 1:
            seen.update(here)
    return found


def _all_of(store: Store, band: Band, parameters: dict[str, Any]) -> list[int]:
    # Conditions and orders are the constants of views.py. One JSON text is read in half the time of
    # 100,000 rows.
    ordered = f"select c.id from {band.source} where {band.where} order by {band.order}"  # noqa: S608
    ids: list[int] = json.loads(store.value(f"select json_group_array(id) from ({ordered})", parameters))  # noqa: S608
    return ids


def counts(store: Store, now: datetime) -> dict[View, int]:
    """How many conversations each view holds."""
    parameters = {"now": columns.stamp(now)}
    return {view: _count(store, bands, parameters) for view, bands in VIEWS.items()}


def _count(store: Store, bands: Sequence[Band], parameters: dict[str, Any]) -> int:
    if len(bands) == 1:
        return int(store.value(f"select count(*) from {bands[0].source} where {bands[0].where}", parameters))  # noqa: S608
    total = int(store.value(f"select count(*) from ({_short(bands)})", parameters))  # noqa: S608
    for long in _long(bands):
        total += int(store.value(f"select count(*) from {long.source} where {WAITS}", parameters))  # noqa: S608
    return total


def _long(bands: Sequence[Band]) -> list[Band]:
    return [band for band in bands if band.where == WAITS]


def _short(bands: Sequence[Band]) -> str:
    """The ids of the short bands, each once, without those that the long one holds."""
    but = f" and not ({WAITS})" if _long(bands) else ""
    return " union ".join(
        f"select c.id from {band.source} where {band.where}{but}"  # noqa: S608
        for band in bands
        if band.where != WAITS
    )


def levels(store: Store, view: View, now: datetime, clock: Clock) -> dict[Level, int]:
    """How many conversations of a view stand at each level; every level is named."""
    parameters = instants(now, clock)
    bands = VIEWS[view]
    if len(bands) == 1:
        counted = [(LEVEL, f"{bands[0].source} where {bands[0].where}")]
    else:
        counted = [(LEVEL_OF_WAITS, f"{long.source} where {WAITS}") for long in _long(bands)]
        counted.append((LEVEL, f"conversation c where c.id in ({_short(bands)})"))
    found = dict.fromkeys(Level, 0)
    for level, source in counted:
        for name, count in store.all(f"select {level} as level, count(*) from {source} group by level", parameters):  # noqa: S608
            found[Level(name)] += count
    return found


def rows(store: Store, ids: Sequence[int]) -> list[Conversation]:
    """These conversations in the same order; those the store does not know are left out."""
    wanted = columns.numbers(ids)
    drafts = _drafts(store, wanted)
    found = {
        row[0]: columns.conversation_of(row, *drafts.get(row[0], (None, False)), row[42] == 1)
        for row in store.all(ROWS, (wanted,))
    }
    return [found[id] for id in ids if id in found]


def _drafts(store: Store, ids: str) -> dict[int, tuple[tuple[str, int] | None, bool]]:
    """Per conversation: its newest draft with the instant it was changed, and whether a reply is on its way."""
    found: dict[int, tuple[tuple[str, int] | None, bool]] = {}
    for conversation, id, state, changed in store.all(
        "select distinct m.conversation, d.id, d.state, d.changed_at from draft d "
        "join message m on m.key_hash = d.key_hash "
        "where d.state <> 'sent' and m.conversation in (select value from json_each(?)) order by d.changed_at",
        (ids,),
    ):
        draft, out = found.get(conversation, (None, False))
        if state == "draft":
            draft = (id, changed)
        found[conversation] = (draft, out or state not in ("draft", "handed-over"))
    return found


def resolve(store: Store, id: int) -> int:
    """The conversation that `id` is now: itself, or the one that what it was anchored in belongs to since a join.

    Raises TriageError where no such id was ever given.
    """
    if store.value("select 1 from conversation where id = ?", (id,)) is not None:
        return id
    there = store.value(
        "select m.conversation from conversation_id i join message m on m.key_hash = i.anchor where i.id = ? "
        "order by m.id limit 1",
        (id,),
    )
    if there is None:
        raise TriageError(f"There is no conversation {id}. `triage list --all` shows every one.")
    return int(there)


def conversation(store: Store, id: int) -> Conversation:
    """One conversation, by an id it ever had. Raises TriageError where there is none."""
    return rows(store, [resolve(store, id)])[0]


def members(store: Store, id: int) -> tuple[list[Member], list[Action]]:
    """The messages of a conversation and the actions about them."""
    folder = Folder(store)
    thread = store.value("select thread from conversation where id = ?", (id,))
    whole = folder.members([thread]).get(thread, [])
    part = [member for member in whole if member.conversation == id]
    return part, folder.about(part, whole)


def timeline(store: Store, id: int) -> list[Entry]:
    """A conversation's messages, notes and actions in fold order, with the bodies that are here."""
    part, actions = members(store, resolve(store, id))
    texts = bodies.bodies(store, [member.row for member in part])
    by_key = {member.message.key: texts[member.row] for member in part if member.row in texts}
    entries = timeline_of([member.message for member in part], actions, store.desk, by_key)
    return _dated(store, part, texts, entries)


def moved_mail(store: Store, found: Conversation) -> list[Message]:
    """The mail of a conversation where `staleness.why` has to say where it lies now; none where nothing moved."""
    if Reason.MOVED not in found.marks:
        return []
    return [member.message for member in members(store, found.id)[0]]


def _dated(store: Store, part: list[Member], texts: dict[int, Body], entries: list[Entry]) -> list[Entry]:
    """Adds what the fold does not know: the Date field, and to each variant of a key its own text."""
    dates: dict[int, str] = dict(
        store.all(
            "select id, date from message where id in (select value from json_each(?))",
            (columns.numbers(member.row for member in part),),
        )
    )
    by_message = {id(member.message): member.row for member in part}
    result = []
    for entry in entries:
        row = by_message.get(id(entry.message)) if entry.message is not None else None
        result.append(entry if row is None else replace(entry, date=dates[row], body=texts.get(row)))
    return result


def preview(store: Store, id: int) -> tuple[Conversation, Entry | None, str | None]:
    """A conversation with its newest message and its last note."""
    found = conversation(store, id)
    entries = [entry for entry in timeline(store, found.id) if entry.kind is EntryKind.MESSAGE]
    return found, entries[-1] if entries else None, found.note


def body(store: Store, key: str) -> Body | None:
    """What the message with this key says, None until it was fetched."""
    found = [
        row[0]
        for row in store.all(
            "select id from message where key_hash = ? and key = ? order by id", (columns.key_hash(key), key)
        )
    ]
    texts = bodies.bodies(store, found)
    return next((texts[row] for row in found if row in texts), None)


def next_(store: Store, now: datetime, clock: Clock) -> Conversation | None:
    """The row that *Needs you* offers first, None when nothing does."""
    found = ids(store, View.NEEDS_YOU, now, clock)
    return conversation(store, found[0]) if found else None


@dataclass(frozen=True, slots=True)
class Absence:
    """What came since an instant: messages to us (people, machines and junk make up `new`), conversations answered from
    elsewhere, and promises that fall due within a day."""

    new: int
    people: int
    machines: int
    junk: int
    answered: int
    promises: int


def after_absence(store: Store, since: datetime, now: datetime) -> Absence:
    """What one line says after some hours away (STATE.md, *Views and order*)."""
    first = columns.first_row(since)
    new, people, junk = store.all(
        "select count(*), coalesce(sum(person and not junk), 0), coalesce(sum(junk), 0) from ("
        "select m.kind in ('human', 'thanks') as person, exists (select 1 from place p join mailbox b "
        "on b.id = p.mailbox where p.message = m.id and b.role = 'junk') as junk "
        "from message m where m.id >= ? and m.ours = 0)",
        (first,),
    )[0]
    answered = store.value(
        "select count(distinct conversation) from message where id >= ? and ours = 1 and kind = 'human'", (first,)
    )
    promises = store.value(
        "select count(*) from conversation c indexed by conversation_promise "
        "where c.promise_until is not null and c.promise_until <= ?",
        (columns.stamp(now + timedelta(days=1)),),
    )
    return Absence(new, people, new - people - junk, junk, answered, promises)


def opened(store: Store, id: int, now: datetime) -> None:
    """Marks a conversation as read here. It is no decision and touches no clock."""
    with store.transaction():
        changed = store.run(
            "update conversation set opened_arrival = arrival, opened_at = ? where id = ? and opened_arrival < arrival",
            (columns.stamp(now), id),
        )
        if changed:
            store.run("update counter set value = value + 1 where name = 'revision'")
