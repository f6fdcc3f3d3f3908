"""Facts of one data set as of one month: computed once, kept as Parquet, handed out as small frames."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.config import Settings
from helpers.errors import WorkbookError
from helpers.facts import expressions, service
from helpers.facts.coverage import Coverage, coverage_of
from helpers.facts.engine import connect, to_pandas
from helpers.intake.tables import StandardTables
from helpers.scope import COMPANY, Scope, parse_scope

FactName = Literal[
    "customers", "purchase_occasions", "customer_months", "unassigned_months", "class_product_months",
    "customer_summary", "targets", "complaint_counts", "wallet_estimates",
]  # fmt: skip
FACT_NAMES: tuple[FactName, ...] = get_args(FactName)


class Facts:
    """The facts as of the end of ``month``; each is computed when it is first asked for.

    Every fact depends only on order lines, customer rows and salesperson rows dated up to the month end. The
    files lie in ``cache/facts/KEY/FACT.parquet``, where KEY is a hash over the tables, the month, the
    settings that facts use and the code of this package; several processes may share them.

    Parameters
    ----------
    tables
        What intake hands on.
    month
        The report's month.
    settings
        ``periods.window_months`` is used.
    cache
        The cache folder.

    Attributes
    ----------
    month, month_end, folder, engine
        The month, its last day, the folder of this key, and the Ibis backend.

    Raises
    ------
    WorkbookError
        The month has no order lines (the months available are named), or the cache cannot be written.
    """

    def __init__(self, tables: StandardTables, month: pd.Period, settings: Settings, cache: Path) -> None:
        self.tables, self.month, self.settings = tables, month, settings
        self.month_end: dt.date = month.to_timestamp(how="end").date()
        self.folder = cache / "facts" / self._key()
        self.engine = connect(cache)
        self.coverage  # noqa: B018  a month without data must fail here, not in the middle of a notebook

    def _key(self) -> str:
        digest = hashlib.sha256()
        for part in (self.tables.key, str(self.month), str(self.settings.periods.window_months)):
            digest.update(part.encode() + b"\0")
        for package in ("duckdb", "ibis-framework"):
            digest.update(version(package).encode() + b"\0")
        for source in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(source.read_bytes() + b"\0")
        return digest.hexdigest()[:32]

    @cached_property
    def coverage(self) -> Coverage:
        """What the order lines up to the month end cover."""
        months = to_pandas(expressions.months_with_data(self._standard("order_lines")))
        coverage_of(months).check(self.month)
        return coverage_of(months[months["month"] <= pd.Timestamp(self.month_end)])

    @property
    def customers(self) -> ir.Table:
        """Customers as of the month end with their owner: see `expressions.customers`."""
        return self._fact("customers")

    @property
    def purchase_occasions(self) -> ir.Table:
        """Days with positive net sales: see `expressions.purchase_occasions`."""
        return self._fact("purchase_occasions")

    @property
    def customer_months(self) -> ir.Table:
        """Monthly sums by customer: see `expressions.customer_months`."""
        return self._fact("customer_months")

    @property
    def unassigned_months(self) -> ir.Table:
        """Monthly sums of lines without a customer id: see `expressions.unassigned_months`."""
        return self._fact("unassigned_months")

    @property
    def class_product_months(self) -> ir.Table:
        """Sales by owner, trade class, product and month: see `expressions.class_product_months`."""
        return self._fact("class_product_months")

    @property
    def customer_summary(self) -> ir.Table:
        """One row per customer: see `expressions.customer_summary`."""
        return self._fact("customer_summary")

    @property
    def targets(self) -> ir.Table:
        """The targets table as supplied: period, scope_type, scope_id, metric, target; else no rows."""
        return self._fact("targets")

    @property
    def complaint_counts(self) -> ir.Table:
        """Complaints by customer and severity: see `service.complaint_counts`; no rows where not supplied."""
        return self._fact("complaint_counts")

    @property
    def wallet_estimates(self) -> ir.Table:
        """What customers buy in all, by method: see `service.wallet_estimates`; no rows where not supplied."""
        return self._fact("wallet_estimates")

    def frame(self, name: FactName, scope: Scope = COMPANY) -> pd.DataFrame:
        """Return a fact in pandas, for the customers of one scope.

        Money and quantities are float64 rounded to 4 decimals (exact below 9e11), dates and months
        datetime64, text str with NaN for NULL. Rows stand in the order of the fact's keys, on any number of
        threads. For a team or a salesperson, ``unassigned_months`` has no rows and ``targets`` only the
        scope's own.
        """
        table = getattr(self, name) if name in FACT_NAMES else None
        if table is None:
            raise ValueError(f"There is no fact '{name}'; there are {', '.join(FACT_NAMES)}")
        owner = "team" if scope.kind == "team" else "salesperson_id"
        if scope.kind == "company":
            chosen = table
        elif name == "targets":
            chosen = table.filter((table.scope_type == scope.kind) & (table.scope_id == scope.id))
        elif name == "unassigned_months":
            chosen = table.limit(0)
        elif owner in table.columns:
            chosen = table.filter(table[owner] == scope.id)
        else:
            customers = self.customers
            own = customers.filter(customers[owner] == scope.id)
            chosen = table.semi_join(own, "customer_id")
        keys = [column for column in ROW_ORDER[name] if column in table.columns]
        return to_pandas(chosen.order_by([ibis.asc(key, nulls_first=False) for key in keys]))

    @cached_property
    def owners(self) -> pd.DataFrame:
        """salesperson_id, salesperson_name, team: all who own customers or stand in the salespeople table."""
        owned = self.customers.select("salesperson_id", "salesperson_name", "team").distinct()
        if self.tables.has("salespeople"):
            rows = self._standard("salespeople")
            staff = expressions.current_rows(rows, "salesperson_id", self.month_end)
            staff = staff.select("salesperson_id", salesperson_name="name", team="team")
            owned = owned.union(staff, distinct=True)
        named = owned.filter(owned.salesperson_id.notnull())  # noqa: PD004
        return to_pandas(named.order_by("salesperson_id"))

    def scope(self, text: str) -> Scope:
        """Read ``company``, ``team:X`` or ``salesperson:Y``; raises WorkbookError with near matches."""
        return parse_scope(text, self.owners)

    def _standard(self, table: str) -> ir.Table:
        path = self.tables.path(table)
        if not path.is_file():
            raise WorkbookError(
                f"The cleaned table {table} is no longer in {path.parent}. Read the data again."
            )
        return self.engine.read_parquet(path)

    def _optional(self, table: str) -> ir.Table | None:
        return self._standard(table) if self.tables.has(table) else None

    @cached_property
    def _lines(self) -> ir.Table:
        return expressions.lines_until(self._standard("order_lines"), self.month_end)

    def window(self, months_back: int = 0) -> tuple[dt.date, dt.date]:
        """First days of the first and last month of the trailing window that ends ``months_back`` earlier."""
        last = self.month - months_back
        first = last - (self.settings.periods.window_months - 1)
        return first.to_timestamp().date(), last.to_timestamp().date()

    def _fact(self, name: FactName) -> ir.Table:
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            _write(self.engine, self._expressions[name](), path)
        return self.engine.read_parquet(path)

    @property
    def _expressions(self) -> dict[FactName, Callable[[], ir.Table]]:
        return {
            "customers": lambda: expressions.customers(
                self._lines,
                self._optional("customers"),
                self._optional("salespeople"),
                self.month_end,
                owner_from_customers=self.tables.has("customers", "salesperson_id"),
            ),
            "purchase_occasions": lambda: expressions.purchase_occasions(self._lines),
            "customer_months": lambda: expressions.customer_months(self._lines, self.purchase_occasions),
            "unassigned_months": lambda: expressions.unassigned_months(self._lines),
            "class_product_months": lambda: expressions.class_product_months(
                self._lines, self.customers, self.window(12)[0]
            ),
            "customer_summary": lambda: expressions.customer_summary(
                self._lines, self.purchase_occasions, self.month_end, self.window(), self.window(12)
            ),
            "targets": lambda: expressions.targets(self._optional("targets")),
            "complaint_counts": lambda: service.complaint_counts(
                self._optional("complaints"),
                self.window()[0],
                self.month_end,
                has_resolutions=self.tables.has("complaints", "resolved_at"),
            ),
            "wallet_estimates": lambda: service.wallet_estimates(
                self._optional("wallet_evidence"), self.month_end
            ),
        }


#: The columns by which the rows of each fact are ordered.
ROW_ORDER: dict[FactName, tuple[str, ...]] = {
    "customers": ("customer_id",),
    "purchase_occasions": ("customer_id", "date"),
    "customer_months": ("customer_id", "month"),
    "unassigned_months": ("month",),
    "class_product_months": ("salesperson_id", "team", "trade_class", "assigned", "product_id", "month"),
    "customer_summary": ("customer_id",),
    "targets": ("metric", "scope_type", "scope_id", "period", "target"),
    "complaint_counts": ("customer_id", "severity"),
    "wallet_estimates": ("customer_id", "method"),
}


def _write(engine: ibis.BaseBackend, table: ir.Table, path: Path) -> None:
    """Write beside the target and move into place, so that no other process ever reads half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
        os.close(handle)
        try:
            engine.to_parquet(table, name)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise WorkbookError(
            f"The cache file {path} cannot be written: {error.strerror}. Free space, or set WORKBOOK_CACHE."
        ) from None
