"""inspect and threads: message files, without store and without configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import HOSTILE, INBOX, SENT, mail, timedelta

INSPECT_KEYS = {
    "file", "key", "message_id", "from", "to", "date", "received_at", "ours", "kind", "text", "new_text", "quoted",
    "signature", "attachments", "references", "in_reply_to", "subject", "problems",
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    folder = tmp_path / "mail"
    folder.mkdir()
    for number, (_, raw) in enumerate([*INBOX, *SENT], 1):
        (folder / f"{number}.eml").write_bytes(raw)
    return [str(path) for path in sorted(folder.iterdir())]


def test_inspect_has_the_keys_of_the_contract(run, files):
    result = run("inspect", *files, "--json")

    assert (result.status, result.err) == (0, "")
    assert [row["file"] for row in result.rows] == files
    assert all(row.keys() >= INSPECT_KEYS for row in result.rows)


def test_inspect_knows_who_we_are_where_a_configuration_says_so(desk, files, run):
    ours = next(name for name in files if b"From: Support" in Path(name).read_bytes())

    assert desk.done("inspect", ours, "--json").row["ours"] is True
    assert run("inspect", ours, "--json").row["ours"] is False


def test_inspect_as_text_names_each_key(run, files):
    text = run("inspect", files[0]).out

    assert "subject: Invoice 82506 is wrong" in text
    assert "from: Ana Müller <ana@example.org>" in text


def test_inspect_lets_no_control_character_out(run, tmp_path):
    _, raw = mail(HOSTILE, timedelta(0), HOSTILE, number="h1", sender=f'"{HOSTILE}" <a@example.org>')
    (tmp_path / "bad\x1b[31m.eml").write_bytes(raw)

    for words in ((), ("--json",)):
        out = run("inspect", str(tmp_path / "bad\x1b[31m.eml"), *words).out
        assert out != ""
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)


@pytest.mark.parametrize("raw", [b"", b"\x00" * 100, b"\xff\xfe", b"Subject: x", b"From: a\r\n" * 1000])
def test_inspect_reads_what_is_hardly_a_mail(run, tmp_path, raw):
    (tmp_path / "odd.eml").write_bytes(raw)

    assert run("inspect", str(tmp_path / "odd.eml"), "--json").row["file"].endswith("odd.eml")


@pytest.mark.parametrize("command", ["inspect", "threads"])
def test_a_file_that_is_not_there_is_not_possible(run, tmp_path, command):
    result = run(command, str(tmp_path / "nothing.eml"))

    assert (result.status, result.out) == (1, "")
    assert "nothing.eml" in result.err


def test_a_folder_cannot_be_inspected(run, tmp_path):
    assert run("inspect", str(tmp_path)).status == 1


def test_threads_groups_what_belongs_together(run, files):
    groups = run("threads", *files, "--json").row["conversations"]

    assert sorted(map(len, groups)) == [1, 1, 1, 1, 2, 3]
    assert ["<b1@example.org>", "<b2@example.org>"] in [sorted(group) for group in groups]


def test_threads_walks_a_folder_as_if_its_files_were_named(run, files):
    folder = str(Path(files[0]).parent)

    assert run("threads", folder, "--json").row == run("threads", *files, "--json").row


def test_threads_as_text_counts(run, files):
    assert "2 messages" in run("threads", *files).out
