"""What a person can do. One function, one transaction; each returns the line that says what it did.

`seen` maps conversation id -> `Conversation.arrival` as it was on screen: a decision settles that and no more. Without
it everything the store holds counts as seen. What is not possible raises TriageError, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from triage.errors import TriageError, UsageError
from triage.model import Done, Reason, Status, Turn, Verb
from triage.store.database import Store
from triage.store.decide import Row, Target, about, decide, text_of
from triage.store.everywhere import rename as rename
from triage.store.everywhere import sender as sender
from triage.store.everywhere import start as start
from triage.store.join import join as join
from triage.store.join import split as split
from triage.store.notes import edit_note as edit_note
from triage.store.notes import note as note
from triage.store.notes import strike_note as strike_note
from triage.store.rows import clean
from triage.store.undo import Undoable as Undoable
from triage.store.undo import redo as redo
from triage.store.undo import undo as undo
from triage.store.undo import undoable as undoable

Seen = Mapping[int, int] | None
PERSON = "person"


def _status(target: Target, status: Status, already: bool, now: datetime, **payload: object) -> list[Row]:
    here = target.conversation
    # A snooze that is due, a bounce and probably-thanks ask for a decision, and the same one again is one.
    woken = here.snoozed_until is not None and here.snoozed_until <= now
    if already and not (woken or here.thanks or Reason.BOUNCED in here.marks):
        raise TriageError(f"{text_of(target.conversation.subject)} is {_IS[status]} already.")
    return [about(target, Verb.STATUS, status=status.value, **payload)]


_IS = {
    Status.OPEN: "open",
    Status.PENDING: "pending",
    Status.PARKED: "parked",
    Status.CLOSED: "closed",
    Status.SPAM: "spam",
}


def close(store: Store, ids: Sequence[int], *, now: datetime, seen: Seen = None, author: str = PERSON) -> Done:
    """Closes, and settles the customer's mail that was seen."""

    def make(target: Target) -> list[Row]:
        return _status(target, Status.CLOSED, target.conversation.status is Status.CLOSED, now)

    return decide(store, ids, make, "Closed {}", now=now, seen=seen, author=author, wants="archive")


def open_(store: Store, ids: Sequence[int], *, now: datetime, seen: Seen = None, author: str = PERSON) -> Done:
    """Opens: what a closing settled waits again; probably-thanks becomes a question; it stands in Needs you."""

    def make(target: Target) -> list[Row]:
        here = target.conversation
        stands = here.status is Status.OPEN and (here.opened_by_person or here.turn is Turn.OURS)
        return _status(target, Status.OPEN, stands and here.snoozed_until is None, now)

    return decide(store, ids, make, "Opened {}", now=now, seen=seen, author=author)


def pending(store: Store, ids: Sequence[int], *, now: datetime, seen: Seen = None, author: str = PERSON) -> Done:
    """Says that the customer must move. Whoever waits for us waits on."""

    def make(target: Target) -> list[Row]:
        return _status(target, Status.PENDING, target.conversation.status is Status.PENDING, now)

    return decide(store, ids, make, "Set {} to pending", now=now, seen=seen, author=author)


def park(
    store: Store, ids: Sequence[int], reason: str, *, now: datetime, seen: Seen = None, author: str = PERSON
) -> Done:
    """Says that someone else must move; `reason` says who and what."""
    line = " ".join(clean(reason).split())
    if not line:
        raise UsageError("Parking needs a reason: who must do what?")

    def make(target: Target) -> list[Row]:
        same = target.conversation.status is Status.PARKED and target.conversation.parked_reason == line
        return _status(target, Status.PARKED, same, now, reason=line)

    return decide(store, ids, make, "Parked {}", now=now, seen=seen, author=author)


def spam(store: Store, ids: Sequence[int], *, now: datetime, seen: Seen = None, author: str = PERSON) -> Done:
    """Marks as spam. Mail that was only first seen in Junk is confirmed by it."""

    def make(target: Target) -> list[Row]:
        return _status(target, Status.SPAM, False, now)

    return decide(store, ids, make, "Marked {} as spam", now=now, seen=seen, author=author, wants="junk")


def snooze(
    store: Store,
    ids: Sequence[int],
    until: datetime,
    hold: bool = False,
    *,
    now: datetime,
    seen: Seen = None,
    author: str = PERSON,
) -> Done:
    """Draws the curtain until an instant; with `hold` a customer's mail does not lift it."""
    if until <= now:
        raise TriageError("That instant is past; a snooze needs one that is still to come.")

    def make(target: Target) -> list[Row]:
        if target.conversation.status in (Status.CLOSED, Status.SPAM):
            words = f"{text_of(target.conversation.subject)} is {_IS[target.conversation.status]}"
            raise TriageError(f"{words}; open it before you snooze it.")
        return [about(target, Verb.SNOOZE, until=until.astimezone(UTC).isoformat(), hold=hold)]

    return decide(store, ids, make, "Snoozed {}", now=now, seen=seen, author=author)


def unsnooze(store: Store, ids: Sequence[int], *, now: datetime, seen: Seen = None, author: str = PERSON) -> Done:
    """Lifts the curtain."""

    def make(target: Target) -> list[Row]:
        if target.conversation.snoozed_until is None:
            raise TriageError(f"{text_of(target.conversation.subject)} is not snoozed.")
        return [about(target, Verb.SNOOZE, until=None)]

    return decide(store, ids, make, "Woke {}", now=now, seen=seen, author=author)


def tag(
    store: Store,
    ids: Sequence[int],
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    *,
    now: datetime,
    seen: Seen = None,
    author: str = PERSON,
) -> Done:
    """Adds and removes tags. A tag is one word; it touches no clock."""
    added, removed = [_tag(word) for word in add], [_tag(word) for word in remove]

    def make(target: Target) -> list[Row]:
        here = target.conversation.tags
        rows = [about(target, Verb.TAG, tag=word) for word in added if word not in here]
        rows += [about(target, Verb.UNTAG, tag=word) for word in removed if word in here]
        if not rows:
            raise TriageError(f"{text_of(target.conversation.subject)} has these tags as you want them already.")
        return rows

    said = " ".join([*(f"+{word}" for word in added), *(f"-{word}" for word in removed)])
    said = said.replace("{", "{{").replace("}", "}}")
    return decide(store, ids, make, f"Tagged {{}} {said}", now=now, seen=seen, author=author)


def _tag(word: str) -> str:
    text = clean(word.strip().removeprefix("#"))
    if not text or len(text) > 60 or not text.isprintable() or any(c.isspace() or c in '",' for c in text):
        raise UsageError(f'"{text[:60] if text.isprintable() else ""}" is no tag: write one word, at most 60 letters.')
    return text


def promise(
    store: Store,
    ids: Sequence[int],
    until: datetime | None,
    text: str = "",
    *,
    now: datetime,
    seen: Seen = None,
    author: str = PERSON,
) -> Done:
    """Keeps a date that a customer was given; None ends it."""
    if until is not None and until <= now:
        raise TriageError("That instant is past; a promise needs one that is still to come.")

    def make(target: Target) -> list[Row]:
        here = target.conversation
        if until is None and here.promise_until is None:
            raise TriageError(f"{text_of(here.subject)} has no promise.")
        if until is not None and here.status in (Status.CLOSED, Status.SPAM):
            raise TriageError(f"{text_of(here.subject)} is {_IS[here.status]}; open it before you promise a date.")
        at = None if until is None else until.astimezone(UTC).isoformat()
        return [about(target, Verb.PROMISE, until=at, text=clean(text))]

    done = "Set the promise on {}" if until is not None else "Ended the promise on {}"
    return decide(store, ids, make, done, now=now, seen=seen, author=author)


def answered(
    store: Store,
    ids: Sequence[int],
    by: str = "phone",
    at: datetime | None = None,
    *,
    now: datetime,
    seen: Seen = None,
    author: str = PERSON,
) -> Done:
    """Says that it was answered outside the mail, by phone or by a colleague, now or at an earlier instant."""
    if by not in ("phone", "colleague"):
        raise UsageError(f'"{by}" is no way to answer: phone or colleague.')
    if at is not None and at > now:
        raise TriageError("That instant is still to come; say when it was answered.")
    moment = (at or now).astimezone(UTC).isoformat()

    def make(target: Target) -> list[Row]:
        return [about(target, Verb.ANSWERED, by=by, at=moment)]

    return decide(store, ids, make, f"Answered {{}} by {by}", now=now, seen=seen, author=author)


def no_answer(
    store: Store,
    ids: Sequence[int],
    duplicate_of: int | None = None,
    *,
    now: datetime,
    seen: Seen = None,
    author: str = PERSON,
) -> Done:
    """Closes what needs no answer, or says the same as another conversation."""
    from triage.store import queue

    original = None if duplicate_of is None else queue.conversation(store, duplicate_of)

    def make(target: Target) -> list[Row]:
        if original is None:
            return [about(target, Verb.NO_ANSWER)]
        if original.id == target.conversation.id:
            raise TriageError("A conversation is no duplicate of itself.")
        return [about(target, Verb.NO_ANSWER, duplicate_of=original.key)]

    done = "Closed {}, it needs no answer" if original is None else f"Closed {{}}, a duplicate of #{original.id}"
    return decide(store, ids, make, done, now=now, seen=seen, author=author, wants="archive")


def thanks(store: Store, ids: Sequence[int], *, now: datetime, seen: Seen = None, author: str = PERSON) -> Done:
    """Confirms that the newest mail only says thanks."""

    def make(target: Target) -> list[Row]:
        if not target.conversation.thanks:
            raise TriageError(f"Nothing in {text_of(target.conversation.subject)} looks like thanks.")
        return [about(target, Verb.THANKS)]

    return decide(store, ids, make, "Confirmed the thanks in {}", now=now, seen=seen, author=author, wants="archive")
