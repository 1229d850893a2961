"""A mail -> the facts the store keeps and the fold needs: from the header alone (fast), then with the text known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.mail import away, classify, identity, threads
from triage.mail.header import Header, parse_header
from triage.model import Body, Desk, Kind, Message

_MIGRATED = timedelta(days=2)
_MAX_SUBJECT = 2000
_MAX_HEADER = 1_048_576
_MAX_RECIPIENTS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What one mail tells. `message.places` is empty: where it lies is the store's. `date` is the Date field as
    written, `header` the raw header block (at most 1 MB), `rule` the version of the rule for kind and side."""

    message: Message
    date: str
    header: bytes
    rule: int
    problems: tuple[str, ...] = ()


def from_header(raw: bytes, internal_date: datetime, desk: Desk) -> Facts:
    """The facts of a header, or of the part of it that `HEADER_FIELDS` names. Never raises. About 20,000 a second."""
    return _facts(parse_header(raw), internal_date, desk)[0]


def from_mail(raw: bytes, internal_date: datetime, desk: Desk) -> tuple[Facts, Body]:
    """The facts of a whole mail and what it says. Key and time are those of `from_header`; kind, asks, bounce, away and
    customer are read again with the text known, and a bounce references the mail it returns."""
    # Only whole mails need these, and the first list is wanted before any: 15 ms.
    from triage.mail import body, phrases
    from triage.mail.parse import parse

    mail = parse(raw)
    read = body.read(mail)
    facts, who, verdict = _facts(mail.header, internal_date, desk)
    verdict = classify.from_mail(mail, read.new_text, len(read.attachments), verdict, who)

    message = facts.message
    customer = message.customer
    if customer is None and verdict.kind is Kind.HUMAN and who.ours:
        customer = identity.forwarded(read.text, message.subject, desk)
    back = None
    if verdict.kind is Kind.AUTO:
        back = away.until(message.subject + "\n" + read.text, message.received_at)
    bounce = classify.bounce(mail, read.text, desk) if verdict.kind is Kind.BOUNCE else None
    ids = message.ids
    if bounce is not None and bounce.answers and bounce.answers not in ids:
        # Few reports carry References: what they return is the only thread they have.
        ids = (*ids, bounce.answers)
    message = replace(
        message,
        ids=ids,
        kind=verdict.kind,
        customer=customer,
        asks=verdict.kind is Kind.HUMAN and phrases.asks(read.new_text),
        bounce=bounce,
        away_until=back,
    )
    return replace(facts, message=message, problems=(*facts.problems, *read.problems)), read


def _facts(header: Header, internal_date: datetime, desk: Desk) -> tuple[Facts, identity.Identity, classify.Verdict]:
    who = identity.identify(header, desk)
    verdict = classify.from_header(header, who, desk)
    own, ids = threads.ids_that_count(header)
    message = Message(
        key=header.key(),
        received_at=received_at(header, internal_date),
        sender=who.sender,
        recipients=header.addresses("to", "cc", "bcc")[:_MAX_RECIPIENTS],
        subject=header.subject[:_MAX_SUBJECT],
        message_id=own,
        ids=ids,
        kind=verdict.kind,
        ours=who.ours,
        proven=who.proven,
        customer=who.customer,
        reply_to=identity.answers_go_to(header, who, desk),
    )
    facts = Facts(message, header.date_text[:200], header.raw[:_MAX_HEADER], classify.RULE, _problems(header))
    return facts, who, verdict


def received_at(header: Header, internal_date: datetime) -> datetime:
    """INTERNALDATE, unless it is over 2 days later than the top Received field: then the mailbox was migrated, and the
    Received date counts (DESIGN.md, *Time*)."""
    if header.received_on(internal_date):
        return internal_date
    received = header.received
    if received is not None and internal_date - received > _MIGRATED:
        return received
    return internal_date


def _problems(header: Header) -> tuple[str, ...]:
    problems: list[str] = []
    if (authors := header.count("from")) != 1:
        problems.append("more than one From" if authors else "no From")
    if header.count("message-id") > 1:
        problems.append("more than one Message-ID")
    elif not header.first("message-id"):
        problems.append("no Message-ID")
    if not header.first("date"):
        problems.append("no Date")
    return tuple(problems)
