"""Helpers are in helpers.py; this makes them fixtures, as test modules are imported by path."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def h() -> ModuleType:
    """The helpers of the screen tests."""
    spec = importlib.util.spec_from_file_location("screen_helpers", Path(__file__).with_name("helpers.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
