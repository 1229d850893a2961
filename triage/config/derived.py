"""What follows from a configuration: who we are, which clock counts, where files lie. It reads no file of ours."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

# The nouns and zoneinfo are imported where they are made: importing the configuration stays a matter of milliseconds.
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from triage.config.tables import Config, HoursTable
    from triage.model import Desk, Limits
    from triage.policy.staleness import Clock


@dataclass(frozen=True, slots=True)
class Paths:
    """Where this platform keeps things, for a person who configured nothing."""

    config: Path
    store: Path
    log: Path


def paths() -> Paths:
    """The default places of triage.toml, the store and the error log."""
    import platformdirs

    return Paths(
        config=platformdirs.user_config_path("triage", appauthor=False) / "triage.toml",
        store=platformdirs.user_data_path("triage", appauthor=False) / "store.db",
        log=platformdirs.user_log_path("triage", appauthor=False) / "triage.log",
    )


def desk(config: Config) -> Desk:
    """Who "we" are (DESIGN.md, *Ours or theirs*): `staff` falls apart into addresses and domains."""
    from triage.model import Desk

    inbox = config.inbox
    staff = {entry.lower() for entry in inbox.staff}
    return Desk(
        addresses=_lower(inbox.addresses),
        staff=frozenset(entry for entry in staff if "@" in entry[1:]),
        domains=frozenset(entry.removeprefix("@") for entry in staff if "@" not in entry[1:]),
        groups=_lower(inbox.groups),
        forms=frozenset(entry.lower().removeprefix("@") for entry in inbox.forms),
        authserv=_lower(inbox.authserv),
    )


def _lower(entries: list[str]) -> frozenset[str]:
    return frozenset(entry.lower() for entry in entries)


def limits(config: Config) -> Limits:
    """Where levels begin."""
    from triage.model import Limits

    levels = config.levels
    return Limits(ours=levels.ours, theirs=levels.theirs, parked=timedelta(days=levels.parked_days))


def zone(table: HoursTable) -> ZoneInfo:
    """The zone the desk works in: the configured one, else this machine's, else UTC."""
    from zoneinfo import ZoneInfo

    for name in (table.zone, os.environ.get("TZ", "").removeprefix(":"), _machine_zone()):
        try:
            if name:
                return ZoneInfo(name)
        # TZ may hold a POSIX rule ("CET-1CEST") or a path, which ZoneInfo does not read.
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def _machine_zone() -> str:
    """The name behind /etc/localtime, "" where there is none."""
    try:
        target = str(Path("/etc/localtime").readlink())
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def clock(config: Config) -> Clock:
    """The clock that levels and reasons are read by: business hours in their zone, and the limits."""
    from triage.policy.hours import Hours
    from triage.policy.staleness import Clock

    table = config.hours
    hours = Hours.read(str(zone(table)), tuple(table.days), table.start, table.end, table.holidays)
    return Clock(hours, limits(config))
