"""Which messages are one conversation, by references, joins and splits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.helpers import ANA, US, hour
from triage.model import Action, Message, Verb
from triage.policy.partition import partition


def mail(i: int, *names: int, at: int | None = None) -> Message:
    ids = tuple(f"<{n}@x.example>" for n in names)
    return Message(f"m{i}", hour(i if at is None else at), ANA, (US,), "", f"<{i}@x.example>", ids)


def join(n: int, one: int, other: int) -> Action:
    return Action(f"a{n:03d}", hour(100 + n), "person", Verb.JOIN, f"m{one}", (), {"with": f"m{other}"})


def split(n: int, at: int) -> Action:
    return Action(f"a{n:03d}", hour(100 + n), "person", Verb.SPLIT, f"m{at}", (), {})


def undo(n: int, target: str) -> Action:
    return Action(f"a{n:03d}", hour(100 + n), "person", Verb.UNDO, None, (), {"target": target})


def parts(messages: list[Message], moves: list[Action] | None = None) -> set[frozenset[str]]:
    return {frozenset(messages[i].key for i in part) for part in partition(messages, moves or [])}


def groups(*words: str) -> set[frozenset[str]]:
    """ "012 34" as sets of message keys."""
    return {frozenset(f"m{c}" for c in word) for word in words}


@st.composite
def forests(draw: st.DrawFn) -> list[Message]:
    """Up to nine mails that reference older ones, younger ones, absent ones, or nothing."""
    count = draw(st.integers(1, 9))
    return [
        mail(i, *draw(st.lists(st.integers(0, 11), max_size=2, unique=True)), at=draw(st.integers(0, 9)))
        for i in range(count)
    ]


@st.composite
def moves(draw: st.DrawFn, count: int) -> list[Action]:
    found = []
    for n in range(draw(st.integers(0, 5))):
        if draw(st.booleans()):
            found.append(join(n, draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1))))
        else:
            found.append(split(n, draw(st.integers(0, count - 1))))
    return found


@given(forests(), st.data())
def test_every_message_is_in_exactly_one_part(messages, data):
    found = partition(messages, data.draw(moves(len(messages))))
    assert sorted(i for part in found for i in part) == list(range(len(messages)))


@settings(max_examples=200)
@given(forests(), st.data())
def test_join_then_split_is_nothing(messages, data):
    before = data.draw(moves(len(messages)))
    found = partition(messages, before)
    if len(found) < 2:
        return
    one, other = data.draw(st.permutations(found))[:2]
    joined = join(50, data.draw(st.sampled_from(one)), data.draw(st.sampled_from(other)))
    # In fold order the oldest of a part is the one that the part without its join begins with.
    for attached in (one, other):
        oldest = _oldest(messages, attached)
        assert parts(messages, [*before, joined, split(51, oldest)]) == parts(messages, before)


@given(forests(), st.data())
def test_join_then_undo_is_nothing(messages, data):
    before = data.draw(moves(len(messages)))
    last = len(messages) - 1
    joined = join(50, data.draw(st.integers(0, last)), data.draw(st.integers(0, last)))
    assert parts(messages, [*before, joined, undo(51, joined.id)]) == parts(messages, before)


@given(forests(), st.data())
def test_split_then_join_is_nothing(messages, data):
    before = data.draw(moves(len(messages)))
    k = data.draw(st.integers(0, len(messages) - 1))
    cut = [*before, split(50, k)]
    here = next(part for part in partition(messages, before) if k in part)
    rest = [i for i in here if not _together(messages, cut, i, k)]
    if rest:
        assert parts(messages, [*cut, join(51, k, rest[0])]) == parts(messages, before)


@given(forests(), st.data(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_parts(messages, data, random):
    decided = data.draw(moves(len(messages)))
    mixed, mixed_moves = list(messages), list(decided)
    random.shuffle(mixed)
    random.shuffle(mixed_moves)
    assert parts(mixed, mixed_moves) == parts(messages, decided)


def test_mails_that_reference_each_other_are_one_conversation():
    assert parts([mail(0), mail(1, 0), mail(2), mail(3, 1)]) == groups("013", "2")


def test_two_answers_to_a_mail_that_is_not_here_are_one_conversation():
    assert parts([mail(0, 9), mail(1, 9)]) == groups("01")


def test_a_join_puts_two_conversations_together():
    assert parts([mail(0), mail(1)], [join(0, 0, 1)]) == groups("01")


def test_a_split_takes_along_what_answers_the_message():
    told = [mail(0), mail(1, 0), mail(2, 0, 1), mail(3, 0), mail(4, 0, 1, 2)]
    assert parts(told, [split(0, 1)]) == groups("03", "124")


def test_the_nearest_reference_decides_who_follows_a_split():
    assert parts([mail(0), mail(1, 0), mail(2, 1, 0)], [split(0, 1)]) == groups("02", "1")


def test_a_split_at_the_oldest_message_of_a_whole_conversation_does_nothing():
    assert parts([mail(0), mail(1, 0)], [split(0, 0)]) == groups("01")


def test_a_conversation_of_joined_parts_leaves_whole():
    told = [mail(0), mail(1), mail(2), mail(3)]
    made = [join(0, 0, 1), join(1, 2, 3), join(2, 1, 3)]
    assert parts(told, made) == groups("0123")
    assert parts(told, [*made, split(3, 2)]) == groups("01", "23")


def test_what_was_split_off_can_be_joined_again():
    told = [mail(0), mail(1, 0)]
    assert parts(told, [split(0, 1), join(1, 0, 1)]) == groups("01")


def test_a_late_answer_follows_its_part():
    told = [mail(0), mail(1, 0)]
    assert parts([*told, mail(2, 1)], [split(0, 1)]) == groups("0", "12")


def _together(messages: list[Message], moves: list[Action], a: int, b: int) -> bool:
    return any(a in part and b in part for part in partition(messages, moves))


def _oldest(messages: list[Message], part: list[int]) -> int:
    from triage.policy.order import arrange

    rank = {m.key: n for n, m in enumerate(arrange(messages))}
    return min(part, key=lambda i: rank[messages[i].key])
