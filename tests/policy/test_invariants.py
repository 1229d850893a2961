"""STATE.md's invariants, each as a property over whole conversations."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.helpers import ANA, BOB, DESK, US, hour
from tests.policy.stories import DECISIONS, action, stories
from triage.model import Action, Conversation, Kind, Message, Place, Role, Status, Turn, Verb
from triage.policy.fold import fold
from triage.policy.order import arrange
from triage.policy.timeline import timeline

QUIET = [Verb.NOTE, Verb.EDIT_NOTE, Verb.STRIKE_NOTE, Verb.TAG, Verb.UNTAG, Verb.SNOOZE, Verb.PROMISE]
CUSTOMERS = ("customer", "claims to be us")


def folded(mail: list[Message], decided: list[Action]) -> Conversation:
    return fold(1, mail, decided, DESK)


@given(stories())
def test_the_turn_is_ours_exactly_when_a_wait_is_set(story):
    found = folded(*story)
    assert (found.turn is Turn.OURS) == (found.waiting_since is not None)


@given(stories())
def test_closed_or_spam_has_no_wait(story):
    found = folded(*story)
    if found.status in (Status.CLOSED, Status.SPAM):
        assert found.waiting_since is None
        assert found.turn is Turn.NOBODY


@given(stories(), st.data())
def test_note_tag_snooze_and_promise_never_move_the_wait(story, data):
    mail, decided = story
    extra = data.draw(action("z0", [m.key for m in mail], QUIET))
    before, after = folded(mail, decided), folded(mail, [*decided, extra])
    assert (after.waiting_since, after.turn, after.status) == (before.waiting_since, before.turn, before.status)
    assert (after.reopens, after.chapter, after.chases, after.samples) == (
        before.reopens,
        before.chapter,
        before.chases,
        before.samples,
    )


@given(stories(), st.data())
def test_do_then_undo_is_nothing(story, data):
    mail, decided = story
    verbs = [verb for verb in DECISIONS if verb is not Verb.STRIKE_NOTE]
    done = data.draw(action("z0", [m.key for m in mail], verbs))
    done = replace(done, bulk=None)
    undo = Action("z1", hour(data.draw(st.integers(0, 90))), "person", Verb.UNDO, done.message, (), {"target": "z0"})
    assert folded(mail, [*decided, done, undo]) == folded(mail, decided)


@given(stories(), st.data())
def test_undo_then_redo_is_the_decision(story, data):
    mail, decided = story
    done = replace(data.draw(action("z0", [m.key for m in mail])), bulk=None)
    undo = Action("z1", hour(71), "person", Verb.UNDO, done.message, (), {"target": "z0"})
    redo = Action("z2", hour(72), "person", Verb.UNDO, done.message, (), {"target": "z1"})
    assert folded(mail, [*decided, done, undo, redo]) == folded(mail, [*decided, done])


@given(stories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_fold_and_timeline(story, random):
    mail, decided = story
    mixed_mail, mixed_decided = list(mail), list(decided)
    random.shuffle(mixed_mail)
    random.shuffle(mixed_decided)
    assert folded(mixed_mail, mixed_decided) == folded(mail, decided)
    assert timeline(mixed_mail, mixed_decided, DESK) == timeline(mail, decided, DESK)


@settings(max_examples=200)
@given(stories())
def test_no_customer_message_is_unsettled_unanswered_human_not_spam_and_without_a_wait(story):
    mail, decided = story
    found = folded(mail, decided)
    open_ = [
        entry.message.received_at
        for entry in timeline(mail, decided, DESK)
        if entry.message is not None
        and entry.side in CUSTOMERS
        and entry.message.kind is not Kind.THANKS
        and not entry.settled
    ]
    if open_ and found.status is not Status.SPAM:
        assert found.waiting_since is not None
        assert found.waiting_since <= min(open_)


@given(stories())
def test_a_second_mail_of_a_customer_never_resets_the_wait(story):
    mail, decided = story
    before = folded(mail, decided)
    again = Message("again", hour(100), ANA, (US,), "", "<again@x.example>", places=(_inbox(),))
    after = folded([*mail, again], decided)
    if before.waiting_since is not None and Verb.START not in {a.verb for a in decided} and _is_person(decided):
        assert after.waiting_since == before.waiting_since


@st.composite
def plain(draw: st.DrawFn) -> tuple[list[Message], list[Action]]:
    """Mail of two customers, replies to them, and closings or spam marks, one event an hour."""
    mail: list[Message] = []
    decided: list[Action] = []
    for i in range(draw(st.integers(1, 9))):
        what = draw(st.sampled_from(["ana", "bob", "reply", "close"])) if mail else "ana"
        if what == "close":
            seen = tuple(draw(st.lists(st.sampled_from([m.key for m in mail]), unique=True)))
            decided.append(Action(f"a{i}", hour(i), "person", Verb.STATUS, mail[-1].key, seen, {"status": "closed"}))
            continue
        who = {"ana": ANA, "bob": BOB}.get(what, US)
        to = US if who is not US else draw(st.sampled_from([m.sender for m in mail if not m.ours] or [ANA]))
        role = Role.INBOX if who is not US else Role.SENT
        mail.append(
            Message(
                f"m{i}",
                hour(i),
                who,
                (to,),
                "",
                f"<{i}@x.example>",
                ours=who is US,
                places=(Place(role, role, hour(i)),),
            )
        )
    return mail, decided


@settings(max_examples=300)
@given(plain())
def test_the_wait_is_the_earliest_mail_that_nothing_settled_and_no_later_reply_answered(story):
    """STATE.md's one sentence, read literally: without references a closing settles exactly what is in `seen`."""
    mail, decided = story
    settled = {key for a in decided for key in a.seen}
    waits = [
        m.received_at
        for i, m in enumerate(mail)
        if not m.ours and m.key not in settled and not any(r.ours and m.sender in r.recipients for r in mail[i + 1 :])
    ]
    assert folded(mail, decided).waiting_since == min(waits, default=None)


@given(stories(), st.data())
def test_a_closing_leaves_what_it_did_not_see_waiting(story, data):
    mail, decided = story
    seen = set(data.draw(st.lists(st.sampled_from([m.key for m in mail]), unique=True)))
    last = arrange(mail)[-1].key
    # The last message is in view, so the closing stands after all mail; nothing is decided later.
    at_end = [a for a in decided if a.verb is not Verb.STATUS and a.verb is not Verb.START]
    close = Action("z9", hour(99), "person", Verb.STATUS, last, tuple(seen), {"status": "closed"})
    after = {e.message.key: e.settled for e in timeline(mail, [*at_end, close], DESK) if e.message}
    before = {e.message.key: e.settled for e in timeline(mail, at_end, DESK) if e.message}
    kept = {key for key, settled in before.items() if not settled} - _with_ancestors(mail, seen)
    assert all(not after[key] for key in kept)


@given(stories())
def test_samples_never_end_before_they_begin(story):
    assert all(sample.answered_at >= sample.waiting_since for sample in folded(*story).samples)


@given(stories())
def test_no_message_stands_before_one_it_references_unless_they_run_in_a_circle(story):
    mail, _ = story
    rows = arrange(mail)
    place = {m.message_id: i for i, m in enumerate(rows)}
    for m in rows:
        for named in m.ids:
            if named in place and named != m.message_id and not _reaches(mail, named, m.message_id):
                assert place[named] < place[m.message_id]


@given(stories())
def test_every_message_stands_once_in_the_timeline(story):
    mail, decided = story
    shown = [e.message.key for e in timeline(mail, decided, DESK) if e.message]
    assert sorted(shown) == sorted(m.key for m in mail)


def _inbox() -> Place:
    return Place("INBOX", Role.INBOX, hour(100))


def _is_person(decided: list[Action]) -> bool:
    """Whether nobody said that Ana is a machine."""
    return all(a.payload.get("address") != ANA.address for a in decided if a.verb is Verb.SENDER)


def _with_ancestors(mail: list[Message], seen: set[str]) -> set[str]:
    """Seen keys and all that they reference, by plain repetition."""
    keys = {m.message_id: m.key for m in mail}
    named = {m.key: {keys[i] for i in m.ids if i in keys} for m in mail}
    for m in mail:
        if m.bounce is not None and m.bounce.answers in keys:
            named[m.key].add(keys[m.bounce.answers])
    while True:
        more = seen.union(*(named[key] for key in seen))
        if more == seen:
            return seen
        seen = more


def _reaches(mail: list[Message], start: str, end: str) -> bool:
    named = {m.message_id: [*m.ids, *([m.bounce.answers] if m.bounce else [])] for m in mail}
    reached, stack = {start}, [start]
    while stack:
        for more in named.get(stack.pop(), ()):
            if more not in reached:
                reached.add(more)
                stack.append(more)
    return end in reached
