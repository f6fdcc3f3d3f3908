"""`KnownTables`: the standard tables as they were known at a month end, each customer under the number that counts."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd

from helpers.core.files.sealed import SEAL, holds
from helpers.engine import as_of
from helpers.engine.masked import as_table, masked, pseudonyms
from helpers.engine.months.history import rows_after
from helpers.engine.tables.counted import counted_in, decisions_in, digest_of
from helpers.errors import WorkbookError
from helpers.intake.merging import counted_as
from helpers.intake.tables import StandardTables
from helpers.settings.source import TableName


class KnownTables(ABC):
    """What facts are built from, of one data set as of one month.

    Attributes
    ----------
    tables, month, month_end
        What intake hands on, the report's month, and its last day.
    """

    tables: StandardTables
    month: pd.Period
    month_end: dt.date
    _mask_key: str
    _read_already: dict[Path, ir.Table]

    @abstractmethod
    def _parquet(self, path: Path) -> ir.Table:
        """Return a file as a table of the engine's; it looks at it once."""

    @cached_property
    def counted(self) -> dict[str, str]:
        """The number under which each merged number counts as of the month end; others count as themselves."""
        if not self.tables.has("customer_aliases"):
            return {}
        return counted_as(decisions_in(self.all_rows("customer_aliases")), self.month_end)

    @cached_property
    def counted_digest(self) -> str:
        """Name who counts as whom: a row of any month rests on it; empty where every number counts as itself."""
        return digest_of(self.counted)

    def standard(self, table: TableName) -> ir.Table:
        """Return a standard table as it was known at the month end: see `as_of.on_record`.

        Numbers of customers are those under which they count (see `counted_in`). Where customers are masked (see
        `helpers.core.mask`), their ids and names are pseudonyms here already.
        """
        return counted_in(table, as_of.on_record(table, self.all_rows(table), self.month_end), self.counted)

    def all_rows(self, table: str) -> ir.Table:
        """Return a standard table as issued, with what came after the month end: to say what changed, for no figure."""
        return masked(table, self._read(table), self._pseudonyms) if self._mask_key else self._read(table)

    @cached_property
    def _pseudonyms(self) -> ir.Table:
        tables = [self._read(table) for table in sorted(self.tables.supplied)]
        return as_table(pseudonyms(tables, self._mask_key))

    def _read(self, table: str) -> ir.Table:
        path = self.tables.path(table)
        # What no cache has published (`helpers.intake.cache`) has no seal.
        if path not in self._read_already and (path.parent / SEAL).exists() and not holds(path):
            said = f"The cleaned table {table} in {path.parent} is no longer what was written there."
            raise WorkbookError(f"{said} Run again: it is made anew from the data.")
        return self._parquet(path)

    def optional(self, table: TableName) -> ir.Table | None:
        """Return a standard table as `standard` does; None where it is not supplied."""
        return self.standard(table) if self.tables.has(table) else None

    @cached_property
    def lines(self) -> ir.Table:
        """The order lines up to the month end: see `as_of.lines_until`; their customers as in `standard`."""
        lines = as_of.lines_until(self.all_rows("order_lines"), self.month_end)
        return counted_in("order_lines", lines, self.counted)

    def lines_after(self, month: pd.Period | None) -> ir.Table:
        """The order lines after a month (None: all) up to the month end."""
        return self.lines if month is None else rows_after(self.lines, month)

    def optional_after(self, table: TableName, month: pd.Period | None) -> ir.Table | None:
        """Return the rows of a standard table dated after a month (None: all); None where it is not supplied."""
        return rows if (rows := self.optional(table)) is None or month is None else rows_after(rows, month)
