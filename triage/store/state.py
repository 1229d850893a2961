"""What screens and worker tell each other: the worker's state row, and requests that the worker answers first."""

from __future__ import annotations

import json
from dataclasses import dataclass

from triage.model import SyncPhase, SyncState
from triage.store.database import Store
from triage.store.rows import clean, instant, micros


@dataclass(frozen=True, slots=True)
class Request:
    """Something a screen wants from the network. `kind` is round, body, sent_look or login."""

    id: int
    kind: str
    payload: dict[str, object]


def sync_state(store: Store) -> SyncState:
    """What the worker said last; STOPPED where none ever ran."""
    row = store.one(
        "select phase, since, error, synced_at, done, total, pid, pending_push from sync_state where id = 1"
    )
    if row is None:
        return SyncState()
    return SyncState(SyncPhase(row[0]), instant(row[1]), row[2], instant(row[3]), row[4], row[5], row[6], row[7])


def put_sync_state(store: Store, state: SyncState) -> None:
    """Writes the worker's row; other processes see it by `data_version`."""
    with store.transaction():
        store.run(
            "insert or replace into sync_state (id, phase, since, error, synced_at, done, total, pid, pending_push) "
            "values (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                state.phase.value,
                micros(state.since),
                clean(state.error),
                micros(state.synced_at),
                state.done,
                state.total,
                state.pid,
                state.pending_push,
            ),
        )


def ask(store: Store, kind: str, payload: dict[str, object]) -> int:
    """Leaves a request for the worker and returns its number. An equal one still open is not asked twice."""
    text = json.dumps(payload, sort_keys=True)
    with store.transaction():
        open_ = store.value("select id from request where result is null and kind = ? and payload = ?", (kind, text))
        if open_ is not None:
            return int(open_)
        # Answers are read within seconds; what is older than the last thousand serves nobody.
        store.run("delete from request where result is not null and id <= (select max(id) from request) - 1000")
        return store.insert("insert into request (kind, payload) values (?, ?)", (kind, text))


def asked(store: Store) -> list[Request]:
    """The requests nobody answered yet, oldest first."""
    rows = store.all("select id, kind, payload from request where result is null order by id")
    return [Request(row[0], row[1], json.loads(row[2])) for row in rows]


def answer(store: Store, id: int, result: dict[str, object]) -> None:
    """Answers a request; the one who asked finds it with `answered`."""
    with store.transaction():
        store.run("update request set result = ? where id = ?", (json.dumps(result, sort_keys=True), id))


def answered(store: Store, id: int) -> dict[str, object] | None:
    """The answer to a request, None while there is none."""
    text = store.value("select result from request where id = ?", (id,))
    return None if text is None else json.loads(text)
