"""The progress bar of `triage sync`: on a terminal only, on standard error, and rich is imported only there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from triage.model import SyncState

Report = Callable[[SyncState], None]


@contextmanager
def shown() -> Iterator[Report | None]:
    """A function that draws what the worker says, None where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def report(state: SyncState) -> None:
            bar.update(task, description=str(state.phase), completed=state.done, total=state.total or None)

        yield report
