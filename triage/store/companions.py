"""The files beside store.db that can be had again: mail.db (what the mail says) and search.db (its words).

They are files of their own so that no body ever contends with a key's commit. Only the worker writes them; of another
version they are thrown away, and the mail is fetched and indexed again.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from triage.store import schema
from triage.store.database import Mode, Store, create
from triage.store.trouble import AGAIN, damaged, told

MAIL, SEARCH = AGAIN

_VERSIONS = {MAIL: (schema.MAIL_VERSION, schema.MAIL), SEARCH: (schema.SEARCH_VERSION, schema.SEARCH)}

# Scripts written without spaces: Hangul, kana, Han, Thai, Lao, Khmer, Burmese.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
UNSPACED = re.compile(f"[{_UNSPACED}]")


def spaced(text: str) -> str:
    """Text for the index: characters of scripts without spaces stand alone, so that a phrase of them finds any part."""
    if text.isascii():
        return text
    return UNSPACED.sub(r" \g<0> ", text)


def mail(store: Store) -> sqlite3.Connection | None:
    """mail.db, kept open with the store; None where a reader finds none yet."""
    return _companion(store, MAIL)


def search(store: Store) -> sqlite3.Connection | None:
    """search.db for the worker, kept open with the store."""
    return _companion(store, SEARCH)


def _companion(store: Store, name: str) -> sqlite3.Connection | None:
    found = store.companions.get(name)
    if found is not None:
        return found
    path = store.beside(name)
    with told(path):
        if store.mode is Mode.WORKER:
            connection = _to_write(store, path, name)
        elif not path.exists():
            return None
        else:
            connection = sqlite3.connect(path, timeout=5, isolation_level=None)
            if not _current(connection, name):
                connection.close()
                return None
            connection.execute("pragma query_only = on")
    store.companions[name] = connection
    return connection


def _current(connection: sqlite3.Connection, name: str) -> bool:
    return bool(connection.execute("pragma user_version").fetchone()[0] == _VERSIONS[name][0])


def _to_write(store: Store, path: Path, name: str) -> sqlite3.Connection:
    version, statements = _VERSIONS[name]
    create(path)
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    try:
        sound = _current(connection, name)
    except sqlite3.DatabaseError:
        sound = False
    if not sound and path.stat().st_size:
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        create(path)
        connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    connection.execute("pragma journal_mode = wal").fetchall()
    connection.execute("pragma synchronous = normal")
    connection.execute("pragma cache_size = -8000")
    if not sound:
        if name == MAIL:
            # A new one knows no text: all are fetched again. Before it counts as sound, so that a kill repeats it.
            with store.transaction():
                store.run("update place set wanted = 1 where wanted = 0")
        connection.execute("begin immediate")
        for statement in statements:
            connection.execute(statement)
        # Not bound: a pragma takes no parameter.
        connection.execute(f"pragma user_version = {version:d}")
        connection.execute("commit")
    return connection


def damage(store: Store) -> list[str]:
    """A sentence for each file beside the store that is damaged. One that is missing is made by the next sync."""
    found = []
    for name in AGAIN:
        path = store.beside(name)
        if not path.exists():
            continue
        try:
            connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
            try:
                sound = connection.execute("pragma quick_check(1)").fetchone()[0] == "ok"
            finally:
                connection.close()
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            found.append(damaged(path))
    return found


def attach_search(store: Store) -> bool:
    """Makes `search.words` known to the store's own connection; False where there is no index yet."""
    if "attached" in store.notes:
        return True
    path = store.beside(SEARCH)
    if not path.exists():
        return False
    with told(path):
        probe = sqlite3.connect(path, timeout=5, isolation_level=None)
        try:
            if not _current(probe, SEARCH):
                return False
        finally:
            probe.close()
    store.all("attach database ? as search", (str(path),))
    store.notes.add("attached")
    return True
