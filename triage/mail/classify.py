"""What sort of mail it is: human, automatic reply, bounce, list, receipt, probably thanks; each with its reason.

DESIGN.md, *Machine mail*. The header alone decides where it can; the text refines what the header left human.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.mail import away, languages
from triage.mail.charset import decode, unfold
from triage.mail.header import Header, ids, message_id, parse_header
from triage.mail.identity import Identity, no_reply, owned
from triage.mail.languages import any_of
from triage.mail.parse import Mail, Part, content_type, parse
from triage.model import Bounce, Desk, Kind

# The version of the rules for kind and side. A better rule raises it and changes nothing that is settled.
RULE = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is a sentence for a person."""

    kind: Kind
    reason: str


_DAEMON = re.compile(
    r"^(?:mailer-?daemon|post[_-]?master|mail-?daemon|mdaemon|double-?bounce|bounces?|mailerdaemon)(?:[+=-].*)?$"
)
_UNDELIVERED = re.compile(any_of(languages.UNDELIVERED), re.IGNORECASE)


def from_header(header: Header, identity: Identity, desk: Desk) -> Verdict:
    """The kind as far as the header tells it. THANKS and bounces that only their text shows come from `from_mail`."""
    report = _report(header)
    if report is not None:
        return report
    if _daemon(header, identity):
        return Verdict(Kind.BOUNCE, "a mail system returned it")
    if identity.sender.address in desk.forms or (identity.customer is not None and not _mass(header, identity, desk)):
        return Verdict(Kind.HUMAN, identity.relay or "a known form passes on what somebody wrote")
    return _machine(header, identity, desk) or _HUMAN


def _mass(header: Header, identity: Identity, desk: Desk) -> bool:
    """Whether somebody else's no-reply address with a Reply-To sent this to many: a newsletter is no contact form."""
    return not owned(desk, identity.sender.address) and header.has_any(_LISTS) and _listed(header, desk) is not None


def _report(header: Header) -> Verdict | None:
    raw = header.first("content-type")
    if b"report" in raw.lower():
        kind, parameters = content_type(raw)
        if kind != "multipart/report":
            return None
        report = parameters.get("report-type", "").lower()
        if report == "disposition-notification":
            return Verdict(Kind.RECEIPT, "a receipt: multipart/report of a disposition notification")
        if report == "feedback-report":
            return Verdict(Kind.AUTO, "a complaint report of a mail provider")
        return Verdict(Kind.BOUNCE, "multipart/report of a delivery status")
    if header.first("x-failed-recipients"):
        return Verdict(Kind.BOUNCE, "X-Failed-Recipients is set")
    return None


def _daemon(header: Header, identity: Identity) -> bool:
    local = identity.sender.address.partition("@")[0] or identity.sender.name.lower()
    if not _DAEMON.match(local.replace(" ", "-")):
        return False
    return _null_path(header) or local.startswith("mailer") or _UNDELIVERED.search(header.subject[:500]) is not None


def _null_path(header: Header) -> bool:
    return b"<>" in [raw.strip() for raw in header.get_all("return-path")]


def _machine(header: Header, identity: Identity, desk: Desk) -> Verdict | None:
    if header.has_any(_SIGNS) and (said := _says_machine(header)):
        return said
    if _null_path(header):
        if _UNDELIVERED.search(header.subject[:500]):
            return Verdict(Kind.BOUNCE, "Return-Path is empty and the subject speaks of delivery")
        return Verdict(Kind.AUTO, "Return-Path is empty: it takes no answers")
    if away.subject_says_so(header.subject):
        return Verdict(Kind.AUTO, "the subject is that of an automatic reply")
    if header.has_any(_LISTS) and (said := _listed(header, desk)):
        return said
    if no_reply(identity.sender.address):
        return Verdict(Kind.AUTO, "the sender's address takes no replies")
    return None


# Fields without which a mail is not asked further.
_REPLIERS = ("x-autoreply", "x-autorespond", "x-auto-reply-from")
_SIGNS = frozenset({"auto-submitted", *_REPLIERS})
_LISTS = frozenset({"precedence", "list-id"})
_HUMAN = Verdict(Kind.HUMAN, "no sign of a machine")


def _says_machine(header: Header) -> Verdict | None:
    submitted = header.token("auto-submitted")
    if submitted and submitted != "no":
        return Verdict(Kind.AUTO, f"Auto-Submitted says {submitted}")
    for name in _REPLIERS:
        if header.count(name) and header.token(name) not in ("no", "false", "0"):
            return Verdict(Kind.AUTO, f"{name.title()} is set")
    return None


def _listed(header: Header, desk: Desk) -> Verdict | None:
    precedence = header.token("precedence")
    listed = bool(header.first("list-id")) or precedence == "list"
    if not listed and precedence not in _BULK:
        return None
    if _own_group(header, desk):
        return None
    if not listed:
        return Verdict(Kind.AUTO, f"Precedence says {precedence}")
    if _continues(header, desk):
        return None
    return Verdict(Kind.LIST, "List-Id of a mailing list" if header.first("list-id") else "Precedence says list")


_BULK = frozenset({"bulk", "junk", "auto_reply", "auto-reply"})


def _own_group(header: Header, desk: Desk) -> bool:
    """Whether the list headers are those of our own address or group: mail to it is mail to us."""
    text = b" ".join(unfold(raw) for name in ("list-id", "list-post") for raw in header.get_all(name))
    named = decode(text)[0].lower()
    if not named:
        return False
    return any(
        f"<{own.replace('@', '.')}>" in named or f"mailto:{own}" in named or f"<{own}>" in named
        for own in desk.addresses | desk.groups
    )


def _continues(header: Header, desk: Desk) -> bool:
    """A hand-written answer that came through somebody's list: it answers a mail and is addressed to us."""
    if not header.first("in-reply-to"):
        return False
    return any(owned(desk, to.address) for to in header.addresses("to", "cc"))


def from_mail(mail: Mail, new_text: str, attachments: int, verdict: Verdict, identity: Identity) -> Verdict:
    """The kind with the text known: what the header left human may be a bounce, an automatic reply or only thanks."""
    if verdict.kind is Kind.BOUNCE and _delivered(mail):
        return Verdict(Kind.RECEIPT, "a delivery report that says it arrived")
    if verdict.kind in (Kind.HUMAN, Kind.AUTO) and _carries_status(mail):
        return Verdict(Kind.BOUNCE, "it carries a delivery status")
    if verdict.kind is not Kind.HUMAN:
        return verdict
    if identity.customer is None and away.text_says_so(new_text):
        return Verdict(Kind.AUTO, "the text says that it is automatic")
    # Read for whole mails alone, never for headers.
    from triage.mail import phrases

    if not identity.ours and not attachments and phrases.only_thanks(new_text):
        return Verdict(Kind.THANKS, "short, thanks, asks nothing")
    return verdict


def _carries_status(mail: Mail) -> bool:
    return any(part.type == "message/delivery-status" and not part.inside for part in mail.parts)


def _statuses(mail: Mail) -> list[Header]:
    """The groups of fields of all delivery-status parts (RFC 3464 2.1)."""
    groups: list[Header] = []
    for part in mail.parts:
        if part.type in ("message/delivery-status", "message/global-delivery-status"):
            data = mail.payload(part, 262_144).replace(b"\r\n", b"\n")
            groups.extend(parse_header(block + b"\n\n") for block in re.split(rb"\n\s*\n", data)[:200] if block.strip())
    return groups


def _delivered(mail: Mail) -> bool:
    actions = [group.token("action") for group in _statuses(mail)]
    said = [action for action in actions if action]
    return bool(said) and all(action in ("delivered", "relayed", "expanded") for action in said)


_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -]")
_ADDRESS = re.compile(
    r"<([^<>\s@]{1,64}@[^<>\s@]{1,255})>|^\s*([^<>\s@:;,\"]{1,64}@[^<>\s@:;,\"]{1,255}?)[:.,]?\s*$", re.MULTILINE
)
_TEMPORARY = re.compile(any_of(languages.TEMPORARY), re.IGNORECASE)


def bounce(mail: Mail, text: str, desk: Desk) -> Bounce:
    """What a delivery report says (RFC 3464); where it is none, what its text lets one guess.

    `permanent` only where nothing says 4.x.x or delayed (RFC 3463 2).
    """
    failed: dict[str, None] = {}
    permanent: list[bool] = []
    for group in _statuses(mail):
        action, status = group.token("action"), group.token("status")
        recipient = _recipient(group)
        if not action and not status:
            continue
        if action in ("delivered", "relayed", "expanded"):
            continue
        if recipient:
            failed[recipient] = None
        permanent.append(action != "delayed" and not status.startswith("4"))

    for raw in mail.header.get_all("x-failed-recipients"):
        for piece in decode(unfold(raw))[0].lower().split(","):
            if "@" in piece:
                failed[piece.strip()] = None
    if not failed:
        failed.update(_guess_failed(text, desk))
    verdict = any(permanent) if permanent else _guess_permanent(text, mail.header.subject)
    return Bounce(verdict, tuple(failed)[:100], _returned_id(mail, text))


def _recipient(group: Header) -> str:
    for name in ("original-recipient", "final-recipient"):
        value = decode(unfold(group.first(name)))[0].rpartition(";")[2].strip().strip("<>").lower()
        if "@" in value:
            return value
    return ""


def _guess_failed(text: str, desk: Desk) -> dict[str, None]:
    found: dict[str, None] = {}
    head = re.split(
        r"(?im)^-+ ?(?:original message|below this line|this is a copy|returned|transcript|included is)", text[:20_000]
    )[0]
    for angled, bare in _ADDRESS.findall(head):
        address = (angled or bare).lower()
        if not owned(desk, address) and not _DAEMON.match(address.partition("@")[0]):
            found[address] = None
    return dict.fromkeys(list(found)[:10])


def _guess_permanent(text: str, subject: str) -> bool:
    head = text[:20_000]
    if match := _STATUS.search(head):
        return match[1] == "5"
    if _TEMPORARY.search(subject[:300]):
        return False
    if match := _CODE.search(head):
        return match[1] == "5"
    return not _TEMPORARY.search(head)


_ID_LINE = re.compile(r"^[ \t>]*message-id:\s*(<[^<>\n]{1,998}>)", re.IGNORECASE | re.MULTILINE)


def _returned_id(mail: Mail, text: str) -> str | None:
    """The Message-ID of the mail that came back: from the returned part, from the text, from In-Reply-To."""
    for part in mail.parts:
        found = _part_id(mail, part)
        if found:
            return found
    if match := _ID_LINE.search(text[:262_144]):
        return message_id(match[1].encode("utf-8", "replace"))
    answered = ids(mail.header.get_all("in-reply-to")) or ids(mail.header.get_all("references"))[-1:]
    return answered[0] if answered else None


def _part_id(mail: Mail, part: Part) -> str | None:
    if part.type in ("text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers"):
        return parse_header(mail.payload(part, 262_144) + b"\n\n").message_id
    if part.inside and part.parent >= 0 and mail.parts[part.parent].type in ("message/rfc822", "message/global"):
        return part.header.message_id
    return None


def attachment(raw: bytes, part: int) -> tuple[str, str, bytes]:
    """`(name, type, bytes)` of the part with this number, as `Attachment.part` counts. IndexError if there is none."""
    mail = parse(raw)
    if not 0 <= part < len(mail.parts):
        raise IndexError(part)
    found = mail.parts[part]
    return found.name, found.type, mail.payload(found)
