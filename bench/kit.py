"""The ground the measurements stand on: a generated mailbox, a private Dovecot, timed processes, honest numbers.

The generator, the Dovecot script and the peers' drivers come as a kit outside this project; `TRIAGE_BENCH_KIT` names
its folder (default `../shared/bench`). Everything is written below `PERF` (default `.perf`).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIT = Path(os.environ.get("TRIAGE_BENCH_KIT", ROOT / "../shared/bench")).resolve()
PERF = Path(os.environ.get("PERF", ROOT / ".perf")).resolve()
PORT = int(os.environ.get("PORT", "11143"))
TRIAGE = [sys.executable, "-m", "triage"]
PEERS = ("mbsync", "notmuch", "neomutt", "aerc", "dovecot", "tmux")


def environment() -> dict[str, str]:
    """The environment of everything measured: byte code is kept, as it is for people."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PERF": str(PERF), "PORT": str(PORT), "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each run, and the highest resident memory in MB (0 where it was not looked at)."""

    what: str
    seconds: tuple[float, ...]
    memory: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def words(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        memory = f", {self.memory:.0f} MB" if self.memory else ""
        return f"{self.what}: {self.median:.3f} s ({low:.3f} to {high:.3f}, n={len(self.seconds)}{memory})"


def compare(title: str, ours: Measured, theirs: Measured, limit: float) -> None:
    """Print one figure as a ratio beside what it is measured against, and keep it in `results.jsonl`."""
    ratio = ours.median / theirs.median
    verdict = "ok" if ratio <= limit else "MISSED"
    print(
        f"\n{title}\n  {ours.words()}\n  {theirs.words()}\n  ratio {ratio:.2f}, at most {limit}: {verdict}", flush=True
    )
    keep({"title": title, "ours": ours.seconds, "theirs": theirs.seconds, "ratio": ratio, "limit": limit})


def state(title: str, value: float, unit: str, limit: float) -> None:
    """Print one absolute figure beside its limit."""
    verdict = "ok" if value <= limit else "MISSED"
    print(f"\n{title}\n  {value:.2f} {unit}, at most {limit}: {verdict}", flush=True)
    keep({"title": title, "value": value, "unit": unit, "limit": limit})


def keep(record: dict[str, object]) -> None:
    with (PERF / "results.jsonl").open("a") as out:
        out.write(json.dumps(record | {"load": os.getloadavg()[0]}) + "\n")


def timed(what: str, argv: list[str], runs: int, before: Callable[[], object] = lambda: None) -> Measured:
    """Run a command to its end `runs` times; `before` is not counted."""
    seconds, memory = [], 0.0
    for _ in range(runs):
        before()
        took, peak = once(argv)
        seconds.append(took)
        memory = max(memory, peak)
    return Measured(what, tuple(seconds), memory)


def once(argv: list[str], ok: tuple[int, ...] = (0,)) -> tuple[float, float]:
    """(seconds, peak resident MB) of one command; raises with its last words when it fails.

    GNU time starts it: a process forked from this one would inherit the peak of all that this one ever held.
    """
    log, peak = PERF / "last.log", PERF / "last.peak"
    timed_argv = ["/usr/bin/time", "--quiet", "-f", "%M", "-o", str(peak), *argv]
    with log.open("wb") as out:
        begun = time.perf_counter()
        status = subprocess.run(
            timed_argv, env=environment(), stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=False
        ).returncode
        took = time.perf_counter() - begun
    if status not in ok:
        raise SystemExit(f"{shlex.join(argv)} ended with {status}: {log.read_text()[-600:]}")
    return took, int(peak.read_text()) / 1024


def peer(step: str, user: str, runs: int = 1) -> list[dict[str, object]]:
    """What the kit's driver measured for a peer: one record a job, its times under `times`."""
    argv = [sys.executable, str(KIT / "bench_peers.py"), step, "--user", user, "--runs", str(runs)]
    done = subprocess.run(argv, env=environment(), capture_output=True, text=True, cwd=PERF, check=False)
    if done.returncode:
        raise SystemExit(f"{step}: {done.stderr[-600:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def mailbox(user: str, messages: int) -> None:
    """Generate the mailbox of `user` once; the same bytes every time."""
    folder = PERF / "mail" / user / "Maildir"
    if not folder.exists():
        small = ["--att-min-kb", "4", "--att-max-kb", "40"]
        subprocess.run(
            [sys.executable, str(KIT / "gen_corpus.py"), str(folder), "--n", str(messages), *small], check=True
        )
    extra = PERF / "extra_eml"
    if not extra.exists():
        argv = [sys.executable, str(KIT / "gen_corpus.py"), str(extra), "--n", "2000", "--seed", "99", "--eml"]
        subprocess.run([*argv, "--att-min-kb", "4", "--att-max-kb", "40"], check=True)
    (PERF / "server_delta.py").write_bytes((KIT / "server_delta.py").read_bytes())


@contextmanager
def dovecot(user: str) -> Iterator[None]:
    """The private server, its index warm, ended by the process id it wrote."""
    script = str(KIT / "dovecot.sh")
    subprocess.run(["/bin/bash", script, "start"], env=environment(), check=True)
    try:
        subprocess.run(["/bin/bash", script, "index", user], env=environment(), check=True)
        yield
    finally:
        os.kill(int((PERF / "run-dovecot/base/master.pid").read_text()), signal.SIGTERM)


def configuration(user: str) -> Path:
    """A triage.toml for one user of the private server."""
    path = PERF / f"triage-{user}.toml"
    path.write_text(
        f'[imap]\nhost = "127.0.0.1"\nport = {PORT}\ntls = "none"\nuser = "{user}"\npassword = "pass"\n'
        '[inbox]\naddresses = ["support@example.com"]\n[hours]\nzone = "UTC"\n'
    )
    path.chmod(0o600)
    return path


def missing() -> list[str]:
    """Which of the peers and servers this machine lacks."""
    return [name for name in PEERS if shutil.which(name) is None]


def tmux(*argv: str) -> str:
    argv = ("tmux", "-L", "triage-bench", "-f", "/dev/null", *argv)
    return subprocess.run(argv, env=environment(), capture_output=True, text=True, check=False).stdout


def on_screen(command: str, pattern: str, size: tuple[int, int] = (140, 45)) -> tuple[float, float]:
    """(seconds from start until `pattern` is on the screen, peak resident MB) of a program in a fresh terminal."""
    tmux("kill-server")
    time.sleep(0.2)
    begun = time.perf_counter()
    tmux("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), f"exec {command}")
    pid = int(tmux("display-message", "-p", "#{pane_pid}") or 0)
    while not re.search(pattern, screen := tmux("capture-pane", "-p")):
        if time.perf_counter() - begun > 60:
            raise SystemExit(f"{command}: {pattern!r} was never shown:\n{screen}")
        time.sleep(0.01)
    took = time.perf_counter() - begun
    status = Path(f"/proc/{pid}/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    tmux("kill-server")
    return took, int(peak[1]) / 1024 if peak else 0.0
