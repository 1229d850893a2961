"""Helpers are in helpers.py; this makes them fixtures, as test modules are imported by path."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from screens.terminal import TriageApp


@pytest.fixture(scope="session")
def h() -> ModuleType:
    """The helpers of the screen tests."""
    spec = importlib.util.spec_from_file_location("screen_helpers", Path(__file__).with_name("helpers.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def path(h: ModuleType, tmp_path: Path) -> Path:
    """A store with the letters of the helpers."""
    store = tmp_path / "desk" / "store.db"
    h.deliver(store, h.LETTERS)
    return store


@pytest.fixture
def app(h: ModuleType, path: Path) -> Iterator[TriageApp]:
    """The application over that store; no worker."""
    context = h.context(path)
    yield TriageApp(context)
    context.store.close()
