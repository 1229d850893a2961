"""One line of text, its left part clipped before its right part: title, message, status and footer lines."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from triage.mail.safe import cells, clip


class Bar(Widget):
    """Shows `left` and `right`, both already safe text. Never markup."""

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; background: $background; color: $foreground; }
    Bar.-title { background: $surface; text-style: bold; }
    Bar.-error { color: $text-error; text-style: bold; }
    Bar.-quiet { color: $text-muted; }
    Bar.-keys { background: $surface; color: $text-muted; }
    """

    def __init__(self, classes: str = "", left: str = "", right: str = "") -> None:
        super().__init__(classes=classes)
        self.left, self.right = left, right

    def say(self, left: str, right: str = "", *, error: bool = False) -> None:
        self.set_class(error, "-error")
        if (left, right) != (self.left, self.right):
            self.left, self.right = left, right
            self.refresh()

    def text(self, width: int) -> str:
        """Exactly `width` cells; the right part goes first when not even half of the left fits beside it."""
        right = self.right if cells(self.right) + 2 <= width else ""
        room = width - cells(right)
        return clip(" " + self.left, max(room, 0)) + right

    def render(self) -> Content:
        return Content(self.text(self.size.width))
