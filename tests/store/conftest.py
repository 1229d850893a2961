"""Stores in real files, and mail for them, written as claims need it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.store.helpers import DESK, Mailroom
from triage.store.database import Mode, Store, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A screen's store."""
    with open_store(path, DESK, mode=Mode.SCREEN) as opened:
        yield opened


@pytest.fixture
def worker(path: Path) -> Iterator[Store]:
    """The worker's side of the same store."""
    with open_store(path, DESK, mode=Mode.WORKER) as opened:
        yield opened


@pytest.fixture
def mail(worker: Store) -> Mailroom:
    return Mailroom(worker)


@pytest.fixture
def reopen(path: Path) -> Callable[[], Store]:
    return lambda: open_store(path, DESK)
