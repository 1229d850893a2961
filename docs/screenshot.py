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

# Before anything reads it: times on the picture are the same wherever it is made.
os.environ["TZ"] = "UTC"

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
KEYS = ("j",) * 9
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
            app = TriageApp(make_context(config, store, ours, clock(config), lambda: NOW))
            target.write_text(asyncio.run(picture(app)), encoding="utf-8")


async def picture(app: object) -> str:
    """The screen as SVG once the queue is painted and the cursor stands on a row that tells something."""
    from textual.app import App

    assert isinstance(app, App)
    async with app.run_test(size=(140, 40)) as pilot:
        for key in KEYS:
            await pilot.press(key)
        await pilot.pause()
        svg = app.export_screenshot(title="triage demo")
    return portable(svg)


def portable(svg: str) -> str:
    """The same picture where the web font is not loaded: no address in it, and every monospace font will do."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    fonts = "DejaVu Sans Mono, Menlo, Consolas, monospace"
    svg = re.sub(r"font-family: ?Fira Code, ?monospace", f"font-family: {fonts}", svg)
    return svg.replace("<text ", '<text xml:space="preserve" ')


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
