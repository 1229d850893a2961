"""The queue: the list with its title, message, status and key lines, and beside it a preview where there is room.

The list is arranged only when a person asks (a view, a filter, `@`, a decision of their own); new mail is counted.
"""

from __future__ import annotations

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
from screens.following import Following
from screens.reading import preview_lines
from screens.status import status_words
from screens.widgets.bar import Bar
from screens.widgets.paper import Paper
from triage.errors import TriageError
from triage.mail.safe import safe
from triage.model import View
from triage.store import queue

PREVIEW_FROM = 120
SMALLEST = (40, 10)


class QueueScreen(Following, inherit_bindings=False):
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
        super().__init__(context)
        self.last_mark: int | None = None

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
        self.call_after_refresh(self.catch_up)

    # Saying

    def bar(self, name: str) -> Bar:
        return self.query_one(f"Bar.{name}", Bar)

    def say(self, text: str, *, error: bool = False) -> None:
        self.bar("message").say(safe(text), error=error)

    def describe(self) -> None:
        """Everything around the list: title, empty state, status, keys, preview."""
        ids = self.list.ids
        title = f"{arrange.TITLES[self.view]} {len(ids):,}   {arrange.ORDERS[self.view]}"
        self.bar("-title").say(title, arrange.levels_words(self.levels, self.filter))
        self.set_class(not ids, "-empty")
        if not ids:
            self.query_one(".empty", Static).update(Content(self.nothing_here()))
        self.say_status()
        self.bar("-keys").say(commands.footer("queue", self.context.config.keys, self.size.width))
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

    async def try_filter(self, words: str) -> str:
        """Narrow the list once nobody types; gives "" or what is wrong with the words."""
        context, view = self.context, self.view
        try:
            ids = await context.beside.once_quiet(
                lambda store: queue.ids(store, view, context.now(), context.clock, words or None)
            )
        except TriageError as problem:
            return str(problem)
        self.filter = words
        self.take(ids)
        return ""

    def set_filter(self, words: str) -> None:
        """Narrow the list at once: the next key is for the rows that the words leave."""
        if words == self.filter:
            return
        try:
            ids = self.read_ids(words)
        except TriageError as problem:
            self.say(str(problem), error=True)
            return
        self.filter = words
        self.take(ids)

    def action_mark(self) -> None:
        if (id := self.list.selected_id) is not None:
            if self.list.marked.pop(id, None) is None and (seen := self.list.selected):
                self.list.marked[id] = seen
            self.last_mark = self.list.cursor
            self.list.refresh()
            self.list.move_by(1)
            self.say_status()

    def action_mark_range(self) -> None:
        start = self.list.cursor if self.last_mark is None else self.last_mark
        low, high = sorted((start, self.list.cursor))
        self.list.marked |= {seen.id: seen for seen in self.load(self.list.ids[low : high + 1])}
        self.list.refresh()
        self.say_status()

    def action_mark_all(self) -> None:
        everything = len(self.list.marked) == len(self.list.ids)
        self.list.marked = {} if everything else {seen.id: seen for seen in self.load(self.list.ids)}
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
