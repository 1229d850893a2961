"""Mail that no person wrote: newsletters, receipts, alarms, vacation replies, delivery reports; and what lies in Junk."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

from sync.demo.almanac import Almanac
from sync.demo.cast import Cast, asked, told
from sync.demo.letter import Letter
from sync.demo.mime import DESK, HOST, US, File, Mailbox, Written, document
from sync.demo.tale import Inbox, Tale
from triage.model import Level

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

NEWSLETTERS = (
    ("The Ledger Letter", "news@ledgerletter.example", "What changes for e-invoices in January"),
    ("Freelance Weekly", "hello@freelanceweekly.example", "11 contracts you should never sign"),
    ("Chamber of Crafts", "rundbrief@kammer-falkenau.example", "Rundbrief: neue Fördermittel"),
    ("Payfolk Product Team", "product@payfolk.example", "New in your dashboard"),
    ("The Ledger Letter", "news@ledgerletter.example", "Interview: a baker who codes"),
    ("Cloudmill Status", "status@cloudmill.example", "Scheduled maintenance on Sunday"),
)
RECEIPTS = (
    (
        "Cloudmill Billing",
        "billing@cloudmill.example",
        "Your receipt 88412",
        "Amount charged: 214.80 EUR\nCard ending in 4471",
    ),
    ("Railbird", "tickets@railbird.example", "Your booking is confirmed", "Falkenau to Oulu harbour, seat 41, coach 7"),
    ("Feedgate", "no-reply@feedgate.example", "Invoice for October", "Consents: 812\nTotal: 406.00 EUR"),
)
ALARMS = (
    ("PROBLEM: pdf-2 queue length 412", "state: CRITICAL\nsince: {at}\nhost: pdf-2"),
    ("RECOVERY: pdf-2 queue length 3", "state: OK\nhost: pdf-2"),
    ("Certificate of hooks.pennywren.example expires in 14 days", "renewal: automatic, next try tonight"),
    ("Backup finished: 412 GB in 31 min", "all volumes: ok"),
    ("Disk usage of pg-1 at 81 %", "state: WARNING\nhost: pg-1"),
)
JUNK = (
    (
        "Lottery of Nations",
        "claim@prizewheel.example",
        "You have won 850,000",
        "Congratulation! Send your name and bank.",
    ),
    ("Post service", "parcel@track-my-box.example", "Your parcel could not be delivered", "Pay 1.99 to receive it."),
    ("Dr. Cornelius", "cornelius@pillgarden.example", "Special price only today", "No prescription, no questions."),
    ("Invest Now", "vip@coinwave.example", "Your account grew by 340 %", "Log in and take your money."),
    ("Webmaster", "seo@rankhero.example", "Your site has 41 errors", "We have a free report for you."),
    ("Li Wei", "sales@factory-direct.example", "LED lamps factory price", "Dear manager, we are a leading factory."),
)


class Machines:
    def __init__(self, inbox: Inbox, almanac: Almanac, cast: Cast) -> None:
        self.inbox = inbox
        self.almanac = almanac
        self.cast = cast
        self.now = inbox.now

    def all(self) -> None:
        self.newsletters()
        self.receipts()
        self.alarms()
        self.away()
        self.bounces()
        self.read_receipt()
        self.junk()
        self.thrown_away()

    def newsletters(self) -> None:
        for place, (name, address, subject) in enumerate(NEWSLETTERS):
            domain = address.partition("@")[2]
            headers = {
                "List-Id": f"<news.{domain}>",
                "List-Unsubscribe": f"<https://{domain}/off>",
                "Precedence": ("bulk", "list")[place % 2],
            }
            text = f"{subject}\n\nDear reader,\n\nthis week we have collected a lot for you. Read on the web: https://{domain}/latest"
            self._put("INBOX", Mailbox(name, address), subject, self._when(place, 3), text, headers, client="html")

    def receipts(self) -> None:
        for place, (name, address, subject, text) in enumerate(RECEIPTS):
            file = (File("receipt.pdf", "application/pdf", document(subject)),)
            headers = {"Auto-Submitted": "auto-generated"}
            at = self._when(place, 8)
            self._put("INBOX", Mailbox(name, address), subject, at, f"Thank you.\n\n{text}", headers, files=file)

    def alarms(self) -> None:
        sender = Mailbox("watch", "watch@monitor.cloudmill.example")
        for place, (subject, text) in enumerate(ALARMS):
            at = self._when(place, 2)
            filled = text.format(at=format_datetime(at))
            self._put("INBOX", sender, subject, at, filled, {"Auto-Submitted": "auto-generated"})

    def away(self) -> None:
        """Vacation replies: two in answer to ours, with a date; one out of the blue."""
        for days in (5, 11):
            tale, at = self.cast.play(asked(Level.FRESH))
            back = self.now + DAY * days
            text = f"I am out of the office until {back:%d %B %Y} and cannot read my mail. In urgent cases please call my colleagues."
            person = tale.person
            headers = {"Auto-Submitted": "auto-replied", "X-Autoreply": "yes"}
            subject = f"Out of office: {tale.fill(tale.subject)}"
            moment = min(at + timedelta(minutes=1), self.now)
            sender = Mailbox(person.name, person.address)
            self._put("INBOX", sender, subject, moment, text, headers, ids=tuple(tale.ids))

        sender = Mailbox("Registry office", "registry@falkenau.example")
        headers = {"Auto-Submitted": "auto-replied"}
        text = "Thank you for your mail. We have received it and will answer within 15 working days."
        self._put("INBOX", sender, "Automatic reply", self._when(1, 4), text, headers)

    def bounces(self) -> None:
        """Delivery reports: two that mean our newest reply never arrived, one delay, one about a mail nobody knows."""
        for span in ((0.7, 1.7), (2.4, 4.5)):
            tale, at = self.cast.play(told(Level.FRESH), until=self.almanac.reached(span))
            self._bounce(tale, at, "5.1.1", "failed", "550 5.1.1 no such mailbox here")
        tale, at = self.cast.play(told(Level.FRESH))
        self._bounce(tale, at, "4.4.1", "delayed", "451 4.4.1 connection timed out, will retry for 5 days")

        stranger = Tale(self.inbox, self.cast.people.somebody("en"), "Reminder")
        stranger.ids = [f"<{self.inbox.random.getrandbits(40):x}@pennywren.example>"]
        self._bounce(stranger, self.almanac.days_ago(2, 4), "5.2.2", "failed", "552 5.2.2 mailbox full")

    def _bounce(self, tale: Tale, at: datetime, status: str, action: str, diagnostic: str) -> None:
        moment = min(at + timedelta(minutes=2), self.now)
        number = self.inbox.message_id("mail.pennywren.example")
        raw = REPORT.format(
            date=format_datetime(moment),
            number=number,
            desk=DESK,
            host=HOST,
            address=tale.person.address,
            action=action,
            status=status,
            diagnostic=diagnostic,
            subject="Your reply",
            original=tale.ids[-1],
        )
        lines = raw.replace("\n", "\r\n").encode("ascii")
        self.inbox.letters.append(Letter(number, "INBOX", moment, lines, tale.ids[0]))

    def read_receipt(self) -> None:
        """A mail program says that somebody opened our answer."""
        tale, at = self.cast.play(told(Level.FRESH))
        person = tale.person
        moment = min(at + timedelta(minutes=40), self.now)
        number = self.inbox.message_id(person.domain)
        raw = OPENED.format(
            date=format_datetime(moment),
            number=number,
            desk=DESK,
            host=HOST,
            address=person.address,
            original=tale.ids[-1],
        )
        lines = raw.replace("\n", "\r\n").encode("ascii")
        self.inbox.letters.append(Letter(number, "INBOX", moment, lines, tale.ids[0]))

    def junk(self) -> None:
        for place, (name, address, subject, text) in enumerate(JUNK):
            self._put("Junk", Mailbox(name, address), subject, self._when(place, 4), text, {})

    def thrown_away(self) -> None:
        sender = Mailbox("Freelance Weekly", "hello@freelanceweekly.example")
        headers = {"List-Id": "<news.freelanceweekly.example>", "Precedence": "bulk"}
        for place in range(3):
            subject = f"Issue {212 - place}"
            self._put("Trash", sender, subject, self._when(place + 1, 7), "Read on the web.", headers)

    def _when(self, place: int, days: int) -> datetime:
        """Machines do not sleep: any hour, a few days apart."""
        at = self.now - DAY * (place * days) - HOUR * self.inbox.random.uniform(0.3, 30)
        return at.replace(microsecond=0)

    def _put(
        self,
        mailbox: str,
        sender: Mailbox,
        subject: str,
        at: datetime,
        text: str,
        headers: dict[str, str],
        *,
        client: str = "machine",
        ids: tuple[str, ...] = (),
        files: tuple[File, ...] = (),
    ) -> None:
        number = self.inbox.message_id(sender.address.partition("@")[2])
        mail = Written(sender, (US,), subject, at, number, text, client=client, ids=ids, files=files, headers=headers)
        self.inbox.put(mailbox, mail)


REPORT = """\
Return-Path: <>
Received: from localhost by {host} with LMTP; {date}
From: Mail delivery <mailer-daemon@mail.pennywren.example>
To: {desk}
Subject: Undelivered mail returned to sender
Date: {date}
Message-ID: {number}
In-Reply-To: {original}
References: {original}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"

--=_report
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered to one or more recipients.

<{address}>: {diagnostic}

--=_report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.pennywren.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--=_report
Content-Type: text/rfc822-headers

From: Pennywren Support <{desk}>
To: <{address}>
Subject: {subject}
Message-ID: {original}

--=_report--
"""

OPENED = """\
Return-Path: <{address}>
Received: from mail.example by {host} with ESMTPS; {date}
From: <{address}>
To: {desk}
Subject: Read: your answer
Date: {date}
Message-ID: {number}
In-Reply-To: {original}
References: {original}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="=_opened"

--=_opened
Content-Type: text/plain; charset=us-ascii

Your message was opened.

--=_opened
Content-Type: message/disposition-notification

Final-Recipient: rfc822;{address}
Original-Message-ID: {original}
Disposition: manual-action/MDN-sent-manually; displayed

--=_opened--
"""
