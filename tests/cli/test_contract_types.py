"""The JSON of CLI.md, key by key and type by type, as a stranger reads it: over decisions of every kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

Check = Callable[[object], bool]


def text(value: object) -> bool:
    return isinstance(value, str)


def count(value: object) -> bool:
    return type(value) is int and value >= 0


def number(value: object) -> bool:
    return type(value) in (int, float)


def truth(value: object) -> bool:
    return type(value) is bool


def instant(value: object) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).utcoffset() is not None


def null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def each(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def one_of(*words: str) -> Check:
    return lambda value: value in words


def exactly(**keys: Check) -> Check:
    return lambda value: isinstance(value, dict) and value.keys() == keys.keys() and not wrong(value, keys)


def wrong(found: dict, keys: dict[str, Check]) -> list[str]:
    """The keys that are missing or not of their type."""
    return [key for key, check in keys.items() if key not in found or not check(found[key])]


PERSON = exactly(name=text, address=text)
LIST: dict[str, Check] = {
    "id": count,
    "key": text,
    "subject": text,
    "customer": PERSON,
    "status": one_of("open", "pending", "parked", "closed", "spam"),
    "turn": one_of("ours", "theirs", "nobody"),
    "waiting_since": null(instant),
    "quiet_since": null(instant),
    "level": one_of("none", "fresh", "aging", "stale", "moldy"),
    "reasons": each(text),
    "tags": each(text),
    "messages": count,
    "reopens": count,
    "chases": count,
    "snoozed_until": null(instant),
    "last_activity": instant,
    "note": null(text),
    "draft": null(text),
    "unread": truth,
    "partial": truth,
    "history": truth,
}
KIND = one_of("human", "auto", "bounce", "list", "receipt", "thanks")
MESSAGE: dict[str, Check] = {
    "key": text,
    "message_id": text,
    "from": PERSON,
    "to": each(PERSON),
    "date": text,
    "received_at": instant,
    "ours": truth,
    "kind": KIND,
    "text": text,
    "new_text": text,
    "quoted": text,
    "signature": text,
    "attachments": each(exactly(name=text, type=text, size=count)),
    "mailboxes": each(text),
}
WHY: dict[str, Check] = {
    "level": LIST["level"],
    "since": null(instant),
    "business_seconds": number,
    "wall_seconds": number,
    "threshold": null(number),
    "reasons": each(exactly(name=text, detail=text)),
}
DONE: dict[str, Check] = {"done": text, "ids": each(count), "action": text}


@pytest.fixture
def worked(desk):
    """A desk on which every kind of decision was made."""
    invoice, export, csv = (str(desk.id(word)) for word in ("Invoice", "Export", "CSV"))
    nightly, password, bad = (str(desk.id(word)) for word in ("Nightly", "Password", "bold"))
    for words in (
        ("tag", invoice, "+refund"),
        ("note", invoice, "Finance must credit line 3"),
        ("note", invoice, "a password"),
        ("note", invoice, "--strike"),
        ("promise", invoice, "mon 9", "--text", "a new invoice"),
        ("snooze", invoice, "2w", "--hold"),
        ("open", export),
        ("pending", export),
        ("park", csv, "--reason", "the bank must answer"),
        ("thanks", password),
        ("spam", bad),
        ("sender", "cron@machines.example", "person"),
        ("rename", "ana@example.org", "Ana M."),
        ("answered", nightly, "--by", "colleague"),
        ("close", export),
    ):
        desk.done(*words)
    return desk


def everyone(desk) -> list[dict]:
    return desk.done("list", "--all", "--json").rows


def test_every_conversation_has_the_types_of_the_contract(worked):
    assert [wrong(row, LIST) for row in everyone(worked)] == [[]] * 6


def test_show_says_of_a_conversation_what_list_says(worked):
    for row in everyone(worked):
        shown = worked.done("show", str(row["id"]), "--json").row
        assert {key: shown[key] for key in row} == row


def test_every_entry_of_a_timeline_says_what_it_is_and_when(worked):
    for row in everyone(worked):
        for entry in worked.done("show", str(row["id"]), "--json").row["timeline"]:
            assert entry["kind"] in ("message", "note", "action")
            assert instant(entry["at"])


def messages(desk) -> list[dict]:
    shown = [desk.done("show", str(row["id"]), "--json").row["timeline"] for row in everyone(desk)]
    return [entry for timeline in shown for entry in timeline if entry["kind"] == "message"]


def test_a_message_in_a_timeline_has_the_types_of_the_contract(worked):
    flat = MESSAGE | {"kind": one_of("message"), "message_kind": KIND}

    found = messages(worked)

    assert [wrong(entry, flat) for entry in found] == [[]] * 9


def test_a_message_is_also_an_object_with_its_own_kind(worked):
    found = messages(worked)

    assert [entry["message"].keys() == MESSAGE.keys() for entry in found] == [True] * 9
    assert [wrong(entry["message"], MESSAGE) for entry in found] == [[]] * 9
    assert all(entry["message"]["kind"] == entry["message_kind"] for entry in found)


def test_a_note_is_also_an_object(worked):
    timeline = worked.done("show", str(worked.id("Invoice")), "--json").row["timeline"]

    notes = [entry for entry in timeline if entry["kind"] == "note"]

    assert [entry["note"]["text"] for entry in notes] == ["Finance must credit line 3", None]
    assert all(entry["note"] == {key: entry[key] for key in entry["note"]} for entry in notes)


def test_why_agrees_with_list(worked):
    for row in everyone(worked):
        answer = worked.done("why", str(row["id"]), "--json").row
        assert wrong(answer, WHY) == []
        assert (answer["level"], [one["name"] for one in answer["reasons"]]) == (row["level"], row["reasons"])


@pytest.mark.parametrize(
    "words",
    [
        ("close", "ID"),
        ("pending", "ID"),
        ("spam", "ID"),
        ("park", "ID", "--reason", "x"),
        ("snooze", "ID", "2w"),
        ("tag", "ID", "+a"),
        ("note", "ID", "x"),
        ("promise", "ID", "fri"),
        ("answered", "ID"),
        ("noanswer", "ID"),
        ("rename", "ana@example.org", "Ana M."),
        ("sender", "ana@example.org", "machine"),
        ("start", "1d"),
    ],
)
def test_a_decision_has_the_types_of_the_contract(desk, words):
    number = str(desk.id("Invoice"))

    row = desk.done(*(number if word == "ID" else word for word in words), "--json").row

    keys = DONE if words[0] != "start" else {"done": text, "history": count, "after": count}
    assert wrong(row, keys) == []


def test_undo_and_redo_have_the_types_of_the_contract(worked):
    for command in ("undo", "redo"):
        assert wrong(worked.done(command, "--json").row, {"undone": text, "what": text}) == []


def test_a_search_has_the_types_of_the_contract(worked):
    rows = worked.done("search", "the", "--json").rows

    assert rows != []
    assert [wrong(row, LIST | {"snippet": text}) for row in rows] == [[]] * len(rows)


def test_a_snooze_that_is_due_reads_none(desk):
    number = str(desk.id("Invoice"))
    desk.done("snooze", number, "2026-11-23 09:00")

    [before] = [row for row in everyone(desk) if row["id"] == int(number)]
    due = desk.done("show", number, "--json", now=datetime.fromisoformat("2026-11-23T09:00:00+00:00")).row

    assert before["snoozed_until"] == "2026-11-23T09:00:00+00:00"
    assert due["snoozed_until"] is None
