"""How fast the mailbox becomes a queue: first rows, all headers, everything, nothing new, a day's changes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import kit, limits


def store(name: str) -> Path:
    return kit.PERF / "stores" / name / "store.db"


def empty(path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)


def sync(config: Path, path: Path) -> list[str]:
    return [*kit.TRIAGE, "--config", str(config), "--store", str(path), "sync"]


def count(path: Path, question: str) -> int:
    """One number read by a connection of our own; 0 while the store is not there yet."""
    if not path.exists():
        return 0
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(db.execute(question).fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        db.close()


def until(argv: list[str], path: Path, question: str, at_least: int) -> float:
    """Seconds from the start of a command until another connection reads `at_least`; the command is ended then."""
    empty(path)
    begun = time.perf_counter()
    process = subprocess.Popen(argv, env=kit.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        while True:
            ended = process.poll() is not None
            looked = time.perf_counter()
            if count(path, question) >= at_least:
                return time.perf_counter() - begun
            if ended:
                raise SystemExit(f"sync ended early: {process.stderr and process.stderr.read().decode()[-500:]}")
            # A look must not take the processor from what is measured: counting 100,000 rows costs milliseconds.
            time.sleep(max(0.002, 20 * (time.perf_counter() - looked)))
    finally:
        process.kill()
        process.wait()


def first_rows(user: str, runs: int) -> None:
    """200 conversations readable by another connection, beside aerc's first list, in turns."""
    argv, path = sync(kit.configuration(user), store("first")), store("first")
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(until(argv, path, "select count(*) from conversation", 200))
        theirs += [seconds for seconds, _ in [aerc(user)]]
    kit.compare(
        "First 200 conversations from an empty store, beside aerc's start to its list",
        kit.Measured("triage sync", tuple(ours)),
        kit.Measured("aerc", tuple(theirs)),
        0.75,
    )


def aerc(user: str) -> tuple[float, float]:
    """(seconds to its list, MB) of one start of aerc with a header cache."""
    home = kit.PERF / "peers" / f"aerc-{user}"
    accounts = home / ".config/aerc/accounts.conf"
    if not accounts.exists():
        accounts.parent.mkdir(parents=True)
        source = f"imap+insecure://{user}:pass@127.0.0.1:{kit.PORT}"
        accounts.write_text(
            f"[a]\nsource = {source}\ndefault = INBOX\nfrom = S <support@example.com>\ncache-headers = true\n"
        )
        accounts.chmod(0o600)
    folders = f"HOME={home} XDG_CONFIG_HOME={home}/.config XDG_CACHE_HOME={home}/.cache XDG_RUNTIME_DIR={home}"
    return kit.on_screen(f"env {folders} aerc", r"(?m)(\d{4}-\d\d-\d\d|\d\d:\d\d).*(Re:|order|invoice|Export|log in)")


def headers(user: str, runs: int) -> None:
    """Every header keyed, threaded, folded, in the queue, beside the serial limit."""
    argv, path = sync(kit.configuration(user), store("headers")), store("headers")
    have = filled(user)
    ours = [until(argv, path, "select count(*) from message", have) for _ in range(runs)]
    limit = limits.serial(user, store("everything"), bodies=False, runs=runs)
    kit.compare("All headers in the queue, beside the limit", kit.Measured("triage sync", tuple(ours)), limit, 4.0)


def filled(user: str) -> int:
    """Makes sure of a finished store, and says how many messages it holds: copies of one mail are one."""
    path = store("everything")
    kit.once(sync(kit.configuration(user), path))
    return count(path, "select count(*) from message")


def everything(user: str, runs: int) -> None:
    """Bodies and full text too, beside mbsync (without fsync) followed by notmuch new."""
    config, path = kit.configuration(user), store("everything")
    ours = kit.timed("triage sync", sync(config, path), runs, lambda: empty(path))
    kit.peer("mbsync-init", user)
    fetched = seconds_of(kit.peer("mbsync-nofsync", user))
    indexed = seconds_of(kit.peer("notmuch-new", user))
    theirs = kit.Measured("mbsync without fsync + notmuch new", (fetched + indexed,))
    kit.compare("Everything with bodies and full text", ours, theirs, 0.25)
    kit.state("Memory of the worker", ours.memory, "MB", 150)
    print("  " + limits.serial(user, path, bodies=True, runs=1).words())


def seconds_of(records: list[dict[str, object]]) -> float:
    median = records[0]["median"]
    assert isinstance(median, float | int)
    return float(median)


def nothing_new(user: str, runs: int) -> None:
    argv = sync(kit.configuration(user), store("everything"))
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(kit.once(argv)[0])
        theirs.append(seconds_of(kit.peer("mbsync-none", user)))
    kit.compare("Nothing new", kit.Measured("triage sync", tuple(ours)), kit.Measured("mbsync", tuple(theirs)), 1.5)


def a_day(user: str, runs: int) -> None:
    """100 new mails and 100 changed flags, beside mbsync plus notmuch new on the same changes."""
    argv = sync(kit.configuration(user), store("everything"))
    ours, theirs = [], []
    for number in range(runs):
        changes = [sys.executable, str(kit.PERF / "server_delta.py"), user, str(os.getpid() + number), "100", "100"]
        subprocess.run(changes, env=kit.environment(), check=True, stdout=subprocess.DEVNULL)
        theirs.append(seconds_of(kit.peer("mbsync-none", user)) + seconds_of(kit.peer("notmuch-none", user)))
        ours.append(kit.once(argv)[0])
    kit.compare(
        "100 new mails and 100 changed flags",
        kit.Measured("triage sync", tuple(ours)),
        kit.Measured("mbsync + notmuch new", tuple(theirs)),
        0.5,
    )


STEPS: dict[str, Callable[[str, int, int], None]] = {
    "first": lambda user, _, runs: first_rows(user, runs),
    "headers": lambda user, _, runs: headers(user, runs),
    "everything": lambda user, _, __: everything(user, 1),
    "nothing": lambda user, _, runs: nothing_new(user, runs),
    "day": lambda user, _, runs: a_day(user, runs),
}
