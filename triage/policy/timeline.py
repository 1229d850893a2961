"""A conversation as it is read: mail, notes and decisions in one order, the same in which the fold took them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.model import Action, Body, Desk, Entry, EntryKind, Limits, Message, Note, Verb
from triage.policy.fold import played, schedule
from triage.policy.notes import notes
from triage.policy.sides import word
from triage.policy.undo import effective

_NOT_SHOWN = frozenset({Verb.EDIT_NOTE, Verb.STRIKE_NOTE, Verb.START})


def timeline(
    messages: Sequence[Message],
    actions: Sequence[Action],
    desk: Desk,
    bodies: Mapping[str, Body] | None = None,
) -> list[Entry]:
    """Entries in fold order. What was undone is left out; an edited note shows its last text, a struck one None.

    `actions` are those `fold` gets; `bodies` maps message key -> Body for those that are here. `settled` is False for a
    customer's message that still waits (behind a spam mark too) and for thanks that nobody has confirmed.
    """
    standing = effective(actions)
    rows, state = played(messages, standing, desk, Limits())
    places = {message.key: i for i, message in enumerate(rows)}
    due = schedule(rows, standing, places)
    texts = {note.id: note for note in notes(standing, places)}
    open_ = {rows[i].key for i in (*state.waits, *(() if state.thanks is None else (state.thanks,)))}
    found = bodies or {}
    entries: list[Entry] = []
    for i, message in enumerate(rows):
        entries.append(
            Entry(
                EntryKind.MESSAGE,
                message.received_at,
                message=message,
                body=found.get(message.key),
                side=word(state.cast.sides[i]),
                settled=message.key not in open_,
            )
        )
        entries += [_entry(action, texts) for action in due.get(i, ()) if _shown(action, texts, places)]
    return entries


def _shown(action: Action, texts: Mapping[str, Note], places: Mapping[str, int]) -> bool:
    if action.verb is Verb.NOTE:
        return action.id in texts
    if action.message not in places:
        return action.verb is Verb.TAG or action.verb is Verb.UNTAG
    return action.verb not in _NOT_SHOWN


def _entry(action: Action, texts: Mapping[str, Note]) -> Entry:
    if action.verb is Verb.NOTE:
        return Entry(EntryKind.NOTE, action.at, note=texts[action.id])
    return Entry(EntryKind.ACTION, action.at, action=action, words=words(action))


def words(action: Action) -> str:
    """A decision in a few words, without who and when: "closed", "tagged refund", "snoozed until ..."."""
    payload = action.payload
    if action.verb is Verb.STATUS:
        return _status(payload)
    if action.verb is Verb.SNOOZE:
        until = payload.get("until")
        return f"snoozed until {until}" if until else "snooze lifted"
    if action.verb is Verb.PROMISE:
        until = payload.get("until")
        text = f": {payload['text']}" if payload.get("text") else ""
        return f"promised by {until}{text}" if until else "promise ended"
    if action.verb is Verb.ANSWERED:
        return f"answered elsewhere ({payload.get('by') or 'outside the mail'})"
    if action.verb in (Verb.TAG, Verb.UNTAG):
        return f"{'tagged' if action.verb is Verb.TAG else 'untagged'} {payload.get('tag', '')}"
    return _WORDS.get(action.verb, action.verb.value)


_WORDS = {
    Verb.JOIN: "joined",
    Verb.SPLIT: "split",
    Verb.THANKS: "thanks confirmed",
    Verb.NO_ANSWER: "no answer needed",
    Verb.EDIT_NOTE: "changed the note on",
}


def _status(payload: Mapping[str, object]) -> str:
    reason = f": {payload['reason']}" if payload.get("reason") else ""
    said = str(payload.get("status", ""))
    return {"open": "opened", "spam": "marked as spam", "pending": "set pending"}.get(said, said) + reason
