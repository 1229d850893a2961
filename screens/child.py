"""The worker as a child of the app: started when nobody holds the worker lock, started again when its owner ended."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from triage.store.database import worker_running

PATIENCE = (0.0, 2.0, 4.0, 10.0, 30.0, 60.0)
"""Seconds to wait before the n-th start, so that a worker that ends at once is not started in a circle."""


class Child:
    """At most one worker of this app. It ends with the app: its standard input closes, then it is told to."""

    def __init__(self, argv: Sequence[str], store_path: Path) -> None:
        self.argv, self.store_path = list(argv), store_path
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.not_before = 0.0

    def tend(self, at: float) -> bool:
        """Start the worker if none runs anywhere; `at` is a monotonic clock in seconds. Says whether it started one."""
        if not self.argv or self._alive() or at < self.not_before or worker_running(self.store_path):
            return False
        self._let_go()
        self.process = subprocess.Popen(
            self.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.starts += 1
        self.not_before = at + PATIENCE[min(self.starts, len(PATIENCE) - 1)]
        return True

    def again(self) -> None:
        """A person asked: forget the patience."""
        self.starts, self.not_before = 0, 0.0

    def _let_go(self) -> None:
        """Close the pipe of a worker that ended by itself."""
        if self.process is not None and self.process.stdin:
            self.process.stdin.close()

    def _alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self) -> None:
        """Close its input, ask it to end, wait a second, then insist."""
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin:
                process.stdin.close()
            process.terminate()
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
