"""A real Dovecot as oracle over the corpora: what it sends gives the key, and its threads are ours."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.live import server
from tests.mail.helpers import NOW
from triage.mail.facts import from_header, from_mail
from triage.mail.header import HEADER_FIELDS
from triage.mail.threads import group
from triage.model import Desk, Message

ROOT = os.environ.get("TRIAGE_CORPORA", "")
NO_MAIL = {".png", ".html", ".md", ".json", ".tnef", ".xml"}
ELSEWHERE = {"imaptest", "mailkit-transcripts"}

pytestmark = [pytest.mark.live, pytest.mark.skipif(not ROOT, reason="TRIAGE_CORPORA names no folder of mail to read")]


@dataclass
class Read:
    """What Dovecot sent for each mail, in the order of the files."""

    files: list[Path]
    heads: list[bytes]
    whole: list[bytes]
    threads: list[list[int]]


def mails() -> list[Path]:
    found = (path for path in sorted(Path(ROOT).rglob("*")) if path.is_file() and path.suffix not in NO_MAIL)
    return [path for path in found if not ELSEWHERE & set(path.parts) and 0 < path.stat().st_size < 300_000]


@contextmanager
def connected(running: server.Server) -> Iterator[IMAPClient]:
    client = IMAPClient("127.0.0.1", port=running.port, ssl=False, timeout=60)
    try:
        client.login("corpora", server.PASSWORD)
        client.select_folder("INBOX", readonly=True)
        yield client
    finally:
        client.shutdown()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Read]:
    files = mails()
    running = server.start()
    try:
        for path in files:
            running.put("corpora", path.read_bytes())
        with connected(running) as client:
            yield read(client, files)
    finally:
        running.stop()


def read(client: IMAPClient, files: list[Path]) -> Read:
    uids = client.search()
    fields = f"BODY.PEEK[HEADER.FIELDS ({' '.join(HEADER_FIELDS)})]"
    heads: list[bytes] = []
    whole: list[bytes] = []
    for begin in range(0, len(uids), 200):
        chunk = uids[begin : begin + 200]
        sent = client.fetch(chunk, [fields])
        bodies = client.fetch(chunk, ["BODY.PEEK[]"])
        for uid in chunk:
            heads.append(next(value for name, value in sent[uid].items() if name.startswith(b"BODY[")))
            whole.append(bodies[uid][b"BODY[]"])

    places = {uid: place for place, uid in enumerate(uids)}
    threads = client.thread("REFS")
    return Read(files, heads, whole, [[places[uid] for uid in flat(thread)] for thread in threads])


def flat(thread: object) -> list[int]:
    return [int(uid) for uid in re.findall(r"\d+", str(thread))]


def unreadable_by_the_server(head: bytes, whole: bytes) -> bool:
    """Lines that end by CR alone are one line to Dovecot: it sends nothing where that line's name is not asked for."""
    return not head.strip() and b"\n" not in whole.rstrip(b"\r\n")


def test_the_fetched_fields_give_the_key_of_the_whole_mail(dovecot):
    compared = 0
    for path, head, whole in zip(dovecot.files, dovecot.heads, dovecot.whole, strict=True):
        if unreadable_by_the_server(head, whole):
            continue
        fetched = from_header(head, NOW, Desk()).message
        read_whole = from_mail(whole, NOW, Desk())[0].message
        compared += 1

        assert fetched.key == read_whole.key, path
        # A delivery report refers to the mail it returns as well, which only its text says.
        returned = read_whole.bounce.answers if read_whole.bounce else None
        assert fetched.ids == tuple(id for id in read_whole.ids if id != returned or id in fetched.ids), path
        assert fetched.sender == read_whole.sender, path
        assert fetched.received_at == read_whole.received_at, path

    assert compared > 0.9 * len(dovecot.files)


def test_threads_are_dovecot_s_but_for_duplicates(dovecot):
    rows = [from_header(head, NOW, Desk()).message for head in dovecot.heads]
    kept = first_of_each_id(rows)

    assert partition(group(rows), kept) == partition(dovecot.threads, kept)


def first_of_each_id(rows: list[Message]) -> set[int]:
    seen: set[str] = set()
    kept: set[int] = set()
    for place, row in enumerate(rows):
        if row.message_id is None or row.message_id not in seen:
            kept.add(place)
        seen.add(row.message_id or "")
    return kept


def partition(groups: list[list[int]], kept: set[int]) -> set[frozenset[int]]:
    return {frozenset(part) & kept for part in groups} - {frozenset()}
