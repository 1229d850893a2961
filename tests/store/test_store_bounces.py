"""Delivery reports that carry no References: what they return is the only thread they have."""

from __future__ import annotations

import pytest

from tests.store.helpers import CLOCK, NOW, Mailroom, days, raw
from triage.model import Reason, Status, Turn, View
from triage.store import queue
from triage.store.database import rebuild

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: support@example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.example.net>
Date: Fri, 20 Nov 2026 12:00:00 +0000
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=bb

--bb
Content-Type: text/plain

Your mail could not be delivered.
--bb
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ana@example.org
Action: failed
Status: 5.1.1

--bb
Content-Type: text/rfc822-headers

From: support@example.com
To: ana@example.org
Message-ID: <answer@example.com>
Subject: Re: Printer on fire

--bb--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def bounced(mail: Mailroom):
    """A question, our answer, and the report that it reached nobody, all with their texts."""
    asked = NOW - days(3)
    id = mail.customer("question@example.org", at=asked)
    mail.reply("answer@example.com", ["question@example.org"], at=NOW - days(2))
    report = mail.put(REPORT)
    assert report != id
    mail.fetch()
    return id, report, asked


def test_a_report_joins_the_conversation_of_the_mail_it_returns(bounced, store):
    id, report, _ = bounced
    assert queue.conversation(store, id).messages == 3
    assert queue.conversation(store, report).id == id


def test_a_report_without_references_unanswers_our_reply(bounced, store):
    id, _, asked = bounced
    conversation = queue.conversation(store, id)
    assert (conversation.status, conversation.turn) == (Status.OPEN, Turn.OURS)
    assert conversation.waiting_since == asked
    assert Reason.BOUNCED in conversation.marks


def test_a_report_leaves_the_machine_view_for_the_conversation(bounced, store):
    assert list(queue.ids(store, View.MACHINE, NOW, CLOCK)) == []


def test_a_later_mail_of_that_thread_comes_into_the_same_conversation(bounced, mail):
    id, *_ = bounced
    assert mail.put(raw("more@example.org", ["report@mx.example.net"])) == id


def test_a_report_changes_nothing_on_rebuild(bounced, store):
    assert rebuild(store) == (1, 0)
