"""Who plays what: so many conversations of each shape and level, drawn from the dialogues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.demo import remarks
from sync.demo.almanac import ASKED, OURS, STATED, Almanac
from sync.demo.mime import File, document, picture
from sync.demo.people import People
from sync.demo.story import Dialogue, dialogues
from sync.demo.tale import Inbox, Tale
from triage.model import Level


@dataclass(frozen=True, slots=True)
class Shape:
    """How a conversation stands: who wrote last, whether we asked, and the business days since."""

    ours: bool
    asks: bool | None
    span: tuple[float, float]


def waits(level: Level) -> Shape:
    return Shape(ours=False, asks=None, span=OURS[level])


def asked(level: Level) -> Shape:
    return Shape(ours=True, asks=True, span=ASKED[level])


def told(level: Level) -> Shape:
    return Shape(ours=True, asks=False, span=STATED[level])


ROLES = (
    *[waits(Level.FRESH)] * 20,
    *[waits(Level.AGING)] * 20,
    *[waits(Level.STALE)] * 22,
    *[waits(Level.MOLDY)] * 17,
    *[asked(Level.FRESH)] * 11,
    *[asked(Level.AGING)] * 6,
    *[asked(Level.STALE)] * 6,
    *[asked(Level.MOLDY)] * 6,
    *[told(Level.FRESH)] * 15,
    *[told(Level.MOLDY)] * 8,
)
CLOSED = 78
THANKED = 12


class Cast:
    """Gives dialogues out evenly; who plays one again gets another subject and wording."""

    def __init__(self, inbox: Inbox, almanac: Almanac, people: People) -> None:
        self.inbox = inbox
        self.almanac = almanac
        self.people = people
        self.random = inbox.random
        self.played: dict[str, int] = {}

    def all(self) -> None:
        """The everyday conversations of the inbox, in no order."""
        for shape in ROLES:
            tale, at = self.play(shape)
            self._remark(tale, at, waiting=not shape.ours)
        for number in range(CLOSED):
            self._closed(number)
        for _ in range(THANKED):
            self._thanked()

    def play(self, shape: Shape, *, until: datetime | None = None, mailbox: str = "INBOX") -> tuple[Tale, datetime]:
        """One conversation of this shape whose last mail came at `until`, or when the shape says."""
        dialogue = self._next(shape)
        lengths = dialogue.lengths(ours=shape.ours, asks=shape.asks)
        length = max(self.random.choice(lengths), self.random.choice(lengths))
        last = until or self.almanac.reached(shape.span)
        if shape.ours:
            last = self.almanac.at_desk(last)
        return self._tell(dialogue, length, last, mailbox), last

    def _next(self, shape: Shape) -> Dialogue:
        """The dialogue played least so far that fits; the files' order decides between equals, drawn by lot."""
        fitting = [one for one in dialogues() if one.lengths(ours=shape.ours, asks=shape.asks)]
        least = min(self.played.get(one.name, 0) for one in fitting)
        return self.random.choice([one for one in fitting if self.played.get(one.name, 0) == least])

    def _tell(self, dialogue: Dialogue, length: int, last: datetime, mailbox: str) -> Tale:
        times = self.played.get(dialogue.name, 0)
        self.played[dialogue.name] = times + 1
        subject = dialogue.subjects[times % len(dialogue.subjects)]
        tale = Tale(self.inbox, self.people.somebody(dialogue.language), subject, mailbox=mailbox)

        turns = dialogue.turns[:length]
        for number, (turn, at) in enumerate(zip(turns, self.times([turn.ours for turn in turns], last), strict=True)):
            text = turn.texts[times % len(turn.texts)]
            if turn.ours:
                tale.answers(at, text)
            else:
                aside = number == 0 and times >= len(turn.texts)
                tale.says(
                    at,
                    f"{remarks.aside(self.random, dialogue.language)} {text}" if aside else text,
                    files=self._files(text),
                )
        return tale

    def times(self, ours: Sequence[bool], last: datetime) -> list[datetime]:
        """From the last mail back: people answer when they like, the desk in business hours."""
        times = [last]
        for desk in reversed(ours[:-1]):
            times.append(
                self.almanac.desk_before(times[-1], 1, 40) if desk else self.almanac.before(times[-1], 0.5, 30)
            )
        return times[::-1]

    def _files(self, text: str) -> tuple[File, ...]:
        """What the words say is attached, and a screenshot here and there."""
        if "extract" in text or "ertificate" in text:
            return (File("register-extract.pdf", "application/pdf", document("Register extract")),)
        if "File attached" in text:
            return (File("products.csv", "text/csv", b"name,price\r\nFrame oak,48.00\r\nFrame ash,44.50"),)
        if "creenshot" in text or self.random.random() < 0.06:
            return (File(f"screenshot-{self.random.randint(10, 99)}.png", "image/png", picture()),)
        return ()

    def _remark(self, tale: Tale, at: datetime, *, waiting: bool) -> None:
        """Chases of those who wait long; notes and tags of ours on some."""
        old = at < self.almanac.now - timedelta(days=4)
        if waiting and old and self.random.random() < 0.35:
            at = self._chases(tale, at)
        noted = self._decided(at)
        if noted is None:
            return
        if self.random.random() < 0.42:
            tale.decide(noted, "note", text=tale.fill(self.random.choice(remarks.NOTES)))
        if self.random.random() < 0.75:
            tale.decide(noted + timedelta(seconds=20), "tag", add=self._tags(tale), remove=())

    def _chases(self, tale: Tale, at: datetime) -> datetime:
        for text in remarks.chases(self.random, tale.person.language):
            at = self.almanac.between(at + (self.almanac.now - at) * 0.2, self.almanac.now)
            tale.says(at, text)
        return at

    def _decided(self, at: datetime) -> datetime | None:
        """A desk instant after `at`, or None where there was no business hour since."""
        room = self.almanac.now - at
        tries = (at + room * self.random.uniform(0.1, 0.95) for _ in range(12))
        return next((one.replace(microsecond=0) for one in tries if self.almanac.open_at(one)), None)

    def _tags(self, tale: Tale) -> tuple[str, ...]:
        tags = next(one.tags for one in dialogues() if tale.subject in one.subjects)
        vip = ("vip",) if self.random.random() < 0.08 else ()
        return (*tags[: self.random.randint(1, len(tags))], *vip)

    def _closed(self, number: int) -> None:
        """Answered, closed, tagged most of the time; a fifth in the last week."""
        at = self.almanac.days_ago(0.3, 7) if number % 5 == 0 else self.almanac.days_ago(7, 150)
        ours = self.random.random() < 0.5
        shape = Shape(ours=ours, asks=False if ours else None, span=(0, 0))
        tale, _ = self.play(shape, until=at, mailbox="Archive")
        if not ours:
            at = self._answered(tale, at)

        closed = min(at + timedelta(minutes=self.random.randint(1, 300)), self.almanac.now)
        tale.decide(closed, "close")
        if self.random.random() < 0.85:
            tale.decide(closed, "tag", add=self._tags(tale), remove=())
        if self.random.random() < 0.25:
            tale.decide(closed, "note", text=tale.fill(self.random.choice(remarks.CLOSING_NOTES)))

    def _answered(self, tale: Tale, at: datetime) -> datetime:
        later = min(at + timedelta(hours=self.random.uniform(0.2, 5)), self.almanac.now - timedelta(minutes=3))
        at = max(later, at + timedelta(minutes=1)).replace(microsecond=0)
        tale.answers(at, remarks.settled(self.random, tale.person.language))
        return at

    def _thanked(self) -> None:
        """Answered, then only thanks: nobody waits, somebody should look."""
        thankful = [one for one in dialogues() if one.turns[-1].thanks and len(one.turns[-1].texts[0].split()) < 8]
        least = min(self.played.get(one.name, 0) for one in thankful)
        dialogue = self.random.choice([one for one in thankful if self.played.get(one.name, 0) == least])
        self._tell(dialogue, len(dialogue.turns), self.almanac.days_ago(0.1, 6), "INBOX")


def fill(inbox: Inbox, almanac: Almanac, people: People) -> Cast:
    """Tells the everyday conversations; returns the cast, for those who need some more."""
    cast = Cast(inbox, almanac, people)
    cast.all()
    return cast
