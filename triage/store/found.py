"""One word -> the conversations that have it: in their mail, notes and tags. Reads only.

A hit in search.db is a message row; an index of store.db leads from it to the conversation, 0.2 microseconds each.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from typing import Any

from triage.store import rows
from triage.store.companions import attach_search, spaced
from triage.store.database import Store
from triage.store.query import Word

COLUMNS = {"from": "sender", "to": "recipients", "subject": "subject", "file": "files"}
_FROM = "m.sender_name || ' ' || m.sender || ' ' || coalesce(m.customer_name, '') || ' ' || coalesce(m.customer, '')"
_PLAIN = {
    "": f"{_FROM} || ' ' || m.recipients || ' ' || m.subject",
    "from": _FROM,
    "to": "m.recipients",
    "subject": "m.subject",
}
_EVERY_ROW = 1 << 62
_SHORT = 300
_ACCENTS = re.compile("[\u0300-\u036f]+")
WORDS = re.compile(r"[^\W_]+")


class Found:
    """Looks words up, with how far search.db goes read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.indexed = attach_search(store)
        # Read before anything is looked up: what is indexed meanwhile is found twice instead of never.
        known: dict[str, int] = dict(store.all("select name, value from search.progress")) if self.indexed else {}
        self.heads = known.get("heads", 0)
        self.heads_below = known.get("heads_below", _EVERY_ROW)
        self.words_below = known.get("words_below", _EVERY_ROW)
        store.function("says", 3, says)

    def word(self, word: Word) -> set[int]:
        """The conversations with a message, note or tag that has this word."""
        if word.field == "tag":
            return self._tagged(word)
        # The index last: a message leaves what is looked through only when it is in there.
        ids = self._looked_through(word)
        if not word.field:
            ids |= self._tagged(word) | self._noted(word)
        if self.indexed:
            if word.field != "file" and self._needs_heads():
                ids |= self._indexed("heads", word)
            ids |= self._indexed("words", word)
        return ids

    def dated(self, row: int, *, before: bool) -> set[int]:
        """The conversations with a message before this row, or from it on."""
        sign = "<" if before else ">="
        return self._ids(
            f"select json_group_array(conversation) from message indexed by message_conversation where id {sign} :row",  # noqa: S608
            {"row": row},
        )

    def _ids(self, sql: str, parameters: dict[str, Any]) -> set[int]:
        # One JSON text is read in half the time that 100,000 rows take.
        return set(json.loads(self.store.value(sql, parameters)))

    def _needs_heads(self) -> bool:
        """Whether some message has its header words indexed and its text still to come."""
        return self.words_below > 0 or bool(
            self.store.value(
                "select exists (select 1 from message indexed by message_unfetched "
                "where digest is null and arrival <= ?)",
                (self.heads,),
            )
        )

    def _indexed(self, table: str, word: Word) -> set[int]:
        return self._ids(
            f"select json_group_array(m.conversation) from search.{table} w "  # noqa: S608
            "cross join main.message m indexed by message_conversation on m.id = w.rowid "
            f"where w.{table} match :match",
            {"match": expression(word)},
        )

    def _looked_through(self, word: Word) -> set[int]:
        """Header words of the messages that are in no index."""
        if word.field == "file":
            return set()
        text = _PLAIN[word.field]
        here: set[int] = set()
        for source in (
            "indexed by message_unfetched where m.digest is null and m.arrival > :heads",
            "where m.id < :below and m.digest is not null",
        ):
            here |= self._ids(
                f"select json_group_array(m.conversation) from message m {source} and {_saying(text)}",  # noqa: S608
                {"heads": self.heads, "below": self.heads_below, **_said(word)},
            )
        return here

    def _noted(self, word: Word) -> set[int]:
        return self._ids(f"select json_group_array(conversation) from note where {_saying('text')}", _said(word))  # noqa: S608

    def _tagged(self, word: Word) -> set[int]:
        """There are few different tags, on however many conversations."""
        said = _said(word)
        having = [
            tags
            for (tags,) in self.store.all("select distinct tags from conversation where tags <> ''")
            if any(says(tag, said["words"], said["phrase"]) for tag in json.loads(tags))
        ]
        if not having:
            return set()
        return self._ids(
            "select json_group_array(id) from conversation where tags <> '' "
            "and tags in (select value from json_each(:tags))",
            {"tags": json.dumps(having)},
        )


def _said(word: Word) -> dict[str, Any]:
    """The parameters of `_saying`."""
    text = rows.clean(word.text)
    first = normal(text).split()[:1]
    return {"words": text, "phrase": int(word.phrase), "first": first[0] if first and first[0].isascii() else ""}


def _saying(text: str) -> str:
    """A condition: `text` says these words. What is plain ASCII and has not even the letters is passed over quickly."""
    passed = f"(instr(lower({text}), :first) or length({text}) <> length(cast({text} as blob)))"
    return f"{passed} and says({text}, :words, :phrase)"


def expression(word: Word) -> str:
    """A word as FTS5 reads it: always quoted, in its column, and a prefix unless it is a phrase."""
    quoted = '"' + spaced(rows.clean(word.text)).replace('"', '""') + '"'
    column = f"{COLUMNS[word.field]} : " if word.field else ""
    return column + quoted + ("" if word.phrase else " *")


def normal(text: str) -> str:
    """Words as the index has them, one space around each: lower case, without accents, scripts without spaces apart."""
    return _normal(text) if len(text) <= _SHORT else f" {' '.join(WORDS.findall(fold(text)))} "


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return f" {' '.join(WORDS.findall(fold(text)))} "


def fold(text: str) -> str:
    """Lower case without accents, characters of scripts without spaces apart."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", spaced(text)))
    return text.lower()


def says(text: str | None, words: str, phrase: int) -> int:
    """Whether `text` holds these words one after another; the last may go on unless it is a phrase. For SQL."""
    if not text:
        return 0
    wanted = normal(words)
    return int((wanted if phrase else wanted[:-1]) in normal(text))
