from array import array
from datetime import timedelta

import pytest
from textual.app import App

from screens.look import ASCII
from screens.rows import Row
from screens.widgets.queue_list import PAGE, QueueList
from triage.model import Level


class ListApp(App[None]):
    """The list alone, over conversations made on demand; `loads` counts reads."""

    def __init__(self, make, rows: int, now) -> None:
        super().__init__()
        self.loads: list[int] = []

        def load(ids):
            self.loads.append(len(ids))
            return [make(id, subject=f"Subject {id}") for id in ids]

        self.rows = QueueList(load, lambda found, at: Row(found, Level.FRESH), lambda: now, ASCII)
        self.rows.ids = array("q", range(1, rows + 1))

    def compose(self):
        yield self.rows


@pytest.fixture
def make_app(h):
    return lambda rows: ListApp(h.conversation, rows, h.NOW)


async def test_only_pages_in_sight_are_read(make_app):
    app = make_app(100_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert sum(app.loads) <= PAGE


async def test_the_cursor_stays_on_its_conversation_over_a_redraw(make_app):
    app = make_app(200)
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.move_to(57)
        await pilot.pause()
        app.rows.show(array("q", [1000, 1001, *range(1, 201)]))
        await pilot.pause()
        assert app.rows.selected_id == 58


async def test_the_row_under_the_cursor_keeps_its_place_on_screen_when_rows_come_in_above(make_app, h):
    app = make_app(200)
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.move_to(57)
        await pilot.pause()
        before = [line[:1] for line in h.text_of(app).splitlines()].index(">")
        app.rows.show(array("q", [*range(1000, 1030), *range(1, 201)]))
        await pilot.pause()
        assert [line[:1] for line in h.text_of(app).splitlines()].index(">") == before


async def test_a_conversation_that_left_gives_its_row_to_the_next(make_app):
    app = make_app(10)
    async with app.run_test(size=(80, 24)):
        app.rows.move_to(4)
        app.rows.show(array("q", [1, 2, 3, 4, 6, 7, 8, 9, 10]))
        assert app.rows.selected_id == 6


async def test_the_last_row_leaving_puts_the_cursor_on_the_new_last(make_app):
    app = make_app(3)
    async with app.run_test(size=(80, 24)):
        app.rows.move_to(2)
        app.rows.show(array("q", [1, 2]))
        assert app.rows.selected_id == 2


async def test_moving_past_the_window_scrolls_without_animation(make_app, h):
    app = make_app(100)
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.move_to(99)
        await pilot.pause()
        last = h.text_of(app).splitlines()[-1]
        assert last.startswith(">")
        assert "Subject 100" in last


async def test_an_empty_list_takes_every_move(make_app):
    app = make_app(0)
    async with app.run_test(size=(80, 24)):
        app.rows.move_by(1)
        app.rows.move_to(-5)
        assert app.rows.selected is None


async def test_a_conversation_the_store_no_longer_has_is_a_blank_line(h):
    app = ListApp(h.conversation, 3, h.NOW)
    app.rows.load = lambda ids: [h.conversation(id) for id in ids if id != 2]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert h.text_of(app).splitlines()[1] == ""


async def test_j_repaints_two_lines_only(make_app):
    app = make_app(100)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn: list[int] = []
        line = app.rows.render_line
        app.rows.render_line = lambda y: drawn.append(y) or line(y)
        app.rows.move_by(1)
        await pilot.pause()
        assert set(drawn) == {0, 1}


async def test_ages_grow_with_the_clock(h):
    app = ListApp(h.conversation, 1, h.NOW)
    async with app.run_test(size=(80, 24)) as pilot:
        app.rows.now = lambda: h.NOW + timedelta(days=2)
        app.rows.refresh()
        await pilot.pause()
        assert " 2d " in h.text_of(app)
