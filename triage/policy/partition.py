"""Which messages are which conversation: by references, then by what a person joined and split."""

from __future__ import annotations

from collections.abc import Sequence

from triage.model import Action, Message, Verb
from triage.policy.order import arrange
from triage.policy.undo import effective


class _Group:
    """A node of the history of joins: a leaf holds messages, any other the two groups that a JOIN put together."""

    __slots__ = ("above", "halves", "rows")

    def __init__(self, rows: set[int], halves: tuple[_Group, _Group] | None = None) -> None:
        self.rows = rows
        self.halves = halves
        self.above: _Group | None = None
        for half in halves or ():
            half.above = self

    def root(self) -> _Group:
        group = self
        while group.above is not None:
            group = group.above
        return group


def partition(messages: Sequence[Message], actions: Sequence[Action]) -> list[list[int]]:
    """The parts, each as ascending places in `messages`; the part with the oldest message first.

    Components by references first. Then the JOIN and SPLIT rows that stand, by their own clocks: a JOIN puts two parts
    together. A SPLIT at K cuts off K and what answers it (whose nearest reference that is here leads to K). Where K is
    the oldest message of something that a JOIN attached, that leaves whole: the largest such, so join then split is
    nothing. A SPLIT at the oldest message of a whole conversation does nothing. Variants of a key stay together.
    """
    moves = [row for row in effective(actions) if row.verb in (Verb.JOIN, Verb.SPLIT)] if actions else []
    variants: dict[str, list[int]] = {}
    for i, message in enumerate(messages):
        variants.setdefault(message.key, []).append(i)
    if len(variants) == len(messages):
        return _parts(messages, moves)
    same = list(variants.values())
    parts = _parts([messages[places[0]] for places in same], moves)
    return [sorted(i for place in part for i in same[place]) for part in parts]


def _parts(messages: Sequence[Message], moves: Sequence[Action]) -> list[list[int]]:
    components = _components(messages)
    if not moves:
        return components
    return _Parts(messages, components).after(moves)


def _components(messages: Sequence[Message]) -> list[list[int]]:
    """Union-find by Message-ID and references; the same id is one node, whether its mail is here or not."""
    root = list(range(len(messages)))
    by_id: dict[str, int] = {}
    for i, message in enumerate(messages):
        names = message.ids if message.message_id is None else (message.message_id, *message.ids)
        for name in names:
            j = by_id.setdefault(name, i)
            if j != i:
                a, b = _find(root, i), _find(root, j)
                root[max(a, b)] = min(a, b)
    parts: dict[int, list[int]] = {}
    for i in range(len(messages)):
        parts.setdefault(_find(root, i), []).append(i)
    return _oldest_first(messages, list(parts.values()))


def _oldest_first(messages: Sequence[Message], parts: list[list[int]]) -> list[list[int]]:
    if len(parts) == 1:
        return parts
    return sorted(parts, key=lambda part: min((messages[i].received_at, messages[i].key) for i in part))


def _find(root: list[int], i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


class _Parts:
    """The groups while joins and splits are replayed."""

    def __init__(self, messages: Sequence[Message], components: list[list[int]]) -> None:
        self.messages = messages
        self.places = {message.key: i for i, message in enumerate(messages)}
        self.rank = {self.places[message.key]: rank for rank, message in enumerate(arrange(messages))}
        self.leaf: dict[int, _Group] = {}
        for part in components:
            group = _Group(set(part))
            self.leaf.update(dict.fromkeys(part, group))

    def after(self, moves: Sequence[Action]) -> list[list[int]]:
        for move in moves:
            here = self.places.get(move.message or "")
            if here is None:
                continue
            if move.verb is Verb.SPLIT:
                self._split(here)
                continue
            there = self.places.get(str(move.payload.get("with", "")))
            if there is not None:
                self._join(self.leaf[here].root(), self.leaf[there].root())
        roots = {id(root): root for root in (leaf.root() for leaf in self.leaf.values())}
        return _oldest_first(self.messages, [sorted(root.rows) for root in roots.values()])

    def _join(self, one: _Group, other: _Group) -> None:
        if one is not other:
            _Group(one.rows | other.rows, (one, other))

    def _oldest(self, rows: set[int]) -> int:
        return min(rows, key=self.rank.__getitem__)

    def _split(self, k: int) -> None:
        leaf = self.leaf[k]
        if self._oldest(leaf.rows) == k:
            self._leave(k, leaf)
            return
        cut = self._below(k, leaf.rows)
        group: _Group | None = leaf
        while group is not None:
            group.rows -= cut
            group = group.above
        alone = _Group(cut)
        self.leaf.update(dict.fromkeys(cut, alone))

    def _leave(self, k: int, group: _Group) -> None:
        """Take out the largest group that a JOIN attached and that begins with `k`."""
        leaving: _Group | None = None
        node: _Group | None = group
        while node is not None and node.above is not None and self._oldest(node.rows) == k:
            leaving = node
            node = node.above
        if leaving is None or leaving.above is None or leaving.above.halves is None:
            return
        above = leaving.above
        one, other = leaving.above.halves
        rest = other if one is leaving else one
        leaving.above = None
        rest.above = above.above
        if above.above is not None and above.above.halves is not None:
            one, other = above.above.halves
            above.above.halves = (rest, other) if one is above else (one, rest)
        while rest.above is not None:
            rest = rest.above
            rest.rows -= leaving.rows

    def _below(self, k: int, rows: set[int]) -> set[int]:
        """`k` and those of `rows` whose chain of nearest references leads to it."""
        named: dict[str, int] = {}
        for i in sorted(rows, key=self.rank.__getitem__, reverse=True):
            if message_id := self.messages[i].message_id:
                named[message_id] = i
        cut = {k}
        # In fold order a message comes after those it references, so one pass is enough.
        for i in sorted((i for i in rows if self.rank[i] > self.rank[k]), key=self.rank.__getitem__):
            nearest = next((named[name] for name in reversed(self.messages[i].ids) if named.get(name, i) != i), None)
            if nearest in cut:
                cut.add(i)
        return cut
