"""No text makes a pattern take long: what reads words is linear in them."""

from __future__ import annotations

import time

import pytest

from tests.mail.helpers import DESK, NOW, mail
from triage.mail import away, phrases
from triage.mail.facts import from_mail
from triage.mail.identity import forwarded
from triage.mail.reply import split

PIECES = [
    "a",
    " ",
    "\n",
    "\t",
    ">",
    "-",
    "_",
    "*",
    "\r",
    "@",
    "a@",
    "<",
    "a.",
    "1",
    "1.",
    "1/",
    "please ",
    "let me know ",
    "On ",
    "On 1 ",
    "until ",
    "bis 1",
    "thank ",
    "From: ",
    "> From:",
    "- ",
    "http://",
    "wrote ",
    "schrieb am ",
    "Am 1 schrieb ",
    "a b <",
    "\u00fc",
    "----- forwarded message -----\n",
    "Message-ID: <",
    "5.1.1 ",
    "auto",
    "Sent from ",
    "if you have any ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_repetition_takes_less_than_a_second(piece):
    text = (piece * 300_000)[:300_000]
    begun = time.process_time()
    split(text)
    phrases.asks(text)
    phrases.only_thanks(text)
    away.until(text, NOW)
    away.text_says_so(text)
    away.subject_says_so(text)
    forwarded("--\n" + text, "FW: x", DESK)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize("piece", PIECES)
def test_a_bounce_of_any_repetition_takes_less_than_a_second(piece):
    raw = mail((piece * 300_000)[:300_000], From="MAILER-DAEMON@x.example", Return_Path="<>", Subject="failure notice")
    begun = time.process_time()
    from_mail(raw, NOW, DESK)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "field", ["Subject", "From", "To", "Reply_To", "References", "Message_ID", "Content_Type", "Date", "Received"]
)
@pytest.mark.parametrize(
    "piece", ["a", " ", "(", ")", '"', "\\", "<", ">", "@", ",", ";", ":", "a=", ";a=", "=?", "=?a?q?", "?=", "via "]
)
def test_a_field_of_any_repetition_takes_less_than_a_second(field, piece):
    raw = mail(**{field: (piece * 200_000)[:200_000]})
    begun = time.process_time()
    from_mail(raw, NOW, DESK)

    assert time.process_time() - begun < 1
