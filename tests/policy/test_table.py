"""Every row of STATE.md's event table, at least one test each, named after it."""

from __future__ import annotations

from datetime import timedelta

from tests.policy.helpers import ANA, BOB, SUPPLIER, TOM, US, Story, hour, iso
from triage.model import Limits, Place, Reason, Role, Status, Turn, Verb
from triage.policy.views import needs_you


def test_customer_writes_a_new_conversation():
    told = Story()
    told.customer(0)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since, found.chapter) == (Status.OPEN, Turn.OURS, hour(0), 1)


def test_customer_writes_again_while_waiting_chases_and_keeps_the_wait():
    told = Story()
    told.customer(0)
    told.customer(5)
    found = told.fold()
    assert (found.status, found.waiting_since, found.chases) == (Status.OPEN, hour(0), 1)
    assert Reason.CHASED in found.marks


def test_customer_writes_again_while_waiting_lifts_a_snooze_without_hold():
    told = Story()
    told.customer(0)
    told.snooze(1, 48)
    told.customer(5)
    assert told.fold().snoozed_until is None


def test_customer_writes_on_pending():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.customer(2)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since, found.chases) == (Status.OPEN, Turn.OURS, hour(2), 0)


def test_customer_writes_on_parked():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.status(2, Status.PARKED, reason="finance")
    told.customer(3)
    found = told.fold()
    assert (found.status, found.waiting_since, found.parked_at) == (Status.OPEN, hour(3), None)


def test_customer_writes_on_closed_within_30_days_reopens():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.close(2)
    told.customer(2 + 30 * 24)
    found = told.fold()
    assert (found.status, found.turn, found.chapter, found.reopens) == (Status.OPEN, Turn.OURS, 2, 1)
    assert found.waiting_since == hour(2 + 30 * 24)


def test_customer_writes_on_closed_after_30_days_is_a_new_question():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.close(2)
    told.customer(3 + 30 * 24)
    found = told.fold()
    assert (found.status, found.chapter, found.reopens) == (Status.OPEN, 2, 0)


def test_probably_thanks_while_not_ours_changes_nothing_but_the_view():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.thanks(2)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since, found.thanks) == (Status.PENDING, Turn.THEIRS, None, True)


def test_probably_thanks_on_closed_stays_closed():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.close(2)
    told.thanks(3)
    found = told.fold()
    assert (found.status, found.thanks, found.reopens) == (Status.CLOSED, True, 0)


def test_probably_thanks_confirmed_is_settled():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.thanks(2)
    told.act(3, Verb.THANKS)
    found = told.fold()
    assert (found.status, found.turn, found.thanks) == (Status.CLOSED, Turn.NOBODY, False)
    assert Reason.CLOSED_UNANSWERED not in found.marks


def test_probably_thanks_opened_is_a_question_that_waits_from_that_mail():
    told = Story()
    told.customer(0)
    told.close(1)
    told.thanks(2)
    told.open(3)
    found = told.fold()
    assert (found.status, found.waiting_since, found.thanks) == (Status.OPEN, hour(2), False)


def test_probably_thanks_loses_its_mark_by_later_human_mail():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.thanks(2)
    told.customer(3)
    found = told.fold()
    assert (found.thanks, found.waiting_since, found.chases) == (False, hour(3), 0)


def test_probably_thanks_while_the_turn_is_ours_is_neither_chase_nor_clock():
    told = Story()
    told.customer(0)
    told.thanks(1)
    found = told.fold()
    assert (found.waiting_since, found.chases, found.thanks) == (hour(0), 0, False)


def test_customer_writes_while_snoozed_with_hold_opens_behind_the_curtain():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.snooze(2, 48, hold=True)
    told.customer(3)
    found = told.fold()
    assert (found.status, found.waiting_since, found.snoozed_until) == (Status.OPEN, hour(3), hour(48))
    assert found.curtain_dot
    assert not needs_you(found, hour(4))


def test_customer_writes_on_spam_changes_nothing():
    told = Story()
    told.customer(0)
    told.status(1, Status.SPAM)
    told.customer(2)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since) == (Status.SPAM, Turn.NOBODY, None)
    assert not found.junk_check


def test_known_customer_on_spam_is_shown_in_junk_check():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.status(2, Status.SPAM)
    told.customer(3)
    assert told.fold().junk_check


def test_unspamming_counts_what_came_meanwhile():
    told = Story()
    told.customer(0)
    told.status(1, Status.SPAM)
    told.customer(2)
    told.open(3)
    found = told.fold()
    assert (found.status, found.waiting_since, found.chases) == (Status.OPEN, hour(0), 1)


def test_first_seen_in_junk_is_shown_as_spam():
    told = Story()
    told.customer(0, role=Role.JUNK)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since) == (Status.SPAM, Turn.NOBODY, None)


def test_found_in_inbox_later_is_open_on_its_original_clock():
    told = Story()
    key = told.customer(0, role=Role.JUNK)
    told.change(key, places=(Place("INBOX", Role.INBOX, hour(9)),), was_in=(Role.JUNK,))
    found = told.fold()
    assert (found.status, found.waiting_since) == (Status.OPEN, hour(0))


def test_machine_mail_begins_a_conversation():
    told = Story()
    told.robot(0)
    found = told.fold()
    assert (found.status, found.turn, found.machine) == (Status.OPEN, Turn.NOBODY, True)
    assert not needs_you(found, hour(1))


def test_machine_mail_on_a_conversation_moves_only_last_activity():
    told = Story()
    told.customer(0)
    before = told.fold()
    told.robot(2, ANA, away_until=hour(100))
    found = told.fold()
    assert (found.status, found.waiting_since, found.chases) == (before.status, before.waiting_since, 0)
    assert (found.last_activity, found.away_until) == (hour(2), hour(100))


def test_our_mail_begins_a_conversation():
    told = Story()
    told.reply(0, asks=True)
    found = told.fold()
    assert (found.status, found.turn, found.quiet_since, found.asked) == (Status.PENDING, Turn.THEIRS, hour(0), True)
    assert found.customer == ANA


def test_a_colleague_writes_to_the_inbox_alone():
    told = Story()
    told.mail(0, TOM, US)
    found = told.fold()
    assert (found.status, found.turn, found.customer) == (Status.OPEN, Turn.OURS, TOM)


def test_our_reply_found_elsewhere_is_pending_and_gives_a_sample():
    told = Story()
    told.customer(0)
    told.customer(1)
    told.reply(3, asks=True)
    found = told.fold()
    assert (found.status, found.turn, found.quiet_since, found.asked) == (Status.PENDING, Turn.THEIRS, hour(3), True)
    assert [(s.waiting_since, s.answered_at, s.stated) for s in found.samples] == [(hour(0), hour(3), False)]


def test_our_reply_leaves_closed_closed():
    told = Story()
    told.customer(0)
    told.close(1)
    told.reply(2)
    assert told.fold().status is Status.CLOSED


def test_our_reply_leaves_spam_spam():
    told = Story()
    told.customer(0)
    told.status(1, Status.SPAM)
    told.reply(2)
    assert told.fold().status is Status.SPAM


def test_our_reply_lifts_a_snooze_and_ends_a_park():
    told = Story()
    told.customer(0)
    told.status(1, Status.PARKED, reason="finance")
    told.snooze(2, 48, hold=True)
    told.reply(3)
    found = told.fold()
    assert (found.status, found.parked_at, found.snoozed_until) == (Status.PENDING, None, None)


def test_our_reply_sent_here_has_the_status_that_was_chosen():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.close(1.1, seen=("m0",), sent=sent)
    found = told.fold()
    assert (found.status, len(found.samples)) == (Status.CLOSED, 1)
    assert Reason.CLOSED_UNANSWERED not in found.marks


def test_our_reply_answers_only_those_it_is_addressed_to():
    told = Story()
    told.customer(0)
    told.customer(1, BOB)
    told.reply(2, ANA)
    found = told.fold()
    assert (found.turn, found.waiting_since) == (Turn.OURS, hour(1))


def test_our_reply_in_drafts_junk_trash_or_templates_answers_nobody():
    for role in (Role.DRAFTS, Role.JUNK, Role.TRASH, Role.TEMPLATES):
        told = Story()
        told.customer(0)
        told.reply(1, role=role)
        assert told.fold().waiting_since == hour(0), role


def test_our_reply_held_or_queued_leaves_the_turn_ours():
    told = Story()
    told.customer(0)
    told.act(1, Verb.NOTE, text="reply written, not accepted yet")
    assert told.fold().turn is Turn.OURS


def test_our_mail_to_other_outsiders_answers_nobody():
    told = Story()
    told.customer(0)
    told.reply(1, SUPPLIER)
    found = told.fold()
    assert (found.status, found.waiting_since) == (Status.OPEN, hour(0))


def test_what_outside_help_writes_back_is_never_a_chase():
    told = Story()
    told.customer(0)
    told.reply(1, SUPPLIER)
    key = told.customer(2, SUPPLIER)
    found = told.fold()
    assert (found.chases, found.customers) == (0, (ANA.address,))
    assert told.side(key) == "other"


def test_mail_among_ourselves_inside_a_conversation_is_internal():
    told = Story()
    told.customer(0)
    key = told.mail(1, TOM, US)
    found = told.fold()
    assert (found.waiting_since, found.chases) == (hour(0), 0)
    assert told.side(key) == "internal"


def test_permanent_bounce_of_our_newest_reply_resumes_the_wait():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.bounce(1.1, sent)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since) == (Status.OPEN, Turn.OURS, hour(0))
    assert found.samples == ()
    assert Reason.BOUNCED in found.marks


def test_permanent_bounce_without_a_wait_waits_from_the_bounced_mail():
    told = Story()
    sent = told.reply(1)
    told.bounce(1.1, sent)
    found = told.fold()
    assert (found.status, found.waiting_since) == (Status.OPEN, hour(1))


def test_permanent_bounce_after_a_human_mail_is_a_reason_only():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.customer(2)
    told.bounce(3, sent)
    found = told.fold()
    assert (found.waiting_since, len(found.samples)) == (hour(2), 1)
    assert Reason.BOUNCED in found.marks


def test_temporary_bounce_is_a_reason_only():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.bounce(2, sent, permanent=False)
    found = told.fold()
    assert (found.status, found.turn, len(found.samples)) == (Status.PENDING, Turn.THEIRS, 1)
    assert Reason.BOUNCED in found.marks


def test_bounced_ends_with_the_next_reply_or_decision():
    for end in ("reply", "close"):
        told = Story()
        told.customer(0)
        sent = told.reply(1)
        told.bounce(2, sent)
        getattr(told, end)(3)
        assert Reason.BOUNCED not in told.fold().marks, end


def test_note_and_tag_never_answer_reopen_or_touch_a_clock():
    told = Story()
    told.customer(0)
    told.close(1)
    before = told.fold()
    told.act(2, Verb.NOTE, text="called")
    told.act(2, Verb.TAG, tag="refund")
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since) == (before.status, before.turn, before.waiting_since)
    assert (found.noted, found.note, found.tags) == (1, "called", ("refund",))


def test_pending_without_a_reply_keeps_the_wait_in_needs_you():
    told = Story()
    told.customer(0)
    told.status(1, Status.PENDING)
    found = told.fold()
    assert (found.status, found.waiting_since) == (Status.PENDING, hour(0))
    assert Reason.BEHIND_PENDING in found.marks
    assert needs_you(found, hour(2))


def test_answered_elsewhere_is_theirs_with_a_stated_sample():
    told = Story()
    told.customer(0)
    told.act(5, Verb.ANSWERED, by="phone", at=iso(4))
    found = told.fold()
    assert (found.status, found.turn, found.quiet_since) == (Status.PENDING, Turn.THEIRS, hour(4))
    assert [(s.waiting_since, s.answered_at, s.stated) for s in found.samples] == [(hour(0), hour(4), True)]


def test_no_answer_needed_closes_without_sample_and_never_as_unanswered():
    told = Story()
    told.customer(0)
    told.act(1, Verb.NO_ANSWER)
    found = told.fold()
    assert (found.status, found.turn, found.samples, found.marks) == (Status.CLOSED, Turn.NOBODY, (), ())


def test_duplicate_of_another_closes_like_no_answer():
    told = Story()
    told.customer(0)
    told.act(1, Verb.NO_ANSWER, duplicate_of="elsewhere")
    assert (told.fold().status, told.fold().marks) == (Status.CLOSED, ())


def test_closed_while_somebody_waits_is_closed_unanswered():
    told = Story()
    told.customer(0)
    told.close(1)
    found = told.fold()
    assert (found.status, found.waiting_since, found.marks) == (Status.CLOSED, None, (Reason.CLOSED_UNANSWERED,))


def test_open_by_a_person_on_closed_waits_again_from_its_start():
    told = Story()
    told.customer(0)
    told.close(1)
    told.open(9)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since) == (Status.OPEN, Turn.OURS, hour(0))
    assert (found.chapter, found.reopens, found.opened_by_person) == (1, 0, True)


def test_open_by_a_person_on_spam_waits_again_from_its_start():
    told = Story()
    told.customer(0)
    told.status(1, Status.SPAM)
    told.open(2)
    assert told.fold().waiting_since == hour(0)


def test_open_by_a_person_where_all_is_answered_needs_you_without_a_wait():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.close(2)
    told.open(3)
    found = told.fold()
    assert (found.turn, found.waiting_since) == (Turn.THEIRS, None)
    assert needs_you(found, hour(4))


def test_parked_keeps_its_reason_and_the_wait_goes_on():
    told = Story()
    told.customer(0)
    told.status(1, Status.PARKED, reason="finance must credit line 3")
    found = told.fold()
    assert (found.status, found.waiting_since, found.parked_at) == (Status.PARKED, hour(0), hour(1))
    assert found.parked_reason == "finance must credit line 3"


def test_snooze_due_is_shown_until_the_next_decision():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.snooze(2, 10)
    found = told.fold()
    assert not needs_you(found, hour(9))
    assert needs_you(found, hour(10))
    told.status(11, Status.PENDING)
    assert told.fold().snoozed_until is None


def test_promise_ends_with_reply_close_spam_or_a_new_date():
    for end in ("reply", "close", "spam", "date"):
        told = Story()
        told.customer(0)
        told.act(1, Verb.PROMISE, until=iso(50), text="the credit note")
        assert told.fold().promise_until == hour(50)
        if end == "spam":
            told.status(2, Status.SPAM)
        elif end == "date":
            told.act(2, Verb.PROMISE, until=iso(70))
        else:
            getattr(told, end)(2)
        assert told.fold().promise_until == (hour(70) if end == "date" else None), end


def test_moved_or_deleted_by_someone_else_keeps_its_wait():
    told = Story()
    key = told.customer(0)
    moved = (Place("Old", Role.OTHER, hour(5)),)
    told.change(key, places=moved, left_inbox=True, moved_at=hour(5))
    found = told.fold()
    assert (found.status, found.waiting_since, found.junk_check) == (Status.OPEN, hour(0), False)
    assert Reason.MOVED in found.marks


def test_moved_to_junk_or_trash_is_shown_in_junk_check():
    for role in (Role.JUNK, Role.TRASH):
        told = Story()
        key = told.customer(0)
        told.change(key, places=(Place("x", role, hour(5)),), left_inbox=True, moved_at=hour(5))
        found = told.fold()
        assert (found.status, found.waiting_since, found.junk_check) == (Status.OPEN, hour(0), True), role


def test_deleted_by_someone_else_keeps_its_wait():
    told = Story()
    key = told.customer(0)
    told.change(key, places=(), gone=True, left_inbox=True, moved_at=hour(5))
    found = told.fold()
    assert (found.waiting_since, Reason.MOVED in found.marks) == (hour(0), True)


def test_moved_elsewhere_is_accepted_by_a_decision_after_the_move():
    told = Story()
    key = told.customer(0)
    told.change(key, places=(), gone=True, left_inbox=True, moved_at=hour(5))
    told.status(6, Status.PENDING)
    assert Reason.MOVED not in told.fold().marks


def test_start_line_closes_what_is_older_as_from_before():
    told = Story()
    told.customer(0)
    told.start(1000, 900)
    found = told.fold()
    assert (found.status, found.turn, found.waiting_since, found.history) == (Status.CLOSED, Turn.NOBODY, None, True)
    assert (found.marks, needs_you(found, hour(1001))) == ((), False)


def test_start_line_leaves_what_has_newer_mail_on_its_whole_clock():
    told = Story()
    told.customer(0)
    told.customer(950)
    told.start(1000, 900)
    found = told.fold()
    assert (found.status, found.waiting_since, found.history) == (Status.OPEN, hour(0), False)


def test_start_line_a_customer_who_writes_on_it_opens_it_without_a_reopen():
    told = Story()
    told.customer(0)
    told.start(1000, 900)
    told.customer(1001)
    found = told.fold()
    assert (found.status, found.waiting_since, found.reopens, found.history) == (Status.OPEN, hour(1001), 0, False)


def test_start_line_is_undone_like_any_decision():
    told = Story()
    told.customer(0)
    before = told.fold()
    line = told.start(1000, 900)
    told.undo(1001, line)
    assert told.fold() == before


def test_mail_from_our_address_that_references_nothing_claims_to_be_us():
    told = Story()
    told.customer(0)
    key = told.mail(1, US, ANA, ids=())
    found = told.fold()
    assert told.side(key) == "claims to be us"
    assert Reason.CLAIMS_TO_BE_US in found.marks
    assert found.waiting_since == hour(0)


def test_mail_that_fails_authentication_claims_to_be_us():
    told = Story()
    told.customer(0)
    told.mail(1, US, ANA, proven=False)
    assert told.fold().waiting_since == hour(0)


def test_a_colleagues_reply_in_the_inbox_answers():
    told = Story()
    told.customer(0)
    told.mail(1, TOM, (ANA, US))
    assert told.fold().waiting_since is None


def test_answer_to_a_mail_of_ours_that_is_not_here():
    told = Story()
    told.customer(0, ids=("<1234@desk.example>",))
    assert Reason.ANSWER_NOT_SEEN in told.fold().marks
    assert Reason.ANSWER_NOT_SEEN not in told.fold(partial=True).marks


def test_away_ends_when_the_customer_writes():
    told = Story()
    told.reply(0)
    told.robot(1, ANA, away_until=hour(100))
    told.customer(2)
    assert told.fold().away_until is None


def test_the_reopen_limit_comes_from_the_configuration():
    told = Story()
    told.customer(0)
    told.close(1)
    told.customer(24)
    assert told.fold(Limits(reopen=timedelta(hours=2))).reopens == 0
    assert told.fold(Limits(reopen=timedelta(hours=40))).reopens == 1
