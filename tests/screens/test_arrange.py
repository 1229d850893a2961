from array import array
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from screens.arrange import after_decision, levels_words, week_start
from triage.model import Level

ids = st.lists(st.integers(1, 30), unique=True, max_size=20)


def after(shown: list[int], fresh: list[int], acted: set[int]) -> list[int]:
    return list(after_decision(array("q", shown), array("q", fresh), frozenset(acted)))


def test_a_row_that_left_goes_and_nothing_else_moves():
    assert after([5, 3, 1, 2], [1, 2, 5], {3}) == [5, 1, 2]


def test_a_row_that_came_back_stands_where_the_store_has_it():
    assert after([1, 2, 4], [1, 2, 3, 4], {3}) == [1, 2, 3, 4]


def test_a_row_that_came_back_at_the_end_stands_at_the_end():
    assert after([1, 2], [1, 2, 3], {3}) == [1, 2, 3]


def test_mail_that_arrived_meanwhile_is_not_taken_in_by_a_decision():
    assert after([1, 2, 3], [9, 1, 3], {2}) == [1, 3]


@given(ids, ids, st.sets(st.integers(1, 30), max_size=5))
def test_rows_nobody_decided_about_keep_their_order_and_their_place(shown, fresh, acted):
    result = after(shown, fresh, acted)
    others = [id for id in shown if id not in acted]
    assert [id for id in result if id in others] == others
    assert set(result) == set(others) | (acted & set(fresh))
    assert len(result) == len(set(result))


def test_empty_levels_are_left_out_of_the_title():
    assert levels_words({Level.MOLDY: 3, Level.STALE: 0}, "refund") == "3 moldy   /refund "


def test_the_week_starts_on_monday_by_the_clock_of_the_desk():
    sunday_night = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert week_start(sunday_night, UTC) == datetime(2026, 11, 16, tzinfo=UTC)
    assert week_start(sunday_night, ZoneInfo("Europe/Berlin")) == datetime(2026, 11, 22, 23, tzinfo=UTC)
