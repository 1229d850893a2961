"""The process that talks to the server: connect, pull, push, answer screens first, idle, back off. One per store."""

from __future__ import annotations

import gc
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from sync import backoff, login
from sync.mailbox import Mailbox
from sync.mailbox import login as connect
from sync.pull import Pull, settled
from sync.push import push, waiting
from sync.reader import Reader
from sync.report import Report
from sync.texts import Tally
from sync.trouble import Busy
from triage.config import Config
from triage.errors import LoginRefused, Offline, SyncError, Untrusted
from triage.model import SyncPhase, SyncState
from triage.store import indexing
from triage.store import state as rows
from triage.store.database import Store, worker_lock, worker_running
from triage.store.state import Request

TICK = 0.15
"""Seconds between two looks for a screen's request while idling."""

SLICE = 20.0
"""Seconds of history or bodies at most before the worker looks for new mail again."""

THOROUGH = 3600.0
"""Seconds between two rounds that trust no count and compare every flag, on servers without mod-sequences."""

_ERRORS: dict[str, type[SyncError]] = {"LoginRefused": LoginRefused, "Untrusted": Untrusted, "Offline": Offline}


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did, in messages; `seconds` from asking to answer."""

    fetched: int = 0
    updated: int = 0
    vanished: int = 0
    pushed: int = 0
    seconds: float = 0.0
    mailboxes: int = 0


class Ended(BaseException):
    """The owner of this worker is gone. Not an error: nothing may catch it but the worker's top."""


def run(
    config: Config,
    store: Store,
    *,
    watch: bool,
    full: bool = False,
    owner: int | None = None,
    progress: Callable[[SyncState], None] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Round:
    """Be the worker of `store`: one complete round, or with `watch` until it is told to end.

    `owner` is the process id of a screen that started it: it ends when that one is gone, however it went.

    `full` compares every UID and flag instead of trusting counts. Raises StoreLocked where another worker is at work
    (see `request_round`), and without `watch` LoginRefused, Untrusted or Offline.
    """
    with worker_lock(store.path):
        # Long lists of facts live through every collection; the usual thresholds cost a tenth of the time.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        worker = Worker(config, store, Report(store, now, progress), now, full, owner)
        if watch:
            _end_on_terminate()
        try:
            return worker.watch() if watch else worker.once()
        except SyncError as error:
            worker.failed(error)
            raise
        except (Ended, KeyboardInterrupt) as end:
            worker.report.phase(SyncPhase.STOPPED)
            if isinstance(end, KeyboardInterrupt):
                raise
            return worker.last
        finally:
            worker.reader.close()


def _end_on_terminate() -> None:
    """SIGTERM ends the worker in order, with its row saying so. Only the main thread may set that up."""

    def end(*_: object) -> None:
        raise Ended

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)


def request_round(store: Store, timeout: float = 600.0) -> Round:
    """Ask the worker that runs beside us for a round and wait for its answer.

    Raises what went wrong there (Offline, LoginRefused, Untrusted), or Offline when it ends or `timeout` seconds pass.
    """
    number = rows.ask(store, "round", {})
    until = time.monotonic() + timeout
    while (answer := rows.answered(store, number)) is None:
        if time.monotonic() > until:
            raise Offline(f"The sync already at work gave no answer within {timeout:.0f} s; it is left at work.")
        if not worker_running(store.path):
            raise Offline("The sync that was at work ended before it answered: run the command again.")
        time.sleep(0.05)
    if "error" in answer:
        raise _ERRORS.get(str(answer.get("kind")), Offline)(str(answer["error"]))
    return Round(**{key: answer[key] for key in Round.__dataclass_fields__ if key in answer})  # type: ignore[arg-type]


class Worker:
    """The loop and what it remembers between rounds. `last` is the newest complete round."""

    def __init__(
        self,
        config: Config,
        store: Store,
        report: Report,
        now: Callable[[], datetime],
        full: bool,
        owner: int | None = None,
    ) -> None:
        self.config = config
        self.store = store
        self.report = report
        self.now = now
        self.last = Round()
        self.reader = Reader(store.desk)
        self._thorough = full
        self._thorough_at = float("-inf")
        self._owner = owner
        self._seen = -1
        self._open: list[Request] = []
        self._slice_ends = 0.0

    def once(self) -> Round:
        """Connect, make everything equal, answer who asked meanwhile, leave. `seconds` are of all that."""
        began = time.monotonic()
        self.report.phase(SyncPhase.CONNECTING)
        with self._connected() as box:
            total = self.round(box)
            while not self.text(box):
                # A slice of bodies ended, or somebody asked for something.
                if self._requests():
                    self.round(box)
        self.report.phase(SyncPhase.STOPPED, synced_at=self.now())
        return replace(total, seconds=round(time.monotonic() - began, 3))

    def watch(self) -> Round:
        """Stay until told to end. Every failure is a sentence in the state row and another try, but a refusal."""
        failures = 0
        while True:
            self.report.phase(SyncPhase.CONNECTING)
            before = self.last
            try:
                with self._connected() as box:
                    self._stay(box)
            except SyncError as error:
                failures = 1 if self.last is not before else failures + 1
                asked = error.seconds if isinstance(error, Busy) else 0.0
                self.failed(error)
                # One refused login is enough: a second could lock the account. A person says when to try again.
                refused = isinstance(error, LoginRefused)
                self._wait(None if refused else backoff.pause(failures, asked, random.random))

    def failed(self, error: SyncError) -> None:
        """Say so in the state row, and to everyone who waits: no worker can help them now."""
        for one in rows.asked(self.store):
            rows.answer(self.store, one.id, {"error": str(error), "kind": type(error).__name__})
        refused = isinstance(error, LoginRefused)
        self.report.phase(SyncPhase.REFUSED if refused else SyncPhase.OFFLINE, str(error))

    def _wait(self, seconds: float | None) -> None:
        """Wait, without end where `seconds` is None; a screen that asks for anything ends it."""
        ends = time.monotonic() + (seconds if seconds is not None else float("inf"))
        while time.monotonic() < ends and not self._wanted():
            time.sleep(TICK)

    def _wanted(self) -> bool:
        """Whether somebody waits for the network: a screen, or a decision that the server must hear."""
        self._owned()
        changed = self.store.data_version() != self._seen
        return bool(self._requests()) or (changed and waiting(self.store, self.config.sync.push))

    def _connected(self) -> Mailbox:
        return connect(self.config.imap, login.secret(self.config.imap))

    def _stay(self, box: Mailbox) -> None:
        """Rounds and idling on one connection, until it breaks."""
        while True:
            self.round(box)
            if self.text(box):
                self._idle(box)

    def round(self, box: Mailbox) -> Round:
        """Make headers, flags and places equal to the server, then answer those who asked before it began."""
        began = time.monotonic()
        self.report.phase(SyncPhase.SYNCING)
        asked = [one for one in self._requests() if one.kind != "body"]
        pushed = push(box, self.store, self.config.sync.push)
        if not box.condstore and began - self._thorough_at > THOROUGH:
            self._thorough = True
        tally = Tally()
        while not (mailboxes := self._slice(box, tally)):
            self.report.phase(SyncPhase.SYNCING)
        self._thorough, self._thorough_at = False, time.monotonic() if self._thorough else self._thorough_at
        self.last = Round(
            tally.fetched, tally.updated, tally.vanished, pushed, round(time.monotonic() - began, 3), mailboxes
        )
        for one in asked:
            # Also a kind that this version does not know: a round is the best answer it has.
            rows.answer(self.store, one.id, {"ok": True, **asdict(self.last)})
        self.report.phase(SyncPhase.IDLE, synced_at=self.now())
        return self.last

    def _slice(self, box: Mailbox, tally: Tally) -> int:
        """As much of a round as fits before a screen or new mail is due; the number of mailboxes once complete."""
        pull = self._pull(box)
        complete = pull.round(self.config.sync.mailboxes, self._thorough)
        tally.fetched += pull.tally.fetched
        tally.updated += pull.tally.updated
        tally.vanished += pull.tally.vanished
        for one in self._requests():
            if one.kind == "body":
                rows.answer(self.store, one.id, {"ok": pull.texts.one(str(one.payload.get("key", "")))})
        return pull.mailboxes if complete else 0

    def text(self, box: Mailbox) -> bool:
        """Words and bodies still missing, for at most a SLICE. False when some are left, or somebody asks for more."""
        texts = self._pull(box).texts
        indexed = indexing.headers(self.store, self._pause) and indexing.refill(self.store, self._pause)
        return indexed and texts.newest() and not self._requests()

    def _owned(self) -> None:
        """End when the screen that started us is gone: a process without its parent is given another one."""
        if self._owner is not None and os.getppid() != self._owner:
            raise Ended

    def _pull(self, box: Mailbox) -> Pull:
        self._slice_ends = time.monotonic() + SLICE
        return Pull(box, self.store, self.reader, self.now, self.report.count, self._pause)

    def _pause(self) -> bool:
        self._owned()
        late = time.monotonic() > self._slice_ends
        return late or any(one.kind == "body" for one in self._requests())

    def _requests(self) -> list[Request]:
        """What screens ask for, read again only when somebody else wrote to the store."""
        version = self.store.data_version()
        if version != self._seen or self._open:
            self._seen = version
            self._open = rows.asked(self.store)
        return self._open

    def _idle(self, box: Mailbox) -> None:
        """Wait for news: of INBOX at once, of a screen within TICK, of the other mailboxes every poll_seconds."""
        ends = time.monotonic() + self.config.sync.poll_seconds
        drift = time.time() - time.monotonic()
        idle = "IDLE" in box.capabilities
        if idle:
            # What came between the round's look and this one, IDLE will not say again.
            if not settled(self.store, "INBOX", box.examine("INBOX")):
                return
            box.idle()
        while time.monotonic() < ends:
            news = box.idle_news(TICK) if idle else self._nap()
            # A suspended machine: its connections are dead, whatever the socket says.
            if news or self._wanted() or abs(time.time() - time.monotonic() - drift) > 30:
                break
        box.idle_done()

    def _nap(self) -> bool:
        time.sleep(TICK)
        return False
