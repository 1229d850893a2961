"""How fast the screen is: rows after start, one key, a decision's commit while the first sync runs."""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from datetime import UTC, datetime
from fcntl import ioctl

from bench import kit, sync_speed
from triage.model import Desk, Limits, View
from triage.policy import staleness
from triage.policy.hours import Hours
from triage.store import actions, database, queue

ROWS = r"(?m)(Refund|Invoice|invoice|order|log in|export|Webhook|VAT)"
FRAME = 1000 / 60


def start(user: str, runs: int) -> None:
    """Start to rows on the screen, beside aerc's warm start, in turns."""
    config, path = kit.configuration(user), sync_speed.store("everything")
    command = " ".join([*kit.TRIAGE, "--config", str(config), "--store", str(path)])
    ours, theirs, memory = [], [], 0.0
    sync_speed.aerc(user)
    for _ in range(runs):
        took, peak = kit.on_screen(command, ROWS)
        ours.append(took)
        memory = max(memory, peak)
        theirs.append(sync_speed.aerc(user)[0])
    kit.compare(
        "Start to rows on the screen",
        kit.Measured("triage", tuple(ours), memory),
        kit.Measured("aerc", tuple(theirs)),
        0.75,
    )
    kit.state("Memory of the app", memory, "MB", 90)


class Terminal:
    """The app in a pseudo-terminal of 140x45, with the time between a key and the first byte drawn for it."""

    def __init__(self, argv: list[str]) -> None:
        pid, self.fd = pty.fork()
        if pid == 0:
            os.execve(argv[0], argv, kit.environment() | {"TERM": "xterm-256color"})
        self.pid = pid
        ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 140, 0, 0))

    def read(self, quiet: float, most: float = 3.0) -> None:
        """Take what is drawn until nothing came for `quiet` seconds, at `most` seconds: the status line ticks."""
        ends = time.perf_counter() + most
        while time.perf_counter() < ends and select.select([self.fd], [], [], quiet)[0]:
            os.read(self.fd, 65536)

    def key(self, key: bytes) -> float:
        """Milliseconds from the key to the first byte drawn."""
        begun = time.perf_counter()
        os.write(self.fd, key)
        select.select([self.fd], [], [], 2)
        took = (time.perf_counter() - begun) * 1000
        self.read(0.03)
        return took

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def keys(user: str) -> None:
    """j, page down and G in the list of the whole mailbox."""
    config, path = kit.configuration(user), sync_speed.store("everything")
    terminal = Terminal([*kit.TRIAGE, "--config", str(config), "--store", str(path)])
    try:
        terminal.read(2.0)
        for name, key in (("j", b"j"), ("page down", b" "), ("G", b"G")):
            took = sorted(terminal.key(key if number % 2 or name != "G" else b"gg") for number in range(200))
            kit.state(f"Key {name}, median", statistics.median(took), "ms", FRAME)
            kit.state(f"Key {name}, p99 of {len(took)}", took[len(took) * 99 // 100], "ms", 33)
    finally:
        terminal.end()


def decisions(user: str) -> None:
    """A decision's commit, journal and all, while the first sync writes as fast as it can."""
    path = sync_speed.store("decisions")
    sync_speed.empty(path)
    argv = sync_speed.sync(kit.configuration(user), path)
    worker = subprocess.Popen(argv, env=kit.environment(), stdout=subprocess.DEVNULL)
    took: list[float] = []
    try:
        while sync_speed.count(path, "select count(*) from conversation") < 500:
            time.sleep(0.05)
        with database.open_store(
            path, Desk(addresses=frozenset({"support@example.com"})), mode=database.Mode.SCREEN
        ) as store:
            some = queue.ids(store, View.ALL, datetime.now(UTC), staleness.Clock(Hours.always(), Limits()))[:50]
            while worker.poll() is None and len(took) < 1000:
                took.append(decide(store, some[len(took) % len(some)], len(took)))
                time.sleep(0.005)
    finally:
        worker.kill()
        worker.wait()
    took.sort()
    kit.state("A decision's commit during the first sync, median", statistics.median(took), "ms", 10)
    kit.state(f"A decision's commit during the first sync, p99 of {len(took)}", took[len(took) * 99 // 100], "ms", 10)


def decide(store: database.Store, conversation: int, number: int) -> float:
    """Milliseconds of one tag, until it is in the store and in the journal."""
    begun = time.perf_counter()
    actions.tag(store, [conversation], add=[f"t{number}"], now=datetime.now(UTC))
    return (time.perf_counter() - begun) * 1000


STEPS: dict[str, Callable[[str, int, int], None]] = {
    "start": lambda user, _, runs: start(user, runs),
    "keys": lambda user, _, __: keys(user),
    "decisions": lambda user, _, __: decisions(user),
}
