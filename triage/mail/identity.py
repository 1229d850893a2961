"""Who wrote a mail: ours or theirs, the customer behind a form or a group, and whether a claim to be us holds.

DESIGN.md, *Ours or theirs* and *Who is the customer*. From a header and, for a colleague's forward, from the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from triage.mail import languages
from triage.mail.address import first
from triage.mail.charset import decode, unfold
from triage.mail.header import Header
from triage.mail.languages import any_of
from triage.model import Address, Desk

_NO_REPLY = re.compile(r"(?:^|[._+-])(?:no|not|never|do-?not|dont)[._-]?reply(?:$|[._+-])|^(?:noreply|nobody)\d*$")
_VIA = re.compile(r"^['\"“\u2018]?(.+?)['\"”\u2019]? +(?:via|über|par|vía) .+$", re.IGNORECASE)
_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)")


@dataclass(frozen=True, slots=True)
class Identity:
    """`ours` by the address of From alone, but never what only passes on (a form, a group); `customer` who wrote where
    that is not `sender`; `relay` says in words what stood between ("" if nothing)."""

    sender: Address
    ours: bool
    proven: bool
    customer: Address | None = None
    relay: str = ""


def owned(desk: Desk, address: str) -> bool:
    """Whether an address is ours, also with a `+tag` in it."""
    if not address:
        return False
    if desk.owns(address):
        return True
    local, plus, rest = address.partition("+")
    return bool(plus) and desk.owns(local + "@" + rest.rpartition("@")[2])


def no_reply(address: str) -> bool:
    """Whether an address says of itself that nobody reads it."""
    return _no_reply(address[-300:])


# The same few people write most of a mailbox.
@lru_cache(maxsize=8192)
def _no_reply(address: str) -> bool:
    return _NO_REPLY.search(address.rpartition("@")[0]) is not None


def sender(header: Header) -> Address:
    """From, or where it is empty Sender, or where that is empty Return-Path."""
    author = header.from_
    if author.address:
        return author
    other = header.address("sender")
    if other.address:
        return Address(author.name or other.name, other.address)
    return Address(author.name, header.address("return-path").address)


def identify(header: Header, desk: Desk) -> Identity:
    """What the header says about who wrote."""
    author = sender(header)
    ours = owned(desk, author.address)
    customer, relay = _behind(header, desk, author, ours)
    return Identity(author, ours and customer is None, proven(header, desk), customer, relay)


def _behind(header: Header, desk: Desk, author: Address, ours: bool) -> tuple[Address | None, str]:
    relays = ours or author.address in desk.forms or no_reply(author.address)
    if not relays:
        return None, ""

    for name in ("x-original-from", "reply-to", "x-original-sender"):
        for found in header.addresses(name):
            if "@" in found.address and not owned(desk, found.address) and not no_reply(found.address):
                written = Address(found.name or _via(author.name), found.address)
                return written, f"{author.address} passes on what {found.address} wrote"
    return None, ""


def answers_go_to(header: Header, who: Identity, desk: Desk) -> tuple[str, ...]:
    """The addresses of Reply-To that are neither the writer's nor ours."""
    if not header.first("reply-to"):
        return ()
    writer = (who.customer or who.sender).address
    found = dict.fromkeys(to.address for to in header.addresses("reply-to") if "@" in to.address)
    return tuple(to for to in found if to != writer and not owned(desk, to))


def _via(name: str) -> str:
    """ "Ana via Support" -> "Ana": how groups rewrite From for DMARC."""
    match = _VIA.match(name[:200])
    return match[1].strip() if match else ""


def proven(header: Header, desk: Desk) -> bool:
    """False where an Authentication-Results field of a server we trust says fail (RFC 8601).

    DMARC decides if it is there; else a failed SPF or DKIM that no passed one outweighs.
    """
    if not desk.authserv:
        return True
    for raw in header.get_all("authentication-results"):
        value = decode(unfold(raw[:16_384]))[0].lower()
        server = value.partition(";")[0].split()
        if not server or server[0] not in desk.authserv:
            continue
        results: dict[str, set[str]] = {}
        for method, result in _RESULT.findall(value):
            results.setdefault(method, set()).add(result)
        decisive = results.get("dmarc") or results.get("dkim", set()) | results.get("spf", set())
        if "fail" in decisive and "pass" not in decisive:
            return False
    return True


_FORWARD = re.compile(
    r"^[>\s*]{0,20}-{2,}\s*" + any_of(languages.FORWARDED) + r"\s*-{2,}\s*$|^begin forwarded message:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHOR = re.compile(
    r"^[>\s*]{0,20}" + any_of(languages.FROM) + r"[ \t]*[:\uff1a][ \t*]*([^\n]{1,300})$", re.IGNORECASE | re.MULTILINE
)


_FORWARDS = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst|vs|vl|pd)\s*:", re.IGNORECASE)
_SUBJECT_LINE = re.compile(
    r"^[>\s*]{0,20}" + any_of(languages.SUBJECT) + r"[ \t]*[:\uff1a]", re.IGNORECASE | re.MULTILINE
)
_REACH = 1500


def forwarded(text: str, subject: str, desk: Desk) -> Address | None:
    """Who wrote the one forwarded block of a colleague's mail; None where there is none, or several, or it is ours.

    A block begins with a line that says so, or, under a subject such as "FW:", with the header fields of a mail.
    """
    text = text[:262_144]
    authors = _below_marks(text)
    if not authors and _FORWARDS.match(subject):
        authors = _below_fields(text)
    if len(authors) != 1:
        return None
    author = first(_MAILTO.sub(r"<\1>", authors[0]).encode("utf-8", "replace"))
    if "@" not in author.address or owned(desk, author.address):
        return None
    return author


_MAILTO = re.compile(r"[\[<]mailto:([^\]>\s]{1,300})[\]>]", re.IGNORECASE)


def _below_marks(text: str) -> list[str]:
    """What each forwarded block's From says; "" where it says nothing."""
    if "--" not in text and "orwarded" not in text:
        return []
    blocks = [_AUTHOR.search(text, mark.end(), mark.end() + _REACH) for mark in _FORWARD.finditer(text)]
    return [block[1] if block else "" for block in blocks]


def _below_fields(text: str) -> list[str]:
    """What each From says that stands above a Subject: Outlook forwards without a word."""
    return [
        author[1]
        for author in _AUTHOR.finditer(text)
        if _SUBJECT_LINE.search(text, author.end(), author.end() + _REACH)
    ][:20]
