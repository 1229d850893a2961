"""What the responses of an IMAP server say about a mailbox as a whole. Pure."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from sync import fetch, ranges

_CODE = re.compile(rb"\* OK \[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ) (-?\d+)\]", re.IGNORECASE)
_EXISTS = re.compile(rb"\* (\d+) EXISTS", re.IGNORECASE)
_NEWS = re.compile(rb"\* (?:\d+ (?:EXISTS|EXPUNGE|FETCH)|VANISHED)\b", re.IGNORECASE)
_VANISHED = re.compile(rb"\* VANISHED (?:\(EARLIER\) )?([\d,:]+)", re.IGNORECASE)
_STATUS = re.compile(rb"(MESSAGES|UIDNEXT|UIDVALIDITY|HIGHESTMODSEQ) (-?\d+)", re.IGNORECASE)
_ESEARCH = re.compile(rb"\* ESEARCH .*\bALL ([\d,:]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a mailbox stands. `modseq` is 0 where the server keeps none (RFC 7162 3.1.2.2, or a negative one)."""

    uidvalidity: int
    uidnext: int
    exists: int
    modseq: int = 0


@dataclass(frozen=True, slots=True)
class Opened(Standing):
    """A mailbox just opened. `changed` and `vanished` only where QRESYNC was asked for: what moved since."""

    changed: dict[int, frozenset[str]] = field(default_factory=dict)
    vanished: list[tuple[int, int]] = field(default_factory=list)


def opened(answers: Iterable[fetch.Response]) -> Opened:
    """What EXAMINE said, with or without QRESYNC."""
    numbers = {b"UIDVALIDITY": 0, b"UIDNEXT": 0, b"HIGHESTMODSEQ": 0}
    exists = 0
    changed: dict[int, frozenset[str]] = {}
    gone: list[tuple[int, int]] = []
    for answer in answers:
        if match := _CODE.match(answer.text):
            numbers[match[1].upper()] = max(int(match[2]), 0)
        elif match := _EXISTS.match(answer.text):
            exists = int(match[1])
        elif match := _VANISHED.match(answer.text):
            gone += ranges.read(match[1])
        elif (one := fetch.fetched(answer)) and one.flags is not None:
            changed[one.uid] = one.flags
    return Opened(numbers[b"UIDVALIDITY"], numbers[b"UIDNEXT"], exists, numbers[b"HIGHESTMODSEQ"], changed, gone)


def uids(answers: Iterable[fetch.Response]) -> array[int]:
    """Ascending UIDs out of SEARCH or ESEARCH responses (RFC 9051 7.3.4)."""
    found: set[int] = set()
    for answer in answers:
        if match := _ESEARCH.match(answer.text):
            for first, last in ranges.read(match[1]):
                found.update(range(first, last + 1))
        elif answer.text[:8].upper() == b"* SEARCH":
            found.update(int(uid) for uid in answer.text[8:].split() if uid.isdigit())
    return array("q", sorted(found))


def is_news(text: bytes) -> bool:
    """Whether an untagged response says that the mailbox changed."""
    return _NEWS.match(text) is not None


def standing(text: bytes) -> Standing:
    """What one STATUS response says."""
    numbers = {name.upper(): int(value) for name, value in _STATUS.findall(text[text.rfind(b"(") :])}
    return Standing(
        numbers.get(b"UIDVALIDITY", 0),
        numbers.get(b"UIDNEXT", 0),
        numbers.get(b"MESSAGES", 0),
        max(numbers.get(b"HIGHESTMODSEQ", 0), 0),
    )
