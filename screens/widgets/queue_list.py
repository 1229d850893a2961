"""The list of conversations: ids in an array, pages of rows by id, only visible lines drawn.

It holds what a person looks at and never reads the store by itself: rows come from the `load` it is given. Rows are
found by conversation id, the cursor is an id; a row number is never handed out as the thing to act on.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.look import UNICODE, Glyphs
from screens.rows import Row, line
from triage.model import Conversation

PAGE = 64
PAGES_KEPT = 64
ROLES = (
    "text", "dim", "mark", "news", "unread", "reason", "tag", "note", "draft", "reopened",
    "level-none", "level-fresh", "level-aging", "level-stale", "level-moldy",
)  # fmt: skip


class QueueList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of conversations with a cursor. `load(ids)` gives rows in any order, missing ones left out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row--{role}" for role in ROLES} | {"row--cursor"}
    DEFAULT_CSS = """
    QueueList {
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 0;
        background: $background; color: $foreground;
        .row--cursor { background: $primary 35%; text-style: bold; }
        .row--dim { color: $text-muted; text-style: dim; }
        .row--mark { color: $text-accent; text-style: bold; }
        .row--news { color: $text-accent; text-style: bold; }
        .row--unread { text-style: bold; }
        .row--reason { color: $text-muted; text-style: italic; }
        .row--tag { color: $text-secondary; }
        .row--note { color: $text-warning; }
        .row--draft { color: $text-accent; }
        .row--reopened { color: $text-error; }
        .row--level-none { color: $text-muted; }
        .row--level-fresh { color: $text-success; }
        .row--level-aging { color: $foreground; }
        .row--level-stale { color: $text-warning; text-style: bold; }
        .row--level-moldy { color: $text-error; text-style: bold; }
    }
    """

    class Moved(Message):
        """The cursor stands on another conversation, or the list was replaced."""

    class Opened(Message):
        """A click on the row under the cursor asks to open it."""

    def __init__(
        self,
        load: Callable[[Sequence[int]], list[Conversation]],
        judge: Callable[[Conversation, datetime], Row],
        now: Callable[[], datetime],
        glyphs: Glyphs = UNICODE,
    ) -> None:
        super().__init__()
        self.load, self.judge, self.now, self.glyphs = load, judge, now, glyphs
        self.ids: array[int] = array("q")
        self.cursor = 0
        self.marked: dict[int, Conversation] = {}
        self.changed: dict[int, str] = {}
        self._pages: dict[int, dict[int, Conversation]] = {}
        self._styles: dict[tuple[str, bool], Style] = {}

    # What is shown

    @property
    def selected_id(self) -> int | None:
        return self.ids[self.cursor] if self.ids else None

    @property
    def selected(self) -> Conversation | None:
        """The conversation under the cursor as it is painted."""
        return self.conversation_at(self.cursor)

    def conversation_at(self, index: int) -> Conversation | None:
        if not 0 <= index < len(self.ids):
            return None
        return self._page(index // PAGE).get(self.ids[index])

    def in_sight(self) -> list[Conversation]:
        """The conversations on screen now, as painted."""
        top = self.scroll_offset.y
        found = (self.conversation_at(index) for index in range(top, min(top + self.size.height, len(self.ids))))
        return [conversation for conversation in found if conversation is not None]

    def show(self, ids: array[int], at: int | None = None) -> None:
        """Replace the list. The cursor goes to conversation `at`, else stays on its conversation, else on its row."""
        wanted = self.selected_id if at is None else at
        line_of_cursor = self.cursor - self.scroll_offset.y
        self.ids = ids
        self._pages.clear()
        if wanted is not None and wanted in ids:
            self.cursor = ids.index(wanted)
        self.cursor = max(0, min(self.cursor, len(ids) - 1))
        self.virtual_size = Size(self.size.width, len(ids))
        self._scroll(self.cursor - line_of_cursor)
        self._keep_cursor_visible()
        self.refresh()
        self.post_message(self.Moved())

    def reload(self, ids: Collection[int] | None = None) -> None:
        """Read rows again (`ids`: only the pages that hold them) and repaint; order and cursor stay."""
        if ids is None:
            self._pages.clear()
        else:
            wanted = set(ids)
            for number in [n for n, page in self._pages.items() if wanted & page.keys()]:
                del self._pages[number]
        self.refresh()
        self.post_message(self.Moved())

    def _page(self, number: int) -> dict[int, Conversation]:
        page = self._pages.get(number)
        if page is None:
            if len(self._pages) >= PAGES_KEPT:
                del self._pages[next(iter(self._pages))]
            part = self.ids[number * PAGE : (number + 1) * PAGE]
            page = {conversation.id: conversation for conversation in self.load(part)}
            self._pages[number] = page
        return page

    # Moving

    def move_to(self, index: int) -> None:
        """Put the cursor on a row; only the two lines that changed are repainted unless the list scrolls."""
        index = max(0, min(index, len(self.ids) - 1))
        if index == self.cursor:
            return
        before, self.cursor = self.cursor, index
        if not self._keep_cursor_visible():
            for row in (before, index):
                self.refresh(Region(0, row - self.scroll_offset.y, self.size.width, 1))
        self.post_message(self.Moved())

    def move_by(self, rows: int) -> None:
        self.move_to(self.cursor + rows)

    def move_to_id(self, conversation: int) -> bool:
        if conversation not in self.ids:
            return False
        self.move_to(self.ids.index(conversation))
        return True

    @property
    def page_rows(self) -> int:
        return max(1, self.size.height - 1)

    def _keep_cursor_visible(self) -> bool:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if top <= self.cursor < top + height:
            return False
        self._scroll(self.cursor if self.cursor < top else self.cursor - height + 1)
        return True

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, max(0, len(self.ids) - self.size.height)))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True, force=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        index, width = y + self.scroll_offset.y, self.size.width
        if index >= len(self.ids):
            return Strip([Segment(" " * width, self._style("text", False))], width)
        conversation = self.conversation_at(index)
        if conversation is None:
            return Strip([Segment(" " * width, self._style("text", False))], width)

        now = self.now()
        cursor = index == self.cursor
        row = replace(
            self.judge(conversation, now),
            cursor=cursor,
            marked=conversation.id in self.marked,
            was=self.changed.get(conversation.id, ""),
        )
        pieces = line(row, width, now, self.glyphs)
        return Strip([Segment(text, self._style(role, cursor)) for text, role in pieces], width)

    def _style(self, role: str, cursor: bool) -> Style:
        """Every segment carries its own background: without one, Textual blends per segment (six times slower)."""
        style = self._styles.get((role, cursor))
        if style is None:
            style = self.get_component_rich_style(f"row--{role}")
            if cursor:
                under = self.get_component_rich_style("row--cursor")
                style += Style(bgcolor=under.bgcolor, bold=True)
            self._styles[role, cursor] = style
        return style

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def on_click(self, event: Click) -> None:
        """A click puts the cursor there; on the row under the cursor it opens."""
        index = event.y + self.scroll_offset.y
        if index == self.cursor:
            self.post_message(self.Opened())
        elif index < len(self.ids):
            self.move_to(index)

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.ids))
        self._keep_cursor_visible()
