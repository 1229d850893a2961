"""Hypothesis strategies: whole conversations with mail, decisions and undoing, in any shape the model allows."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from tests.policy.helpers import ANA, BOB, DESK, MONDAY, ROBOT, SUPPLIER, TOM, US, hour, iso
from triage.model import Action, Bounce, Kind, Message, Place, Role, Status, Verb

DECISIONS = [verb for verb in Verb if verb is not Verb.UNDO]
WRITERS = [ANA, ANA, ANA, BOB, SUPPLIER, TOM, US, US, US, ROBOT]
ROLES = [Role.INBOX] * 6 + [Role.ARCHIVE, Role.JUNK, Role.TRASH]
KINDS = [Kind.HUMAN] * 6 + [Kind.THANKS, Kind.AUTO]


@st.composite
def messages(draw: st.DrawFn, most: int = 7) -> list[Message]:
    """Between one and `most` mails of one conversation, with references in any direction, circles included."""
    count = draw(st.integers(1, most))
    return [draw(_message(i, count)) for i in range(count)]


@st.composite
def _message(draw: st.DrawFn, i: int, count: int) -> Message:
    sender = draw(st.sampled_from(WRITERS))
    ours = DESK.owns(sender.address)
    to = draw(st.lists(st.sampled_from([ANA, BOB, SUPPLIER, US]), min_size=1, max_size=2)) if ours else [US]
    role = draw(st.sampled_from([Role.SENT] * 5 + [Role.INBOX, Role.DRAFTS])) if ours else draw(st.sampled_from(ROLES))
    at = hour(draw(st.integers(0, 60)))
    bounce = None
    kind = draw(st.sampled_from(KINDS))
    if sender is ROBOT and draw(st.booleans()):
        kind = Kind.BOUNCE
        failed = draw(st.sampled_from([ANA, BOB])).address
        bounce = Bounce(draw(st.booleans()), (failed,), f"<{draw(st.integers(0, count - 1))}@x.example>")
    left = role is not Role.INBOX and not ours and draw(st.booleans())
    return Message(
        key=f"m{i}",
        received_at=at,
        sender=sender,
        recipients=tuple(to),
        subject="Printer on fire",
        message_id=f"<{i}@x.example>",
        ids=tuple(f"<{j}@x.example>" for j in draw(st.lists(st.integers(0, count), max_size=3, unique=True))),
        kind=kind,
        ours=ours,
        asks=draw(st.booleans()),
        bounce=bounce,
        places=(Place(role.value, role, at),),
        left_inbox=left,
        moved_at=at + timedelta(hours=2) if left else None,
    )


@st.composite
def action(draw: st.DrawFn, id_: str, keys: list[str], verbs: list[Verb] = DECISIONS) -> Action:
    """One decision about these messages that saw any of them, at any time."""
    verb = draw(st.sampled_from(verbs))
    seen = tuple(draw(st.lists(st.sampled_from(keys), max_size=len(keys), unique=True)))
    if verb in (Verb.RENAME, Verb.SENDER, Verb.START):
        return Action(id_, hour(draw(st.integers(0, 70))), "person", verb, None, (), draw(_payload(verb, keys)))
    bulk = draw(st.sampled_from([None, None, "bulk"]))
    on = draw(st.sampled_from(keys))
    return Action(id_, hour(draw(st.integers(0, 70))), "person", verb, on, seen, draw(_payload(verb, keys)), bulk)


def _payload(verb: Verb, keys: list[str]) -> st.SearchStrategy[dict[str, object]]:
    if verb is Verb.STATUS:
        return _status(keys)
    if verb is Verb.JOIN:
        return st.fixed_dictionaries({"with": st.sampled_from(keys)})
    return PAYLOADS.get(verb, st.just({}))


UNTIL = st.integers(0, 90).map(iso)
TAG = st.fixed_dictionaries({"tag": st.sampled_from(["refund", "bug"])})
TARGET = st.sampled_from(["a0", "a1"])
PAYLOADS: dict[Verb, st.SearchStrategy[dict[str, object]]] = {
    Verb.NOTE: st.fixed_dictionaries({"text": st.sampled_from(["called", "see finance"])}),
    Verb.EDIT_NOTE: st.fixed_dictionaries({"target": TARGET, "text": st.just("edited")}),
    Verb.STRIKE_NOTE: st.fixed_dictionaries({"target": TARGET}),
    Verb.TAG: TAG,
    Verb.UNTAG: TAG,
    Verb.ANSWERED: st.fixed_dictionaries({"by": st.just("phone"), "at": UNTIL}),
    Verb.SNOOZE: st.fixed_dictionaries({"until": st.none() | UNTIL, "hold": st.booleans()}),
    Verb.PROMISE: st.fixed_dictionaries({"until": st.none() | UNTIL, "text": st.just("the credit note")}),
    Verb.RENAME: st.fixed_dictionaries({"address": st.just(ANA.address), "name": st.sampled_from(["A", "B"])}),
    Verb.SENDER: st.fixed_dictionaries(
        {
            "address": st.sampled_from([ANA.address, ROBOT.address]),
            "is": st.sampled_from(["person", "machine"]),
        }
    ),
    Verb.START: st.fixed_dictionaries({"before": UNTIL}),
}


@st.composite
def _status(draw: st.DrawFn, keys: list[str]) -> dict[str, object]:
    payload: dict[str, object] = {"status": draw(st.sampled_from(list(Status))).value, "reason": "finance"}
    if draw(st.integers(0, 5)) == 0:
        payload["sent"] = draw(st.sampled_from([*keys, "not here yet"]))
    return payload


@st.composite
def actions(draw: st.DrawFn, keys: list[str], most: int = 6) -> list[Action]:
    """Decisions, undos of them, and undos of the undos."""
    found = [draw(action(f"a{i}", keys)) for i in range(draw(st.integers(0, most)))]
    for i in range(draw(st.integers(0, 3)) if found else 0):
        target = draw(st.sampled_from([*(a.id for a in found), "bulk"]))
        at = hour(draw(st.integers(0, 70)))
        found.append(Action(f"u{i}", at, "person", Verb.UNDO, keys[0], (), {"target": target}))
    return found


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Message], list[Action]]:
    """Mail and decisions of one conversation."""
    mail = draw(messages())
    return mail, draw(actions([m.key for m in mail]))


__all__ = ["DESK", "MONDAY", "action", "actions", "messages", "stories"]
