"""journal.jsonl: every decision once more, one JSON object a line, fsynced. An empty store is filled from it.

The file follows the `action` table: a line is appended after its row is committed, and whoever comes next appends what
a killed process could not. Nothing is ever taken out but the text of a struck note.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from triage.errors import StoreDamaged, StoreUnwritable
from triage.model import Action
from triage.store.database import Store
from triage.store.rows import action_of, key_hash, micros, moment, stamp
from triage.store.trouble import told

NAME = "journal.jsonl"
_TAIL_BYTES = 1 << 16

INSERT_ACTION = (
    "insert into action (id, at, author, verb, message, seen, payload, bulk, conversation) "
    "values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def action_values(action: Action, conversation: int | None) -> tuple[Any, ...]:
    """The columns of INSERT_ACTION."""
    return (
        action.id,
        stamp(action.at),
        action.author,
        action.verb.value,
        action.message,
        json.dumps(action.seen),
        json.dumps(action.payload, ensure_ascii=False),
        action.bulk,
        conversation,
    )


def _line(row: tuple[Any, ...], machine: str) -> bytes:
    id, at, author, verb, message, seen, payload, bulk, conversation = row
    value: dict[str, Any] = {"id": id, "at": moment(at).isoformat(), "author": author, "verb": verb}
    if message is not None:
        value["message"] = message
    if conversation is not None:
        value["conversation"] = conversation
    if bulk is not None:
        value["bulk"] = bulk
    if machine:
        value["machine"] = machine
    value["seen"] = json.loads(seen)
    value["payload"] = json.loads(payload)
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The journal, open and locked. A strike replaces the file: who waited for the old one opens the new one."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                same = os.path.samestat(os.fstat(descriptor), path.stat())
            except FileNotFoundError:
                same = False
            if same:
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _last_id(descriptor: int, path: Path) -> str | None:
    """The id in the last whole line; what a kill left of a torn one is moved to journal.jsonl.torn."""
    size = os.fstat(descriptor).st_size
    while size:
        start = max(0, size - _TAIL_BYTES)
        tail = os.pread(descriptor, size - start, start)
        while start and b"\n" not in tail[:-1]:  # one line longer than that: a note of 64 KB
            start = max(0, start - _TAIL_BYTES)
            tail = os.pread(descriptor, size - start, start)
        begin = tail.rfind(b"\n", 0, len(tail) - 1) + 1
        last = tail[begin:]
        id = _id_of(last) if last.endswith(b"\n") else None
        if id is not None:
            return id
        _set_aside(_torn(path), last)
        size = start + begin
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
    return None


def _id_of(line: bytes) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    id = value.get("id") if isinstance(value, dict) else None
    return id if isinstance(id, str) else None


def _torn(path: Path) -> Path:
    return path.with_name(path.name + ".torn")


def _set_aside(path: Path, torn: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        _write(descriptor, torn.rstrip(b"\n") + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def catch_up(store: Store) -> int:
    """Appends every action the journal lacks and fsyncs it; returns how many. Called after each decision's commit.

    Raises StoreUnwritable when the journal cannot be written: the decision stands in the store all the same, and the
    next one that can write appends both.
    """
    path = store.beside(NAME)
    try:
        with told(path), _held(path) as descriptor:
            size = os.fstat(descriptor).st_size
            last = _last_id(descriptor, path)
            seq = 0 if last is None else store.value("select seq from action where id = ?", (last,)) or 0
            rows = store.all(
                "select id, at, author, verb, message, seen, payload, bulk, conversation "
                "from action where seq > ? order by seq",
                (seq,),
            )
            if seq == 0 and last is not None:  # the last line is of another store: append only what is not there
                there = {id for line in _lines(path) if (id := _id_of(line)) is not None}
                rows = [row for row in rows if row[0] not in there]
            if rows:
                size = os.fstat(descriptor).st_size
                try:
                    _write(descriptor, b"".join([_line(row, store.machine) for row in rows]))
                except OSError:
                    os.ftruncate(descriptor, size)  # half a line helps nobody
                    raise
                _to_disk(descriptor)
            if size == 0:
                _sync_folder(path.parent)
            return len(rows)
    except StoreUnwritable as error:
        raise StoreUnwritable(
            f"The decision is kept in the store, but not in {path}: {error} The next decision appends both."
        ) from error


# Length and bytes, without the times of the file, where the system tells them apart.
_to_disk = getattr(os, "fdatasync", os.fsync)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def strike(store: Store, texts: dict[str, str]) -> None:
    """Rewrites the journal with other payloads (action id -> JSON payload), in one step: the old text or the new."""
    path = store.beside(NAME)
    torn = _torn(path)
    with told(path), _held(path):
        if torn.exists():
            _rewrite(torn, (line for line in _lines(torn) if not any(id.encode() in line for id in texts)))
        _rewrite(path, (_struck(line, texts) for line in _lines(path)))
        _sync_folder(path.parent)


def _struck(line: bytes, texts: dict[str, str]) -> bytes:
    id = _id_of(line)
    if id not in texts:
        return line
    value = json.loads(line) | {"payload": json.loads(texts[id])}
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _rewrite(path: Path, lines: Iterable[bytes]) -> None:
    fresh = path.with_name(path.name + ".fresh")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        for line in lines:
            _write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)


def replay(store: Store) -> int:
    """Takes into the store what only the journal has (an empty store: everything) and returns how many actions.

    They hang on message keys: they count as soon as the mail is there. Conversation ids are given again where free.
    Called on every open; where the last line is known it reads that line only.
    """
    path = store.beside(NAME)
    try:
        with told(path):
            if path.stat().st_size == 0 or _tail_known(store, path):
                return 0
    except FileNotFoundError:
        return 0
    except StoreUnwritable as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return 0
        raise

    with store.transaction():
        with told(path):
            values = [value for line in _lines(path) if (value := _read(line)) is not None]
        new = _unknown(store, values)
        store.many(INSERT_ACTION, [action_values(action, conversation) for action, conversation in new])
        _reserve(store, new)
        from triage.store import behind, everywhere, refold  # they need this module

        refold.touch_keys(store, {action.message for action, _ in new if action.message is not None})
        for action, _ in new:
            if action.message is None:
                behind.leave(store, everywhere.threads_about(store, action.verb, action.payload))
    return len(new)


def _tail_known(store: Store, path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, min(size, _TAIL_BYTES), max(0, size - _TAIL_BYTES))
    finally:
        os.close(descriptor)
    lines = tail.split(b"\n")
    # lines[-1] is empty, or torn; the first may be cut.
    id = _id_of(lines[-2]) if len(lines) > 1 else None
    return id is not None and store.value("select 1 from action where id = ?", (id,)) is not None


def _read(line: bytes) -> tuple[Action, int | None] | None:
    """One line, None where it is torn: the rest of the journal still counts."""
    try:
        value = json.loads(line)
        seen = json.dumps(value.get("seen", []))
        payload = json.dumps(value.get("payload", {}))
        at = _instant(value["at"])
        row = (
            value["id"],
            at,
            value["author"],
            value["verb"],
            value.get("message"),
            seen,
            payload,
            value.get("bulk"),
        )
        conversation = value.get("conversation")
        return action_of(row), conversation if isinstance(conversation, int) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _instant(text: str) -> int:
    from datetime import datetime

    at = micros(datetime.fromisoformat(text))
    if at is None:
        raise StoreDamaged(f"{NAME} has an action without an instant.")
    return at


def _unknown(store: Store, values: list[tuple[Action, int | None]]) -> list[tuple[Action, int | None]]:
    known = {row[0] for row in store.all("select id from action")}
    new = []
    for action, conversation in values:
        if action.id not in known:
            known.add(action.id)
            new.append((action, conversation))
    return new


def _reserve(store: Store, new: list[tuple[Action, int | None]]) -> None:
    """Keeps the conversation ids that the journal names for the messages they were given to, where they are free."""
    wanted: dict[int, int] = {}
    for action, conversation in new:
        if conversation is not None and action.message is not None:
            wanted.setdefault(conversation, key_hash(action.message))
    taken = {row[0] for row in store.all("select id from conversation_id")}
    store.many(
        "insert into conversation_id (id, anchor, awaited) values (?, ?, 1)",
        [(id, anchor) for id, anchor in wanted.items() if id not in taken],
    )
