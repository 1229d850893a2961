"""Where messages lie: uids, flags, what vanished, a mailbox renumbered, and after a complete round what is gone.

No mail is ever deleted here: a message that lies nowhere keeps its row, its conversation and every decision.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from triage.errors import TriageError
from triage.model import Role
from triage.store import behind, refold, rows
from triage.store.database import Store


def mailbox_id(store: Store, name: str) -> tuple[int, Role]:
    """The number and role of a mailbox; TriageError where `put_mailbox` never named it."""
    row = store.one("select id, role from mailbox where name = ?", (name,))
    if row is None:
        raise TriageError(f"The store knows no mailbox {name}.")
    return row[0], Role(row[1])


def known_uids(store: Store, mailbox: str) -> array[int]:
    """The uids the store holds of a mailbox, ascending."""
    number, _ = mailbox_id(store, mailbox)
    return array("q", [row[0] for row in store.all("select uid from place where mailbox = ? order by uid", (number,))])


def known_flags(store: Store, mailbox: str, uids: Collection[int] | None = None) -> dict[int, frozenset[str]]:
    """The flags of these messages of a mailbox, or of all, by uid."""
    number, _ = mailbox_id(store, mailbox)
    which = "" if uids is None else " and uid in (select value from json_each(?))"
    parameters = (number,) if uids is None else (number, rows.numbers(uids))
    sets: dict[str, frozenset[str]] = {}
    found: dict[int, frozenset[str]] = {}
    # Made of constants; what is looked for is bound.
    for uid, flags in store.all(f"select uid, flags from place where mailbox = ?{which}", parameters):  # noqa: S608
        if flags not in sets:  # a mailbox of 100,000 knows a handful of combinations
            sets[flags] = frozenset(flags.split())
        found[uid] = sets[flags]
    return found


def set_flags(store: Store, mailbox: str, flags: Mapping[int, frozenset[str]]) -> None:
    """Stores the server's flags; they are shown, and no clock depends on them."""
    number, _ = mailbox_id(store, mailbox)
    changed = [(" ".join(sorted(some)), number, uid) for uid, some in flags.items()]
    for piece in store.paced("flags", changed):
        with store.transaction():
            store.many("update place set flags = ? where mailbox = ? and uid = ?", piece)


def vanish(store: Store, mailbox: str, uids: Iterable[int], now: datetime) -> None:
    """Forgets these places. Whether a message is gone, or left INBOX, is said by the next complete round."""
    number, _ = mailbox_id(store, mailbox)
    for piece in store.paced("vanish", sorted(uids)):
        with store.transaction():
            _forget(
                store,
                store.all(
                    "select id, message, wanted from place where mailbox = ? "
                    "and uid in (select value from json_each(?))",
                    (number, rows.numbers(piece)),
                ),
            )


def renumber(store: Store, mailbox: str, uidvalidity: int) -> None:
    """A new UIDVALIDITY makes every old UID meaningless (RFC 9051 2.3.1.1): forgets the places, keeps the messages."""
    number, _ = mailbox_id(store, mailbox)
    while True:
        with store.transaction():
            found = store.all(
                "select id, message, wanted from place where mailbox = ? limit ?", (number, store.pace_of("vanish"))
            )
            _forget(store, found)
            if not found:
                store.run(
                    "update mailbox set uidvalidity = ?, uidnext = null, highestmodseq = null where id = ?",
                    (uidvalidity, number),
                )
        if not found:
            return
        store.keep_pace("vanish", len(found))


def _forget(store: Store, places: Sequence[tuple[int, int, int]]) -> None:
    if not places:
        return
    ids = rows.numbers(place[0] for place in places)
    messages = rows.numbers({place[1] for place in places})
    store.run("delete from place where id in (select value from json_each(?))", (ids,))
    store.run("update message set unsettled = 1 where id in (select value from json_each(?))", (messages,))
    unread = rows.numbers({place[1] for place in places if place[2]})
    # A body that was to be fetched here is fetched where else the message lies.
    store.run(
        "update place set wanted = 1 where id in (select max(p.id) from place p join message m on m.id = p.message "
        "where p.message in (select value from json_each(?)) and m.digest is null group by p.message)",
        (unread,),
    )
    found = store.all("select distinct thread from message where id in (select value from json_each(?))", (messages,))
    refold.touch(store, [row[0] for row in found])


def finish_round(store: Store, now: datetime, complete: bool) -> None:
    """Ends a round. After one over all watched mailboxes (`complete`) what lies nowhere is gone, and what is no
    longer in INBOX left it; `now` is when that was noticed. After any other round nothing is said.
    """
    behind.work_off(store)
    if not complete:
        return
    unsettled = [row[0] for row in store.all("select id from message where unsettled = 1 order by id")]
    for piece in store.paced("finish", unsettled):
        with store.transaction():
            _settle(store, rows.numbers(piece), rows.stamp(now))


def _settle(store: Store, messages: str, now: int) -> None:
    found = store.all(
        "select m.id, m.thread, m.gone, m.left_inbox, "
        "not exists (select 1 from place where message = m.id), "
        "(',' || m.was_in || ',') like '%,inbox,%' and not exists (select 1 from place p "
        "join mailbox b on b.id = p.mailbox where p.message = m.id and b.role = 'inbox') "
        "from message m where m.id in (select value from json_each(?))",
        (messages,),
    )
    changed = [row for row in found if (row[2], row[3]) != (row[4], row[5])]
    store.many(
        "update message set gone = ?, left_inbox = ?, moved_at = ? where id = ?",
        [(gone, left, now if gone or left else None, id) for id, _, _, _, gone, left in changed],
    )
    store.run("update message set unsettled = 0 where id in (select value from json_each(?))", (messages,))
    refold.touch(store, {row[1] for row in changed})
