"""Order and `seen`: a decision settles what the person saw, no clock but the server's orders it among mail."""

from __future__ import annotations

from tests.policy.helpers import ANA, BOB, TOM, US, Story, hour, iso
from triage.model import Action, Address, Kind, Reason, Role, Status, Turn, Verb
from triage.policy.order import arrange

MAILER = Address("", "mailer-daemon@mx.example")


def test_a_mail_that_arrived_unseen_still_waits():
    told = Story()
    told.customer(0)
    told.customer(1, ids=())
    told.close(2, seen=("m0",))
    found = told.fold()
    assert (found.status, found.waiting_since) == (Status.OPEN, hour(1))


def test_a_mail_older_than_the_closing_that_nobody_saw_is_no_reopening():
    told = Story()
    told.customer(0)
    told.customer(1, ids=())
    told.close(2, seen=("m0",))
    found = told.fold()
    assert (found.reopens, found.chapter) == (0, 1)


def test_a_closing_settles_the_reference_ancestors_of_what_was_seen():
    told = Story()
    told.customer(0)
    told.customer(1)
    told.close(2, seen=("m1",))
    assert told.fold().status is Status.CLOSED


def test_a_conversation_joined_later_still_waits():
    told = Story()
    told.customer(0, ids=())
    told.customer(1, BOB, ids=())
    told.close(2, seen=("m1",))
    found = told.fold()
    assert (found.status, found.waiting_since) == (Status.OPEN, hour(0))


def test_a_slow_laptop_clock_does_not_put_a_closing_before_the_mail_it_saw():
    told = Story()
    told.customer(0)
    told.customer(5)
    told.close(-100)
    assert told.fold().status is Status.CLOSED


def test_a_slow_laptop_clock_does_not_touch_the_decisions_between_older_mail():
    told = Story()
    told.customer(0)
    told.close(1)
    told.customer(24)
    told.close(-1000)
    assert (told.fold().reopens, told.fold().status) == (1, Status.CLOSED)


def test_a_reply_that_turns_up_late_repairs_history():
    told = Story()
    told.customer(0)
    told.reply(1)
    late = told.forget("m1")
    told.close(2)
    assert Reason.CLOSED_UNANSWERED in told.fold().marks
    told.messages.append(late)
    found = told.fold()
    assert (found.status, found.marks, len(found.samples)) == (Status.CLOSED, (), 1)


def test_a_reply_older_than_what_was_stated_replaces_the_stated_sample():
    told = Story()
    told.customer(0)
    told.reply(1)
    late = told.forget("m1")
    told.act(3, Verb.ANSWERED, by="colleague")
    told.messages.append(late)
    assert [(s.answered_at, s.stated) for s in told.fold().samples] == [(hour(1), False)]


def test_a_message_never_stands_before_one_it_references():
    told = Story()
    told.reply(5, key="sent")
    told.customer(4, ids=("<sent@x.example>",))
    assert [m.key for m in arrange(told.messages)] == ["sent", "m1"]
    assert told.fold().waiting_since == hour(4)


def test_references_in_a_circle_fold_like_any():
    told = Story()
    told.customer(0, key="a", ids=("<b@x.example>",))
    told.customer(1, key="b", ids=("<a@x.example>",))
    assert [m.key for m in arrange(told.messages)] == ["a", "b"]


def test_two_mails_with_one_message_id_are_both_counted():
    told = Story()
    told.customer(0, message_id="<same@x.example>")
    told.customer(1, message_id="<same@x.example>", ids=())
    assert (told.fold().messages, told.fold().chases) == (2, 1)


def test_tags_go_to_both_parts_of_a_split_and_the_status_stays():
    told = Story()
    told.customer(0, key="kept")
    told.customer(1, key="cut", ids=())
    told.act(2, Verb.TAG, tag="refund", on="kept")
    told.status(3, Status.PARKED, reason="finance", on="kept")
    told.act(3, Verb.NOTE, text="called", on="kept")
    told.forget("kept")
    found = told.fold()
    assert (found.tags, found.status, found.noted) == (("refund",), Status.OPEN, 0)


def test_a_closing_before_a_split_settles_what_it_saw_in_both_parts():
    told = Story()
    told.customer(0, key="kept")
    told.customer(1, key="cut", ids=())
    told.close(2, on="kept")
    told.forget("kept")
    found = told.fold()
    assert (found.status, found.turn) == (Status.OPEN, Turn.THEIRS)


def test_a_reply_accepted_before_its_copy_is_here_answers():
    told = Story()
    told.customer(0)
    told.status(1, Status.PENDING, sent="not here yet")
    found = told.fold()
    assert (found.status, found.turn, found.quiet_since) == (Status.PENDING, Turn.THEIRS, hour(1))
    assert [(s.waiting_since, s.answered_at) for s in found.samples] == [(hour(0), hour(1))]


def test_the_name_a_person_gave_wins_over_the_newest_of_theirs():
    told = Story()
    told.customer(0)
    told.customer(1, Address("A. Mueller", ANA.address))
    assert told.fold().customer.name == "A. Mueller"
    named = {"address": ANA.address, "name": "Ana (ACME)"}
    told.actions.append(Action("a0", hour(2), "person", Verb.RENAME, None, (), named))
    assert told.fold().customer == Address("Ana (ACME)", ANA.address)


def test_a_sender_said_to_be_a_machine_waits_no_more_before_and_after():
    told = Story()
    told.customer(0)
    machine = {"address": ANA.address, "is": "machine"}
    told.actions.append(Action("a0", hour(-5), "person", Verb.SENDER, None, (), machine))
    found = told.fold()
    assert (found.turn, found.machine) == (Turn.NOBODY, True)


def test_a_sender_said_to_be_a_person_waits_from_the_mail():
    told = Story()
    told.robot(0, ANA)
    person = {"address": ANA.address, "is": "person"}
    told.actions.append(Action("a0", hour(5), "person", Verb.SENDER, None, (), person))
    assert told.fold().waiting_since == hour(0)


def test_an_answer_to_the_reply_to_of_a_customer_answers():
    told = Story()
    told.customer(0, reply_to=("ana@home.example",))
    told.reply(1, Address("", "ana@home.example"))
    assert told.fold().waiting_since is None


def test_a_contact_form_waits_under_the_address_behind_it():
    told = Story()
    told.mail(0, US, US, customer=ANA)
    found = told.fold()
    assert (found.customer, found.waiting_since) == (ANA, hour(0))
    told.reply(1)
    assert told.fold().waiting_since is None


def test_our_reply_to_a_colleague_who_is_the_customer_answers():
    told = Story()
    told.mail(0, TOM, US)
    told.reply(1, TOM)
    assert told.fold().turn is Turn.THEIRS


def test_a_sent_mail_deleted_from_sent_still_answered():
    told = Story()
    told.customer(0)
    told.change(told.reply(1), places=(), gone=True, was_in=(Role.SENT,))
    assert told.fold().waiting_since is None


def test_a_draft_deleted_from_drafts_never_answered():
    told = Story()
    told.customer(0)
    told.change(told.reply(1), places=(), gone=True, was_in=(Role.DRAFTS,))
    assert told.fold().waiting_since == hour(0)


def test_a_draft_alone_is_nobodys_turn():
    told = Story()
    told.reply(0, role=Role.DRAFTS)
    found = told.fold()
    assert (found.turn, found.machine) == (Turn.NOBODY, False)


def test_a_second_report_of_the_same_bounce_changes_nothing():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.bounce(2, sent)
    before = told.fold()
    told.bounce(3, sent)
    found = told.fold()
    assert (found.waiting_since, found.chases, found.rounds) == (before.waiting_since, 0, 0)


def test_a_bounce_for_one_of_two_addressees_resumes_only_that_wait():
    told = Story()
    told.customer(0, BOB)
    told.customer(1, ANA)
    sent = told.reply(2, (ANA, BOB))
    told.bounce(3, sent, failed=ANA)
    found = told.fold()
    assert (found.waiting_since, [s.waiting_since for s in found.samples]) == (hour(1), [hour(0)])


def test_a_bounce_opens_what_was_closed_after_the_reply():
    told = Story()
    told.customer(0)
    sent = told.reply(1)
    told.close(1.1)
    told.bounce(2, sent)
    found = told.fold()
    assert (found.status, found.waiting_since, found.reopens) == (Status.OPEN, hour(0), 0)


def test_backscatter_is_machine_mail_and_no_reason():
    told = Story()
    told.robot(0, MAILER, kind=Kind.BOUNCE)
    assert (told.fold().machine, told.fold().marks) == (True, ())


def test_a_second_try_to_the_right_address_answers_a_first_mail_that_bounced():
    told = Story()
    sent = told.reply(0, Address("", "ana@cleint.example"))
    told.bounce(1, sent, failed=Address("", "ana@cleint.example"))
    told.reply(2, ANA)
    found = told.fold()
    assert (found.turn, found.status) == (Turn.THEIRS, Status.PENDING)


def test_five_rounds_go_in_circles_until_closed():
    told = Story()
    for i in range(5):
        told.customer(2 * i)
        told.reply(2 * i + 1)
    assert Reason.CIRCLES in told.fold().marks
    told.close(20)
    assert Reason.CIRCLES not in told.fold().marks


def test_three_reopenings_are_a_revolving_door():
    told = Story()
    told.customer(0)
    for i in range(3):
        told.reply(10 * i + 1)
        told.close(10 * i + 2)
        told.customer(10 * i + 5)
    assert (told.fold().reopens, Reason.REVOLVING_DOOR in told.fold().marks) == (3, True)


def test_three_snoozes_are_snoozed_often():
    told = Story()
    told.customer(0)
    for i in range(3):
        told.snooze(10 * i, 10 * i + 9)
    assert Reason.SNOOZED_OFTEN in told.fold().marks


def test_a_promise_by_a_new_date_of_null_ends():
    told = Story()
    told.customer(0)
    told.act(1, Verb.PROMISE, until=iso(9))
    told.act(2, Verb.PROMISE, until=None)
    assert told.fold().promise_until is None


def test_the_timeline_stands_in_fold_order_with_notes_after_what_they_saw():
    told = Story()
    told.customer(0)
    told.act(9, Verb.NOTE, text="called", seen=("m0",))
    told.reply(1)
    told.close(2)
    told.customer(30)
    kinds = [entry.kind.value for entry in told.timeline()]
    assert kinds == ["message", "note", "message", "action", "message"]
    assert [entry.settled for entry in told.timeline() if entry.message] == [True, True, False]
    assert [entry.words for entry in told.timeline() if entry.words] == ["closed"]
