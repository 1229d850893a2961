"""Vacation notices: is it one, by its subject or its first lines, and until when somebody is away."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from triage.mail import languages
from triage.mail.languages import any_of

_SUBJECT = re.compile(r"\s*(?:(?:re|aw|sv|antw)\s*:\s*)?\W{0,3}" + any_of(languages.AWAY_SUBJECTS), re.IGNORECASE)
_AT_END = re.compile(r"[(\[]\s*auto(?:matic|mated)?[ -](?:response|reply)\s*[)\]]\s*$", re.IGNORECASE)
_AUTOMATIC = re.compile(any_of(languages.AUTOMATIC), re.IGNORECASE)
_MONTHS = {name: number for number, names in enumerate(languages.MONTHS, 1) for name in names}
_MONTH = "(" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + r")\b\.?"
_UNTIL = re.compile(r"\b" + any_of(languages.UNTIL) + r"\b", re.IGNORECASE)
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?\s*(?:of\s+|de\s+|di\s+)?" + _MONTH + r",?\s*(?:de\s+|del\s+)?(20\d\d)?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(r"\b" + _MONTH + r"\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s*(20\d\d))?", re.IGNORECASE)
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(20\d\d|\d\d)\b)?")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(20\d\d|\d\d))?\b")
_REACH = 60


def subject_says_so(subject: str) -> bool:
    """Whether a subject is that of a vacation notice or automatic reply."""
    return _subject_says_so(subject[:300])


# Most subjects come several times.
@lru_cache(maxsize=4096)
def _subject_says_so(subject: str) -> bool:
    return _SUBJECT.match(subject) is not None or _AT_END.search(subject) is not None


def text_says_so(text: str) -> bool:
    """Whether the first lines say of themselves that nobody wrote them."""
    return _AUTOMATIC.search(text[:400]) is not None


def until(text: str, received_at: datetime) -> datetime | None:
    """The first date after a word such as "until" or "back on" within a year after `received_at`: midnight UTC.

    3/4 is read in the order that gives a date to come; where both do, as day and month.
    """
    for word in _UNTIL.finditer(text[:16_384]):
        after = text[word.end() : word.end() + _REACH].partition("\n\n")[0]
        dated = _date(after, received_at)
        if dated is not None:
            return dated
    return None


def _date(text: str, received_at: datetime) -> datetime | None:
    found: list[tuple[int, list[tuple[int | None, int, int]]]] = []
    for match in _ISO.finditer(text):
        found.append((match.start(), [(int(match[1]), int(match[2]), int(match[3]))]))
    for match in _DAY_MONTH.finditer(text):
        found.append((match.start(), [(_year(match[3]), _MONTHS[match[2].lower()], int(match[1]))]))
    for match in _MONTH_DAY.finditer(text):
        found.append((match.start(), [(_year(match[3]), _MONTHS[match[1].lower()], int(match[2]))]))
    for match in _DOTTED.finditer(text):
        found.append((match.start(), [(_year(match[3]), int(match[2]), int(match[1]))]))
    for match in _SLASHED.finditer(text):
        year, a, b = _year(match[3]), int(match[1]), int(match[2])
        found.append((match.start(), [(year, b, a), (year, a, b)]))

    for _, readings in sorted(found):
        for year, month, day in readings:
            if (dated := _ahead(year, month, day, received_at)) is not None:
                return dated
    return None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _ahead(year: int | None, month: int, day: int, received_at: datetime) -> datetime | None:
    """The date, if it lies from a day before to a year after; without a year the next such date."""
    for candidate in (year,) if year is not None else (received_at.year, received_at.year + 1):
        try:
            dated = datetime(candidate, month, day, tzinfo=UTC)
        except ValueError:
            return None
        if timedelta(days=-1) <= dated - received_at <= timedelta(days=370):
            return dated
    return None
