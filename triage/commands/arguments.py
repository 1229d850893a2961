"""argparse, made to fit: global options on either side of the command, sentences for mistakes, `-word` as a word."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NoReturn

from triage.errors import UsageError

GLOBAL_WITH_VALUE = frozenset({"--config", "--store", "--now"})
# Commands whose words may begin with a dash: `tag 4711 -urgent`, `search refund -urgent`, `note 4711 -5 %`.
DASHED = frozenset({"tag", "list", "search", "note"})
# No keyboard types it and no mail carries it: it marks a word that begins with a dash while argparse looks.
SHIELD = "\ue000"
# Options that name files: their bytes stay as they are, a file name need not be UTF-8.
PATHS = frozenset({"config", "store", "file", "files", "paths"})


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are UsageError, one sentence with the nearest known option."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {self._sentence(message)} ({self.prog} --help shows the usage)")

    def _sentence(self, message: str) -> str:
        known = [option for action in self._actions for option in action.option_strings]
        for word in message.split():
            if word.startswith("--") and word not in known and (near := get_close_matches(word, known, n=1)):
                return f'{message}; did you mean "{near[0]}"?'
        return message.replace(SHIELD, "")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __init__(self, option_strings: list[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest=argparse.SUPPRESS, nargs=0, help=help)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> NoReturn:
        from importlib.metadata import version

        sys.stdout.write(f"triage {version('triage-desk')}\n")
        parser.exit()


def split(words: list[str]) -> tuple[list[str], str, list[str]]:
    """(options before the command, the command or "", what follows)."""
    index = 0
    while index < len(words):
        word = words[index]
        if not word.startswith("-"):
            return words[:index], word, words[index + 1 :]
        index += 2 if word in GLOBAL_WITH_VALUE else 1
    return words, "", []


def parser(prog: str, description: str | None = None, epilog: str | None = None) -> Parser:
    """A parser that knows the global options."""
    made = Parser(
        prog=prog,
        description=description,
        epilog=epilog,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    everywhere = made.add_argument_group("everywhere")
    everywhere.add_argument("--config", metavar="FILE", help="triage.toml (or TRIAGE_CONFIG)")
    everywhere.add_argument("--store", metavar="FILE", help="the store (or TRIAGE_STORE)")
    everywhere.add_argument("--now", metavar="INSTANT", help="pretend that it is this instant")
    everywhere.add_argument("--version", action=_Version, help="print the version")
    return made


def parse(made: Parser, command: str, words: list[str]) -> argparse.Namespace:
    """Parse options and words in any order; a word of DASHED commands may begin with one dash."""
    if command in DASHED:
        words = [SHIELD + word if _is_dashed(word) else word for word in words]
    found = made.parse_intermixed_args(words)
    for name, value in vars(found).items():
        if name not in PATHS:
            setattr(found, name, _readable(value))
    return found


def _readable(value: object) -> object:
    """The value as text: without the shield, and with bytes that are no UTF-8 shown as `?`."""
    if isinstance(value, list):
        return [_readable(item) for item in value]
    if isinstance(value, str):
        return value.removeprefix(SHIELD).encode("utf-8", "replace").decode("utf-8")
    return value


def _is_dashed(word: str) -> bool:
    return len(word) > 1 and word[0] == "-" and word[1] != "-" and word != "-h"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "..."?` for a word that is not known, or nothing."""
    matches = get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return f'; did you mean "{matches[0]}"?' if matches else ""
