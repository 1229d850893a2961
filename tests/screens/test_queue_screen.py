import pytest
from textual.widgets import Input

from screens import commands
from screens.conversation import ReaderScreen
from screens.queue import QueueScreen
from triage.config import Queue
from triage.config import Screen as ScreenTable
from triage.model import Status, View
from triage.store import actions, queue, state
from triage.store.database import Mode, open_store

SIZE = (80, 24)


@pytest.mark.parametrize("screen", [QueueScreen, ReaderScreen])
def test_every_command_has_its_action(screen):
    for command in commands.COMMANDS:
        if screen.where in command.where:
            name = (command.action or command.id.replace("-", "_")).partition("(")[0]
            assert callable(getattr(screen, f"action_{name}", None)), command.id


def message_line(app) -> str:
    return app.screen.query_one("Bar.message").left


def selected(app) -> str:
    return app.queue.list.selected.subject


@pytest.mark.parametrize("width", [60, 80, 140])
async def test_the_queue_looks_as_kept(app, h, width):
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        h.picture(f"queue-{width}", h.text_of(app))


async def test_the_ascii_queue_looks_as_kept(h, path):
    context = h.context(path, screen=ScreenTable(ascii=True))
    from screens.terminal import TriageApp

    app = TriageApp(context)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        h.picture("queue-ascii", h.text_of(app))
        assert (
            h.text_of(app)
            .replace("山田みさき", "")
            .replace("領収書の宛名を変更できますか", "")
            .replace("ü", "")
            .isascii()
        )
    context.store.close()


async def test_below_40x10_it_says_so_and_keeps_running(app, h):
    async with app.run_test(size=(38, 9)) as pilot:
        await h.until(pilot, lambda: "too small" in h.text_of(app))
        await pilot.resize_terminal(80, 24)
        await h.until(pilot, lambda: "Needs you" in h.text_of(app))


async def test_closing_takes_the_row_and_goes_on_by_itself(app, h):
    async with app.run_test(size=SIZE) as pilot:
        first, second = app.queue.list.ids[:2]
        await pilot.press("e")
        assert first not in app.queue.list.ids
        assert app.queue.list.selected_id == second
        assert "Closed" in message_line(app)
        assert "u undo" in message_line(app)


async def test_undo_brings_the_row_back_under_the_cursor(app, h):
    async with app.run_test(size=SIZE) as pilot:
        before = list(app.queue.list.ids)
        await pilot.press("j", "e", "u")
        assert list(app.queue.list.ids) == before
        assert app.queue.list.selected_id == before[1]


async def test_redo_closes_again(app):
    async with app.run_test(size=SIZE) as pilot:
        before = list(app.queue.list.ids)
        await pilot.press("e", "u", "ctrl+r")
        assert list(app.queue.list.ids) == before[1:]


async def test_after_a_restart_the_first_undo_names_what_it_would_take_back(app, h, path):
    with open_store(path, h.DESK, mode=Mode.SCREEN) as store:
        actions.close(store, [app.queue.list.ids[0]], now=h.ago(hours=3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("@", "u")
        assert "3 h ago" in message_line(app)
        assert "u once more" in message_line(app)


@pytest.mark.parametrize(
    ("keys", "status"),
    [
        (("e",), Status.CLOSED),
        (("exclamation_mark",), Status.SPAM),
        (("E", "p"), Status.PENDING),
        (("E", "n"), Status.CLOSED),
        (("p", "p"), Status.PENDING),
        (("s", "c"), Status.CLOSED),
        (("s", "s"), Status.SPAM),
        (("P", *"Tom asks finance", "enter"), Status.PARKED),
        (("s", "k", *"Tom", "enter"), Status.PARKED),
    ],
)
async def test_a_key_decides(app, keys, status):
    async with app.run_test(size=SIZE) as pilot:
        id = app.queue.list.selected_id
        await pilot.press(*keys)
        await pilot.pause()
        assert queue.conversation(app.context.store, id).status is status


async def test_snooze_asks_when_and_curtains_the_row(app, h):
    async with app.run_test(size=SIZE) as pilot:
        id = app.queue.list.selected_id
        await pilot.press("z", *"3d")
        await h.until(pilot, lambda: "wakes" in h.text_of(app))
        await pilot.press("enter")
        await h.until(pilot, lambda: id not in app.queue.list.ids)
        assert queue.conversation(app.context.store, id).snoozed_until is not None


async def test_z_z_repeats_the_last_snooze(app, h):
    async with app.run_test(size=SIZE) as pilot:
        second = app.queue.list.ids[1]
        await pilot.press("z", *"3d", "enter")
        await pilot.press("z", "z")
        await h.until(pilot, lambda: second not in app.queue.list.ids)


async def test_a_note_shows_on_its_row(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("n", *"Asked Tom", "ctrl+s")
        await h.until(pilot, lambda: "[note]" in h.text_of(app))


async def test_a_note_left_with_escape_is_there_again(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("n", *"half", "escape", "n")
        await h.until(pilot, lambda: "half" in h.text_of(app))


async def test_tags_show_on_the_row_and_are_offered_again(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("t", *"refund", "enter")
        await h.until(pilot, lambda: app.queue.list.selected.tags == ("refund",))
        await pilot.press("j", "t", *"re")
        await h.until(pilot, lambda: "tab refund" in h.text_of(app))


async def test_a_decision_in_sight_of_a_note_prompt_is_about_what_was_chosen(app, h, path):
    """Mail that arrives while a prompt is open does not change what the decision is about."""
    async with app.run_test(size=SIZE) as pilot:
        id = app.queue.list.selected_id
        await pilot.press("n", *"mine")
        h.deliver(path, [h.mail("new1", "Zoe", "First", h.ago(days=400))], first_uid=500)
        await h.until(pilot, lambda: bool(app.queue.new))
        await pilot.press("ctrl+s")
        await h.until(pilot, lambda: queue.conversation(app.context.store, id).noted == 1)


async def test_mail_that_arrives_is_counted_and_the_list_stays(app, h, path):
    async with app.run_test(size=SIZE) as pilot:
        before = list(app.queue.list.ids)
        h.deliver(path, [h.mail("new1", "Zoe Winter", "Older than all", h.ago(days=400))], first_uid=500)
        await h.until(pilot, lambda: "1 new, @ takes them in" in h.text_of(app))
        assert list(app.queue.list.ids) == before
        await pilot.press("@")
        assert len(app.queue.list.ids) == len(before) + 1
        assert app.queue.list.selected_id == before[0]


async def test_at_asks_the_worker_for_a_round(app):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("@")
        assert [request.kind for request in state.asked(app.context.store)] == ["round"]


async def test_a_row_closed_elsewhere_stays_dimmed_with_what_happened(app, h, path):
    async with app.run_test(size=SIZE) as pilot:
        id = app.queue.list.selected_id
        with open_store(path, h.DESK, mode=Mode.COMMAND) as other:
            actions.close(other, [id], now=h.NOW)
        await h.until(pilot, lambda: app.queue.list.changed.get(id) == "closed")
        assert app.queue.list.selected_id == id
        await pilot.press("e")
        assert "changed since you looked" in message_line(app)


async def test_new_mail_on_a_row_holds_the_next_key_back(app, h, path):
    async with app.run_test(size=SIZE) as pilot:
        app.queue.list.move_to(4)
        id = app.queue.list.selected_id
        letter = h.mail("ana2", "Ana Müller", "Re: CSV", h.NOW, "One more thing?", ("ana1",))
        h.deliver(path, [letter], first_uid=500)
        await h.until(pilot, lambda: app.queue.list.changed.get(id) == "new mail")
        await pilot.press("e")
        assert queue.conversation(app.context.store, id).status is Status.OPEN
        await pilot.press("e")
        assert queue.conversation(app.context.store, id).status is Status.CLOSED


async def test_a_mail_that_came_unseen_still_waits_after_closing(app, h, path):
    """The decision carries what was on screen, not what the store has by now."""
    app.look = lambda: None
    async with app.run_test(size=SIZE) as pilot:
        app.queue.list.move_to(4)
        id = app.queue.list.selected_id
        letter = h.mail("ana2", "Ana Müller", "Re: CSV", h.NOW, "One more thing?", ("ana1",))
        h.deliver(path, [letter], first_uid=500)
        await pilot.press("e")
        assert queue.conversation(app.context.store, id).waiting_since == h.NOW


async def test_digits_and_letters_open_views(app):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        assert app.queue.view is View.WAITING
        await pilot.press("g", "q")
        assert app.queue.view is View.NEEDS_YOU
        await pilot.press("tab")
        assert app.queue.view is View.NEW


async def test_g_g_goes_to_the_top_and_G_to_the_end(app):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G")
        assert app.queue.list.cursor == len(app.queue.list.ids) - 1
        await pilot.press("g", "g")
        assert app.queue.list.cursor == 0


async def test_filter_narrows_as_it_is_typed_and_escape_takes_it_back(app, h):
    async with app.run_test(size=SIZE) as pilot:
        before = list(app.queue.list.ids)
        await pilot.press("slash", *"invoice")
        await h.until(pilot, lambda: len(app.queue.list.ids) == 1)
        await pilot.press("enter")
        assert "/invoice" in h.text_of(app)
        await pilot.press("escape")
        assert list(app.queue.list.ids) == before


async def test_a_wrong_filter_word_names_the_nearest(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"tga:x")
        await h.until(pilot, lambda: "tag" in app.screen.query_one(".error").render().plain)


async def test_marks_decide_together(app):
    async with app.run_test(size=SIZE) as pilot:
        first, second = app.queue.list.ids[:2]
        await pilot.press("x", "x", "e")
        assert first not in app.queue.list.ids
        assert second not in app.queue.list.ids
        await pilot.press("u")
        assert {first, second} <= set(app.queue.list.ids)


async def test_more_than_twenty_marked_rows_are_confirmed(h, tmp_path):
    from screens.terminal import TriageApp

    path = tmp_path / "many" / "store.db"
    h.deliver(path, [h.mail(f"m{n}", f"Customer {n}", f"Subject {n}", h.ago(days=n + 1)) for n in range(25)])
    context = h.context(path)
    app = TriageApp(context)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("asterisk", "e")
        assert "Close 25 conversations?" in h.text_of(app)
        await pilot.press("n")
        assert len(app.queue.list.ids) == 25
        await pilot.press("e", "y")
        assert len(app.queue.list.ids) == 0
    context.store.close()


async def test_queue_zero_is_the_reward(app, h):
    async with app.run_test(size=SIZE) as pilot:
        while app.queue.list.ids:
            await pilot.press("e")
        await h.until(pilot, lambda: "Queue zero. Oldest open: none." in h.text_of(app))
        h.picture("queue-zero", h.text_of(app))


async def test_advance_stay_keeps_the_cursor_where_the_row_stays(h, path):
    from screens.terminal import TriageApp

    context = h.context(path, queue=Queue(advance="stay"))
    app = TriageApp(context)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("g", "a")
        id = app.queue.list.selected_id
        await pilot.press("e")
        assert app.queue.list.selected_id == id
    context.store.close()


async def test_a_and_d_say_that_they_are_unbound(app):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a")
        assert "a is unbound" in message_line(app)
        await pilot.press("d")
        assert "d is unbound" in message_line(app)


async def test_why_shows_the_arithmetic(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        await h.until(pilot, lambda: "Level: moldy. Since" in h.text_of(app))


async def test_the_palette_runs_a_command_by_name(app, h):
    async with app.run_test(size=SIZE) as pilot:
        id = app.queue.list.selected_id
        await pilot.press("colon", *"spam", "enter")
        await h.until(pilot, lambda: id not in app.queue.list.ids)


async def test_search_opens_what_it_found(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("S", *"invoice")
        await h.until(pilot, lambda: "1 conversation" in h.text_of(app))
        await pilot.press("enter")
        await h.until(pilot, lambda: isinstance(app.screen, ReaderScreen))
        assert "Invoice 82506" in h.text_of(app)


async def test_the_preview_is_of_the_row_under_the_cursor(app, h):
    async with app.run_test(size=(140, 40)) as pilot:
        for _ in app.queue.list.ids:
            await pilot.pause()
            title = app.queue.query_one("Paper").lines[0].text.strip()
            assert selected(app).startswith(title.rstrip("…"))
            await pilot.press("j")


async def test_keys_are_read_from_configuration(h, path):
    from screens.terminal import TriageApp

    context = h.context(path, keys={"close": "%"})
    app = TriageApp(context)
    async with app.run_test(size=SIZE) as pilot:
        id = app.queue.list.selected_id
        await pilot.press("e")
        assert id in app.queue.list.ids
        await pilot.press("percent_sign")
        assert id not in app.queue.list.ids
        assert "% Close" in h.text_of(app)
    context.store.close()


async def test_the_bindings_on_screen_are_those_of_the_table(app):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        live = {key for key, active in app.screen.active_bindings.items() if active.binding.id}
        table = {key for c in commands.COMMANDS if "queue" in c.where for key in c.keys.split(",")}
        assert live == table | {"ctrl+q"}


async def test_a_store_error_is_a_sentence_and_keeps_typed_text(app, h, path):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("P", *"Tom")
        app.context.store.run("pragma query_only = on")
        await pilot.press("enter")
        await h.until(pilot, lambda: bool(app.screen.query(Input)) and app.screen.query_one(Input).value == "Tom")
        app.context.store.run("pragma query_only = off")
        await pilot.press("enter")
        await h.until(pilot, lambda: app.screen is app.queue)


async def test_hostile_subjects_reach_the_screen_as_text(h, tmp_path):
    from screens.terminal import TriageApp

    path = tmp_path / "hostile" / "store.db"
    subject = "[/] [@click=app.exit]x[/] \x1b]52;c;aGk=\x07 \u202eevil"
    h.deliver(path, [h.mail("h1", "[bold]Eve[/]", "x", h.ago(days=1), "\x1b[2J[/]")])
    context = h.context(path)
    with open_store(path, h.DESK, mode=Mode.COMMAND) as other:
        id = next(iter(queue.ids(other, View.ALL, h.NOW, context.clock)))
        actions.tag(other, [id], add=["[red]"], remove=[], now=h.NOW)
        actions.note(other, [id], text=subject, now=h.NOW)
    app = TriageApp(context)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("enter")
        await h.until(pilot, lambda: isinstance(app.screen, ReaderScreen))
        shown = h.text_of(app)
        assert "[@click=app.exit]x[/]" in shown
        assert not any(ord(c) < 32 and c != "\n" for c in shown)
    context.store.close()
