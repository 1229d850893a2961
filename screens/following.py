"""How the list follows the store: what a key needs at once, what can wait until nobody types, what stays put.

Reading all ids of a view takes 20 ms at 30,000 conversations. A key pays for none of it: a decision takes its own rows
out, and the rest is caught up with in pauses, for a tenth of the time at most.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence

from screens import arrange
from screens.context import Context
from screens.decisions import Decisions
from screens.widgets.queue_list import QueueList
from triage.model import Conversation, Done, Level, SyncState, View
from triage.store import glance, queue, state

QUIET_SECONDS = 0.25
REST = 10
"""Times as long as catching up took, it rests."""
JUST_NOW_SECONDS = 0.4


class Following(Decisions):
    """A list of one view, arranged only when a person asks; what arrives is counted in `new`."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.view = View.NEEDS_YOU
        self.filter = ""
        self.sync = state.sync_state(context.store)
        self.filling = not self.sync.synced_at
        self.levels: dict[Level, int] = {}
        self.new: frozenset[int] = frozenset()
        self.revision = queue.revision(context.store)
        self.list = QueueList(self.load, context.judge, context.now, context.glyphs)
        self.list.ids = self.read_ids()
        self.behind = True
        self.rest_until = 0.0
        self.taken_at = 0.0

    def describe(self) -> None:
        raise NotImplementedError

    def say_status(self) -> None:
        raise NotImplementedError

    # Reading

    def load(self, ids: Sequence[int]) -> list[Conversation]:
        return queue.rows(self.context.store, ids)

    def read_ids(self, filter: str | None = None) -> array[int]:
        context = self.context
        words = self.filter if filter is None else filter
        return queue.ids(context.store, self.view, context.now(), context.clock, words or None)

    # Following

    def follow(self, sync: SyncState) -> None:
        """The store moved: repaint what is in sight, catch up with the rest. Order and cursor stay."""
        before, self.sync = self.sync, sync
        self.tell_trouble(before, sync)
        revision = queue.revision(self.context.store)
        if revision != self.revision:
            self.revision = revision
            self.behind = True
            self.note_changes()
        self.say_status()
        self.catch_up()

    def minute(self) -> None:
        """Ages grow, levels rise, snoozes fall due: none of that is a change of the store."""
        self.behind = True
        self.list.refresh()

    def catch_up(self) -> None:
        """Count what is new and how stale all of it is, while nobody types."""
        began = time.monotonic()
        if not self.behind or began < self.rest_until or began - self.key_at < QUIET_SECONDS:
            return
        self.behind = False
        fresh = self.read_ids()
        if not self.list.ids or (self.filling and not self.key_at):
            # The first sync fills an empty store: until a hand is on it, show the best rows so far.
            self.taken_at = began if self.list.ids else 0.0
            self.list.cursor = 0
            self.take(fresh, fresh[0] if fresh else None)
        else:
            there = frozenset(fresh)
            self.new = there - frozenset(self.list.ids)
            self.note_absence(there)
            self.read_levels()
            self.describe()
        self.filling = self.filling and not self.sync.synced_at
        self.rest_until = time.monotonic() + REST * (time.monotonic() - began)

    @property
    def key_at(self) -> float:
        """When the last key came, on the monotonic clock; 0 before the first."""
        return float(getattr(self.app, "key_at", 0.0))

    def read_levels(self) -> None:
        # A filter narrows the list; the levels of the whole view beside it would be taken for its own.
        context = self.context
        self.levels = {} if self.filter else queue.levels(context.store, self.view, context.now(), context.clock)

    def note_changes(self) -> None:
        """Rows in sight that changed elsewhere are dimmed, with what happened."""
        before = {conversation.id: conversation for conversation in self.list.in_sight()}
        self.list.reload()
        for after in self.list.in_sight():
            if (old := before.get(after.id)) and old != after and (told := arrange.what_happened(old, after)):
                self.list.changed[after.id] = told

    def note_absence(self, there: frozenset[int]) -> None:
        for shown in self.list.in_sight():
            if shown.id not in there and self.list.changed.setdefault(shown.id, "no longer here"):
                self.list.refresh()

    def take(self, ids: array[int], at: int | None = None) -> None:
        """Take the list as the store has it now; the cursor goes to `at`, else stays on its conversation."""
        self.new = frozenset()
        self.list.changed.clear()
        if self.list.marked:
            here = frozenset(ids)
            self.list.marked = {id: seen for id, seen in self.list.marked.items() if id in here}
        self.read_levels()
        self.list.show(ids, at)
        self.describe()

    def take_in(self) -> None:
        self.revision = queue.revision(self.context.store)
        self.take(self.read_ids())

    # Decisions

    def chosen(self) -> list[Conversation]:
        if self.list.marked:
            return list(self.list.marked.values())
        return [self.list.selected] if self.list.selected else []

    def holds_back(self, chosen: Sequence[Conversation]) -> bool:
        if time.monotonic() - self.taken_at < JUST_NOW_SECONDS:
            self.say("The list changed this very moment. Press the key again.")
            return True
        told = [self.list.changed.pop(conversation.id, "") for conversation in chosen]
        if not any(told):
            return False
        self.list.reload()
        self.say(f"This changed since you looked: {next(filter(None, told))}. Press the key again to act all the same.")
        return True

    def applied(self, done: Done, *, advance: bool) -> None:
        """After a decision of one's own: rows that left go, rows that came back appear, nothing else moves."""
        self.revision = queue.revision(self.context.store)
        acted, rows = frozenset(done.ids), self.list
        there = self.still_here(acted)
        absent = [id for id in done.ids if id in there and id not in rows.ids]
        stays = advance and rows.selected_id in there
        rows.marked = {id: seen for id, seen in rows.marked.items() if id not in acted}
        for id in acted:
            rows.changed.pop(id, None)

        if absent:
            rows.show(arrange.after_decision(rows.ids, self.read_ids(), acted), absent[0])
        else:
            rows.show(arrange.without(rows.ids, acted - there))
        if stays and self.context.config.queue.advance == "next":
            rows.move_by(1)
        self.behind = True
        self.describe()
        self.say(done.text if done.action is None else f"{done.text}  u undo")

    def still_here(self, acted: frozenset[int]) -> frozenset[int]:
        """Which of these the view holds now; with a filter only all of it together says so."""
        there = glance.among(self.context.store, self.view, acted, self.context.now())
        # What left the view, as most decisions make it, needs no look at the filter's words.
        return there & frozenset(self.read_ids()) if there and self.filter else there

    def candidates(self, conversation: Conversation) -> list[Conversation]:
        others = [other for other in self.list.in_sight() if other.id != conversation.id]
        return sorted(others, key=lambda other: other.customer.address != conversation.customer.address)
