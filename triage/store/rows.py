"""Rows of store.db <-> the nouns of `triage.model`. Pure; column orders are those of the queries that use them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import Any

from triage.model import (
    Action,
    Address,
    Bounce,
    Conversation,
    Kind,
    Message,
    Place,
    Reason,
    Role,
    Sample,
    Status,
    Turn,
    Verb,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROWS_A_SECOND = 1 << 20
_LATEST_SECOND = 1 << 42

Row = Sequence[Any]


def micros(at: datetime | None) -> int | None:
    """An aware instant as microseconds since the epoch."""
    return None if at is None else stamp(at)


def stamp(at: datetime) -> int:
    since = at - EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def instant(value: int | None) -> datetime | None:
    """The other way round."""
    return None if value is None else moment(value)


def moment(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def first_row(received_at: datetime) -> int:
    """The lowest message row of a received second; before 1970 and far after count as the ends."""
    second = stamp(received_at) // 1_000_000
    return min(max(second, 1), _LATEST_SECOND) * ROWS_A_SECOND


def key_hash(key: str) -> int:
    """The first 8 bytes of a message key (hex) as a signed integer: what indexes hold."""
    value = int(key[:16], 16)
    return value - (1 << 64) if value >= 1 << 63 else value


def node_hash(message_id: str) -> int:
    """Where a Message-ID stands in `thread_node`."""
    # A whole conversation names the same ones: kept, but for those too long to be anybody's.
    return _node_hash(message_id) if len(message_id) < 200 else _node_hash.__wrapped__(message_id)


@lru_cache(maxsize=8192)
def _node_hash(message_id: str) -> int:
    digest = blake2b(message_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def numbers(values: Iterable[int]) -> str:
    """A JSON array for `in (select value from json_each(?))`: one statement for any number of values."""
    return f"[{','.join(map(str, values))}]"


def clean(text: str) -> str:
    """Text that SQLite can hold: lone surrogates of undecodable mail become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


_KINDS = {kind.value: kind for kind in Kind}
_STATUSES = {status.value: status for status in Status}
_TURNS = {turn.value: turn for turn in Turn}


def _addresses(text: str) -> tuple[Address, ...]:
    return tuple([Address(name, address) for name, address in json.loads(text)])


def _bounce(text: str | None) -> Bounce | None:
    if text is None:
        return None
    permanent, failed, answers = json.loads(text)
    return Bounce(permanent, tuple(failed), answers)


def message_of(row: Row, places: tuple[Place, ...]) -> Message:
    """A message from the columns of `refold.MESSAGES`, counted from `key`."""
    (key, received, name, sender, recipients, subject, message_id, ids, kind, ours, proven) = row[:11]
    (customer_name, customer, asks, bounce, away, gone, left_inbox, moved_at, was_in, reply_to) = row[11:21]
    return Message(
        key,
        moment(received),
        Address(name, sender),
        _addresses(recipients) if recipients else (),
        subject,
        message_id,
        tuple(json.loads(ids)) if ids else (),
        _KINDS[kind],
        ours == 1,
        proven == 1,
        None if customer is None else Address(customer_name or "", customer),
        asks == 1,
        _bounce(bounce),
        instant(away),
        places,
        gone == 1,
        left_inbox == 1,
        instant(moved_at),
        roles_of(was_in),
        tuple(json.loads(reply_to)) if reply_to else (),
    )


def arriving(message: Message, received_at: datetime, place: Place) -> Message:
    """A message as its facts say, in its first place. Written out: `dataclasses.replace` takes 15 microseconds."""
    m = message
    return Message(
        m.key,
        received_at,
        m.sender,
        m.recipients,
        m.subject,
        m.message_id,
        m.ids,
        m.kind,
        m.ours,
        m.proven,
        m.customer,
        m.asks,
        m.bounce,
        m.away_until,
        (place,),
        False,
        False,
        None,
        (place.role,),
        m.reply_to,
    )


@cache
def roles_of(text: str) -> tuple[Role, ...]:
    """The roles of a comma-separated column."""
    return tuple([Role(role) for role in text.split(",")]) if text else ()


def message_facts(message: Message) -> tuple[Any, ...]:
    """The columns of a message's own facts, in the order of `incoming.INSERT_MESSAGE`, from `sender_name` on."""
    customer = message.customer
    bounce = message.bounce
    return (
        clean(message.sender.name),
        clean(message.sender.address),
        _addresses_json(message.recipients) if message.recipients else "",
        clean(message.subject),
        None if message.message_id is None else clean(message.message_id),
        _texts_json(message.ids) if message.ids else "",
        message.kind.value,
        int(message.ours),
        int(message.proven),
        None if customer is None else clean(customer.name),
        None if customer is None else clean(customer.address),
        int(message.asks),
        None if bounce is None else _json([bounce.permanent, list(bounce.failed), bounce.answers]),
        micros(message.away_until),
        _texts_json(message.reply_to) if message.reply_to else "",
    )


# Made once: json.dumps with options makes an encoder for every call.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json(value: object) -> str:
    return clean(_encode(value))


# What every message has is put together by hand: the encoder takes five times as long to set out.


def _texts_json(texts: Iterable[str]) -> str:
    return clean(f"[{','.join(map(encode_basestring, texts))}]")


def _addresses_json(addresses: Iterable[Address]) -> str:
    pairs = [f"[{encode_basestring(a.name)},{encode_basestring(a.address)}]" for a in addresses]
    return clean(f"[{','.join(pairs)}]")


def _samples_json(samples: Iterable[Sample]) -> str:
    said = {False: "false", True: "true"}
    texts = [f"[{stamp(s.waiting_since)},{stamp(s.answered_at)},{said[s.stated]}]" for s in samples]
    return f"[{','.join(texts)}]"


def action_of(row: Row) -> Action:
    """An action from id, at, author, verb, message, seen, payload, bulk."""
    id, at, author, verb, message, seen, payload, bulk = row
    return Action(id, moment(at), author, Verb(verb), message, tuple(json.loads(seen)), json.loads(payload), bulk)


def conversation_values(
    conversation: Conversation, thread: int, arrival: int, customer_arrival: int
) -> tuple[Any, ...]:
    """The columns that the fold owns, in the order of `refold.PUT_CONVERSATION`."""
    c = conversation
    # fmt: off
    return (
        c.id, thread, c.key, clean(c.subject), clean(c.customer.name), clean(c.customer.address), c.status.value,
        c.turn.value, micros(c.waiting_since), micros(c.quiet_since), int(c.asked), c.messages, c.chapter, c.reopens,
        c.chases, c.rounds, c.snoozes, micros(c.snoozed_until), int(c.hold), int(c.curtain_dot),
        micros(c.promise_until), c.promise, micros(c.parked_at), c.parked_reason, micros(c.closed_at),
        micros(c.away_until), _texts_json(c.tags) if c.tags else "", c.noted, c.note, micros(c.last_activity),
        micros(c.last_customer_at), micros(c.last_ours_at), int(c.opened_by_person), int(c.thanks), int(c.machine),
        int(c.junk_check), int(c.history), int(c.partial),
        _texts_json(c.marks) if c.marks else "", _texts_json(c.customers) if c.customers else "",
        _samples_json(c.samples) if c.samples else "",
        int(Reason.BOUNCED in c.marks), arrival, customer_arrival,
    )
    # fmt: on


def _tuple(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text)) if text else ()


def conversation_of(row: Row, draft: tuple[str, int] | None, reply_out: bool, twin: bool) -> Conversation:
    """A conversation from the columns of `queue.ROWS`; `draft` is its id and the instant it was changed."""
    samples = tuple([Sample(moment(start), moment(end), bool(stated)) for start, end, stated in _tuple(row[39])])
    # fmt: off
    return Conversation(
        row[0], row[1], row[2], Address(row[3], row[4]), _STATUSES[row[5]], _TURNS[row[6]], instant(row[7]),
        instant(row[8]), row[9] == 1, row[10], row[11], row[12], row[13], row[14], row[15], instant(row[16]),
        row[17] == 1, row[18] == 1, instant(row[19]), row[20], instant(row[21]), row[22], instant(row[23]),
        instant(row[24]), _tuple(row[25]), row[26], row[27], instant(row[28]), instant(row[29]), instant(row[30]),
        row[31] == 1, row[32] == 1, row[33] == 1, row[34] == 1, row[35] == 1, row[36] == 1,
        tuple([Reason(mark) for mark in _tuple(row[37])]), _tuple(row[38]), samples, row[40],
        None if draft is None else draft[0], None if draft is None else moment(draft[1]), reply_out, row[41] == 1,
        twin,
    )
    # fmt: on
