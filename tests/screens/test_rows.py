from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.look import ASCII, UNICODE
from screens.rows import SUBJECT_AT_LEAST, Row, columns, line
from triage.mail.safe import cells
from triage.model import Address, Conversation, Level, Reason, Turn

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def waiting(days: float = 9, **facts: object) -> Conversation:
    facts.setdefault("customer", Address("Jose Garcia", "jose@example.org"))
    facts.setdefault("subject", "Export hangs at 99%")
    return Conversation(1, "k", turn=Turn.OURS, waiting_since=NOW - timedelta(days=days), **facts)


def shown(row: Row, width: int = 80) -> str:
    return "".join(text for text, _ in line(row, width, NOW, ASCII))


def test_a_row_reads_as_the_mock_up():
    assert (
        shown(Row(waiting(131, reopens=4, tags=("bug",)), Level.MOLDY, marked=True))
        == "|@ 131d  Jose Garcia        Export hangs at 99%                     r4 bug      "
    )


def test_a_row_without_flags_puts_the_note_in_their_place():
    assert shown(Row(waiting(9, noted=1), Level.STALE, cursor=True)).startswith(
        ">O   9d  Jose Garcia        Export hangs at 99%                     [note]"
    )


def test_unread_has_a_star_after_the_age():
    assert shown(Row(waiting(126, unread=True), Level.MOLDY)).startswith(" @ 126d* Jose")


def test_partial_says_at_least():
    assert shown(Row(waiting(9, partial=True), Level.STALE)).startswith(" O >=9d  Jose")


def test_a_row_shows_at_most_two_reasons():
    row = Row(waiting(), Level.STALE, (Reason.BOUNCED, Reason.CHASED, Reason.TWIN))
    assert "bounced, chased" in shown(row)
    assert "twin" not in shown(row)


def test_a_reason_shown_by_another_column_is_not_said_twice():
    assert "door" not in shown(Row(waiting(reopens=3), Level.STALE, (Reason.REVOLVING_DOOR,)))


def test_below_60_columns_the_tags_go_and_below_48_the_customer():
    row = Row(waiting(tags=("bug",)), Level.STALE)
    assert "bug" in shown(row, 60)
    assert "bug" not in shown(row, 59)
    assert "Jose" in shown(row, 48)
    assert "Jose" not in shown(row, 47)


def test_a_row_changed_elsewhere_says_what_happened():
    assert "closed" in shown(Row(waiting(), Level.STALE, was="closed"))


def test_unicode_levels_are_glyphs_of_one_cell():
    assert {cells(glyph) for glyph in UNICODE.levels.values()} == {1}


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_subject_keeps_room(width):
    assert columns(width).subject >= SUBJECT_AT_LEAST - 4


@given(
    st.integers(1, 200),
    st.text(max_size=120),
    st.text(max_size=60),
    st.lists(st.text(min_size=1, max_size=12), max_size=4),
    st.sets(st.sampled_from(list(Reason)), max_size=3),
    st.booleans(),
)
def test_any_row_is_exactly_as_wide_as_asked_and_steers_nothing(width, subject, name, tags, reasons, flag):
    facts = waiting(
        subject=subject,
        customer=Address(name, "a@b"),
        tags=tuple(tags),
        noted=int(flag),
        reopens=3 * int(flag),
        unread=flag,
        draft="1" if flag else None,
        partial=flag,
    )
    drawn = shown(Row(facts, Level.STALE, tuple(reasons), cursor=flag), width)
    assert cells(drawn) == width
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in drawn)
