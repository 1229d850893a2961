"""Sets of UIDs as IMAP writes them: `1:3,7`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def written(uids: Iterable[int]) -> str:
    """Ascending or not, distinct: `[1, 2, 3, 7]` -> `1:3,7`."""
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in runs(sorted(uids)))


def runs(uids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending UIDs as first and last of each run without a hole."""
    first = last = None
    for uid in uids:
        if first is None or last is None:
            first = last = uid
        elif uid <= last + 1:
            last = max(last, uid)
        else:
            yield first, last
            first = last = uid
    if first is not None and last is not None:
        yield first, last


def read(text: bytes) -> list[tuple[int, int]]:
    """`1:3,7` -> [(1, 3), (7, 7)]. Raises ValueError for anything else; `*` is none of a server's answers."""
    found = []
    for piece in text.split(b","):
        first, colon, last = piece.partition(b":")
        low, high = int(first), int(last) if colon else int(first)
        found.append((min(low, high), max(low, high)))
    return found
