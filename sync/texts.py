"""Bodies from the server into the store: what needs a person first, then the newest. It writes nothing there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from sync import plan
from sync.fetch import Fetched
from sync.mailbox import Mailbox, Refused
from sync.plan import Batch
from sync.reader import Raw, Reader
from triage.model import Body
from triage.store import bodies, incoming
from triage.store.database import Store
from triage.store.incoming import Wanted

if TYPE_CHECKING:
    from triage.mail.facts import Facts

WHOLE = "(UID INTERNALDATE BODY.PEEK[])"
BEGINNING = "(UID INTERNALDATE BODY.PEEK[]<0.1048576>)"
WHOLE_LIMIT = 256 * 1024
AT_ONCE = 10_000
"""Bodies asked of the store at a time; choosing them is a tenth of a second's work at 100,000, however few."""

BODIES = 200
BODIES_BYTES = 2 * 1024 * 1024


@cache
def header_items() -> str:
    """What the header pass asks of each message."""
    from triage.mail.parse import HEADER_FIELDS  # see `facts`

    return f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({' '.join(HEADER_FIELDS).upper()})])"


@dataclass(slots=True)
class Tally:
    """What a round did, in messages."""

    fetched: int = 0
    updated: int = 0
    vanished: int = 0
    bodies: int = 0


class Texts:
    """Fetches bodies over one connection. `pause` is looked at between two batches; True ends the work early."""

    def __init__(
        self,
        box: Mailbox,
        store: Store,
        reader: Reader,
        now: Callable[[], datetime],
        pause: Callable[[], bool],
        tally: Tally,
    ) -> None:
        self.box = box
        self.reader = reader
        self.store = store
        self.now = now
        self.pause = pause
        self.tally = tally
        self._unreadable: set[int] = set()

    def newest(self, limit: int | None = None) -> bool:
        """Fetch bodies, what Needs you shows first. False when paused or `limit` is reached before all are here."""
        while limit is None or limit > 0:
            asked = min(limit or AT_ONCE, AT_ONCE)
            wanted = incoming.wanted_bodies(self.store, asked + len(self._unreadable))
            wanted = [one for one in wanted if one.row not in self._unreadable][:asked]
            if not wanted:
                return True
            for name, large in dict.fromkeys((one.mailbox, one.size > WHOLE_LIMIT) for one in wanted):
                some = [one for one in wanted if (one.mailbox, one.size > WHOLE_LIMIT) == (name, large)]
                if not self._fetch(name, some, large):
                    return False
            limit = None if limit is None else limit - len(wanted)
        return False

    def one(self, key: str) -> bool:
        """Fetch the body of one message that a person waits for. False where it lies nowhere, or does not come."""
        before = self.tally.bodies
        for place in bodies.where(self.store, key):
            self._fetch(place.mailbox, [place], place.size > WHOLE_LIMIT)
            if self.tally.bodies > before:
                return True
        return False

    def _fetch(self, name: str, wanted: Sequence[Wanted], large: bool) -> bool:
        """Fetch and keep these bodies of one mailbox. False when paused halfway.

        What the server does not give is not asked for again on this connection.
        """
        by_uid = {one.uid: one for one in wanted}
        missing = {one.row for one in wanted}
        with contextlib.suppress(Refused):
            if self.box.opened != name:
                self.box.examine(name)
            groups = self.box.fetch(_packed(wanted), BEGINNING if large else WHOLE)
            with contextlib.closing(self.reader.beside(groups, self._raw, "from_mail", len(wanted))) as read:
                for group, found in read:
                    missing.difference_update(self._keep(by_uid, group, found))
                    if self.pause():
                        return False
        self._unreadable.update(missing)
        return True

    def _raw(self, group: Sequence[Fetched]) -> list[Raw]:
        return [(one.data or b"", one.received_at or self.now()) for one in group]

    def _keep(
        self, by_uid: dict[int, Wanted], group: Sequence[Fetched], found: Sequence[tuple[Facts, Body]]
    ) -> list[int]:
        """Store what was read; the rows that have their body now."""
        kept = []
        for one, (fact, body) in zip(group, found, strict=True):
            wanted = by_uid.get(one.uid)
            # Another mail under this UID: the server renumbered without saying so. The next round sorts it out.
            if wanted and fact.message.key == wanted.key:
                kept.append((wanted.row, fact, body))
        if kept:
            incoming.add_bodies(self.store, kept, self.now())
            self.tally.bodies += len(kept)
        return [row for row, _, _ in kept]


def _packed(wanted: Sequence[Wanted]) -> Iterator[Batch]:
    for pack, total in plan.filled(((one.uid, min(one.size, 1 << 20)) for one in wanted), BODIES, BODIES_BYTES):
        yield Batch(pack, total)
