"""The one order in which messages and decisions are read, whatever order they came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from triage.model import Message


def arrange(messages: Sequence[Message]) -> list[Message]:
    """The messages in fold order: by `received_at`, except that none stands before one it references.

    A bounce counts as referencing the mail it returns. References that run in a circle are cut at the earliest message
    of the circle. The result depends on the set of messages alone.
    """
    if len(messages) == 1:
        return list(messages)
    rows = sorted(messages, key=_moment)
    at: dict[str, int] = {}
    for i, message in enumerate(rows):
        if message.message_id is not None:
            at[message.message_id] = i
    if not _refers_forward(rows, at):
        return rows
    return [rows[i] for i in _topological(parents(rows))]


def _moment(message: Message) -> tuple[object, str]:
    return (message.received_at, message.key)


def _refers_forward(rows: list[Message], at: dict[str, int]) -> bool:
    get = at.get
    for i, message in enumerate(rows):
        for named in message.ids:
            if get(named, -1) > i:
                return True
        if message.bounce is not None and get(message.bounce.answers or "", -1) > i:
            return True
    return False


def by_id(rows: Sequence[Message]) -> dict[str, list[int]]:
    """Message-ID -> the places of the messages that carry it (two mails may share one)."""
    found: dict[str, list[int]] = {}
    for i, message in enumerate(rows):
        if message.message_id is not None:
            found.setdefault(message.message_id, []).append(i)
    return found


def parents(rows: Sequence[Message]) -> list[set[int]]:
    """For each message the places of those it references, itself left out."""
    ids = by_id(rows)
    found: list[set[int]] = []
    for i, message in enumerate(rows):
        named = {j for name in message.ids for j in ids.get(name, ())}
        if message.bounce is not None and message.bounce.answers:
            named.update(ids.get(message.bounce.answers, ()))
        named.discard(i)
        found.append(named)
    return found


def _topological(before: list[set[int]]) -> list[int]:
    """Kahn's algorithm; rows are already by moment, so the smallest place is the earliest message."""
    waiting = [len(named) for named in before]
    after: list[list[int]] = [[] for _ in before]
    for i, named in enumerate(before):
        for j in named:
            after[j].append(i)
    ready = [i for i, count in enumerate(waiting) if count == 0]
    heapify(ready)
    done = [False] * len(before)
    order: list[int] = []
    first = 0
    while len(order) < len(before):
        if not ready:
            while done[first]:
                first += 1
            ready.append(first)
        i = heappop(ready)
        if done[i]:
            continue
        done[i] = True
        order.append(i)
        for j in after[i]:
            waiting[j] -= 1
            if waiting[j] == 0 and not done[j]:
                heappush(ready, j)
    return order


def with_ancestors(rows: Sequence[Message], seen: Iterable[int]) -> set[int]:
    """The places in `seen` and of every message they reference, however far back."""
    above = parents(rows)
    reached = set(seen)
    stack = list(reached)
    while stack:
        new = above[stack.pop()] - reached
        reached |= new
        stack.extend(new)
    return reached
