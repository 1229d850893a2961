"""What a command is given: where things lie, what time it is, and how it answers. Everything is made when first asked.

A command reads neither environment nor clock by itself, so that `--now`, `--store` and `--config` hold everywhere.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from triage import config as configuration
from triage.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import tzinfo

    from triage.config import Config
    from triage.model import Desk, Limits
    from triage.policy.staleness import Clock
    from triage.store.database import Mode, Store


class Context:
    """The global options of one run. `json` asks for JSON instead of text."""

    def __init__(self, options: Namespace) -> None:
        self._config_option: str | None = options.config or os.environ.get("TRIAGE_CONFIG") or None
        self._store_option: str | None = options.store or os.environ.get("TRIAGE_STORE") or None
        self._pretend = _instant(options.now) if options.now else None
        self.json: bool = getattr(options, "json", False)

    @cached_property
    def config_path(self) -> Path:
        if self._config_option:
            return Path(self._config_option).expanduser().absolute()
        return configuration.paths().config

    @cached_property
    def config(self) -> Config:
        """Raises ConfigError with every problem of the file, or with how to make one."""
        return configuration.load(self.config_path)

    @cached_property
    def is_configured(self) -> bool:
        """Whether there is a file to read. One that was named has to be there."""
        return self._config_option is not None or self.config_path.exists()

    @cached_property
    def store_path(self) -> Path:
        """Option, environment, triage.toml (relative to its folder), then the platform's data folder."""
        if self._store_option:
            return Path(self._store_option).expanduser().absolute()
        if self.config.store.path:
            return self.config_path.parent / Path(self.config.store.path).expanduser()
        return configuration.paths().store

    @cached_property
    def desk(self) -> Desk:
        return configuration.desk(self.config)

    @cached_property
    def limits(self) -> Limits:
        return configuration.limits(self.config)

    @cached_property
    def clock(self) -> Clock:
        return configuration.clock(self.config)

    def clock_of(self, store: Store) -> Clock:
        """The clock for what this store shows: *untagged* counts once tags are a habit there."""
        from triage.store.tidy import tidy

        return replace(self.clock, tidy=tidy(store))

    @cached_property
    def zone(self) -> tzinfo:
        return configuration.zone(self.config.hours)

    def now(self) -> datetime:
        """The instant this run takes for now, aware UTC."""
        if self._pretend is None:
            return datetime.now(UTC)
        if self._pretend.tzinfo is None:
            return self._pretend.replace(tzinfo=self.zone).astimezone(UTC)
        return self._pretend.astimezone(UTC)

    def open(self, mode: Mode | None = None) -> Store:
        """The store, for one command unless another mode is asked for. Raises StoreError."""
        # The store imports sqlite3; `--help` and a wrong option never need it.
        from triage.store.database import Mode, open_store

        store = open_store(self.store_path, self.desk, self.limits, mode or Mode.COMMAND)
        store.push = frozenset(self.config.sync.push)
        return store

    def worker_argv(self) -> list[str]:
        """How a screen starts the worker: this program, this configuration, this store, to end with this process."""
        import os
        import sys

        argv = [sys.executable, "-m", "triage", "--config", str(self.config_path), "--store", str(self.store_path)]
        if self._pretend is not None:
            argv += ["--now", self.now().isoformat()]
        return [*argv, "sync", "--watch", "--owner", str(os.getpid())]


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f'--now "{text}" is no instant; write it as 2026-11-22T09:00:00+01:00') from None


def conversation_id(text: str) -> int:
    """`4711` or `#4711`. Raises UsageError for anything else."""
    digits = text.removeprefix("#")
    # SQLite's integers end at 2^63; eighteen digits stay below.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise UsageError(f'"{text}" is no conversation; write its number as 4711 or #4711')
    return int(digits)
