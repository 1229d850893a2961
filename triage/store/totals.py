"""How much a store holds, for backups and exports."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Store


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows of each kind; `actions` counts every decision ever made, undone ones too."""

    messages: int
    conversations: int
    actions: int


def totals(store: Store) -> Totals:
    messages, conversations, actions = store.all(
        "select (select count(*) from message), (select count(*) from conversation), (select count(*) from action)"
    )[0]
    return Totals(messages, conversations, actions)
