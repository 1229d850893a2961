"""What the worker says of itself: its row in the store, often enough to look alive, rarely enough to cost nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from triage.model import SyncPhase, SyncState
from triage.store import state as rows
from triage.store.database import Store

SECONDS = 0.25
"""Least time between two rows that only count on."""


class Report:
    """Writes SyncState into the store and to `progress`, the latter for a bar on a terminal."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], progress: Callable[[SyncState], None] | None = None
    ) -> None:
        self._store = store
        self._now = now
        self._progress = progress
        self._written = 0.0
        self.state = replace(rows.sync_state(store), pid=os.getpid(), error="", done=0, total=0)

    def phase(self, phase: SyncPhase, error: str = "", synced_at: datetime | None = None) -> None:
        """Enter a phase; `since` moves only when it is another one."""
        since = self.state.since if phase is self.state.phase and self.state.since else self._now()
        self._put(
            replace(
                self.state,
                phase=phase,
                error=error,
                since=since,
                synced_at=synced_at or self.state.synced_at,
                done=0,
                total=0,
                pid=None if phase is SyncPhase.STOPPED else os.getpid(),
            )
        )

    def count(self, done: int, total: int) -> None:
        """Messages of this round. Written at most every SECONDS; whoever looks at `progress` hears of each."""
        self.state = replace(self.state, done=min(done, total), total=total)
        if self._progress:
            self._progress(self.state)
        if time.monotonic() - self._written >= SECONDS:
            self._put(self.state)

    def _put(self, state: SyncState) -> None:
        self.state = state
        self._written = time.monotonic()
        rows.put_sync_state(self._store, state)
        if self._progress:
            self._progress(state)
