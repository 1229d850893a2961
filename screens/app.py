"""How the screens are started: the store opened, one context made, the terminal given back at the end."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from triage.config import Config
from triage.model import Desk

if TYPE_CHECKING:
    from screens.context import Context
    from triage.policy.staleness import Clock
    from triage.store.database import Store


def run(
    config: Config,
    store_path: Path,
    desk: Desk,
    clock: Clock,
    *,
    now: Callable[[], datetime],
    worker_argv: Sequence[str],
) -> int:
    """Show the queue until the person quits; gives the exit status.

    Raises ConfigError (a wrong `[keys]`) and StoreError before anything is drawn.
    """
    # Importing Textual allocates much that lives for ever: collecting meanwhile costs 20 to 50 ms. On once painted.
    gc.disable()
    from screens.terminal import TriageApp

    with open_for_screen(config, store_path, desk, clock) as store:
        app = TriageApp(make_context(config, store, desk, clock, now), worker_argv)
        app.run()
        return app.return_code or 0


def open_for_screen(config: Config, store_path: Path, desk: Desk, clock: Clock) -> Store:
    """The store as a screen uses it. What a decision may ask of the server is settled when it is made: `push`."""
    from triage.store.database import Mode, open_store

    store = open_store(store_path, desk, clock.limits, Mode.SCREEN)
    store.push = frozenset(config.sync.push)
    return store


def make_context(config: Config, store: Store, desk: Desk, clock: Clock, now: Callable[[], datetime]) -> Context:
    """The one value every screen is given."""
    from zoneinfo import ZoneInfo

    from screens.context import Context
    from screens.look import glyphs
    from triage.store.tidy import tidy

    clock = replace(clock, tidy=tidy(store))
    return Context(config, store, desk, clock, now, ZoneInfo(clock.hours.zone), glyphs(config.screen.ascii))
