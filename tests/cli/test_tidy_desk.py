"""Untagged is a reason only where tags are a habit (STATE.md, *Reasons*)."""

from __future__ import annotations

from datetime import timedelta

from triage.mail.facts import from_header
from triage.model import Role
from triage.store import actions, incoming, queue
from triage.store.database import Mode, open_store

from .conftest import DESK, NOW, mail


def closed(desk, tagged: int, plain: int) -> None:
    """So many closed conversations, the tagged ones closed last, and one that is open."""
    with open_store(desk.folder / "store.db", DESK, mode=Mode.WORKER) as store:
        incoming.put_mailbox(store, incoming.MailboxState("INBOX", Role.INBOX, 1))
        arrivals = []
        for uid in range(1, tagged + plain + 2):
            at, raw = mail(f"Question {uid}", timedelta(days=9) - timedelta(minutes=uid), "How?", number=f"t{uid}")
            arrivals.append(incoming.Arrival(uid, frozenset(), len(raw), from_header(raw, at, DESK)))
        incoming.add(store, "INBOX", arrivals, NOW)
        numbers = [found.id for found in queue.rows(store, range(1, tagged + plain + 2))]
        if plain:
            actions.close(store, numbers[:plain], now=NOW - timedelta(hours=2))
        if tagged:
            actions.tag(store, numbers[plain:-1], ["done"], now=NOW - timedelta(hours=1))
            actions.close(store, numbers[plain:-1], now=NOW - timedelta(hours=1))


def reasons(desk) -> list[str]:
    return desk.done("list", "--json").row["reasons"]


def test_half_of_the_last_hundred_make_it_a_reason(empty):
    closed(empty, tagged=50, plain=60)

    assert reasons(empty) == ["untagged", "old and no note"]
    assert "untagged" in empty.done("why", str(empty.done("next", "--json").row["id"])).out


def test_less_than_half_do_not(empty):
    closed(empty, tagged=49, plain=60)

    assert reasons(empty) == []


def test_a_new_desk_is_not_asked_for_tags(empty):
    closed(empty, tagged=3, plain=0)

    assert reasons(empty) == []
