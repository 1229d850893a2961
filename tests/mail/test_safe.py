"""The border between mail and screen: no byte steers the terminal, and a row is as wide as it says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from triage.mail.safe import cells, clip, safe

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
# Texts dense in what is dangerous, which plain random text seldom hits.
HARD = st.text(
    st.sampled_from(
        "ab \t\n\r\x00\x07\x08\x1b\x7f\x80\x9b\x9d漢字é\u0300\u0301\u0302\u0303\u0304👍"
        "\u202e\u2066\u200b\u200c\u200d\ufe0f\u20e3\U0001f3fd\U0001f468\ud800\U0001f1e9"
        "\u2028\ufeff\u00ad\u3164\U000e0041\u0e33\u1100\u1161"
    ),
    max_size=40,
)
ANY = st.one_of(TEXT, HARD)
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(ANY, st.booleans(), st.booleans())
def test_no_control_character_comes_out(text, newlines, body):
    for character in safe(text, keep_newlines=newlines, body=body):
        assert unicodedata.category(character) not in ("Cc", "Cs") or (newlines and character == "\n")
        assert character not in BIDI


@given(ANY, st.booleans(), st.booleans())
def test_safe_twice_is_safe_once(text, newlines, body):
    once = safe(text, keep_newlines=newlines, body=body)

    assert safe(once, keep_newlines=newlines, body=body) == once


@given(ANY)
def test_safe_text_can_be_written_as_utf8(text):
    assert safe(text).encode().decode() == safe(text)


@given(ANY, st.integers(0, 50))
def test_clip_gives_exactly_the_asked_cells(text, wanted):
    assert cells(clip(text, wanted)) == wanted


@given(ANY, st.integers(0, 50))
def test_clip_lets_no_control_out(text, wanted):
    assert all(unicodedata.category(character) not in ("Cc", "Cs") for character in clip(text, wanted))


@given(ANY)
def test_cells_are_those_of_the_screen_s_layout(text):
    assert cells(safe(text)) == cell_len(safe(text))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_left_alone(text):
    assert safe(text) == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("a\x00b", "a␀b"),
        ("a\x7f", "a␡"),
        ("\x9b31m", "\ufffd31m"),
        ("a\tb", "a b"),
        ("a\r\nb", "a␍␊b"),
        ("\u202eevil", "evil"),
        ("zero\u200bwidth", "zerowidth"),
        ("\ud800", "\ufffd"),
        ("a\u2028b", "a b"),
    ],
)
def test_what_steers_becomes_visible_or_goes(raw, shown):
    assert safe(raw) == shown


def test_newlines_stay_where_they_are_asked_for():
    assert safe("a\r\nb\nc\rd", keep_newlines=True) == "a\nb\nc␍d"


def test_tabs_reach_the_next_stop_in_a_text_of_lines():
    assert safe("a\tb", keep_newlines=True) == "a       b"


def test_joiners_stay_in_bodies_alone():
    assert safe("\u0645\u06cc\u200c\u062e", body=True) == "\u0645\u06cc\u200c\u062e"
    assert "\u200c" not in safe("\u0645\u06cc\u200c\u062e")


def test_markup_is_left_as_text():
    assert safe("[@click=app.quit]x[/]") == "[@click=app.quit]x[/]"


@pytest.mark.parametrize(
    ("text", "wanted", "row"),
    [
        ("Printer", 10, "Printer   "),
        ("Printer on fire", 8, "Printer…"),
        ("漢字漢字", 5, "漢字…"),
        ("漢字漢字", 4, "漢… "),
        ("👍\U0001f3fd ok", 5, "👍 ok"),
        ("1\ufe0f\u20e3", 3, "1  "),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 hi", 5, "\U0001f468 hi"),
        ("\U0001f1e9\U0001f1ea", 4, "DE  "),
        ("", 2, "  "),
        ("x", 0, ""),
    ],
)
def test_clip(text, wanted, row):
    assert clip(text, wanted) == row


def test_a_flood_of_marks_is_cut_to_three():
    assert clip("e" + "\u0301" * 50, 2) == "e\u0301\u0301\u0301 "
