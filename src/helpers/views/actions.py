"""What somebody should do: every subject proposes actions in one shape, the front page makes one list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import pandas as pd

from helpers.views.words import Words

Kind = Literal["visit", "win_back", "keep", "grow", "review_credit", "collect", "answer_complaint"]
KINDS: tuple[Kind, ...] = get_args(Kind)
COLUMNS = ("customer_id", "kind", "reason", "value_amount", "due_date")


def actions(rows: pd.DataFrame) -> pd.DataFrame:
    """Return proposed actions in the shape that all subjects share, the largest value first.

    Parameters
    ----------
    rows
        customer_id; kind (one of `KINDS`); reason (one sentence in the report's language, complete in itself);
        value_amount (money at stake in a year, 0 or more); due_date (day by which it should be done).

    Raises
    ------
    ValueError
        A column is missing, or a kind is not one of `KINDS`.
    """
    missing = [name for name in COLUMNS if name not in rows]
    unknown = sorted(set(rows.get("kind", pd.Series(dtype=str))) - set(KINDS))
    if missing or unknown:
        raise ValueError(f"Actions lack {missing}; kinds that do not exist: {unknown}")
    rows = rows[list(COLUMNS)].assign(due_date=pd.to_datetime(rows["due_date"]).astype("datetime64[ns]"))
    ordered = rows.sort_values(["value_amount", "customer_id"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def kind_label(kind: str, _: Words) -> str:
    """Return what readers call a kind of action."""
    labels: Mapping[str, str] = {
        "visit": _("Visit"),
        "win_back": _("Win back"),
        "keep": _("Keep"),
        "grow": _("Grow"),
        "review_credit": _("Review credit"),
        "collect": _("Collect"),
        "answer_complaint": _("Answer complaint"),
    }
    return labels[kind]


def due_day(month: pd.Period, days: int) -> pd.Timestamp:
    """Return the day so many days after the month end."""
    return month.to_timestamp(how="end").normalize() + pd.Timedelta(days=days)
