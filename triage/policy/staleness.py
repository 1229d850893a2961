"""Levels and named reasons, each with its arithmetic, computed from *now* on reading: no timer exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from triage.model import Conversation, Level, Limits, Message, Reason, Status, Turn
from triage.policy.hours import Hours
from triage.policy.sentences import Case, detail
from triage.policy.views import place, snoozed

DRAFT_LEFT_DAYS = 1.0
_LEVELS = (Level.AGING, Level.STALE, Level.MOLDY)
_RANK = {reason: rank for rank, reason in enumerate(Reason)}
_SHUT = frozenset({Status.CLOSED, Status.SPAM})
# What a conversation that is shut or from before the start line can still ask: "from anywhere" (STATE.md, *Views*).
_ANYWHERE = frozenset({Reason.REPLY_NOT_OUT, Reason.PROMISE_BROKEN, Reason.BOUNCED, Reason.CLOSED_UNANSWERED})


@dataclass(frozen=True, slots=True)
class Clock:
    """How time is counted at this desk. `tidy` switches *untagged* and *old and no note* on."""

    hours: Hours = field(default_factory=Hours)
    limits: Limits = field(default_factory=Limits)
    tidy: bool = False


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """The latest instants at which something is already so, for `<=` in SQL, exact.

    `ours` (with `waiting_since`) and `theirs` (with `quiet_since`) are for aging, stale and moldy; `draft` goes with
    `draft_at`, `parked` with `parked_at`.
    """

    ours: tuple[datetime, datetime, datetime]
    theirs: tuple[datetime, datetime, datetime]
    draft: datetime
    parked: datetime


@lru_cache(maxsize=64)
def cutoffs(now: datetime, clock: Clock) -> Cutoffs:
    """Where the levels begin, seen from `now`."""
    ago = clock.hours.ago
    a, b, c = (ago(now, days) for days in clock.limits.ours)
    d, e, f = (ago(now, days) for days in clock.limits.theirs)
    return Cutoffs((a, b, c), (d, e, f), ago(now, DRAFT_LEFT_DAYS), now - clock.limits.parked)


def level(conversation: Conversation, now: datetime, clock: Clock) -> Level:
    """How stale it is. Turn theirs without any mail or word of ours to count from is fresh."""
    if _counts_nothing(conversation, now):
        return Level.NONE
    since = _since(conversation)
    if since is None:
        return Level.FRESH
    cut = cutoffs(now, clock)
    if conversation.turn is Turn.OURS:
        return _reached(since, cut.ours)
    if conversation.asked:
        return _reached(since, cut.theirs)
    return Level.MOLDY if since <= cut.theirs[2] else Level.FRESH


def _counts_nothing(conversation: Conversation, now: datetime) -> bool:
    if conversation.status in _SHUT or conversation.history or conversation.turn is Turn.NOBODY:
        return True
    if conversation.status is Status.PARKED and conversation.turn is Turn.THEIRS:
        return True
    return snoozed(conversation, now)


def _since(conversation: Conversation) -> datetime | None:
    """The instant the level counts from."""
    return conversation.waiting_since if conversation.turn is Turn.OURS else conversation.quiet_since


def _reached(since: datetime, cut: tuple[datetime, datetime, datetime]) -> Level:
    reached = Level.FRESH
    for name, instant in zip(_LEVELS, cut, strict=True):
        if since <= instant:
            reached = name
    return reached


def reasons(conversation: Conversation, now: datetime, clock: Clock) -> tuple[Reason, ...]:
    """Why it asks for attention, gravest first. Shut and old ones keep only what is said from anywhere."""
    found = {*conversation.marks, *_timed(conversation, now, clock)}
    if conversation.status in _SHUT or conversation.history:
        found &= _ANYWHERE
    if len(found) < 2:
        return tuple(found)
    return tuple(sorted(found, key=_RANK.__getitem__))


def _timed(conversation: Conversation, now: datetime, clock: Clock) -> list[Reason]:
    """The reasons the fold cannot know: they need the clock, a draft, or another conversation."""
    found: list[Reason] = []
    if conversation.reply_out:
        found.append(Reason.REPLY_NOT_OUT)
    if conversation.promise_until is not None and conversation.promise_until <= now:
        found.append(Reason.PROMISE_BROKEN)
    if _draft_left(conversation, now, clock):
        found.append(Reason.DRAFT_LEFT)
    if conversation.twin:
        found.append(Reason.TWIN)
    if conversation.away_until is not None and conversation.away_until > now:
        found.append(Reason.AWAY)
    if _parked_long(conversation, now, clock):
        found.append(Reason.PARKED_LONG)
    if clock.tidy and not conversation.machine:
        found += _untidy(conversation, now, clock)
    return found


def _draft_left(conversation: Conversation, now: datetime, clock: Clock) -> bool:
    return conversation.draft_at is not None and conversation.draft_at <= cutoffs(now, clock).draft


def _parked_long(conversation: Conversation, now: datetime, clock: Clock) -> bool:
    return conversation.parked_at is not None and conversation.parked_at <= now - clock.limits.parked


def _untidy(conversation: Conversation, now: datetime, clock: Clock) -> list[Reason]:
    found: list[Reason] = []
    if not conversation.tags:
        found.append(Reason.UNTAGGED)
    if not conversation.noted and level(conversation, now, clock) in (Level.STALE, Level.MOLDY):
        found.append(Reason.OLD_NO_NOTE)
    return found


@dataclass(frozen=True, slots=True)
class Why:
    """The arithmetic behind a row: what `w` and `triage why` print.

    `since` is the instant the level counts from, `business_seconds` and `wall_seconds` what has passed since.
    `threshold` is in business seconds: where the present level began, or, while fresh, where the next one begins. Where
    no clock runs they are None and 0; `place` says in words where it stands. `reasons` go with a sentence each.
    """

    level: Level
    since: datetime | None
    business_seconds: float
    wall_seconds: float
    threshold: float | None
    place: str
    reasons: tuple[tuple[Reason, str], ...]


def why(conversation: Conversation, now: datetime, clock: Clock, mail: Sequence[Message] = ()) -> Why:
    """Why a conversation stands where it stands. With its `mail`, *moved elsewhere* says where to and when."""
    here = level(conversation, now, clock)
    since = None if here is Level.NONE else _since(conversation)
    case = Case(conversation, now, ZoneInfo(clock.hours.zone), clock.limits, mail)
    details = tuple((reason, detail(reason, case)) for reason in reasons(conversation, now, clock))
    if since is None:
        return Why(here, None, 0.0, 0.0, None, place(conversation, now), details)
    business = clock.hours.between(since, now).total_seconds()
    wall = max(now - since, timedelta(0)).total_seconds()
    threshold = clock.hours.length.total_seconds() * _limit(conversation, here, clock)
    return Why(here, since, business, wall, threshold, place(conversation, now), details)


def _limit(conversation: Conversation, here: Level, clock: Clock) -> float:
    """Business days at which the present level began, or where it is fresh, the next one begins."""
    if conversation.turn is Turn.THEIRS and not conversation.asked:
        return clock.limits.theirs[2]
    limits = clock.limits.ours if conversation.turn is Turn.OURS else clock.limits.theirs
    return limits[0 if here is Level.FRESH else _LEVELS.index(here)]
