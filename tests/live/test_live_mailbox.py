"""The connection against a real Dovecot, with all it offers and with plain IMAP4rev1."""

from __future__ import annotations

import pytest

from sync import mailbox
from sync.login import Secret
from sync.plan import Batch
from tests.live.conftest import imap
from tests.live.server import Server
from triage.errors import LoginRefused, Offline
from triage.model import Role

pytestmark = pytest.mark.live
ITEMS = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])"


def mail(number: int) -> bytes:
    return b"From: ana@example.org\r\nSubject: number %d\r\nMessage-ID: <%d@example.org>\r\n\r\nbody {3}\r\n" % (
        number,
        number,
    )


def test_roles_are_found(dovecot: Server, user: str, secret: Secret) -> None:
    with mailbox.login(imap(dovecot, user), secret) as box:
        assert {one.name: one.role for one in box.boxes()} == {
            "INBOX": Role.INBOX,
            "Sent": Role.SENT,
            "Drafts": Role.DRAFTS,
            "Trash": Role.TRASH,
            "Archive": Role.ARCHIVE,
            "Junk": Role.JUNK,
        }


def test_headers_come_with_uid_date_size_and_flags(dovecot: Server, user: str, secret: Secret) -> None:
    dovecot.put(user, mail(1), flags="S", at=dovecot.now)

    with mailbox.login(imap(dovecot, user), secret) as box:
        box.examine("INBOX")
        [[one]] = box.fetch([Batch([1], 2000)], ITEMS)

    assert (one.uid, one.flags, one.received_at) == (1, frozenset({"\\Seen"}), dovecot.now)
    assert (one.size, one.data) == (len(mail(1)), b"Subject: number 1\r\n\r\n")


def test_batches_come_in_order_and_whole(dovecot: Server, user: str, secret: Secret) -> None:
    for number in range(50):
        dovecot.put(user, mail(number))

    with mailbox.login(imap(dovecot, user), secret) as box:
        box.examine("INBOX")
        groups = list(box.fetch([Batch(range(at, at + 10), 20_000) for at in (41, 31, 21, 11, 1)], ITEMS))

    assert [one.uid for one in groups[0]] == list(range(41, 51))
    assert [one.uid for group in groups for one in group] == [
        uid for at in (41, 31, 21, 11, 1) for uid in range(at, at + 10)
    ]


def test_messages_expunged_meanwhile_are_left_out(dovecot: Server, user: str, secret: Secret) -> None:
    for number in range(6):
        dovecot.put(user, mail(number))

    with mailbox.login(imap(dovecot, user), secret) as box:
        box.examine("INBOX")
        groups = list(box.fetch([Batch([uid, uid + 100], 1000) for uid in (6, 5, 4, 3, 2, 1)], ITEMS))

    assert sorted(one.uid for group in groups for one in group) == [1, 2, 3, 4, 5, 6]


def test_a_fetch_given_up_halfway_leaves_the_connection_usable(dovecot: Server, user: str, secret: Secret) -> None:
    for number in range(9):
        dovecot.put(user, mail(number))

    with mailbox.login(imap(dovecot, user), secret) as box:
        box.examine("INBOX")
        next(box.fetch([Batch([at, at + 1, at + 2], 9000) for at in (1, 4, 7)], "(UID BODY.PEEK[])"))

        assert list(box.uids()) == list(range(1, 10))


def test_a_mailbox_that_is_not_there_leaves_the_connection_usable(dovecot: Server, user: str, secret: Secret) -> None:
    with mailbox.login(imap(dovecot, user), secret) as box:
        with pytest.raises(mailbox.Refused, match="open nowhere"):
            box.examine("nowhere")

        assert box.examine("INBOX").exists == 0


def test_non_ascii_names_survive(dovecot: Server, user: str, secret: Secret) -> None:
    dovecot.doveadm("mailbox", "create", "-u", user, "Entwürfe & Größe")

    with mailbox.login(imap(dovecot, user), secret) as box:
        assert box.boxes(["Entwürfe & Größe"])[-1].name == "Entwürfe & Größe"
        assert box.examine("Entwürfe & Größe").uidvalidity > 0


def test_standing_of_many_is_one_question(dovecot: Server, user: str, secret: Secret) -> None:
    dovecot.put(user, mail(1))

    with mailbox.login(imap(dovecot, user), secret) as box:
        found = box.standing(["INBOX", "nowhere", "Sent"])

    assert (found["INBOX"].exists, found["INBOX"].uidnext, found["Sent"].exists) == (1, 2, 0)
    assert "nowhere" not in found


def test_a_wrong_password_is_refused_in_words_without_the_password(dovecot: Server, user: str) -> None:
    with pytest.raises(LoginRefused, match="Tried once") as caught:
        mailbox.login(imap(dovecot, user), Secret("hunter2"))

    assert "hunter2" not in str(caught.value)


def test_a_password_beyond_ascii_is_sent_and_refused_properly(dovecot: Server, user: str) -> None:
    with pytest.raises(LoginRefused, match="Tried once"):
        mailbox.login(imap(dovecot, user), Secret("pässwört"))


def test_no_server_is_said_with_the_port(user: str, dovecot: Server, secret: Secret) -> None:
    from tests.live.server import free_port
    from triage.config import Imap

    with pytest.raises(Offline, match="refuses connections"):
        mailbox.login(Imap("127.0.0.1", user, port=free_port(), tls="none"), secret)


def test_qresync_says_what_changed_and_vanished(full: Server, user: str, secret: Secret) -> None:
    for number in range(5):
        full.put(user, mail(number))
    with mailbox.login(imap(full, user), secret) as box:
        before = box.examine("INBOX")
        full.doveadm("flags", "add", "-u", user, "\\Answered", "mailbox", "INBOX", "uid", "2")
        full.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", "4")
        box.examine("Sent")

        after = box.examine("INBOX", (before.uidvalidity, before.modseq))

    assert after.changed == {2: frozenset({"\\Answered"})}
    assert after.vanished == [(4, 4)]


def test_idle_hears_new_mail(full: Server, user: str, secret: Secret) -> None:
    with mailbox.login(imap(full, user), secret) as box:
        box.examine("INBOX")
        box.idle()
        full.put(user, mail(1))

        assert box.idle_news(20)
        box.idle_done()
        assert box.examine("INBOX").exists == 1


def test_reading_changes_no_file(dovecot: Server, user: str, secret: Secret) -> None:
    for number in range(5):
        dovecot.put(user, mail(number), flags="" if number % 2 else "S")
    before = dovecot.files(user)

    with mailbox.login(imap(dovecot, user), secret) as box:
        box.boxes()
        box.examine("INBOX")
        list(box.fetch([Batch([1, 2, 3, 4, 5], 9000)], "(UID BODY.PEEK[])"))
        box.flags("1:*")
        box.noop()

    assert dovecot.files(user) == before
