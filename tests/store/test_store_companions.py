"""mail.db and search.db can be lost: no decision is in them, and the mail is had again."""

from __future__ import annotations

import pytest

from tests.store.helpers import DESK, Mailroom
from triage.errors import StoreDamaged
from triage.store import companions, incoming, queue
from triage.store.database import Mode, Store, open_store


def without(path, name: str) -> Store:
    """The worker's store, opened anew after a file beside it was lost."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(name + suffix).unlink(missing_ok=True)
    return open_store(path, mode=Mode.WORKER, desk=DESK)


@pytest.fixture
def read(path, mail: Mailroom, worker: Store):
    """One conversation with its text here, and every connection closed."""
    id = mail.customer("a@example.org")
    mail.fetch()
    worker.close()
    return id


def test_a_lost_mail_file_is_fetched_again(read, path, mail):
    with without(path, "mail.db") as store:
        mail.store = store
        assert queue.timeline(store, read)[0].body is None
        assert mail.fetch() == 1
        assert queue.timeline(store, read)[0].body.text.strip() == "It burns."


def test_what_is_here_is_not_fetched_again(read, path):
    with without(path, "nothing.db") as store:
        assert incoming.wanted_bodies(store, 10) == []


def test_a_fetched_text_makes_no_second_message(read, path, mail):
    with without(path, "mail.db") as store:
        mail.store = store
        mail.fetch()
        assert queue.conversation(store, read).messages == 1


@pytest.mark.parametrize("name", ["mail.db", "search.db"])
def test_damage_beside_the_store_is_said_with_what_to_do(read, path, name):
    path.with_name(name).write_bytes(b"no database at all" * 500)
    with open_store(path, mode=Mode.COMMAND, desk=DESK) as store:
        (sentence,) = companions.damage(store)
        assert name in sentence
        assert "no decision is in it" in sentence


def test_reading_a_damaged_mail_file_names_it(read, path):
    path.with_name("mail.db").write_bytes(b"no database at all" * 500)
    with (
        open_store(path, mode=Mode.COMMAND, desk=DESK) as store,
        pytest.raises(StoreDamaged, match=r"mail\.db is damaged; no decision is in it"),
    ):
        queue.timeline(store, read)
