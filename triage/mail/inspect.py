"""How a message file is read, for `triage inspect` and `triage threads`: values for JSON, all of them safe text."""

from __future__ import annotations

from datetime import UTC, datetime

from triage.mail import threads
from triage.mail.facts import Facts, from_header, from_mail
from triage.mail.header import parse_header
from triage.mail.safe import safe
from triage.model import Address, Body, Desk

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def inspect(raw: bytes, name: str, desk: Desk) -> dict[str, object]:
    """One mail as CLI.md shows a message, and `file, references, in_reply_to, subject, problems`.

    A file has no INTERNALDATE: `received_at` is the date of the top Received field, else the Date field, else null.
    """
    header = parse_header(raw)
    received = header.received or header.date
    facts, body = from_mail(raw, received or _NEVER, desk)
    return {
        "file": safe(name),
        **_head(facts),
        "received_at": received.isoformat() if received else None,
        "references": [safe(found) for found in header.references],
        "in_reply_to": safe(header.in_reply_to[0]) if header.in_reply_to else None,
        **_text(body),
        "mailboxes": [],
        "problems": [safe(problem) for problem in dict.fromkeys(facts.problems)],
    }


def _head(facts: Facts) -> dict[str, object]:
    message = facts.message
    return {
        "key": message.key,
        "message_id": safe(message.message_id) if message.message_id else None,
        "from": _person(message.sender),
        "to": [_person(recipient) for recipient in message.recipients],
        "subject": safe(message.subject),
        "date": safe(facts.date),
        "ours": message.ours,
        "proven": message.proven,
        "kind": message.kind.value,
        "customer": _person(message.customer) if message.customer else None,
        "asks": message.asks,
        "away_until": message.away_until.isoformat() if message.away_until else None,
        "bounce": _bounce(facts),
    }


def _bounce(facts: Facts) -> dict[str, object] | None:
    bounce = facts.message.bounce
    if bounce is None:
        return None
    return {
        "permanent": bounce.permanent,
        "failed": [safe(address) for address in bounce.failed],
        "answers": safe(bounce.answers) if bounce.answers else None,
    }


def _person(address: Address) -> dict[str, str]:
    return {"name": safe(address.name), "address": safe(address.address)}


def _text(body: Body) -> dict[str, object]:
    return {
        "text": _lines(body.text),
        "new_text": _lines(body.new_text),
        "quoted": _lines(body.quoted),
        "signature": _lines(body.signature),
        "attachments": [
            {"name": safe(attached.name), "type": safe(attached.type), "size": attached.size, "part": attached.part}
            for attached in body.attachments
        ],
    }


def _lines(text: str) -> str:
    return safe(text, keep_newlines=True, body=True)


def group_files(files: list[tuple[str, bytes]]) -> list[list[str]]:
    """Which files are one conversation: each named by its Message-ID, or by the file where it has none.

    Copies of one mail count once. Two different mails with one Message-ID are both there, and so are two texts under
    the same header fields.
    """
    desk = Desk()
    seen: set[tuple[str, bytes]] = set()
    messages = []
    names: list[str] = []
    for name, raw in files:
        message = from_header(raw, _NEVER, desk).message
        copy = (message.key, raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2] or raw)
        if copy in seen:
            continue
        seen.add(copy)
        messages.append(message)
        names.append(safe(message.message_id or name))
    return [[names[position] for position in group] for group in threads.group(messages)]
