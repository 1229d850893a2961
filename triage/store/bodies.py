"""What messages say: which bodies the sync should fetch next, and taking them in. Only the worker calls this.

The text goes to mail.db and its words to search.db first, the mark that it is here to store.db last: a kill in between
means it is fetched once more.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from triage.model import Attachment, Body, Role
from triage.store import companions, indexing, refold, rows
from triage.store.database import Store
from triage.store.trouble import told

if TYPE_CHECKING:
    from triage.mail.facts import Facts

WANTED_NEEDS_YOU = (
    "select p.id, b.name, p.uid, m.key, p.size, m.id from conversation c join message m on m.thread = c.thread "
    "join place p on p.message = m.id join mailbox b on b.id = p.mailbox "
    "where c.turn = 'ours' and c.status in ('open', 'pending') and p.wanted = 1 order by m.id desc limit ?"
)
NEEDED = (
    "select m.id from message m join conversation c on c.thread = m.thread "
    "where m.id in (select value from json_each(?)) and c.turn = 'ours' and c.status in ('open', 'pending')"
)
WANTED_NEWEST = (
    "select p.id, b.name, p.uid, m.key, p.size, m.id from place p join message m on m.id = p.message "
    "join mailbox b on b.id = p.mailbox where p.wanted = 1 order by p.message desc limit ?"
)
WHERE = (
    "select p.id, b.name, p.uid, m.key, p.size from message m join place p on p.message = m.id "
    "join mailbox b on b.id = p.mailbox where m.key_hash = ? and m.key = ? order by p.id"
)
PUT_BODY = (
    "insert or replace into body (id, header, text, new_text, quoted, signature, html, attachments, problems, digest) "
    "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
GET_BODY = (
    "select id, text, new_text, quoted, signature, html, attachments, problems, digest from body "
    "where id in (select value from json_each(?))"
)
UPDATE_FACTS = (
    "update message set sender_name = ?, sender = ?, recipients = ?, subject = ?, message_id = ?, ids = ?, kind = ?, "
    "ours = ?, proven = ?, customer_name = ?, customer = ?, asks = ?, bounce = ?, away_until = ?, reply_to = ?, "
    "rule = ? where id = ?"
)


OURS, ASKS = 7, 11
"""Where `ours` and `asks` stand among the facts of a message row."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A body to fetch: where it lies, its message's key, RFC822.SIZE in bytes, and the handle to hand it back with."""

    mailbox: str
    uid: int
    key: str
    size: int
    row: int


def wanted_bodies(store: Store, limit: int) -> list[Wanted]:
    """What to fetch next: what *Needs you* shows, then the newest."""
    companions.mail(store)  # a lost one wants every text again
    newest: list[Any] = store.all(WANTED_NEWEST, (limit,))
    if len(newest) < limit:  # all that is wanted: no need to look through all that Needs you shows
        needed = {row[0] for row in store.all(NEEDED, (rows.numbers(row[5] for row in newest),))}
        newest.sort(key=lambda row: row[5] not in needed)
        return [Wanted(row[1], row[2], row[3], row[4], row[0]) for row in newest]
    found: list[Any] = []
    arrivals = store.value("select value from counter where name = 'arrival'")
    if store.bodies_done_at != arrivals:
        found = store.all(WANTED_NEEDS_YOU, (limit,))
        if len(found) < limit:  # until mail arrives, nothing there lacks its body
            store.bodies_done_at = arrivals
    seen = {row[0] for row in found}
    found += [row for row in newest if row[0] not in seen]
    return [Wanted(row[1], row[2], row[3], row[4], row[0]) for row in found[:limit]]


def where(store: Store, key: str) -> list[Wanted]:
    """Every place of a message, whether its body is here or not: for a person who waits for it, and for push."""
    found = store.all(WHERE, (rows.key_hash(key), key))
    return [Wanted(row[1], row[2], row[3], row[4], row[0]) for row in found]


@dataclass(slots=True)
class _Fetched:
    """A body with the row it belongs to; `variant_of` the row whose key it shares and whose text it does not."""

    place: int
    row: int
    facts: Facts
    body: Body
    variant_of: int | None = None


def add_bodies(store: Store, fetched: Sequence[tuple[int, Facts, Body]], now: datetime) -> None:
    """Takes in bodies by the handles of `wanted_bodies`, with the facts as they stand now that the text is known.

    One whose place vanished meanwhile is left out. An equal key with another text becomes a second message, a variant,
    in the same conversation.
    """
    items = _assigned(store, fetched)
    if not items:
        return
    mail = companions.mail(store)
    if mail is not None:
        with told(store.beside(companions.MAIL)):
            mail.execute("begin immediate")
            mail.executemany(PUT_BODY, [_body_values(item) for item in items])
            mail.execute("commit")
    indexing.words(store, ((item.row, item.facts.message, item.body) for item in items))
    for piece in store.paced("bodies", items):
        with store.transaction():
            _mark(store, piece, now)


def _assigned(store: Store, fetched: Sequence[tuple[int, Facts, Body]]) -> list[_Fetched]:
    places = {
        row[0]: row[1:]
        for row in store.all(
            "select p.id, m.id, m.digest, m.key from place p join message m on m.id = p.message "
            "where p.id in (select value from json_each(?))",
            (rows.numbers(place for place, _, _ in fetched),),
        )
    }
    items: list[_Fetched] = []
    digests: dict[int, str | None] = {}
    next_row: dict[int, int] = {}
    for place, facts, body in fetched:
        if place not in places:
            continue
        row, digest, key = places[place]
        digest = digests.setdefault(row, digest)
        item = _Fetched(place, row, facts, body)
        if digest is None:
            digests[row] = body.digest
        elif digest != body.digest:
            item.row, item.variant_of = _variant(store, row, key, body.digest, next_row), row
        items.append(item)
    return items


def _variant(store: Store, row: int, key: str, digest: str, next_row: dict[int, int]) -> int:
    """The row of the variant with this digest: the one that has it, else the next free of its second."""
    there = store.value(
        "select id from message where key_hash = ? and key = ? and digest = ?", (rows.key_hash(key), key, digest)
    )
    if there is not None:
        return int(there)
    end = (row // rows.ROWS_A_SECOND + 1) * rows.ROWS_A_SECOND
    free = int(store.value("select max(id) from message where id < ?", (end,))) + 1
    next_row[end] = max(free, next_row.get(end, 0) + 1)
    return next_row[end]


def _body_values(item: _Fetched) -> tuple[Any, ...]:
    body = item.body
    return (
        item.row,
        item.facts.header,
        rows.clean(body.text),
        None if body.new_text == body.text else rows.clean(body.new_text),
        rows.clean(body.quoted),
        rows.clean(body.signature),
        zlib.compress(body.html.encode("utf-8", "replace"), 1) if body.html else None,
        json.dumps([[a.name, a.type, a.size, a.part, a.inline] for a in body.attachments]) if body.attachments else "",
        json.dumps(body.problems) if body.problems else "",
        body.digest,
    )


def _mark(store: Store, items: Sequence[_Fetched], now: datetime) -> None:
    touched: set[int] = set()
    for item in items:
        if item.variant_of is not None:
            touched.add(_put_variant(store, item, now))
    changed = _changed(store, items)
    store.many(UPDATE_FACTS, [(*facts, item.facts.rule, item.row) for item, _, facts in changed])
    store.many(
        "update message set digest = ?, attachments = ? where id = ?",
        [(item.body.digest, len(item.body.attachments), item.row) for item in items],
    )
    store.many("update place set wanted = 0, message = ? where id = ?", [(item.row, item.place) for item in items])
    for item, _, _ in changed:
        if item.facts.message.bounce is not None:  # only its text says which mail it returns
            thread = int(store.value("select thread from message where id = ?", (item.row,)))
            touched.add(refold.refer(store, thread, item.facts.message.ids))
    touched |= {
        row[0]
        for row in store.all(
            "select distinct thread from message where id in (select value from json_each(?))",
            (rows.numbers(item.row for item, before, facts in changed if _matters(before, facts)),),
        )
    }
    refold.touch(store, touched)


def _changed(store: Store, items: Sequence[_Fetched]) -> list[tuple[_Fetched, tuple[Any, ...], tuple[Any, ...]]]:
    """The items whose facts read differently now that the text is known: with those stored (and the roles of the
    mailboxes they were in), and those read."""
    stored = {
        row[0]: row[1:]
        for row in store.all(
            "select id, sender_name, sender, recipients, subject, message_id, ids, kind, ours, proven, customer_name, "
            "customer, asks, bounce, away_until, reply_to, was_in from message "
            "where id in (select value from json_each(?))",
            (rows.numbers(item.row for item in items),),
        )
    }
    read = [(item, rows.message_facts(item.facts.message)) for item in items]
    return [
        (item, stored[item.row], facts) for item, facts in read if item.row in stored and stored[item.row][:-1] != facts
    ]


def _matters(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether the fold can come out different. What a customer's mail asks it never looks at: only what *we* asked
    counts, in mail of our own or from a Sent folder. Half of a first sync's folding was about nothing else."""
    *known, was_in = before
    different = [place for place, (old, new) in enumerate(zip(known, after, strict=True)) if old != new]
    return different != [ASKS] or bool(after[OURS]) or Role.SENT in was_in.split(",")


def _put_variant(store: Store, item: _Fetched, now: datetime) -> int:
    """The row of a variant, with what its key has: thread, conversation and place. Returns the thread."""
    there = store.value("select thread from message where id = ?", (item.row,))
    if there is None:
        store.run("update counter set value = value + 1 where name = 'arrival'")
        store.run(
            "insert into message (id, key, key_hash, arrival, thread, conversation, received_at, sender_name, sender, "
            "recipients, subject, message_id, ids, kind, ours, proven, customer_name, customer, asks, bounce, "
            "away_until, date, rule, size, was_in, reply_to) "
            "select ?, key, key_hash, (select value from counter where name = 'arrival'), thread, conversation, "
            "received_at, sender_name, sender, recipients, subject, message_id, ids, kind, ours, proven, "
            "customer_name, customer, asks, bounce, away_until, date, rule, "
            "(select size from place where id = ?), was_in, reply_to from message where id = ?",
            (item.row, item.place, item.variant_of),
        )
        there = store.value("select thread from message where id = ?", (item.row,))
    store.run("update place set message = ? where id = ?", (item.row, item.place))
    return int(there)


def bodies(store: Store, messages: Sequence[int]) -> dict[int, Body]:
    """The bodies that are here, by message row."""
    mail = companions.mail(store)
    if mail is None or not messages:
        return {}
    with told(store.beside(companions.MAIL)):
        found = mail.execute(GET_BODY, (rows.numbers(messages),)).fetchall()
    return {row[0]: _body_of(row) for row in found}


def _body_of(row: tuple[Any, ...]) -> Body:
    _, text, new_text, quoted, signature, html, attachments, problems, digest = row
    return Body(
        text,
        text if new_text is None else new_text,
        quoted,
        signature,
        "" if html is None else zlib.decompress(html).decode("utf-8", "replace"),
        tuple(Attachment(*values) for values in json.loads(attachments)) if attachments else (),
        tuple(json.loads(problems)) if problems else (),
        digest,
    )


def header(store: Store, message: int) -> bytes | None:
    """The raw header block of a message row, None until its body was fetched."""
    mail = companions.mail(store)
    if mail is None:
        return None
    with told(store.beside(companions.MAIL)):
        row = mail.execute("select header from body where id = ?", (message,)).fetchone()
    return None if row is None else bytes(row[0])
