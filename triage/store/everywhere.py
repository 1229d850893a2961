"""Decisions about an address or the whole desk: a customer's name, person or machine, the start line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from triage.errors import TriageError, UsageError
from triage.mail.safe import safe
from triage.model import Done, Verb
from triage.store import journal, refold, rows
from triage.store.database import Store
from triage.store.decide import Row, insert

PERSON = "person"
PIECE = 500
"""Threads that are in memory at once; all of it is one transaction."""


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
        ids = refold_about(store, row.verb, row.payload)
    journal.catch_up(store)
    return Done(text, action, tuple(ids) if len(ids) <= PIECE else ())


def refold_about(store: Store, verb: Verb, payload: dict[str, object]) -> list[int]:
    """Refolds whatever such a decision, or taking it back, can change. Inside a transaction."""
    if verb is Verb.START:
        at = rows.stamp(datetime.fromisoformat(str(payload["before"])))
        threads = store.all("select distinct thread from message where received_at < ?", (at,))
    else:
        who = payload["address"]
        threads = store.all("select distinct thread from message where sender = ? or customer = ?", (who, who))
    return _touch(store, [row[0] for row in threads])


def _touch(store: Store, threads: Sequence[int]) -> list[int]:
    ids: list[int] = []
    for begin in range(0, len(threads), PIECE):
        ids += refold.touch(store, threads[begin : begin + PIECE])
    return ids
