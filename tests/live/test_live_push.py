"""What decisions write to the server: exactly what sync.push allows, once, and otherwise nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.desk import CLOCK, NOW, Desk, mail
from tests.live.server import Server
from triage.model import View
from triage.store import actions, incoming, outbox, queue

pytestmark = pytest.mark.live


@pytest.fixture
def pushing(full: Server, user: str, tmp_path: Path) -> Desk:
    return pushing_desk(full, user, tmp_path)


def pushing_desk(dovecot: Server, user: str, tmp_path: Path) -> Desk:
    """A desk that may set flags and move to Archive, with three conversations in its store."""
    desk = Desk(dovecot, user, tmp_path / "store", push=["answered", "archive"])
    for number in range(3):
        desk.put(mail(number), minutes=number)
    desk.sync()
    return desk


def want(desk: Desk, goal: str, subject: str) -> None:
    """Leave a goal in the outbox, as a decision does."""
    with desk.open() as store:
        store.push = frozenset([goal])
        [row] = [row for row in queue.rows(store, queue.ids(store, View.ALL, NOW, CLOCK)) if row.subject == subject]
        with store.transaction():
            outbox.want(store, goal, [row.key], None, NOW)


def where(desk: Desk) -> dict[str, list[str]]:
    with desk.open() as store:
        return {
            entry.message.subject: sorted(place.mailbox for place in entry.message.places)
            for id in queue.ids(store, View.ALL, NOW, CLOCK)
            for entry in queue.timeline(store, id)
            if entry.message
        }


def test_a_goal_to_archive_moves_that_mail_alone(pushing: Desk) -> None:
    want(pushing, "archive", "question 1")

    assert pushing.sync().pushed == 1
    assert where(pushing) == {"question 0": ["INBOX"], "question 1": ["Archive"], "question 2": ["INBOX"]}


def test_a_goal_reached_is_not_done_again(pushing: Desk) -> None:
    want(pushing, "archive", "question 1")
    pushing.sync()
    want(pushing, "archive", "question 1")

    pushing.sync()

    assert where(pushing)["question 1"] == ["Archive"]
    with pushing.open() as store:
        assert outbox.pending(store) == []


def test_a_copy_left_by_a_try_cut_short_is_not_made_twice(plain: Server, user: str, tmp_path: Path) -> None:
    pushing = pushing_desk(plain, user, tmp_path)
    pushing.doveadm("copy", "-u", pushing.user, "Archive", "mailbox", "INBOX", "uid", "2")
    want(pushing, "archive", "question 1")

    pushing.sync()

    archived = [name for name in pushing.server.files(pushing.user) if ".Archive" in name]
    assert len(archived) == 1


def test_without_move_and_uidplus_the_original_is_marked_and_nothing_expunged(
    plain: Server, user: str, tmp_path: Path
) -> None:
    pushing = pushing_desk(plain, user, tmp_path)
    pushing.doveadm("flags", "add", "-u", user, "\\Deleted", "mailbox", "INBOX", "uid", "1")
    want(pushing, "archive", "question 1")

    pushing.sync()

    with pushing.open() as store:
        assert incoming.known_flags(store, "INBOX")[2] == frozenset({"\\Deleted"})
    assert where(pushing) == {"question 0": ["INBOX"], "question 1": ["Archive", "INBOX"], "question 2": ["INBOX"]}


def test_a_goal_to_mark_sets_the_flag(pushing: Desk) -> None:
    want(pushing, "answered", "question 2")

    assert pushing.sync().pushed == 1
    with pushing.open() as store:
        assert incoming.known_flags(store, "INBOX")[3] == frozenset({"\\Answered"})


def test_what_is_not_allowed_is_never_written(pushing: Desk) -> None:
    want(pushing, "trash", "question 0")
    before = pushing.server.files(pushing.user)

    assert pushing.sync().pushed == 0
    assert pushing.server.files(pushing.user) == before


def test_decisions_write_nothing_unless_the_configuration_says_so(dovecot: Server, user: str, tmp_path: Path) -> None:
    desk = Desk(dovecot, user, tmp_path / "store")
    desk.put(mail(1))
    desk.sync()
    before = desk.server.files(user)

    with desk.open() as store:
        [id] = queue.ids(store, View.ALL, NOW, CLOCK)
        actions.close(store, [id], now=NOW)
        actions.tag(store, [id], ["done"], [], now=NOW)
        actions.spam(store, [id], now=NOW)
    desk.sync()

    assert desk.server.files(user) == before
