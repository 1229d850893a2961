"""The parent's hand on the demo server: starts it, fills it, ends it. Nothing of it outlives this process."""

from __future__ import annotations

import base64
import importlib.util
import json
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sync.demo.letter import Letter, Move
from triage.errors import Offline, TriageError

USER = "support@pennywren.example"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the servers listen on loopback; `password` was drawn for this run and is written nowhere."""

    imap: int
    smtp: int
    password: str


class Server:
    """A running demo server. `add` and `move` return once the mail lies where it should."""

    def __init__(self, process: subprocess.Popen[bytes], ports: Ports) -> None:
        self.process = process
        self.ports = ports

    def add(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            self._order(
                do="add",
                message_id=letter.message_id,
                mailbox=letter.mailbox,
                at=letter.at.isoformat(),
                flags=list(letter.flags),
                raw=base64.b64encode(letter.raw).decode("ascii"),
            )
        self._settle()

    def move(self, moves: Iterable[Move]) -> None:
        for one in moves:
            self._order(do="move", message_id=one.message_id, to=one.target, **{"from": one.source})
        self._settle()

    def _order(self, **what: object) -> None:
        say(self.process, what)

    def _settle(self) -> None:
        self._order(do="done")
        hear(self.process)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Starts the servers on free loopback ports and ends them with the block.

    What is sent through the SMTP server lands as .eml files in `folder`/left. Raises TriageError where the optional
    packages are missing, Offline where the servers do not start.
    """
    require_packages()
    password = secrets.token_urlsafe(18)
    with (folder / "server.log").open("wb") as log:
        # A session of its own: ctrl+c in the terminal is for the screens, which end the server in order.
        process = subprocess.Popen(
            [sys.executable, "-m", "sync.demo.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    with Ending(process):
        say(process, {"user": USER, "password": password, "left": str(folder / "left")})
        ports = hear(process)
        yield Server(process, Ports(imap=int(str(ports["imap"])), smtp=int(str(ports["smtp"])), password=password))


class Ending:
    """Ends the child with the block, whatever happened in it: its stdin closes, and it is gone or killed in 3 s."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                close_quietly(stream)
        try:
            self.process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def close_quietly(stream: object) -> None:
    """A pipe whose reader is gone already cannot be flushed; that is no news at the end."""
    try:
        stream.close()  # type: ignore[attr-defined]
    except BrokenPipeError:
        return


def require_packages() -> None:
    """Raises TriageError, naming the command that helps, unless the optional extra `demo` is installed."""
    if any(importlib.util.find_spec(name) is None for name in ("pymap", "aiosmtpd")):
        raise TriageError("The demo needs two more packages: pip install 'triage-desk[demo]'")


def say(process: subprocess.Popen[bytes], what: dict[str, object]) -> None:
    if process.stdin is None:
        raise Offline("The demo server has no input.")
    try:
        process.stdin.write(json.dumps(what).encode("ascii") + b"\n")
    except BrokenPipeError:
        raise Offline("The demo server ended by itself; start the demo again.") from None


def hear(process: subprocess.Popen[bytes]) -> dict[str, object]:
    """One answer of the server. Raises Offline where it ended instead of answering."""
    if process.stdin is None or process.stdout is None:
        raise Offline("The demo server has no pipes.")
    try:
        process.stdin.flush()
    except BrokenPipeError:
        raise Offline("The demo server ended by itself; start the demo again.") from None

    line = process.stdout.readline()
    if not line:
        raise Offline("The demo server did not start; `python -m sync.demo.server` says why.")
    answer: dict[str, object] = json.loads(line)
    return answer
