"""What a mail says: its text from plain and HTML parts, split into new text, quotation, signature; its attachments."""

from __future__ import annotations

from triage.mail import html, reply
from triage.mail.parse import MAX_TEXT, Mail, Part
from triage.model import Attachment, Body

_TEXT_TYPES = ("text/plain", "text/html", "text/enriched", "text/richtext")
_SEALED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


def read(mail: Mail) -> Body:
    """Never raises, whatever the mail is; what was cut or repaired stands in `problems`."""
    problems = dict.fromkeys(mail.problems)
    if mail.parts[0].type in _SEALED:
        problems["encrypted"] = None
    shown = _shown(mail)
    texts: list[str] = []
    sources: list[str] = []
    size = 0

    for part in shown:
        if size >= MAX_TEXT:
            problems["text cut at 1 MB"] = None
            break
        text, problem = mail.text(part)
        if problem:
            problems[problem] = None
        if part.type == "text/html":
            sources.append(text)
            text = html.to_text(text)
        text = text.strip("\n")
        if text.strip():
            texts.append(text[: MAX_TEXT - size])
            size += len(texts[-1])

    if not sources:
        sources = [mail.text(part)[0] for part in mail.parts if _is_text(part) and part.type == "text/html"][:1]
    whole = "\n\n".join(texts)
    split = reply.split(whole)
    return Body(
        text=whole,
        new_text=split.new_text,
        quoted=split.quoted,
        signature=split.signature,
        html="\n".join(sources)[:MAX_TEXT],
        attachments=_attachments(mail, shown),
        problems=tuple(problems),
        digest=mail.digest(),
    )


def _is_text(part: Part) -> bool:
    return part.type in _TEXT_TYPES and not part.inside and part.disposition != "attachment"


def _shown(mail: Mail) -> list[Part]:
    """The parts whose text is the mail's: of alternatives the plain one if it says anything, else the HTML one."""
    chosen: list[Part] = []
    alternatives: dict[int, list[Part]] = {}
    for part in mail.parts:
        if not _is_text(part):
            continue
        above = _alternative(mail, part)
        if above < 0:
            # A named text part beside others is a file that is shown, not the mail's own words.
            if not (part.name and chosen):
                chosen.append(part)
            continue
        if above not in alternatives:
            alternatives[above] = []
            chosen.append(part)
        alternatives[above].append(part)

    best = {parts[0].number: _best(mail, parts) for parts in alternatives.values()}
    return [shown for part in chosen for shown in best.get(part.number, [part])]


def _alternative(mail: Mail, part: Part) -> int:
    """The number of the outermost multipart/alternative around a part, -1 where there is none."""
    found = -1
    above = part.parent
    while above >= 0:
        if mail.parts[above].type == "multipart/alternative":
            found = above
        above = mail.parts[above].parent
    return found


def _best(mail: Mail, parts: list[Part]) -> list[Part]:
    plain = [part for part in parts if part.type != "text/html"]
    if any(mail.payload(part, 4096).strip() for part in plain):
        return plain
    return [part for part in parts if part.type == "text/html"] or plain


def _attachments(mail: Mail, shown: list[Part]) -> tuple[Attachment, ...]:
    """Everything that is neither structure nor shown text; of a message inside, the message alone."""
    numbers = {part.number for part in shown}
    found: list[Attachment] = []
    for part in mail.parts:
        if part.inside or part.number in numbers or part.type.startswith("multipart/"):
            continue
        if _is_text(part) and _alternative(mail, part) >= 0:
            continue
        if part.number == 0 and not mail.raw_body(part).strip():
            continue
        inline = part.disposition == "inline" or (
            bool(part.header.first("content-id")) and part.disposition != "attachment"
        )
        found.append(Attachment(part.name, part.type, mail.size(part), part.number, inline))
    return tuple(found)
