"""The worker as a process: killed anywhere, watching, asked by others, and ending with its parent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync import worker
from tests.live.desk import CLOCK, NOW, Desk, mail, reply, until
from tests.live.server import Server
from triage.errors import LoginRefused, Offline, StoreLocked
from triage.model import SyncPhase, View
from triage.store import queue, state
from triage.store.database import Mode, worker_running

pytestmark = pytest.mark.live


@contextmanager
def watching(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """A watching worker that has finished its first round."""
    child = desk.child(watch=True)
    try:
        until(lambda: phase(desk) in (SyncPhase.IDLE, SyncPhase.REFUSED, SyncPhase.OFFLINE))
        yield child
    finally:
        child.kill()
        child.wait(10)


def phase(desk: Desk) -> SyncPhase:
    with desk.open() as store:
        return state.sync_state(store).phase


def fill(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.put(mail(number), minutes=number)
        if number % 3 == 0:
            desk.put(reply(number + 5000, number), "Sent", "S", minutes=number + 1)


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_the_next_run_ends_in_the_same_state(desk: Desk, tmp_path: Path, seed: int) -> None:
    fill(desk, 600)
    undisturbed = Desk(desk.server, desk.user, tmp_path / "undisturbed")
    undisturbed.sync()
    dice = random.Random(seed)

    for _ in range(8):
        child = desk.child()
        try:
            child.wait(dice.uniform(0.1, 1.2))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait(10)
    desk.sync()

    assert desk.picture() == undisturbed.picture()


def test_killed_between_changes_the_next_run_sees_them_all(desk: Desk, tmp_path: Path) -> None:
    fill(desk, 40)
    desk.sync()
    dice = random.Random(7)
    for step in range(6):
        desk.put(mail(100 + step), minutes=600 + step)
        desk.doveadm("expunge", "-u", desk.user, "mailbox", "INBOX", "uid", str(step + 1))
        desk.doveadm("move", "-u", desk.user, "Archive", "mailbox", "INBOX", "uid", str(step + 20))
        child = desk.child()
        try:
            child.wait(dice.uniform(0.15, 0.5))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait(10)
    desk.sync()

    gone = [entry[3] for _, entries in desk.picture().values() for entry in entries]
    places = sorted(place for _, entries in desk.picture().values() for entry in entries for place in entry[2])
    assert gone.count(True) == 6
    assert (places.count("INBOX"), places.count("Archive"), places.count("Sent")) == (34, 6, 14)


def test_new_mail_is_in_the_queue_while_the_worker_idles(full_desk: Desk) -> None:
    with watching(full_desk):
        full_desk.put(mail(9))

        until(lambda: "question 9" in full_desk.subjects(View.NEEDS_YOU))


def test_without_idle_new_mail_comes_with_the_poll(plain: Server, user: str, tmp_path: Path) -> None:
    desk = Desk(plain, user, tmp_path / "store", poll=1)
    with watching(desk):
        desk.put(mail(9))

        until(lambda: "question 9" in desk.subjects(View.NEEDS_YOU))


def test_one_worker_a_store(full_desk: Desk) -> None:
    with watching(full_desk), full_desk.open(Mode.WORKER) as store, pytest.raises(StoreLocked):
        worker.run(full_desk.config, store, watch=False)


def test_a_round_can_be_asked_of_the_worker_at_work(full_desk: Desk) -> None:
    with watching(full_desk), full_desk.open() as store:
        full_desk.put(mail(3), "Archive")

        done = worker.request_round(store, 20)

        assert (done.fetched, done.mailboxes) == (1, 6)


def test_asking_where_nobody_is_at_work_is_said(full_desk: Desk) -> None:
    with full_desk.open() as store, pytest.raises(Offline, match="ended before"):
        worker.request_round(store, 20)


def test_a_refused_worker_says_so_and_waits_for_a_person(full_desk: Desk) -> None:
    full_desk.password = "hunter2"
    with watching(full_desk), full_desk.open() as store:
        assert state.sync_state(store).phase is SyncPhase.REFUSED

        with pytest.raises(LoginRefused, match="Tried once"):
            worker.request_round(store, 20)

        assert worker_running(store.path)


def test_a_body_that_a_person_waits_for_is_answered(full_desk: Desk) -> None:
    full_desk.put(mail(1))
    with watching(full_desk), full_desk.open() as store:
        [id] = until(lambda: list(queue.ids(store, View.ALL, NOW, CLOCK)))
        key = queue.conversation(store, id).key
        number = state.ask(store, "body", {"key": key})

        assert until(lambda: state.answered(store, number)) == {"ok": True}


def test_a_request_nobody_knows_is_answered_too(full_desk: Desk) -> None:
    with watching(full_desk), full_desk.open() as store:
        number = state.ask(store, "something later", {})

        assert until(lambda: state.answered(store, number))


def test_a_worker_told_to_end_says_that_it_stopped(full_desk: Desk) -> None:
    with watching(full_desk) as child:
        child.terminate()

        assert child.wait(10) == 0
        assert phase(full_desk) is SyncPhase.STOPPED


def test_a_worker_ends_with_the_screen_that_started_it(full_desk: Desk) -> None:
    # A parent of its own for the worker, which the test can kill.
    program = (
        "import sys; from tests.live.test_live_worker import *; "
        f"d = Desk(None, {full_desk.user!r}, Path({str(full_desk.folder)!r}), {full_desk.server.port}); "
        "d.child(watch=True).wait()"
    )
    root = str(Path(__file__).parent.parent.parent)
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=root, env={**os.environ, "PYTHONPATH": root})
    path = full_desk.folder / "store.db"
    try:
        until(lambda: path.exists() and worker_running(path) and phase(full_desk) is SyncPhase.IDLE)
    finally:
        parent.kill()
        parent.wait(10)

    until(lambda: not worker_running(path))


def test_a_server_that_comes_back_is_used_again(full_desk: Desk) -> None:
    from tests.faults.proxy import Fault, Proxy

    with Proxy(full_desk.server.port) as proxy:
        full_desk.port = proxy.port
        with watching(full_desk):
            proxy.break_now(Fault.CUT)
            until(lambda: phase(full_desk) is SyncPhase.OFFLINE)
            proxy.fault = Fault.NONE
            full_desk.put(mail(4))

            until(lambda: "question 4" in full_desk.subjects())
