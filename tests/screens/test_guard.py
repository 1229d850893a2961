from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from screens.guard import Guard

BLACK = Color(0, 0, 0)


@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_control_character_passes(texts):
    out = Guard().apply([Segment(text, Style()) for text in texts], BLACK)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E for s in out for c in s.text)


def test_a_clean_line_is_passed_on_as_it_is():
    line = [Segment("plain"), Segment("é 漢字")]
    assert Guard().apply(line, BLACK) is line


def test_a_steering_character_is_shown_as_replaced():
    assert Guard().apply([Segment("a\x1b]0;x\x07b")], BLACK)[0].text == "a�]0;x�b"
