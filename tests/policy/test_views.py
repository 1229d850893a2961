"""What *Needs you* holds and where `w` says a row stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.helpers import ANA, DESK, MONDAY, hour
from tests.policy.stories import stories
from triage.model import Conversation, Reason, Status, Turn, View
from triage.policy.fold import fold
from triage.policy.views import WORDS, needs_you, place, shown_status


def row(**more) -> Conversation:
    fields = {"status": Status.PENDING, "turn": Turn.THEIRS, "quiet_since": MONDAY}
    return Conversation(1, "m0", "Printer on fire", ANA, **{**fields, **more})


WAITS = {"turn": Turn.OURS, "waiting_since": MONDAY}


@pytest.mark.parametrize(
    ("found", "stands"),
    [
        (row(status=Status.OPEN, **WAITS), "Needs you: your turn"),
        (row(**WAITS), "Needs you: your turn"),
        (row(status=Status.OPEN, opened_by_person=True), "Needs you: opened by a person"),
        (row(snoozed_until=hour(1)), "Needs you: its snooze is over"),
        (row(status=Status.CLOSED, reply_out=True), "Needs you, at the top: a reply"),
        (row(status=Status.CLOSED, promise_until=hour(1)), "Needs you, at the top: a promise"),
        (row(marks=(Reason.BOUNCED,), snoozed_until=hour(9)), "Needs you, at the top: our mail bounced"),
        (row(), "Waiting on them"),
        (row(snoozed_until=hour(9), **WAITS), "Snoozed"),
        (row(status=Status.PARKED, **WAITS), "Parked: someone else must move first, a customer waits"),
        (row(status=Status.PARKED), "Parked"),
        (row(status=Status.CLOSED), "Closed"),
        (row(status=Status.SPAM), "Spam"),
        (row(thanks=True), "Thanks?"),
        (row(status=Status.OPEN, turn=Turn.NOBODY, machine=True), "Machine"),
        (row(status=Status.CLOSED, history=True, **WAITS), "All: from before"),
    ],
)
def test_a_row_stands_where_the_views_say(found, stands):
    assert place(found, hour(2)).startswith(stands)
    assert needs_you(found, hour(2)) == stands.startswith("Needs you")


@settings(max_examples=50)
@given(stories(), st.integers(0, 200))
def test_whoever_waits_without_a_curtain_or_a_park_needs_you(story, n):
    found = fold(1, *story, DESK)
    curtain = found.snoozed_until is not None and found.snoozed_until > hour(n)
    if found.turn is Turn.OURS and not curtain and found.status is not Status.PARKED:
        assert needs_you(found, hour(n))


@settings(max_examples=50)
@given(stories(), st.integers(0, 200))
def test_the_words_of_a_place_agree_with_needs_you(story, n):
    found = fold(1, *story, DESK)
    assert place(found, hour(n)).startswith("Needs you") == needs_you(found, hour(n))


def test_every_view_says_what_it_holds():
    assert set(WORDS) == set(View)


@pytest.mark.parametrize("status", [Status.PENDING, Status.PARKED])
def test_a_snooze_that_is_due_shows_open_until_the_next_decision(status):
    asleep = row(status=status, snoozed_until=hour(9))
    assert shown_status(asleep, hour(8)) is status
    assert shown_status(asleep, hour(9)) is Status.OPEN
    assert shown_status(row(status=status), hour(9)) is status
