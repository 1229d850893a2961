"""How commands answer: JSON with the keys of CLI.md, and text in columns. Everything passes through `mail.safe`."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from triage.mail.safe import cells, clip, safe
from triage.model import Address, Attachment, Conversation, Done, Entry, Level, Message, Status, Turn
from triage.policy import staleness
from triage.policy.views import shown_status

if TYPE_CHECKING:
    from triage.policy.staleness import Clock

# Wide enough for a log or a mail when nothing says how wide the page is.
UNKNOWN_WIDTH = 100
NARROWEST = 40
# Instants as the journal writes them.
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")


def emit(value: object) -> None:
    """One JSON object on a line of its own. Every string in it is made safe, line ends in long texts stay."""
    sys.stdout.write(json.dumps(clean(value), ensure_ascii=False) + "\n")


def clean(value: object) -> object:
    """The value with every string free of control characters and every instant as ISO 8601 with its offset."""
    if isinstance(value, str):
        return safe(value, keep_newlines=True, body=True)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {safe(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(item) for item in value]
    return value


def say(text: str = "") -> None:
    """One line of text for a person. The caller has made it safe."""
    sys.stdout.write(text + "\n")


def done(result: Done, as_json: bool) -> int:
    """What a decision did."""
    if as_json:
        emit({"done": result.text, "ids": list(result.ids), "action": result.action})
    else:
        say(safe(result.text))
    return 0


def address(value: Address) -> dict[str, str]:
    return {"name": value.name, "address": value.address}


def conversation(found: Conversation, now: datetime, clock: Clock) -> dict[str, object]:
    """The keys of `list`. What depends on now is asked of the clock here, so it is never stale."""
    due = found.snoozed_until is not None and found.snoozed_until <= now
    return {
        "id": found.id,
        "key": found.key,
        "subject": safe(found.subject),
        "customer": {"name": safe(found.customer.name), "address": safe(found.customer.address)},
        "status": shown_status(found, now),
        "turn": found.turn,
        "waiting_since": found.waiting_since,
        "quiet_since": found.quiet_since,
        "level": staleness.level(found, now, clock),
        "reasons": list(staleness.reasons(found, now, clock)),
        "tags": list(found.tags),
        "messages": found.messages,
        "reopens": found.reopens,
        "chases": found.chases,
        "snoozed_until": None if due else found.snoozed_until,
        "last_activity": found.last_activity,
        "note": found.note,
        "draft": found.draft,
        "unread": found.unread,
        "partial": found.partial,
        "history": found.history,
    }


def entry(found: Entry) -> dict[str, object]:
    """One line of a timeline: the keys of what it is beside `kind` and `at`, and the same as an object of its own.

    Beside `kind` a message's own kind stands as `message_kind`; in the object `message` it is `kind`, as in CLI.md.
    """
    common: dict[str, object] = {"kind": found.kind, "at": found.at}
    if found.note is not None:
        note = found.note
        own = {"id": note.id, "author": note.author, "text": note.text, "edited_at": note.edited_at}
        return common | own | {"message": note.message, "note": own | {"message": note.message}}
    if found.message is not None:
        mail = message(found, found.message)
        more = {"subject": safe(found.message.subject), "side": found.side, "settled": found.settled}
        return mail | more | common | {"message_kind": found.message.kind, "message": mail}
    action = found.action
    return common | {
        "id": action.id if action else None,
        "author": action.author if action else None,
        "action": action.verb if action else None,
        "text": found.words,
    }


def message(found: Entry, mail: Message) -> dict[str, object]:
    """A message with the keys of CLI.md; its texts are null until they were fetched."""
    body = found.body
    return {
        "key": mail.key,
        "message_id": mail.message_id,
        "from": address(mail.sender),
        "to": [address(recipient) for recipient in mail.recipients],
        "date": found.date,
        "received_at": mail.received_at,
        "ours": mail.ours,
        "kind": mail.kind,
        "text": body.text if body else None,
        "new_text": body.new_text if body else None,
        "quoted": body.quoted if body else None,
        "signature": body.signature if body else None,
        "attachments": [attachment(part) for part in body.attachments] if body else [],
        "mailboxes": [place.mailbox for place in mail.places],
    }


def attachment(part: Attachment) -> dict[str, object]:
    return {"name": safe(part.name), "type": safe(part.type), "size": part.size}


def age(span: timedelta) -> str:
    """How long, in the one unit that matters: `12m`, `3h`, `6d`."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // (24 * 60)}d"


def instant(at: datetime, zone: tzinfo, now: datetime) -> str:
    """`Mon 16 Nov 09:12` in the desk's zone, with the year where it is another one."""
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def dated(words: str, zone: tzinfo, now: datetime) -> str:
    """Words of the journal with their instants as `instant` says them."""
    return _ISO.sub(lambda found: instant(datetime.fromisoformat(found[0]), zone, now), words)


def count(number: int, noun: str, nouns: str = "") -> str:
    """`1 message`, `2 messages`."""
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"


def size(bytes_: int) -> str:
    """A size in bytes in the largest unit that leaves a whole number: `812 bytes`, `212 kB`, `3 MB`."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if bytes_ >= unit:
            return f"{bytes_ // unit} {name}"
    return count(bytes_, "byte")


def width() -> int:
    """The terminal's width in cells."""
    return max(NARROWEST, shutil.get_terminal_size((UNKNOWN_WIDTH, 24)).columns)


def rows(found: Iterable[Conversation], now: datetime, clock: Clock) -> None:
    """The list as text: number, level, age, customer, subject, and what is remarkable; one line each."""
    rooms = _rooms(width())
    for row in found:
        level = staleness.level(row, now, clock)
        texts = (
            row.customer.name or row.customer.address,
            row.subject or "(no subject)",
            _fitting(_marks(row, now, clock), rooms[2]),
        )
        cut = [clip(text, room) for text, room in zip(texts, rooms, strict=True) if room]
        shown = "" if level is Level.NONE else str(level)
        say(f"{f'#{row.id}':>7} {shown:<5} {_since(row, now):>6} {' '.join(cut)}".rstrip())


def _rooms(room: int) -> tuple[int, int, int]:
    """Cells for customer, subject and marks. On a narrow page marks go first, then the customer."""
    rest = room - 21
    customer = min(22, rest // 4) if room >= 50 else 0
    # From 80 cells on the longest reason fits whole: "waiting behind pending".
    marks = max(rest // 3, 22 if room >= 80 else 0) if room >= 60 else 0
    return customer, rest - customer - marks - bool(customer) - bool(marks), marks


def _since(row: Conversation, now: datetime) -> str:
    since = row.waiting_since or row.quiet_since or row.last_activity
    if since is None:
        return ""
    return (">=" if row.partial else "") + age(now - since)


def _marks(row: Conversation, now: datetime, clock: Clock) -> list[str]:
    """A status that is not open, the gravest two reasons, the end of a snooze, counts, tags, the note."""
    shown: list[str] = list(staleness.reasons(row, now, clock)[:2])
    # "closed unanswered" and "waiting behind pending" say it already.
    status = shown_status(row, now)
    if status is not Status.OPEN and not any(status in reason for reason in shown):
        shown.insert(0, status)
    if row.snoozed_until is not None and row.snoozed_until > now:
        local = row.snoozed_until.astimezone(ZoneInfo(clock.hours.zone))
        shown.append(f"until {local:%a} {local.day} {local:%b}")
    if row.reopens:
        shown.append(f"r{row.reopens}")
    if row.draft:
        shown.append("dr")
    shown += [f"+{safe(tag)}" for tag in row.tags]
    if row.noted:
        shown.append("[note]")
    return shown


def _fitting(marks: list[str], room: int) -> str:
    """As many marks as fit whole; the first in any case."""
    line = ""
    for mark in marks:
        longer = f"{line}, {mark}" if line else mark
        if line and cells(longer) > room:
            continue
        line = longer
    return line


def headline(row: Conversation, level: Level, now: datetime, zone: tzinfo) -> str:
    """`#4711  open, stale, waiting 6d since Mon 16 Nov 09:12, reopened 1, +refund`."""
    parts: list[str] = [str(shown_status(row, now))]
    if level is not Level.NONE:
        parts.append(str(level))
    if row.waiting_since is not None:
        least = "at least " if row.partial else ""
        parts.append(f"waiting {least}{age(now - row.waiting_since)} since {instant(row.waiting_since, zone, now)}")
    elif row.turn is Turn.THEIRS and row.quiet_since is not None:
        parts.append(f"their turn for {age(now - row.quiet_since)}")
    if row.snoozed_until is not None and row.snoozed_until > now:
        parts.append(f"snoozed until {instant(row.snoozed_until, zone, now)}")
    if row.promise_until is not None:
        parts.append(f"promised for {instant(row.promise_until, zone, now)}")
    if row.reopens:
        parts.append(f"reopened {row.reopens}")
    parts += [f"+{safe(tag)}" for tag in row.tags]
    return f"#{row.id}  " + ", ".join(parts)


def rule(title: str) -> str:
    """A line across the page that begins with words."""
    room = width()
    shown = clip(title, room - 6).rstrip()
    return f"-- {shown} " + "-" * max(2, room - 4 - cells(shown))
