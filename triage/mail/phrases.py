"""What a mail's words say, in several languages: does it ask something, does it only thank.

Both err to one side on purpose: a mail that only might ask counts as asking, one that only might thank does not.
"""

from __future__ import annotations

import re

from triage.mail import languages
from triage.mail.languages import any_of

_QUESTION = re.compile("[?\uff1f\u061f\u055e\u1367\u2047-\u2049\u00bf]")
_REQUEST = re.compile(r"\b" + any_of(languages.REQUESTS) + r"\b|" + any_of(languages.REQUESTS_ANYWHERE), re.IGNORECASE)
_STOCK = re.compile(r"\b" + any_of(languages.STOCK), re.IGNORECASE)
_THANKS = re.compile(r"\b" + any_of(languages.THANKS) + r"\b|" + any_of(languages.THANKS_ANYWHERE), re.IGNORECASE)
_NEWS = re.compile(r"\b" + any_of(languages.NEWS) + r"\b|" + any_of(languages.NEWS_ANYWHERE), re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_MAX_TEXT = 32_768
_MAX_THANKS_WORDS = 30
_MAX_CLAUSE_WORDS = 14
_CLAUSE = re.compile("[.!,;:\n\u2026\u3002\uff01\uff0c]+|\\s[-\u2013]\\s")
_BESIDE = re.compile(
    any_of(languages.GREETINGS)
    + r"\b.{0,40}$|"
    + any_of(languages.CLOSINGS)
    + r"$|.{0,60}\b"
    + any_of(languages.CONTENT)
    + r"\b.{0,40}$",
    re.IGNORECASE | re.DOTALL,
)


def asks(text: str) -> bool:
    """Whether new text asks something. Links and stock phrases ("any questions, let us know") do not count."""
    text = _without_links(text[:_MAX_TEXT])
    if not _asking(text):
        return False
    plain, stock = _STOCK.subn(" ", text)
    return not stock or _asking(plain)


def _asking(text: str) -> bool:
    return _QUESTION.search(text) is not None or _REQUEST.search(text) is not None


def _without_links(text: str) -> str:
    """The text without words that are addresses; their question marks ask nothing."""
    if "@" not in text and "://" not in text and "www." not in text:
        return text
    return "\n".join(" ".join(word for word in line.split() if not _is_link(word)) for line in text.split("\n"))


def _is_link(word: str) -> bool:
    return "@" in word or "://" in word or word.startswith("www.")


def only_thanks(text: str) -> bool:
    """Whether new text probably only thanks: short, thanking, without a question and without a turn such as "but"."""
    text = text.strip()
    if not text or len(text) > 300 or len(text.split()) > _MAX_THANKS_WORDS:
        return False
    if not _THANKS.search(text) or _NUMBER.search(text) or _without_links(text) != text:
        return False
    return not _NEWS.search(text) and not asks(text) and _nothing_more(text)


def _nothing_more(text: str) -> bool:
    """Whether every clause thanks, is content, greets, closes, or is a name below the thanks."""
    thanked = False
    for clause in _CLAUSE.split(text):
        words = clause.split()
        if _THANKS.search(clause) and len(words) <= _MAX_CLAUSE_WORDS:
            thanked = True
        elif words and not _BESIDE.match(clause.strip()) and not (thanked and len(words) <= 2):
            return False
    return thanked
