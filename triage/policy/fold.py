"""Messages and decisions in, the state of a conversation out. It never reads a clock: *now* comes in on reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from triage.model import Action, Address, Conversation, Desk, Limits, Message, Reason, Role, Status, Turn, Verb
from triage.policy.decisions import Decisions, instant
from triage.policy.notes import names, notes, senders, start_line, tags
from triage.policy.order import arrange
from triage.policy.replay import Replay
from triage.policy.sides import Cast, Side, cast
from triage.policy.undo import clock, effective
from triage.policy.variants import unite

__all__ = ["effective", "fold", "played", "schedule"]

_EVERYWHERE = frozenset({Verb.RENAME, Verb.SENDER, Verb.START})
# From how many on it is a reason (STATE.md, *Clocks, levels, reasons*).
REVOLVING = 3
CIRCLES = 5
SNOOZED_OFTEN = 3
# What a conversation takes over from the replay as it is.
_SAME = (
    *("chapter", "reopens", "rounds", "snoozes", "snoozed_until", "hold", "curtain_dot", "history"),
    *("promise_until", "promise", "parked_at", "parked_reason", "closed_at", "away_until"),
)
_same = attrgetter(*_SAME)


def fold(
    id: int,
    messages: Sequence[Message],
    actions: Sequence[Action],
    desk: Desk,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    partial: bool = False,
    elsewhere: frozenset[str] = frozenset(),
) -> Conversation:
    """The state of one conversation, from all its messages (at least one) and the actions about them.

    `actions` are those that hang on one of the messages or have one in `seen` (a split leaves tags and settled mail on
    both sides), all RENAME, SENDER and START rows, and every UNDO that names one of these; any order, undone ones too.
    `elsewhere` are the Message-IDs of what a split put into other conversations.
    """
    standing = effective(actions) if actions else []
    rows, found = played(messages, standing, desk, limits)
    found.cast.elsewhere = elsewhere
    return _conversation(id, rows, found, standing, desk, partial)


def played(
    messages: Sequence[Message],
    standing: Sequence[Action],
    desk: Desk,
    limits: Limits,
) -> tuple[list[Message], Replay]:
    """The messages in fold order and the state after the last event. `standing` are the actions in effect."""
    rows = arrange(messages)
    united, again = unite(rows)
    replay = Replay(united, cast(united, desk, senders(standing) if standing else {}), limits)
    if not standing:
        for i in range(len(rows)):
            if i not in again:
                replay.message(i)
        return rows, replay
    places = {message.key: i for i, message in enumerate(rows)}
    decisions = Decisions(replay, {rows[i].key: i for i in range(len(rows) - 1, -1, -1)})
    due = schedule(rows, standing, places)
    for i in range(len(rows)):
        if i not in again:
            replay.message(i)
        for action in due.get(i, ()):
            if action.verb is Verb.START:
                decisions.start(instant(action.payload["before"]) or action.at, action.at)
            else:
                decisions.apply(action)
    return rows, replay


def schedule(rows: Sequence[Message], standing: Sequence[Action], places: dict[str, int]) -> dict[int, list[Action]]:
    """Place of a message -> the actions that follow it, by their own clocks.

    An action stands right after the newest message it saw, so no clock but the server's orders it among mail. Actions
    that saw nothing here are left out. The start line stands where it found the conversation, if all of that was older.
    """
    due: dict[int, list[Action]] = {}
    for action in standing:
        if action.verb in _EVERYWHERE:
            continue
        saw = [places[key] for key in (action.message, action.payload.get("sent"), *action.seen) if key in places]
        if saw:
            due.setdefault(max(saw), []).append(action)
    line = start_line(standing)
    if line is not None:
        place = _crossed(rows, instant(line.payload.get("before")) or line.at, line.at)
        if place is not None:
            due[place] = sorted([*due.get(place, ()), line], key=clock)
    return due


def _crossed(rows: Sequence[Message], before: datetime, at: datetime) -> int | None:
    """The last message the start line found, where everything it found is older than the line."""
    found = [i for i, message in enumerate(rows) if message.received_at <= max(at, before)]
    if not found or any(message.received_at >= before for message in rows[: found[-1] + 1]):
        return None
    return found[-1]


def _conversation(
    id: int, rows: list[Message], state: Replay, standing: Sequence[Action], desk: Desk, partial: bool
) -> Conversation:
    first = rows[0]
    who = state.cast
    status = state.status
    shut = status is Status.CLOSED or status is Status.SPAM
    waiting = None if shut or not state.waits else min(rows[w].received_at for w in state.waits)
    noted, last_note, tagged = _said(standing, rows)
    return Conversation(
        id=id,
        key=first.key,
        subject=first.subject,
        customer=_customer(first, who, names(standing) if standing else {}),
        status=status,
        turn=_turn(waiting, shut, who),
        waiting_since=waiting,
        quiet_since=None if waiting else state.quiet,
        asked=state.asked and waiting is None,
        messages=len(rows),
        chases=0 if waiting is None else max(0, len(state.waits) - 1),
        tags=tagged,
        noted=noted,
        note=last_note,
        last_activity=max(message.received_at for message in rows),
        last_customer_at=state.last_customer,
        last_ours_at=state.last_ours,
        opened_by_person=state.opened,
        thanks=state.thanks is not None and waiting is None and status is not Status.SPAM,
        machine=not who.human,
        junk_check=state.junk_check or _in_junk(state.rows, state),
        partial=partial,
        marks=_marks(state.rows, state, desk, waiting, partial),
        customers=tuple(who.customers),
        **dict(zip(_SAME, _same(state), strict=True)),
        samples=tuple(sample for sample in state.samples if sample is not None) if state.samples else (),
    )


def _said(standing: Sequence[Action], rows: list[Message]) -> tuple[int, str | None, tuple[str, ...]]:
    """How many notes stand, the last one's text, and the tags."""
    if not standing:
        return 0, None, ()
    keys = {message.key for message in rows}
    texts = [note.text for note in notes(standing, keys) if note.text is not None]
    here = [action for action in standing if action.message in keys or not keys.isdisjoint(action.seen)]
    return len(texts), (texts[-1] if texts else None), tags(here)


def _turn(waiting: datetime | None, shut: bool, who: Cast) -> Turn:
    if waiting is not None:
        return Turn.OURS
    return Turn.NOBODY if shut or not (who.human and _somebody(who)) else Turn.THEIRS


def _somebody(who: Cast) -> bool:
    """Whether any human mail left its writer's hands: a draft alone is nobody's turn."""
    return any(side is not Side.MACHINE and side is not Side.DRAFT for side in who.sides)


def _customer(first: Message, who: Cast, named: dict[str, str]) -> Address:
    """Who the row names: the first customer, else who wrote first; by the name a person gave, or their newest."""
    customer = next(iter(who.customers.values()), None) or first.customer or first.sender
    if name := named.get(customer.address):
        return Address(name, customer.address)
    return customer


def _in_junk(rows: Sequence[Message], state: Replay) -> bool:
    """Whether mail that still waits was put into Junk or Trash by someone else."""
    return state.status is not Status.SPAM and any(
        all(place.role in (Role.JUNK, Role.TRASH) for place in rows[w].places)
        for w in state.waits
        if rows[w].places and not _accepted(rows[w], state.accepted.get(w))
    )


def _marks(
    rows: Sequence[Message], state: Replay, desk: Desk, waiting: datetime | None, partial: bool
) -> tuple[Reason, ...]:
    """The reasons that need no clock, gravest first. Closed and spam show only what closing itself left behind."""
    status = state.status
    marks: list[Reason] = []
    if state.bounced:
        marks.append(Reason.BOUNCED)
    if status is Status.CLOSED:
        return (*marks, Reason.CLOSED_UNANSWERED) if state.unanswered else tuple(marks)
    if status is Status.SPAM:
        return tuple(marks)
    if waiting is not None and len(state.waits) > 1:
        marks.append(Reason.CHASED)
    if state.reopens >= REVOLVING:
        marks.append(Reason.REVOLVING_DOOR)
    if state.rounds >= CIRCLES:
        marks.append(Reason.CIRCLES)
    if waiting is not None:
        marks += _wait_marks(rows, state, desk, partial)
    if state.snoozes >= SNOOZED_OFTEN:
        marks.append(Reason.SNOOZED_OFTEN)
    return tuple(marks)


def _wait_marks(rows: Sequence[Message], state: Replay, desk: Desk, partial: bool) -> list[Reason]:
    marks: list[Reason] = []
    if state.status is Status.PENDING:
        marks.append(Reason.BEHIND_PENDING)
    if any(_moved(rows[w], state.accepted.get(w)) for w in state.waits):
        marks.append(Reason.MOVED)
    if not partial and any(_answers_unseen(rows[w], state.cast, desk) for w in state.waits):
        marks.append(Reason.ANSWER_NOT_SEEN)
    if any(state.cast.sides[w] is Side.CLAIMS for w in state.waits):
        marks.append(Reason.CLAIMS_TO_BE_US)
    return marks


def _moved(message: Message, accepted: datetime | None) -> bool:
    """Tidied out of sight by someone else, and nobody has decided with that on screen since."""
    if not (message.left_inbox or message.gone) or any(place.role is Role.INBOX for place in message.places):
        return False
    return not _accepted(message, accepted)


def _accepted(message: Message, decided: datetime | None) -> bool:
    """Whether a person decided with the mail on screen after it had moved."""
    return decided is not None and (message.moved_at is None or decided >= message.moved_at)


def _answers_unseen(message: Message, who: Cast, desk: Desk) -> bool:
    """Whether it answers a mail of ours that we do not have.

    Its nearest reference is not here and carries a domain of ours, which is not the writer's own (where both use one
    provider, the domain of a Message-ID says nothing).
    """
    if not message.ids or message.ids[-1] in (message.message_id, *who.ids, *who.elsewhere):
        return False
    host = message.ids[-1].rstrip(">").rpartition("@")[2].lower()
    theirs = message.sender.address.rpartition("@")[2]
    ours = desk.domains.union(address.rpartition("@")[2] for address in (*desk.addresses, *desk.staff))
    return any(host == domain or host.endswith("." + domain) for domain in ours - {"", theirs})
