"""Who may write when: the worker's lock, and the give-way mark that keeps the sync out of the way of a key.

Both are `flock` on files beside the store: the system drops them when a process dies, so a killed screen blocks nobody.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.errors import StoreLocked
from triage.store.trouble import told

GIVE_WAY_SECONDS = 2.0
"""How long the worker waits for marks before it goes ahead: a screen stopped in mid-write must not starve the sync."""

LOOK_SECONDS = 0.05
"""How long a starting worker tries for the lock, because somebody may be looking whether there is one."""


class GiveWay:
    """The mark that a screen sets around a write, and that the worker looks at before each transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with told(path):
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def close(self) -> None:
        """Idempotent."""
        descriptor, self._fd = self._fd, -1
        if descriptor >= 0:
            os.close(descriptor)

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Asks the worker to start no transaction for as long as this lasts. Never waits for it."""
        held = False
        for _ in range(20):
            try:
                fcntl.flock(self._fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:  # the worker is looking, which takes microseconds
                time.sleep(0.00005)
            else:
                held = True
                break
        try:
            yield
        finally:
            if held:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def given(self, patience: float = GIVE_WAY_SECONDS) -> bool:
        """Waits until no mark is set; False when `patience` seconds passed and the worker goes ahead all the same."""
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.001)
            else:
                fcntl.flock(self._fd, fcntl.LOCK_UN)
                return True


def _lock_file(path: Path) -> Path:
    return path.with_name("worker.lock")


@contextmanager
def worker_lock(path: Path) -> Iterator[None]:
    """Makes this process the one worker of the store at `path` (store.db).

    Raises StoreLocked when another process is it; the process id in the file is for people, the lock counts.
    """
    file = _lock_file(path)
    with told(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _taken(descriptor):
            raise StoreLocked(
                f"Another `triage sync` is already at work on {path}; this one left it alone. "
                "Ask that one for a round, or end it first."
            )
        with told(file):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    """Takes the lock for good. `worker_running` holds it for the time of a look, which is no worker."""
    deadline = time.monotonic() + LOOK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.0005)
        else:
            return True


def worker_running(path: Path) -> bool:
    """Whether some process holds the worker lock of the store at `path`."""
    try:
        descriptor = os.open(_lock_file(path), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
