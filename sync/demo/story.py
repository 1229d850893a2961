"""Reads the dialogues of the sample inbox: plain text that people can edit, one file a language or a subject.

A dialogue opens with `@ name | tags | subject // another subject`. A paragraph a line; a line that begins with a mark
begins a turn:  `> ` the customer writes, `>| ` another wording of that, `>= ` the customer only thanks, `< ` we answer,
`<? ` we answer and ask. Words in braces are filled in from the person and the world of the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = {"de": "de", "fr": "fr", "es": "es", "pt": "pt", "ja": "ja", "pl": "pl", "ar": "ar", "he": "he"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One mail of a dialogue. `texts` are wordings to choose from; `asks` is true of ours, `thanks` of theirs."""

    ours: bool
    texts: tuple[str, ...]
    asks: bool = False
    thanks: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What is said in a conversation, without who and when."""

    name: str
    language: str
    tags: tuple[str, ...]
    subjects: tuple[str, ...]
    turns: tuple[Turn, ...]

    def lengths(self, *, ours: bool, asks: bool | None = None) -> list[int]:
        """How many turns to take so that the last one is ours (and asks, or does not), or a customer's who waits."""
        return [
            number
            for number, turn in enumerate(self.turns, 1)
            if turn.ours is ours and not turn.thanks and (asks is None or turn.asks is asks)
        ]


@cache
def dialogues() -> tuple[Dialogue, ...]:
    """Every dialogue, in the order of the files."""
    folder = files("sync.demo").joinpath("letters")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".txt"))

    return tuple(one for name in names for one in read(folder.joinpath(name).read_text(encoding="utf-8")))


def read(text: str) -> list[Dialogue]:
    """The dialogues of one file. Raises ValueError, naming it, where one has no turns."""
    blocks = [block for block in ("\n" + text).split("\n@ ") if block.strip()]
    return [dialogue(block.splitlines()) for block in blocks]


def dialogue(lines: list[str]) -> Dialogue:
    name, tags, subjects = (part.strip() for part in lines[0].split("|"))
    turns: list[Turn] = []
    for mark, words in marked(lines[1:]):
        if mark == ">|":
            last = turns.pop()
            turns.append(Turn(last.ours, (*last.texts, words)))
        else:
            turns.append(Turn(mark.startswith("<"), (words,), asks=mark == "<?", thanks=mark == ">="))

    if not turns:
        raise ValueError(f"{name} has no turns")
    return Dialogue(
        name=name,
        language=LANGUAGES.get(name.partition("-")[0], "en"),
        tags=tuple(tags.split()),
        subjects=tuple(part.strip() for part in subjects.split("//")),
        turns=tuple(turns),
    )


def marked(lines: list[str]) -> list[tuple[str, str]]:
    """(mark, text) of each turn; lines without a mark go on with the turn before, one paragraph each."""
    found: list[tuple[str, str]] = []
    for line in lines:
        mark, _, words = line.partition(" ")
        if mark in {">", ">|", ">=", "<", "<?"}:
            found.append((mark, words))
        elif line.strip():
            before, text = found.pop()
            found.append((before, f"{text}\n\n{line.strip()}"))
    return found
