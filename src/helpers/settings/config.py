"""The settings of a workbook: ``workbook.toml``, read into typed, frozen models.

Every path of the project comes from here too, so that notebooks find the sample from any working directory.
"""

from __future__ import annotations

import os
import tomllib
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers.errors import WorkbookError
from helpers.settings.churn import Churn
from helpers.settings.engine import Engine, Learning
from helpers.settings.front_page import FrontPage
from helpers.settings.grading import Grades, Levels, Segments
from helpers.settings.playbook import Experience, Playbook
from helpers.settings.receivables import Money
from helpers.settings.service import Service
from helpers.settings.spark import Spark
from helpers.settings.trade import Trade
from helpers.settings.value import Value

PROJECT_FOLDER = Path(__file__).resolve().parents[3]
NOTEBOOKS_FOLDER = PROJECT_FOLDER / "notebooks"
SAMPLE_FOLDER = PROJECT_FOLDER / "data" / "sample"

#: Columns of the customers table by which the customer base can be cut.
DIMENSIONS = ("trade_class", "region", "size_class", "industry", "acquisition_source")

TableName = Literal[
    "order_lines", "customers", "products", "salespeople", "targets", "invoices", "payments",
    "interactions", "complaints", "surveys", "wallet_evidence", "prospects",
]  # fmt: skip
TABLE_NAMES: tuple[TableName, ...] = TableName.__args__  # type: ignore[attr-defined]

#: Ways in which numbers are written beside ``-1234.50``; each is read only where it is declared.
#: blank: 1 234.50; apostrophe: 1'234.50; lakh: 1,50,000.00; parentheses: (5) is -5; minus_behind: 5-; minus_sign: the
#: minus, or a dash, of printing; full_width: １２; percent: 5 % is 0.05; wan: 1.2万 is 12000; unit: a word behind
#: (12 Nos); credit_minus: 5 Cr is -5 and 5 Dr is 5; debit_minus: the other way round.
Notation = Literal[
    "blank", "apostrophe", "lakh", "parentheses", "minus_behind", "minus_sign", "full_width", "percent", "wan", "unit",
    "credit_minus", "debit_minus",
]  # fmt: skip

Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


def cache_folder() -> Path:
    """Where cleaned tables and facts are kept: ``WORKBOOK_CACHE``, else ``data/cache`` in the project.

    Customer data stay inside the project on purpose: a cache in the home folder outlives the clone.
    """
    return Path(os.environ.get("WORKBOOK_CACHE") or PROJECT_FOLDER / "data" / "cache").absolute()


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ValueFormat(_Section):
    """How values are written; what is declared is read so, and nothing else: no value is guessed at."""

    decimal: Literal[".", ","] | None = None
    """What stands before the decimals; the other of the two then parts thousands."""
    numbers: list[Notation] | None = None
    """Other ways in which numbers are written: see :data:`Notation`."""
    currency_marks: dict[str, Annotated[str, Field(pattern=r"^[A-Z]{3}$")]] | None = None
    """Marks beside amounts and their currency: ``"$" = "USD"``. A line's mark is its currency."""
    date_format: str | list[str] | None = None
    """As in strptime (``%d/%m/%Y``), or ``serial`` for a spreadsheet's day number (46086 is 2026-03-05); of several,
    the first that a date fits. A format without a day gives the last day of its month. Default ISO 8601."""
    calendar: Literal["buddhist", "republic"] | None = None
    """Years are counted so: 2569 of Thailand and 115 of Taiwan are 2026."""
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
        forms = [form for form in self.date_formats if form != "serial"]
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


class Source(FileFormat):
    """``[source]``: what holds for all tables."""

    engine: Literal["duckdb", "spark"] = "duckdb"
    """What reads, cleans and adds up: the embedded DuckDB, or Spark (see ``[spark]``)."""
    currency_rates: dict[str, Annotated[float, Field(gt=0)]] = {}
    """Units of the report's currency for one unit of the other: ``CAD = 0.75`` in a USD report."""


class Exclusion(_Section):
    """Rows set aside on purpose: they go to quarantine under ``rule`` with the sentence ``because``."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    where: str
    """SQL condition over the source's columns (and lookups)."""
    because: str


class Lookup(_Section):
    """Another file or table whose columns are joined to the rows, at most one match a row."""

    files: list[str] = []
    table: str | None = None
    sheet: str | None = None
    on: dict[str, str]
    """Source column (or ``lookup.column`` of an earlier lookup) = the lookup's key column."""
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
    """File names or patterns below the data folder; default: the files named like the table."""
    table: str | None = None
    """Table (or ``schema.table``) of a database; default: the table named like the standard table."""
    sheet: str | list[str] | None = None
    """Sheet of a workbook, or several that are one table: names, or patterns as ``*_2026``."""
    columns: dict[str, str] = {}
    """Standard column = column of the source. Columns already called by the standard name need no line."""
    derived: dict[str, str] = {}
    """Standard column = SQL expression over the source's columns and ``lookup.column``."""
    lookups: dict[str, Lookup] = {}
    where: str | None = None
    """SQL condition: rows that do not meet it are not part of this table (counted as ``filtered``)."""
    fill_down: list[str] = []
    """Columns of the source in which a blank cell means: as above."""
    formats: dict[str, ValueFormat] = {}
    """Standard column = how its values are written, where that is not as in the rest of the table."""
    exclude: list[Exclusion] = []
    repeats_lines: bool = False
    """The source repeats lines rightly: equal rows are then not duplicates."""
    distinct: bool = False
    """The table is gathered from rows that repeat it, as customers from an order file: a row that says the
    same as the record's row before it, by ``valid_from``, is taken once (counted as ``repeated``)."""


class Report(_Section):
    """``[report]``: what the pages say of themselves."""

    company: str = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    language: Literal["en", "zh"] = "en"


class Periods(_Section):
    """``[periods]``: windows in months that end with the report's month."""

    window_months: Annotated[int, Field(ge=1, le=60)] = 12
    lapse_months: Annotated[int, Field(ge=1, le=60)] = 12
    """A customer who buys again after at least this long without buying counts as reactivated."""
    history_months: Annotated[int, Field(ge=2, le=120)] = 24


class TierRules(_Section):
    """``[tiers]``: where A and B end, in percent of a class's cumulative net sales; C is the rest."""

    a_percent: Annotated[float, Field(gt=0, le=100)] = 75
    b_percent: Percent = 20
    near_points: Annotated[float, Field(ge=0, le=50)] = 2
    """How near a line counts as near it, in percentage points of cumulative net sales."""
    history_months: Annotated[int, Field(ge=2, le=60)] = 12
    """Month ends over which the stability of the tiers is measured."""

    @property
    def cutoffs(self) -> tuple[float, float]:
        """Cumulative shares at which A and B end."""
        return self.a_percent / 100, (self.a_percent + self.b_percent) / 100

    @model_validator(mode="after")
    def _leaves_room_for_c(self) -> TierRules:
        if self.a_percent + self.b_percent > 100:
            both = self.a_percent + self.b_percent
            raise ValueError(f"a_percent and b_percent add up to {both:g}, over 100")
        return self


class QuarantineLimits(_Section):
    """``[quarantine]``: how much may be set aside before a run stops instead."""

    max_share: Share = 0.05
    """Largest share of a table's rows that may break a rule; exclusions the map asks for do not count."""


class Privacy(_Section):
    """``[privacy]``: what a scoped report may show of the company."""

    show_company_shares: bool = True
    """Company shares (never company money) beside a salesperson's own."""


class Settings(_Section):
    """The whole of ``workbook.toml``. Every part has a default; an unknown key is an error that names it."""

    report: Report = Report()
    source: Source = Source()
    tables: dict[TableName, TableMap] = {}
    policy: dict[str, dict[str, Percent]] = {}
    """``[policy.trade_class]``: share of sales, in percent, that company policy wants, by dimension value."""
    order: dict[str, list[str]] = {}
    """``[order]``: in which order the values of a dimension are listed; others follow by sales."""
    periods: Periods = Periods()
    tiers: TierRules = TierRules()
    quarantine: QuarantineLimits = QuarantineLimits()
    privacy: Privacy = Privacy()
    grades: Grades = Grades()
    levels: Levels = Levels()
    segments: Segments = Segments()
    front_page: FrontPage = FrontPage()
    playbook: Playbook = Playbook()
    experience: Experience = Experience()
    money: Money = Money()
    trade: Trade = Trade()
    churn: Churn = Churn()
    learning: Learning = Learning()
    engine: Engine = Engine()
    value: Value = Value()
    service: Service = Service()
    spark: Spark = Spark()

    @model_validator(mode="after")
    def _policy_adds_up(self) -> Settings:
        for dimension, shares in self.policy.items():
            if dimension not in DIMENSIONS:
                raise ValueError(f"policy.{dimension} is not a dimension; use one of {', '.join(DIMENSIONS)}")
            total = sum(shares.values())
            if abs(total - 100) > 0.05:
                raise ValueError(f"policy.{dimension} adds up to {total:g} %, not to 100 %")
        return self


def load_settings(path: Path | None) -> Settings:
    """Read ``workbook.toml``.

    Parameters
    ----------
    path
        The file; None gives the defaults.

    Raises
    ------
    WorkbookError
        The file is missing, is not TOML, or holds an unknown key or a value out of range; the message names
        it.
    """
    if path is None:
        return Settings()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise WorkbookError(f"The settings file {path} does not exist.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkbookError(f"The settings file {path} is not valid TOML: {error}.") from None
    except OSError as error:
        raise WorkbookError(f"The settings file {path} cannot be read: {error.strerror}.") from None
    return parse_settings(raw, path.name)


def parse_settings(raw: dict[str, Any], name: str) -> Settings:
    """Validate settings already read from TOML; ``name`` is how errors call their source."""
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        problems = "; ".join(_explain(problem) for problem in error.errors())
        raise WorkbookError(f"{name}: {problems}") from None


def _explain(problem: Any) -> str:
    """Say one pydantic problem in the words of a TOML author."""
    place = ".".join(str(part) for part in problem["loc"]) or "the file"
    if problem["type"] == "extra_forbidden":
        return f"unknown key '{place}'"
    if problem["loc"] and problem["loc"][-1] == "[key]":
        return f"unknown table '{place.removesuffix('.[key]')}'; tables are {', '.join(TABLE_NAMES)}"
    return f"'{place}': {problem['msg'].removeprefix('Value error, ')}"
