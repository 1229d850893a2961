"""Where the password or token comes from. It is never logged, never shown, never an argument of a program."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass, field

from triage.config import Config, Imap
from triage.errors import LoginRefused, SyncError

SECONDS = 30
"""How long a command may take to print a secret."""

VARIABLE = "TRIAGE_IMAP_PASSWORD"
SERVICE = "triage"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password, or with `token` an OAuth access token. `text` is kept out of every repr."""

    text: str = field(repr=False)
    token: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `triage doctor`."""

    name: str
    ok: bool
    detail: str


def secret(imap: Imap) -> Secret:
    """The token for auth = "oauth", else the password: environment, password_command, file, keyring, in this order.

    Raises LoginRefused, naming what was tried and what to do, where there is none.
    """
    if imap.auth == "oauth":
        if not imap.token_command:
            raise LoginRefused('imap.auth = "oauth" needs imap.token_command: a command that prints an access token.')
        return Secret(printed(imap.token_command, "imap.token_command"), True, "token_command")
    if from_environment := os.environ.get(VARIABLE):
        return Secret(from_environment, source=VARIABLE)
    if imap.password_command:
        return Secret(printed(imap.password_command, "imap.password_command"), source="password_command")
    if imap.password:
        return Secret(imap.password, source="triage.toml")
    if kept := _from_keyring(imap):
        return Secret(kept, source="keyring")
    raise LoginRefused(
        f"There is no password for {imap.user}: set imap.password_command, put it into the keyring "
        f"(keyring set {SERVICE} {imap.user}), or set {VARIABLE}."
    )


def printed(command: str | list[str], key: str) -> str:
    """The first line `command` prints. No shell, no terminal, stdin closed, SECONDS to finish.

    Raises LoginRefused that names `key` and the program, never what was printed.
    """
    try:
        argv = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        raise LoginRefused(f"{key} has quotes that do not match.") from error
    if not argv:
        raise LoginRefused(f"{key} is empty.")

    try:
        # A session of its own: no terminal to ask on, so a helper that wants to ask fails instead of hanging.
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise LoginRefused(f"{key} ({argv[0]}) did not finish within {SECONDS} s; it was stopped.") from None
    except OSError as error:
        raise LoginRefused(f"{key}: {argv[0]} cannot be run ({error.strerror}).") from None

    if done.returncode:
        raise LoginRefused(f"{key} ({argv[0]}) ended with status {done.returncode}: run it in a terminal to see why.")
    text = done.stdout.decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
    if not text:
        raise LoginRefused(f"{key} ({argv[0]}) printed nothing.")
    return text


def _from_keyring(imap: Imap) -> str | None:
    # 60 ms and a D-Bus connection: only when nothing else has a password.
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, imap.user)
    except keyring.errors.KeyringError:
        return None


def check(config: Config) -> list[Check]:
    """Try the login for `triage doctor`: secret, connection, what the server offers. It writes nothing."""
    try:
        found = secret(config.imap)
    except SyncError as error:
        return [Check("password", False, str(error))]
    checks = [Check("password", True, f"from {found.source}")]

    # imaplib and imapclient: 30 ms that the other commands need not pay.
    from sync import mailbox

    try:
        with mailbox.login(config.imap, found) as box:
            way = {"implicit": "TLS", "starttls": "STARTTLS", "none": "not encrypted, on this machine"}[config.imap.tls]
            checks.append(Check("login", True, f"{config.imap.user} at {box.where}, {way}"))
            useful = sorted(box.capabilities & {"CONDSTORE", "QRESYNC", "IDLE", "SPECIAL-USE", "MOVE", "ESEARCH"})
            checks.append(Check("capabilities", True, ", ".join(useful) or "plain IMAP4rev1: slower, but all works"))
            boxes = box.boxes(config.sync.mailboxes)
            checks.append(Check("mailboxes", True, ", ".join(f"{one.name} ({one.role})" for one in boxes)))
            missing = {name.casefold() for name in config.sync.mailboxes} - {one.name.casefold() for one in boxes}
            if missing:
                checks.append(Check("sync.mailboxes", False, f"not on the server: {', '.join(sorted(missing))}"))
    except SyncError as error:
        checks.append(Check("login", False, str(error)))
    return checks
