"""What may be wrong in a cleaned data set although every row keeps the contract, each with the way out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
from babel.numbers import get_currency_precision

from helpers.core.calendar.fiscal_periods import fiscal_periods, line_month_sql
from helpers.core.calendar.period_names import period_name
from helpers.core.periods import CompanyYear
from helpers.engine.connection import from_parquet
from helpers.engine.months.coverage import Coverage, DefaultMonth
from helpers.engine.tables.labels import unused_labels
from helpers.engine.unmatched_ids import UnmatchedIds, find_unmatched_ids
from helpers.intake.accounts import BY_FILE
from helpers.intake.contracts import OWN_DAY
from helpers.intake.reading.sql import identifier, parquet_sql
from helpers.intake.tables import StandardTables
from helpers.settings import config
from helpers.settings.config import Settings
from helpers.settings.source import TableMap

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

#: An order number whose sales lie further apart is rather used twice.
_DAYS_APART = 60
#: From so many lines on, one order number in sixteen is looked at.
_MANY_LINES, _ONE_IN = 1_000_000, 16
#: So many single lines are named.
_NAMED = 3


@dataclass(frozen=True)
class Doubt:
    """Something that may be wrong.

    Attributes
    ----------
    code
        Its name, for programs.
    sentence
        What was found, with counts and money.
    way_out
        What to do about it; empty where there is nothing to do.
    lines
        Lines of workbook.toml that do it, where they can be told.
    """

    code: str
    sentence: str
    way_out: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubts:
    """Looks for what may be wrong.

    Attributes
    ----------
    engine
        Holds the table ``days``: order_date, own_day, rows, net_amount; nobodys_rows and nobodys_amount: of no
        customer.
    lines
        What stands after FROM for the order lines.
    default, today
        The month of a report that asks for none, and the day it is judged by.
    coverage
        Of all order lines.
    """

    engine: Backend
    tables: StandardTables
    settings: Settings
    lines: str
    default: DefaultMonth
    coverage: Coverage
    today: dt.date

    def every(self) -> tuple[Doubt, ...]:
        """Return all of them, the gravest first."""
        return (
            *self.odd_days(), *self.records(), *self.numbers_used_twice(), *self.no_customer(),
            *self.begun_month(), *self.empty_months(), *self.currencies(), *self.tax_by_rate(), *self.labels(),
        )  # fmt: skip

    def odd_days(self) -> Iterator[Doubt]:
        """Lines dated after today, and a day that stands alone."""
        for code, days in (("after_today", self.default.ahead), ("stands_alone", self.default.alone)):
            if days.empty:
                continue
            first = days["order_date"].iloc[0].date()
            rows = int(days["rows"].sum())
            (amount,) = self._one(f"sum(net_amount) FROM days WHERE {OWN_DAY} >= DATE '{first}'")
            what = (
                f"dated after today, {self.today}"
                if code == "after_today"
                else f"dated long after everything else, which ends on {self.default.last_day}"
            )
            yield Doubt(
                code,
                f"{_count(rows, 'order line is', 'order lines are')} {what}: {amount:,.2f} in all. "
                f"{self._named(first)}",
                f"No month is the default by {'it' if rows == 1 else 'them'}. If a date is mistyped, correct it where "
                "it comes from; if orders are entered ahead, leave them out with where under [tables.order_lines].",
            )

    def _named(self, first: dt.date) -> str:
        """Name the first lines from a day on, and the files that have any."""
        rows = self.engine.con.execute(
            f"SELECT order_id, line_no, order_date, customer_id, net_amount FROM {self.lines} "
            f"WHERE order_date >= DATE '{first}' ORDER BY order_date, order_id, line_no LIMIT {_NAMED}"
        ).fetchall()
        named = "Order " + "; order ".join(
            f"{order}{f' line {line}' if line else ''} of {day}, customer {customer or 'none'}, {amount:,.2f}"
            for order, line, day, customer, amount in rows
        )
        path = self.tables.folder / BY_FILE
        if not path.exists():
            return f"{named}."
        since = line_month_sql(f"DATE '{first}'", fiscal_periods(self.settings.periods))
        files = self.engine.con.execute(
            f"SELECT DISTINCT file FROM {parquet_sql(path)} WHERE \"table\" = 'order_lines' "
            f"AND status = 'kept' AND month >= {since} ORDER BY 1 LIMIT {_NAMED}"
        ).fetchall()
        return f"{named} (in {', '.join(name for (name,) in files)})."

    def records(self) -> Iterator[Doubt]:
        """Customers and products of order lines that no record holds."""
        for table, key, one in (
            ("customers", "customer_id", "customer"), ("products", "product_id", "product"),
        ):  # fmt: skip
            if not self.tables.has(table, key) or not self.tables.has("order_lines", key):
                continue
            self.count_of(key)
            records = from_parquet(self.engine, self.tables.path(table))
            found = find_unmatched_ids(self.engine.table(f"by_{key}"), records.select(id=key))
            if found is not None:
                yield self._of_records(found, table, key, one)

    def count_of(self, key: str) -> int:
        """Count the different ids of the order lines, which the table ``by_KEY`` holds from then on."""
        self.engine.con.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS by_{key} AS SELECT {key} AS id, count(*) AS lines, "
            f"sum(net_amount) AS net_amount FROM {self.lines} WHERE {key} IS NOT NULL GROUP BY 1"
        )
        (count,) = self._one(f"count(*) FROM by_{key}")
        return count

    def _of_records(self, found: UnmatchedIds, table: str, key: str, one: str) -> Doubt:
        sentence = (
            f"{found.ids:,} of {found.of_ids:,} {one}s of the order lines are not in the table {table}: "
            f"{found.lines:,} of {found.of_lines:,} lines, {found.net_amount:,.2f} ({found.share:.1%} of net sales)."
        )
        used, record = found.example
        columns = {
            name: self.settings.tables.get(name, TableMap()).columns.get(key, key)  # type: ignore[call-overload]
            for name in ("order_lines", table)
        }
        texts = {name: f"CAST({identifier(column)} AS VARCHAR)" for name, column in columns.items()}
        cure: tuple[str, ...] = ()
        instead = (
            f", in place of {key} under columns" if any(column != key for column in columns.values()) else ""
        )
        if found.cause == "zeros":
            sentence += f" {found.alike:,} of them are, with other zeros in front: {used} is {record} there."
            cure = _derived(key, {name: f"ltrim({text}, '0')" for name, text in texts.items()})
            way_out = f"If they are the same, have both read without those zeros{instead}, in workbook.toml:"
        elif found.cause == "spelling":
            sentence += f" {found.alike:,} of them are, written otherwise: {used} is {record} there."
            way_out = (
                "If they are the same, write them alike where they come from, or by derived in workbook.toml."
            )
        elif found.cause == "prefix":
            sentence += (
                f" {found.alike:,} of them are, with other letters in front: {used} is {record} there."
            )
            cure = _derived(
                key, {name: f"regexp_replace({text}, '^[^0-9]+', '')" for name, text in texts.items()}
            )
            way_out = (
                f"If they are the same, have both read without those letters{instead}, in workbook.toml:"
            )
        elif found.cause == "absent":
            way_out = (
                f"The others are: the export of {table} may be older than the order lines, or lack some."
            )
        elif found.cause == "numbers":
            sentence += f" The numbers are others ({used} here, {record} there)."
            way_out = (
                f"See that {columns['order_lines']} and {columns[table]} are the same number of a {one}, and that the "
                f"export of {table} is as new and as whole as the order lines."
            )
        else:
            way_out = f"The table {table} holds no row: export it again."
        return Doubt(f"{table}_without_record", sentence, way_out, cure)

    def numbers_used_twice(self) -> Iterator[Doubt]:
        """Order numbers of several customers, or of sales that lie far apart."""
        (rows,) = self._one("sum(rows) FROM days")
        some = f" AND hash(order_id) % {_ONE_IN} = 0" if rows > _MANY_LINES else ""
        found = self.engine.con.execute(
            f"""SELECT order_id, min(customer_id), max(customer_id), min(order_date), max(order_date), sum(net_amount)
            FROM {self.lines} WHERE net_amount > 0 AND order_id IS NOT NULL{some} GROUP BY 1
            HAVING min(customer_id) <> max(customer_id) OR max(order_date) - min(order_date) > {_DAYS_APART}
            ORDER BY 6 DESC, 1"""
        ).fetchall()
        if not found:
            return
        customers = sum(low != high for _, low, high, *_ in found)
        amount = sum(row[5] for row in found)
        parts = [
            f"{customers:,} for different customers" if customers else "",
            f"{len(found) - customers:,} for sales more than {_DAYS_APART} days apart"
            if len(found) > customers
            else "",
        ]
        order, low, high, first, last, _ = found[0]
        people = f"{low} and {high}" if low != high else f"{low}"
        days = f"{first}" if first == last else f"{first} and {last}"
        yield Doubt(
            "numbers_used_twice",
            f"{_count(len(found), 'document number is', 'document numbers are')} used twice"
            f"{f' (of one in {_ONE_IN} looked at)' if some else ''}: {' and '.join(filter(None, parts))}, "
            f"{amount:,.2f} in all. For example {order}: {people}, {days}.",
            "Lines are told apart by number and line number, and orders are counted by number. If numbers start anew "
            "each year or in each branch, put the year or the branch before them, by derived in workbook.toml.",
        )

    @property
    def _month(self) -> str:
        return line_month_sql("order_date", fiscal_periods(self.settings.periods))

    def no_customer(self) -> Iterator[Doubt]:
        """Lines that name no customer, in all and in the default month."""
        month = f"{self._month} = DATE '{self.default.month.to_timestamp().date()}'"
        count, amount, now, whole = self._one(
            f"sum(nobodys_rows), sum(nobodys_amount), sum(nobodys_amount) FILTER (WHERE {month}), "
            f"sum(net_amount) FILTER (WHERE {month}) FROM days"
        )
        if not count:
            return
        share = f", {now / whole:.1%} of its net sales" if now and whole else ""
        yield Doubt(
            "no_customer",
            f"{_count(count, 'order line names', 'order lines name')} no customer: {amount:,.2f}; in "
            f"{period_name(self.default.month)} {now or 0:,.2f}{share}.",
            "They count for the company and for no customer. If they are of one shop or of cash sales, that is right.",
        )

    def begun_month(self) -> Iterator[Doubt]:
        """A first month that was begun when the lines begin."""
        if self.coverage.begins_late:
            first, day = self.coverage.months[0], self.coverage.first_order_date.date()
            month, year = period_name(first), CompanyYear.of(self.settings.periods)
            yield Doubt(
                "first_month_begun",
                f"The order lines begin on {day}: {month} is not whole, and nothing is compared with it.",
                f"Export from the first day of {month} on; if there was no sale before {day}, say that it is whole by "
                f"complete_from = {year.first_day(first)} under [periods].",
            )

    def empty_months(self) -> Iterator[Doubt]:
        """Months between the first and the last that have no line."""
        found = self.engine.con.execute(
            f"SELECT DISTINCT {self._month} FROM days WHERE {OWN_DAY} <= DATE '{self.default.last_day}' ORDER BY 1"
        ).fetchall()
        months = pd.PeriodIndex([day for (day,) in found], freq="M")
        holes = pd.period_range(months[0], months[-1], freq="M").difference(months)
        if len(holes):
            named = ", ".join(map(period_name, holes[:6])) + (" ..." if len(holes) > 6 else "")
            yield Doubt(
                "months_without_lines",
                f"{_count(len(holes), 'month has', 'months have')} no order line: {named}.",
                "If there were sales, a file is missing.",
            )

    def currencies(self) -> Iterator[Doubt]:
        """Lines in several currencies, and what they come to in the report's."""
        if not self.tables.has("order_lines", "currency"):
            return
        found = self.engine.con.execute(
            f"SELECT currency, count(*), sum(net_amount) FROM {self.lines} GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        if len(found) > 1:
            report = self.settings.report.currency
            named = "; ".join(
                f"{code or 'none, taken for ' + report} {count:,} lines, {amount:,.2f}"
                for code, count, amount in found
            )
            yield Doubt(
                "several_currencies", f"There are {len(found)} currencies, here in {report}: {named}."
            )

    def tax_by_rate(self) -> Iterator[Doubt]:
        """Net amounts worked out by a rate of tax, where books may round the tax of each line or document."""
        mapped = self.settings.tables.get("order_lines", TableMap())
        if "without_tax(" not in mapped.derived.get("net_amount", ""):
            return
        lines, documents = self._one(f"count(*), count(DISTINCT order_id) FROM {self.lines}")
        step = Decimal(1).scaleb(-get_currency_precision(self.settings.report.currency)) / 2
        yield Doubt(
            "tax_by_rate",
            f"Net sales are worked out of amounts with tax and its rate, to four decimals. Books that round each of "
            f"{_count(documents, 'document', 'documents')} may differ by up to {documents * step:,} in all, books that "
            f"round each of {_count(lines, 'line', 'lines')} by up to {lines * step:,}.",
            "To agree to the penny, export the net amount or the tax of each line too.",
        )

    def labels(self) -> Iterator[Doubt]:
        """Words that pages are to call otherwise and that stand in no column."""
        unknown = unused_labels(self.tables, self.settings, config.cache_folder())
        if unknown:
            named = ", ".join(f"'{word}'" for word in unknown)
            yield Doubt(
                "labels_without_word",
                f"{_count(len(unknown), 'word', 'words')} under [labels] in workbook.toml: no column of classes "
                f"holds {named}.",
                "Write it as the data do, capitals and spaces too, or leave the line out.",
            )

    def _one(self, select: str) -> tuple[int, ...]:
        return self.engine.con.execute(f"SELECT {select}").fetchone() or ()


def _derived(key: str, expressions: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        line
        for table, sql in expressions.items()
        for line in (f"[tables.{table}.derived]", f"{key} = '''{sql}'''")
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
