"""One conversation as one line of the list: columns for a width, pieces of text with the role each is drawn in. Pure.

Columns at 80 cells: 0 mark or cursor, 1 level, 2-6 age, 7 news, 9 customer, 28 subject, 68 flags (rN, dr), 71 tags.
Below 60 cells the tags go, below 48 the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from screens.look import SHORT, SHOWN_OTHERWISE, Glyphs, age, clock_starts
from triage.mail.safe import cells, clip, safe
from triage.model import Conversation, Level, Reason

LEGEND = (
    ("|", "marked"),
    (">", "cursor"),
    ("*", "new since you last looked"),
    ("rN", "reopened"),
    ("dr", "draft"),
    ("[note]", "an internal note"),
    (">=", "not all of it here yet"),
)
WITHOUT_TAGS = 60
WITHOUT_CUSTOMER = 48
SUBJECT_AT_LEAST = 22

Piece = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What a line is drawn from: the conversation and what its clock says now. `was` tells what changed elsewhere."""

    conversation: Conversation
    level: Level
    reasons: tuple[Reason, ...] = ()
    marked: bool = False
    cursor: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells; 0 leaves a column out."""

    customer: int
    subject: int
    flags: int
    tags: int


def columns(width: int) -> Columns:
    lead = 9
    if width < WITHOUT_CUSTOMER:
        return Columns(0, max(width - lead, 1), 0, 0)
    customer = 18 if width < 100 else 22
    if width < WITHOUT_TAGS:
        return Columns(customer, width - lead - customer - 1, 0, 0)
    tags = 9 if width < 84 else 12 if width < 100 else 20
    subject = width - lead - customer - 1 - 1 - 3 - tags
    if subject < SUBJECT_AT_LEAST:
        customer -= min(SUBJECT_AT_LEAST - subject, 8)
        subject = width - lead - customer - 1 - 1 - 3 - tags
    return Columns(customer, subject, 3, tags)


def line(row: Row, width: int, now: datetime, glyphs: Glyphs) -> list[Piece]:
    """The pieces of one row, in all exactly `width` cells."""
    conversation, cols = row.conversation, columns(width)
    role = "dim" if row.was else "text"
    lead = ">" if row.cursor else "|" if row.marked else " "
    waited = age(clock_starts(conversation), now, partial=conversation.partial)

    pieces: list[Piece] = [
        (lead, "mark"),
        (glyphs.levels[row.level], f"level-{row.level}"),
        (f"{waited:>5}", f"level-{row.level}"),
        ("* " if conversation.unread else "  ", "news"),
    ]
    if cols.customer:
        who = safe(conversation.customer.name or conversation.customer.address)
        pieces.append((clip(who, cols.customer) + " ", "unread" if conversation.unread and not row.was else role))
    pieces += _subject(row, cols.subject, role)
    if cols.flags:
        pieces += _flags(conversation, cols)
    return _exactly(pieces, width)


def _subject(row: Row, width: int, role: str) -> list[Piece]:
    """The subject, and at its right end what changed elsewhere or at most two reasons where they fit."""
    subject = safe(row.conversation.subject) or "(no subject)"
    aside = row.was or ", ".join(reason_words(row.reasons))
    room = width - min(cells(subject), SUBJECT_AT_LEAST) - 2
    if not row.was and cells(aside) > room:
        aside = next(iter(reason_words(row.reasons)), "")
    if not aside or cells(aside) > room:
        return [(clip(subject, width), role)]
    return [(clip(subject, width - cells(aside) - 1) + " ", role), (aside, "reason")]


def reason_words(reasons: Sequence[Reason]) -> list[str]:
    """The two gravest reasons that no other column of the row already shows, in short words."""
    return [SHORT.get(reason, str(reason)) for reason in reasons if reason not in SHOWN_OTHERWISE][:2]


def _flags(conversation: Conversation, cols: Columns) -> list[Piece]:
    """`rN` or `dr`, then the note, then tags; a flag column that is empty gives its place to `[note]`."""
    flag = f"r{min(conversation.reopens, 99)}" if conversation.reopens else "dr" if conversation.draft else ""
    words: list[Piece] = []
    if conversation.reopens and conversation.draft:
        words.append(("dr ", "draft"))
    if conversation.noted:
        words.append(("[note] ", "note"))
    words += [(safe(tag) + " ", "tag") for tag in conversation.tags]

    starts_early = not flag and bool(conversation.noted)
    pieces: list[Piece] = [(" ", "text")]
    room = cols.tags
    if starts_early:
        room += cols.flags
    else:
        pieces.append((clip(flag, cols.flags), "draft" if flag == "dr" else "reopened"))
    for text, role in words:
        if room <= 0:
            break
        shown = text if cells(text) <= room else clip(text.rstrip(), room)
        pieces.append((shown, role))
        room -= cells(shown)
    return pieces


def _exactly(pieces: list[Piece], width: int) -> list[Piece]:
    used, fitting = 0, []
    for text, role in pieces:
        if used + cells(text) > width:
            text = clip(text, width - used) if width > used else ""
        if text:
            fitting.append((text, role))
            used += cells(text)
    if used < width:
        fitting.append((" " * (width - used), "text"))
    return fitting
