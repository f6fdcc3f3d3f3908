"""`Facts`: what a fact is built from, whichever engine computes it.

`helpers.engine.store.FactStore` is the one that computes on DuckDB and caches what it computed; Spark has its own.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.backends.sql import SQLBackend

from helpers.core.periods import CompanyYear
from helpers.engine.months.coverage import Coverage
from helpers.intake.tables import StandardTables
from helpers.settings.config import Settings
from helpers.settings.source import TableName

#: Rows of a fact in, rows of scores out: each row's from that row alone, so that batches do not matter. Picklable.
Score = Callable[[pd.DataFrame], pd.DataFrame]


class Facts(Protocol):
    """One data set as of one month: its standard tables, what they cover, and the facts that are made of them.

    Attributes
    ----------
    tables, month, settings
        What intake hands on, the report's month, and ``workbook.toml``.
    engine
        The Ibis backend on which tables and facts lie.
    sampled_share
        The share of the customers that models are fitted on: see `helpers.engine.facts`.
    folder, months_folder, history_folder
        Where files of these facts, of facts by month, and of the tables' history lie in the cache.
    folders_of_months
        Where the rows of each month of a fact lie, by fact.
    code_key
        Names the code, the settings and the mask that a row of any month rests on, beside the tables.
    """

    tables: StandardTables
    month: pd.Period
    settings: Settings
    month_end: dt.date
    engine: SQLBackend
    folder: Path
    months_folder: Path
    history_folder: Path
    folders_of_months: dict[str, dict[pd.Period, Path]]

    @property
    def code_key(self) -> str: ...  # noqa: D102

    @property
    def sampled_share(self) -> float: ...  # noqa: D102

    @property
    def days_with_data(self) -> pd.DataFrame:
        """How many order lines each day of the data has, later ones too."""

    @property
    def year(self) -> CompanyYear:
        """The company's year and months."""

    @property
    def coverage(self) -> Coverage:
        """What the order lines up to the month end cover."""

    @property
    def lines(self) -> ir.Table:
        """The order lines up to the month end."""

    def table(self, name: str) -> ir.Table:
        """Return a fact."""

    def frame(self, name: str, *arguments: Any, **named: Any) -> pd.DataFrame:
        """Return a fact in pandas."""

    def standard(self, table: TableName) -> ir.Table:
        """Return a standard table as it was known at the month end."""

    def all_rows(self, table: str) -> ir.Table:
        """Return a standard table, later rows too: for no figure."""

    def of_all_months(self, name: str, build: Callable[[], ir.Table]) -> ir.Table:
        """Return a table built from `all_rows`, cached for all months; callers have to cut it at the month end."""

    def optional(self, table: TableName) -> ir.Table | None:
        """Return a standard table as it was known at the month end; None where it is not supplied."""

    def optional_after(self, table: TableName, month: pd.Period | None) -> ir.Table | None:
        """Return the rows of a standard table after a month; None where it is not supplied."""

    def lines_after(self, month: pd.Period | None) -> ir.Table:
        """Return the order lines after a month up to the month end."""

    def order_days_after(self, month: pd.Period | None) -> ir.Table:
        """Return the fact order_days after a month."""

    def window(self, months_back: int = 0) -> tuple[dt.date, dt.date]:
        """Return the first days of the first and last month of a trailing window."""

    def month_ends(self, count: int, after: pd.Period | None = None) -> list[dt.date]:
        """Return so many month ends up to the report's, as far as the data reach."""


class OtherEngine(Protocol):
    """An engine beside the embedded one that computes facts and writes them into the same cache."""

    def table(self, name: str) -> ir.Table:
        """Return a fact as a table of that engine's; computed and written where it is not there yet."""

    def map_in_arrow(self, rows: ir.Table, score: Score, schema: ibis.Schema, path: Path) -> None:
        """Apply a model to every row on that engine's workers and write what comes of it."""


#: Hexadecimal digits of the hash that are looked at.
_DIGITS = 8


def sampled(rows: ir.Table, share: float) -> ir.Table:
    """Keep the rows of about ``share`` of the customers; all of them where it is 1 or more.

    A customer is sampled by its id alone: month after month it is the same customers, and those of a smaller share are
    among those of a larger one.
    """
    if share >= 1:
        return rows
    limit = format(int(share * 16**_DIGITS), f"0{_DIGITS}x")
    # The hash costs more than all else here, so each id is hashed once and not in every row.
    ids = rows.select("customer_id").distinct()
    chosen = ids.filter(ids.customer_id.hexdigest("sha256").substr(0, _DIGITS) < limit)
    return rows.semi_join(chosen, "customer_id")


def sampled_ids(facts: Facts) -> ir.Table:
    """Return customer_id of the customers that are learnt from: one row each."""
    return sampled(facts.table("customers").select("customer_id"), facts.sampled_share)
