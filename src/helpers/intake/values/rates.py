"""Rates of other currencies by day: which rate a day's amounts are converted by, of what ``exchange_rates`` says.

The rule, so that no row that comes later changes what a report of an earlier month said:

- For a day count the rows that were known on it (``announced_on``; without it the row's own day, or the first of its
  month). Of those a rate of the day itself goes before one of its month, and that before the last rate of an earlier
  day, which stands in for `Source.rates_hold_days` days at most; of two the one announced last counts.
- Where none was known by then, as where a month's average is published when it is over, the first announced counts.
  What is announced after it revises nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import Connection
from helpers.settings.config import Settings
from helpers.settings.source import NO_CURRENCY

#: Of each currency and day its rate to the report's currency: currency, day, rate, of_day (the day of an earlier rate
#: that stands in; NULL: none does). It lies beside the tables, where there are rates.
FILE = "rates_by_day.parquet"
#: What it is called on the engine that reads the tables, and how an amount's rate is called there.
RELATION, RATE = "rates_by_day", "__rate"
#: The rates at which invoices stand, for what payments take off them.
INVOICES = "invoice_rates"
#: A rate has ten decimals, so that a product with an amount has room.
TYPE = "DECIMAL(18,10)"
_PLACES = Decimal(1).scaleb(-10)


@dataclass(frozen=True)
class QuotedRate:
    """A row of the table ``exchange_rates``."""

    currency: str
    date: dt.date | None
    month: str | None
    rate: float
    units: Decimal | None
    quotation: str | None
    announced_on: dt.date | None

    @property
    def first_day(self) -> dt.date:
        """The first day that it is the rate of."""
        return self.date or dt.date.fromisoformat(f"{self.month}-01")

    def days(self, hold_days: int) -> Iterable[tuple[dt.date, int]]:
        """Return the days that it can be the rate of, and how far off each is: 0 its own, 1 of its month, 2 earlier."""
        if self.date is not None:
            yield self.date, 0
            for later in range(1, hold_days + 1):
                yield self.date + dt.timedelta(later), 2
            return
        first = self.first_day
        for day in range(calendar.monthrange(first.year, first.month)[1]):
            yield first + dt.timedelta(day), 1

    def value(self, quoted: str) -> Decimal:
        """Return the units of the report's currency for one of this."""
        units = self.units or Decimal(1)
        with localcontext(prec=40):
            rate = Decimal(repr(self.rate))
            value = rate / units if (self.quotation or quoted) == "direct" else units / rate
            return value.quantize(_PLACES, ROUND_HALF_EVEN)


def rates_by_day(
    rows: Iterable[QuotedRate], own: str, quoted: str, hold_days: int
) -> list[tuple[str, dt.date, Decimal, dt.date | None]]:
    """Return the rate of each currency and day that has one: see the rule above.

    Parameters
    ----------
    rows
        The kept rows of the table.
    own
        The report's currency.
    quoted, hold_days
        `Source.rates_quoted` and `Source.rates_hold_days`.

    Returns
    -------
    list
        currency, day, rate (units of the report's currency for one; ten decimals), of_day (the earlier day whose rate
        it is, else None); by currency and day.

    Raises
    ------
    WorkbookError
        The report's own currency has a rate other than 1, or a rate is too small for ten decimals to hold six digits.
    """
    best: dict[tuple[str, dt.date], tuple[tuple[object, ...], Decimal, dt.date | None]] = {}
    for row in rows:
        value = row.value(quoted)
        named = f"exchange_rates: the rate of {row.currency} of {row.date or row.month}"
        if row.currency == own:
            if value != 1:
                raise WorkbookError(
                    f"{named} is {row.rate:g}, and {own} is the report's own currency: its rate is 1. Are the rates "
                    "those to another currency? Then give that as currency under [report] in workbook.toml."
                )
            continue
        if value < 100_000 * _PLACES:
            raise WorkbookError(
                f"{named} is {value:f} {own} for one: too few digits are left of it. Is it the right way round (see "
                "source.rates_quoted)? Else convert its amounts in the map."
            )
        known = row.announced_on or row.first_day
        for day, distance in row.days(hold_days):
            late = known > day
            order: tuple[object, ...] = (
                late,
                known.toordinal() if late else 0,
                distance,
                (day - row.first_day).days if distance == 2 else 0,
                -known.toordinal(),
                value,
            )
            of_day = row.date if distance == 2 else None
            key = row.currency, day
            if key not in best or order < best[key][0]:
                best[key] = order, value, of_day
    return [
        (currency, day, value, of_day)
        for (currency, day), (_, value, of_day) in sorted(best.items(), key=_key)
    ]


def _key(item: tuple[tuple[str, dt.date], object]) -> tuple[str, dt.date]:
    return item[0]


def open_rates(connection: Connection, written: str, settings: Settings, folder: Path) -> frozenset[str]:
    """Write the rates of each day beside the tables, `FILE`; return the currencies that have any.

    Parameters
    ----------
    written
        What stands after FROM for the kept rows of ``exchange_rates``.
    folder
        The folder of the tables.

    Raises
    ------
    WorkbookError
        The report's currency is not declared; or as `rates_by_day`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if settings.report.currency == NO_CURRENCY:
        raise WorkbookError(
            "exchange_rates: nobody says to which currency these are the rates: write currency under [report] in "
            "workbook.toml."
        )
    names = "currency, date, month, rate, units, quotation, announced_on"
    rows = [QuotedRate(*row) for row in connection.execute(f"SELECT {names} FROM {written}").fetchall()]
    source = settings.source
    found = rates_by_day(rows, settings.report.currency, source.rates_quoted, source.rates_hold_days)
    kinds = {
        "currency": pa.string(),
        "day": pa.date32(),
        "rate": pa.decimal128(18, 10),
        "of_day": pa.date32(),
    }
    columns = [*zip(*found, strict=True)] or [() for _ in kinds]
    arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds.values(), strict=True)]
    pq.write_table(pa.table(dict(zip(kinds, arrays, strict=True))), folder / FILE, compression="zstd")
    return frozenset(currency for currency, *_ in found)


def rate_sql(currency: str, day: str) -> str:
    """Write the SQL of the rate of a day, of `RELATION`; NULL where there is none."""
    found = f"SELECT max(rates.rate) FROM {RELATION} AS rates WHERE rates.currency = {currency} AND rates.day = {day}"
    return f"({found})"


def invoice_rates_sql(invoices: str) -> str:
    """Write the query of the rates at which invoices stand, of what stands after FROM for the kept ones."""
    return (
        f"SELECT DISTINCT bills.invoice_id, bills.currency, rates.rate FROM {invoices} AS bills"
        f" JOIN {RELATION} AS rates ON rates.currency = bills.currency AND rates.day = bills.invoice_date"
    )


def converted_sql(amount: str, rate: str) -> str:
    """Write the SQL of an amount in the report's currency: a product of 37 digits, on DuckDB and on Spark."""
    return f"CAST(CAST({amount} AS DECIMAL(19,4)) * {rate} AS DECIMAL(18,4))"


def settled_sql(stage: str, names: Iterable[str]) -> str:
    """Write the query of the kept payments, with what each takes off its invoice at the rate of that.

    So no gain or loss by a rate that has moved since then stays open, or stands as credit. What an invoice is paid by
    is converted as a whole, and each payment is the difference to those before it: the roundings add up to nothing.

    Parameters
    ----------
    stage
        The payments as they were judged.
    names
        The columns of the table.
    """
    in_order = "PARTITION BY invoice_id, currency ORDER BY payment_date, __amount ROWS UNBOUNDED PRECEDING"
    paid = f"sum(__amount) OVER ({in_order})"
    after, before = (converted_sql(sum_, "__bill") for sum_ in (paid, f"({paid} - __amount)"))
    own = f"CASE WHEN __bill IS NULL OR settled_amount IS NOT NULL THEN settled_amount ELSE {after} - {before} END"
    listed = ", ".join(
        f"CAST({own} AS DECIMAL(18,4)) AS {name}" if name == "settled_amount" else name for name in names
    )
    return (
        f"SELECT {listed}, __file, {ROW} FROM (SELECT paid.*, bills.rate AS __bill FROM {stage} AS paid"
        f" LEFT JOIN {INVOICES} AS bills ON bills.invoice_id = paid.invoice_id AND bills.currency = paid.currency"
        " WHERE paid.__problem = 0)"
    )


def unsettled_note(connection: Connection, stage: str) -> list[str]:
    """Say of how many payments nobody knows at which rate their invoices stand."""
    found = connection.execute(
        f"SELECT count(*) FROM {stage} AS paid JOIN (SELECT DISTINCT currency FROM {RELATION}) AS rates"
        f" ON rates.currency = paid.currency LEFT JOIN {INVOICES} AS bills"
        " ON bills.invoice_id = paid.invoice_id AND bills.currency = paid.currency"
        " WHERE paid.__problem = 0 AND bills.rate IS NULL"
    ).fetchone()
    if not found or not found[0]:
        return []
    return [
        f"payments: {found[0]:,} rows in other currencies name no invoice in theirs: they count at the rate of their "
        "own day, and what rates have moved since the invoice stays in the balance."
    ]
