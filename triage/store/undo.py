"""Taking decisions back, and taking that back. Both are rows of the journal like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from triage.errors import TriageError
from triage.mail.safe import safe
from triage.model import Conversation, Done, Verb
from triage.policy.timeline import words
from triage.store import behind, journal, outbox, queue, refold
from triage.store.database import Store
from triage.store.decide import Row, insert, named
from triage.store.everywhere import NAMED, threads_about
from triage.store.rows import action_of, key_hash, moment, numbers

PERSON = "person"
PAGE = 200

_NEWEST = (
    "select id, at, author, verb, message, seen, payload, bulk, conversation, seq from action where seq < ? "
    "order by seq desc limit ?"
)


@dataclass(frozen=True, slots=True)
class Undoable:
    """A decision that can be taken back: `action` names it, `text` says what it was ("closed "Printer on fire"")."""

    action: str
    at: datetime
    text: str
    ids: tuple[int, ...] = ()


Found = tuple[Any, ...]


def _backwards(store: Store) -> Iterator[Found]:
    """The journal from its end, a page at a time."""
    before = 1 << 62
    while rows := store.all(_NEWEST, (before, PAGE)):
        yield from rows
        before = rows[-1][-1]


def _standing(store: Store) -> Iterator[Found]:
    """The rows that stand, newest first, undo rows too: a row comes after everything that could take it back."""
    undone: set[str] = set()
    for row in _backwards(store):
        if row[0] in undone or row[7] in undone:
            continue
        if row[3] == Verb.UNDO:
            undone.add(json.loads(row[6])["target"])
        yield row


def _decisions(store: Store, author: str) -> Iterator[list[Found]]:
    """What can be taken back, newest first: rows of one decision together."""
    group: list[Found] = []
    for row in _standing(store):
        if row[2] != author or row[3] in (Verb.UNDO, Verb.STRIKE_NOTE):
            continue
        if group and (row[7] is None or row[7] != group[0][7]):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def undoable(store: Store, limit: int, author: str = PERSON) -> list[Undoable]:
    """The decisions of this author that `undo` could take back, newest first. Never a rule's or another machine's."""
    found: list[Undoable] = []
    for group in _decisions(store, author):
        if len(found) >= limit:
            break
        here = _conversations(store, group)
        text = _said(group, here)
        ids = tuple(conversation.id for conversation in here)
        found.append(Undoable(group[0][7] or group[0][0], moment(group[0][1]), text, ids))
    return found


def _conversations(store: Store, group: list[Found]) -> list[Conversation]:
    keys = {row[4] for row in group if row[4] is not None}
    ids = store.all(
        "select distinct conversation from message where key_hash in (select value from json_each(?))",
        (numbers(map(key_hash, keys)),),
    )
    return queue.rows(store, [row[0] for row in ids])


def _said(group: list[Found], here: list[Conversation]) -> str:
    action = action_of(group[-1][:8])
    if action.verb is Verb.NOTE:
        said = "noted on"
    elif action.verb is Verb.RENAME:
        return f"named {safe(str(action.payload.get('address')))}"
    elif action.verb is Verb.SENDER:
        return f"said that {safe(str(action.payload.get('address')))} is a {action.payload.get('is')}"
    elif action.verb is Verb.START:
        return "drew the start line"
    else:
        said = safe(words(action))
    return f"{said} {named(here)}" if here else said


def undo(store: Store, *, now: datetime, author: str = PERSON, action: str | None = None) -> Done:
    """Takes back the newest decision of this author that stands, or the one that `action` names.

    Raises TriageError where there is none. Mail that came since counts: the line says when somebody still waits.
    """
    with store.transaction():
        group = next((g for g in _decisions(store, author) if action in (None, g[0][0], g[0][7])), None)
        if group is None:
            raise TriageError("There is nothing to take back." if action is None else f"{action} cannot be taken back.")
        text = _said(group, _conversations(store, group))
        outbox.withdraw(store, [row[0] for row in group])
        taken, ids = _take_back(store, group, now, author)
    done = _done(store, f"Took back: {text}", taken, ids)
    return replace(done, text=done.text + _still(store, done, group))


def redo(store: Store, *, now: datetime, author: str = PERSON) -> Done:
    """Takes back the newest undo of this author, unless he decided something else since."""
    with store.transaction():
        group: list[Found] = []
        for row in _standing(store):
            if row[2] != author or _of_an_undo(store, row):
                continue
            if row[3] != Verb.UNDO or (group and (row[7] is None or row[7] != group[0][7])):
                break
            group.append(row)
        if not group:
            raise TriageError("There is nothing to do again.")
        taken, ids = _take_back(store, group, now, author)
        text = _said(_targets(store, group), _conversations(store, group))
    return _done(store, f"Did again: {text}", taken, ids)


def _done(store: Store, text: str, action: str, ids: list[int]) -> Done:
    journal.catch_up(store)
    ids += behind.work_off(store)
    return Done(text, action, tuple(ids) if len(ids) <= NAMED else ())


def _of_an_undo(store: Store, row: Found) -> bool:
    """Whether this row is a redo: it takes back an undo."""
    if row[3] != Verb.UNDO:
        return False
    target = json.loads(row[6])["target"]
    return bool(store.value("select exists (select 1 from action where id = ? and verb = 'undo')", (target,)))


def _targets(store: Store, group: list[Found]) -> list[Found]:
    wanted = json.dumps([json.loads(row[6])["target"] for row in group])
    return store.all(
        "select id, at, author, verb, message, seen, payload, bulk, conversation, seq from action "
        "where id in (select value from json_each(?)) order by seq desc",
        (wanted,),
    )


def _take_back(store: Store, group: list[Found], now: datetime, author: str) -> tuple[str, list[int]]:
    rows = [Row(Verb.UNDO, {"target": row[0]}, row[4], (), row[8]) for row in group]
    action, _ = insert(store, rows, now, author)
    ids = refold.touch_keys(store, {row.message for row in rows if row.message is not None})
    for row in rows:
        if row.message is None:
            behind.leave(store, threads_about(store, row.verb, row.payload))
    return action, ids


def _still(store: Store, done: Done, group: list[Found]) -> str:
    """Who wrote since the decision that was taken back, where somebody waits."""
    at = moment(group[0][1])
    waiting = [
        c for c in queue.rows(store, done.ids) if c.waiting_since is not None and (c.last_customer_at or at) > at
    ]
    if len(waiting) != 1 or len(done.ids) != 1:
        return ""
    return f"; still open: {safe(waiting[0].customer.name or waiting[0].customer.address)} wrote since"
