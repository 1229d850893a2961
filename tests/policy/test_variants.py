"""Claims about one mail that is here with two texts."""

from __future__ import annotations

from dataclasses import replace

from tests.policy.helpers import ANA, US, Story, hour
from triage.model import Action, Kind, Message, Place, Role, Status, Turn, Verb
from triage.policy.partition import partition


def again(told: Story, key: str, role: Role = Role.INBOX, **more) -> Message:
    """The same mail once more, with another text."""
    first = next(m for m in told.messages if m.key == key)
    found = replace(first, places=(Place(role.value + " 2", role, hour(9)),), **more)
    told.messages.append(found)
    return found


def test_a_variant_is_no_chase():
    told = Story()
    again(told, told.customer(0))
    found = told.fold()
    assert (found.messages, found.chases, found.marks) == (2, 0, ())


def test_a_closing_settles_every_variant_of_what_was_seen():
    told = Story()
    again(told, told.customer(0))
    told.close(1)
    assert (told.fold().status, told.fold().waiting_since) == (Status.CLOSED, None)


def test_what_lies_in_sent_is_ours_whatever_text_came_back():
    told = Story()
    again(told, told.reply(0, to=ANA), asks=True)
    found = told.fold()
    assert (found.status, found.turn, found.asked) == (Status.PENDING, Turn.THEIRS, True)


def test_both_variants_wait_or_neither():
    told = Story()
    again(told, told.customer(0))
    assert [entry.settled for entry in told.timeline()] == [False, False]


def test_the_order_of_variants_says_nothing():
    told = Story()
    again(told, told.customer(0, kind=Kind.THANKS), kind=Kind.HUMAN)
    forth = told.fold()
    told.messages.reverse()
    assert forth == told.fold()
    assert forth.waiting_since == hour(0)


def test_a_mail_sent_to_ourselves_as_a_list_answers_once():
    told = Story()
    told.customer(0)
    again(told, told.reply(1, to=(ANA, US)))
    assert [len(told.fold().samples), told.fold().rounds] == [1, 1]


def test_variants_stay_together_in_a_split():
    told = Story()
    told.customer(0)
    second = told.customer(1)
    again(told, second)
    told.customer(2, key="last")
    split = Action("s", hour(3), "person", Verb.SPLIT, second)
    assert partition(told.messages, [split]) == [[0], [1, 2, 3]]
