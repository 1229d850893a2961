"""What the project promises in its own files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def test_every_dependency_is_pinned_in_the_constraints() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    pinned = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}

    assert {re.split(r"[<>=\[ ]", one)[0].lower() for one in wanted} - pinned == set()


def test_constraints_are_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()

    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]

    assert [target for target in targets if target and not (ROOT / target).exists()] == []


def test_a_missing_program_is_named_loudly(tmp_path: Path) -> None:
    """`make test` as a user without Dovecot and tmux: the script goes on, and says what to install."""
    for name in ("bash", "cat", "env"):
        found = next(path for folder in ("/bin", "/usr/bin") if (path := Path(folder) / name).exists())
        (tmp_path / name).symlink_to(found)
    (tmp_path / "id").write_text("#!/bin/bash\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    script = (ROOT / ".ci" / "system").read_text().replace("/usr/sbin/dovecot", str(tmp_path / "dovecot"))

    done = subprocess.run(
        [tmp_path / "bash", "-c", script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert "MISSING: dovecot-imapd tmux" in done.stderr


def test_ci_fails_where_a_server_is_missing(tmp_path: Path) -> None:
    suite = tmp_path / "tests"
    suite.mkdir()
    (suite / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (suite / "test_live.py").write_text("import pytest\n@pytest.mark.live\ndef test_server(): pass\n")
    environment = {**os.environ, "PATH": str(tmp_path), "CI": "true"}
    fake = (suite / "conftest.py").read_text().replace('os.pathsep + "/usr/sbin"', 'os.pathsep + "/nowhere"')
    (suite / "conftest.py").write_text(fake)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path}/base", str(suite)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "dovecot is not installed: apt-get install dovecot-imapd" in done.stdout
