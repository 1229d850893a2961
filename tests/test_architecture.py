"""The shape of the code, checked where a tool does not: sizes, and SQL only in the store."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for package in ("triage", "sync", "screens") for path in (ROOT / package).rglob("*.py"))
SQL = re.compile(
    r"^\s*(select\s.+\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s"
    r"|create\s+(virtual\s+|temp\s+)?(table|index|trigger)\s|pragma\s+\w+|begin\s+immediate)",
    re.IGNORECASE | re.DOTALL,
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_function_has_at_most_40_lines(path: Path) -> None:
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [f"{node.name} {length}" for node in functions if (length := (node.end_lineno or 0) - node.lineno + 1) > 40]

    assert long == []


@pytest.mark.parametrize("path", [path for path in SOURCES if "store" not in path.parts], ids=name)
def test_sql_stands_only_in_the_store(path: Path) -> None:
    texts = (
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )

    assert [text for text in texts if SQL.match(text)] == []


def test_the_sql_pattern_recognises_sql() -> None:
    assert SQL.match("select id from conversation")
    assert SQL.match("insert or ignore into message values (?)")
    assert not SQL.match("Update the address and select again")


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name != "__init__.py"], ids=name)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
