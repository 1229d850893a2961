"""One mail that is here with several texts: a mailing list's footer, a gateway's disclaimer. It was written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triage.model import Kind, Message, Role


def unite(rows: Sequence[Message]) -> tuple[Sequence[Message], frozenset[int]]:
    """The rows, each variant of a key with what is known of any of them, and the places that say it once more.

    Where one lies in Sent all of them went out; where a person wrote one, a person wrote it.
    """
    keys = {message.key for message in rows}
    if len(keys) == len(rows):
        return rows, frozenset()
    places: dict[str, list[int]] = {}
    for i, message in enumerate(rows):
        places.setdefault(message.key, []).append(i)
    united = list(rows)
    for same in places.values():
        if len(same) > 1:
            whole = _whole([rows[i] for i in same])
            for i in same:
                united[i] = whole
    return united, frozenset(i for same in places.values() for i in same[1:])


def _whole(variants: Sequence[Message]) -> Message:
    lies = tuple(sorted({place for one in variants for place in one.places}, key=lambda p: (p.since, p.mailbox)))
    lay = tuple(sorted({role for one in variants for role in one.was_in}))
    at_home = any(place.role is Role.INBOX for place in lies)
    moved = [one.moved_at for one in variants if one.moved_at is not None]
    # Of what a rule read in each text, what asks more of us counts.
    first = min(variants, key=lambda one: (one.kind is not Kind.HUMAN, one.kind, not one.asks))
    return replace(
        first,
        asks=any(one.asks for one in variants),
        proven=all(one.proven for one in variants),
        places=lies,
        was_in=lay,
        gone=not lies and all(one.gone for one in variants),
        left_inbox=not at_home and any(one.left_inbox for one in variants),
        moved_at=None if at_home or not moved else max(moved),
    )
