"""The conversations with a history: doors that revolve, circles, bounces, promises, colleagues, other folders."""

from __future__ import annotations

from datetime import datetime, timedelta

from sync.demo import long
from sync.demo.almanac import Almanac
from sync.demo.cast import Cast, asked, told, waits
from sync.demo.letter import Move
from sync.demo.mime import DESK, HOST, US, Mailbox, Written, entry
from sync.demo.people import People, Person
from sync.demo.tale import Decision, Inbox, Tale
from triage.model import Level

NOOR = Mailbox("Noor Haddad", "noor@pennywren.example")
TOMASZ = Mailbox("Tomasz Wrona", "tomasz@pennywren.example")
WEBSITE = Mailbox("Pennywren website", "website@pennywren.example")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Scenes:
    """Each method tells one kind of conversation; `all` tells them all."""

    def __init__(self, inbox: Inbox, almanac: Almanac, people: People, cast: Cast) -> None:
        self.inbox = inbox
        self.almanac = almanac
        self.people = people
        self.cast = cast
        self.now = inbox.now

    def all(self) -> None:
        self.revolving_doors()
        self.circles()
        self.curtains()
        self.parked()
        self.behind_pending()
        self.promises()
        self.by_phone()
        self.closed_unanswered()
        self.forms()
        self.colleagues()
        self.outside_help()
        self.strangers()
        self.swept_away()
        self.twins()
        self.we_began()
        self.spammers()
        self.an_old_friend()
        self.drafts()

    def revolving_doors(self) -> None:
        """Closed and back, three times and more. The closings fall together, so that few rounds of mail tell it."""
        for number, (subject, tag, words) in enumerate(long.DOORS):
            tale = Tale(self.inbox, self.people.somebody("en"), subject)
            last = len(words) - 1
            for chapter, (theirs, answer) in enumerate(words):
                closed = self.almanac.desk_before(self._ago(61 - 19 * chapter), 0.1, 1)
                if chapter == last:
                    tale.says(self.almanac.reached((0.7 + number * 2, 1.5 + number * 2)), theirs)
                    continue
                answered = self.almanac.desk_before(closed, 0.2, 3)
                tale.says(self.almanac.before(answered, 8, 40), theirs)
                tale.answers(answered, answer)
                tale.decide(closed, "close")
            tale.decide(self.now - HOUR * (2 + number), "note", text=long.DOOR_NOTES[number])
            tale.decide(self.now - HOUR * (2 + number), "tag", add=tag, remove=())

    def circles(self) -> None:
        """Five rounds and more, and no end in sight."""
        for number, (subject, rounds) in enumerate(long.CIRCLES):
            tale = Tale(self.inbox, self.people.somebody("en"), subject)
            end = self.almanac.reached((0.7 + number, 1.6 + number))
            desk = [place % 2 == 1 for place in range(len(rounds))]
            for text, at, ours in zip(rounds, self.cast.times(desk, end), desk, strict=True):
                (tale.answers if ours else tale.says)(at, text)

    def curtains(self) -> None:
        """Snoozed: for later, too often, with hold and a mail behind the curtain, and one that is due."""
        for days in (0.7, 1.6, 3.5, 6, 12):
            tale, at = self.cast.play(waits(Level.STALE))
            tale.decide(self._soon_after(at), "snooze", until=self._morning(days), hold=False)
        for _ in range(2):
            self._snoozed_often()

        tale, _ = self.cast.play(told(Level.FRESH), until=self._ago(9))
        tale.decide(self.now - DAY * 8, "snooze", until=self._morning(5), hold=True)
        tale.says(self._ago(1), "Just so you know, the new card arrived. No hurry, but here is the form again.")

        tale, at = self.cast.play(asked(Level.AGING))
        tale.decide(self._soon_after(at), "snooze", until=self.now - HOUR * 2, hold=False)

    def _snoozed_often(self) -> None:
        tale, _ = self.cast.play(waits(Level.MOLDY), until=self._ago(16))
        for days in (15, 11, 7, 3):
            until = self._morning(4 - days) if days > 3 else self._morning(2)
            tale.decide(self.now - DAY * days, "snooze", until=until, hold=False)

    def parked(self) -> None:
        """Someone else must: with a reason each, one of them longer ago than is good."""
        reasons = (
            (4, "Bank has to answer, their ticket 88-2041"),
            (9, "Waits for the ruling of the tax office"),
            (17, "Developers: needs the new PDF engine"),
            (22, "Customer's agency changes the DNS"),
            (41, "Noor decides about the partner price"),
        )
        for place, (days, reason) in enumerate(reasons):
            shape = told(Level.MOLDY) if place % 2 else waits(Level.MOLDY)
            tale, _ = self.cast.play(shape, until=self._ago(days + 1))
            tale.decide(self.now - DAY * days, "park", reason=reason)

    def behind_pending(self) -> None:
        """Set to pending although nobody answered: they still wait."""
        for level in (Level.AGING, Level.STALE, Level.MOLDY):
            tale, at = self.cast.play(waits(level))
            tale.decide(self._soon_after(at), "pending")

    def promises(self) -> None:
        """Follow-up dates: some ahead, some already broken."""
        for days, text in (
            (-0.3, "tell them what the bank said"),
            (-2, "send the corrected file"),
            (-5, "call back about the import"),
            (0.2, "let them know when the fix is live"),
            (2, "ask Noor for the yearly price"),
            (4, "report on the test with their template"),
            (9, "say whether the calendar comes this year"),
        ):
            tale, _ = self.cast.play(told(Level.FRESH), until=self._ago(abs(days) + 2))
            tale.decide(self.now - DAY * (abs(days) + 1.9), "promise", until=self.now + DAY * days, text=text)

    def by_phone(self) -> None:
        """Answered where no mail shows it, and one that needs no answer."""
        for by in ("phone", "phone", "colleague"):
            tale, at = self.cast.play(waits(Level.STALE))
            moment = self._soon_after(at)
            tale.decide(moment, "answered", by=by, at=None)
        for _ in range(2):
            tale, at = self.cast.play(waits(Level.STALE))
            tale.decide(self._soon_after(at), "no_answer", duplicate_of=None)

    def closed_unanswered(self) -> None:
        for days in (6, 20, 48):
            tale, _ = self.cast.play(waits(Level.MOLDY), until=self._ago(days + 3))
            tale.decide(self.now - DAY * days, "close")

    def forms(self) -> None:
        """The form on the website: our address in From, the customer in Reply-To."""
        spans = ((0.05, 0.4), (0.1, 0.4), (0.7, 1.8), (2.3, 4.5), (2.5, 4.6), (5.5, 9))
        for span, (subject, text) in zip(spans, long.FORMS, strict=True):
            at = self.almanac.reached(span)
            person = self.people.somebody("en")
            self.inbox.put("INBOX", self._form(person, subject, text, at))

    def _form(self, person: Person, subject: str, text: str, at: datetime) -> Written:
        lines = f"Name: {person.name}\nE-mail: {person.address}\nTopic: {subject}\n\n{text}"
        return Written(
            sender=WEBSITE,
            to=(US,),
            subject=f"Contact form: {subject}",
            at=at,
            message_id=self.inbox.message_id("www.pennywren.example"),
            text=lines,
            client="form",
            headers={"Reply-To": entry(Mailbox(person.name, person.address))},
        )

    def colleagues(self) -> None:
        """A question of our own, a forwarded mail, a word among ourselves inside a conversation."""
        for who, span, subject, text in (
            (TOMASZ, (0.1, 0.4), "Who owns the status page?", long.TOMASZ_ASKS),
            (NOOR, (2.5, 4.2), "Numbers for the board until Thursday?", long.NOOR_ASKS),
        ):
            self.inbox.put("INBOX", self._mail(who, subject, self.almanac.reached(span), text))

        guest = self.people.somebody("en")
        text = long.FORWARD.format(name=guest.name, address=guest.address, first=guest.first, desk=DESK)
        self.inbox.put(
            "INBOX", self._mail(NOOR, "Fwd: Workshop for our members", self.almanac.reached((0.8, 1.7)), text)
        )

        for who, text in ((TOMASZ, long.TOMASZ_LOOKED), (NOOR, long.NOOR_SAYS)):
            tale, at = self.cast.play(waits(Level.STALE))
            mail = self._mail(who, f"Re: {tale.fill(tale.subject)}", self._soon_after(at), text, ids=tuple(tale.ids))
            self.inbox.put("INBOX", mail)

    def outside_help(self) -> None:
        """We ask a supplier inside a conversation; the customer goes on waiting."""
        tale, at = self.cast.play(waits(Level.STALE))
        bank = Mailbox("Feedgate service desk", "help@feedgate.example")
        asked_at = self._soon_after(at)
        tale.answers(asked_at, long.TO_SUPPLIER, to=bank)
        reply = Written(
            sender=bank,
            to=(US,),
            subject=f"Re: {tale.fill(tale.subject)}",
            at=min(asked_at + HOUR * 3, self.now),
            message_id=self.inbox.message_id("feedgate.example"),
            text=long.FROM_SUPPLIER,
            ids=tuple(tale.ids),
            quoted=tale.last,
        )
        self.inbox.put("INBOX", reply)

    def strangers(self) -> None:
        """Somebody who claims to be us, and answers to mails of ours that nobody here has."""
        fake = Mailbox("Pennywren Support", DESK)
        failed = {"Authentication-Results": f"{HOST}; spf=fail; dkim=none; dmarc=fail header.from=pennywren.example"}
        at = self.almanac.reached((0.7, 1.6))
        mail = self._mail(fake, "Your mailbox storage is full", at, long.FAKE, headers=failed)
        self.inbox.put("INBOX", mail)

        for level, (subject, text) in zip((Level.FRESH, Level.STALE), long.UNSEEN, strict=True):
            person = self.people.somebody("en")
            missing = f"<{self.inbox.random.getrandbits(40):x}@pennywren.example>"
            moment = self.almanac.reached((0.1, 0.4) if level is Level.FRESH else (2.3, 4.6))
            mail = self._mail(Mailbox(person.name, person.address), f"Re: {subject}", moment, text, ids=(missing,))
            self.inbox.put("INBOX", mail)

    def swept_away(self) -> None:
        """Tidied out of sight by a colleague with another client, while the customer waits."""
        for folder, level in (
            ("Archive", Level.STALE),
            ("Archive", Level.MOLDY),
            ("Trash", Level.AGING),
            ("Junk", Level.STALE),
        ):
            tale, _ = self.cast.play(waits(level))
            self.inbox.moves.append(Move(tale.ids[-1], "INBOX", folder))

    def twins(self) -> None:
        """One person, two conversations, both open."""
        for (subject, text), (other, more) in long.TWINS:
            person = self.people.somebody("en")
            Tale(self.inbox, person, subject).says(self.almanac.reached((2.3, 4.5)), text)
            Tale(self.inbox, person, other).says(self.almanac.reached((0.7, 1.8)), more)

    def we_began(self) -> None:
        """Our mail begins it: their turn."""
        for days, (subject, text) in zip((2, 8), long.FROM_US, strict=True):
            tale = Tale(self.inbox, self.people.somebody("en"), subject)
            tale.answers(self.almanac.days_ago(days, days + 1), text)

    def spammers(self) -> None:
        """What a person called spam, in INBOX; and a known customer whose mail fell into Junk."""
        for place, (name, subject, text) in enumerate(long.SPAM):
            at = self._ago(3 + 9 * place)
            sender = Mailbox(name, f"offers{place}@growthrocket{place}.example")
            mail = self._mail(sender, subject, at, text)
            self.inbox.put("INBOX", mail)
            self._decide(mail, "spam", at + HOUR * 5)
        for level in (Level.AGING, Level.STALE):
            known, _ = self.cast.play(told(Level.MOLDY))
            Tale(self.inbox, known.person, long.JUNKED[level.value], mailbox="Junk").says(
                self.almanac.reached((0.7, 1.8) if level is Level.AGING else (2.2, 4.6)), long.JUNKED_TEXT[level.value]
            )

    def an_old_friend(self) -> None:
        """Closed months ago and back with something new: a new question, no reopening."""
        tale, _ = self.cast.play(told(Level.MOLDY), until=self._ago(75))
        tale.decide(self.now - DAY * 74, "close")
        tale.says(self.almanac.reached((0.1, 0.4)), long.OLD_FRIEND)

    def drafts(self) -> None:
        """Replies that were begun and left, and one that the mail server would not take."""
        for days, state, body in long.DRAFTS:
            tale, _ = self.cast.play(waits(Level.MOLDY), until=self._ago(days + 2))
            tale.decide(self.now - DAY * days, "draft", state=state, body=tale.fill(body))

    def _mail(
        self,
        sender: Mailbox,
        subject: str,
        at: datetime,
        text: str,
        *,
        ids: tuple[str, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> Written:
        domain = sender.address.partition("@")[2]
        number = self.inbox.message_id(domain)
        return Written(sender, (US,), subject, at, number, text, client="desktop", ids=ids, headers=headers or {})

    def _decide(self, mail: Written, verb: str, at: datetime) -> None:
        self.inbox.decisions.append(Decision(at, verb, (mail.message_id,)))

    def _ago(self, days: float) -> datetime:
        """So many days ago and up to nine hours more: people do not write by the clock."""
        at = self.now - DAY * days - HOUR * self.inbox.random.uniform(0, 9)
        return at.replace(microsecond=0)

    def _soon_after(self, at: datetime) -> datetime:
        """Two fifths of the way to now: after the mail, and not in the future."""
        return (at + (self.now - at) * 0.4).replace(microsecond=0)

    def _morning(self, days: float) -> datetime:
        """Half past eight, so many days from now; in the past where `days` is negative."""
        return (self.now + DAY * days).replace(hour=8, minute=30, second=0, microsecond=0)
