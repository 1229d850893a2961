"""The sentence behind each reason: its numbers, in plain words. Mail text in it is unsafe until `safe()`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from triage.model import Conversation, Limits, Message, Reason, Role


@dataclass(frozen=True, slots=True)
class Case:
    """What a sentence may speak of: instants are said in `zone`; `mail` are the conversation's messages, if at hand."""

    row: Conversation
    now: datetime
    zone: tzinfo
    limits: Limits
    mail: Sequence[Message] = ()

    def at(self, instant: datetime | None) -> str:
        """ "Thu 26 Nov 2026 17:00" """
        return "an unknown time" if instant is None else f"{instant.astimezone(self.zone):%a %d %b %Y %H:%M}"

    def ago(self, instant: datetime | None) -> str:
        """ "3 days", "5 hours": wall time, whole units, rounded down."""
        if instant is None:
            return "some time"
        minutes = int(abs(self.now - instant).total_seconds() // 60)
        for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
            if minutes >= size:
                return count(minutes // size, name)
        return "less than a minute"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def detail(reason: Reason, case: Case) -> str:
    """One sentence with the numbers of this reason."""
    return _SENTENCES[reason](case)


def _promised(case: Case) -> str:
    what = f": {case.row.promise}" if case.row.promise else ""
    return f"promised by {case.at(case.row.promise_until)}, {case.ago(case.row.promise_until)} ago{what}"


def _parked(case: Case) -> str:
    what = f": {case.row.parked_reason}" if case.row.parked_reason else ""
    return f"parked for {case.ago(case.row.parked_at)}, reviewed after {count(case.limits.parked.days, 'day')}{what}"


def _moved(case: Case) -> str:
    """Where the newest mail that left lies now, and since when that is known."""
    left = [
        message
        for message in case.mail
        if (message.left_inbox or message.gone) and all(place.role is not Role.INBOX for place in message.places)
    ]
    if not left:
        return "mail that still waits was moved or deleted outside this program"
    newest = max(left, key=lambda message: message.moved_at or message.received_at)
    where = ", ".join(place.mailbox for place in newest.places)
    moved = f"moved to {where}" if where else "deleted"
    return f"mail that still waits was {moved} outside this program, seen {case.at(newest.moved_at)}"


def _reopened(case: Case) -> str:
    return f"reopened {count(case.row.reopens, 'time')}, each within {case.limits.reopen.days} days of closing"


_SENTENCES: dict[Reason, Callable[[Case], str]] = {
    Reason.REPLY_NOT_OUT: lambda case: "a reply was released and no server has accepted it yet",
    Reason.PROMISE_BROKEN: _promised,
    Reason.BOUNCED: lambda case: "a mail of ours came back, and nothing was sent or decided since",
    Reason.CHASED: lambda case: (
        f"written {count(case.row.chases + 1, 'time')} without an answer, first {case.ago(case.row.waiting_since)} ago"
    ),
    Reason.REVOLVING_DOOR: _reopened,
    Reason.CIRCLES: lambda case: f"{count(case.row.rounds, 'round')} of question and answer, not closed",
    Reason.BEHIND_PENDING: lambda case: f"pending, but a customer has waited for {case.ago(case.row.waiting_since)}",
    Reason.MOVED: _moved,
    Reason.ANSWER_NOT_SEEN: lambda case: "it answers a mail of ours that is in no folder watched here",
    Reason.CLAIMS_TO_BE_US: lambda case: "it carries an address of ours, and nothing proves that we wrote it",
    Reason.SNOOZED_OFTEN: lambda case: f"snoozed {count(case.row.snoozes, 'time')}",
    Reason.DRAFT_LEFT: lambda case: f"a draft has lain for {case.ago(case.row.draft_at)}",
    Reason.TWIN: lambda case: "the same person has another conversation open",
    Reason.AWAY: lambda case: f"the customer is away until {case.at(case.row.away_until)}",
    Reason.PARKED_LONG: _parked,
    Reason.CLOSED_UNANSWERED: lambda case: f"closed {case.ago(case.row.closed_at)} ago while a customer waited",
    Reason.UNTAGGED: lambda case: "it carries no tag",
    Reason.OLD_NO_NOTE: lambda case: "it is old, and no note says why",
}
