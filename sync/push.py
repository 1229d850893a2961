"""What a person's decisions ask of the server, one goal at a time: flags and moves, and only what sync.push allows.

Goals are states ("the message is in Archive"), so doing one twice changes nothing, and a worker killed in between does
it again. A row leaves the outbox when the server confirmed. Without sync.push no mailbox is ever opened for writing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from sync import answers
from sync.mailbox import Mailbox, Refused, quoted
from sync.plan import Batch
from triage.model import Role
from triage.store import bodies, incoming, outbox
from triage.store.bodies import Wanted
from triage.store.database import Store
from triage.store.incoming import MailboxState
from triage.store.outbox import Goal

FLAGS = {"seen": "\\Seen", "answered": "\\Answered"}
MOVES = {"archive": Role.ARCHIVE, "junk": Role.JUNK, "trash": Role.TRASH}
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^<>\s\"\\]+>)", re.IGNORECASE | re.MULTILINE)


def waiting(store: Store, allowed: Collection[str]) -> bool:
    """Whether there is something to push."""
    return bool(allowed) and any(goal.goal in allowed for goal in outbox.pending(store))


def push(box: Mailbox, store: Store, allowed: Collection[str]) -> int:
    """Do what the outbox asks, in order; returns how many goals are reached. What the server refuses stays there."""
    if not allowed:
        return 0
    states = {state.name: state for state in incoming.mailboxes(store)}
    done = 0
    for goal in outbox.pending(store):
        if goal.goal in allowed and _reached(box, states, goal, bodies.where(store, goal.message)):
            outbox.done(store, goal.id)
            done += 1
    return done


def _reached(box: Mailbox, states: dict[str, MailboxState], goal: Goal, places: Sequence[Wanted]) -> bool:
    """Reach one goal; False where the server refuses, or has renumbered and the next round must find the mail again."""
    try:
        if goal.goal in FLAGS:
            return all(_flag(box, states, place, FLAGS[goal.goal]) for place in places)
        inbox = [place for place in places if states[place.mailbox].role is Role.INBOX]
        target = next((name for name, state in states.items() if state.role is MOVES[goal.goal]), None)
        # Not in INBOX any more: somebody else moved it, which is no reason to move it again.
        return target is not None and all(_move(box, states, place, target) for place in inbox)
    except Refused:
        return False


def _flag(box: Mailbox, states: dict[str, MailboxState], place: Wanted, flag: str) -> bool:
    if not _open(box, states, place):
        return False
    box.command(f"UID STORE {place.uid} +FLAGS.SILENT ({flag})", f"mark a message {flag}")
    return True


def _move(box: Mailbox, states: dict[str, MailboxState], place: Wanted, target: str) -> bool:
    if not _open(box, states, place):
        return False
    if "MOVE" in box.capabilities:
        box.command(f"UID MOVE {place.uid} {quoted(target)}", f"move a message to {target}")
        return True

    # RFC 6851 4.3: COPY, mark, expunge this one alone. The copy may be there from a try that was cut short.
    identity = _message_id(box, place)
    if not (identity and _holds(box, target, identity)):
        _open(box, states, place)
        box.command(f"UID COPY {place.uid} {quoted(target)}", f"copy a message to {target}")
    _open(box, states, place)
    box.command(f"UID STORE {place.uid} +FLAGS.SILENT (\\Deleted)", "mark a message deleted")
    if "UIDPLUS" in box.capabilities:
        # Without UIDPLUS, EXPUNGE would take what others marked; it stays marked and hidden.
        box.command(f"UID EXPUNGE {place.uid}", "expunge a message")
    return True


def _open(box: Mailbox, states: dict[str, MailboxState], place: Wanted) -> bool:
    return box.select(place.mailbox).uidvalidity == states[place.mailbox].uidvalidity


def _message_id(box: Mailbox, place: Wanted) -> str | None:
    ask = Batch([place.uid], 1000)
    for group in box.fetch([ask], "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"):
        for one in group:
            if (match := _MESSAGE_ID.search(one.data or b"")) and match[1].isascii():
                return match[1].decode("ascii")
    return None


def _holds(box: Mailbox, target: str, identity: str) -> bool:
    box.examine(target)
    return bool(answers.uids(box.command(f'UID SEARCH HEADER MESSAGE-ID "{identity}"', "search")))
