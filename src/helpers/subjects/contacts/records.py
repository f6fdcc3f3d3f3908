"""Completeness and freshness of customer records, by owner."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear

#: Fields of a complete customer record.
FIELDS = (
    "name", "trade_class", "region", "industry", "size_class", "salesperson_id", "acquisition_source",
    "first_contact_date", "credit_limit", "interest_level",
)  # fmt: skip


@dataclass(frozen=True)
class Records(Answer):
    """Customer records as of a month end.

    Attributes
    ----------
    month, fresh_months, dated
        The parameters; ``dated``: whether freshness is known (from the record's date, or contacts).
    owners
        One row per owner (NaN: nobody), by name: salesperson_id, salesperson_name, customers, completeness (share of
        fields filled), complete (customers with every field), fresh (share with a change of the record or a contact
        within ``fresh_months``; NaN if nothing tells), stale_amount (sales of the others, in the window).
    fields
        field, missing, share (missing), most missing first; only fields that the source supplies.
    gaps
        Customers with missing fields or a stale record, the largest sales first: customer_id, name,
        salesperson_name, missing (names of fields, in order), fresh, last_known (NaT: never), net_amount.
    completeness, fresh
        Of all customers.
    unknown
        Number of customers with purchases and without a record.
    """

    month: pd.Period
    fresh_months: int
    dated: bool
    owners: pd.DataFrame
    fields: pd.DataFrame
    gaps: pd.DataFrame
    completeness: float
    fresh: float
    unknown: int


def records(
    customers: pd.DataFrame,
    summary: pd.DataFrame,
    last_contacts: pd.DataFrame,
    month: pd.Period,
    supplied: Sequence[str],
    fresh_months: int = 12,
    *,
    dated: bool = True,
    year: CompanyYear = CALENDAR_YEAR,
) -> Records:
    """Compute completeness and freshness; ``supplied`` are those of `FIELDS` that the source has."""
    fields = [name for name in FIELDS if name in supplied]
    filled = customers[fields].notna()
    table = customers[["customer_id", "name", "salesperson_id", "salesperson_name", "known"]].copy()
    table["filled"] = filled.sum(axis=1)
    table["complete"] = table["filled"] == len(fields)
    contact = last_contacts.set_index("customer_id")["last_contact"]
    dates = pd.DataFrame(
        {"record": customers["valid_from"], "contact": look_up(table["customer_id"], contact)}
    )
    table["last_known"] = dates.max(axis=1)
    table["fresh"] = table["last_known"] > year.ends(month - fresh_months)
    sold = summary.set_index("customer_id")["net_amount"]
    table["net_amount"] = look_up(table["customer_id"], sold, 0.0)
    table["missing"] = _missing(~filled.to_numpy(dtype=bool), fields)
    missing = (~filled).sum().rename_axis("field").reset_index(name="missing")
    missing["share"] = missing["missing"] / max(len(table), 1)
    gaps = table[~table["complete"] | (~table["fresh"] & dated)]
    gaps = largest_first(gaps, "net_amount")
    columns = ["customer_id", "name", "salesperson_name", "missing", "fresh", "last_known", "net_amount"]
    fields_in_all = len(table) * len(fields)
    return Records(
        month=month,
        fresh_months=fresh_months,
        dated=dated,
        owners=_owners(table, len(fields), dated),
        fields=largest_first(missing, "missing", then="field", ignore_index=True),
        gaps=gaps[columns].reset_index(drop=True),
        completeness=float(table["filled"].sum()) / fields_in_all if fields_in_all else float("nan"),
        fresh=float(table["fresh"].mean()) if dated and len(table) else float("nan"),
        unknown=int((~table["known"]).sum()),
    )


def _missing(absent: np.ndarray, fields: Sequence[str]) -> np.ndarray:
    """Return the names of each row's missing fields; equal rows share one tuple."""
    kinds, rows = np.unique(absent @ (1 << np.arange(len(fields))), return_inverse=True)
    gone = np.empty(len(kinds), dtype="object")
    for number, kind in enumerate(kinds):
        gone[number] = tuple(name for place, name in enumerate(fields) if int(kind) >> place & 1)
    return gone[rows]


def _owners(table: pd.DataFrame, fields: int, dated: bool) -> pd.DataFrame:
    rows = table.assign(stale_amount=table["net_amount"].where(~table["fresh"], 0.0), customers=1)
    names = ["customers", "filled", "complete", "fresh", "stale_amount"]
    keys = ["salesperson_id", "salesperson_name"]
    sums = rows.groupby(keys, dropna=False)[names].sum().reset_index()
    sums["completeness"] = sums["filled"] / (sums["customers"] * max(fields, 1))
    sums["fresh"] = sums["fresh"] / sums["customers"] if dated else float("nan")
    sums["stale_amount"] = sums["stale_amount"] if dated else float("nan")
    return sums.drop(columns="filled").sort_values(keys).reset_index(drop=True)
