"""The reader: one conversation with notes inline, opened at the first message of the present wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from screens import commands
from screens.commands import Where
from screens.context import Context
from screens.decisions import Decisions
from screens.look import count
from screens.queue import SMALLEST, say_small
from screens.reading import lay_out, named, opens_at, standing, waiting_line
from screens.status import status_words
from screens.widgets.bar import Bar
from screens.widgets.paper import Paper
from triage.errors import TriageError
from triage.mail.safe import safe
from triage.model import Conversation, Done, Entry, EntryKind, SyncPhase, SyncState
from triage.store import queue, state

if TYPE_CHECKING:
    from screens.queue import QueueScreen


class ReaderScreen(Decisions, inherit_bindings=False):
    """Shows one conversation; the list behind it gives next and previous and follows the decisions made here."""

    where: ClassVar[Where] = "reader"
    BINDINGS: ClassVar[list[BindingType]] = list(commands.bindings("reader"))
    AUTO_FOCUS = "Paper"
    DEFAULT_CSS = """
    ReaderScreen { layout: vertical; }
    ReaderScreen Paper { height: 1fr; }
    ReaderScreen .small { display: none; }
    ReaderScreen.-small > * { display: none; }
    ReaderScreen.-small .small { display: block; }
    """

    def __init__(self, context: Context, list_screen: QueueScreen, id: int) -> None:
        super().__init__()
        self.context, self.list_screen = context, list_screen
        self.quotes = self.headers = False
        self.changed = ""
        self.read(id)

    def read(self, id: int) -> None:
        """Read everything shown. Raises TriageError for an unknown id."""
        store = self.context.store
        self.conversation: Conversation = queue.conversation(store, id)
        self.entries: list[Entry] = queue.timeline(store, self.conversation.id)
        self.revision = queue.revision(store)

    def compose(self) -> ComposeResult:
        yield Bar("-title subject")
        yield Bar("waiting")
        yield Paper()
        yield Bar("message")
        yield Bar("-quiet")
        yield Bar("-keys")
        yield Static(classes="small")

    def on_mount(self) -> None:
        self.opened()

    def opened(self) -> None:
        """Mark as read here, and ask the worker for the texts that are not here yet; they appear when they come."""
        try:
            queue.opened(self.context.store, self.conversation.id, self.context.now())
            self.list_screen.list.reload([self.conversation.id])
            # After a refused login every request is another try: only `@` may ask for that.
            if self.list_screen.sync.phase is not SyncPhase.REFUSED:
                self.want_bodies()
        except TriageError as problem:
            self.say(str(problem), error=True)

    def want_bodies(self) -> None:
        missing = [entry.message for entry in self.entries if entry.message and entry.body is None]
        for key in [message.key for message in missing if not message.gone][-20:]:
            state.ask(self.context.store, "body", {"key": key})

    # Showing

    def bar(self, name: str) -> Bar:
        return self.query_one(f"Bar.{name}", Bar)

    def say(self, text: str, *, error: bool = False) -> None:
        self.bar("message").say(safe(text), error=error)

    def describe(self) -> None:
        conversation, context = self.conversation, self.context
        now = context.now()
        right = standing(conversation, context.level(conversation), now)
        self.bar("subject").say("< " + (safe(conversation.subject) or "(no subject)"), right + " ")
        way = context.way(self.size.width)
        customer = safe(named(conversation.customer))
        self.bar("waiting").say(waiting_line(conversation, self.entries, way), f"{customer} ")
        self.bar("-keys").say(commands.footer("reader", context.config.keys, self.size.width))
        self.say_status()

    def say_status(self) -> None:
        words = status_words(self.list_screen.sync, self.context.now())
        ids, id = self.list_screen.list.ids, self.conversation.id
        at = f"{ids.index(id) + 1:,}/{len(ids):,}" if id in ids else "not in this list"
        messages = count(sum(entry.kind is EntryKind.MESSAGE for entry in self.entries), "message")
        self.bar("-quiet").say(words, f"{messages}   {at} ")

    def paint(self, *, top_entry: int | None = None) -> None:
        """Lay the timeline out for the present width; `top_entry` comes to the top, else the place stays."""
        paper = self.query_one(Paper)
        width = self.size.width
        way = self.context.way(max(width, 20), quotes=self.quotes, headers=self.headers)
        stay = paper.entry_on_top if top_entry is None else top_entry
        paper.lines = lay_out(self.entries, way, self.context.desk.addresses)
        newest = max((n for n, entry in enumerate(self.entries) if entry.kind is EntryKind.MESSAGE), default=0)
        # What fits is shown whole; else any message can come to the top, the newest too.
        reach = paper.line_of(newest) if len(paper.lines) > paper.size.height else 0
        paper.show(paper.lines, top=paper.line_of(stay) if stay > 0 else 0, reach=reach)
        self.describe()

    def on_resize(self) -> None:
        small = self.size.width < SMALLEST[0] or self.size.height < SMALLEST[1]
        self.set_class(small, "-small")
        if small:
            say_small(self)
        first = not self.query_one(Paper).lines
        self.call_after_refresh(lambda: self.paint(top_entry=opens_at(self.entries) if first else None))

    def show(self, id: int) -> None:
        """Another conversation in the same reader."""
        try:
            self.read(id)
        except TriageError as problem:
            self.say(str(problem), error=True)
            return
        self.quotes = self.headers = False
        self.changed = ""
        self.opened()
        self.paint(top_entry=opens_at(self.entries))

    def follow(self, sync: SyncState) -> None:
        """The store moved: read this conversation again where it changed; the place on screen stays."""
        self.tell_trouble(self.list_screen.sync, sync)
        self.list_screen.follow(sync)
        revision = queue.revision(self.context.store)
        if revision == self.revision:
            self.say_status()
            return
        before = self.conversation
        self.read(before.id)
        if before.arrival != self.conversation.arrival:
            self.changed = "new mail came in below"
            self.say("New mail in this conversation, below. G goes to it.")
        elif before.status != self.conversation.status:
            self.changed = f"it is {self.conversation.status} now"
        self.paint()

    # Decisions

    def chosen(self) -> list[Conversation]:
        return [self.conversation]

    def holds_back(self, chosen: list[Conversation]) -> bool:  # type: ignore[override]
        if not self.changed:
            return False
        told, self.changed = self.changed, ""
        self.say(f"This changed since you looked: {told}. Press the key again to act all the same.")
        return True

    def applied(self, done: Done, *, advance: bool) -> None:
        """The list behind moves on; so does the reader where the decision is done with this conversation."""
        ids = self.list_screen.list.ids
        at = ids.index(self.conversation.id) if self.conversation.id in ids else None
        self.list_screen.applied(done, advance=advance)
        go_on = advance and self.context.config.queue.advance == "next" and at is not None
        following = self.following(at) if go_on and at is not None else self.staying_at(done)
        if following is None:
            self.dismiss(None)
            return
        if following != self.conversation.id:
            self.list_screen.list.move_to_id(following)
            self.show(following)
        else:
            self.read(following)
            self.paint()
        self.say(done.text if done.action is None else f"{done.text}  u undo")

    def staying_at(self, done: Done) -> int:
        """This conversation, but for an undo of what was decided about another one: that one."""
        if done.ids and self.conversation.id not in done.ids and done.ids[0] in self.list_screen.list.ids:
            return done.ids[0]
        return self.conversation.id

    def following(self, at: int) -> int | None:
        """What stands where this conversation stood, or below it where it stayed; None at the end of the list."""
        ids = self.list_screen.list.ids
        if at < len(ids) and ids[at] != self.conversation.id:
            return ids[at]
        return ids[at + 1] if at + 1 < len(ids) else None

    def take_in(self) -> None:
        self.list_screen.take_in()

    def candidates(self, conversation: Conversation) -> list[Conversation]:
        return self.list_screen.candidates(conversation)

    # Moving

    @property
    def paper(self) -> Paper:
        return self.query_one(Paper)

    def action_back(self) -> None:
        self.list_screen.list.move_to_id(self.conversation.id)
        self.dismiss(None)

    def action_down(self) -> None:
        self.paper.scroll_rows(1)

    def action_up(self) -> None:
        self.paper.scroll_rows(-1)

    def action_page_down(self) -> None:
        self.paper.scroll_rows(max(1, self.paper.size.height - 2))

    def action_page_up(self) -> None:
        self.paper.scroll_rows(-max(1, self.paper.size.height - 2))

    def action_half_down(self) -> None:
        self.paper.scroll_rows(max(1, self.paper.size.height // 2))

    def action_half_up(self) -> None:
        self.paper.scroll_rows(-max(1, self.paper.size.height // 2))

    def action_top(self) -> None:
        self.paper.scroll_lines_to(0)

    def action_bottom(self) -> None:
        self.paper.scroll_lines_to(len(self.paper.lines) - self.paper.size.height)

    def action_next_conversation(self) -> None:
        self.turn_to(1)

    def action_previous_conversation(self) -> None:
        self.turn_to(-1)

    def turn_to(self, step: int) -> None:
        rows, id = self.list_screen.list, self.conversation.id
        at = (rows.ids.index(id) if id in rows.ids else rows.cursor) + step
        if 0 <= at < len(rows.ids):
            rows.move_to(at)
            self.say("")
            self.show(rows.ids[at])
        else:
            self.say("This is the last of the list." if step > 0 else "This is the first of the list.")

    def action_next_message(self) -> None:
        self.to_message(1)

    def action_previous_message(self) -> None:
        self.to_message(-1)

    def to_message(self, step: int) -> None:
        on_top = self.paper.entry_on_top
        messages = [n for n, entry in enumerate(self.entries) if entry.kind is EntryKind.MESSAGE]
        onward = [n for n in messages if (n - on_top) * step > 0]
        if onward:
            self.paper.scroll_lines_to(self.paper.line_of(min(onward) if step > 0 else max(onward)))

    def action_quotes(self) -> None:
        self.quotes = not self.quotes
        self.paint()

    def action_headers(self) -> None:
        self.headers = not self.headers
        self.paint()

    def action_places(self) -> None:
        def go(name: str) -> None:
            if name == "TOP":
                self.action_top()
            else:
                self.dismiss(None)
                self.list_screen.action_view(name)

        self.menu(commands.PLACES, go)

    def found(self, conversation: int | None) -> None:
        if conversation is not None:
            self.show(conversation)
