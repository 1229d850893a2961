"""From the server into the store: headers newest first, what moved and vanished, then bodies. It writes nothing there.

Nothing is remembered between two calls: what is missing is the server's UIDs less the store's, so a worker that is
killed anywhere goes on where the last commit left it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync import plan
from sync.answers import Standing
from sync.fetch import Fetched
from sync.mailbox import Batch, Mailbox, Refused
from sync.roles import Box
from triage.errors import Offline
from triage.mail import facts
from triage.mail.parse import HEADER_FIELDS
from triage.model import Body, Role
from triage.store import bodies, incoming
from triage.store.database import Store
from triage.store.incoming import Arrival, MailboxState, Wanted

HEADERS = f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({' '.join(HEADER_FIELDS).upper()})])"
HEADER_BYTES = 1_500
"""About what one header costs on the line."""

WHOLE = "(UID INTERNALDATE BODY.PEEK[])"
BEGINNING = "(UID INTERNALDATE BODY.PEEK[]<0.1048576>)"
WHOLE_LIMIT = 256 * 1024
BODIES = 200
BODIES_BYTES = 2 * 1024 * 1024

WINDOW = 2_000
"""Newest messages whose flags are compared every round on a server without mod-sequences; all of them now and then."""


@dataclass(slots=True)
class Tally:
    """What a round did, in messages."""

    fetched: int = 0
    updated: int = 0
    vanished: int = 0
    bodies: int = 0


@dataclass(slots=True)
class Work:
    """One mailbox in a round: `todo` are the UIDs whose headers are missing, newest first; `reached` how far back."""

    box: Box
    state: MailboxState
    found: Standing
    todo: list[int] = field(default_factory=list)
    reached: datetime | None = None
    opened: bool = False

    @property
    def name(self) -> str:
        return self.box.name


class Pull:
    """Pulls over one connection. `pause` is looked at between two batches: True ends the work early, all kept so far.

    `tell(done, total)` hears of headers; `now` is the clock.
    """

    def __init__(
        self,
        box: Mailbox,
        store: Store,
        now: Callable[[], datetime],
        tell: Callable[[int, int], None],
        pause: Callable[[], bool],
    ) -> None:
        self.box = box
        self.store = store
        self.now = now
        self.tell = tell
        self.pause = pause
        self.tally = Tally()
        self.mailboxes = 0
        self._unreadable: set[int] = set()

    def round(self, extra: Sequence[str], thorough: bool, first_bodies: int = 60) -> bool:
        """Make the store equal to the server, but for bodies. False when `pause` ended it before it was complete.

        `thorough` compares every flag and every UID, whatever the counts say.
        """
        boxes = self.box.boxes(extra)
        self.mailboxes = len(boxes)
        states = {state.name: state for state in incoming.mailboxes(self.store)}
        for one in boxes:
            if one.name not in states:
                states[one.name] = MailboxState(one.name, one.role)
                incoming.put_mailbox(self.store, states[one.name])
        standing = self.box.standing([one.name for one in boxes])

        works = [
            Work(one, states[one.name], standing[one.name])
            for one in boxes
            if one.name in standing and (thorough or not self._settled(states[one.name], one, standing[one.name]))
        ]
        whole = len(standing) == len(boxes)
        for group in _together(works):
            for work in group:
                whole = self._compare(work, thorough) and whole
            if not self._headers(group, first_bodies):
                return False
        self._forget(states, boxes)
        if works:
            incoming.finish_round(self.store, self.now(), whole)
        for work in works:
            if work.opened:
                self._keep(work, settled=True)
        return True

    def _settled(self, state: MailboxState, box: Box, now: Standing) -> bool:
        if state.complete_from != plan.ALL or state.role is not box.role:
            return False
        return plan.unchanged(_standing(state), now)

    def _forget(self, states: dict[str, MailboxState], boxes: Sequence[Box]) -> None:
        """Mailboxes that are no longer on the server, or no longer watched, hold nothing any more."""
        watched = {one.name for one in boxes}
        for name, state in states.items():
            if name not in watched and (state.exists or state.complete_from is not None):
                # Not in a list that came short: the server has to say so itself, or the configuration.
                with contextlib.suppress(Refused):
                    self.box.examine(name)
                    continue
                incoming.renumber(self.store, name, 0)
                incoming.put_mailbox(self.store, MailboxState(name, state.role))

    def _compare(self, work: Work, thorough: bool) -> bool:
        """Open the mailbox, take over flags and disappearances, and set `todo`. False where it cannot be opened."""
        before = _standing(work.state)
        since = (before.uidvalidity, before.modseq) if before.modseq and not thorough else None
        try:
            opened = self.box.examine(work.name, since)
        except Refused:
            return False
        work.found, work.opened = opened, True

        if before.uidvalidity and before.uidvalidity != opened.uidvalidity:
            # RFC 9051 2.3.1.1: a new UIDVALIDITY makes every old UID meaningless.
            incoming.renumber(self.store, work.name, opened.uidvalidity)
            before = Standing(opened.uidvalidity, 0, 0)
        complete = work.state.complete_from == plan.ALL and before.uidnext > 0
        known = sorted(incoming.known_uids(self.store, work.name))

        if since and self.box.qresync and before.modseq:
            gone = plan.inside(opened.vanished, known)
            new = sorted((uid for uid in opened.changed if uid >= before.uidnext), reverse=True) if complete else []
            flags = opened.changed
            exact = complete and plan.adds_up(len(known), len(new), len(gone), opened.exists)
        else:
            gone, new, flags = [], [], self._flags(known, before, opened, thorough)
            exact = complete and not thorough and plan.same_messages(before, opened)
        if not exact:
            server = self.box.uids()
            gone, new = plan.vanished(server, known), plan.missing(server, known)
        self._apply(work, flags, gone)
        work.todo = new
        self._keep(work)
        return True

    def _flags(
        self, known: Sequence[int], before: Standing, now: Standing, thorough: bool
    ) -> dict[int, frozenset[str]]:
        """Flags that may have changed, where QRESYNC did not tell."""
        if not known or not now.exists:
            return {}
        if self.box.condstore and before.modseq and now.modseq and not thorough:
            return {} if before.modseq == now.modseq else self.box.flags("1:*", before.modseq)
        first = known[0] if thorough or self.box.condstore else known[-min(WINDOW, len(known))]
        return self.box.flags(f"{first}:{known[-1]}")

    def _apply(self, work: Work, flags: dict[int, frozenset[str]], gone: list[int]) -> None:
        changed = plan.differing(incoming.known_flags(self.store, work.name), flags) if flags else {}
        if changed:
            incoming.set_flags(self.store, work.name, changed)
            self.tally.updated += len(changed)
        if gone:
            incoming.vanish(self.store, work.name, gone, self.now())
            self.tally.vanished += len(gone)

    def _keep(self, work: Work, settled: bool = False) -> None:
        """Write how the mailbox stands. Only once the whole round is `settled` may the next one take it as known."""
        old, found = work.state, work.found
        fresh = old.uidvalidity != found.uidvalidity
        complete = old.complete_from == plan.ALL and bool(old.uidnext) and not fresh
        known = replace(
            old,
            role=work.box.role,
            uidvalidity=found.uidvalidity,
            complete_from=plan.ALL if complete or not work.todo else work.reached,
        )
        if settled:
            known = replace(known, uidnext=found.uidnext, highestmodseq=found.modseq or None, exists=found.exists)
        elif fresh or not old.highestmodseq:
            # Whatever changes from here on must be noticed when this round is cut short.
            known = replace(known, uidnext=None, highestmodseq=found.modseq or None, exists=0)
        if known != old:
            work.state = known
            incoming.put_mailbox(self.store, known)

    def _headers(self, works: Sequence[Work], first_bodies: int) -> bool:
        """Fetch what the works miss, newest first, two of them over the same span of dates. False when paused."""
        total = sum(len(work.todo) for work in works)
        start, size = self.tally.fetched, plan.FIRST
        history = total > plan.LARGEST
        while waiting := [work for work in works if work.todo]:
            if len(waiting) > 1:
                self._side_by_side(waiting[0], waiting[1], size)
            else:
                self._stream(waiting[0], size, once=history and size == plan.FIRST)
            self.tell(self.tally.fetched - start, total)
            if history and size == plan.FIRST and first_bodies:
                self.bodies(first_bodies)
            size = min(size * 2, plan.LARGEST)
            for work in waiting:
                self._keep(work)
            if any(work.todo for work in works) and self.pause():
                return False
        return True

    def _side_by_side(self, inbox: Work, sent: Work, size: int) -> None:
        """INBOX waits for Sent to cover the same span, so that nothing answered is ever shown as waiting."""
        held = self._fetch_headers(inbox, inbox.todo[:size])
        del inbox.todo[:size]
        while sent.todo and plan.behind(sent.reached, inbox.reached):
            self._add(sent, self._fetch_headers(sent, sent.todo[:size]))
            del sent.todo[:size]
        self._add(inbox, held)

    def _fetch_headers(self, work: Work, uids: Sequence[int]) -> list[Arrival]:
        self._open(work)
        half = max(1, len(uids) // 2)
        batches = [Batch(part, len(part) * HEADER_BYTES) for part in (uids[:half], uids[half:]) if part]
        return [one for group in self.box.fetch(batches, HEADERS) for one in self._arrivals(work, group)]

    def _stream(self, work: Work, size: int, once: bool) -> None:
        """All that is left of one mailbox, the next batch on its way while this one is stored; `once`: one batch."""
        self._open(work)
        pieces = [work.todo[:size]] if once else plan.growing(work.todo, size)
        groups = self.box.fetch((Batch(uids, len(uids) * HEADER_BYTES) for uids in pieces), HEADERS)
        got: set[int] = set()
        total = self.tally.fetched + len(work.todo)
        with contextlib.closing(groups):
            for group in groups:
                self._add(work, self._arrivals(work, group))
                got.update(one.uid for one in group)
                self.tell(self.tally.fetched, total)
                if self.pause():
                    work.todo = [uid for uid in work.todo if uid not in got]
                    return
        # What did not come was expunged meanwhile, or the server cannot read it: not asked for again.
        del work.todo[: size if once else None]

    def _arrivals(self, work: Work, group: Sequence[Fetched]) -> list[Arrival]:
        found = []
        for one in group:
            at = one.received_at or self.now()
            if work.reached is None or at < work.reached:
                work.reached = at
            found.append(
                Arrival(
                    one.uid,
                    one.flags or frozenset(),
                    one.size or 0,
                    facts.from_header(one.data or b"", at, self.store.desk),
                )
            )
        return found

    def _add(self, work: Work, arrivals: Sequence[Arrival]) -> None:
        if arrivals:
            incoming.add(self.store, work.name, arrivals, self.now())
            self.tally.fetched += len(arrivals)

    def _open(self, work: Work) -> None:
        if self.box.opened != work.name and self.box.examine(work.name).uidvalidity != work.found.uidvalidity:
            raise Offline(f"{work.name} was renumbered by the server while it was read; starting again.")

    def bodies(self, limit: int | None = None) -> bool:
        """Fetch bodies, what Needs you shows first. False when paused or `limit` is reached before all are here."""
        left = limit
        while left is None or left > 0:
            asked = min(left or BODIES, BODIES) + len(self._unreadable)
            wanted = [one for one in incoming.wanted_bodies(self.store, asked) if one.row not in self._unreadable]
            if not wanted:
                return True
            for name, large in dict.fromkeys((one.mailbox, one.size > WHOLE_LIMIT) for one in wanted):
                some = [one for one in wanted if (one.mailbox, one.size > WHOLE_LIMIT) == (name, large)]
                self.read(name, some, large)
                if self.pause():
                    return False
            left = None if left is None else left - len(wanted)
        return False

    def body(self, key: str) -> bool:
        """Fetch the body of one message that a person waits for. False where it lies nowhere, or does not come."""
        before = self.tally.bodies
        for place in bodies.where(self.store, key):
            self.read(place.mailbox, [place], place.size > WHOLE_LIMIT)
            if self.tally.bodies > before:
                return True
        return False

    def read(self, name: str, wanted: Sequence[Wanted], large: bool = False) -> None:
        """Fetch and keep these bodies of one mailbox; what the server does not give is not asked for again."""
        by_uid = {one.uid: one for one in wanted}
        self._unreadable.update(one.row for one in wanted)
        try:
            if self.box.opened != name:
                self.box.examine(name)
        except Refused:
            return
        for group in self.box.fetch(_packed(wanted), BEGINNING if large else WHOLE):
            kept = [item for one in group if (item := self._read(by_uid, one))]
            if kept:
                incoming.add_bodies(self.store, kept, self.now())
                self.tally.bodies += len(kept)
                self._unreadable.difference_update(row for row, _, _ in kept)

    def _read(self, by_uid: dict[int, Wanted], one: Fetched) -> tuple[int, facts.Facts, Body] | None:
        wanted = by_uid.get(one.uid)
        if wanted is None:
            return None
        fact, body = facts.from_mail(one.data or b"", one.received_at or self.now(), self.store.desk)
        # Another mail under this UID: the server renumbered without saying so. The next round sorts it out.
        return (wanted.row, fact, body) if fact.message.key == wanted.key else None


def _packed(wanted: Sequence[Wanted]) -> Iterator[Batch]:
    for pack, total in plan.filled(((one.uid, min(one.size, 1 << 20)) for one in wanted), BODIES, BODIES_BYTES):
        yield Batch(pack, total)


def _standing(state: MailboxState) -> Standing:
    return Standing(state.uidvalidity or 0, state.uidnext or 0, state.exists, state.highestmodseq or 0)


def _together(works: Sequence[Work]) -> list[list[Work]]:
    """INBOX and Sent in one group, each other mailbox in its own, in order."""
    pair = [work for work in works if work.box.role in (Role.INBOX, Role.SENT)]
    pair.sort(key=lambda work: work.box.role is Role.SENT)
    return [group for group in [pair, *([work] for work in works if work not in pair)] if group]
