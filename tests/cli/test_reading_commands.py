"""list, next, show, why, search: the keys of CLI.md, the order of the queue, and nothing that steers a terminal."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest

from triage.mail.safe import cells

from .conftest import HOSTILE, NOW

LIST_KEYS = {
    "id", "key", "subject", "customer", "status", "turn", "waiting_since", "quiet_since", "level", "reasons", "tags",
    "messages", "reopens", "chases", "snoozed_until", "last_activity", "note", "draft", "unread", "partial", "history",
}  # fmt: skip
MESSAGE_KEYS = {
    "kind", "at", "key", "message_id", "from", "to", "date", "received_at", "ours", "text", "new_text", "quoted",
    "signature", "attachments", "mailboxes",
}  # fmt: skip
WHY_KEYS = {"level", "since", "business_seconds", "wall_seconds", "threshold", "reasons"}
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def subjects(rows: list[dict]) -> list[str]:
    return [row["subject"].split()[0] for row in rows]


def test_list_shows_who_waits_longest_first(desk):
    assert subjects(desk.done("list", "--json").rows) == ["Invoice", "CSV", "Hi"]


def test_list_has_the_keys_of_the_contract(desk):
    for row in desk.done("list", "--all", "--json").rows:
        assert row.keys() >= LIST_KEYS
        assert row["customer"].keys() == {"name", "address"}


def test_list_all_has_every_conversation(desk):
    desk.done("close", str(desk.id("Export")))
    desk.done("spam", str(desk.id("Hi")))
    desk.done("snooze", str(desk.id("CSV")), "2w")

    assert len(desk.done("list", "--all", "--json").rows) == 6


def test_list_gives_instants_with_their_offset(desk):
    [invoice, *_] = desk.done("list", "--json").rows

    assert datetime.fromisoformat(invoice["waiting_since"]) == NOW - timedelta(days=9)
    assert datetime.fromisoformat(invoice["waiting_since"]).utcoffset() == timedelta(0)


def test_list_tells_the_level_by_the_pretended_clock(desk):
    levels = {
        days: desk.done("list", "invoice", "--json", now=NOW - timedelta(days=9) + timedelta(days=days)).row["level"]
        for days in (0, 1, 2, 7)
    }

    assert levels == {0: "fresh", 1: "aging", 2: "stale", 7: "moldy"}


def test_list_filters_by_a_query(desk):
    assert subjects(desk.done("list", "--all", "from:ben", "--json").rows) == ["Export"]


def test_a_query_word_may_begin_with_a_dash(desk):
    assert subjects(desk.done("list", "-invoice", "--json").rows) == ["CSV", "Hi"]


def test_list_shows_a_view_by_name(desk):
    assert subjects(desk.done("list", "--view", "waiting on them", "--json").rows) == ["Password", "Export"]
    assert subjects(desk.done("list", "--view", "waiting-on-them", "--json").rows) == ["Password", "Export"]
    assert subjects(desk.done("list", "--view", "Machine", "--json").rows) == ["Nightly"]


def test_list_shows_a_view_of_the_owners(desk):
    assert subjects(desk.done("list", "--view", "invoices", "--json").rows) == ["Invoice"]
    assert desk.done("list", "--view", "invoices", "from:ben", "--json").rows == []


def test_an_unknown_view_names_the_nearest(desk):
    result = desk.run("list", "--view", "machin")

    assert (result.status, result.out) == (2, "")
    assert 'did you mean "machine"?' in result.err


def test_an_unknown_query_word_is_an_error(desk):
    result = desk.run("list", "is:opn")

    assert (result.status, result.out) == (2, "")
    assert "open" in result.err


def test_list_stops_at_the_limit(desk):
    assert subjects(desk.done("list", "--limit", "1", "--json").rows) == ["Invoice"]
    assert desk.done("list", "--limit", "0", "--json").rows == []


@pytest.mark.parametrize("limit", ["-1", "many"])
def test_a_limit_that_is_none_is_refused(desk, limit):
    assert desk.run("list", f"--limit={limit}").status == 2


@pytest.mark.parametrize("width", [40, 80, 140])
def test_rows_fit_the_width(desk, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    desk.done("tag", str(desk.id("Invoice")), "+refund", "+a-tag-that-is-longer-than-the-column-it-has-on-a-page")

    lines = desk.done("list", "--all").out.splitlines()

    assert len(lines) == 6
    assert all(cells(line) <= width for line in lines)


def test_a_row_says_number_level_age_customer_and_subject(desk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")

    [line] = desk.done("list", "invoice").out.splitlines()

    assert re.match(r" *#\d+ moldy +9d Ana Müller +Invoice 82506 is wrong", line)


def test_a_mark_that_does_not_fit_is_left_out_whole(desk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    number = str(desk.id("Invoice"))
    desk.done("tag", number, "+refund", "+z-tag-that-is-too-long-for-it")
    desk.done("note", number, "a note")

    [line] = desk.done("list", "invoice").out.splitlines()

    assert line.endswith("+refund, [note]")


def test_a_snoozed_row_says_until_when(desk):
    desk.done("snooze", str(desk.id("Invoice")), "mon", "9")

    assert "until Mon 23 Nov" in desk.done("list", "--view", "snoozed").out


def test_next_is_the_first_of_the_queue(desk):
    assert desk.done("next", "--json").row == desk.done("list", "--json").rows[0]


def test_next_of_an_empty_queue_says_so(desk):
    desk.done("close", *(str(row["id"]) for row in desk.done("list", "--json").rows))

    assert "nobody waits" in desk.done("next").out
    assert desk.done("next", "--json").out == ""


def test_an_empty_list_says_why(desk):
    assert desk.done("list", "nosuchword").out == "No conversation is like that.\n"
    assert desk.done("list", "--view", "parked").out == "Nothing in parked.\n"
    assert desk.done("list", "nosuchword", "--json").out == ""


def test_a_store_never_filled_says_what_to_do(empty):
    assert "triage sync" in empty.done("list").out


@pytest.mark.parametrize("command", [("list",), ("search", "address")])
def test_a_limit_may_be_larger_than_anything(desk, command):
    assert desk.done(*command, "--limit", "9" * 30, "--json").rows != []


def test_show_has_the_keys_of_the_contract(desk):
    shown = desk.done("show", str(desk.id("Export")), "--json").row

    assert shown.keys() >= LIST_KEYS | {"timeline"}
    assert [entry["kind"] for entry in shown["timeline"]] == ["message", "message"]
    assert all(entry.keys() >= MESSAGE_KEYS for entry in shown["timeline"])


def test_show_tells_what_a_message_says(desk):
    [message] = desk.done("show", str(desk.id("CSV")), "--json").row["timeline"]

    assert message["from"] == {"name": "Cleo", "address": "cleo@example.net"}
    assert message["message_id"] == "<c1@example.org>"
    assert message["message_kind"] == "human"
    assert message["new_text"].strip() == "It drops the last row."
    assert "an old line" in message["quoted"]
    assert message["ours"] is False
    assert message["mailboxes"] == ["INBOX"]


def test_show_has_notes_and_decisions_in_the_timeline(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "Finance must credit line 3")
    desk.done("pending", number)

    timeline = desk.done("show", number, "--json").row["timeline"]

    assert [entry["kind"] for entry in timeline] == ["message", "note", "action"]
    assert timeline[1]["text"] == "Finance must credit line 3"
    assert all(datetime.fromisoformat(entry["at"]).utcoffset() is not None for entry in timeline)


def test_show_as_text_marks_a_note_as_internal(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "Finance must credit line 3")

    text = desk.done("show", number).out

    assert "never sent to the customer" in text
    assert "# Finance must credit line 3" in text
    assert "the invoice shows the old address" in text


@pytest.mark.parametrize("command", ["show", "why"])
def test_a_number_may_be_written_with_a_hash(desk, command):
    number = desk.id("Invoice")

    assert desk.done(command, f"#{number}", "--json").out == desk.done(command, f"{number}", "--json").out


@pytest.mark.parametrize("word", ["x", "-1", "1.5", "", "#", "9" * 30, "\u0664"])
def test_what_is_no_number_is_refused(desk, word):
    result = desk.run("show", word)

    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1


def test_an_unknown_conversation_is_not_possible(desk):
    result = desk.run("show", "99999999")

    assert (result.status, result.out) == (1, "")
    assert "99999999" in result.err


def test_why_has_the_keys_of_the_contract(desk):
    answer = desk.done("why", str(desk.id("Invoice")), "--json").row

    assert answer.keys() >= WHY_KEYS
    assert answer["level"] == "moldy"
    assert answer["wall_seconds"] == 9 * 24 * 3600
    assert answer["business_seconds"] == 7 * 8 * 3600
    assert all(reason.keys() == {"name", "detail"} for reason in answer["reasons"])


def test_why_says_its_arithmetic_in_words(desk):
    text = desk.done("why", str(desk.id("Invoice"))).out

    assert "moldy" in text
    assert re.search(r"\d+(\.\d+)? business days", text)


def test_search_finds_text_of_a_mail(desk):
    [hit] = desk.done("search", "address", "--json").rows

    assert hit["subject"].startswith("Invoice")
    assert hit.keys() >= LIST_KEYS | {"snippet"}
    assert "address" in hit["snippet"]


def test_search_without_words_is_refused(desk):
    assert desk.run("search").status == 2


@pytest.mark.parametrize("words", [("list", "--all"), ("search", "bad"), ("next",)])
def test_no_control_character_leaves_as_text(desk, words):
    assert not CONTROL.search(desk.done(*words).out)


def test_no_control_character_leaves_with_a_hostile_conversation(desk):
    number = str(desk.id("Hi"))
    desk.done("note", number, HOSTILE)
    desk.done("tag", number, "+[red]bad[/]")

    for words in (("show", number), ("why", number), ("list",), ("undo", "--list"), ("search", "bad")):
        assert not CONTROL.search(desk.done(*words).out)
        assert not CONTROL.search(desk.done(*words, "--json").out)
        for row in desk.done(*words, "--json").rows:
            assert not CONTROL.search("".join(strings(row)))


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    return [text for item in value for text in strings(item)] if isinstance(value, list) else []


def test_a_subject_stays_on_one_line_of_json(desk):
    desk.done("note", str(desk.id("Invoice")), "two\nlines")

    lines = desk.done("list", "--json").out.splitlines()

    assert json.loads(lines[0])["note"] == "two\nlines"
