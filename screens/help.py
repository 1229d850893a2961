"""Help, generated from the command table as configured; and the answer to "why is this here"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from screens import commands
from screens.context import Context
from screens.look import Glyphs, count, span
from screens.prompts import TellPrompt
from screens.reading import Line, wrap
from screens.rows import LEGEND
from screens.widgets.bar import Bar
from screens.widgets.paper import Paper
from triage.mail.safe import safe
from triage.model import Conversation, Level, Reason

NO_BREAK = "\u00a0"
WORDS = (
    "Snooze: I do it later. Park: someone else must. Pending: the customer's turn.",
    "A second mail, a note, a tag, a snooze or pending never resets how long somebody waits.",
    "A note is never sent to the customer. Every decision can be taken back with undo.",
)


def legend(glyphs: Glyphs) -> str:
    """The first line of help, from what draws the rows."""
    levels = [f"{glyphs.levels[level]} {level}" for level in Level if level is not Level.NONE]
    return "  ".join(whole(words) for words in [*levels, *(f"{sign} {meaning}" for sign, meaning in LEGEND)])


def whole(words: str) -> str:
    """Words that no line break may part."""
    return words.replace(" ", NO_BREAK)


def wrapped(words: str, width: int, role: str = "text") -> list[Line]:
    return [Line(" " + part.strip().replace(NO_BREAK, " "), role) for part in wrap(words, max(width - 2, 20))]


def help_lines(keys: Mapping[str, str], glyphs: Glyphs, width: int) -> list[Line]:
    """Everything the keys do, in two columns where they fit."""
    lines = [*wrapped(legend(glyphs), width, "title"), Line("")]
    lines += [line for words in WORDS for line in wrapped(words, width)]
    table = commands.rekeyed(keys)
    for group in dict.fromkeys(command.group for command in table if command.group):
        entries = entries_of([command for command in table if command.group == group])
        lines += [Line(""), Line(f" {group}", "customer"), *columns(entries, width)]
    for menu in commands.MENUS:
        opener = next(command for command in table if command.id == menu.opener)
        choices = ", ".join(whole(f"{choice.key} {choice.words}") for choice in menu.choices)
        lines += [Line(""), *wrapped(f"{opener.shown} then {choices}", width)]
    lines += [Line(""), Line(" Keys that mean opposite things in other tools (a, d) are unbound.", "header")]
    lines.append(Line(" ctrl+q quits from anywhere. Any command can be re-keyed in triage.toml, [keys].", "header"))
    return lines


def entries_of(group: list[commands.Command]) -> list[str]:
    """One entry a command; the digits are one entry as long as they are digits."""
    digits = [command for command in group if command.action.startswith("view(") and command.shown.isdigit()]
    views = ", ".join(command.words.removeprefix("View: ") for command in digits)
    entries = [entry(command) for command in group if command not in digits]
    if digits:
        entries += [f"{'1 to 9':<10} {views} (list)"]
    return entries


def entry(command: commands.Command) -> str:
    only = "" if command.where == commands.BOTH else " (list)" if command.where == commands.LIST else " (reader)"
    return f"{command.shown:<10} {command.words}{only}"


def columns(entries: list[str], width: int) -> list[Line]:
    room = width // 2 - 4
    long = [words for words in entries if width < 120 or len(words) > room]
    short = [words for words in entries if words not in long]
    half = (len(short) + 1) // 2
    pairs = zip(short[:half], [*short[half:], ""], strict=False)
    lines = [Line(f"   {left:<{room}} {right}".rstrip()) for left, right in pairs]
    for words in long:
        first, *rest = wrap(words[11:], max(width - 15, 20))
        lines += [Line(f"   {words[:11]}{first}"), *(Line(" " * 14 + part) for part in rest)]
    return lines


class HelpScreen(ModalScreen[None], inherit_bindings=False):
    """Scrolls; any way back leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h,question_mark,f1,enter", "leave", "Back"),
        Binding("j,down", "scroll(1)", "Down"),
        Binding("k,up", "scroll(-1)", "Up"),
        Binding("space,pagedown,ctrl+d", "scroll(15)", "Page down"),
        Binding("pageup,ctrl+u", "scroll(-15)", "Page up"),
        Binding("g,home", "scroll(-10000)", "Top"),
        Binding("G,end", "scroll(10000)", "End"),
    ]
    AUTO_FOCUS = "Paper"
    DEFAULT_CSS = "HelpScreen { layout: vertical; background: $background; } HelpScreen Paper { height: 1fr; }"

    def __init__(self, keys: Mapping[str, str], glyphs: Glyphs) -> None:
        super().__init__()
        self.keys, self.glyphs = keys, glyphs

    def compose(self) -> ComposeResult:
        yield Bar("-title", "Help")
        yield Paper()
        yield Bar("-keys", "j k scroll  esc Back")

    def on_resize(self) -> None:
        self.query_one(Paper).show(help_lines(self.keys, self.glyphs, self.size.width), top=0)

    def action_scroll(self, rows: int) -> None:
        self.query_one(Paper).scroll_rows(rows)

    def action_leave(self) -> None:
        self.dismiss(None)


def why_prompt(conversation: Conversation, context: Context) -> TellPrompt:
    """The arithmetic behind level, reasons and place, in words."""
    from datetime import timedelta

    from triage.policy.staleness import why
    from triage.store import queue

    told = why(conversation, context.now(), context.clock, queue.moved_mail(context.store, conversation))
    lines = [f"Level: {told.level}."]
    if told.since is not None:
        local = told.since.astimezone(context.zone)
        waited = span(timedelta(seconds=told.wall_seconds))
        hours = count(round(told.business_seconds / 3600), "business hour")
        lines[0] = f"Level: {told.level}. Since {local:%a} {local.day} {local:%b %Y %H:%M}: {waited}, {hours} of them."
    lines.append(told.place)
    lines += [reason_line(reason, detail) for reason, detail in told.reasons]
    if not told.reasons:
        lines.append("No other reasons.")
    return TellPrompt(f'Why is "{safe(conversation.subject)}" here', lines)


def reason_line(reason: Reason, detail: str) -> str:
    return f"{str(reason).capitalize()}: {detail}" if detail else str(reason).capitalize()
