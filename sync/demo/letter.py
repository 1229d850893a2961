"""One mail of the sample inbox, with where and when it lies on the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """`raw` is the whole mail in CRLF lines; `at` its INTERNALDATE (aware UTC); `flags` as IMAP spells them;
    `root` the Message-ID that began its conversation."""

    message_id: str
    mailbox: str
    at: datetime
    raw: bytes
    root: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A colleague moves the mail with this Message-ID from one mailbox to another with a client of their own."""

    message_id: str
    source: str
    target: str
