"""Links that break: every failure is a SyncError within the deadline, and the connection is never used again."""

from __future__ import annotations

import time

import pytest

from sync import mailbox
from sync.login import Secret
from sync.mailbox import Mailbox
from sync.plan import Batch
from tests.faults.proxy import Fault, Proxy
from tests.live.server import Server
from triage.config import Imap
from triage.errors import Offline, SyncError

pytestmark = pytest.mark.live


def through(proxy: Proxy, user: str, seconds: int = 5) -> Imap:
    return Imap("127.0.0.1", user, port=proxy.port, tls="none", timeout_seconds=seconds)


def fill(server: Server, user: str, count: int = 20) -> None:
    for number in range(count):
        server.put(user, b"Subject: %d\r\nMessage-ID: <%d@x.example>\r\n\r\n%s\r\n" % (number, number, b"text " * 40))


def everything(box: Mailbox) -> list[tuple[int, bytes | None]]:
    box.boxes()
    box.standing(["INBOX", "Sent"])
    box.examine("INBOX")
    uids = box.uids()
    batches = [Batch(uids[at : at + 5], 5000) for at in range(0, len(uids), 5)]
    found = [(one.uid, one.data) for group in box.fetch(batches, "(UID BODY.PEEK[])") for one in group]
    box.noop()
    return found


def session(proxy: Proxy, user: str, secret: Secret, seconds: int = 5) -> list[tuple[int, bytes | None]]:
    with mailbox.login(through(proxy, user, seconds), secret) as box:
        return everything(box)


def test_the_proxy_itself_changes_nothing(full: Server, user: str, secret: Secret) -> None:
    fill(full, user)
    with Proxy(full.port) as proxy:
        assert len(session(proxy, user, secret)) == 20


@pytest.mark.parametrize("share", range(0, 100, 7))
def test_a_cut_anywhere_is_offline_at_once(full: Server, user: str, secret: Secret, share: int) -> None:
    fill(full, user)
    with Proxy(full.port) as whole:
        session(whole, user, secret)
    began = time.monotonic()

    with Proxy(full.port, Fault.CUT, whole.passed * share // 100) as proxy, pytest.raises(Offline, match="closed"):
        session(proxy, user, secret)

    assert time.monotonic() - began < 4


@pytest.mark.parametrize("fault", [Fault.STALL, Fault.DRIP])
@pytest.mark.parametrize("after", [0, 600, 4000])
def test_silence_and_drips_end_with_the_deadline(
    full: Server, user: str, secret: Secret, fault: Fault, after: int
) -> None:
    fill(full, user)
    began = time.monotonic()

    with Proxy(full.port, fault, after) as proxy, pytest.raises(Offline, match="went silent"):
        session(proxy, user, secret, seconds=1)

    assert time.monotonic() - began < 8


@pytest.mark.parametrize("seed", range(25))
def test_garbage_is_never_more_than_a_sync_error(full: Server, user: str, secret: Secret, seed: int) -> None:
    fill(full, user, 8)

    with Proxy(full.port, Fault.GARBLE, seed * 150, seed=seed) as proxy:
        try:
            found = session(proxy, user, secret, seconds=1)
        except SyncError:
            found = []

    # Anything else that is raised fails the test by itself; what was read is never more than there is.
    assert len(found) <= 8


def test_after_a_failure_the_connection_is_never_used_again(full: Server, user: str, secret: Secret) -> None:
    with Proxy(full.port) as proxy, mailbox.login(through(proxy, user), secret) as box:
        proxy.break_now(Fault.CUT)
        with pytest.raises(Offline):
            box.noop()
        passed = proxy.passed

        with pytest.raises(Offline, match="was lost"):
            box.examine("INBOX")

        assert proxy.passed == passed


def test_a_link_that_dies_while_idling_is_noticed_at_once(full: Server, user: str, secret: Secret) -> None:
    with Proxy(full.port) as proxy, mailbox.login(through(proxy, user), secret) as box:
        box.examine("INBOX")
        box.idle()
        proxy.break_now(Fault.CUT)
        began = time.monotonic()

        with pytest.raises(Offline):
            box.idle_news(30)

        assert time.monotonic() - began < 5


def test_a_link_that_freezes_while_idling_is_noticed_when_idle_ends(full: Server, user: str, secret: Secret) -> None:
    with Proxy(full.port) as proxy, mailbox.login(through(proxy, user), secret) as box:
        box.examine("INBOX")
        box.idle()
        proxy.break_now(Fault.STALL)

        with pytest.raises(Offline, match="went silent"):
            box.idle_done(0.5)
