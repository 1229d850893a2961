"""Hypothesis without a stopwatch: a busy machine is no fault of the code."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("calm", deadline=None)
settings.load_profile("calm")
