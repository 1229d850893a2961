"""Reads triage.toml and reports every problem at once; it opens no network and prints no secret.

A problem is one line: `file: table.key = value: what is wrong; did you mean "..."?`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Any

from triage.config.rules import RULES, near
from triage.config.tables import Config, Imap, Inbox, Rule
from triage.errors import ConfigError

# Their values are never shown: a command line may carry a secret as well as a password does.
SECRET = frozenset({"password", "password_command", "token_command"})

MISSING = """\
{path}: there is no configuration yet. `triage demo` shows a sample inbox without one; for your own, write:

[imap]
host = "mail.example.com"
user = "support@example.com"
password_command = "pass show support"

[inbox]
addresses = ["support@example.com"]"""

NEEDED = {
    "imap.host": 'the name of the IMAP server, e.g. host = "mail.example.com"',
    "imap.user": 'who logs in, e.g. user = "support@example.com"',
    "inbox.addresses": 'who "we" are, e.g. addresses = ["support@example.com"]',
    "rule.name": "every rule has a name",
    "rule.when": "the query a conversation must match",
}

TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list in brackets",
    "object": "a table",
    "str | array": "text in quotes or a list of them",
}


def load(path: Path) -> Config:
    """The configuration in this file.

    Raises ConfigError with every problem found: unknown tables and keys, values of the wrong type or outside their
    range, a file or folder that others may write, a plain password in a file that others may read.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            text = file.read()
    except FileNotFoundError:
        raise ConfigError([MISSING.format(path=name)]) from None
    except OSError as error:
        raise ConfigError(
            [f"{name}: cannot be read: {error.strerror}; make it yours, or name another with --config"]
        ) from None

    tables = _parse(name, text)
    problems = list(_permissions(path, state, tables))
    parts: dict[str, Any] = {}
    for problem in _tables(tables, parts):
        problems.append(f"{name}: {problem}")
    if problems:
        raise ConfigError(problems)
    return Config(**parts)


def _parse(name: str, text: bytes) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{name}: line {line}: not UTF-8 text"]) from None
    except tomllib.TOMLDecodeError as error:
        # tomllib's message names line and column and never repeats a value.
        raise ConfigError([f"{name}: not valid TOML: {error}"]) from None


def _permissions(path: Path, state: os.stat_result, tables: dict[str, object]) -> Iterator[str]:
    """Whoever can write this file can run commands as us, so nobody else may."""
    if os.name != "posix":
        return
    if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield f"{path}: others may write this file, and it names commands to run; make it yours with: chmod 600 {path}"

    folder = path.absolute().parent
    mode = folder.stat().st_mode
    # In a sticky folder such as /tmp others cannot replace a file that is ours.
    replaceable = not mode & stat.S_ISVTX or state.st_uid not in (0, os.getuid())
    if mode & (stat.S_IWGRP | stat.S_IWOTH) and replaceable:
        yield f"{path}: others may write the folder it lies in; make it yours with: chmod go-w {folder}"

    if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        for table in ("imap", "smtp"):
            values = tables.get(table)
            if isinstance(values, dict) and values.get("password"):
                yield (
                    f"{path}: {table}.password = ...: a password in a file that others may read; "
                    f"chmod 600 {path}, or use password_command"
                )


def _tables(tables: dict[str, object], parts: dict[str, Any]) -> Iterator[str]:
    """Fill `parts` with what is right, table by table, and yield what is not."""
    kinds = _kinds(Config)
    for table in tables.keys() - kinds.keys():
        yield f"{table}: {_unknown('table', table, list(kinds))}"

    for table, kind in kinds.items():
        if table == "rule":
            yield from _rules(tables.get("rule", []), parts)
        elif table == "keys":
            yield from _plain("keys", kind, tables.get("keys", {}), parts)
        elif table in tables or kind in (Imap, Inbox):
            yield from _table(table, kind, tables.get(table, {}), partial(parts.__setitem__, table))


def _rules(found: object, parts: dict[str, Any]) -> Iterator[str]:
    if not isinstance(found, list):
        yield "rule: rules are written as [[rule]], each with its own heading"
        return
    made: list[Rule] = []
    for number, values in enumerate(found, 1):
        for problem in _table("rule", Rule, values, made.append):
            yield f"[[rule]] {number}: {problem}"
    parts["rule"] = made


def _plain(table: str, kind: object, found: object, parts: dict[str, Any]) -> Iterator[str]:
    """A table whose keys are the owner's own words."""
    value, wrong = _convert(found, kind)
    if wrong:
        yield f"{table}: {wrong}"
    parts[table] = value


def _table(table: str, kind: type, found: object, keep: Callable[[Any], None]) -> Iterator[str]:
    """Check one table key by key; hand the finished dataclass to `keep` if all of it is right."""
    if not isinstance(found, dict):
        yield f"{table} = {_shown(table, found)}: a table is expected; write [{table}] on a line of its own"
        return

    kinds = _kinds(kind)
    right: dict[str, Any] = {}
    clean = True
    for problem in _values(table, kinds, found, right):
        clean = False
        yield problem

    for field in dataclasses.fields(kind):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and field.name not in found:
            clean = False
            yield f"{table}.{field.name}: missing: {NEEDED[f'{table}.{field.name}']}"

    for key, wrong in RULES[table](right) if table in RULES else ():
        clean = False
        yield f"{table}.{key} = {_shown(key, right.get(key.partition('.')[0]))}: {wrong}"

    if clean:
        keep(kind(**{_field(key): value for key, value in right.items()}))


def _values(table: str, kinds: dict[str, Any], found: dict[str, object], right: dict[str, Any]) -> Iterator[str]:
    """Fill `right` with the values whose type is right, and yield a problem for every other key."""
    for key, value in found.items():
        if key not in kinds:
            yield f"{table}.{key}{_unknown_value(key, value, kinds)}: {_unknown('key', key, list(kinds))}"
            continue
        converted, wrong = _convert(_dates(value), kinds[key])
        if wrong:
            yield f"{table}.{key} = {_shown(key, value)}: {wrong}"
        else:
            right[key] = converted


def _kinds(table: type) -> dict[str, Any]:
    """The keys of a table as triage.toml writes them, with their types."""
    from typing import get_type_hints

    return {name.removesuffix("_"): kind for name, kind in get_type_hints(table).items()}


def _field(key: str) -> str:
    return "from_" if key == "from" else key


def _convert(value: object, kind: object) -> tuple[Any, str]:
    """The value as its type wants it, or what is wrong in words."""
    # msgspec costs 12 ms to import, and commands such as `triage --help` never come here.
    import msgspec

    try:
        return msgspec.convert(value, kind), ""
    except msgspec.ValidationError as error:
        return None, _words(str(error), kind)


def _words(error: str, kind: object) -> str:
    """msgspec's message as a person says it."""
    if match := re.match(r"Invalid enum value '(.*)'", error, re.DOTALL):
        known = _choices(kind)
        return f"must be {', '.join(json.dumps(word) for word in known)}{near(match[1], known)}"
    if match := re.match(r"Expected `array` of length (\d+), got (\d+)", error):
        return f"must be {match[1]} numbers, not {match[2]}"
    if match := re.match(r"Expected `([^`]+)`, got `([^`]+)`", error):
        wanted, got = (TYPES.get(word, word) for word in match.groups())
        inside = " inside" if "$" in error else ""
        return f"{wanted} is expected{inside}, not {got}"
    return error


def _choices(kind: object) -> list[str]:
    """The words of a Literal, also inside a list."""
    from typing import Literal, get_args, get_origin

    if get_origin(kind) is Literal:
        return [str(word) for word in get_args(kind)]
    return [word for inner in get_args(kind) for word in _choices(inner)]


def _dates(value: object) -> object:
    """TOML's own dates and times as the text that the tables hold."""
    if isinstance(value, list):
        return [_dates(item) for item in value]
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else value


def _shown(key: str, value: object) -> str:
    if key in SECRET:
        return "..."
    text = json.dumps(_dates(value), ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def _unknown_value(key: str, value: object, kinds: dict[str, Any]) -> str:
    """` = value` of an unknown key, unless it may be a misspelt secret."""
    from difflib import get_close_matches

    nearest = get_close_matches(key.lower(), list(kinds), n=1, cutoff=0.65)
    harmless = not SECRET & kinds.keys() or (nearest and nearest[0] not in SECRET) or isinstance(value, int | float)
    return f" = {_shown(key, value)}" if harmless else " = ..."


def _unknown(what: str, word: str, known: list[str]) -> str:
    return f"unknown {what}{near(word, known)}" if near(word, known) else f"unknown {what}; known: {', '.join(known)}"
