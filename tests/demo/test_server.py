"""The private server: what lies in it, what leaves through it, and that nothing of it stays behind."""

from __future__ import annotations

import imaplib
import os
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.demo.control import USER, Server, serving
from sync.demo.letter import Letter, Move

AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
RAW = b"Message-ID: <one@a.example>\r\nFrom: ana@a.example\r\nSubject: Printer\r\n\r\nIt burns.\r\n"
LETTER = Letter("<one@a.example>", "INBOX", AT, RAW, "<one@a.example>", ("\\Seen",))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", server.ports.imap, timeout=10) as connected:
        connected.login(USER, server.ports.password)
        yield connected


def test_a_letter_lies_where_and_when_it_should(server: Server, client: imaplib.IMAP4) -> None:
    server.add([LETTER])
    client.select("INBOX", readonly=True)
    _, (answer, *_) = client.fetch("1", "(FLAGS INTERNALDATE BODY.PEEK[])")

    assert isinstance(answer, tuple)
    assert b'"20-Nov-2026 08:15:00 +0000"' in answer[0]
    assert b"\\Seen" in answer[0]
    assert answer[1] == RAW


def test_a_moved_letter_leaves_one_folder_for_the_other(server: Server, client: imaplib.IMAP4) -> None:
    server.add([LETTER])
    server.move([Move("<one@a.example>", "INBOX", "Archive")])

    assert client.select("INBOX", readonly=True)[1] == [b"0"]
    assert client.select("Archive", readonly=True)[1] == [b"1"]


def test_another_password_is_refused(server: Server) -> None:
    with (
        imaplib.IMAP4("127.0.0.1", server.ports.imap, timeout=10) as stranger,
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
    ):
        stranger.login(USER, "guess")


def test_what_is_sent_goes_no_further_than_a_file(server: Server, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", server.ports.smtp, timeout=10) as smtp:
        smtp.sendmail(USER, ["ana@a.example"], b"Subject: Re: Printer\r\n\r\nPour water.\r\n")

    (kept,) = (tmp_path / "left").iterdir()
    assert kept.read_bytes().startswith(b"X-Envelope-To: ana@a.example\r\nSubject: Re: Printer")


def test_the_server_ends_with_the_block(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        pid = server.process.pid

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_server_ends_when_its_parent_only_vanishes(server: Server) -> None:
    assert server.process.stdin is not None
    server.process.stdin.close()

    assert server.process.wait(timeout=10) == 0


def test_two_servers_draw_two_passwords(server: Server, tmp_path: Path) -> None:
    with serving(tmp_path) as other:
        assert other.ports.password != server.ports.password
