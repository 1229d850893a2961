from datetime import UTC, datetime, timedelta

import pytest
from textual.widgets import Input

from screens import commands
from screens.keys import OrderedKeys
from screens.pickers import PickPrompt, TagPrompt, fits
from screens.prompts import (
    ConfirmPrompt,
    FilterPrompt,
    MenuPrompt,
    NotePrompt,
    TellPrompt,
    TextPrompt,
    WhenPrompt,
)
from triage.errors import UsageError

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Asking(OrderedKeys):
    """Pushes one prompt on `o` and keeps its answers."""

    BINDINGS = [("o", "ask", "ask"), ("p", "wrong", "wrong")]  # noqa: RUF012

    def __init__(self, make) -> None:
        super().__init__()
        self.make, self.answers, self.wrong = make, [], 0

    def action_ask(self) -> None:
        self.push_screen(self.make(), self.answers.append)

    def action_wrong(self) -> None:
        self.wrong += 1


def days(text: str, now: datetime, zone: object) -> datetime:
    if not text.removesuffix("d").isdigit():
        raise UsageError(f"{text} is no time I know")
    return now + timedelta(days=int(text.removesuffix("d")))


def when(last: str = "", typed=lambda text: None) -> WhenPrompt:
    return WhenPrompt("Snooze until", parse=days, now=lambda: NOW, zone=UTC, last=last, typed=typed)


async def asked(make, *keys: str) -> Asking:
    app = Asking(make)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o", *keys)
        await pilot.pause()
    return app


async def test_a_menu_gives_the_value_of_its_key():
    assert (await asked(lambda: MenuPrompt(commands.ANSWERED), "p")).answers == ["phone"]


async def test_a_key_typed_at_once_after_the_menu_key_goes_to_the_menu(h):
    """Both keys in one read: the second must not reach the screen below, where it decides something else."""
    from textual.events import Key

    app = Asking(lambda: MenuPrompt(commands.ANSWERED))
    async with app.run_test(size=(80, 24)) as pilot:
        for key in "op":
            app.post_message(Key(key, key))
        await h.until(pilot, lambda: bool(app.answers))
        assert (app.answers, app.wrong) == (["phone"], 0)


async def test_text_typed_at_once_after_the_prompt_key_is_all_there(h):
    from textual.events import Key

    app = Asking(lambda: TextPrompt("Park"))
    async with app.run_test(size=(80, 24)) as pilot:
        for key in "oppo":
            app.post_message(Key(key, key))
        await h.until(pilot, lambda: bool(app.screen.query(Input)) and app.screen.query_one(Input).value == "ppo")
        assert app.wrong == 0


@pytest.mark.parametrize("key", ["x", "escape", "enter"])
async def test_any_other_key_of_a_menu_is_never_mind(key):
    assert (await asked(lambda: MenuPrompt(commands.ANSWERED), key)).answers == [None]


async def test_only_y_confirms():
    assert (await asked(lambda: ConfirmPrompt("Close 34 conversations?"), "y")).answers == [True]
    assert (await asked(lambda: ConfirmPrompt("Close 34 conversations?"), "enter")).answers == [None]


async def test_a_line_of_text_is_trimmed():
    assert (await asked(lambda: TextPrompt("Park"), "space", "b", "o", "b", "enter")).answers == ["bob"]


async def test_an_empty_line_is_asked_again(h):
    app = Asking(lambda: TextPrompt("Park"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o", "enter")
        await h.until(pilot, lambda: "It wants a line of text." in h.text_of(app))
        assert app.answers == []


async def test_the_wake_time_is_shown_before_enter(h):
    app = Asking(when)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o", "2", "d")
        await h.until(pilot, lambda: "wakes Sun 22 Nov 2026 12:00, in 2 d" in h.text_of(app))


async def test_a_wrong_time_keeps_the_prompt_and_says_why(h):
    app = Asking(when)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o", *"soon", "enter")
        await h.until(pilot, lambda: "soon is no time I know" in h.text_of(app))
        assert app.answers == []


async def test_z_z_takes_the_last_choice():
    assert (await asked(lambda: when("3d"), "z")).answers == [NOW + timedelta(days=3)]


async def test_z_without_a_last_choice_is_text(h):
    app = Asking(when)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o", "z")
        await h.until(pilot, lambda: app.screen.query_one(Input).value == "z")


async def test_a_note_keeps_its_lines():
    kept: list[str] = []
    app = await asked(lambda: NotePrompt("Note", keep=kept.append), "a", "enter", "b", "ctrl+s")
    assert app.answers == ["a\nb"]


async def test_a_note_left_with_escape_is_kept():
    kept: list[str] = []
    app = await asked(lambda: NotePrompt("Note", keep=kept.append), "a", "b", "escape")
    assert (app.answers, kept) == ([None], ["ab"])


async def test_tags_are_added_and_taken_off():
    app = await asked(lambda: TagPrompt("Tag", ["bug", "vip"], ["old"]), *"new -old", "enter")
    assert app.answers == [(("new",), ("old",))]


async def test_tab_completes_a_tag():
    app = await asked(lambda: TagPrompt("Tag", ["billing", "bug"], []), *"bu", "tab", "enter")
    assert app.answers == [(("bug",), ())]


async def test_tags_complete_by_letters_in_order():
    assert TagPrompt("Tag", ["refund", "billing"], []).candidates("rfd") == ["refund"]


async def test_a_tag_to_take_off_completes_from_what_it_has():
    assert TagPrompt("Tag", ["refund"], ["vip"]).candidates("-v") == ["vip"]


async def test_a_pick_is_narrowed_by_typing():
    lines = [("1", "Close"), ("2", "Snooze"), ("3", "Note")]
    assert (await asked(lambda: PickPrompt("Command", lines), *"sn", "enter")).answers == ["2"]


async def test_a_pick_moves_with_the_arrows():
    lines = [("1", "Close"), ("2", "Snooze"), ("3", "Note")]
    assert (await asked(lambda: PickPrompt("Command", lines), "down", "down", "up", "enter")).answers == ["2"]


async def test_any_key_closes_what_is_only_told():
    assert (await asked(lambda: TellPrompt("Why", ["because"]), "j")).answers == [None]


async def test_a_filter_is_tried_as_it_is_typed():
    tried: list[str] = []

    async def look(words: str) -> str:
        tried.append(words)
        return ""

    await asked(lambda: FilterPrompt("", look), *"ab", "enter")
    assert tried[-2:] == ["a", "ab"]


async def test_a_paste_is_never_read_as_keys(h):
    from textual.events import Paste

    app = Asking(lambda: MenuPrompt(commands.ANSWERED))
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(Paste("op"))
        await pilot.pause()
        assert (app.answers, app.wrong) == ([], 0)


async def test_hostile_text_in_a_title_is_text(h):
    app = Asking(lambda: TextPrompt("Park [/] [@click=app.bell]x[/] \x1b]0;t\x07"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        await h.until(pilot, lambda: "[/] [@click=app.bell]x[/]" in h.text_of(app))
        assert "\x1b" not in h.text_of(app)


def test_letters_in_order_fit():
    assert fits("nt", "internal note")
    assert not fits("tnx", "internal note")


async def test_what_begins_a_word_comes_first():
    lines = [("1", "space  A page down"), ("2", "z  Snooze")]
    assert (await asked(lambda: PickPrompt("Command", lines), *"sn", "enter")).answers == ["2"]


async def test_a_key_that_stores_finds_all_that_was_typed_before_it(h):
    from textual.events import Key

    app = Asking(lambda: NotePrompt("Note", keep=lambda text: None))
    async with app.run_test(size=(80, 24)) as pilot:
        for key in "oAsked Tom":
            app.post_message(Key("space" if key == " " else key, key))
        app.post_message(Key("ctrl+s", None))
        await h.until(pilot, lambda: bool(app.answers))
        assert app.answers == ["Asked Tom"]


async def test_a_yes_typed_before_the_question_was_seen_is_dropped(h):
    from textual.events import Key

    app = Asking(lambda: ConfirmPrompt("Close 34 conversations?"))
    async with app.run_test(size=(80, 24)) as pilot:
        for key in "oy":
            app.post_message(Key(key, key))
        await h.until(pilot, lambda: "Close 34 conversations?" in h.text_of(app))
        assert app.answers == []
        await pilot.press("y")
        assert app.answers == [True]
