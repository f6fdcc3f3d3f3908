"""Data quality of a month: rows set aside, without a customer, or without a record."""

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.mask import mask_key
from helpers.core.scope import Scope
from helpers.engine.as_of import current_rows
from helpers.engine.months.coverage import Coverage, last_weekday
from helpers.engine.store import FactStore
from helpers.engine.unmatched_ids import UnmatchedIds, find_unmatched_ids
from helpers.intake import reconciliation


@dataclass(frozen=True)
class DataQuality(Answer):
    """Data quality of a month's figures; a scope sees no rows or money of others.

    Attributes
    ----------
    month, scope
        Of the report.
    coverage
        Of the order lines up to the month end: whether it is over.
    last_day
        The day of the last order line, where the month is over and yet it lies before its last weekday; else None.
    read, kept, aside
        Order lines up to the month end, or without a readable date: all, in the figures, and set aside by a rule.
    aside_in_month, aside_amount
        Order lines set aside that are dated in the month, and their sum as read (None: no amount can be read).
    other_tables_aside
        Rows of other tables set aside.
    unassigned_amount, month_amount
        Net sales of the month that name no customer, and all of it.
    customers, products
        What order lines up to the month end name and no record holds; None if each has one, or where there is no such
        table.
    """

    month: pd.Period
    scope: Scope
    coverage: Coverage
    last_day: dt.date | None
    read: int = 0
    kept: int = 0
    aside: int = 0
    aside_in_month: int = 0
    aside_amount: float | None = None
    other_tables_aside: int = 0
    unassigned_amount: float = 0.0
    month_amount: float = 0.0
    customers: UnmatchedIds | None = None
    products: UnmatchedIds | None = None


def data_quality(
    facts: FactStore, scope: Scope, unassigned: pd.DataFrame, month_amount: float
) -> DataQuality:
    """Compute data quality from the reconciliation and the facts."""
    month, coverage = facts.month, facts.coverage
    early = not coverage.in_course and coverage.last_order_date < last_weekday(month, facts.year.months)
    result = DataQuality(month, scope, coverage, coverage.last_order_date.date() if early else None)
    if scope.kind != "company":
        return result
    first = month.to_timestamp()
    rows = reconciliation(facts.tables)
    rows = rows[rows["month"].isna() | (rows["month"] <= first)]
    lines = rows[rows["table"] == "order_lines"]
    aside = lines[lines["status"] == "quarantined"]
    here = aside[aside["month"] == first]
    amounts = here["amount"].dropna()
    others = rows[(rows["table"] != "order_lines") & (rows["status"] == "quarantined")]
    return replace(
        result,
        read=int(lines["rows"].sum()),
        kept=int(lines.loc[lines["status"] == "kept", "rows"].sum()),
        aside=int(aside["rows"].sum()),
        aside_in_month=int(here["rows"].sum()),
        aside_amount=float(sum(amounts)) if len(amounts) else None,
        other_tables_aside=int(others["rows"].sum()),
        unassigned_amount=float(unassigned.loc[unassigned["month"] == first, "net_amount"].sum()),
        month_amount=month_amount,
        customers=_customers(facts),
        products=_products(facts),
    )


def _customers(facts: FactStore) -> UnmatchedIds | None:
    records, people = facts.optional("customers"), facts.table("customers")
    if records is None or not people.filter(~people.known).count().to_pyarrow().as_py():
        return None
    days = facts.table("order_days")
    days = days.filter(days.customer_id.notnull())  # noqa: PD004
    used = days.group_by(id="customer_id").agg(lines=days.lines.sum(), net_amount=days.net_amount.sum())
    found = find_unmatched_ids(
        used, current_rows(records, "customer_id", facts.month_end).select(id="customer_id")
    )
    # A pseudonym does not tell how a number is written.
    return found if found is None or not mask_key() else replace(found, cause="none", example=("", ""))


def _products(facts: FactStore) -> UnmatchedIds | None:
    products = facts.optional("products")
    if products is None or not facts.tables.has("order_lines", "product_id"):
        return None
    lines = facts.lines
    lines = lines.filter(lines.product_id.notnull())  # noqa: PD004
    used = lines.group_by(id="product_id").agg(lines=lines.count(), net_amount=lines.net_amount.sum())
    return find_unmatched_ids(used, products.select(id="product_id"))
