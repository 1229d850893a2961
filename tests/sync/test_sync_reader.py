"""The second process: the same facts as here, in order, also when it dies or is left halfway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sync import reader as readers
from sync.reader import Raw, Reader
from triage.model import Desk

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DESK = Desk(addresses=frozenset(["us@desk.example"]))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """One that takes every job to the other process."""
    monkeypatch.setattr(readers, "WORTH", 0)
    monkeypatch.setattr(readers.os, "cpu_count", lambda: 2)
    made = Reader(DESK)
    yield made
    made.close()


def mails(group: int) -> list[Raw]:
    text = "From: a{1}@b.example\r\nSubject: {0}/{1}\r\nMessage-ID: <{0}.{1}@b.example>\r\n\r\nHi?\r\n"
    return [(text.format(group, number).encode(), NOW) for number in range(5)]


def read(reader: Reader, how: str, groups: int = 4) -> list[tuple[int, list[Any]]]:
    return list(reader.beside(range(groups), mails, how, 100))


@pytest.mark.parametrize("how", ["from_header", "from_mail"])
def test_the_other_process_reads_what_this_one_would(reader: Reader, how: str) -> None:
    assert read(reader, how) == [(group, reader.here(how, mails(group))) for group in range(4)]


def test_a_process_that_dies_costs_nothing_but_time(reader: Reader) -> None:
    groups = reader.beside(range(4), mails, "from_header", 100)
    found = [next(groups)]
    assert reader._process is not None
    reader._process.kill()

    found += list(groups)

    assert found == [(group, reader.here("from_header", mails(group))) for group in range(4)]


def test_a_job_given_up_does_not_answer_the_next_one(reader: Reader) -> None:
    given_up = reader.beside(range(9), lambda _: mails(77), "from_header", 100)
    next(given_up)
    given_up.close()

    assert read(reader, "from_header", 2) == [(group, reader.here("from_header", mails(group))) for group in range(2)]


def test_a_few_messages_start_no_process() -> None:
    reader = Reader(DESK)

    list(reader.beside([1], mails, "from_header", 5))

    assert reader._process is None


def test_the_other_process_ends_with_its_input(reader: Reader) -> None:
    read(reader, "from_header", 1)
    process = reader._process
    assert process is not None
    assert process.stdin is not None

    process.stdin.close()

    assert process.wait(10) == 0
