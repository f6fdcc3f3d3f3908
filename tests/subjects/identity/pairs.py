"""Customer records in a few words, and the pairs that are found among them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from helpers.subjects.identity.candidates import RECORD, candidates
from helpers.subjects.identity.strength import STRONG, compared

END = dt.date(2026, 10, 31)


def record(
    customer_id: str, name: str | None, bought: tuple[str, str] | None = None, **known: Any
) -> dict[str, Any]:
    """One customer: its name, first and last purchase, and what else is known."""
    days = [dt.date.fromisoformat(day) for day in bought] if bought else [None, None]
    usual = {"mean_gap_days": 30.0, "net_amount_day": 100.0} if bought else {}
    return dict.fromkeys(RECORD.names) | {
        "customer_id": customer_id, "name": name, "first_purchase": days[0], "last_purchase": days[1], **usual, **known,
    }  # fmt: skip


def pairs_of(*records: dict[str, Any]) -> pd.DataFrame:
    """The pairs that are listed, by ids."""
    ordered = sorted(records, key=lambda each: each["customer_id"])
    with candidates(ibis.duckdb.connect(), pa.Table.from_pylist(ordered, RECORD)) as batches:
        found = [compared(batch, END) for batch in batches]
    kept = [frame for frame in found if len(frame)]
    if not kept:
        return pd.DataFrame({"customer_id": [], "other_id": [], "strength": [], "kind": []})
    return pd.concat(kept).sort_values(["customer_id", "other_id"], ignore_index=True)


def strong_of(*records: dict[str, Any]) -> list[tuple[str, str]]:
    """The strong pairs, the number first in use first."""
    found = pairs_of(*records)
    found = found[found["strength"] >= STRONG]
    return list(zip(found["customer_id"], found["other_id"], strict=True))
