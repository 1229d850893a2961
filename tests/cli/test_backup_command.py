"""backup: a copy that is a store of its own, with every decision."""

from __future__ import annotations

import stat


def test_a_backup_has_the_keys_of_the_contract(desk):
    desk.done("note", str(desk.id("Invoice")), "kept")

    row = desk.done("backup", str(desk.folder / "copies" / "copy.db"), "--json").row

    assert row.keys() >= {"messages", "conversations", "actions"}
    assert (row["messages"], row["conversations"], row["actions"]) == (9, 6, 1)


def test_a_backup_opens_as_a_store(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "kept")
    copy = desk.folder / "copies" / "copy.db"
    desk.done("backup", str(copy))

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert desk.done("list", "invoice", "--json", "--store", str(copy)).row["note"] == "kept"


def test_the_store_is_no_place_for_its_copy(desk):
    result = desk.run("backup", str(desk.folder / "store.db"))

    assert result.status != 0
    assert result.err.count("\n") == 1
    assert len(desk.done("list", "--all", "--json").rows) == 6


def test_a_copy_that_cannot_be_written_is_said(desk):
    result = desk.run("backup", "/proc/triage/copy.db")

    assert result.status == 1
    assert result.err.count("\n") == 1
    assert "--store" not in result.err
