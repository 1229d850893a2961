"""Claims about decisions: what they settle, what undo brings back, what they say."""

from __future__ import annotations

import pytest

from tests.store.helpers import CLOCK, NOW, Mailroom, days, raw
from triage.errors import TriageError, UsageError
from triage.model import EntryKind, Level, Status, Turn, View
from triage.store import actions, queue
from triage.store.database import Store, rebuild


def test_closing_says_what_it_closed(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    done = actions.close(store, [id], now=NOW)
    assert (done.text, done.ids) == ('Closed "Printer on fire"', (id,))
    assert queue.conversation(store, id).status is Status.CLOSED


def test_closing_settles_only_what_was_on_screen(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(2))
    seen = {id: queue.conversation(store, id).arrival}
    mail.customer("b@x", ["a@x"], at=NOW - days(1))
    done = actions.close(store, [id], now=NOW, seen=seen)
    found = queue.conversation(store, id)
    assert (found.status, found.waiting_since) == (Status.OPEN, NOW - days(1))
    assert done.text.endswith("still open: Ana Mueller wrote what was not on screen")


def test_closing_a_mail_with_two_texts_closes_it(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", text="It burns.")
    mail.customer("a@x", text="It burns. -- the list's footer")
    mail.fetch()
    assert queue.conversation(store, id).messages == 2
    assert actions.close(store, [id], now=NOW).text == 'Closed "Printer on fire"'
    assert queue.conversation(store, id).status is Status.CLOSED


def test_mail_of_a_conversation_joined_by_a_late_message_counts_as_unseen(mail: Mailroom, store: Store) -> None:
    """Its arrival numbers are older than what the screen showed, and yet nobody saw it here."""
    other = mail.customer("old@x", at=NOW - days(9))
    id = mail.customer("a@x", at=NOW - days(2))
    kept = min(id, other)
    seen = {kept: queue.conversation(store, kept).arrival}
    mail.customer("c@x", ["a@x", "old@x"], at=NOW - days(1))
    actions.close(store, [kept], now=NOW, seen=seen)
    assert queue.conversation(store, kept).waiting_since == NOW - days(2)


def test_a_row_joined_elsewhere_is_not_decided_about_unseen(mail: Mailroom, store: Store) -> None:
    first, second = mail.customer("a@x"), mail.customer("b@x")
    seen = {second: queue.conversation(store, second).arrival}
    mail.customer("c@x", ["a@x", "b@x"])
    with pytest.raises(TriageError, match=f"#{second} was joined to #{first} meanwhile"):
        actions.close(store, [second], now=NOW, seen=seen)


def test_undo_brings_back_the_wait_as_it_was(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(3))
    before = queue.conversation(store, id)
    actions.close(store, [id], now=NOW)
    assert actions.undo(store, now=NOW).text == 'Took back: closed "Printer on fire"'
    assert queue.conversation(store, id) == before


def test_undo_after_new_mail_says_who_still_waits(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(3))
    actions.close(store, [id], now=NOW - days(2))
    mail.customer("b@x", ["a@x"], at=NOW - days(1))
    assert actions.undo(store, now=NOW).text.endswith("still open: Ana Mueller wrote since")


def test_redo_does_again_what_undo_took_back(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.tag(store, [id], ["vip"], now=NOW)
    actions.close(store, [id], now=NOW)
    after = queue.conversation(store, id)
    actions.undo(store, now=NOW)
    actions.undo(store, now=NOW)
    assert queue.conversation(store, id).tags == ()
    actions.redo(store, now=NOW)
    assert queue.conversation(store, id).tags == ("vip",)
    actions.redo(store, now=NOW)
    assert queue.conversation(store, id) == after


def test_there_is_nothing_to_redo_after_another_decision(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.close(store, [id], now=NOW)
    actions.undo(store, now=NOW)
    actions.tag(store, [id], ["vip"], now=NOW)
    with pytest.raises(TriageError, match="nothing to do again"):
        actions.redo(store, now=NOW)


def test_a_bulk_is_one_decision(mail: Mailroom, store: Store) -> None:
    ids = [mail.customer("a@x"), mail.customer("b@x")]
    assert actions.close(store, ids, now=NOW).text == "Closed 2 conversations"
    assert actions.undo(store, now=NOW).text == "Took back: closed 2 conversations"
    assert {found.status for found in queue.rows(store, ids)} == {Status.OPEN}
    actions.redo(store, now=NOW)
    assert {found.status for found in queue.rows(store, ids)} == {Status.CLOSED}


def test_undo_never_takes_back_what_a_rule_did(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.tag(store, [id], ["auto"], now=NOW, author="rule:invoices")
    with pytest.raises(TriageError, match="nothing to take back"):
        actions.undo(store, now=NOW)


def test_undo_can_name_an_older_decision(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    tagged = actions.tag(store, [id], ["vip"], now=NOW)
    actions.note(store, [id], "Asked Tom.", now=NOW)
    actions.undo(store, now=NOW, action=tagged.action)
    found = queue.conversation(store, id)
    assert (found.tags, found.note) == ((), "Asked Tom.")


def test_what_can_be_undone_is_listed_newest_first(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.tag(store, [id], ["vip"], now=NOW)
    actions.close(store, [id], now=NOW)
    assert [found.text for found in actions.undoable(store, 5)] == [
        'closed "Printer on fire"',
        'tagged vip "Printer on fire"',
    ]


def test_closing_what_is_closed_is_refused(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.close(store, [id], now=NOW)
    with pytest.raises(TriageError, match="is closed already"):
        actions.close(store, [id], now=NOW)


def test_of_several_those_that_cannot_be_closed_are_left(mail: Mailroom, store: Store) -> None:
    first, second = mail.customer("a@x"), mail.customer("b@x", subject="Other")
    actions.close(store, [first], now=NOW)
    assert actions.close(store, [first, second], now=NOW).text == 'Closed "Other", left 1 as they are'


def test_an_unknown_conversation_is_an_error(store: Store) -> None:
    with pytest.raises(TriageError, match="There is no conversation 4711"):
        actions.close(store, [4711], now=NOW)


def test_parking_needs_a_reason(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    with pytest.raises(UsageError, match="needs a reason"):
        actions.park(store, [id], "  ", now=NOW)
    actions.park(store, [id], "Finance must credit line 3", now=NOW)
    assert list(queue.ids(store, View.PARKED, NOW, CLOCK)) == [id]


def test_a_snooze_hides_until_it_is_due(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(1))
    actions.snooze(store, [id], NOW + days(1), now=NOW)
    assert list(queue.ids(store, View.NEEDS_YOU, NOW, CLOCK)) == []
    assert list(queue.ids(store, View.NEEDS_YOU, NOW + days(2), CLOCK)) == [id]


def test_a_broken_promise_stands_first(mail: Mailroom, store: Store) -> None:
    promised = mail.customer("p@x", at=NOW - days(1))
    mail.reply("r@x", ["p@x"], NOW - days(0.5))
    waiting = mail.customer("w@x", at=NOW - days(9))
    actions.promise(store, [promised], NOW + days(1), now=NOW)
    assert list(queue.ids(store, View.NEEDS_YOU, NOW + days(2), CLOCK)) == [promised, waiting]


def test_a_tag_is_one_word(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    for word in ("", "two words", "esc\x1b", "x" * 61):
        with pytest.raises(UsageError, match="is no tag"):
            actions.tag(store, [id], [word], now=NOW)


def test_a_struck_note_is_in_no_file(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.note(store, [id], "password hunter2secret", now=NOW)
    (note,) = [entry.note for entry in queue.timeline(store, id) if entry.note is not None]
    actions.edit_note(store, note.id, "password hunter2secret, changed", now=NOW)
    mail.store.checkpoint()
    actions.strike_note(store, note.id, now=NOW)
    mail.store.close()
    folder = store.path.parent
    assert [file.name for file in folder.iterdir() if b"hunter2secret" in file.read_bytes()] == []
    (left,) = [entry.note for entry in queue.timeline(store, id) if entry.note is not None]
    assert left.text is None


def test_a_struck_note_is_not_in_what_a_kill_left_of_its_line(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    note = actions.note(store, [id], "password hunter2secret", now=NOW).action
    assert note is not None
    file = store.beside("journal.jsonl")
    file.write_bytes(file.read_bytes()[:-3])
    actions.tag(store, [id], ["one"], now=NOW)
    assert b"hunter2secret" in store.beside("journal.jsonl.torn").read_bytes()
    actions.strike_note(store, note, now=NOW)
    mail.store.close()
    assert [f.name for f in store.path.parent.iterdir() if b"hunter2secret" in f.read_bytes()] == []


def test_join_then_split_is_identity(mail: Mailroom, store: Store) -> None:
    first, second = mail.customer("a@x", at=NOW - days(2)), mail.customer("b@x", at=NOW - days(1), subject="Other")
    key = queue.conversation(store, second).key
    actions.join(store, [second, first], now=NOW)
    assert queue.conversation(store, second).id == first
    assert queue.conversation(store, first).messages == 2
    actions.split(store, key, now=NOW)
    assert [(c.id, c.messages) for c in queue.rows(store, [first, second])] == [(first, 1), (second, 1)]


def test_undoing_a_join_gives_both_their_ids_again(mail: Mailroom, store: Store) -> None:
    first, second = mail.customer("a@x"), mail.customer("b@x")
    before = queue.rows(store, [first, second])
    actions.join(store, [first, second], now=NOW)
    actions.undo(store, now=NOW)
    after = queue.rows(store, [first, second])
    assert [(c.id, c.key, c.messages) for c in after] == [(c.id, c.key, c.messages) for c in before]


def test_mail_follows_the_part_of_a_split_that_it_answers(mail: Mailroom, store: Store) -> None:
    first = mail.customer("a@x", at=NOW - days(4))
    mail.customer("b@x", ["a@x"], at=NOW - days(3))
    (_, entry) = queue.timeline(store, first)
    assert entry.message is not None
    actions.split(store, entry.message.key, now=NOW)
    other = next(id for id in queue.ids(store, View.ALL, NOW, CLOCK) if id != first)
    mail.put(raw("c@x", ["a@x", "b@x"], at=NOW), NOW)
    assert [c.messages for c in queue.rows(store, [first, other])] == [1, 2]
    assert rebuild(store)[1] == 0


def test_tags_of_a_split_go_to_both_parts(mail: Mailroom, store: Store) -> None:
    first = mail.customer("a@x", at=NOW - days(4))
    mail.customer("b@x", ["a@x"], at=NOW - days(3))
    actions.tag(store, [first], ["refund"], now=NOW)
    (_, entry) = (e for e in queue.timeline(store, first) if e.kind is EntryKind.MESSAGE)
    assert entry.message is not None
    actions.split(store, entry.message.key, now=NOW)
    everything = queue.rows(store, queue.ids(store, View.ALL, NOW, CLOCK))
    assert [found.tags for found in everything] == [("refund",), ("refund",)]


def test_splitting_where_a_conversation_begins_is_refused_and_leaves_nothing(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    with pytest.raises(TriageError, match="nothing to split off"):
        actions.split(store, queue.conversation(store, id).key, now=NOW)
    assert store.value("select count(*) from action") == 0


def test_the_start_line_makes_history_and_undo_takes_it_back(mail: Mailroom, store: Store) -> None:
    old, new = mail.customer("a@x", at=NOW - days(90)), mail.customer("b@x", at=NOW - days(1))
    done = actions.start(store, NOW - days(30), now=NOW)
    assert done.text == "Started at 2026-10-21: 1 older conversations are history"
    assert list(queue.ids(store, View.NEEDS_YOU, NOW, CLOCK)) == [new]
    assert list(queue.ids(store, View.ALL, NOW, CLOCK, "is:history")) == [old]
    actions.undo(store, now=NOW)
    assert list(queue.ids(store, View.NEEDS_YOU, NOW, CLOCK)) == [old, new]


def test_a_sender_said_to_be_a_machine_needs_nobody_before_and_after(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.sender(store, "ana@example.org", "machine", now=NOW)
    assert queue.conversation(store, id).turn is Turn.NOBODY
    later = mail.customer("b@x")
    assert queue.conversation(store, later).turn is Turn.NOBODY


def test_a_customer_given_a_name_has_it_everywhere(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    actions.rename(store, "ANA@example.org", "Ana M.", now=NOW)
    assert queue.conversation(store, id).customer.name == "Ana M."


def test_levels_are_counted_without_being_stored(mail: Mailroom, store: Store) -> None:
    mail.customer("a@x", at=NOW - days(9))
    mail.customer("b@x", at=NOW)
    found = queue.levels(store, View.NEEDS_YOU, NOW, CLOCK)
    assert {level: count for level, count in found.items() if count} == {Level.MOLDY: 1, Level.FRESH: 1}


def test_opening_marks_as_read_until_the_customer_writes_again(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    assert queue.conversation(store, id).unread
    queue.opened(store, id, NOW)
    assert not queue.conversation(store, id).unread
    mail.customer("b@x", ["a@x"])
    assert queue.conversation(store, id).unread
