"""The one order in which messages and decisions are read, whatever order they came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from triage.model import Message


def arrange(messages: Sequence[Message]) -> list[Message]:
    """The messages in fold order: by `received_at`, except that none stands before one it references.

    A bounce counts as referencing the mail it returns. References within a circle say nothing: those stand by
    `received_at`. The result depends on the set of messages alone.
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
    circle = _circles(before)
    before = [{j for j in named if circle[j] != circle[i]} for i, named in enumerate(before)]
    after = _reversed(before)
    waiting = [len(named) for named in before]
    # Ascending, so already a heap.
    ready = [i for i, count in enumerate(waiting) if count == 0]
    order: list[int] = []
    while ready:
        i = heappop(ready)
        order.append(i)
        for j in after[i]:
            waiting[j] -= 1
            if waiting[j] == 0:
                heappush(ready, j)
    return order


def _reversed(before: list[set[int]]) -> list[list[int]]:
    after: list[list[int]] = [[] for _ in before]
    for i, named in enumerate(before):
        for j in named:
            after[j].append(i)
    return after


def _circles(before: list[set[int]]) -> list[int]:
    """For each place a number shared with exactly those it runs in a circle with (Kosaraju, without recursion)."""
    finished = _finishing(before)
    after = _reversed(before)
    circle = [-1] * len(before)
    for start in reversed(finished):
        stack = [start] if circle[start] < 0 else []
        while stack:
            i = stack.pop()
            if circle[i] < 0:
                circle[i] = start
                stack.extend(j for j in after[i] if circle[j] < 0)
    return circle


def _finishing(before: list[set[int]]) -> list[int]:
    """The places in the order in which a depth-first walk along the references leaves them."""
    entered = [False] * len(before)
    finished: list[int] = []
    for start in range(len(before)):
        stack = [] if entered[start] else [(start, iter(before[start]))]
        entered[start] = True
        while stack:
            i, rest = stack[-1]
            j = next((j for j in rest if not entered[j]), None)
            if j is None:
                finished.append(i)
                stack.pop()
            else:
                entered[j] = True
                stack.append((j, iter(before[j])))
    return finished


def with_ancestors(above: Sequence[set[int]], seen: Iterable[int]) -> set[int]:
    """The places in `seen` and of every message they reference, however far back. `above` is what `parents` gives."""
    reached = set(seen)
    stack = list(reached)
    while stack:
        new = above[stack.pop()] - reached
        reached |= new
        stack.extend(new)
    return reached
