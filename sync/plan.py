"""What a round has to do, out of what the store has and what the server says. Pure; UIDs in, UIDs out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sync.answers import Standing

T = TypeVar("T")

ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""`complete_from` of a mailbox whose every message is here."""

FIRST = 200
"""Headers of the first batch: what the queue shows a second after the first connect."""

GLIMPSE = 3 * FIRST
"""Headers fetched before anything is counted; they make about 200 conversations."""

LARGEST = 4_000
"""Headers of the largest batch: larger ones refold less, but a screen that asks for a body waits for one."""


def same_messages(before: Standing, now: Standing) -> bool:
    """Whether the same UIDs are there: UIDNEXT grows with every arrival (RFC 9051 2.3.1.1), so equal counts prove it.

    A server that says no UIDNEXT proves nothing.
    """
    return before.uidvalidity == now.uidvalidity and 0 < before.uidnext == now.uidnext and before.exists == now.exists


def unchanged(before: Standing, now: Standing) -> bool:
    """Whether messages and flags are as they were: a mod-sequence covers both (RFC 7162 3.1.1)."""
    return same_messages(before, now) and 0 < before.modseq == now.modseq


def missing(server: Sequence[int], known: Iterable[int]) -> list[int]:
    """What to fetch: on the server and not in the store, newest first."""
    have = set(known)
    return [uid for uid in reversed(server) if uid not in have]


def vanished(server: Iterable[int], known: Iterable[int]) -> list[int]:
    """What to drop: in the store and no longer on the server."""
    there = set(server)
    return [uid for uid in known if uid not in there]


def inside(runs: Iterable[tuple[int, int]], known: Sequence[int]) -> list[int]:
    """Those of `known` (ascending) that lie in `runs`: VANISHED may name any UID that ever was, up to all of them."""
    found: list[int] = []
    for first, last in runs:
        found += known[bisect_left(known, first) : bisect_right(known, last)]
    return sorted(set(found))


def differing(known: Mapping[int, frozenset[str]], server: Mapping[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    """The server's flags of the messages that are known with other flags."""
    return {uid: flags for uid, flags in server.items() if uid in known and known[uid] != flags}


def adds_up(before: int, new: int, gone: int, now: int) -> bool:
    """Whether what the server reported explains its count; else only comparing all UIDs will do."""
    return before + new - gone == now


@dataclass(frozen=True, slots=True)
class Batch:
    """What one FETCH asks for: `uids` (with `sequence` message numbers), and about how many `bytes` they will be."""

    uids: Sequence[int]
    bytes: int
    sequence: bool = False


def newest(exists: int, size: int) -> list[Batch]:
    """The newest GLIMPSE messages of a mailbox by number, the very newest FIRST first; `size` bytes each."""
    cut = max(exists - FIRST, 0)
    runs = (range(cut + 1, exists + 1), range(max(exists - GLIMPSE, 0) + 1, cut + 1))
    return [Batch(run, len(run) * size, sequence=True) for run in runs if run]


def growing(uids: Sequence[int], first: int = FIRST, largest: int = LARGEST) -> Iterator[Sequence[int]]:
    """`uids` in order, cut into pieces that double from `first` to `largest`."""
    at, size = 0, first
    while at < len(uids):
        yield uids[at : at + size]
        at += size
        size = min(size * 2, largest)


def filled(items: Iterable[tuple[T, int]], count: int, limit: int) -> Iterator[tuple[list[T], int]]:
    """Items with their sizes, packed in order: at most `count` and `limit` bytes a pack, at least one item."""
    pack: list[T] = []
    total = 0
    for item, size in items:
        if pack and (len(pack) >= count or total + size > limit):
            yield pack, total
            pack, total = [], 0
        pack.append(item)
        total += size
    if pack:
        yield pack, total


def behind(reached: datetime | None, other: datetime | None) -> bool:
    """Whether a mailbox read back to `reached` (None: not begun) has to go further to cover the span of `other`.

    Sent has to cover what INBOX shows, or what was answered long ago would look as if it waited.
    """
    return other is not None and (reached is None or reached > other)
