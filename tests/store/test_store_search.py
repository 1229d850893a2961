"""Claims about queries: the words of CLI.md, one condition per conversation, and no text that breaks it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.helpers import CLOCK, DESK, NOW, Mailroom, days, raw
from triage.errors import UsageError
from triage.model import View
from triage.store import actions, queue, search
from triage.store.database import Mode, Store, open_store
from triage.store.query import All, Either, Fact, Not, Word, parse


@pytest.fixture
def desk(mail: Mailroom, store: Store) -> dict[str, int]:
    """Conversations by name, bodies fetched."""
    ids = {
        "code": mail.customer("a@x", at=NOW - days(9), subject="Crash", text="It says 0x8007 and ERR-502 in v2.4.1."),
        "invoice": mail.customer("b@x", at=NOW - days(4), subject="Rechnung 82506", text="Größe und Café sind falsch."),
        "japan": mail.put(
            raw(
                "c@x", sender="Yuki <yuki@example.jp>", subject="質問", text="東京都に住んでいます。", at=NOW - days(1)
            ),
            NOW - days(1),
        ),
        "answered": mail.customer("d@x", at=NOW - days(30), subject="Old thing", text="Where is my order?"),
    }
    mail.reply("e@x", ["d@x"], NOW - days(20), text="It was sent yesterday.")
    part = (
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee file.\r\n--b\r\n'
        'Content-Type: application/pdf; name="report-2026.pdf"\r\n'
        'Content-Disposition: attachment; filename="report-2026.pdf"\r\n\r\nx\r\n--b--\r\n'
    )
    head = raw("f@x", sender="Tom <tom@example.net>", subject="Bericht", at=NOW).partition(b"Content-Type")[0]
    ids["file"] = mail.put(head + b"MIME-Version: 1.0\r\n" + part.encode(), NOW)
    mail.fetch()
    actions.note(store, [ids["invoice"]], "Finance credits line 3", now=NOW)
    actions.tag(store, [ids["code"]], ["bug"], now=NOW)
    return ids


QUERIES = {
    "0x8007": {"code"},
    "ERR-502": {"code"},
    "err": {"code"},
    "v2.4.1": {"code"},
    "v2.4": {"code"},
    "82506": {"invoice"},
    "825": {"invoice"},
    "grosse or cafe": {"invoice"},
    "größe CAFÉ": {"invoice"},
    "東京": {"japan"},
    "京": {"japan"},
    "質問": {"japan"},
    "大阪": set(),
    '"住んで"': {"japan"},
    "from:yuki": {"japan"},
    "from:yuki@example.jp": {"japan"},
    "from:example.net": {"file"},
    "to:support": {"code", "invoice", "japan", "answered", "file"},
    "subject:rechnung": {"invoice"},
    "file:report-2026.pdf": {"file"},
    "file:report": {"file"},
    "has:attachment": {"file"},
    "credits": {"invoice"},
    "has:note": {"invoice"},
    "tag:bug": {"code"},
    "bug": {"code"},
    "is:theirs": {"answered"},
    "order sent": {"answered"},
    '"my order"': {"answered"},
    '"order my"': set(),
    '"my ord"': set(),
    "waiting>3d": {"code", "invoice"},
    "waiting>3d -tag:bug": {"invoice"},
    "waiting<2d": {"japan", "file"},
    "quiet>2w": {"answered"},
    "waiting>5bd": {"code"},
    "reopened>0": set(),
    "before:2026-10-25": {"answered"},
    "after:2026-11-18": {"japan", "file"},
    "is:moldy": {"code", "answered"},
    "(is:moldy or from:yuki) -order": {"code", "japan"},
    "is:moldy AND bug": {"code"},
    "-(is:waiting)": {"answered"},
    "": {"code", "invoice", "japan", "answered", "file"},
}


@pytest.mark.parametrize(("query", "wanted"), QUERIES.items())
def test_a_query_finds(desk: dict[str, int], store: Store, query: str, wanted: set[str]) -> None:
    found = {hit.id for hit in search.search(store, query, NOW, CLOCK, 100)}
    assert {name for name, id in desk.items() if id in found} == wanted
    assert set(queue.ids(store, View.ALL, NOW, CLOCK, query)) == found


@pytest.mark.parametrize("query", ["rechnung", "from:ana", "subject:rechnung", "82506"])
def test_mail_is_found_before_its_body_is_here(mail: Mailroom, store: Store, query: str) -> None:
    id = mail.customer("b@x", subject="Rechnung 82506")
    assert [hit.id for hit in search.search(store, query, NOW, CLOCK, 10)] == [id]


def test_the_newest_come_first_and_no_more_than_asked_for(mail: Mailroom, store: Store) -> None:
    ids = [mail.customer(f"{i}@x", at=NOW - days(i)) for i in range(5)]
    mail.fetch()
    assert [hit.id for hit in search.search(store, "burns", NOW, CLOCK, 3)] == ids[:3]


def test_a_snippet_shows_the_text_around_the_word(desk: dict[str, int], store: Store) -> None:
    (hit,) = search.search(store, "cafe", NOW, CLOCK, 10)
    assert "Café" in hit.snippet


def test_a_filter_keeps_the_order_of_the_view(desk: dict[str, int], store: Store) -> None:
    found = queue.ids(store, View.NEEDS_YOU, NOW, CLOCK, "to:support")
    assert list(found) == [desk["code"], desk["invoice"], desk["japan"], desk["file"]]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("form:ana", '"from"'),
        ("is:modly", '"moldy"'),
        ("has:notes", '"note"'),
        ("waitings>3d", '"waiting"'),
        ("waiting>3x", "3d"),
        ("reopened>often", "reopened>2"),
        ("from:", "names nothing"),
        ("(a or b", "never closed"),
        ("a)", "no ( before"),
        ("a or", "two words"),
        ("!!!", "no letter"),
        ("before:sometime", "time"),
    ],
)
def test_an_unknown_word_is_an_error_that_says_what_is_known(store: Store, query: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        search.search(store, query, NOW, CLOCK, 10)
    assert words in str(raised.value)


def test_operators_bind_as_written() -> None:
    assert parse("a b or c -is:open") == Either(
        (All((Word("a"), Word("b"))), All((Word("c"), Not(Fact("is", "open")))))
    )


def test_text_with_a_colon_or_a_hyphen_inside_is_text() -> None:
    assert parse('https://x.example/a 10:30 re-open "from:me"') == All(
        (Word("https://x.example/a"), Word("10:30"), Word("re-open"), Word("from:me", "", True))
    )


hostile = st.text(
    alphabet=st.one_of(
        st.sampled_from("\"'()-*:^{}+<>=.,;%_\\/\0 \t\nabor"), st.characters(), st.characters(categories=["Cs"])
    ),
    max_size=40,
)
words = st.lists(
    st.sampled_from(["a", "or", "and", "(", ")", "-", '"', "is:open", "from:x", "NEAR", "NOT", "tag:", "*", "東京"]),
    max_size=12,
).map(" ".join)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(hostile, words))
def test_any_text_is_a_query_or_a_usage_error(fuzzed: Store, text: str) -> None:
    try:
        found = search.search(fuzzed, text, NOW, CLOCK, 10)
    except UsageError as error:
        found = []
        assert str(error)  # noqa: PT017 - the other outcome is as good
    assert len(found) <= 1


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> object:
    with open_store(tmp_path_factory.mktemp("desk") / "store.db", DESK, mode=Mode.WORKER) as store:
        room = Mailroom(store)
        room.customer("a@x")
        room.fetch()
        yield store
