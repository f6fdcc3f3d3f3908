"""User-defined signals: SQL of the settings, measured on each customer's rows of one standard table."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.amounts import round_significant
from helpers.core.frames.answer import Answer
from helpers.core.periods import CALENDAR_YEAR, month_of_day
from helpers.engine.as_of import current_rows, month_of
from helpers.engine.connection import evaluate_condition
from helpers.engine.scoped_tables import ScopedTables
from helpers.errors import WorkbookError
from helpers.intake.cleaning.judging import TYPES
from helpers.intake.contracts import DATES, columns
from helpers.intake.known import own_months
from helpers.intake.map_sql import check_sums
from helpers.intake.tables import StandardTables
from helpers.settings.report import OwnSignal

#: What a signal is noticed by, and how its figures are typed.
_MEASURED = {"value": "DOUBLE", "usual": "DOUBLE"}
_JOINED = {"product": "products", "customer": "customers"}


@dataclass(frozen=True)
class OwnSignals(Answer):
    """User-defined signals as of a month.

    Attributes
    ----------
    noticed
        One row a customer and signal that is noticed: customer_id, name, signal (its name in the settings), value,
        usual (NaN if none is measured), net_amount (of the window). In the order of the settings, then by net_amount,
        the largest first, then by customer_id.
    measured
        The same of all customers of whom it can be said, with noticed, by signal and customer_id.
    """

    month: pd.Period
    noticed: pd.DataFrame
    measured: pd.DataFrame


def check_own(signals: Mapping[str, OwnSignal], tables: StandardTables, existing: set[str]) -> None:
    """Check the signals of the settings against the tables and against built-in names.

    Raises
    ------
    WorkbookError
        A name is taken, a table or column is not supplied, or the SQL is not allowed.
    """
    for name, each in signals.items():
        key = f"signals.{name}"
        if name in existing:
            raise WorkbookError(f"{key}: the workbook has a signal of this name; call yours otherwise.")
        if not tables.has(each.table):
            raise WorkbookError(f"{key}.table: the table {each.table} is not supplied.")
        known = signal_columns(each.table, tables)
        check_sums(f"{key}.value", each.value, known, sums=True, result="DOUBLE")
        check_sums(f"{key}.usual", each.usual, known, sums=True, result="DOUBLE")
        check_sums(f"{key}.notice", each.notice, _MEASURED, sums=False, result="BOOLEAN")


def signal_columns(table: str, tables: StandardTables) -> dict[str, str]:
    """Return the columns that a signal on a table may use, with their SQL types."""
    own = {
        each.name: TYPES.get(each.kind, "VARCHAR") for each in columns(table) if tables.has(table, each.name)
    }
    if table != "customers":
        own |= {"months_ago": "INTEGER", "days_ago": "INTEGER"}
    for prefix, other in _joins(table, tables).items():
        own |= {
            f"{prefix}_{each.name}": TYPES.get(each.kind, "VARCHAR")
            for each in columns(other)
            if tables.has(other, each.name) and each.name != f"{prefix}_id"
        }
    return own


def _joins(table: str, tables: StandardTables) -> dict[str, str]:
    """Return the tables that a signal on this one may use too, by the prefix of their columns."""
    return {
        prefix: other
        for prefix, other in _JOINED.items()
        if other != table and tables.has(table, f"{prefix}_id") and tables.has(other)
    }


def signal_rows(table: str, tables: ScopedTables, month_end: dt.date) -> ir.Table:
    """Return the rows that signals on a table are measured on, with the columns of `signal_columns`."""
    rows: ir.Table = getattr(tables, table)
    if table != "customers":
        day = rows[DATES[table]].cast("date")  # type: ignore[index]
        year = tables.facts.year if own_months(table, tables.facts.year.months) else CALENDAR_YEAR
        month = month_of(day, year.months)
        months = (month_end.year * 12 + month_end.month) - (month.year() * 12 + month.month())
        end = ibis.date(year.last_day(month_of_day(month_end)))
        rows = rows.mutate(months_ago=months.cast("int32"), days_ago=end.delta(day, unit="day").cast("int32"))
    for prefix, other in _joins(table, tables).items():
        joined: ir.Table = getattr(tables, other)
        if other == "products":  # as they were then
            joined = current_rows(
                tables._read("products"), "product_id", tables.facts.year.last_day(month_of_day(month_end))
            )
        key = f"{prefix}_key"
        columns = [name for name in joined.columns if name != f"{prefix}_id"]
        joined = joined.select(
            **{key: joined[f"{prefix}_id"]}, **{f"{prefix}_{name}": joined[name] for name in columns}
        )
        rows = rows.left_join(joined, rows[f"{prefix}_id"] == joined[key]).drop(key)
    return rows


def measure(signal: OwnSignal, rows: ir.Table) -> pd.DataFrame:
    """Return customer_id, value, usual and noticed of all customers with a value, by customer_id."""
    engine = rows.get_backend()
    query = (
        f"SELECT customer_id, CAST(({signal.value}\n) AS DOUBLE) AS value, "
        f"CAST(({signal.usual}\n) AS DOUBLE) AS usual "
        f"FROM ({engine.compile(rows)}) AS own_rows WHERE customer_id IS NOT NULL GROUP BY customer_id"
    )
    found = engine.con.sql(f"{query} ORDER BY customer_id").to_arrow_table().to_pandas()
    # What was divided by zero is not known either, and no figure beyond all others.
    finite = found[np.isfinite(found["value"])].reset_index(drop=True)
    usual = finite["usual"].where(np.isfinite(finite["usual"]))
    # A mean of floats ends in digits that depend on the order of threads: they are dropped before anything is decided.
    measured = finite.assign(value=round_significant(finite["value"], 12), usual=round_significant(usual, 12))
    return measured.assign(noticed=evaluate_condition(measured, signal.notice))
