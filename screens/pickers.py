"""Modals that narrow many lines by typing: one of a list, or tags with completion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from screens.prompts import Prompt
from triage.mail.safe import safe


class PickPrompt(Prompt[str]):
    """One of many lines, narrowed by typing. `lines` are (value, words); `fresh` allows a value that is in no line."""

    ROWS = 8
    BINDINGS: ClassVar[list[BindingType]] = [
        *Prompt.BINDINGS,
        Binding("down,ctrl+n", "pick(1)", "Next", priority=True),
        Binding("up,ctrl+p", "pick(-1)", "Before", priority=True),
    ]

    def __init__(self, title: str, lines: Sequence[tuple[str, str]], *, hint: str = "", error: str = "") -> None:
        super().__init__(title, error=error)
        self.lines, self.hint = lines, hint
        self.at = 0
        self.shown: list[tuple[str, str]] = list(lines)

    def body(self) -> ComposeResult:
        yield Input(select_on_focus=False, highlighter=None, compact=True)
        yield Static(self.listing(), classes="lines")
        yield Static(Content(self.hint or "enter Take it   up and down Choose   esc Never mind"), classes="hint")

    def entry(self) -> Input:
        return self.query_one(Input)

    def listing(self) -> Content:
        first = max(0, min(self.at - self.ROWS // 2, len(self.shown) - self.ROWS))
        parts = []
        for number, (_, words) in list(enumerate(self.shown))[first : first + self.ROWS]:
            here = number == self.at
            parts.append(Content.styled(("> " if here else "  ") + safe(words), "bold" if here else ""))
        return Content("\n").join(parts) if parts else Content("  nothing fits")

    def on_input_changed(self, event: Input.Changed) -> None:
        self.at = 0
        fitting = [found for found in self.lines if fits(event.value, found[1])]
        self.shown = sorted(fitting, key=lambda found: distance(event.value, found[1]))
        self.query_one(".lines", Static).update(self.listing())

    def action_pick(self, step: int) -> None:
        self.at = max(0, min(self.at + step, len(self.shown) - 1))
        self.query_one(".lines", Static).update(self.listing())

    def action_submit(self) -> None:
        if self.shown:
            self.dismiss(self.shown[self.at][0])
        else:
            self.say_error("Nothing fits what you typed.")


class TagPrompt(Prompt[tuple[tuple[str, ...], tuple[str, ...]]]):
    """Tags to add and to take off: words, `-word` takes off, tab completes from the tags in use."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *Prompt.BINDINGS,
        Binding("tab", "complete", "Complete", priority=True),
    ]

    def __init__(
        self, title: str, known: Sequence[str], has: Sequence[str], *, value: str = "", error: str = ""
    ) -> None:
        super().__init__(title, error=error)
        self.known, self.has, self.value = known, has, value

    def body(self) -> ComposeResult:
        yield Input(self.value, placeholder="bug vip -refund", select_on_focus=False, highlighter=None, compact=True)
        yield Static(Content(self.offer("")), classes="hint echo")

    def entry(self) -> Input:
        return self.query_one(Input)

    def candidates(self, text: str) -> list[str]:
        """Tags that the last word could become: those that begin so, then those that hold its letters in order."""
        words = text.split()
        typed = set(words if text.endswith(" ") else words[:-1])
        last = "" if not words or text.endswith(" ") else words[-1]
        off = last.startswith("-")
        pool = self.has if off else [tag for tag in self.known if tag not in self.has and tag not in typed]
        part = last.lstrip("+-").casefold()
        begins = [tag for tag in pool if tag.casefold().startswith(part)]
        return begins + [tag for tag in pool if tag not in begins and fits(part, tag)]

    def offer(self, text: str) -> str:
        found = self.candidates(text)[:6]
        offered = "tab " + "  ".join(safe(tag) for tag in found) if found else "a new tag"
        return f"{offered}   enter Take it   -word takes off   esc Never mind"

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one(".echo", Static).update(Content(self.offer(event.value)))

    def action_complete(self) -> None:
        field = self.entry()
        if found := self.candidates(field.value):
            head, _, last = field.value.rpartition(" ")
            sign = last[0] if last[:1] in ("-", "+") else ""
            field.value = f"{head} {sign}{found[0]} ".lstrip()
            field.cursor_position = len(field.value)

    def action_submit(self) -> None:
        words = self.entry().value.replace(",", " ").split()
        add = tuple(dict.fromkeys(word.lstrip("+") for word in words if not word.startswith("-")))
        remove = tuple(dict.fromkeys(word[1:] for word in words if word.startswith("-")))
        if any(add) or any(remove):
            self.dismiss((add, remove))
        else:
            self.dismiss(None)


def distance(typed: str, text: str) -> int:
    """How far what was typed is from a line that it fits: 0 begins a word, 1 stands in it, 2 only its letters do."""
    part, line = typed.strip().casefold(), text.casefold()
    if any(word.startswith(part) for word in line.split()):
        return 0
    return 1 if part in line else 2


def fits(typed: str, text: str) -> bool:
    """Whether every letter typed comes in order in `text`: how palette and tags are narrowed."""
    rest = iter(text.casefold())
    return all(letter in rest for letter in typed.casefold() if letter != " ")
