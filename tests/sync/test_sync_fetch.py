"""The reader of FETCH responses: by name, never by position, whatever servers of several makers write."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import answers, fetch
from sync.fetch import Fetched, Response
from sync.stream import Lost, Stream

Told = Callable[[bytes], Stream]
CORPORA = os.environ.get("TRIAGE_CORPORA", "")
SERVERS = Path(CORPORA) / "mailkit-transcripts/UnitTests/Net/Imap/Resources"

a_flag = st.sampled_from(["\\Seen", "\\Answered", "\\Deleted", "$Forwarded", "NonJunk", "a]b"])
items = st.fixed_dictionaries(
    {},
    optional={
        "flags": st.frozensets(a_flag),
        "received_at": st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
            lambda at: at.replace(tzinfo=UTC, microsecond=0)
        ),
        "size": st.integers(0, 2**40),
        "modseq": st.integers(1, 2**63),
        "data": st.binary(max_size=200),
    },
)


def written(uid: int, said: dict[str, object], order: list[int], quoted: bool, section: str) -> bytes:
    """The FETCH a server could send of these items, in this order."""
    parts = [b"UID %d" % uid]
    for name, value in said.items():
        if name == "flags":
            parts.append(b"FLAGS (" + " ".join(sorted(value)).encode() + b")")  # type: ignore[call-overload]
        elif name == "received_at":
            parts.append(value.strftime('INTERNALDATE "%d-%b-%Y %H:%M:%S +0000"').encode())  # type: ignore[attr-defined]
        elif name == "size":
            parts.append(b"RFC822.SIZE %d" % value)
        elif name == "modseq":
            parts.append(b"MODSEQ (%d)" % value)
        else:
            assert isinstance(value, bytes)
            plain = quoted and value.isascii() and not set(value) & set(b"\r\n\0")
            escaped = value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            text = b'"' + escaped + b'"' if plain else b"{%d}\r\n" % len(value) + value
            parts.append(section.encode() + b" " + text)
    parts = [part for _, part in sorted(zip(order, parts, strict=False))]
    return b"* 7 FETCH (" + b" ".join(parts) + b")\r\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 2**32 - 1),
    items,
    st.permutations(list(range(6))),
    st.booleans(),
    st.sampled_from(["BODY[]", "BODY[]<0>", 'BODY[HEADER.FIELDS (FROM "TO")]', "body[header.fields (from)]"]),
)
def test_what_a_server_writes_is_read_back_in_any_order(
    told: Told, uid: int, said: dict[str, object], order: list[int], quoted: bool, section: str
) -> None:
    stream = told(written(uid, said, order, quoted, section))

    assert fetch.fetched(fetch.response(stream)) == Fetched(uid, **said)  # type: ignore[arg-type]


def test_a_literal_is_never_looked_into(told: Told) -> None:
    inside = b"* 9 FETCH (UID 9)\r\nT1 OK done {5}\r\n"
    stream = told(b"* 1 FETCH (UID 4 BODY[] {%d}\r\n%s FLAGS (\\Seen))\r\nT1 OK done\r\n" % (len(inside), inside))

    found = [fetch.fetched(answer) for answer in fetch.tagged(stream, b"T1")]

    assert found == [Fetched(4, frozenset({"\\Seen"}), data=inside), None]


def test_nil_is_an_empty_body() -> None:
    assert fetch.fetched(Response(b"* 3 FETCH (UID 1 BODY[]<0> NIL)")) == Fetched(1, data=b"")


def test_lists_of_items_never_asked_for_are_stepped_over() -> None:
    text = (
        b'* 3 FETCH (ENVELOPE ("a (b" NIL (("UID" NIL "x" "y")) NIL) UID 8 '
        b'BODYSTRUCTURE (("TEXT" "PLAIN" ("UID" "9") NIL) "MIXED") FLAGS (\\Seen))'
    )

    assert fetch.fetched(Response(text)) == Fetched(8, frozenset({"\\Seen"}))


def test_recent_is_no_flag_of_a_message() -> None:
    assert fetch.flags(b"(\\Recent \\Seen)") == {"\\Seen"}


@pytest.mark.parametrize(
    "text", [b"* 3 FETCH (UID x)", b"* 3 FETCH (UID 1 BODY[] {5}\r\n)", b"* 3 FETCH (UID 1 RFC822.SIZE NIL)"]
)
def test_nonsense_loses_the_connection(text: bytes) -> None:
    with pytest.raises(Lost):
        fetch.fetched(Response(text))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (b"17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b" 1-JAN-2020 00:00:00 +0000", datetime(2020, 1, 1, tzinfo=UTC)),
        (b"31-Feb-2020 00:00:00 +0000", None),
        (b"31-Dec-9999 23:59:59 -1200", None),
        (b"", None),
    ],
)
def test_internal_dates(text: bytes, at: datetime | None) -> None:
    assert fetch.instant(text) == at


@given(st.binary(max_size=300))
def test_garbage_is_read_or_loses_the_connection_and_nothing_else(noise: bytes) -> None:
    for text in (b"* 3 FETCH (" + noise, noise):
        try:
            fetch.fetched(Response(text))
        except Lost:
            continue


@pytest.mark.skipif(not SERVERS.is_dir(), reason="TRIAGE_CORPORA names no folder with mailkit-transcripts")
def test_transcripts_of_real_servers_are_read(told: Told) -> None:
    read = 0
    for path in sorted(SERVERS.glob("*/*.txt")):
        data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if b" FETCH (" not in data or data.count(b"{"):
            continue  # literals were counted before line ends were changed
        stream = told(data)
        for _ in range(data.count(b"\r\n")):
            answer = fetch.response(stream)
            if b" UID " in answer.text or b"(UID" in answer.text:
                read += fetch.fetched(answer) is not None
    assert read > 100


@pytest.mark.skipif(not SERVERS.is_dir(), reason="TRIAGE_CORPORA names no folder with mailkit-transcripts")
def test_a_transcript_of_qresync_says_what_changed_and_vanished() -> None:
    lines = (SERVERS / "dovecot/select-unittests-messages-qresync.txt").read_bytes().splitlines()

    found = answers.opened(Response(line) for line in lines)

    assert (found.uidvalidity, found.uidnext, found.modseq, found.exists) == (1436832084, 9, 6, 7)
    assert found.vanished == [(8, 8)]
    assert sorted(found.changed) == [1, 2, 3, 4, 5, 6, 7]


def test_negative_mod_sequences_count_as_none() -> None:
    said = [b"* OK [UIDVALIDITY 3] x", b"* OK [HIGHESTMODSEQ -5] x", b"* 2 EXISTS"]

    assert answers.opened(Response(line) for line in said).modseq == 0


def test_search_answers_of_both_kinds() -> None:
    assert list(answers.uids([Response(b"* SEARCH 3 1"), Response(b"* SEARCH 2")])) == [1, 2, 3]
    assert list(answers.uids([Response(b'* ESEARCH (TAG "T1") UID ALL 7,1:3')])) == [1, 2, 3, 7]
    assert list(answers.uids([Response(b'* ESEARCH (TAG "T1") UID')])) == []
