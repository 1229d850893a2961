from datetime import UTC, datetime, timedelta

import pytest

from screens.status import status_words, still_fetching
from triage.model import SyncPhase, SyncState

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SYNCED = NOW - timedelta(seconds=40)


@pytest.mark.parametrize(
    ("sync", "words"),
    [
        (SyncState(SyncPhase.IDLE, synced_at=SYNCED), "online, synced 40 s ago"),
        (SyncState(SyncPhase.IDLE, synced_at=SYNCED, pending_push=2), "online, synced 40 s ago, 2 changes to send"),
        (SyncState(SyncPhase.SYNCING, done=1200, total=30000), "syncing 1,200 of 30,000"),
        (SyncState(SyncPhase.CONNECTING), "connecting ..., never synced yet"),
        (
            SyncState(SyncPhase.OFFLINE, since=NOW - timedelta(minutes=3), synced_at=SYNCED),
            "offline for 3 min, synced 40 s ago",
        ),
        (SyncState(SyncPhase.REFUSED, synced_at=SYNCED), "login refused, @ tries again, as of 40 s ago"),
    ],
)
def test_the_status_line_says_it_in_words(sync, words):
    assert status_words(sync, NOW) == words


def test_an_empty_queue_before_the_first_round_is_not_called_zero():
    assert "1,200 of 30,000" in still_fetching(SyncState(SyncPhase.SYNCING, done=1200, total=30000))


def test_an_empty_queue_after_a_round_is():
    assert still_fetching(SyncState(SyncPhase.IDLE, synced_at=SYNCED)) == ""


def test_a_refused_login_says_so_where_the_rows_would_be():
    said = still_fetching(SyncState(SyncPhase.REFUSED, error="The server refused the password."))
    assert "The server refused the password." in said
    assert "@ tries again" in said
