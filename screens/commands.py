"""Every command of the list and the reader in one table: bindings, footer, help and palette are read from it.

A command's action is the method `action_<id>` of the screen (dashes become underscores) unless `action` says otherwise.
Configuration re-keys by id (`[keys]` in triage.toml).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from textual.binding import Binding

from triage.errors import ConfigError
from triage.model import View

Where = Literal["queue", "reader"]
BOTH: tuple[Where, ...] = ("queue", "reader")
LIST: tuple[Where, ...] = ("queue",)
READER: tuple[Where, ...] = ("reader",)


@dataclass(frozen=True, slots=True)
class Command:
    """`keys` as Textual names them, comma separated; `shown` as help shows them; `label` a footer word or nothing."""

    id: str
    keys: str
    words: str
    group: str
    where: tuple[Where, ...] = BOTH
    shown: str = ""
    label: str = ""
    action: str = ""

    @property
    def binding(self) -> Binding:
        action = self.action or self.id.replace("-", "_")
        return Binding(self.keys, action, self.words, show=bool(self.label), id=self.id, key_display=self.shown or None)


VIEWS = tuple(View)
MOVE, DECIDE, WRITE, SEE, GO = "Move", "Decide", "Write", "Look", "Go"

COMMANDS = (
    Command("down", "j,down", "Next row; in the reader one line down", MOVE, shown="j"),
    Command("up", "k,up", "Row before; in the reader one line up", MOVE, shown="k"),
    Command("page-down", "space,pagedown", "A page down", MOVE, shown="space"),
    Command("page-up", "pageup", "A page up", MOVE, shown="pageup"),
    Command("half-down", "ctrl+d", "Half a page down", MOVE, shown="ctrl+d"),
    Command("half-up", "ctrl+u", "Half a page up", MOVE, shown="ctrl+u"),
    Command("bottom", "G,end", "To the end", MOVE, shown="G"),
    Command("top", "home", "To the beginning (g g too)", MOVE, shown="home"),
    Command("open-it", "enter,l,right", "Open the conversation", MOVE, LIST, shown="enter", label="Open"),
    Command("back", "escape,h,left,q", "Back to the list", MOVE, READER, shown="esc", label="Back"),
    Command("leave", "escape,h,left", "Clear filter and marks", MOVE, LIST, shown="esc"),
    Command("quit", "q", "Quit", MOVE, LIST, shown="q"),
    Command("next-conversation", "J", "Next conversation", MOVE, shown="J", label="Next"),
    Command("previous-conversation", "K", "Conversation before", MOVE, shown="K"),
    Command("next-message", "right_square_bracket", "Next message", MOVE, READER, shown="]"),
    Command("previous-message", "left_square_bracket", "Message before", MOVE, READER, shown="["),
    Command("close", "e", "Close", DECIDE, shown="e", label="Close"),
    Command("answered", "E", "Answered elsewhere, or needs no answer", DECIDE, shown="E", label="Answered"),
    Command("snooze", "z,b", "Snooze: I do it later", DECIDE, shown="z", label="Snooze"),
    Command("pending", "p", "Pending: the customer's turn", DECIDE, shown="p"),
    Command("park", "P", "Park: someone else must, with the reason", DECIDE, shown="P"),
    Command("status", "s", "Set the status", DECIDE, shown="s"),
    Command("promise", "F", "Promise an answer by a date", DECIDE, shown="F"),
    Command("spam", "exclamation_mark", "Spam", DECIDE, shown="!"),
    Command("sender", "M", "This sender is a person, or a machine", DECIDE, shown="M"),
    Command("undo", "u", "Undo", DECIDE, shown="u"),
    Command("redo", "ctrl+r", "Redo", DECIDE, shown="ctrl+r"),
    Command("tag", "t", "Tags", WRITE, shown="t", label="Tag"),
    Command("note", "n", "Internal note, never sent to the customer", WRITE, shown="n", label="Note"),
    Command("why", "w", "Why is this here", SEE, shown="w"),
    Command("quotes", "equals_sign", "Show or fold quotes and signatures", SEE, READER, shown="="),
    Command("headers", "H", "Show or hide who, when and where", SEE, READER, shown="H"),
    Command("mark", "x", "Mark this row", SEE, LIST, shown="x"),
    Command("mark-range", "V", "Mark from the last mark to here", SEE, LIST, shown="V"),
    Command("mark-all", "asterisk", "Mark all of this list, or none", SEE, LIST, shown="*"),
    Command("filter", "slash", "Filter this list as you type", SEE, LIST, shown="/", label="Filter"),
    Command("search", "S", "Search all mail, notes and tags", SEE, shown="S"),
    Command("places", "g", "Go to a view by letter", GO, shown="g"),
    *(
        Command(f"view-{n}", str(n), f"View: {view}", GO, LIST, shown=str(n), action=f"view('{view.name}')")
        for n, view in enumerate(VIEWS[:9], 1)
    ),
    Command("next-view", "tab", "Next view", GO, LIST, shown="tab"),
    Command("previous-view", "shift+tab", "View before", GO, LIST, shown="shift+tab"),
    Command("sync", "at", "Take new mail in and sync now", GO, shown="@"),
    Command("palette", "colon,ctrl+p", "Every command by name", GO, shown=":"),
    Command("help", "question_mark,f1", "Help", GO, shown="?", label="Help"),
    Command("unbound-a", "a", "Unbound on purpose", "", action="unbound('a')"),
    Command("unbound-d", "d", "Unbound on purpose", "", action="unbound('d')"),
)

FOOTERS: dict[Where, tuple[str, ...]] = {
    "queue": ("open-it", "close", "answered", "snooze", "tag", "note", "filter", "help"),
    "reader": ("back", "next-conversation", "close", "answered", "snooze", "tag", "note", "help"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu: the key to press and the value it stands for."""

    key: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Menu:
    """What the key of the command `opener` asks before it acts: one more key."""

    opener: str
    title: str
    choices: tuple[Choice, ...]


ANSWERED = Menu(
    "answered",
    "Answered",
    (
        Choice("p", "phone", "by phone"),
        Choice("c", "colleague", "by a colleague"),
        Choice("n", "none", "needs no answer"),
        Choice("d", "duplicate", "duplicate of ..."),
    ),
)
STATUS = Menu(
    "status",
    "Status",
    (
        Choice("o", "open", "open"),
        Choice("p", "pending", "pending: the customer's turn"),
        Choice("k", "park", "park: someone else must"),
        Choice("c", "close", "close"),
        Choice("s", "spam", "spam"),
    ),
)
STILL_OURS = Menu(
    "pending",
    "They still wait for us; pending would not stop their clock",
    (
        Choice("z", "snooze", "snooze: I do it later"),
        Choice("P", "park", "park: someone else must"),
        Choice("E", "answered", "answered elsewhere"),
        Choice("p", "pending", "pending all the same"),
    ),
)
PLACES = Menu(
    "places",
    "Go to",
    (
        Choice("g", "TOP", "top"),
        Choice("q", "NEEDS_YOU", "needs you"),
        Choice("w", "WAITING", "waiting on them"),
        Choice("n", "NEW", "new"),
        Choice("h", "THANKS", "thanks?"),
        Choice("m", "MACHINE", "machine"),
        Choice("z", "SNOOZED", "snoozed"),
        Choice("k", "PARKED", "parked"),
        Choice("d", "DRAFTS", "drafts"),
        Choice("t", "SENT", "sent"),
        Choice("c", "CLOSED", "closed"),
        Choice("!", "JUNK", "junk check"),
        Choice("a", "ALL", "all"),
    ),
)
SENDER = Menu(
    "sender",
    "This sender is",
    (Choice("p", "person", "a person"), Choice("m", "machine", "a machine")),
)
MENUS = (ANSWERED, STATUS, STILL_OURS, PLACES, SENDER)

QUIT = Command("quit-anywhere", "ctrl+q", "Quit from anywhere", GO, shown="ctrl+q", action="app.quit_triage")


def bindings(where: Where) -> list[Binding]:
    return [command.binding for command in COMMANDS if where in command.where]


def keymap(keys: Mapping[str, str], file: str = "triage.toml") -> dict[str, str]:
    """`[keys]` checked. Raises ConfigError, one line a problem: unknown ids, empty keys, two commands on one key."""
    known = {command.id: command for command in (*COMMANDS, QUIT)}
    problems = []
    for name, value in keys.items():
        if name not in known:
            near = get_close_matches(name, known, 1, 0.4)
            hint = f", did you mean {near[0]}" if near else ""
            problems.append(f'{file}: keys.{name} = "{value}": no command has this id{hint}')
        elif not all(part.strip() for part in value.split(",")):
            problems.append(f'{file}: keys.{name} = "{value}": an empty key')
    if not problems:
        problems = _clashes(keys, file)
    if problems:
        raise ConfigError(problems)
    return {name: ",".join(_long(part.strip()) for part in value.split(",")) for name, value in keys.items()}


def _clashes(keys: Mapping[str, str], file: str) -> list[str]:
    problems: list[str] = []
    for where in BOTH:
        taken: dict[str, str] = {}
        here = [command for command in COMMANDS if where in command.where] + [QUIT]
        for command in sorted(here, key=lambda command: command.id in keys):
            for key in keys.get(command.id, command.keys).split(","):
                key = _long(key.strip())
                if taken.setdefault(key, command.id) != command.id:
                    name = command.id if command.id in keys else taken[key]
                    other = taken[key] if name == command.id else command.id
                    problem = f'{file}: keys.{name} = "{keys.get(name, "")}": the key already means {other}'
                    if problem not in problems:
                        problems.append(problem)
    return problems


def _long(key: str) -> str:
    """The name Textual gives a key: "?" is "question_mark"."""
    from textual.keys import _character_to_key

    return _character_to_key(key) if len(key) == 1 else key


def shown_key(command: Command, keys: Mapping[str, str]) -> str:
    """The key as a person reads it, after configuration."""
    if command.id in keys:
        return keys[command.id].split(",")[0].strip()
    return command.shown


def rekeyed(keys: Mapping[str, str]) -> tuple[Command, ...]:
    """The table as configured, for footer, help and palette."""
    return tuple(replace(command, shown=shown_key(command, keys)) for command in COMMANDS)


def footer(where: Where, keys: Mapping[str, str], width: int) -> str:
    """As many of the labelled commands as fit, `? Help` always among them."""
    labelled = {command.id: command for command in rekeyed(keys) if command.label}
    words = [f"{labelled[name].shown} {labelled[name].label}" for name in FOOTERS[where]]
    while len(words) > 1 and len("  ".join(words)) + 1 > width:
        del words[-2]
    return "  ".join(words)
