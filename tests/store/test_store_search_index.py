"""Claims about search.db: what it finds is what a plain look through everything finds, however far it is filled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.helpers import CLOCK, DESK, NOW, Mailroom, arrival, days, raw
from triage.model import View
from triage.store import actions, incoming, indexing, queue, search
from triage.store.database import Mode, Store, open_store
from triage.store.found import says
from triage.store.query import All, Either, Not, Query, Word, parse

VOCABULARY = ["anna", "annex", "a", "be", "bee", "beekeeper", "café", "Größe", "v2.4.1", "東京都", "ERR-502", "x"]
texts = st.lists(st.sampled_from(VOCABULARY), max_size=5).map(" ".join)
mails = st.lists(st.tuples(st.integers(0, 4), texts, texts), min_size=1, max_size=10)
words = st.sampled_from(
    ["a", "an", "ann", "anna", "b", "be", "bee", "caf", "cafe", "größ", "v2", "v2.4", "東京", "err", "5", "x"]
)
terms = st.one_of(words, words.map("subject:{}".format), words.map("-{}".format), words.map('"{}"'.format))
queries = st.lists(terms, min_size=1, max_size=3).flatmap(
    lambda some: st.sampled_from([" ".join(some), " or ".join(some)])
)

EVERYWHERE = "Customer <c@example.org> Support <support@example.com>"


def looked_through(query: Query, mail: list[tuple[str, str]]) -> bool:
    """Whether a conversation of these (subject, text) matches, by reading all of it."""
    if isinstance(query, Word):
        said = [subject if query.field == "subject" else f"{EVERYWHERE} | {subject} | {text}" for subject, text in mail]
        return any(says(one, query.text, int(query.phrase)) for one in said)
    if isinstance(query, Not):
        return not looked_through(query.part, mail)
    assert isinstance(query, All | Either)
    parts = [looked_through(part, mail) for part in query.parts]
    return all(parts) if isinstance(query, All) else any(parts)


def found(store: Store, query: str) -> set[int]:
    ids = {hit.id for hit in search.search(store, query, NOW, CLOCK, 1000)}
    assert set(queue.ids(store, View.ALL, NOW, CLOCK, query)) == ids
    return ids


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    mails=mails,
    asked=st.lists(queries, min_size=1, max_size=4),
    fetched=st.integers(0, 10),
    left=st.sampled_from([0, 2, 200]),
    lost=st.booleans(),
)
def test_a_query_finds_what_reading_everything_finds(
    tmp_path_factory: pytest.TempPathFactory,
    mails: list[tuple[int, str, str]],
    asked: list[str],
    fetched: int,
    left: int,
    lost: bool,
) -> None:
    path = tmp_path_factory.mktemp("desk") / "store.db"
    before, indexing.LEFT = indexing.LEFT, left
    try:
        with open_store(path, DESK, mode=Mode.WORKER) as worker:
            mail = fill(worker, mails, fetched)
        if lost:
            for file in path.parent.glob("search.db*"):
                file.unlink()
            with open_store(path, DESK) as store:
                heads_only = {id: [(subject, "") for subject, _ in said] for id, said in mail.items()}
                check(store, asked, heads_only)
            with open_store(path, DESK, mode=Mode.WORKER) as worker:
                assert indexing.headers(worker)
                assert indexing.refill(worker)
        with open_store(path, DESK) as store:
            check(store, asked, mail)
    finally:
        indexing.LEFT = before


def fill(worker: Store, mails: list[tuple[int, str, str]], fetched: int) -> dict[int, list[tuple[str, str]]]:
    """Puts the mail there, some of it with its text; returns what every conversation says then."""
    room = Mailroom(worker)
    said: dict[int, list[tuple[str, str]]] = {}
    for i, (thread, subject, text) in enumerate(mails):
        at = NOW - days(len(mails) - i)
        mail = raw(f"m{i}@y", [f"t{thread}@y"], "Customer <c@example.org>", subject=subject, at=at, text=text)
        id = room.put(mail, at)
        if i < fetched:
            room.fetch()
        said.setdefault(id, []).append((subject, text if i < fetched else ""))
    return said


def check(store: Store, asked: list[str], mail: dict[int, list[tuple[str, str]]]) -> None:
    for query in asked:
        assert found(store, query) == {id for id, said in mail.items() if looked_through(parse(query), said)}, query


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes of few messages, so that they count."""
    monkeypatch.setattr(indexing, "LEFT", 0)
    monkeypatch.setattr(indexing, "PIECE_HEADS", 7)
    monkeypatch.setattr(indexing, "PIECE_WORDS", 3)


def test_few_messages_without_their_text_make_no_index(mail: Mailroom, worker: Store, store: Store) -> None:
    id = mail.customer("a@x", subject="Rechnung")
    assert not worker.beside("search.db").exists()
    assert found(store, "rechn") == {id}


def test_many_messages_without_their_text_are_not_looked_through(mail: Mailroom, worker: Store, store: Store) -> None:
    incoming.add(worker, "INBOX", [arrival(i, raw(f"{i}@x", subject=f"Rechnung n{i}")) for i in range(1, 302)], NOW)
    indexing.headers(worker)
    reached = store.value("select value from search.progress where name = 'heads'") if found(store, "n301") else 0
    assert reached == store.value("select max(arrival) from message")
    assert len(found(store, "rechnung")) == 301


def test_headers_are_found_after_a_conversation_was_split_and_joined_again(
    hurried: None, mail: Mailroom, worker: Store, store: Store
) -> None:
    first = mail.customer("a@x", subject="Rechnung", at=NOW - days(2))
    mail.customer("b@x", ["a@x"], subject="Mahnung", at=NOW - days(1))
    key = str(store.value("select key from message order by id desc limit 1"))
    actions.split(store, key, now=NOW)
    (second,) = found(store, "mahnung")
    assert second != first
    assert found(store, "rechnung mahnung") == set()
    actions.join(store, [first, second], now=NOW)
    assert found(store, "rechnung mahnung") == {first}


def test_text_that_mail_db_lost_is_fetched_again(mail: Mailroom, worker: Store, store: Store, path: Path) -> None:
    id = mail.customer("a@x", text="It burns.")
    mail.fetch()
    worker.close()
    for name in ("search.db", "mail.db"):
        for file in path.parent.glob(f"{name}*"):
            file.unlink()
    with open_store(path, DESK, mode=Mode.WORKER) as again:
        assert indexing.refill(again)
        mail.store = again
        assert mail.fetch() == 1
        assert found(again, "burns") == {id}


KILLED = """
import os, sys
from pathlib import Path
from tests.store.helpers import DESK
from tests.store.test_store_search_index import index
from triage.store import indexing
from triage.store.database import Mode, open_store

left = int(sys.argv[2])
def trace(frame, event, argument):
    global left
    if event == "line" and frame.f_code.co_filename.endswith(("/indexing.py", "/bodies.py", "/companions.py")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
    return trace

indexing.LEFT, indexing.PIECE_HEADS, indexing.PIECE_WORDS = 0, 7, 3
store = open_store(Path(sys.argv[1]), DESK, mode=Mode.WORKER)
sys.settrace(trace)
index(store)
sys.settrace(None)
os.write(1, b"%d" % -left)
store.close()
"""


def index(store: Store) -> None:
    """Half of the mail with its text, half without; done again it goes on where it was."""
    room = Mailroom(store)
    for i in range(20):
        room.put(raw(f"m{i}@y", sender=f"C{i} <c{i}@example.org>", subject=f"Rechnung s{i}", text=f"Text t{i}"), NOW)
    wanted = [one for one in incoming.wanted_bodies(store, 100) if one.uid % 2]
    from triage.mail.facts import from_mail

    read = [(one.row, *from_mail(*room.texts[one.mailbox, one.uid], DESK)) for one in wanted]
    for start in range(0, len(read), 3):
        incoming.add_bodies(store, read[start : start + 3], NOW)
    indexing.headers(store)
    indexing.refill(store)


def killed_at(path: Path, line: int) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(line)],
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )


@pytest.fixture(scope="module")
def length(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many lines the work takes."""
    run = killed_at(tmp_path_factory.mktemp("whole") / "store.db", 0)
    assert run.returncode == 0, run.stderr.decode()
    return int(run.stdout)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("hundredths", [3, 20, 41, 60, 77, 93])
def test_an_index_whose_worker_was_killed_anywhere_finds_everything_when_it_runs_again(
    hurried: None, path: Path, length: int, hundredths: int, lost: bool
) -> None:
    assert killed_at(path, length * hundredths // 100).returncode == -signal.SIGKILL
    if lost:
        for file in path.parent.glob("search.db*"):
            file.unlink()
    with open_store(path, DESK, mode=Mode.WORKER) as store:
        index(store)
        assert len(found(store, "rechnung")) == 20
        assert [len(found(store, f"subject:s{i}")) for i in range(3, 20)] == [1] * 17
        assert [len(found(store, f'"t{i}"')) for i in range(0, 20, 2)] == [1] * 10
