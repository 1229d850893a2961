"""`triage demo`: a private mail server on loopback with a sample support inbox, synced and worked on for real.

Nothing leaves the machine: the server listens on 127.0.0.1, and what is sent to it lies as files in the given folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

# Everything else is imported when the demo starts: the worker imports this package's parent at every start.
if TYPE_CHECKING:
    from sync.demo.control import Ports, Server
    from triage.config import Config
    from triage.store.database import Store

PASSWORD_VARIABLE = "TRIAGE_IMAP_PASSWORD"


@contextmanager
def run(now: datetime, folder: Path) -> Iterator[tuple[Config, Path]]:
    """Serves the sample inbox while the block runs; yields its configuration and the path of the filled store.

    `folder` (made with mode 0700 where missing) gets triage.toml, without the password, the store, and what is sent.
    The password stands in this process's environment, where a worker started from it finds it, until the block ends.
    Raises TriageError where the optional packages are missing, SyncError or StoreError where something fails.
    """
    from sync.demo.control import serving
    from triage.config import desk, limits
    from triage.store.database import Mode, open_store

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with serving(folder) as server, password_at_hand(server.ports.password):
        config = configuration(server.ports)
        write_toml(config, folder / "triage.toml")
        path = folder / "store.db"
        with open_store(path, desk(config), limits(config), Mode.WORKER) as store:
            live(config, store, server, now)
        yield config, path


def configuration(ports: Ports) -> Config:
    """The sample desk: Pennywren's, which does not exist."""
    from sync.demo.control import USER
    from sync.demo.mime import HOST
    from triage.config import Config, Imap, Inbox, Smtp

    return Config(
        imap=Imap(host="127.0.0.1", user=USER, port=ports.imap, tls="none", password=ports.password),
        inbox=Inbox(addresses=[USER], staff=["pennywren.example"], authserv=[HOST]),
        smtp=Smtp(host="127.0.0.1", port=ports.smtp, tls="none", save_sent="always"),
    )


def live(config: Config, store: Store, server: Server, now: datetime) -> None:
    """Lets the months before `now` pass at that desk: mail comes, is synced, and is decided about."""
    from sync import worker
    from sync.demo import enact
    from sync.demo.sample import build
    from sync.demo.stages import stages
    from triage.config import clock, desk
    from triage.mail.facts import from_header

    ours = desk(config)
    hours = clock(config).hours
    inbox = build(now, hours)
    keys = {one.message_id: from_header(one.raw, one.at, ours).message.key for one in inbox.letters}
    for stage in stages(inbox):
        at = min(stage.until, now)
        server.add(stage.letters)
        worker.run(config, store, watch=False, now=held(at))
        if stage.moves:
            server.move(stage.moves)
            worker.run(config, store, watch=False, now=held(at))
        enact.enact(store, stage.decisions, keys, at)
    enact.read(store, hours.ago(now, 0.5))


def held(at: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: at


def write_toml(config: Config, path: Path) -> None:
    """triage.toml as a person would write it for this server, mode 0600."""
    imap, inbox, smtp = config.imap, config.inbox, config.smtp
    text = f"""\
# The demo inbox. Its server lives as long as `triage demo`; the password is in {PASSWORD_VARIABLE}.
[imap]
host = "{imap.host}"
port = {imap.port}
tls = "none"
user = "{imap.user}"

[inbox]
addresses = ["{inbox.addresses[0]}"]
staff = ["{inbox.staff[0]}"]
authserv = ["{inbox.authserv[0]}"]

[smtp]
host = "{smtp.host}"
port = {smtp.port}
tls = "none"
save_sent = "always"
"""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


@contextmanager
def password_at_hand(password: str) -> Iterator[None]:
    """The password in the environment of this process and its children, for the block."""
    before = os.environ.get(PASSWORD_VARIABLE)
    os.environ[PASSWORD_VARIABLE] = password
    try:
        yield
    finally:
        if before is None:
            del os.environ[PASSWORD_VARIABLE]
        else:
            os.environ[PASSWORD_VARIABLE] = before
