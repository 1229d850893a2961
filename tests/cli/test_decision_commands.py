"""The decisions as commands: each does what its key does, says it in one line, and can be taken back."""

from __future__ import annotations

import io
import sys
from datetime import datetime, timedelta

import pytest

from .conftest import NOW


def status(desk, subject: str) -> str:
    return row(desk, subject)["status"]


def row(desk, subject: str) -> dict:
    [found] = [row for row in desk.done("list", "--all", "--json").rows if subject in row["subject"]]
    return found


@pytest.mark.parametrize(("command", "after"), [("close", "closed"), ("pending", "pending"), ("spam", "spam")])
def test_a_status_is_set(desk, command, after):
    desk.done(command, str(desk.id("Invoice")))

    assert status(desk, "Invoice") == after


def test_a_closed_conversation_is_opened_and_waits_again(desk):
    desk.done("close", str(desk.id("Invoice")))
    desk.done("open", str(desk.id("Invoice")))

    assert (status(desk, "Invoice"), row(desk, "Invoice")["turn"]) == ("open", "ours")


def test_what_is_so_already_is_not_possible(desk):
    desk.done("close", str(desk.id("Invoice")))

    result = desk.run("close", str(desk.id("Invoice")))
    assert (result.status, result.out) == (1, "")


def test_a_decision_says_what_it_did(desk):
    number = desk.id("Invoice")

    result = desk.done("close", str(number), "--json").row

    assert result.keys() >= {"done", "ids", "action"}
    assert result["ids"] == [number]
    assert "Invoice 82506 is wrong" in result["done"]
    assert result["action"]


def test_a_decision_in_text_is_one_line(desk):
    assert desk.done("close", str(desk.id("Invoice"))).out.count("\n") == 1


def test_several_conversations_are_one_decision(desk):
    numbers = [str(desk.id("Invoice")), str(desk.id("CSV"))]

    desk.done("close", *numbers)
    desk.done("undo")

    assert status(desk, "Invoice") == status(desk, "CSV") == "open"


def test_one_wrong_number_decides_nothing(desk):
    result = desk.run("close", str(desk.id("Invoice")), "99999999")

    assert result.status == 1
    assert status(desk, "Invoice") == "open"


def test_parking_wants_a_reason(desk):
    number = str(desk.id("Invoice"))

    result = desk.run("park", number)
    assert (result.status, status(desk, "Invoice")) == (2, "open")
    assert "--reason" in result.err

    desk.done("park", number, "--reason", "finance")
    assert status(desk, "Invoice") == "parked"


def test_a_snoozed_conversation_leaves_the_queue_until_it_is_due(desk):
    desk.done("snooze", str(desk.id("Invoice")), "mon", "9")

    assert datetime.fromisoformat(row(desk, "Invoice")["snoozed_until"]) == datetime.fromisoformat("2026-11-23T09:00Z")
    assert desk.done("list", "invoice", "--json").rows == []
    due = desk.done("list", "invoice", "--json", now=NOW + timedelta(days=4)).row
    assert due["snoozed_until"] is None


def test_a_snooze_is_lifted(desk):
    desk.done("snooze", str(desk.id("Invoice")), "2w", "--hold")
    desk.done("unsnooze", str(desk.id("Invoice")))

    assert row(desk, "Invoice")["snoozed_until"] is None


@pytest.mark.parametrize("when", ["yesterday", "soonish", "2026-01-01"])
def test_a_snooze_into_the_past_or_to_nowhere_is_refused(desk, when):
    result = desk.run("snooze", str(desk.id("Invoice")), when)

    assert result.status == 2
    assert row(desk, "Invoice")["snoozed_until"] is None


def test_tags_are_put_on_and_taken_off_in_one_command(desk):
    number = str(desk.id("Invoice"))
    desk.done("tag", number, "+refund", "+urgent")
    desk.done("tag", number, "-urgent", "+vip", "--json")

    assert sorted(row(desk, "Invoice")["tags"]) == ["refund", "vip"]


@pytest.mark.parametrize("words", [["1"], ["+refund"], ["1", "+"], ["1", "refund"]])
def test_a_tag_command_without_number_or_tag_is_refused(desk, words):
    assert desk.run("tag", *words).status == 2


def test_a_note_is_kept_as_written(desk):
    desk.done("note", str(desk.id("Invoice")), "Finance must", "credit line 3")

    assert row(desk, "Invoice")["note"] == "Finance must credit line 3"


def test_a_note_is_read_from_standard_input(desk, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("line one\nline two\n"))

    desk.done("note", str(desk.id("Invoice")), "-")

    assert row(desk, "Invoice")["note"] == "line one\nline two"


def test_a_closed_standard_input_is_no_note(desk, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)

    result = desk.run("note", str(desk.id("Invoice")), "-")

    assert (result.status, row(desk, "Invoice")["note"]) == (2, None)


def test_a_note_in_another_encoding_is_kept_as_far_as_it_can_be_read(desk, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"M\xfcller"), encoding="ascii"))

    desk.done("note", str(desk.id("Invoice")), "-")

    assert row(desk, "Invoice")["note"] == "M\ufffdller"


@pytest.mark.parametrize("words", [("split", "\udcff"), ("undo", "\udcff"), ("list", "\udcff")])
def test_bytes_that_are_no_text_are_refused_in_a_sentence(desk, words):
    result = desk.run(*words)

    assert result.status in (1, 2)
    assert result.err.count("\n") == 1


def test_the_last_note_is_edited_and_struck(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "first")
    desk.done("note", number, "secnod")

    desk.done("note", number, "--edit", "second")
    assert row(desk, "Invoice")["note"] == "second"

    desk.done("note", number, "--strike")
    assert row(desk, "Invoice")["note"] == "first"
    assert b"secnod" not in (desk.folder / "journal.jsonl").read_bytes()


def test_another_note_is_edited_by_its_id(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "first", now=NOW)
    desk.done("note", number, "second", now=NOW + timedelta(minutes=1))
    notes = [entry for entry in desk.done("show", number, "--json").row["timeline"] if entry["kind"] == "note"]

    desk.done("note", number, "--edit", "--which", notes[0]["id"], "mended")

    again = [entry for entry in desk.done("show", number, "--json").row["timeline"] if entry["kind"] == "note"]
    assert [entry["text"] for entry in again] == ["mended", "second"]


@pytest.mark.parametrize("words", [[], ["--edit"], ["  "], ["--strike", "text"], ["--edit", "--strike"]])
def test_a_note_without_text_is_refused(desk, words):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "first")

    assert desk.run("note", number, *words).status == 2


def test_a_note_that_is_not_there_cannot_be_struck(desk):
    result = desk.run("note", str(desk.id("Invoice")), "--strike")

    assert (result.status, result.out) == (1, "")


def test_a_promise_broken_is_a_reason(desk):
    desk.done("promise", str(desk.id("Export")), "mon", "9", "--text", "a fix")

    later = desk.done("list", "export", "--json", now=NOW + timedelta(days=4)).row
    assert "promise broken" in later["reasons"]


def test_answered_by_phone_ends_the_wait(desk):
    desk.done("answered", str(desk.id("Invoice")), "yesterday", "--by", "phone")

    assert (row(desk, "Invoice")["status"], row(desk, "Invoice")["turn"]) == ("pending", "theirs")


def test_an_answer_in_the_future_is_refused(desk):
    assert desk.run("answered", str(desk.id("Invoice")), "2030-01-01").status == 2


def test_what_needs_no_answer_is_closed(desk):
    desk.done("noanswer", str(desk.id("Invoice")), "--duplicate-of", str(desk.id("CSV")))

    assert status(desk, "Invoice") == "closed"
    assert "closed unanswered" not in row(desk, "Invoice")["reasons"]


def test_two_conversations_are_joined_and_split_again(desk):
    first, second = desk.id("Invoice"), desk.id("CSV")
    key = row(desk, "CSV")["key"]

    desk.done("join", str(first), str(second))
    assert desk.done("show", str(max(first, second)), "--json").row["id"] == min(first, second)

    [message] = [
        entry["key"]
        for entry in desk.done("show", str(first), "--json").row["timeline"]
        if entry.get("message_id") == "<c1@example.org>"
    ]
    desk.done("split", message)
    assert row(desk, "CSV")["key"] == key


def test_a_customer_is_named(desk):
    desk.done("rename", "BEN@example.net", "Benjamin", "Li")

    assert row(desk, "Export")["customer"]["name"] == "Benjamin Li"


@pytest.mark.parametrize("address", ["ben", "@", "ben @example.net"])
def test_what_is_no_address_cannot_be_named(desk, address):
    assert desk.run("rename", address, "Ben").status == 2


def test_a_sender_is_a_person(desk):
    desk.done("sender", "cron@machines.example", "person")

    assert "Nightly" in "".join(found["subject"] for found in desk.done("list", "--json").rows)


def test_a_sender_is_a_person_or_a_machine(desk):
    result = desk.run("sender", "cron@machines.example", "persn")

    assert result.status == 2
    assert "person" in result.err


def test_the_start_line_makes_history(desk):
    result = desk.done("start", "5d", "--json").row

    assert result.keys() >= {"done", "history", "after"}
    assert (result["history"], result["after"]) == (2, 4)
    assert row(desk, "Invoice")["history"] is True


def test_undo_takes_back_the_newest_decision_across_runs(desk):
    number = str(desk.id("Invoice"))
    desk.done("tag", number, "+refund")
    desk.done("close", number)

    result = desk.done("undo", "--json").row

    assert result.keys() >= {"undone", "what"}
    assert (status(desk, "Invoice"), row(desk, "Invoice")["tags"]) == ("open", ["refund"])


def test_redo_takes_the_undo_back(desk):
    desk.done("close", str(desk.id("Invoice")))
    desk.done("undo")
    desk.done("redo")

    assert status(desk, "Invoice") == "closed"


def test_undo_lists_what_could_be_taken_back(desk):
    number = str(desk.id("Invoice"))
    closed = desk.done("close", number, "--json").row["action"]
    desk.done("tag", number, "+refund", now=NOW + timedelta(minutes=1))

    listed = desk.done("undo", "--list", "--json").rows
    assert [found.keys() >= {"action", "at", "what"} for found in listed] == [True, True]
    assert listed[1]["action"] == closed

    desk.done("undo", closed)
    assert (status(desk, "Invoice"), row(desk, "Invoice")["tags"]) == ("open", ["refund"])


def test_nothing_to_undo_is_not_possible(desk):
    result = desk.run("undo")

    assert (result.status, result.out) == (1, "")
    assert result.err.count("\n") == 1


def test_a_decision_is_in_the_journal_before_the_command_ends(desk):
    desk.done("note", str(desk.id("Invoice")), "kept for ever")

    assert "kept for ever" in (desk.folder / "journal.jsonl").read_text(encoding="utf-8")


def test_thanks_is_confirmed_of_what_only_thanks(desk):
    assert [found["subject"] for found in desk.done("list", "--view", "thanks", "--json").rows] == ["Password reset"]

    desk.done("thanks", str(desk.id("Password")))

    assert desk.done("list", "--view", "thanks", "--json").rows == []


def test_a_question_is_not_confirmed_as_thanks(desk):
    assert desk.run("thanks", str(desk.id("CSV"))).status == 1
