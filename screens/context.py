"""What every screen of one run shares: the store, the clocks, the configuration, and what a person typed and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from screens.beside import Beside
from screens.look import Glyphs
from screens.reading import Way
from screens.rows import Row
from triage.config import Config
from triage.model import Conversation, Desk, Level
from triage.policy import staleness
from triage.store.database import Store


@dataclass(slots=True)
class Context:
    """One a run. `kept` holds note texts left unsaved, by conversation; `decided` whether this run decided anything;
    `wake` starts a worker at once where none runs; `beside` looks things up while keys are answered."""

    config: Config
    store: Store
    desk: Desk
    clock: staleness.Clock
    now: Callable[[], datetime]
    zone: tzinfo
    glyphs: Glyphs
    kept: dict[int, str] = field(default_factory=dict)
    decided: bool = False
    last_snooze: str = ""
    wake: Callable[[], None] = lambda: None
    beside: Beside = field(init=False)

    def __post_init__(self) -> None:
        self.beside = Beside(self.store.path, self.desk, self.clock.limits)

    def level(self, conversation: Conversation) -> Level:
        return staleness.level(conversation, self.now(), self.clock)

    def judge(self, conversation: Conversation, now: datetime) -> Row:
        """A row of the list: what the clock says of this conversation now."""
        return Row(
            conversation,
            staleness.level(conversation, now, self.clock),
            staleness.reasons(conversation, now, self.clock),
        )

    def way(self, width: int, *, quotes: bool = False, headers: bool = False) -> Way:
        return Way(width, self.now(), self.zone, self.glyphs, quotes, headers)
