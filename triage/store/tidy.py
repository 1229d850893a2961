"""Whether tags and notes are a habit at this desk: until they are, their absence is no reason (STATE.md, *Reasons*)."""

from __future__ import annotations

from triage.store.database import Store

LAST = 100


def tidy(store: Store) -> bool:
    """Whether half of the last 100 closed conversations carry a tag or a note. Fewer than 50 closed never do."""
    carrying = store.value(
        "select count(*) from (select tags, noted from conversation where status = 'closed' and history = 0 "
        "order by closed_at desc limit ?) where tags <> '' or noted > 0",
        (LAST,),
    )
    return int(carrying) * 2 >= LAST
