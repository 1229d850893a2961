"""Deadlines and limits of the stream, over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from sync import stream as streams
from sync.stream import Lost, Stream

Told = Callable[[bytes], Stream]


def test_lines_and_literals_come_in_order(told: Told) -> None:
    stream = told(b"one\r\ntwo{4}\r\n\r\n\r\nend\r\n")

    assert [stream.line(), stream.line(), stream.exactly(4), stream.line()] == [b"one", b"two{4}", b"\r\n\r\n", b"end"]


def test_a_server_that_hung_up_is_lost_not_silent(told: Told) -> None:
    stream = told(b"half a line")

    with pytest.raises(Lost):
        stream.line()


def test_a_closed_link_can_be_read_so_waiting_ends_at_once(told: Told) -> None:
    assert told(b"").wait(60)


def test_a_drip_does_not_outlive_the_deadline() -> None:
    here, there = socket.socketpair()
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.02):
            there.send(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    stream = Stream(here, 60)
    stream.begin(0.3)
    began = time.monotonic()
    try:
        with pytest.raises(TimeoutError):
            stream.line()
        assert time.monotonic() - began < 5
    finally:
        stop.set()
        dripping.join()
        stream.close()
        there.close()


def test_an_endless_line_is_given_up(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LINE_LIMIT", 100)

    with pytest.raises(Lost, match="endless"):
        told(b"x" * 5000).line()


def test_a_literal_beyond_belief_is_not_waited_for(told: Told) -> None:
    with pytest.raises(Lost, match="endless"):
        told(b"x").exactly(10**12)
