"""The figures of a cleaned data set and what is doubtful in them: a few queries over the Parquet that intake wrote."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.core.calendar.fiscal_periods import FiscalPeriods, fiscal_periods, line_month_sql
from helpers.engine.connection import connect
from helpers.engine.months.coverage import DefaultMonth, coverage_of, default_month
from helpers.intake.accounts import BY_FILE
from helpers.intake.contracts import OWN_DAY
from helpers.intake.reading.sql import parquet_sql
from helpers.intake.tables import StandardTables
from helpers.report.check.doubts import Doubt, Doubts
from helpers.settings.config import Settings, cache_folder


@dataclass(frozen=True)
class Need:
    """What some page shows, and the table (with a column) that it needs, or another table with that column."""

    what: str
    table: str
    column: str = ""
    or_table: str = ""


#: In the order of the pages.
NEEDS = (
    Need("names of customers", "customers", "name"),
    Need("customers and tiers by trade class", "customers", "trade_class"),
    Need("reports of salespeople", "order_lines", "salesperson_id", "customers"),
    Need("reports of teams", "salespeople", "team"),
    Need("margins, and what customers are worth in margin", "order_lines", "cost_amount"),
    Need("discounts", "order_lines", "list_amount"),
    Need("products", "order_lines", "product_id"),
    Need("turn from whole systems to components", "products", "offering_role"),
    Need("stock turnover and cross ratio", "products", "stock"),
    Need("share of wallet", "wallet_evidence"),
    Need("targets and attainment", "targets"),
    Need("receivables: balance, ageing, overdue", "invoices"),
    Need("how fast customers pay", "payments"),
    Need("use of credit limits", "customers", "credit_limit"),
    Need("visits, contacts, attention gap", "interactions"),
    Need("complaints", "complaints"),
    Need("satisfaction", "surveys"),
    Need("prospects and their conversion", "prospects"),
    Need("quotes: win rate, what is open", "quotes"),
    Need("delivery on time in full, orders in hand", "deliveries"),
    Need("reasons of returns", "return_reasons"),
)


@dataclass(frozen=True)
class Missing:
    """What the pages will lack, and what would fill it: ``table`` or ``table.column``."""

    what: str
    filled_by: str


def missing(tables: StandardTables) -> tuple[Missing, ...]:
    """List what pages will lack, in their order."""
    return tuple(
        Missing(need.what, ".".join(filter(None, (need.table, need.column))))
        for need in NEEDS
        if not _there(tables, need)
    )


def _there(tables: StandardTables, need: Need) -> bool:
    columns = [need.column] if need.column else []
    return tables.has(need.table, *columns) or (bool(need.or_table) and tables.has(need.or_table, *columns))


if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

#: Months of which customers are counted.
MONTHS_COUNTED = 13


@dataclass(frozen=True)
class MonthSums:
    """Order lines, customers (None: long ago, not counted) and net sales of a month."""

    month: pd.Period
    lines: int
    customers: int | None
    net_amount: Decimal


@dataclass(frozen=True)
class FileSums:
    """Order lines in the figures and their net sales, of a file; and how many of its rows are not."""

    file: str
    lines: int
    net_amount: Decimal
    left_out: int
    first_month: dt.date | None
    last_month: dt.date | None


@dataclass(frozen=True)
class Verdict:
    """What a data set holds and whether it can be reported.

    Attributes
    ----------
    currency
        The report's, in which all money is.
    lines, customers, net_amount, first_day, last_day
        Of the order lines in the figures.
    months, files
        Ascending by month, and by name; no file is known where Spark has read the data.
    default
        The month of a report that asks for none, and why.
    doubts
        What may be wrong, the gravest first.
    missing
        What pages will leave out.
    """

    currency: str
    lines: int
    customers: int
    net_amount: Decimal
    first_day: dt.date
    last_day: dt.date
    months: tuple[MonthSums, ...]
    files: tuple[FileSums, ...]
    default: DefaultMonth
    doubts: tuple[Doubt, ...]
    missing: tuple[Missing, ...]

    def amount(self, month: pd.Period) -> Decimal:
        """Net sales of a month."""
        return next((each.net_amount for each in self.months if each.month == month), Decimal(0))


def verdict(tables: StandardTables, settings: Settings, today: dt.date) -> Verdict:
    """Look through cleaned tables.

    Parameters
    ----------
    today
        Order lines after it are named, and no month is the default by them.
    """
    engine = connect(cache_folder())
    try:
        lines = parquet_sql(tables.path("order_lines"))
        columns = [name for name, *_ in engine.con.execute(f"SELECT * FROM {lines} LIMIT 0").description]
        day = OWN_DAY if OWN_DAY in columns else "order_date"
        engine.con.execute(
            f"CREATE TEMP TABLE days AS SELECT order_date, {day} AS {OWN_DAY}, count(*) AS rows, "
            "sum(net_amount) AS net_amount, "
            "count(*) FILTER (WHERE customer_id IS NULL) AS nobodys_rows, "
            "sum(net_amount) FILTER (WHERE customer_id IS NULL) AS nobodys_amount "
            f"FROM {lines} GROUP BY 1, 2 ORDER BY 1, 2"
        )
        own = fiscal_periods(settings.periods)
        days = engine.con.execute(
            f"SELECT {OWN_DAY} AS order_date, CAST(sum(rows) AS BIGINT) AS rows FROM days GROUP BY 1 ORDER BY 1"
        ).df()
        default = default_month(days, today, settings.periods.complete_until, own)
        months = _months(engine, lines, own)
        coverage = coverage_of(days, settings.periods, own)
        found = Doubts(engine, tables, settings, lines, default, coverage, today)
        return Verdict(
            currency=settings.report.currency,
            lines=sum(each.lines for each in months),
            customers=found.count_of("customer_id"),
            net_amount=sum((each.net_amount for each in months), Decimal(0)),
            first_day=days["order_date"].iloc[0].date(),
            last_day=days["order_date"].iloc[-1].date(),
            months=months,
            files=_files(engine, tables),
            default=default,
            doubts=found.every(),
            missing=missing(tables),
        )
    finally:
        engine.disconnect()


def _months(engine: Backend, lines: str, own: FiscalPeriods | None) -> tuple[MonthSums, ...]:
    month = line_month_sql("order_date", own)
    rows = engine.con.execute(
        f"SELECT {month}, CAST(sum(rows) AS BIGINT), sum(net_amount) FROM days GROUP BY 1 ORDER BY 1"
    ).fetchall()
    since = rows[-MONTHS_COUNTED:][0][0]
    counted = engine.con.execute(
        f"SELECT {month}, count(DISTINCT customer_id) FROM {lines} WHERE {month} >= DATE '{since}' GROUP BY 1"
    ).fetchall()
    customers = dict(counted)
    return tuple(
        MonthSums(pd.Period(first, "M"), count, customers.get(first), amount) for first, count, amount in rows
    )


def _files(engine: Backend, tables: StandardTables) -> tuple[FileSums, ...]:
    path = tables.folder / BY_FILE
    if not path.exists():
        return ()
    rows = engine.con.execute(
        "SELECT file, coalesce(sum(rows) FILTER (WHERE status = 'kept'), 0), "
        "coalesce(sum(report_amount) FILTER (WHERE status = 'kept'), 0), "
        "coalesce(sum(rows) FILTER (WHERE status <> 'kept'), 0), min(month) FILTER (WHERE status = 'kept'), "
        f"max(month) FILTER (WHERE status = 'kept') FROM {parquet_sql(path)} "
        "WHERE \"table\" = 'order_lines' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return tuple(
        FileSums(name, int(kept), net, int(out), first, last) for name, kept, net, out, first, last in rows
    )


def as_json(
    found: Verdict, tables: StandardTables, accounts: pd.DataFrame, aside: dict[str, str], command: str
) -> str:
    """Write a verdict for programs: money as text with its four decimals, days and months in ISO 8601.

    Parameters
    ----------
    found, tables
        The verdict, and of what.
    accounts
        As `helpers.intake.reconciliation` returns it.
    aside
        Table -> file with its rows set aside.
    command
        What to type next.
    """
    every = {
        "order_lines": found.lines, "customers": found.customers, "net_amount": found.net_amount,
        "currency": found.currency, "first_day": found.first_day, "last_day": found.last_day,
        "months": [vars(each) for each in found.months], "files": [vars(each) for each in found.files],
        "default_month": {
            "month": found.default.month, "why": found.default.why, "last_day": found.default.last_day,
            "in_course": found.default.in_course,
        },
        "doubts": [vars(each) for each in found.doubts], "missing": [vars(each) for each in found.missing],
        "rows": [
            {name: None if pd.isna(value) else value for name, value in row.items()}
            for row in accounts.to_dict("records")
        ],
        "set_aside": aside, "not_read": tables.unread(), "next": command,
    }  # fmt: skip
    return json.dumps(every, default=_plain, ensure_ascii=False, indent=1)


def _plain(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, Decimal):
        return f"{value:.4f}"
    return str(value)
