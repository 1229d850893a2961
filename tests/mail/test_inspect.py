"""`triage inspect` and `triage threads`: JSON of any file."""

from __future__ import annotations

import json

from tests.mail.helpers import DESK, mail, multipart, part
from triage.mail.inspect import group_files, inspect

KEYS = {
    "file",
    "key",
    "message_id",
    "from",
    "to",
    "date",
    "received_at",
    "ours",
    "kind",
    "text",
    "new_text",
    "quoted",
    "signature",
    "attachments",
    "mailboxes",
    "references",
    "in_reply_to",
    "subject",
    "problems",
}


def test_the_keys_of_the_command_s_contract_are_there():
    assert set(inspect(mail(), "a.eml", DESK)) >= KEYS


def test_an_attachment_has_name_type_and_size():
    raw = multipart(
        "mixed",
        part("text/plain", "see"),
        part("image/png", "x" * 5, "Content-Disposition: attachment; filename=a.png"),
    )
    found = inspect(raw, "a.eml", DESK)["attachments"]

    assert [(one["name"], one["type"], one["size"]) for one in found] == [("a.png", "image/png", 5)]


def test_an_escape_in_any_field_is_only_a_picture():
    evil = "\x1b]52;c;AAAA\x07"
    raw = mail(
        evil,
        From=f'"{evil}" <a{evil}@x.example>',
        Subject=evil,
        Date=evil,
        Message_ID=f"<{evil}@x>",
        References=f"<{evil}@y>",
    )
    said = json.dumps(inspect(raw, evil, DESK), ensure_ascii=False)

    assert "\x1b" not in said
    assert "\x07" not in said
    assert "\\u001b" not in said


def test_a_file_says_when_it_was_received_by_its_received_field():
    raw = mail(Received="from a by b; Mon, 02 Mar 2026 10:00:00 +0100", Date="Mon, 02 Mar 2026 08:00:00 +0000")

    assert inspect(raw, "a.eml", DESK)["received_at"] == "2026-03-02T09:00:00+00:00"


def test_a_file_without_any_date_says_null():
    assert inspect(b"nothing", "a.eml", DESK)["received_at"] is None


def test_an_empty_file_is_a_message_with_problems():
    assert "empty" in inspect(b"", "a.eml", DESK)["problems"]


def test_files_are_grouped_by_their_ids():
    first = mail(Message_ID="<a@x>")
    answer = mail(Message_ID="<b@x>", In_Reply_To="<a@x>", Subject="Re")
    other = mail(Message_ID="<c@x>")

    assert group_files([("1", answer), ("2", other), ("3", first)]) == [["<b@x>", "<a@x>"], ["<c@x>"]]


def test_a_file_without_an_id_is_named_by_its_file():
    assert group_files([("dir/1.eml", mail(Message_ID=""))]) == [["dir/1.eml"]]


def test_copies_of_a_mail_count_once_and_variants_do_not():
    assert group_files([("1", mail()), ("2", mail()), ("3", mail(Subject="other"))]) == [["<m1@customer.example>"] * 2]


def test_two_texts_under_the_same_header_fields_are_both_there():
    one, other = mail(), mail() + b"Another text.\r\n"
    assert group_files([("1", one), ("2", other), ("3", one)]) == [["<m1@customer.example>"] * 2]


def test_files_without_any_header_stay_apart():
    assert group_files([("1", b"\r\nno header"), ("2", b"\r\nnone here either")]) == [["1"], ["2"]]
