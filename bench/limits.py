"""The physical limits: a bare socket that sends the FETCHes sync sends, and bare SQLite writes of the same rows.

Nothing is parsed, nothing decided: what is left is what no mail program on this machine can go below in one thread.
"""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

from bench import kit
from triage.mail.parse import HEADER_FIELDS
from triage.store import schema

HEADERS = f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({' '.join(HEADER_FIELDS)})])"
BODIES = "(UID BODY.PEEK[])"


class Bare:
    """One logged-in connection that throws away what it receives."""

    def __init__(self, user: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", kit.PORT), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray(1 << 20)
        self.socket.recv(4096)
        self.command(f"LOGIN {user} pass")
        self.command("EXAMINE INBOX")

    def command(self, line: str) -> None:
        self.socket.sendall(b"T1 " + line.encode() + b"\r\n")
        view, tail = memoryview(self.buffer), b""
        while True:
            count = self.socket.recv_into(view)
            if not count:
                raise SystemExit("the server closed the connection")
            tail = (tail + bytes(view[max(0, count - 2000) : count]))[-2000:]
            start = tail.rfind(b"T1 ")
            if start >= 0 and tail.endswith(b"\r\n") and (start == 0 or tail[start - 1 : start] == b"\n"):
                return


def fetch(user: str, items: str, runs: int) -> kit.Measured:
    """FETCH of every message of INBOX with the given items, on a connection each."""
    seconds = []
    for _ in range(runs):
        bare = Bare(user)
        begun = time.perf_counter()
        bare.command(f"FETCH 1:* {items}")
        seconds.append(time.perf_counter() - begun)
        bare.socket.close()
    return kit.Measured("bare socket", tuple(seconds))


TABLES = ("message", "place", "thread_node", "conversation_id", "conversation")


def sqlite(filled: Path, bodies: bool, runs: int) -> kit.Measured:
    """Executemany of the rows of a filled store into an empty one of the same schema, 2,000 a transaction.

    With `bodies` also the rows of its mail.db, and FTS5 of their texts. Reading the rows is not counted.
    """
    name = "bare SQLite, the same rows" + (" with bodies and FTS5" if bodies else "")
    return kit.Measured(name, tuple(written(filled, bodies) for _ in range(runs)))


def written(filled: Path, bodies: bool) -> float:
    """Seconds of one such copy."""
    target = kit.PERF / "limit.db"
    for name in (target, target.with_name(target.name + "-wal"), target.with_name(target.name + "-shm")):
        name.unlink(missing_ok=True)
    source = sqlite3.connect(filled)
    db = sqlite3.connect(target, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = normal")
    for statement in (*schema.FIRST, *(schema.MAIL if bodies else ())):
        db.execute(statement)
    if bodies:
        db.execute(
            "create virtual table full_text using fts5 (words, content='', tokenize='unicode61 remove_diacritics 2')"
        )
    took = sum(copied(source, db, table) for table in TABLES)
    if bodies:
        source = sqlite3.connect(filled.with_name("mail.db"))
        took += copied(source, db, "body") + indexed(source, db)
    db.close()
    return took


def copied(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> float:
    """Seconds to write all rows of a table, in the order a first sync writes them: newest first."""
    rows = source.execute(f"select * from {table} order by 1 desc").fetchall()
    marks = ", ".join("?" * len(rows[0]))
    begun = time.perf_counter()
    for batch in batches(rows):
        write(target, f"insert into {table} values ({marks})", batch)
    return time.perf_counter() - begun


def indexed(source: sqlite3.Connection, target: sqlite3.Connection) -> float:
    """Seconds to index every text."""
    rows = source.execute("select id, text from body order by id").fetchall()
    begun = time.perf_counter()
    for batch in batches(rows):
        write(target, "insert into full_text (rowid, words) values (?, ?)", batch)
    return time.perf_counter() - begun


def write(db: sqlite3.Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    db.execute("begin")
    db.executemany(statement, rows)
    db.execute("commit")


def batches(rows: list[tuple[object, ...]], size: int = 2000) -> Iterable[list[tuple[object, ...]]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def serial(user: str, filled: Path, bodies: bool, runs: int) -> kit.Measured:
    """The serial sum of both limits: run by run, headers alone or headers, bodies and full text."""
    network = [fetch(user, HEADERS, runs)] + ([fetch(user, BODIES, runs)] if bodies else [])
    disk = sqlite(filled, bodies, runs)
    for part in (*network, disk):
        print("  of the limit, " + part.words())
    sums = tuple(sum(parts) for parts in zip(*(each.seconds for each in (*network, disk)), strict=True))
    return kit.Measured("limit (socket + SQLite)", sums)
