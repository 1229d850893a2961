"""doctor: every check said, the status of the first that fails, and a rebuild that changes nothing."""

from __future__ import annotations

import stat

import pytest


def checks(result) -> dict[str, bool]:
    return {check["name"]: check["ok"] for check in result.row["checks"]}


def test_doctor_has_the_keys_of_the_contract(desk):
    row = desk.run("doctor", "--json").row

    assert row.keys() >= {"checks", "rebuilt", "changed"}
    assert all(check.keys() == {"name", "ok", "detail"} for check in row["checks"])


def test_a_server_that_cannot_be_reached_is_status_3(desk):
    result = desk.run("doctor", "--json")

    assert result.status == 3
    assert checks(result)["configuration"] is True
    assert checks(result)["store"] is True
    assert checks(result)["login"] is False


def test_a_wrong_configuration_is_status_2_and_every_problem_is_said(desk):
    config = desk.folder / "triage.toml"
    config.write_text("[imap]\nhots = 'x'\nprot = 1\n", encoding="utf-8")

    result = desk.run("doctor", "--json")

    assert (result.status, checks(result)) == (2, {"configuration": False})
    [check] = result.row["checks"]
    assert "imap.hots" in check["detail"]
    assert "imap.prot" in check["detail"]


def test_a_damaged_store_is_status_4(desk):
    (desk.folder / "store.db").write_bytes(b"no database " * 1000)

    result = desk.run("doctor", "--json")

    assert result.status == 4
    assert checks(result)["store"] is False


def test_a_store_that_others_may_read_is_said(desk):
    (desk.folder / "store.db").chmod(0o644)

    result = desk.run("doctor")

    assert "FAIL  permissions" in result.out
    assert "chmod go-rwx" in result.out


def test_a_wrong_key_binding_is_status_2(desk):
    config = desk.folder / "triage.toml"
    config.write_text(config.read_text(encoding="utf-8") + '[keys]\nclse = "x"\n', encoding="utf-8")

    result = desk.run("doctor")

    assert result.status == 2
    assert "keys.clse" in result.out


def test_a_rebuild_folds_all_and_changes_nothing(desk):
    number = str(desk.id("Invoice"))
    desk.done("note", number, "kept")
    desk.done("tag", number, "+refund")
    desk.done("close", str(desk.id("CSV")))
    desk.done("undo")
    before = desk.done("list", "--all", "--json").out

    row = desk.run("doctor", "--rebuild", "--json").row

    assert (row["rebuilt"], row["changed"]) == (6, 0)
    assert desk.done("list", "--all", "--json").out == before


@pytest.mark.parametrize("command", ["list", "doctor"])
def test_what_a_command_makes_is_private(empty, command):
    empty.run(command)

    made = [path for path in empty.folder.iterdir() if path.name != "triage.toml"]
    assert made != []
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
