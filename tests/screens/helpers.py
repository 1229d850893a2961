"""Frozen conversations, a clock that stands still, and screens as text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from triage.model import Address, Conversation, Turn

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PICTURES = Path(__file__).parent / "pictures"


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def conversation(id: int, customer: str = "Ana Müller", subject: str = "CSV import drops last row", **facts: object):
    """A conversation that waits for us since `waiting_since` (3 h ago unless said)."""
    facts.setdefault("turn", Turn.OURS)
    if facts["turn"] is Turn.OURS:
        facts.setdefault("waiting_since", ago(hours=3))
    return Conversation(id, f"key{id}", subject, Address(customer, f"c{id}@example.org"), **facts)


def text_of(app: App[object]) -> str:
    """The screen as text, one line a row, trailing blanks kept off."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in strips) + "\n"


def picture(name: str, shown: str, update: bool = False) -> None:
    """Compare with the kept picture; a missing one is written and fails, so that it is looked at before it is kept."""
    kept = PICTURES / f"{name}.txt"
    if update or not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(shown, encoding="utf-8")
        raise AssertionError(f"{kept.name} was written: look at it and run again")
    assert shown == kept.read_text(encoding="utf-8")


async def until(pilot: Pilot[object], true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Let the app run until a condition holds; fail when it never does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "never became true\n" + text_of(pilot.app)
        await pilot.pause()
        await asyncio.sleep(0)
