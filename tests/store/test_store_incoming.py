"""Claims about what the sync puts into the store."""

from __future__ import annotations

from tests.store.helpers import CLOCK, EPOCH, NOW, Mailroom, arrival, days, raw
from triage.model import Role, Status, Turn, View
from triage.store import incoming, queue
from triage.store.database import Store, rebuild
from triage.store.incoming import MailboxState


def test_a_mail_becomes_a_conversation_that_waits(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(2))
    found = queue.conversation(store, id)
    assert (found.turn, found.waiting_since, found.subject) == (Turn.OURS, NOW - days(2), "Printer on fire")


def test_a_reply_found_in_sent_ends_the_wait(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", at=NOW - days(2))
    assert mail.reply("b@x", ["a@x"], NOW - days(1)) == id
    assert queue.conversation(store, id).turn is Turn.THEIRS


def test_mail_in_the_queue_stands_longest_wait_first(mail: Mailroom, store: Store) -> None:
    late = mail.customer("late@x", at=NOW - days(1))
    early = mail.customer("early@x", at=NOW - days(3))
    assert list(queue.ids(store, View.NEEDS_YOU, NOW, CLOCK)) == [early, late]


def test_a_message_that_references_two_threads_joins_them_and_the_smaller_id_stays(
    mail: Mailroom, store: Store
) -> None:
    first, second = mail.customer("a@x"), mail.customer("b@x")
    assert mail.customer("c@x", ["a@x", "b@x"]) == min(first, second)
    assert queue.conversation(store, max(first, second)).id == min(first, second)


def test_adding_the_same_mail_again_changes_nothing(mail: Mailroom, worker: Store) -> None:
    one = [arrival(1, raw("a@x"))]
    incoming.add(worker, "INBOX", one, NOW)
    before = worker.all("select * from message"), worker.all("select * from place")
    incoming.add(worker, "INBOX", one, NOW + days(1))
    assert (worker.all("select * from message"), worker.all("select * from place")) == before


def test_the_earliest_received_instant_counts(mail: Mailroom, store: Store, worker: Store) -> None:
    text = raw("a@x")
    id = mail.put(text, NOW)
    mail.put(text, NOW - days(1), "Archive")
    assert queue.conversation(store, id).waiting_since == NOW - days(1)


def test_mail_first_seen_in_junk_is_shown_as_spam_and_counts_from_its_start_in_inbox(
    mail: Mailroom, store: Store
) -> None:
    text = raw("a@x")
    id = mail.put(text, NOW - days(3), "Junk")
    assert queue.conversation(store, id).status is Status.SPAM
    mail.put(text, NOW - days(3))
    found = queue.conversation(store, id)
    assert (found.status, found.waiting_since) == (Status.OPEN, NOW - days(3))


def test_gone_is_said_only_after_a_complete_round(mail: Mailroom, worker: Store) -> None:
    mail.customer("a@x")
    incoming.vanish(worker, "INBOX", [1], NOW)
    incoming.finish_round(worker, NOW, complete=False)
    assert worker.value("select gone from message") == 0
    incoming.finish_round(worker, NOW, complete=True)
    assert worker.value("select gone from message") == 1


def test_a_mail_that_comes_back_is_not_gone(mail: Mailroom, worker: Store) -> None:
    mail.customer("a@x")
    incoming.vanish(worker, "INBOX", [1], NOW)
    incoming.finish_round(worker, NOW, complete=True)
    mail.customer("a@x")
    assert worker.one("select gone, left_inbox, moved_at from message") == (0, 0, None)


def test_a_new_uidvalidity_keeps_every_message_and_says_nothing_is_gone(mail: Mailroom, worker: Store) -> None:
    id = mail.customer("a@x")
    incoming.renumber(worker, "INBOX", 2)
    assert not incoming.known_uids(worker, "INBOX")
    incoming.add(worker, "INBOX", [arrival(77, raw("a@x"))], NOW)
    incoming.finish_round(worker, NOW, complete=True)
    assert worker.all("select conversation, gone, left_inbox from message") == [(id, 0, 0)]


def test_a_conversation_lacking_its_references_is_partial_until_every_mailbox_is_complete(
    mail: Mailroom, worker: Store
) -> None:
    incoming.put_mailbox(worker, MailboxState("INBOX", Role.INBOX, 1, complete_from=NOW))
    id = mail.customer("b@x", ["a@x"])
    assert queue.conversation(worker, id).partial
    incoming.put_mailbox(worker, MailboxState("INBOX", Role.INBOX, 1, complete_from=EPOCH))
    assert not queue.conversation(worker, id).partial


def test_bodies_of_what_needs_you_come_first_then_the_newest(mail: Mailroom, worker: Store) -> None:
    mail.customer("a@x", at=NOW - days(3))
    mail.put(raw("n@x", sender="noreply@shop.example", extra="Auto-Submitted: auto-generated\r\n"), NOW)
    assert [wanted.uid for wanted in incoming.wanted_bodies(worker, 10)] == [1, 2]


def test_a_fetched_body_is_wanted_no_more(mail: Mailroom, worker: Store, store: Store) -> None:
    id = mail.customer("a@x", text="Smoke everywhere.")
    assert mail.fetch() == 1
    assert not incoming.wanted_bodies(worker, 10)
    (entry,) = queue.timeline(store, id)
    assert entry.body is not None
    assert entry.body.text.strip() == "Smoke everywhere."


def test_an_equal_key_with_another_text_is_a_variant_in_the_same_conversation(mail: Mailroom, store: Store) -> None:
    id = mail.customer("a@x", text="One text.")
    mail.customer("a@x", text="Another text.")
    mail.fetch()
    texts = {entry.body.text.strip() for entry in queue.timeline(store, id) if entry.body is not None}
    assert texts == {"One text.", "Another text."}


def test_a_large_thread_is_taken_in_pieces_and_is_one_conversation(mail: Mailroom, worker: Store) -> None:
    worker.pace["add"] = 20
    batch = [arrival(1, raw("m0@x"))]
    batch += [arrival(1 + i, raw(f"m{i}@x", ["m0@x"], at=NOW - days(i)), NOW - days(i)) for i in range(1, 300)]
    (id,) = incoming.add(worker, "INBOX", batch, NOW)
    assert queue.conversation(worker, id).messages == 300
    assert rebuild(worker) == (1, 0)


def test_what_texts_ask_leaves_nothing_for_a_rebuild_to_change(mail: Mailroom, worker: Store) -> None:
    mail.customer("a@x", text="Can you help me? When?")
    mail.reply("b@x", ["a@x"], at=NOW - days(1), text="Which version do you use?")
    mail.customer("c@x", text="Where is my invoice?")
    mail.fetch()
    asked = {queue.conversation(worker, id).asked for id in (1, 2)}
    assert asked == {True, False}
    assert rebuild(worker)[1] == 0
