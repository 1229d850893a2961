"""Rounds against a real Dovecot: first, incremental, moved, expunged, renumbered, and nothing ever written."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync import plan, worker
from tests.live.desk import CLOCK, NOW, Desk, mail, reply
from tests.live.server import Server
from triage.errors import LoginRefused
from triage.model import SyncPhase, View
from triage.store import actions, incoming, places, queue
from triage.store.state import sync_state

pytestmark = pytest.mark.live


def fill(desk: Desk, count: int = 30) -> None:
    """Questions, every third of them answered from Sent."""
    for number in range(count):
        desk.put(mail(number), minutes=number * 10)
        if number % 3 == 0:
            desk.put(reply(number + 1000, number), "Sent", "S", minutes=number * 10 + 5)


def test_a_first_sync_shows_every_question_with_its_text(desk: Desk) -> None:
    fill(desk)

    done = desk.sync()

    assert (done.fetched, done.mailboxes) == (40, 6)
    with desk.open() as store:
        rows = queue.rows(store, queue.ids(store, View.ALL, NOW, CLOCK))
        texts = [queue.timeline(store, row.id)[0].body for row in rows]
    assert len(rows) == 30
    assert all(text is not None and "this is number" in text.text for text in texts)
    assert not any(row.partial for row in rows)


def test_what_was_answered_from_sent_does_not_wait(desk: Desk) -> None:
    fill(desk)
    desk.sync()

    assert sorted(desk.subjects(View.NEEDS_YOU)) == sorted(f"question {n}" for n in range(30) if n % 3)


def test_a_second_round_finds_nothing_to_do(desk: Desk) -> None:
    fill(desk)
    desk.sync()

    done = desk.sync()

    assert (done.fetched, done.updated, done.vanished) == (0, 0, 0)


def test_new_mail_comes_with_the_next_round(desk: Desk) -> None:
    fill(desk, 3)
    desk.sync()
    desk.put(mail(77))

    assert desk.sync().fetched == 1
    assert "question 77" in desk.subjects(View.NEEDS_YOU)


def test_changed_flags_come_with_the_next_round(desk: Desk) -> None:
    fill(desk, 3)
    desk.sync()
    desk.doveadm("flags", "add", "-u", desk.user, "\\Answered $work", "mailbox", "INBOX", "uid", "2")

    done = desk.sync()

    with desk.open() as store:
        flags = places.known_flags(store, "INBOX")
    assert (done.updated, flags[2]) == (1, frozenset({"\\Answered", "$work"}))


def test_an_expunged_mail_is_gone_and_keeps_its_conversation(desk: Desk) -> None:
    fill(desk, 5)
    desk.sync()
    desk.doveadm("expunge", "-u", desk.user, "mailbox", "INBOX", "uid", "2")

    assert desk.sync().vanished == 1
    assert "question 1" in desk.subjects()
    assert gone(desk) == {"question 1": True}


def test_a_moved_mail_is_elsewhere_not_gone(desk: Desk) -> None:
    fill(desk, 5)
    desk.sync()
    desk.doveadm("move", "-u", desk.user, "Archive", "mailbox", "INBOX", "uid", "2")

    done = desk.sync()

    assert (done.fetched, done.vanished) == (1, 1)
    assert gone(desk) == {"question 1": False}


def test_expunge_and_arrival_in_one_round_are_both_seen(desk: Desk) -> None:
    fill(desk, 5)
    desk.sync()
    desk.doveadm("expunge", "-u", desk.user, "mailbox", "INBOX", "uid", "2")
    desk.put(mail(50))

    done = desk.sync()

    assert (done.fetched, done.vanished) == (1, 1)


@pytest.mark.parametrize("validity", ["77", "the old one"])
def test_a_new_uidvalidity_keeps_every_decision(desk: Desk, validity: str) -> None:
    fill(desk, 6)
    desk.sync()
    with desk.open() as store:
        [row] = [
            row for row in queue.rows(store, queue.ids(store, View.ALL, NOW, CLOCK)) if row.subject == "question 1"
        ]
        old = next(box.uidvalidity for box in incoming.mailboxes(store) if box.name == "INBOX")
        actions.note(store, [row.id], "call her back", now=NOW)
        actions.tag(store, [row.id], ["vip"], [], now=NOW)
    before = desk.picture()

    desk.doveadm("mailbox", "update", "-u", desk.user, "--uid-validity", "77", "INBOX")
    desk.sync()
    if validity != "77":
        desk.doveadm("mailbox", "update", "-u", desk.user, "--uid-validity", str(old), "INBOX")
        desk.sync()

    assert desk.picture() == before
    assert any("call her back" in str(entry) for entry in before.values())


def test_reading_writes_nothing_to_the_server(desk: Desk) -> None:
    fill(desk)
    desk.put(mail(200), "Junk")
    before = desk.server.files(desk.user)

    desk.sync()
    desk.sync(full=True)

    assert desk.server.files(desk.user) == before


def test_a_full_round_agrees_with_the_others(desk: Desk) -> None:
    fill(desk)
    desk.sync()
    before = desk.picture()

    done = desk.sync(full=True)

    assert (done.fetched, done.updated, done.vanished) == (0, 0, 0)
    assert desk.picture() == before


def test_every_mailbox_is_complete_afterwards(desk: Desk) -> None:
    fill(desk, 4)
    desk.sync()

    with desk.open() as store:
        assert {box.complete_from for box in incoming.mailboxes(store)} == {plan.ALL}


def test_a_long_mailbox_comes_whole(desk: Desk) -> None:
    for number in range(700):
        desk.put(mail(number), minutes=number)
        if number % 2:
            desk.put(reply(number + 1000, number), "Sent", minutes=number + 1)

    assert desk.sync().fetched == 1050
    assert len(desk.subjects()) == 700
    assert len(desk.subjects(View.NEEDS_YOU)) == 350


def test_both_kinds_of_server_give_the_same_picture(full: Server, plain: Server, user: str, tmp_path: Path) -> None:
    pictures = []
    for number, running in enumerate((full, plain)):
        desk = Desk(running, user, tmp_path / str(number))
        fill(desk)
        desk.sync()
        desk.doveadm("move", "-u", user, "Archive", "mailbox", "INBOX", "uid", "4")
        desk.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", "7")
        desk.put(mail(500), minutes=9000)
        desk.sync()
        pictures.append(desk.picture())

    assert pictures[0] == pictures[1]


def test_a_wrong_password_is_tried_once_and_said(desk: Desk) -> None:
    desk.password = "hunter2"

    with pytest.raises(LoginRefused, match="Tried once"):
        desk.sync()

    with desk.open() as store:
        state = sync_state(store)
    assert state.phase is SyncPhase.REFUSED
    assert "hunter2" not in state.error


def test_the_state_row_says_when_the_last_round_was(desk: Desk) -> None:
    desk.sync()

    with desk.open() as store:
        state = sync_state(store)
    assert (state.phase, state.synced_at, state.pid, state.error) == (SyncPhase.STOPPED, NOW, None, "")


def gone(desk: Desk) -> dict[str, bool]:
    """The subjects of mail that left INBOX, and whether it is gone from everywhere."""
    with desk.open() as store:
        return {
            entry.message.subject: entry.message.gone
            for id in queue.ids(store, View.ALL, NOW, CLOCK)
            for entry in queue.timeline(store, id)
            if entry.message and entry.message.left_inbox
        }


def test_work_cut_into_the_smallest_slices_ends_in_the_same_state(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk, 60)
    whole = Desk(desk.server, desk.user, tmp_path / "whole")
    whole.sync()
    monkeypatch.setattr(worker, "SLICE", 0.0)
    monkeypatch.setattr(plan, "FIRST", 5)
    monkeypatch.setattr(plan, "GLIMPSE", 10)

    desk.sync()

    assert desk.picture() == whole.picture()
