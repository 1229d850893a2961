"""What the sync can learn about mailboxes and the messages in them. Only the worker calls this.

Messages are keyed, threaded and folded outside the lock, then written in transactions of about 6 ms. Each one is whole:
a worker killed between two leaves a store that the next run completes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from triage.errors import TriageError
from triage.model import Message, Place, Role
from triage.store import behind, refold, rows
from triage.store.bodies import Wanted as Wanted
from triage.store.bodies import add_bodies as add_bodies
from triage.store.bodies import wanted_bodies as wanted_bodies
from triage.store.database import Store
from triage.store.places import finish_round as finish_round
from triage.store.places import known_flags as known_flags
from triage.store.places import known_uids as known_uids
from triage.store.places import mailbox_id
from triage.store.places import renumber as renumber
from triage.store.places import set_flags as set_flags
from triage.store.places import vanish as vanish
from triage.store.refold import Folder, Member
from triage.store.union import Arrival as Arrival
from triage.store.union import New, Threads

if TYPE_CHECKING:
    pass

INSERT_MESSAGE = (
    "insert into message (id, key, key_hash, arrival, thread, conversation, received_at, date, rule, size, was_in, "
    "sender_name, sender, recipients, subject, message_id, ids, kind, ours, proven, customer_name, customer, asks, "
    "bounce, away_until, reply_to) "
    "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_PLACE = (
    "insert into place (mailbox, uid, message, flags, since, size, wanted) values (?, ?, ?, ?, ?, ?, ?) "
    "on conflict (mailbox, uid) do update set flags = excluded.flags, message = excluded.message, "
    "size = excluded.size, wanted = case when message = excluded.message then wanted else excluded.wanted end"
)
UPDATE_KNOWN = "update message set received_at = ?, was_in = ?, gone = ?, left_inbox = ?, moved_at = ? where id = ?"
BATCH = 4000
"""Messages that are read, keyed and folded together."""


@dataclass(frozen=True, slots=True)
class MailboxState:
    """What was last known of a mailbox. All mail received since `complete_from` is here; the epoch says all of it."""

    name: str
    role: Role
    uidvalidity: int | None = None
    uidnext: int | None = None
    highestmodseq: int | None = None
    complete_from: datetime | None = None
    exists: int = 0


def mailboxes(store: Store) -> list[MailboxState]:
    """The mailboxes in the order they were first seen."""
    found = store.all(
        "select name, role, uidvalidity, uidnext, highestmodseq, complete_from, exists_count from mailbox order by id"
    )
    return [MailboxState(r[0], Role(r[1]), r[2], r[3], r[4], rows.instant(r[5]), r[6]) for r in found]


def put_mailbox(store: Store, state: MailboxState) -> None:
    """Stores what is known of a mailbox. Partial is what lacks mail while one of them is not complete."""
    with store.transaction():
        before = refold.complete(store)
        store.run(
            "insert into mailbox (name, role, uidvalidity, uidnext, highestmodseq, complete_from, exists_count) "
            "values (?, ?, ?, ?, ?, ?, ?) on conflict (name) do update set role = excluded.role, "
            "uidvalidity = excluded.uidvalidity, uidnext = excluded.uidnext, highestmodseq = excluded.highestmodseq, "
            "complete_from = excluded.complete_from, exists_count = excluded.exists_count",
            (
                state.name,
                state.role.value,
                state.uidvalidity,
                state.uidnext,
                state.highestmodseq,
                rows.micros(state.complete_from),
                state.exists,
            ),
        )
        after = refold.complete(store)
        if after and not before:
            found = store.all("select distinct thread from conversation where partial = 1")
            behind.leave(store, [row[0] for row in found])
        elif before and not after:
            behind.leave(store, refold.lacking(store))
    behind.work_off(store)


@dataclass(slots=True)
class _Known:
    """The row that has an arrival's key already."""

    row: int
    thread: int
    received_at: int
    size: int
    fetched: bool
    places: dict[int, set[int]] = field(default_factory=dict)
    wanted: bool = False


@dataclass(slots=True)
class _Piece:
    """What one transaction writes: some whole threads, or a part of one too large for a transaction."""

    components: dict[int, list[Member]]
    new: list[tuple[New, int]] = field(default_factory=list)
    nodes: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int]] = field(default_factory=list)
    known: list[Member] = field(default_factory=list)
    places: list[tuple[Any, ...]] = field(default_factory=list)


def add(store: Store, mailbox: str, arrivals: Sequence[Arrival], now: datetime) -> tuple[int, ...]:
    """Takes in messages that a mailbox holds, known ones too, and returns the conversations touched.

    A key that is here already gets another place; the earliest received instant counts. Doing it again changes nothing.
    """
    touched: set[int] = set()
    pending = list(arrivals)
    while pending:
        batch = Batch(store, mailbox, pending[:BATCH], now)
        written: set[int] = set()
        for piece in batch.pieces():
            ids = batch.write(piece)
            if ids is None:  # a person acted since the batch was read: read the rest again
                break
            touched.update(ids)
            written.update(place[1] for place in piece.places)
        pending = [a for a in pending[:BATCH] if a.uid not in written] + pending[BATCH:]
    return tuple(sorted(touched))


class Batch:
    """Arrivals with everything about them read, keyed and threaded outside the lock."""

    def __init__(self, store: Store, mailbox: str, arrivals: Sequence[Arrival], now: datetime) -> None:
        self.store = store
        self.name = mailbox
        self.mailbox, self.role = mailbox_id(store, mailbox)
        self.now = now
        self.since = rows.stamp(now)
        self.folder = Folder(store)
        by_key: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in arrivals:
            by_key[arrival.facts.message.key].append(arrival)
        known = self._known(by_key)
        self.known = {key: (known[key], by_key[key]) for key in by_key if key in known}
        self.new = [New(group[0].facts, group) for key, group in by_key.items() if key not in known]
        self.threads = Threads(store, self.new, [found.thread for found in known.values()])
        self._give_rows()

    def _known(self, keys: dict[str, list[Arrival]]) -> dict[str, _Known]:
        """The rows these keys have already; of variants the one of the same size, else the first."""
        found: dict[str, _Known] = {}
        for key, row, thread, received, size, digest in self.store.all(
            "select key, id, thread, received_at, size, digest from message "
            "where key_hash in (select value from json_each(?)) order by id",
            (rows.numbers(map(rows.key_hash, keys)),),
        ):
            if key in keys and (key not in found or size == keys[key][0].size != found[key].size):
                found[key] = _Known(row, thread, received, size, digest is not None)
        by_row = {known.row: known for known in found.values()}
        if by_row:
            for row, mailbox, uid, wanted in self.store.all(
                "select message, mailbox, uid, wanted from place where message in (select value from json_each(?))",
                (rows.numbers(by_row),),
            ):
                by_row[row].places.setdefault(mailbox, set()).add(uid)
                by_row[row].wanted |= wanted == 1
        return found

    def _give_rows(self) -> None:
        """Row numbers: the received second * 2^20 + the next free of that second (DESIGN.md, *What is kept*)."""
        received_at = [_received(new) for new in self.new]
        firsts = [rows.first_row(received) for received in received_at]
        taken = {
            row[0]
            for row in self.store.all(
                "select id from message where id in (select value from json_each(?))", (rows.numbers(set(firsts)),)
            )
        }
        following: dict[int, int] = {}
        place = Place(self.name, self.role, self.now)
        for first, received, new in zip(firsts, received_at, self.new, strict=True):
            row = following.get(first, first)
            if row == first and first in taken:
                last = "select max(id) from message where id < ?"
                row = int(self.store.value(last, (first + rows.ROWS_A_SECOND,))) + 1
            following[first] = row + 1
            message = rows.arriving(new.facts.message, received, place)
            new.member = Member(row, 0, 0, message)

    def pieces(self) -> Iterator[_Piece]:
        """The batch in pieces of the pace's size, threads whole where they fit."""
        groups = self.threads.groups({found.thread for found, _ in self.known.values()})
        members = self.folder.members({thread for group in groups for thread in group.old})
        known: dict[int, list[tuple[_Known, list[Arrival]]]] = defaultdict(list)
        for found, arrivals in self.known.values():
            known[found.thread].append((found, arrivals))

        piece, size = _Piece({}), 0
        for group in groups:
            if size >= self.store.pace_of("add"):
                yield piece
                self.store.keep_pace("add", size)
                piece, size = _Piece({}), 0
            thread = group.thread
            here = [member for old in group.old for member in members.get(old, ())]
            piece.components[thread] = here
            piece.merges += [(thread, old) for old in group.old if old != thread]
            piece.nodes += [(hash, thread) for hash in group.nodes]
            for old in group.old:
                for found, arrivals in known.get(old, ()):
                    self._place_known(found, arrivals, here, piece)
                    size += len(arrivals)
            for new in group.new:
                if size >= self.store.pace_of("add") and here:  # a thread too long for one transaction
                    yield piece
                    self.store.keep_pace("add", size)
                    piece, size = _Piece({thread: here}), 0
                self._place_new(new, thread, here, piece)
                size += 1
        if size:
            yield piece
            self.store.keep_pace("add", size)

    def _place_new(self, new: New, thread: int, here: list[Member], piece: _Piece) -> None:
        if new.member is None:
            return
        new.member.arrival = self.folder.arrive()
        here.append(new.member)
        piece.new.append((new, thread))
        since = self.since
        for arrival in new.arrivals:  # the same key twice in one mailbox may be two texts: both are fetched
            flags = " ".join(sorted(arrival.flags))
            piece.places.append((self.mailbox, arrival.uid, new.member.row, flags, since, arrival.size, 1))

    def _place_known(self, found: _Known, arrivals: list[Arrival], here: list[Member], piece: _Piece) -> None:
        """Another place of a message that is here: it is not gone, and in INBOX it did not leave it."""
        since = self.since
        at_home = found.places.get(self.mailbox, set())
        for arrival in arrivals:
            flags = " ".join(sorted(arrival.flags))
            twice = bool(at_home.difference([arrival.uid])) or len(arrivals) > 1
            differs = arrival.size != found.size or twice
            wanted = (not found.fetched and (arrival.uid in at_home or not found.wanted)) or (
                differs and arrival.uid not in at_home
            )
            piece.places.append((self.mailbox, arrival.uid, found.row, flags, since, arrival.size, int(wanted)))
        if at_home.issuperset(arrival.uid for arrival in arrivals):
            return
        for member in here:
            if member.row == found.row:
                earliest = min(arrival.facts.message.received_at for arrival in arrivals)
                member.message = _placed(member.message, Place(self.name, self.role, self.now), earliest)
                piece.known.append(member)

    def write(self, piece: _Piece) -> tuple[int, ...] | None:
        """One transaction; None, and nothing written, when an action came since the batch was read."""
        plan = self.folder.plan(piece.components)
        # Upwards, whatever order they came in: SQLite packs what is inserted downwards half as dense.
        messages = sorted([self._row(new, thread) for new, thread in piece.new], key=_first)
        places = sorted(piece.places, key=_uid)
        with self.store.transaction():
            if refold.mark(self.store) != self.folder.mark:
                return None
            self.store.many(INSERT_MESSAGE, messages)
            self.store.many(INSERT_PLACE, places)
            self.store.many("insert into thread_node (hash, thread) values (?, ?)", piece.nodes)
            if piece.merges:
                refold.merge(self.store, piece.merges)
            self.store.many(UPDATE_KNOWN, [_known_row(member) for member in piece.known])
            refold.write(self.store, plan)
        return tuple(plan.ids)

    def _row(self, new: New, thread: int) -> tuple[Any, ...]:
        member = new.member
        if member is None:
            raise TriageError("A message was to be written before it had a row.")
        message = member.message
        return (
            member.row,
            message.key,
            rows.key_hash(message.key),
            member.arrival,
            thread,
            member.conversation,
            rows.stamp(message.received_at),
            rows.clean(new.facts.date),
            new.facts.rule,
            new.arrivals[0].size,
            self.role.value,
            *rows.message_facts(message),
        )


_first, _uid = itemgetter(0), itemgetter(1)


def _received(new: New) -> datetime:
    if len(new.arrivals) == 1:
        return new.facts.message.received_at
    return min(arrival.facts.message.received_at for arrival in new.arrivals)


def _placed(message: Message, place: Place, received_at: datetime) -> Message:
    left = message.left_inbox and place.role is not Role.INBOX
    return replace(
        message,
        places=(*message.places, place),
        was_in=message.was_in if place.role in message.was_in else (*message.was_in, place.role),
        received_at=min(message.received_at, received_at),
        gone=False,
        left_inbox=left,
        moved_at=message.moved_at if left else None,
    )


def _known_row(member: Member) -> tuple[Any, ...]:
    message = member.message
    was_in = ",".join(message.was_in)
    at = rows.stamp(message.received_at)
    return (at, was_in, 0, int(message.left_inbox), rows.micros(message.moved_at), member.row)
