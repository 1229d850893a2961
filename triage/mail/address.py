"""Address fields of a header -> `Address` values, leniently: whatever was meant is found, nothing raises."""

from __future__ import annotations

import re
from functools import lru_cache

from triage.mail.charset import decode, unfold, words
from triage.model import Address

MAX_ADDRESSES = 500
MAX_BYTES = 65_536

# The forms of nearly all mail: `ana@x.org`, `Ana <ana@x.org>`, `"Ana, B." <ana@x.org>`.
_PLAIN = re.compile(rb'(?:"([^"\\]*)"[ \t]*|([^"<>@,;:()\\]*))<[ \t]*([^<>\s"(),;:\\]+@[^<>\s"(),;:\\@]+)[ \t]*>')
_BARE = re.compile(rb'([^<>\s"(),;:\\]+@[^<>\s"(),;:\\@]+)')
_TOKEN = re.compile(rb'"(?:[^"\\]+|\\.)*"?|<[^<>]*>?|\\.|[(),:;]|[^"(),:;<>\\]+|.', re.DOTALL)
_SEPARATOR = re.compile(rb'[\s<>"(),;:\\]+')
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)


def first(raw: bytes) -> Address:
    """The first address of a field, empty where there is none."""
    found = addresses(raw)
    return found[0] if found else Address("", "")


def addresses(raw: bytes) -> tuple[Address, ...]:
    """All addresses of one field, groups flattened, at most `MAX_ADDRESSES`."""
    # The same few people write most of a mailbox.
    return _cached(raw) if len(raw) < _CACHED else _addresses(raw)


def _addresses(raw: bytes) -> tuple[Address, ...]:
    value = unfold(raw[:MAX_BYTES])
    if match := _BARE.fullmatch(value):
        return (Address("", _address(match[1])),)
    if match := _PLAIN.fullmatch(value):
        return (Address(_name(match[1] or match[2]), _address(match[3])),)
    return tuple(_parse(value)) if value else ()


_CACHED = 256
_cached = lru_cache(maxsize=8192)(_addresses)


def _address(raw: bytes) -> str:
    return decode(raw)[0].lower()


def _name(raw: bytes | None) -> str:
    if not raw:
        return ""
    name = words(_ESCAPE.sub(rb"\1", raw)).strip()
    # A name that was quoted before it was encoded keeps its quotes inside the encoded word.
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name


def _parse(value: bytes) -> list[Address]:
    found: list[Address] = []
    for entry in _entries(value):
        address = _entry(entry)
        if address is not None:
            found.append(address)
        if len(found) >= MAX_ADDRESSES:
            break
    return found


def _entries(value: bytes) -> list[list[bytes]]:
    """The tokens of each address. Comments are one token that begins with a parenthesis; group names are dropped."""
    entries: list[list[bytes]] = [[]]
    depth, comment = 0, b""

    for token in _TOKEN.findall(value):
        if token == b"(":
            depth += 1
        elif depth and token == b")":
            depth -= 1
            if not depth:
                entries[-1].append(b"(" + comment.strip())
                comment = b""
        elif depth:
            comment += token
        elif token in (b",", b";"):
            entries.append([])
        elif token == b":":
            # RFC 5322 3.4: `name: a@b, c@d;` The name of the group is nobody's name.
            entries[-1] = []
        else:
            entries[-1].append(token)

    if comment.strip() and not any(entries[-1]):
        # A parenthesis that never closes swallowed the rest: take it as text.
        entries[-1].append(comment)
    return entries


def _entry(tokens: list[bytes]) -> Address | None:
    name: list[bytes] = []
    comments: list[bytes] = []
    address: bytes | None = None

    for token in tokens:
        if token.startswith(b"<"):
            address = token.strip(b"<> \t") if address is None or b"@" not in address else address
        elif token.startswith(b"("):
            comments.append(token[1:])
        else:
            name.append(token)

    text = b"".join(name).strip()
    if address is not None:
        return _named(text, comments, address)
    if not text:
        return None
    if b'"' not in text and text.count(b"@") == 1 and not re.search(rb"\s", text):
        return Address(_name(comments[0]) if comments else "", _address(text))
    return _guess(text, comments)


def _named(text: bytes, comments: list[bytes], address: bytes) -> Address:
    # RFC 5322 4.4: an old route `<@a,@b:c@d>` ends with the address itself.
    address = b"".join(address.rpartition(b":")[2].split())
    name = _unquote(text)
    if not name and comments:
        name = comments[0]
    return Address(_name(name), _address(address))


def _guess(text: bytes, comments: list[bytes]) -> Address | None:
    """An entry without angle brackets that is no plain address: take what looks like one, else keep it as a name."""
    pieces = _SEPARATOR.split(text)
    for position, piece in enumerate(pieces):
        if b"@" in piece[1:-1]:
            rest = b" ".join(pieces[:position] + pieces[position + 1 :]).strip()
            return Address(_name(rest or (comments[0] if comments else b"")), _address(piece))
    name = _name(_unquote(text))
    return Address(name, "") if name else None


def _unquote(text: bytes) -> bytes:
    """Display name tokens with their quotation marks removed."""
    if b'"' not in text:
        return text
    return re.sub(rb'"((?:[^"\\]+|\\.)*)"?', rb"\1", text)
