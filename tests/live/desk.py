"""One user's mail on a test server and the store it is pulled into."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sync import worker
from tests.live import server
from triage.config import Config, Imap, Inbox, Sync
from triage.model import Conversation, Entry, Limits, View
from triage.model import Desk as Us
from triage.policy.hours import Hours
from triage.policy.staleness import Clock
from triage.store import queue
from triage.store.database import Mode, Store, open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
US = "support@desk.example"
CLOCK = Clock(Hours.always(), Limits())


def mail(
    number: int, *, sender: str = "", to: str = US, answers: int | None = None, subject: str = "", text: str = ""
) -> bytes:
    """A plain mail; `number` makes its Message-ID, `answers` is the number of the mail it replies to."""
    lines = [
        f"From: {sender or f'Ana {number} <ana{number}@customer.example>'}",
        f"To: {to}",
        f"Subject: {subject or f'question {number}'}",
        f"Message-ID: <{number}@mail.example>",
        "Date: Fri, 20 Nov 2026 12:00:00 +0000",
    ]
    if answers is not None:
        lines += [f"In-Reply-To: <{answers}@mail.example>", f"References: <{answers}@mail.example>"]
    return "\r\n".join([*lines, "", text or f"Hello, this is number {number}. Can you help?", ""]).encode()


def reply(number: int, answers: int) -> bytes:
    to = f"ana{answers}@customer.example"
    return mail(number, sender=f"Us <{US}>", to=to, answers=answers, text="Yes, done.")


@dataclass
class Desk:
    """A store in `folder` for one user of `server`. Nothing here reads the machine's clock but the deadlines."""

    server: server.Server
    user: str
    folder: Path
    port: int = 0
    password: str = server.PASSWORD
    push: Sequence[Any] = field(default_factory=list)
    poll: int = 120
    seconds: int = 10

    @property
    def config(self) -> Config:
        imap = Imap(
            "127.0.0.1",
            self.user,
            port=self.port or self.server.port,
            tls="none",
            password=self.password,
            timeout_seconds=self.seconds,
        )
        return Config(imap=imap, inbox=Inbox([US]), sync=Sync(push=list(self.push), poll_seconds=self.poll))

    def open(self, mode: Mode = Mode.COMMAND) -> Store:
        store = open_store(self.folder / "store.db", Us(addresses=frozenset([US])), mode=mode)
        store.push = frozenset(self.push)
        return store

    def sync(self, full: bool = False) -> worker.Round:
        with self.open(Mode.WORKER) as store:
            return worker.run(self.config, store, watch=False, full=full, now=lambda: NOW)

    def put(self, raw: bytes, mailbox: str = "INBOX", flags: str = "", minutes: int | None = None) -> None:
        at = None if minutes is None else NOW - timedelta(days=2) + timedelta(minutes=minutes)
        self.server.put(self.user, raw, mailbox=mailbox, flags=flags, at=at)

    def doveadm(self, *words: str) -> None:
        self.server.doveadm(words[0], *words[1:])

    def picture(self) -> dict[str, Any]:
        """All that a person could see, without the numbers that depend on the order of arrival."""
        with self.open() as store:
            return {
                one.key: (plain(one), [seen(entry) for entry in queue.timeline(store, one.id)])
                for one in queue.rows(store, queue.ids(store, View.ALL, NOW, CLOCK))
            }

    def subjects(self, view: View = View.ALL) -> list[str]:
        with self.open() as store:
            return [one.subject for one in queue.rows(store, queue.ids(store, view, NOW, CLOCK))]

    def child(self, watch: bool = False) -> subprocess.Popen[bytes]:
        """The worker as a process of its own."""
        argv = [
            sys.executable,
            "-m",
            "tests.live.child",
            str(self.folder),
            self.user,
            str(self.port or self.server.port),
        ]
        argv += [self.password, str(self.poll), str(self.seconds), "watch" if watch else "once"]
        root = Path(__file__).parent.parent.parent
        return subprocess.Popen(argv, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})


def plain(one: Conversation) -> Any:
    return (
        one.subject,
        one.customer,
        one.status,
        one.turn,
        one.waiting_since,
        one.messages,
        one.tags,
        one.note,
        one.partial,
    )


def seen(entry: Entry) -> Any:
    if entry.message is None:
        return entry.note.text if entry.note else entry.words
    message = entry.message
    places = sorted(place.mailbox for place in message.places)
    text = entry.body.text if entry.body else None
    return (message.key, message.received_at, places, message.gone, message.left_inbox, entry.side, entry.settled, text)


def until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """What `condition` gives once it is true; fails after `seconds`."""
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.02)
    return found
