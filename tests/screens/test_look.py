from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.look import age, clock_starts, count, instant, size, span, waking
from triage.model import Address, Conversation, Turn

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(0), "0m"),
        (timedelta(minutes=59), "59m"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=2), "2d"),
        (timedelta(days=131), "131d"),
        (timedelta(days=1100), "3y"),
    ],
)
def test_an_age_is_one_unit(passed, words):
    assert age(NOW - passed, NOW) == words


@given(st.timedeltas(timedelta(0), timedelta(days=36000)), st.booleans())
def test_an_age_fits_its_five_cells(passed, partial):
    assert len(age(NOW - passed, NOW, partial=partial)) <= 5


def test_the_age_of_a_conversation_that_is_not_all_here_says_at_least():
    assert age(NOW - timedelta(days=9), NOW, partial=True) == ">=9d"


def test_a_message_from_the_future_is_not_negative():
    assert age(NOW + timedelta(hours=1), NOW) == "0m"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=6, hours=4), "6 d 4 h"),
        (timedelta(days=6), "6 d"),
        (timedelta(days=131, hours=3), "131 d"),
    ],
)
def test_a_span_reads_as_a_person_says_it(passed, words):
    assert span(passed) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 20, 9, 12, tzinfo=UTC), "Fri 09:12"),
        (datetime(2026, 11, 3, 9, 12, tzinfo=UTC), "3 Nov 09:12"),
        (datetime(2024, 11, 3, 9, 12, tzinfo=UTC), "3 Nov 2024"),
    ],
)
def test_an_instant_names_the_weekday_only_within_the_week(at, words):
    assert instant(at, NOW, UTC) == words


def test_an_instant_is_said_in_the_zone_of_the_desk():
    assert instant(datetime(2026, 11, 20, 9, 12, tzinfo=UTC), NOW, timezone(timedelta(hours=5))) == "Fri 14:12"


def test_the_wake_time_is_said_in_full():
    assert waking(datetime(2026, 11, 27, 9, 0, tzinfo=UTC), UTC) == "Fri 27 Nov 2026 09:00"


def test_counts_are_in_full():
    assert (count(1, "message"), count(3100, "message")) == ("1 message", "3,100 messages")


@pytest.mark.parametrize(("octets", "words"), [(12, "12 B"), (212_400, "212 kB"), (3_400_000, "3.4 MB")])
def test_sizes_have_units(octets, words):
    assert size(octets) == words


def test_a_row_counts_from_the_wait_not_from_the_last_mail():
    waiting = Conversation(
        1, "k", "s", Address("", "a@b"), turn=Turn.OURS, waiting_since=NOW - timedelta(days=3), last_activity=NOW
    )
    assert clock_starts(waiting) == NOW - timedelta(days=3)
