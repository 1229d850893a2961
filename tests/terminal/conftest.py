"""A real store for real terminals, by the helpers of the screen tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

LAUNCH = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from screens.app import run
from triage.config import Config, Imap, Inbox
from triage.model import Desk
from triage.policy.hours import Hours
from triage.policy.staleness import Clock

desk = Desk(addresses=frozenset({"desk@example.com"}))
config = Config(Imap("127.0.0.1", "desk"), Inbox(["desk@example.com"]))
clock = Clock(Hours.always())
now = lambda: datetime(2026, 11, 20, 12, tzinfo=UTC)
sys.exit(run(config, Path(sys.argv[1]), desk, clock, now=now, worker_argv=()))
"""


@pytest.fixture(scope="session")
def h() -> ModuleType:
    path = Path(__file__).parent.parent / "screens" / "helpers.py"
    spec = importlib.util.spec_from_file_location("screen_helpers", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def launcher(tmp_path: Path) -> list[str]:
    """The command line that shows the screens over a store given as its last argument; no worker."""
    script = tmp_path / "launch.py"
    script.write_text(LAUNCH, encoding="utf-8")
    return [sys.executable, str(script)]
