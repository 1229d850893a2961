"""Mails written in tests: bytes from fields and text, nothing hidden."""

from __future__ import annotations

from datetime import UTC, datetime

from triage.model import Desk

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DESK = Desk(
    addresses=frozenset({"support@shop.example"}),
    staff=frozenset({"bo@shop.example"}),
    domains=frozenset({"staff.example"}),
    groups=frozenset({"help@shop.example"}),
    forms=frozenset({"web@forms.example"}),
    authserv=frozenset({"mx.shop.example"}),
)


def mail(text: str | bytes = "Hello", **fields: str) -> bytes:
    """A mail from Ana to support; fields by name with `_` for `-`, an empty value leaves the field out."""
    given = {
        "From": "Ana <ana@customer.example>",
        "To": "support@shop.example",
        "Subject": "Printer",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        "Message-ID": "<m1@customer.example>",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value).encode("utf-8", "surrogateescape")
    body = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    return head + b"\r\n" + body


def multipart(kind: str, *parts: bytes, **fields: str) -> bytes:
    """A multipart mail; each part is given with its own header."""
    return mail(joined(*parts), MIME_Version="1.0", Content_Type=f'multipart/{kind}; boundary="b1"', **fields)


def joined(*parts: bytes, boundary: bytes = b"b1") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def part(kind: str, text: str | bytes, *more: str) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return "".join(f"{line}\r\n" for line in (f"Content-Type: {kind}", *more)).encode() + b"\r\n" + data
