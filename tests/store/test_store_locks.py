"""The worker lock among those who look at it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from triage.store.locks import worker_lock, worker_running


def test_looking_for_a_worker_keeps_none_from_starting(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    ended = Event()

    def look() -> None:
        while not ended.is_set():
            worker_running(store)

    with ThreadPoolExecutor(3) as lookers:
        looking = [lookers.submit(look) for _ in range(3)]
        try:
            for _ in range(100):
                with worker_lock(store):
                    pass
        finally:
            ended.set()
        assert [one.result() for one in looking] == [None] * 3
