"""Dovecots for the live tests, started once: everything offered, and cut to plain IMAP4rev1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.login import Secret
from tests.live import server
from tests.live.desk import Desk
from triage.config import Imap


@pytest.fixture(scope="session")
def full() -> Iterator[server.Server]:
    """With CONDSTORE, QRESYNC, IDLE, ESEARCH, SPECIAL-USE."""
    yield from _running(server.FULL)


@pytest.fixture(scope="session")
def plain() -> Iterator[server.Server]:
    """With nothing that RFC 3501 does not demand."""
    yield from _running(server.PLAIN)


def _running(capability: str) -> Iterator[server.Server]:
    running = server.start(capability)
    yield running
    running.stop()


@pytest.fixture(params=["full", "plain"])
def dovecot(request: pytest.FixtureRequest) -> server.Server:
    """Each test runs against both."""
    found: server.Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A user no other test has."""
    return "u" + "".join(char for char in request.node.name.lower() if char.isalnum())[-60:]


@pytest.fixture
def secret() -> Secret:
    return Secret(server.PASSWORD)


def imap(running: server.Server, user: str, seconds: int = 10) -> Imap:
    return Imap("127.0.0.1", user, port=running.port, tls="none", timeout_seconds=seconds)


@pytest.fixture
def desk(dovecot: server.Server, user: str, tmp_path: Path) -> Desk:
    """A fresh store for a fresh user, on both kinds of server."""
    return Desk(dovecot, user, tmp_path / "store")


@pytest.fixture
def full_desk(full: server.Server, user: str, tmp_path: Path) -> Desk:
    """A fresh store for a fresh user, on the server that offers everything."""
    return Desk(full, user, tmp_path / "store")
