"""The sample inbox as a whole: the support mail of Pennywren, a small invoicing program that does not exist.

The same `now`, hours and seed give the same mail, decisions and moves to the byte.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from sync.demo import cast
from sync.demo.almanac import Almanac
from sync.demo.machines import Machines
from sync.demo.people import People
from sync.demo.scenes import Scenes
from sync.demo.tale import Inbox
from triage.policy.hours import Hours

SEED = 7


def build(now: datetime, hours: Hours, seed: int = SEED) -> Inbox:
    """Everything that came, left and was decided before `now` (aware UTC)."""
    random = Random(seed)
    inbox = Inbox(random, now.replace(microsecond=0))
    almanac = Almanac(inbox.now, hours, random)
    people = People(random)
    actors = cast.fill(inbox, almanac, people)

    Scenes(inbox, almanac, people, actors).all()
    Machines(inbox, almanac, actors).all()
    return inbox
