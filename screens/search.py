"""Search over all mail, notes and tags: a line to type in, a list of what fits, enter opens it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from screens.context import Context
from screens.look import age, clock_starts, count
from screens.reading import Line, named
from screens.widgets.bar import Bar
from screens.widgets.paper import Paper
from triage.errors import TriageError
from triage.mail.safe import clip, safe
from triage.model import Conversation
from triage.policy.views import shown_status
from triage.store import queue
from triage.store.database import Store
from triage.store.search import excerpts, search_ids

SHOWN = 200


class SearchScreen(ModalScreen[int | None]):
    """Gives the id of the conversation to open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", priority=True),
        Binding("enter", "open", "Open", priority=True),
        Binding("down,ctrl+n,ctrl+j", "step(1)", "Next", priority=True),
        Binding("up,ctrl+p,ctrl+k", "step(-1)", "Before", priority=True),
        Binding("pagedown", "step(10)", "Page down", priority=True),
        Binding("pageup", "step(-10)", "Page up", priority=True),
    ]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    SearchScreen { layout: vertical; background: $background; }
    SearchScreen Input, SearchScreen Input:focus { height: 1; background: $boost; padding: 0 1; }
    SearchScreen Paper { height: 1fr; }
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.hits: list[int] = []
        self.words = ""
        self.around: dict[int, str] = {}
        self.rows: dict[int, Conversation] = {}
        self.at = 0
        self.ready = False

    def compose(self) -> ComposeResult:
        yield Bar("-title", "Search all mail, notes and tags")
        yield Input(placeholder='words, from:ana, tag:bug, waiting>3d, "a phrase"', select_on_focus=False, compact=True)
        yield Paper(focusable=False)
        yield Bar("message")
        yield Bar("-keys", "enter Open  up and down Choose  esc Back")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input))
        self.ready = True

    def on_input_changed(self, event: Input.Changed) -> None:
        self.run_worker(self.look(event.value.strip()), exclusive=True)

    async def look(self, words: str) -> None:
        """What fits, once nobody types; another letter cancels it."""
        found = await self.context.beside.once_quiet(lambda store: self.hits_in(store, words))
        self.take(words, found)

    def hits_in(self, store: Store, words: str) -> list[int] | TriageError:
        try:
            return search_ids(store, words, self.context.now(), self.context.clock, SHOWN) if words else []
        except TriageError as problem:
            return problem

    def take(self, words: str, found: list[int] | TriageError) -> None:
        self.words = words
        if isinstance(found, TriageError):
            self.query_one("Bar.message", Bar).say(safe(str(found)))
            return
        self.hits, self.around, self.at = found, {}, 0
        self.rows = {row.id: row for row in queue.rows(self.context.store, found)}
        more = " at least" if len(found) == SHOWN else ""
        said = f"{count(len(found), 'conversation')}{more}" if words else ""
        self.query_one("Bar.message", Bar).say(said)
        self.paint()

    def paint(self) -> None:
        width, paper = self.size.width, self.query_one(Paper)
        top = max(0, 2 * self.at - paper.size.height // 2)
        page = self.size.height // 2 + 1
        self.read_around(self.hits[max(0, top // 2 - page) : top // 2 + 2 * page])
        lines = [line for n, hit in enumerate(self.hits) for line in self.lines_of(hit, n, width)]
        paper.show(lines, top=top)

    def read_around(self, hits: list[int]) -> None:
        """The text around what was found, of the hits that are in sight: to read it costs more than to find them."""
        missing = [hit for hit in hits if hit not in self.around]
        if missing:
            self.around |= zip(missing, excerpts(self.context.store, self.words, missing), strict=True)

    def lines_of(self, hit: int, number: int, width: int) -> list[Line]:
        """Two lines a hit: the conversation, and the words around what was found."""
        found = self.rows.get(hit)
        if found is None:
            return []
        mark = ">" if number == self.at else " "
        now = self.context.now()
        waited, status = age(clock_starts(found), now, partial=found.partial), shown_status(found, now)
        head = f"{mark} {waited:>5} {clip(safe(named(found.customer)), 18)} {safe(found.subject)}  {status}"
        return [
            Line(clip(head, width), "title" if number == self.at else "text", number),
            Line(clip(f"        {safe(self.around.get(hit, ''))}", width), "quote", number),
        ]

    def action_step(self, rows: int) -> None:
        self.at = max(0, min(self.at + rows, len(self.hits) - 1))
        self.paint()

    def action_open(self) -> None:
        typed = self.query_one(Input).value.strip()
        if typed != self.words:
            # Enter came before the look: what is opened fits what was typed.
            self.workers.cancel_node(self)
            self.take(typed, self.hits_in(self.context.store, typed))
        elif self.hits:
            self.dismiss(self.hits[self.at])

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_resize(self) -> None:
        self.paint()
