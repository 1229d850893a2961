"""The worker's state as the status line says it: a word, since when, and the key that helps. Pure."""

from __future__ import annotations

from datetime import datetime

from screens.look import count, span
from triage.mail.safe import safe
from triage.model import SyncPhase, SyncState


def status_words(sync: SyncState, now: datetime) -> str:
    """ "online, synced 40 s ago, 2 changes to send" in at most one line."""
    synced = f"synced {span(now - sync.synced_at)} ago" if sync.synced_at else "never synced yet"
    if sync.phase is SyncPhase.SYNCING:
        words = [f"syncing {sync.done:,} of {sync.total:,}" if sync.total else "syncing"]
    elif sync.phase is SyncPhase.IDLE:
        words = ["online", synced]
    elif sync.phase in (SyncPhase.STARTING, SyncPhase.CONNECTING):
        words = [f"{sync.phase} ...", synced]
    elif sync.phase is SyncPhase.REFUSED:
        as_of = f"as of {span(now - sync.synced_at)} ago" if sync.synced_at else synced
        words = ["login refused, @ tries again", as_of]
    else:
        lasting = f" for {span(now - sync.since)}" if sync.since and sync.phase is SyncPhase.OFFLINE else ""
        words = [f"{sync.phase}{lasting}", synced]
    if sync.pending_push:
        words.append(f"{count(sync.pending_push, 'change')} to send")
    return ", ".join(words)


def still_fetching(sync: SyncState) -> str:
    """What an empty queue says before the first round is through; "" after it."""
    if sync.synced_at:
        return ""
    if sync.error:
        return f"No mail yet. {safe(sync.error)}\n\n@ tries again, q quits."
    if sync.phase is SyncPhase.SYNCING:
        so_far = f"{sync.done:,} of {sync.total:,} messages so far." if sync.total else "Just begun."
        return f"Fetching your mail, newest first. {so_far}\n\nRows appear here as soon as the first are read."
    return "Connecting to your mail server.\n\nRows appear here as soon as the first are read."
