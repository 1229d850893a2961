"""How a decision becomes rows: one transaction with the journal rows, the refolded conversations and what push must do.

The journal file is written before the caller hears that it is done.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.errors import TriageError
from triage.mail.safe import clip, safe
from triage.model import Action, Conversation, Done, Role, Status, Verb
from triage.store import journal, outbox, queue, refold
from triage.store import rows as columns
from triage.store.database import Store
from triage.store.refold import Folder, Member

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 18
_RANDOM_BITS = 40
_TITLE_CELLS = 50

Words = dict[str, object]


@dataclass(frozen=True, slots=True)
class Target:
    """A conversation as a decision meets it: what was on screen of it, and the message the decision hangs on.

    `whole` says that all of it was on screen.
    """

    conversation: Conversation
    seen: tuple[str, ...]
    message: str
    at_home: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One action in the making."""

    verb: Verb
    payload: Words
    message: str | None = None
    seen: tuple[str, ...] = ()
    conversation: int | None = None


def text_of(id: str) -> str:
    """How a conversation is named in a message line: its subject in quotes, cleaned and cut."""
    return f'"{clip(safe(id), _TITLE_CELLS).strip() or "(no subject)"}"'


def named(conversations: Sequence[Conversation]) -> str:
    """One conversation by its subject, several by their number."""
    if len(conversations) == 1:
        return text_of(conversations[0].subject)
    return f"{len(conversations)} conversations"


def decide(
    store: Store,
    ids: Sequence[int],
    make: Callable[[Target], list[Row]],
    done: str,
    *,
    now: datetime,
    seen: Mapping[int, int] | None,
    author: str,
    wants: str = "",
) -> Done:
    """Writes what `make` decides for each conversation, as one decision. `done` is its line, `{}` the conversations.

    Where `make` raises for some of several, the others go on; where it raises for all, so does this. `wants` is a goal
    for the messages seen in INBOX. Raises TriageError where a conversation is unknown or was joined meanwhile.
    """
    with store.transaction():
        targets = targets_of(store, ids, seen)
        made, refused = _make(targets, make)
        if not made:
            raise refused[0] if refused else TriageError("No conversation was named.")
        rows = [row for _, some in made for row in some]
        action, written = insert(store, rows, now, author)
        touched = refold.touch_keys(store, {row.message for row in rows if row.message is not None})
        for target, _ in made:
            outbox.want(store, wants, target.at_home, written[0], now)
        after = {found.id: found for found in queue.rows(store, [target.conversation.id for target, _ in made])}
    journal.catch_up(store)
    return Done(_line(done, [target for target, _ in made], after, refused), action, tuple(touched))


def _make(
    targets: list[Target], make: Callable[[Target], list[Row]]
) -> tuple[list[tuple[Target, list[Row]]], list[TriageError]]:
    made: list[tuple[Target, list[Row]]] = []
    refused: list[TriageError] = []
    for target in targets:
        try:
            made.append((target, make(target)))
        except TriageError as error:
            refused.append(error)
    return made, refused


def _line(done: str, targets: list[Target], after: Mapping[int, Conversation], refused: Sequence[TriageError]) -> str:
    text = done.format(named([target.conversation for target in targets]))
    if refused:
        text += f", left {len(refused)} as they are"
    still = [
        found
        for target in targets
        if (found := after.get(target.conversation.id)) is not None and _wrote_meanwhile(target, found)
    ]
    if len(still) == 1:
        who = safe(still[0].customer.name or still[0].customer.address)
        return f"{text}; still open: {who} wrote what was not on screen"
    if still:
        return f"{text}; {len(still)} still open: mail came that was not on screen"
    return text


def _wrote_meanwhile(target: Target, found: Conversation) -> bool:
    """Whether a decision that closes left it open, because mail waits that nobody had seen."""
    return found.status is Status.OPEN and found.waiting_since is not None and not target.whole


def targets_of(store: Store, ids: Iterable[int], seen: Mapping[int, int] | None) -> list[Target]:
    """The conversations with what was on screen of each: the messages up to the arrival number in `seen`."""
    current: dict[int, int] = {}
    for id in ids:
        now = queue.resolve(store, id)
        if now != id and seen is not None:
            raise TriageError(f"#{id} was joined to #{now} meanwhile; nothing was changed. Look at #{now} first.")
        current.setdefault(now, id)
    found = queue.rows(store, list(current))
    threads: dict[int, int] = dict(
        store.all(
            "select id, thread from conversation where id in (select value from json_each(?))",
            (columns.numbers(current),),
        )
    )
    members = Folder(store).members(threads.values())
    targets = []
    for conversation in found:
        here = [m for m in members[threads[conversation.id]] if m.conversation == conversation.id]
        limit = None if seen is None else seen.get(conversation.id)
        seen_here = [m for m in here if limit is None or m.arrival <= limit]
        targets.append(_target(conversation, seen_here, len(seen_here) == len(here)))
    return targets


def _target(conversation: Conversation, here: list[Member], whole: bool) -> Target:
    keys = tuple(dict.fromkeys(member.message.key for member in here))
    # The newest message: after a loss it is the first to be fetched again, and the last to be deleted on the server.
    newest = max(here, key=lambda member: (member.message.received_at, member.row), default=None)
    at_home = [m.message.key for m in here if any(place.role is Role.INBOX for place in m.message.places)]
    return Target(conversation, keys, conversation.key if newest is None else newest.message.key, tuple(at_home), whole)


def insert(store: Store, rows: Sequence[Row], now: datetime, author: str) -> tuple[str, list[str]]:
    """Appends rows to the journal inside a transaction; returns what undo would name, and every row's id."""
    ids = new_ids(store, now, len(rows) + 1)
    bulk = ids[0] if len(rows) > 1 else None
    store.many(
        journal.INSERT_ACTION,
        [
            journal.action_values(
                Action(id, now, author, row.verb, row.message, row.seen, dict(row.payload), bulk), row.conversation
            )
            for id, row in zip(ids[1:], rows, strict=True)
        ],
    )
    return bulk or ids[1], ids[1:]


def new_ids(store: Store, now: datetime, count: int) -> list[str]:
    """Ids that are unique everywhere and order by time: 48 bits of milliseconds, 40 random ones, in base 32.

    Always after the last one here, so that one store's decisions keep their order on a clock that stepped back.
    """
    millisecond = min(max(columns.stamp(now) // 1000, 0), (1 << 48) - 1)
    # The top bit of the random part stays clear: counting on from it overflows into no other millisecond.
    first = (millisecond << _RANDOM_BITS) + secrets.randbits(_RANDOM_BITS - 1)
    last = store.value("select max(id) from action where length(id) = ?", (_ID_LENGTH,))
    if last is not None and last >= _encode(first):
        first = _decode(last) + 1
    return [_encode(first + step) for step in range(count)]


def _encode(number: int) -> str:
    return "".join([_DIGITS[number >> shift & 31] for shift in range(5 * _ID_LENGTH - 5, -5, -5)])


def _decode(id: str) -> int:
    number = 0
    for digit in id:
        number = number * 32 + max(_DIGITS.find(digit), 0)
    return number


def about(target: Target, verb: Verb, **payload: object) -> Row:
    """A row that hangs on what was seen of a conversation."""
    return Row(verb, payload, target.message, target.seen, target.conversation.id)
