"""Which mailbox is for what, on servers of several makers."""

from __future__ import annotations

from sync.roles import Box, with_roles
from triage.model import Role


def listed(*names: str, delimiter: bytes = b"/") -> list[tuple[str, frozenset[str], bytes]]:
    return [(name, frozenset(), delimiter) for name in names]


def test_special_use_beats_a_name() -> None:
    boxes = [("Sent", frozenset[str](), b"/"), ("Ausgang", frozenset({"\\sent"}), b"/")]

    assert Box("Ausgang", Role.SENT) in with_roles(boxes)
    assert Box("Sent", Role.SENT) not in with_roles(boxes)


def test_names_are_known_in_several_languages() -> None:
    found = with_roles(listed("INBOX", "Gesendete Elemente", "Papierkorb", "Entwürfe", "Archiv", "Spam"))

    assert [box.role for box in found] == [
        Role.INBOX,
        Role.SENT,
        Role.DRAFTS,
        Role.TRASH,
        Role.ARCHIVE,
        Role.JUNK,
    ]


def test_courier_puts_all_below_inbox_with_dots() -> None:
    found = with_roles(listed("INBOX", "INBOX.Sent", "INBOX.Trash", delimiter=b"."))

    assert found == [Box("INBOX", Role.INBOX), Box("INBOX.Sent", Role.SENT), Box("INBOX.Trash", Role.TRASH)]


def test_all_mail_is_the_archive_only_where_there_is_no_other() -> None:
    every = ("[Gmail]/All Mail", frozenset({"\\all"}), b"/")

    assert with_roles([every]) == [Box("[Gmail]/All Mail", Role.ARCHIVE)]
    assert with_roles([every, ("Old", frozenset({"\\archive"}), b"/")]) == [Box("Old", Role.ARCHIVE)]


def test_a_mailbox_that_cannot_be_opened_is_left_out() -> None:
    assert with_roles([("Sent", frozenset({"\\noselect"}), b"/")]) == []


def test_mailboxes_of_the_configuration_come_last_and_only_if_there() -> None:
    found = with_roles(listed("Team", "INBOX"), ("team", "Nowhere", "inbox"))

    assert found == [Box("INBOX", Role.INBOX), Box("Team", Role.OTHER)]


def test_one_mailbox_has_one_role() -> None:
    found = with_roles([("Old", frozenset({"\\archive", "\\junk"}), b"/")])

    assert len(found) == 1
