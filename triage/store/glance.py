"""Small reads around a list that only a screen asks for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from datetime import datetime

from triage.model import View
from triage.store.database import Store
from triage.store.rows import numbers, stamp
from triage.store.views import VIEWS


def tags(store: Store) -> list[str]:
    """Every tag some conversation has, the most used first."""
    used: Counter[str] = Counter()
    for text, count in store.all("select tags, count(*) from conversation where tags <> '' group by tags"):
        for tag in json.loads(text):
            used[tag] += count
    return [tag for tag, _ in sorted(used.items(), key=lambda found: (-found[1], found[0]))]


def closed_since(store: Store, since: datetime) -> int:
    """How many conversations were closed at `since` or later and still are, the start line's not counted."""
    return int(
        store.value(
            "select count(*) from conversation where status = 'closed' and history = 0 and closed_at >= ?",
            (stamp(since),),
        )
    )


def among(store: Store, view: View, ids: Collection[int], now: datetime) -> frozenset[int]:
    """Which of these conversations the view holds; it costs what they cost, not what the view does."""
    found: set[int] = set()
    for band in VIEWS[view]:
        rows = store.all(
            # Conditions are the constants of views.py; what varies is bound.
            f"select c.id from conversation c where c.id in (select value from json_each(:ids)) and {band.where}",  # noqa: S608
            {"ids": numbers(ids), "now": stamp(now)},
        )
        found.update(row[0] for row in rows)
    return frozenset(found)
