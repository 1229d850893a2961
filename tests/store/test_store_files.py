"""Claims about the store as files: permissions, upgrades, damage, full disks, and two processes at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.helpers import DESK, NOW, Mailroom
from triage.errors import StoreDamaged, StoreLocked, StoreTooNew, StoreUnwritable
from triage.model import SyncPhase, SyncState
from triage.store import actions, database, queue, schema, state
from triage.store.database import Mode, Store, backup, check, open_store, worker_lock, worker_running
from triage.store.locks import GiveWay

SECOND = (*schema.MIGRATIONS, ("second", ("create table later (id integer primary key)",)))


def dump(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """The schema, with one spelling for upper and lower case."""
    found = connection.execute("select name, sql from sqlite_master where sql is not null order by name").fetchall()
    return [(name, " ".join(sql.lower().split())) for name, sql in found]


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process with the store's modules, which prints a line when it is ready."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    )


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_every_file_is_for_its_owner_alone(mail: Mailroom, store: Store) -> None:
    actions.close(store, [mail.customer("a@x")], now=NOW)
    mail.customer("b@x")
    mail.fetch()
    folder = store.path.parent
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}


def test_a_fresh_store_has_the_schema_that_the_migrations_make(store: Store, tmp_path: Path) -> None:
    from sqlite_utils import Database

    with closing(sqlite3.connect(tmp_path / "other.db", isolation_level=None)) as other:
        schema.migrations().apply(Database(other))
        with closing(sqlite3.connect(store.path)) as fresh:
            assert dump(fresh) == dump(other)
            names = "select migration_set, name from _sqlite_migrations"
            assert fresh.execute(names).fetchall() == other.execute(names).fetchall()


def test_opening_a_current_store_imports_no_sqlite_utils(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from triage.model import Desk; from triage.store.database import *; "
        "open_store(Path(sys.argv[1]), Desk()).close(); print('sqlite_utils' in sys.modules)"
    )
    process = child(code, store.path)
    assert process.communicate()[0].strip() == "False"


def test_an_upgrade_makes_a_copy_first(store: Store) -> None:
    store.close()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        database.bring_up_to_date(connection, store.path, SECOND)
        assert connection.execute("select count(*) from later").fetchone() == (0,)
    copy = store.path.with_name("store.db.before-second")
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("select count(*) from sqlite_master where name = 'later'").fetchone() == (0,)
    assert oct(copy.stat().st_mode & 0o777) == "0o600"


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(store: Store) -> None:
    store.close()
    broken = (*schema.MIGRATIONS, ("second", ("create table later (id)", "create table later (id)")))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            database.bring_up_to_date(connection, store.path, broken)
        assert connection.execute("select count(*) from sqlite_master where name = 'later'").fetchone() == (0,)


def test_a_store_of_a_later_program_is_left_alone(store: Store) -> None:
    with store.transaction():
        store.run("insert into _sqlite_migrations (migration_set, name, applied_at) values ('triage', 'next', '')")
    store.close()
    before = store.path.read_bytes()
    with pytest.raises(StoreTooNew, match="written by a later triage"):
        open_store(store.path, DESK)
    assert store.path.read_bytes() == before


def test_what_is_no_database_is_damaged_and_not_written(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a letter to my bank\n" * 300)
    with pytest.raises(StoreDamaged, match="Move it aside"):
        open_store(path, DESK)
    assert path.read_bytes() == b"a letter to my bank\n" * 300


def test_another_programs_database_is_not_written(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table birds (id)")
    with pytest.raises(StoreDamaged, match="no store of triage"):
        open_store(path, DESK)


def test_a_page_of_noise_is_found_by_check(mail: Mailroom, store: Store) -> None:
    for i in range(40):
        mail.customer(f"{i}@x")
    mail.store.checkpoint("truncate")
    mail.store.close()
    store.close()
    pages = store.path.read_bytes()
    store.path.write_bytes(pages[: len(pages) // 2] + b"\xa5" * 4096 + pages[len(pages) // 2 + 4096 :])
    try:
        with open_store(store.path, DESK) as opened:
            assert check(opened)
    except StoreDamaged as error:
        assert "damaged" in str(error)  # noqa: PT017 - either way it is said


def test_a_sound_store_has_nothing_to_check(mail: Mailroom, store: Store) -> None:
    mail.customer("a@x")
    assert check(store) == []


def test_a_folder_that_is_a_file_is_said_to_be_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnwritable, match="cannot be written"):
        open_store(tmp_path / "file" / "store.db", DESK)


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "setresuid"), reason="needs another user")
def test_a_read_only_folder_is_said_to_be_unwritable(store: Store) -> None:
    store.close()
    store.path.parent.chmod(0o500)
    code = (
        "import os, sys; from pathlib import Path; from triage.errors import StoreError; "
        "from triage.model import Desk; from triage.store.database import open_store\n"
        "if os.geteuid() == 0: os.chdir('/'); os.chown(sys.argv[2], 65534, 65534); os.setresuid(65534, 65534, 65534)\n"
        "try: open_store(Path(sys.argv[1]), Desk())\n"
        "except StoreError as error: print(type(error).__name__, error)"
    )
    for parent in list(store.path.parents)[1:4]:
        parent.chmod(0o755)
    process = child(code, store.path, store.path.parent)
    said = process.communicate()[0]
    store.path.parent.chmod(0o700)
    assert said.startswith("StoreUnwritable")
    assert "Make" in said


def test_a_full_disk_is_said_and_nothing_is_changed(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x")
    pages = store.value("pragma page_count")
    store.all(f"pragma max_page_count = {pages}")
    with pytest.raises(StoreUnwritable, match="is full; the last change was rolled back"):
        actions.note(store, [id], "x" * 100_000, now=NOW)
    assert queue.conversation(store, id).note is None


def test_a_writer_that_never_ends_is_said_to_hold_the_store(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with (
            closing(sqlite3.connect(path, isolation_level=None)) as mine,
            pytest.raises(StoreLocked, match="try again"),
        ):
            database.begin_immediate(mine, path, patience=0.05)


def test_a_backup_is_a_whole_store(mail: Mailroom, store: Store, tmp_path: Path) -> None:
    id = mail.customer("a@x")
    actions.note(store, [id], "Asked Tom.", now=NOW)
    backup(store, tmp_path / "copy" / "store.db")
    with open_store(tmp_path / "copy" / "store.db", DESK) as copy:
        assert queue.conversation(copy, id).note == "Asked Tom."


def test_there_is_one_worker(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from triage.store.locks import worker_lock\n"
        "with worker_lock(Path(sys.argv[1])): print('ready', flush=True); sys.stdin.read()"
    )
    process = child(code, path)
    assert process.stdout is not None
    process.stdout.readline()
    assert worker_running(path)
    with pytest.raises(StoreLocked, match="already at work"), worker_lock(path):
        pass
    end(process)
    assert not worker_running(path)
    with worker_lock(path):
        assert worker_running(path)


def test_the_worker_starts_nothing_while_a_screen_asks_it_to_give_way(tmp_path: Path) -> None:
    screen, worker = GiveWay(tmp_path / "give-way"), GiveWay(tmp_path / "give-way")
    with screen.asked():
        assert not worker.given(patience=0.02)
    assert worker.given(patience=0.02)
    screen.close()
    worker.close()


def test_a_killed_screen_blocks_no_worker(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from triage.store.locks import GiveWay\n"
        "with GiveWay(Path(sys.argv[1])).asked(): print('ready', flush=True); sys.stdin.read()"
    )
    process = child(code, tmp_path / "give-way")
    assert process.stdout is not None
    process.stdout.readline()
    worker = GiveWay(tmp_path / "give-way")
    assert not worker.given(patience=0.02)
    end(process)
    assert worker.given(patience=0.02)
    worker.close()


def test_a_stopped_screen_delays_the_worker_and_no_more(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from triage.store.locks import GiveWay\n"
        "with GiveWay(Path(sys.argv[1])).asked(): print('ready', flush=True); sys.stdin.read()"
    )
    process = child(code, tmp_path / "give-way")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGSTOP)
    worker = GiveWay(tmp_path / "give-way")
    began = time.monotonic()
    assert not worker.given(patience=0.1)
    assert time.monotonic() - began < 2
    end(process)
    worker.close()


def test_a_screen_decides_while_another_process_writes_without_a_pause(mail: Mailroom, store: Store) -> None:
    ids = [mail.customer(f"{i}@x") for i in range(20)]
    code = (
        "import sys; from pathlib import Path; from triage.model import Desk, SyncState; "
        "from triage.store import state; from triage.store.database import Mode, open_store\n"
        "with open_store(Path(sys.argv[1]), Desk(), mode=Mode.WORKER) as store:\n"
        "    print('ready', flush=True)\n"
        "    for done in range(10_000_000): state.put_sync_state(store, SyncState(done=done))"
    )
    process = child(code, store.path)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        for id in ids:
            actions.close(store, [id], now=NOW)
        assert state.sync_state(store).done > 0
    finally:
        end(process)
    assert store.value("select count(*) from action") == 20


def test_two_screens_that_decide_at_once_both_do(mail: Mailroom, path: Path) -> None:
    ids = [mail.customer(f"{i}@x") for i in range(20)]

    def decide(some: list[int]) -> None:
        with open_store(path, DESK, mode=Mode.SCREEN) as store:
            for id in some:
                actions.tag(store, [id], ["seen"], now=NOW)

    threads = [threading.Thread(target=decide, args=(ids[i::2],)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = path.with_name("journal.jsonl").read_text().splitlines()
    assert (mail.store.value("select count(*) from action"), len(set(lines)), len(lines)) == (20, 20, 20)


def test_a_commit_elsewhere_moves_the_data_version(store: Store, worker: Store) -> None:
    before = store.data_version()
    state.put_sync_state(worker, SyncState(SyncPhase.IDLE, NOW, pid=7))
    assert store.data_version() != before
    assert state.sync_state(store) == SyncState(SyncPhase.IDLE, NOW, pid=7)


def test_a_request_is_asked_once_and_answered_once(store: Store, worker: Store) -> None:
    first, again = state.ask(store, "round", {}), state.ask(store, "round", {})
    assert first == again
    (request,) = state.asked(worker)
    assert state.answered(store, request.id) is None
    state.answer(worker, request.id, {"fetched": 3})
    assert (state.answered(store, request.id), state.asked(worker)) == ({"fetched": 3}, [])
