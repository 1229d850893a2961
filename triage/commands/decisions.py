"""The decisions: what a key does on screen, as a command. One command, one action of the store, one line said.

A command acts on what the store holds at this moment: that is what its author has "seen".
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from triage.commands import output
from triage.commands.arguments import Parser
from triage.commands.context import Context, conversation_id
from triage.errors import TriageError, UsageError
from triage.model import Done, View
from triage.policy.when import parse_past, parse_when
from triage.store import actions, queue
from triage.store.decide import text_of

if TYPE_CHECKING:
    from triage.store.database import Store

Decision = Callable[["Store", Namespace, Context], Done]


def _run(decide: Decision, options: Namespace, context: Context) -> int:
    with context.open() as store:
        return output.done(decide(store, options, context), context.json)


def _json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object: done, ids, action")


def _ids(options: Namespace) -> list[int]:
    return [conversation_id(word) for word in options.ids]


def _many(parser: Parser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID", help="numbers of conversations, 4711 or #4711")
    _json(parser)


def _one(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help="the number of a conversation, 4711 or #4711")
    _json(parser)


def close(store: Store, options: Namespace, context: Context) -> Done:
    return actions.close(store, _ids(options), now=context.now())


def open_(store: Store, options: Namespace, context: Context) -> Done:
    return actions.open_(store, _ids(options), now=context.now())


def pending(store: Store, options: Namespace, context: Context) -> Done:
    return actions.pending(store, _ids(options), now=context.now())


def spam(store: Store, options: Namespace, context: Context) -> Done:
    return actions.spam(store, _ids(options), now=context.now())


def thanks(store: Store, options: Namespace, context: Context) -> Done:
    return actions.thanks(store, _ids(options), now=context.now())


def unsnooze(store: Store, options: Namespace, context: Context) -> Done:
    return actions.unsnooze(store, _ids(options), now=context.now())


def _park(parser: Parser) -> None:
    _many(parser)
    parser.add_argument("--reason", metavar="TEXT", help="whom or what it waits for; needed")


def park(store: Store, options: Namespace, context: Context) -> Done:
    reason = (options.reason or "").strip()
    if not reason:
        raise UsageError("triage park: say whom or what it waits for with --reason TEXT")
    return actions.park(store, _ids(options), reason, now=context.now())


def _when(parser: Parser) -> None:
    _one(parser)
    parser.add_argument("when", nargs="+", metavar="WHEN", help='"fri 9", "2w", "tomorrow", "2026-12-01 14:00"')


def _snooze(parser: Parser) -> None:
    _when(parser)
    parser.add_argument("--hold", action="store_true", help="stay out of sight even if the customer writes")


def snooze(store: Store, options: Namespace, context: Context) -> Done:
    now = context.now()
    until = parse_when(" ".join(options.when), now, context.zone)
    result = actions.snooze(store, [conversation_id(options.id)], until, hold=options.hold, now=now)
    return replace(result, text=f"{result.text} until {output.instant(until, context.zone, now)}")


def _promise(parser: Parser) -> None:
    _when(parser)
    parser.add_argument("--text", metavar="TEXT", default="", help="what was promised")


def promise(store: Store, options: Namespace, context: Context) -> Done:
    now = context.now()
    until = parse_when(" ".join(options.when), now, context.zone)
    number = conversation_id(options.id)
    result = actions.promise(store, [number], until, options.text, now=now)
    subject = text_of(queue.conversation(store, number).subject)
    return replace(result, text=f"Promised for {output.instant(until, context.zone, now)}: {subject}")


def _tag(parser: Parser) -> None:
    parser.add_argument(
        "words", nargs="+", metavar="ID|+TAG|-TAG", help="conversations, then +TAG to add, -TAG to remove"
    )
    _json(parser)


def tag(store: Store, options: Namespace, context: Context) -> Done:
    changes = [word for word in options.words if word.startswith(("+", "-"))]
    ids = [conversation_id(word) for word in options.words if not word.startswith(("+", "-"))]
    add = [word[1:] for word in changes if word.startswith("+")]
    remove = [word[1:] for word in changes if word.startswith("-")]
    if not ids or not changes or "" in [*add, *remove]:
        raise UsageError("triage tag: write it as triage tag 4711 +refund -urgent")
    return actions.tag(store, ids, add, remove, now=context.now())


def _note(parser: Parser) -> None:
    _one(parser)
    parser.add_argument("text", nargs="*", metavar="TEXT", help="the note; - reads it from standard input")
    parser.add_argument("--edit", action="store_true", help="replace the text of the last note")
    parser.add_argument("--strike", action="store_true", help="remove the text of the last note for good")
    parser.add_argument("--which", metavar="NOTE", help="another note than the last: its id in `triage show --json`")


def note(store: Store, options: Namespace, context: Context) -> Done:
    number = conversation_id(options.id)
    now = context.now()
    if options.edit and options.strike:
        raise UsageError("triage note: --edit and --strike exclude each other")
    if options.strike:
        if options.text:
            raise UsageError("triage note: --strike takes no text")
        return actions.strike_note(store, _which(store, number, options.which), now=now)

    text = _text(options.text)
    if options.edit:
        return actions.edit_note(store, _which(store, number, options.which), text, now=now)
    if options.which:
        raise UsageError("triage note: --which goes with --edit or --strike")
    return actions.note(store, [number], text, now=now)


def _text(words: Sequence[str]) -> str:
    text = " ".join(words)
    if text == "-":
        # A process started without standard input has None here.
        text = sys.stdin.read() if sys.stdin else ""
    if not text.strip():
        raise UsageError(
            "triage note: the text is missing; write it after the number, or - and send it to standard input"
        )
    return text.strip("\n")


def _which(store: Store, number: int, wanted: str | None) -> str:
    """The id of a note of this conversation: the wanted one, else the last that was not struck."""
    notes = [entry.note for entry in queue.timeline(store, number) if entry.note is not None]
    ids = [found.id for found in notes if wanted in (None, found.id) and found.text is not None]
    if not ids:
        which = "note with this id; `triage show ID --json` names them" if wanted else "note"
        raise TriageError(f"#{number} has no {which}.")
    return ids[-1]


def _answered(parser: Parser) -> None:
    _one(parser)
    parser.add_argument("when", nargs="*", metavar="WHEN", help='when it was answered: "yesterday 14:00"; now without')
    parser.add_argument("--by", choices=["phone", "colleague"], default="phone", help="how it was answered")


def answered(store: Store, options: Namespace, context: Context) -> Done:
    now = context.now()
    at = parse_past(" ".join(options.when), now, context.zone) if options.when else None
    return actions.answered(store, [conversation_id(options.id)], options.by, at, now=now)


def _noanswer(parser: Parser) -> None:
    _many(parser)
    parser.add_argument("--duplicate-of", metavar="ID", help="the conversation that says the same")


def noanswer(store: Store, options: Namespace, context: Context) -> Done:
    original = conversation_id(options.duplicate_of) if options.duplicate_of else None
    return actions.no_answer(store, _ids(options), duplicate_of=original, now=context.now())


def _join(parser: Parser) -> None:
    parser.add_argument("ids", nargs=2, metavar="ID", help="two conversations; the smaller number stays")
    _json(parser)


def join(store: Store, options: Namespace, context: Context) -> Done:
    return actions.join(store, _ids(options), now=context.now())


def _split(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help="the key of a message, from `triage show --json`")
    _json(parser)


def split(store: Store, options: Namespace, context: Context) -> Done:
    return actions.split(store, options.key, now=context.now())


def _rename(parser: Parser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="the customer's mail address")
    parser.add_argument("name", nargs="+", metavar="NAME", help="what lists call them from now on")
    _json(parser)


def rename(store: Store, options: Namespace, context: Context) -> Done:
    return actions.rename(store, _address(options), " ".join(options.name), now=context.now())


def _sender(parser: Parser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="whose mail it is about, before and after")
    parser.add_argument("what", metavar="person|machine", choices=["person", "machine"], help="who writes it")
    _json(parser)


def sender(store: Store, options: Namespace, context: Context) -> Done:
    return actions.sender(store, _address(options), options.what, now=context.now())


def _address(options: Namespace) -> str:
    address: str = options.address.strip().lower()
    if "@" not in address[1:-1] or any(letter.isspace() for letter in address):
        raise UsageError(f'"{options.address}" is no mail address')
    return address


def _start(parser: Parser) -> None:
    parser.add_argument("when", nargs="+", metavar="WHEN", help='"30d" or a date: what ended before is history')
    _json(parser)


def start(options: Namespace, context: Context) -> int:
    """The start line also says how many conversations lie before it and how many after."""
    now = context.now()
    before = parse_past(" ".join(options.when), now, context.zone)
    with context.open() as store:
        result = actions.start(store, before, now=now)
        history = len(queue.ids(store, View.ALL, now, context.clock, "is:history"))
        after = len(queue.ids(store, View.ALL, now, context.clock)) - history
    done = (
        f"Start line at {output.instant(before, context.zone, now)}: {output.count(history, 'conversation')} "
        f"before it, now history; {after} after it"
    )
    if context.json:
        output.emit({"done": done, "action": result.action, "history": history, "after": after, "before": before})
    else:
        output.say(done)
    return 0


ARGUMENTS: dict[str, Callable[[Parser], None]] = {
    "close": _many,
    "open": _many,
    "pending": _many,
    "spam": _many,
    "thanks": _many,
    "unsnooze": _many,
    "park": _park,
    "snooze": _snooze,
    "promise": _promise,
    "tag": _tag,
    "note": _note,
    "answered": _answered,
    "noanswer": _noanswer,
    "join": _join,
    "split": _split,
    "rename": _rename,
    "sender": _sender,
    "start": _start,
}

DECISIONS: dict[str, Decision] = {
    "close": close,
    "open": open_,
    "pending": pending,
    "spam": spam,
    "thanks": thanks,
    "unsnooze": unsnooze,
    "park": park,
    "snooze": snooze,
    "promise": promise,
    "tag": tag,
    "note": note,
    "answered": answered,
    "noanswer": noanswer,
    "join": join,
    "split": split,
    "rename": rename,
    "sender": sender,
}

RUN: dict[str, Callable[[Namespace, Context], int]] = {
    **{name: partial(_run, decide) for name, decide in DECISIONS.items()},
    "start": start,
}
