"""Makes docs/screenshot.svg from the running app: the demo inbox at 140x40, the clock at a Wednesday morning.

.venv/bin/python docs/screenshot.py [FILE]
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.terminal import TriageApp
    from triage.store.database import Store

# Before anything reads it: times on the picture are the same wherever it is made.
os.environ["TZ"] = "UTC"

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
ROW = "Cannot remove an old colleague from the team"
TARGET = Path(__file__).parent / "screenshot.svg"


def main(target: Path) -> None:
    from screens.app import make_context
    from screens.terminal import TriageApp
    from sync import demo
    from triage.config import clock, desk
    from triage.store.database import Mode, open_store

    with tempfile.TemporaryDirectory() as folder, demo.run(NOW, Path(folder)) as (config, path):
        ours = desk(config)
        with open_store(path, ours, mode=Mode.SCREEN) as store:
            places = ("--config", f"{folder}/triage.toml", "--store", str(path), "--now", NOW.isoformat())
            worker = (sys.executable, "-m", "triage", *places, "sync", "--watch")
            app = TriageApp(make_context(config, store, ours, clock(config), lambda: NOW), worker)
            svg = asyncio.run(picture(app, store))
    target.write_text(portable(svg), encoding="utf-8")


async def picture(app: TriageApp, store: Store) -> str:
    """The screen as SVG once the worker is online and the cursor stands on a row that tells something."""
    from triage.model import SyncPhase
    from triage.store import state

    async with app.run_test(size=(140, 40)) as pilot:
        while (selected := app.queue.list.selected) is None or selected.subject != ROW:
            await pilot.press("j")
        while state.sync_state(store).phase is not SyncPhase.IDLE:
            await pilot.pause(0.2)
        await pilot.pause(1.2)
        return app.export_screenshot(title="triage demo")


def portable(svg: str) -> str:
    """The same picture where the web font is not loaded: no address in it, and every monospace font will do."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    fonts = "DejaVu Sans Mono, Menlo, Consolas, monospace"
    svg = re.sub(r"font-family: ?Fira Code, ?monospace", f"font-family: {fonts}", svg)
    return svg.replace("<text ", '<text xml:space="preserve" ')


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
