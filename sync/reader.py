"""A second process that reads mail while the worker stores it: bytes in, facts out, no network, no files.

Reading costs as much as storing; side by side the first sync takes little more than the longer of the two. What is only
a few messages is read right here. The process ends when its input does, so it never outlives the worker.
"""

from __future__ import annotations

import contextlib
import copyreg
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from types import ModuleType
from typing import IO, Any, TypeVar

from triage.model import Address, Attachment, Body, Desk, Message

Raw = tuple[bytes, datetime]
"""A header or a mail, and its INTERNALDATE."""

WORTH = 1_000
"""Messages from which on a second process pays for its start (a tenth of a second on another core)."""

G = TypeVar("G")


@cache
def facts() -> ModuleType:
    """triage.mail.facts. 60 ms to import: a round without new mail never needs it."""
    from triage.mail import facts as found

    _pack(found.Facts)
    return found


def _pack(*kinds: type[Any]) -> None:
    """Lets frozen values cross the pipe as their fields: what dataclasses do by themselves takes twice as long."""

    def packed(kind: type[Any]) -> Callable[[object], tuple[Any, ...]]:
        values = attrgetter(*kind.__slots__)
        return lambda one: (kind, values(one))

    for kind in kinds:
        copyreg.pickle(kind, packed(kind))


_pack(Address, Attachment, Body, Message)


class Reader:
    """Reads batches of mail. `how` is `from_header` or `from_mail` of triage.mail.facts; `close` ends the process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._process: subprocess.Popen[bytes] | None = None
        self._asked: tuple[str, Sequence[Raw]] | None = None

    def here(self, how: str, mails: Sequence[Raw]) -> list[Any]:
        """Read in this process."""
        read = getattr(facts(), how)
        return [read(raw, at, self._desk) for raw, at in mails]

    def beside(
        self, groups: Iterable[G], raw: Callable[[G], Sequence[Raw]], how: str, expected: int
    ) -> Generator[tuple[G, list[Any]], None, None]:
        """Each group with what its mails say; while the caller stores one, the next is read by the other process."""
        if expected < WORTH or not self._start():
            for group in groups:
                yield group, self.here(how, raw(group))
            return

        before: G | None = None
        for group in groups:
            found = self._collect() if before is not None else []
            self._ask(how, raw(group))
            if before is not None:
                yield before, found
            before = group
        if before is not None:
            yield before, self._collect()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            # What is still in the buffer of a dead process cannot be written.
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()
        process.wait()

    def _start(self) -> bool:
        if self._asked is not None:
            self._collect()  # a caller that gave up left an answer behind
        if self._process is None and (os.cpu_count() or 1) > 1:
            # A session of its own: Ctrl-C is for the worker, which ends this one by closing its input.
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(
                    [sys.executable, "-c", "from sync.reader import serve; serve()"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
                    start_new_session=True,
                )
        return self._process is not None

    def _ask(self, how: str, mails: Sequence[Raw]) -> None:
        self._asked = (how, mails)
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError):
                _send(self._process.stdin, (how, self._desk, mails))

    def _collect(self) -> list[Any]:
        """The answer to the last question; read here where the process died."""
        if self._asked is None:
            return []
        how, mails = self._asked
        self._asked = None
        if self._process and self._process.stdout:
            with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError):
                found: list[Any] = _receive(self._process.stdout)
                return found
        self.close()
        return self.here(how, mails)


def serve() -> None:
    """The other process: answer until the input ends."""
    given, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Nothing but answers may reach the pipe.
    os.dup2(2, 1)
    with contextlib.suppress(EOFError, OSError):
        while True:
            how, desk, mails = _receive(given)
            read = getattr(facts(), how)
            _send(answers, [read(raw, at, desk) for raw, at in mails])


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(8, "big"))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:  # noqa: ANN401
    size = pipe.read(8)
    if len(size) < 8:
        raise EOFError
    return pickle.loads(pipe.read(int.from_bytes(size, "big")))
