"""Fills search.db, from which words are found. Only the worker calls this.

The header words of mail whose text is not here yet are one table, every word of mail whose text is here another.
Neither is ever taken back: a message in both is found twice, which is no harm. Nothing here writes to store.db.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from triage.errors import StoreUnwritable
from triage.model import Body, Message
from triage.store import companions, rows
from triage.store.database import Mode, Store
from triage.store.trouble import told

LEFT = 200
"""Messages in no index that a query looks through itself, in 2 ms: so few are not worth a transaction."""

PIECE_HEADS, PIECE_WORDS = 2_000, 200
"""Messages in one transaction of search.db; 20 ms either."""

PUT_HEADS = "insert into heads (rowid, sender, recipients, subject) values (?, ?, ?, ?)"
PUT_WORDS = "insert into words (rowid, sender, recipients, subject, body, files) values (?, ?, ?, ?, ?, ?)"
HEADERS = (
    "select id, arrival, sender_name || ' ' || sender || ' ' || coalesce(customer_name, '') || ' ' || "
    "coalesce(customer, ''), recipients, subject from message "
)

Row = tuple[Any, ...]


def headers(store: Store, pause: Callable[[], bool] = lambda: False) -> bool:
    """Indexes the header words of mail whose text is not here, unless it is only a few. False when paused."""
    if store.mode is not Mode.WORKER or not _many(store, 0):
        return True
    search = _open(store)
    while _many(store, seen := _progress(search, "heads")):
        found = store.all(
            f"{HEADERS} indexed by message_unfetched where digest is null and arrival > ? order by arrival limit ?",
            (seen, PIECE_HEADS),
        )
        _put_heads(store, search, found, "heads", found[-1][1])
        if pause():
            return False
    return True


def _many(store: Store, seen: int) -> bool:
    """Whether more messages without their text arrived after `seen` than a query should look through."""
    count = store.value(
        "select count(*) from ("
        "select 1 from message indexed by message_unfetched where digest is null and arrival > ? limit ?)",
        (seen, LEFT + 1),
    )
    return int(count) > LEFT


def words(store: Store, items: Iterable[tuple[int, Message, Body]]) -> None:
    """Indexes every word of these message rows. Done again it changes nothing."""
    if store.mode is not Mode.WORKER:
        return
    search = _open(store)
    with told(store.beside(companions.SEARCH)):
        _put_words(search, {row: _words(row, message, body) for row, message, body in items}, None)


def refill(store: Store, pause: Callable[[], bool] = lambda: False) -> bool:
    """Indexes mail that is here and in no index, newest first, because search.db was lost. False when paused.

    First all headers, a second's work at 100,000 messages, then every word from mail.db. What that lost is indexed when
    it was fetched again.
    """
    search = _open(store)
    while below := _progress(search, "heads_below"):
        found = store.all(
            f"{HEADERS} where id < ? and digest is not null order by id desc limit ?", (below, PIECE_HEADS)
        )
        _put_heads(store, search, found, "heads_below", found[-1][0] if found else 0)
        if pause():
            return False
    while below := _progress(search, "words_below"):
        _refill_words(store, search, below)
        if pause():
            return False
    return True


def _refill_words(store: Store, search: sqlite3.Connection, below: int) -> None:
    found = store.all(f"{HEADERS} where id < ? and digest is not null order by id desc limit ?", (below, PIECE_WORDS))
    here: dict[int, Row] = {}
    mail = companions.mail(store)
    if mail is not None:
        with told(store.beside(companions.MAIL)):
            texts = {
                row[0]: row[1:]
                for row in mail.execute(
                    "select id, text, attachments from body where id in (select value from json_each(?))",
                    (rows.numbers(row[0] for row in found),),
                ).fetchall()
            }
        for row, _, sender, recipients, subject in found:
            if row in texts:
                text, files = texts[row]
                names = "\n".join(one[0] for one in json.loads(files)) if files else ""
                here[row] = _row(row, sender, _people(recipients), subject, text, names)
    with told(store.beside(companions.SEARCH)):
        _put_words(search, here, found[-1][0] if found else 0)


def _open(store: Store) -> sqlite3.Connection:
    """search.db, knowing how far it goes: one made anew beside mail that is here has all of that to do."""
    search = companions.search(store)
    if search is None:
        raise StoreUnwritable("Words are indexed by the worker alone.")
    if "indexing" not in store.notes:
        with told(store.beside(companions.SEARCH)):
            if not search.execute("select count(*) from progress").fetchone()[0]:
                last = store.value("select max(id) from message where digest is not null")
                below = 0 if last is None else last + 1
                search.execute("begin immediate")
                search.executemany(
                    "insert into progress (name, value) values (?, ?)",
                    [("heads", 0), ("heads_below", below), ("words_below", below)],
                )
                search.execute("commit")
        store.notes.add("indexing")
    return search


def _progress(search: sqlite3.Connection, name: str) -> int:
    return int(search.execute("select value from progress where name = ?", (name,)).fetchone()[0])


def _put_heads(store: Store, search: sqlite3.Connection, found: list[Row], name: str, reached: int) -> None:
    with told(store.beside(companions.SEARCH)):
        there = _there(search, "select rowid from heads where rowid in (select value from json_each(?))", found)
        new = [_row(row, who, _people(to), subject) for row, _, who, to, subject in found if row not in there]
        search.execute("begin immediate")
        # Upwards: FTS5 starts another segment for every row that is lower than the one before.
        search.executemany(PUT_HEADS, sorted(new))
        search.execute("update progress set value = ? where name = ?", (reached, name))
        search.execute("commit")


def _put_words(search: sqlite3.Connection, values: dict[int, Row], below: int | None) -> None:
    there = _there(
        search, "select rowid from words where rowid in (select value from json_each(?))", list(values.values())
    )
    search.execute("begin immediate")
    search.executemany(PUT_WORDS, [values[row] for row in sorted(values) if row not in there])
    if below is not None:
        search.execute("update progress set value = ? where name = 'words_below'", (below,))
    search.execute("commit")


def _there(search: sqlite3.Connection, sql: str, found: Sequence[Row]) -> set[int]:
    return {row[0] for row in search.execute(sql, (rows.numbers(row[0] for row in found),)).fetchall()}


def _people(recipients: str) -> str:
    """The column `recipients` as words; only an escape in the JSON could be taken for one."""
    if "\\" in recipients:
        return " ".join(part for who in json.loads(recipients) for part in who)
    return recipients


def _row(row: int, *texts: str) -> Row:
    return (row, *map(companions.spaced, texts))


def _words(row: int, message: Message, body: Body) -> Row:
    people = [message.sender] if message.customer is None else [message.sender, message.customer]
    texts = (
        " ".join(f"{who.name} {who.address}" for who in people),
        " ".join(f"{who.name} {who.address}" for who in message.recipients),
        message.subject,
        body.text,
        "\n".join(attachment.name for attachment in body.attachments),
    )
    return _row(row, *map(rows.clean, texts))
