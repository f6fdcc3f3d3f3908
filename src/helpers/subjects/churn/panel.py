"""Facts that the churn model is fitted on: what was known of every customer at each of many past month ends."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import product

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from helpers.core.calendar.period_names import months_a_year
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, month_number
from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, by_customer, company_only
from helpers.engine.facts import sampled
from helpers.engine.months.working_days import Lull, find_lulls, silent_days
from helpers.subjects.sales.purchase_summary import with_times
from helpers.subjects.signals.windows import Members, batches

#: Lengths, in months, of the trailing windows that purchases and money are counted in.
WINDOWS = (1, 3, 6, 12)
_AMOUNTS = ("purchases", "net_amount")
#: Columns to sum, and how many of the smallest unit make one. Money is fetched as floats, exact below 9e11.
_SUMMED_UNITS = {"purchases": 1, "net_amount": 10_000, "gap_squares": 1, "sum_log_gaps": 10**12}
_SUMMED_COLUMNS = (*_SUMMED_UNITS, "first_date", "last_date", "longest_gap_days")
#: Customers whose running sums are in memory at a time.
_CUSTOMERS_PER_BATCH = 100_000
#: The most month ends of the panel: the latest.
MAX_ORIGINS = 48
#: Where the model is fitted on a sample, the other customers have so many month ends: this one, and the one before to
#: tell what is new.
UNSAMPLED_ORIGINS = 2


def purchase_panel(
    months: ir.Table,
    origins: Sequence[pd.Period],
    first_month: pd.Period,
    sampled_months: ir.Table | None = None,
    last_day: dt.date | None = None,
    lulls: Sequence[Lull] = (),
    year: CompanyYear = CALENDAR_YEAR,
) -> ir.Table:
    """Return one row per customer and month end (origin), with what was known then and nothing later.

    The future needs no columns: what followed in the next h months is the difference to the row h months on.

    Parameters
    ----------
    months
        `helpers.subjects.sales.months.occasion_months`.
    first_month
        First month of the data: a window that begins before it is NULL a year ago.
    sampled_months
        ``months`` of the customers that are learnt from (see `helpers.engine.facts`): the others then have rows at
        the last `UNSAMPLED_ORIGINS` month ends alone. None: all are learnt from.
    last_day
        In place of the last month end, where the last month is not over.
    lulls
        Days that count little as silence: see `helpers.engine.months.working_days.silent_days`.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, origin (DATE, first of the month); purchases_lifetime, frequency (purchases after the
        first), recency_days (first to last purchase), T_days (first purchase to month end; of the
        days since the last one, those of a lull only for what is bought in them), silence_days,
        sum_log_gaps, gap_squares, longest_gap_days, returned_gap_days (the longest gap that ended in the last
        three months; NULL for none), net_amount_lifetime; purchases_W and net_amount_W in the last W months (1,
        3, 6, 12) and ..._W_year_ago in the same months a year before.
    """
    ends = [year.closes(origin) for origin in origins]
    if last_day is not None:
        ends[-1] = last_day
    if sampled_months is None:
        return _panel_at(months, dict(zip(origins, ends, strict=True)), first_month, lulls)
    origin_ends = list(zip(origins, ends, strict=True))
    earlier, last = dict(origin_ends[:-UNSAMPLED_ORIGINS]), dict(origin_ends[-UNSAMPLED_ORIGINS:])
    all_customers = _panel_at(months, last, first_month, lulls)
    if earlier:
        return _panel_at(sampled_months, earlier, first_month, lulls).union(all_customers)
    return all_customers


def _panel_at(
    months: ir.Table, ends: Mapping[pd.Period, dt.date], first_month: pd.Period, lulls: Sequence[Lull]
) -> ir.Table:
    """Sum up from the first month on, by customer and month: windows are differences of these running sums.

    Sums are of whole numbers: purchases, days, and money and logarithms in their smallest unit.
    """
    members = Members.from_table(months)
    rows = months.mutate(sum_log_gaps=months.sum_log_gaps.cast("float64"))
    last = max(ends)
    fetched = [pa.Table.from_batches([record_batch]) for record_batch in
               batches(members.numbered(rows), _SUMMED_COLUMNS, {"net_amount": MONEY}, last)]  # fmt: skip
    panels: list[pa.Table] = []
    for first in range(0, max(len(members), 1), _CUSTOMERS_PER_BATCH):
        batch = slice(first, min(first + _CUSTOMERS_PER_BATCH, len(members)))
        running = _Running(fetched, batch, first_month, last)
        panels.extend(running.at(month, end, members.ids[batch]) for month, end in ends.items())
    rows = ibis.memtable(pa.concat_tables(panels), schema=ibis.Schema.from_pyarrow(panels[0].schema))
    panel = with_times(rows, rows.origin)
    if lulls:
        trading = silent_days(panel.last_purchase, panel.origin, lulls)
        panel = panel.mutate(T_days=panel.recency_days + trading)
    panel = panel.mutate(
        origin=panel["at"], silence_days=panel.origin.delta(panel.last_purchase, unit="day").cast("float64")
    )
    windows = [f"{name}_{width}{tail}" for tail, width, name in product(("", "_year_ago"), WINDOWS, _AMOUNTS)]
    return panel.select(
        "customer_id", "origin", "purchases_lifetime", "frequency", "recency_days", "T_days", "silence_days",
        "sum_log_gaps", "gap_squares", "longest_gap_days", "returned_gap_days", "net_amount_lifetime", *windows,
    )  # fmt: skip


class _Running:
    """Running sums of some customers' months, an array a measure: a row a month of the data, a column a customer."""

    def __init__(self, rows: Sequence[pa.Table], numbers: slice, first: pd.Period, last: pd.Period) -> None:
        self._first = first
        self._shape = ((last - first).n + 1, numbers.stop - numbers.start)
        self._first_day = np.full(self._shape[1], np.iinfo("int32").max, dtype="int32")
        self._sums = {name: np.zeros(self._shape, dtype="int64") for name in _SUMMED_UNITS}
        self._latest, self._gap = (np.zeros(self._shape, dtype="int32") for _ in range(2))
        for part in rows:
            self._add(part, numbers)
        self._longest = np.maximum.accumulate(self._gap, axis=0)
        for array in (self._latest, *self._sums.values()):
            (np.maximum if array is self._latest else np.add).accumulate(array, axis=0, out=array)

    def _add(self, rows: pa.Table, numbers: slice) -> None:
        number = rows["number"].to_numpy().astype(np.intp)
        selected = slice(None)
        if len(number) and (number.min() < numbers.start or number.max() >= numbers.stop):
            selected = (number >= numbers.start) & (number < numbers.stop)
        number = number[selected] - numbers.start
        step = rows["month_number"].to_numpy()[selected] - month_number(self._first)
        for name, unit in _SUMMED_UNITS.items():
            values = rows[name].to_numpy()[selected]
            self._sums[name][step, number] = values if unit == 1 else np.rint(values * unit)
        first, self._latest[step, number] = (
            rows[f"{which}_date"].cast("int32").to_numpy()[selected] for which in ("first", "last")
        )
        np.minimum.at(self._first_day, number, first)
        # No gap is shorter than a day.
        self._gap[step, number] = rows["longest_gap_days"].fill_null(0).to_numpy()[selected]

    def at(self, month: pd.Period, end: dt.date, ids: pa.Array) -> pa.Table:
        """Return what was known at a month's end of the customers who had bought by then; ``origin`` is that day."""
        row, a_year = (month - self._first).n, months_a_year(month)
        bought = self._sums["purchases"][row] > 0

        def until(name: str, offset: int = 0) -> NDArray[np.int64]:
            sums: NDArray[np.int64] = self._sums[name][max(row - offset, 0)][bought]
            return sums if offset <= row else np.zeros_like(sums)

        def known(days: NDArray[np.int32]) -> pa.Array:
            return pa.array(days[bought].astype("int64"), mask=days[bought] == 0)

        ids = ids.filter(pa.array(bought))
        columns = {
            "customer_id": ids,
            "at": pa.array([month.to_timestamp().date()] * len(ids), pa.date32()),
            "origin": pa.array([end] * len(ids), pa.date32()),
            "first_purchase": pa.array(self._first_day[bought]).cast(pa.date32()),
            "last_purchase": pa.array(self._latest[row][bought]).cast(pa.date32()),
            "purchases_lifetime": pa.array(until("purchases")),
            "net_amount_lifetime": _as_money(until("net_amount")),
            "sum_log_gaps": pa.array(until("sum_log_gaps") / _SUMMED_UNITS["sum_log_gaps"]),
            "gap_squares": pa.array(until("gap_squares").astype("float64")),
            "longest_gap_days": known(self._longest[row]),
            "returned_gap_days": known(self._gap[max(row - 2, 0) : row + 1].max(axis=0)),
        }
        for (offset, tail), width, name in product(((0, ""), (a_year, "_year_ago")), WINDOWS, _AMOUNTS):
            amount = until(name, offset) - until(name, offset + width)
            column = _as_money(amount) if name == "net_amount" else pa.array(amount)
            # Before the first month of the data nothing is known.
            reached = not tail or row >= offset + width - 1
            columns[f"{name}_{width}{tail}"] = column if reached else pa.nulls(len(ids), column.type)
        return pa.table(columns)


def _as_money(units: NDArray[np.int64]) -> pa.Array:
    """Return whole numbers of the smallest unit as DECIMAL(18, 4): numbers of 128 bits, the lower ones first."""
    wide = np.stack([units, units >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(units), [None, pa.py_buffer(wide)])


def last_contacts(interactions: ir.Table | None, month_end: ir.Value) -> ir.Table:
    """Return the day of each customer's last contact up to the month end: customer_id, last_contact (DATE)."""
    if interactions is None:
        return ibis.memtable([], schema=ibis.schema({"customer_id": "string", "last_contact": "date"}))
    known = interactions.filter((interactions.date <= month_end) & interactions.customer_id.notnull())  # noqa: PD004
    return known.group_by("customer_id").agg(last_contact=known.date.max().cast("date"))


FACTS: dict[str, Fact] = {
    "sampled_months": Fact(
        lambda f: sampled(f.table("occasion_months"), f.sampled_share),
        order=("customer_id", "month"),
        scoped=company_only,
    ),
    "purchase_panel": Fact(
        lambda f: purchase_panel(
            f.table("occasion_months"),
            pd.period_range(max(f.coverage.months[0], f.month - MAX_ORIGINS + 1), f.month, freq="M").tolist(),
            f.coverage.months[0],
            f.table("sampled_months") if f.sampled_share < 1 else None,
            f.coverage.day if f.coverage.in_course else None,
            find_lulls(f),
            f.year,
        ),
        order=("customer_id", "origin"),
        scoped=by_customer,
        materialized="process",
    ),
    "last_contacts": Fact(
        lambda f: last_contacts(f.optional("interactions"), ibis.date(f.year.last_day(f.month))),
        order=("customer_id",),
        scoped=by_customer,
    ),
}
