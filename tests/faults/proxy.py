"""A TCP proxy that breaks links on purpose: after so many bytes of the server it cuts, stalls, drips or garbles."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    NONE = "none"
    CUT = "cut"
    STALL = "stall"
    DRIP = "drip"
    GARBLE = "garble"


@dataclass
class Proxy:
    """Listens on `port` and hands everything to `target`; from byte `after` of a connection on, `fault` strikes.

    `once`: only the first connection is struck. `break_now` strikes connections that are open.
    """

    target: int
    fault: Fault = Fault.NONE
    after: int = 0
    once: bool = False
    seed: int = 0
    passed: int = 0
    connections: int = 0
    port: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)
    _threads: list[threading.Thread] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Proxy:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for sock in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(10)

    def break_now(self, fault: Fault) -> None:
        """Strike what is open: CUT closes both sides, STALL lets nothing through any more without closing."""
        self.fault, self.after, self.once = fault, 0, False
        if fault is Fault.CUT:
            for sock in self._sockets:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _spawn(self, work, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += [client, server]
            struck = not (self.once and self.connections)
            self.connections += 1
            self._spawn(self._up, client, server)
            self._spawn(self._down, server, client, struck)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _down(self, server: socket.socket, client: socket.socket, struck: bool) -> None:
        passed = 0
        dice = random.Random(self.seed)
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                at = max(0, self.after - passed)
                passed += len(data)
                self.passed += len(data)
                if self.fault is Fault.NONE or not struck or at >= len(data):
                    client.sendall(data)
                    continue
                client.sendall(data[:at])
                if not self._strike(client, data[at:], dice):
                    break
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def _strike(self, client: socket.socket, data: bytes, dice: random.Random) -> bool:
        """Do what the fault does with `data`; False where the link is over."""
        if self.fault is Fault.CUT:
            return False
        if self.fault is Fault.STALL:
            self._stopping.wait()
            return False
        if self.fault is Fault.DRIP:
            for byte in data:
                client.sendall(bytes([byte]))
                if self._stopping.wait(0.05):
                    return False
            return True
        noise = bytearray(data)
        for _ in range(1 + len(noise) // 200):
            noise[dice.randrange(len(noise))] = dice.choice(b'(){}"\\\r\n* \0\xffA7')
        client.sendall(bytes(noise))
        return True
