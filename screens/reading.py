"""A conversation laid out as lines of text for a width: messages, notes, decisions. Pure; it draws nothing.

All mail text passes `safe` here. A note differs from mail in edge, role (colour) and word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise

from screens.look import Glyphs, clock_starts, count, instant, size, span, waking
from triage.mail.safe import cells, clip, safe
from triage.model import Address, Body, Conversation, Entry, EntryKind, Level, Message, Note, Status, Turn
from triage.policy.views import shown_status

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?[+-]\d\d:\d\d")
MEASURE = 100
"""The widest line of text that still reads well, in cells."""
BROKEN_AT_MOST = 80
"""Programs that break lines break them before this; longer lines are whole paragraphs."""
SHOWN_AT_MOST = 200_000
"""Characters of one message laid out at once; a line says what is left."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text, the role it is drawn in, and the number of the entry it belongs to."""

    text: str
    role: str = "text"
    entry: int = -1


@dataclass(frozen=True, slots=True)
class Way:
    """How to lay out: cells, the clock and its zone, glyphs, and what is unfolded."""

    width: int
    now: datetime
    zone: tzinfo
    glyphs: Glyphs
    quotes: bool = False
    headers: bool = False


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces where there are any."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += [paragraph] if len(paragraph) * 2 <= width or cells(paragraph) <= width else _broken(paragraph, width)
    return lines


def reflow(text: str, width: int) -> str:
    """Joins lines that their writer's program broke, where they are wider than `width`: no stumps between them.

    A line was broken where the first word of the next would have made it longer than the longest.
    """
    lines = text.split("\n")
    longest = max(map(len, lines), default=0)
    if longest <= width or longest > BROKEN_AT_MOST:
        return text
    joined = lines[:1]
    for before, line in pairwise(lines):
        word = line.split(" ", 1)[0]
        if word and line[0].isalnum() and len(before) + 1 + len(word) > longest and before.strip():
            joined[-1] += " " + line
        else:
            joined.append(line)
    return "\n".join(joined)


def _broken(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    rest = paragraph
    while cells(rest) > width:
        cut = _fitting(rest, width)
        space = rest.rfind(" ", 0, cut + 1)
        if space > cut // 3:
            lines.append(rest[:space])
            rest = rest[space + 1 :]
        else:
            lines.append(rest[:cut])
            rest = rest[cut:]
    return [*lines, rest]


def _fitting(text: str, width: int) -> int:
    """How many characters from the start fit into `width` cells; at least one."""
    end = min(len(text), width)
    while end > 1 and cells(text[:end]) > width:
        end -= max(1, (cells(text[:end]) - width) // 2)
    return max(1, end)


def lay_out(entries: Sequence[Entry], way: Way, ours: Iterable[str] = ()) -> list[Line]:
    """The whole timeline. `ours` are the addresses that read as "you"."""
    own = frozenset(ours)
    lines: list[Line] = []
    for number, entry in enumerate(entries):
        if entry.kind is EntryKind.MESSAGE and entry.message:
            lines += message_lines(entry, entry.message, way, own, number)
        elif entry.kind is EntryKind.NOTE and entry.note:
            lines += note_lines(entry.note, way, number)
        elif entry.words:
            told = f" {dated(entry.words, way)}, {instant(entry.at, way.now, way.zone)}"
            lines.append(Line(clip(safe(told), way.width).rstrip(), "action", number))
            if number + 1 == len(entries) or entries[number + 1].kind is not EntryKind.ACTION:
                lines.append(Line("", "text", number))
    return lines


def dated(words: str, way: Way) -> str:
    """Instants of the journal, as a person says them."""
    return ISO.sub(lambda found: waking(datetime.fromisoformat(found[0]), way.zone), words)


def message_lines(entry: Entry, message: Message, way: Way, own: frozenset[str], number: int = -1) -> list[Line]:
    role = "ours" if entry.side == "ours" else "customer"
    lines = [Line(_ruled(f"{who(entry, message, own)}, {instant(entry.at, way.now, way.zone)}", way), role, number)]
    if way.headers:
        lines += [Line(text, "header", number) for text in _headers(entry, message, way)]
    measure = min(way.width - 2, MEASURE)
    body = entry.body
    if body is None:
        lines.append(Line(" The text is not here yet; it is being fetched.", "fold", number))
        return [*lines, Line("", "text", number)]

    text = body.new_text or ("" if body.quoted or body.signature else body.text)
    lines += _text(text, "text", measure, number)
    lines += _folded(body, way, measure, number)
    for part in body.attachments:
        kind = "image" if part.type.startswith("image/") else "file"
        lines.append(Line(clip(safe(f" {kind} {part.name}, {size(part.size)}"), way.width).rstrip(), "file", number))
    return [*lines, Line("", "text", number)]


def _text(text: str, role: str, measure: int, number: int, edge: str = " ") -> list[Line]:
    left = len(text) - SHOWN_AT_MOST
    shown = safe(text[:SHOWN_AT_MOST].strip("\n"), keep_newlines=True, body=True).expandtabs(4)
    lines = [Line(edge + part, role, number) for part in wrap(reflow(shown, measure), measure)] if shown.strip() else []
    if left > 0:
        lines.append(Line(f" {count(left, 'more character')} not shown", "fold", number))
    return lines


def _folded(body: Body, way: Way, measure: int, number: int) -> list[Line]:
    """Quotation and signature: one line that says how much there is, or all of it."""
    if way.quotes:
        lines = _text(body.quoted, "quote", measure, number) if body.quoted.strip() else []
        return lines + (_text(body.signature, "quote", measure, number) if body.signature.strip() else [])
    said = []
    if body.quoted.strip():
        said.append(f"{way.glyphs.fold} {count(len(body.quoted.strip().splitlines()), 'quoted line')}")
    if body.signature.strip():
        said.append(f"{way.glyphs.fold} signature")
    return [Line(" " + "   ".join(said), "fold", number)] if said else []


def note_lines(note: Note, way: Way, number: int = -1) -> list[Line]:
    """An edge on the left of every line, a colour of its own, and the word."""
    edge = way.glyphs.edge
    author = "you" if note.author == "person" else note.author
    edited = ", edited" if note.edited_at else ""
    at = instant(note.at, way.now, way.zone)
    head = f"{edge}{edge} note, {author}, {at}{edited}, never sent to the customer {edge}{edge}"
    lines = [Line(clip(" " + safe(head), way.width).rstrip(), "note", number)]
    text = "(struck)" if note.text is None else note.text
    lines += _text(text, "note", min(way.width - 4, MEASURE), number, f" {edge} ")
    return [*lines, Line("", "text", number)]


def _ruled(words: str, way: Way) -> str:
    rule = way.glyphs.rule
    head = clip(safe(f" {rule}{rule} {words} "), way.width).rstrip() + " "
    return head + rule * max(0, way.width - cells(head) - 1)


def named(address: Address) -> str:
    return address.name or address.address


def who(entry: Entry, message: Message, own: frozenset[str]) -> str:
    """Who wrote, as a person says it: "you" for our own mail, the customer's name as they write it."""
    sender = named(message.customer or message.sender)
    if entry.side == "ours":
        return "you" if message.sender.address in own or not sender else sender
    asides = {
        "internal": "among ourselves",
        "other": "not the customer",
        "claims to be us": "claims to be us",
        "machine": "automatic",
    }
    aside = asides.get(entry.side)
    return f"{sender or 'unknown'} ({aside})" if aside else sender or "unknown"


def _headers(entry: Entry, message: Message, way: Way) -> list[str]:
    def full(address: Address) -> str:
        return f"{address.name} <{address.address}>" if address.name else address.address

    facts = [
        ("From", full(message.sender)),
        ("To", ", ".join(full(address) for address in message.recipients)),
        ("Subject", message.subject),
        ("Date", entry.date),
        ("Received", f"{message.received_at.astimezone(way.zone):%a %d %b %Y %H:%M:%S %z}"),
        ("Message-ID", message.message_id or "none"),
        ("Lies in", ", ".join(place.mailbox for place in message.places) or "no folder any more"),
    ]
    return [clip(safe(f"   {name}: {value}"), way.width).rstrip() for name, value in facts if value]


def waiting_line(conversation: Conversation, entries: Sequence[Entry], way: Way) -> str:
    """ "3 messages unanswered since Fri 09:12", or whose turn it is."""
    if conversation.waiting_since:
        waiting = sum(entry.kind is EntryKind.MESSAGE and not entry.settled for entry in entries) or 1
        return f"{count(waiting, 'message')} unanswered since {instant(conversation.waiting_since, way.now, way.zone)}"
    if conversation.turn is Turn.THEIRS and conversation.quiet_since:
        asked = ", we asked something" if conversation.asked else ""
        return f"their turn, quiet since {instant(conversation.quiet_since, way.now, way.zone)}{asked}"
    return f"{conversation.status}, nobody waits"


def opens_at(entries: Sequence[Entry]) -> int:
    """The entry to open at: the first message of the present wait, else the newest message, else 0."""
    first = next((n for n, entry in enumerate(entries) if entry.kind is EntryKind.MESSAGE and not entry.settled), None)
    if first is not None:
        return first
    return max((n for n, entry in enumerate(entries) if entry.kind is EntryKind.MESSAGE), default=0)


def standing(conversation: Conversation, level: Level, now: datetime) -> str:
    """ "stale, waiting 6 d, reopened 1, refund": level, clock, status where it is not plain, tags."""
    words = [] if level is Level.NONE else [str(level)]
    since = clock_starts(conversation)
    more = ">= " if conversation.partial else ""
    if conversation.waiting_since:
        words.append(f"waiting {more}{span(now - conversation.waiting_since)}")
    elif conversation.turn is Turn.THEIRS and since:
        words.append(f"quiet {more}{span(now - since)}")
    if (status := shown_status(conversation, now)) is not Status.OPEN:
        words.append(str(status))
    if conversation.reopens:
        words.append(f"reopened {conversation.reopens}")
    return ", ".join(words + [safe(tag) for tag in conversation.tags])


def preview_lines(
    conversation: Conversation,
    newest: Entry | None,
    note: str | None,
    level: Level,
    way: Way,
    ours: Iterable[str] = (),
) -> list[Line]:
    """What stands beside the list: who, how long, the last note, the newest message with quotes folded."""
    customer = conversation.customer
    lines = [
        Line(clip(" " + (safe(conversation.subject) or "(no subject)"), way.width).rstrip(), "title"),
        Line(clip(" " + safe(named(customer)), way.width).rstrip(), "customer"),
    ]
    if customer.name:
        lines.append(Line(clip(" " + safe(customer.address), way.width).rstrip(), "header"))
    lines += [Line(" " + part, "text") for part in wrap(standing(conversation, level, way.now), way.width - 2) if part]
    if conversation.waiting_since:
        lines.append(Line(f" waiting since {instant(conversation.waiting_since, way.now, way.zone)}", "text"))
    lines.append(Line(""))
    if note:
        edge = way.glyphs.edge
        lines.append(Line(f" {edge}{edge} last note, never sent to the customer {edge}{edge}", "note"))
        lines += [*_text(note, "note", way.width - 4, -1, f" {edge} "), Line("")]
    if newest and newest.message:
        lines += message_lines(newest, newest.message, way, frozenset(ours))
    return lines
