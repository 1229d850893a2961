"""Bodies from the server into the store: what needs a person first, then the newest. It writes nothing there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from sync import plan
from sync.fetch import Fetched
from sync.mailbox import Mailbox, Refused
from sync.plan import Batch
from triage.model import Body
from triage.store import bodies, incoming
from triage.store.database import Store
from triage.store.incoming import Wanted

if TYPE_CHECKING:
    from triage.mail.facts import Facts

WHOLE = "(UID INTERNALDATE BODY.PEEK[])"
BEGINNING = "(UID INTERNALDATE BODY.PEEK[]<0.1048576>)"
WHOLE_LIMIT = 256 * 1024
BODIES = 200
BODIES_BYTES = 2 * 1024 * 1024


@cache
def header_items() -> str:
    """What the header pass asks of each message."""
    from triage.mail.parse import HEADER_FIELDS  # see `reading`

    return f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({' '.join(HEADER_FIELDS).upper()})])"


def reading() -> ModuleType:
    """triage.mail.facts. 60 ms to import: a round without new mail never needs it, a first one gets it from `warm`."""
    from triage.mail import facts

    return facts


def warm() -> None:
    """Import what reads mail while the server still opens its mailboxes."""
    threading.Thread(target=reading, daemon=True).start()


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
        self, box: Mailbox, store: Store, now: Callable[[], datetime], pause: Callable[[], bool], tally: Tally
    ) -> None:
        self.box = box
        self.store = store
        self.now = now
        self.pause = pause
        self.tally = tally
        self._unreadable: set[int] = set()

    def newest(self, limit: int | None = None) -> bool:
        """Fetch bodies, what Needs you shows first. False when paused or `limit` is reached before all are here."""
        left = limit
        while left is None or left > 0:
            asked = min(left or BODIES, BODIES) + len(self._unreadable)
            wanted = [one for one in incoming.wanted_bodies(self.store, asked) if one.row not in self._unreadable]
            if not wanted:
                return True
            for name, large in dict.fromkeys((one.mailbox, one.size > WHOLE_LIMIT) for one in wanted):
                some = [one for one in wanted if (one.mailbox, one.size > WHOLE_LIMIT) == (name, large)]
                self._fetch(name, some, large)
                if self.pause():
                    return False
            left = None if left is None else left - len(wanted)
        return False

    def one(self, key: str) -> bool:
        """Fetch the body of one message that a person waits for. False where it lies nowhere, or does not come."""
        before = self.tally.bodies
        for place in bodies.where(self.store, key):
            self._fetch(place.mailbox, [place], place.size > WHOLE_LIMIT)
            if self.tally.bodies > before:
                return True
        return False

    def _fetch(self, name: str, wanted: Sequence[Wanted], large: bool = False) -> None:
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

    def _read(self, by_uid: dict[int, Wanted], one: Fetched) -> tuple[int, Facts, Body] | None:
        wanted = by_uid.get(one.uid)
        if wanted is None:
            return None
        fact, body = reading().from_mail(one.data or b"", one.received_at or self.now(), self.store.desk)
        # Another mail under this UID: the server renumbered without saying so. The next round sorts it out.
        return (wanted.row, fact, body) if fact.message.key == wanted.key else None


def _packed(wanted: Sequence[Wanted]) -> Iterator[Batch]:
    for pack, total in plan.filled(((one.uid, min(one.size, 1 << 20)) for one in wanted), BODIES, BODIES_BYTES):
        yield Batch(pack, total)
