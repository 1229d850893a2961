"""Which messages are one conversation: by ids alone, never by subject (DESIGN.md, *Threads*). In any order."""

from __future__ import annotations

from collections.abc import Iterable

from triage.mail.header import Header
from triage.model import Message


def ids_that_count(header: Header) -> tuple[str | None, tuple[str, ...]]:
    """`(message_id, ids)`: the mail's own id, and the ids it refers to, oldest first, its own left out.

    An id counts only if it contains an at sign: `In-Reply-To: <yes>` joins nothing. References come first, then what
    In-Reply-To adds to them.
    """
    own = header.message_id
    found = dict.fromkeys((*header.references, *header.in_reply_to))
    if own is not None:
        found.pop(own, None)
    return own, tuple(found)


def group(messages: Iterable[Message]) -> list[list[int]]:
    """The positions of the messages that belong together: each list ascending, the lists by their first position.

    The same id is one node, whoever names it, also where no message of that id is here.
    """
    parents: list[int] = []
    nodes: dict[str, int] = {}

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    places: list[int] = []
    for message in messages:
        mine = len(parents)
        parents.append(mine)
        places.append(mine)
        names = message.ids if message.message_id is None else (message.message_id, *message.ids)
        for name in names:
            other = nodes.get(name)
            if other is None:
                other = nodes[name] = len(parents)
                parents.append(other)
            parents[root(other)] = root(mine)

    groups: dict[int, list[int]] = {}
    for position, node in enumerate(places):
        groups.setdefault(root(node), []).append(position)
    return list(groups.values())
