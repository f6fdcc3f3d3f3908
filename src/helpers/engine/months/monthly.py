"""Monthly facts: rows of past months stay as one report computed them, and the next one adds the months since.

A row of such a fact rests on nothing dated after its own month. So the rows up to a month are named by what the tables
held up to that month (`helpers.engine.months.monthly`), not by the report that asked for them: as long as nothing was
changed there, every later report, of these data or of the next delivery, takes them over, and a report of an earlier
month takes the rows up to its own. What was changed in the past has another name from that month on, and is computed
again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.files.integrity import is_intact, make_once
from helpers.core.files.publish import published_file, published_folder
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.engine.as_of import month_of as own_month
from helpers.engine.as_of import year_begins
from helpers.engine.connection import to_pandas, write_parquet
from helpers.engine.facts import Facts
from helpers.intake.known import own_months

#: By month (``YYYY-MM``; ``""``: rows without one) the count of rows, the sum of money, and a hash over all values.
TableHistory = dict[str, list[int | str]]

_MONTH_COLUMNS = (
    "order_date", "invoice_date", "payment_date", "opened_at", "date", "enquiry_date", "as_of", "period",
    "from_date", "valid_from", "quote_date", "shipped_date", "recorded_on",
)  # fmt: skip
"""What dates a row, by preference; a table with none of these is one lot, without a month."""
_MONEY_COLUMNS = ("net_amount", "amount", "annual_purchases", "target")


@dataclass(frozen=True)
class HistorySource:
    """Rows of a standard table whose history is asked for.

    Attributes
    ----------
    columns
        The columns that matter; empty: all.
    by
        The column that dates a row, where it is not the table's usual one; rows without such a date do not count.
    whole
        Whether every row matters to every month: all of them then stand under the month ``""``.
    """

    table: str
    columns: tuple[str, ...] = ()
    by: str | None = None
    whole: bool = False


@cache
def hash_method() -> str:
    """Say how the values are hashed, at the beginning of each hash: only what was hashed alike can be compared."""
    return f"duckdb-{version('duckdb')}-supplied"


def differs(then: Sequence[int | str] | None, now: Sequence[int | str] | None) -> bool:
    """Whether what a month held is something else now; hashes made in another way say nothing."""
    if then is None or now is None:
        return then is not now
    alike = str(then[2]).partition(":")[0] == str(now[2]).partition(":")[0]
    return list(then) != list(now) if alike else list(then[:2]) != list(now[:2])


def history(facts: Facts) -> dict[str, TableHistory]:
    """Return the history of each table supplied, up to the report's month."""
    last = str(facts.month)
    return {
        name: {month: held for month, held in history_of(facts, HistorySource(name)).items() if month <= last}
        for name in sorted(facts.tables.supplied)
    }


def history_of(facts: Facts, dated: HistorySource) -> TableHistory:
    """Return the history of a table, later months than the report's included; kept in the cache.

    The hash does not depend on the order of rows. Rows without a date, and all rows of a table that dates none,
    stand under the month ``""``. The sum is text with 4 decimals; empty where the table holds no money.
    """
    how = [*([f"by-{dated.by}"] if dated.by else []), *(["whole"] if dated.whole else [])]
    named = "-".join([dated.table, *dated.columns, *how])
    path = facts.history_folder / f"{named}.json"

    def write() -> None:
        months = own_months(dated.table, facts.year.months)
        found = _of_table(facts.all_rows(dated.table), dated, facts.tables.supplied[dated.table], months)
        with published_file(path) as draft:
            draft.write_text(json.dumps(found), encoding="utf-8")

    make_once(path, write)
    kept: TableHistory = json.loads(path.read_text(encoding="utf-8"))
    return kept


def rows_after(table: ir.Table, month: pd.Period, year: CompanyYear = CALENDAR_YEAR) -> ir.Table:
    """Return the rows dated after a month, of the calendar or of a company's year."""
    dated = _date_column(table)
    assert dated is not None
    return table.filter(table[dated].cast("date") > ibis.date(year.last_day(month)))


def _date_column(table: ir.Table) -> str | None:
    return next((name for name in _MONTH_COLUMNS if name in table.columns), None)


def month_of(table: ir.Table, months: FiscalPeriods | None = None) -> ir.StringValue:
    """Return the month that dates each row, as text; ``""`` where none does. ``months``: the company's own."""
    return _as_text(_month_key(table, None, months))


def _month_key(table: ir.Table, by: str | None, months: FiscalPeriods | None) -> ir.Value:
    """What tells months apart: the first day of a date's, a text's beginning; faster to group by than `month_of`."""
    dated = by or _date_column(table)
    if dated is None:
        return ibis.literal("")
    if by is None and "launch_date" in table.columns:
        return own_month(ibis.greatest(table.valid_from, table.launch_date).cast("date"), months)
    day = table[dated]
    if not day.type().is_string():
        return day.truncate("M") if months is None else own_month(day.cast("date"), months)
    if months is not None and months.numbered:
        begins = year_begins(
            day.re_search("^(FY)?[0-9]{4}").ifelse(day.replace("FY", "").substr(0, 4), None).cast("int64")
        )
        return begins.cast("string").substr(0, 7).fill_null("")
    # A year of the company's own, FY2027, as a calendar year stands there.
    return day.startswith("FY").ifelse(day.substr(2, 4), day.substr(0, 7)).fill_null("")


def _as_text(month: ir.Value) -> ir.StringValue:
    return month.cast("string").substr(0, 7).fill_null("")


def _of_table(
    table: ir.Table, dated: HistorySource, supplied: Collection[str], months: FiscalPeriods | None
) -> TableHistory:
    """Count, add up and hash; of the columns those that the source supplies: a contract may gain others."""
    hashed = sorted(dated.columns or [name for name in table.columns if name in supplied] or table.columns)
    if dated.by is not None:
        table = table.filter(table[dated.by].notnull())  # noqa: PD004  Ibis has no `notna`
    money = next((name for name in _MONEY_COLUMNS if name in table.columns), None)
    # One hash over the whole row, so that values that change places are seen; and faster than of its text.
    row = ibis.struct({name: table[name] for name in hashed}).hash()
    rows = table.select(
        month=ibis.literal("") if dated.whole else _month_key(table, dated.by, months),
        digest=row,
        amount=table[money] if money else ibis.literal(0),
    )
    found = (
        rows.group_by("month")
        .agg(
            rows=ibis._.count(),
            amount=ibis._.amount.sum().cast("decimal(38, 4)").cast("string"),
            # A sum needs neither order nor memory, however many rows there are.
            digests=ibis._.digest.sum().cast("string"),
        )
        .order_by("month")
    )
    frame = to_pandas(found.mutate(month=_as_text(found.month), digests=found.digests.hexdigest("sha256")))
    return {
        month: [int(count), amount if money and amount is not None else "", f"{hash_method()}:{digest[:32]}"]
        for month, count, amount, digest in zip(
            frame["month"], frame["rows"], frame["amount"], frame["digests"], strict=True
        )
    }


#: The facts, and a month: the fact's rows of the months after it (None: of all) up to the report's.
RowsAfter = Callable[[Facts, "pd.Period | None"], ir.Table]


@dataclass(frozen=True)
class Monthly:
    """How a fact grows month by month.

    Attributes
    ----------
    rows
        Computes the rows after a month. Their column ``month`` (DATE, a day of it) says which month a row belongs to;
        it may depend on nothing dated after that.
    made_of
        What of the standard tables the rows are made of; tables that are not supplied have no part in it.
    months
        So many months are wanted, the report's included; None: all. It has to be given where the first month of the
        rows depends on the report's.
    """

    rows: RowsAfter
    made_of: tuple[HistorySource, ...]
    months: int | None = None


def folder_of_months(facts: Facts, name: str, monthly: Monthly) -> Path:
    """Return the folder that holds the rows, or is to hold them.

    Where all months are wanted, the rows of a later report hold those of this one, if nothing up to this month differs.
    """
    folders = _folders(facts, name, monthly)
    own = folders[facts.month]
    if own.exists() or monthly.months is not None:
        return own
    later = (folder for month, folder in folders.items() if month > facts.month and folder.exists())
    return next(later, own)


def add_months(facts: Facts, name: str, monthly: Monthly, folder: Path) -> None:
    """Compute the rows since the latest month up to which they are there, and put them beside those."""
    folders = _folders(facts, name, monthly)
    before = [month for month, other in folders.items() if month < facts.month and is_intact(other)]
    last = before[-1] if before else None

    with published_folder(folder) as draft:
        for file in sorted(folders[last].glob("*.parquet")) if last is not None else []:
            _link(file, draft / file.name)
        write_parquet(facts.engine, monthly.rows(facts, last), draft / f"{facts.month}.parquet")


def within_report(rows: ir.Table, facts: Facts, monthly: Monthly) -> ir.Table:
    """Leave out the months that the report does not ask for."""
    rows = rows.filter(rows.month <= ibis.date(facts.month.to_timestamp(how="end").date()))
    if monthly.months is None:
        return rows
    first = facts.month - monthly.months + 1
    return rows.filter(rows.month >= ibis.date(first.to_timestamp().date()))


def _folders(facts: Facts, name: str, monthly: Monthly) -> dict[pd.Period, Path]:
    """Return, ascending by month, the folder of the rows up to each month of the data."""
    if name not in facts.folders_of_months:
        facts.folders_of_months[name] = {
            month: facts.months_folder / key / f"{name}.parquet"
            for month, key in _keys(facts, name, monthly).items()
        }
    return facts.folders_of_months[name]


def _keys(facts: Facts, name: str, monthly: Monthly) -> dict[pd.Period, str]:
    """Name, for each month, all that the rows up to it rest on.

    Which tables and columns are supplied at all counts for every fact, whether or not it says that it is made of them:
    what a fact leaves out for want of a table must not be found again once the table is there, nor the other way round.
    """
    supplied = [dated for dated in monthly.made_of if facts.tables.has(dated.table)]
    histories = [history_of(facts, dated) for dated in supplied]
    there = {table: sorted(columns) for table, columns in sorted(facts.tables.supplied.items())}
    start = [[name, facts.code_key], [str(dated) for dated in supplied], there]
    digest = hashlib.sha256(repr(start).encode())
    digest.update(repr([held.get("") for held in histories]).encode())
    keys = {}
    for text in sorted({month for held in histories for month in held if month} | {str(facts.month)}):
        digest.update(repr([text, [held.get(text) for held in histories]]).encode())
        keys[pd.Period(text, freq="M")] = digest.hexdigest()[:32]
    return keys


def _link(file: Path, link: Path) -> None:
    try:
        os.link(file, link)
    except OSError:  # a file system without links
        shutil.copyfile(file, link)
