"""What each named list of the queue holds, and where a conversation stands. The store says the same in SQL."""

from __future__ import annotations

from datetime import datetime

from triage.model import Conversation, Reason, Status, Turn, View

WORDS: dict[View, str] = {
    View.NEEDS_YOU: "your move: your turn, opened by you, woken, a broken promise, a bounce, a reply not out",
    View.NEW: "customer mail nobody here has opened yet, newest first",
    View.WAITING: "the customer's move",
    View.THANKS: "mail that probably only thanks: e settles it, o says it is a question",
    View.MACHINE: "mail that only machines wrote",
    View.SNOOZED: "behind a curtain until its hour",
    View.PARKED: "someone else must move first",
    View.DRAFTS: "replies begun and not sent",
    View.SENT: "conversations we wrote in, newest first",
    View.CLOSED: "done",
    View.SPAM: "spam",
    View.JUNK: "customers' mail that lies in Junk or Trash",
    View.ALL: "everything, history too",
}


def snoozed(conversation: Conversation, now: datetime) -> bool:
    """Whether the curtain is down."""
    return conversation.snoozed_until is not None and conversation.snoozed_until > now


def woken(conversation: Conversation, now: datetime) -> bool:
    """Whether a snooze is due and nobody has decided since."""
    return conversation.snoozed_until is not None and conversation.snoozed_until <= now


def shown_status(conversation: Conversation, now: datetime) -> Status:
    """The status as people and scripts see it: a snooze that is due shows it open until the next decision."""
    set_aside = conversation.status in (Status.PENDING, Status.PARKED)
    return Status.OPEN if set_aside and woken(conversation, now) else conversation.status


def urgent(conversation: Conversation, now: datetime) -> str | None:
    """What stands before every wait, from anywhere: in words, or None."""
    if conversation.reply_out:
        return "a reply of ours is not out"
    if conversation.promise_until is not None and conversation.promise_until <= now:
        return "a promise is broken"
    if Reason.BOUNCED in conversation.marks:
        return "our mail bounced"
    return None


def needs_you(conversation: Conversation, now: datetime) -> bool:
    """Whether it stands in *Needs you*: no curtain and a move of ours, or something urgent from anywhere."""
    if urgent(conversation, now) is not None:
        return True
    if conversation.history or snoozed(conversation, now):
        return False
    status = conversation.status
    if woken(conversation, now):
        return True
    ours = conversation.turn is Turn.OURS and status in (Status.OPEN, Status.PENDING)
    return ours or (conversation.opened_by_person and status is Status.OPEN)


def place(conversation: Conversation, now: datetime) -> str:
    """Where it stands in the queue and why, in words."""
    if (why := urgent(conversation, now)) is not None:
        return f"Needs you, at the top: {why}"
    if conversation.history and not conversation.thanks:
        return "All: from before the start line"
    if snoozed(conversation, now):
        return "Snoozed: behind its curtain"
    if conversation.turn is Turn.OURS and conversation.status is not Status.PARKED:
        return "Needs you: your turn, longest wait first"
    if woken(conversation, now):
        return "Needs you: its snooze is over"
    if needs_you(conversation, now):
        return "Needs you: opened by a person"
    return _elsewhere(conversation)


def _elsewhere(conversation: Conversation) -> str:
    if conversation.thanks:
        return "Thanks?: the newest mail probably only thanks"
    if conversation.status is Status.PARKED:
        waits = ", a customer waits" if conversation.turn is Turn.OURS else ""
        return f"Parked: someone else must move first{waits}"
    if conversation.status is Status.CLOSED:
        return "Closed"
    if conversation.status is Status.SPAM:
        return "Spam"
    if conversation.machine:
        return "Machine: only machines wrote"
    if conversation.turn is Turn.NOBODY:
        return "All: nobody has written by hand"
    return "Waiting on them: the customer's turn"
