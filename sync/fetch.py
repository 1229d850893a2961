"""Reads the responses of an IMAP server from a Stream: whole responses, and FETCH by the names of its items.

imapclient's lexer goes byte by byte (8,000 headers a second); here a regular expression goes item by item and literals
are skipped, never looked into (over 100,000 a second).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from sync.stream import Lost, Stream

_LITERAL_AT_END = re.compile(rb"\{(\d+)\+?\}$")
_STATUS = re.compile(rb"\* (?:OK|NO|BAD|BYE|PREAUTH)\b", re.IGNORECASE)
_FETCH = re.compile(rb"\* (\d+) FETCH \(", re.IGNORECASE)
# One item: its name (with section and origin), then its value. A literal stands as `{7}` CRLF with the bytes set aside.
_ITEM = re.compile(
    rb"\(?([A-Za-z0-9.\-]+(?:\[[^\]]*\](?:<\d+>)?)?) "
    rb'(?:\{(\d+)\+?\}\r\n|"((?:[^"\\]|\\.)*)"|(\([^()"{]*\))|([^\s()"]+))',
)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MONTHS = {
    name: number + 1
    for number, name in enumerate(
        (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")
    )
}
PIECES_LIMIT = 10_000
"""Literals in one response; we ask for one."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response: `text` with every literal cut out (its `{n}` CRLF stays), and the `literals` in order."""

    text: bytes
    literals: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the server said of one message; None for what it did not say. `data` is the BODY[...] asked for.

    `received_at` is INTERNALDATE in UTC; `size` bytes; `modseq` RFC 7162.
    """

    uid: int
    flags: frozenset[str] | None = None
    received_at: datetime | None = None
    size: int | None = None
    modseq: int | None = None
    data: bytes | None = None


def response(stream: Stream) -> Response:
    """The next response, waiting for it. Raises what Stream raises."""
    line = stream.line()
    if not line.endswith(b"}") or _STATUS.match(line):
        return Response(line)

    pieces = [line]
    literals: list[bytes] = []
    while match := _LITERAL_AT_END.search(pieces[-1]):
        literals.append(stream.exactly(int(match[1])))
        pieces.append(stream.line())
        if len(literals) > PIECES_LIMIT:
            raise Lost("endless response")
    return Response(b"\r\n".join(pieces), tuple(literals))


def tagged(stream: Stream, tag: bytes) -> Iterator[Response]:
    """Every response up to the one that ends the command `tag`, that one last."""
    end = tag + b" "
    while True:
        answer = response(stream)
        yield answer
        if answer.text.startswith(end):
            return


def fetched(answer: Response) -> Fetched | None:
    """The FETCH in `answer`, or None where it is none or names no UID. Unknown items are stepped over.

    Raises Lost where the text is no FETCH that RFC 9051 allows.
    """
    text = answer.text
    match = _FETCH.match(text)
    if match is None:
        return None
    if text.find(b"((", match.end()) >= 0 or b" (ENVELOPE" in text or b"BODYSTRUCTURE" in text:
        text = _without_nested(text)

    values: dict[str, object] = {}
    literal = 0
    try:
        for name, size, quoted, listed, atom in _ITEM.findall(text, match.end()):
            if size:
                value = answer.literals[literal]
                literal += 1
            else:
                value = listed or atom or (_ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted)
            _put(values, name, value, bool(atom))
        if literal != len(answer.literals):
            raise ValueError("literals out of step")
    except (ValueError, IndexError) as error:
        raise Lost(f"no FETCH: {error}") from error
    uid = values.pop("uid", None)
    return Fetched(uid, **values) if isinstance(uid, int) else None  # type: ignore[arg-type]


def _put(values: dict[str, object], name: bytes, value: bytes, atom: bool) -> None:
    # Servers write them in capitals; a BODY[...] is long.
    if known := _ITEMS.get(name) or _ITEMS.get(name[:13].upper()):
        field, read = known
        values[field] = read(value)
    elif name[:5].upper() == b"BODY[":
        # RFC 9051 7.5.2: NIL where there is nothing of that name.
        values["data"] = b"" if atom and value.upper() == b"NIL" else value


def _without_nested(text: bytes) -> bytes:
    """`text` with every list inside another list emptied; unsolicited ENVELOPE and BODYSTRUCTURE are none of ours."""
    kept = bytearray()
    depth = 0
    at = 0
    while at < len(text):
        byte = text[at : at + 1]
        string = _STRING.match(text, at) if byte == b'"' else None
        piece = string[0] if string else byte
        depth += (byte == b"(") - (byte == b")")
        if depth < 3 and not (depth == 2 and byte == b")"):
            kept += piece
        at += len(piece)
    return bytes(kept)


_known_flags: dict[bytes, frozenset[str]] = {}


def flags(value: bytes) -> frozenset[str]:
    r"""`(\Seen $Forwarded)` -> {"\\Seen", "$Forwarded"}; \Recent left out: it is about the session, not the message."""
    found = _known_flags.get(value)
    if found is None:
        words = value.strip(b"()").decode("utf-8", "replace").split()
        found = frozenset(word for word in words if word.lower() != "\\recent")
        if len(_known_flags) < 4096:
            _known_flags[value] = found
    return found


def instant(value: bytes) -> datetime | None:
    """INTERNALDATE (`17-Jul-1996 02:44:25 -0700`) in UTC, or None where the server wrote something else."""
    try:
        day, clock, zone = value[:40].split()
        year, month, number, offset = _day(day, zone)
        return datetime(year, month, number, int(clock[:2]), int(clock[3:5]), int(clock[6:8]), tzinfo=UTC) - offset
    except (ValueError, KeyError, OverflowError):
        return None


# Neighbours in a mailbox came on the same day.
@lru_cache(maxsize=1024)
def _day(day: bytes, zone: bytes) -> tuple[int, int, int, timedelta]:
    number, month, year = day.split(b"-")
    sign = -1 if zone[:1] == b"-" else 1
    offset = timezone(timedelta(minutes=sign * (int(zone[1:3]) * 60 + int(zone[3:5])))).utcoffset(None)
    return int(year), _MONTHS[month.lower()], int(number), offset


def _modseq(value: bytes) -> int:
    return int(value.strip(b"() "))


_ITEMS: dict[bytes, tuple[str, Callable[[bytes], object]]] = {
    b"UID": ("uid", int),
    b"FLAGS": ("flags", flags),
    b"INTERNALDATE": ("received_at", instant),
    b"RFC822.SIZE": ("size", int),
    b"MODSEQ": ("modseq", _modseq),
}
