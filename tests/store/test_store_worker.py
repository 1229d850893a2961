"""Claims about a worker that is killed, or that a person overtakes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.helpers import CLOCK, DESK, NOW, Mailroom, arrival, days, raw
from triage.model import Conversation, Status, View
from triage.store import actions, incoming, queue
from triage.store.database import Mode, Store, check, open_store, rebuild
from triage.store.incoming import Arrival

KILLED = """
import os, sys
from pathlib import Path
from tests.store.helpers import DESK, Mailroom
from tests.store.test_store_worker import take_in
from triage.store.database import Mode, open_store

left = int(sys.argv[2])
def trace(frame, event, argument):
    global left
    if event == "line" and "/triage/store/" in frame.f_code.co_filename:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
    return trace

store = open_store(Path(sys.argv[1]), DESK, mode=Mode.WORKER)
room = Mailroom(store)
sys.settrace(trace)
take_in(store)
sys.settrace(None)
os.write(1, b"%d" % -left)
store.close()
"""


def mailbox() -> list[Arrival]:
    """Thirty mails, newest first: threads, one that joins two threads, a key twice."""
    found = [arrival(1, raw("join@x", ["m0@x", "m1@x"]))]
    for i in range(28):
        refs = [f"m{i - 7}@x"] if i >= 7 else []
        at = NOW - days(40 - i)
        found.append(arrival(40 - i, raw(f"m{i}@x", refs, f"C{i % 4} <c{i % 4}@example.org>", at=at), at))
    return sorted([*found, arrival(60, raw("m3@x", at=NOW))], key=lambda one: -one.uid)


def take_in(store: Store) -> None:
    """What a worker does with it, in small transactions."""
    store.pace["add"] = 5
    mail = mailbox()
    incoming.add(store, "INBOX", mail, NOW)
    incoming.vanish(store, "INBOX", [40, 39], NOW)
    incoming.finish_round(store, NOW, complete=True)


def conversations(store: Store) -> list[tuple[str, str, str, int]]:
    everything: list[Conversation] = queue.rows(store, queue.ids(store, View.ALL, NOW, CLOCK))
    return sorted((one.key, one.status.value, str(one.waiting_since), one.messages) for one in everything)


def killed_at(path: Path, line: int) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(line)],
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[tuple[str, str, str, int]]]:
    """How many lines of the store's code the work takes, and what comes of it undisturbed."""
    path = tmp_path_factory.mktemp("whole") / "store.db"
    run = killed_at(path, 0)
    assert run.returncode == 0, run.stderr.decode()
    with open_store(path, DESK) as store:
        return int(run.stdout), conversations(store)


@pytest.mark.parametrize("hundredths", [2, 13, 24, 35, 46, 57, 68, 79, 90, 99])
def test_a_worker_killed_anywhere_ends_in_the_same_state_when_it_runs_again(
    path: Path, whole: tuple[int, list[tuple[str, str, str, int]]], hundredths: int
) -> None:
    length, wanted = whole
    assert killed_at(path, length * hundredths // 100).returncode == -signal.SIGKILL
    with open_store(path, DESK, mode=Mode.WORKER) as store:
        assert check(store) == []
        take_in(store)
        assert conversations(store) == wanted
        assert rebuild(store)[1] == 0


def test_a_decision_between_reading_and_writing_is_not_lost(mail: Mailroom, store: Store) -> None:
    """The worker has folded a batch outside the lock when a person closes a conversation of it."""
    worker = mail.store
    id = mail.customer("a@x", at=NOW - days(2))
    batch = incoming.Batch(worker, "INBOX", [arrival(9, raw("b@x", ["other@y", "a@x"], at=NOW), NOW)], NOW)
    (piece,) = batch.pieces()
    actions.close(store, [id], now=NOW - days(1))
    assert batch.write(piece) is None
    assert queue.conversation(store, id).messages == 1
    incoming.add(worker, "INBOX", [arrival(9, raw("b@x", ["other@y", "a@x"], at=NOW), NOW)], NOW)
    found = queue.conversation(store, id)
    assert (found.messages, found.status, found.reopens, found.waiting_since) == (2, Status.OPEN, 1, NOW)


def test_pieces_shrink_when_the_disk_is_slow_and_grow_again(worker: Store) -> None:
    worker.pace["add"] = 1000
    worker.held_seconds = 0.06
    worker.keep_pace("add", 1000)
    slow = worker.pace_of("add")
    assert slow < 1000
    worker.held_seconds = 0.0006
    worker.keep_pace("add", slow)
    assert worker.pace_of("add") > slow
