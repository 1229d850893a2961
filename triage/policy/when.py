"""Words for instants: "fri 9", "2w", "tomorrow" in the future; the same words, read backwards, for the past."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from triage.errors import UsageError
from triage.policy.hours import WEEK, Hours

MORNING = time(9)
_DAY = timedelta(days=1)
_CENTURY = timedelta(days=36525)
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": _DAY,
    "w": 7 * _DAY,
    "mo": 30 * _DAY,
    "y": 365 * _DAY,
}
# "3d", "3 days"; the unit's group is its short name, with which its long forms begin.
_SPAN = re.compile(
    r"(?:in )?(\d{1,6}(?:\.\d{1,3})?) ?"
    r"(?:(min)(?:ute)?s?|(h)(?:ours?)?|(bd)|(d)(?:ays?)?|(w)(?:eeks?)?|(mo)(?:nths?)?|(y)(?:ears?)?)"
)
_TIME = re.compile(r"(?:at\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|h)?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What makes words a date (dateutil reads one into almost anything): a month's name, or 1/12, 1.12., 2026-12-01.
_DATE = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\d[-/.]\d")
_EXAMPLES = 'write for example "fri 9", "tomorrow", "2w", "3d" or "2026-12-01 14:00"'


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as written: wall time, or business days ("3bd")."""

    wall: timedelta | None = None
    business_days: float = 0.0

    def before(self, now: datetime, hours: Hours) -> datetime:
        """The latest instant that is at least this long ago."""
        if self.wall is None:
            return hours.ago(now, self.business_days)
        return now - self.wall


def parse_span(text: str) -> Span:
    """ "3d", "36h", "2w", "30min", "6mo", "1y" in wall time, "3bd" in business days. Raises UsageError."""
    found = _span(_clean(text))
    if found is None:
        raise UsageError(f'"{text}" is no length of time: write for example 3d, 2w, 36h, or 3bd for business days.')
    amount, unit = found
    if unit == "bd":
        return Span(None, amount)
    # At most 999,999 years, which a timedelta still holds.
    wall = amount * _UNITS[unit]
    if wall > _CENTURY:
        raise UsageError(f'"{text}" is longer than any mailbox is old.')
    return Span(wall)


def _span(words: str) -> tuple[float, str] | None:
    """The amount and the short name of the unit; None where the words are no length of time."""
    found = _SPAN.fullmatch(words)
    return None if found is None else (float(found[1]), str(found[found.lastindex or 2]))


def parse_when(text: str, now: datetime, zone: tzinfo | str, morning: time = MORNING) -> datetime:
    """The next instant, after `now`, that these words mean at the desk; aware UTC.

    A day without a time means `morning`; so do spans of days and more ("2w" is in two weeks, in the morning), while
    "4h" and "30min" count from now. A weekday or a time of day is its next occurrence, today included. Raises
    UsageError where the words mean nothing, or mean the past.
    """
    local = _local(now, zone)
    words = _clean(text)
    if _span(words) is not None:
        return _utc(_ahead(text, words, local, morning), text)
    found = _named(words, text, local, morning, 1)
    if found <= local:
        raise UsageError(f'"{text}" is in the past: {found:%a %d %b %Y %H:%M}. Give an instant that is still to come.')
    return _utc(found, text)


def parse_past(text: str, now: datetime, zone: tzinfo | str) -> datetime:
    """The latest instant, not after `now`, that these words mean at the desk; aware UTC.

    A day without a time means its beginning; "3d" and "2w" count back from now. Raises UsageError where the words mean
    nothing, or mean the future.
    """
    local = _local(now, zone)
    words = _clean(text)
    words = words.removesuffix(" ago")
    if words == "now":
        return now.astimezone(UTC)
    if _span(words) is not None:
        span = parse_span(words)
        if span.wall is None:
            raise UsageError(
                f'"{text}": an instant in the past is counted in days of the calendar; write 3d, 2w or a date.'
            )
        return _utc(now - span.wall, text)
    found = _named(words, text, local, time(0), -1)
    if found > local:
        raise UsageError(f'"{text}" is still to come: {found:%a %d %b %Y %H:%M}. Give an instant that has been.')
    return _utc(found, text)


def _local(now: datetime, zone: tzinfo | str) -> datetime:
    return now.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def _utc(local: datetime, text: str) -> datetime:
    """Raises UsageError for years no mailbox has, where conversions between zones may overflow."""
    if not 1971 <= local.year <= 9000:
        raise UsageError(f'"{text}" is no time this program knows: {_EXAMPLES}.')
    return local.astimezone(UTC)


def _clean(text: str) -> str:
    return " ".join(text.strip().lower().replace(",", " ").split())


def _ahead(text: str, words: str, local: datetime, morning: time) -> datetime:
    wall = parse_span(words).wall
    if wall is None:
        raise UsageError(f'"{text}": what is to come is counted in days of the calendar; {_EXAMPLES}.')
    if wall <= timedelta(0):
        raise UsageError(f'"{text}" is now: give an instant that is still to come.')
    if wall < _DAY or "h" in words or "min" in words:
        # Elapsed time: across a clock change four hours stay four hours.
        return (local.astimezone(UTC) + wall).astimezone(local.tzinfo)
    days = max(1, round(wall / _DAY))
    return _on(local.date() + timedelta(days=days), morning, local)


def _on(day: date, at: time, local: datetime) -> datetime:
    return datetime.combine(day, at, local.tzinfo)


def _named(words: str, text: str, local: datetime, default: time, way: int) -> datetime:
    """A day, a time, or a day and a time. `way` is 1 for the next occurrence, -1 for the last."""
    if not words:
        raise UsageError(f"No time was given: {_EXAMPLES}.")
    at = _time(words)
    if at is not None:
        found = _on(local.date(), at, local)
        return found if (found > local) == (way > 0) else _on(local.date() + way * _DAY, at, local)
    first, _, rest = words.partition(" ")
    if first in ("on", "this", "next" if way > 0 else "last") and rest:
        first, _, rest = rest.partition(" ")
    at = _time(rest) if rest else default
    if at is not None:
        found_day = _day(first, at, local, way)
        if found_day is not None:
            return _on(found_day, at, local)
    return _full(words, text, local, default, way)


_TIMES = {"noon": time(12), "midday": time(12), "evening": time(18), "tonight": time(18)}


def _time(words: str) -> time | None:
    """ "9", "14:30", "9am", "noon"; None for anything else."""
    if words in _TIMES:
        return _TIMES[words]
    found = _TIME.fullmatch(words)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(word: str, at: time, local: datetime, way: int) -> date | None:
    today = local.date()
    named = {"today": 0, "tomorrow": 1, "tom": 1, "yesterday": -1}.get(word)
    if named is not None:
        return today + named * _DAY
    if word == "week" and way > 0:
        return today + timedelta(days=7 - today.weekday())
    if word[:3] in WEEK and _FULL_DAYS[WEEK.index(word[:3])].startswith(word):
        step = (WEEK.index(word[:3]) - today.weekday()) * way % 7
        day = today + way * step * _DAY
        return day if (_on(day, at, local) > local) == (way > 0) else day + way * 7 * _DAY
    if _ISO_DAY.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            return None
    return None


_FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _full(words: str, text: str, local: datetime, default: time, way: int) -> datetime:
    """A full date as people write them ("1 dec", "3 December 2026 14:00"), or an ISO instant with its offset.

    A date without a year is its next occurrence, or its last one.
    """
    exact = _iso(words)
    if exact is not None:
        return exact if exact.tzinfo is not None else exact.replace(tzinfo=local.tzinfo)
    base = _on(local.date(), default, local).replace(tzinfo=None)
    found = _read(words, text, base).replace(tzinfo=local.tzinfo)
    if (found > local) == (way > 0) or re.search(r"\d{4}", words):
        return found
    return _read(words, text, base.replace(year=base.year + way, day=min(base.day, 28))).replace(tzinfo=local.tzinfo)


def _iso(words: str) -> datetime | None:
    """An instant with a time of day in ISO 8601; None for anything else."""
    try:
        return datetime.fromisoformat(words.upper()) if re.match(r"\d{4}-\d{2}-\d{2}[ t]\d", words) else None
    except ValueError:
        return None


def _read(words: str, text: str, base: datetime) -> datetime:
    # Costs 103 ms to import; the screen must have painted before.
    from dateutil import parser

    unknown = UsageError(f'"{text}" is no time this program knows: {_EXAMPLES}.')
    if not _DATE.search(words):
        raise unknown
    try:
        found = parser.parse(words, default=base, ignoretz=True)
    except (ValueError, OverflowError):
        raise unknown from None
    # dateutil lets "fri 25 dec" pass where that is no Friday.
    named = [WEEK.index(word[:3]) for word in words.split() if word[:3] in WEEK]
    if any(day != found.weekday() for day in named):
        raise UsageError(f'"{text}": {found:%d %b %Y} is a {found:%A}.')
    return found
