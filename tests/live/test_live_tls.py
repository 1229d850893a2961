"""TLS against a real Dovecot: what is trusted, and that nothing is said to what is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync import mailbox
from sync.login import Secret
from tests.live import certificates, server
from triage.config import Imap
from triage.errors import Untrusted

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Authority:
    return certificates.authority(tmp_path_factory.mktemp("ca"))


@contextmanager
def running(pair: tuple[Path, Path]) -> Iterator[server.Server]:
    dovecot = server.start(certificate=pair)
    try:
        yield dovecot
    finally:
        dovecot.stop()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_server_whose_authority_is_named_is_trusted(
    tls: str, authority: certificates.Authority, secret: Secret
) -> None:
    with running(authority.sign("good")) as dovecot:
        port = dovecot.tls_port if tls == "implicit" else dovecot.port
        imap = Imap("localhost", "ana", port=port, tls=tls, ca_file=str(authority.file))  # type: ignore[arg-type]

        with mailbox.login(imap, secret) as box:
            assert box.examine("INBOX").exists == 0


@pytest.mark.parametrize(
    ("name", "hosts", "days", "trust", "says"),
    [
        ("expired", ("localhost",), -2, True, "has expired"),
        ("othername", ("mail.example.com",), 30, True, "is for another name"),
        ("unknown", ("localhost",), 30, False, "imap.ca_file"),
    ],
)
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_proves_nothing_is_refused_in_words(
    tls: str,
    name: str,
    hosts: tuple[str, ...],
    days: int,
    trust: bool,
    says: str,
    authority: certificates.Authority,
    secret: Secret,
) -> None:
    with running(authority.sign(f"{name}{tls}", hosts, days)) as dovecot:
        port = dovecot.tls_port if tls == "implicit" else dovecot.port
        trusted = str(authority.file) if trust else ""
        imap = Imap("localhost", "ana", port=port, tls=tls, ca_file=trusted)  # type: ignore[arg-type]

        with pytest.raises(Untrusted, match=says):
            mailbox.login(imap, secret)


def test_a_server_without_starttls_gets_no_password(full: server.Server, secret: Secret) -> None:
    with pytest.raises(Untrusted, match="does not offer STARTTLS"):
        mailbox.login(Imap("127.0.0.1", "ana", port=full.port, tls="starttls"), secret)


def test_a_plain_port_taken_for_tls_is_said(full: server.Server, secret: Secret) -> None:
    with pytest.raises(Untrusted, match="starttls"):
        mailbox.login(Imap("127.0.0.1", "ana", port=full.port, tls="implicit"), secret)
