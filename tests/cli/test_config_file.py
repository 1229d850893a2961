"""triage.toml: what is accepted, and that every mistake is said at once."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triage import config as configuration
from triage.commands import COMMANDS
from triage.config import Config, Imap, Inbox, Rule, Smtp
from triage.errors import ConfigError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "triage.toml.example"

SMALLEST = """
[imap]
host = "mail.example.com"
user = "support@example.com"
password_command = "pass show support"

[inbox]
addresses = ["support@example.com"]
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "triage.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def problems(folder: Path, text: str, mode: int = 0o600) -> list[str]:
    path = write(folder, text, mode)
    with pytest.raises(ConfigError) as caught:
        configuration.load(path)
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


def with_lines(*lines: str, table: str = "imap") -> str:
    """The smallest configuration with lines added to one of its tables, or replaced there."""
    keys = {line.partition("=")[0].strip() for line in lines}
    heading = f"[{table}]"
    text = SMALLEST if heading in SMALLEST else f"{SMALLEST}{heading}\n"
    before, _, after = text.partition(f"{heading}\n")
    body, gap, rest = after.partition("\n\n")
    kept = [line for line in body.splitlines() if line.partition("=")[0].strip() not in keys]
    return before + "\n".join([heading, *lines, *kept]) + gap + rest + "\n"


def uncommented() -> str:
    """The example with every setting switched on: a setting's line has no blank after its `#`."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return "\n".join(line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in lines)


def settings() -> list[tuple[str, str]]:
    kinds = {field.name: getattr(configuration, str(field.type), None) for field in dataclasses.fields(Config)}
    return [
        (table, field.name.removesuffix("_"))
        for table, kind in kinds.items()
        if kind is not None
        for field in dataclasses.fields(kind)
    ]


def test_the_smallest_configuration_loads(tmp_path):
    config = configuration.load(write(tmp_path, SMALLEST))

    assert config == Config(
        Imap("mail.example.com", "support@example.com", password_command="pass show support"),
        Inbox(["support@example.com"]),
    )


def test_the_example_with_every_line_switched_on_is_the_defaults(tmp_path):
    config = configuration.load(write(tmp_path, uncommented()))

    assert config == Config(Imap("mail.example.com", "support@example.com"), Inbox(["support@example.com"]))


def test_the_example_as_it_stands_sets_nothing(tmp_path):
    assert problems(tmp_path, EXAMPLE.read_text(encoding="utf-8"))[0].startswith("imap.host: missing")


@pytest.mark.parametrize(("table", "key"), settings())
def test_the_example_shows_the_key(table, key):
    assert key in tomllib.loads(uncommented())[table]


def test_the_example_shows_every_key_of_a_rule(tmp_path):
    _, _, rule = EXAMPLE.read_text(encoding="utf-8").partition("# [[rule]]\n")
    text = "[[rule]]\n" + "\n".join(line.removeprefix("# ") for line in rule.splitlines())

    config = configuration.load(write(tmp_path, SMALLEST + text))

    assert config.rule == [Rule("refunds", "subject:refund is:open", ["refund"])]
    assert all(f"# {field.name} = " in rule for field in dataclasses.fields(Rule))


def test_every_problem_is_reported_at_once(tmp_path):
    text = """
[imap]
hots = "mail.example.com"
user = "support@example.com"
port = 99999
tls = "starttsl"

[inbox]
addresses = ["support"]

[hours]
zone = "Europe/Berlni"

[screeen]
theme = "x"
"""
    assert problems(tmp_path, text) == [
        'screeen: unknown table; did you mean "screen"?',
        'imap.hots = "mail.example.com": unknown key; did you mean "host"?',
        'imap.tls = "starttsl": must be "implicit", "starttls", "none"; did you mean "starttls"?',
        'imap.host: missing: the name of the IMAP server, e.g. host = "mail.example.com"',
        "imap.port = 99999: a port is a number from 1 to 65535 (0 means the usual one)",
        'inbox.addresses = ["support"]: "support" is no mail address',
        'hours.zone = "Europe/Berlni": no time zone of that name; did you mean "Europe/Berlin"?',
    ]


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("imap", 'port = "993"', 'imap.port = "993": a whole number is expected, not text in quotes'),
        ("imap", "port = -1", "imap.port = -1: a port is"),
        ("imap", "host = 5", "imap.host = 5: text in quotes is expected, not a whole number"),
        ("imap", 'host = "imaps://mail.example.com"', "without a scheme"),
        ("imap", 'host = "mail.example.com:993"', 'host = "mail.example.com" and port = 993'),
        ("imap", 'host = "mail example"', "no host name"),
        ("imap", 'host = ""', "must not be empty"),
        ("imap", 'user = ""', "must not be empty"),
        ("imap", 'tls = "none"', 'only a loopback host is allowed, "mail.example.com" is none'),
        ("imap", 'auth = "oauth"', "token_command"),
        ("imap", "timeout_seconds = 0", "from 1 to 600"),
        ("imap", "timeout_seconds = true", "a whole number is expected, not true or false"),
        ("smtp", 'host = "a b"', "smtp.host"),
        ("smtp", "hold_seconds = -1", "smtp.hold_seconds = -1"),
        ("smtp", 'save_sent = "allways"', 'did you mean "always"?'),
        ("smtp", 'host = "mail.example.com"\ntls = "none"', "smtp.tls"),
        ("inbox", "addresses = []", "at least one address"),
        ("inbox", 'addresses = "support@example.com"', "a list in brackets is expected, not text in quotes"),
        ("inbox", 'staff = ["example com"]', '"example com" is neither'),
        ("inbox", 'groups = ["all"]', '"all" is no mail address'),
        ("inbox", "forms = [1]", "text in quotes is expected inside"),
        ("inbox", 'authserv = ["a b"]', "no server name"),
        ("sync", 'push = ["red"]', '"trash"'),
        ("sync", "poll_seconds = 0", "from 1 to 86400"),
        ("sync", 'mailboxes = [""]', "a folder without a name"),
        ("hours", 'zone = "../../etc/passwd"', "no time zone"),
        ("hours", 'zone = "Europe"', "no time zone"),
        ("hours", "days = []", "at least one day"),
        ("hours", 'days = ["tus"]', 'did you mean "tue"?'),
        ("hours", 'start = "9 am"', '"09:00"'),
        ("hours", 'start = "9:00"', '"09:00"'),
        ("hours", 'start = "25:00"', '"09:00"'),
        ("hours", 'start = "17:00"\nend = "09:00"', "must end after it starts"),
        ("hours", 'holidays = ["2026-02-30"]', '"2026-02-30" is no date'),
        ("levels", "ours = [1, 2]", "must be 3 numbers, not 2"),
        ("levels", "ours = [2, 2, 3]", "must grow"),
        ("levels", "theirs = [-1, 2, 3]", "from 0 to 1000"),
        ("levels", "theirs = [nan, 2, 3]", "from 0 to 1000"),
        ("levels", "parked_days = 0", "from 1 to 3650"),
        ("queue", 'advance = "nxt"', 'did you mean "next"?'),
        ("queue", "views = { a = 1 }", "queue.views"),
        ("screen", 'ascii = "yes"', "true or false is expected, not text in quotes"),
        ("keys", "close = 1", "keys: text in quotes is expected"),
        ("store", "pth = 1", 'did you mean "path"?'),
        ("compose", 'editor = "vim"', '"builtin", "external"'),
        ("compose", 'from = "me"', '"me" is no mail address'),
        ("cleanup", "minutes = 0", "from 1 to 480"),
        ("customer", "facts = { order = '(' }", "not a regular expression"),
        ("review", "facts = { order = '(' }", "not a regular expression"),
        ("replies", "folder = 1", "replies.folder = 1"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wrong(tmp_path, table, line, said):
    [problem] = problems(tmp_path, with_lines(*line.split("\n"), table=table))

    assert said in problem


def test_hours_that_begin_after_the_usual_end_are_refused(tmp_path):
    [problem] = problems(tmp_path, with_lines('start = "18:00"', table="hours"))

    assert problem.startswith("hours.start")
    assert "17:00" in problem


def test_a_table_written_as_a_value_is_named(tmp_path):
    assert problems(tmp_path, 'hours = "9 to 5"\n' + SMALLEST) == [
        'hours = "9 to 5": a table is expected; write [hours] on a line of its own'
    ]


def test_rules_written_as_a_table_are_named(tmp_path):
    assert "[[rule]]" in problems(tmp_path, SMALLEST + "[rule]\nname = 'a'\n")[0]


def test_a_problem_in_a_rule_says_which_rule(tmp_path):
    text = SMALLEST + "[[rule]]\nname = 'a'\nwhen = 'is:open'\n[[rule]]\nname = 'b'\nwen = 'is:open'\n"

    assert problems(tmp_path, text) == [
        '[[rule]] 2: rule.wen = "is:open": unknown key; did you mean "when"?',
        "[[rule]] 2: rule.when: missing: the query a conversation must match",
    ]


@pytest.mark.parametrize(
    "line",
    [
        'password = ["hunter2"]',
        'password = "hunter2"\npassword_command = "echo hunter2"',
        'pasword = "hunter2"',
        'pwd = "hunter2"',
        'secret = ["hunter2"]',
        "password_command = { run = 'hunter2' }",
        'password = "hunter2',
    ],
)
def test_no_problem_repeats_a_secret(tmp_path, line):
    found = problems(tmp_path, with_lines(*line.split("\n"), table="imap"))

    assert "hunter2" not in "\n".join(found)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_plain_password_in_a_file_others_may_read_is_refused(tmp_path, mode):
    text = with_lines('password = "hunter2"', 'password_command = ""')

    [problem] = problems(tmp_path, text, mode)

    assert "a password in a file that others may read" in problem
    assert "hunter2" not in problem


def test_a_plain_password_in_a_private_file_is_accepted(tmp_path):
    text = with_lines('password = "hunter2"', 'password_command = ""')

    assert configuration.load(write(tmp_path, text)).imap.password == "hunter2"


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_file_others_may_write_is_refused(tmp_path, mode):
    [problem] = problems(tmp_path, SMALLEST, mode)

    assert "others may write this file" in problem
    assert "chmod 600" in problem


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707])
def test_a_folder_others_may_write_is_refused(tmp_path, mode):
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)

    [problem] = problems(folder, SMALLEST)

    assert "others may write the folder" in problem


def test_our_own_file_in_a_sticky_folder_is_accepted(tmp_path):
    tmp_path.chmod(0o1777)

    assert configuration.load(write(tmp_path, SMALLEST)).imap.host == "mail.example.com"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]", "imap.localhost"])
def test_no_tls_is_for_a_loopback_host(tmp_path, host):
    text = with_lines(f'host = "{host}"', 'tls = "none"')

    assert configuration.load(write(tmp_path, text)).imap.tls == "none"


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "localhostile"])
def test_what_looks_like_loopback_needs_tls(tmp_path, host):
    assert "imap.tls" in problems(tmp_path, with_lines(f'host = "{host}"', 'tls = "none"'))[0]


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        configuration.load(tmp_path / "triage.toml")

    said = str(caught.value)
    words = ("triage demo", "host =", "user =", "password_command =", "addresses =")
    assert all(word in said for word in words)


def test_no_secret_stands_in_a_repr():
    secrets = {"password": "hunter2", "password_command": "pass hunter2"}

    shown = repr((Imap("h", "u", token_command="hunter2", **secrets), Smtp(**secrets)))

    assert "hunter2" not in shown


def test_a_missing_file_names_only_commands_that_exist(tmp_path):
    with pytest.raises(ConfigError) as caught:
        configuration.load(tmp_path / "triage.toml")

    assert set(re.findall(r"triage ([a-z]+)", str(caught.value))) <= set(COMMANDS)


def test_a_folder_in_place_of_the_file_is_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        configuration.load(tmp_path)


def test_broken_toml_names_the_line(tmp_path):
    assert "line 2" in problems(tmp_path, "[imap]\nhost = \n")[0]


def test_text_that_is_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "triage.toml"
    path.write_bytes(b"[imap]\nhost = 'm\xfcller'\n")

    with pytest.raises(ConfigError, match="line 2: not UTF-8"):
        configuration.load(path)


def test_toml_dates_and_times_are_read_as_written(tmp_path):
    config = configuration.load(write(tmp_path, SMALLEST + "[hours]\nholidays = [2026-12-25]\nstart = 08:30:00\n"))

    assert config.hours.holidays == ["2026-12-25"]
    assert config.hours.start == "08:30"


def test_from_is_read_although_python_keeps_the_word(tmp_path):
    config = configuration.load(write(tmp_path, SMALLEST + '[compose]\nfrom = "help@example.com"\n'))

    assert config.compose.from_ == "help@example.com"


def test_staff_is_addresses_and_domains(tmp_path):
    text = with_lines('staff = ["Example.org", "@example.net", "Tom@Example.com"]', table="inbox")

    desk = configuration.desk(configuration.load(write(tmp_path, text)))

    assert desk.addresses == {"support@example.com"}
    assert desk.staff == {"tom@example.com"}
    assert desk.domains == {"example.org", "example.net"}


def test_limits_follow_the_levels(tmp_path):
    config = configuration.load(write(tmp_path, SMALLEST + "[levels]\nours = [1, 2, 3]\nparked_days = 7\n"))

    assert configuration.limits(config).ours == (1.0, 2.0, 3.0)
    assert configuration.limits(config).parked == timedelta(days=7)


def test_without_a_zone_the_machine_says_which(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    assert str(configuration.zone(configuration.HoursTable())) == "Asia/Tokyo"
    assert str(configuration.zone(configuration.HoursTable(zone="Europe/Paris"))) == "Europe/Paris"


def test_a_zone_rule_in_the_environment_is_passed_over(monkeypatch):
    monkeypatch.delenv("TZ", raising=False)
    without = configuration.zone(configuration.HoursTable())
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")

    assert configuration.zone(configuration.HoursTable()) == without


def test_importing_the_tables_imports_no_parser():
    heavy = "{'msgspec', 'tomllib', 'difflib', 'json', 'platformdirs'}"
    code = f"import sys, triage.config; sys.stdout.write(str(sorted({heavy} & set(sys.modules))))"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": "."}
    )

    assert done.stdout == "[]"


def test_the_clock_counts_the_hours_of_the_file(tmp_path):
    text = (
        SMALLEST
        + """
[hours]
zone = "Asia/Tokyo"
days = ["mon", "sun"]
start = "00:00"
end = "24:00"
holidays = ["2026-11-23"]
[levels]
ours = [1, 2, 3]
"""
    )
    clock = configuration.clock(configuration.load(write(tmp_path, text)))

    # Sunday 22 November in Tokyo begins at 15:00 UTC on Saturday; Monday is a holiday.
    saturday, tuesday = datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert clock.hours.between(saturday, tuesday) == timedelta(hours=24)
    assert clock.limits.ours == (1.0, 2.0, 3.0)


def test_the_readme_names_every_command():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    [told] = re.findall(r"## Commands\n(.*?)\n\n    triage", readme, re.DOTALL)

    assert set(re.findall(r"`(?:triage )?([a-z]+)`", told)) == set(COMMANDS)
