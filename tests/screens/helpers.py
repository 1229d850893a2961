"""Frozen conversations, a clock that stands still, and screens as text."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from screens.app import make_context
from triage.config import Config, Imap, Inbox
from triage.mail.facts import from_mail
from triage.model import Address, Conversation, Desk, Limits, Role, SyncPhase, SyncState, Turn
from triage.policy.hours import Hours
from triage.policy.staleness import Clock
from triage.store import bodies, incoming, places, state
from triage.store.database import Mode, open_store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PICTURES = Path(__file__).parent / "pictures"


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def conversation(id: int, customer: str = "Ana Müller", subject: str = "CSV import drops last row", **facts: object):
    """A conversation that waits for us since `waiting_since` (3 h ago unless said)."""
    facts.setdefault("turn", Turn.OURS)
    if facts["turn"] is Turn.OURS:
        facts.setdefault("waiting_since", ago(hours=3))
    return Conversation(id, f"key{id}", subject, Address(customer, f"c{id}@example.org"), **facts)


def text_of(app: App[object]) -> str:
    """The screen as text, one line a row, trailing blanks kept off."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in strips) + "\n"


def picture(name: str, shown: str, update: bool = False) -> None:
    """Compare with the kept picture; a missing one is written and fails, so that it is looked at before it is kept."""
    kept = PICTURES / f"{name}.txt"
    if update or not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(shown, encoding="utf-8")
        raise AssertionError(f"{kept.name} was written: look at it and run again")
    assert shown == kept.read_text(encoding="utf-8")


async def until(pilot: Pilot[object], true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Let the app run until a condition holds; fail when it never does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "never became true\n" + text_of(pilot.app)
        await pilot.pause()
        await asyncio.sleep(0)


# A real store, filled with real mail

CLOCK = Clock(Hours.always())
DESK = Desk(addresses=frozenset({"desk@example.com"}))
Mail = tuple[str, str, str, datetime, str, tuple[str, ...]]


def mail(id: str, sender: str, subject: str, at: datetime, text: str = "Hello.", refs: tuple[str, ...] = ()) -> Mail:
    """`sender` "us" is the desk, answering the customer of `refs`; ids are bare words."""
    return (id, sender, subject, at, text, refs)


def encoded(text: str) -> str:
    """Any text in a header field, as hostile mail has it too."""
    return "=?utf-8?b?" + b64encode(text.encode("utf-8", "surrogatepass")).decode() + "?="


def raw(letter: Mail, to: str) -> bytes:
    id, sender, subject, at, text, refs = letter
    who = "Desk <desk@example.com>" if sender == "us" else f"{encoded(sender)} <{address(sender)}>"
    fields = {
        "From": who,
        "To": to if sender == "us" else "desk@example.com",
        "Subject": encoded(subject),
        "Date": f"{at:%a, %d %b %Y %H:%M:%S +0000}",
        "Message-ID": f"<{id}@example.org>",
        "References": " ".join(f"<{ref}@example.org>" for ref in refs),
        "Content-Type": "text/plain; charset=utf-8",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return head.encode() + b"\r\n" + text.replace("\n", "\r\n").encode()


def address(name: str) -> str:
    plain = "".join(letter for letter in name.casefold() if letter.isascii() and letter.isalnum())
    return f"{plain or 'somebody'}@example.org"


def deliver(path: Path, letters: Sequence[Mail], now: datetime = NOW, first_uid: int = 1, synced: bool = True) -> None:
    """What the worker does with mail that came, by the store's own functions."""
    senders = {letter[0]: letter[1] for letter in letters}
    with open_store(path, DESK, Limits(), Mode.WORKER) as store:
        known = {state.name for state in incoming.mailboxes(store)}
        for name, role in (("INBOX", Role.INBOX), ("Sent", Role.SENT)):
            if name not in known:
                epoch = datetime(1970, 1, 1, tzinfo=UTC)
                incoming.put_mailbox(store, incoming.MailboxState(name, role, 1, 1, None, epoch, 0))
        read = {}
        for uid, letter in enumerate(letters, first_uid):
            name = "Sent" if letter[1] == "us" else "INBOX"
            customer = address(senders.get(letter[5][0], "somebody")) if letter[5] else "somebody@example.org"
            data = raw(letter, customer)
            facts, body = from_mail(data, letter[3], DESK)
            read[name, uid] = (facts, body)
            incoming.add(store, name, [incoming.Arrival(uid, frozenset(), len(data), facts)], now)
        wanted = bodies.wanted_bodies(store, 1000)
        fetched = [(want.row, *read[want.mailbox, want.uid]) for want in wanted if (want.mailbox, want.uid) in read]
        bodies.add_bodies(store, fetched, now)
        places.finish_round(store, now, complete=True)
        done = SyncState(SyncPhase.IDLE, since=now, synced_at=now - timedelta(seconds=40))
        state.put_sync_state(store, done if synced else SyncState(SyncPhase.SYNCING, since=now))


LETTERS = (
    mail("yusuf1", "Yusuf Jensen", "API returns 502 since Monday", ago(days=131), "It fails.\n\nYusuf"),
    mail("yusuf2", "Yusuf Jensen", "Re: API returns 502 since Monday", ago(days=100), "Any news?", ("yusuf1",)),
    mail("quentin1", "Quentin Lukasz", "Where do I change the billing address?", ago(days=60)),
    mail(
        "maria1",
        "Maria Dubois",
        "Invoice 82506 is wrong [urgent]",
        ago(days=9),
        "Hello, the invoice still shows the old address.\n\n> You wrote:\n> line\n\n-- \nMaria\nACME",
    ),
    mail("us1", "us", "Re: Invoice 82506 is wrong [urgent]", ago(days=8), "Thank you Maria, I asked.", ("maria1",)),
    mail("maria2", "Maria Dubois", "Re: Invoice 82506", ago(days=6), "It is still wrong.", ("maria1", "us1")),
    mail("misaki1", "山田みさき", "領収書の宛名を変更できますか", ago(days=2), "お願いします。"),
    mail("ana1", "Ana Müller", "CSV import drops last row", ago(hours=3), "The last row is missing. Why?"),
    mail("tom1", "Tom Okafor", "Cancel my plan", ago(days=20), "Please cancel."),
    mail("us2", "us", "Re: Cancel my plan", ago(days=19), "Done. Anything else we can do for you?", ("tom1",)),
)


def context(path: Path, now: Callable[[], datetime] = lambda: NOW, **config: object):
    """Everything the screens share, over the store at `path`."""
    whole = Config(Imap("127.0.0.1", "desk"), Inbox(["desk@example.com"]), **config)
    store = open_store(path, DESK, Limits(), Mode.SCREEN)
    return make_context(whole, store, DESK, CLOCK, now)
