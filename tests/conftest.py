"""Live and terminal tests name the program they miss; where CI=true that is a failure, not a skip."""

from __future__ import annotations

import os
import shutil

import pytest

NEEDS = {"live": ("dovecot", "dovecot-imapd"), "terminal": ("tmux", "tmux")}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (program, package) in NEEDS.items():
        if item.get_closest_marker(marker) and not found(program):
            say_missing(program, package)


def found(program: str) -> bool:
    """Servers lie in /usr/sbin, which is not on every user's path."""
    path = os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin"
    return shutil.which(program, path=path) is not None


def say_missing(program: str, package: str) -> None:
    reason = f"{program} is not installed: apt-get install {package}"

    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
