"""A mail's text -> what its writer added, what it quotes, its signature. By whole lines, so that no line is ever lost.

Ours, because mail-parser-reply 1.36 takes 29 s for 20,000 empty lines and drops indentation. One pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.mail import languages
from triage.mail.languages import any_of

_QUOTE = re.compile(r"\s{0,3}(?:>|[|»](?!\s*$))")
_SIGNATURE = re.compile(r"(?:-- ?|__ ?|—)$")
_FOOTER = re.compile(r"\W{0,3}" + any_of(languages.FOOTERS) + r"\W{0,3}$", re.IGNORECASE)

# The line a mail program puts above a quotation; it may be broken over four lines.
_BEGINS = any_of(dict.fromkeys(languages.WROTE_BEGINS))
_WROTE = any_of(languages.WROTE)
_ATTRIBUTION = re.compile(
    r"\W{0,6}" + _BEGINS + r"\b.{4,400}" + _WROTE + r"\s?[:\uff1a]?(?:\s?-+)?\s*$"
    r"|.{4,300}" + _WROTE + r"\s?[:\uff1a]\s*$"
    r"|.{2,200}(?:schrieb|wrote|skrev|schreef|написал\w?)\s(?:am|on|den|op|в)?\s?.{4,80}\d.{0,40}[:\uff1a]\s*$"
    r"|\d{1,4}[-/.\s年].{4,200}<\s?[^<>\s]{3,200}>\s*[:\uff1a]?\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\s*[-_*=]{2,}\s*" + any_of(languages.ORIGINAL) + r"\s*[-_*=]{2,}\s*$|begin forwarded message:\s*$", re.IGNORECASE
)
_RULE = re.compile(r"\s*[_-]{10,}\s*$")
_FIELD = re.compile(
    r"\s*\*{0,2}(?:"
    + "|".join(
        "(" + "|".join(names) + ")"
        for names in (languages.FROM, languages.SENT, languages.TO, languages.CC, languages.SUBJECT)
    )
    + r")\s?\*{0,2}\s?[:\uff1a]",
    re.IGNORECASE,
)
_MAX_LINE = 1000
_ENDINGS = ":\uff1a>-"
# What the first of several lines of an attribution holds: a date or an address.
_HINT = re.compile(r"\d|<|\w@\w")


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
        line = lines[position]
        # Most lines of long mails are quoted or empty: those take no function call.
        length = 1 if line[:1] == ">" else _older(lines, position) if line else 0
        if length:
            quoted.extend(lines[position : position + length])
            position += length
            signing = False
            continue
        signing = signing or _signs(line)
        (signature if signing else kept).append(line)
        position += 1

    return Split(_join(kept), _join(quoted), _join(signature))


def _older(lines: list[str], position: int) -> int:
    """How many lines from here on are quoted; 0 if this one is not."""
    line = lines[position].strip()
    if not line or len(line) > _MAX_LINE:
        return 1 if line[:1] == ">" else 0
    if line[0] in ">|»" and _QUOTE.match(lines[position]):
        return 1
    rest = len(lines) - position
    if _opens_original(lines, position, line):
        return rest

    length = _attribution(lines, position, line)
    if not length:
        return 0
    below = _next(lines, position + length)
    if below < len(lines) and _QUOTE.match(lines[below]):
        return length
    # Nothing marks what follows: it is all quoted, unless the line stands alone or there is nothing new above it.
    alone = below >= len(lines) or not any(above.strip() for above in lines[:position])
    return 0 if alone else rest


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def _next(lines: list[str], position: int) -> int:
    """The next line with something on it."""
    while position < len(lines) and not lines[position].strip():
        position += 1
    return position


def _attribution(lines: list[str], position: int, line: str) -> int:
    """How many lines from here are the line above a quotation ("On Monday, Ana wrote:"); 0 if none. `line` is the bare
    first one."""
    if line[-1] in _ENDINGS and _ATTRIBUTION.match(line):
        return 1
    if not _HINT.search(line):
        return 0

    whole = line
    for more in range(1, 4):
        following = lines[position + more].strip() if position + more < len(lines) else ""
        if not following or (following[0] == ">" and following != ">:") or len(whole) > 400:
            return 0
        whole += " " + following
        if following[-1] in _ENDINGS:
            return more + 1 if _ATTRIBUTION.match(whole) else 0
    return 0


def _opens_original(lines: list[str], position: int, line: str) -> bool:
    """Whether an unmarked older mail begins here: its separator, or its header fields."""
    if line[0] in "-_*=bB" and _ORIGINAL.match(line):
        return True
    if line[0] in "_-" and _RULE.match(line):
        return _fields(lines, _next(lines, position + 1)) >= 3
    if ":" not in line[:40] and "\uff1a" not in line[:40]:
        return False
    return _FIELD.match(line) is not None and _fields(lines, position) >= 3


def _fields(lines: list[str], position: int) -> int:
    """How many different fields of a mail's header stand from here on, at most eight lines; 0 unless From is first."""
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
    if not line:
        return False
    if line[0] in "-_\u2014" and _SIGNATURE.match(line):
        return True
    return len(line) < 120 and _FOOTER.match(line.strip()) is not None
