"""In how many rounds the sample inbox has to come, so that every decision sees the mail of its hour and none later.

A decision settles what was on screen. One that lies before a later mail of its conversation therefore has to be taken
between two rounds of sync, as it would have been at a real desk.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.demo.letter import Letter, Move
from sync.demo.tale import Decision, Inbox


@dataclass(slots=True)
class Stage:
    """What comes and is decided before `until`: letters, then moves, a round of sync before and after, decisions."""

    until: datetime
    letters: list[Letter] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)


def stages(inbox: Inbox) -> list[Stage]:
    """As few stages as possible, oldest first; the last one ends at `now`."""
    ends = [*cuts(inbox), inbox.now + timedelta(seconds=1)]
    found = [Stage(until) for until in ends]
    for letter in sorted(inbox.letters, key=lambda one: one.at):
        found[bisect_right(ends, letter.at)].letters.append(letter)
    for decision in sorted(inbox.decisions, key=lambda one: one.at):
        found[bisect_right(ends, decision.at)].decisions.append(decision)
    found[-1].moves.extend(inbox.moves)
    return found


def cuts(inbox: Inbox) -> list[datetime]:
    """The instants between rounds. Every decision with a later mail has one after it and not after that mail."""
    chosen: list[datetime] = []
    for decided, came in sorted(gaps(inbox), key=lambda gap: gap[1]):
        if not chosen or not decided < chosen[-1] <= came:
            chosen.append(came)
    return chosen


def gaps(inbox: Inbox) -> list[tuple[datetime, datetime]]:
    """(decision, next mail of its conversation) wherever there is one."""
    times: dict[str, list[datetime]] = {}
    for letter in inbox.letters:
        times.setdefault(letter.root, []).append(letter.at)

    found = []
    for decision in inbox.decisions:
        came = min((at for at in times[decision.message_ids[0]] if at > decision.at), default=None)
        if came is not None:
            found.append((decision.at, came))
    return found
