"""The terminal application: one queue, a worker kept alive, the store watched. It never touches the network."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from screens import commands
from screens.child import Child
from screens.context import Context
from screens.guard import Guard
from screens.keys import OrderedKeys
from screens.queue import QueueScreen
from triage.errors import ConfigError, TriageError
from triage.store import state

LOOK_SECONDS = 0.25
REDRAW_SECONDS = 0.5
TEND_SECONDS = 2.0
TICK_SECONDS = 1.0
AGE_SECONDS = 60.0


class TriageApp(OrderedKeys, inherit_bindings=False):
    """Without `worker_argv` no worker is started."""

    TITLE = "triage"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit_triage", "Quit from anywhere", id="quit-anywhere", priority=True),
        Binding("ctrl+c", "how_to_quit", "How to quit", show=False),
    ]

    def __init__(self, context: Context, worker_argv: Sequence[str] = ()) -> None:
        super().__init__()
        self.context = context
        self.child = Child(worker_argv, context.store.path)
        self.guard = Guard()
        self.seen_version = context.store.data_version()
        self.redrawn_at = 0.0
        self.stale = False
        self.animation_level = "none"
        context.wake = self.wake
        self.choose_theme(context.config.screen.theme)
        self.set_keymap(commands.keymap(context.config.keys))
        self.queue = QueueScreen(context)

    def choose_theme(self, name: str) -> None:
        """The theme of the configuration. Raises ConfigError for one that Textual does not have."""
        if not name:
            return
        if name not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            raise ConfigError([f'triage.toml: screen.theme = "{name}": no such theme; there are {known}'])
        self.theme = name

    def get_default_screen(self) -> Screen[None]:
        return self.queue

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self.guard]

    def on_mount(self) -> None:
        self.set_interval(LOOK_SECONDS, self.look)
        self.set_interval(TICK_SECONDS, self.tick)
        self.set_interval(AGE_SECONDS, self.queue.minute)
        self.call_after_refresh(self.painted)

    def painted(self) -> None:
        """The first rows are on screen: what could wait until now."""
        gc.freeze()
        gc.enable()
        self.tend()
        self.set_interval(TEND_SECONDS, self.tend)

    # Following the store

    def wake(self) -> None:
        self.child.again()
        self.tend()

    def tend(self) -> None:
        self.child.tend(time.monotonic())

    def look(self) -> None:
        """Has another process committed? Redraw at most twice a second."""
        version = self.context.store.data_version()
        self.stale |= version != self.seen_version
        self.seen_version = version
        if self.stale and time.monotonic() - self.redrawn_at >= REDRAW_SECONDS:
            self.stale = False
            self.redrawn_at = time.monotonic()
            self.follow()
        self.queue.catch_up()

    def follow(self) -> None:
        sync = state.sync_state(self.context.store)
        for screen in reversed(self.screen_stack):
            if hasattr(screen, "follow"):
                screen.follow(sync)
                return

    def tick(self) -> None:
        """The status line counts seconds."""
        if hasattr(self.screen, "say_status"):
            self.screen.say_status()

    # Leaving

    def action_quit_triage(self) -> None:
        self.exit()

    def action_how_to_quit(self) -> None:
        if hasattr(self.screen, "say"):
            self.screen.say("q quits on the list, ctrl+q from anywhere.")

    async def on_unmount(self) -> None:
        self.child.end()
        self.context.beside.close()

    # When something goes wrong

    def _fatal_error(self) -> None:
        """One line on a restored terminal; the traceback goes to a 0600 file, without local variables."""
        import traceback

        error = self._exception
        if isinstance(error, TriageError):
            # No fault of the program: the store is damaged, full or taken away. The sentence says what to do.
            self._return_code = error.exit_status
            self._exit_renderables.append(Text(str(error)))
            self._close_messages_no_wait()
            return
        path = self.context.store.path.parent / "crash.log"
        report = "".join(traceback.format_exception(error)) if error else "unknown error\n"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{self.context.now().isoformat()}\n{report}\n")
        name = type(error).__name__ if error else "unknown error"
        self._exit_renderables.append(
            Text(f"triage stopped on an error of its own ({name}). What you decided is stored. Details: {path}")
        )
        self._close_messages_no_wait()
