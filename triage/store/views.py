"""What each view means in SQL (STATE.md, *Views and order*): its bands in queue order, each with an index of its own.

`c` is the conversation, `:now` the instant in microseconds. No level is stored: `LEVEL` compares with cut-offs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from triage.model import View
from triage.store.rows import stamp

if TYPE_CHECKING:
    from triage.policy.staleness import Clock

_NO_CURTAIN = "(c.snoozed_until is null or c.snoozed_until <= :now)"
_ALIVE = "c.status in ('open', 'pending')"

WAITS = f"c.turn = 'ours' and {_ALIVE} and {_NO_CURTAIN} and c.history = 0"
"""The band that can be long: whoever waits for us, with nothing drawn before it."""

_OUT = (
    "select m.conversation from draft d join message m on m.key_hash = d.key_hash "
    "where d.state in ('held', 'queued', 'sending', 'unsure', 'failed')"
)
_DRAFTED = "select m.conversation from draft d join message m on m.key_hash = d.key_hash where d.state = 'draft'"

# A filter put it away, nobody has decided, and elsewhere we have answered who wrote it.
_KNOWN_IN_JUNK = (
    "c.status = 'spam' and c.history = 0 and exists (select 1 from conversation o "
    "where o.customer_address = c.customer_address and o.id <> c.id and o.last_ours_at is not null) "
    "and not exists (select 1 from message m join action a on a.message = m.key "
    "where m.thread = c.thread and a.verb = 'status')"
)


@dataclass(frozen=True, slots=True)
class Band:
    """Part of a view: a condition, an order, and the index that answers both (none where drafts lead to the rows).

    Later bands leave out what earlier ones show.
    """

    where: str
    order: str
    index: str = ""

    @property
    def source(self) -> str:
        """What to select from. `indexed by` makes it an error, not a slow list, when the index no longer fits."""
        return f"conversation c indexed by {self.index}" if self.index else "conversation c"


VIEWS: dict[View, tuple[Band, ...]] = {
    View.NEEDS_YOU: (
        Band(f"c.id in ({_OUT})", "c.last_activity, c.id"),
        Band(
            "c.promise_until is not null and c.promise_until <= :now", "c.promise_until, c.id", "conversation_promise"
        ),
        Band("c.bounced = 1", "c.last_activity, c.id", "conversation_bounced"),
        Band(WAITS, "c.waiting_since, c.id", "conversation_waiting"),
        Band(
            "c.snoozed_until is not null and c.snoozed_until <= :now and c.history = 0",
            "c.snoozed_until, c.id",
            "conversation_snoozed",
        ),
        Band(
            f"c.opened_by_person = 1 and c.status = 'open' and c.history = 0 and {_NO_CURTAIN}",
            "c.quiet_since, c.id",
            "conversation_by_person",
        ),
    ),
    View.NEW: (
        Band(
            f"c.opened_arrival = 0 and c.machine = 0 and c.history = 0 and {_ALIVE} and c.turn <> 'theirs' "
            f"and {_NO_CURTAIN}",
            "c.last_customer_at desc, c.id desc",
            "conversation_new",
        ),
    ),
    View.WAITING: (
        Band(f"c.turn = 'theirs' and {_ALIVE} and {_NO_CURTAIN}", "c.quiet_since, c.id", "conversation_quiet"),
    ),
    View.THANKS: (
        Band(
            # On history too: it was written after the line.
            "c.thanks = 1 and c.turn <> 'ours' and c.status <> 'spam'",
            "c.last_customer_at desc, c.id desc",
            "conversation_thanks",
        ),
    ),
    View.MACHINE: (
        Band("c.machine = 1 and c.status = 'open'", "c.last_activity desc, c.id desc", "conversation_machine"),
    ),
    View.SNOOZED: (
        Band(
            "c.snoozed_until > :now and c.status not in ('closed', 'spam')",
            "c.snoozed_until, c.id",
            "conversation_snoozed",
        ),
    ),
    View.PARKED: (Band("c.status = 'parked'", "c.parked_at, c.id", "conversation_parked"),),
    View.DRAFTS: (Band(f"c.id in ({_DRAFTED})", "c.last_activity desc, c.id desc"),),
    View.SENT: (
        Band("c.last_ours_at is not null and c.history = 0", "c.last_ours_at desc, c.id desc", "conversation_sent"),
    ),
    View.CLOSED: (Band("c.status = 'closed' and c.history = 0", "c.closed_at desc, c.id desc", "conversation_closed"),),
    View.SPAM: (Band("c.status = 'spam' and c.history = 0", "c.last_activity desc, c.id desc", "conversation_spam"),),
    View.JUNK: (
        Band("c.junk_check = 1", "c.last_activity desc, c.id desc", "conversation_junk"),
        Band(_KNOWN_IN_JUNK, "c.last_activity desc, c.id desc", "conversation_spam"),
    ),
    View.ALL: (Band("1", "c.last_activity desc, c.id desc", "conversation_activity"),),
}

LEVEL = """
case
    when c.status in ('closed', 'spam') or c.history = 1 or c.turn = 'nobody' or c.snoozed_until > :now
        or (c.status = 'parked' and c.turn = 'theirs') then 'none'
    when c.turn = 'ours' then case
        when c.waiting_since <= :ours_moldy then 'moldy'
        when c.waiting_since <= :ours_stale then 'stale'
        when c.waiting_since <= :ours_aging then 'aging'
        else 'fresh' end
    when c.quiet_since <= :theirs_moldy then 'moldy'
    when c.asked = 1 and c.quiet_since <= :theirs_stale then 'stale'
    when c.asked = 1 and c.quiet_since <= :theirs_aging then 'aging'
    else 'fresh'
end
"""


LEVEL_OF_WAITS = """
case
    when c.waiting_since <= :ours_moldy then 'moldy'
    when c.waiting_since <= :ours_stale then 'stale'
    when c.waiting_since <= :ours_aging then 'aging'
    else 'fresh'
end
"""
"""LEVEL where WAITS holds: it needs the index alone."""


def instants(now: datetime, clock: Clock) -> dict[str, Any]:
    """The parameters of LEVEL and of every band."""
    from triage.policy.staleness import cutoffs

    cut = cutoffs(now, clock)
    ours, theirs = [stamp(at) for at in cut.ours], [stamp(at) for at in cut.theirs]
    return {
        "now": stamp(now),
        "ours_aging": ours[0],
        "ours_stale": ours[1],
        "ours_moldy": ours[2],
        "theirs_aging": theirs[0],
        "theirs_stale": theirs[1],
        "theirs_moldy": theirs[2],
    }
