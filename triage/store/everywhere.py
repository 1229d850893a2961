"""Decisions about an address or the whole desk: a customer's name, person or machine, the start line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from triage.errors import TriageError, UsageError
from triage.mail.safe import safe
from triage.model import Done, Verb
from triage.store import behind, journal, rows
from triage.store.database import Store
from triage.store.decide import Row, insert

PERSON = "person"
NAMED = 500
"""Up to so many conversations `Done.ids` names what a decision changed."""


def rename(store: Store, address: str, name: str, *, now: datetime, author: str = PERSON) -> Done:
    """Calls the customer with this address by a name, everywhere; an empty one takes the mail's own again."""
    who, called = _address(address), " ".join(rows.clean(name).split())
    row = Row(Verb.RENAME, {"address": who, "name": called})
    return _everywhere(store, row, f"{safe(who)} is called {safe(called)} now", now, author)


def sender(store: Store, address: str, is_: str, *, now: datetime, author: str = PERSON) -> Done:
    """Says that what this address sends is written by a person, or by a machine; before and after."""
    if is_ not in ("person", "machine"):
        raise UsageError(f'"{is_}" is neither person nor machine.')
    who = _address(address)
    row = Row(Verb.SENDER, {"address": who, "is": is_})
    return _everywhere(store, row, f"{safe(who)} is a {is_}", now, author)


def start(store: Store, before: datetime, *, now: datetime, author: str = PERSON) -> Done:
    """The start line: conversations whose last message is older are history, closed and in no pile."""
    if before > now:
        raise TriageError("The start line cannot lie in the future.")
    row = Row(Verb.START, {"before": before.astimezone(UTC).isoformat()})
    done = _everywhere(store, row, "", now, author)
    count = store.value("select count(*) from conversation where history = 1")
    return Done(f"Started at {before:%Y-%m-%d}: {count} older conversations are history", done.action, done.ids)


def _address(address: str) -> str:
    who = rows.clean(address).strip().lower()
    if "@" not in who:
        raise UsageError(f'"{safe(who)}" is no mail address.')
    return who


def _everywhere(store: Store, row: Row, text: str, now: datetime, author: str) -> Done:
    with store.transaction():
        action, _ = insert(store, [row], now, author)
        behind.leave(store, threads_about(store, row.verb, row.payload))
    journal.catch_up(store)
    ids = behind.work_off(store)
    return Done(text, action, tuple(ids) if len(ids) <= NAMED else ())


def threads_about(store: Store, verb: Verb, payload: dict[str, object]) -> list[int]:
    """The threads that such a decision, or taking it back, can change; an UNDO those of what it names."""
    if verb is Verb.UNDO:
        found = store.one("select verb, payload from action where id = ?", (payload.get("target"),))
        return [] if found is None else threads_about(store, Verb(found[0]), json.loads(found[1]))
    who = payload.get("address")
    if verb is Verb.START:
        # The newest line counts, so drawing or undoing one moves everything before the latest of all.
        lines = store.all("select json_extract(payload, '$.before') from action where verb = ?", (verb.value,))
        at = max(rows.stamp(datetime.fromisoformat(str(row[0]))) for row in lines)
        threads = store.all("select distinct thread from message where received_at < ?", (at,))
    elif verb is Verb.RENAME:
        threads = store.all("select thread from conversation where customer_address = ?", (who,))
    else:
        threads = store.all("select distinct thread from message where sender = ? or customer = ?", (who, who))
    return [row[0] for row in threads]
