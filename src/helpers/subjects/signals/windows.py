"""Windows over months for every customer at once: the engine adds up by month, NumPy over the months.

A window is the difference of two running sums, so that a month end more costs two vectors. Asking the engine for
customers times month ends instead makes it repeat each month's row for every month end that it lies in.

Counts, days, and money and ratios in their smallest unit are whole numbers: their sums are exact, in any order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from helpers.core.periods import month_number
from helpers.engine.as_of import MONEY
from helpers.engine.connection import in_batches
from helpers.subjects.signals.evidence import PARTS, RATIO

#: Months of the window that is used, and of the customer's own usual before it.
RECENT_MONTHS, USUAL_MONTHS = 6, 12
#: Measures that count from the beginning too: what is open, owed, or asked only now and then.
EVER = (
    "complaints", "complaints_resolved", "survey_n", "survey_sum", "survey_square", "due_amount", "settled_amount",
)  # fmt: skip
Floats = NDArray[np.float64]
#: How many of the smallest unit make one, by type.
_UNITS = {MONEY: 10_000.0, RATIO: 100_000_000.0}
_ROWS_A_BATCH = 1_000_000
#: So many running sums of categories, of 4 bytes each, are held at once.
_MAX_SUMS_IN_MEMORY = 100_000_000
_NEVER = -np.inf


def months_before(month: ir.Value, origin: dt.date) -> ir.Value:
    """Months from ``month`` to that of the origin: 0 is the origin's own."""
    return (origin.year * 12 + origin.month) - (month.year() * 12 + month.month())


@dataclass(frozen=True)
class Members:
    """The customers of the arrays, each with a number: its position in every array.

    Attributes
    ----------
    ids
        customer_id, each once, in the engine's order.
    """

    ids: pa.Array

    @classmethod
    def from_table(cls, customers: ir.Table) -> Members:
        """Number the distinct customers of a table."""
        ids = customers.select("customer_id").distinct().order_by("customer_id").to_pyarrow()["customer_id"]
        return cls(ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids)

    def __len__(self) -> int:
        return len(self.ids)

    def numbered(self, rows: ir.Table) -> ir.Table:
        """Add their ``number`` (int32) to the rows of these customers."""
        return rows.inner_join(self._numbers, rows.customer_id == self._numbers.member_id)

    @cached_property
    def _numbers(self) -> ir.Table:
        numbers = pa.table({"member_id": self.ids, "number": np.arange(len(self), dtype="int32")})
        return ibis.memtable(numbers, schema=ibis.schema({"member_id": "string", "number": "int32"}))


class MonthlySums:
    """Running sums over the months of some customers: one part of the evidence.

    Parameters
    ----------
    rows
        A part of `evidence.evidence_part`: one row a customer and month.
    kinds
        The measures to sum, with their types as in `evidence.PARTS`.
    """

    def __init__(
        self, rows: ir.Table, kinds: Mapping[str, str], members: Members, months: Sequence[pd.Period]
    ) -> None:
        self._kinds = dict(kinds)
        # Months between two ends of windows are always requested together: there is one sum of them.
        self._ends = {month: place for place, month in enumerate(window_ends(months))}
        shape = (len(self._ends), len(members))
        self._begun = np.full(len(members), len(self._ends), dtype="int32")
        self._running: dict[str, NDArray[Any]] = {
            name: np.full(shape, _NEVER if kind == "date" else 0, dtype=_dtype_of(name, kind))
            for name, kind in kinds.items()
        }
        ends = np.array([month_number(month) for month in self._ends])
        for batch in batches(members.numbered(rows), list(kinds), kinds, max(months)):
            number = batch["number"].to_numpy().astype(np.intp)  # NumPy adds fast by these alone
            step = np.searchsorted(ends, batch["month_number"].to_numpy())
            np.minimum.at(self._begun, number, step.astype("int32"))
            place = step * len(members) + number
            for name, kind in kinds.items():
                self._add(name, kind, place, batch[name])
        for name, kind in kinds.items():
            running = self._running[name]
            (np.maximum if kind == "date" else np.add).accumulate(running, axis=0, out=running)

    def _add(self, name: str, kind: str, place: NDArray[np.int64], values: pa.Array) -> None:
        flat = self._running[name].reshape(-1)
        if kind == "date":
            known = values.is_valid().to_numpy(zero_copy_only=False)
            np.maximum.at(flat, place[known], values.drop_null().cast("int32").to_numpy())
            return
        array = values.to_numpy(zero_copy_only=False)
        if kind in _UNITS:
            array = np.rint(array * _UNITS[kind])
        np.add.at(flat, place, array.astype(flat.dtype, copy=False))

    def begun(self, month: pd.Period) -> NDArray[np.bool_]:
        """Whether a member has any row up to a month."""
        return self._begun <= self._ends[month]

    def has(self, *measures: str) -> bool:
        """Whether all these measures are there."""
        return set(measures) <= set(self._kinds)

    def recent(self, measure: str, month: pd.Period) -> Floats:
        """Sum of the `RECENT_MONTHS` that end with the month, by member."""
        return self._between(measure, month - RECENT_MONTHS, month)

    def usual(self, measure: str, month: pd.Period) -> Floats:
        """Sum of the `USUAL_MONTHS` before those."""
        return self._between(measure, month - RECENT_MONTHS - USUAL_MONTHS, month - RECENT_MONTHS)

    def ever(self, measure: str, month: pd.Period) -> Floats:
        """Sum of all months up to this one."""
        return self._in_units(measure, self._running[measure][self._ends[month]])

    def latest(self, measure: str, month: pd.Period) -> NDArray[np.datetime64]:
        """Return the latest day up to the month's end, by member; NaT: none."""
        days = self._running[measure][self._ends[month]]
        dates = np.full(len(days), np.datetime64("NaT", "D"))
        is_known = days != _NEVER
        dates[is_known] = days[is_known].astype("int64").astype("datetime64[D]")
        return dates

    def _between(self, measure: str, after: pd.Period, until: pd.Period) -> Floats:
        running = self._running[measure]
        return self._in_units(measure, running[self._ends[until]] - running[self._ends[after]])

    def _in_units(self, measure: str, totals: NDArray[Any]) -> Floats:
        sums: Floats = totals.astype("float64")
        return sums / _UNITS.get(self._kinds[measure], 1.0)


def window_ends(months: Sequence[pd.Period]) -> list[pd.Period]:
    """Return, ascending, the months that end with a window or just before one, of the windows up to each month."""
    offsets = (0, RECENT_MONTHS, RECENT_MONTHS + USUAL_MONTHS)
    return sorted({month - offset for month in months for offset in offsets})


def evidence_at(
    parts: Mapping[str, ir.Table],
    members: Members,
    origins: Sequence[dt.date],
    categories: ir.Table | None = None,
    measures: Collection[str] | None = None,
) -> ir.Table:
    """Return the evidence of each customer at each month end, summed over its windows.

    Parameters
    ----------
    parts, categories
        The tables of `evidence.evidence_part` and `category_months`, up to the last of the month ends.
    origins
        Month ends (last day of a month). A row depends on nothing dated after its own.
    measures
        Sums and columns to compute, without the names of windows; None: all.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, origin (DATE); for every sum of `PARTS` supplied ``NAME_recent`` (of the `RECENT_MONTHS`
        that end with the origin), ``NAME_usual`` (of the `USUAL_MONTHS` before those), and of `EVER` ``NAME_ever``;
        last_visit, last_contact; with categories categories_recent and categories_usual (distinct),
        categories_lost (bought on three lines or more in the usual window, none in the recent one),
        categories_lost_lines (of the usual window). One row per customer with anything up to the origin. Counts and
        sums are float64 in the report's units; ``late`` and ``decision`` are in days, ``discount`` in fractions of
        the list price.
    """
    months = [pd.Period(origin, freq="M") for origin in origins]
    columns: list[dict[str, NDArray[Any]]] = [{} for _ in months]
    begun = [np.zeros(len(members), dtype=bool) for _ in months]
    for part, part_rows in parts.items():
        kinds = {
            name: kind
            for name, kind in PARTS[part].items()
            if name in part_rows.columns and (measures is None or name in measures)
        }
        sums = MonthlySums(part_rows, kinds, members, months)
        for columns_at, has_rows, month in zip(columns, begun, months, strict=True):
            columns_at |= _windows(sums, kinds, month)
            has_rows |= sums.begun(month)
        del sums  # before the next part's
    if categories is not None:
        for columns_at, category_counts in zip(
            columns, _categories_at(categories, members, months), strict=True
        ):
            columns_at |= category_counts
    tables = []
    for columns_at, has_rows, origin in zip(columns, begun, origins, strict=True):
        rows_at = np.flatnonzero(has_rows)
        keys = {
            "customer_id": members.ids.take(pa.array(rows_at)),
            "origin": pa.array([origin] * len(rows_at), pa.date32()),
        }
        # Each array is freed as soon as its column is built: together they are a gigabyte a million customers.
        tables.append(
            pa.table(keys | {name: pa.array(columns_at.pop(name)[rows_at]) for name in list(columns_at)})
        )
    return _as_ibis(pa.concat_tables(tables))


def _windows(sums: MonthlySums, kinds: Mapping[str, str], month: pd.Period) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {}
    for name, kind in kinds.items():
        if kind == "date":
            columns[name] = sums.latest(name, month)
            continue
        columns |= {f"{name}_recent": sums.recent(name, month), f"{name}_usual": sums.usual(name, month)}
        if name in EVER:
            columns[f"{name}_ever"] = sums.ever(name, month)
    return columns


def _categories_at(
    categories: ir.Table, members: Members, months: Sequence[pd.Period]
) -> list[dict[str, Floats]]:
    """Count, for each month, the categories that a member buys, bought and no longer buys."""
    ends = window_ends(months)
    places = {month: place for place, month in enumerate(ends)}
    recent = categories.filter(categories.month > ibis.date(ends[0].to_timestamp().date()))
    last = recent.category.max().to_pyarrow().as_py()
    counts = [
        {f"categories_{name}": np.zeros(len(members)) for name in ("recent", "usual", "lost", "lost_lines")}
        for _ in months
    ]
    batch_size = max(_MAX_SUMS_IN_MEMORY // max(len(ends) * len(members), 1), 1)
    for first in range(0, 0 if last is None else last + 1, batch_size):
        batch = recent.filter(recent.category.between(first, first + batch_size - 1))
        for running in _category_running_sums(batch, first, min(batch_size, last + 1 - first), members, ends):
            for counts_at_end, end in zip(counts, months, strict=True):
                before_recent = running[places[end - RECENT_MONTHS]]
                usual_lines = before_recent - running[places[end - RECENT_MONTHS - USUAL_MONTHS]]
                recent_lines = running[places[end]] - before_recent
                lost = (recent_lines == 0) & (usual_lines >= 3)
                counts_at_end["categories_recent"] += recent_lines > 0
                counts_at_end["categories_usual"] += usual_lines > 0
                counts_at_end["categories_lost"] += lost
                counts_at_end["categories_lost_lines"] += np.where(lost, usual_lines, 0)
    return counts


def _category_running_sums(
    rows: ir.Table, first: int, count: int, members: Members, ends: Sequence[pd.Period]
) -> NDArray[np.int32]:
    """Return running sums of the lines of ``count`` categories from ``first`` on: by category, end and member."""
    running = np.zeros((count, len(ends), len(members)), dtype="int32")
    flat = running.reshape(-1)
    numbers = [month_number(end) for end in ends]
    for batch in batches(members.numbered(rows), ["category", "lines"], {}, ends[-1]):
        step = np.searchsorted(numbers, batch["month_number"].to_numpy())
        category = batch["category"].to_numpy().astype(np.intp) - first
        place = (category * len(ends) + step) * len(members) + batch["number"].to_numpy()
        np.add.at(flat, place, batch["lines"].to_numpy().astype("int32"))
    np.add.accumulate(running, axis=1, out=running)
    return running


def batches(
    rows: ir.Table, columns: Sequence[str], kinds: Mapping[str, str], last: pd.Period
) -> Iterator[pa.RecordBatch]:
    """Fetch number, month_number and columns up to a month; DECIMAL as float64, which is exact below 9e11."""
    rows = rows.filter(rows.month <= ibis.date(last.to_timestamp().date()))
    month_number = (rows.month.year() * 12 + rows.month.month()).cast("int32")
    values = {
        name: rows[name].cast("float64") if kinds.get(name) in _UNITS else rows[name] for name in columns
    }
    selected = rows.select("number", month_number=month_number, **values)
    with in_batches(selected, _ROWS_A_BATCH) as fetched:
        yield from fetched


def _dtype_of(name: str, kind: str) -> str:
    """Counts are small; sums of days and their squares, and of smallest units, may not be."""
    return "int32" if kind == "int64" and not name.endswith(("_sum", "_square")) else "float64"


def _as_ibis(table: pa.Table) -> ir.Table:
    kinds = {"customer_id": "string", "origin": "date"}
    others = {
        name: "date" if pa.types.is_date(kind) else "float64"
        for name, kind in zip(table.column_names, table.schema.types, strict=True)
        if name not in kinds
    }
    return ibis.memtable(table, schema=ibis.schema(kinds | others))
