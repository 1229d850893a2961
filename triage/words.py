"""The words for choices, as the screen, the journal and JSON spell them. It imports nothing of triage."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """A person's decision about a conversation."""

    OPEN = "open"
    PENDING = "pending"
    PARKED = "parked"
    CLOSED = "closed"
    SPAM = "spam"


class Turn(StrEnum):
    """Whose move it is. OURS exactly when `waiting_since` is set."""

    OURS = "ours"
    THEIRS = "theirs"
    NOBODY = "nobody"


class Level(StrEnum):
    """Staleness, in the order it grows."""

    NONE = "none"
    FRESH = "fresh"
    AGING = "aging"
    STALE = "stale"
    MOLDY = "moldy"


class Kind(StrEnum):
    """What sort of mail a message is. THANKS is human mail that probably only thanks."""

    HUMAN = "human"
    AUTO = "auto"
    BOUNCE = "bounce"
    LIST = "list"
    RECEIPT = "receipt"
    THANKS = "thanks"


class Role(StrEnum):
    """What a mailbox is for, by SPECIAL-USE, configuration or name."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    TRASH = "trash"
    ARCHIVE = "archive"
    JUNK = "junk"
    TEMPLATES = "templates"
    OTHER = "other"


class Reason(StrEnum):
    """Why a conversation asks for attention. The values are the words of the screen and of JSON."""

    REPLY_NOT_OUT = "reply not out"
    PROMISE_BROKEN = "promise broken"
    BOUNCED = "bounced"
    CHASED = "chased"
    REVOLVING_DOOR = "revolving door"
    CIRCLES = "going in circles"
    BEHIND_PENDING = "waiting behind pending"
    MOVED = "moved elsewhere"
    ANSWER_NOT_SEEN = "answer not seen"
    CLAIMS_TO_BE_US = "claims to be us"
    SNOOZED_OFTEN = "snoozed often"
    DRAFT_LEFT = "draft left"
    TWIN = "twin"
    AWAY = "away"
    PARKED_LONG = "parked long"
    CLOSED_UNANSWERED = "closed unanswered"
    UNTAGGED = "untagged"
    OLD_NO_NOTE = "old and no note"


class Verb(StrEnum):
    """Everything a person can do. The payload keys each one uses stand in `Action.payload`'s docstring."""

    NOTE = "note"
    EDIT_NOTE = "edit note"
    STRIKE_NOTE = "strike note"
    TAG = "tag"
    UNTAG = "untag"
    STATUS = "status"
    ANSWERED = "answered elsewhere"
    NO_ANSWER = "no answer needed"
    THANKS = "thanks confirmed"
    SNOOZE = "snooze"
    PROMISE = "promise"
    JOIN = "join"
    SPLIT = "split"
    RENAME = "name a customer"
    SENDER = "sender is"
    START = "start line"
    UNDO = "undo"


class View(StrEnum):
    """The named lists of the queue, in the order of the digits 1 to 9 and on."""

    NEEDS_YOU = "needs you"
    NEW = "new"
    WAITING = "waiting on them"
    THANKS = "thanks?"
    MACHINE = "machine"
    SNOOZED = "snoozed"
    PARKED = "parked"
    DRAFTS = "drafts"
    SENT = "sent"
    CLOSED = "closed"
    SPAM = "spam"
    JUNK = "junk check"
    ALL = "all"
