"""What the list and the reader both can do: each key means the same in both. Each verb is one call to store.actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar

from textual.screen import Screen

from screens import commands
from screens.commands import Menu, Where
from screens.context import Context
from screens.look import count, span
from screens.pickers import PickPrompt, TagPrompt
from screens.prompts import ConfirmPrompt, MenuPrompt, NotePrompt, Prompt, TextPrompt, WhenPrompt
from triage.errors import TriageError
from triage.model import Conversation, Done, SyncState, Turn
from triage.store import actions, glance, state
from triage.store.database import Store

T = TypeVar("T")
MANY = 20
"""More rows than this at once are asked about, with the count."""


class Decisions(Screen[None]):
    """The verbs. A subclass says what is chosen, shows the message line and redraws after a decision."""

    context: Context
    where: ClassVar[Where]

    def chosen(self) -> list[Conversation]:
        """What a key acts on, as it is on screen: the marked rows, else the selected one."""
        raise NotImplementedError

    def say(self, text: str, *, error: bool = False) -> None:
        raise NotImplementedError

    def applied(self, done: Done, *, advance: bool) -> None:
        """Show the outcome; `advance` where the decision is done with these conversations."""
        raise NotImplementedError

    def holds_back(self, chosen: Sequence[Conversation]) -> bool:
        """Whether something must be said before acting (a row changed elsewhere)."""
        return False

    def tell_trouble(self, before: SyncState, after: SyncState) -> None:
        """Say what keeps the worker from the server, once, in the message line."""
        if after.error and after.error != before.error:
            self.say(after.error, error=True)
        elif before.error and not after.error:
            self.say("")

    # How a decision is made

    def decide(self, verb: str, act: Callable[..., Done], *, advance: bool = True, **details: object) -> None:
        chosen = self.chosen()
        if not chosen:
            self.say("There is no conversation here to act on.")
        elif not self.holds_back(chosen):
            self.confirmed(verb, chosen, lambda: self.carry_out(act, chosen, advance=advance, **details))

    def confirmed(self, verb: str, chosen: Sequence[Conversation], then: Callable[[], object]) -> None:
        """Run `then`, after one key where it is about many."""
        if len(chosen) <= MANY:
            then()
        else:

            def answered(yes: bool | None) -> None:
                if yes:
                    then()

            self.app.push_screen(ConfirmPrompt(f"{verb} {count(len(chosen), 'conversation')}?"), answered)

    def carry_out(
        self, act: Callable[..., Done], chosen: Sequence[Conversation], *, advance: bool = True, **details: object
    ) -> str:
        """One call to the store with what was on screen. Gives "" or the sentence of what went wrong."""
        ids = [conversation.id for conversation in chosen]
        seen = {conversation.id: conversation.arrival for conversation in chosen}
        try:
            done = act(self.context.store, ids, now=self.context.now(), seen=seen, **details)
        except TriageError as problem:
            self.say(str(problem), error=True)
            return str(problem)
        self.context.decided = True
        self.applied(done, advance=advance)
        return ""

    def ask(
        self,
        verb: str,
        make: Callable[[Sequence[Conversation], T | None, str], Prompt[T]],
        act: Callable[..., Done],
        details: Callable[[T], dict[str, object]],
        *,
        advance: bool = True,
    ) -> None:
        """Ask, then decide about what was chosen when asked. What cannot be stored is asked again, filled in."""
        chosen = self.chosen()
        if not chosen:
            self.say("There is no conversation here to act on.")
            return

        def put(value: T | None, error: str) -> None:
            self.app.push_screen(make(chosen, value, error), answered)

        def answered(value: T | None) -> None:
            if value is not None and (problem := self.carry_out(act, chosen, advance=advance, **details(value))):
                put(value, problem)

        if not self.holds_back(chosen):
            self.confirmed(verb, chosen, lambda: put(None, ""))

    def menu(self, menu: Menu, then: Callable[[str], None], about: str = "") -> None:
        self.app.push_screen(MenuPrompt(menu, about), lambda value: then(value) if value else None)

    def about(self, chosen: Sequence[Conversation]) -> str:
        """What a prompt is about: the subject, or how many."""
        return f'"{chosen[0].subject}"' if len(chosen) == 1 else count(len(chosen), "conversation")

    # The verbs

    def action_close(self) -> None:
        self.decide("Close", actions.close)

    def action_spam(self) -> None:
        self.decide("Spam", actions.spam)

    def action_pending(self) -> None:
        chosen = self.chosen()
        if len(chosen) == 1 and chosen[0].turn is Turn.OURS:
            self.menu(commands.STILL_OURS, self.instead_of_pending)
        else:
            self.mark_pending()

    def mark_pending(self) -> None:
        self.decide("Pending", actions.pending)

    def instead_of_pending(self, value: str) -> None:
        ways = {
            "snooze": self.action_snooze,
            "park": self.action_park,
            "answered": self.action_answered,
            "pending": self.mark_pending,
        }
        ways[value]()

    def action_park(self) -> None:
        def make(chosen: Sequence[Conversation], value: str | None, error: str) -> Prompt[str]:
            title = f"Park {self.about(chosen)}: who must, and what?"
            return TextPrompt(title, value=value or "", error=error, hint="enter Park   esc Never mind")

        self.ask("Park", make, actions.park, lambda reason: {"reason": reason})

    def action_status(self) -> None:
        ways: dict[str, Callable[[], None]] = {
            "open": lambda: self.decide("Open", actions.open_),
            "pending": self.mark_pending,
            "park": self.action_park,
            "close": self.action_close,
            "spam": self.action_spam,
        }
        self.menu(commands.STATUS, lambda value: ways[value]())

    def action_answered(self) -> None:
        self.menu(commands.ANSWERED, self.answered_by)

    def answered_by(self, value: str) -> None:
        if value == "duplicate":
            self.duplicate_of()
        elif value == "none":
            self.decide("No answer needed", actions.no_answer)
        else:
            self.decide("Answered", actions.answered, by=value)

    def duplicate_of(self) -> None:
        """Offers the conversations on screen and the same customer's; the number is what the store gets."""

        def make(chosen: Sequence[Conversation], value: str | None, error: str) -> Prompt[str]:
            lines = [
                (str(other.id), f"{other.customer.name or other.customer.address}: {other.subject}")
                for other in self.candidates(chosen[0])
            ]
            return PickPrompt(f"{self.about(chosen)} is a duplicate of", lines, error=error)

        self.ask("Duplicate", make, actions.no_answer, lambda value: {"duplicate_of": int(value)})

    def candidates(self, conversation: Conversation) -> list[Conversation]:
        """What it could be a duplicate of, the same customer's first."""
        raise NotImplementedError

    def when(self, title: str, *, last: str = "", verb: str = "wakes", remember: bool = False) -> WhenPrompt:
        # dateutil waits behind this import until somebody asks for a date.
        from triage.policy.when import parse_when

        def typed(text: str) -> None:
            if remember:
                self.context.last_snooze = text

        context = self.context
        return WhenPrompt(
            title, parse=parse_when, now=context.now, zone=context.zone, last=last, verb=verb, typed=typed
        )

    def action_snooze(self) -> None:
        def make(chosen: Sequence[Conversation], value: datetime | None, error: str) -> Prompt[datetime]:
            return self.when(f"Snooze {self.about(chosen)} until", last=self.context.last_snooze, remember=True)

        self.ask("Snooze", make, actions.snooze, lambda until: {"until": until, "hold": False})

    def action_promise(self) -> None:
        def make(chosen: Sequence[Conversation], value: datetime | None, error: str) -> Prompt[datetime]:
            return self.when(f"Promise {self.about(chosen)} an answer by", verb="due")

        self.ask("Promise", make, actions.promise, lambda until: {"until": until, "text": ""}, advance=False)

    def action_tag(self) -> None:
        Tags = tuple[tuple[str, ...], tuple[str, ...]]

        def make(chosen: Sequence[Conversation], value: Tags | None, error: str) -> Prompt[Tags]:
            has = sorted({tag for conversation in chosen for tag in conversation.tags})
            typed = " ".join([*value[0], *("-" + tag for tag in value[1])]) if value else ""
            now = f" ({', '.join(has)})" if has else ""
            return TagPrompt(f"Tag {self.about(chosen)}{now}", self.known_tags(), has, value=typed, error=error)

        self.ask("Tag", make, actions.tag, lambda tags: {"add": tags[0], "remove": tags[1]}, advance=False)

    def known_tags(self) -> Sequence[str]:
        return glance.tags(self.context.store)

    def action_note(self) -> None:
        kept = self.context.kept

        def make(chosen: Sequence[Conversation], value: str | None, error: str) -> Prompt[str]:
            first = chosen[0].id

            def keep(text: str) -> None:
                kept.pop(first, None)
                if text.strip():
                    kept[first] = text

            title = f"Note on {self.about(chosen)}"
            return NotePrompt(title, value=value or kept.get(first, ""), error=error, keep=keep)

        def stored(text: str) -> dict[str, object]:
            return {"text": text}

        def act(store: Store, ids: Sequence[int], *, text: str, now: datetime, seen: Mapping[int, int]) -> Done:
            done = actions.note(store, ids, text, now=now, seen=seen)
            kept.pop(ids[0], None)
            return done

        self.ask("Note", make, act, stored, advance=False)

    def action_sender(self) -> None:
        chosen = self.chosen()
        if not chosen:
            self.say("There is no conversation here to act on.")
            return
        address = chosen[0].customer.address

        def tell(value: str) -> None:
            def act(store: Store, ids: Sequence[int], *, now: datetime, seen: Mapping[int, int]) -> Done:
                return actions.sender(store, address, value, now=now)

            self.carry_out(act, chosen[:1], advance=False)

        self.menu(commands.SENDER, tell, about=f"({address})")

    def action_undo(self) -> None:
        if not self.context.decided and (last := actions.undoable(self.context.store, 1)):
            # After a restart nobody remembers what the last decision was: name it first.
            self.context.decided = True
            ago = span(self.context.now() - last[0].at)
            self.say(f"The last decision: {last[0].text}, {ago} ago. u once more takes it back.")
            return
        self.take_back(actions.undo)

    def action_redo(self) -> None:
        self.take_back(actions.redo)

    def take_back(self, act: Callable[..., Done]) -> None:
        try:
            done = act(self.context.store, now=self.context.now())
        except TriageError as problem:
            self.say(str(problem), error=True)
            return
        self.context.decided = True
        self.applied(done, advance=False)

    # Looking

    def action_why(self) -> None:
        if chosen := self.chosen():
            from screens.help import why_prompt

            self.app.push_screen(why_prompt(chosen[0], self.context))

    def action_sync(self) -> None:
        self.take_in()
        self.context.wake()
        try:
            state.ask(self.context.store, "round", {})
        except TriageError as problem:
            self.say(str(problem), error=True)
            return
        self.say("Took in what was here; the server is asked for more.")

    def take_in(self) -> None:
        """Bring in what arrived since the list was last arranged."""

    def action_help(self) -> None:
        from screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.context.config.keys, self.context.glyphs))

    def action_palette(self) -> None:
        known = [c for c in commands.rekeyed(self.context.config.keys) if self.where in c.where and c.group]
        lines = [(command.id, f"{command.shown:<10} {command.words}") for command in known]

        def picked(name: str | None) -> None:
            if name:
                self.call_later(self.run_command, name)

        self.app.push_screen(PickPrompt("Command", lines), picked)

    async def run_command(self, name: str) -> None:
        command = next(command for command in commands.COMMANDS if command.id == name)
        await self.run_action(command.action or command.id.replace("-", "_"))

    def action_unbound(self, key: str) -> None:
        instead = {"a": "e closes, E says it is answered", "d": "e closes, ! is spam"}
        self.say(f"{key} is unbound: other tools disagree about it. {instead[key]}.")

    def action_search(self) -> None:
        from screens.search import SearchScreen

        self.app.push_screen(SearchScreen(self.context), self.found)

    def found(self, conversation: int | None) -> None:
        """Open what the search chose."""
        raise NotImplementedError
