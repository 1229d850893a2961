"""Words and order around a list: titles, empty states, what changed, where rows go after a decision. No widgets."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from screens.context import Context
from screens.status import still_fetching
from triage.model import Conversation, Level, SyncState, View
from triage.store import glance, queue

FEW = 20
TITLES = {
    View.NEEDS_YOU: "Needs you",
    View.NEW: "New",
    View.WAITING: "Waiting on them",
    View.THANKS: "Thanks?",
    View.MACHINE: "Machine",
    View.SNOOZED: "Snoozed",
    View.PARKED: "Parked",
    View.DRAFTS: "Drafts",
    View.SENT: "Sent",
    View.CLOSED: "Closed",
    View.SPAM: "Spam",
    View.JUNK: "Junk check",
    View.ALL: "All",
}
ORDERS = dict.fromkeys(View, "newest first") | {
    View.NEEDS_YOU: "oldest first",
    View.WAITING: "quiet longest first",
    View.SNOOZED: "next to wake first",
    View.PARKED: "parked longest first",
}
EMPTY = {
    View.NEW: "Nothing new: you have opened every conversation.",
    View.WAITING: "Nobody owes you an answer.",
    View.THANKS: "No thank-you mails wait for a nod.",
    View.MACHINE: "No machine mail.",
    View.SNOOZED: "Nothing is snoozed.",
    View.PARKED: "Nothing is parked with someone else.",
    View.DRAFTS: "No drafts.",
    View.SENT: "Nothing sent from here yet.",
    View.CLOSED: "Nothing closed yet.",
    View.SPAM: "No spam.",
    View.JUNK: "Nothing in Junk or Trash to check.",
    View.ALL: "No conversations yet.",
}


def levels_words(levels: Mapping[Level, int], filter: str) -> str:
    """ "3 moldy  12 stale   /refund ", empty levels left out."""
    words = [f"{levels[level]:,} {level}" for level in (Level.MOLDY, Level.STALE) if levels.get(level)]
    return "  ".join(words) + (f"   /{filter}" if filter else "") + " "


def empty_words(context: Context, view: View, sync: SyncState) -> str:
    """The reward, or the plain fact that this view holds nothing, and what could be done next."""
    fetching = still_fetching(sync)
    counts = queue.counts(context.store, context.now())
    if view is not View.NEEDS_YOU:
        return f"{EMPTY[view]}\n\n1 goes back to Needs you ({counts.get(View.NEEDS_YOU, 0):,})."
    if fetching:
        return fetching
    others = [
        f"{number}  {TITLES[other]} {counts[other]:,}"
        for number, other in enumerate(list(View)[1:9], 2)
        if counts.get(other)
    ]
    closed = glance.closed_since(context.store, week_start(context.now(), context.zone))
    lines = [f"Queue zero. Oldest open: none. {closed:,} closed this week.", ""]
    if others:
        lines += ["What could be done next:", *("  " + line for line in others)]
    return "\n".join([*lines, "  S  search all mail", "  @  sync now"])


def week_start(now: datetime, zone: tzinfo) -> datetime:
    """Monday 00:00 of this week, on the clock of the desk."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=today.weekday())).astimezone(UTC)


def what_happened(before: Conversation, after: Conversation) -> str:
    """In two words, what someone else or new mail did to a row."""
    if before.status != after.status:
        return str(after.status)
    if before.arrival != after.arrival:
        return "new mail"
    if before.snoozed_until != after.snoozed_until:
        return "snoozed" if after.snoozed_until else "woken"
    if before.turn != after.turn:
        return f"turn {after.turn}"
    return ""


def without(shown: array[int], gone: frozenset[int]) -> array[int]:
    """The list but for a few rows."""
    kept = shown[:]
    if len(gone) > FEW:
        return array("q", [id for id in kept if id not in gone])
    for id in gone:
        if id in kept:
            kept.remove(id)
    return kept


def after_decision(shown: array[int], fresh: array[int], acted: frozenset[int]) -> array[int]:
    """The list after one's own decision: acted rows that left the view go, those that came back stand where the store
    has them relative to what is shown; every other row keeps its place."""
    in_fresh = frozenset(fresh) if acted else frozenset[int]()
    kept = array("q", [id for id in shown if id not in acted or id in in_fresh])
    missing = acted & in_fresh - frozenset(kept)
    if not missing:
        return kept

    here = frozenset(kept)
    before: dict[int, list[int]] = {}
    waiting: list[int] = []
    for id in fresh:
        if id in missing:
            waiting.append(id)
        elif id in here and waiting:
            before[id] = waiting
            waiting = []
    placed = array("q")
    for id in kept:
        placed.extend(before.get(id, ()))
        placed.append(id)
    placed.extend(waiting)
    return placed
