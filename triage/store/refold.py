"""Messages and actions -> conversation rows: read whole threads, fold them outside the lock, write what came out.

`plan` only reads and computes; `write` belongs inside a transaction. Between the two an action may have come: `mark`
tells. Conversation ids are found by their anchors, so that a join, a split, an undo and a rebuild give the old ones.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.model import Action, Conversation, Kind, Message, Place, Role, Verb
from triage.policy.fold import fold
from triage.policy.notes import notes
from triage.policy.partition import partition
from triage.policy.undo import effective
from triage.store import rows
from triage.store.database import Store

MESSAGES = (
    "select id, arrival, thread, conversation, key, received_at, sender_name, sender, recipients, subject, message_id, "
    "ids, kind, ours, proven, customer_name, customer, asks, bounce, away_until, gone, left_inbox, moved_at, "
    "was_in, reply_to from message where thread in (select value from json_each(?))"
)
PLACES = (
    "select p.message, p.mailbox, p.since from message m join place p on p.message = m.id "
    "where m.thread in (select value from json_each(?)) order by p.message, p.since, p.id"
)
PUT_CONVERSATION = """
insert into conversation (
    id, thread, key, subject, customer_name, customer_address, status, turn, waiting_since, quiet_since, asked,
    messages, chapter, reopens, chases, rounds, snoozes, snoozed_until, hold, curtain_dot, promise_until, promise,
    parked_at, parked_reason, closed_at, away_until, tags, noted, note, last_activity, last_customer_at, last_ours_at,
    opened_by_person, thanks, machine, junk_check, history, partial, marks, customers, samples, bounced, arrival,
    customer_arrival
) values (
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?, ?
) on conflict (id) do update set
    thread = excluded.thread, key = excluded.key, subject = excluded.subject, customer_name = excluded.customer_name,
    customer_address = excluded.customer_address, status = excluded.status, turn = excluded.turn,
    waiting_since = excluded.waiting_since, quiet_since = excluded.quiet_since, asked = excluded.asked,
    messages = excluded.messages, chapter = excluded.chapter, reopens = excluded.reopens, chases = excluded.chases,
    rounds = excluded.rounds, snoozes = excluded.snoozes, snoozed_until = excluded.snoozed_until, hold = excluded.hold,
    curtain_dot = excluded.curtain_dot, promise_until = excluded.promise_until, promise = excluded.promise,
    parked_at = excluded.parked_at, parked_reason = excluded.parked_reason, closed_at = excluded.closed_at,
    away_until = excluded.away_until, tags = excluded.tags, noted = excluded.noted, note = excluded.note,
    last_activity = excluded.last_activity, last_customer_at = excluded.last_customer_at,
    last_ours_at = excluded.last_ours_at, opened_by_person = excluded.opened_by_person, thanks = excluded.thanks,
    machine = excluded.machine, junk_check = excluded.junk_check, history = excluded.history,
    partial = excluded.partial, marks = excluded.marks, customers = excluded.customers, samples = excluded.samples,
    bounced = excluded.bounced, arrival = excluded.arrival, customer_arrival = excluded.customer_arrival
"""
STORED = """
select id, thread, key, subject, customer_name, customer_address, status, turn, waiting_since, quiet_since, asked,
    messages, chapter, reopens, chases, rounds, snoozes, snoozed_until, hold, curtain_dot, promise_until, promise,
    parked_at, parked_reason, closed_at, away_until, tags, noted, note, last_activity, last_customer_at, last_ours_at,
    opened_by_person, thanks, machine, junk_check, history, partial, marks, customers, samples, bounced, arrival,
    customer_arrival
from conversation where thread in (select value from json_each(?))
"""
REBUILD_THREADS = 200

_FROM_CUSTOMER = (Kind.HUMAN, Kind.THANKS)


@dataclass(slots=True)
class Member:
    """A message as a row: its number, its arrival, and the conversation it is in so far (0: none yet)."""

    row: int
    arrival: int
    conversation: int
    message: Message


@dataclass(slots=True)
class Plan:
    """What a refold found, to be written in one transaction: everything about `threads`."""

    threads: set[int] = field(default_factory=set)
    arrivals: int = 0
    conversations: list[tuple[Any, ...]] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    moved: list[tuple[int, int, int]] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    anchored: list[tuple[int, int]] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    notes: list[tuple[str, int, int, str]] = field(default_factory=list)


def mark(store: Store) -> int:
    """Moves with every action: what was folded before it moved has to be folded again."""
    return int(store.value("select coalesce(max(seq), 0) from action"))


def complete(store: Store) -> bool:
    """Whether all mail of every watched mailbox is here; until then what is referenced may only not be here yet."""
    return not store.value("select exists (select 1 from mailbox where complete_from is null or complete_from > 0)")


class Folder:
    """Folds threads with everything that a batch needs read once. Valid while `mark` stays the same."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.mark = mark(store)
        self.mailboxes = {row[0]: (row[1], Role(row[2])) for row in store.all("select id, name, role from mailbox")}
        self.complete = complete(store)
        self.everywhere = self._actions("where message is null") if self.mark else []
        self.awaited = bool(store.value("select exists (select 1 from conversation_id where awaited = 1)"))
        self.arrivals = int(store.value("select value from counter where name = 'arrival'"))
        self.last_id = int(store.value("select seq from sqlite_sequence where name = 'conversation_id'") or 0)

    def members(self, threads: Iterable[int]) -> dict[int, list[Member]]:
        """The messages of these threads, each list in order of arrival."""
        wanted = rows.numbers(threads)
        places: dict[int, list[Place]] = defaultdict(list)
        for row, mailbox, since in self.store.all(PLACES, (wanted,)):
            name, role = self.mailboxes[mailbox]
            places[row].append(Place(name, role, rows.moment(since)))
        found: dict[int, list[Member]] = defaultdict(list)
        for row in self.store.all(MESSAGES, (wanted,)):
            message = rows.message_of(row[4:], tuple(places.get(row[0], ())))
            found[row[2]].append(Member(row[0], row[1], row[3], message))
        for members in found.values():
            members.sort(key=lambda member: member.arrival)
        return found

    def _actions(self, where: str, parameters: Sequence[Any] = ()) -> list[Action]:
        select = "select id, at, author, verb, message, seen, payload, bulk from action "
        return [rows.action_of(row) for row in self.store.all(f"{select}{where} order by id", parameters)]

    def actions(self, members: Iterable[Member]) -> dict[str, list[Action]]:
        """The actions that hang on these messages, by message key, oldest first."""
        if not self.mark:
            return {}
        found: dict[str, list[Action]] = defaultdict(list)
        keys = '["' + '","'.join([member.message.key for member in members]) + '"]'
        for action in self._actions("where message in (select value from json_each(?))", (keys,)):
            if action.message is not None:
                found[action.message].append(action)
        return found

    def plan(self, components: dict[int, list[Member]]) -> Plan:
        """Folds whole components, by thread."""
        result = Plan(threads=set(components))
        actions = self.actions([member for members in components.values() for member in members])
        for thread, members in components.items():
            own = [a for m in {m.message.key for m in members} for a in actions.get(m, ())] if actions else []
            own.sort(key=lambda action: action.id)
            old = {member.conversation for member in members if member.conversation}
            parts = self._parts(members, own, old, result)
            for id, part in parts:
                self._fold(id, thread, part, members, self._of_part(part, own, len(parts)), result)
            result.dropped += old.difference(id for id, _ in parts)
        result.arrivals = self.arrivals
        return result

    def _parts(
        self, members: list[Member], actions: list[Action], old: set[int], result: Plan
    ) -> list[tuple[int, list[Member]]]:
        """Which members are which conversation, with its id: the smallest anchored in it, else a new one."""
        if not any(action.verb in (Verb.JOIN, Verb.SPLIT) for action in actions):
            known = old | self._awaited(members, result) if self.awaited else old
            return [(min(known) if known else self._new(members, result), members)]

        anchors: dict[int, list[int]] = defaultdict(list)
        hashes = {rows.key_hash(member.message.key) for member in members}
        for id, anchor in self.store.all(
            "select id, anchor from conversation_id where anchor in (select value from json_each(?))",
            (rows.numbers(hashes),),
        ):
            anchors[anchor].append(id)
        if self.awaited:
            self._awaited(members, result)
        parts = []
        for part in partition([member.message for member in members], actions):
            chosen = [members[index] for index in part]
            ids = [id for member in chosen for id in anchors.get(rows.key_hash(member.message.key), ())]
            parts.append((min(ids) if ids else self._new(chosen, result), chosen))
        return parts

    def _awaited(self, members: list[Member], result: Plan) -> set[int]:
        """Ids that a replayed journal gave to these messages before they were here."""
        hashes = rows.numbers({rows.key_hash(member.message.key) for member in members})
        ids = {
            row[0]
            for row in self.store.all(
                "select id from conversation_id where awaited = 1 and anchor in (select value from json_each(?))",
                (hashes,),
            )
        }
        result.arrived += ids
        return ids

    def _new(self, members: list[Member], result: Plan) -> int:
        self.last_id += 1
        first = min(members, key=lambda member: (member.message.received_at, member.row))
        result.anchored.append((self.last_id, rows.key_hash(first.message.key)))
        return self.last_id

    def _of_part(self, part: list[Member], actions: list[Action], parts: int) -> list[Action]:
        """The actions that count for a part: those that hang on it or saw it (tags go to both sides of a split)."""
        if not actions or parts == 1:
            return [*actions, *self.everywhere]
        keys = {member.message.key for member in part}
        chosen = [a for a in actions if a.verb is not Verb.UNDO and (a.message in keys or not keys.isdisjoint(a.seen))]
        named = {id for action in chosen for id in (action.id, action.bulk)}
        for undo in actions:  # oldest first, so an undo of an undo follows the row it names
            if undo.verb is Verb.UNDO and undo.payload.get("target") in named:
                chosen.append(undo)
                named |= {undo.id, undo.bulk}
        return [*chosen, *self.everywhere]

    def about(self, part: list[Member], whole: list[Member]) -> list[Action]:
        """The actions that count for a part of a thread, oldest first."""
        by_key = self.actions(whole)
        own = sorted({a.id: a for some in by_key.values() for a in some}.values(), key=lambda action: action.id)
        return self._of_part(part, own, 1 if len(part) == len(whole) else 2)

    def arrive(self) -> int:
        """The next arrival number."""
        self.arrivals += 1
        return self.arrivals

    def _fold(
        self, id: int, thread: int, part: list[Member], whole: list[Member], actions: list[Action], result: Plan
    ) -> None:
        for member in part:
            if member.conversation not in (0, id):
                # Who had this conversation on screen has not seen what a join brings into it: it arrives anew.
                member.arrival = self.arrive()
                result.moved.append((id, member.arrival, member.row))
            member.conversation = id
        messages = [member.message for member in part]
        partial = not self.complete and _lacks(part, whole)
        elsewhere = frozenset() if len(part) == len(whole) else _ids(whole)
        conversation = fold(id, messages, actions, self.store.desk, self.store.limits, partial, elsewhere)
        arrival = customer = 0
        for member in part:
            if member.arrival > arrival:
                arrival = member.arrival
            if member.arrival > customer and _of_customer(member.message, conversation):
                customer = member.arrival
        result.conversations.append(rows.conversation_values(conversation, thread, arrival, customer))
        result.ids.append(id)
        if conversation.noted:
            result.notes += _notes(id, messages, actions)


def _of_customer(message: Message, conversation: Conversation) -> bool:
    """Whether a customer wrote it: an outsider, or a colleague who is one here."""
    if message.kind not in _FROM_CUSTOMER:
        return False
    return not message.ours or (message.customer or message.sender).address in conversation.customers


def _ids(members: list[Member]) -> frozenset[str]:
    return frozenset(member.message.message_id for member in members if member.message.message_id is not None)


def _lacks(part: list[Member], whole: list[Member]) -> bool:
    """Whether a message of this part of a thread references one that is not here."""
    here = _ids(whole)
    return not all(here.issuperset(member.message.ids) for member in part)


def lacking(store: Store) -> list[int]:
    """The threads in which a message references one that is not here."""
    here = {row[0] for row in store.all("select message_id from message where message_id is not null")}
    found = store.all("select thread, ids from message where ids <> ''")
    return sorted({thread for thread, ids in found if not here.issuperset(json.loads(ids))})


def _notes(id: int, messages: list[Message], actions: list[Action]) -> list[tuple[str, int, int, str]]:
    standing = notes(effective(actions), {message.key for message in messages})
    return [(note.id, id, rows.stamp(note.at), note.text) for note in standing if note.text is not None]


def write(store: Store, plan: Plan) -> None:
    """Writes a plan inside a transaction and moves the revision."""
    if not plan.threads:
        return
    store.many("insert into conversation_id (id, anchor) values (?, ?)", plan.anchored)
    store.many("update conversation_id set awaited = 0 where id = ?", [(id,) for id in plan.arrived])
    store.many("update message set conversation = ?, arrival = ? where id = ?", plan.moved)
    store.many("delete from conversation where id = ?", [(id,) for id in plan.dropped])
    store.many(PUT_CONVERSATION, plan.conversations)
    if plan.notes or store.value("select exists (select 1 from note)"):
        gone = rows.numbers([*plan.ids, *plan.dropped])
        store.run("delete from note where conversation in (select value from json_each(?))", (gone,))
        # A part of a split carries its note away before the other part is written: the last writer is right.
        store.many("insert or replace into note (id, conversation, at, text) values (?, ?, ?, ?)", plan.notes)
    store.run("update counter set value = value + 1 where name = 'revision'")
    store.run("update counter set value = max(value, ?) where name = 'arrival'", (plan.arrivals,))


def touch(store: Store, threads: Collection[int]) -> list[int]:
    """Refolds whole threads inside a transaction; returns the conversations they are now."""
    if not threads:
        return []
    folder = Folder(store)
    plan = folder.plan(folder.members(threads))
    write(store, plan)
    return plan.ids


def touch_keys(store: Store, keys: Collection[str]) -> list[int]:
    """Refolds what holds these messages, after bringing together what a join connects. Inside a transaction."""
    threads = threads_of(store, keys)
    for first, second in joins(store):
        if first in keys or second in keys:
            threads |= connect(store, first, second)
    return touch(store, threads)


def threads_of(store: Store, keys: Collection[str]) -> set[int]:
    wanted = set(keys)
    found = store.all(
        "select key, thread from message where key_hash in (select value from json_each(?))",
        (rows.numbers({rows.key_hash(key) for key in wanted}),),
    )
    return {thread for key, thread in found if key in wanted}


def joins(store: Store) -> list[tuple[str, str]]:
    """The pairs of message keys that a join ever named, undone ones too: those stay one thread in two parts."""
    found = store.all("select message, json_extract(payload, '$.with') from action where verb = 'join'")
    return [(first, second) for first, second in found if first is not None and isinstance(second, str)]


def connect(store: Store, first: str, second: str) -> set[int]:
    """Makes the threads of two messages one, the smaller stays; returns it, or nothing while one is not here."""
    threads = threads_of(store, [first]) | threads_of(store, [second])
    if not threads_of(store, [first]) or not threads_of(store, [second]):
        return set()
    stays = min(threads)
    merge(store, [(stays, old) for old in threads if old != stays])
    return {stays}


def refer(store: Store, thread: int, ids: Iterable[str]) -> int:
    """Makes a thread reference these Message-IDs too; returns the thread they are now. Inside a transaction."""
    for hash in {rows.node_hash(id) for id in ids}:
        there = store.value(
            "select coalesce(merged.thread, node.thread) from thread_node as node "
            "left join thread_merged as merged on merged.old = node.thread where hash = ?",
            (hash,),
        )
        if there is None:
            store.run("insert into thread_node (hash, thread) values (?, ?)", (hash, thread))
        elif there != thread:
            stays, goes = min(there, thread), max(there, thread)
            merge(store, [(stays, goes)])
            thread = stays
    return thread


def merge(store: Store, pairs: list[tuple[int, int]]) -> None:
    """For every (stays, old): what was of thread `old` is of `stays` from now on. Inside a transaction."""
    store.many("update message set thread = ? where thread = ?", pairs)
    store.many("update conversation set thread = ? where thread = ?", pairs)
    store.many("update thread_merged set thread = ? where thread = ?", pairs)
    store.many("insert into thread_merged (thread, old) values (?, ?)", pairs)


def everything(store: Store) -> tuple[int, int]:
    """Refolds all threads, a few at a time; returns how many conversations there are and how many changed."""
    rebuilt = changed = 0
    last = -1
    while True:
        with store.transaction():
            threads = [
                row[0]
                for row in store.all(
                    "select distinct thread from message where thread > ? order by thread limit ?",
                    (last, REBUILD_THREADS),
                )
            ]
            if not threads:
                return rebuilt, changed
            folder = Folder(store)
            plan = folder.plan(folder.members(threads))
            before = {row[0]: row for row in store.all(STORED, (rows.numbers(threads),))}
            different = sum(before.get(values[0]) != values for values in plan.conversations)
            different += len(before.keys() - set(plan.ids))
            if different or plan.moved:
                write(store, plan)
        rebuilt += len(plan.ids)
        changed += different
        last = threads[-1]
