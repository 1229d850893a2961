import pytest

from screens.conversation import ReaderScreen
from triage.model import Status
from triage.store import actions, queue, state
from triage.store.database import Mode, open_store

SIZE = (80, 24)


def reader(app) -> ReaderScreen:
    assert isinstance(app.screen, ReaderScreen)
    return app.screen


def message_line(app) -> str:
    return app.screen.query_one("Bar.message").left


async def open_row(app, pilot, row: int) -> ReaderScreen:
    await pilot.press(*["j"] * row, "enter")
    await pilot.pause()
    await pilot.pause()
    return reader(app)


@pytest.mark.parametrize("width", [60, 80, 140])
async def test_the_reader_looks_as_kept(app, h, width):
    async with app.run_test(size=(width, 24)) as pilot:
        id = app.queue.list.ids[2]
        actions.note(app.context.store, [id], "Finance must credit line 3. Asked Tom, due Thu.", now=h.ago(days=7))
        app.queue.take_in()
        await open_row(app, pilot, 2)
        h.picture(f"reader-{width}", h.text_of(app))


async def test_it_opens_at_the_first_message_of_the_present_wait(h, tmp_path):
    from screens.terminal import TriageApp

    path = tmp_path / "long" / "store.db"
    letters = [h.mail("a1", "Ana", "Long", h.ago(days=30), "first\n" * 40)]
    letters.append(h.mail("us1", "us", "Re: Long", h.ago(days=29), "answer\n" * 40, ("a1",)))
    letters.append(h.mail("a2", "Ana", "Re: Long", h.ago(days=3), "second\n" * 40, ("a1", "us1")))
    letters.append(h.mail("a3", "Ana", "Re: Long", h.ago(days=2), "third\n" * 40, ("a1", "us1", "a2")))
    h.deliver(path, letters)
    context = h.context(path)
    app = TriageApp(context)
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 0)
        shown = h.text_of(app).splitlines()
        assert "2 messages unanswered since Tue 12:00" in shown[1]
        assert "Ana, Tue 12:00" in shown[2]
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "Ana, Wed 12:00" in h.text_of(app).splitlines()[2]
        await pilot.press("left_square_bracket", "left_square_bracket")
        await pilot.pause()
        assert "you, 22 Oct" in h.text_of(app).splitlines()[2]
    context.store.close()


async def test_opening_marks_as_read_here(app):
    async with app.run_test(size=SIZE) as pilot:
        id = app.queue.list.selected_id
        assert app.queue.list.selected.unread
        await open_row(app, pilot, 0)
        assert not queue.conversation(app.context.store, id).unread


async def test_J_and_K_move_reader_and_list_together(app):
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 0)
        await pilot.press("J")
        assert reader(app).conversation.id == app.queue.list.selected_id == app.queue.list.ids[1]
        await pilot.press("K", "K")
        assert reader(app).conversation.id == app.queue.list.ids[0]
        assert "first of the list" in message_line(app)


async def test_closing_in_the_reader_goes_on_to_the_next(app):
    async with app.run_test(size=SIZE) as pilot:
        first, second = app.queue.list.ids[:2]
        await open_row(app, pilot, 0)
        await pilot.press("e")
        assert reader(app).conversation.id == second
        assert queue.conversation(app.context.store, first).status is Status.CLOSED
        assert "Closed" in message_line(app)


async def test_closing_the_last_leads_back_to_the_list(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, len(app.queue.list.ids) - 1)
        await pilot.press("e")
        await h.until(pilot, lambda: app.screen is app.queue)
        assert "Closed" in message_line(app)


async def test_undo_in_the_reader_leads_back_to_what_it_brought_back(app):
    async with app.run_test(size=SIZE) as pilot:
        first = app.queue.list.ids[0]
        await open_row(app, pilot, 0)
        await pilot.press("e", "u")
        assert reader(app).conversation.id == first
        assert app.queue.list.selected_id == first


async def test_a_note_appears_inline_with_its_word(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 0)
        await pilot.press("n", *"Ask Tom", "ctrl+s")
        await h.until(pilot, lambda: "never sent to the customer" in h.text_of(app))
        assert "Ask Tom" in h.text_of(app)


async def test_equals_unfolds_quotes_and_H_shows_headers(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 2)
        await pilot.press("g", "g")
        assert "ACME" not in h.text_of(app)
        await pilot.press("equals_sign")
        await h.until(pilot, lambda: "ACME" in h.text_of(app))
        await pilot.press("H")
        await h.until(pilot, lambda: "Lies in: INBOX" in h.text_of(app))


async def test_mail_that_comes_while_reading_is_said_and_the_place_stays(app, h, path):
    async with app.run_test(size=SIZE) as pilot:
        opened = await open_row(app, pilot, 4)
        letter = h.mail("ana2", "Ana Müller", "Re: CSV", h.NOW, "One more thing?", ("ana1",))
        h.deliver(path, [letter], first_uid=500)
        await h.until(pilot, lambda: "New mail in this conversation" in message_line(app))
        await pilot.press("e")
        assert "changed since you looked" in message_line(app)
        assert queue.conversation(app.context.store, opened.conversation.id).status is Status.OPEN


async def test_back_leads_to_the_row_that_was_read(app):
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 0)
        await pilot.press("J", "J", "escape")
        assert app.screen is app.queue
        assert app.queue.list.cursor == 2


@pytest.mark.parametrize("key", ["escape", "q", "h", "left"])
async def test_every_way_back(app, key):
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 0)
        await pilot.press(key)
        assert app.screen is app.queue


async def test_a_text_not_here_is_asked_of_the_worker(h, tmp_path):
    from screens.terminal import TriageApp
    from triage.mail.facts import from_header
    from triage.store import incoming

    path = tmp_path / "bodiless" / "store.db"
    h.deliver(path, [])
    with open_store(path, h.DESK, mode=Mode.WORKER) as store:
        data = h.raw(h.mail("x1", "Ana", "Not fetched", h.ago(days=1)), "")
        facts = from_header(data, h.ago(days=1), h.DESK)
        incoming.add(store, "INBOX", [incoming.Arrival(1, frozenset(), len(data), facts)], h.NOW)
    context = h.context(path)
    app = TriageApp(context)
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 0)
        assert "not here yet" in h.text_of(app)
        assert [request.kind for request in state.asked(context.store)] == ["body"]
    context.store.close()


async def test_help_over_the_reader_is_generated_and_legend_comes_first(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await open_row(app, pilot, 0)
        await pilot.press("question_mark")
        await pilot.pause()
        assert "· fresh  o aging" in h.text_of(app).splitlines()[1]


@pytest.mark.parametrize("width", [80, 140])
async def test_help_looks_as_kept(app, h, width):
    async with app.run_test(size=(width, 75)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        h.picture(f"help-{width}", h.text_of(app))


async def test_the_star_goes_from_the_row_that_was_read(app, h):
    async with app.run_test(size=SIZE) as pilot:
        assert "131d* Yusuf" in h.text_of(app)
        await open_row(app, pilot, 0)
        await pilot.press("escape")
        await h.until(pilot, lambda: "131d  Yusuf" in h.text_of(app))
