"""Which decisions stand, once what was undone and redone is taken out."""

from __future__ import annotations

from collections.abc import Iterable

from triage.model import Action, Verb


def clock(action: Action) -> tuple[object, str]:
    """The order of actions among themselves: their own clocks, then their ids."""
    return (action.at, action.id)


def effective(actions: Iterable[Action]) -> list[Action]:
    """The actions that stand, by their own clocks, without the undo rows themselves.

    An UNDO names an action id or a bulk id and takes those back while it stands itself; a redo is an UNDO of the UNDO.
    Whether one stands does not depend on the order in which the rows came, nor on a clock: an undo from a slow laptop
    works. A struck note stays struck: its text is gone, so undoing the strike changes nothing.
    """
    rows = sorted(actions, key=clock)
    undos = [row for row in rows if row.verb is Verb.UNDO]
    if not undos:
        return rows
    undoers = _undoers(rows, undos)
    standing = _standing(undos, undoers)
    return [
        row
        for row in rows
        if row.verb is not Verb.UNDO
        and (row.verb is Verb.STRIKE_NOTE or not any(standing[by] for by in undoers.get(row.id, ())))
    ]


def _undoers(rows: list[Action], undos: list[Action]) -> dict[str, list[str]]:
    """Action id -> the ids of the undo rows that name it, itself or its bulk."""
    bulks: dict[str, list[str]] = {}
    for row in rows:
        if row.bulk is not None:
            bulks.setdefault(row.bulk, []).append(row.id)
    undoers: dict[str, list[str]] = {}
    for undo in undos:
        target = str(undo.payload.get("target", ""))
        for named in {target, *bulks.get(target, ())} - {undo.id}:
            undoers.setdefault(named, []).append(undo.id)
    return undoers


def _standing(undos: list[Action], undoers: dict[str, list[str]]) -> dict[str, bool]:
    """Undo id -> whether it stands: no undo that stands names it. Iterative, so that a long chain is no deep stack."""
    standing: dict[str, bool] = {}
    open_: set[str] = set()
    for undo in undos:
        stack = [undo.id]
        while stack:
            top = stack[-1]
            # Rows that undo each other cannot come from a keyboard; a damaged journal still folds the same everywhere.
            unknown = [by for by in undoers.get(top, ()) if by not in standing and by not in open_]
            if unknown and top not in standing:
                open_.add(top)
                stack.extend(unknown)
                continue
            standing.setdefault(top, not any(standing.get(by, False) for by in undoers.get(top, ())))
            open_.discard(top)
            stack.pop()
    return standing
