"""Internal notes: written, edited, struck. A note reaches no customer by any path."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from triage.errors import TriageError, UsageError
from triage.model import Done, Verb
from triage.store import journal, queue, refold
from triage.store.database import Store
from triage.store.decide import Row, Target, about, decide, insert, text_of
from triage.store.rows import clean, key_hash

PERSON = "person"


def _text(text: str) -> str:
    said = clean(text).replace("\0", "").strip()
    if not said:
        raise UsageError("The note is empty.")
    return said


def note(
    store: Store,
    ids: Sequence[int],
    text: str,
    *,
    now: datetime,
    seen: Mapping[int, int] | None = None,
    author: str = PERSON,
    name: str = "",
) -> Done:
    """Adds a note, by a colleague's `name` if given. It touches no clock."""
    said = _text(text)

    def make(target: Target) -> list[Row]:
        return [about(target, Verb.NOTE, text=said, **({"name": name} if name else {}))]

    return decide(store, ids, make, "Noted on {}", now=now, seen=seen, author=author)


def edit_note(store: Store, note: str, text: str, *, now: datetime, author: str = PERSON) -> Done:
    """Replaces the text of a note, by its id."""
    return _change(store, note, Verb.EDIT_NOTE, {"text": _text(text)}, "Changed the note on {}", now, author)


def strike_note(store: Store, note: str, *, now: datetime, author: str = PERSON) -> Done:
    """Takes the text of a note out of the store and of journal.jsonl for good; that there was one stays."""
    # Whatever another process has not written there yet goes first, so that no older text can follow.
    journal.catch_up(store)
    done = _change(store, note, Verb.STRIKE_NOTE, {}, "Struck the note on {}", now, author, strike=True)
    store.checkpoint("truncate")  # the log forgets it too
    return done


def _change(
    store: Store,
    note: str,
    verb: Verb,
    payload: dict[str, object],
    done: str,
    now: datetime,
    author: str,
    strike: bool = False,
) -> Done:
    with store.transaction():
        message = store.value("select message from action where id = ? and verb = 'note'", (note,))
        if message is None:
            raise TriageError(f"There is no note {note}.")
        if _struck(store, note):
            raise TriageError("That note is struck; its text is gone.")
        conversation = store.value(
            "select conversation from message where key = ? and key_hash = ?", (message, key_hash(message))
        )
        row = Row(verb, {"target": note, **payload}, message, (), conversation)
        action, _ = insert(store, [row], now, author)
        if strike:
            _forget(store, note)
        refold.touch_keys(store, {message})
        subject = queue.conversation(store, conversation).subject if conversation is not None else ""
    journal.catch_up(store)
    return Done(done.format(text_of(subject)), action, () if conversation is None else (conversation,))


def _struck(store: Store, note: str) -> bool:
    return bool(
        store.value(
            "select exists (select 1 from action where verb = 'strike note' and json_extract(payload, '$.target') = ?)",
            (note,),
        )
    )


def _forget(store: Store, note: str) -> None:
    """Empties every text the note ever had, here and in the journal; the file's change is the first to last."""
    found = store.all(
        "select id, payload from action where id = ? or (verb = 'edit note' and json_extract(payload, '$.target') = ?)",
        (note, note),
    )
    texts = {id: json.dumps({**json.loads(payload), "text": None}) for id, payload in found}
    store.many("update action set payload = ? where id = ?", [(payload, id) for id, payload in texts.items()])
    journal.strike(store, texts)
