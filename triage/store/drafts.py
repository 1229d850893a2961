"""Replies that have not left: rows, not actions. They hang on the key of the message they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.store import rows
from triage.store.database import Store

STATES = ("draft", "held", "queued", "sending", "sent", "unsure", "failed", "handed-over")


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply being written. `message` is the key it answers (None: begins a conversation); `state` one of STATES;
    `fields` what the composer keeps (to, cc, subject, body, then ...), as JSON can hold it."""

    id: str
    message: str | None
    state: str
    created_at: datetime
    changed_at: datetime
    fields: Mapping[str, object] = field(default_factory=dict)


def put(store: Store, draft: Draft) -> None:
    """Stores a draft, new or changed."""
    with store.transaction():
        store.run(
            "insert into draft (id, message, key_hash, state, created_at, changed_at, fields) "
            "values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set message = excluded.message, "
            "key_hash = excluded.key_hash, state = excluded.state, changed_at = excluded.changed_at, "
            "fields = excluded.fields",
            (
                draft.id,
                draft.message,
                None if draft.message is None else rows.key_hash(draft.message),
                draft.state,
                rows.stamp(draft.created_at),
                rows.stamp(draft.changed_at),
                json.dumps(dict(draft.fields)),
            ),
        )
        _changed(store)


def get(store: Store, id: str) -> Draft | None:
    """The draft with this id, None where there is none."""
    row = store.one("select id, message, state, created_at, changed_at, fields from draft where id = ?", (id,))
    return None if row is None else _draft(row)


def drop(store: Store, id: str) -> None:
    """Throws a draft away."""
    with store.transaction():
        store.run("delete from draft where id = ?", (id,))
        _changed(store)


def for_conversation(store: Store, id: int) -> list[Draft]:
    """The drafts that answer a message of this conversation, the newest first."""
    found = store.all(
        "select distinct d.id, d.message, d.state, d.created_at, d.changed_at, d.fields from draft d "
        "join message m on m.key_hash = d.key_hash where m.conversation = ? order by d.changed_at desc",
        (id,),
    )
    return [_draft(row) for row in found]


def _draft(row: tuple[object, ...]) -> Draft:
    id, message, state, created_at, changed_at, fields = row
    return Draft(
        str(id),
        None if message is None else str(message),
        str(state),
        rows.moment(int(str(created_at))),
        rows.moment(int(str(changed_at))),
        json.loads(str(fields)),
    )


def _changed(store: Store) -> None:
    store.run("update counter set value = value + 1 where name = 'revision'")
