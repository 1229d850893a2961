"""The state machine: messages and decisions, in order, become waits, statuses and clocks.

Every row of STATE.md's event table is a branch here or in `decisions`. A *wait* is a customer's message that no
decision settled and no later reply to that customer answered. What the table left open:

- A round is a wait that a reply answered, counted since the conversation was last closed; snoozes are counted the same
  way.
- Chases are the messages of the present wait after its first, so an answer ends them.
- A mail that a closing did not see, received before it, keeps the conversation open without a new chapter or a
  reopening: the customer did not come back, we did not look.
- A reply that turns up after a closing takes back *closed unanswered* and gives its sample; one older than what a
  person stated replaces the stated sample.
- Our reply on a conversation that only lay in Junk says that it is no spam.
- Mail first seen in Trash counts as first seen in Junk: somebody put it away before we looked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from triage.model import Kind, Limits, Message, Sample, Status
from triage.policy.sides import Cast, Side, tidied


class Answer:
    """One reply and what it ended, so that a bounce can take it back."""

    __slots__ = ("asked", "at", "ended", "failed", "people", "quiet", "sample")

    def __init__(self, at: int, people: frozenset[str], quiet: datetime | None, asked: bool) -> None:
        self.at = at
        self.people = people
        self.quiet = quiet
        self.asked = asked
        self.ended: list[int] = []
        self.sample: int | None = None
        self.failed: set[str] = set()


class Replay:
    """The state while it is read. Messages are named by their place in fold order."""

    __slots__ = (
        "accepted",
        "answer",
        "answered_at",
        "asked",
        "away_until",
        "bounced",
        "cast",
        "chapter",
        "closed_at",
        "closed_set",
        "curtain_dot",
        "history",
        "hold",
        "junk_check",
        "last_customer",
        "last_ours",
        "limits",
        "opened",
        "parked_at",
        "parked_reason",
        "people",
        "promise",
        "promise_until",
        "quiet",
        "reopens",
        "rounds",
        "rows",
        "samples",
        "since_answer",
        "snoozed_until",
        "snoozes",
        "stated",
        "status",
        "thanks",
        "unanswered",
        "unproven_spam",
        "waits",
        "written",
    )

    def __init__(self, rows: Sequence[Message], cast: Cast, limits: Limits) -> None:
        self.rows = rows
        self.cast = cast
        self.people = cast.people
        self.limits = limits
        self.status = Status.OPEN
        self.unproven_spam = False
        self.waits: list[int] = []
        self.unanswered: list[int] = []
        self.closed_set: list[int] = []
        self.closed_at: datetime | None = None
        self.history = False
        self.chapter = 1
        self.reopens = self.rounds = self.snoozes = 0
        self.samples: list[Sample | None] = []
        self.stated: tuple[int, tuple[int, ...]] | None = None
        self.answer: Answer | None = None
        self.since_answer = False
        self.quiet: datetime | None = None
        self.asked = self.bounced = self.opened = False
        self.thanks: int | None = None
        self.snoozed_until: datetime | None = None
        self.hold = self.curtain_dot = False
        self.promise_until: datetime | None = None
        self.promise: str | None = None
        self.parked_at: datetime | None = None
        self.parked_reason: str | None = None
        self.away_until: datetime | None = None
        self.junk_check = False
        self.last_customer: datetime | None = None
        self.last_ours: datetime | None = None
        self.accepted: dict[int, datetime] = {}
        self.written: set[str] = set()

    # Messages

    def message(self, i: int) -> None:
        """Take in the message at place `i`."""
        side = self.cast.sides[i]
        if side is Side.CUSTOMER or side is Side.CLAIMS:
            self._customer(i)
        elif side is Side.REPLY:
            self._reply(i)
        elif side is Side.MACHINE:
            self._machine(i)
        elif side is not Side.DRAFT:
            self._aside(i, side)

    def _aside(self, i: int, side: Side) -> None:
        """Talk among ourselves and with outside help: shown, but it answers nobody and starts no clock."""
        self.thanks = None
        self.since_answer = True
        if i == 0 and side is Side.INTERNAL:
            self.status = Status.PENDING

    def _customer(self, i: int) -> None:
        message = self.rows[i]
        at = message.received_at
        if self.last_customer is None or at > self.last_customer:
            self.last_customer = at
        self.since_answer = True
        self.thanks = None
        if self.status is Status.SPAM and not self.unproven_spam:
            self._on_spam(i)
            return
        if self.cast.kinds[i] is Kind.THANKS:
            self._thanks(i)
            return
        self.away_until = None
        self._out_of_junk(i)
        self.comes_back(at)
        if self.status is not Status.SPAM:
            self.status = Status.OPEN
        self.unpark()
        self._lift(at)
        self.waits.append(i)

    def _on_spam(self, i: int) -> None:
        """It waits behind the spam mark, for an un-spamming; who had an answer from us before is worth a look."""
        self.history = False
        if self.cast.kinds[i] is not Kind.THANKS:
            self.waits.append(i)
        if not self.written.isdisjoint(self.people[i]):
            self.junk_check = True

    def _thanks(self, i: int) -> None:
        """Probably thanks: no clock. While the turn is ours it is neither chase nor clock, and asks nothing of us."""
        self._out_of_junk(i)
        if not self.waits:
            self.thanks = i

    def _out_of_junk(self, i: int) -> None:
        """First seen in Junk, no decision: shown as spam until one of its messages lies elsewhere."""
        if tidied(self.rows[i]):
            if i == 0 or (self.status is Status.OPEN and self.last_ours is None and not self.cast_before(i)):
                self.status = Status.SPAM
                self.unproven_spam = True
        elif self.unproven_spam:
            self.status = Status.OPEN
            self.unproven_spam = False

    def cast_before(self, i: int) -> bool:
        """Whether a customer wrote, or a decision was made, before place `i`."""
        return self.opened or any(side in (Side.CUSTOMER, Side.CLAIMS) for side in self.cast.sides[:i])

    def comes_back(self, at: datetime) -> None:
        """A customer writes on closed: a new chapter, and a reopening when it is soon enough."""
        if self.status is not Status.CLOSED or self.closed_at is None:
            return
        if self.history:
            self.chapter += 1
        elif at > self.closed_at:
            self.chapter += 1
            self.reopens += at - self.closed_at <= self.limits.reopen
        self.leave_closed()
        self.rounds = self.snoozes = 0

    def leave_closed(self) -> None:
        """Whatever ended the closing, it stands no more."""
        self.closed_at = None
        self.closed_set = []
        self.unanswered = []
        self.history = False

    def _lift(self, at: datetime) -> None:
        """New mail lifts a snooze; behind one with hold it starts its clock and shows a dot."""
        if self.snoozed_until is None:
            return
        if self.hold and at < self.snoozed_until:
            self.curtain_dot = True
        else:
            self.unsnooze()

    def unsnooze(self) -> None:
        self.snoozed_until = None
        self.hold = self.curtain_dot = False

    def unpark(self) -> None:
        self.parked_at = None
        self.parked_reason = None

    def unpromise(self) -> None:
        self.promise_until = None
        self.promise = None

    # Replies

    def _reply(self, i: int) -> None:
        message = self.rows[i]
        self.written |= self.people[i]
        self.last_ours = max(self.last_ours or message.received_at, message.received_at)
        self._answer(i, message)
        self.quiet = message.received_at
        self.asked = message.asks
        if self.status is not Status.CLOSED and (self.status is not Status.SPAM or self.unproven_spam):
            self.status = Status.PENDING
            self.opened = self.unproven_spam = False
        self.after_answer()

    def after_answer(self) -> None:
        """What any answer ends, whether a mail shows it or a person says so."""
        self.thanks = None
        self.bounced = False
        self.since_answer = False
        self.unsnooze()
        self.unpromise()
        self.unpark()

    def _answer(self, i: int, message: Message) -> None:
        people = self.people[i]
        given = Answer(i, people, self.quiet, self.asked)
        given.ended = self.addressed(self.waits, people)
        if given.ended:
            self.drop(given.ended)
            given.sample = self.sample(given.ended, message.received_at)
            self.rounds += 1
        elif late := self.addressed(self.unanswered, people):
            given.ended = late
            given.sample = self.sample(late, message.received_at)
            self.unanswered = [w for w in self.unanswered if w not in late]
            self.closed_set = [w for w in self.closed_set if w not in late]
        elif self.stated is not None:
            self._shown_after_all(given, message.received_at)
        self.answer = given

    def _shown_after_all(self, given: Answer, at: datetime) -> None:
        """The mail behind a stated answer turned up: what a mail shows counts for more than what was said."""
        if self.stated is None:
            return
        sample, ended = self.stated
        said = self.samples[sample]
        mine = self.addressed(ended, given.people)
        if said is not None and mine and at <= said.answered_at:
            self.samples[sample] = None
            given.ended = mine
            given.sample = self.sample(mine, at)
            self.stated = None

    def addressed(self, waits: Iterable[int], people: frozenset[str]) -> list[int]:
        """Those of `waits` whose writer is among `people`."""
        return [w for w in waits if not people.isdisjoint(self.people[w])]

    def drop(self, ended: Iterable[int]) -> None:
        gone = set(ended)
        self.waits = [w for w in self.waits if w not in gone]

    def sample(self, ended: Iterable[int], at: datetime, stated: bool = False) -> int:
        """Note how long the earliest of `ended` waited, and where the sample stands."""
        since = min(self.rows[w].received_at for w in ended)
        self.samples.append(Sample(since, max(at, since), stated))
        return len(self.samples) - 1

    # Machines

    def _machine(self, i: int) -> None:
        message = self.rows[i]
        if message.away_until is not None and not message.ours:
            self.away_until = message.away_until
        if message.bounce is not None and (self.last_ours or self.last_customer):
            self._bounce(message)

    def _bounce(self, message: Message) -> None:
        self.bounced = True
        given = self.answer
        bounce = message.bounce
        if given is None or bounce is None or self.since_answer or not bounce.permanent:
            return
        reply = self.rows[given.at]
        failed = given.people.intersection(bounce.failed, self.cast.customers) - given.failed
        named = reply.message_id is not None and (bounce.answers == reply.message_id or reply.message_id in message.ids)
        if not named or not failed or (self.status is Status.SPAM and not self.unproven_spam):
            return
        given.failed |= failed
        self._unanswer(given, failed)

    def _unanswer(self, given: Answer, failed: frozenset[str]) -> None:
        """Our newest reply reached nobody: its waits go on as if it had not been written."""
        back = self.addressed(given.ended, failed)
        given.ended = [w for w in given.ended if w not in back]
        if given.sample is not None:
            withdrawn = self.samples[given.sample]
            self.samples[given.sample] = None
            if given.ended and withdrawn is not None:
                given.sample = self.sample(given.ended, withdrawn.answered_at)
            else:
                given.sample = None
                self.rounds = max(0, self.rounds - 1)
        if not back:
            # No wait to resume: the customer was to hear from us, and has not, since the bounced mail.
            back = [given.at]
        self.waits = sorted({*self.waits, *back})
        self.quiet = given.quiet
        self.asked = given.asked
        self.leave_closed()
        self.unpark()
        self.status = Status.OPEN
