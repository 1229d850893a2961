"""Headers from the server into the store, newest first, and what moved and vanished. It writes nothing there.

Nothing is remembered between two calls: what is missing is the server's UIDs less the store's, so a worker that is
killed anywhere goes on where the last commit left it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sync import plan
from sync.answers import Opened, Standing
from sync.fetch import Fetched
from sync.mailbox import Mailbox, Refused
from sync.plan import Batch
from sync.reader import Raw, Reader, facts
from sync.roles import Box
from sync.texts import Tally, Texts, header_items
from triage.errors import Offline
from triage.model import Role
from triage.store import incoming
from triage.store.database import Store
from triage.store.incoming import Arrival, MailboxState

HEADER_BYTES = 1_500
"""About what one header costs on the line."""

if TYPE_CHECKING:
    from triage.mail.facts import Facts

WINDOW = 2_000
"""Newest messages whose flags are compared every round on a server without mod-sequences; all of them now and then."""


@dataclass(slots=True)
class Work:
    """One mailbox in a round: `todo` are the UIDs whose headers are missing, newest first; `reached` how far back.

    `counted`: compared with the server, so that an empty `todo` means that nothing is missing.
    """

    box: Box
    state: MailboxState
    found: Opened = field(default_factory=lambda: Opened(0, 0, 0))
    todo: list[int] = field(default_factory=list)
    reached: datetime | None = None
    counted: bool = False

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
        reader: Reader,
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
        self.reader = reader
        self.texts = Texts(box, store, reader, now, pause, self.tally)
        self.mailboxes = 0

    def round(self, extra: Sequence[str], thorough: bool, first_bodies: int = 60) -> bool:
        """Make the store equal to the server, but for bodies. False when `pause` ended it before it was complete.

        `thorough` compares every flag and every UID, whatever the counts say.
        """
        boxes = self.box.boxes(extra)
        self.mailboxes = len(boxes)
        states = self._states(boxes)
        # STATUS opens a mailbox as EXAMINE does; where there is certainly work, once is enough.
        known = [one.name for one in boxes if states[one.name].complete_from == plan.ALL]
        standing = {} if thorough else self.box.standing(known)
        works = [
            Work(one, states[one.name])
            for one in boxes
            if one.name not in standing or not _settled(states[one.name], one, standing[one.name])
        ]

        groups = _together(works)
        if groups and all(work.state.uidvalidity is None for work in groups[0]):
            self._glimpse(groups[0])
        whole = True
        for group in groups:
            # INBOX last: it is the one to read first, and stays open.
            for work in reversed(group):
                whole = self._compare(work, thorough) and whole
            if not self._headers(group, first_bodies):
                return False
        self._forget(states, boxes, extra)
        if works:
            incoming.finish_round(self.store, self.now(), whole)
        for work in works:
            if work.counted:
                self._keep(work, settled=True)
        return True

    def _states(self, boxes: Sequence[Box]) -> dict[str, MailboxState]:
        """What the store knows of every mailbox, those seen for the first time included."""
        states = {state.name: state for state in incoming.mailboxes(self.store)}
        for one in boxes:
            if one.name not in states:
                states[one.name] = MailboxState(one.name, one.role)
                incoming.put_mailbox(self.store, states[one.name])
        return states

    def _glimpse(self, works: Sequence[Work]) -> None:
        """The newest of INBOX, and of Sent to go with them, before anything is counted: a queue within a second."""
        covered: datetime | None = None
        for work in reversed(works):
            with contextlib.suppress(Refused):
                # A large mailbox takes the server 150 ms to open: time to import what reads mail (40 ms).
                work.found = self.box.examine(work.name, meanwhile=facts if work is works[0] else None)
                self._keep(work)
                for group in self.box.fetch(plan.newest(work.found.exists, HEADER_BYTES), header_items()):
                    arrivals = self._arrivals(work, group, self.reader.here("from_header", self._raw(group)))
                    # What Sent does not cover yet could look unanswered.
                    self._add(work, [one for one in arrivals if covered is None or _at(one) >= covered])
                if work.box.role is Role.SENT and work.found.exists > plan.GLIMPSE:
                    covered = work.reached

    def _forget(self, states: dict[str, MailboxState], boxes: Sequence[Box], extra: Sequence[str]) -> None:
        """Mailboxes that are no longer on the server, or no longer watched, hold nothing any more."""
        watched = {one.name for one in boxes}
        wanted = {name.casefold() for name in extra}
        for name, state in states.items():
            if name not in watched and (state.exists or state.complete_from is not None):
                # A list may come short: the configuration has to say so, or the server itself.
                if state.role is not Role.OTHER or name.casefold() in wanted:
                    with contextlib.suppress(Refused):
                        self.box.examine(name)
                        continue
                incoming.renumber(self.store, name, 0)
                incoming.put_mailbox(self.store, MailboxState(name, state.role))

    def _compare(self, work: Work, thorough: bool) -> bool:
        """Take over flags and disappearances, and set `todo`. False where the mailbox cannot be opened."""
        known = sorted(incoming.known_uids(self.store, work.name))
        if work.found.uidvalidity and len(known) == work.found.exists:
            # All that was there a moment ago, at first sight, is here.
            work.counted = True
            self._keep(work)
            return True

        before = _standing(work.state)
        since = (before.uidvalidity, before.modseq) if before.modseq and not thorough else None
        try:
            self._open(work, since)
        except Refused:
            return False
        if before.uidvalidity and before.uidvalidity != work.found.uidvalidity:
            # RFC 9051 2.3.1.1: a new UIDVALIDITY makes every old UID meaningless.
            incoming.renumber(self.store, work.name, work.found.uidvalidity)
            before, known = Standing(work.found.uidvalidity, 0, 0), []
        self._apply(work, before, known, thorough, told=since is not None and self.box.qresync)
        work.counted = True
        self._keep(work)
        return True

    def _open(self, work: Work, since: tuple[int, int] | None) -> None:
        if not (work.found.uidvalidity and self.box.opened == work.name):
            work.found = self.box.examine(work.name, since)

    def _apply(self, work: Work, before: Standing, known: list[int], thorough: bool, told: bool) -> None:
        """What changed since `before`; `told`: the server itself said so (QRESYNC) when it opened the mailbox."""
        found = work.found
        complete = work.state.complete_from == plan.ALL and before.uidnext > 0
        if told and before.modseq:
            gone = plan.inside(found.vanished, known)
            new = sorted((uid for uid in found.changed if uid >= before.uidnext), reverse=True) if complete else []
            flags = found.changed
            exact = complete and plan.adds_up(len(known), len(new), len(gone), found.exists)
        else:
            gone, new, flags = [], [], self._flags(known, before, found, thorough)
            exact = complete and not thorough and plan.same_messages(before, found)
        if not exact:
            server = self.box.uids()
            gone, new = plan.vanished(server, known), plan.missing(server, known)
        work.todo = new

        changed = plan.differing(incoming.known_flags(self.store, work.name, flags.keys()), flags) if flags else {}
        if changed:
            incoming.set_flags(self.store, work.name, changed)
            self.tally.updated += len(changed)
        if gone:
            incoming.vanish(self.store, work.name, gone, self.now())
            self.tally.vanished += len(gone)

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

    def _keep(self, work: Work, settled: bool = False) -> None:
        """Write how the mailbox stands. Only once the whole round is `settled` may the next one take it as known."""
        old, found = work.state, work.found
        fresh = old.uidvalidity != found.uidvalidity
        complete = old.complete_from == plan.ALL and bool(old.uidnext) and not fresh
        known = replace(
            old,
            role=work.box.role,
            uidvalidity=found.uidvalidity,
            complete_from=plan.ALL if complete or (work.counted and not work.todo) else work.reached,
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
                self.texts.newest(first_bodies)
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
        self._reopen(work)
        half = max(1, len(uids) // 2)
        batches = [Batch(part, len(part) * HEADER_BYTES) for part in (uids[:half], uids[half:]) if part]
        groups = self.box.fetch(batches, header_items())
        with contextlib.closing(self.reader.beside(groups, self._raw, "from_header", len(uids))) as read:
            return [one for group, found in read for one in self._arrivals(work, group, found)]

    def _stream(self, work: Work, size: int, once: bool) -> None:
        """All that is left of one mailbox, the next batch on its way while this one is stored; `once`: one batch."""
        self._reopen(work)
        pieces = [work.todo[:size]] if once else plan.growing(work.todo, size)
        groups = self.box.fetch((Batch(uids, len(uids) * HEADER_BYTES) for uids in pieces), header_items())
        got: set[int] = set()
        total = self.tally.fetched + len(work.todo)
        with contextlib.closing(self.reader.beside(groups, self._raw, "from_header", len(work.todo))) as read:
            for group, found in read:
                self._add(work, self._arrivals(work, group, found))
                got.update(one.uid for one in group)
                self.tell(self.tally.fetched, total)
                if self.pause():
                    work.todo = [uid for uid in work.todo if uid not in got]
                    return
        # What did not come was expunged meanwhile, or the server cannot read it: not asked for again.
        del work.todo[: size if once else None]

    def _raw(self, group: Sequence[Fetched]) -> list[Raw]:
        return [(one.data or b"", one.received_at or self.now()) for one in group]

    def _arrivals(self, work: Work, group: Sequence[Fetched], found: Sequence[Facts]) -> list[Arrival]:
        for one in group:
            if one.received_at and (work.reached is None or one.received_at < work.reached):
                work.reached = one.received_at
        return [
            Arrival(one.uid, one.flags or frozenset(), one.size or 0, fact)
            for one, fact in zip(group, found, strict=True)
        ]

    def _add(self, work: Work, arrivals: Sequence[Arrival]) -> None:
        if arrivals:
            incoming.add(self.store, work.name, arrivals, self.now())
            self.tally.fetched += len(arrivals)

    def _reopen(self, work: Work) -> None:
        if self.box.opened != work.name and self.box.examine(work.name).uidvalidity != work.found.uidvalidity:
            raise Offline(f"{work.name} was renumbered by the server while it was read; starting again.")


def settled(store: Store, name: str, now: Standing) -> bool:
    """Whether the mailbox holds the messages that the last round found there."""
    state = next((one for one in incoming.mailboxes(store) if one.name == name), None)
    if state is None or not now.uidnext:
        return True
    return plan.same_messages(_standing(state), now)


def _settled(state: MailboxState, box: Box, now: Standing) -> bool:
    """Whether nothing is to be done: complete, and as it was when the last round ended."""
    return state.complete_from == plan.ALL and state.role is box.role and plan.unchanged(_standing(state), now)


def _at(arrival: Arrival) -> datetime:
    return arrival.facts.message.received_at


def _standing(state: MailboxState) -> Standing:
    return Standing(state.uidvalidity or 0, state.uidnext or 0, state.exists, state.highestmodseq or 0)


def _together(works: Sequence[Work]) -> list[list[Work]]:
    """INBOX and Sent in one group, each other mailbox in its own, in order."""
    pair = [work for work in works if work.box.role in (Role.INBOX, Role.SENT)]
    pair.sort(key=lambda work: work.box.role is Role.SENT)
    return [group for group in [pair, *([work] for work in works if work not in pair)] if group]
