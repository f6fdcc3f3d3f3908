"""Facts of one data set as of one month: computed once, cached as Parquet, returned as small frames."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow.parquet as pq

from helpers.core.files.integrity import discard, is_intact, make_once
from helpers.core.files.private import exclusive_lock
from helpers.core.files.publish import published_file
from helpers.core.mask import fingerprint, mask_key
from helpers.core.scope import COMPANY, Scope, ScopeKind, parse_scope
from helpers.engine import as_of
from helpers.engine.connection import (
    MOST_GIGABYTES_ALONE,
    connect,
    explain_shortage,
    from_parquet,
    limit_memory,
    release_memory,
    to_pandas,
    to_pandas_in_parts,
    unregister_arrays,
    write_parquet,
)  # fmt: skip
from helpers.engine.fact import Fact, owners_of
from helpers.engine.facts import OtherEngine, sampled
from helpers.engine.months.coverage import Coverage, coverage_of
from helpers.engine.months.monthly import Monthly, add_months, folder_of_months, hash_method, within_report
from helpers.engine.scope_rules import PANDAS_RULES
from helpers.engine.tables.as_of_tables import AsOfTables, replace_merged_ids
from helpers.intake.accounts import known_by
from helpers.intake.tables import StandardTables
from helpers.settings.config import Settings

_SMALL_ROWS = 300_000
"""A fact of so many rows at most is fetched whole, once, and cut for each scope in pandas."""
_OF_FACTS: Any = {
    "periods": True, "calendar": True, "learning": True, "customers": True,
    "money": {"ages": True, "credit": {"bad_days"}},
}  # fmt: skip
"""The settings that facts rest on: other ones leave them as they are."""


class FactStore(AsOfTables):
    """The facts as of the end of ``month``; each is computed when it is first asked for.

    Every fact depends only on order lines, customer rows and salesperson rows dated up to the month end. The
    files lie in ``cache/facts/KEY/FACT.parquet``, where KEY is a hash over the tables, the month, the
    settings that facts use and the code that builds them; several processes may share them.

    Parameters
    ----------
    settings
        ``periods``, ``calendar`` and ``learning`` are used.
    code
        Names the code that builds them: see `helpers.core.code_key`.
    other_engine
        Opens the engine that computes facts in place of the embedded one (Spark); None: there is no other.
    within
        Whose part of a group counts as one customer, where customers are counted by group.

    Attributes
    ----------
    month, month_end, folder, engine
        The month, its last day, the folder of this key, and the Ibis backend.
    answers
        What is learnt from these facts, for whoever wants to remember it with them.

    Raises
    ------
    WorkbookError
        The month has no order lines (the months available are named), or the cache cannot be written.
    """

    tables: StandardTables
    month: pd.Period
    settings: Settings

    def __init__(
        self,
        tables: StandardTables,
        month: pd.Period,
        settings: Settings,
        cache: Path,
        registry: Mapping[str, Fact],
        code: str,
        other_engine: Callable[[FactStore], OtherEngine] | None = None,
        within: ScopeKind = "company",
    ) -> None:
        self.tables, self.month, self.settings, self.registry = tables, month, settings, registry
        self._code, self._connect_other = code, other_engine
        self._mask_key = mask_key()
        self.accounts: FactStore | None = None
        self.within: ScopeKind = "company"
        if settings.customers.count != "account":
            by_account = settings.customers.model_copy(update={"count": "account"})
            counted = settings.model_copy(update={"customers": by_account})
            self.accounts = FactStore(tables, month, counted, cache, registry, code, other_engine)
            self.within = within
        self.month_end: dt.date = self.year.last_day(month)
        self.folder = cache / "facts" / self._key()
        self.months_folder = cache / "months"
        history = _hash(tables.key, fingerprint(self._mask_key), hash_method(), self._code)
        self.history_folder = cache / "history" / history
        self.folders_of_months: dict[str, dict[pd.Period, Path]] = {}
        self.answers: dict[tuple[str, ...], Any] = {}
        self._frames: dict[str, pd.DataFrame] = {}
        self._read_already: dict[Path, ir.Table] = {}
        self._wanted: dict[str, ir.Table] = {}
        self.engine = connect(cache, settings.engine.memory_gigabytes)
        self.coverage  # noqa: B018  a month without data must fail here, not in the middle of a notebook

    def at(self, month: pd.Period) -> FactStore:
        """Return the facts of the same data as of another month, as a report of that month has them."""
        return FactStore(
            known_by(self.tables, month), month, self.settings, self.folder.parents[1], self.registry, self._code,
            self._connect_other, self.within,
        )  # fmt: skip

    def _key(self) -> str:
        rules = [self.settings.model_dump_json(include=_OF_FACTS)]
        rules += [self.within]
        rules += [version("pyspark")] if self.settings.source.engine == "spark" else []
        return _hash(self.tables.key, str(self.month), *rules, fingerprint(self._mask_key), self._code)

    @cached_property
    def code_key(self) -> str:
        """Names the code, the settings and the mask that a row of any month rests on, beside the tables."""
        rules = self.settings.periods.model_dump_json()
        return _hash(rules, fingerprint(self._mask_key), self.counted_digest, self._code)

    @cached_property
    def days_with_data(self) -> pd.DataFrame:
        """Order lines by day (`as_of.days_with_data`), later days too; cached, as every process needs it."""
        path = self.history_folder / "days_with_data.parquet"
        make_once(path, lambda: self._write(as_of.days_with_data(self.all_rows("order_lines")), path))
        return to_pandas(self._parquet(path).order_by("order_date"))

    def of_all_months(self, name: str, build: Callable[[], ir.Table]) -> ir.Table:
        """Return a table built from `all_rows` alone, cached for all months; it has the customer numbers of `lines`.

        It is no figure: whoever reads it leaves out what was not known at the month end.
        """
        path = self.history_folder / f"{name}.parquet"
        make_once(path, lambda: self._write(build(), path))
        return replace_merged_ids(name, self._parquet(path), self.counted)

    @cached_property
    def coverage(self) -> Coverage:
        """What the order lines up to the month end cover."""
        days = self.days_with_data
        own = self.year.months
        coverage_of(days, own=own).check(self.month)
        known = days[days["order_date"] <= self.year.ends(self.month)]
        return coverage_of(known, self.settings.periods, own)

    def table(self, name: str) -> ir.Table:
        """Return a fact as an Ibis table; computed and written to the cache when it is first asked for.

        Raises
        ------
        ValueError
            There is no fact of that name; the names are listed.
        """
        if name not in self.registry:
            raise ValueError(f"There is no fact '{name}'; there are {', '.join(self.registry)}")
        if self.registry[name].materialized == "view":
            return self.registry[name].build(self)
        path = self.materialize(name)
        monthly = self._monthly(name)
        if monthly is None:
            return self._parquet(path)
        if name not in self._wanted:
            self._wanted[name] = within_report(self._parquet(path), self, monthly)
        return self._wanted[name]

    def materialize(self, name: str) -> Path:
        """Have a fact in its file or folder: what is not as it was written is removed, what is not there computed."""
        while not is_intact(path := self.path(name)):
            with exclusive_lock(path.with_suffix(".lock")):
                if not path.exists():
                    with explain_shortage(name, self.folder.parents[1]):
                        self._compute(name, path)
                    return path
                if not is_intact(path):
                    discard(path)
        return path

    def path(self, name: str) -> Path:
        """Return the file, or the folder of files, that holds a fact or is to hold it."""
        monthly = self._monthly(name)
        return folder_of_months(self, name, monthly) if monthly else self.folder / f"{name}.parquet"

    def _monthly(self, name: str) -> Monthly | None:
        """How a fact grows by months; None where it is computed as a whole, as Spark does all of them."""
        return self.registry[name].monthly if self.settings.source.engine == "duckdb" else None

    def _compute(self, name: str, path: Path) -> None:
        if monthly := self._monthly(name):
            add_months(self, name, monthly, path)
        elif self.settings.source.engine == "duckdb" or self.registry[name].materialized == "process":
            if self.registry[name].materialized == "process":
                release_memory(self.engine)  # arrays need room beside it
            table = self.registry[name].build(self)
            other = self.registry[name].empty_without
            if other is not None and not self._rows(other):
                table = ibis.memtable([], schema=table.schema())
            self._write(table, path)
            if self.registry[name].materialized == "process":
                unregister_arrays(self.engine, table)
        else:
            self.other_engine.table(name)

    def _write(self, table: ir.Table, path: Path) -> None:
        with explain_shortage(path.stem, self.folder.parents[1]), published_file(path) as draft:
            write_parquet(self.engine, table, draft)

    @cached_property
    def other_engine(self) -> OtherEngine:
        """The other engine that computes facts, opened when it is first needed."""
        if self._connect_other is None:
            raise ValueError(f"No engine was given that computes facts for {self.settings.source.engine}")
        return self._connect_other(self)

    def use_all_memory(self) -> None:
        """Let the engine have what a whole report may take, where it is the only thing that runs."""
        if self.settings.engine.memory_gigabytes is None:
            limit_memory(self.engine, MOST_GIGABYTES_ALONE)

    @cached_property
    def buyers(self) -> int:
        """How many customers have a purchase occasion."""
        occasions = self.table("purchase_occasions")
        return int(occasions.customer_id.nunique().to_pyarrow().as_py())

    @cached_property
    def sampled_share(self) -> float:
        """The share of the customers that is learnt from: see `helpers.engine.facts`; 1: all.

        It is rounded down, to an eighth of its size or less, so that a few new customers do not change who is sampled.
        """
        share = min(self.settings.learning.most_customers / max(self.buyers, 1), 1.0)
        step = 2.0 ** (math.frexp(share)[1] - 4)
        return math.floor(share / step) * step

    def frame(self, name: str, scope: Scope = COMPANY, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a fact in pandas, for the customers of one scope; of the columns only those asked for (None: all).

        Money and quantities are float64 rounded to 4 decimals (exact below 9e11), dates and months
        datetime64, text str with NaN for NULL. Rows stand in the order of the fact's keys, on any number of
        threads. What a team or a salesperson sees of a fact is the fact's own rule, see `helpers.engine.fact`.
        """
        in_pandas = PANDAS_RULES.get(self.registry[name].scoped)
        wanted = slice(None) if columns is None else list(columns)
        if scope != COMPANY and in_pandas and self._is_small(name) and self._is_small("customers"):
            rows = in_pandas(self._whole(name), scope, self._whole("customers")).reset_index(drop=True)
            return rows.loc[:, wanted]
        if scope == COMPANY and self._is_small(name):
            return self._whole(name).loc[:, wanted].copy(deep=False)
        return self._fetched(name, scope, columns)

    def _is_small(self, name: str) -> bool:
        """Whether a fact is so small that all of it may stay in memory, for as many scopes as there are."""
        return self._rows(name) <= _SMALL_ROWS

    def _rows(self, name: str) -> int:
        table = self.table(name)
        if self.registry[name].materialized == "view":
            return int(table.count().to_pyarrow().as_py())
        path = self.path(name)
        parts = path.glob("*.parquet") if path.is_dir() else [path]
        return sum(pq.read_metadata(part).num_rows for part in parts)

    def _whole(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self._fetched(name, COMPANY)
        return self._frames[name]

    def _fetched(self, name: str, scope: Scope, columns: Sequence[str] | None = None) -> pd.DataFrame:
        table = self.table(name)
        whole = scope == COMPANY
        rows = table if whole else self.registry[name].scoped(table, scope, self)
        return self._ordered(name, rows if columns is None else rows.select(*columns), as_written=whole)

    def frames(
        self, name: str, scope: Scope, columns: Sequence[str], rows_a_part: int, *, of_nobody: bool = False
    ) -> Iterator[pd.DataFrame]:
        """Return columns of a fact as `frame` does, part by part, in any order; the last part has no row.

        ``of_nobody``: only the rows that name no customer.
        """
        table = self.table(name)
        rows = table if scope == COMPANY else self.registry[name].scoped(table, scope, self)
        rows = rows.filter(rows.customer_id.isnull()) if of_nobody else rows  # noqa: PD003
        yield from to_pandas_in_parts(rows.select(*columns), rows_a_part)

    def sampled_frame(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a fact as `frame` does, of the customers that are learnt from (all, where they are not too many)."""
        rows = sampled(self.table(name), self.sampled_share)
        return self._ordered(name, rows if columns is None else rows.select(*columns))

    def frame_of_customers(
        self, name: str, customer_ids: Sequence[str], scope: Scope = COMPANY
    ) -> pd.DataFrame:
        """Return a fact as `frame` does, of a few customers of a scope."""
        table = self.table(name)
        chosen = table if scope == COMPANY else self.registry[name].scoped(table, scope, self)
        return self._ordered(name, chosen.filter(chosen.customer_id.isin(sorted(set(customer_ids)))))

    def buyer_ids(self) -> list[str]:
        """Ids of all customers who have a purchase occasion, in the engine's order of texts."""
        ids = self.table("purchase_occasions").select("customer_id").distinct().order_by("customer_id")
        return list(ids.to_pyarrow()["customer_id"].to_pylist())

    def frame_between(
        self, name: str, first: str, last: str | None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return a fact as `frame` does, of the customers with ids from ``first`` to before ``last`` (None: the end).

        For what is reckoned for every customer when there are more of them than fit into memory at once.
        """
        table = self.table(name)
        chosen = table.filter(table.customer_id >= first)
        chosen = chosen if last is None else chosen.filter(chosen.customer_id < last)
        return self._ordered(name, chosen if columns is None else chosen.select(*columns), as_written=True)

    def _ordered(self, name: str, rows: ir.Table, *, as_written: bool = False) -> pd.DataFrame:
        """Fetch rows in the order of the fact's keys; ``as_written``: they are the file's, or some that stand together.

        The embedded engine hands out rows of a file as they stand; several files, as Spark writes, are another thing.
        """
        if not (as_written and self.registry[name].is_ordered and self.path(name).is_file()):
            keys = [column for column in self.registry[name].order if column in rows.columns]
            rows = rows.order_by([ibis.asc(key, nulls_first=False) for key in keys])
        frame = to_pandas(rows)
        if len(frame) > _SMALL_ROWS:
            release_memory(self.engine)
        return frame

    @cached_property
    def owners(self) -> pd.DataFrame:
        """salesperson_id, salesperson_name, team: all who own accounts or stand in the salespeople table."""
        return self.accounts.owners if self.accounts else to_pandas(owners_of(self))

    def scope(self, text: str) -> Scope:
        """Read ``company``, ``team:X`` or ``salesperson:Y``; raises WorkbookError with near matches."""
        return parse_scope(text, self.owners)

    def _parquet(self, path: Path) -> ir.Table:
        """Return a file as a table; the engine looks at it once."""
        if path not in self._read_already:
            self._read_already[path] = from_parquet(self.engine, path)
        return self._read_already[path]

    def window(self, months_back: int = 0) -> tuple[dt.date, dt.date]:
        """First days of the first and last month of the trailing window that ends ``months_back`` earlier."""
        last = self.month - months_back
        first = last - (self.settings.periods.window_months - 1)
        return first.to_timestamp().date(), last.to_timestamp().date()

    def month_ends(self, count: int, after: pd.Period | None = None) -> list[dt.date]:
        """Return, of so many month ends up to the report's, those that the data reach and that come after a month.

        They are those of the months by which the company's are known.
        """
        first = max(self.coverage.months[0], self.month - count + 1)
        months = pd.period_range(first, self.month, freq="M")
        return [month.to_timestamp(how="end").date() for month in months if after is None or month > after]

    def order_days_after(self, month: pd.Period | None) -> ir.Table:
        """The fact order_days after a month (None: all)."""
        rows = self.table("order_days")
        return rows if month is None else rows.filter(rows.month > ibis.date(month.to_timestamp().date()))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
