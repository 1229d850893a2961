"""SQLite's and the system's errors -> the sentences of `triage.errors`: what happened, and what to do next."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.errors import StoreDamaged, StoreError, StoreLocked, StoreUnwritable

# Primary result codes, https://www.sqlite.org/rescode.html; the sqlite3 module names them only from 3.11 on.
BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB = 5, 6, 8, 10, 11, 13, 14, 26


# The files that can be had again (see `triage.store.companions`).
AGAIN = ("mail.db", "search.db")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection held the lock."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (BUSY, LOCKED)


def explain(error: sqlite3.Error, path: Path) -> StoreError:
    """The sentence for an error of SQLite at `path`."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (BUSY, LOCKED):
        return StoreLocked(locked(path))
    if code == FULL:
        return StoreUnwritable(full(path))
    if code in (READONLY, CANTOPEN):
        return StoreUnwritable(
            f"{path} cannot be written; nothing was changed. "
            "Make the file and its folder writable for you, or name another store with --store."
        )
    if code == IOERR:
        return StoreUnwritable(
            f"Reading or writing {path} failed ({error}); the last change was rolled back. "
            "Check the disk and its free space, then try again."
        )
    if code in (CORRUPT, NOTADB):
        return StoreDamaged(damaged(path))
    return StoreDamaged(
        f"{path} does not answer as a store should ({error}); nothing was changed. Run `triage doctor`."
    )


def locked(path: Path) -> str:
    return (
        f"{path} has been held by another process for 10 seconds; nothing was changed. "
        "Wait for it to end, or end it, then try again."
    )


def full(path: Path) -> str:
    return f"The disk that holds {path} is full; the last change was rolled back. Free some space, then try again."


def damaged(path: Path) -> str:
    if path.name in AGAIN:
        return (
            f"{path} is damaged; no decision is in it. Move it aside: "
            "the next `triage sync` makes it again from the server."
        )
    return (
        f"{path} is damaged, or is no store of triage; nothing was written to it. Move it aside: "
        "the next start makes a new one, fetches the mail again and takes every decision from journal.jsonl."
    )


def explain_os(error: OSError, path: Path) -> StoreError:
    """The sentence for an error of the file system at `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreUnwritable(full(path))
    return StoreUnwritable(
        f"{path} cannot be written ({error.strerror or error}). "
        "Make it and its folder writable for you, or name another store with --store."
    )


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what SQLite or the system raises inside into a `StoreError` about `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise explain_os(error, path) from error
