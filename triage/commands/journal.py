"""Commands on what was decided: undo, redo, and a copy of all of it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from triage.commands import output
from triage.commands.arguments import Parser
from triage.commands.context import Context
from triage.errors import StoreUnwritable, TriageError
from triage.mail.safe import safe
from triage.model import Done
from triage.store import actions

if TYPE_CHECKING:
    from triage.store.database import Store

# How far back `undo --list` looks.
LISTED = 50


def _undo(parser: Parser) -> None:
    parser.add_argument("action", nargs="?", metavar="ACTION", help="a decision of `undo --list` instead of the newest")
    parser.add_argument("--list", action="store_true", help="what could be taken back, newest first")
    parser.add_argument("--json", action="store_true", help="one JSON object: undone, what")


def undo(options: Namespace, context: Context) -> int:
    with context.open() as store:
        now = context.now()
        if options.list:
            _list(actions.undoable(store, LISTED), context)
            return 0
        target = options.action or next((found.action for found in actions.undoable(store, 1)), None)
        try:
            result = actions.undo(store, now=now, action=target)
        except TriageError as error:
            if options.action is None:
                raise
            raise TriageError(f"{safe(str(error))} `triage undo --list` names what can.") from None
        return _said(target, result, context)


def _list(undoable: list[actions.Undoable], context: Context) -> None:
    now = context.now()
    if not undoable and not context.json:
        output.say("There is nothing to take back.")
    for found in undoable:
        if context.json:
            output.emit({"action": found.action, "at": found.at, "what": found.text, "ids": list(found.ids)})
        else:
            said = safe(output.dated(found.text, context.zone, now))
            output.say(f"{found.action}  {output.age(now - found.at):>4} ago  {said}")


def _redo(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object: undone, what")


def redo(options: Namespace, context: Context) -> int:
    with context.open() as store:
        result = actions.redo(store, now=context.now())
        return _said(result.action, result, context)


def _said(undone: str | None, result: Done, context: Context) -> int:
    """`undone` is the decision that was taken back (for redo: the redo itself), `action` what was written down."""
    if context.json:
        output.emit({"undone": undone, "what": result.text, "action": result.action, "ids": list(result.ids)})
        return 0
    output.say(safe(output.dated(result.text, context.zone, context.now())))
    return 0


def _backup(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="where the copy goes")
    parser.add_argument("--json", action="store_true", help="one JSON object: messages, conversations, actions")


def backup(options: Namespace, context: Context) -> int:
    from triage.store.totals import totals

    target = Path(options.file).expanduser().absolute()
    with context.open() as store:
        _copy_to(store, target)
        held = totals(store)
    if context.json:
        output.emit(asdict(held) | {"path": str(target)})
        return 0
    output.say(
        f"Copied {output.count(held.messages, 'message')}, {output.count(held.conversations, 'conversation')} and "
        f"{output.count(held.actions, 'action')} to {safe(str(target))}"
    )
    return 0


def _copy_to(store: Store, target: Path) -> None:
    """A target that cannot be written is no trouble of the store's."""
    from triage.store.database import backup as copy

    try:
        copy(store, target)
    except StoreUnwritable as error:
        if "is full" in str(error):
            raise
        raise TriageError(f"{safe(str(target))} cannot be written; name a file in a folder of yours.") from None


ARGUMENTS: dict[str, Callable[[Parser], None]] = {"undo": _undo, "redo": _redo, "backup": _backup}

RUN: dict[str, Callable[[Namespace, Context], int]] = {"undo": undo, "redo": redo, "backup": backup}
