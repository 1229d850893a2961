"""Lines of text that scroll: the reader and the preview. Draws only what is visible."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.reading import Line
from triage.mail.safe import cells, clip

ROLES = ("text", "title", "customer", "ours", "note", "action", "header", "fold", "file", "quote")


class Paper(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows `Line`s; the text of a line is safe already and no wider than the widget was when it was laid out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"paper--{role}" for role in ROLES}
    DEFAULT_CSS = """
    Paper {
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 0;
        background: $background; color: $foreground;
        .paper--title { text-style: bold; }
        .paper--customer { color: $text-primary; text-style: bold; }
        .paper--ours { color: $text-success; text-style: bold; }
        .paper--note { color: $text-warning; background: $warning 12%; }
        .paper--action { color: $text-muted; text-style: italic; }
        .paper--header { color: $text-muted; }
        .paper--fold { color: $text-muted; text-style: italic; }
        .paper--file { color: $text-accent; }
        .paper--quote { color: $text-muted; }
    }
    """

    def __init__(self, *, focusable: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.can_focus = focusable
        self.lines: list[Line] = []
        self.reach = 0
        self._styles: dict[str, Style] = {}

    def show(self, lines: list[Line], *, top: int | None = None, reach: int = 0) -> None:
        """Replace the text; `top` is the line to scroll to (None: stay), `reach` a line that may come to the top even
        where less than a page follows it."""
        self.lines, self.reach = lines, reach
        self.virtual_size = Size(self.size.width, max(len(lines), reach + self.size.height))
        self.scroll_lines_to(self.scroll_offset.y if top is None else top)
        self.refresh()

    def scroll_lines_to(self, top: int) -> None:
        top = max(0, min(top, max(self.reach, len(self.lines) - self.size.height)))
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def scroll_rows(self, rows: int) -> None:
        self.scroll_lines_to(self.scroll_offset.y + rows)

    def line_of(self, entry: int) -> int:
        return next((n for n, line in enumerate(self.lines) if line.entry >= entry), 0)

    @property
    def entry_on_top(self) -> int:
        """The entry at the top of what is visible."""
        top = self.scroll_offset.y
        return self.lines[top].entry if top < len(self.lines) else -1

    def render_line(self, y: int) -> Strip:
        number, width = y + self.scroll_offset.y, self.size.width
        line = self.lines[number] if number < len(self.lines) else Line("")
        text = line.text + " " * (width - cells(line.text)) if cells(line.text) <= width else clip(line.text, width)
        return Strip([Segment(text, self._style(line.role))], width)

    def _style(self, role: str) -> Style:
        style = self._styles.get(role)
        if style is None:
            style = self._styles[role] = self.get_component_rich_style(f"paper--{role}")
        return style

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()
