"""triage.toml -> frozen dataclasses, and what the rest of the program is given instead of settings.

The tables stand in `tables`, the reading in `reading`, the rules that need more than a type in `rules`.
"""

from __future__ import annotations

from pathlib import Path

from triage.config.derived import clock, desk, limits, paths, zone
from triage.config.tables import (
    Cleanup,
    Compose,
    Config,
    Customer,
    HoursTable,
    Imap,
    Inbox,
    Levels,
    Queue,
    Replies,
    Review,
    Rule,
    Screen,
    Smtp,
    StoreTable,
    Sync,
)

__all__ = [
    "Cleanup",
    "Compose",
    "Config",
    "Customer",
    "HoursTable",
    "Imap",
    "Inbox",
    "Levels",
    "Queue",
    "Replies",
    "Review",
    "Rule",
    "Screen",
    "Smtp",
    "StoreTable",
    "Sync",
    "clock",
    "desk",
    "limits",
    "load",
    "paths",
    "zone",
]


def load(path: Path) -> Config:
    """The configuration in this file. Raises ConfigError with every problem found (`reading.load` says which)."""
    # The reader and its rules are needed once; importing the tables must not cost them.
    from triage.config import reading

    return reading.load(path)
