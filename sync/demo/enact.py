"""Takes the sample inbox's decisions through `store.actions`, as a person's keys would, each at its own hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sync.demo.tale import Decision
from triage.model import Conversation, Done, View
from triage.policy.staleness import Clock
from triage.store import actions, drafts, queue
from triage.store.database import Store

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

    Raises StopIteration where a conversation is not in the store: the mail it is about was not synced.
    """
    everything = queue.ids(store, View.ALL, now, Clock())
    by_key = {one.key: one for one in queue.rows(store, everything)}

    for decision in decisions:
        about = next(by_key[key] for number in decision.message_ids if (key := keys.get(number, "")) in by_key)
        if decision.verb == "draft":
            drafts.put(store, draft(decision, about, keys[decision.message_ids[-1]]))
        else:
            VERBS[decision.verb](store, [about.id], now=decision.at, **decision.words)


def read(store: Store, until: datetime) -> None:
    """Somebody has looked at every conversation in which nothing came after `until`."""
    for one in queue.rows(store, queue.ids(store, View.ALL, until, Clock())):
        if one.last_activity is not None and one.last_activity <= until:
            queue.opened(store, one.id, until)


def draft(decision: Decision, about: Conversation, key: str) -> drafts.Draft:
    """A reply somebody began, to the mail with this key."""
    fields = {
        "to": [about.customer.address],
        "subject": f"Re: {about.subject}",
        "body": str(decision.words["body"]),
    }
    state = str(decision.words["state"])
    return drafts.Draft(f"demo-{key[:12]}", key, state, decision.at, decision.at, fields)
