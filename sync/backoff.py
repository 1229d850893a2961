"""How long to leave a server alone after a failure. Pure but for the dice it is given."""

from __future__ import annotations

from collections.abc import Callable

FIRST = 2.0
LONGEST = 300.0


def pause(failures: int, asked: float, dice: Callable[[], float]) -> float:
    """Seconds before try number `failures` + 1: doubling to LONGEST, spread over half to one and a half of that.

    `asked` is what the server asked for (0: nothing), never undercut. `dice` gives numbers in [0, 1).
    """
    doubled = min(FIRST * 2.0 ** min(max(failures - 1, 0), 20), LONGEST)
    return max(asked, doubled * (0.5 + dice()))
