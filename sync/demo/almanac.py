"""When things happened in the sample inbox: instants that give the level wanted, in business hours and out of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from triage.model import Level
from triage.policy.hours import Hours

# Business days, well inside the limits that a configuration without [levels] has.
OURS = {Level.FRESH: (0.02, 0.4), Level.AGING: (0.6, 1.85), Level.STALE: (2.2, 4.7), Level.MOLDY: (5.3, 60)}
ASKED = {Level.FRESH: (0.1, 2.7), Level.AGING: (3.2, 4.8), Level.STALE: (5.2, 9.6), Level.MOLDY: (10.3, 40)}
STATED = {Level.FRESH: (0.1, 9), Level.MOLDY: (10.3, 40)}

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Almanac:
    """Draws instants before `now`; `hours` are the desk's."""

    now: datetime
    hours: Hours
    random: Random

    def reached(self, span: tuple[float, float]) -> datetime:
        """An instant since which business days in `span` have passed, some of them at night or on a weekend."""
        low, high = span
        share = self.random.random() ** (3 if high > 20 else 1)
        inside = self.hours.ago(self.now, low + (high - low) * share)
        if self.random.random() > 0.35:
            return rounded(inside)

        length = self.hours.length
        for at in self._earlier(inside):
            passed = self.hours.between(at, self.now)
            if length * low <= passed <= length * high and not self.open_at(at):
                return rounded(at)
        return rounded(inside)

    def _earlier(self, at: datetime) -> Iterator[datetime]:
        return (at - timedelta(hours=self.random.uniform(0.5, 40)) for _ in range(12))

    def open_at(self, at: datetime) -> bool:
        return self.hours.between(at, at + MINUTE) > timedelta(0)

    def desk_before(self, at: datetime, low: float = 0.5, high: float = 20) -> datetime:
        """When somebody at the desk did something, `low` to `high` hours before: always in business hours."""
        rough = at - timedelta(hours=self.random.uniform(low, high))
        return rounded(rough if self.open_at(rough) else self.hours.ago(rough, self.random.uniform(0.01, 0.5)))

    def at_desk(self, at: datetime) -> datetime:
        """`at` where it lies in business hours, else the end of those before it."""
        return at if self.open_at(at) else rounded(self.hours.ago(at, self.random.uniform(0.01, 0.1)))

    def before(self, at: datetime, low: float = 0.4, high: float = 40) -> datetime:
        """When somebody wrote, `low` to `high` hours before, at any time of day."""
        return rounded(at - timedelta(hours=self.random.uniform(low, high)))

    def between(self, start: datetime, end: datetime) -> datetime:
        """Some instant after `start` and not after `end`."""
        return rounded(start + (end - start) * self.random.uniform(0.05, 0.9), up=start)

    def days_ago(self, low: float, high: float) -> datetime:
        """Wall days before now, in business hours."""
        rough = self.now - timedelta(days=self.random.uniform(low, high))
        return rounded(self.at_desk(rough))


def rounded(at: datetime, up: datetime | None = None) -> datetime:
    """Whole seconds, as mail has them; never before `up`."""
    whole = at.replace(microsecond=0)
    return whole if up is None or whole > up else whole + timedelta(seconds=1)
