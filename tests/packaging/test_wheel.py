"""The wheel, installed elsewhere with the source absent: what people get who never see this folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("triage", "sync", "screens", "pyproject.toml", "README.md", "LICENSE")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def run(*argv: str | Path, cwd: Path) -> str:
    """Standard output of a command that must end well; nothing of this checkout is on its path."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    environment["HOME"] = str(cwd)
    done = subprocess.run(
        [str(word) for word in argv], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: building leaves files beside the source."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)

    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", folder, cwd=folder)
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a fresh virtual environment with the wheel in it, and the extra `demo`."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    programs = folder / "venv" / "bin"
    constraints = ROOT / "constraints.txt"
    run(programs / "python", "-m", "pip", "install", "-q", "-c", constraints, f"{wheel}[demo]", cwd=folder)
    return programs


def test_the_wheel_is_named_for_the_distribution(wheel: Path) -> None:
    assert wheel.name.startswith("triage_desk-0.1.0-py3-none-any")


def test_the_wheel_holds_the_packages_with_their_types_and_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert names >= {"triage/py.typed", "sync/py.typed", "screens/py.typed", "sync/demo/letters/de.txt"}
    assert names >= {"triage/store/schema.py", "triage/mail/safe.py", "screens/app.py", "sync/worker.py"}


def test_the_wheel_holds_no_tests(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"triage", "sync", "screens"}


def test_it_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert "0.1.0" in run(installed / "triage", "--version", cwd=tmp_path)


def test_it_runs_from_where_it_was_installed(installed: Path, tmp_path: Path) -> None:
    places = "import triage, sync, screens; print(triage.__file__, sync.__file__, screens.__file__)"

    assert str(ROOT) not in run(installed / "python", "-c", places, cwd=tmp_path)


def test_its_demo_prints_the_queue(installed: Path, tmp_path: Path) -> None:
    lines = run(installed / "triage", "demo", "--no-screen", "--json", cwd=tmp_path).splitlines()

    assert len([json.loads(line)["subject"] for line in lines]) > 80


def test_what_it_needs_is_declared(installed: Path, tmp_path: Path) -> None:
    assert "No broken requirements" in run(installed / "python", "-m", "pip", "check", cwd=tmp_path)
