"""Takes the sample inbox's decisions through `store.actions`, as a person's keys would, each at its own hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from triage.store.database import Store

from sync.demo.tale import Decision
from triage.model import Done, View
from triage.policy.staleness import Clock
from triage.store import actions, queue

VERBS: Mapping[str, Callable[..., Done]] = {
    "answered": actions.answered,
    "close": actions.close,
    "no_answer": actions.no_answer,
    "note": actions.note,
    "park": actions.park,
    "pending": actions.pending,
    "promise": actions.promise,
    "snooze": actions.snooze,
    "spam": actions.spam,
    "tag": actions.tag,
}


def enact(store: Store, decisions: Iterable[Decision], keys: Mapping[str, str], now: datetime) -> None:
    """Decides all of them, in order. `keys` maps Message-ID -> message key.

    Raises KeyError where a conversation is not in the store: the mail it is about was not synced.
    """
    everything = queue.ids(store, View.ALL, now, Clock())
    by_key = {one.key: one.id for one in queue.rows(store, everything)}

    for decision in decisions:
        found = next(by_key[key] for number in decision.message_ids if (key := keys.get(number, "")) in by_key)
        VERBS[decision.verb](store, [found], now=decision.at, **decision.words)
