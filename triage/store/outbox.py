"""What the server must still hear: goals ("this message is in the archive") of decisions, done by push in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.store import rows
from triage.store.database import Store

GOALS = ("seen", "answered", "archive", "junk", "trash")


@dataclass(frozen=True, slots=True)
class Goal:
    """One row: `goal` is one of GOALS, `message` the key of the message it is about."""

    id: int
    action: str | None
    goal: str
    message: str
    at: datetime


def want(store: Store, goal: str, messages: Sequence[str], action: str | None, now: datetime) -> None:
    """Leaves a goal for each message, inside a transaction, where `sync.push` allows it at this moment."""
    if goal not in store.push:
        return
    store.many(
        "insert into outbox (action, goal, message, at) values (?, ?, ?, ?)",
        [(action, goal, message, rows.stamp(now)) for message in messages],
    )


def withdraw(store: Store, actions: Sequence[str]) -> None:
    """Drops what these actions wanted and the server has not heard yet. Inside a transaction."""
    store.many("delete from outbox where action = ?", [(action,) for action in actions])


def pending(store: Store) -> list[Goal]:
    """What push has to do, oldest first."""
    found = store.all("select id, action, goal, message, at from outbox order by id")
    return [Goal(row[0], row[1], row[2], row[3], rows.moment(row[4])) for row in found]


def done(store: Store, id: int) -> None:
    """The server confirmed it."""
    with store.transaction():
        store.run("delete from outbox where id = ?", (id,))
