"""Which months the order lines cover."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.engine import as_of
from helpers.engine.connection import connect, parquet_of, to_pandas
from helpers.errors import WorkbookError
from helpers.intake.tables import StandardTables
from helpers.settings.config import cache_folder


@dataclass(frozen=True)
class Coverage:
    """What the order lines cover, in all or as of a month.

    Attributes
    ----------
    months
        The months that have order lines, ascending.
    rows
        Number of order lines.
    first_order_date, last_order_date
        Dates of the earliest and the latest line.
    last_complete_month
        The last month of which all working days can be in the data: the month of the last line if that line's
        date is at or after the month's last weekday (Monday to Friday), else the last month before it that
        has lines. Where there is only one month, that month.
    """

    months: tuple[pd.Period, ...]
    rows: int
    first_order_date: pd.Timestamp
    last_order_date: pd.Timestamp
    last_complete_month: pd.Period

    def check(self, month: pd.Period) -> None:
        """Raise a WorkbookError that names the months available unless ``month`` has order lines."""
        if month in self.months:
            return
        first, last = self.months[0], self.months[-1]
        spanned = pd.period_range(first, last, freq="M")
        holes = [str(gap) for gap in spanned if gap not in self.months]
        more = " ..." if len(holes) > 12 else ""
        without = f", but for {', '.join(holes[:12])}{more}" if holes else ""
        raise WorkbookError(
            f"There are no order lines in {month}. The data have the months {first} to {last}{without}."
        )


def coverage_of(months: pd.DataFrame) -> Coverage:
    """Build the coverage from a frame of `as_of.months_with_data`, ascending by month."""
    if months.empty:
        raise WorkbookError(
            "order_lines holds no usable row: no month can be reported. "
            "Look in the quarantine for the reasons."
        )
    periods = tuple(months["month"].dt.to_period("M"))
    last_date = months["last_order_date"].max()
    last_weekday = pd.offsets.BDay().rollback(periods[-1].to_timestamp(how="end").normalize())
    complete = last_date >= last_weekday or len(periods) == 1
    return Coverage(
        months=periods,
        rows=int(months["rows"].sum()),
        first_order_date=months["first_order_date"].min(),
        last_order_date=last_date,
        last_complete_month=periods[-1] if complete else periods[-2],
    )


def read_coverage(tables: StandardTables) -> Coverage:
    """Read the coverage of all order lines, whatever the month."""
    engine = connect(cache_folder())
    try:
        order_lines = engine.read_parquet(parquet_of(tables.path("order_lines")))
        return coverage_of(to_pandas(as_of.months_with_data(order_lines)))
    finally:
        engine.disconnect()


def last_complete_month(tables: StandardTables) -> pd.Period:
    """Return the month that a report is about when none is asked for; see `Coverage.last_complete_month`."""
    return read_coverage(tables).last_complete_month
