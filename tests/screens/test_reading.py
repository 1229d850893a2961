from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from screens.look import ASCII, UNICODE
from screens.reading import Way, lay_out, note_lines, opens_at, reflow, waiting_line, wrap
from triage.mail.safe import cells
from triage.model import Address, Attachment, Body, Conversation, Entry, EntryKind, Message, Note, Turn

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WAY = Way(80, NOW, UTC, ASCII)


def mail(text: str = "Hello", *, side: str = "customer", settled: bool = True, sender: str = "Maria", **body: object):
    message = Message("k", NOW - timedelta(days=1), Address(sender, f"{sender.lower()}@example.org"))
    read = Body(text=text, new_text=text, **body)
    return Entry(EntryKind.MESSAGE, message.received_at, message=message, body=read, side=side, settled=settled)


def note(text: str | None) -> Entry:
    return Entry(EntryKind.NOTE, NOW, note=Note("n", NOW, "person", text, "k"))


def text(entries: list[Entry], way: Way = WAY, ours: tuple[str, ...] = ()) -> str:
    return "\n".join(line.text for line in lay_out(entries, way, ours))


def test_a_message_opens_with_who_and_when():
    assert text([mail()]).startswith(" -- Maria, Thu 12:00 ---")


def test_our_own_mail_is_you():
    assert " -- you, " in text([mail(side="ours", sender="Desk")], ours=("desk@example.org",))


def test_a_colleague_keeps_their_name():
    assert " -- Tom, " in text([mail(side="ours", sender="Tom")], ours=("desk@example.org",))


def test_who_is_not_the_customer_is_said():
    assert "Maria (claims to be us)" in text([mail(side="claims to be us")])


def test_quotes_and_signature_are_folded_to_one_line():
    shown = text([mail(quoted="> a\n> b\n> c", signature="Maria\nACME")])
    assert " > 3 quoted lines   > signature" in shown
    assert "ACME" not in shown


def test_quotes_and_signature_unfold():
    shown = text([mail(quoted="said before", signature="ACME")], Way(80, NOW, UTC, ASCII, quotes=True))
    assert " said before" in shown
    assert "ACME" in shown


def test_a_note_has_an_edge_on_every_line_and_the_word():
    lines = note_lines(Note("n", NOW, "person", "Asked Tom.\nDue Thu.", "k"), WAY)
    assert lines[0].text == " ## note, you, Fri 12:00, never sent to the customer ##"
    assert [line.text for line in lines[1:3]] == [" # Asked Tom.", " # Due Thu."]
    assert {line.role for line in lines[:3]} == {"note"}


def test_a_note_never_looks_like_mail():
    roles = {line.role for line in lay_out([mail(), mail(side="ours")], WAY) if line.text.strip()}
    assert "note" not in roles


def test_a_struck_note_leaves_a_tombstone():
    assert "(struck)" in text([note(None)])


def test_a_body_not_here_yet_says_so():
    entry = mail()
    missing = Entry(EntryKind.MESSAGE, entry.at, message=entry.message, side="customer")
    assert "not here yet" in text([missing])


def test_headers_show_the_whole_address_and_where_it_lies():
    shown = text([mail()], Way(80, NOW, UTC, ASCII, headers=True))
    assert "From: Maria <maria@example.org>" in shown
    assert "Lies in: no folder any more" in shown


def test_attachments_are_listed_with_their_size():
    assert " file a.pdf, 212 kB" in text([mail(attachments=(Attachment("a.pdf", "application/pdf", 212_000, 1),))])


def test_it_opens_at_the_first_message_of_the_present_wait():
    assert opens_at([mail(), mail(side="ours"), note("x"), mail(settled=False), mail(settled=False)]) == 3


def test_without_a_wait_it_opens_at_the_newest_message():
    assert opens_at([mail(), mail(side="ours"), note("x")]) == 1


def test_the_top_line_counts_unanswered_messages():
    waiting = Conversation(1, "k", "s", Address("", "a@b"), turn=Turn.OURS, waiting_since=NOW - timedelta(days=1))
    entries = [mail(), mail(settled=False), mail(settled=False), mail(settled=False)]
    assert waiting_line(waiting, entries, WAY) == "3 messages unanswered since Thu 12:00"


def test_a_huge_message_says_what_is_left_out():
    assert "more characters not shown" in text([mail("x " * 200_000)])


def test_words_are_broken_at_spaces():
    assert wrap("one two three", 8) == ["one two", "three"]


def test_wide_characters_count_two():
    assert wrap("漢字漢字", 5) == ["漢字", "漢字"]


@given(st.text(max_size=300), st.integers(2, 90))
def test_no_wrapped_line_is_too_wide_and_nothing_is_lost(words, width):
    lines = wrap(words, width)
    assert all(cells(part) <= width for part in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "").replace("\n", "")


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=80), st.booleans())
def test_no_text_of_a_mail_steers_anything(body, name, struck, quotes):
    way = Way(60, NOW, UTC, UNICODE, quotes=quotes, headers=True)
    entries = [mail(body, sender=name or "x", quoted=body, signature=name), note(struck)]
    shown = "".join(line.text for line in lay_out(entries, way))
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)


def test_lines_broken_by_a_mail_program_are_joined_where_they_do_not_fit():
    broken = "I hope I am in the right place with this. I want to pay your bill by\ntransfer but find no number."
    assert reflow(broken, 50) == broken.replace("\n", " ")


def test_lines_that_fit_are_left_as_they_are():
    assert reflow("one two three\nfour", 50) == "one two three\nfour"


def test_short_lines_and_lists_stay_apart():
    text = "A long first line that is wider than the pane it is shown in\n- one\n- two\n\nRegards\nDana"
    assert reflow(text, 40) == text


def test_decisions_in_a_row_stand_together():
    acts = [Entry(EntryKind.ACTION, NOW, words="tagged bug"), Entry(EntryKind.ACTION, NOW, words="tagged export")]
    assert text(acts) == " tagged bug, Fri 12:00\n tagged export, Fri 12:00\n"


def test_an_instant_of_the_journal_reads_as_a_person_says_it():
    act = Entry(EntryKind.ACTION, NOW, words="promised by 2026-11-22T09:13:20+00:00: call back")
    assert text([act]).startswith(" promised by Sun 22 Nov 2026 09:13: call back, Fri 12:00")
