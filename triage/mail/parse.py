"""Bytes of a mail -> header and parts. Never raises on bad mail; bounded in number, depth and bytes; says what it cut.

The splitter only finds where parts begin and end; nothing is decoded until it is asked for.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, replace
from hashlib import sha256

from triage.mail import charset
from triage.mail.header import HEADER_FIELDS, Header, end_of_header, parse_header, with_line_ends

__all__ = ["HEADER_FIELDS", "MAX_DEPTH", "MAX_PARTS", "Header", "Mail", "Part", "parse", "parse_header"]

MAX_PARTS = 1000
MAX_DEPTH = 50
MAX_TEXT = 1_048_576

_PARAMETER = re.compile(rb';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;\s]*))', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail. `parent` is the number of the part around it (-1 at the top); `start` and `end` bound its raw
    body in `Mail.raw`; `inside` says it belongs to a mail that is attached or returned, not to the mail's own text."""

    number: int
    parent: int
    depth: int
    header: Header
    type: str
    parameters: dict[str, str]
    start: int
    end: int
    inside: bool = False

    @property
    def disposition(self) -> str:
        """inline, attachment, or "" where nothing is said."""
        return self.header.token("content-disposition")

    @property
    def name(self) -> str:
        """The file name as the mail gives it, unsafe; "" where there is none."""
        given = parameters(self.header.first("content-disposition")).get("filename", "")
        return given or self.parameters.get("name", "")


@dataclass(frozen=True, slots=True)
class Mail:
    """A whole mail: `parts` depth first, the mail itself first; `problems` name what was cut or missing."""

    raw: bytes
    header: Header
    parts: tuple[Part, ...]
    problems: tuple[str, ...] = ()

    def raw_body(self, part: Part) -> bytes:
        return self.raw[part.start : part.end]

    def payload(self, part: Part, limit: int | None = None) -> bytes:
        """The decoded bytes of a part (RFC 2045 6). With `limit`, about the first `limit` decoded bytes."""
        data = self.raw[part.start : part.end if limit is None else min(part.end, part.start + limit * 2)]
        return _transfer(data, part.header.token("content-transfer-encoding"))

    def size(self, part: Part) -> int:
        """Decoded bytes, without decoding base64."""
        if part.header.token("content-transfer-encoding") != "base64":
            return len(self.payload(part))
        data = self.raw[part.start : part.end].translate(None, b"\r\n\t ")
        return max(0, len(data) * 3 // 4 - data[-2:].count(b"="))

    def text(self, part: Part) -> tuple[str, str]:
        """`(text, problem)` of a text part: charset repaired, at most `MAX_TEXT` bytes, lines end by newline alone."""
        data = self.payload(part, MAX_TEXT)
        label = part.parameters.get("charset", "")
        if not label and part.type == "text/html" and (said := _META.search(data[:4096])):
            label = said[1].decode("ascii")
        text, problem = charset.decode(data[:MAX_TEXT], label)
        if len(data) > MAX_TEXT or part.end - part.start > 2 * MAX_TEXT:
            problem = "text cut at 1 MB"
        return text.replace("\r\n", "\n").replace("\r", "\n"), problem

    def digest(self) -> str:
        """sha256 hex over the raw body."""
        return sha256(self.raw[self.parts[0].start :]).hexdigest()


def parse(raw: bytes) -> Mail:
    """The header and the parts of a mail, whatever its bytes are."""
    raw = with_line_ends(raw)
    splitter = _Splitter(raw)
    splitter.run()
    header = splitter.parts[0].header
    return Mail(raw, header, tuple(splitter.parts), tuple(splitter.problems))


class _Splitter:
    """Walks the structure without recursion, so that depth is a number and not a stack."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.parts: list[Part] = []
        self.problems: dict[str, None] = {}

    def run(self) -> None:
        # (start, end, parent, depth, inside, default type); the last is taken first, so children are pushed backwards.
        todo: list[tuple[int, int, int, int, bool, str]] = [(0, len(self.raw), -1, 0, False, "text/plain")]
        while todo:
            start, end, parent, depth, inside, default = todo.pop()
            if len(self.parts) >= MAX_PARTS:
                self.problems[f"more than {MAX_PARTS} parts"] = None
                return
            part = self._part(start, end, parent, depth, inside, default)
            self.parts.append(part)
            todo.extend(reversed(self._children(part)))

    def _part(self, start: int, end: int, parent: int, depth: int, inside: bool, default: str) -> Part:
        head, body = self._border(start, end)
        header = parse_header(self.raw[start:head])
        if not header and self.raw[start:head].strip():
            # Text where a header should be: it is what the writer wrote.
            body = start
        if not header and depth == 0:
            self.problems["no header" if self.raw.strip() else "empty"] = None
        kind, given = content_type(header.first("content-type"), default)
        return Part(len(self.parts), parent, depth, header, kind, given, body, max(body, end), inside)

    def _border(self, start: int, end: int) -> tuple[int, int]:
        """Where the header of raw[start:end] ends and its body begins, without copying the body."""
        raw = self.raw
        if raw.startswith((b"\n", b"\r\n"), start, end):
            return start, raw.index(b"\n", start) + 1
        window = 16_384
        while True:
            stop = min(end, start + window)
            head, body = end_of_header(raw[start:stop])
            if body < stop - start or stop == end:
                return start + head, start + body
            window *= 4

    def _children(self, part: Part) -> list[tuple[int, int, int, int, bool, str]]:
        multipart = part.type.startswith("multipart/")
        message = part.type in ("message/rfc822", "message/global")
        if not multipart and not message:
            return []
        if part.depth >= MAX_DEPTH:
            self.problems[f"nested deeper than {MAX_DEPTH}"] = None
            return []

        depth = part.depth + 1
        if message:
            if part.header.token("content-transfer-encoding") in ("base64", "quoted-printable"):
                return []
            return [(part.start, part.end, part.number, depth, True, "text/plain")]
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        spans = self._spans(part)
        if not spans:
            # What is no multipart is text: nothing that was written may be lost.
            self.parts[part.number] = replace(part, type="text/plain")
        return [(start, end, part.number, depth, part.inside, default) for start, end in spans]

    def _spans(self, part: Part) -> list[tuple[int, int]]:
        """Where the parts of a multipart begin and end (RFC 2046 5.1.1)."""
        boundary = part.parameters.get("boundary", "").rstrip()
        if not boundary:
            self.problems["multipart without a boundary"] = None
            return []

        mark = b"--" + boundary.encode("latin-1", "replace")
        spans: list[tuple[int, int]] = []
        begin = -1
        for at, after, last in _delimiters(self.raw, mark, part.start, part.end):
            if begin >= 0:
                spans.append((begin, max(begin, at)))
            begin = after
            if last or len(spans) > MAX_PARTS:
                return spans

        if begin >= 0:
            self.problems["multipart without its end"] = None
            spans.append((begin, part.end))
        else:
            self.problems["multipart without a part"] = None
        return spans


def _delimiters(raw: bytes, mark: bytes, start: int, end: int) -> list[tuple[int, int, bool]]:
    """`(end of what stands before, start of what follows, whether it is the closing one)` for each delimiter line."""
    found: list[tuple[int, int, bool]] = []
    at = raw.find(mark, start, end)
    while at >= 0:
        line_end = raw.find(b"\n", at, end)
        after = end if line_end < 0 else line_end + 1
        rest = raw[at + len(mark) : min(after, at + len(mark) + 80)]
        last = rest.startswith(b"--")
        if (at == start or raw[at - 1 : at] == b"\n") and (not rest.strip() or last):
            before = at - 1 if at > start else at
            if before > start and raw[before - 1 : before] == b"\r":
                before -= 1
            found.append((before, after, last))
            if last or len(found) > MAX_PARTS + 1:
                return found
        at = raw.find(mark, max(after, at + 1), end)
    return found


def content_type(raw: bytes, default: str = "text/plain") -> tuple[str, dict[str, str]]:
    """`(type/subtype, parameters)` of a Content-Type field, `default` where it is missing or makes no sense."""
    if not raw:
        return default, {}
    value = charset.unfold(raw[:65_536])
    kind = charset.decode(_COMMENT.sub(b"", value.partition(b";")[0]).strip())[0].lower()
    if kind == "text":
        kind = "text/plain"
    # RFC 2045 5.2: what is no type/subtype is read as plain text.
    return (kind if kind.count("/") == 1 and " " not in kind else "text/plain"), parameters(raw)


def parameters(raw: bytes) -> dict[str, str]:
    """The parameters of a structured field, decoded (RFC 2045, RFC 2231, and RFC 2047 where mailers put it)."""
    if b";" not in raw:
        return {}
    value = charset.unfold(raw[:65_536])
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}

    for name, quoted, bare in _PARAMETER.findall(value):
        data = _ESCAPE.sub(rb"\1", quoted) if quoted else bare
        key = name.decode("latin-1").lower()
        base, star, number = key.partition("*")
        if not star:
            plain.setdefault(key, charset.words(data))
            continue
        order = number.rstrip("*")
        if order.isascii() and (order.isdigit() or not order) and len(order) < 4:
            pieces.setdefault(base, {})[int(order or 0)] = (data, key.endswith("*"))

    for base, parts in pieces.items():
        # RFC 2231 3: the extended form wins over the plain one beside it.
        plain[base] = _extended([parts[number] for number in sorted(parts)])
    return plain


def _extended(pieces: list[tuple[bytes, bool]]) -> str:
    label = ""
    data = b""
    for position, (piece, encoded) in enumerate(pieces):
        if encoded and position == 0 and piece.count(b"'") >= 2:
            head, _, piece = piece.split(b"'", 2)
            label = head.decode("latin-1")
        data += _percent(piece) if encoded else piece
    return charset.decode(data, label)[0]


def _percent(data: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), data)


def _transfer(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return charset.base64(data)[0]
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _uu(data)
    return data


def _uu(data: bytes) -> bytes:
    decoded = b""
    for line in data.split(b"begin ", 1)[-1].splitlines()[1:]:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            decoded += binascii.a2b_uu(line)
        except binascii.Error:
            # Some encoders leave more bits than the length says: read what the length covers.
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded += binascii.a2b_uu(line[: length + 1])
            except binascii.Error:
                return data
    return decoded
