"""What a mail says: which part is read, what is new in it, and that no line is lost."""

from __future__ import annotations

import base64
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.helpers import DESK, NOW, joined, mail, multipart, part
from triage.mail.body import read
from triage.mail.classify import attachment
from triage.mail.facts import from_mail
from triage.mail.parse import MAX_DEPTH, MAX_PARTS, parse
from triage.mail.reply import split

TYPICAL = """
> quoted
>> twice
--
On Mon, 2 Mar 2026 at 09:00, Ana <ana@x.org> wrote:
wrote:
On Monday, 2 March
Ana <ana@x.org> wrote:
-----Original Message-----
From: Ana
Sent: Monday
To: us
Subject: x
Sent from my iPhone
______________________
| a | b |
Am 02.03.2026 schrieb Ana:
Le lun. 2 mars 2026 à 09:00, Ana a écrit :
Thanks
    indented code
Begin forwarded message:""".splitlines()
LINES = st.lists(
    st.one_of(st.sampled_from([*TYPICAL, "-- "]), st.text(max_size=20).map(lambda text: text.replace("\n", " "))),
    max_size=25,
)


def said(text: str) -> Counter[str]:
    return Counter(line.rstrip() for line in text.split("\n") if line.strip())


@given(LINES)
def test_every_line_is_new_or_quoted_or_signature(lines):
    text = "\n".join(lines)
    found = split(text)

    assert said(found.new_text) + said(found.quoted) + said(found.signature) == said(text)


@given(LINES)
def test_a_mail_s_lines_are_all_there(lines):
    body = read(parse(mail("\n".join(lines))))

    assert said(body.new_text) + said(body.quoted) + said(body.signature) == said(body.text)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 200_000,
        "On " * 100_000,
        " " * 500_000 + "x",
        ">" * 500_000,
        "From: " * 100_000,
        "a b c " * 100_000,
        "-" * 500_000,
        "On 1\n" * 60_000,
    ],
)
def test_splitting_is_linear(text):
    assert split(text)


@pytest.mark.parametrize(
    ("text", "new", "quoted", "signature"),
    [
        ("Yes.\n\nOn Mon, 2 Mar 2026, Ana wrote:\n> Is it?", "Yes.", "On Mon, 2 Mar 2026, Ana wrote:\n> Is it?", ""),
        ("On Mon, 2 Mar 2026, Ana wrote:\n> Is it?\n\nYes.", "Yes.", "On Mon, 2 Mar 2026, Ana wrote:\n> Is it?", ""),
        ("> Is it?\nYes.\n> Sure?\nNo.", "Yes.\nNo.", "> Is it?\n> Sure?", ""),
        ("Yes.\n\nOn Mon, 2 Mar 2026 at 09:00\nAna <a@x.org> wrote:\n\n> Is it?", "Yes.", None, ""),
        ("Ja.\n\nAm 02.03.2026 um 09:00 schrieb Ana:\n> Geht es?", "Ja.", None, ""),
        ("Oui.\n\nLe lun. 2 mars 2026 à 09:00, Ana <a@x.org> a écrit :\n> Ça va ?", "Oui.", None, ""),
        ("Sí.\n\nEl lun, 2 mar 2026 a las 9:00, Ana (<a@x.org>) escribió:\n> ¿Va?", "Sí.", None, ""),
        (
            "Yes.\n\n-----Original Message-----\nFrom: Ana\nIs it?",
            "Yes.",
            "-----Original Message-----\nFrom: Ana\nIs it?",
            "",
        ),
        ("Yes.\n\nFrom: Ana\nSent: Monday\nTo: us\nSubject: x\n\nIs it?", "Yes.", None, ""),
        ("Ja.\n\nVon: Ana\nGesendet: Montag\nAn: uns\nBetreff: x\n\nGeht es?", "Ja.", None, ""),
        ("Yes.\n\n--------------------\n\nFrom: Ana\nSent: Monday\nTo: us\nSubject: x\nIs it?", "Yes.", None, ""),
        ("Yes.\n-- \nAna\nShop", "Yes.", "", "-- \nAna\nShop"),
        ("Yes.\n\nSent from my iPhone", "Yes.", "", "Sent from my iPhone"),
        ("It fails:\n\n    code\n    more", "It fails:\n\n    code\n    more", "", ""),
        ("I wrote:\nnothing", "I wrote:\nnothing", "", ""),
        ("From: here on it fails", "From: here on it fails", "", ""),
        ("a | b\n| x", "a | b", "| x", ""),
    ],
)
def test_splitting(text, new, quoted, signature):
    found = split(text)

    assert found.new_text == new
    assert found.signature == signature
    assert quoted is None or found.quoted == quoted


def body_of(raw: bytes):
    return from_mail(raw, NOW, DESK)[1]


def test_the_plain_alternative_is_read():
    body = body_of(multipart("alternative", part("text/plain", "plain"), part("text/html", "<p>html</p>")))

    assert (body.text, body.html, body.attachments) == ("plain", "<p>html</p>", ())


def test_html_is_read_where_the_plain_alternative_is_empty():
    body = body_of(multipart("alternative", part("text/plain", "  \r\n"), part("text/html", "<p>html</p>")))

    assert body.text == "html"


def test_html_alone_is_read_with_its_quotation():
    body = body_of(mail("<p>Yes</p><blockquote>Is it?</blockquote>", Content_Type="text/html"))

    assert (body.new_text, body.quoted) == ("Yes", "> Is it?")


def test_an_attachment_is_named_and_counted():
    data = base64.encodebytes(b"x" * 1000)
    raw = multipart(
        "mixed",
        part("text/plain", "see"),
        part(
            "application/pdf",
            data,
            "Content-Transfer-Encoding: base64",
            'Content-Disposition: attachment; filename="a b.pdf"',
        ),
    )
    found = body_of(raw).attachments[0]

    assert (found.name, found.type, found.size, found.inline) == ("a b.pdf", "application/pdf", 1000, False)
    assert attachment(raw, found.part) == ("a b.pdf", "application/pdf", b"x" * 1000)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("filename*=utf-8''%E2%82%AC.pdf", "€.pdf"),
        ('filename*0="long "; filename*1=name.pdf', "long name.pdf"),
        ("filename*0*=utf-8''%E2%82; filename*1*=%AC.pdf", "€.pdf"),
        ("filename==?utf-8?q?=E2=82=AC.pdf?=", "€.pdf"),
        ("filename=../../etc/passwd", "../../etc/passwd"),
        ("filename*=utf-7'%zz'%", "%"),
        ("filename", ""),
    ],
)
def test_a_file_name_is_decoded_and_left_as_it_is(written, name):
    raw = multipart(
        "mixed", part("text/plain", "see"), part("image/png", "x", f"Content-Disposition: attachment; {written}")
    )

    assert body_of(raw).attachments[0].name == name


def test_there_is_no_attachment_of_a_number_that_no_part_has():
    with pytest.raises(IndexError):
        attachment(mail(), 7)


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("café".encode(), "us-ascii", "café"),
        ("café".encode(), "iso-8859-1", "café"),
        ("café".encode("latin-1"), "iso-8859-1", "café"),
        ("café".encode("latin-1"), "utf-8", "café"),
        ("café".encode("latin-1"), "", "café"),
        ("“x”".encode("cp1252"), "iso-8859-1", "“x”"),
        ("日本語".encode("iso2022_jp"), "iso-2022-jp", "日本語"),
        ("日本語".encode("cp932"), "shift_jis", "日本語"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
        ("текст".encode("koi8-r"), "koi8-r", "текст"),
        (b"plain", "zlib", "plain"),
        (b"plain", "unicode_escape", "plain"),
        (b"\\x41", "unicode_escape", "\\x41"),
        (b"plain", "\x00", "plain"),
        (b"plain", "x" * 5000, "plain"),
    ],
)
def test_a_charset_label_is_distrusted(data, label, text):
    assert body_of(mail(data, Content_Type=f'text/plain; charset="{label}"')).text == text


def test_html_may_name_its_charset_itself():
    data = '<meta charset="koi8-r"><p>текст</p>'.encode("koi8-r")

    assert body_of(mail(data, Content_Type="text/html")).text == "текст"


def test_no_lone_surrogate_comes_out_of_any_charset():
    raw = mail(
        b"+2AA-", Content_Type="text/plain; charset=utf-7", Subject="=?utf-7?q?+2AA-?=", From="=?utf-7?q?+2AA-?= <a@x>"
    )
    facts, body = from_mail(raw, NOW, DESK)

    assert f"{facts.message.subject}{facts.message.sender.name}{body.text}".encode()


def test_an_encrypted_mail_says_so():
    sealed = multipart(
        "encrypted", part("application/pgp-encrypted", "Version: 1"), part("application/octet-stream", "x")
    )

    assert "encrypted" in body_of(sealed).problems


def test_one_broken_character_does_not_turn_a_text_into_nonsense():
    data = "Grüße aus Köln, schöne Grüße".encode()[:-2] + b"\xff"

    assert body_of(mail(data, Content_Type="text/plain; charset=utf-8")).text.startswith("Grüße aus Köln")


def test_10000_parts_are_cut_and_the_cut_is_named():
    parsed = parse(multipart("mixed", *[part("text/plain", str(n)) for n in range(10_000)]))

    assert len(parsed.parts) == MAX_PARTS
    assert f"more than {MAX_PARTS} parts" in parsed.problems


def test_deep_nesting_is_cut_and_the_cut_is_named():
    inner = part("text/plain", "deep")
    for n in range(200):
        name = f"n{n}".encode()
        inner = part(f'multipart/mixed; boundary="n{n}"', joined(inner, boundary=name))
    parsed = parse(mail(joined(inner), Content_Type='multipart/mixed; boundary="b1"'))

    assert max(found.depth for found in parsed.parts) == MAX_DEPTH
    assert f"nested deeper than {MAX_DEPTH}" in parsed.problems


def test_text_is_cut_at_1_mb_and_the_cut_is_named():
    body = body_of(mail("x" * 3_000_000))

    assert len(body.text) == 1_048_576
    assert "text cut at 1 MB" in body.problems


def test_a_multipart_without_its_end_is_read_to_the_end():
    body = body_of(mail(b"--b1\r\nContent-Type: text/plain\r\n\r\nhere", Content_Type='multipart/mixed; boundary="b1"'))

    assert body.text == "here"
    assert "multipart without its end" in body.problems


def test_a_multipart_without_a_boundary_still_shows_its_text():
    assert body_of(mail("here", Content_Type="multipart/mixed")).text == "here"


def test_a_mail_without_a_header_is_text():
    body = body_of(b"just some words\nand more\n")

    assert body.text == "just some words\nand more"
    assert "no header" in body.problems


def test_the_text_of_a_forwarded_message_part_is_an_attachment():
    inner = mail("inner words")
    body = body_of(multipart("mixed", part("text/plain", "see"), part("message/rfc822", inner)))

    assert body.text == "see"
    assert [found.type for found in body.attachments] == ["message/rfc822"]


def test_the_digest_is_of_the_body_alone():
    assert body_of(mail("one", Subject="a")).digest == body_of(mail("one", Subject="b")).digest
    assert body_of(mail("one")).digest != body_of(mail("two")).digest
