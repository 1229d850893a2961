"""What one fact or decision changes in very many conversations: left as a list, refolded a piece at a time.

The list is written in the transaction of its cause and worked off by whoever made it. After a kill the next open, or
the worker's next round, goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from triage.store import refold, rows
from triage.store.database import Mode, Store

PIECE = 250
"""Threads in one transaction of a screen or command, about 30 ms: smaller ones write the same index pages again."""


def leave(store: Store, threads: Iterable[int]) -> None:
    """Puts threads on the list, inside a transaction."""
    store.many("insert or ignore into behind (thread) values (?)", [(thread,) for thread in threads])


def work_off(store: Store) -> list[int]:
    """Refolds what is on the list, newest first, and returns the conversations; other writers go in between."""
    ids: list[int] = []
    if not _left(store):
        return ids
    with _unhurried(store):
        while _left(store):
            size = store.pace_of("fold") if store.mode is Mode.WORKER else PIECE
            with store.transaction():
                threads = [
                    row[0] for row in store.all("select thread from behind order by thread desc limit ?", (size,))
                ]
                ids += refold.touch(store, threads)
                done = rows.numbers(threads)
                store.run("delete from behind where thread in (select value from json_each(?))", (done,))
            store.keep_pace("fold", len(threads))
    return ids


def _left(store: Store) -> bool:
    return bool(store.value("select exists (select 1 from behind)"))


@contextmanager
def _unhurried(store: Store) -> Iterator[None]:
    """Commits in here wait for no disk: after a crash each is whole, or as if it had not been, and its list with it."""
    store.run("pragma synchronous = normal")
    try:
        yield
    finally:
        if store.mode is not Mode.WORKER:
            store.run("pragma synchronous = full")
