"""`python -m tests.live.child FOLDER USER PORT PASSWORD POLL SECONDS once|watch`: a worker in a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sync import worker
from tests.live.desk import NOW, Desk
from tests.live.server import Server
from triage.store.database import Mode


def main() -> None:
    folder, user, port, password, poll, seconds, how = sys.argv[1:]
    nowhere: Server = None  # type: ignore[assignment]
    desk = Desk(nowhere, user, Path(folder), int(port), password, poll=int(poll), seconds=int(seconds))
    with desk.open(Mode.WORKER) as store:
        owner = os.getppid() if how == "watch" else None
        worker.run(desk.config, store, watch=how == "watch", owner=owner, now=lambda: NOW)


if __name__ == "__main__":
    main()
