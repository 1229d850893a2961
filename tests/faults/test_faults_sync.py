"""Rounds over links that break: what was fetched stays, and the next good link ends in the same state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.proxy import Fault, Proxy
from tests.live.desk import Desk, mail, reply
from tests.live.server import Server
from triage.errors import SyncError
from triage.model import SyncPhase
from triage.store.state import sync_state

pytestmark = pytest.mark.live


@pytest.fixture
def desk(full: Server, user: str, tmp_path: Path) -> Desk:
    desk = Desk(full, user, tmp_path / "store", seconds=3)
    for number in range(120):
        desk.put(mail(number), minutes=number)
        if number % 4 == 0:
            desk.put(reply(number + 1000, number), "Sent", minutes=number + 1)
    return desk


@pytest.fixture
def whole(desk: Desk, tmp_path: Path) -> Desk:
    """The same mail, pulled over a link that never broke."""
    other = Desk(desk.server, desk.user, tmp_path / "whole")
    other.sync()
    return other


def test_links_cut_again_and_again_end_in_the_same_state(desk: Desk, whole: Desk) -> None:
    for after in range(1000, 130_000, 9000):
        with Proxy(desk.server.port, Fault.CUT, after) as proxy:
            desk.port = proxy.port
            try:
                desk.sync()
            except SyncError:
                continue
    desk.port = 0
    desk.sync()

    assert desk.picture() == whole.picture()


@pytest.mark.parametrize("seed", range(10))
def test_garbage_on_the_line_is_a_sync_error_in_the_state_row(desk: Desk, seed: int) -> None:
    with Proxy(desk.server.port, Fault.GARBLE, 150 * seed, seed=seed) as proxy:
        desk.port, desk.seconds = proxy.port, 1
        try:
            desk.sync()
            phases = {SyncPhase.STOPPED}  # it hit nothing that mattered
        except SyncError:
            phases = {SyncPhase.OFFLINE, SyncPhase.REFUSED}

    with desk.open() as store:
        assert sync_state(store).phase in phases


def test_a_silent_server_is_said_in_the_state_row(desk: Desk) -> None:
    with Proxy(desk.server.port, Fault.STALL, 2000) as proxy:
        desk.port, desk.seconds = proxy.port, 1
        with pytest.raises(SyncError, match="went silent"):
            desk.sync()

    with desk.open() as store:
        state = sync_state(store)
    assert state.phase is SyncPhase.OFFLINE
    assert "went silent" in state.error
