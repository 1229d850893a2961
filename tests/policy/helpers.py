"""A conversation told in a test: who wrote when, what was decided, and what the fold makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from triage.model import (
    Action,
    Address,
    Bounce,
    Conversation,
    Desk,
    Entry,
    Kind,
    Limits,
    Message,
    Place,
    Role,
    Status,
    Verb,
)
from triage.policy.fold import fold
from triage.policy.timeline import timeline

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
US = Address("Support", "support@desk.example")
TOM = Address("Tom", "tom@desk.example")
ANA = Address("Ana", "ana@client.example")
BOB = Address("Bob", "bob@client.example")
SUPPLIER = Address("Parts", "parts@supplier.example")
ROBOT = Address("", "noreply@shop.example")
DESK = Desk(addresses=frozenset({US.address}), staff=frozenset({TOM.address}))


def hour(n: float) -> datetime:
    """`n` hours after Monday 09:00 UTC."""
    return MONDAY + timedelta(hours=n)


def iso(n: float) -> str:
    return hour(n).isoformat()


class Story:
    """Messages and actions in the order told; hours count from Monday 09:00."""

    def __init__(self, desk: Desk = DESK) -> None:
        self.desk = desk
        self.messages: list[Message] = []
        self.actions: list[Action] = []

    # Mail

    def mail(
        self, n: float, sender: Address, to: Address | tuple[Address, ...], role: Role = Role.INBOX, **more
    ) -> str:
        """One mail that answers everything told so far, unless `ids` says otherwise; its key."""
        key = more.pop("key", f"m{len(self.messages)}")
        told = tuple(m.message_id for m in self.messages if m.message_id)
        fields = {
            "recipients": to if isinstance(to, tuple) else (to,),
            "subject": "Printer on fire",
            "message_id": f"<{key}@x.example>",
            "ids": told,
            "ours": self.desk.owns(sender.address),
            "places": (Place(role.value, role, hour(n)),),
        }
        self.messages.append(Message(key, hour(n), sender, **{**fields, **more}))
        return key

    def customer(self, n: float, who: Address = ANA, **more) -> str:
        return self.mail(n, who, more.pop("to", US), **more)

    def reply(self, n: float, to: Address | tuple[Address, ...] = ANA, **more) -> str:
        return self.mail(n, more.pop("sender", US), to, more.pop("role", Role.SENT), **more)

    def thanks(self, n: float, who: Address = ANA, **more) -> str:
        return self.mail(n, who, US, kind=Kind.THANKS, **more)

    def robot(self, n: float, who: Address = ROBOT, **more) -> str:
        return self.mail(n, who, US, kind=more.pop("kind", Kind.AUTO), **more)

    def bounce(self, n: float, of: str, failed: Address = ANA, permanent: bool = True) -> str:
        report = Bounce(permanent, (failed.address,), self.id_of(of))
        return self.mail(n, Address("", "mailer-daemon@mx.example"), US, kind=Kind.BOUNCE, bounce=report)

    def id_of(self, key: str) -> str | None:
        return next(m.message_id for m in self.messages if m.key == key)

    def change(self, key: str, **fields) -> None:
        """The server's facts about a mail changed: where it lies, whether it is gone."""
        self.messages = [replace(m, **fields) if m.key == key else m for m in self.messages]

    def forget(self, key: str) -> Message:
        """Take a mail out, to let it arrive late."""
        found = next(m for m in self.messages if m.key == key)
        self.messages.remove(found)
        return found

    # Decisions

    def act(self, n: float, verb: Verb, seen: tuple[str, ...] | None = None, on: str | None = None, **more) -> str:
        """A decision that saw all mail told so far, unless `seen` says otherwise; its id."""
        all_seen = tuple(m.key for m in self.messages) if seen is None else seen
        anchor = on if on is not None else (all_seen[-1] if all_seen else self.messages[0].key)
        id_ = more.pop("id", f"a{len(self.actions):03d}")
        author = more.pop("author", "person")
        bulk = more.pop("bulk", None)
        self.actions.append(Action(id_, hour(n), author, verb, anchor, all_seen, more, bulk))
        return id_

    def status(self, n: float, status: Status, **more) -> str:
        return self.act(n, Verb.STATUS, status=status.value, **more)

    def close(self, n: float, **more) -> str:
        return self.status(n, Status.CLOSED, **more)

    def open(self, n: float, **more) -> str:
        return self.status(n, Status.OPEN, **more)

    def snooze(self, n: float, until: float | None, **more) -> str:
        return self.act(n, Verb.SNOOZE, until=None if until is None else iso(until), **more)

    def undo(self, n: float, target: str, **more) -> str:
        return self.act(n, Verb.UNDO, target=target, **more)

    def start(self, n: float, before: float) -> str:
        id_ = f"a{len(self.actions):03d}"
        self.actions.append(Action(id_, hour(n), "person", Verb.START, None, (), {"before": iso(before)}))
        return id_

    # Meaning

    def fold(self, limits: Limits | None = None, partial: bool = False) -> Conversation:
        return fold(1, self.messages, self.actions, self.desk, limits or Limits(), partial)

    def timeline(self) -> list[Entry]:
        return timeline(self.messages, self.actions, self.desk)

    def side(self, key: str) -> str:
        return next(e.side for e in self.timeline() if e.message is not None and e.message.key == key)
