"""Window sums of customers' months, a row a customer: aggregated on the engine, so that pandas gets few rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.amounts import UNITS
from helpers.core.periods import Span
from helpers.engine.connection import in_batches

_ROWS_A_BATCH = 100_000


@dataclass(frozen=True)
class Window:
    """One column of a window query: an aggregation of a measure over a span of months.

    Attributes
    ----------
    measure
        A column of the months, money or counts.
    how
        ``sum`` of the measure; or the ``first`` or ``last`` month in which it was above 0.
    until
        The day that a month in course has reached: of the last month of the span, only the like days
        (`helpers.core.periods.CompanyYear.like_day`); None: all of it. Net sales and purchase days alone.
    """

    measure: str
    span: Span
    how: Literal["sum", "first", "last"] = "sum"
    until: datetime.date | None = None

    @property
    def whole(self) -> Window:
        """The same of whole months."""
        return replace(self, until=None)

    @property
    def rest(self) -> Window:
        """What is in whole months beyond that."""
        return replace(self.whole, span=Span(self.span.last, self.span.last))


def sum_windows(rows: ir.Table, columns: Mapping[str, Window]) -> ir.Table:
    """Return one row for each customer with a month in any of the spans, in any order.

    Parameters
    ----------
    rows
        customer_id, ``month`` (DATE, first of the month), and the measures.
    columns
        By name, what is made of the months.

    Returns
    -------
    ibis.expr.types.Table
        customer_id and the columns: sums as FLOAT64, exact to the ten-thousandth below 9e11, months as DATE. NULL where
        no month of the span has a value, so that a sum of what is always known tells whether there is any row.
    """
    first = min(column.span.first for column in columns.values())
    last = max(column.span.last for column in columns.values())
    units = {column.measure: _units(rows[column.measure]) for column in columns.values()}
    inside = rows.filter(in_span(rows.month, Span(first, last))).select("customer_id", "month", **units)
    money = {name for name, kind in rows.schema().items() if kind.is_decimal()}
    made = {name: _made(inside, column, column.measure in money) for name, column in columns.items()}
    return inside.group_by("customer_id").agg(**made)


def _units(values: ir.NumericColumn) -> ir.NumericColumn:
    """Money in ten-thousandths: whole numbers, whose sums in FLOAT64 are exact and three times as quick as DECIMAL."""
    return (values * UNITS if values.type().is_decimal() else values).cast(dt.float64)


def _made(rows: ir.Table, column: Window, is_money: bool) -> ir.Scalar:
    inside, values = in_span(rows.month, column.span), rows[column.measure]
    if column.how == "sum":
        total = inside.ifelse(values, None).sum()
        return total / UNITS if is_money else total
    months = (inside & (values > 0)).ifelse(rows.month, None)
    return months.min() if column.how == "first" else months.max()


def in_span(months: ir.DateColumn, span: Span) -> ir.BooleanValue:
    """Whether a month (DATE, its first day) is of a span."""
    return months.between(*(ibis.date(each.to_timestamp().date()) for each in (span.first, span.last)))


def sum_groups(labelled: ir.Table, span: Span, measures: list[str]) -> ir.Table:
    """Return group, month and the sums of these columns (DECIMAL, NULL where none is known).

    Parameters
    ----------
    labelled
        As for `sum_windows`, with the ``group`` of each row; NULL: of none.
    """
    inside = labelled.filter(in_span(labelled.month, span))
    sums = {name: inside[name].sum().cast(labelled[name].type()) for name in measures}
    keys = [ibis.asc(name, nulls_first=False) for name in ("group", "month")]
    return inside.group_by(["group", "month"]).agg(**sums).order_by(keys)


def with_margin(rows: ir.Table) -> ir.Table:
    """Return months with margin_amount, on the lines with a cost (NULL where there is none)."""
    return rows.mutate(margin_amount=rows.net_amount_with_cost - rows.cost_amount)


def amounts_by_month(
    rows: ir.Table, customers: ir.Table, ids: pd.Index, measure: str, span: Span
) -> pd.DataFrame:
    """Return money by customer_id (index) and month (columns, period[M]), in int64 ten-thousandths.

    For sums that trail month after month: they are sums of columns.

    Parameters
    ----------
    rows
        As for `sum_windows`, a month of a customer once.
    customers, ids
        Everybody who has a row: the table with customer_id, each once, and the ids in ascending order.
    """
    place = ibis.row_number().over(order_by=customers.customer_id).cast(dt.int32)
    inside = rows.filter(in_span(rows.month, span)).inner_join(
        customers.select("customer_id", place=place), "customer_id"
    )
    step = (inside.month.year() - span.first.year) * 12 + inside.month.month() - span.first.month
    # Whole and rest apart: in 18 digits a product of 92 billion is too large, in 38 it takes fifty times as long.
    amount = inside[measure].fill_null(0)
    whole = amount.cast(dt.int64)
    units = (whole * UNITS + ((amount - whole.cast(amount.type())) * UNITS).cast(dt.int64)).cast(dt.int64)
    cells = inside.select("place", step=step.cast(dt.int16), units=units)
    table = np.zeros((len(span.months()), len(ids)), dtype="int64")  # a month's amounts stand together
    with in_batches(cells, _ROWS_A_BATCH) as batches:
        for batch in batches:
            places, steps, amounts = (each.to_numpy() for each in batch.columns)
            table[steps, places] = amounts
    return pd.DataFrame(table.T, ids, span.months())


def trailing_sums(months: pd.DataFrame, window_months: int) -> Iterator[tuple[pd.Period, np.ndarray]]:
    """Yield month and everybody's sums, from the first month that ends a whole window in `amounts_by_month`."""
    amounts, sums = months.to_numpy(), np.zeros(len(months), dtype="int64")
    for place, month in enumerate(pd.PeriodIndex(months.columns)):
        sums = sums + amounts[:, place]
        if place >= window_months:
            sums -= amounts[:, place - window_months]
        if place >= window_months - 1:
            yield month, sums
