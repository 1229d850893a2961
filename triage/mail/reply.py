"""A mail's text -> what its writer added, what it quotes, its signature. By whole lines, so that no line is ever lost.

Ours, because mail-parser-reply 1.36 takes 29 s for 20,000 empty lines and drops indentation. One pass, linear in the text.
"""

# ruff: noqa: E501, RUF001

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTE = re.compile(r"^\s{0,3}(?:[>|»](?!\s*$)|>)")
_SIGNATURE = re.compile(r"^(?:-- ?|__ ?|—)$")
_MOBILE = re.compile(
    r"^\W{0,3}(?:sent (?:from|via|with|using) (?:my |the )?[\w\s.@'-]{2,40}|get outlook for (?:ios|android).*|sent by .{2,30} mobile"
    r"|von meinem .{2,30} gesendet|gesendet (?:mit|von|über|aus) .{2,60}|diese nachricht wurde von meinem .{2,60} gesendet"
    r"|envoy(?:é|e)(?:e)? (?:de|depuis|à partir de) .{2,50}|enviado (?:desde|do) (?:mi|meu) .{2,30}|inviato d(?:a|al) .{2,30}"
    r"|verstuurd vanaf (?:mijn )?.{2,30}|verzonden vanaf .{2,30}|skickat från min .{2,30}|sendt fra min .{2,30}|wysłane z .{2,30}"
    r"|отправлено (?:с|из) .{2,30}|iphoneから送信|发自我的.{2,20}|從我的.{2,20}|나의 .{2,20}에서 보냄)\W{0,3}$",
    re.IGNORECASE,
)
# The line a mail program puts above a quotation; it may be broken over four lines.
_WROTE = re.compile(
    r"^\W{0,3}(?:on|am|le|el|il|op|em|den|dnia|w dniu|på|em|le|dne|a)\b.{4,400}"
    r"(?:wrote|writes|schrieb\b.{0,100}|geschrieben|a écrit|escribi(?:ó|o)|ha scritto|scrive|schreef\b.{0,100}|escreveu|skrev\b.{0,100}|napisa(?:ł|l)(?:\(a\))?|napsal(?:\(a\))?|kirjoitti)"
    r"\s?:?\s*$|^.{4,300}(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|написал(?:\(а\))?|пишет|пишеше|kirjoitti|写道|寫道|さんは書きました|작성)\s?[:：]\s*$"
    r"|^\d{4}[-/年].{4,200}<[^<>\s]+@[^<>\s]+>\s*[:：]?\s*$",
    re.IGNORECASE,
)
_WROTE_BEGIN = re.compile(r"^\W{0,3}(?:on|am|le|el|il|op|em|den|dnia|w dniu|på|dne)\s.{0,200}\d", re.IGNORECASE)
_WROTE_END = re.compile(
    r"(?:wrote|writes|schrieb|a écrit|escribi(?:ó|o)|ha scritto|schreef|escreveu|skrev|napisa(?:ł|l)(?:\(a\))?|napsal(?:\(a\))?)\s?:\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^\s*[-_*=]{2,}\s*(?:original message|original appointment|reply message|forwarded message|forwarded by .{1,80}"
    r"|urspr(?:ü|ue)ngliche nachricht|originalnachricht|original-nachricht|weitergeleitete nachricht|message d'origine|message original|message transféré"
    r"|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|origineel bericht|doorgestuurd bericht|mensagem original|ursprungligt meddelande"
    r"|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|исходное сообщение|пересылаемое сообщение|原始邮件|原始郵件|元のメッセージ|original-?mail)\s*[-_*=]{2,}\s*$"
    r"|^begin forwarded message:\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*_{10,}\s*$")
_FIELD = re.compile(
    r"^\s*\*{0,2}(?:(from|von|de|da|van|från|fra|od|lähettäjä|от|发件人|寄件者|差出人|보낸 사람)"
    r"|(sent|gesendet|datum|date|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|skickat|sendt|dato|wysłano|lähetetty|отправлено|дата|发送时间|送信日時|보낸 날짜)"
    r"|(to|an|à|para|a|aan|till|til|do|vastaanottaja|кому|收件人|宛先|받는 사람)|(cc|kopie|kopia|копия)"
    r"|(subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne|emne|temat|aihe|тема|主题|主旨|件名|제목))\s?:?\*{0,2}\s?[:：]\*{0,2}\s*\S?",
    re.IGNORECASE,
)
_MAX_LINE = 1000


@dataclass(frozen=True, slots=True)
class Split:
    """Every line of the text stands in one of the three."""

    new_text: str
    quoted: str
    signature: str


def split(text: str) -> Split:
    """Tell new text, quotation and signature apart.

    Text below a quotation that is marked line by line is new (an answer in between or below); everything below an
    unmarked header of an older mail is quoted.
    """
    lines = text.split("\n")
    kept: list[str] = []
    quoted: list[str] = []
    signature: list[str] = []
    position = 0
    signing = False

    while position < len(lines):
        length = _older(lines, position)
        if length:
            quoted.extend(lines[position : position + length])
            position += length
            signing = False
            continue
        signing = signing or _signs(lines[position])
        (signature if signing else kept).append(lines[position])
        position += 1

    return Split(_join(kept), _join(quoted), _join(signature))


def _older(lines: list[str], position: int) -> int:
    """How many lines from here on are quoted; 0 if this one is not."""
    if _QUOTE.match(lines[position]):
        return 1
    rest = len(lines) - position
    if _opens_original(lines, position):
        return rest

    length = _attribution(lines, position)
    if not length:
        return 0
    below = _next(lines, position + length)
    if below < len(lines) and _QUOTE.match(lines[below]):
        return length
    # Nothing marks what follows: it is all quoted, unless the line stands alone or there is nothing new above it.
    alone = below >= len(lines) or not any(line.strip() for line in lines[:position])
    return 0 if alone else rest


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def _next(lines: list[str], position: int) -> int:
    """The next line with something on it."""
    while position < len(lines) and not lines[position].strip():
        position += 1
    return position


def _attribution(lines: list[str], position: int) -> int:
    """How many lines from here are the line above a quotation ("On Monday, Ana wrote:"); 0 if none."""
    line = lines[position]
    if len(line) > _MAX_LINE or not line.strip():
        return 0
    if line.rstrip()[-1:] in ":：>" and _WROTE.match(line):
        return 1
    if not _WROTE_BEGIN.match(line):
        return 1 if _WROTE.match(line) and line.rstrip().endswith(":") else 0

    for more in range(1, 4):
        if position + more >= len(lines) or not lines[position + more].strip():
            return 0
        if _WROTE_END.search(lines[position + more][-120:]):
            return more + 1
    return 0


def _opens_original(lines: list[str], position: int) -> bool:
    """Whether an unmarked older mail begins here: its separator, or its header fields."""
    line = lines[position][:_MAX_LINE]
    if _ORIGINAL.match(line):
        return True
    if _RULE.match(line):
        return _fields(lines, _next(lines, position + 1)) >= 3
    return _FIELD.match(line) is not None and _fields(lines, position) >= 3


def _fields(lines: list[str], position: int) -> int:
    """How many different fields of a mail's header stand from here on, at most eight lines far; 0 unless From is first."""
    found: set[int] = set()
    for line in lines[position : position + 8]:
        match = _FIELD.match(line[:_MAX_LINE])
        if match is None:
            if not line.strip() and not found:
                continue
            if found and line.strip() and len(found) < 3:
                continue
            break
        found.add(match.lastindex or 0)
        if 1 not in found:
            return 0
    return len(found)


def _signs(line: str) -> bool:
    """Whether a signature begins here (RFC 3676 4.3), or a telephone's footer stands here."""
    if _SIGNATURE.match(line):
        return True
    return len(line) < 120 and _MOBILE.match(line.strip()) is not None
