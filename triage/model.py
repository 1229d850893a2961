"""The nouns. Frozen values and the words for choices; it imports only their words and never reads a clock.

Instants are aware UTC datetimes and end in `_at` or are named `since`/`until`. Message and action keys are text.
The meaning of the words is in STATE.md's terms: a *message* is a fact from the server, an *action* a decision of a
person, a *conversation* what `policy.fold` makes of both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from triage.words import Kind as Kind
from triage.words import Level as Level
from triage.words import Reason as Reason
from triage.words import Role as Role
from triage.words import Status as Status
from triage.words import Turn as Turn
from triage.words import Verb as Verb
from triage.words import View as View


@dataclass(frozen=True, slots=True)
class Address:
    """One mail address: `address` lower-cased for comparison, `name` as they write it, maybe empty; unsafe."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Who "we" are (DESIGN.md, *Ours or theirs*). Entries are lower case; domains without the at sign."""

    addresses: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    authserv: frozenset[str] = frozenset()

    def owns(self, address: str) -> bool:
        """Whether mail to or from this lower-case address is ours."""
        return (
            address in self.addresses
            or address in self.staff
            or address in self.groups
            or (bool(self.domains) and address.rpartition("@")[2] in self.domains)
        )


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says. `permanent` is 5.x.x; `failed` lower-case addresses; `answers` a Message-ID."""

    permanent: bool
    failed: tuple[str, ...]
    answers: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies now. `since` is when we first saw it there."""

    mailbox: str
    role: Role
    since: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One mail as the fold needs it: facts only, nothing that depends on a conversation.

    `ids` are the References and In-Reply-To that count (contain an at sign), oldest first, without angle brackets lost:
    text as `<a@b>`. `ours` is by address alone, but never of a mail in which a form or group passes on what `customer`
    wrote; `proven` is False where an Authentication-Results of a trusted server says fail. `customer` is who wrote when
    that is not `sender` (a contact form, a group that rewrites From, a colleague's forward: only the last is `ours`).
    `gone` means no watched mailbox holds it after one complete round; `left_inbox` that it lay in INBOX and no longer
    does. `moved_at` is when that was noticed. `was_in` are the roles of every mailbox it was ever seen in: a sent mail
    deleted since still went out, a deleted draft never did. `reply_to` are the lower-case addresses an answer goes to
    where those are not the sender's (an outside Reply-To); never ours.
    """

    key: str
    received_at: datetime
    sender: Address
    recipients: tuple[Address, ...] = ()
    subject: str = ""
    message_id: str | None = None
    ids: tuple[str, ...] = ()
    kind: Kind = Kind.HUMAN
    ours: bool = False
    proven: bool = True
    customer: Address | None = None
    asks: bool = False
    bounce: Bounce | None = None
    away_until: datetime | None = None
    places: tuple[Place, ...] = ()
    gone: bool = False
    left_inbox: bool = False
    moved_at: datetime | None = None
    was_in: tuple[Role, ...] = ()
    reply_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the journal. Append-only; it hangs on a message key, never on a row number.

    `id` is unique everywhere and orders by time; `author` is `person`, `rule:NAME` or another machine's name;
    `bulk` joins the rows of one decision over many conversations. `message` is None only for verbs about an address or
    the whole desk (RENAME, SENDER, START). `seen` are the keys of the messages the person had on screen.

    Payload keys: NOTE text, name(colleague); EDIT_NOTE target, text; STRIKE_NOTE target; TAG/UNTAG tag; STATUS status,
    reason (parked), sent (key of the reply it was chosen with); ANSWERED by (phone, colleague), at; NO_ANSWER
    duplicate_of (message key); SNOOZE until (null lifts), hold; PROMISE until (null ends), text; JOIN with (message
    key); SPLIT nothing; RENAME address, name; SENDER address, is (person, machine); START before (instant); UNDO
    target (action id or bulk id). Instants in payloads are ISO 8601 UTC.
    """

    id: str
    at: datetime
    author: str
    verb: Verb
    message: str | None = None
    seen: tuple[str, ...] = ()
    payload: dict[str, object] = field(default_factory=dict)
    bulk: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note. `text` is None once struck. It reaches no customer by any path."""

    id: str
    at: datetime
    author: str
    text: str | None
    message: str
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One answered wait: from the first unanswered message to the reply. `stated`: a person said so."""

    waiting_since: datetime
    answered_at: datetime
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the fold makes of messages and actions; nothing here depends on *now*.

    `snoozed_until` stays set after it is due until the next decision (then the conversation is *woken*); readers show
    null once due. `marks` are the reasons that need no clock. `noted` counts notes not struck; `note` is the last
    one's text. `opened_by_person`: an `open` decision stands. `curtain_dot`: a customer wrote behind a snooze with
    hold. `thanks`: a probably-thanks mail asks for a decision. `machine`: no human ever wrote. `history`: before the
    start line. `arrival` is the highest arrival number of its messages (a counter of the store): a screen
    hands it back with a decision to say what it had shown. `last_customer_at` and `last_ours_at` are received instants
    of human mail. `chapter` counts from 1.
    """

    id: int
    key: str
    subject: str
    customer: Address
    status: Status = Status.OPEN
    turn: Turn = Turn.NOBODY
    waiting_since: datetime | None = None
    quiet_since: datetime | None = None
    asked: bool = False
    messages: int = 0
    chapter: int = 1
    reopens: int = 0
    chases: int = 0
    rounds: int = 0
    snoozes: int = 0
    snoozed_until: datetime | None = None
    hold: bool = False
    curtain_dot: bool = False
    promise_until: datetime | None = None
    promise: str | None = None
    parked_at: datetime | None = None
    parked_reason: str | None = None
    closed_at: datetime | None = None
    away_until: datetime | None = None
    tags: tuple[str, ...] = ()
    noted: int = 0
    note: str | None = None
    last_activity: datetime | None = None
    last_customer_at: datetime | None = None
    last_ours_at: datetime | None = None
    opened_by_person: bool = False
    thanks: bool = False
    machine: bool = False
    junk_check: bool = False
    history: bool = False
    partial: bool = False
    marks: tuple[Reason, ...] = ()
    customers: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    # Not of the fold: what this store adds beside it.
    arrival: int = 0
    draft: str | None = None
    draft_at: datetime | None = None
    reply_out: bool = False
    unread: bool = False
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text: `name` as the mail says it (unsafe), `size` in bytes, `part` from 0."""

    name: str
    type: str
    size: int
    part: int
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a message says, as read once by `mail.body`. All text is as the mail has it: unsafe until `safe()`.

    `text` is the whole, `new_text` what the writer added, `quoted` and `signature` the rest. `html` is the HTML part as
    text source ("" if none). `digest` is sha256 hex over the raw body. `problems` name what was cut or repaired.
    """

    text: str
    new_text: str
    quoted: str = ""
    signature: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[str, ...] = ()
    digest: str = ""


class EntryKind(StrEnum):
    MESSAGE = "message"
    NOTE = "note"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a conversation's timeline, in fold order. Exactly the fields of its kind are set.

    For a message: `message`, `date` (the Date header as written), `body` (None until fetched), `side` ("customer",
    "ours", "internal", "other", "claims to be us", "machine"), `settled`. For a note: `note`. For an action: `words`.
    """

    kind: EntryKind
    at: datetime
    message: Message | None = None
    body: Body | None = None
    date: str = ""
    side: str = ""
    settled: bool = True
    note: Note | None = None
    action: Action | None = None
    words: str = ""


class SyncPhase(StrEnum):
    """What the worker is doing, as the status line says it."""

    STARTING = "starting"
    CONNECTING = "connecting"
    SYNCING = "syncing"
    IDLE = "online"
    OFFLINE = "offline"
    REFUSED = "login refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SyncState:
    """The worker's own row. `error` is a sentence for a person; `done`/`total` count messages of this round."""

    phase: SyncPhase = SyncPhase.STOPPED
    since: datetime | None = None
    error: str = ""
    synced_at: datetime | None = None
    done: int = 0
    total: int = 0
    pid: int | None = None
    pending_push: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Where levels begin. `ours` and `theirs` are business days for aging, stale, moldy; the rest wall time."""

    ours: tuple[float, float, float] = (0.5, 2.0, 5.0)
    theirs: tuple[float, float, float] = (3.0, 5.0, 10.0)
    reopen: timedelta = timedelta(days=30)
    parked: timedelta = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision did. `text` is the message line ("Closed 'Printer on fire'"); `action` what undo would name."""

    text: str
    action: str | None = None
    ids: tuple[int, ...] = ()
