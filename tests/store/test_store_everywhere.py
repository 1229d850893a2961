"""Claims about decisions over the whole desk: names, people and machines, the start line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.helpers import ANA, CLOCK, DESK, NOW, US, Mailroom, days, raw
from triage.model import Role, Turn, View
from triage.store import actions, behind, queue
from triage.store.database import Store, open_store, rebuild
from triage.store.incoming import MailboxState, finish_round, put_mailbox

BOUNCE = (
    b"From: Mailer <mailer-daemon@mx.example>\r\nTo: support@example.com\r\nSubject: Undelivered\r\n"
    b"Message-ID: <b@x>\r\nReferences: <r@x>\r\nAuto-Submitted: auto-replied\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=q\r\n\r\n"
    b"--q\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
    b"Final-Recipient: rfc822; ana@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--q--\r\n"
)


def held(store: Store, now=NOW) -> set[View]:
    """The views that hold anything."""
    return {view for view in View if len(queue.ids(store, view, now, CLOCK))}


def test_a_later_start_line_gives_back_what_an_earlier_one_held(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(20))
    actions.start(store, NOW - days(10), now=NOW)
    actions.start(store, NOW - days(40), now=NOW)
    assert not queue.conversation(store, id).history
    actions.undo(store, now=NOW)
    assert queue.conversation(store, id).history
    assert rebuild(store) == (1, 0)


def test_whom_we_wrote_to_first_can_be_named(mail: Mailroom, store: Store) -> None:
    id = mail.put(raw("o@x", sender=US, to="Bob <bob@else.example>"), NOW, "Sent")
    actions.rename(store, "bob@else.example", "Robert", now=NOW)
    assert queue.conversation(store, id).customer.name == "Robert"
    actions.undo(store, now=NOW)
    assert queue.conversation(store, id).customer.name == "Bob"


def test_who_wrote_through_a_form_can_be_called_a_machine(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", sender="Form <noreply@web.example>", extra="Reply-To: Pest <pest@spam.example>\r\n")
    assert queue.conversation(store, id).customer.address == "pest@spam.example"
    actions.sender(store, "pest@spam.example", "machine", now=NOW)
    assert queue.conversation(store, id).turn is Turn.NOBODY


def test_an_old_copy_takes_the_start_line_and_names_from_the_journal(
    mail: Mailroom, store: Store, path: Path, tmp_path: Path
) -> None:
    id = mail.customer("a@x", at=NOW - days(60))
    store.backup_to(tmp_path / "old.db")
    actions.start(store, NOW - days(30), now=NOW)
    actions.undo(store, now=NOW)
    actions.redo(store, now=NOW)
    actions.rename(store, "ana@example.org", "Ana M.", now=NOW)
    mail.store.close()
    store.close()
    for file in path.parent.glob("store.db*"):
        file.unlink()
    (tmp_path / "old.db").rename(path)
    with open_store(path, DESK) as old:
        found = queue.conversation(old, id)
        assert (found.history, found.customer.name) == (True, "Ana M.")


def test_history_is_in_no_view_but_all(mail: Mailroom, store: Store) -> None:
    mail.customer("a@x", at=NOW - days(60))
    mail.reply("r@x", ["a@x"], NOW - days(59))
    mail.put(BOUNCE, NOW - days(58))
    mail.fetch()
    spam = mail.customer("s@x", at=NOW - days(60), sender="Pest <pest@spam.example>")
    actions.spam(store, [spam], now=NOW)
    assert View.NEEDS_YOU in held(store)
    actions.start(store, NOW - days(30), now=NOW)
    assert held(store) == {View.ALL}


def test_thanks_for_something_old_ask_for_a_look(mail: Mailroom, store: Store) -> None:
    """Only probably thanks: a question in it must not go unseen behind the start line."""
    id = mail.customer("a@x", at=NOW - days(60))
    mail.reply("r@x", ["a@x"], NOW - days(59))
    actions.start(store, NOW - days(30), now=NOW - days(1))
    mail.put(raw("t@x", ["a@x", "r@x"], text="Thanks a lot!"), NOW)
    mail.fetch()
    assert held(store) == {View.THANKS, View.ALL}
    actions.close(store, [id], now=NOW)
    assert held(store) == {View.ALL}


KILLED = """
import os, sys
from pathlib import Path
from datetime import UTC, datetime
from triage.model import Desk
from triage.store import actions, behind
from triage.store.database import open_store

behind.PIECE = 2
store = open_store(Path(sys.argv[1]), Desk(frozenset({"support@example.com"})))
left = 2
class Dies:
    def execute(self, sql, *rest):
        global left
        left -= sql.startswith("delete from behind")
        if not left:
            os.kill(os.getpid(), 9)
        return self.inner.execute(sql, *rest)
    def __getattr__(self, name):
        return getattr(self.inner, name)
dies = Dies()
dies.inner, store._connection = store._connection, dies
actions.start(store, datetime(2026, 11, 10, tzinfo=UTC), now=datetime(2026, 11, 20, 12, tzinfo=UTC))
"""


def killed_start(path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()


@pytest.fixture
def half_started(mail: Mailroom, path: Path) -> Path:
    """A store in which a start line over five old conversations was killed after the first two."""
    for i in range(5):
        mail.customer(f"{i}@x", at=NOW - days(30 + i))
    killed_start(path)
    assert mail.store.value("select count(*) from conversation where history = 1") == 2
    return path


def test_the_next_open_finishes_a_start_line_that_was_killed(half_started: Path) -> None:
    with open_store(half_started, DESK) as store:
        assert held(store) == {View.ALL}
        assert rebuild(store) == (5, 0)
        assert actions.undo(store, now=NOW).text == "Took back: drew the start line"
        assert len(queue.ids(store, View.NEEDS_YOU, NOW, CLOCK)) == 5


def test_the_workers_next_round_finishes_a_start_line_that_was_killed(mail: Mailroom, half_started: Path) -> None:
    finish_round(mail.store, NOW, complete=False)
    assert held(mail.store) == {View.ALL}


def test_the_start_line_over_many_holds_the_lock_piece_by_piece(
    mail: Mailroom, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(7):
        mail.customer(f"{i}@x", at=NOW - days(30) - timedelta(hours=i))
    monkeypatch.setattr(behind, "PIECE", 3)
    before = queue.revision(store)
    done = actions.start(store, NOW - days(10), now=NOW)
    assert done.text == "Started at 2026-11-10: 7 older conversations are history"
    assert queue.revision(store) == before + 3
    assert store.value("pragma synchronous") == 2


def test_a_mailbox_that_is_new_makes_partial_what_lacks_mail(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", ["missing@example.com"])
    put_mailbox(mail.store, MailboxState("Old", Role.OTHER))
    assert queue.conversation(store, id).partial
    assert rebuild(store) == (1, 0)
    put_mailbox(mail.store, MailboxState("Old", Role.OTHER, 1, complete_from=NOW.fromtimestamp(0, NOW.tzinfo)))
    assert not queue.conversation(store, id).partial
    assert rebuild(store) == (1, 0)


def test_what_a_split_took_away_is_no_answer_unseen(mail: Mailroom, store: Store) -> None:
    mail.customer("a@x", at=NOW - days(3))
    mail.reply("r@example.com", ["a@x"], NOW - days(2))
    id = mail.customer("b@x", ["a@x", "r@example.com"], at=NOW - days(1))
    key = store.value("select key from message order by id desc")
    actions.split(store, key, now=NOW)
    other = next(found for found in queue.ids(store, View.ALL, NOW, CLOCK) if found != id)
    assert queue.conversation(store, other).marks == ()


def test_mail_of_a_colleague_who_asks_is_unread(mail: Mailroom, store: Store) -> None:
    id = mail.put(raw("c@x", sender=US, to=US), NOW)
    assert (queue.conversation(store, id).turn, queue.conversation(store, id).unread) == (Turn.OURS, True)


def test_a_snooze_that_is_due_is_put_back_to_pending(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(2))
    mail.reply("r@x", ["a@x"], NOW - days(1))
    actions.snooze(store, [id], NOW + days(1), now=NOW)
    assert list(queue.ids(store, View.NEEDS_YOU, NOW + days(2), CLOCK)) == [id]
    actions.pending(store, [id], now=NOW + days(2))
    assert list(queue.ids(store, View.NEEDS_YOU, NOW + days(2), CLOCK)) == []


def test_closing_again_accepts_a_bounce_and_settles_thanks(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(6), sender=ANA)
    mail.reply("r@x", ["a@x"], NOW - days(5))
    actions.close(store, [id], now=NOW - days(4))
    mail.put(raw("t@x", ["a@x", "r@x"], text="Thanks a lot!", at=NOW), NOW)
    mail.fetch()
    assert queue.conversation(store, id).thanks
    actions.close(store, [id], now=NOW)
    assert not queue.conversation(store, id).thanks


def test_a_filter_that_put_a_known_customer_away_is_checked_until_somebody_decides(
    mail: Mailroom, store: Store
) -> None:
    mail.customer("a@x", at=NOW - days(9))
    mail.reply("r@x", ["a@x"], NOW - days(8))
    known = mail.put(raw("j@x", subject="New question"), NOW, "Junk")
    mail.put(raw("k@x", sender="Pest <pest@spam.example>"), NOW, "Junk")
    assert list(queue.ids(store, View.JUNK, NOW, CLOCK)) == [known]
    assert queue.counts(store, NOW)[View.JUNK] == 1
    actions.spam(store, [known], now=NOW)
    assert list(queue.ids(store, View.JUNK, NOW, CLOCK)) == []
