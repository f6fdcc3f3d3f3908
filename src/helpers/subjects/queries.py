"""`SubjectQueries`: a data set as of one month and for one scope, the base class of every subject's queries."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import period_name
from helpers.core.frames.groups import customer_column
from helpers.core.frames.lookup import index_positions, look_up
from helpers.core.periods import CompanyYear, Span, year_ago
from helpers.core.scope import COMPANY, Scope
from helpers.engine.cache.cache import Answer, Cache, cached_in_run
from helpers.engine.cache.encoded_rows import EncodedRows
from helpers.engine.connection import to_pandas
from helpers.engine.fact import by_customer
from helpers.engine.months.windows import Window, amounts_by_month, sum_windows, with_margin
from helpers.engine.scoped_tables import ScopedTables
from helpers.engine.store import FactStore
from helpers.errors import WorkbookError
from helpers.intake.tables import StandardTables
from helpers.present.numbers import Numbers
from helpers.settings import config
from helpers.settings.config import Settings
from helpers.subjects import month_in_course
from helpers.subjects.customer_rows import CustomerRows, OfCustomers, read_rows, write_rows
from helpers.subjects.sales.order_days import order_days

_READ_BY_MANY = ("customers", "customer_summary")
_USUAL_MONTHS = 36
"""Months that most queries use: two years, each with a trailing window of a year."""
_MANY_ROWS = 300_000
"""Of facts with more rows only the last one is cached: ten such frames fill the memory of a small machine."""
#: A fact, a scope, and the columns that are read; None: all.
_FrameKey = tuple[str, Scope, tuple[str, ...] | None]


@dataclass(frozen=True)
class SubjectQueries:
    """One month and scope of a data set.

    Attributes
    ----------
    month
        The report's month; nothing dated later is in any figure.
    scope
        The company, a team or a salesperson.
    settings, facts
        What the figures rest on.
    tables
        The standard tables; each is an Ibis table for questions of one's own, see
        `helpers.engine.scoped_tables.ScopedTables`.
    numbers
        How figures and words are written: the report's language and currency.
    """

    month: pd.Period
    scope: Scope
    settings: Settings
    tables: StandardTables
    facts: FactStore = field(repr=False)
    numbers: Numbers = field(repr=False)
    _frames: dict[_FrameKey, pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _large: dict[_FrameKey, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_number: dict[tuple[str, Scope], EncodedRows] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _summed: dict[Scope, dict[Window, np.ndarray]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _monthly: dict[Scope, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", ScopedTables.of(self.tables, self.facts, self.scope))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({period_name(self.month)}, {self.scope.text})"

    @property
    def title(self) -> str:
        """The name of the company, team or salesperson that the report is about.

        Examples
        --------
        >>> book.title
        'Lanqiao Power Tools 澜桥工具'
        """
        return self.scope.name or self.settings.report.company or self.numbers.words("The company")

    def frame(self, fact: str) -> pd.DataFrame:
        """Return a fact for this scope; see `helpers.engine.store.FactStore.frame`.

        Examples
        --------
        >>> book.frame("customer_months")[["customer_id", "month", "net_amount", "orders"]].head(2)
          customer_id      month  net_amount  orders
        0      C00001 2023-11-01    16639.06       1
        1      C00001 2024-02-01     3589.36       1
        """
        return self._frame(fact, self.scope)

    def _frame(self, fact: str, scope: Scope, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Fetch each fact and scope from the engine once; callers get shallow copies.

        Of large facts that only one subject reads only the last one is cached; the answers based on it are cached
        anyway.
        """
        key = (fact, scope, None if columns is None else tuple(columns))
        frame = self._large.get(key, self._frames.get(key))
        if frame is None:
            frame = self.facts.frame(fact, scope, columns)
            is_large = len(frame) > _MANY_ROWS and fact not in _READ_BY_MANY
            if is_large:
                self._large.clear()
            (self._large if is_large else self._frames)[key] = frame
        return frame.copy(deep=False)

    def _summary(self, *columns: str, scope: Scope | None = None) -> pd.DataFrame:
        """Return customer_id and these columns of the fact customer_summary, which has two dozen."""
        return self._frame("customer_summary", scope or self.scope, ("customer_id", *columns))

    def _months(self, *columns: str, scope: Scope | None = None) -> pd.DataFrame:
        """Return customer_id, month (both categorical) and these columns of the fact customer_months.

        Cached because many queries use it: see `EncodedRows`.
        """
        return self._rows("customer_months", *columns, scope=scope)

    def _rows(self, fact: str, *columns: str, scope: Scope | None = None) -> pd.DataFrame:
        """Return columns of a fact with many rows a customer, encoded as in `_months`."""
        whose = self.scope if scope is None else scope
        if (fact, whose) not in self._by_number:
            self._by_number[fact, whose] = self._unkept(fact, whose)
        return self._by_number[fact, whose].columns(*columns)

    def _months_once(self, *columns: str, scope: Scope) -> pd.DataFrame:
        """Return `_months` without caching it, for a query whose page uses it only once."""
        cached = self._by_number.get(("customer_months", scope))
        return (cached or self._unkept("customer_months", scope)).columns(*columns)

    def _unkept(self, fact: str, scope: Scope) -> EncodedRows:
        """Return a fact's rows encoded, without caching them in this book."""
        return EncodedRows(self.facts, fact, scope, pd.Index(self._frame("customers", scope)["customer_id"]))

    def _values_within(self, column: str, value: str) -> list[str]:
        """Return a value to filter by; of a region with levels also those within it."""
        between = self.settings.report.region_separator
        if column != "region" or between is None:
            return [value]
        known = self.frame("customers")[column].dropna().unique()
        return [value, *(each for each in known if each.startswith(value + between))]

    def _chosen(
        self, by_customer: pd.DataFrame, only: Mapping[str, str | None] | None, scope: Scope | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the fact customers and the rows of the customers with these values; None does not filter."""
        customers = self._frame("customers", self.scope if scope is None else scope)
        for column, value in (only or {}).items():
            if value is not None:
                within = self._values_within(column, value)
                customers = customers[customer_column(customers, column).isin(within)]
        places = index_positions(pd.Index(customers["customer_id"]), pd.Index(by_customer["customer_id"]))
        if (places >= 0).all():
            return customers, by_customer
        return customers, by_customer[places >= 0].reset_index(drop=True)

    def _by_customer(self, columns: Mapping[str, Window], scope: Scope | None = None) -> pd.DataFrame:
        """Return customer_id, ascending, and these columns of customers with any value; see `windows.sum_windows`.

        Each column is computed once, since most queries share theirs.
        """
        whose = scope or self.scope
        ids = self._frame("customers", whose)["customer_id"]
        cut = {name: window for name, window in columns.items() if window.until is not None}
        if cut:
            return self._up_to_day(
                {**columns, **{name: window.whole for name, window in cut.items()}}, cut, whose
            )
        summed = self._summed.setdefault(whose, {})
        missing = {str(at): window for at, window in enumerate(columns.values()) if window not in summed}
        if missing:
            found = to_pandas(sum_windows(self._table("customer_months", whose), missing)).set_index(
                "customer_id"
            )
            places = index_positions(pd.Index(ids), found.index)
            for name, window in missing.items():
                values = found[name].to_numpy()
                summed[window] = np.full(
                    len(ids), np.array("NaT" if values.dtype.kind == "M" else np.nan, values.dtype)
                )
                summed[window][places] = values
        frame = pd.DataFrame({name: summed[window] for name, window in columns.items()}, copy=False)
        has_value = frame.notna().any(axis=1).to_numpy()
        frame.insert(0, "customer_id", ids.array)
        return frame if has_value.all() else frame[has_value].reset_index(drop=True)

    def _up_to_day(self, columns: dict[str, Window], cut: dict[str, Window], scope: Scope) -> pd.DataFrame:
        """Return sums of whole months, less what the columns of ``cut`` have after their last day."""
        frame = self._by_customer(columns, scope)
        for measure in {window.measure for window in cut.values()}:
            rest = {name: window.rest for name, window in cut.items() if window.measure == measure}
            months = [window.span.last for window in rest.values()]
            late = (
                month_in_course.purchases(self.facts, self._table("purchase_occasions", scope), months)[1]
                if measure == "purchase_days"
                else self._after_day(scope, months)
            )
            after = to_pandas(sum_windows(late, rest)).set_index("customer_id")
            for name in rest:
                frame[name] = (frame[name] - look_up(frame["customer_id"], after[name], 0.0)).round(4)
        return frame

    @property
    def until(self) -> dt.date | None:
        """The day of the last order line if the month is not over; else None.

        Other months are then compared up to the same day, and silence is counted up to it.

        Examples
        --------
        >>> print(book.until)
        None
        """
        return self.facts.coverage.until

    @property
    def year(self) -> CompanyYear:
        """The company's year, as ``[periods]`` says.

        Examples
        --------
        >>> book.year.name(book.month)
        'FY2026'
        """
        return CompanyYear.of(self.settings.periods)

    def _targets(self, scope: Scope) -> pd.DataFrame:
        """Return the fact targets, with periods of the company's year as months: ``2026-07/2027-06``.

        Raises
        ------
        WorkbookError
            A calendar year or quarter is not a part of the company's year, and nobody knows which of the two is meant;
            or the same months have two targets, under two names.
        """
        targets = self._frame("targets", scope)
        named = {text: self.year.target_months(text) for text in targets["period"].unique()}
        if all(text == months for text, months in named.items()):
            return targets
        months = targets.assign(months=targets["period"].map(named))
        same = months.groupby(["months", "scope_type", "scope_id", "metric"], dropna=False, sort=True)[
            "period"
        ]
        twice = months[same.transform("nunique") > 1].sort_values(["months", "period"])
        if len(twice):
            one, other = twice["period"].unique()[:2]
            owner = twice["scope_id"].iloc[0]
            raise WorkbookError(
                f"targets, column period: '{one}' and '{other}' are the same months, and both have a target of "
                f"{twice['scope_type'].iloc[0]}{'' if pd.isna(owner) else f' {owner}'}. Leave one of them out."
            )
        return months.assign(period=months["months"]).drop(columns="months")

    @property
    def _over(self) -> pd.Period:
        """The last complete month, at whose end forecasts start."""
        before = self.month - 1
        return self.month if self.until is None or before < self.facts.coverage.months[0] else before

    @property
    def _in_course(self) -> pd.Period | None:
        """The report's month if it is not over; else None."""
        return None if self._over == self.month else self.month

    def _lines_after_day(self, months: Sequence[pd.Period] = ()) -> ir.Table:
        """Return the company's order lines of `_after_day`."""
        return month_in_course.split(self.facts, months or (self.month - 1, year_ago(self.month)))[1]

    def _after_day(self, scope: Scope, months: Sequence[pd.Period] = ()) -> ir.Table:
        """Return the order days of ``months`` after the day reached; () are last month and that of last year."""
        days = order_days(self._lines_after_day(months), self.year.months)
        return days if scope == COMPANY else by_customer(days, scope, self.facts)

    def _bought_after_day(self, month: pd.Period) -> pd.Index:
        """Return whose purchases of a month all lie after the day that the report's month has reached."""
        if self.until is None:
            return pd.Index([])
        reached, late = month_in_course.purchases(
            self.facts, self._table("purchase_occasions", self.scope), [month]
        )
        none = late.anti_join(reached, "customer_id").select("customer_id").distinct()
        return pd.Index(to_pandas(none)["customer_id"])

    def _by_month(self, measure: str, span: Span, scope: Scope | None = None) -> pd.DataFrame:
        """Return net sales (or margin_amount) by customer and month; see `windows.amounts_by_month`.

        The usual months of net sales are cached for later queries.
        """
        whose = self.scope if scope is None else scope
        usual = Span(self.month - (_USUAL_MONTHS - 1), self.month)
        stays = measure == "net_amount" and span.first >= usual.first
        if stays and whose in self._monthly:
            return self._monthly[whose].loc[:, span.first : span.last]
        months = amounts_by_month(
            self._table("customer_months", whose), self._table("customers", whose),
            pd.Index(self._frame("customers", whose)["customer_id"]), measure, usual if stays else span,
        )  # fmt: skip
        if stays:
            self._monthly[whose] = months
        return months.loc[:, span.first : span.last]

    def _table(self, fact: str, scope: Scope) -> ir.Table:
        """Return a scope's rows of a fact as an Ibis table; customer_months gets margin_amount."""
        table = self.facts.table(fact)
        rows = table if scope == COMPANY else self.facts.registry[fact].scoped(table, scope, self.facts)
        return with_margin(rows) if fact == "customer_months" else rows

    @cached_property
    def _cache(self) -> Cache:
        """The cache of what is learnt from all customers, shared by notebooks and scopes."""
        return Cache(self.facts, self.settings)

    def _once_a_run(self, name: str, make: Callable[[], Answer]) -> Answer:
        """Return what a page of this report has left for the others; see `helpers.engine.cache.cache.cached_in_run`."""
        return cached_in_run(f"{name}-{self.month}-{self.scope.slug}", make)

    def _customer_rows(self, subject: str, compute: Callable[[], OfCustomers]) -> CustomerRows:
        """Return a subject's results by customer of this scope, from the cache if they are there."""
        return self._cache.in_file(f"{subject}-{self.scope.slug}.parquet", compute, write_rows, read_rows)

    @property
    def dimensions(self) -> list[str]:
        """The dimensions that the data supply, by which customers can be grouped.

        Examples
        --------
        >>> book.dimensions
        ['trade_class', 'region', 'size_class', 'industry', 'acquisition_source']
        """
        return [name for name in config.DIMENSIONS if self.tables.has("customers", name)]

    @property
    def main_dimension(self) -> str:
        """The trade class, or the first dimension that the data supply.

        Examples
        --------
        >>> book.main_dimension
        'trade_class'
        """
        return next(iter(self.dimensions), "trade_class")

    @cached_property
    def has_costs(self) -> bool:
        """Whether any line of these customers has a cost, so that margins are known.

        Examples
        --------
        >>> book.has_costs
        True
        """
        months = self.facts.table("customer_months")
        own = months if self.scope == COMPANY else by_customer(months, self.scope, self.facts)
        return bool(own.cost_amount.count().to_pyarrow().as_py())

    @property
    def _shows_company_shares(self) -> bool:
        """Whether the reader may see figures of the whole company next to the scope's own."""
        return self.scope == COMPANY or self.settings.privacy.show_company_shares

    @cached_property
    def _closed(self) -> frozenset[str]:
        """Customers of the scope whose business is closed: no warnings, visits or calls."""
        people = self.frame("customers")
        return frozenset(people.loc[people["closed"], "customer_id"])

    def _open_ids(self) -> set[str] | None:
        """Customers of the scope that are not closed; None for the company if none is closed."""
        own = self._own_ids()
        if not self._closed:
            return own
        return (set(self.frame("customers")["customer_id"]) if own is None else own) - self._closed

    @cached_property
    def _by_account(self) -> Self:
        """The same queries by account, if customers are counted by group: salespeople are judged by accounts."""
        accounts = self.facts.accounts
        return self if accounts is None else replace(self, facts=accounts, tables=accounts.tables)

    def _own_ids(self) -> set[str] | None:
        """The customers of the scope; None for the company."""
        return None if self.scope == COMPANY else set(self.frame("customers")["customer_id"])
