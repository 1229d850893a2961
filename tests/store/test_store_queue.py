"""Claims about reading: every view is what policy says it is, in its order, from an index."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.store.helpers import CLOCK, NOW, Mailroom, days, raw
from triage.model import Level, View
from triage.policy import staleness
from triage.policy import views as policy_views
from triage.store import actions, drafts, queue
from triage.store.database import Store
from triage.store.views import VIEWS


@pytest.fixture
def desk(mail: Mailroom, store: Store) -> Store:
    """A desk with something of every kind."""
    for i in range(12):
        mail.customer(f"w{i}@x", at=NOW - days(i), subject=f"Wait {i}", sender=f"C{i} <c{i}@example.org>")
    for i in range(6):
        answered = mail.customer(f"q{i}@x", at=NOW - days(20 + i), sender=f"Q{i} <q{i}@example.org>")
        mail.put(
            raw(f"r{i}@x", [f"q{i}@x"], "Support <support@example.com>", f"q{i}@example.org", at=NOW - days(3 * i)),
            NOW - days(3 * i),
            "Sent",
        )
        if i % 2:
            actions.promise(store, [answered], NOW - days(1), now=NOW - days(2))
    mail.put(raw("m@x", sender="noreply@shop.example", extra="Auto-Submitted: auto-generated\r\n"), NOW)
    mail.put(raw("j@x", sender="Spam <spam@example.net>"), NOW, "Junk")
    ids = list(queue.ids(store, View.NEEDS_YOU, NOW, CLOCK))
    actions.close(store, ids[:2], now=NOW)
    actions.open_(store, ids[:1], now=NOW)
    actions.snooze(store, [ids[3]], NOW + days(3), now=NOW)
    actions.snooze(store, [ids[4]], NOW - timedelta(hours=1), now=NOW - days(1))
    actions.park(store, [ids[5]], "Finance", now=NOW)
    actions.pending(store, [ids[6]], now=NOW)
    actions.spam(store, [ids[7]], now=NOW)
    actions.start(store, NOW - days(22), now=NOW)
    key = queue.conversation(store, ids[8]).key
    drafts.put(store, drafts.Draft("d1", key, "held", NOW - days(2), NOW - days(2), {"body": "Dear"}))
    drafts.put(store, drafts.Draft("d2", queue.conversation(store, ids[9]).key, "draft", NOW, NOW))
    return store


def test_needs_you_holds_what_policy_says(desk: Store) -> None:
    everything = queue.rows(desk, queue.ids(desk, View.ALL, NOW, CLOCK))
    wanted = {one.id for one in everything if policy_views.needs_you(one, NOW)}
    assert set(queue.ids(desk, View.NEEDS_YOU, NOW, CLOCK)) == wanted


def test_the_rows_of_needs_you_stand_by_band_then_by_wait(desk: Store) -> None:
    found = queue.rows(desk, queue.ids(desk, View.NEEDS_YOU, NOW, CLOCK))
    urgent = [policy_views.urgent(one, NOW) is not None for one in found]
    assert urgent == sorted(urgent, reverse=True)
    waits = [one.waiting_since for one, first in zip(found, urgent, strict=True) if not first and one.waiting_since]
    assert waits == sorted(waits)


@pytest.mark.parametrize("view", View)
def test_counts_and_levels_agree_with_the_list(desk: Store, view: View) -> None:
    ids = queue.ids(desk, view, NOW, CLOCK)
    assert queue.counts(desk, NOW)[view] == len(ids) == len(set(ids))
    wanted = dict.fromkeys(Level, 0)
    for one in queue.rows(desk, ids):
        wanted[staleness.level(one, NOW, CLOCK)] += 1
    assert queue.levels(desk, view, NOW, CLOCK) == wanted


def test_no_view_but_drafts_is_empty_or_everything(desk: Store) -> None:
    """The desk above has something of nearly every kind, so that the other tests say something."""
    counts = queue.counts(desk, NOW)
    assert {view for view, count in counts.items() if not count} <= {View.THANKS, View.JUNK}


@pytest.mark.parametrize("view", View)
def test_every_band_with_an_index_scans_nothing_but_the_index(store: Store, view: View) -> None:
    for band in VIEWS[view]:
        if not band.index:
            continue
        plan = store.all(
            f"explain query plan select c.id from {band.source} where {band.where} order by {band.order}",  # noqa: S608
            {"now": 0},
        )
        steps = [row[3] for row in plan]
        assert f"USING COVERING INDEX {band.index}" in steps[0]
        assert not any("SCAN" in step or "TEMP" in step for step in steps[1:]), steps


def test_rows_come_in_the_order_asked_for_and_unknown_ones_are_left_out(desk: Store) -> None:
    ids = list(queue.ids(desk, View.ALL, NOW, CLOCK))
    asked = [ids[2], 999_999, ids[0]]
    assert [one.id for one in queue.rows(desk, asked)] == [ids[2], ids[0]]


def test_a_held_reply_stands_first_and_a_draft_is_on_its_row(desk: Store) -> None:
    first = queue.next_(desk, NOW, CLOCK)
    assert first is not None
    assert first.reply_out
    (drafted,) = queue.rows(desk, queue.ids(desk, View.DRAFTS, NOW, CLOCK))
    assert (drafted.draft, drafted.draft_at) == ("d2", NOW)


def test_twins_are_open_conversations_of_one_customer(mail: Mailroom, store: Store) -> None:
    first, second = mail.customer("a@x"), mail.customer("b@x")
    assert [one.twin for one in queue.rows(store, [first, second])] == [True, True]
    actions.close(store, [second], now=NOW)
    assert [one.twin for one in queue.rows(store, [first, second])] == [False, False]


def test_the_revision_moves_with_every_change_and_with_no_read(mail: Mailroom, store: Store) -> None:
    before = queue.revision(store)
    id = mail.customer("a@x")
    moved = queue.revision(store)
    queue.timeline(store, id)
    assert (moved > before, queue.revision(store)) == (True, moved)


def test_preview_shows_the_newest_message_and_the_last_note(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(2), text="First.")
    mail.customer("b@x", ["a@x"], at=NOW - days(1), text="Second.")
    mail.fetch()
    actions.note(store, [id], "Asked Tom.", now=NOW)
    conversation, newest, note = queue.preview(store, id)
    assert (conversation.id, note) == (id, "Asked Tom.")
    assert newest is not None
    assert newest.body is not None
    assert newest.body.text.strip() == "Second."


def test_the_timeline_carries_the_date_field_as_written(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW)
    (entry,) = queue.timeline(store, id)
    assert entry.date == "Fri, 20 Nov 2026 12:00:00 +0000"


def test_after_an_absence_one_look_says_what_came(mail: Mailroom, store: Store) -> None:
    mail.customer("before@x", at=NOW - days(2))
    id = mail.customer("a@x", at=NOW - days(0.5))
    mail.put(raw("m@x", sender="noreply@shop.example", extra="Auto-Submitted: auto-generated\r\n"), NOW)
    mail.put(raw("j@x", sender="Spam <spam@example.net>"), NOW, "Junk")
    mail.reply("r@x", ["a@x"], NOW)
    actions.promise(store, [id], NOW + timedelta(hours=3), now=NOW)
    assert queue.after_absence(store, NOW - days(1), NOW) == queue.Absence(3, 1, 1, 1, 1, 1)
