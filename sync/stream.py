"""One socket read through one buffer; every read and write is bounded by the deadline of the command it serves.

A timeout per `recv` is no deadline: a server that drips ten bytes every half second holds a 3 s timeout for ever. So
each command opens a deadline, and every wait gets only what is left of it.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time

CHUNK = 262_144
"""Bytes asked of the socket at once."""

LINE_LIMIT = 32 * 1024 * 1024
"""Longest line believed. UID SEARCH ALL over three million messages stays below it."""

LITERAL_LIMIT = 64 * 1024 * 1024
"""Longest literal believed; no part we ask for may exceed 1 MiB, a header of 20 MB is a broken server."""


class Lost(OSError):
    """The connection is of no use any more: closed by the server, silent beyond the deadline, or speaking nonsense."""


class Stream:
    """Bytes from and to a server. `data[at:]` is what has been received and not yet used; no single wait is longer than
    `silence` seconds, however far off the deadline of a large FETCH is."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self.sock = sock
        self.silence = seconds
        self.data = bytearray()
        self.at = 0
        self._chunk = bytearray(CHUNK)
        self._view = memoryview(self._chunk)
        self.deadline = 0.0
        self.begin(seconds)

    def begin(self, seconds: float) -> None:
        """From now on reads and writes together may take `seconds`."""
        self.deadline = time.monotonic() + seconds

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        return min(left, self.silence)

    def fill(self) -> None:
        """Wait for at least one more byte.

        Raises TimeoutError past the deadline, Lost when the server closed.
        """
        self.sock.settimeout(self._left())
        count = self.sock.recv_into(self._chunk)
        if not count:
            raise Lost("closed")
        if self.at > CHUNK:
            del self.data[: self.at]
            self.at = 0
        self.data += self._view[:count]

    def line(self) -> bytes:
        """The next line without its CRLF. Raises Lost when it does not end within LINE_LIMIT."""
        seen = self.at
        while (end := self.data.find(b"\r\n", seen)) < 0:
            waiting = len(self.data) - self.at
            if waiting > LINE_LIMIT:
                raise Lost("endless line")
            self.fill()
            seen = max(self.at, self.at + waiting - 1)
        line = bytes(self.data[self.at : end])
        self.at = end + 2
        return line

    def exactly(self, count: int) -> bytes:
        """The next `count` bytes. Raises Lost for more than LITERAL_LIMIT."""
        if count > LITERAL_LIMIT:
            raise Lost("endless literal")
        while len(self.data) - self.at < count:
            self.fill()
        piece = bytes(self.data[self.at : self.at + count])
        self.at += count
        return piece

    def send(self, data: bytes) -> None:
        self.sock.settimeout(self._left())
        self.sock.sendall(data)

    def push(self, data: bytes) -> None:
        """Put `data` before everything not yet read."""
        self.data[self.at : self.at] = data

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from here on. What came in the clear after STARTTLS is thrown away (CVE-2011-0411)."""
        self.data.clear()
        self.at = 0
        self.sock.settimeout(self._left())
        self.sock = context.wrap_socket(self.sock, server_hostname=host)

    def wait(self, seconds: float) -> bool:
        """Whether something can be read within `seconds`; also True when the server closed: reading then says so."""
        if self.at < len(self.data) or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        if self.sock.fileno() < 0:
            raise Lost("closed")
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def close(self) -> None:
        """Safe at any moment and from any thread; a read under way ends with an error."""
        # An error here: never connected, or closed by the other side.
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
