"""`Facts`: what a fact is built from, whichever engine computes it.

`helpers.engine.store.FactStore` is the one that computes on DuckDB and caches what it computed; Spark has its own.
"""

from __future__ import annotations

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
    month_end
        The month's last day.
    engine
        The Ibis backend on which tables and facts lie.
    sampled_share
        The share of the customers that models are fitted on: see `helpers.engine.sampled`.
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
