"""`triage doctor`: configuration, permissions, store, login; every check is made that can be made."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.commands import output
from triage.commands.context import Context
from triage.errors import ConfigError, StoreError, SyncError
from triage.mail.safe import safe

CONFIGURATION, STORE, NETWORK, OTHER = ConfigError.exit_status, StoreError.exit_status, SyncError.exit_status, 1


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `status` is the exit status if it is not as it should be."""

    name: str
    ok: bool
    detail: str
    status: int = OTHER


def run(context: Context, more: Sequence[Callable[[], list[Check]]], *, rebuild: bool) -> int:
    """Make every check, print them, and return the status of the first that failed, 0 if none did.

    `more` are the checks of what the core does not know: the screens' keys, the login.
    """
    checks = [_configuration(context)]
    rebuilt = changed = 0
    if checks[0].ok:
        checks += _permissions(context)
        found, rebuilt, changed = _store(context, rebuild)
        checks += found
        for look in more:
            checks += look()

    if context.json:
        rows = [{"name": one.name, "ok": one.ok, "detail": one.detail} for one in checks]
        output.emit({"checks": rows, "rebuilt": rebuilt, "changed": changed})
    else:
        _say(checks)
    return next((one.status for one in checks if not one.ok), 0)


def _say(checks: list[Check]) -> None:
    room = max(len(one.name) for one in checks)
    for one in checks:
        first, *rest = safe(one.detail, keep_newlines=True).splitlines() or [""]
        output.say(f"{'ok  ' if one.ok else 'FAIL'}  {one.name:<{room}}  {first}")
        for line in rest:
            output.say(f"      {'':<{room}}  {line}".rstrip())


def _configuration(context: Context) -> Check:
    try:
        _ = context.config
    except ConfigError as error:
        return Check("configuration", False, str(error), CONFIGURATION)
    return Check("configuration", True, str(context.config_path))


def _permissions(context: Context) -> Iterator[Check]:
    """The store holds mail: nobody else may read it."""
    if os.name != "posix":
        return
    loose = [path for path in _kept(context.store_path) if path.exists() and _open_to_others(path)]
    if loose:
        names = " ".join(str(path) for path in loose)
        yield Check("permissions", False, f"others may read {names}; mend it with: chmod go-rwx {names}")
    else:
        yield Check("permissions", True, "nobody else may read the store")


def _kept(store: Path) -> list[Path]:
    return [store.with_name(name) for name in (store.name, "mail.db", "search.db", "journal.jsonl")]


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _store(context: Context, rebuild: bool) -> tuple[list[Check], int, int]:
    """(checks, conversations folded again, conversations that came out different)."""
    from triage.store import companions, database

    try:
        with context.open() as store:
            problems = database.check(store)
            if problems:
                return [Check("store", False, "\n".join(problems), STORE)], 0, 0
            checks = [Check("store", True, str(context.store_path))]
            checks += [Check("mail", False, sentence, STORE) for sentence in companions.damage(store)]
            if not rebuild:
                return checks, 0, 0
            rebuilt, changed = database.rebuild(store)
    except StoreError as error:
        return [Check("store", False, str(error), STORE)], 0, 0
    detail = f"{rebuilt} conversations folded again, {changed} came out different"
    return [*checks, Check("rebuild", changed == 0, detail)], rebuilt, changed
