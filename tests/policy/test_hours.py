"""Business time is exact, both ways, over every kind of clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from triage.policy.hours import EARLIEST, Hours

BERLIN = Hours("Europe/Berlin")
# Half an hour at Lord Howe, midnight in Santiago, a whole day skipped in Apia, no change in Kolkata.
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Apia",
    "Asia/Kolkata",
]
instants = st.integers(0, 17 * 365 * 86400).map(lambda n: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(seconds=n))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
hours = st.builds(
    Hours,
    st.sampled_from(ZONES),
    st.frozensets(st.integers(0, 6), min_size=1),
    times,
    times,
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
)


def berlin(*at: int) -> datetime:
    return datetime(*at, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@given(hours, instants, instants, instants)
def test_business_time_adds_up(desk, a, b, c):
    first, second, third = sorted((a, b, c))
    assert desk.between(first, third) == desk.between(first, second) + desk.between(second, third)


@given(hours, instants, instants)
@example(
    Hours("Europe/Berlin", frozenset(range(7)), time(3), time(2, 30)),
    datetime(2026, 3, 28, 12, tzinfo=UTC),
    datetime(2026, 3, 29, 12, tzinfo=UTC),
)
def test_business_time_is_never_more_than_wall_time(desk, a, b):
    assert timedelta(0) <= desk.between(a, b) <= max(b - a, timedelta(0))


@settings(max_examples=200)
@given(hours, instants, st.floats(0, 15).map(lambda n: round(n, 2)))
def test_at_least_n_business_days_lie_after_the_cut_off(desk, now, days):
    cut = desk.ago(now, days)
    assert desk.between(cut, now) >= desk.length * days or cut == EARLIEST


@settings(max_examples=200)
@given(hours, instants, st.floats(0.01, 15).map(lambda n: round(n, 2)))
def test_the_cut_off_is_the_latest_such_instant(desk, now, days):
    later = desk.ago(now, days) + timedelta(microseconds=1)
    assert desk.between(later, now) < desk.length * days


@given(hours, instants, instants)
def test_waiting_before_the_cut_off_is_the_same_as_having_waited_long_enough(desk, since, now):
    """What makes `waiting_since <= cut-off` exact in SQL."""
    if since < now:
        assert (since <= desk.ago(now, 2.0)) == (desk.between(since, now) >= desk.length * 2.0)


@given(instants, st.integers(0, 200), st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]))
def test_business_time_is_the_open_minutes_of_the_wall_clock(start, quarters, zone):
    """Every quarter of an hour asked for its local time, a different way to the same sum."""
    start = start.replace(minute=0, second=0, microsecond=0)
    desk = Hours(zone)
    counted = timedelta(0)
    for i in range(quarters):
        local = (start + timedelta(minutes=15 * i)).astimezone(ZoneInfo(zone))
        if local.weekday() < 5 and time(9) <= local.time() < time(17):
            counted += timedelta(minutes=15)
    assert desk.between(start, start + timedelta(minutes=15 * quarters)) == counted


@given(instants, instants)
def test_always_open_is_wall_time(a, b):
    assert Hours.always().between(a, b) == max(b - a, timedelta(0))


def test_a_weekend_with_a_clock_change_costs_nothing():
    friday, monday = berlin(2026, 10, 23, 16), berlin(2026, 10, 26, 10)
    assert monday - friday == timedelta(hours=67)
    assert BERLIN.between(friday, monday) == timedelta(hours=2)


def test_a_whole_day_is_25_hours_when_the_clock_goes_back():
    around = Hours("Europe/Berlin", frozenset(range(7)), time(0), time(0))
    assert around.between(berlin(2026, 10, 25), berlin(2026, 10, 26)) == timedelta(hours=25)
    assert around.between(berlin(2026, 3, 29), berlin(2026, 3, 30)) == timedelta(hours=23)


def test_half_a_business_day_before_monday_noon_begins_on_friday():
    assert BERLIN.ago(berlin(2026, 11, 16, 12), 0.5) == berlin(2026, 11, 13, 16)


def test_a_holiday_does_not_count():
    desk = Hours("Europe/Berlin", holidays=frozenset({date(2026, 12, 25)}))
    assert desk.between(berlin(2026, 12, 24, 16), berlin(2026, 12, 28, 10)) == timedelta(hours=2)


def test_a_night_shift_runs_into_the_next_day():
    night = Hours("Europe/Berlin", frozenset({4}), time(22), time(6))
    assert night.length == timedelta(hours=8)
    assert night.between(berlin(2026, 11, 14, 0), berlin(2026, 11, 14, 12)) == timedelta(hours=6)


def test_more_business_days_than_there_were_end_at_the_earliest_instant():
    assert BERLIN.ago(berlin(2026, 11, 16, 12), 1e6) == EARLIEST


def test_hours_are_read_as_the_configuration_writes_them():
    read = Hours.read("Europe/Berlin", ["mon", "sat"], "08:30", "24:00", ["2026-12-25"])
    assert read == Hours("Europe/Berlin", frozenset({0, 5}), time(8, 30), time(0), frozenset({date(2026, 12, 25)}))
    assert read.length == timedelta(hours=15, minutes=30)


def test_a_day_that_the_calendar_skips_has_no_business_time():
    samoa = Hours("Pacific/Apia", frozenset(range(7)))
    before, after = datetime(2011, 12, 30, 3, tzinfo=UTC), datetime(2011, 12, 31, 3, tzinfo=UTC)
    assert samoa.between(before, after) == timedelta(hours=8)


def test_hours_without_any_day_are_refused():
    with pytest.raises(ValueError, match="no day"):
        Hours.read(days=[])
