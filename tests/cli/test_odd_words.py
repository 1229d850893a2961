"""Whatever is typed, a command ends with a sentence and a status of the contract, never with a traceback."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.commands import COMMANDS

# What a terminal can hand over: any character but NUL, and bytes that are no UTF-8 as lone surrogates.
ODD = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=20) | st.sampled_from(
    [
        "",
        "-",
        "--",
        "+",
        "#",
        "1",
        "#1",
        "2",
        "is:open",
        '"',
        "(",
        "tag:",
        "-is:",
        "waiting>3d",
        "\udcff",
        "%",
        "*",
        "../x",
    ]
)
HARMLESS = sorted(set(COMMANDS) - {"sync", "demo", "doctor", "keys", "backup", "threads"})


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(command=st.sampled_from(HARMLESS), words=st.lists(ODD, max_size=4), as_json=st.booleans())
def test_no_words_make_a_command_break(desk, monkeypatch, command, words, as_json):
    monkeypatch.setattr("sys.stdin", None)

    result = desk.run(command, *words, *(["--json"] if as_json else []))

    assert result.status in (0, 1, 2)
    assert "should not" not in result.err
    assert (result.status == 0) == (result.err == "")


@pytest.mark.parametrize("command", ["list", "search"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.lists(ODD, min_size=1, max_size=5))
def test_no_query_breaks(desk, command, words):
    result = desk.run(command, "--json", "--", " ".join(words))

    assert result.status in (0, 2)
    assert "should not" not in result.err
