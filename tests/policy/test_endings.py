"""What ends what: every clock, mark and count goes when its cause goes, and not before."""

from __future__ import annotations

from tests.policy.helpers import ANA, BOB, SUPPLIER, TOM, US, Story, hour, iso
from triage.model import Kind, Reason, Role, Status, Turn, Verb


def test_talk_among_ourselves_drops_a_thanks_mark():
    told = Story()
    told.reply(0)
    told.thanks(1)
    told.mail(2, TOM, US)
    assert not told.fold().thanks


def test_talk_among_ourselves_after_a_reply_makes_its_bounce_a_reason_only():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.mail(2, TOM, US)
    told.bounce(3, sent)
    assert told.fold().turn is Turn.THEIRS


def test_our_mail_to_a_colleague_alone_is_pending():
    told = Story()
    told.mail(0, US, TOM, role=Role.SENT)
    assert (told.fold().status, told.fold().turn) == (Status.PENDING, Turn.THEIRS)


def test_last_customer_mail_and_last_mail_of_ours_are_told_apart():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.thanks(2)
    told.robot(3)
    found = told.fold()
    assert (found.last_customer_at, found.last_ours_at, found.last_activity) == (hour(2), hour(1), hour(3))


def test_a_thanks_mark_dropped_by_later_mail_stays_dropped_when_that_is_closed():
    told = Story()
    told.reply(0)
    told.thanks(1)
    late = told.customer(2, ids=())
    told.close(3, seen=(late,))
    assert (told.fold().status, told.fold().thanks) == (Status.CLOSED, False)


def test_a_reply_drops_a_thanks_mark():
    told = Story()
    told.reply(0)
    told.thanks(1)
    told.reply(2)
    assert not told.fold().thanks


def test_answered_elsewhere_keeps_a_thanks_mark_it_did_not_see():
    told = Story()
    told.reply(0)
    told.thanks(1)
    told.act(2, Verb.ANSWERED, by="phone", seen=("m0",), on="m1")
    assert told.fold().thanks


def test_a_mail_in_the_inbox_takes_a_conversation_out_of_junk_on_its_original_clock():
    for second in ("customer", "thanks"):
        told = Story()
        told.customer(0, role=Role.JUNK)
        getattr(told, second)(5)
        found = told.fold()
        assert (found.status, found.waiting_since) == (Status.OPEN, hour(0)), second


def test_a_second_mail_in_junk_leaves_it_spam():
    told = Story()
    told.customer(0, role=Role.JUNK)
    told.customer(5, role=Role.JUNK)
    assert told.fold().status is Status.SPAM


def test_our_reply_to_a_mail_in_junk_says_it_is_no_spam():
    told = Story()
    told.customer(0, role=Role.JUNK)
    told.reply(1)
    found = told.fold()
    assert (found.status, found.turn) == (Status.PENDING, Turn.THEIRS)
    told.customer(2)
    assert (told.fold().status, told.fold().waiting_since) == (Status.OPEN, hour(2))


def test_a_customers_mail_in_junk_inside_a_conversation_waits_and_is_shown_in_junk_check():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.customer(2, role=Role.JUNK)
    found = told.fold()
    assert (found.status, found.waiting_since, found.junk_check) == (Status.OPEN, hour(2), True)


def test_spam_said_by_a_person_is_not_undone_by_a_mail_in_the_inbox():
    told = Story()
    told.customer(0, role=Role.JUNK)
    told.status(1, Status.SPAM)
    told.customer(2)
    assert told.fold().status is Status.SPAM


def test_what_comes_after_the_start_line_is_a_new_chapter():
    told = Story()
    told.customer(0)
    told.start(1000, 900)
    told.customer(1001)
    assert told.fold().chapter == 2


def test_rounds_and_snoozes_begin_anew_with_a_chapter():
    told = Story()
    told.customer(0)
    told.snooze(1, 2)
    told.reply(3)
    told.close(4)
    assert (told.fold().rounds, told.fold().snoozes) == (1, 1)
    told.customer(5)
    assert (told.fold().rounds, told.fold().snoozes) == (0, 0)


def test_reopened_is_closed_no_more():
    told = Story()
    told.customer(0)
    told.close(1)
    assert told.fold().closed_at == hour(1)
    told.customer(2)
    assert told.fold().closed_at is None


def test_closing_again_does_not_move_the_closing():
    told = Story()
    told.customer(0)
    told.close(1)
    told.close(9)
    assert told.fold().closed_at == hour(1)


def test_open_after_two_closings_in_a_row_waits_from_the_start():
    told = Story()
    told.customer(0)
    told.close(1)
    told.close(2)
    told.open(3)
    assert told.fold().waiting_since == hour(0)


def test_open_brings_back_only_what_the_present_closing_settled():
    told = Story()
    told.customer(0)
    told.close(1)
    told.customer(5)
    told.close(6)
    told.open(7)
    found = told.fold()
    assert (found.waiting_since, found.chases) == (hour(5), 0)


def test_closed_unanswered_is_forgotten_once_the_customer_came_back_and_was_answered():
    told = Story()
    told.customer(0)
    told.close(1)
    told.customer(2)
    told.reply(3)
    told.close(4)
    assert told.fold().marks == ()


def test_closing_what_was_answered_is_no_closed_unanswered():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.close(2)
    assert told.fold().marks == ()


def test_no_answer_needed_on_closed_unanswered_takes_the_reason_away():
    told = Story()
    told.customer(0)
    told.close(1)
    told.act(2, Verb.NO_ANSWER)
    assert (told.fold().status, told.fold().marks) == (Status.CLOSED, ())


def test_answered_elsewhere_on_closed_unanswered_corrects_the_record():
    told = Story()
    told.customer(0)
    told.close(1)
    told.act(2, Verb.ANSWERED, by="phone")
    found = told.fold()
    assert (found.status, found.marks, len(found.samples)) == (Status.CLOSED, (), 1)


def test_a_late_reply_to_closed_is_not_brought_back_by_open():
    told = Story()
    told.customer(0)
    told.close(1)
    told.reply(2)
    told.open(3)
    assert told.fold().waiting_since is None


def test_a_bounced_late_reply_to_closed_waits_again():
    told = Story()
    told.customer(0)
    told.close(1)
    sent = told.reply(2)
    told.bounce(3, sent)
    found = told.fold()
    assert (found.status, found.waiting_since, found.samples) == (Status.OPEN, hour(0), ())


def test_a_hold_ends_with_its_snooze():
    told = Story()
    told.reply(0)
    told.snooze(1, 48, hold=True)
    told.customer(2)
    told.snooze(3, None)
    found = told.fold()
    assert (found.snoozed_until, found.hold, found.curtain_dot) == (None, False, False)


def test_new_mail_after_the_hour_of_a_hold_ends_the_curtain():
    told = Story()
    told.reply(0)
    told.snooze(1, 10, hold=True)
    told.customer(11)
    assert told.fold().snoozed_until is None


def test_the_texts_of_a_park_and_a_promise_end_with_them():
    told = Story()
    told.customer(0)
    told.status(1, Status.PARKED, reason="finance")
    told.act(2, Verb.PROMISE, until=iso(50), text="the credit note")
    assert (told.fold().parked_reason, told.fold().promise) == ("finance", "the credit note")
    told.reply(3)
    assert (told.fold().parked_reason, told.fold().promise) == (None, None)


def test_a_reply_ends_opened_by_a_person():
    told = Story()
    told.customer(0)
    told.open(1)
    assert told.fold().opened_by_person
    told.reply(2)
    assert not told.fold().opened_by_person


def test_a_bounce_of_a_mail_that_replaced_a_stated_answer_resumes_the_wait():
    told = Story()
    told.customer(0)
    told.reply(1)
    late = told.forget("m1")
    told.act(3, Verb.ANSWERED, by="colleague")
    told.messages.append(late)
    # The answer a person stated stands after the mail they saw, so the late reply comes behind it.
    told.bounce(4, "m1")
    found = told.fold()
    assert (found.turn, found.waiting_since, found.samples) == (Turn.OURS, hour(0), ())


def test_a_stated_sample_is_replaced_once():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.reply(2)
    late = [told.forget("m1"), told.forget("m2")]
    told.act(3, Verb.ANSWERED, by="colleague")
    told.messages.extend(late)
    assert [(s.answered_at, s.stated) for s in told.fold().samples] == [(hour(1), False)]


def test_a_reply_after_what_was_stated_leaves_the_stated_sample():
    told = Story()
    told.customer(0)
    told.act(1, Verb.ANSWERED, by="phone")
    told.reply(5)
    assert [s.stated for s in told.fold().samples] == [True]


def test_a_bounce_gives_back_the_quiet_and_the_question_before():
    told = Story()
    told.reply(0, asks=True)
    sent = told.reply(5)
    told.bounce(6, sent)
    told.act(7, Verb.NO_ANSWER)
    found = told.fold()
    assert (found.quiet_since, found.asked) == (hour(0), True)


def test_a_bounce_ends_a_park_and_a_closing():
    for end in ("park", "close"):
        told = Story()
        told.customer(0)
        sent = told.reply(1)
        if end == "park":
            told.status(1.5, Status.PARKED, reason="finance")
        else:
            told.close(1.5)
        told.bounce(2, sent)
        found = told.fold()
        assert (found.status, found.parked_at, found.closed_at) == (Status.OPEN, None, None), end


def test_three_bounces_in_turn_withdraw_every_round():
    told = Story()
    told.customer(0)
    for i in range(3):
        told.bounce(2 * i + 2, told.reply(2 * i + 1))
    found = told.fold()
    assert (found.rounds, found.samples, found.waiting_since) == (0, (), hour(0))


def test_a_bounce_on_what_a_person_called_spam_is_a_reason_only():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.status(1.5, Status.SPAM)
    told.bounce(2, sent)
    assert told.fold().status is Status.SPAM


def test_a_bounce_for_somebody_else_is_a_reason_only():
    told = Story()
    told.customer(0)
    sent = told.reply(1, (ANA, TOM))
    told.bounce(2, sent, failed=TOM)
    assert (told.fold().turn, Reason.BOUNCED in told.fold().marks) == (Turn.THEIRS, True)


def test_the_start_line_leaves_spam_as_spam():
    told = Story()
    told.customer(0)
    told.status(1, Status.SPAM)
    told.start(1000, 900)
    assert (told.fold().status, told.fold().history) == (Status.SPAM, True)


def test_the_start_line_on_closed_keeps_what_open_brings_back():
    told = Story()
    told.customer(0)
    told.close(1)
    told.start(1000, 900)
    assert told.fold().marks == ()
    told.open(1001)
    found = told.fold()
    assert (found.status, found.waiting_since, found.history) == (Status.OPEN, hour(0), False)


def test_the_start_line_drops_a_thanks_mark():
    told = Story()
    told.reply(0)
    told.thanks(1)
    told.start(1000, 900)
    assert not told.fold().thanks


def test_the_newest_start_line_counts():
    told = Story()
    told.customer(0)
    told.start(1000, 900)
    told.start(1001, -10)
    assert not told.fold().history


def test_a_reply_accepted_before_its_copy_is_here_ends_what_a_reply_ends():
    told = Story()
    told.customer(0)
    told.act(1, Verb.PROMISE, until=iso(50))
    told.status(2, Status.PENDING, sent="not here yet")
    found = told.fold()
    assert (found.promise_until, found.rounds, found.asked) == (None, 1, True)


def test_thanks_said_to_be_a_question_after_a_closing_is_a_reopening():
    told = Story()
    told.customer(0)
    told.close(1)
    told.thanks(2)
    told.open(3)
    found = told.fold()
    assert (found.chapter, found.reopens, found.thanks) == (2, 1, False)


def test_thanks_said_to_be_a_question_is_settled_by_a_closing():
    told = Story()
    told.reply(0)
    told.thanks(1)
    told.open(2)
    told.close(3)
    found = told.fold()
    assert (found.status, found.thanks, found.turn) == (Status.CLOSED, False, Turn.NOBODY)


def test_pending_on_a_snooze_leaves_the_curtain():
    told = Story()
    told.customer(0)
    told.snooze(1, 48)
    told.status(2, Status.PENDING)
    assert told.fold().snoozed_until == hour(48)


def test_open_close_and_spam_end_a_snooze():
    for status in (Status.OPEN, Status.CLOSED, Status.SPAM):
        told = Story()
        told.customer(0)
        told.snooze(1, 48, hold=True)
        told.status(2, status)
        assert told.fold().snoozed_until is None, status


def test_a_status_ends_a_park():
    told = Story()
    told.customer(0)
    told.status(1, Status.PARKED, reason="finance")
    told.status(2, Status.PENDING)
    assert (told.fold().parked_at, told.fold().parked_reason) == (None, None)


def test_pending_on_closed_leaves_what_was_settled_settled():
    told = Story()
    told.customer(0)
    told.close(1)
    told.status(2, Status.PENDING)
    found = told.fold()
    assert (found.status, found.turn, found.closed_at) == (Status.PENDING, Turn.THEIRS, None)


def test_spam_on_closed_then_open_waits_for_nothing():
    told = Story()
    told.customer(0)
    told.close(1)
    told.status(2, Status.SPAM)
    told.open(3)
    assert told.fold().turn is Turn.THEIRS


def test_spam_again_accepts_what_junk_check_showed():
    told = Story()
    told.customer(0)
    told.reply(1)
    told.status(2, Status.SPAM)
    told.customer(3)
    told.status(4, Status.SPAM)
    assert not told.fold().junk_check


def test_a_closing_that_left_mail_waiting_keeps_the_promise():
    told = Story()
    told.customer(0)
    told.customer(1, BOB, ids=())
    told.act(1.5, Verb.PROMISE, until=iso(50))
    told.close(2, seen=("m0",), on="m1")
    found = told.fold()
    assert (found.status, found.promise_until, found.waiting_since) == (Status.OPEN, hour(50), hour(1))


def test_answered_elsewhere_leaves_unseen_mail_waiting_and_open():
    told = Story()
    told.customer(0)
    told.customer(1, ids=())
    told.act(2, Verb.ANSWERED, by="phone", seen=("m0",), on="m1")
    found = told.fold()
    assert (found.status, found.waiting_since, len(found.samples)) == (Status.OPEN, hour(1), 1)


def test_a_stated_instant_before_the_mail_gives_a_sample_of_nothing():
    told = Story()
    told.customer(5)
    told.act(6, Verb.ANSWERED, by="phone", at=iso(1))
    sample = told.fold().samples[0]
    assert (sample.waiting_since, sample.answered_at) == (hour(5), hour(5))


def test_a_bounce_after_an_answer_elsewhere_is_a_reason_only():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.act(2, Verb.ANSWERED, by="phone")
    told.bounce(3, sent)
    assert told.fold().turn is Turn.THEIRS


def test_a_reply_to_a_helper_and_a_customer_makes_nobody_a_helper():
    told = Story()
    told.customer(0)
    told.reply(1, (ANA, SUPPLIER))
    told.customer(2, SUPPLIER)
    assert told.fold().waiting_since == hour(2)


def test_mail_in_sent_from_an_unknown_alias_is_ours():
    told = Story()
    told.customer(0)
    told.mail(1, BOB, ANA, role=Role.SENT)
    assert told.fold().turn is Turn.THEIRS


def test_an_away_note_of_ours_is_not_the_customers():
    told = Story()
    told.customer(0)
    told.robot(1, US, kind=Kind.AUTO, away_until=hour(90))
    assert told.fold().away_until is None


def test_a_colleague_who_is_the_customer_writes_again_as_the_customer():
    told = Story()
    told.mail(0, TOM, US)
    told.mail(1, TOM, US)
    assert told.fold().chases == 1


def test_mail_to_outsiders_from_us_outside_sent_claims_to_be_us():
    told = Story()
    told.customer(0)
    key = told.mail(1, TOM, SUPPLIER)
    assert told.side(key) == "claims to be us"


def test_mail_from_us_that_only_lay_in_junk_claims_to_be_us_and_is_spam():
    told = Story()
    key = told.mail(0, US, ANA, role=Role.JUNK)
    assert (told.side(key), told.fold().status) == ("claims to be us", Status.SPAM)


def test_the_start_line_ends_a_bounce_like_any_decision():
    told = Story()
    sent = told.reply(0)
    told.bounce(1, sent)
    told.start(9, before=5)
    assert (told.fold().history, told.fold().marks) == (True, ())


def test_an_answer_stated_late_does_not_make_us_quiet_for_longer():
    told = Story()
    told.customer(0)
    told.reply(5)
    told.act(6, Verb.ANSWERED, by="phone", at=iso(2))
    assert told.fold().quiet_since == hour(5)
