"""Modals that ask and return a value; None always means "never mind". They decide nothing and never touch the store.

A prompt stays small at the bottom of the screen, so that what it is about remains in sight.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, tzinfo
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.commands import Menu
from screens.look import span, waking
from triage.errors import UsageError
from triage.mail.safe import safe

T = TypeVar("T")


class Prompt(ModalScreen[T | None], Generic[T]):
    """What every prompt shares: a box at the bottom, `esc` for never mind, an error line, and being ready for keys."""

    DEFAULT_CSS = """
    Prompt { align: center bottom; background: $background 40%; }
    Prompt > * { width: 100%; height: auto; background: $surface; color: $foreground; padding: 0 1; }
    Prompt > .title { text-style: bold; border-top: solid $primary; }
    Prompt > .hint { color: $text-muted; }
    Prompt > .error { color: $error; display: none; }
    Prompt > .error.-shown { display: block; }
    Prompt > Input, Prompt > Input:focus { height: 1; padding: 0 1; background: $boost; }
    Prompt > TextArea { height: 7; padding: 0 1; background: $boost; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "never_mind", "Never mind", priority=True),
        Binding("enter", "submit", "Take it", priority=True),
    ]
    AUTO_FOCUS = ""

    def __init__(self, title: str, *, error: str = "") -> None:
        super().__init__()
        self.heading, self.error = title, error
        self.ready = False

    def compose(self) -> ComposeResult:
        yield Static(Content(safe(self.heading)), classes="title")
        yield from self.body()
        yield Static(Content(safe(self.error)), classes="error" + (" -shown" if self.error else ""))

    def body(self) -> ComposeResult:
        yield from ()

    def on_mount(self) -> None:
        if (field := self.entry()) is not None:
            field.set_reactive(type(field).cursor_blink, False)  # type: ignore[attr-defined]
            self.set_focus(field)
        self.ready = True

    def entry(self) -> Widget | None:
        """The widget that takes typed text, if any."""
        return None

    def say_error(self, sentence: str) -> None:
        line = self.query_one(".error", Static)
        line.set_class(bool(sentence), "-shown")
        line.update(Content(safe(sentence)))

    def action_never_mind(self) -> None:
        self.dismiss(None)

    def action_submit(self) -> None:
        self.dismiss(None)


class MenuPrompt(Prompt[str]):
    """One more key. Any key that is no choice is never mind."""

    def __init__(self, menu: Menu, about: str = "") -> None:
        super().__init__(f"{menu.title} {about}".rstrip())
        self.menu = menu

    def body(self) -> ComposeResult:
        yield Static(classes="hint choices")

    def on_resize(self) -> None:
        """No choice is parted at the end of a line."""
        lines = [""]
        for choice in self.menu.choices:
            words = f"{choice.key} {choice.words}"
            if lines[-1] and len(lines[-1]) + 3 + len(words) > self.size.width - 2:
                lines.append("")
            lines[-1] += ("   " if lines[-1] else "") + words
        self.query_one(".choices", Static).update(Content("\n".join(lines)))

    def take_key(self, key: str, character: str | None) -> bool:
        """Keys come here first and in order, so that E p typed fast is never a p on the list."""
        chosen = next((choice.value for choice in self.menu.choices if choice.key == character), None)
        self.dismiss(chosen)
        return True


class ConfirmPrompt(Prompt[bool]):
    """Asked only before a decision over many rows: a count and one key. Keys typed before it was seen are dropped."""

    painted = False

    def body(self) -> ComposeResult:
        yield Static(Content("y yes   any other key no"), classes="hint")

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self.seen)

    def seen(self) -> None:
        self.painted = True

    def take_key(self, key: str, character: str | None) -> bool:
        if not self.painted:
            return True
        self.dismiss(True if character == "y" else None)
        return True


class TextPrompt(Prompt[str]):
    """One line of text. `empty` allows taking nothing."""

    def __init__(self, title: str, *, value: str = "", hint: str = "", error: str = "") -> None:
        super().__init__(title, error=error)
        self.value, self.hint = value, hint

    def body(self) -> ComposeResult:
        yield Input(self.value, select_on_focus=False, highlighter=None, compact=True)
        yield Static(Content(self.hint or "enter Take it   esc Never mind"), classes="hint")

    def entry(self) -> Input:
        return self.query_one(Input)

    def action_submit(self) -> None:
        if text := self.entry().value.strip():
            self.dismiss(text)
        else:
            self.say_error("It wants a line of text.")


class NotePrompt(Prompt[str]):
    """An internal note of any length. What was typed is handed to `keep` when the prompt is left without storing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "never_mind", "Keep and leave", priority=True),
        Binding("ctrl+s", "submit", "Store the note", priority=True),
        Binding("enter", "newline", "New line", priority=True),
    ]

    def __init__(self, title: str, *, value: str = "", error: str = "", keep: Callable[[str], None]) -> None:
        super().__init__(title, error=error)
        self.value, self.keep = value, keep

    def body(self) -> ComposeResult:
        # The editor costs 20 ms to import: only who writes a note pays.
        from textual.widgets import TextArea

        yield TextArea(self.value, soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False, compact=True)
        yield Static(Content("Never sent to the customer.   ctrl+s Store   esc Leave, text is kept"), classes="hint")

    def entry(self) -> Widget:
        from textual.widgets import TextArea

        return self.query_one(TextArea)

    @property
    def text(self) -> str:
        from textual.widgets import TextArea

        return self.query_one(TextArea).text

    def action_newline(self) -> None:
        from textual.widgets import TextArea

        self.query_one(TextArea).insert("\n")

    def action_never_mind(self) -> None:
        self.keep(self.text)
        self.dismiss(None)

    def action_submit(self) -> None:
        if self.text.strip():
            self.keep(self.text)
            self.dismiss(self.text.strip())
        else:
            self.say_error("A note wants some text.")


class WhenPrompt(Prompt[datetime]):
    """An instant in words ("fri 9", "2w"), read back as it is typed, before enter."""

    def __init__(
        self,
        title: str,
        *,
        parse: Callable[[str, datetime, tzinfo], datetime],
        now: Callable[[], datetime],
        zone: tzinfo,
        last: str = "",
        verb: str = "wakes",
        typed: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(title)
        self.parse, self.now, self.zone, self.last, self.verb, self.typed = parse, now, zone, last, verb, typed

    def body(self) -> ComposeResult:
        again = f"   z again: {self.last}" if self.last else ""
        yield Input(
            placeholder="fri 9, tomorrow, 3d, 2w, 2026-12-01 14:00",
            select_on_focus=False,
            highlighter=None,
            compact=True,
        )
        yield Static(Content(f"enter Take it   esc Never mind{safe(again)}"), classes="hint echo")

    def entry(self) -> Input:
        return self.query_one(Input)

    def take_key(self, key: str, character: str | None) -> bool:
        """`z z` is the last choice: a z typed into the empty line repeats it."""
        if character == "z" and self.last and not self.entry().value:
            self.entry().value = self.last
            self.action_submit()
            return True
        return False

    def on_input_changed(self, event: Input.Changed) -> None:
        self.say_error("")
        self.query_one(".echo", Static).update(Content(self.echo(event.value)))

    def echo(self, text: str) -> str:
        """What the words mean now: "wakes Fri 27 Nov 2026 09:00, in 4 d 23 h", or what is wrong with them."""
        if not text.strip():
            return "enter Take it   esc Never mind"
        now = self.now()
        try:
            at = self.parse(text, now, self.zone)
        except UsageError as problem:
            return safe(str(problem))
        return f"{self.verb} {waking(at, self.zone)}, in {span(at - now)}"

    def action_submit(self) -> None:
        text = self.entry().value.strip()
        try:
            at = self.parse(text, self.now(), self.zone)
        except UsageError as problem:
            self.say_error(str(problem))
            return
        self.typed(text)
        self.dismiss(at)


class TellPrompt(Prompt[None]):
    """Some lines to read (the answer to `w`); any key closes it."""

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self.lines = lines

    def body(self) -> ComposeResult:
        yield Static(Content("\n".join(safe(line) for line in self.lines)))
        yield Static(Content("any key closes this"), classes="hint")

    def take_key(self, key: str, character: str | None) -> bool:
        self.dismiss(None)
        return True


class FilterPrompt(Prompt[str]):
    """The filter line: `tried` is asked with the words as they are typed and says what is wrong with them.

    Another letter cancels it, as does the end of the prompt.
    """

    def __init__(self, value: str, tried: Callable[[str], Awaitable[str]]) -> None:
        super().__init__("Filter this list")
        self.value, self.tried = value, tried

    def body(self) -> ComposeResult:
        yield Input(
            self.value, placeholder='words, tag:bug, waiting>3d, "a phrase"', select_on_focus=False, compact=True
        )
        yield Static(Content("enter Keep it   esc Back to the list as it was"), classes="hint")

    def entry(self) -> Input:
        return self.query_one(Input)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.run_worker(self.try_it(event.value.strip()), exclusive=True)

    async def try_it(self, words: str) -> None:
        self.say_error(await self.tried(words))

    def action_never_mind(self) -> None:
        self.workers.cancel_node(self)
        super().action_never_mind()

    def action_submit(self) -> None:
        self.workers.cancel_node(self)
        self.dismiss(self.entry().value.strip())
