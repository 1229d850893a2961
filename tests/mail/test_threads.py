"""Which messages are one conversation."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.mail.helpers import NOW, mail
from triage.mail.header import parse_header
from triage.mail.threads import group, ids_that_count
from triage.model import Address, Message

ONE = Message("", NOW, Address("", ""))
IDS = st.sampled_from([f"<{letter}@x>" for letter in "abcdefgh"])
MESSAGES = st.lists(
    st.builds(
        lambda own, refers: (own, tuple(refers)),
        st.one_of(st.none(), IDS),
        st.lists(IDS, max_size=3),
    ),
    max_size=12,
)


def messages(pairs):
    return [replace(ONE, key=str(n), message_id=own, ids=ids) for n, (own, ids) in enumerate(pairs)]


def partition(found):
    return {frozenset(message.key for message in part) for part in found}


def grouped(rows):
    return partition([[rows[position] for position in part] for part in group(rows)])


@given(MESSAGES, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_partition(pairs, random):
    rows = messages(pairs)
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert grouped(shuffled) == grouped(rows)


@given(MESSAGES)
def test_every_message_is_in_exactly_one_group(pairs):
    found = [position for part in group(messages(pairs)) for position in part]

    assert sorted(found) == list(range(len(pairs)))


@given(MESSAGES)
def test_two_messages_share_a_group_exactly_when_a_chain_of_ids_joins_them(pairs):
    rows = messages(pairs)
    names = [{row.message_id, *row.ids} - {None} for row in rows]
    reached = {n: {n} for n in range(len(rows))}
    for _ in rows:
        for n in reached:
            reached[n] |= {m for m in reached for k in list(reached[n]) if names[m] & names[k]}

    assert grouped(rows) == {frozenset(str(m) for m in found) for found in reached.values()}


def test_a_chain_of_20000_messages_is_one_conversation():
    rows = [replace(ONE, key=str(n), message_id=f"<{n}@x>", ids=(f"<{n - 1}@x>",)) for n in range(20_000)]

    assert [len(part) for part in group(rows)] == [20_000]


def ids_of(**fields):
    return ids_that_count(parse_header(mail(**fields)))


def test_an_id_without_an_at_sign_joins_nothing():
    assert ids_of(In_Reply_To="<yes>", References="<yes> <a@b>") == ("<m1@customer.example>", ("<a@b>",))


def test_references_come_first_and_in_reply_to_adds():
    assert ids_of(References="<a@b> <c@d>", In_Reply_To="<e@f>")[1] == ("<a@b>", "<c@d>", "<e@f>")


def test_in_reply_to_rescues_broken_references():
    assert ids_of(References="a@b", In_Reply_To="<e@f>")[1] == ("<e@f>",)


def test_the_mail_s_own_id_is_no_reference():
    assert ids_of(References="<m1@customer.example> <a@b>")[1] == ("<a@b>",)


def test_an_id_folded_in_the_middle_is_one_id():
    assert ids_of(References="<a\r\n @b>")[1] == ("<a@b>",)


def test_a_message_id_without_brackets_counts():
    assert ids_of(Message_ID="bare@x.org")[0] == "<bare@x.org>"


def test_the_root_and_the_nearest_of_many_references_are_kept():
    found = ids_of(References=" ".join(f"<{n}@x>" for n in range(5000)))[1]

    assert len(found) == 1000
    assert (found[0], found[-1]) == ("<0@x>", "<4999@x>")
    assert all(int(a[1:-3]) < int(b[1:-3]) for a, b in pairwise(found))
