"""Dates in headers -> aware UTC instants. Guarded: a date that makes no sense is None, never an error."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ZONES = {
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "cet": 60,
    "cest": 120,
    "bst": 60,
    "jst": 540,
}
_RFC = re.compile(
    r"(\d{1,2})[ \t-]+([A-Za-z]{3})[a-z]*[.,]?[ \t-]+(\d{4}|\d{2})[ \t,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"(?:\.\d+)?[ \t]*([+-]\d{4}|[A-Za-z]{1,4})?"
)
_ASCTIME = re.compile(
    r"([A-Za-z]{3})[ \t]+(\d{1,2})[ \t]+(\d{1,2}):(\d{2})(?::(\d{2}))?[ \t]+(?:([+-]\d{4}|[A-Z]{3,4})[ \t]+)?(\d{4})"
)


def instant(text: str) -> datetime | None:
    """The instant a Date or Received date names, in UTC (RFC 5322 3.3 and 4.3, asctime); None where there is none.

    A zone that is missing, unknown or `-0000` counts as UTC.
    """
    text = text[:200]
    if match := _RFC.search(text):
        day, month, year, hour, minute, second, zone = match.groups()
    elif match := _ASCTIME.search(text):
        month, day, hour, minute, second, zone, year = match.groups()
    else:
        return None

    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    try:
        naive = (_year(year), number, int(day), int(hour), int(minute), min(int(second or 0), 59))
        return datetime(*naive, tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _year(text: str) -> int:
    year = int(text)
    # RFC 5322 4.3: two digits up to 49 are of this century.
    return year if len(text) > 2 else year + (2000 if year < 50 else 1900)


def _zone(text: str | None) -> timezone:
    if not text:
        return UTC
    if text[0] in "+-":
        minutes = int(text[1:3]) * 60 + int(text[3:5])
        return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
    return timezone(timedelta(minutes=_ZONES.get(text.lower(), 0)))
