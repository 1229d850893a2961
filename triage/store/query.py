"""The words of a query (CLI.md, QUERY) -> a tree. Pure: any text either parses or raises UsageError."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from triage.errors import UsageError

FIELDS = ("from", "to", "subject", "tag", "before", "after", "file", "is", "has")
MEASURES = ("waiting", "quiet", "reopened")
IS = (
    *("open", "pending", "parked", "closed", "spam", "snoozed", "fresh", "aging", "stale", "moldy", "waiting"),
    *("ours", "theirs", "chased", "bounced", "thanks", "new", "machine", "moved", "history", "partial"),
)
HAS = ("note", "draft", "attachment", "promise")
DEPTH = 50
"""How deep parentheses and minus signs may nest."""
TERMS = 200
"""How many words a query may have."""

_TOKEN = re.compile(r'\s+|(?P<open>\()|(?P<close>\))|(?P<not>-(?=["(\w]))|(?P<word>(?:"[^"]*"?|[^\s()"])+)')
_NAMED = re.compile(r"(?P<name>[A-Za-z]+)(?P<sign>:|>=|<=|>|<)(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """Text to find: anywhere, or in `field` (from, to, subject, file, tag). A phrase is whole, a word also a prefix."""

    text: str
    field: str = ""
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """`is:` or `has:` something, or before: or after: a date."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Measure:
    """waiting, quiet (a span) or reopened (a count), compared by `sign`."""

    name: str
    sign: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Query, ...]


Query = Word | Fact | Measure | Not | All | Either


def parse(text: str) -> Query:
    """The query as a tree; the empty one is `All(())`, which everything matches.

    Raises UsageError for an unknown word (naming the nearest known one), a stray parenthesis, a value that cannot be.
    """
    parser = _Parser(_tokens(text))
    query = parser.either(0)
    if parser.place < len(parser.tokens):
        raise UsageError("A ) has no ( before it.")
    return query


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    for match in _TOKEN.finditer(text.replace("\0", " ")):
        if match.lastgroup is not None:
            found.append((match.lastgroup, match[0]))
    if len(found) > TERMS:
        raise UsageError(f"A query has at most {TERMS} words.")
    return found


class _Parser:
    """Recursive descent: either := all (or all)*; all := (and? term)*; term := -term | ( either ) | word."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.place = 0

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def _is(self, word: str) -> bool:
        kind, text = self._peek()
        return kind == "word" and text.lower() == word

    def either(self, depth: int) -> Query:
        if depth > DEPTH:
            raise UsageError("The parentheses nest too deep.")
        parts = [self._all(depth)]
        while self._is("or"):
            self.place += 1
            parts.append(self._all(depth))
        if len(parts) > 1 and any(part == All(()) for part in parts):
            raise UsageError('"or" stands between two words; write "or" in quotes to look for it.')
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self, depth: int) -> Query:
        parts: list[Query] = []
        while True:
            kind, _ = self._peek()
            if kind in ("end", "close") or self._is("or"):
                break
            if self._is("and"):
                self.place += 1
                continue
            parts.append(self._term(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _term(self, depth: int) -> Query:
        if depth > DEPTH:
            raise UsageError("The parentheses nest too deep.")
        kind, text = self._peek()
        if kind == "end":
            raise UsageError("The query ends where a word is missing.")
        if kind == "close":
            raise UsageError("A ) stands where a word is missing.")
        self.place += 1
        if kind == "not":
            return Not(self._term(depth + 1))
        if kind == "open":
            inner = self.either(depth + 1)
            if self._peek()[0] != "close":
                raise UsageError("A ( is never closed.")
            self.place += 1
            return inner
        return _word(text)


def _word(text: str) -> Query:
    named = None if text.startswith('"') else _NAMED.fullmatch(text)
    if named is None or named["value"].startswith("//"):
        return _text(text, "")
    name, sign, value = named["name"].lower(), named["sign"], named["value"]
    if sign == ":":
        return _field(name, value, text)
    if name not in MEASURES:
        raise UsageError(_unknown(name, MEASURES, text))
    return _measure(name, sign, value)


def _field(name: str, value: str, text: str) -> Query:
    if name not in FIELDS:
        hint = f"{name}>" if name in MEASURES else ""
        raise UsageError(f'"{text}": write {hint}3d.' if hint else _unknown(name, FIELDS, text))
    if name in ("is", "has"):
        known = IS if name == "is" else HAS
        if value.lower() not in known:
            raise UsageError(_unknown(value.lower(), known, text))
        return Fact(name, value.lower())
    if not value.strip('" '):
        raise UsageError(f'"{text}" names nothing to look for.')
    if name in ("before", "after"):
        return Fact(name, value.strip('"'))
    return _text(value, name)


def _text(text: str, field: str) -> Query:
    phrase = text.startswith('"')
    plain = text.replace('"', " ").strip()
    if not any(character.isalnum() for character in plain):
        raise UsageError(f"{text or 'Nothing'} has no letter or digit to look for.")
    return Word(plain, field, phrase)


def _measure(name: str, sign: str, value: str) -> Query:
    if name == "reopened":
        if not value.isascii() or not value.isdigit() or len(value) > 6:
            raise UsageError(f'"{name}{sign}{value}": write a count, for example reopened>2.')
        return Measure(name, sign, value)
    from triage.policy.when import parse_span

    parse_span(value)
    return Measure(name, sign, value.strip().lower())


def _unknown(word: str, known: tuple[str, ...], text: str) -> str:
    nearest = get_close_matches(word, known, n=1, cutoff=0.0)
    hint = f'did you mean "{nearest[0]}"? ' if nearest else ""
    return f'"{text}": {hint}Known are {", ".join(known)}. Put quotes around text that has a colon or a sign.'
