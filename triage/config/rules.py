"""What a value of triage.toml must be beyond its type. Each rule yields (key, what is wrong), and sees no file.

A rule reads only keys whose type was right, so a table with one mistake is still checked in every other key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from difflib import get_close_matches
from ipaddress import ip_address
from itertools import pairwise

Values = Mapping[str, object]
Problem = tuple[str, str]

# An address we can match against mail: no spaces, one at sign, something on both sides.
ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
DOMAIN = re.compile(r"(?!-)[\w-]+(\.[\w-]+)*")


def near(word: str, known: list[str]) -> str:
    """`; did you mean "..."` for the nearest known word, or nothing."""
    matches = get_close_matches(word.lower(), known, n=1, cutoff=0.65)
    return f'; did you mean "{matches[0]}"?' if matches else ""


def is_loopback(host: str) -> bool:
    """Whether a plain connection to this host never leaves the machine."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _texts(values: Values, key: str) -> list[str]:
    found = values.get(key, [])
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def _text(values: Values, key: str) -> str:
    found = values.get(key, "")
    return found if isinstance(found, str) else ""


def _host_wrong(host: str) -> str:
    """What is wrong with a host name, or ""."""
    if "://" in host:
        return "write the name of the host alone, without a scheme"
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        return ""
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and DOMAIN.fullmatch(name):
        return f'write the port apart: host = "{name}" and port = {port}'
    return "" if DOMAIN.fullmatch(host.removesuffix(".")) else "no host name and no address"


def server(values: Values) -> Iterator[Problem]:
    """[imap] and [smtp]: host, port, TLS, and one source for the secret."""
    host = _text(values, "host")
    if host and (wrong := _host_wrong(host)):
        yield "host", wrong

    port = values.get("port", 0)
    if isinstance(port, int) and not 0 <= port <= 65535:
        yield "port", "a port is a number from 1 to 65535 (0 means the usual one)"

    if values.get("tls") == "none" and host and not is_loopback(host):
        yield "tls", f'without TLS only a loopback host is allowed, "{host}" is none; use "implicit" or "starttls"'

    if values.get("password") and values.get("password_command"):
        yield "password", "password_command is set too: keep one of them"


def imap(values: Values) -> Iterator[Problem]:
    yield from server(values)
    for key in ("host", "user"):
        if values.get(key) == "":
            yield key, "must not be empty"

    if values.get("auth") == "oauth" and not values.get("token_command"):
        yield (
            "auth",
            'OAuth needs token_command, a command that prints an access token, e.g. "oama access me@example.com"',
        )

    seconds = values.get("timeout_seconds", 30)
    if isinstance(seconds, int) and not 1 <= seconds <= 600:
        yield "timeout_seconds", "must be from 1 to 600"


def smtp(values: Values) -> Iterator[Problem]:
    yield from server(values)
    hold = values.get("hold_seconds", 20)
    if isinstance(hold, int) and not 0 <= hold <= 3600:
        yield "hold_seconds", "must be from 0 to 3600"


def inbox(values: Values) -> Iterator[Problem]:
    if values.get("addresses") == []:
        yield "addresses", 'must name at least one address of ours, e.g. ["support@example.com"]'
    for key in ("addresses", "groups"):
        for item in _texts(values, key):
            if not ADDRESS.fullmatch(item):
                yield key, f'"{item}" is no mail address'
    for key in ("staff", "forms"):
        for item in _texts(values, key):
            if not ADDRESS.fullmatch(item) and not DOMAIN.fullmatch(item.removeprefix("@")):
                yield key, f'"{item}" is neither a mail address nor a domain'
    for item in _texts(values, "authserv"):
        if not DOMAIN.fullmatch(item):
            yield "authserv", f'"{item}" is no server name'


def sync(values: Values) -> Iterator[Problem]:
    seconds = values.get("poll_seconds", 120)
    if isinstance(seconds, int) and not 1 <= seconds <= 86400:
        yield "poll_seconds", "must be from 1 to 86400"
    if "" in _texts(values, "mailboxes"):
        yield "mailboxes", "a folder without a name"


def _clock_time(text: str) -> time | None:
    """A time of day as `09:00`, or `24:00` (the end of the day); None if it is none."""
    match = re.fullmatch(r"(\d\d):(\d\d)", text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    if (hour, minute) == (24, 0):
        return time.max
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _zone_wrong(name: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    # ZoneInfo raises KeyError for an unknown name, ValueError for a path, OSError for a folder such as "Europe".
    except (KeyError, ValueError, OSError):
        zones = {zone.lower(): zone for zone in available_timezones()}
        matches = get_close_matches(name.lower(), list(zones), n=1, cutoff=0.5)
        hint = f'; did you mean "{zones[matches[0]]}"?' if matches else ""
        return f"no time zone of that name{hint}"
    return ""


def hours(values: Values) -> Iterator[Problem]:
    zone = _text(values, "zone")
    if zone and (wrong := _zone_wrong(zone)):
        yield "zone", wrong

    if values.get("days") == []:
        yield "days", "must name at least one day"

    given = {key: _text(values, key) for key in ("start", "end") if key in values}
    times = {key: _clock_time(text) for key, text in {"start": "09:00", "end": "17:00", **given}.items()}
    for key in given:
        if times[key] is None:
            yield key, 'a time of day is written as "09:00"'
    if times["start"] and times["end"] and times["start"] >= times["end"]:
        key = "end" if "end" in given else "start"
        yield key, "the day must end after it starts (they are 09:00 and 17:00 where nothing is set)"

    for day in _texts(values, "holidays"):
        try:
            date.fromisoformat(day)
        except ValueError:
            yield "holidays", f'"{day}" is no date; write it as "2026-12-25"'


def levels(values: Values) -> Iterator[Problem]:
    for key in ("ours", "theirs"):
        steps = values.get(key)
        if not isinstance(steps, tuple):
            continue
        if not all(0 <= step <= 1000 for step in steps):
            yield key, "business days are from 0 to 1000"
        elif any(first >= second for first, second in pairwise(steps)):
            yield key, "aging, stale and moldy must grow: each number larger than the one before"
    days = values.get("parked_days", 28)
    if isinstance(days, int) and not 1 <= days <= 3650:
        yield "parked_days", "must be from 1 to 3650"


def compose(values: Values) -> Iterator[Problem]:
    address = _text(values, "from")
    if address and not ADDRESS.fullmatch(address):
        yield "from", f'"{address}" is no mail address'


def cleanup(values: Values) -> Iterator[Problem]:
    minutes = values.get("minutes", 45)
    if isinstance(minutes, int) and not 1 <= minutes <= 480:
        yield "minutes", "must be from 1 to 480"


def facts(values: Values) -> Iterator[Problem]:
    patterns = values.get("facts")
    for name, pattern in patterns.items() if isinstance(patterns, dict) else ():
        try:
            re.compile(str(pattern))
        except re.error as error:
            yield f"facts.{name}", f"not a regular expression: {error}"


def rule(values: Values) -> Iterator[Problem]:
    for key in ("name", "when"):
        if values.get(key) == "":
            yield key, "must not be empty"


RULES: dict[str, Callable[[Values], Iterator[Problem]]] = {
    "imap": imap,
    "smtp": smtp,
    "inbox": inbox,
    "sync": sync,
    "hours": hours,
    "levels": levels,
    "compose": compose,
    "cleanup": cleanup,
    "customer": facts,
    "review": facts,
    "rule": rule,
}
