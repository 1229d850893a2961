"""Notes, tags and names: what decisions say beside the mail. They touch no clock, so their own clocks order them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from triage.model import Action, Note, Verb


def notes(actions: Iterable[Action], keys: Container[str]) -> list[Note]:
    """The notes on these messages, oldest first, edited and struck as they stand.

    `actions` are those in effect, in clock order; `keys` the message keys of the conversation. The newest edit counts.
    A struck note is a tombstone: its text is None whatever is edited or undone afterwards.
    """
    found: dict[str, Note] = {}
    changes: list[Action] = []
    for action in actions:
        if action.verb is Verb.NOTE and action.message is not None and action.message in keys:
            text = action.payload.get("text")
            said = str(text) if text is not None else None
            found[action.id] = Note(action.id, action.at, action.author, said, action.message)
        elif action.verb is Verb.EDIT_NOTE or action.verb is Verb.STRIKE_NOTE:
            changes.append(action)
    struck: set[str] = set()
    for change in changes:
        target = str(change.payload.get("target", ""))
        if target not in found:
            continue
        if change.verb is Verb.STRIKE_NOTE:
            struck.add(target)
        else:
            text = change.payload.get("text")
            found[target] = replace(found[target], text=None if text is None else str(text), edited_at=change.at)
    return [replace(note, text=None) if note.id in struck else note for note in found.values()]


def tags(actions: Iterable[Action]) -> tuple[str, ...]:
    """The tags that stand, in alphabetical order. `actions` are in effect, in clock order.

    After a split both parts keep the tags: an action counts that hangs here or saw a message that is here.
    """
    found: set[str] = set()
    for action in actions:
        if action.verb is Verb.TAG:
            found.add(str(action.payload.get("tag", "")))
        elif action.verb is Verb.UNTAG:
            found.discard(str(action.payload.get("tag", "")))
    found.discard("")
    return tuple(sorted(found))


def senders(actions: Iterable[Action]) -> dict[str, str]:
    """Address -> "person" or "machine", as a person last said."""
    return {
        str(action.payload.get("address", "")): str(action.payload.get("is", ""))
        for action in actions
        if action.verb is Verb.SENDER
    }


def names(actions: Iterable[Action]) -> dict[str, str]:
    """Address -> the name a person gave it."""
    return {
        str(action.payload.get("address", "")): str(action.payload.get("name", ""))
        for action in actions
        if action.verb is Verb.RENAME
    }


def start_line(actions: Iterable[Action]) -> Action | None:
    """The newest start line that stands."""
    return next((action for action in reversed(list(actions)) if action.verb is Verb.START), None)
