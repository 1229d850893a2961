"""`triage sync` and `triage demo` against a server that answers: the pymap of the demo, on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from sync.demo.control import USER, Server, serving
from sync.demo.letter import Letter
from triage.store.locks import worker_running

from .conftest import CONFIG, DeskFolder, Result, mail

ROOT = Path(__file__).parents[2]
ROUND_KEYS = {"fetched", "updated", "vanished", "pushed", "seconds", "mailboxes"}


def letters(*numbers: str) -> list[Letter]:
    found = []
    for number in numbers:
        at, raw = mail(f"Question {number}", timedelta(days=1), "How?\n", number=number, to=USER)
        found.append(Letter(f"<{number}@example.org>", "INBOX", at, raw, f"<{number}@example.org>"))
    return found


@pytest.fixture
def served(
    tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[DeskFolder, Server]]:
    """A desk and the server of its mail, which has three letters."""
    with serving(tmp_path) as server:
        folder = tmp_path / "desk"
        folder.mkdir(mode=0o700)
        text = CONFIG.replace("port = 1\n", f"port = {server.ports.imap}\n")
        text = text.replace("support@example.com", USER).replace('password = "hunter2"\n', "")
        (folder / "triage.toml").write_text(text, encoding="utf-8")
        (folder / "triage.toml").chmod(0o600)
        monkeypatch.setenv("TRIAGE_IMAP_PASSWORD", server.ports.password)
        server.add(letters("q1", "q2", "q3"))
        yield DeskFolder(folder, run), server


@contextmanager
def watching(desk: DeskFolder) -> Iterator[subprocess.Popen[str]]:
    """`triage sync --watch` as a process of its own, once it is the worker."""
    command = [sys.executable, "-m", "triage", "--config", str(desk.folder / "triage.toml"), "sync", "--watch"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            while not worker_running(desk.folder / "store.db"):
                assert process.poll() is None, process.communicate()
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=60)


def test_a_round_says_what_it_did(served):
    desk, _ = served

    row = desk.done("sync", "--json").row

    assert row.keys() >= ROUND_KEYS
    assert row["fetched"] == 3
    assert row["seconds"] > 0
    assert [found["subject"] for found in desk.done("list", "--json").rows] == [
        "Question q1",
        "Question q2",
        "Question q3",
    ]


def test_a_round_in_text_is_one_line(served):
    desk, _ = served

    out = desk.done("sync").out

    assert out.startswith("3 fetched, 0 updated, 0 vanished, 0 pushed")
    assert out.count("\n") == 1


def test_a_second_round_has_nothing_to_do(served):
    desk, server = served
    desk.done("sync")
    assert desk.done("sync", "--json").row["fetched"] == 0

    server.add(letters("q4"))
    assert desk.done("sync", "--json").row["fetched"] == 1


def test_beside_a_running_worker_it_asks_that_one(served):
    desk, server = served
    with watching(desk) as worker:
        desk.done("sync")
        server.add(letters("q4"))

        result = desk.done("sync")

        assert "by the sync already at work" in result.out
        assert len(desk.done("list", "--json").rows) == 4
        assert worker.poll() is None


def test_a_second_watch_is_refused_with_the_next_step(served):
    desk, _ = served
    with watching(desk):
        result = desk.run("sync", "--watch")

    assert (result.status, result.out) == (4, "")
    assert result.err.count("\n") == 1


def test_a_wrong_password_is_status_3_and_not_printed(served, monkeypatch):
    desk, _ = served
    monkeypatch.setenv("TRIAGE_IMAP_PASSWORD", "hunter2")

    for words in (("sync",), ("doctor",)):
        result = desk.run(*words)
        assert result.status == 3
        assert "hunter2" not in result.out + result.err


def test_doctor_is_content_with_a_server_that_answers(served):
    desk, _ = served

    result = desk.done("doctor", "--json")

    assert all(check["ok"] for check in result.row["checks"])


def test_the_demo_prints_its_queue_and_leaves_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    result = run("demo", "--no-screen", "--json")

    assert (result.status, result.err) == (0, "")
    assert len(result.rows) > 50
    assert result.rows[0].keys() >= {"id", "subject", "level", "reasons"}
    assert {row["level"] for row in result.rows} >= {"fresh", "aging", "stale", "moldy"}
    assert list(tmp_path.glob("triage-demo-*")) == []
