"""Writes a mail the way the client it comes from does: what it quotes, where, and in which parts."""

from __future__ import annotations

import struct
import textwrap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape

from sync.demo.phrases import PHRASES

DESK = "support@pennywren.example"
HOST = "mx.pennywren.example"
MAILERS = {"desktop": "Fernpost 128.4", "office": "Bureau 16.0", "phone": "Pocketpost 9 (build 41)"}
WIDTH = 72


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address as they stand in From or To."""

    name: str
    address: str


US = Mailbox("Pennywren Support", DESK)


@dataclass(frozen=True, slots=True)
class File:
    """Something attached. `type` is a MIME type."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Quoted:
    """The mail that is answered: who wrote it, when, and its text with what that quoted itself."""

    sender: Mailbox
    at: datetime
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A mail before it has bytes. `text` is what the writer typed, greeting and name included, a paragraph a line."""

    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    at: datetime
    message_id: str
    text: str
    client: str = "webmail"
    language: str = "en"
    cc: tuple[Mailbox, ...] = ()
    ids: tuple[str, ...] = ()
    quoted: Quoted | None = None
    files: tuple[File, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


def render(mail: Written) -> bytes:
    """The mail as it lies on a server: CRLF lines, a Received header on top where it came from outside."""
    message = EmailMessage(policy=SMTP)
    add_text(message, mail)
    for file in mail.files:
        main, _, sub = file.type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        # Drawn at random otherwise; the same sample has to come out every time.
        part.set_boundary(f"=_{number}_{mail.message_id[1:13]}")

    # Written by hand: the header registry takes a millisecond a mail, and somebody waits for the queue.
    fields = "".join(f"{name}: {value}\r\n" for name, value in head(mail))
    return fields.encode("ascii") + message.as_bytes()


def head(mail: Written) -> Iterator[tuple[str, str]]:
    """The header fields but for those of MIME, encoded and folded."""
    if mail.sender.address != DESK:
        yield from trace(mail)
    yield "From", entry(mail.sender)
    yield "To", ",\r\n ".join(entry(one) for one in mail.to)
    if mail.cc:
        yield "Cc", ",\r\n ".join(entry(one) for one in mail.cc)
    yield "Subject", encoded(mail.subject, "Subject")
    yield "Date", format_datetime(mail.at)
    yield "Message-ID", mail.message_id
    if mail.ids:
        yield "In-Reply-To", mail.ids[-1]
        yield "References", "\r\n ".join(mail.ids)
    if mailer := MAILERS.get(mail.client):
        yield "X-Mailer", mailer
    yield from mail.headers.items()


def trace(mail: Written) -> Iterator[tuple[str, str]]:
    domain = mail.sender.address.partition("@")[2]
    yield "Return-Path", f"<{mail.sender.address}>"
    yield "Received", f"from mail.{domain} by {HOST} with ESMTPS;\r\n {format_datetime(mail.at)}"
    if "Authentication-Results" not in mail.headers:
        yield "Authentication-Results", f"{HOST};\r\n spf=pass smtp.mailfrom={domain};\r\n dkim=pass header.d={domain}"


def entry(mailbox: Mailbox) -> str:
    """`name <address>`; a name outside ASCII as an encoded word (RFC 2047 5)."""
    return formataddr((mailbox.name, mailbox.address))


def encoded(text: str, name: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def add_text(message: EmailMessage, mail: Written) -> None:
    if mail.client == "html":
        message.set_content(html(mail), subtype="html")
        return

    message.set_content(plain(mail))
    if mail.client in {"webmail", "office"}:
        message.add_alternative(html(mail), subtype="html")


def plain(mail: Written) -> str:
    """The text part: what was typed, and the quotation where this client puts it."""
    typed = wrapped(mail.text)
    if mail.client == "phone" and mail.sender.address != DESK:
        typed += f"\n\n{PHRASES[mail.language].mobile}"
    if mail.quoted is None:
        return typed + "\n"
    if mail.client == "office":
        return f"{typed}\n\n{office_head(mail.quoted)}\n\n{mail.quoted.text}\n"

    quotation = f"{wrote(mail)}\n\n{arrows(mail.quoted.text)}"
    if mail.client == "threads":
        return f"{quotation}\n\n{typed}\n"
    return f"{typed}\n\n{quotation}\n"


def html(mail: Written) -> str:
    body = paragraphs(mail.text)
    if mail.quoted is None:
        return f"<html><body>{body}</body></html>\n"
    if mail.client == "office":
        head = escape(office_head(mail.quoted)).replace("\n", "<br>\n")
        return (
            f'<html><body>{body}<hr><div id="divRplyFwdMsg">{head}</div>{paragraphs(mail.quoted.text)}</body></html>\n'
        )

    quotation = (
        f'<div class="gmail_attr">{escape(wrote(mail))}</div><blockquote>{paragraphs(mail.quoted.text)}</blockquote>'
    )
    return f'<html><body><div dir="auto">{body}</div><div class="gmail_quote">{quotation}</div></body></html>\n'


def paragraphs(text: str) -> str:
    parts = (escape(part).replace("\n", "<br>\n") for part in text.split("\n\n"))
    return "\n".join(f"<p>{part}</p>" for part in parts)


def wrote(mail: Written) -> str:
    """The line a client puts above what it quotes, in the writer's language."""
    if mail.quoted is None:
        return ""
    pattern = PHRASES[mail.language].wrote
    return pattern.format(date=mail.quoted.at, name=mail.quoted.sender.name, address=mail.quoted.sender.address)


def office_head(quoted: Quoted) -> str:
    rule = "_" * 32
    sender = f"{quoted.sender.name} <{quoted.sender.address}>"
    return f"{rule}\nFrom: {sender}\nSent: {quoted.at:%A, %d %B %Y %H:%M}\nTo: {DESK}\nSubject: {quoted.subject}"


def arrows(text: str) -> str:
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in text.splitlines())


def wrapped(text: str) -> str:
    """Paragraphs at 72 columns; scripts without blanks between words, and short lines, stay as they are."""
    lines = ([line] if len(line) <= WIDTH else textwrap.wrap(line, WIDTH) for line in text.split("\n"))
    return "\n".join(part for group in lines for part in group)


def picture(width: int = 24, height: int = 16, shade: int = 180) -> bytes:
    """A small grey PNG, valid to the last checksum."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade]) * width) * height
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def document(title: str) -> bytes:
    """The smallest PDF with one line of text."""
    stream = f"BT /F1 18 Tf 72 720 Td ({title}) Tj ET"
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = "".join(f"{number} 0 obj{content}endobj\n" for number, content in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n%%EOF\n".encode("ascii", "replace")
