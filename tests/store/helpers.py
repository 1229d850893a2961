"""A mailroom that puts mail into a store the way the sync does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from triage.mail.facts import from_header, from_mail
from triage.model import Desk, Limits, Role
from triage.policy.hours import Hours
from triage.policy.staleness import Clock
from triage.store import incoming
from triage.store.database import Store
from triage.store.incoming import Arrival, MailboxState

DESK = Desk(addresses=frozenset({"support@example.com"}))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK = Clock(Hours.always(), Limits())
ANA = "Ana Mueller <ana@example.org>"
US = "Support <support@example.com>"


def days(count: float) -> timedelta:
    return timedelta(days=count)


def raw(
    message_id: str = "",
    refs: Sequence[str] = (),
    sender: str = ANA,
    to: str = US,
    subject: str = "Printer on fire",
    at: datetime = NOW,
    text: str = "It burns.",
    extra: str = "",
) -> bytes:
    """A mail. `message_id` and `refs` without angle brackets."""
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {at:%a, %d %b %Y %H:%M:%S +0000}\r\n"
    if message_id:
        head += f"Message-ID: <{message_id}>\r\n"
    if refs:
        head += "References: " + " ".join(f"<{ref}>" for ref in refs) + "\r\n"
    return f"{head}{extra}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def arrival(uid: int, mail: bytes, at: datetime = NOW, flags: Sequence[str] = (), size: int = 0) -> Arrival:
    return Arrival(uid, frozenset(flags), size or len(mail), from_header(mail.partition(b"\r\n\r\n")[0], at, DESK))


class Mailroom:
    """Puts mail into mailboxes; uids count up by themselves."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.texts: dict[tuple[str, int], tuple[bytes, datetime]] = {}
        self.uids: dict[str, int] = {}
        for name, role in (("INBOX", Role.INBOX), ("Sent", Role.SENT), ("Junk", Role.JUNK), ("Archive", Role.ARCHIVE)):
            incoming.put_mailbox(store, MailboxState(name, role, 1, complete_from=EPOCH))

    def put(self, mail: bytes, at: datetime = NOW, mailbox: str = "INBOX", now: datetime = NOW) -> int:
        """One mail; returns the conversation it is in."""
        uid = self.uids[mailbox] = self.uids.get(mailbox, 0) + 1
        self.texts[mailbox, uid] = (mail, at)
        incoming.add(self.store, mailbox, [arrival(uid, mail, at)], now)
        return int(
            self.store.value(
                "select m.conversation from place p join message m on m.id = p.message "
                "join mailbox b on b.id = p.mailbox where b.name = ? and p.uid = ?",
                (mailbox, uid),
            )
        )

    def customer(self, message_id: str, refs: Sequence[str] = (), at: datetime = NOW, **more: str) -> int:
        """Ana writes to the inbox."""
        return self.put(raw(message_id, refs, at=at, **more), at)

    def reply(self, message_id: str, refs: Sequence[str], at: datetime = NOW, **more: str) -> int:
        """We answer Ana."""
        return self.put(raw(message_id, refs, US, ANA, at=at, **more), at, "Sent")

    def fetch(self) -> int:
        """Every wanted body; returns how many."""
        wanted = incoming.wanted_bodies(self.store, 1000)
        read = [(w.row, *from_mail(*self.texts[w.mailbox, w.uid], DESK)) for w in wanted]
        incoming.add_bodies(self.store, read, NOW)
        return len(wanted)
