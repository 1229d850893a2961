"""`triage`: one command line. It alone sees the screens and the sync, and turns every error into one sentence.

Start-up is felt at every command, so a command's module is imported only when it is asked for.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from argparse import SUPPRESS, Namespace
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from triage.commands import COMMANDS, GROUPS
from triage.commands.arguments import Parser, nearest, parse, parser, split
from triage.commands.context import Context
from triage.commands.explained import EXPLAINED
from triage.errors import ConfigError, TriageError, UsageError

if TYPE_CHECKING:
    from sync.worker import Round


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status (CLI.md): 0, 1, 2, 3, 4; 130 after ctrl+c."""
    _prepare_streams()
    try:
        status = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except TriageError as error:
        _complain(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _abandon_output()
        return 0
    except SystemExit as end:
        # argparse leaves this way after --help and --version.
        return int(end.code or 0)
    except OSError as error:
        # Files are guarded where they are used and carry their name; without one it is the output itself.
        if error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            _abandon_output()
            _complain(f"triage: the output could not be written: {error.strerror}")
            return 1
        return _crashed(error)
    # What nobody foresaw goes to a private log; a person reads one line, never a traceback.
    except Exception as error:  # noqa: BLE001
        return _crashed(error)
    return status


def _crashed(error: Exception) -> int:
    from triage.commands import crash

    _complain(crash.recorded(error))
    return 1


def _prepare_streams() -> None:
    """Input and output are UTF-8 (CLI.md), and what cannot be read or written so is replaced, never an error."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _complain(sentence: str) -> None:
    from triage.mail.safe import safe

    sys.stderr.write(safe(sentence, keep_newlines=True) + "\n")


def _abandon_output() -> None:
    """`triage list | head`: nobody reads any more. Python's last flush must not complain either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    before, name, after = split(words)
    if not name:
        return _bare(before)
    if name not in COMMANDS:
        raise UsageError(f'triage: unknown command "{name}"{nearest(name, COMMANDS)} (triage --help lists them all)')

    command = COMMANDS[name]
    if command.module == "cli":
        arguments, run = OWN_ARGUMENTS[name], OWN[name]
    else:
        module = import_module(f"triage.commands.{command.module}")
        arguments, run = module.ARGUMENTS[name], module.RUN[name]
    made = parser(f"triage {name}", EXPLAINED[name])
    made.usage = f"triage {name} {command.usage}".rstrip() + " [options]"
    arguments(made)
    options = parse(made, name, before + after)
    return run(options, Context(options))


def _bare(words: list[str]) -> int:
    """No command: the queue on screen."""
    lines = ["without a command: the queue on screen", ""]
    for title, commands in GROUPS.items():
        lines += [f"{title}:", *(f"  {name:<10}{one.help}" for name, one in commands.items()), ""]
    made = parser("triage", "A support desk for one person in a terminal.", "\n".join(lines))
    made.usage = "triage [COMMAND] [options]"
    context = Context(made.parse_args(words))
    return _screen(context)


def _need_terminal(instead: str) -> None:
    """Raises UsageError where keys or screen are no terminal's; `instead` is the command that prints the queue."""
    # Keys are read from standard input, and the screen is drawn on standard error.
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"triage: the queue on screen needs a terminal; `{instead}` prints it.")


def _screen(context: Context) -> int:
    configured = context.config
    _need_terminal("triage list")
    from screens import app

    return app.run(
        configured,
        context.store_path,
        context.desk,
        context.clock,
        now=context.now,
        worker_argv=context.worker_argv(),
    )


def _sync_arguments(made: Parser) -> None:
    made.add_argument("--watch", action="store_true", help="stay, and fetch new mail as it comes")
    made.add_argument("--full", action="store_true", help="compare everything instead of what changed")
    # For screens, not for people: the process whose end is this one's end too.
    made.add_argument("--owner", type=int, help=SUPPRESS)
    made.add_argument("--json", action="store_true", help="one JSON object: fetched, updated, vanished, pushed ...")


def _sync(options: Namespace, context: Context) -> int:
    """One round, or stay. Beside a running worker it asks that one for a round."""
    from triage.store.database import Mode, worker_running

    if not options.watch and worker_running(context.store_path):
        return _ask_worker(context)

    from sync import worker
    from triage.commands import progress

    with context.open(Mode.WORKER) as store, progress.shown() as report:
        result = worker.run(
            context.config,
            store,
            watch=options.watch,
            full=options.full,
            owner=options.owner,
            progress=report,
            now=context.now,
        )
    _say_round(result, context)
    return 0


def _ask_worker(context: Context) -> int:
    from sync import worker

    with context.open() as store:
        _say_round(worker.request_round(store), context, "by the sync already at work: ")
    return 0


def _say_round(result: Round, context: Context, by: str = "") -> None:
    from dataclasses import asdict

    from triage.commands import output

    if context.json:
        output.emit(asdict(result))
        return
    output.say(
        f"{by}{result.fetched} fetched, {result.updated} updated, {result.vanished} vanished, {result.pushed} pushed "
        f"in {output.count(result.mailboxes, 'mailbox', 'mailboxes')}, {result.seconds:.1f} s"
    )


def _demo_arguments(made: Parser) -> None:
    made.add_argument("--no-screen", action="store_true", help="sync, print the queue, end")
    made.add_argument("--json", action="store_true", help="one JSON object a line (with --no-screen)")


def _demo(options: Namespace, context: Context) -> int:
    """The sample inbox lives in a folder of its own, gone when this ends; nothing of the person's own is touched."""
    from tempfile import TemporaryDirectory

    from sync import demo

    if not (options.no_screen or options.json):
        _need_terminal("triage demo --no-screen")
    if sys.stderr.isatty():
        _complain("Setting up the sample inbox ...")
    with (
        TemporaryDirectory(prefix="triage-demo-", ignore_cleanup_errors=True) as name,
        demo.run(context.now(), Path(name)) as (_, store),
    ):
        own = Namespace(config=str(Path(name) / "triage.toml"), store=str(store), now=options.now, json=options.json)
        inside = Context(own)
        if not (options.no_screen or options.json):
            return _screen(inside)

        from triage.commands import reading

        return reading.list_(Namespace(query=[], view=None, all=False, limit=None), inside)


def _doctor_arguments(made: Parser) -> None:
    made.add_argument("--rebuild", action="store_true", help="fold every conversation again; nothing must change")
    made.add_argument("--json", action="store_true", help="one JSON object: checks, rebuilt, changed")


def _doctor(options: Namespace, context: Context) -> int:
    from triage.commands import doctor

    def keys() -> list[doctor.Check]:
        from screens import commands

        try:
            commands.keymap(context.config.keys, str(context.config_path))
        except ConfigError as error:
            return [doctor.Check("keys", False, str(error), error.exit_status)]
        return []

    def log_in() -> list[doctor.Check]:
        from sync import login

        return [doctor.Check(one.name, one.ok, one.detail, doctor.NETWORK) for one in login.check(context.config)]

    return doctor.run(context, [keys, log_in], rebuild=options.rebuild)


def _keys_arguments(made: Parser) -> None:
    made.add_argument("--json", action="store_true", help="one JSON object a line: id, keys, words")


def _keys(_: Namespace, context: Context) -> int:
    """Every binding by the id that [keys] takes, as configured."""
    from screens.commands import COMMANDS as bindings
    from triage.commands import output

    own = context.config.keys if context.is_configured else {}
    for one in (command for command in bindings if command.group):
        keys = own.get(one.id, one.keys)
        if context.json:
            output.emit({"id": one.id, "keys": keys.split(","), "words": one.words})
        else:
            output.say(f"{one.id:<22} {keys:<24} {one.words}")
    return 0


OWN_ARGUMENTS: dict[str, Callable[[Parser], None]] = {
    "sync": _sync_arguments,
    "demo": _demo_arguments,
    "doctor": _doctor_arguments,
    "keys": _keys_arguments,
}

OWN: dict[str, Callable[[Namespace, Context], int]] = {
    "sync": _sync,
    "demo": _demo,
    "doctor": _doctor,
    "keys": _keys,
}
