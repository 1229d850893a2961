"""Claims that hold after any walk: mail, bodies, places, decisions, undo and restarts in any order, in real files."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.helpers import CLOCK, DESK, EPOCH, NOW, US, Mailroom, arrival, days, raw
from triage.errors import TriageError
from triage.model import Conversation, Done, Entry, Level, View
from triage.policy import staleness, views
from triage.store import actions, incoming, journal, queue
from triage.store.database import Mode, Store, check, open_store, rebuild

ANA, BOB = "Ana <ana@example.org>", "Bob <bob@example.net>"
PEOPLE = ("ana@example.org", "bob@example.net")
PLAIN = ("close", "open_", "pending", "spam", "no_answer", "thanks", "unsnooze", "join", "join", "close")
REPORT = (
    "From: Mailer <mailer-daemon@mx.example>\r\nTo: support@example.com\r\nSubject: Undelivered\r\n"
    "Message-ID: <{id}>\r\nReferences: <{of}>\r\nAuto-Submitted: auto-replied\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=q\r\n\r\n"
    "--q\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
    "Final-Recipient: rfc822; ana@example.org\r\nAction: failed\r\nStatus: {code}\r\n\r\n--q\r\n"
    "Content-Type: message/rfc822\r\n\r\nMessage-ID: <{of}>\r\nSubject: Printer on fire\r\n\r\nIt burns.\r\n--q--\r\n"
)


class Walk:
    """A desk with a screen and a worker at once. `seed` decides what each step does; time only goes on."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.random = Random(seed)
        self.hours = 0
        self.sent: list[tuple[str, bytes, datetime, str]] = []
        self.count = 0
        self.open()
        self.room = Mailroom(self.worker)

    def open(self) -> None:
        self.worker = open_store(self.path, DESK, mode=Mode.WORKER)
        self.screen = open_store(self.path, DESK, mode=Mode.SCREEN)

    def close(self) -> None:
        self.screen.close()
        self.worker.close()

    @property
    def now(self) -> datetime:
        return NOW - days(60) + timedelta(hours=self.hours)

    def later(self) -> datetime:
        return self.now + timedelta(hours=self.random.randint(1, 40))

    def conversations(self) -> list[Conversation]:
        return queue.rows(self.screen, sorted(queue.ids(self.screen, View.ALL, self.now, CLOCK)))

    # Steps

    def step(self, name: str) -> None:
        self.hours += self.random.choice((0, 1, 1, 3, 30))
        getattr(self, name)()

    def mail(self) -> None:
        pick = self.random.choice
        self.count += 1
        id = f"m{self.count}@{pick(('x', 'example.com'))}"
        refs = [pick(self.sent)[0] for _ in range(pick((0, 1, 1, 1, 2)))] if self.sent else []
        refs += ["missing@example.com"] if pick(range(10)) == 0 else []
        who, at, box = pick((ANA, BOB)), self.now - timedelta(hours=pick((0, 0, 0, 50))), "INBOX"
        kind = pick(("customer",) * 5 + ("reply",) * 4 + ("thanks", "report", "junk", "robot", "colleague", "bare"))
        mail = raw("" if kind == "bare" else id, refs, who, at=at)
        if kind == "reply":
            mail = raw(id, refs, US, who, at=at, text=pick(("Done.", "Which one?")))
            box = pick(("Sent", "Sent", "Archive"))
        elif kind == "thanks":
            mail = raw(id, refs, who, at=at, text="Thanks a lot!")
        elif kind == "report" and refs:
            mail = REPORT.format(id=id, of=refs[0], code=pick(("5.1.1", "4.2.2"))).encode()
            if pick((True, False)):
                mail = mail.replace(f"References: <{refs[0]}>\r\n".encode(), b"")
        elif kind == "junk":
            box = "Junk"
        elif kind == "robot":
            mail = raw(id, refs, who, at=at, extra="Auto-Submitted: auto-replied\r\n")
        elif kind == "colleague":
            mail = raw(id, refs, US, US, at=at)
        self.sent.append((id, mail, at, box))
        self.room.put(mail, at, box, self.now)

    def copy(self) -> None:
        """The same mail once more, elsewhere, maybe with another text."""
        if self.sent:
            _, mail, at, _ = self.random.choice(self.sent)
            footer = self.random.choice((b"", b"-- \r\nThe list"))
            self.room.put(mail + footer, at, self.random.choice(("INBOX", "Sent", "Archive", "Junk")), self.now)

    def fetch(self) -> None:
        self.room.fetch()

    def place(self) -> None:
        """Somebody moves or deletes mail, or a mailbox is numbered anew."""
        if not self.room.texts:
            return
        (box, uid), (mail, at) = self.random.choice(sorted(self.room.texts.items()))
        what = self.random.choice(("delete", "move", "round", "renumber", "incomplete"))
        if what == "move":
            self.room.put(mail, at, self.random.choice(("Archive", "Junk", "INBOX")), self.now)
        if what in ("delete", "move"):
            incoming.vanish(self.worker, box, [uid], self.now)
        elif what == "renumber":
            incoming.renumber(self.worker, box, self.hours + 5)
            again = [arrival(u, m, t) for (b, u), (m, t) in self.room.texts.items() if b == box]
            incoming.add(self.worker, box, again, self.now)
        elif what == "incomplete":
            state = next(state for state in incoming.mailboxes(self.worker) if state.name == box)
            incoming.put_mailbox(self.worker, replace(state, complete_from=self.random.choice((None, EPOCH))))
        incoming.finish_round(self.worker, self.now, complete=what == "round")

    def restart(self) -> None:
        self.close()
        self.open()
        self.room.store = self.worker

    def undo(self) -> None:
        self.try_(lambda: actions.undo(self.screen, now=self.now))

    def redo(self) -> None:
        self.try_(lambda: actions.redo(self.screen, now=self.now))

    def try_(self, act) -> Done | None:
        try:
            return act()
        except TriageError:
            return None

    def decide(self) -> Done | None:
        here = self.conversations()
        if not here:
            return None
        pick = self.random.choice
        some = self.random.sample(here, min(len(here), pick((1, 1, 2, 3))))
        seen = {one.id: max(0, one.arrival - pick((0, 0, 0, 1, 2))) for one in some} if pick((True, False)) else None
        return self.try_(lambda: self.decision(self.screen, [one.id for one in some], seen))

    def decision(self, store: Store, ids: list[int], seen: dict[int, int] | None) -> Done:
        pick, now = self.random.choice, self.now
        saw = {"now": now, "seen": seen}
        notes = store.all("select id from action where verb = 'note' order by seq") or [("none",)]
        keys = store.all("select key from message where conversation = ?", ids[:1])
        special = {
            "park": lambda: actions.park(store, ids, "Finance", **saw),
            "snooze": lambda: actions.snooze(store, ids, self.later(), pick((True, False)), **saw),
            "promise": lambda: actions.promise(store, ids, pick((None, self.later())), **saw),
            "answered": lambda: actions.answered(store, ids, at=now - timedelta(hours=pick((0, 30))), **saw),
            "tag": lambda: actions.tag(store, ids, [pick("abc")], [pick("abc")], **saw),
            "note": lambda: actions.note(store, ids, f"Noted at {self.hours}.", **saw),
            "edit_note": lambda: actions.edit_note(store, pick(notes)[0], f"Edited at {self.hours}.", now=now),
            "split": lambda: actions.split(store, pick(keys)[0], now=now),
            "sender": lambda: actions.sender(store, pick(PEOPLE), pick(("machine", "person")), now=now),
            "rename": lambda: actions.rename(store, pick(PEOPLE), pick(("", "Q")), now=now),
            "start": lambda: actions.start(store, now - timedelta(hours=pick((1, 40, 90))), now=now),
        }
        name = pick([*special, *PLAIN])
        return special[name]() if name in special else getattr(actions, name)(store, ids, **saw)

    # What a person could see

    def shown(self) -> tuple[list[Conversation], list[list[Entry]]]:
        """Without the numbers that say what is new to a screen; a join brings mail anew into a conversation."""
        here = self.conversations()
        lines = [queue.timeline(self.screen, one.id) for one in here]
        return [replace(one, arrival=0, unread=False) for one in here], lines


NAMES = ["mail"] * 6 + ["decide"] * 6 + ["copy", "fetch", "place", "place", "undo", "redo", "restart"]
walks = given(seed=st.integers(0, 1 << 32), names=st.lists(st.sampled_from(NAMES), min_size=30, max_size=60))
real_files = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def walked(folder: pytest.TempPathFactory, seed: int, names: list[str]) -> Walk:
    walk = Walk(folder.mktemp("desk") / "store.db", seed)
    for name in names:
        walk.step(name)
    return walk


@real_files
@walks
def test_a_rebuild_changes_nothing_and_the_journal_has_everything(tmp_path_factory, seed, names) -> None:
    walk = walked(tmp_path_factory, seed, names)
    assert rebuild(walk.worker)[1] == 0
    assert check(walk.worker) == []
    stored = [row[0] for row in walk.screen.all("select id from action order by seq")]
    file = walk.screen.beside(journal.NAME)
    assert [journal._id_of(line) for line in (journal._lines(file) if file.exists() else ())] == stored
    walk.close()


@real_files
@walks
def test_undo_shows_what_was_shown_before_and_redo_what_was_shown_after(tmp_path_factory, seed, names) -> None:
    walk = walked(tmp_path_factory, seed, names)
    before = walk.shown()
    if walk.decide() is not None:
        after = walk.shown()
        actions.undo(walk.screen, now=walk.now)
        assert walk.shown() == before
        walk.restart()
        actions.redo(walk.screen, now=walk.now)
        assert walk.shown() == after
    walk.close()


@real_files
@walks
def test_what_sql_says_of_views_and_levels_the_rules_say_too(tmp_path_factory, seed, names) -> None:
    walk = walked(tmp_path_factory, seed, names)
    here = walk.conversations()
    for now in (walk.now, walk.now + days(1), walk.now + days(30)):
        found = queue.ids(walk.screen, View.NEEDS_YOU, now, CLOCK)
        assert sorted(found) == [one.id for one in here if views.needs_you(one, now)]
        assert queue.counts(walk.screen, now) == {view: len(queue.ids(walk.screen, view, now, CLOCK)) for view in View}
        levels = [staleness.level(one, now, CLOCK) for one in here]
        assert queue.levels(walk.screen, View.ALL, now, CLOCK) == {level: levels.count(level) for level in Level}
    walk.close()
