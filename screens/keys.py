"""Keys in the order they were typed: what a key opens gets the next key, however fast it came.

Textual hands a key to the focused widget's own queue and looks for bindings when it bubbles back; two keys of one read
then both go to the screen that was there before the first. `E` `p` typed fast would mean "pending".
"""

from __future__ import annotations

import asyncio
import contextlib
import time

from textual import events
from textual.app import App

PATIENCE_SECONDS = 1.0


class OrderedKeys(App[None], inherit_bindings=False):
    """A screen may have `ready` (False until it can take a key) and `take_key(key, character) -> bool`, asked first."""

    key_at = 0.0
    """When the last key or click came, on the monotonic clock; 0 before the first."""

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.MouseDown):
            self.key_at = time.monotonic()
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._prompt_ready()
            take_key = getattr(self.screen, "take_key", None)
            if take_key and take_key(event.key, event.character):
                return
            if await self._check_bindings(event.key, priority=True):
                return
            typing = self.focused is not None and self.focused.check_consume_key(event.key, event.character)
            if not typing and await self._check_bindings(event.key):
                return
            await super().on_event(event)
            await self._taken()
            return
        await super().on_event(event)

    async def _taken(self) -> None:
        """Wait until the focused widget has what was typed, so that a key that stores finds all of it."""
        if self.focused is None:
            return
        taken = asyncio.Event()
        self.focused.call_later(taken.set)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(taken.wait(), PATIENCE_SECONDS)

    async def _prompt_ready(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not getattr(self.screen, "ready", True) and time.monotonic() < until:
            await asyncio.sleep(0.001)
