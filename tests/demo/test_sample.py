"""The sample inbox before it is synced: enough of everything, the same every time, and nothing from the future."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from functools import cache
from itertools import pairwise

import pytest

from sync.demo.sample import build
from sync.demo.stages import gaps, stages
from sync.demo.story import dialogues, read
from sync.demo.tale import Inbox
from triage.mail.phrases import only_thanks
from triage.policy.hours import Hours

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 50, tzinfo=UTC)


@cache
def sample(now: datetime) -> Inbox:
    return build(now, Hours())


@pytest.fixture(params=[MONDAY, SUNDAY_NIGHT], ids=["monday", "sunday night"])
def inbox(request: pytest.FixtureRequest) -> Inbox:
    return sample(request.param)


def test_it_has_about_three_hundred_conversations(inbox: Inbox) -> None:
    assert 280 <= len({letter.root for letter in inbox.letters}) <= 340


def test_it_has_seven_hundred_to_a_thousand_messages(inbox: Inbox) -> None:
    assert 700 <= len(inbox.letters) <= 1000


def test_nothing_comes_from_the_future(inbox: Inbox) -> None:
    assert max(letter.at for letter in inbox.letters) <= inbox.now
    assert max(decision.at for decision in inbox.decisions) <= inbox.now


def test_the_same_seed_tells_the_same_to_the_byte() -> None:
    again = build(MONDAY, Hours())

    assert [letter.raw for letter in again.letters] == [letter.raw for letter in sample(MONDAY).letters]
    assert again.decisions == sample(MONDAY).decisions


def test_another_seed_tells_something_else() -> None:
    assert build(MONDAY, Hours(), seed=8).letters[0].raw != sample(MONDAY).letters[0].raw


def test_every_message_id_is_given_once(inbox: Inbox) -> None:
    counted = Counter(letter.message_id for letter in inbox.letters)

    assert counted.most_common(1)[0][1] == 1


def test_every_address_lies_in_a_reserved_domain(inbox: Inbox) -> None:
    fields = ("From", "To", "Cc", "Reply-To", "Return-Path")
    mails = (message_from_bytes(letter.raw, policy=policy.default) for letter in inbox.letters)
    domains = {
        found.lower()
        for mail in mails
        for field in fields
        for found in re.findall(r"@([\w.-]+)", str(mail.get(field, "")))
    }

    assert {domain for domain in domains if not domain.endswith(".example")} == set()


def test_no_slot_of_a_text_stays_empty(inbox: Inbox) -> None:
    mails = (message_from_bytes(letter.raw, policy=policy.default) for letter in inbox.letters)
    slots = re.compile(r"\{(first|last|name|inv|amount|month|company|ver|code|domain|address|at)\}")
    texts = ((mail["Subject"], mail.get_body(("plain", "html"))) for mail in mails)

    assert [subject for subject, part in texts if slots.search(subject + (part.get_content() if part else ""))] == []


def test_mail_comes_in_eight_languages_and_more() -> None:
    assert {one.language for one in dialogues()} >= {"en", "de", "fr", "es", "pt", "ja", "pl", "ar", "he"}


def test_mail_comes_in_business_hours_and_out_of_them(inbox: Inbox) -> None:
    hours = {letter.at.hour for letter in inbox.letters}

    assert hours >= {2, 10, 15, 22}


def test_the_desk_answers_in_business_hours(inbox: Inbox) -> None:
    sent = [letter for letter in inbox.letters if letter.mailbox == "Sent"]
    late = [letter for letter in sent if not Hours().between(letter.at, letter.at + timedelta(minutes=1))]

    assert len(late) < len(sent) / 4


def test_every_folder_holds_something(inbox: Inbox) -> None:
    assert {letter.mailbox for letter in inbox.letters} == {"INBOX", "Sent", "Archive", "Junk", "Trash"}


def test_a_decision_is_taken_before_the_next_mail_of_its_conversation_comes(inbox: Inbox) -> None:
    ends = [stage.until for stage in stages(inbox)]

    assert [gap for gap in gaps(inbox) if not any(gap[0] < end <= gap[1] for end in ends)] == []


def test_stages_hold_all_mail_and_all_decisions_in_order(inbox: Inbox) -> None:
    told = stages(inbox)

    assert sum(len(stage.letters) for stage in told) == len(inbox.letters)
    assert sum(len(stage.decisions) for stage in told) == len(inbox.decisions)
    assert all(one.until < other.until for one, other in pairwise(told))


def test_stages_are_few(inbox: Inbox) -> None:
    assert len(stages(inbox)) <= 8


def test_a_dialogue_reads_marks_wordings_and_paragraphs() -> None:
    (one,) = read("@ de-x | a b | One // Two\n> first\nmore\n>| other\n<? why\n>= thanks\n")

    assert (one.language, one.tags, one.subjects) == ("de", ("a", "b"), ("One", "Two"))
    assert one.turns[0].texts == ("first\n\nmore", "other")
    assert (one.turns[1].ours, one.turns[1].asks, one.turns[2].thanks) == (True, True, True)


def test_a_dialogue_without_turns_is_named() -> None:
    with pytest.raises(ValueError, match="empty-one has no turns"):
        read("@ empty-one | tag | Subject\n")


def test_a_dialogue_that_only_thanks_makes_nobody_wait() -> None:
    (one,) = read("@ x | a | One\n> q\n< a\n>= thanks\n")

    assert one.lengths(ours=False) == [1]


def test_who_waits_is_not_read_as_only_thanking() -> None:
    turns = ((one.name, turn) for one in dialogues() for turn in one.turns if not turn.ours and not turn.thanks)

    assert [(name, text) for name, turn in turns for text in turn.texts if only_thanks(text)] == []
