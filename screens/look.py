"""How facts look: glyphs, ages, spans and instants as short text. Pure; it knows no widget and draws no colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from triage.model import Conversation, Level, Reason, Turn

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One cell each. `levels` maps a level to what stands before the age."""

    levels: dict[Level, str]
    edge: str
    rule: str
    fold: str


UNICODE = Glyphs(
    {Level.NONE: " ", Level.FRESH: "·", Level.AGING: "o", Level.STALE: "◐", Level.MOLDY: "●"},
    edge="▌",
    rule="─",
    fold="▸",
)
ASCII = Glyphs(
    {Level.NONE: " ", Level.FRESH: ".", Level.AGING: "o", Level.STALE: "O", Level.MOLDY: "@"},
    edge="#",
    rule="-",
    fold=">",
)


def glyphs(ascii_only: bool) -> Glyphs:
    return ASCII if ascii_only else UNICODE


# Reasons that a row already shows in another way (rN, dr), and shorter words for the rest: a row has few cells.
SHOWN_OTHERWISE = frozenset({Reason.REVOLVING_DOOR, Reason.DRAFT_LEFT})
SHORT = {
    Reason.CIRCLES: "circles",
    Reason.BEHIND_PENDING: "behind pending",
    Reason.MOVED: "moved",
    Reason.ANSWER_NOT_SEEN: "answer unseen",
    Reason.CLAIMS_TO_BE_US: "claims to be us",
    Reason.OLD_NO_NOTE: "no note",
}


def clock_starts(conversation: Conversation) -> datetime | None:
    """The instant a row's age counts from: the wait, else the quiet, else the last activity."""
    if conversation.turn is Turn.OURS:
        return conversation.waiting_since
    if conversation.turn is Turn.THEIRS and conversation.quiet_since:
        return conversation.quiet_since
    return conversation.last_activity


def age(since: datetime | None, now: datetime, *, partial: bool = False) -> str:
    """Wall time in at most 4 cells (5 with the `>=` of a conversation that is not all here): 59m, 23h, 131d, 3y."""
    if since is None:
        return ""
    passed = max(now - since, timedelta(0))
    if passed < HOUR:
        words = f"{passed // MINUTE}m"
    elif passed < DAY:
        words = f"{passed // HOUR}h"
    elif passed < 100 * DAY or (not partial and passed < 1000 * DAY):
        words = f"{passed // DAY}d"
    elif passed < 99 * 7 * DAY:
        words = f"{passed // (7 * DAY)}w"
    else:
        words = f"{passed // (365 * DAY)}y"
    return f">={words}" if partial else words


def span(passed: timedelta) -> str:
    """A length of time for a sentence, two units at most: "40 s", "12 min", "3 h", "6 d 4 h", "131 d"."""
    passed = max(passed, timedelta(0))
    if passed < MINUTE:
        return f"{int(passed.total_seconds())} s"
    if passed < HOUR:
        return f"{passed // MINUTE} min"
    if passed < DAY:
        return f"{passed // HOUR} h"
    days, rest = divmod(passed, DAY)
    if days < 10 and rest >= HOUR:
        return f"{days} d {rest // HOUR} h"
    return f"{days} d"


def instant(at: datetime, now: datetime, zone: tzinfo) -> str:
    """An instant as a person says it: "Fri 09:12" within six days, "16 Nov 09:12" this year, else "16 Nov 2024"."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if abs(local.date() - today.date()) <= timedelta(days=6):
        return f"{local:%a %H:%M}"
    if local.year == today.year:
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"


def waking(at: datetime, zone: tzinfo) -> str:
    """A future instant in full, for "wakes ...": "Fri 27 Nov 09:00", with the year where it is not this one."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def count(number: int, one: str, many: str = "") -> str:
    """ "1 message", "3,100 messages"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(octets: int) -> str:
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{octets // 1000} kB"
    return f"{octets / 1_000_000:.1f} MB"
