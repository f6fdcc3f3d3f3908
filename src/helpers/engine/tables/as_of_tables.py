"""`AsOfTables`: the standard tables as they were known at a month end, each customer under the number that counts."""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.files.integrity import SEAL, is_intact
from helpers.core.mask import ID_COLUMNS
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.core.scope import ScopeKind
from helpers.engine import as_of
from helpers.engine.connection import to_pandas
from helpers.engine.masked import mask_table, pseudonym_table, pseudonyms
from helpers.engine.months.monthly import rows_after
from helpers.engine.tables import groups
from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.known import own_months
from helpers.intake.merging import Decision, counted_as
from helpers.intake.tables import StandardTables
from helpers.settings.config import Settings
from helpers.settings.source import TableName

#: Tables whose rows say who counts as whom: they stay as they were decided.
_DECIDING = ("customer_aliases",)


def decisions_in(table: ir.Table) -> list[Decision]:
    """Return the rows of ``customer_aliases`` as decisions."""
    rows = to_pandas(table.select("customer_id", "same_as", "from_date", "decision"))
    days = [None if pd.isna(day) else day.date() for day in rows["from_date"]]
    is_same = (rows["decision"] != "different").tolist()
    return [
        Decision(number, other, day, same)
        for number, other, day, same in zip(rows["customer_id"], rows["same_as"], days, is_same, strict=True)
    ]


def merged_ids_digest(counted: Mapping[str, str]) -> str:
    """Hash of which customer numbers are merged into which; empty if none is."""
    text = "\0".join(f"{number}\0{other}" for number, other in sorted(counted.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] if counted else ""


def replace_merged_ids(name: str, table: ir.Table, counted: Mapping[str, str]) -> ir.Table:
    """Return a standard table in which merged numbers of customers are those under which they count.

    Of ``customers`` the records of the number that counts stay. Where it has none, those of the merged number that is
    first in the order of numbers take its place.
    """
    columns = [each for each in ID_COLUMNS if each in table.columns]
    if not counted or not columns or name in _DECIDING:
        return table
    names = table.columns
    ordered = sorted(counted)
    pairs = ibis.memtable(
        pd.DataFrame({"number": ordered, "counts_as": [counted[each] for each in ordered]}, dtype="str"),
        schema=ibis.schema({"number": "string", "counts_as": "string"}),
    )
    table = table.mutate(own_number=table[columns[0]])
    for column in columns:
        of_column = pairs.select(**{f"number_{column}": "number", f"counts_as_{column}": "counts_as"})
        table = table.left_join(of_column, table[column] == of_column[f"number_{column}"])
        table = table.mutate(**{column: ibis.coalesce(table[f"counts_as_{column}"], table[column])})
        table = table.drop(f"number_{column}", f"counts_as_{column}")
    if name == "customers":
        own_first = [(table.own_number != table.customer_id).cast("int8"), table.own_number.asc()]
        ranked = table.mutate(place=ibis.dense_rank().over(group_by="customer_id", order_by=own_first))
        table = ranked.filter(ranked.place == 0)
    return table.select(*names)


class AsOfTables(ABC):
    """What facts are built from, of one data set as of one month.

    Attributes
    ----------
    tables, month, month_end
        What intake hands on, the report's month, and its last day, of the company's own where it has such.
    settings
        ``customers.count`` says who counts as one customer.
    within
        Whose part of a group counts as one customer: see `groups.assign_units`.
    accounts
        The same tables by account, where customers are counted by group; else None.
    """

    tables: StandardTables
    month: pd.Period
    month_end: dt.date
    settings: Settings
    within: ScopeKind
    accounts: AsOfTables | None
    _mask_key: str
    _read_already: dict[Path, ir.Table]

    @abstractmethod
    def _parquet(self, path: Path) -> ir.Table:
        """Return a file as a table of the engine's; it looks at it once."""

    @abstractmethod
    def frame(self, name: str) -> pd.DataFrame:
        """Return a fact in pandas."""

    @abstractmethod
    def materialize(self, name: str) -> Path:
        """Return the file, or the folder of files, of a fact that has been computed."""

    @cached_property
    def year(self) -> CompanyYear:
        """The company's year and months."""
        return CompanyYear.of(self.settings.periods)

    @cached_property
    def counted(self) -> dict[str, str]:
        """The number under which each number counts as of the month end; others count as themselves."""
        grouped = dict(zip(self.units["customer_id"], self.units["counts_as"], strict=True))
        grouped = {number: unit for number, unit in grouped.items() if number != unit}
        return {**grouped, **{number: grouped.get(other, other) for number, other in self.merged.items()}}

    @cached_property
    def merged(self) -> dict[str, str]:
        """The number that counts for each number merged into it (``customer_aliases``), as of the month end."""
        if not self.tables.has("customer_aliases"):
            return {}
        return counted_as(decisions_in(self.all_rows("customer_aliases")), self.month_end)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Groups of customers and the number under which each counts: `groups.assign_units`; empty where none count."""
        if self.accounts is None:
            return pd.DataFrame(columns=groups.UNITS)
        people = self.accounts.frame("customers")
        return groups.assign_units(
            self.accounts.members(self.settings.customers.count, people), people, self.within
        )

    def members(self, count: str, people: pd.DataFrame) -> pd.DataFrame:
        """Return who is in which group as of the month end: customer_id, group_id, group_name.

        Parameters
        ----------
        count
            ``group``: by ultimate parent; ``buying_group``: as the table buying_groups says.
        people
            The fact ``customers`` by account.

        Raises
        ------
        WorkbookError
            See `helpers.engine.tables.groups.by_parent` and `by_buying_group`.
        """
        if count == "group":
            return groups.by_parent(people, self.month_end)
        if (rows := self.optional("buying_groups")) is None:
            return groups.by_buying_group(
                pd.DataFrame(columns=["customer_id", "group_id", "group_name"]), people
            )
        return groups.by_buying_group(
            to_pandas(as_of.current_rows(rows, "customer_id", self.month_end)), people
        )

    @cached_property
    def counted_digest(self) -> str:
        """Name who counts as whom: a row of any month rests on it; empty where every number counts as itself."""
        return merged_ids_digest(self.counted)

    def standard(self, table: TableName) -> ir.Table:
        """Return a standard table as it was known at the month end: see `as_of.known_rows`.

        Numbers of customers are those under which they count (see `replace_merged_ids`); where they are counted by
        group, a record is a group's (see `groups.unit_records`). Where customers are masked (see
        `helpers.core.mask`), their ids and names are pseudonyms here already.
        """
        if table not in self._known:
            self._known[table] = self._as_known(table)
        return self._known[table]

    @cached_property
    def _known(self) -> dict[TableName, ir.Table]:
        """What `standard` has returned: a dozen facts ask for the same table."""
        return {}

    def _as_known(self, table: TableName) -> ir.Table:
        if table == "customers" and self.accounts is not None:
            by_account = self._parquet(self.accounts.materialize("customers"))
            names = tuple(column.name for column in contracts.columns(table))
            return groups.unit_records(by_account, groups.unit_table(self.units), names)
        return replace_merged_ids(
            table, as_of.known_rows(table, self.all_rows(table), self.month_end, self.year), self.counted
        )

    def all_rows(self, table: str) -> ir.Table:
        """Return a standard table as issued, with what came after the month end: to say what changed, for no figure."""
        return mask_table(table, self._read(table), self._pseudonyms) if self._mask_key else self._read(table)

    @cached_property
    def _pseudonyms(self) -> ir.Table:
        tables = [self._read(table) for table in sorted(self.tables.supplied)]
        return pseudonym_table(pseudonyms(tables, self._mask_key))

    def _read(self, table: str) -> ir.Table:
        path = self.tables.path(table)
        # What no cache has published (`helpers.intake.cache`) has no seal.
        if path not in self._read_already and (path.parent / SEAL).exists() and not is_intact(path):
            problem = f"The cleaned table {table} in {path.parent} is no longer what was written there."
            raise WorkbookError(f"{problem} Run again: it is made anew from the data.")
        return self._parquet(path)

    def optional(self, table: TableName) -> ir.Table | None:
        """Return a standard table as `standard` does; None where it is not supplied."""
        return self.standard(table) if self.tables.has(table) else None

    @cached_property
    def lines(self) -> ir.Table:
        """The order lines up to the month end: see `as_of.lines_until`; their customers as in `standard`."""
        lines = as_of.lines_until(
            self.all_rows("order_lines"), self.year.closes(self.month), self.year.months
        )
        return replace_merged_ids("order_lines", lines, self.counted)

    def lines_after(self, month: pd.Period | None) -> ir.Table:
        """The order lines after a month (None: all) up to the month end."""
        year = self.year if self.year.has_thirteen else CALENDAR_YEAR
        return self.lines if month is None else rows_after(self.lines, month, year)

    def optional_after(self, table: TableName, month: pd.Period | None) -> ir.Table | None:
        """Return the rows of a standard table dated after a month (None: all); None where it is not supplied."""
        rows = self.optional(table)
        year = self.year if own_months(table, self.year.months) else CALENDAR_YEAR
        return rows if rows is None or month is None else rows_after(rows, month, year)
