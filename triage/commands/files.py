"""Commands on message files: how one is read, how several would be grouped. They need no store and no configuration."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from triage.commands import output
from triage.commands.arguments import Parser
from triage.commands.context import Context
from triage.errors import TriageError
from triage.mail.safe import safe
from triage.model import Desk

# Larger than any mail a server accepts, small enough to hold in memory.
LARGEST = 200 * 1024 * 1024


def _desk(context: Context) -> Desk:
    """Who "we" are, where a configuration says so."""
    return context.desk if context.is_configured else Desk()


def _inspect(parser: Parser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a message as a file (.eml)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def inspect(options: Namespace, context: Context) -> int:
    from triage.mail.inspect import inspect as read

    desk = _desk(context)
    for name in options.files:
        found = read(_bytes(Path(name)), name, desk)
        if context.json:
            output.emit(found)
        else:
            _say_fields(found)
    return 0


def _say_fields(found: dict[str, object]) -> None:
    """Key by key, the texts below their key."""
    for key, value in found.items():
        if value in (None, "", [], {}):
            continue
        if isinstance(value, str) and "\n" in value:
            output.say(f"{key}:")
            for line in safe(value, keep_newlines=True, body=True).splitlines():
                output.say(f"  {line}")
        else:
            output.say(f"{key}: {_field(value)}")
    output.say()


def _field(value: object) -> str:
    if isinstance(value, dict):
        if value.keys() == {"name", "address"}:
            return safe(f"{value['name']} <{value['address']}>".strip())
        return ", ".join(f"{key} {_field(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_field(item) for item in value)
    return safe(str(value))


def _threads(parser: Parser) -> None:
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_DIR", help="message files, or folders of them")
    parser.add_argument("--json", action="store_true", help="one JSON object: conversations")


def threads(options: Namespace, context: Context) -> int:
    from triage.mail.inspect import group_files

    files = [path for name in options.paths for path in _walk(Path(name))]
    groups = group_files([(str(path), _bytes(path)) for path in files])
    if context.json:
        output.emit({"conversations": groups})
        return 0
    for number, group in enumerate(groups, 1):
        output.say(f"{number}: {output.count(len(group), 'message')}")
        for name in group:
            output.say(f"   {safe(name)}")
    return 0


def _walk(path: Path) -> Iterator[Path]:
    """The files below a folder in the order of their names, or the file itself; hidden ones are no mail."""
    if not path.is_dir():
        yield path
        return
    for found in sorted(path.rglob("*")):
        if found.is_file() and not found.name.startswith("."):
            yield found


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise TriageError(f"{safe(str(path))} is larger than any mail; it was not read")
        return path.read_bytes()
    except OSError as error:
        raise TriageError(f"{safe(str(path))} cannot be read: {error.strerror}") from None


ARGUMENTS: dict[str, Callable[[Parser], None]] = {"inspect": _inspect, "threads": _threads}

RUN: dict[str, Callable[[Namespace, Context], int]] = {"inspect": inspect, "threads": threads}
