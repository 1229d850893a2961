"""The main path in tmux: open, read, note, close, undo, search, help, quit; the terminal as it was before."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator

import pytest

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(shutil.which("tmux") is None and not os.environ.get("CI"), reason="tmux is not installed"),
]


class Tmux:
    """One window of a tmux server of its own."""

    def __init__(self, columns: int, lines: int) -> None:
        self.name = f"triage-{uuid.uuid4().hex[:8]}"
        self.run("new-session", "-d", "-x", str(columns), "-y", str(lines), "env PS1='ready> ' sh")

    def run(self, *words: str) -> str:
        argv = ["tmux", "-L", self.name, "-f", "/dev/null", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20).stdout

    def keys(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def until(self, words: str, seconds: float = 20.0) -> str:
        end = time.monotonic() + seconds
        while words not in (shown := self.screen()):
            assert time.monotonic() < end, f"{words!r} never came\n{shown}"
        return shown

    def without(self, words: str, seconds: float = 20.0) -> str:
        end = time.monotonic() + seconds
        while words in (shown := self.screen()):
            assert time.monotonic() < end, f"{words!r} stayed\n{shown}"
        return shown


@pytest.fixture(params=[(80, 24), (140, 40)], ids=["80x24", "140x40"])
def tmux(request: pytest.FixtureRequest) -> Iterator[Tmux]:
    window = Tmux(*request.param)
    yield window
    window.run("kill-server")


def test_the_main_path(tmux, h, launcher, tmp_path):
    path = tmp_path / "desk" / "store.db"
    h.deliver(path, h.LETTERS)
    tmux.until("ready>")
    tmux.keys(shlex.join(["env", "PYTHONPATH=.", "LC_ALL=C.UTF-8", *launcher, str(path)]), "Enter")

    tmux.until("Needs you 5")
    tmux.until("Yusuf Jensen")
    tmux.keys("j", "j", "Enter")
    tmux.until("1 message unanswered since")
    tmux.keys("n")
    tmux.until("ctrl+s Store")
    tmux.keys("Asked Tom", "C-s")
    tmux.until("never sent to the customer")
    tmux.keys("e")
    tmux.until('Closed "Invoice 82506 is wrong [urgent]"')
    tmux.keys("u")
    tmux.until("Took back")
    tmux.keys("q")
    tmux.until("Needs you 5")

    tmux.keys("E", "p")
    tmux.until("by phone")
    tmux.keys("z")
    tmux.until("fri 9, tomorrow")
    tmux.keys("3d")
    tmux.until("wakes Mon 23 Nov 2026")
    tmux.keys("Enter")
    tmux.until("Snoozed")
    tmux.keys("?")
    tmux.until("marked")
    tmux.keys("Escape")
    tmux.without("new since you last looked")
    tmux.keys("3")
    tmux.until("Waiting on them")
    tmux.keys("q")
    tmux.until("ready>")
    assert "Waiting on them" not in tmux.screen()
