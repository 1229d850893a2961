"""A desk in a folder: triage.toml, a store filled through `store.incoming` from real mail, and a way to run it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triage.cli import main
from triage.mail.facts import from_header, from_mail
from triage.model import Desk
from triage.store import incoming
from triage.store.database import Mode, open_store
from triage.words import Role

# A Friday noon; the mails below are dated back from it.
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

CONFIG = """
[imap]
host = "127.0.0.1"
port = 1
tls = "none"
user = "support@example.com"
password = "hunter2"

[inbox]
addresses = ["support@example.com"]

[hours]
zone = "UTC"

[store]
path = "store.db"

[queue]
views = { invoices = "subject:invoice" }
"""

DESK = Desk(addresses=frozenset({"support@example.com"}))


def mail(
    subject: str,
    ago: timedelta,
    text: str,
    *,
    number: str,
    sender: str = "Ana M\u00fcller <ana@example.org>",
    to: str = "support@example.com",
    references: str = "",
    extra: str = "",
) -> tuple[datetime, bytes]:
    """A mail as a server holds it, and its INTERNALDATE."""
    at = NOW - ago
    head = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000",
        f"Message-ID: <{number}@example.org>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    if references:
        head.append(f"References: {references}")
    if extra:
        head.append(extra)
    return at, ("\r\n".join(head) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()


HOSTILE = "Hi \x1b]0;owned\x07 [red]bold[/] \u202egnp.exe \x9b31m end"

INBOX = [
    mail("Invoice 82506 is wrong", timedelta(days=9), "Hello,\nthe invoice shows the old address.\n", number="a1"),
    mail("Export hangs at 99%", timedelta(days=3), "The export hangs.\n", number="b1", sender="Ben <ben@example.net>"),
    mail(
        "CSV import drops the last row",
        timedelta(hours=2),
        "It drops the last row.\n\n> an old line\n> and another\n",
        number="c1",
        sender="Cleo <cleo@example.net>",
    ),
    mail(HOSTILE, timedelta(hours=1), "A bad one \x1b[2J\x07 here.\n", number="d1", sender="Eve <eve@example.net>"),
    mail(
        "Nightly report",
        timedelta(hours=5),
        "All fine.\n",
        number="e1",
        sender="cron@machines.example",
        extra="Auto-Submitted: auto-generated",
    ),
    mail("Password reset", timedelta(days=8), "How do I reset it?\n", number="f1", sender="Dora <dora@example.net>"),
    mail(
        "Re: Password reset",
        timedelta(days=6),
        "Thanks a lot!\n",
        number="f3",
        sender="Dora <dora@example.net>",
        references="<f1@example.org> <f2@example.org>",
    ),
]

SENT = [
    mail(
        "Re: Export hangs at 99%",
        timedelta(days=2),
        "Which version do you use?\n",
        number="b2",
        sender="Support <support@example.com>",
        to="Ben <ben@example.net>",
        references="<b1@example.org>",
    ),
    mail(
        "Re: Password reset",
        timedelta(days=7),
        "Click on the link below the form.\n",
        number="f2",
        sender="Support <support@example.com>",
        to="Dora <dora@example.net>",
        references="<f1@example.org>",
    ),
]


def fill(path: Path) -> None:
    """The mails above in a new store, headers and bodies."""
    with open_store(path, DESK, mode=Mode.WORKER) as store:
        for name, role, mails in (("INBOX", Role.INBOX, INBOX), ("Sent", Role.SENT, SENT)):
            incoming.put_mailbox(store, incoming.MailboxState(name, role, 1, len(mails) + 1, None, None, len(mails)))
            arrivals = [
                incoming.Arrival(uid, frozenset(), len(raw), from_header(raw, at, DESK))
                for uid, (at, raw) in enumerate(mails, 1)
            ]
            incoming.add(store, name, arrivals, NOW)
        for name, role, mails in (("INBOX", Role.INBOX, INBOX), ("Sent", Role.SENT, SENT)):
            state = incoming.MailboxState(
                name, role, 1, len(mails) + 1, None, datetime(1970, 1, 1, tzinfo=UTC), len(mails)
            )
            incoming.put_mailbox(store, state)
        bodies = []
        for wanted in incoming.wanted_bodies(store, 100):
            at, raw = (INBOX if wanted.mailbox == "INBOX" else SENT)[wanted.uid - 1]
            bodies.append((wanted.row, *from_mail(raw, at, DESK)))
        incoming.add_bodies(store, bodies, NOW)
        incoming.finish_round(store, NOW, complete=True)


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def row(self) -> dict:
        [row] = self.rows
        return row


@dataclass(frozen=True)
class DeskFolder:
    """One desk, and `run` for its commands with a clock that stands still."""

    folder: Path
    _run: Callable[..., Result]

    def run(self, *words: str, now: datetime = NOW) -> Result:
        return self._run("--config", str(self.folder / "triage.toml"), "--now", now.isoformat(), *words)

    def done(self, *words: str, now: datetime = NOW) -> Result:
        """`run`, for what has to work."""
        result = self.run(*words, now=now)
        assert (result.status, result.err) == (0, "")
        return result

    def id(self, subject: str) -> int:
        """The number of the conversation with this in its subject."""
        [found] = [row["id"] for row in self.done("list", "--all", "--json").rows if subject in row["subject"]]
        return found


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk", numbered=True)
    fill(folder / "store.db")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run one command in this process."""

    def run_one(*words: str) -> Result:
        capsys.readouterr()
        status = main(list(words))
        said = capsys.readouterr()
        return Result(status, said.out, said.err)

    return run_one


@pytest.fixture
def empty(tmp_path: Path, run: Callable[..., Result]) -> DeskFolder:
    """A desk whose store was never filled."""
    folder = tmp_path / "desk"
    folder.mkdir(mode=0o700)
    (folder / "triage.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "triage.toml").chmod(0o600)
    return DeskFolder(folder, run)


@pytest.fixture
def desk(empty: DeskFolder, filled: Path) -> DeskFolder:
    """A desk with six conversations; `filled` is copied, so that every test begins with the same."""
    for path in filled.iterdir():
        if path.is_file():
            shutil.copy2(path, empty.folder / path.name)
    return empty


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the machine's own configuration is seen, and nothing is left there."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("TRIAGE_CONFIG", "TRIAGE_STORE", "TRIAGE_IMAP_PASSWORD", "TZ"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (
        ("CONFIG", ".config"),
        ("DATA", ".local/share"),
        ("STATE", ".local/state"),
        ("CACHE", ".cache"),
    ):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    return home
