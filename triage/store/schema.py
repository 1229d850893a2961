"""Tables and migrations of the three SQLite files. A migration is a name and SQL; once released it is never edited.

Instants are integers, microseconds since the epoch, UTC. `key` is a message's key in hex; `key_hash` its first eight
bytes as a signed integer, which is what indexes hold: 8 bytes instead of 64 in every batch of a first sync.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

MIGRATION_SET = "triage"
APPLICATION_ID = 0x54524947
"""`pragma application_id` of store.db: the letters TRIG."""

# Letter for letter what sqlite-utils creates, so that a fresh store needs no import of it (150 ms).
MIGRATIONS_TABLE = (
    'create table "_sqlite_migrations" (\n   "id" INTEGER PRIMARY KEY,\n   "migration_set" TEXT,\n'
    '   "name" TEXT,\n   "applied_at" TEXT\n)',
    'create unique index "idx__sqlite_migrations_migration_set_name"\n'
    '    on "_sqlite_migrations" ("migration_set", "name")',
)

FIRST = (
    """
    create table mailbox (
        id integer primary key,
        name text not null unique,
        role text not null,
        uidvalidity integer,
        uidnext integer,
        highestmodseq integer,
        complete_from integer,
        exists_count integer not null default 0
    )
    """,
    # Facts. `id` is the received second * 2^20 + a counter, so newest first is rowid order. `thread` joins what
    # references and joins ever connected; `conversation` is the part of it that the fold made.
    """
    create table message (
        id integer primary key,
        key text not null,
        key_hash integer not null,
        arrival integer not null,
        thread integer not null,
        conversation integer not null,
        received_at integer not null,
        sender_name text not null,
        sender text not null,
        recipients text not null,
        subject text not null,
        message_id text,
        ids text not null,
        kind text not null,
        ours integer not null,
        proven integer not null,
        customer_name text,
        customer text,
        asks integer not null,
        bounce text,
        away_until integer,
        date text not null,
        rule integer not null,
        size integer not null,
        digest text,
        attachments integer not null default 0,
        was_in text not null,
        reply_to text not null,
        unsettled integer not null default 0,
        gone integer not null default 0,
        left_inbox integer not null default 0,
        moved_at integer
    )
    """,
    "create index message_key on message (key_hash)",
    "create index message_thread on message (thread)",
    "create index message_attachments on message (conversation) where attachments > 0",
    "create index message_unsettled on message (id) where unsettled = 1",
    # For search: from a hit to its conversation without reading the row, and what has its text still to come.
    "create index message_conversation on message (id, conversation)",
    "create index message_unfetched on message (arrival) where digest is null",
    # Where a message lies now: replaceable, never what a decision hangs on. `wanted`: its body is to be fetched here.
    """
    create table place (
        id integer primary key,
        mailbox integer not null references mailbox (id),
        uid integer not null,
        message integer not null references message (id),
        flags text not null,
        since integer not null,
        size integer not null,
        wanted integer not null
    )
    """,
    "create unique index place_uid on place (mailbox, uid)",
    "create index place_message on place (message)",
    "create index place_wanted on place (message) where wanted = 1",
    # A Message-ID that some message has or names, by the first 8 bytes of its blake2b.
    "create table thread_node (hash integer primary key, thread integer not null)",
    "create table thread_merged (old integer primary key, thread integer not null)",
    "create index thread_merged_into on thread_merged (thread)",
    # Given once, never reused: a conversation is the smallest id anchored in it. `awaited`: its mail is not here yet.
    """
    create table conversation_id (
        id integer primary key autoincrement,
        anchor integer not null,
        awaited integer not null default 0
    )
    """,
    "create index conversation_id_anchor on conversation_id (anchor)",
    "create index conversation_id_awaited on conversation_id (anchor) where awaited = 1",
    # The journal: append-only but for a struck note's text.
    """
    create table action (
        seq integer primary key autoincrement,
        id text not null unique,
        at integer not null,
        author text not null,
        verb text not null,
        message text,
        seen text not null,
        payload text not null,
        bulk text,
        conversation integer
    )
    """,
    "create index action_message on action (message)",
    "create index action_join on action (verb) where verb = 'join'",
    "create index action_bulk on action (bulk) where bulk is not null",
    # A cache of policy.fold. From `opened_arrival` on: what this store knows beside it and a refold leaves alone.
    """
    create table conversation (
        id integer primary key,
        thread integer not null,
        key text not null,
        subject text not null,
        customer_name text not null,
        customer_address text not null,
        status text not null,
        turn text not null,
        waiting_since integer,
        quiet_since integer,
        asked integer not null,
        messages integer not null,
        chapter integer not null,
        reopens integer not null,
        chases integer not null,
        rounds integer not null,
        snoozes integer not null,
        snoozed_until integer,
        hold integer not null,
        curtain_dot integer not null,
        promise_until integer,
        promise text,
        parked_at integer,
        parked_reason text,
        closed_at integer,
        away_until integer,
        tags text not null,
        noted integer not null,
        note text,
        last_activity integer,
        last_customer_at integer,
        last_ours_at integer,
        opened_by_person integer not null,
        thanks integer not null,
        machine integer not null,
        junk_check integer not null,
        history integer not null,
        partial integer not null,
        marks text not null,
        customers text not null,
        samples text not null,
        bounced integer not null,
        arrival integer not null,
        customer_arrival integer not null,
        opened_arrival integer not null default 0,
        opened_at integer
    )
    """,
    "create index conversation_thread on conversation (thread)",
    "create index conversation_customer on conversation (customer_address)",
    # One per band of a view (views.py): its order, then every column its condition names, so that no row is read.
    "create index conversation_waiting on conversation (waiting_since, id, status, snoozed_until, history, turn) "
    "where turn = 'ours'",
    "create index conversation_quiet on conversation (quiet_since, id, status, snoozed_until, turn) "
    "where turn = 'theirs'",
    "create index conversation_snoozed on conversation (snoozed_until, id, status, history) "
    "where snoozed_until is not null",
    "create index conversation_promise on conversation (promise_until) where promise_until is not null",
    "create index conversation_bounced on conversation (last_activity, id, bounced) where bounced = 1",
    "create index conversation_by_person on conversation "
    "(quiet_since, id, opened_by_person, status, history, snoozed_until) where opened_by_person = 1",
    "create index conversation_new on conversation "
    "(last_customer_at, id, snoozed_until, status, turn, opened_arrival, machine, history) "
    "where opened_arrival = 0 and machine = 0 and history = 0",
    "create index conversation_thanks on conversation (last_customer_at, id, thanks, turn, status) where thanks = 1",
    "create index conversation_machine on conversation (last_activity, id, machine, status) where machine = 1",
    "create index conversation_parked on conversation (parked_at, id, status) where status = 'parked'",
    "create index conversation_closed on conversation (closed_at, id, status, history) where status = 'closed'",
    "create index conversation_spam on conversation (last_activity, id, status, history, customer_address, thread) "
    "where status = 'spam'",
    "create index conversation_junk on conversation (last_activity, id, junk_check) where junk_check = 1",
    "create index conversation_sent on conversation (last_ours_at, id, history) where last_ours_at is not null",
    "create index conversation_activity on conversation (last_activity)",
    "create index conversation_tags on conversation (tags) where tags <> ''",
    "create index conversation_partial on conversation (id) where partial = 1",
    # Threads that a decision about the whole desk, or a mailbox, left to refold piece by piece (behind.py).
    "create table behind (thread integer primary key)",
    # Notes as they stand, for search; of the fold, like the conversation.
    """
    create table note (
        id text primary key,
        conversation integer not null,
        at integer not null,
        text text not null
    ) without rowid
    """,
    "create index note_conversation on note (conversation)",
    "create table counter (name text primary key, value integer not null) without rowid",
    "insert into counter (name, value) values ('arrival', 0), ('revision', 0)",
    """
    create table sync_state (
        id integer primary key check (id = 1),
        phase text not null,
        since integer,
        error text not null,
        synced_at integer,
        done integer not null,
        total integer not null,
        pid integer,
        pending_push integer not null
    )
    """,
    """
    create table request (
        id integer primary key autoincrement,
        kind text not null,
        payload text not null,
        result text
    )
    """,
    "create index request_open on request (id) where result is null",
    """
    create table outbox (
        id integer primary key autoincrement,
        action text,
        goal text not null,
        message text not null,
        at integer not null
    )
    """,
    """
    create table draft (
        id text primary key,
        message text,
        key_hash integer,
        state text not null,
        created_at integer not null,
        changed_at integer not null,
        fields text not null
    )
    """,
    "create index draft_state on draft (state)",
)

MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (("first", FIRST),)

MAIL_VERSION = 2
MAIL = (
    # `html` is zlib; of a header that saves a third of 2 kB for a tenth of the time a body takes. `new_text` is null
    # where it is all of `text`.
    """
    create table body (
        id integer primary key,
        header blob not null,
        text text not null,
        new_text text,
        quoted text not null,
        signature text not null,
        html blob,
        attachments text not null,
        problems text not null,
        digest text not null
    )
    """,
)

SEARCH_VERSION = 3
_TOKENS = "content='', tokenize='unicode61 remove_diacritics 2'"
SEARCH = (
    # Header words, until the text is here and all words with it. Without prefixes: that costs a letter 10 ms.
    f"create virtual table heads using fts5(sender, recipients, subject, {_TOKENS})",
    f"create virtual table words using fts5(sender, recipients, subject, body, files, prefix='1', {_TOKENS})",
    # Merging later costs a query nothing measurable and the first sync a fifth less; never all at once, which is 1.5 s.
    "insert into heads (heads, rank) values ('automerge', 16)",
    "insert into words (words, rank) values ('automerge', 16)",
    "insert into heads (heads, rank) values ('crisismerge', 64)",
    "insert into words (words, rank) values ('crisismerge', 64)",
    # `heads`: the arrival up to which header words are indexed. `heads_below`, `words_below`: the message row below
    # which mail that is here is in no index yet, because search.db is younger; 0 when all of it is.
    "create table progress (name text primary key, value integer not null) without rowid",
)


def migrations(
    steps: tuple[tuple[str, tuple[str, ...]], ...] = MIGRATIONS,
) -> Migrations:
    """The same steps as sqlite-utils Migrations, which is how an older store is brought up to date."""
    # 150 ms to import: only a store that has to be upgraded pays it.
    from sqlite_utils.migrations import Migrations

    result = Migrations(MIGRATION_SET)
    for name, statements in steps:

        def apply(database: Database, statements: tuple[str, ...] = statements) -> None:
            for statement in statements:
                database.execute(statement)

        result(name=name)(apply)
    return result
