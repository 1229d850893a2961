"""The commands, by name: which module runs one, and the line that help shows. Importing it imports no command."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """`module` is a module of this package with `arguments` and `run`; `usage` what follows the name."""

    module: str
    usage: str
    help: str


GROUPS: dict[str, dict[str, Command]] = {
    "The queue": {
        "list": Command("reading", "[QUERY] [--view NAME] [--all]", "who waits, in the order of the queue"),
        "next": Command("reading", "", "the conversation the queue would offer now"),
        "show": Command("reading", "ID", "one conversation: messages, notes, decisions"),
        "why": Command("reading", "ID", "the arithmetic behind a level, its reasons and its place"),
        "search": Command("reading", "QUERY", "all mail, notes and tags"),
    },
    "Decisions": {
        "close": Command("decisions", "ID...", "done; whoever still waits is settled, and that is counted"),
        "open": Command("decisions", "ID...", "our turn again"),
        "pending": Command("decisions", "ID...", "the customer's turn"),
        "park": Command("decisions", "ID... --reason TEXT", "someone else must"),
        "spam": Command("decisions", "ID...", "not a customer"),
        "snooze": Command("decisions", "ID WHEN [--hold]", 'I do it later: "fri 9", "2w", "tomorrow"'),
        "unsnooze": Command("decisions", "ID...", "show it again now"),
        "tag": Command("decisions", "ID... +a -b", "put a tag on, take one off"),
        "note": Command("decisions", "ID TEXT|- [--edit|--strike]", "an internal note; - reads it from standard input"),
        "promise": Command("decisions", "ID WHEN", "a date we gave the customer"),
        "answered": Command(
            "decisions", "ID [WHEN] --by phone|colleague", "answered elsewhere: by phone, by a colleague"
        ),
        "noanswer": Command("decisions", "ID... [--duplicate-of ID]", "needs no answer"),
        "thanks": Command("decisions", "ID...", "they only said thanks"),
        "join": Command("decisions", "ID ID", "two conversations are one"),
        "split": Command("decisions", "KEY", "this message begins a conversation of its own"),
        "rename": Command("decisions", "ADDRESS NAME", "what we call a customer"),
        "sender": Command("decisions", "ADDRESS person|machine", "what writes from this address"),
        "start": Command("decisions", "WHEN", "the start line: what ended before is history"),
        "undo": Command("journal", "[ACTION] [--list]", "take the newest decision back"),
        "redo": Command("journal", "", "take the undo back"),
    },
    "Mail": {
        "sync": Command("cli", "[--watch] [--full]", "fetch what is new; stay and wait for more"),
        "demo": Command("cli", "[--no-screen]", "a sample inbox on a private server, the queue on screen"),
        "inspect": Command("files", "FILE...", "how a message file is read"),
        "threads": Command("files", "FILE_OR_DIR...", "how message files would be grouped"),
    },
    "Upkeep": {
        "doctor": Command("cli", "[--rebuild]", "configuration, permissions, login, store"),
        "keys": Command("cli", "", "every key binding, by the id that [keys] takes"),
        "backup": Command("journal", "FILE", "a consistent copy of the store"),
    },
}

COMMANDS: dict[str, Command] = {name: command for group in GROUPS.values() for name, command in group.items()}
