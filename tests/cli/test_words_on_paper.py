"""What commands say as text: instants in the desk's zone, counts that read well, empty states, and no dead ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from triage.commands import COMMANDS
from triage.mail.facts import from_header, from_mail
from triage.mail.safe import cells
from triage.store import incoming
from triage.store.database import Mode, open_store
from triage.words import Role

from .conftest import DESK, INBOX, NOW, mail

ISO = re.compile(r"\d{4}-\d\d-\d\dT")


@pytest.fixture
def berlin(desk):
    """The desk, at work in Berlin: an hour ahead of UTC in November."""
    config = desk.folder / "triage.toml"
    config.write_text(config.read_text(encoding="utf-8").replace('"UTC"', '"Europe/Berlin"'), encoding="utf-8")
    return desk


def test_a_promise_and_a_snooze_are_shown_in_the_zone_of_the_desk(berlin):
    number = str(berlin.id("Invoice"))
    berlin.done("promise", number, "mon 9", "--text", "a new invoice")
    berlin.done("snooze", number, "fri 9")

    said = berlin.done("show", number).out

    assert "promised by Mon 23 Nov 09:00: a new invoice" in said
    assert "snoozed until Fri 27 Nov 09:00" in said
    assert not ISO.search(said)


def test_what_undo_names_is_in_the_zone_of_the_desk(berlin):
    berlin.done("snooze", str(berlin.id("Invoice")), "fri 9")

    for words in (("undo", "--list"), ("undo",), ("redo",)):
        said = berlin.done(*words).out
        assert "snoozed until Fri 27 Nov 09:00" in said
        assert not ISO.search(said)


def test_a_snooze_says_until_when(berlin):
    said = berlin.done("snooze", str(berlin.id("Invoice")), "fri 9").out

    assert said == 'Snoozed "Invoice 82506 is wrong" until Fri 27 Nov 09:00\n'


def test_a_promise_says_for_when(berlin):
    said = berlin.done("promise", str(berlin.id("Invoice")), "mon 9").out

    assert said == 'Promised for Mon 23 Nov 09:00: "Invoice 82506 is wrong"\n'


def test_the_start_line_says_what_lies_on_either_side(berlin):
    assert berlin.done("start", "8d").out == (
        "Start line at Thu 12 Nov 13:00: 1 conversation before it, now history; 5 after it\n"
    )


def test_an_edited_note_is_named_in_words(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "one")
    desk.done("note", number, "--edit", "two")

    assert 'changed the note on "Invoice 82506 is wrong"' in desk.done("undo", "--list").out


def test_nothing_to_undo_is_said(desk):
    assert desk.done("undo", "--list").out == "There is nothing to take back.\n"
    assert desk.done("undo", "--list", "--json").out == ""


def test_what_cannot_be_undone_names_the_next_step(desk):
    desk.done("close", str(desk.id("Invoice")))

    result = desk.run("undo", "nonsense")

    assert (result.status, result.out) == (1, "")
    assert "triage undo --list" in result.err


def test_a_search_without_a_hit_says_so(desk, empty):
    assert desk.done("search", "nosuchword").out == "No mail, note or tag is like that.\n"
    assert desk.done("search", "nosuchword", "--json").out == ""


@pytest.mark.parametrize("words", [("list",), ("search", "x"), ("next",)])
def test_a_store_never_filled_names_the_next_step(empty, words):
    assert "triage sync" in empty.done(*words).out


def test_an_unknown_view_names_those_there_are(desk):
    result = desk.run("list", "--view", "xyzzy")

    assert (result.status, result.out) == (2, "")
    assert all(f" {view}" in result.err for view in ("needs you", "junk check", "invoices"))


def test_a_status_that_is_not_open_is_in_the_row(desk):
    desk.done("spam", str(desk.id("CSV")))

    lines = {line.split()[0]: line for line in desk.done("list", "--all").out.splitlines()}

    assert lines[f"#{desk.id('CSV')}"].endswith("spam")
    assert lines[f"#{desk.id('Export')}"].endswith("pending")


def test_a_reason_that_names_the_status_is_enough(desk):
    number = str(desk.id("Invoice"))
    desk.done("pending", number)

    [line] = desk.done("list", "invoice").out.splitlines()

    assert line.count("pending") == 1


def test_the_longest_reason_fits_eighty_columns(desk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    desk.done("pending", str(desk.id("Invoice")))

    assert desk.done("list", "invoice").out.endswith("waiting behind pending\n")


def test_one_quoted_line_is_one(empty):
    fill_one(empty, "Yes.\n\n> Is it?\n")

    assert "> 1 quoted line\n" in empty.done("show", "1").out


def test_a_message_is_shown_with_the_address_that_wrote_it(desk):
    assert "-- Ana M\u00fcller <ana@example.org>, " in desk.done("show", str(desk.id("Invoice"))).out


def test_an_attachment_without_a_name_is_said_to_have_none(empty):
    fill_one(
        empty, "--b\n\nsee\n--b\nContent-Type: application/pdf\n\nx\n--b--\n", kind='multipart/mixed; boundary="b"'
    )

    assert re.search(r"^\[\(no name\), application/pdf, \d+ bytes?\]$", empty.done("show", "1").out, re.MULTILINE)


def test_why_says_where_moved_mail_lies_and_since_when(berlin):
    berlin.done("list")
    at, raw = INBOX[0]
    with open_store(berlin.folder / "store.db", DESK, mode=Mode.WORKER) as store:
        incoming.vanish(store, "INBOX", [1], NOW)
        incoming.put_mailbox(store, incoming.MailboxState("Done", Role.OTHER, 1, 2, None, at - timedelta(1), 1))
        incoming.add(store, "Done", [incoming.Arrival(1, frozenset(), len(raw), from_header(raw, at, DESK))], NOW)
        incoming.finish_round(store, NOW, complete=True)

    said = berlin.done("why", str(berlin.id("Invoice"))).out

    assert re.search("moved elsewhere: .* moved to Done .*, seen Fri 20 Nov 2026 13:00", said)


def test_what_a_person_was_shown_is_read(desk):
    number = str(desk.id("Invoice"))

    desk.done("show", number, "--json")
    assert desk.done("list", "invoice", "--json").row["unread"] is True

    desk.done("show", number)
    assert desk.done("list", "invoice", "--json").row["unread"] is False


WIDE = [
    "\u65e5\u672c\u8a9e\u306e\u4ef6\u540d\u306b\u3064\u3044\u3066\u306e\u9577\u3044\u8cea\u554f",
    "Login \U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f broken",
    "e\u0301\u0301\u0301\u0301\u0301\u0301 many marks",
]


@pytest.mark.parametrize("columns", [80, 140])
@pytest.mark.parametrize("subject", WIDE)
def test_marks_stand_in_one_column_whatever_the_subject(empty, monkeypatch, columns, subject):
    monkeypatch.setenv("COLUMNS", str(columns))
    fill_one(empty, "How?\n", subject)
    fill_one(empty, "How?\n", "Plain", number="p1")
    for id in ("1", "2"):
        empty.done("tag", id, "+here")

    lines = empty.done("list").out.splitlines()

    assert len({cells(line.partition("+here")[0]) for line in lines}) == 1


def test_a_family_is_one_sign_in_a_row(empty):
    fill_one(empty, "How?\n", WIDE[1])

    assert "\U0001f44d \U0001f468 \u2764 broken" in empty.done("list").out


def fill_one(desk, text: str, subject: str = "A question", number: str = "z1", kind: str = "") -> None:
    """One more mail in the desk's INBOX, with its text."""
    at, raw = mail("x", timedelta(hours=1), text, number=number, sender=f"Zoe <{number}@example.net>")
    raw = raw.replace(b"Subject: x", f"Subject: {subject}".encode())
    raw = raw.replace(b"text/plain; charset=utf-8", (kind or "text/plain; charset=utf-8").encode())
    with open_store(desk.folder / "store.db", DESK, mode=Mode.WORKER) as store:
        uid = len(incoming.known_uids(store, "INBOX")) + 1 if incoming.mailboxes(store) else 1
        incoming.put_mailbox(store, incoming.MailboxState("INBOX", Role.INBOX, 1, uid + 1, None, None, uid))
        incoming.add(store, "INBOX", [incoming.Arrival(uid, frozenset(), len(raw), from_header(raw, at, DESK))], NOW)
        [wanted] = incoming.wanted_bodies(store, 1)
        incoming.add_bodies(store, [(wanted.row, *from_mail(raw, at, DESK))], NOW)


def test_a_group_of_one_file_is_one_message(run, tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(mail("x", timedelta(0), "x\n", number="x")[1])

    assert run("threads", str(file)).out.startswith("1: 1 message\n")


def test_a_configuration_that_cannot_be_read_names_the_next_step(run, tmp_path):
    result = run("--config", str(tmp_path), "list")

    assert (result.status, result.out) == (2, "")
    assert "--config" in result.err


def test_the_screen_wants_a_terminal(desk):
    result = desk.run()

    assert (result.status, result.out) == (2, "")
    assert "`triage list`" in result.err
    assert result.err.count("\n") == 1


def test_the_demo_wants_a_terminal_before_it_serves_anything(run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))

    result = run("demo")

    assert (result.status, result.out) == (2, "")
    assert "`triage demo --no-screen`" in result.err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_of_a_command_is_a_sentence_within_eighty_columns(run, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")

    usage, said, *_ = run(command, "--help").out.split("\n\n")

    assert re.fullmatch(r"[A-Z][a-z]+ .*", said, re.DOTALL)
    assert max(map(len, (usage + "\n" + said).splitlines())) <= 80


@pytest.mark.parametrize("command", ["list", "search"])
def test_help_lists_the_words_of_a_query(run, command):
    said = run(command, "--help").out

    assert all(
        word in said for word in ("from:", "waiting>2bd", "quiet>2w", "reopened>2", "partial", "promise", "-word")
    )
    assert max(map(len, said.splitlines())) <= 80
