"""What each decision of a person does to the state: it settles what the person saw, and no more.

What STATE.md left open:

- `seen` is taken strictly: the message an action hangs on is not settled unless it is in `seen`.
- A closing that leaves unseen mail waiting leaves the conversation open: somebody still waits.
- Open, close, spam and an answer end a snooze; pending and park leave the curtain, but clear one that is due. Answered
  elsewhere keeps a promise as a reply does.
- *Thanks confirmed* and *no answer needed* close: nothing more is expected of anybody.
- `open` on a conversation with a probably-thanks mail says that this mail is a question: only it waits.
- *Answered elsewhere* on a closed conversation corrects the record and leaves it closed.
- A decision that hangs on a message of the other part of a split settles what it saw here too, and does nothing else.
- A reply accepted by the server whose copy is not here yet answers what was seen when it was written.
- A start line leaves spam as spam; all else whose last message is older is closed. The newest start line counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from triage.model import Action, Status, Verb
from triage.policy.order import parents, with_ancestors
from triage.policy.replay import Replay
from triage.policy.sides import Side

SETTLES = frozenset({Verb.STATUS, Verb.ANSWERED, Verb.NO_ANSWER, Verb.THANKS})


def instant(value: object) -> datetime | None:
    """A payload's instant, aware UTC, or None where it is null or missing."""
    if not isinstance(value, str) or not value:
        return None
    read = datetime.fromisoformat(value)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


class Decisions:
    """Applies actions to a replay. `places` maps message key -> place in fold order."""

    __slots__ = ("above", "places", "replay")

    def __init__(self, replay: Replay, places: dict[str, int]) -> None:
        self.replay = replay
        self.places = places
        self.above: list[set[int]] = []

    def apply(self, action: Action) -> None:
        here = action.message in self.places
        if not here:
            if action.verb in SETTLES:
                self._settle_elsewhere(action)
            return
        handler = _VERBS.get(action.verb)
        if handler is None:
            return
        state = self.replay
        state.bounced = False
        if state.snoozed_until is not None and state.snoozed_until <= action.at:
            state.unsnooze()
        handler(self, action)

    def start(self, before: datetime, at: datetime) -> None:
        """The start line: what lies before it is closed and counts nowhere."""
        state = self.replay
        state.history = True
        state.bounced = state.junk_check = False
        if state.status is Status.SPAM:
            return
        state.closed_set = [*state.closed_set, *state.waits] if state.status is Status.CLOSED else state.waits
        state.waits = []
        self._enter_closed(max(at, before))
        state.unanswered = []
        state.thanks = None

    # What was seen

    def _closure(self, action: Action) -> set[int]:
        if not self.above:
            self.above = parents(self.replay.rows)
        return with_ancestors(self.above, self._seen(action))

    def _take(self, action: Action) -> list[int]:
        """Settle the waits that were seen; the places that this decision ended."""
        state = self.replay
        seen = self._closure(action)
        ended = [w for w in state.waits if w in seen]
        state.drop(ended)
        if state.thanks is not None and state.thanks in seen:
            state.thanks = None
        return ended

    def _settle_elsewhere(self, action: Action) -> None:
        closes = action.verb is not Verb.STATUS or action.payload.get("status") == Status.CLOSED
        if closes:
            self._take(action)

    # Verbs

    def _status(self, action: Action) -> None:
        sent = action.payload.get("sent")
        if isinstance(sent, str) and sent not in self.places:
            self._accepted_reply(action)
        seen = self._closure(action)
        for place in seen:
            self.replay.accepted[place] = action.at
        status = Status(str(action.payload["status"]))
        _STATUSES[status](self, action, seen)

    def _accepted_reply(self, action: Action) -> None:
        state = self.replay
        ended = self._take(action)
        if ended:
            state.sample(ended, action.at)
            state.rounds += 1
        state.quiet = action.at
        # Its text is not here; review suggests pending exactly where a reply asks something.
        state.asked = action.payload.get("status") == Status.PENDING
        state.after_answer()

    def _open(self, action: Action, seen: set[int]) -> None:
        state = self.replay
        if state.thanks is not None and state.thanks in seen:
            question = state.thanks
            state.thanks = None
            state.comes_back(state.rows[question].received_at)
            state.waits.append(question)
        elif state.status is Status.CLOSED:
            state.waits = sorted({*state.waits, *state.closed_set})
        state.leave_closed()
        self._become(Status.OPEN)
        state.opened = True
        state.unsnooze()

    def _pending(self, action: Action, seen: set[int]) -> None:
        self.replay.leave_closed()
        self._become(Status.PENDING)

    def _parked(self, action: Action, seen: set[int]) -> None:
        state = self.replay
        state.leave_closed()
        self._become(Status.PARKED)
        state.parked_at = action.at
        state.parked_reason = str(action.payload.get("reason") or "") or None

    def _spam(self, action: Action, seen: set[int]) -> None:
        state = self.replay
        state.leave_closed()
        self._become(Status.SPAM)
        state.thanks = None
        state.junk_check = False
        state.unsnooze()
        state.unpromise()

    def _closed(self, action: Action, seen: set[int]) -> None:
        ended = self._take(action)
        if self._close(action, ended):
            self.replay.unanswered += [w for w in ended if self._asked_for(w)]

    def _asked_for(self, wait: int) -> bool:
        """Whether a customer's mail began this wait; one that a bounce began has no question to leave unanswered."""
        return self.replay.cast.sides[wait] is not Side.REPLY

    def _become(self, status: Status) -> None:
        state = self.replay
        state.status = status
        state.unproven_spam = state.opened = False
        state.unpark()

    def _close(self, action: Action, ended: list[int]) -> bool:
        """Close with what was settled; False where unseen mail still waits and keeps it open."""
        state = self.replay
        if state.waits:
            state.leave_closed()
            self._become(Status.OPEN)
            return False
        state.closed_set = [*state.closed_set, *ended] if state.status is Status.CLOSED else ended
        self._enter_closed(max([action.at, *(state.rows[i].received_at for i in self._seen(action))]))
        return True

    def _seen(self, action: Action) -> list[int]:
        return [self.places[key] for key in action.seen if key in self.places]

    def _enter_closed(self, at: datetime) -> None:
        state = self.replay
        closed_at = state.closed_at or at
        self._become(Status.CLOSED)
        state.closed_at = closed_at
        state.unsnooze()
        state.unpromise()

    def _answered(self, action: Action) -> None:
        state = self.replay
        at = instant(action.payload.get("at")) or action.at
        ended = self._take(action)
        if state.status is Status.CLOSED and not state.waits:
            seen = self._closure(action)
            ended += [w for w in state.unanswered if w in seen]
            state.unanswered = [w for w in state.unanswered if w not in seen]
            state.closed_set = [w for w in state.closed_set if w not in seen]
        else:
            state.leave_closed()
            self._become(Status.OPEN if state.waits else Status.PENDING)
        if ended:
            state.stated = (state.sample(ended, at, stated=True), tuple(ended))
            state.rounds += 1
        state.quiet = max(at, state.quiet or at)
        state.asked = False
        thanks = state.thanks
        state.after_answer()
        state.thanks = thanks
        state.since_answer = True

    def _no_answer(self, action: Action) -> None:
        state = self.replay
        ended = self._take(action)
        if self._close(action, ended):
            seen = self._closure(action)
            state.unanswered = [w for w in state.unanswered if w not in seen]

    def _snooze(self, action: Action) -> None:
        state = self.replay
        until = instant(action.payload.get("until"))
        state.unsnooze()
        if until is not None:
            state.snoozed_until = until
            state.hold = action.payload.get("hold") is True
            state.snoozes += 1

    def _promise(self, action: Action) -> None:
        state = self.replay
        state.unpromise()
        until = instant(action.payload.get("until"))
        if until is not None:
            state.promise_until = until
            state.promise = str(action.payload.get("text") or "") or None


_VERBS: dict[Verb, Callable[[Decisions, Action], None]] = {
    Verb.STATUS: Decisions._status,
    Verb.ANSWERED: Decisions._answered,
    Verb.NO_ANSWER: Decisions._no_answer,
    Verb.THANKS: Decisions._no_answer,
    Verb.SNOOZE: Decisions._snooze,
    Verb.PROMISE: Decisions._promise,
}
_STATUSES: dict[Status, Callable[[Decisions, Action, set[int]], None]] = {
    Status.OPEN: Decisions._open,
    Status.PENDING: Decisions._pending,
    Status.PARKED: Decisions._parked,
    Status.CLOSED: Decisions._closed,
    Status.SPAM: Decisions._spam,
}
