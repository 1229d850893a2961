"""What a round has to do, as properties over any mailbox."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync import plan, ranges
from sync.answers import Standing

uids = st.lists(st.integers(1, 500), unique=True).map(sorted)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
flags = st.frozensets(st.sampled_from(["\\Seen", "\\Answered", "$x"]))


@given(uids, uids)
def test_doing_the_plan_makes_the_store_equal_to_the_server(server: list[int], known: list[int]) -> None:
    after = (set(known) | set(plan.missing(server, known))) - set(plan.vanished(server, known))

    assert after == set(server)


@given(uids, uids)
def test_what_is_missing_comes_newest_first_and_once(server: list[int], known: list[int]) -> None:
    found = plan.missing(server, known)

    assert found == sorted(set(found), reverse=True)


@given(uids, uids)
def test_vanished_runs_name_only_what_was_known(gone: list[int], known: list[int]) -> None:
    assert plan.inside(ranges.runs(gone), known) == sorted(set(gone) & set(known))


@given(st.dictionaries(st.integers(1, 30), flags), st.dictionaries(st.integers(1, 30), flags))
def test_only_known_messages_with_other_flags_differ(
    known: dict[int, frozenset[str]], server: dict[int, frozenset[str]]
) -> None:
    found = plan.differing(known, server)

    assert {**known, **found} == {uid: server.get(uid, old) for uid, old in known.items()}


@given(uids, st.integers(1, 50), st.integers(1, 200))
def test_growing_pieces_lose_nothing_and_double(todo: list[int], first: int, largest: int) -> None:
    pieces = [list(piece) for piece in plan.growing(todo, first, max(first, largest))]

    assert [uid for piece in pieces for uid in piece] == todo
    assert all(len(piece) <= max(first, largest) for piece in pieces)
    assert all(len(b) <= 2 * len(a) for a, b in pairwise(pieces))


@given(st.lists(st.integers(0, 5000)), st.integers(1, 20), st.integers(1, 4000))
def test_packs_keep_order_and_limits(sizes: list[int], count: int, limit: int) -> None:
    packs = list(plan.filled(enumerate(sizes), count, limit))

    assert [item for pack, _ in packs for item in pack] == list(range(len(sizes)))
    assert all(len(pack) <= count and (total <= limit or len(pack) == 1) for pack, total in packs)
    assert all(total == sum(sizes[item] for item in pack) for pack, total in packs)


@given(st.none() | instants, instants)
def test_sent_goes_on_until_it_covers_what_inbox_shows(reached: datetime | None, shown: datetime) -> None:
    assert plan.behind(reached, shown) == (reached is None or reached > shown)


def test_equal_counts_and_uidnext_prove_equal_messages() -> None:
    assert plan.same_messages(Standing(1, 10, 5), Standing(1, 10, 5))


def test_another_uidvalidity_proves_nothing() -> None:
    assert not plan.same_messages(Standing(1, 10, 5), Standing(2, 10, 5))


def test_a_server_without_uidnext_proves_nothing() -> None:
    assert not plan.same_messages(Standing(1, 0, 5), Standing(1, 0, 5))


def test_without_a_mod_sequence_flags_may_have_changed() -> None:
    assert not plan.unchanged(Standing(1, 10, 5, 0), Standing(1, 10, 5, 0))


def test_an_equal_mod_sequence_means_nothing_changed() -> None:
    assert plan.unchanged(Standing(1, 10, 5, 7), Standing(1, 10, 5, 7))


@given(uids)
def test_a_set_reads_back_as_written(some: list[int]) -> None:
    if some:
        runs = ranges.read(ranges.written(some).encode())
        assert [uid for first, last in runs for uid in range(first, last + 1)] == some
