"""Words for instants, forwards and backwards."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.errors import UsageError
from triage.policy.hours import Hours
from triage.policy.when import parse_past, parse_span, parse_when

BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday, 15:30 in Berlin, summer time.
NOW = datetime(2026, 10, 21, 13, 30, tzinfo=UTC)


def berlin(*at: int) -> datetime:
    return datetime(*at, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("fri 9", (2026, 10, 23, 9)),
        ("fri", (2026, 10, 23, 9)),
        ("Friday 14:30", (2026, 10, 23, 14, 30)),
        ("next mon 8am", (2026, 10, 26, 8)),
        ("wed 9am", (2026, 10, 28, 9)),
        ("wed 17", (2026, 10, 21, 17)),
        ("tomorrow", (2026, 10, 22, 9)),
        ("tomorrow 2pm", (2026, 10, 22, 14)),
        ("tonight", (2026, 10, 21, 18)),
        ("today 18", (2026, 10, 21, 18)),
        ("16:00", (2026, 10, 21, 16)),
        ("noon", (2026, 10, 22, 12)),
        ("9", (2026, 10, 22, 9)),
        ("3d", (2026, 10, 24, 9)),
        ("2w", (2026, 11, 4, 9)),
        ("in 2 weeks", (2026, 11, 4, 9)),
        ("next week", (2026, 10, 26, 9)),
        ("2026-12-01 14:00", (2026, 12, 1, 14)),
        ("2026-12-01", (2026, 12, 1, 9)),
        ("2026-12-01T14:00+09:00", (2026, 12, 1, 6)),
        ("1 dec", (2026, 12, 1, 9)),
        ("3 December 2027 14:00", (2027, 12, 3, 14)),
        ("1 mar", (2027, 3, 1, 9)),
    ],
)
def test_words_for_what_is_to_come(words, expected):
    assert parse_when(words, NOW, BERLIN) == berlin(*expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("yesterday", (2026, 10, 20)),
        ("yesterday 15", (2026, 10, 20, 15)),
        ("today", (2026, 10, 21)),
        ("mon", (2026, 10, 19)),
        ("last fri 14:30", (2026, 10, 16, 14, 30)),
        ("wed 9", (2026, 10, 21, 9)),
        ("wed 17", (2026, 10, 14, 17)),
        ("10:00", (2026, 10, 21, 10)),
        ("16:00", (2026, 10, 20, 16)),
        ("2026-10-01", (2026, 10, 1)),
        ("1 dec", (2025, 12, 1)),
        ("3d", (2026, 10, 18, 15, 30)),
        ("2 weeks ago", (2026, 10, 7, 15, 30)),
    ],
)
def test_words_for_what_has_been(words, expected):
    assert parse_past(words, NOW, BERLIN) == berlin(*expected)


def test_hours_are_elapsed_time_across_a_clock_change():
    night = berlin(2026, 10, 25, 1)
    assert parse_when("4h", night, BERLIN) == night + timedelta(hours=4)


def test_a_day_span_keeps_the_morning_across_a_clock_change():
    assert parse_when("1w", NOW, BERLIN) == berlin(2026, 10, 28, 9)


def test_the_morning_is_what_the_desk_says():
    from datetime import time

    assert parse_when("fri", NOW, BERLIN, time(7, 30)) == berlin(2026, 10, 23, 7, 30)


@pytest.mark.parametrize("words", ["yesterday", "2026-10-20", "today 9", "2020-01-01 10:00", "0d", "0h"])
def test_the_past_is_refused_for_what_is_to_come(words):
    with pytest.raises(UsageError):
        parse_when(words, NOW, BERLIN)


@pytest.mark.parametrize("words", ["tomorrow", "2026-10-22", "today 18", "2030-01-01 10:00"])
def test_the_future_is_refused_for_what_has_been(words):
    with pytest.raises(UsageError):
        parse_past(words, NOW, BERLIN)


@pytest.mark.parametrize("words", ["", "soon", "fri 25", "99", "2026", "fri fri", "3bd", "2026-13-01", "next", "13pm"])
def test_words_that_mean_nothing_are_refused_with_an_example(words):
    with pytest.raises(UsageError, match="fri 9"):
        parse_when(words, NOW, BERLIN)


WORDS = st.lists(
    st.sampled_from(
        ["fri", "next", "9", "14:30", "2w", "1", "dec", "2026-12-01", "am", "tomorrow", "-", "99", "t", "z", "utc"]
    ),
    max_size=4,
).map(" ".join)


@given(st.one_of(WORDS, st.text(max_size=12)))
@example("9999-12-31 23:00")
@example("0001-01-01 00:00")
@example("1.1.1")
@example("10:00 foo")
def test_any_text_is_an_instant_to_come_or_a_usage_error(text):
    with contextlib.suppress(UsageError):
        assert parse_when(text, NOW, BERLIN) > NOW


@given(st.one_of(WORDS, st.text(max_size=12)))
@example("0001-01-01 00:00")
def test_any_text_is_an_instant_that_has_been_or_a_usage_error(text):
    with contextlib.suppress(UsageError):
        assert parse_past(text, NOW, BERLIN) <= NOW


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("3d", timedelta(days=3)),
        ("2w", timedelta(days=14)),
        ("36h", timedelta(hours=36)),
        ("30 min", timedelta(minutes=30)),
    ],
)
def test_a_span_is_wall_time(text, wall):
    assert parse_span(text).before(NOW, Hours()) == NOW - wall


def test_a_span_in_bd_is_business_time():
    assert parse_span("3bd").before(NOW, Hours()) == Hours().ago(NOW, 3)


@pytest.mark.parametrize("text", ["", "3", "d", "-3d", "3 fortnights", "999999y", "3d4h"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(UsageError):
        parse_span(text)
