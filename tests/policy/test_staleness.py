"""Levels, reasons and the arithmetic behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.helpers import ANA, MONDAY, Story, hour
from tests.policy.stories import DESK, stories
from triage.model import Conversation, Level, Limits, Place, Reason, Role, Status, Turn
from triage.policy.fold import fold
from triage.policy.hours import Hours
from triage.policy.staleness import Clock, cutoffs, level, reasons, why

CLOCK = Clock(Hours(), Limits())
DAY = timedelta(hours=8)
ORDER = [Level.FRESH, Level.AGING, Level.STALE, Level.MOLDY]


def ours(**more) -> Conversation:
    """Waiting since Monday 09:00."""
    fields = {"status": Status.OPEN, "turn": Turn.OURS, "waiting_since": MONDAY, "tags": ("x",), "noted": 1}
    return Conversation(1, "m0", "Printer on fire", ANA, **{**fields, **more})


def theirs(asked: bool, **more) -> Conversation:
    """Quiet since Monday 09:00."""
    return ours(
        **{"status": Status.PENDING, "turn": Turn.THEIRS, "waiting_since": None, "quiet_since": MONDAY, **more},
        asked=asked,
    )


def after(business_days: float) -> datetime:
    """The instant that many business days after Monday 09:00."""
    weeks, days = divmod(business_days, 5)
    whole, part = divmod(days, 1)
    return MONDAY + timedelta(days=7 * weeks + whole, hours=8 * part)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0.49, Level.FRESH), (0.5, Level.AGING), (1.99, Level.AGING), (2.125, Level.STALE), (4.9, Level.STALE)],
)
def test_turn_ours_grows_with_the_wait(days, expected):
    assert level(ours(), after(days), CLOCK) is expected


def test_turn_ours_is_moldy_after_five_business_days():
    assert level(ours(), after(4) + DAY, CLOCK) is Level.MOLDY
    assert level(ours(), after(4) + DAY - timedelta(microseconds=1), CLOCK) is Level.STALE


@pytest.mark.parametrize(
    ("days", "expected"),
    [(2.9, Level.FRESH), (3.1, Level.AGING), (5.1, Level.STALE), (10.1, Level.MOLDY)],
)
def test_turn_theirs_grows_where_we_asked(days, expected):
    assert level(theirs(True), after(days), CLOCK) is expected


def test_turn_theirs_with_nothing_asked_is_fresh_until_ten_business_days():
    assert level(theirs(False), after(9.9), CLOCK) is Level.FRESH
    assert level(theirs(False), after(10.1), CLOCK) is Level.MOLDY


@pytest.mark.parametrize(
    "quiet",
    [
        ours(status=Status.CLOSED, turn=Turn.NOBODY, waiting_since=None),
        ours(status=Status.SPAM, turn=Turn.NOBODY, waiting_since=None),
        ours(snoozed_until=hour(10_000)),
        ours(history=True),
        ours(turn=Turn.NOBODY, waiting_since=None),
        theirs(True, status=Status.PARKED),
    ],
)
def test_level_is_none_where_no_clock_counts(quiet):
    assert level(quiet, after(50), CLOCK) is Level.NONE


def test_parked_with_turn_ours_keeps_its_level():
    assert level(ours(status=Status.PARKED), after(2.5), CLOCK) is Level.STALE


def test_a_snooze_that_is_due_hides_no_level():
    assert level(ours(snoozed_until=hour(1)), after(2.5), CLOCK) is Level.STALE


@given(stories(), st.lists(st.integers(0, 5000), min_size=2, max_size=5))
def test_a_level_only_grows_while_nothing_happens(story, hours):
    """After all snoozes are over, so that no curtain lifts in between."""
    found = fold(1, *story, DESK)
    levels = [level(found, hour(100 + n), CLOCK) for n in sorted(hours)]
    if Level.NONE not in levels:
        assert levels == sorted(levels, key=ORDER.index)


@given(st.integers(-10_000, 0), st.integers(0, 10_000))
def test_the_cut_offs_say_the_same_as_the_elapsed_business_time(since, now):
    """What SQL does with the cut-offs is what the arithmetic says."""
    waiting, at = hour(since / 10), hour(now / 10)
    waited = CLOCK.hours.between(waiting, at)
    reached = sum(waited >= CLOCK.hours.length * days for days in CLOCK.limits.ours)
    assert sum(waiting <= cut for cut in cutoffs(at, CLOCK).ours) == reached
    assert level(ours(waiting_since=waiting), at, CLOCK) is ORDER[reached]


def test_reasons_stand_gravest_first():
    busy = ours(
        reply_out=True,
        promise_until=hour(1),
        marks=(Reason.BOUNCED, Reason.CHASED, Reason.SNOOZED_OFTEN),
        twin=True,
        draft="d1",
        draft_at=MONDAY,
    )
    assert reasons(busy, after(3), CLOCK) == (
        Reason.REPLY_NOT_OUT,
        Reason.PROMISE_BROKEN,
        Reason.BOUNCED,
        Reason.CHASED,
        Reason.SNOOZED_OFTEN,
        Reason.DRAFT_LEFT,
        Reason.TWIN,
    )


def test_a_promise_is_broken_only_once_its_hour_has_come():
    promised = ours(promise_until=hour(2))
    assert reasons(promised, hour(1), CLOCK) == ()
    assert reasons(promised, hour(2), CLOCK) == (Reason.PROMISE_BROKEN,)


def test_a_draft_is_left_after_one_business_day():
    drafted = ours(draft="d1", draft_at=MONDAY)
    assert reasons(drafted, MONDAY + DAY - timedelta(seconds=1), CLOCK) == ()
    assert reasons(drafted, MONDAY + DAY, CLOCK) == (Reason.DRAFT_LEFT,)


def test_away_lasts_until_the_day_they_are_back():
    away = theirs(True, away_until=hour(48))
    assert reasons(away, hour(47), CLOCK) == (Reason.AWAY,)
    assert reasons(away, hour(48), CLOCK) == ()


def test_parked_is_long_after_28_days_on_the_wall():
    parked = theirs(False, status=Status.PARKED, parked_at=MONDAY, parked_reason="finance")
    assert reasons(parked, MONDAY + timedelta(days=27), CLOCK) == ()
    assert reasons(parked, MONDAY + timedelta(days=28), CLOCK) == (Reason.PARKED_LONG,)


def test_untagged_and_no_note_are_off_until_the_desk_is_tidy():
    bare = ours(tags=(), noted=0)
    assert reasons(bare, after(3), CLOCK) == ()
    assert reasons(bare, after(3), replace(CLOCK, tidy=True)) == (Reason.UNTAGGED, Reason.OLD_NO_NOTE)


def test_no_note_is_a_reason_only_on_stale_or_worse():
    bare = ours(noted=0)
    assert reasons(bare, after(1), replace(CLOCK, tidy=True)) == ()


def test_a_closed_conversation_shows_only_what_counts_from_anywhere():
    shut = ours(status=Status.CLOSED, marks=(Reason.CLOSED_UNANSWERED,), twin=True, promise_until=MONDAY)
    assert reasons(shut, after(1), CLOCK) == (Reason.PROMISE_BROKEN, Reason.CLOSED_UNANSWERED)


def test_why_shows_the_arithmetic_of_the_level():
    told = why(ours(marks=(Reason.CHASED,), chases=2), after(2.5), CLOCK)
    assert (told.level, told.since) == (Level.STALE, MONDAY)
    assert told.business_seconds == 2.5 * 8 * 3600
    assert told.wall_seconds == (48 + 4) * 3600
    assert told.threshold == 2 * 8 * 3600
    assert told.place == "Needs you: your turn, longest wait first"
    assert told.reasons == ((Reason.CHASED, "written 3 times without an answer, first 2 days ago"),)


def test_why_says_where_moved_mail_lies_and_since_when():
    told = Story()
    key = told.customer(0)
    told.change(key, places=(Place("Old", Role.OTHER, hour(5)),), left_inbox=True, moved_at=hour(5))
    assert why(told.fold(), hour(6), CLOCK, told.messages).reasons == (
        (Reason.MOVED, "mail that still waits was moved to Old outside this program, seen Mon 16 Nov 2026 14:00"),
    )


def test_why_says_instants_in_the_zone_of_the_desk():
    away = theirs(True, away_until=hour(48))
    berlin = Clock(Hours("Europe/Berlin"), Limits())
    assert why(away, hour(1), berlin).reasons == ((Reason.AWAY, "the customer is away until Wed 18 Nov 2026 10:00"),)


def test_why_on_a_fresh_row_names_the_next_threshold():
    assert why(ours(), hour(1), CLOCK).threshold == 0.5 * 8 * 3600


def test_why_without_a_clock_counts_nothing():
    told = why(ours(status=Status.CLOSED, turn=Turn.NOBODY, waiting_since=None), hour(1), CLOCK)
    assert (told.level, told.since, told.threshold, told.business_seconds) == (Level.NONE, None, None, 0.0)
    assert told.place == "Closed"


@settings(max_examples=50)
@given(stories(), st.integers(0, 400))
def test_why_explains_every_level_and_every_reason(story, n):
    found = replace(fold(1, *story, DESK), reply_out=n % 2 == 0, twin=n % 3 == 0, draft="d", draft_at=MONDAY)
    clock = replace(CLOCK, tidy=True)
    told = why(found, hour(n), clock)
    assert [reason for reason, _ in told.reasons] == list(reasons(found, hour(n), clock))
    assert all(detail for _, detail in told.reasons)
    assert told.place
    if told.level in (Level.AGING, Level.STALE, Level.MOLDY):
        assert told.threshold is not None
        assert told.business_seconds >= told.threshold
    if told.level is Level.FRESH and told.threshold is not None:
        assert told.business_seconds < told.threshold


def test_every_reason_has_a_sentence():
    told = ours(promise_until=MONDAY, parked_at=MONDAY, closed_at=MONDAY, marks=tuple(Reason))
    assert all(detail for _, detail in why(told, hour(5), CLOCK).reasons)
    assert {reason for reason, _ in why(told, hour(5), CLOCK).reasons} == set(Reason)
