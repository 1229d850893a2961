"""The command line itself: help, exit statuses, where options may stand, and what a person sees when it goes wrong."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from triage.commands import COMMANDS

from .conftest import NOW

ROOT = Path(__file__).parents[2]

# CLI.md, but for what later screens bring.
CONTRACT = {
    "demo", "doctor", "sync", "list", "show", "next", "start", "close", "open", "pending", "spam", "park", "snooze",
    "tag", "note", "promise", "answered", "noanswer", "thanks", "unsnooze", "join", "split", "rename", "sender", "undo",
    "redo", "why", "search", "inspect", "threads", "backup",
}  # fmt: skip


def program(*words: str, env: dict[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """`triage` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "triage", *words],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (env or {}),
        timeout=60,
    )


def at(desk, *words: str) -> tuple[str, ...]:
    return ("--config", str(desk.folder / "triage.toml"), "--now", NOW.isoformat(), *words)


def test_help_lists_every_command_of_the_contract(run):
    result = run("--help")

    assert result.status == 0
    listed = re.findall(r"^  ([a-z]+) ", result.out, re.MULTILINE)
    assert set(listed) >= CONTRACT
    assert set(COMMANDS) >= CONTRACT


def test_help_fits_eighty_columns(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    assert max(len(line) for line in run("--help").out.splitlines()) <= 80


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(run, name):
    result = run(name, "--help")

    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"usage: triage {name}")
    assert "--config" in result.out


@pytest.mark.parametrize("name", sorted(set(COMMANDS)))
def test_every_command_offers_json(run, name):
    assert "--json" in run(name, "--help").out


@pytest.mark.parametrize("words", [("--version",), ("list", "--version"), ("--version", "list")])
def test_version_is_one_line(run, words):
    result = run(*words)

    assert result.status == 0
    assert re.fullmatch(r"triage \d+\.\d+\.\d+\n", result.out)


@pytest.mark.parametrize(
    ("typed", "meant"), [("lst", "list"), ("clse", "close"), ("searc", "search"), ("undoo", "undo")]
)
def test_an_unknown_command_names_the_nearest(run, typed, meant):
    result = run(typed)

    assert (result.status, result.out) == (2, "")
    assert f'did you mean "{meant}"?' in result.err
    assert result.err.count("\n") == 1


def test_an_unknown_option_names_the_nearest(desk):
    result = desk.run("list", "--jsn")

    assert (result.status, result.out) == (2, "")
    assert 'did you mean "--json"?' in result.err


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("show", "1", "2"),
        ("close",),
        ("snooze", "1"),
        ("join", "1"),
        ("split",),
        ("rename", "a@example.org"),
        ("sync", "extra"),
        ("inspect",),
        ("threads",),
        ("backup",),
        ("start",),
        ("--nonsense",),
        ("--config",),
        ("list", "--view"),
    ],
)
def test_a_command_with_wrong_words_is_wrong_usage(run, words):
    result = run(*words)

    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert "Traceback" not in result.err


def test_global_options_stand_before_or_after_the_command(desk, run):
    options = ("--config", str(desk.folder / "triage.toml"), "--now", NOW.isoformat())

    before = run(*options, "list", "--json")
    after = run("list", "--json", *options)

    assert before.status == 0
    assert before.rows != []
    assert before.out == after.out


def test_the_environment_names_configuration_and_store(desk, run, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIAGE_CONFIG", str(desk.folder / "triage.toml"))
    assert run("list", "--all", "--json").rows != []

    monkeypatch.setenv("TRIAGE_STORE", str(tmp_path / "other" / "store.db"))
    assert run("list", "--all", "--json").rows == []


def test_an_option_wins_over_the_environment(desk, run, monkeypatch, tmp_path):
    monkeypatch.setenv("TRIAGE_CONFIG", str(tmp_path / "nothing.toml"))
    monkeypatch.setenv("TRIAGE_STORE", str(tmp_path / "other" / "store.db"))

    store = str(desk.folder / "store.db")
    assert run("--config", str(desk.folder / "triage.toml"), "--store", store, "list", "--all", "--json").rows != []


def test_the_default_configuration_is_the_platforms(desk, run, own_home):
    folder = own_home / ".config" / "triage"
    folder.mkdir(mode=0o700, parents=True)
    text = (desk.folder / "triage.toml").read_text(encoding="utf-8").replace('path = "store.db"', "")
    (folder / "triage.toml").write_text(text, encoding="utf-8")
    (folder / "triage.toml").chmod(0o600)

    assert run("list").status == 0
    assert (own_home / ".local" / "share" / "triage" / "store.db").exists()


@pytest.mark.parametrize("instant", ["yesterday", "", "2026-13-01", "12:00"])
def test_a_pretended_instant_that_is_none_is_refused(desk, run, instant):
    result = run("--config", str(desk.folder / "triage.toml"), f"--now={instant or 'x'}", "list")

    assert result.status == 2
    assert "2026-11-22T09:00:00+01:00" in result.err


def test_a_pretended_instant_without_offset_is_the_desks_own(desk, run):
    config = desk.folder / "triage.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace('zone = "UTC"', 'zone = "Asia/Tokyo"'), encoding="utf-8"
    )
    number = str(desk.id("Invoice"))

    def waited(now: str) -> float:
        return run("--config", str(config), "--now", now, "why", number, "--json").row["wall_seconds"]

    assert waited("2026-11-20 21:00") == waited("2026-11-20T12:00:00Z")


def test_without_a_configuration_it_says_how_to_make_one(run, own_home):
    for words in ((), ("list",), ("sync",), ("close", "1")):
        result = run(*words)

        assert (result.status, result.out) == (2, "")
        assert "triage demo" in result.err
        assert 'addresses = ["support@example.com"]' in result.err


def test_a_wrong_configuration_is_said_with_file_key_and_value(desk):
    config = desk.folder / "triage.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("port = 1\n", 'prot = 1\ntimeout_seconds = "x"\n'), encoding="utf-8")

    result = desk.run("list")

    assert (result.status, result.out) == (2, "")
    assert f'{config}: imap.prot = 1: unknown key; did you mean "port"?' in result.err
    assert f'{config}: imap.timeout_seconds = "x":' in result.err


def test_no_secret_is_printed_whatever_goes_wrong(desk):
    config = desk.folder / "triage.toml"
    text = config.read_text(encoding="utf-8")

    for broken in (
        text,
        text.replace("port = 1", 'port = "x"'),
        text.replace('password = "', 'pasword = "'),
        text + "[",
    ):
        config.write_text(broken, encoding="utf-8")
        for words in (("doctor",), ("sync",), ("list",), ("doctor", "--json")):
            done = program(*at(desk, *words))
            assert "hunter2" not in done.stdout + done.stderr
            assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("list",), ("close", "1"), ("sync",)])
def test_a_damaged_store_ends_with_status_4(desk, words):
    (desk.folder / "store.db").write_bytes(b"this is no database " * 500)

    done = program(*at(desk, *words))

    assert (done.returncode, done.stdout) == (4, "")
    assert str(desk.folder / "store.db") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_of_a_later_version_ends_with_status_4(desk):
    connection = sqlite3.connect(desk.folder / "store.db")
    connection.execute("pragma user_version = 9999")
    connection.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at) values ('triage', 'z9999', '')"
    )
    connection.commit()
    connection.close()

    done = program(*at(desk, "close", "1"))

    assert done.returncode == 4
    assert "later" in done.stderr or "newer" in done.stderr


def test_a_folder_that_cannot_be_written_ends_with_status_4(desk):
    # Not even root makes a file in /proc.
    done = program(*at(desk, "--store", "/proc/triage/store.db", "list"))

    assert (done.returncode, done.stdout) == (4, "")
    assert "/proc/triage" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_ends_with_status_4_and_loses_nothing(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "kept")
    before = desk.done("list", "--all", "--json").out
    # No file may grow beyond what the store's own files have: what a full disk is to SQLite.
    limit = max(path.stat().st_size for path in desk.folder.iterdir())

    done = subprocess.run(
        [sys.executable, "-m", "triage", *at(desk, "note", number, "-")],
        input="x" * limit,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1
    assert desk.done("list", "--all", "--json").out == before


def test_a_store_below_a_file_ends_with_status_4(desk):
    done = program(*at(desk, "--store", str(desk.folder / "triage.toml" / "store.db"), "list"))

    assert (done.returncode, done.stdout) == (4, "")
    assert "Traceback" not in done.stderr


def test_a_locked_store_ends_with_status_4(desk):
    connection = sqlite3.connect(desk.folder / "store.db", isolation_level=None)
    connection.execute("begin immediate")

    done = program(*at(desk, "close", str(desk.id("Invoice"))))
    connection.close()

    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_an_unreachable_server_ends_with_status_3(desk):
    done = program(*at(desk, "sync"))

    assert (done.returncode, done.stdout) == (3, "")
    assert "127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_reading_is_no_error(desk):
    command = [sys.executable, "-m", "triage", *at(desk, "list", "--all", "--json")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment, timeout=60
    )
    os.close(writer)

    assert done.stderr == ""


def listening(desk) -> socket.socket:
    """A server that takes the connection and says nothing; the desk's triage.toml names it."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(60)
    config = desk.folder / "triage.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("port = 1\n", f"port = {server.getsockname()[1]}\ntimeout_seconds = 1\n"), encoding="utf-8"
    )
    return server


def test_a_silent_server_ends_with_status_3(desk):
    with listening(desk):
        done = program(*at(desk, "sync"))

    assert (done.returncode, done.stdout) == (3, "")
    assert "127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_output_that_cannot_be_written_is_said(desk):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "triage", *at(desk, "list")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            timeout=60,
        )

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "could not be written" in done.stderr


def test_ctrl_c_is_quiet(desk):
    with listening(desk) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "triage", *at(desk, "sync")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        connection, _ = server.accept()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        connection.close()

    assert (process.returncode, out, err) == (130, "", "")


def test_what_nobody_foresaw_is_one_line_and_a_private_log(desk, own_home):
    code = (
        "import triage.commands.reading as reading, triage.cli as cli, sys\n"
        "def broken(options, context):\n"
        "    secret = 'hunter2'\n"
        "    raise ZeroDivisionError('mail text')\n"
        "reading.RUN['list'] = broken\n"
        "sys.exit(cli.main(['list']))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )

    log = own_home / ".local" / "state" / "triage" / "log" / "triage.log"
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert str(log) in done.stderr
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    assert "mail text" not in log.read_text(encoding="utf-8")


def test_json_is_utf8_in_any_locale(desk):
    done = program(*at(desk, "list", "--json"), env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})

    assert done.returncode == 0
    assert "Ana Müller" in done.stdout


def test_help_and_a_wrong_word_import_neither_store_nor_screens():
    heavy = "{'sqlite3', 'textual', 'imapclient', 'msgspec', 'rich', 'email', 'asyncio', 'sqlite_utils', 'dateutil'}"
    code = (
        "import sys, triage.cli as cli\n"
        "cli.main(['--help']); cli.main(['lst'])\n"
        f"sys.stderr.write('heavy:' + str(sorted({heavy} & set(sys.modules))))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )

    assert done.stderr.endswith("heavy:[]")


def test_commands_know_neither_sync_nor_screens():
    for path in (ROOT / "triage" / "commands").glob("*.py"):
        assert not re.search(r"^\s*(from|import) (sync|screens|textual|imapclient)\b", path.read_text(), re.MULTILINE)
