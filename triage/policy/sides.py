"""Whose a message is: a customer's, our reply, help from outside, talk among ourselves, or a machine's.

The rules are DESIGN.md's *Ours or theirs* and *Who is the customer*. From alone proves nothing. What was left open:

- A mail that lies in Sent and was never in INBOX is ours whatever its From says (an alias nobody configured).
- An outsider whom we wrote to without any customer among the addressees is outside help; one whom we copied in on a
  reply to a customer belongs to the customer's side, because a question of theirs must not be lost.
- A mail that only ever lay in Drafts or Templates (ours: also Trash) was never sent and says nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from triage.model import Address, Desk, Kind, Message, Role

NOBODY: frozenset[str] = frozenset()
_UNSENT = frozenset({Role.DRAFTS, Role.TEMPLATES})
_NEVER_OUT = _UNSENT | {Role.TRASH}
_TIDIED = frozenset({Role.JUNK, Role.TRASH})


class Side(StrEnum):
    """What a message is to its conversation. The values are the words of the timeline, in more detail."""

    CUSTOMER = "customer"
    CLAIMS = "claims to be us"
    REPLY = "reply"
    HELP = "to outside help"
    INTERNAL = "internal"
    DRAFT = "draft"
    OTHER = "other"
    MACHINE = "machine"


WORDS = {Side.REPLY: "ours", Side.HELP: "ours", Side.DRAFT: "internal"}


def word(side: Side) -> str:
    """The word `Entry.side` uses."""
    return WORDS.get(side, side.value)


def roles(message: Message) -> set[Role]:
    """Every role of mailbox the message lies or lay in, as far as known."""
    found = {place.role for place in message.places}
    found.update(message.was_in)
    if message.left_inbox:
        found.add(Role.INBOX)
    return found


def tidied(message: Message) -> bool:
    """Whether it was never seen but in Junk or Trash: shown as spam until somebody decides."""
    places = message.places
    if places and places[0].role not in _TIDIED:
        return False
    found = roles(message)
    return bool(found) and found <= _TIDIED


class Cast:
    """Who is who in one conversation, message by message in fold order.

    `sides` and `people` run beside the messages: for a customer's mail the addresses it waits under, for our reply
    those it answers. `customers` maps address -> Address in order of appearance. `human` is whether anybody wrote by
    hand. `elsewhere` are the Message-IDs of mail that a split put into other conversations.
    """

    __slots__ = (
        *("customers", "desk", "elsewhere", "helpers", "human", "ids", "kinds", "lost", "people", "senders", "sides"),
        "wrote",
    )

    def __init__(self, desk: Desk, senders: Mapping[str, str]) -> None:
        self.desk = desk
        self.senders = senders
        self.customers: dict[str, Address] = {}
        self.helpers: set[str] = set()
        self.ids: set[str] = set()
        self.elsewhere = NOBODY
        self.sides: list[Side] = []
        self.people: list[frozenset[str]] = []
        self.kinds: list[Kind] = []
        self.human = False
        self.lost: frozenset[str] = NOBODY
        self.wrote: set[str] = set()

    def add(self, message: Message) -> None:
        kind = message.kind
        if self.senders:
            kind = self._said(message)
        people = NOBODY
        if kind is not Kind.HUMAN and kind is not Kind.THANKS:
            side = Side.MACHINE
            if message.bounce is not None:
                self._bounce(message)
        else:
            self.human = True
            side = self._human(message)
            if side is Side.CUSTOMER or side is Side.CLAIMS:
                people = self._customer(message)
            elif side is Side.REPLY:
                people = self._answers(message)
        self.sides.append(side)
        self.people.append(people)
        self.kinds.append(kind)
        if message.message_id is not None:
            self.ids.add(message.message_id)

    def _said(self, message: Message) -> Kind:
        """The kind, unless a person said what this sender is. A delivery report stays one."""
        said = self.senders.get((message.customer or message.sender).address) or self.senders.get(
            message.sender.address
        )
        if said == "machine" and message.kind in (Kind.HUMAN, Kind.THANKS):
            return Kind.AUTO
        if said == "person" and message.kind in (Kind.AUTO, Kind.LIST, Kind.RECEIPT):
            return Kind.HUMAN
        return message.kind

    def _human(self, message: Message) -> Side:
        places = message.places
        if not message.ours and len(places) == 1 and places[0].role is Role.INBOX:
            return self._outsider(message)
        lay = roles(message)
        if lay and lay <= _UNSENT:
            return Side.DRAFT
        sent = Role.SENT in lay
        if message.customer is not None and not self.desk.owns(message.customer.address):
            return self._outsider(message)
        if message.ours or (sent and Role.INBOX not in lay):
            return self._from_us(message, lay, sent)
        return self._outsider(message)

    def _outsider(self, message: Message) -> Side:
        address = (message.customer or message.sender).address
        if address in self.helpers and address not in self.customers:
            return Side.OTHER
        return Side.CUSTOMER

    def _from_us(self, message: Message, lay: set[Role], sent: bool) -> Side:
        if (lay and lay <= _NEVER_OUT) or (message.gone and not lay):
            return Side.DRAFT
        if not sent and (not message.proven or lay == {Role.JUNK}):
            return Side.CLAIMS
        refers = sent or not self.ids.isdisjoint(message.ids)
        if message.sender.address not in self.customers and refers and self._to_customer(message):
            return Side.REPLY
        outsiders = [to.address for to in message.recipients if not self.desk.owns(to.address)]
        if not outsiders:
            return self._among_us(message, lay, refers)
        if not sent:
            return self._unsent_copy(refers)
        if not self.customers or self.lost:
            return Side.REPLY
        self.helpers.update(outsiders)
        return Side.HELP

    def _unsent_copy(self, refers: bool) -> Side:
        """Mail from our address to outsiders that no Sent folder holds: ours only as an answer to a customer."""
        return Side.REPLY if refers and not self.customers else Side.CLAIMS

    def _among_us(self, message: Message, lay: set[Role], refers: bool) -> Side:
        if message.sender.address in self.customers:
            return Side.CUSTOMER
        if Role.SENT in lay and Role.INBOX not in lay:
            return Side.INTERNAL
        begins = not self.ids or self.ids.isdisjoint(message.ids)
        return Side.CUSTOMER if begins or not refers else Side.INTERNAL

    def _to_customer(self, message: Message) -> bool:
        customers = self.customers
        return any(to.address in customers for to in message.recipients)

    def _customer(self, message: Message) -> frozenset[str]:
        who = message.customer or message.sender
        self._know(who)
        self.wrote.add(who.address)
        if not message.reply_to:
            return frozenset((who.address,))
        others = [to for to in message.reply_to if not self.desk.owns(to)]
        for to in others:
            self.customers.setdefault(to, Address(who.name, to))
        return frozenset((who.address, *others))

    def _know(self, who: Address) -> None:
        """Remember a customer, by the newest name they gave."""
        known = self.customers.get(who.address)
        if known is None or (who.name and known.name != who.name):
            self.customers[who.address] = who

    def _answers(self, message: Message) -> frozenset[str]:
        to = frozenset(to.address for to in message.recipients)
        known = to.intersection(self.customers)
        if not known:
            for who in message.recipients:
                if not self.desk.owns(who.address):
                    self.customers.setdefault(who.address, who)
            to |= self.lost
        self.lost = NOBODY
        return to

    def _bounce(self, message: Message) -> None:
        """A first mail of ours that reached nobody: the next one, to another address, is its second try."""
        bounce = message.bounce
        if bounce is None or not bounce.permanent:
            return
        failed = frozenset(bounce.failed).intersection(self.customers)
        if failed and not self.wrote:
            self.lost = failed


def cast(rows: Sequence[Message], desk: Desk, senders: Mapping[str, str]) -> Cast:
    """The cast of `rows`, which stand in fold order. `senders` maps address -> "person" or "machine"."""
    found = Cast(desk, senders)
    add = found.add
    for message in rows:
        add(message)
    return found
