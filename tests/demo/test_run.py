"""The demo as a whole: served, synced and decided for real. Every level, reason and view has something in it."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync import demo, worker
from triage import config as configuration
from triage.config import Config
from triage.errors import TriageError
from triage.model import Conversation, EntryKind, Kind, Level, Reason, Status, Turn, View
from triage.policy import staleness
from triage.store import queue, search
from triage.store.database import Mode, Store, open_store, rebuild

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """A demo while it runs. `seconds` until the queue was there."""

    config: Config
    folder: Path
    store: Store
    clock: staleness.Clock
    rows: list[Conversation]
    seconds: float

    def view(self, view: View) -> list[Conversation]:
        return queue.rows(self.store, queue.ids(self.store, view, NOW, self.clock))

    def about(self, subject: str) -> list[Conversation]:
        return [one for one in self.rows if one.subject == subject]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("demo")
    began = time.monotonic()
    with demo.run(NOW, folder) as (config, path):
        seconds = time.monotonic() - began
        clock = replace(configuration.clock(config), tidy=True)
        with open_store(path, configuration.desk(config), mode=Mode.WORKER) as store:
            rows = queue.rows(store, queue.ids(store, View.ALL, NOW, clock))
            yield Shown(config, folder, store, clock, rows, seconds)


def test_it_shows_about_three_hundred_conversations(shown: Shown) -> None:
    assert 280 <= len(shown.rows) <= 340


@pytest.mark.parametrize("level", Level)
def test_every_level_is_there(shown: Shown, level: Level) -> None:
    found = Counter(staleness.level(one, NOW, shown.clock) for one in shown.rows)

    assert found[level] >= 5


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_there(shown: Shown, reason: Reason) -> None:
    assert any(reason in staleness.reasons(one, NOW, shown.clock) for one in shown.rows)


@pytest.mark.parametrize("view", View)
def test_every_view_holds_something(shown: Shown, view: View) -> None:
    assert shown.view(view)


@pytest.mark.parametrize("status", Status)
def test_every_status_is_there(shown: Shown, status: Status) -> None:
    assert any(one.status is status for one in shown.rows)


@pytest.mark.parametrize("turn", Turn)
def test_every_turn_is_there(shown: Shown, turn: Turn) -> None:
    assert any(one.turn is turn for one in shown.rows)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_mail_is_there(shown: Shown, kind: Kind) -> None:
    entries = (entry for one in shown.rows for entry in queue.timeline(shown.store, one.id))

    assert any(entry.message is not None and entry.message.kind is kind for entry in entries)


def test_the_queue_begins_with_what_is_gravest(shown: Shown) -> None:
    first = shown.view(View.NEEDS_YOU)[0]

    assert Reason.REPLY_NOT_OUT in staleness.reasons(first, NOW, shown.clock)


def test_nobody_is_offered_a_start_line(shown: Shown) -> None:
    """It is offered past 100 moldy; a demo that begins with that question shows no queue."""
    moldy = [one for one in shown.rows if staleness.level(one, NOW, shown.clock) is Level.MOLDY]

    assert len(moldy) < 100


def test_notes_and_tags_lie_beside_the_mail(shown: Shown) -> None:
    waiting = shown.view(View.NEEDS_YOU)

    assert sum(one.note is not None for one in waiting) >= 15
    assert sum(bool(one.tags) for one in waiting) >= 40


def test_a_revolving_door_opened_three_times(shown: Shown) -> None:
    (door,) = shown.about("Export hangs at 99%")

    assert (door.reopens, door.chapter, door.status, door.turn) == (3, 4, Status.OPEN, Turn.OURS)


def test_a_note_stands_where_it_was_written(shown: Shown) -> None:
    (door,) = shown.about("Export hangs at 99%")
    entries = queue.timeline(shown.store, door.id)

    assert entries[-1].kind is not EntryKind.MESSAGE
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def test_new_is_what_came_since_yesterday(shown: Shown) -> None:
    assert 5 <= len(shown.view(View.NEW)) <= 60


def test_a_form_on_the_website_speaks_for_its_writer(shown: Shown) -> None:
    (one,) = shown.about("Contact form: Accessibility")

    assert one.turn is Turn.OURS
    assert not one.customer.address.endswith("pennywren.example")


def test_mail_in_many_languages_can_be_found(shown: Shown) -> None:
    for word in ("Skonto", "auto-entrepreneuse", "登録番号", "KSeF", "autónoma"):
        assert search.search(shown.store, word, NOW, shown.clock, 5), word


def test_another_round_finds_nothing_new(shown: Shown) -> None:
    result = worker.run(shown.config, shown.store, watch=False)

    assert (result.fetched, result.vanished) == (0, 0)


def test_folding_everything_again_changes_nothing(shown: Shown) -> None:
    assert rebuild(shown.store)[1] == 0


def test_the_queue_is_there_within_some_seconds(shown: Shown) -> None:
    """Generous by ten: a machine may be busy, a hang is what this finds."""
    assert shown.seconds < 60


def test_the_password_is_in_no_file(shown: Shown) -> None:
    secret = shown.config.imap.password.encode()
    files = [path for path in shown.folder.rglob("*") if path.is_file()]

    assert secret
    assert [path.name for path in files if secret in path.read_bytes()] == []


def test_its_files_are_private(shown: Shown) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in shown.folder.glob("*.toml")}

    assert modes == {0o600}


def test_its_toml_is_the_same_configuration(shown: Shown) -> None:
    loaded = configuration.load(shown.folder / "triage.toml")

    assert replace(loaded, imap=replace(loaded.imap, password=shown.config.imap.password)) == shown.config


def test_the_environment_is_as_before(tmp_path: Path) -> None:
    before = dict(os.environ)
    with demo.password_at_hand("secret"):
        assert os.environ[demo.PASSWORD_VARIABLE] == "secret"

    assert dict(os.environ) == before


def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(TriageError, match=r"pip install 'triage-desk\[demo\]'"), demo.run(NOW, tmp_path):
        pass
