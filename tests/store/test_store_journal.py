"""Claims about journal.jsonl: a decision that was said to be done survives everything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.helpers import CLOCK, DESK, NOW, Mailroom, days, raw
from triage.errors import StoreUnwritable, TriageError
from triage.model import Conversation, Status, View
from triage.store import actions, journal, queue
from triage.store.database import Mode, Store, open_store, rebuild

KILLED = """
import os, sys
from pathlib import Path
from datetime import UTC, datetime
from triage.model import Desk
from triage.store import actions, queue
from triage.store.database import open_store

left = int(sys.argv[3])  # 0: never, and the lines are counted
def trace(frame, event, argument):
    global left
    if event == "line" and "/triage/store/" in frame.f_code.co_filename:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
    return trace

store = open_store(Path(sys.argv[1]), Desk())
sys.settrace(trace)
actions.tag(store, [int(sys.argv[2])], ["kept"], now=datetime(2026, 11, 20, tzinfo=UTC))
sys.settrace(None)
os.write(1, b"done %d" % -left)
store.close()
"""


def lines(store: Store) -> list[dict[str, object]]:
    return [json.loads(line) for line in store.beside(journal.NAME).read_text().splitlines()]


def wipe(path: Path) -> None:
    """Loses the store, and keeps the journal."""
    for file in path.parent.iterdir():
        if file.name != journal.NAME:
            file.unlink()


def test_a_decision_is_a_line_before_it_is_done(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    done = actions.close(store, [id], now=NOW)
    (line,) = lines(store)
    assert (line["id"], line["verb"], line["conversation"]) == (done.action, "status", id)
    assert line["message"] == queue.conversation(store, id).key


def test_an_empty_store_takes_everything_from_the_journal_as_the_mail_arrives(
    mail: Mailroom, store: Store, path: Path
) -> None:
    mail.customer("x@x", at=NOW - days(9))
    id = mail.customer("a@x", at=NOW - days(2))
    actions.note(store, [id], "Asked Tom.", now=NOW)
    actions.tag(store, [id], ["vip"], now=NOW)
    actions.close(store, [id], now=NOW)
    before = queue.conversation(store, id)
    mail.store.close()
    store.close()
    wipe(path)

    with open_store(path, DESK, mode=Mode.WORKER) as fresh:
        assert Mailroom(fresh).put(raw("a@x", at=NOW - days(2)), NOW - days(2)) == id
        found = queue.conversation(fresh, id)
        assert (found.id, found.note, found.tags, found.status) == (before.id, "Asked Tom.", ("vip",), Status.CLOSED)


def test_conversation_ids_are_given_again_where_they_are_free(mail: Mailroom, store: Store, path: Path) -> None:
    ids = [mail.customer(f"{i}@x", at=NOW - days(i)) for i in range(5)]
    actions.tag(store, [ids[3]], ["kept"], now=NOW)
    mail.store.close()
    store.close()
    wipe(path)
    with open_store(path, DESK, mode=Mode.WORKER) as fresh:
        room = Mailroom(fresh)
        again = [room.customer(f"{i}@x", at=NOW - days(i)) for i in reversed(range(5))][::-1]
        assert again[3] == ids[3]
        assert len(set(again)) == 5


def test_joined_conversations_join_again_as_their_mail_arrives(mail: Mailroom, store: Store, path: Path) -> None:
    first, second = mail.customer("a@x", at=NOW - days(2)), mail.customer("b@x", at=NOW - days(1))
    actions.join(store, [first, second], now=NOW)
    mail.store.close()
    store.close()
    wipe(path)
    with open_store(path, DESK, mode=Mode.WORKER) as fresh:
        room = Mailroom(fresh)
        room.customer("b@x", at=NOW - days(1))
        room.customer("a@x", at=NOW - days(2))
        (one,) = queue.rows(fresh, queue.ids(fresh, View.ALL, NOW, CLOCK))
        assert one.messages == 2
        assert rebuild(fresh)[1] == 0


def test_a_torn_last_line_is_kept_aside_and_harms_nothing(mail: Mailroom, store: Store, path: Path) -> None:
    id = mail.customer("a@x")
    actions.tag(store, [id], ["one"], now=NOW)
    file = store.beside(journal.NAME)
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    store.close()
    with open_store(path, DESK) as again:
        actions.tag(again, [id], ["two"], now=NOW)
        assert [line["payload"] for line in lines(again)] == [{"tag": "one"}, {"tag": "two"}]
        assert again.beside(journal.NAME + ".torn").read_bytes() == whole[:40] + b"\n"


def test_what_a_killed_process_did_not_write_the_next_decision_does(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.tag(store, [id], ["one"], now=NOW)
    actions.tag(store, [id], ["two"], now=NOW)
    file = store.beside(journal.NAME)
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    actions.tag(store, [id], ["three"], now=NOW)
    assert [line["payload"] for line in lines(store)] == [{"tag": "one"}, {"tag": "two"}, {"tag": "three"}]


def test_a_lost_journal_is_written_whole_again(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.tag(store, [id], ["one"], now=NOW)
    store.beside(journal.NAME).unlink()
    actions.tag(store, [id], ["two"], now=NOW)
    assert len(lines(store)) == 2


def test_a_journal_that_cannot_be_written_is_said_and_the_decision_stands(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    store.beside(journal.NAME).symlink_to("/dev/full")
    with pytest.raises(StoreUnwritable, match="The decision is kept in the store"):
        actions.tag(store, [id], ["one"], now=NOW)
    assert queue.conversation(store, id).tags == ("one",)
    store.beside(journal.NAME).unlink()
    actions.tag(store, [id], ["two"], now=NOW)
    assert len(lines(store)) == 2


def test_a_store_put_back_from_an_old_copy_takes_the_rest_from_the_journal(
    mail: Mailroom, store: Store, path: Path, tmp_path: Path
) -> None:
    id = mail.customer("a@x")
    actions.tag(store, [id], ["one"], now=NOW)
    store.backup_to(tmp_path / "old.db")
    actions.tag(store, [id], ["two"], now=NOW)
    mail.store.close()
    store.close()
    for file in path.parent.glob("store.db*"):
        file.unlink()
    (tmp_path / "old.db").rename(path)
    with open_store(path, DESK) as old:
        assert queue.conversation(old, id).tags == ("one", "two")


def test_a_struck_note_is_struck_after_a_replay_too(mail: Mailroom, store: Store, path: Path) -> None:
    id = mail.customer("a@x")
    noted = actions.note(store, [id], "hunter2", now=NOW)
    assert noted.action is not None
    actions.strike_note(store, noted.action, now=NOW)
    mail.store.close()
    store.close()
    wipe(path)
    with open_store(path, DESK, mode=Mode.WORKER) as fresh:
        Mailroom(fresh).customer("a@x")
        assert queue.conversation(fresh, id).noted == 0


def tag_and_die(path: Path, id: int, line: int) -> subprocess.CompletedProcess[bytes]:
    """Tags a conversation in a process that kill -9 ends at a line of the store's code; 0 lets it live."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(id), str(line)],
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )


@pytest.fixture(scope="module")
def length(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many lines of the store's code a decision runs through."""
    path = tmp_path_factory.mktemp("measured") / "store.db"
    with open_store(path, DESK, mode=Mode.WORKER) as store:
        id = Mailroom(store).customer("a@x")
    return int(tag_and_die(path, id, 0).stdout.split()[1])


@pytest.mark.parametrize("hundredths", [1, 30, 50, 70, 85, *range(89, 101)])
def test_a_kill_at_any_line_loses_no_decision_that_was_said_to_be_done(
    mail: Mailroom, path: Path, length: int, hundredths: int
) -> None:
    """All or nothing: what the store has the journal gets, and nothing half-made stands anywhere."""
    id = mail.customer("a@x")
    mail.store.close()
    run = tag_and_die(path, id, max(1, length * hundredths // 100))
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()
    with open_store(path, DESK) as store:
        kept = queue.conversation(store, id).tags == ("kept",)
        journal.catch_up(store)
        assert len(lines(store)) == int(kept)
        assert kept or hundredths < 100
        assert rebuild(store) == (1, 0)


DECISIONS: dict[str, Callable[[Store, int], object]] = {
    "close": lambda s, id: actions.close(s, [id], now=NOW),
    "open": lambda s, id: actions.open_(s, [id], now=NOW),
    "pending": lambda s, id: actions.pending(s, [id], now=NOW),
    "park": lambda s, id: actions.park(s, [id], "Finance", now=NOW),
    "spam": lambda s, id: actions.spam(s, [id], now=NOW),
    "snooze": lambda s, id: actions.snooze(s, [id], NOW + days(2), now=NOW),
    "tag": lambda s, id: actions.tag(s, [id], [f"t{id}"], now=NOW),
    "note": lambda s, id: actions.note(s, [id], "Noted.", now=NOW),
    "promise": lambda s, id: actions.promise(s, [id], NOW + days(3), now=NOW),
    "answered": lambda s, id: actions.answered(s, [id], now=NOW),
    "no answer": lambda s, id: actions.no_answer(s, [id], now=NOW),
    "join": lambda s, id: actions.join(s, [id, id % 6 + 1], now=NOW),
    "split": lambda s, id: actions.split(s, newest_key(s, id), now=NOW),
    "sender": lambda s, id: actions.sender(s, f"c{id % 3}@example.org", "machine", now=NOW),
    "start": lambda s, id: actions.start(s, NOW - days(id), now=NOW),
    "undo": lambda s, id: actions.undo(s, now=NOW),
    "redo": lambda s, id: actions.redo(s, now=NOW),
}


def newest_key(store: Store, id: int) -> str:
    return str(
        store.value("select key from message where conversation = ? order by id desc", (queue.resolve(store, id),))
    )


def everything(store: Store) -> list[Conversation]:
    return queue.rows(store, sorted(queue.ids(store, View.ALL, NOW, CLOCK)))


def deliver(room: Mailroom, order: list[int]) -> None:
    for i in order:
        refs = [f"m{i - 6}@x"] if i >= 6 else []
        at = NOW - days(20 - i)
        room.put(raw(f"m{i}@x", refs, f"C{i % 3} <c{i % 3}@example.org>", at=at), at)


steps = st.lists(st.tuples(st.sampled_from(sorted(DECISIONS)), st.integers(1, 6)), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, order=st.permutations(range(12)))
def test_a_lost_store_comes_back_the_same_from_journal_and_mail(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], order: list[int]
) -> None:
    """And a rebuild changes nothing, before or after."""
    path = tmp_path_factory.mktemp("desk") / "store.db"
    with open_store(path, DESK, mode=Mode.WORKER) as store:
        deliver(Mailroom(store), list(range(12)))
        for name, id in steps:
            try:
                DECISIONS[name](store, id)
            except TriageError:
                continue
        before = everything(store)
        assert rebuild(store) == (len(before), 0)
    wipe(path)
    with open_store(path, DESK, mode=Mode.WORKER) as fresh:
        deliver(Mailroom(fresh), order)
        assert rebuild(fresh)[1] == 0
        assert sorted(map(meaning, everything(fresh))) == sorted(map(meaning, before))


def meaning(one: Conversation) -> tuple[str, ...]:
    """What a conversation says, without the numbers that belong to one store alone."""
    return (
        one.key,
        one.status.value,
        one.turn.value,
        str(one.waiting_since),
        str(one.quiet_since),
        str(one.messages),
        str(one.tags),
        str(one.note),
        str(one.snoozed_until),
        str(one.promise_until),
        str(one.history),
        str(one.marks),
    )
