"""Joining conversations and splitting them; both can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from triage.errors import TriageError
from triage.model import Done, Verb
from triage.store import journal, queue, refold
from triage.store.database import Store
from triage.store.decide import Row, about, insert, targets_of, text_of
from triage.store.rows import key_hash

PERSON = "person"


def join(
    store: Store,
    ids: Sequence[int],
    *,
    now: datetime,
    seen: Mapping[int, int] | None = None,
    author: str = PERSON,
) -> Done:
    """Makes one conversation of several; the smallest id stays, the others lead to it."""
    with store.transaction():
        targets = sorted(targets_of(store, ids, seen), key=lambda target: target.conversation.id)
        if len(targets) < 2:
            raise TriageError("Joining needs two conversations; these are one.")
        first = targets[0]
        rows = [about(first, Verb.JOIN, **{"with": other.message}) for other in targets[1:]]
        action, _ = insert(store, rows, now, author)
        touched = refold.touch_keys(store, {first.message, *(other.message for other in targets[1:])})
    journal.catch_up(store)
    words = f"Joined {text_of(targets[1].conversation.subject)} to {text_of(first.conversation.subject)}"
    if len(targets) > 2:
        words = f"Joined {len(targets)} conversations to {text_of(first.conversation.subject)}"
    return Done(words, action, tuple(touched))


def split(store: Store, key: str, *, now: datetime, author: str = PERSON) -> Done:
    """Makes the message with this key, and what answers it, a conversation of its own."""
    with store.transaction():
        hash = key_hash(key) if len(key) == 64 and all(c in "0123456789abcdef" for c in key) else 0
        id = store.value("select conversation from message where key_hash = ? and key = ?", (hash, key))
        if id is None:
            raise TriageError("There is no message with this key; `triage show ID --json` names them.")
        (target,) = targets_of(store, [id], None)
        row = Row(Verb.SPLIT, {}, key, target.seen, id)
        action, _ = insert(store, [row], now, author)
        touched = refold.touch_keys(store, {key})
        part = queue.rows(store, [store.value("select conversation from message where key_hash = ?", (hash,))])[0]
        if part.messages == target.conversation.messages:
            raise TriageError("That is where the conversation begins; there is nothing to split off.")
    journal.catch_up(store)
    words = f"Split {part.messages} of {target.conversation.messages} messages off {text_of(part.subject)}"
    return Done(words, action, tuple(touched))
