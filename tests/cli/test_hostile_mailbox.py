"""Hostile mail through a real server: synced from a Dovecot, no command lets a byte of it steer a terminal."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.live import server

from .conftest import CONFIG, NOW, DeskFolder

ROOT = os.environ.get("TRIAGE_CORPORA", "")
ATTACKS = Path(ROOT) / "attacks"
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not ATTACKS.is_dir(), reason="TRIAGE_CORPORA names no folder with attacks"),
]

# C0 but the newline, DEL, C1, line separators, bidi overrides and isolates, lone surrogates.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a desk whose INBOX has every mail of the corpus."""
    dovecot = server.start()
    files = sorted(path for path in ATTACKS.rglob("*") if path.is_file())
    for hours, path in enumerate(files):
        dovecot.put("attacked", path.read_bytes(), at=NOW - timedelta(hours=hours))
    folder = tmp_path_factory.mktemp("attacked")
    folder.chmod(0o700)
    text = CONFIG.replace("port = 1\n", f"port = {dovecot.port}\n").replace("hunter2", server.PASSWORD)
    text = text.replace('user = "support@example.com"', 'user = "attacked"')
    (folder / "triage.toml").write_text(text, encoding="utf-8")
    (folder / "triage.toml").chmod(0o600)
    yield folder
    dovecot.stop()


@pytest.fixture
def synced(attacked: Path, run) -> DeskFolder:
    desk = DeskFolder(attacked, run)
    desk.done("sync")
    return desk


def harmless(desk: DeskFolder, *words: str) -> None:
    """Neither the text nor the JSON of a command, nor a string in it, steers a terminal; JSON is a line an object."""
    shown = desk.done(*words).out
    assert not STEERING.search(shown), words

    printed = desk.done(*words, "--json").out
    rows = [json.loads(line) for line in printed.splitlines()]
    assert len(rows) == printed.count("\n")
    assert not STEERING.search(printed), words
    assert not STEERING.search(json.dumps(rows, ensure_ascii=False)), words


def test_every_mail_of_it_is_listed(synced):
    assert sum(row["messages"] for row in synced.done("list", "--all", "--json").rows) >= 80


@pytest.mark.parametrize("words", [("list",), ("list", "--all"), ("next",), ("search", "hello"), ("doctor",)])
def test_no_list_of_it_steers_a_terminal(synced, words):
    harmless(synced, *words)


def test_no_conversation_of_it_steers_a_terminal(synced):
    for row in synced.done("list", "--all", "--json").rows:
        harmless(synced, "show", str(row["id"]))
        harmless(synced, "why", str(row["id"]))


def test_no_decision_on_it_steers_a_terminal(synced):
    ids = [str(row["id"]) for row in synced.done("list", "--json").rows]
    for id in ids:
        assert not STEERING.search(synced.done("promise", id, "2w").out)

    harmless(synced, "undo", "--list")
    for _ in ids:
        assert not STEERING.search(synced.done("undo").out)
