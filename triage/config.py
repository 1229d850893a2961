"""triage.toml -> frozen dataclasses. Loading reports every problem at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Imap:
    """Where the mail is. `port` 0 means the usual one for `tls`."""

    host: str
    user: str
    port: int = 0
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    auth: Literal["password", "oauth"] = "password"
    login: str = ""
    password: str = ""
    password_command: str | list[str] = ""
    token_command: str | list[str] = ""
    timeout_seconds: int = 30


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str = ""
    port: int = 0
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    user: str = ""
    password: str = ""
    password_command: str | list[str] = ""
    hold_seconds: int = 20
    save_sent: Literal["auto", "always", "never"] = "auto"


@dataclass(frozen=True, slots=True)
class Inbox:
    addresses: list[str]
    staff: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    authserv: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sync:
    mailboxes: list[str] = field(default_factory=list)
    push: list[Literal["seen", "answered", "archive", "junk", "trash"]] = field(default_factory=list)
    poll_seconds: int = 120


@dataclass(frozen=True, slots=True)
class HoursTable:
    zone: str = ""
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = field(
        default_factory=lambda: ["mon", "tue", "wed", "thu", "fri"]
    )
    start: str = "09:00"
    end: str = "17:00"
    holidays: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Levels:
    ours: tuple[float, float, float] = (0.5, 2.0, 5.0)
    theirs: tuple[float, float, float] = (3.0, 5.0, 10.0)
    parked_days: int = 28


@dataclass(frozen=True, slots=True)
class Queue:
    advance: Literal["next", "stay"] = "next"
    views: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Screen:
    theme: str = ""
    ascii: bool = False
    open_command: str | list[str] = ""
    save_dir: str = ""
    image_command: str | list[str] = ""


@dataclass(frozen=True, slots=True)
class StoreTable:
    path: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of triage.toml. Tables of later screens (compose, cleanup, customer ...) belong here too."""

    imap: Imap
    inbox: Inbox
    smtp: Smtp = field(default_factory=Smtp)
    sync: Sync = field(default_factory=Sync)
    hours: HoursTable = field(default_factory=HoursTable)
    levels: Levels = field(default_factory=Levels)
    queue: Queue = field(default_factory=Queue)
    screen: Screen = field(default_factory=Screen)
    keys: dict[str, str] = field(default_factory=dict)
    store: StoreTable = field(default_factory=StoreTable)
