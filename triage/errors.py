"""Everything that can go wrong in a way a person can act on. `str(error)` is the sentence they read.

    TriageError                 exit status 1: the thing asked for is not possible
    |-- UsageError              exit status 2: a word or value on the command line is wrong
    |-- ConfigError             exit status 2: triage.toml; carries every problem found
    |-- SyncError               exit status 3: network or login
    |   |-- Offline             the server cannot be reached, or went silent
    |   |-- LoginRefused        the server said no to user or password; tried once, never again by itself
    |   `-- Untrusted           TLS: wrong name, expired, self-signed, or not offered
    `-- StoreError              exit status 4: the store cannot be used
        |-- StoreDamaged        SQLite says the file is malformed, or it is no store
        |-- StoreLocked         another process holds it longer than a person waits
        |-- StoreTooNew         written by a later version of this program
        `-- StoreUnwritable     read-only folder, full disk

A sentence says what happened, what was done about it, and what to do next. It never carries a secret or mail text
that has not passed `triage.mail.safe`.
"""

from __future__ import annotations


class TriageError(Exception):
    """Root of the tree. `exit_status` is what a command ends with."""

    exit_status = 1


class UsageError(TriageError):
    exit_status = 2


class ConfigError(TriageError):
    """One or more problems in triage.toml, each a line `file: key = value: what is wrong`."""

    exit_status = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SyncError(TriageError):
    exit_status = 3


class Offline(SyncError):
    pass


class LoginRefused(SyncError):
    pass


class Untrusted(SyncError):
    pass


class StoreError(TriageError):
    exit_status = 4


class StoreDamaged(StoreError):
    pass


class StoreLocked(StoreError):
    pass


class StoreTooNew(StoreError):
    pass


class StoreUnwritable(StoreError):
    pass
