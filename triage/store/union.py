"""Which thread each message of a batch belongs to: union-find over Message-IDs, with what the store knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from triage.model import Message
from triage.store import refold, rows
from triage.store.database import Store
from triage.store.refold import Member

if TYPE_CHECKING:
    from triage.mail.facts import Facts


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as a mailbox holds it. `size` is RFC822.SIZE in bytes."""

    uid: int
    flags: frozenset[str]
    size: int
    facts: Facts


@dataclass(slots=True)
class New:
    """A message on its way in; `element` is its thread's in the batch's union-find until the thread is known."""

    facts: Facts
    arrivals: list[Arrival]
    element: int = 0
    member: Member | None = None


@dataclass(slots=True)
class Group:
    """Messages that belong into one thread, with the threads of the store that they bring together."""

    thread: int
    old: list[int] = field(default_factory=list)
    new: list[New] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)


class Threads:
    """Union-find over Message-IDs for one batch. Elements above zero are threads of the store, below zero new ones."""

    def __init__(self, store: Store, new: list[New], touched: list[int]) -> None:
        self.store = store
        self.new = new
        self.parent: dict[int, int] = {thread: thread for thread in touched}
        hashes = [[rows.node_hash(id) for id in _ids(item.facts.message)] for item in new]
        self.at = self._stored({hash for some in hashes for hash in some})
        self.fresh: list[int] = []
        for item, some in zip(new, hashes, strict=True):
            self._take(item, some)
        self._joined()

    def _stored(self, hashes: set[int]) -> dict[int, int]:
        found: dict[int, int] = dict(
            self.store.all(
                "select hash, coalesce(merged.thread, node.thread) from thread_node as node "
                "left join thread_merged as merged on merged.old = node.thread "
                "where hash in (select value from json_each(?))",
                (rows.numbers(hashes),),
            )
        )
        for thread in found.values():
            self.parent.setdefault(thread, thread)
        return found

    def _take(self, item: New, hashes: list[int]) -> None:
        element = 0
        for hash in hashes:
            there = self.at.get(hash)
            if there is not None:
                element = self._root(there) if element == 0 else self._union(element, there)
        if element == 0:
            element = -len(self.parent) - 1
            self.parent[element] = element
        for hash in hashes:
            if hash not in self.at:
                self.at[hash] = element
                self.fresh.append(hash)
        item.element = element

    def _root(self, element: int) -> int:
        parent = self.parent
        while parent[element] != element:
            parent[element] = parent[parent[element]]
            element = parent[element]
        return element

    def _union(self, first: int, second: int) -> int:
        """The thread of the store stays, of two the smaller."""
        first, second = self._root(first), self._root(second)
        if first == second:
            return first
        stays, goes = (first, second) if (first < 0, first) < (second < 0, second) else (second, first)
        self.parent[goes] = stays
        return stays

    def _joined(self) -> None:
        """What a person joined before both were here, as after a replay of the journal."""
        pairs = refold.joins(self.store)
        if not pairs:
            return
        here = {item.facts.message.key: item.element for item in self.new}
        for pair in pairs:
            if here.keys().isdisjoint(pair):
                continue
            elements = []
            for key in pair:
                found = [here[key]] if key in here else list(refold.threads_of(self.store, [key]))
                elements += found[:1]
            if len(elements) == 2:
                for element in elements:
                    self.parent.setdefault(element, element)
                self._union(*elements)

    def groups(self, touched: set[int]) -> list[Group]:
        """The threads of this batch. A new one is numbered after its first message's row."""
        by_root: dict[int, Group] = {}
        for element in self.parent:
            if element > 0:
                root = self._root(element)
                by_root.setdefault(root, Group(root)).old.append(element)
        for item in self.new:
            root = self._root(item.element)
            if item.member is not None:
                by_root.setdefault(root, Group(item.member.row)).new.append(item)
        for hash in self.fresh:
            by_root[self._root(self.at[hash])].nodes.append(hash)
        return [group for group in by_root.values() if group.new or touched.intersection(group.old)]


def _ids(message: Message) -> tuple[str, ...]:
    if message.message_id is None:
        return message.ids
    return (message.message_id, *message.ids)
