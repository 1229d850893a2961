"""Commands that look and change nothing: list, next, show, why, search."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from triage.commands import output
from triage.commands.arguments import Parser, nearest
from triage.commands.context import Context, conversation_id
from triage.errors import UsageError
from triage.mail.safe import safe
from triage.model import EntryKind, Level, View
from triage.policy import staleness
from triage.store import queue

if TYPE_CHECKING:
    from triage.model import Address, Conversation, Entry
    from triage.policy.staleness import Why
    from triage.store.database import Store

# Rows fetched at a time: few queries, and memory that does not grow with the mailbox.
PAGE = 500
# More conversations than a store can hold.
EVERYTHING = 1 << 40
ZERO = "Queue zero: nobody waits for you."

QUERY = """\
QUERY: words, "a phrase", -word; all of them, unless "or" and ( ) say otherwise
  from:ana to:sales subject:invoice tag:refund file:report.pdf
  before:2026-11-01 after:yesterday
  waiting>3d waiting>2bd quiet>2w   days on the wall, business days, weeks
  reopened>2
  is:   open pending parked closed spam snoozed aging stale moldy waiting ours
        theirs chased bounced thanks new machine moved history partial
  has:  note draft attachment promise"""


def list_arguments(parser: Parser) -> None:
    parser.epilog = QUERY
    parser.add_argument("query", nargs="*", metavar="QUERY", help="see below; without it the whole view")
    parser.add_argument("--view", metavar="NAME", help=f"one of {', '.join(View)}, or one of your own")
    parser.add_argument("--all", action="store_true", help="every conversation: closed, spam and snoozed too")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N rows")
    _json(parser)


def list_(options: Namespace, context: Context) -> int:
    if options.all and options.view:
        raise UsageError("triage list: --all and --view exclude each other")
    view, query = _view(options, context)
    with context.open() as store:
        now, clock = context.now(), context.clock_of(store)
        found = queue.ids(store, view, now, clock, query)
        rows = _pages(store, found[: _limit(options)])
        if context.json:
            for row in rows:
                output.emit(output.conversation(row, now, clock))
        else:
            output.rows(rows, now, clock)
            if not found:
                output.say(_nothing_yet(store) or _empty(view, query))
    return 0


def _nothing_yet(store: Store) -> str:
    """What to do about a store that no sync has filled; "" for any other."""
    from triage.store.state import sync_state

    if sync_state(store).synced_at is None and not queue.revision(store):
        return "Nothing is here yet: triage sync fetches your mail."
    return ""


def _empty(view: View, query: str | None) -> str:
    """Why there is nothing to list."""
    if view is View.NEEDS_YOU and query is None:
        return ZERO
    return "No conversation is like that." if query else f"Nothing in {view}."


def _view(options: Namespace, context: Context) -> tuple[View, str | None]:
    """The view asked for, and the query within it. A view of the owner's is a query over everything."""
    query = " ".join(options.query).strip() or None
    if options.all:
        return View.ALL, query
    if options.view is None:
        return View.NEEDS_YOU, query

    name = options.view.strip().lower()
    own = {key.lower(): value for key, value in context.config.queue.views.items()}
    if name in own:
        return View.ALL, f"({own[name]}) ({query})" if query else own[name]
    known = {_plain(view): view for view in View}
    if _plain(name) not in known:
        known_words = ", ".join([*View, *own])
        raise UsageError(f'triage list: no view "{options.view}"{nearest(name, [*View, *own])} (known: {known_words})')
    return known[_plain(name)], query


def _plain(name: str) -> str:
    """A view's name without what a shell would want quoted: `needs-you`, `thanks`."""
    return name.replace("-", " ").replace("_", " ").rstrip("?")


def _limit(options: Namespace) -> int:
    limit: int | None = options.limit
    if limit is None:
        return EVERYTHING
    if limit < 0:
        raise UsageError("--limit must not be negative")
    return min(limit, EVERYTHING)


def _pages(store: Store, ids: Sequence[int]) -> Iterator[Conversation]:
    for start in range(0, len(ids), PAGE):
        yield from queue.rows(store, ids[start : start + PAGE])


def next_arguments(parser: Parser) -> None:
    _json(parser)


def next_(options: Namespace, context: Context) -> int:
    with context.open() as store:
        now, clock = context.now(), context.clock_of(store)
        found = queue.next_(store, now, clock)
        if found is None:
            if not context.json:
                output.say(_nothing_yet(store) or ZERO)
        elif context.json:
            output.emit(output.conversation(found, now, clock))
        else:
            output.rows([found], now, clock)
    return 0


def one_arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help="the number of a conversation, 4711 or #4711")
    _json(parser)


def show(options: Namespace, context: Context) -> int:
    number = conversation_id(options.id)
    with context.open() as store:
        now, clock = context.now(), context.clock_of(store)
        found = queue.conversation(store, number)
        timeline = queue.timeline(store, found.id)
        if context.json:
            entries = [output.entry(entry) for entry in timeline]
            output.emit(output.conversation(found, now, clock) | {"timeline": entries})
            return 0

        # A person reads it: that is the opening which `unread` and the view New speak of. A script only looks.
        queue.opened(store, found.id, now)
        output.say(safe(found.subject) or "(no subject)")
        output.say(output.headline(found, staleness.level(found, now, clock), now, context.zone))
        for entry in timeline:
            _show_entry(entry, context)
    return 0


def _show_entry(entry: Entry, context: Context) -> None:
    at = output.instant(entry.at, context.zone, context.now())
    if entry.kind is EntryKind.ACTION:
        output.say(f"   {at}: {safe(output.dated(entry.words, context.zone, context.now()))}")
    elif entry.note is not None:
        text = "(struck)" if entry.note.text is None else entry.note.text
        output.say(f"\n## note, {_who(entry.note.author)}, {at}, never sent to the customer ##")
        for line in safe(text, keep_newlines=True).splitlines():
            output.say(f"# {line}")
    else:
        _show_message(entry, at)


def _who(author: str) -> str:
    return "you" if author == "person" else safe(author)


def _show_message(entry: Entry, at: str) -> None:
    mail, body = entry.message, entry.body
    if mail is None:
        return
    side = "" if entry.side == "customer" else f" ({safe(entry.side)})"
    output.say("\n" + output.rule(f"{_sender(mail.sender)}{side}, {at}"))
    if body is None:
        output.say("(not fetched yet)")
        return
    output.say(safe(body.new_text or body.text, keep_newlines=True, body=True).strip("\n"))
    if body.quoted:
        output.say(f"> {output.count(len(body.quoted.splitlines()), 'quoted line')}")
    for part in body.attachments:
        output.say(f"[{safe(part.name) or '(no name)'}, {safe(part.type)}, {output.size(part.size)}]")


def _sender(sender: Address) -> str:
    return safe(f"{sender.name} <{sender.address}>" if sender.name else sender.address)


def why(options: Namespace, context: Context) -> int:
    number = conversation_id(options.id)
    with context.open() as store:
        now, clock = context.now(), context.clock_of(store)
        found = queue.conversation(store, number)
        answer = staleness.why(found, now, clock, queue.moved_mail(store, found))
    if context.json:
        reasons = [{"name": reason, "detail": detail} for reason, detail in answer.reasons]
        output.emit({"id": found.id} | asdict(answer) | {"reasons": reasons})
    else:
        output.say(f"#{found.id}  {safe(found.subject) or '(no subject)'}")
        _say_why(answer, context)
    return 0


def _say_why(answer: Why, context: Context) -> None:
    """`moldy: 7.0 business days (9d on the wall) since Wed 11 Nov 12:00; moldy begins at 5`, then place and reasons."""
    if answer.since is None or answer.threshold is None:
        output.say(f"{answer.level}: no clock runs")
    else:
        day = context.clock.hours.length.total_seconds()
        at = output.instant(answer.since, context.zone, context.now())
        wall = output.age(timedelta(seconds=answer.wall_seconds))
        limit = "the next level" if answer.level is Level.FRESH else str(answer.level)
        output.say(
            f"{answer.level}: {answer.business_seconds / day:.1f} business days ({wall} on the wall) since {at}; "
            f"{limit} begins at {answer.threshold / day:g}"
        )
    output.say(safe(answer.place))
    for reason, detail in answer.reasons:
        output.say(f"  {reason}: {safe(detail)}")


def search_arguments(parser: Parser) -> None:
    parser.epilog = QUERY
    parser.add_argument("query", nargs="+", metavar="QUERY", help="see below")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N conversations")
    _json(parser)


def search(options: Namespace, context: Context) -> int:
    from triage.store.search import search as look

    with context.open() as store:
        now, clock = context.now(), context.clock_of(store)
        hits = look(store, " ".join(options.query), now, clock, _limit(options))
        snippets = {hit.id: hit.snippet for hit in hits}
        if not snippets and not context.json:
            output.say(_nothing_yet(store) or "No mail, note or tag is like that.")
        for row in _pages(store, list(snippets)):
            if context.json:
                found = output.conversation(row, now, clock)
                output.emit(found | {"snippet": safe(snippets[row.id])})
            else:
                output.rows([row], now, clock)
                if snippets[row.id]:
                    output.say(f"        {safe(snippets[row.id])}")
    return 0


def _json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


ARGUMENTS: dict[str, Callable[[Parser], None]] = {
    "list": list_arguments,
    "next": next_arguments,
    "show": one_arguments,
    "why": one_arguments,
    "search": search_arguments,
}

RUN: dict[str, Callable[[Namespace, Context], int]] = {
    "list": list_,
    "next": next_,
    "show": show,
    "why": why,
    "search": search,
}
