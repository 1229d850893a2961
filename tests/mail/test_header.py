"""Header fields, the key that everything hangs on, and the email package as oracle."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.helpers import DESK, NOW, mail
from triage.mail.facts import from_header, from_mail, received_at
from triage.mail.header import HEADER_FIELDS, parse_header

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), min_size=1, max_size=40
)
NAMES = st.text("abcdefgh äöüéñ漢字", min_size=1, max_size=20).map(lambda name: " ".join(name.split())).filter(bool)
LOCALS = st.text("abcdefghijk0123", min_size=1, max_size=12)


def subset(raw: bytes) -> bytes:
    """What a server sends for HEADER.FIELDS: the wanted fields in their order, and the empty line."""
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    wanted = {name.lower().encode() for name in HEADER_FIELDS}
    fields = re.findall(rb"([^\s:]+):[^\n]*\n(?:[ \t][^\n]*\n)*", head)
    assert fields
    pieces = re.finditer(rb"([^\s:]+):[^\n]*\n(?:[ \t][^\n]*\n)*", head)
    return b"".join(piece[0] for piece in pieces if piece[1].lower() in wanted) + b"\r\n"


@st.composite
def mails(draw):
    message = EmailMessage(policy=policy.SMTP)
    message["Received"] = "from a by b; Mon, 02 Mar 2026 09:00:00 +0000"
    name = draw(NAMES)
    message["From"] = f'"{name}" <{draw(LOCALS)}@x.example>'
    message["To"] = ", ".join(
        f"{n} <{a}@y.example>" for n, a in draw(st.lists(st.tuples(LOCALS, LOCALS), min_size=1, max_size=4))
    )
    message["Subject"] = " ".join(draw(WORDS).split()) or "none"
    message["X-Mailer"] = "generated"
    if draw(st.booleans()):
        message["Message-ID"] = f"<{draw(LOCALS)}@x.example>"
        message["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    message.set_content("said " + draw(WORDS) + "\n", cte=draw(st.sampled_from(["base64", "quoted-printable"])))
    if draw(st.booleans()):
        message.add_alternative("<p>" + draw(LOCALS) + "</p>", subtype="html")
    if draw(st.booleans()):
        message.add_attachment(draw(st.binary(max_size=50)), "application", "octet-stream", filename=draw(NAMES))
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"b{number}")
    return message.as_bytes()


@given(mails())
def test_subject_and_addresses_are_those_of_the_email_package(raw):
    ours = parse_header(raw)
    theirs = message_from_bytes(raw, policy=policy.default)

    assert ours.subject == theirs["subject"]
    assert [(a.name, a.address) for a in ours.addresses("from", "to")] == [
        (a.display_name, a.addr_spec.lower()) for name in ("from", "to") for a in theirs[name].addresses
    ]


@given(mails())
def test_text_and_attachments_are_those_of_the_email_package(raw):
    _, body = from_mail(raw, NOW, DESK)
    theirs = message_from_bytes(raw, policy=policy.default)

    assert body.text.split() == theirs.get_body(("plain",)).get_content().split()
    assert [(a.name, a.size) for a in body.attachments] == [
        (a.get_filename(), len(a.get_content())) for a in theirs.iter_attachments()
    ]


@given(mails())
def test_the_key_of_the_fetched_fields_is_the_key_of_the_whole_mail(raw):
    fetched = from_header(subset(raw), NOW, DESK)
    whole = from_mail(raw, NOW, DESK)[0]

    assert fetched.message.key == whole.message.key
    assert fetched.message.ids == whole.message.ids
    assert fetched.message.sender == whole.message.sender


@given(mails())
def test_folding_does_not_change_the_key(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.replace(b"\r\n ", b" ").split(b"\r\n")
    folded = b"\r\n".join(line.replace(b" ", b"\r\n\t", 1) if line[:1] != b"\t" else line for line in lines)
    # A blank after the colon that becomes a fold is still one blank.
    assert from_header(folded + b"\r\n\r\n" + body, NOW, DESK).message.key == from_header(raw, NOW, DESK).message.key


@given(mails())
def test_line_ends_do_not_change_the_key(raw):
    assert from_header(raw.replace(b"\r\n", b"\n"), NOW, DESK).message.key == from_header(raw, NOW, DESK).message.key


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_raise(raw):
    facts, _ = from_mail(raw, NOW, DESK)

    assert facts.message.key == from_header(raw, NOW, DESK).message.key


@given(
    st.lists(
        st.sampled_from(
            [
                b"From: ",
                b"<",
                b">",
                b'"',
                b"a@b",
                b"(",
                b",",
                b"=?utf-8?q?",
                b"?=",
                b"\r\n",
                b" ",
                b"\\",
                b":",
                b";",
                b"\xff",
            ]
        ),
        max_size=40,
    )
)
def test_no_tangle_of_address_syntax_makes_reading_raise(pieces):
    assert parse_header(b"From: " + b"".join(pieces)).addresses("from") is not None


@pytest.mark.parametrize("field", ["Message_ID", "From", "Date", "Subject"])
def test_each_field_of_the_key_counts(field):
    assert key(**{field: "<other@x.example>"}) != key()


def test_recipients_count_only_without_a_message_id():
    assert key(To="other@x.example") == key()
    assert key(Message_ID="", To="other@x.example") != key(Message_ID="")


def test_the_lowest_received_counts_only_without_a_message_id():
    assert key(Received="from a; x") == key()
    assert key(Message_ID="", Received="from a; x") != key(Message_ID="")


def key(**fields: str) -> str:
    return from_header(mail(**fields), NOW, DESK).message.key


def test_internaldate_is_when_it_was_received():
    header = parse_header(mail(Received="from a by b; Mon, 02 Mar 2026 08:00:00 +0000"))

    assert received_at(header, NOW) == NOW


def test_in_a_migrated_mailbox_the_top_received_date_counts():
    header = parse_header(mail(Received="from a by b; Fri, 02 Jan 2026 08:00:00 +0000"))

    assert received_at(header, NOW) == datetime(2026, 1, 2, 8, tzinfo=UTC)


@given(
    back=st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=4)),
    zone=st.integers(-1439, 1439),
    padded=st.booleans(),
)
def test_the_quick_look_at_the_received_day_is_the_slow_rule(back, zone, padded):
    local = (NOW - back).replace(microsecond=0).astimezone(timezone(timedelta(minutes=zone)))
    stamp = local.strftime("%a, %d %b %Y %H:%M:%S %z")
    header = parse_header(mail(Received="from a by b; " + (stamp if padded else stamp.replace(", 0", ", "))))

    received = header.received
    assert received is not None
    assert received_at(header, NOW) == (received if NOW - received > timedelta(days=2) else NOW)


def test_the_date_field_is_only_shown():
    facts = from_header(mail(Date="Thu, 01 Jan 2099 00:00:00 +0000"), NOW, DESK)

    assert facts.message.received_at == NOW
    assert facts.date == "Thu, 01 Jan 2099 00:00:00 +0000"


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 99 Foo 2026 25:61:00 +9999", "yesterday", "\x00"]
)
def test_a_date_that_makes_no_sense_is_none(date):
    assert parse_header(mail(Date=date)).date is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-8859-1?Q?caf=E9?= now", "café now"),
        ("=?utf-8?b?4oKs?= =?utf-8?b?4oKs?=", "€€"),
        ("=?utf-8?b?4oI=?= =?utf-8?b?rA==?=", "€"),
        ("=?utf-8?q?a?= b", "a b"),
        ("=?x-nothing?q?caf=C3=A9?=", "café"),
        ("=?rot13?q?uryyb?=", "uryyb"),
        ("=?utf-8?b?!!!?=", "!!!"),
        ("Grüße", "Grüße"),
        ("one\r\n two", "one two"),
    ],
)
def test_a_subject_is_decoded(written, shown):
    assert parse_header(mail(Subject=written)).subject == shown


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("ana@x.org", "", "ana@x.org"),
        ("Ana <Ana@X.org>", "Ana", "ana@x.org"),
        ('"Ana, B." <ana@x.org>', "Ana, B.", "ana@x.org"),
        ('"Ana \\"A\\" B" <ana@x.org>', 'Ana "A" B', "ana@x.org"),
        ("ana@x.org (Ana B.)", "Ana B.", "ana@x.org"),
        ("=?utf-8?q?M=C3=BCller=2C_A?= <a@x.org>", "Müller, A", "a@x.org"),
        ('"ceo@shop.example" <mallory@evil.example>', "ceo@shop.example", "mallory@evil.example"),
        ("Ana <ana@x.org", "Ana", "ana@x.org"),
        ('"Ana <ana@x.org>', "Ana", "ana@x.org"),
        ("Ana ana@x.org", "Ana", "ana@x.org"),
        ("<@relay.org:ana@x.org>", "", "ana@x.org"),
        ("Team: ana@x.org, bo@x.org;", "", "ana@x.org"),
        ("MAILER-DAEMON <>", "MAILER-DAEMON", ""),
        ("", "", ""),
    ],
)
def test_an_address_is_found_however_it_is_written(written, name, address):
    found = parse_header(b"From: " + written.encode() + b"\r\n\r\n").from_

    assert (found.name, found.address) == (name, address)


def test_a_header_that_never_ends_is_read_in_linear_time():
    raw = (
        b"From: "
        + b"\\" * 200_000
        + b"\r\nTo: "
        + b"(" * 200_000
        + b"\r\nCc: "
        + b" " * 200_000
        + b"x\r\nBcc: "
        + b"a" * 200_000
    )
    raw += b"\r\nSubject: " + b"=?a?q?" * 50_000 + b"\r\nReferences: " + b"<" * 300_000 + b"\r\n\r\n"

    assert from_header(raw, NOW, DESK).message.subject
