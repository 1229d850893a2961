"""One conversation while it is being told: mails go where they belong, decisions wait for their hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sync.demo.letter import Letter, Move
from sync.demo.mime import US, File, Mailbox, Quoted, Written, plain, render
from sync.demo.people import Person
from sync.demo.phrases import PHRASES

ROBIN = "Robin"
SHORT = 30
SIGNATURE = "-- \nPennywren Support, weekdays 9 to 17\nhttps://help.pennywren.example"


@dataclass(frozen=True, slots=True)
class Decision:
    """Something a person decided: `verb` names a function of `store.actions`, `words` its arguments.

    It is about the conversation that holds the mails `message_ids`, oldest first, as it stood at `at`.
    """

    at: datetime
    verb: str
    message_ids: tuple[str, ...]
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Inbox:
    """All that was told so far, in no order. `moves` happen when all mail was synced."""

    random: Random
    now: datetime
    letters: list[Letter] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def message_id(self, domain: str) -> str:
        return f"<{self.random.getrandbits(48):012x}.{len(self.letters)}@{domain}>"

    def put(self, mailbox: str, mail: Written, flags: tuple[str, ...] = ()) -> str:
        """Lays a mail down; returns its Message-ID."""
        root = mail.ids[0] if mail.ids else mail.message_id
        self.letters.append(Letter(mail.message_id, mailbox, mail.at, render(mail), root, flags))
        return mail.message_id


class Tale:
    """A conversation with one customer. `says` and `answers` grow it; both return the Message-ID."""

    def __init__(self, inbox: Inbox, person: Person, subject: str, *, mailbox: str = "INBOX") -> None:
        self.inbox = inbox
        self.person = person
        self.subject = subject
        self.mailbox = mailbox
        self.words = world(inbox, person)
        self.ids: list[str] = []
        self.last: Quoted | None = None

    def says(self, at: datetime, text: str, *, files: tuple[File, ...] = (), **headers: str) -> str:
        """The customer writes. A later mail quotes the one before, as their client does it."""
        person = self.person
        mail = Written(
            sender=Mailbox(person.name, person.address),
            to=(US,),
            subject=self._titled(),
            at=at,
            message_id=self.inbox.message_id(person.domain),
            text=self._dressed(text),
            client=person.client,
            language=person.language,
            ids=tuple(self.ids),
            quoted=self.last,
            files=files,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        return self._keep(self.mailbox, mail, ("\\Seen",) if at < self.inbox.now - timedelta(days=1) else ())

    def answers(self, at: datetime, text: str, *, by: str = ROBIN, to: Mailbox | None = None) -> str:
        """We write to the customer, or to `to`; the mail lies in Sent."""
        phrases = PHRASES[self.person.language]
        hello = self.fill(phrases.reply)
        bye = phrases.bye if by == ROBIN else f"Best\n{by}"
        mail = Written(
            sender=US,
            to=(to or Mailbox(self.person.name, self.person.address),),
            subject=self._titled(),
            at=at,
            message_id=self.inbox.message_id("pennywren.example"),
            text=f"{hello}\n\n{self.fill(text)}\n\n{bye}\n{SIGNATURE}",
            client="desktop",
            language=self.person.language,
            ids=tuple(self.ids),
            quoted=self.last,
        )
        return self._keep("Sent", mail, ("\\Seen",))

    def decide(self, at: datetime, verb: str, /, **words: object) -> None:
        """A decision about this conversation as it stands now."""
        self.inbox.decisions.append(Decision(at, verb, tuple(self.ids), words))

    def fill(self, text: str) -> str:
        return text.format_map(self.words)

    def _titled(self) -> str:
        subject = self.fill(self.subject)
        return f"Re: {subject}" if self.ids else subject

    def _dressed(self, text: str) -> str:
        """Greeting and name around what the customer says."""
        phrases = PHRASES[self.person.language]
        greeting = self.inbox.random.choice(phrases.again) if self.ids else self.person.greeting
        # Under a few lines people put their first name alone.
        closing = self.person.closing if len(text.split()) > SHORT else "{first}"
        parts = [self.fill(part) for part in (greeting, text, closing) if part]
        return "\n\n".join(parts)

    def _keep(self, mailbox: str, mail: Written, flags: tuple[str, ...]) -> str:
        self.ids.append(mail.message_id)
        self.last = Quoted(mail.sender, mail.at, mail.subject, plain(mail).rstrip())
        return self.inbox.put(mailbox, mail, flags)


def world(inbox: Inbox, person: Person) -> dict[str, str]:
    """What the words in braces of a dialogue stand for in this conversation."""
    random = inbox.random
    phrases = PHRASES[person.language]
    month = inbox.now - timedelta(days=random.randint(20, 75))
    money = phrases.money.format(whole=random.randint(18, 4200), cents=random.randint(0, 99))

    return {
        "first": person.first,
        "last": person.last,
        "name": person.name,
        "domain": person.domain,
        "inv": f"{inbox.now.year}-{random.randint(103, 988):04}",
        "amount": money,
        "month": phrases.months.split()[month.month - 1],
        "company": random.choice(COMPANIES),
        "ver": f"4.{random.randint(9, 14)}",
        "code": f"{random.randint(2001, 9889)}",
    }


COMPANIES = (
    "Studio Halden",
    "Bakery Oster & Daughters",
    "Quillon Physiotherapy",
    "the Marrow Lane gallery",
    "Tindra Kindergarten",
    "Wexcombe Cycles",
    "Atelier Brume",
    "Harbour Choir Association",
    "Nordvik Surveyors",
    "Oakum & Pitch",
)
