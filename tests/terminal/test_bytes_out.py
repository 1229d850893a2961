"""What leaves for the terminal, byte by byte, with the most hostile mail in the store."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from pathlib import Path

import pytest

from triage.model import View
from triage.store import actions, queue
from triage.store.database import Mode, open_store

HOSTILE = (
    "\x1b]0;owned\x07 title",
    "\x1b]52;c;aGk=\x07 clipboard",
    "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
    "\x9b2J\x9d0;c1\x9c clear",
    "\u202egnp.exe\u2066 bidi",
    "\x1b[2J\x1bc reset \x00\x7f\x08",
    "[@click=app.exit]x[/] [/] [bold",
    "\x1bP+q544e\x1b\\ dcs \x1b_apc\x1b\\",
)

# Everything Textual's own driver and renderer may say: colours, cursor, modes, screen, queries, pointer shape.
ALLOWED = re.compile(
    rb"\x1b\[[0-9;:]*m"
    rb"|\x1b\[[0-9;]*[HABCDJK]"
    rb"|\x1b\[\?[0-9;]*[hl]"
    rb"|\x1b\[\?[0-9]+\$p"
    rb"|\x1b\[[<>=][0-9;]*u"
    rb"|\x1b\[[0-9;]*t"
    rb"|\x1b\[\?u|\x1b\[c|\x1b\[>[0-9;]*[cqm]|\x1b\[[0-9]* q"
    rb"|\x1b\]22;[a-z-]+\x07"
    rb"|[\n\r]"
)
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Terminal:
    """A program in a pseudo-terminal; every byte it says is kept."""

    def __init__(self, argv: list[str], columns: int = 100, lines: int = 30) -> None:
        self.said = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", PYTHONPATH=".", LC_ALL="C.UTF-8")
            os.execv(argv[0], argv)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, words: bytes, seconds: float = 20.0) -> None:
        """Read until the words were said after this call; fail when they never are."""
        start, end = len(self.said), time.monotonic() + seconds
        while words not in self.said[start:]:
            assert time.monotonic() < end, self.said[start:][-3000:]
            if select.select([self.fd], [], [], 0.2)[0]:
                self.said += os.read(self.fd, 65536)

    def type(self, keys: bytes) -> None:
        os.write(self.fd, keys)

    def end(self) -> int:
        """Read to the end; gives the exit status."""
        while True:
            try:
                read = os.read(self.fd, 65536)
            except OSError:
                break
            if not read:
                break
            self.said += read
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def hostile_store(h, tmp_path: Path) -> Path:
    path = tmp_path / "hostile" / "store.db"
    letters = [h.mail(f"h{n}", f"Eve{n}", text, h.ago(days=n + 1), text) for n, text in enumerate(HOSTILE)]
    h.deliver(path, letters)
    with open_store(path, h.DESK, mode=Mode.COMMAND) as store:
        for id, text in zip(queue.ids(store, View.ALL, h.NOW, h.CLOCK), HOSTILE, strict=True):
            actions.note(store, [id], text=text, now=h.NOW)
    return path


def test_every_byte_out_is_allowed(launcher, hostile_store):
    terminal = Terminal([*launcher, str(hostile_store)])
    terminal.until(b"Needs you")
    for _ in HOSTILE:
        terminal.type(b"\r")
        terminal.until(b"Back")
        terminal.type(b"H=t")
        terminal.until(b"takes off")
        terminal.type(b"\x1b")
        terminal.until(b"Back")
        terminal.type(b"w")
        terminal.until(b"any key")
        terminal.type(b"xq")
        terminal.until(b"Open")
        terminal.type(b"j")
    terminal.type(b"\x11")
    assert terminal.end() == 0
    steering = ALLOWED.sub(b"", terminal.said).decode("utf-8")
    assert STEERING.findall(steering) == []
