"""Where a secret comes from, and that it goes nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sync import login, trouble
from sync.login import Secret
from triage.config import Imap
from triage.errors import LoginRefused, Offline


@pytest.fixture(autouse=True)
def _no_password_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(login.VARIABLE, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def command(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(login.VARIABLE, "from outside")

    assert login.secret(Imap("h", "u", password_command="false", password="file")).text == "from outside"


def test_a_command_gives_its_first_line() -> None:
    found = login.secret(Imap("h", "u", password_command=command("print('s3cret'); print('login: u')")))

    assert found.text == "s3cret"


def test_a_command_as_text_is_split_without_a_shell(tmp_path: Path) -> None:
    with pytest.raises(LoginRefused):
        login.printed(f"false; touch {tmp_path}/made", "imap.password_command")

    assert not (tmp_path / "made").exists()


def test_a_command_has_neither_stdin_nor_terminal() -> None:
    text = (
        "import sys,os\ntry: t = os.open('/dev/tty', os.O_RDWR)\nexcept OSError: t = 'none'\nprint(t, sys.stdin.read())"
    )

    assert login.printed(command(text), "imap.password_command") == "none "


def test_a_command_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "SECONDS", 0.2)

    with pytest.raises(LoginRefused, match="did not finish"):
        login.printed(command("import time; time.sleep(60)"), "imap.password_command")


@pytest.mark.parametrize(
    ("text", "says"),
    [("raise SystemExit(3)", "status 3"), ("pass", "printed nothing"), ("print()", "printed nothing")],
)
def test_a_command_that_fails_is_named(text: str, says: str) -> None:
    with pytest.raises(LoginRefused, match=says):
        login.printed(command(text), "imap.password_command")


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(LoginRefused, match="no-such-program cannot be run"):
        login.printed("no-such-program show mail", "imap.password_command")


def test_what_a_failing_command_printed_is_not_repeated() -> None:
    with pytest.raises(LoginRefused) as caught:
        login.printed(command("print('s3cret'); raise SystemExit(1)"), "imap.password_command")

    assert "s3cret" not in str(caught.value)


def test_no_password_at_all_says_what_to_do() -> None:
    with pytest.raises(LoginRefused, match=r"imap\.password_command"):
        login.secret(Imap("h", "u"))


def test_oauth_takes_a_token_from_its_command() -> None:
    found = login.secret(Imap("h", "u", auth="oauth", token_command=command("print('ya29.x')")))

    assert (found.text, found.token) == ("ya29.x", True)


def test_a_secret_shows_itself_nowhere() -> None:
    assert "s3cret" not in repr(Secret("s3cret")) + str(Secret("s3cret"))


def test_a_server_that_repeats_the_password_does_not_get_it_shown() -> None:
    error = trouble.refused("[AUTHENTICATIONFAILED] bad s3cret", "h:993", "u", ("s3cret",))

    assert isinstance(error, LoginRefused)
    assert "s3cret" not in str(error)


def test_a_busy_server_is_no_refusal() -> None:
    assert isinstance(trouble.refused("[UNAVAILABLE] later", "h:993", "u", ()), Offline)


def test_a_pause_asked_for_is_kept() -> None:
    error = trouble.refused("Request throttled. Suggested Backoff Time: 299961 milliseconds", "h", "u", ())

    assert isinstance(error, trouble.Busy)
    assert 299 < error.seconds < 301


def test_the_terminal_is_safe_from_a_server() -> None:
    assert "\x1b" not in trouble.quoted("no \x1b]52;c;ZXZpbA==\x07 way")
