"""The queue: the list with its title, message, status and key lines, and beside it a preview where there is room.

The list is arranged only when a person asks (a view, a filter, `@`, a decision of their own); new mail is counted.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from screens import arrange, commands
from screens.commands import Where
from screens.context import Context
from screens.decisions import Decisions
from screens.reading import preview_lines
from screens.status import status_words
from screens.widgets.bar import Bar
from screens.widgets.paper import Paper
from screens.widgets.queue_list import QueueList
from triage.errors import TriageError
from triage.mail.safe import safe
from triage.model import Conversation, Done, SyncState, View
from triage.store import queue, state

PREVIEW_FROM = 120
SMALLEST = (40, 10)
JUST_NOW_SECONDS = 0.4


class QueueScreen(Decisions, inherit_bindings=False):
    """Shows one view. It reads its ids before it is mounted, so that the first paint has rows."""

    where: ClassVar[Where] = "queue"
    BINDINGS: ClassVar[list[BindingType]] = list(commands.bindings("queue"))
    AUTO_FOCUS = "QueueList"
    # Not CSS: Textual ignores that on the default screen.
    DEFAULT_CSS = """
    QueueScreen { layout: vertical; }
    QueueScreen Horizontal { height: 1fr; }
    QueueScreen QueueList { width: 1fr; height: 1fr; }
    QueueScreen .empty { width: 1fr; height: 1fr; padding: 1 2; display: none; }
    QueueScreen Paper { width: 40%; height: 1fr; display: none; border-left: solid $primary 40%; }
    QueueScreen .small { display: none; }
    QueueScreen.-wide Paper { display: block; }
    QueueScreen.-empty .empty { display: block; }
    QueueScreen.-empty QueueList { display: none; }
    QueueScreen.-empty Paper { display: none; }
    QueueScreen.-small > * { display: none; }
    QueueScreen.-small .small { display: block; }
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.view = View.NEEDS_YOU
        self.filter = ""
        self.sync = state.sync_state(context.store)
        self.new: frozenset[int] = frozenset()
        self.revision = queue.revision(context.store)
        self.list = QueueList(self.load, context.judge, context.now, context.glyphs)
        self.list.ids = self.read_ids()
        self.last_mark: int | None = None
        self.taken_at = 0.0

    def compose(self) -> ComposeResult:
        yield Bar("-title")
        with Horizontal():
            yield self.list
            yield Static(classes="empty")
            yield Paper(focusable=False)
        yield Bar("message")
        yield Bar("-quiet")
        yield Bar("-keys")
        yield Static(classes="small")

    def on_mount(self) -> None:
        self.describe()

    # Reading

    def load(self, ids: Sequence[int]) -> list[Conversation]:
        return queue.rows(self.context.store, ids)

    def read_ids(self, filter: str | None = None) -> array[int]:
        context = self.context
        words = self.filter if filter is None else filter
        return queue.ids(context.store, self.view, context.now(), context.clock, words or None)

    # Saying

    def bar(self, name: str) -> Bar:
        return self.query_one(f"Bar.{name}", Bar)

    def say(self, text: str, *, error: bool = False) -> None:
        self.bar("message").say(safe(text), error=error)

    def describe(self) -> None:
        """Everything around the list: title, empty state, status, keys, preview."""
        context, ids = self.context, self.list.ids
        title = f"{arrange.TITLES[self.view]} {len(ids):,}   {arrange.ORDERS[self.view]}"
        levels = queue.levels(context.store, self.view, context.now(), context.clock)
        self.bar("-title").say(title, arrange.levels_words(levels, self.filter))
        self.set_class(not ids, "-empty")
        if not ids:
            self.query_one(".empty", Static).update(Content(self.nothing_here()))
        self.say_status()
        self.bar("-keys").say(commands.footer("queue", context.config.keys, self.size.width))
        self.show_preview()

    def say_status(self) -> None:
        words = [status_words(self.sync, self.context.now())]
        if self.new:
            words.append(f"{len(self.new):,} new, @ takes them in")
        if self.list.marked:
            words.append(f"{len(self.list.marked):,} marked")
        at = f"{self.list.cursor + 1:,}/{len(self.list.ids):,} " if self.list.ids else ""
        self.bar("-quiet").say(", ".join(words), at)

    def nothing_here(self) -> str:
        if self.filter:
            return f"Nothing here fits /{safe(self.filter)}\n\nesc clears the filter, S searches all mail."
        return arrange.empty_words(self.context, self.view, self.sync)

    def show_preview(self) -> None:
        """Paint the row under the cursor as it is at this moment; nothing is captured earlier."""
        paper = self.query_one(Paper)
        if not self.has_class("-wide") or (selected := self.list.selected) is None:
            return
        try:
            shown = queue.preview(self.context.store, selected.id)
        except TriageError as problem:
            self.say(str(problem), error=True)
            return
        way = self.context.way(max(20, paper.size.width or self.size.width * 2 // 5 - 1))
        level = self.context.level(shown[0])
        paper.show(preview_lines(shown[0], shown[1], shown[2], level, way, self.context.desk.addresses), top=0)

    # Following the store

    def follow(self, sync: SyncState) -> None:
        """The store moved: repaint rows in place, count what is new. Order and cursor stay."""
        filling, self.sync = not self.sync.synced_at, sync
        revision = queue.revision(self.context.store)
        if revision == self.revision:
            self.say_status()
            return
        self.revision = revision
        fresh = self.read_ids()
        if not self.list.ids or (filling and not self.touched):
            # The first sync fills an empty store: until a hand is on it, show the best rows so far.
            self.taken_at = time.monotonic()
            self.list.cursor = 0
            self.take(fresh, fresh[0] if fresh else None)
        else:
            self.compare(frozenset(fresh))

    @property
    def touched(self) -> bool:
        return bool(getattr(self.app, "touched", True))

    def minute(self) -> None:
        """Ages grow, levels rise, snoozes fall due: none of that is a change of the store."""
        self.compare(frozenset(self.read_ids()))

    def compare(self, fresh: frozenset[int]) -> None:
        self.new = fresh - frozenset(self.list.ids)
        self.note_changes(fresh)
        self.describe()

    def note_changes(self, fresh: frozenset[int]) -> None:
        """Rows on screen that changed elsewhere are dimmed, with what happened."""
        before = {conversation.id: conversation for conversation in self.list.in_sight()}
        self.list.reload()
        for after in self.list.in_sight():
            if (old := before.get(after.id)) and old != after and (told := arrange.what_happened(old, after)):
                self.list.changed[after.id] = told
            elif after.id not in fresh and after.id not in self.list.changed:
                self.list.changed[after.id] = "no longer here"

    def take(self, ids: array[int], at: int | None = None) -> None:
        """Take the list as the store has it now."""
        self.new = frozenset()
        self.list.changed.clear()
        self.list.marked &= set(ids)
        self.list.show(ids, at)
        self.describe()

    def take_in(self) -> None:
        self.revision = queue.revision(self.context.store)
        self.take(self.read_ids())

    # Decisions

    def chosen(self) -> list[Conversation]:
        if self.list.marked:
            return queue.rows(self.context.store, [id for id in self.list.ids if id in self.list.marked])
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
        fresh, acted = self.read_ids(), frozenset(done.ids)
        shown = arrange.after_decision(self.list.ids, fresh, acted)
        came_back = next((id for id in done.ids if id in fresh and id not in self.list.ids), None)
        stays = advance and self.list.selected_id in acted and self.list.selected_id in fresh
        self.list.marked -= acted
        for id in acted:
            self.list.changed.pop(id, None)
        self.list.show(shown, came_back)
        if stays and self.context.config.queue.advance == "next":
            self.list.move_by(1)
        self.new = frozenset(fresh) - frozenset(shown)
        self.describe()
        self.say(done.text if done.action is None else f"{done.text}  u undo")

    def candidates(self, conversation: Conversation) -> list[Conversation]:
        others = [other for other in self.list.in_sight() if other.id != conversation.id]
        return sorted(others, key=lambda other: other.customer.address != conversation.customer.address)

    # Moving

    def on_queue_list_moved(self) -> None:
        self.say_status()
        self.show_preview()

    def on_queue_list_opened(self) -> None:
        self.action_open_it()

    def action_down(self) -> None:
        self.list.move_by(1)

    def action_up(self) -> None:
        self.list.move_by(-1)

    def action_page_down(self) -> None:
        self.list.move_by(self.list.page_rows)

    def action_page_up(self) -> None:
        self.list.move_by(-self.list.page_rows)

    def action_half_down(self) -> None:
        self.list.move_by(self.list.page_rows // 2)

    def action_half_up(self) -> None:
        self.list.move_by(-(self.list.page_rows // 2))

    def action_top(self) -> None:
        self.list.move_to(0)

    def action_bottom(self) -> None:
        self.list.move_to(len(self.list.ids) - 1)

    def action_next_conversation(self) -> None:
        self.list.move_by(1)

    def action_previous_conversation(self) -> None:
        self.list.move_by(-1)

    # Opening and leaving

    def action_open_it(self) -> None:
        if (id := self.list.selected_id) is not None:
            self.open(id)

    def open(self, id: int) -> None:
        from screens.conversation import ReaderScreen

        self.app.push_screen(ReaderScreen(self.context, self, id))

    def found(self, conversation: int | None) -> None:
        if conversation is not None:
            self.list.move_to_id(conversation)
            self.open(conversation)

    def action_leave(self) -> None:
        """Back to the plain view: first marks, then the filter."""
        if self.list.marked:
            self.list.marked.clear()
            self.list.refresh()
            self.say_status()
        elif self.filter:
            self.filter = ""
            self.take(self.read_ids())
        else:
            self.say("q quits, g q goes to Needs you.")

    def action_quit(self) -> None:
        self.app.exit()

    # Views, filter, marks

    def action_view(self, name: str) -> None:
        self.view, self.filter = View[name], ""
        self.list.marked.clear()
        self.say("")
        self.list.cursor = 0
        ids = self.read_ids()
        self.take(ids, ids[0] if ids else None)

    def action_next_view(self) -> None:
        self.turn_view(1)

    def action_previous_view(self) -> None:
        self.turn_view(-1)

    def turn_view(self, step: int) -> None:
        at = commands.VIEWS.index(self.view)
        self.action_view(commands.VIEWS[(at + step) % len(commands.VIEWS)].name)

    def action_places(self) -> None:
        self.menu(commands.PLACES, lambda name: self.action_top() if name == "TOP" else self.action_view(name))

    def action_filter(self) -> None:
        from screens.prompts import FilterPrompt

        before = self.filter
        self.app.push_screen(
            FilterPrompt(self.filter, self.try_filter), lambda kept: self.set_filter(before if kept is None else kept)
        )

    def try_filter(self, words: str) -> str:
        """Narrow the list as it is typed; gives "" or what is wrong with the words."""
        try:
            ids = self.read_ids(words)
        except TriageError as problem:
            return str(problem)
        self.filter = words
        self.take(ids)
        return ""

    def set_filter(self, words: str) -> None:
        if words != self.filter:
            self.try_filter(words)

    def action_mark(self) -> None:
        if (id := self.list.selected_id) is not None:
            self.list.marked ^= {id}
            self.last_mark = self.list.cursor
            self.list.refresh()
            self.list.move_by(1)
            self.say_status()

    def action_mark_range(self) -> None:
        start = self.list.cursor if self.last_mark is None else self.last_mark
        low, high = sorted((start, self.list.cursor))
        self.list.marked |= set(self.list.ids[low : high + 1])
        self.list.refresh()
        self.say_status()

    def action_mark_all(self) -> None:
        everything = set(self.list.ids)
        self.list.marked = set() if self.list.marked == everything else everything
        self.list.refresh()
        self.say_status()

    # Size

    def on_resize(self) -> None:
        width, height = self.size.width, self.size.height
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "-small")
        self.set_class(width >= PREVIEW_FROM, "-wide")
        if small:
            say_small(self)
        self.call_after_refresh(self.describe)


def say_small(screen: Screen[None]) -> None:
    words = f"{screen.size.width}x{screen.size.height}: too small to show rows; 40x10 is enough. Nothing is lost."
    screen.query_one(".small", Static).update(Content(words))
