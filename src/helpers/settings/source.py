"""Where the data come from and how they are written: ``[source]`` and ``[tables.NAME]`` of ``workbook.toml``."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

TableName = Literal[
    "order_lines", "customers", "products", "salespeople", "targets", "invoices", "payments",
    "interactions", "complaints", "surveys", "wallet_evidence", "prospects", "customer_aliases", "buying_groups",
    "days_off", "action_results",
    "quotes", "deliveries", "return_reasons",
    "rebate_agreements", "rebate_payments", "costs",
    "exchange_rates",
]  # fmt: skip
TABLE_NAMES: tuple[TableName, ...] = TableName.__args__  # type: ignore[attr-defined]

#: Ways in which numbers are written beside ``-1234.50``; each is read only where it is declared.
#: blank: 1 234.50; apostrophe: 1'234.50; lakh: 1,50,000.00; parentheses: (5) is -5; minus_behind: 5-; minus_sign: the
#: minus, or a dash, of printing, or ▲ of Japan; full_width: １２; native_digits: ١٢, ۱۲ and १२ of
#: Arabic, Persian and Hindi; percent: 5 % is 0.05; wan: 1.2万 is 12000;
#: unit: a word behind (12 Nos); credit_minus: 5 Cr is -5 and 5 Dr is 5; debit_minus: the other way round.
Notation = Literal[
    "blank", "apostrophe", "lakh", "parentheses", "minus_behind", "minus_sign", "full_width", "native_digits",
    "percent", "wan", "unit", "credit_minus", "debit_minus",
]  # fmt: skip


class Section(BaseModel):
    """A part of the settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


#: Differences between spellings of a code: full-width and half-width letters, letters' case, blanks, punctuation
#: (C-0103 and C0103), zeros in front of a number (0104 and 104); in the order in which they are taken away.
CodeDifference = Literal["width", "case", "blanks", "punctuation", "leading_zeros"]
CODE_DIFFERENCES: tuple[CodeDifference, ...] = CodeDifference.__args__  # type: ignore[attr-defined]


#: Units in which amounts of tables are written: one, a thousand, ten thousand, a million, a hundred million.
AmountUnit = Literal["元", "k", "万元", "M", "亿元"]
#: ISO 4217's code for no currency: what a report has whose currency nobody has declared. No sign is printed then.
NO_CURRENCY = "XXX"


class Customers(Section):
    """``[customers]``: which codes are one customer's, and who counts as one."""

    same_codes: list[CodeDifference] = []
    """Codes that differ in nothing else are one customer's, in all tables; ``check`` says which were merged."""
    count: Literal["account", "group", "buying_group"] = "account"
    """Who counts as one customer: a customer of the records; its ultimate parent by ``parent_id``; or the group that
    ``buying_groups`` names, each as of the month end. Sellers' sales and targets stay by account."""
    closed: list[str] = [
        "closed", "closed down", "out of business", "dissolved", "停业", "已停业", "注销", "已注销", "歇业", "已歇业",
        "吊销", "倒闭", "geschlossen", "aufgelöst", "fermé", "fermée", "cerrado", "cerrada", "閉店", "廃業",
    ]  # fmt: skip
    """What ``status`` says of a customer whose business is closed for good, whatever the letters' case; a list of one's
    own takes the place of this one. It ends warnings, visits and actions."""


class ValueFormat(Section):
    """How values are written; what is declared is read so, and nothing else: no value is guessed at."""

    decimal: Literal[".", ","] | None = None
    """What stands before the decimals; the other of the two then parts thousands."""
    numbers: list[Notation] | None = None
    """Other ways in which numbers are written: see :data:`Notation`."""
    currency_marks: dict[str, Annotated[str, Field(pattern=r"^[A-Z]{3}$")]] | None = None
    """Marks beside amounts and their currency: ``"$" = "USD"``. A line's mark is its currency."""
    date_format: str | list[str] | None = None
    """As in strptime (``%d/%m/%Y``), ``serial`` for a spreadsheet's day number (46086 is 2026-03-05), or ``epoch`` for
    seconds, or thousandths of them, since 1970 in universal time (1767603600); of several, the first that a date fits.
    A format without a day gives the last day of its month. ``%b`` and ``%B`` read names of months in nine languages.
    Default ISO 8601."""
    calendar: Literal["buddhist", "republic", "japanese"] | None = None
    """Years are counted so: 2569 of Thailand, 115 of Taiwan, and R8 or 令和8年 of Japan are 2026."""
    time_zone: str | None = None
    """Zone (``Asia/Shanghai``) whose day counts for moments that name a zone of their own; default: as written."""
    nothing: list[str] | None = None
    """Words that say that there is no value, as ``NULL`` or ``无``; an empty list takes them for names."""

    @property
    def date_formats(self) -> tuple[str, ...]:
        """The formats of dates, in the order in which they are tried."""
        forms = self.date_format or ()
        return (forms,) if isinstance(forms, str) else tuple(forms)

    @model_validator(mode="after")
    def _formats_agree(self) -> ValueFormat:
        """Of two formats none may read another day where both fit: which is meant would be a guess."""
        days = [datetime(2024, month, day) for month in (3, 10) for day in (4, 5)]
        forms = [form for form in self.date_formats if form not in ("serial", "epoch")]
        for one, other in permutations(forms, 2):
            for day in days:
                text = day.strftime(one)
                try:
                    if "%d" in one and datetime.strptime(text, other).date() != day.date():
                        raise _TwoReadings(text, one, other)
                except _TwoReadings:
                    raise
                except ValueError:
                    continue
        return self


class _TwoReadings(ValueError):
    """Two declared formats of dates fit the same text with different days."""

    def __init__(self, text: str, one: str, other: str) -> None:
        super().__init__(
            f"'{text}' can be read as {one} and as {other}, with different days; declare one of them"
        )


class FileFormat(ValueFormat):
    """How files are to be read; what is given for one table goes before what ``[source]`` says for all."""

    encoding: str | None = None
    """Python's name of the encoding (``gb18030``, ``utf-16``); default: by byte order mark, else UTF-8."""
    delimiter: str | None = None
    """What parts the columns; default: the one of ``, ; tab |`` that stands most often in the head."""
    skip: Annotated[int, Field(ge=0)] | Annotated[list[str], Field(min_length=1)] | None = None
    """Lines above the head, as titles and periods: 4 where it stands in line 5. Where files have titles of different
    length, some cells of the head: ``["Order No", "Amount"]``, and the head is the first line that has them all. Where
    ``skip`` or ``header_rows`` is given (0 too), a text file is read as a report laid out for people: a line with fewer
    cells is blank at its end."""
    header_rows: Annotated[int, Field(ge=1, le=3)] | None = None
    """Lines that the head takes. Of two, a column is called by both, the upper one first: ``Sales/Amount``."""
    hidden_rows: Literal["read", "leave_out"] | None = None
    """Whether rows of a sheet that are hidden, by hand or by a filter, count; a sheet that has some stops a run until
    it is said. Rows of a collapsed group always count; in files of Excel 95 it is not looked for."""
    struck_rows: Literal["read", "leave_out"] | None = None
    """The same of rows with a cell that is struck through; in .xlsb it is not looked for."""
    shown_below_zero: list[str] | None = None
    """Columns of a sheet, ``["Qty", "Amount"]``, in which an amount above 0 is below 0 where the sheet shows it so: in
    red, with a minus or in parentheses, be it in some rows or throughout; in .xlsb it is not looked for. An empty
    list: all are as they are held."""

    @property
    def is_laid_out(self) -> bool:
        """Whether text is read row by row, as a report laid out for people."""
        return self.skip is not None or self.header_rows is not None


class Source(FileFormat):
    """``[source]``: what holds for all tables."""

    leave_out: list[TableName] = []
    """Standard tables that are not read although a file, or a table of the database, is called like them: it is read as
    something else, as ``invoices`` that only say to which customer the lines belong."""
    engine: Literal["duckdb", "spark"] = "duckdb"
    """What reads, cleans and adds up: the embedded DuckDB, or Spark (see ``[spark]``)."""
    currency_rates: dict[str, Annotated[float, Field(gt=0)]] = {}
    """Units of the report's currency for one unit of the other: ``CAD = 0.75`` in a USD report. Of a currency that the
    table ``exchange_rates`` has, it is the plan's rate: targets are converted by it, and nothing that has a day."""
    rates_quoted: Literal["direct", "indirect"] = "direct"
    """How ``exchange_rates`` quotes: ``direct``, units of the report's currency for one of the other (1 USD = 7.1 CNY);
    ``indirect``, units of the other for one of the report's (1 EUR = 1.08 USD, as the European Central Bank does)."""
    rates_hold_days: Annotated[int, Field(ge=0, le=366)] = 0
    """Days after its own on which a day's rate stands in where none was published, as on weekends; 0: a line of such a
    day stops the run. The pages say how many days of the month took an earlier rate."""


class Exclusion(Section):
    """Rows set aside on purpose: they go to quarantine under ``rule`` with the sentence ``because``."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """Name under which the rows are counted: ``bad_debt``."""
    where: str
    """SQL condition over the source's columns (and lookups)."""
    because: str
    """Why, as a sentence for readers."""
    as_read: bool = False
    """The condition is of the row as it stands in the file, and nothing is filled down from such a row: totals, page
    heads, signatures. Without it, the condition is of the row after ``fill_down``, headings and lookups."""


class Heading(Section):
    """Rows that name what the rows below them belong to, as a customer above its lines: they become a column."""

    column: str
    """Name of the column; a column of the file that is so called is filled where it is blank."""
    where: str
    """SQL condition over the columns of the file: which rows are such headings."""
    value: str
    """SQL expression over the columns of the file: what is carried down, until the next such row."""
    first: str | None = None
    """What holds for the rows before the first such row, where it stands above the head of the table."""


class Unpivot(Section):
    """Months (or days, weeks, quarters, years) that stand side by side as columns: each cell becomes a row.

    Cells that are blank or zero are no purchases, and give no row. Beside the date and the value each row gets
    ``order_id``, of its data row and its time, and ``quantity`` of 1, where the file has only one column a month.
    """

    columns: str | list[str]
    """The columns: names, or patterns as ``*月``. The rest of a name that holds more than the time is the name of the
    value: ``2026-01 Qty`` and ``2026-01 Amount`` give ``Qty`` and ``Amount``. A ``!`` before one leaves it out:
    ``["2026-*", "!2026-12"]``."""
    year: int | str | None = None
    """The year of the first column, where the names do not hold it; ``"name"``: the sheet, or else the file, says it in
    its name; else the column that says it of each row."""
    begins: str | None = None
    """The month in which a year of the books begins, where the names are of one: ``"FY2026 = 2025-04"`` for ``FY2026
    P01`` and ``FY26 Apr``, other years follow, also those of a column; ``"2025-04"`` for ``Period 1``, which says no
    year."""
    date_format: Literal["%d/%m/%Y", "%m/%d/%Y"] | None = None
    """Which of the two days are that can be read in two ways, as ``1/2/2026``, whatever stands between the numbers."""
    sums: list[str] = []
    """Columns that are the sums of these columns, and are left out."""
    date: str = "order_date"
    """Name of the new column with the last day of each month."""
    value: str = "net_amount"
    """Name of the new column with the values, where the names hold nothing but the time."""


class Lookup(Section):
    """Another file or table whose columns are joined to the rows, at most one match a row."""

    files: list[str] = []
    """The file, or files of the same columns, by name or pattern below the data folder."""
    table: str | None = None
    """The table of the database."""
    sheet: str | None = None
    """The sheet of the workbook."""
    on: dict[str, str]
    """Source column (or ``lookup.column`` of an earlier lookup, or an SQL expression with a text in it, as
    ``'account.move,' || move``) = the lookup's key column."""
    where: str | None = None
    """SQL condition over the lookup's columns: other rows of it are not looked at."""
    last_by: str | None = None
    """Where several rows have the key, the one that is last by this column counts."""
    take: dict[str, Literal["min", "max", "sum", "count"]] = {}
    """Where several rows have the key: column = what is made of its values. Other columns are then not there."""

    @model_validator(mode="after")
    def _one_way(self) -> Lookup:
        if self.last_by and self.take:
            raise ValueError("last_by and take both say which row counts; leave one")
        return self


class TableMap(FileFormat):
    """``[tables.NAME]``: where one standard table comes from and how its columns are called there."""

    files: list[str] = []
    """Files below the data folder, as names or patterns: ``["sales-*.csv"]``, ``["region/*/2026-*.xlsx"]``; a folder's
    name stands for all in it. Folders called ``Date=2026-09-01`` are partitions: ``Date`` is then a column like others.
    Default: the files, or the folder, called like the table."""
    table: str | Annotated[list[str], Field(min_length=1)] | None = None
    """Table (or ``schema.table``) of a database, or several that are one: ``["orders_2025", "orders_2026"]``; default:
    the table named like the standard table."""
    sheet: str | list[str] | None = None
    """Sheet of a workbook, or several that are one table: names, or patterns as ``*_2026``. Of several workbooks each
    must have one of them."""
    columns: dict[str, str | Annotated[list[str], Field(min_length=1)]] = {}
    """Standard column = column of the source. Columns already called by the standard name need no line. Where it is
    called otherwise in some of the files: ``["Customer", "Cust No"]``, the first that a file has; ``["Cost", ""]``
    where some files rightly have none."""
    also_called: dict[str, Annotated[list[str], Field(min_length=1)]] = {}
    """Column of the source = what it is called in other files, ``""`` where some rightly have none:
    ``"Qty" = ["Pieces"]``. SQL of the map, and ``fill_down``, then write the first name for all files."""
    derived: dict[str, str] = {}
    """Standard column = SQL expression over the source's columns and ``lookup.column``, and over ``file_name`` (as
    ``north/2026-01.csv`` below the data folder) and ``sheet_name`` where the file has no columns so called."""
    lookups: dict[str, Lookup] = {}
    """Name = another file or table that is joined: its columns are then ``name.column``."""
    where: str | None = None
    """SQL condition: rows that do not meet it are not part of this table (counted as ``filtered``)."""
    fill_down: list[str] = []
    """Columns of the source in which a blank cell means: as above."""
    fill_within: str | None = None
    """Column of the source with the document's number: nothing is filled down from one document into the next."""
    headings: list[Heading] = []
    """Rows that name what the rows below them belong to, the outer kind first."""
    not_totals: list[str] = []
    """Texts that read as totals, and are names of customers or products here: ``Total``."""
    side_by_side: dict[str, Annotated[str, Field(pattern=r"^[^*]*[*][^*]*$")]] = {}
    """Groups of columns side by side, as the items of an order, each of which becomes a row: name of the new column =
    what the columns are called, with ``*`` for what tells the groups apart: ``Qty = "Qty *"``. ``"*"`` alone is that
    itself: ``line_no = "*"``."""
    unpivot: Unpivot | None = None
    """Months that stand side by side as columns."""
    formats: dict[str, ValueFormat] = {}
    """Standard column = how its values are written, where that is not as in the rest of the table."""
    exclude: list[Exclusion] = []
    """Rows that are set aside on purpose, each kind under a rule of its own."""
    repeats_lines: bool = False
    """The source repeats lines rightly: equal rows are then not duplicates."""
    same_number: Literal["first", "last", "all"] | None = None
    """Which of several rows counts that are of one order line (or record) and say different things: the first or the
    last by file and row, or all of them. Unsaid, files that do not overlap all count, and else the run stops."""
    distinct: bool = False
    """The table is gathered from rows that repeat it, as customers from an order file: a row that says the
    same as the record's row before it, by ``valid_from``, is taken once (counted as ``repeated``)."""

    @property
    def multiplies_rows(self) -> bool:
        """Whether a row of the file is several of the table."""
        return bool(self.side_by_side) or self.unpivot is not None

    @property
    def database_tables(self) -> list[str]:
        """The tables of a database that are named."""
        return [self.table] if isinstance(self.table, str) else self.table or []

    def names_of(self, column: str) -> list[str]:
        """Give the names that a mapped standard column has in the source, the first that is there being meant."""
        names = self.columns[column]
        return [names] if isinstance(names, str) else names

    def named_columns(self) -> list[str]:
        """List the columns of the source that the map names outside of SQL."""
        named = [name for column in self.columns for name in self.names_of(column) if name]
        named += [self.fill_within] if self.fill_within else []
        named += [name for first, others in self.also_called.items() for name in (first, *others) if name]
        return [*named, *self.fill_down, *(name for lookup in self.lookups.values() for name in lookup.on)]

    def sql(self) -> list[str]:
        """List the SQL expressions over the source's columns."""
        headings = [sql for each in self.headings for sql in (each.where, each.value)]
        return [*self.derived.values(), self.where or "", *(each.where for each in self.exclude), *headings]
