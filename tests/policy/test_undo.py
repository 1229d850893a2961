"""What stands after undo and redo, and what a strike takes away for good."""

from __future__ import annotations

from tests.policy.helpers import Story
from triage.model import Reason, Status, Verb
from triage.policy.undo import effective


def test_undo_takes_back_an_action():
    told = Story()
    told.customer(0)
    told.undo(2, told.close(1))
    assert told.fold().status is Status.OPEN


def test_redo_is_an_undo_of_the_undo():
    told = Story()
    told.customer(0)
    told.undo(3, told.undo(2, told.close(1)))
    assert told.fold().status is Status.CLOSED


def test_a_bulk_is_undone_as_one():
    told = Story()
    told.customer(0)
    told.act(1, Verb.TAG, tag="refund", bulk="b1")
    told.close(1, bulk="b1")
    told.undo(2, "b1")
    found = told.fold()
    assert (found.status, found.tags) == (Status.OPEN, ())


def test_an_undone_and_redone_action_can_be_undone_again():
    told = Story()
    told.customer(0)
    close = told.close(1)
    told.undo(3, told.undo(2, close))
    told.undo(4, close)
    assert told.fold().status is Status.OPEN


def test_an_undo_with_a_clock_behind_its_action_works():
    told = Story()
    told.customer(0)
    told.undo(0, told.close(5))
    assert told.fold().status is Status.OPEN


def test_undos_that_name_each_other_end():
    told = Story()
    told.customer(0)
    told.act(1, Verb.UNDO, id="u1", target="u2")
    told.act(2, Verb.UNDO, id="u2", target="u1")
    assert effective(told.actions) == []


def test_undo_after_new_mail_recomputes_with_the_mail():
    told = Story()
    told.customer(0)
    told.reply(1)
    close = told.close(2)
    told.customer(3)
    told.undo(4, close)
    found = told.fold()
    assert (found.status, found.chapter, found.reopens) == (Status.OPEN, 1, 0)


def test_an_undone_note_is_gone_and_a_redone_one_is_back():
    told = Story()
    told.customer(0)
    undone = told.undo(2, told.act(1, Verb.NOTE, text="called"))
    assert told.fold().note is None
    told.undo(3, undone)
    assert told.fold().note == "called"


def test_the_newest_edit_of_a_note_counts():
    told = Story()
    told.customer(0)
    note = told.act(1, Verb.NOTE, text="called")
    told.act(2, Verb.EDIT_NOTE, target=note, text="called twice")
    edit = told.act(3, Verb.EDIT_NOTE, target=note, text="called thrice")
    assert told.fold().note == "called thrice"
    told.undo(4, edit)
    assert told.fold().note == "called twice"


def test_a_strike_leaves_a_tombstone_that_undo_does_not_bring_back():
    told = Story()
    told.customer(0)
    note = told.act(1, Verb.NOTE, text="the password is hunter2")
    told.act(2, Verb.EDIT_NOTE, target=note, text="still hunter2")
    told.undo(4, told.act(3, Verb.STRIKE_NOTE, target=note))
    found = told.fold()
    assert (found.noted, found.note) == (0, None)
    shown = [entry.note for entry in told.timeline() if entry.note is not None]
    assert [note.text for note in shown] == [None]


def test_a_struck_note_without_its_text_in_the_journal_still_folds():
    told = Story()
    told.customer(0)
    note = told.act(1, Verb.NOTE)
    told.act(2, Verb.STRIKE_NOTE, target=note)
    assert told.fold().noted == 0


def test_undoing_a_closing_brings_the_wait_back_from_its_start():
    told = Story()
    told.customer(0)
    before = told.fold()
    told.undo(2, told.close(1))
    assert told.fold() == before
    assert Reason.CLOSED_UNANSWERED not in told.fold().marks
