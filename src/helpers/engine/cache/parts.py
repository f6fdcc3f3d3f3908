"""All customers in parts: for what is reckoned for every one of them when there are more than fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from helpers.engine.store import FactStore

_CUSTOMERS_AT_ONCE = 50_000


def id_ranges(facts: FactStore) -> Iterator[tuple[str, str | None]]:
    """Return the first id of each part and that of the next (None: the end): see `FactStore.frame_between`."""
    starts: list[str | None] = [*facts.buyer_ids()[::_CUSTOMERS_AT_ONCE], None]
    return ((str(first), last) for first, last in pairwise(starts))
