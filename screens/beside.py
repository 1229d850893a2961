"""Looks things up beside the screen: a search takes up to 50 ms at 100,000 messages, and no key waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from triage.model import Desk, Limits
from triage.store.database import Mode, Store, open_store

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")

PAUSE_SECONDS = 0.12
"""How long nobody types before what was typed is looked up."""


class Beside:
    """A thread with a connection of its own, both made when something is first asked."""

    def __init__(self, path: Path, desk: Desk, limits: Limits) -> None:
        self._path, self._desk, self._limits = path, desk, limits
        self._thread: ThreadPoolExecutor | None = None
        self._store: Store | None = None

    async def once_quiet(self, look: Callable[[Store], T]) -> T:
        """What `look` finds, after a pause; whoever waits is cancelled when another letter comes. Raises what it does.

        A look that began is ended, unseen: the next one waits for it, no key does.
        """
        await asyncio.sleep(PAUSE_SECONDS)
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor  # nothing before the first paint needs it

            self._thread = ThreadPoolExecutor(1, "look")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._look, look)

    def _look(self, look: Callable[[Store], T]) -> T:
        if self._store is None:
            self._store = open_store(self._path, self._desk, self._limits, Mode.SCREEN)
        return look(self._store)

    def close(self) -> None:
        """Ends the thread, after what it is at. Idempotent."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.submit(self._close)
            thread.shutdown()

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
