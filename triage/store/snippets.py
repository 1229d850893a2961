"""The text around what was found: of the newest message that has it, of a note, else the subject."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from triage.store import companions, rows
from triage.store.database import Store
from triage.store.found import WORDS, normal
from triage.store.query import Word
from triage.store.trouble import told

MESSAGES = 50
"""The newest messages of a conversation that are read for it."""
AT_ONCE = 200
CHARACTERS = 120
_ANY_ACCENT = "[\u0300-\u036f]*"

HEADS = "select id, subject, note from conversation where id in (select value from json_each(?))"
NEWEST = (
    "select c.id, m.id from conversation c cross join message m on m.thread = c.thread and m.conversation = c.id "
    "where c.id in (select value from json_each(?)) order by m.id desc"
)


def snippets(store: Store, ids: Sequence[int], words: Sequence[Word]) -> Iterator[str]:
    """One snippet for each of these conversations, around the first of `words` that is found."""
    mail = companions.mail(store)
    for start in range(0, len(ids), AT_ONCE):
        piece = ids[start : start + AT_ONCE]
        known = {row[0]: row for row in store.all(HEADS, (rows.numbers(piece),))}
        messages: dict[int, list[int]] = {id: [] for id in piece}
        for id, message in store.all(NEWEST, (rows.numbers(piece),)):
            messages[id].append(message)
        with told(store.beside(companions.MAIL)):
            for id in piece:
                _, subject, note = known.get(id, (id, "", ""))
                yield _snippet(_Texts(mail, messages[id][:MESSAGES]), [note or "", subject], words)


class _Texts:
    """What the messages of a conversation say, newest first, read only as far as somebody looks."""

    def __init__(self, mail: sqlite3.Connection | None, messages: Sequence[int]) -> None:
        self._mail = mail
        self._messages = messages if mail is not None else []
        self._read: list[tuple[Any, ...] | None] = []

    def all(self) -> Iterator[str]:
        for at in range(len(self._messages)):
            if (row := self._row(at)) is not None:
                yield row[0]

    def newest(self) -> str | None:
        """The new text of the newest message, None where it is not here."""
        row = self._row(0) if self._messages else None
        return None if row is None else str(row[0] if row[1] is None else row[1])

    def _row(self, at: int) -> tuple[Any, ...] | None:
        while len(self._read) <= at and self._mail is not None:
            wanted = (self._messages[len(self._read)],)
            self._read.append(self._mail.execute("select text, new_text from body where id = ?", wanted).fetchone())
        return self._read[at]


def _snippet(texts: _Texts, others: list[str], words: Sequence[Word]) -> str:
    for word in words:
        for text in (*texts.all(), *others):
            if (place := _place(text, word)) is not None:
                return _cut(text, place)
    newest = texts.newest()
    return others[-1] if newest is None else _cut(newest, 0)


def _place(text: str, word: Word) -> int | None:
    """Where `text` has the word, None where it has not."""
    first, pattern = _pattern(word)
    if text.isascii():
        lowered = text.lower()
        # A plain look for the letters costs a tenth of what the pattern does.
        found = pattern.search(lowered) if first in lowered else None
    else:
        found = pattern.search(unicodedata.normalize("NFKD", text).lower())
    return None if found is None else min(found.start(), len(text))


@lru_cache(maxsize=64)
def _pattern(word: Word) -> tuple[str, re.Pattern[str]]:
    """The first of its parts, and a pattern for all of them, any letter with any accent on it."""
    parts = WORDS.findall(normal(rows.clean(word.text)))
    spelt = [_ANY_ACCENT.join(map(re.escape, part)) + _ANY_ACCENT for part in parts]
    end = r"(?![^\W_])" if word.phrase else ""
    return parts[0] if parts else "", re.compile(r"(?<![^\W_])" + r"[\W_]*".join(spelt) + end)


def _cut(text: str, place: int) -> str:
    start = max(0, place - CHARACTERS // 3)
    piece = " ".join(text[start : start + CHARACTERS].split())
    return ("..." if start else "") + piece + ("..." if start + CHARACTERS < len(text) else "")
