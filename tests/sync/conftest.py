"""A stream fed by the test, through a real socket pair."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from sync.stream import Stream


@pytest.fixture
def told() -> Iterator[Callable[[bytes], Stream]]:
    """`told(data)`: a Stream of a server that said `data` and hung up."""
    opened: list[Stream] = []

    def make(data: bytes) -> Stream:
        here, there = socket.socketpair()
        there.sendall(data)
        there.close()
        stream = Stream(here, 5)
        opened.append(stream)
        return stream

    yield make
    for stream in opened:
        stream.close()
