"""The tables of triage.toml, as frozen dataclasses. A key is a field; its comment in triage.toml.example says why.

Two keys are Python words or clash with one: `from` is the field `from_`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Tls = Literal["implicit", "starttls", "none"]
# One line for the shell's word rules, or the words themselves.
Command = str | list[str]


@dataclass(frozen=True, slots=True)
class Imap:
    """Where the mail is. `port` 0 means the usual one for `tls`; `login` is for when it is not `user`."""

    host: str
    user: str
    port: int = 0
    tls: Tls = "implicit"
    ca_file: str = ""
    auth: Literal["password", "oauth"] = "password"
    login: str = ""
    # Secrets stand in no repr: neither a log nor a failed test shows them.
    password: str = field(default="", repr=False)
    password_command: Command = field(default="", repr=False)
    token_command: Command = field(default="", repr=False)
    timeout_seconds: int = 30


@dataclass(frozen=True, slots=True)
class Smtp:
    """How replies leave. Without a host they go to Drafts on the server, and a person sends them there."""

    host: str = ""
    port: int = 0
    tls: Tls = "implicit"
    ca_file: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    password_command: Command = field(default="", repr=False)
    hold_seconds: int = 20
    save_sent: Literal["auto", "always", "never"] = "auto"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Who "we" are. `staff` holds addresses or whole domains, `forms` the senders of contact forms."""

    addresses: list[str]
    staff: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    authserv: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sync:
    """What is mirrored, and which decisions the server may hear of."""

    mailboxes: list[str] = field(default_factory=list)
    push: list[Literal["seen", "answered", "archive", "junk", "trash"]] = field(default_factory=list)
    poll_seconds: int = 120


@dataclass(frozen=True, slots=True)
class HoursTable:
    """Business hours. `zone` "" means the zone of this machine."""

    zone: str = ""
    days: list[Weekday] = field(default_factory=lambda: ["mon", "tue", "wed", "thu", "fri"])
    start: str = "09:00"
    end: str = "17:00"
    holidays: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Levels:
    """Where aging, stale and moldy begin, in business days; `parked_days` in days of the wall."""

    ours: tuple[float, float, float] = (0.5, 2.0, 5.0)
    theirs: tuple[float, float, float] = (3.0, 5.0, 10.0)
    parked_days: int = 28


@dataclass(frozen=True, slots=True)
class Queue:
    """How the list moves, and the owner's own views: a name and a query each."""

    advance: Literal["next", "stay"] = "next"
    views: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Screen:
    theme: str = ""
    ascii: bool = False
    open_command: Command = ""
    save_dir: str = ""
    image_command: Command = ""


@dataclass(frozen=True, slots=True)
class StoreTable:
    path: str = ""


@dataclass(frozen=True, slots=True)
class Compose:
    """How replies are written. `then` "auto": pending if the reply asks something, else closed."""

    editor: Literal["builtin", "external"] = "builtin"
    then: Literal["auto", "pending", "closed", "open"] = "auto"
    from_: str = ""
    signature: str = ""
    quote: bool = True


@dataclass(frozen=True, slots=True)
class Cleanup:
    """When the weekly clean-up is due, and the time box of one session."""

    day: Weekday = "fri"
    minutes: int = 45


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of a customer: a command that prints it, and patterns that find it in their mail."""

    lookup_command: Command = ""
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replies:
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reply is checked for before it leaves: words no customer knows, patterns never to ask for twice."""

    jargon: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the owner's: conversations that match the query `when` get tags or lose them."""

    name: str
    when: str
    tag: list[str] = field(default_factory=list)
    untag: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of triage.toml."""

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
    compose: Compose = field(default_factory=Compose)
    cleanup: Cleanup = field(default_factory=Cleanup)
    customer: Customer = field(default_factory=Customer)
    replies: Replies = field(default_factory=Replies)
    review: Review = field(default_factory=Review)
    rule: list[Rule] = field(default_factory=list)
