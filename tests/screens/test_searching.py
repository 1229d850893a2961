"""Claims about words that are typed: no letter waits for a search, and what enter takes fits what was typed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SIZE = (100, 30)


@asynccontextmanager
async def busy(app, h, pilot) -> AsyncIterator[None]:
    """The thread that looks things up is at a long search: whatever is asked after it waits until this ends."""
    begun, ends = threading.Event(), threading.Event()
    task = asyncio.create_task(app.context.beside.once_quiet(lambda store: (begun.set(), ends.wait(20))))
    try:
        await h.until(pilot, begun.is_set)
        yield
    finally:
        ends.set()
        await task


async def test_letters_are_shown_while_a_search_is_still_at_work(app, h):
    async with app.run_test(size=SIZE) as pilot:
        everything = len(app.queue.list.ids)
        async with busy(app, h, pilot):
            await pilot.press("slash", *"invoice")
            assert app.screen.entry().value == "invoice"
            assert len(app.queue.list.ids) == everything
        await h.until(pilot, lambda: len(app.queue.list.ids) == 1)


async def test_enter_narrows_the_list_before_the_next_key(app):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"invoice", "enter")
        assert len(app.queue.list.ids) == 1


async def test_escape_takes_back_what_a_search_still_at_work_will_find(app, h):
    async with app.run_test(size=SIZE) as pilot:
        before = list(app.queue.list.ids)
        async with busy(app, h, pilot):
            await pilot.press("slash", *"invoice")
            await h.until(pilot, lambda: app.context.beside._thread._work_queue.qsize() > 0)
            await pilot.press("escape")
        app.context.beside.close()  # after everything that was asked
        await pilot.pause()
        assert (list(app.queue.list.ids), app.queue.filter) == (before, "")


async def test_search_shows_the_words_around_a_hit_and_enter_opens_it(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("S", *"still")
        await h.until(
            pilot, lambda: "the invoice still shows" in h.text_of(app) or "It is still wrong" in h.text_of(app)
        )
        await pilot.press("enter")
        await h.until(pilot, lambda: "Maria Dubois" in h.text_of(app) and "Search all mail" not in h.text_of(app))


async def test_enter_right_after_typing_shows_what_fits_the_words(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("S", *"cancel", "enter")
        await pilot.pause()
        assert "Cancel my plan" in h.text_of(app)


async def test_a_wrong_word_in_the_search_names_the_nearest(app, h):
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("S", *"tga:x")
        await h.until(pilot, lambda: "tag" in h.text_of(app).splitlines()[-2])
