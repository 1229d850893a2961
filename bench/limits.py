"""The physical limits: a bare socket that sends the FETCHes sync sends, and bare SQLite writes of the same rows.

Nothing is parsed, nothing decided: what is left is what no mail program on this machine can go below in one thread.
"""

from __future__ import annotations

import random
import socket
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

from bench import kit
from triage.mail.parse import HEADER_FIELDS

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


SCHEMA = """
create table message (id integer primary key, conversation integer, key text, sender text, name text, subject text,
    received integer, size integer, flags integer, ids text);
create index message_key on message (key);
create index message_conversation on message (conversation, received);
create table place (mailbox integer, uid integer, message integer, primary key (mailbox, uid)) without rowid;
create table conversation (id integer primary key, subject text, customer text, status text, waiting integer);
create index conversation_waiting on conversation (waiting);
create table body (id integer primary key, text text);
"""


def sqlite(path: Path, messages: int, bodies: bool, runs: int) -> kit.Measured:
    """Executemany of as many rows as the mailbox holds, in batches of 2,000, with the indexes a queue needs."""
    seconds = []
    for _ in range(runs):
        for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            name.unlink(missing_ok=True)
        rows = made_up_rows(messages)
        texts = made_up_texts(messages) if bodies else []
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.executescript(SCHEMA)
        if bodies:
            db.execute(
                "create virtual table text using fts5 (text, content='', tokenize='unicode61 remove_diacritics 2')"
            )
        begun = time.perf_counter()
        for batch in batches(rows):
            write(db, "insert into message values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", batch)
            write(db, "insert into place values (1, ?, ?)", [(row[0], row[0]) for row in batch])
        for batch in batches(rows[: messages * 3 // 10]):
            write(db, "insert into conversation values (?, ?, ?, 'open', ?)", [(r[0], r[5], r[3], r[6]) for r in batch])
        for batch in batches(texts):
            write(db, "insert into body values (?, ?)", batch)
            write(db, "insert into text (rowid, text) values (?, ?)", batch)
        seconds.append(time.perf_counter() - begun)
        db.close()
    return kit.Measured("bare SQLite" + (" with bodies and FTS5" if bodies else ""), tuple(seconds))


def write(db: sqlite3.Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    db.execute("begin")
    db.executemany(statement, rows)
    db.execute("commit")


def batches(rows: list[tuple[object, ...]], size: int = 2000) -> Iterable[list[tuple[object, ...]]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def made_up_rows(count: int) -> list[tuple[object, ...]]:
    r = random.Random(1)
    return [
        (
            number,
            r.randrange(count * 3 // 10),
            f"{r.getrandbits(256):064x}",
            f"c{number % 11_000}@example.com",
            "Ana Example",
            "Refund for order 12345",
            1_700_000_000_000_000 + number,
            r.randint(2_000, 40_000),
            r.randrange(16),
            f"<{r.getrandbits(60):x}@example.com>",
        )
        for number in range(1, count + 1)
    ]


def made_up_texts(count: int) -> list[tuple[object, ...]]:
    r = random.Random(2)
    words = ["".join(r.choice("abcdefghijklmnop") for _ in range(r.randint(3, 9))) for _ in range(5_000)]
    return [
        (number, " ".join(words[min(4_999, int(r.paretovariate(0.5)))] for _ in range(180)))
        for number in range(1, count + 1)
    ]


def serial(user: str, messages: int, bodies: bool, runs: int) -> kit.Measured:
    """The serial sum of both limits: run by run, headers alone or headers, bodies and full text."""
    network = [fetch(user, HEADERS, runs)] + ([fetch(user, BODIES, runs)] if bodies else [])
    disk = sqlite(kit.PERF / "limit.db", messages, bodies, runs)
    sums = tuple(sum(parts) for parts in zip(*(each.seconds for each in (*network, disk)), strict=True))
    return kit.Measured("limit (socket + SQLite)", sums)
