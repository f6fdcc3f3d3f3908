"""Prospects by source and grade: conversion, and time to the first order."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.subjects.service.complaints import time_until

#: Days after the first contact at which conversion is measured.
HORIZONS_DAYS = (180, 365)


@dataclass(frozen=True)
class Prospects(Answer):
    """Prospects as of a month end.

    Attributes
    ----------
    groups
        One row per kind (``total``, ``source``, ``grade``) and group (None: not recorded), most prospects first:
        prospects, converted (so far), within_180 and within_365 (share with a first order so many days after the first
        contact, Kaplan-Meier: who has not ordered yet counts as long as it is known; NaN if nobody is known so long),
        median_days (to the first order; NaN if fewer than half ever order), open.
    open
        Prospects without an order: prospect_id, source, grade, trade_class, salesperson (name, else id),
        first_contact_date, age_days; grade A first, the youngest of each first.
    backwards
        Prospects whose first order is dated before their first contact; they count as ordered at once.
    """

    month: pd.Period
    groups: pd.DataFrame
    open: pd.DataFrame
    backwards: int


def prospects(
    rows: pd.DataFrame, people: pd.DataFrame, month: pd.Period, year: CompanyYear = CALENDAR_YEAR
) -> Prospects:
    """Compute `Prospects` from the fact ``prospects``; ``people`` has salesperson_id and salesperson_name."""
    end = year.ends(month)
    days = (rows["converted_date"] - rows["first_contact_date"]).dt.days.astype("float64")
    table = rows.assign(
        salesperson=look_up(
            rows["salesperson_id"], people.set_index("salesperson_id")["salesperson_name"]
        ).fillna(rows["salesperson_id"]),
        days=days.clip(lower=0),
        age_days=(end - rows["first_contact_date"]).dt.days.astype("float64"),
    )
    parts = [_row("total", None, table)] if len(table) else []
    for kind in ("source", "grade"):
        named = table.groupby(kind, dropna=False)
        parts += [_row(kind, name if isinstance(name, str) else None, part) for name, part in named]
    columns = ["kind", "group", "prospects", "converted", "open", "within_180", "within_365", "median_days"]
    waiting = table[table["days"].isna()].sort_values(["grade", "age_days", "prospect_id"])
    shown = [
        "prospect_id", "source", "grade", "trade_class", "salesperson", "first_contact_date", "age_days",
    ]  # fmt: skip
    return Prospects(
        month=month,
        groups=pd.DataFrame(parts, columns=columns),
        open=waiting[shown].reset_index(drop=True),
        backwards=int((days < 0).sum()),
    )


def _row(kind: str, name: str | None, part: pd.DataFrame) -> dict[str, object]:
    done = part["days"].dropna().to_numpy()
    open_days = part.loc[part["days"].isna(), "age_days"].to_numpy()
    return {
        "kind": kind, "group": name, "prospects": len(part), "converted": len(done), "open": len(open_days),
        "within_180": converted_within(done, open_days, HORIZONS_DAYS[0]),
        "within_365": converted_within(done, open_days, HORIZONS_DAYS[1]),
        "median_days": time_until(done, open_days, 0.5),
    }  # fmt: skip


def converted_within(done: np.ndarray, open_days: np.ndarray, days: int) -> float:
    """Return the share converted within some days (Kaplan-Meier); NaN if nobody was observed that long."""
    if not (np.concatenate([done, open_days]) >= days).any():
        return float("nan")
    if not len(done):
        return 0.0
    curve = stats.ecdf(stats.CensoredData(uncensored=done, right=open_days)).cdf
    return float(curve.evaluate(days))
