import subprocess
import sys
from datetime import timedelta

import pytest

from screens.app import open_for_screen
from screens.child import PATIENCE, Child
from triage.config import Config, Imap, Inbox, Sync
from triage.errors import ConfigError, StoreDamaged
from triage.model import Limits, SyncPhase, SyncState, View
from triage.policy.staleness import Clock
from triage.store import actions, outbox, queue, state
from triage.store.database import Mode, open_store, worker_lock

FORBIDDEN = ("sqlite_utils", "dateutil", "email", "imapclient", "keyring", "lxml", "smtplib", "sync")
SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from screens.app import make_context
from screens.terminal import TriageApp
from triage.config import Config, Imap, Inbox
from triage.model import Desk
from triage.policy.hours import Hours
from triage.policy.staleness import Clock
from triage.store.database import Mode, open_store

class Watched(TriageApp):
    def painted(self):
        names = {name.partition(".")[0] for name in sys.modules} | set(sys.modules)
        print(" ".join(sorted(names & set(sys.argv[2].split(",")))), len(self.queue.list._pages))
        self.exit()

desk = Desk(addresses=frozenset({"desk@example.com"}))
config = Config(Imap("h", "u"), Inbox(["desk@example.com"]))
with open_store(Path(sys.argv[1]), desk, mode=Mode.SCREEN) as store:
    now = lambda: datetime(2026, 11, 20, 12, tzinfo=UTC)
    Watched(make_context(config, store, desk, Clock(Hours.always()), now)).run(headless=True, size=(80, 24))
"""


def test_nothing_slow_is_imported_before_the_first_paint(path):
    argv = [sys.executable, "-c", SCRIPT, str(path), ",".join(FORBIDDEN)]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.split() == ["1"], ended.stdout + ended.stderr


def test_a_decision_on_screen_asks_of_the_server_what_the_configuration_allows(path, h):
    config = Config(Imap("h", "u"), Inbox(["desk@example.com"]), sync=Sync(push=["junk"]))
    with open_for_screen(config, path, h.DESK, h.CLOCK) as store:
        (first, *_) = queue.ids(store, View.NEEDS_YOU, h.NOW, h.CLOCK)
        actions.spam(store, [first], now=h.NOW)
        assert {goal.goal for goal in outbox.pending(store)} == {"junk"}


def test_the_limits_of_the_configuration_hold_on_screen(path, h):
    limits = Limits(reopen=timedelta(days=3))
    with open_for_screen(h.context(path).config, path, h.DESK, Clock(h.CLOCK.hours, limits)) as store:
        assert store.limits == limits


# The worker as a child

SLEEPER = (sys.executable, "-c", "import sys; sys.stdin.read()")


@pytest.fixture
def child(path):
    made = Child(SLEEPER, path)
    yield made
    made.end()


def test_a_worker_is_started_where_none_runs(child):
    assert child.tend(0.0)
    assert child.process.poll() is None


def test_no_second_worker_while_the_first_lives(child):
    child.tend(0.0)
    assert not child.tend(1000.0)


def test_no_worker_is_started_beside_another_owner(child, path):
    with worker_lock(path):
        assert not child.tend(0.0)


def test_the_worker_is_taken_over_when_its_owner_ended(child, path):
    with worker_lock(path):
        child.tend(0.0)
    assert child.tend(2.0)


def test_a_worker_that_ends_at_once_is_started_again_later_and_later(path):
    child = Child((sys.executable, "-c", ""), path)
    starts = []
    for second in range(60):
        if child.process is not None:
            child.process.wait()
        if child.tend(float(second)):
            starts.append(second)
    child.end()
    assert starts == [0, 2, 6, 16, 46]
    assert PATIENCE[-1] == 60.0


def test_asking_forgets_the_patience(path):
    child = Child((sys.executable, "-c", ""), path)
    child.tend(0.0)
    child.process.wait()
    child.again()
    again = child.tend(0.1)
    child.end()
    assert again


def test_the_worker_ends_with_the_app(child):
    child.tend(0.0)
    process = child.process
    child.end()
    assert process.poll() is not None


def test_a_worker_that_will_not_end_is_made_to(path):
    stubborn = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    child = Child((sys.executable, "-c", stubborn), path)
    child.tend(0.0)
    process = child.process
    child.end()
    assert process.poll() is not None


async def test_the_app_starts_its_worker_after_the_first_paint(h, path):
    from screens.terminal import TriageApp

    context = h.context(path)
    app = TriageApp(context, SLEEPER)
    assert app.child.process is None
    async with app.run_test(size=(80, 24)) as pilot:
        await h.until(pilot, lambda: app.child.process is not None)
        process = app.child.process
    assert process.poll() is not None
    context.store.close()


def test_an_unhandled_error_is_one_line_and_a_private_log_without_locals(h, path, capsys):
    from screens.terminal import TriageApp

    class Broken(TriageApp):
        def on_mount(self):
            secret = "hunter2"  # noqa: F841
            raise RuntimeError("broken")

    context = h.context(path)
    app = Broken(context)
    app.run(headless=True, size=(80, 24))
    log = path.parent / "crash.log"
    assert app.return_code == 1
    assert "RuntimeError: broken" in log.read_text()
    assert "hunter2" not in log.read_text().replace('secret = "hunter2"', "")
    assert log.stat().st_mode & 0o777 == 0o600
    said = capsys.readouterr().err
    assert "triage stopped on an error of its own (RuntimeError)" in said
    assert "Traceback" not in said
    context.store.close()


def test_a_theme_that_does_not_exist_is_named_before_anything_is_drawn(h, path):
    from screens.terminal import TriageApp
    from triage.config import Screen

    context = h.context(path, screen=Screen(theme="nordd"))
    with pytest.raises(ConfigError, match=r'screen.theme = "nordd": no such theme; there are .*nord'):
        TriageApp(context)
    context.store.close()


def test_a_damaged_store_is_one_sentence_and_its_exit_status(h, path, capsys):
    from screens.terminal import TriageApp

    class Damaged(TriageApp):
        def on_mount(self):
            raise StoreDamaged("The store is damaged. Take the newest backup.")

    context = h.context(path)
    app = Damaged(context)
    app.run(headless=True, size=(80, 24))
    assert app.return_code == 4
    assert "The store is damaged. Take the newest backup." in capsys.readouterr().err
    assert not (path.parent / "crash.log").exists()
    context.store.close()


async def test_a_refused_login_is_said_with_the_key_that_tries_again(app, h, path):
    async with app.run_test(size=(80, 24)) as pilot:
        with open_store(path, h.DESK, mode=Mode.WORKER) as worker:
            state.put_sync_state(worker, SyncState(SyncPhase.REFUSED, error="The server refused the login."))
        await h.until(pilot, lambda: "login refused, @ tries again" in h.text_of(app))
        assert "The server refused the login." in h.text_of(app)


@pytest.mark.parametrize("columns", [60, 80])
async def test_an_empty_store_says_what_happens_not_that_all_is_done(h, tmp_path, columns):
    from screens.terminal import TriageApp

    path = tmp_path / "empty" / "store.db"
    context = h.context(path)
    state.put_sync_state(context.store, SyncState(SyncPhase.SYNCING, done=1200, total=30000))
    app = TriageApp(context)
    async with app.run_test(size=(columns, 24)) as pilot:
        await pilot.pause()
        h.picture(f"first-run-{columns}", h.text_of(app))
    context.store.close()


async def test_the_first_sync_fills_the_list_until_a_hand_is_on_it(h, tmp_path):
    from screens.terminal import TriageApp

    path = tmp_path / "filling" / "store.db"
    context = h.context(path)
    app = TriageApp(context)
    async with app.run_test(size=(80, 24)) as pilot:
        h.deliver(path, h.LETTERS[-3:], synced=False)
        await h.until(pilot, lambda: len(app.queue.list.ids) == 1)
        h.deliver(path, h.LETTERS[:3], first_uid=100, synced=False)
        await h.until(pilot, lambda: len(app.queue.list.ids) == 3)
        assert app.queue.list.selected.customer.name == "Yusuf Jensen"
        await pilot.press("j")
        h.deliver(path, h.LETTERS[6:7], first_uid=200, synced=False)
        await h.until(pilot, lambda: "1 new, @ takes them in" in h.text_of(app))
        assert len(app.queue.list.ids) == 3
    context.store.close()
