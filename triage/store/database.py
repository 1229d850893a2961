"""The store as a file: open, transaction, upgrade, backup, check, rebuild. What rows mean is for the other modules.

Nothing here keeps a read open: every query is fetched whole. Writers start with `begin immediate` and try again every
half millisecond, because SQLite's own busy handler sleeps up to 100 ms.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from triage.errors import StoreDamaged, StoreLocked, StoreTooNew
from triage.model import Desk, Limits
from triage.store import schema
from triage.store.locks import GiveWay, worker_lock, worker_running
from triage.store.trouble import damaged, explain, is_busy, locked, told

__all__ = ["Mode", "Store", "backup", "check", "open_store", "rebuild", "worker_lock", "worker_running"]

PATIENCE_SECONDS = 10.0
DEFAULT_LIMITS = Limits()
CHECKPOINT_CHANGES = 20_000
CHECKPOINT_SECONDS = 60.0

HOLD_SECONDS = 0.006
"""What a transaction of the worker aims at; the promise to a key is 10 ms (DESIGN.md, *Keys before mail*)."""
PACE_FIRST, PACE_LEAST, PACE_MOST = 100, 40, 3000

Row = tuple[Any, ...]
Parameters = Sequence[Any] | dict[str, Any]
Item = TypeVar("Item")


class Mode(StrEnum):
    """Who opens the store. A worker gives way to the other two, syncs less to disk and does the checkpoints."""

    SCREEN = "screen"
    WORKER = "worker"
    COMMAND = "command"


class Store:
    """An open store. One connection, one thread. `desk` and `limits` are what the fold needs to know about us.

    `push` are the goals the configuration allows now (`sync.push`); decisions make outbox rows for no others.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, desk: Desk, limits: Limits, mode: Mode, machine: str
    ) -> None:
        self.path = path
        self.desk = desk
        self.limits = limits
        self.mode = mode
        self.machine = machine
        self.push: frozenset[str] = frozenset()
        self.companions: dict[str, sqlite3.Connection] = {}
        self.held_seconds = 0.0
        self.pace: dict[str, int] = {}
        self.notes: set[str] = set()
        self.bodies_done_at: int | None = None
        self._checkpointed_changes = 0
        self._checkpointed_at = time.monotonic()
        self._connection = connection
        self._give_way = GiveWay(path.with_name("give-way"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for connection in self.companions.values():
            connection.close()
        self.companions.clear()
        self._connection.close()
        self._give_way.close()

    def beside(self, name: str) -> Path:
        """The file `name` beside store.db."""
        return self.path.with_name(name)

    def data_version(self) -> int:
        """Moves when another connection commits; costs 4 microseconds."""
        return int(self.value("pragma data_version"))

    def all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query; no read stays open behind it."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        rows = self.all(sql, parameters)
        return rows[0] if rows else None

    def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401
        """The first column of the first row, None where there is none."""
        rows = self.all(sql, parameters)
        return rows[0][0] if rows else None

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Executes one statement inside `transaction` and says how many rows it changed."""
        try:
            return self._connection.execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Executes one insert inside `transaction` and returns the new row's number."""
        try:
            return int(self._connection.execute(sql, parameters).lastrowid or 0)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def function(self, name: str, arguments: int, call: Any) -> None:  # noqa: ANN401
        """Makes a pure Python function known to SQL."""
        self._connection.create_function(name, arguments, call, deterministic=True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. A screen or command asks the worker to give way; a worker gives way first.

        Raises StoreLocked after 10 seconds, StoreUnwritable when it cannot be written; nothing is changed then.
        `held_seconds` says afterwards how long the lock was held.
        """
        if self.mode is Mode.WORKER:
            self._give_way.given()
            with self._locked():
                yield
            self._checkpoint()
            return
        with self._give_way.asked(), self._locked():
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        begin_immediate(self._connection, self.path)
        began = time.perf_counter()
        try:
            yield
            with told(self.path):
                self._connection.execute("commit")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise
        finally:
            self.held_seconds = time.perf_counter() - began

    def _checkpoint(self) -> None:
        """Moves the log into the file now and then: each time costs two fsyncs, and a long log costs only space.

        By what this worker wrote, or by time where the screens wrote it; the file's length alone says nothing, for it
        never shrinks. Passive: it waits for nobody and blocks no writer.
        """
        written = self._connection.total_changes - self._checkpointed_changes
        if written < CHECKPOINT_CHANGES and time.monotonic() - self._checkpointed_at < CHECKPOINT_SECONDS:
            return
        self._checkpointed_changes = self._connection.total_changes
        self._checkpointed_at = time.monotonic()
        self.checkpoint()

    def checkpoint(self, how: str = "passive") -> None:
        """`how` is passive, or truncate (which forgets what struck rows had in the log)."""
        statement = {
            "passive": "pragma wal_checkpoint(passive)",
            "truncate": "pragma wal_checkpoint(truncate)",
        }[how]
        try:
            self._connection.execute(statement).fetchall()
        except sqlite3.Error as error:
            if not is_busy(error):
                raise explain(error, self.path) from error

    def paced(self, what: str, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        """Cuts a worker's work into pieces that hold the lock for about 6 ms, by what the last ones took."""
        start = 0
        while start < len(items):
            piece = items[start : start + self.pace_of(what)]
            yield piece
            self.keep_pace(what, len(piece))
            start += len(piece)

    def pace_of(self, what: str) -> int:
        """How many rows of this kind of work the next transaction should hold."""
        return self.pace.get(what, PACE_FIRST)

    def keep_pace(self, what: str, size: int) -> None:
        """Learns from the transaction just done how many rows of this kind fit into one."""
        wish = size * HOLD_SECONDS / max(self.held_seconds, 0.0001)
        pace = self.pace_of(what)
        # Half way to what this one says: one that the system put to sleep says little about the next.
        if wish < pace or size >= pace // 2:
            self.pace[what] = int(min(max((wish + pace) / 2, PACE_LEAST), PACE_MOST))

    def backup_to(self, target: Path) -> None:
        copy(self._connection, self.path, target)


def begin_immediate(connection: sqlite3.Connection, path: Path, patience: float = PATIENCE_SECONDS) -> None:
    """Takes the write lock, trying every half millisecond; StoreLocked after `patience` seconds."""
    deadline = time.monotonic() + patience
    connection.execute("pragma busy_timeout = 0").close()
    try:
        while True:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise explain(error, path) from error
                if time.monotonic() >= deadline:
                    raise StoreLocked(locked(path)) from error
                time.sleep(0.0005)
            else:
                return
    finally:
        connection.execute("pragma busy_timeout = 5000").close()


def open_store(
    path: Path, desk: Desk, limits: Limits = DEFAULT_LIMITS, mode: Mode = Mode.COMMAND, machine: str = ""
) -> Store:
    """Opens the store at `path` (store.db), makes it where there is none, brings an older one up to date.

    A store made anew, or restored from an old copy, takes what it lacks from journal.jsonl beside it. Raises
    StoreTooNew, StoreDamaged, StoreLocked or StoreUnwritable; the file is then as it was.
    """
    path = path.absolute()
    connection = _connect(path, mode)
    try:
        with told(path):
            bring_up_to_date(connection, path)
        store = Store(connection, path, desk, limits, mode, machine)
    except BaseException:
        connection.close()
        raise
    from triage.store import behind, journal  # they need Store

    try:
        journal.replay(store)
        behind.work_off(store)
    except BaseException:
        store.close()
        raise
    return store


def _connect(path: Path, mode: Mode) -> sqlite3.Connection:
    with told(path):
        create(path)
        connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    try:
        with told(path):
            connection.execute("pragma foreign_keys = on")
            # A key's decision is on the disk before the screen says so; the worker's mail can be fetched again.
            connection.execute("pragma synchronous = normal" if mode is Mode.WORKER else "pragma synchronous = full")
            connection.execute("pragma wal_autocheckpoint = 0")
            # What a person strikes from a note is overwritten, not only unlinked.
            connection.execute("pragma secure_delete = on")
            if mode is Mode.WORKER:
                connection.execute("pragma cache_size = -16000")
    except BaseException:
        connection.close()
        raise
    return connection


def create(path: Path) -> None:
    """Makes an empty file that only its owner may read, in a folder of the same kind, where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def bring_up_to_date(
    connection: sqlite3.Connection,
    path: Path,
    steps: tuple[tuple[str, tuple[str, ...]], ...] = schema.MIGRATIONS,
) -> None:
    if not connection.execute("select count(*) from sqlite_master").fetchone()[0]:
        _make(connection, path, steps)
        return
    if connection.execute("pragma application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise StoreDamaged(damaged(path))

    applied = {
        name
        for (name,) in connection.execute(
            "select name from _sqlite_migrations where migration_set = ?", (schema.MIGRATION_SET,)
        ).fetchall()
    }
    known = [name for name, _ in steps]
    if later := applied.difference(known):
        raise StoreTooNew(
            f"{path} was written by a later triage (it knows {', '.join(sorted(later))}); nothing was written to it. "
            "Install that version or a newer one."
        )
    if pending := [name for name in known if name not in applied]:
        _upgrade(connection, path, pending[0], steps)


def _make(connection: sqlite3.Connection, path: Path, steps: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """A fresh store by plain sqlite3: the statements sqlite-utils would run, without its import."""
    connection.execute("pragma journal_mode = wal").fetchall()
    begin_immediate(connection, path)
    try:
        if not connection.execute("select count(*) from sqlite_master").fetchone()[0]:
            # Not bound: a pragma takes no parameter.
            connection.execute(f"pragma application_id = {schema.APPLICATION_ID:d}")
            for statement in schema.MIGRATIONS_TABLE:
                connection.execute(statement)
            for name, statements in steps:
                for statement in statements:
                    connection.execute(statement)
                connection.execute(
                    "insert into _sqlite_migrations (migration_set, name, applied_at) values (?, ?, ?)",
                    (schema.MIGRATION_SET, name, str(datetime.now(UTC))),
                )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _upgrade(
    connection: sqlite3.Connection,
    path: Path,
    first: str,
    steps: tuple[tuple[str, tuple[str, ...]], ...],
) -> None:
    """Copies the store to store.db.before-NAME, then runs what is pending in one transaction."""
    copy(connection, path, path.with_name(f"{path.name}.before-{first}"))
    from sqlite_utils import Database  # 150 ms: only an upgrade pays it

    # Migrations.apply opens deferred transactions, which fail beside another writer; in here it uses savepoints.
    begin_immediate(connection, path)
    try:
        schema.migrations(steps).apply(Database(connection))
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def copy(connection: sqlite3.Connection, path: Path, target: Path) -> None:
    """A consistent copy of an open database as a new 0600 file; a half-made one never stands under `target`."""
    partial = target.with_name(target.name + ".partial")
    with told(target):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            with closing(sqlite3.connect(partial, isolation_level=None)) as other:
                connection.backup(other)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def backup(store: Store, target: Path) -> None:
    """A consistent copy of store.db (every fact and decision) at `target`. The mail's text can be fetched again."""
    if target.absolute() == store.path:
        raise StoreDamaged(f"{target} is the store itself; name another file.")
    store.backup_to(target)


def check(store: Store) -> list[str]:
    """What SQLite finds wrong in store.db: damage and dangling references. Empty when it is sound."""
    problems = [str(row[0]) for row in store.all("pragma integrity_check(20)") if row[0] != "ok"]
    problems += [f"{row[0]}: row {row[1]} refers to no {row[2]}" for row in store.all("pragma foreign_key_check")]
    return problems


def rebuild(store: Store) -> tuple[int, int]:
    """Refolds every conversation; returns how many there are and how many came out different (must be none)."""
    from triage.store import refold  # it needs Store

    return refold.everything(store)
