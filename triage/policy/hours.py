"""Business time, both ways: how much of it lies between two instants, and which instant lies N business days back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_ZERO = timedelta(0)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly opening hours in one zone.

    `days` are weekdays, 0 is Monday. `end` at or before `start` means on the next day, so 00:00 to 00:00 is the whole
    day. `holidays` are local dates on which the day's hours do not begin. One business day is `length`, the hours by
    the clock on the wall; what elapses is counted in real seconds, so a window that a clock change cuts is an hour
    shorter.
    """

    zone: str = "UTC"
    days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    start: time = time(9)
    end: time = time(17)
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Raises ValueError where there would be no business time at all, or no such zone."""
        if not self.days or not self.days <= set(range(7)):
            raise ValueError("hours: days names no day of the week")
        ZoneInfo(self.zone)

    @classmethod
    def always(cls) -> Hours:
        """Round the clock: business time is wall time."""
        return cls("UTC", frozenset(range(7)), time(0), time(0))

    @classmethod
    def read(
        cls,
        zone: str = "UTC",
        days: tuple[str, ...] | list[str] = WEEK[:5],
        start: str = "09:00",
        end: str = "17:00",
        holidays: tuple[str, ...] | list[str] = (),
    ) -> Hours:
        """From words as triage.toml has them: "mon", "09:00" (and "24:00"), "2026-12-25". Raises ValueError."""
        return cls(
            zone or "UTC",
            frozenset(WEEK.index(day) for day in days),
            time.fromisoformat(start),
            time(0) if end == "24:00" else time.fromisoformat(end),
            frozenset(date.fromisoformat(day) for day in holidays),
        )

    @property
    def length(self) -> timedelta:
        """One business day."""
        start = timedelta(hours=self.start.hour, minutes=self.start.minute, seconds=self.start.second)
        end = timedelta(hours=self.end.hour, minutes=self.end.minute, seconds=self.end.second)
        return end - start if end > start else end - start + _DAY

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Business time from `a` to `b`; nothing where `b` is not later."""
        if b <= a:
            return _ZERO
        zone = ZoneInfo(self.zone)
        total = _ZERO
        # A window that began on the day before can still be open.
        day = a.astimezone(zone).date() - _DAY
        last = b.astimezone(zone).date()
        while day <= last:
            window = _window(self, day)
            if window is not None:
                begin, end = window
                inside = min(end, b) - max(begin, a)
                if inside > _ZERO:
                    total += inside
            day += _DAY
        return total

    def ago(self, now: datetime, business_days: float) -> datetime:
        """The latest instant with at least that much business time until `now`; EARLIEST where that is before 1900."""
        need = self.length * business_days
        if need <= _ZERO:
            return now
        day = now.astimezone(ZoneInfo(self.zone)).date()
        while day.year >= EARLIEST.year:
            window = _window(self, day)
            if window is not None and window[0] < now:
                begin, end = window
                end = min(end, now)
                if end - begin >= need:
                    return end - need
                need -= max(end - begin, _ZERO)
            day -= _DAY
        return EARLIEST


@lru_cache(maxsize=8192)
def _window(hours: Hours, day: date) -> tuple[datetime, datetime] | None:
    """The open hours that begin on this local date, as UTC instants; None on a closed day.

    A wall time that a clock change skips or repeats is taken with the offset from before the change (PEP 495, fold 0).
    Where that makes a window reach into the next one (or skips the whole day), it ends where the next begins, so that
    no instant counts twice.
    """
    if not _open(hours, day):
        return None
    begin = _instant(hours, day, hours.start)
    end = _instant(hours, day if hours.end > hours.start else day + _DAY, hours.end)
    if _open(hours, day + _DAY):
        end = min(end, _instant(hours, day + _DAY, hours.start))
    return begin, max(begin, end)


def _open(hours: Hours, day: date) -> bool:
    return day.weekday() in hours.days and day not in hours.holidays


def _instant(hours: Hours, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(hours.zone)).astimezone(UTC)
