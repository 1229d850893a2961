"""Human or machine, whose, and what a delivery report says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.mail.helpers import DESK, NOW, mail, multipart, part
from triage.mail import facts, identity
from triage.mail.header import parse_header
from triage.model import Address, Kind


def message(raw: bytes):
    return facts.from_mail(raw, NOW, DESK)[0].message


def kind(text: str = "My printer burns.", **fields: str) -> Kind:
    raw = mail(text, **fields)
    found = message(raw).kind
    # What the header alone says is the same wherever no text is needed.
    assert found in (facts.from_header(raw, NOW, DESK).message.kind, Kind.THANKS, Kind.AUTO, Kind.BOUNCE)
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (rejected)"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "1"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"Subject": "Automatic reply: Printer"},
        {"Subject": "Out of Office: Re: Printer"},
        {"Subject": "Abwesenheitsnotiz: Drucker"},
        {"Subject": "Réponse automatique : imprimante"},
        {"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?="},
        {"Subject": "Re: printer (Automatic Response)"},
        {"From": "no-reply@vendor.example"},
        {"From": "Vendor <donotreply@vendor.example>"},
    ],
)
def test_a_machine_wrote_it(fields):
    assert kind(**fields) is Kind.AUTO


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
        {"Auto_Submitted": "no"},
        {"Precedence": "normal"},
        {"Return_Path": "<ana@customer.example>"},
        {"List_Id": "Support <support.shop.example>", "Precedence": "list"},
        {"List_Id": "<help.shop.example>"},
        {"List_Post": "<mailto:help@shop.example>", "Precedence": "list"},
        {"Precedence": "bulk", "List_Id": "<help.shop.example>"},
        {"From": "web@forms.example", "Auto_Submitted": "auto-generated"},
        {"From": "noreply@forms.other", "Reply_To": "ana@customer.example", "Auto_Submitted": "auto-generated"},
        {"Subject": "Your automatic reply is broken"},
        {"Subject": "Vacationing printers"},
        {"List_Id": "<users.theirs.example>", "In_Reply_To": "<r1@shop.example>"},
    ],
)
def test_a_person_wrote_it(fields):
    assert kind(**fields) is Kind.HUMAN


@pytest.mark.parametrize(
    "fields",
    [
        {"List_Id": "<news.vendor.example>"},
        {"Precedence": "list"},
        {"Precedence": "bulk", "List_Id": "<news.vendor.example>"},
        {"List_Id": "<users.theirs.example>", "In_Reply_To": "<r1@shop.example>", "To": "users@theirs.example"},
        {"From": "noreply@vendor.example", "Reply_To": "editor@vendor.example", "List_Id": "<news.vendor.example>"},
    ],
)
def test_a_list_sent_it(fields):
    assert kind(**fields) is Kind.LIST


def test_the_text_may_say_that_it_is_automatic():
    assert kind("This is an automated response. We got your mail.") is Kind.AUTO


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you, works now.\n\nAna",
        "Hi Bo,\nthanks for the quick help!\nBest regards\nAna",
        "Vielen Dank, funktioniert.",
        "Danke!\n\nMit freundlichen Grüßen\nAna",
        "Merci beaucoup !",
        "Gracias, ya funciona.",
        "Grazie mille",
        "Bedankt!",
        "Obrigado!",
        "Tack!",
        "Dziękuję",
        "Спасибо!",
        "ありがとうございます。",
        "谢谢",
        "Thanks\n\nOn Mon, 2 Mar 2026, Support wrote:\n> Does it work?",
    ],
)
def test_it_probably_only_thanks(text):
    assert kind(text) is Kind.THANKS


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, but it still fails.",
        "Thanks! And when does it arrive?",
        "Danke, aber es geht noch nicht.",
        "Merci, mais quand ?",
        "Gracias, pero no funciona.",
        "Thanks, please send the invoice.",
        "The cartridge is in the cupboard.\n\nThanks,\nAna",
        "Please cancel order 4711. Thanks!",
        "My order number is 4711, thanks",
        "Cancel my account. Thanks",
        "I sent the logs yesterday.\nThank you\nAna",
        "",
        "ok",
    ],
)
def test_it_does_more_than_thank(text):
    assert kind(text) is Kind.HUMAN


def test_our_own_thanks_are_a_reply():
    assert kind("Thanks!", From="support@shop.example", To="ana@customer.example") is Kind.HUMAN


@pytest.mark.parametrize(
    "text",
    [
        "When?",
        "Could you send it",
        "Können Sie mir helfen",
        "Pouvez-vous m'aider",
        "¿Cuándo?",
        "いつですか\uff1f",
        "متى؟",
        "Please confirm the date.",
    ],
)
def test_it_asks(text):
    assert message(mail(text)).asks


@pytest.mark.parametrize(
    "text",
    [
        "It is done.",
        "See https://shop.example/faq?x=1 for more.",
        "It is fixed. Please let us know if you have any further questions.",
        "Erledigt. Bei weiteren Fragen melden Sie sich gern.",
        "Yes.\n\n> When?",
    ],
)
def test_it_asks_nothing(text):
    assert not message(mail(text)).asks


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I am away until 3 March.", (2026, 3, 3)),
        ("I will be back on March 9th, 2026.", (2026, 3, 9)),
        ("Ich bin bis zum 15.03.2026 nicht im Büro.", (2026, 3, 15)),
        ("Ich bin ab dem 4. Januar wieder da.", (2027, 1, 4)),
        ("Je serai de retour le 12 mars 2026.", (2026, 3, 12)),
        ("Estaré fuera hasta el 20 de marzo.", (2026, 3, 20)),
        ("Out of office until 2026-04-01", (2026, 4, 1)),
        ("returning 25/03/2026", (2026, 3, 25)),
        ("returning 03/25/2026", (2026, 3, 25)),
        ("I am away until further notice.", None),
        ("away until 31.02.2026", None),
        ("away until 99.99.9999", None),
        ("We have been here since 3 March.", None),
    ],
)
def test_until_when_somebody_is_away(text, until):
    found = message(mail(text, Subject="Automatic reply: Printer")).away_until

    assert found == (datetime(*until, tzinfo=UTC) if until else None)


def test_a_person_who_speaks_of_leave_is_not_away():
    assert message(mail("I am on leave until 9 March, please send it before.")).away_until is None


DSN = part(
    "message/delivery-status",
    "Reporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; Gone@X.example\r\nAction: {action}\r\nStatus: {status}\r\n",
)
RETURNED = part("message/rfc822", "Message-ID: <r1@shop.example>\r\nSubject: Re: Printer\r\n\r\nour answer")


def report(action: str = "failed", status: str = "5.1.1") -> bytes:
    dsn = DSN.replace(b"{action}", action.encode()).replace(b"{status}", status.encode())
    return multipart(
        "report; report-type=delivery-status",
        part("text/plain", "It did not arrive."),
        dsn,
        RETURNED,
        From="MAILER-DAEMON <>",
        Return_Path="<>",
    )


def test_a_permanent_bounce_names_whom_it_failed_and_what_it_returns():
    found = message(report())

    assert found.kind is Kind.BOUNCE
    assert (found.bounce.permanent, found.bounce.failed, found.bounce.answers) == (
        True,
        ("gone@x.example",),
        "<r1@shop.example>",
    )


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("failed", "4.4.7"), ("delayed", "5.0.0")])
def test_a_temporary_failure_is_not_permanent(action, status):
    assert not message(report(action, status)).bounce.permanent


def test_a_report_of_success_is_a_receipt():
    found = message(report("delivered", "2.0.0"))

    assert (found.kind, found.bounce) == (Kind.RECEIPT, None)


def test_a_read_receipt_is_a_receipt():
    assert (
        message(multipart("report; report-type=disposition-notification", part("text/plain", "read"))).kind
        is Kind.RECEIPT
    )


def test_a_bounce_without_a_report_is_read_from_its_text():
    text = (
        "I'm sorry to have to inform you that your message could not be delivered.\n\n"
        "<gone@x.example>: 550 5.1.1 User unknown\n\n--- Below this line is a copy of the message.\n\n"
        "Message-ID: <r1@shop.example>\nTo: other@x.example\n"
    )
    found = message(mail(text, From="MAILER-DAEMON@x.example", Subject="failure notice", Return_Path="<>"))

    assert found.kind is Kind.BOUNCE
    assert (found.bounce.permanent, found.bounce.failed, found.bounce.answers) == (
        True,
        ("gone@x.example",),
        "<r1@shop.example>",
    )


def test_the_header_pass_calls_a_bounce_a_bounce():
    assert facts.from_header(report(), NOW, DESK).message.kind is Kind.BOUNCE


# Who wrote


def header(**fields: str):
    return facts.from_header(mail(**fields), NOW, DESK).message


@pytest.mark.parametrize(
    "address",
    ["support@shop.example", "bo@shop.example", "any@staff.example", "support+tag@shop.example", "help@shop.example"],
)
def test_mail_from_our_addresses_is_ours(address):
    assert header(From=f"Us <{address}>").ours


@pytest.mark.parametrize(
    "address",
    ["ana@customer.example", "other@shop.example", "support@shop.example.evil.example", "any@not-staff.example"],
)
def test_mail_from_others_is_theirs(address):
    assert not header(From=f"support@shop.example <{address}>").ours


@pytest.mark.parametrize(
    ("fields", "customer"),
    [
        (
            {"From": "Form <support@shop.example>", "Reply_To": "Ana <ana@customer.example>"},
            Address("Ana", "ana@customer.example"),
        ),
        ({"From": "no-reply@forms.other", "Reply_To": "ana@customer.example"}, Address("", "ana@customer.example")),
        ({"From": "web@forms.example", "Reply_To": "ana@customer.example"}, Address("", "ana@customer.example")),
        (
            {"From": "'Ana B' via Support <help@shop.example>", "Reply_To": "ana@customer.example"},
            Address("Ana B", "ana@customer.example"),
        ),
        (
            {
                "From": "'Ana' via Support <help@shop.example>",
                "X_Original_From": "Ana B <ana@customer.example>",
                "Reply_To": "help@shop.example",
            },
            Address("Ana B", "ana@customer.example"),
        ),
        ({"From": "support@shop.example", "Reply_To": "support@shop.example"}, None),
        ({"Reply_To": "other@customer.example"}, None),
        ({"From": "no-reply@forms.other"}, None),
    ],
)
def test_the_customer_is_who_wrote_not_who_relayed(fields, customer):
    assert header(**fields).customer == customer


def test_what_a_form_of_ours_passes_on_is_not_ours():
    assert not header(From="support@shop.example", Reply_To="ana@customer.example").ours


@pytest.mark.parametrize(
    ("reply_to", "found"),
    [
        ("other@customer.example", ("other@customer.example",)),
        ("ana@customer.example", ()),
        ("support@shop.example", ()),
        ("", ()),
    ],
)
def test_where_an_answer_goes_besides_the_writer(reply_to, found):
    assert header(Reply_To=reply_to).reply_to == found


FORWARD = """FYI

---------- Forwarded message ---------
From: Ana B <ana@customer.example>
Date: Mon
Subject: x
To: bo@shop.example

It burns."""


def test_a_colleague_s_forward_is_the_customer_s():
    found = message(mail(FORWARD, From="bo@shop.example"))

    assert (found.customer, found.ours) == (Address("Ana B", "ana@customer.example"), True)


OUTLOOK = "FYI\n\nFrom: Ana B <ana@customer.example>\nSent: Monday\nTo: Bo\nSubject: Printer\n\nIt burns."


def test_outlook_forwards_without_a_word():
    found = message(mail(OUTLOOK, From="bo@shop.example", Subject="FW: Printer"))

    assert found.customer == Address("Ana B", "ana@customer.example")


def test_a_quoted_mail_in_a_colleague_s_answer_is_no_forward():
    assert message(mail(OUTLOOK, From="bo@shop.example", Subject="RE: Printer")).customer is None


@pytest.mark.parametrize(
    "text",
    [
        FORWARD + "\n\n---------- Forwarded message ---------\nFrom: Cid <cid@customer.example>\n\nMe too.",
        FORWARD.replace("ana@customer.example", "support@shop.example"),
        "Just a word among us.",
    ],
)
def test_a_colleague_s_other_mail_is_the_colleague_s(text):
    assert message(mail(text, From="bo@shop.example")).customer is None


def test_a_customer_s_forward_is_the_customer_s_own():
    assert message(mail(FORWARD)).customer is None


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        ("mx.shop.example; dmarc=fail header.from=shop.example", False),
        ("mx.shop.example; spf=fail; dkim=fail", False),
        ("mx.shop.example; spf=fail; dkim=pass", True),
        ("mx.shop.example; spf=fail; dkim=fail; dmarc=pass", True),
        ("mx.shop.example; spf=none", True),
        ("mx.evil.example; dmarc=fail", True),
        ("mx.shop.example 1; dmarc=FAIL", False),
        (";", True),
        ("", True),
    ],
)
def test_only_a_trusted_server_s_fail_disproves(results, proven):
    assert header(Authentication_Results=results).proven is proven


def test_without_a_trusted_server_nothing_is_disproved():
    raw = parse_header(mail(Authentication_Results="mx.shop.example; dmarc=fail"))

    assert identity.proven(raw, type(DESK)())
