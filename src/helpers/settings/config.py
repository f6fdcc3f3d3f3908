"""The settings of a workbook: ``workbook.toml``, read into typed, frozen models.

Every path of the project comes from here too, so that notebooks find the sample from any working directory.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from helpers.errors import WorkbookError
from helpers.questions import open_questions
from helpers.settings.analysis import Costs, Experience, Money, Playbook, Service, Trade, Value
from helpers.settings.churn import Churn
from helpers.settings.engine import Engine, Learning, Spark
from helpers.settings.grading import Grades, Levels, Segments
from helpers.settings.periods import CalendarRules, Periods, read_periods
from helpers.settings.report import OWN, Delivery, FrontPage, OwnSignal, Pages, Text
from helpers.settings.source import (
    NO_CURRENCY,
    TABLE_NAMES,
    AmountUnit,
    Customers,
    Section,
    Source,
    TableMap,
    TableName,
)

PROJECT_FOLDER = Path(__file__).resolve().parents[3]
NOTEBOOKS_FOLDER = PROJECT_FOLDER / "notebooks"
SAMPLE_FOLDER = PROJECT_FOLDER / "data" / "sample"

#: Columns of the customers table by which the customer base can be cut.
DIMENSIONS = ("trade_class", "region", "size_class", "industry", "acquisition_source")

#: Languages of the pages, and how a word is called in one of them.
LANGUAGES = ("en", "zh")
_A_LABEL = '"DIY shops" = { zh = "建材店" }'

Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


def cache_folder() -> Path:
    """Where cleaned tables and facts are kept: ``WORKBOOK_CACHE``, else ``data/cache`` in the project.

    Customer data stay inside the project on purpose: a cache in the home folder outlives the clone.
    """
    return Path(os.environ.get("WORKBOOK_CACHE") or PROJECT_FOLDER / "data" / "cache").absolute()


Grouping = Literal["now", "then"]


class Report(Section):
    """``[report]``: what the pages say of themselves."""

    company: str = ""
    """The name at the head of every page."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = NO_CURRENCY
    """ISO 4217; where it is not declared, amounts are printed without a sign."""
    language: Literal["en", "zh"] = "en"
    """In which language pages are written, unless ``--lang`` says otherwise."""
    grouping: Grouping = "now"
    """Where a customer of another class or region than before counts in composition: ``now``, where it is at the month
    end, with all its past, so that groups are compared like for like; ``then``, each month where it was recorded at
    that month's end (``customers.valid_from``)."""
    region_separator: Annotated[str, Field(min_length=1)] | None = None
    """What stands between the levels in a customer's region: ``" / "`` where it is ``East / Shanghai / Pudong``. Page
    01 then shows the first level, and the levels within each; ``book.composition`` takes any (``level``)."""
    amounts_in: AmountUnit | None = None
    """Unit of amounts in tables and their Excel sheets, which stands in the heads: 元, k (thousands), 万元, M
    (millions) or 亿元, of whatever currency. Default: in full, as the caption says."""


class TierRules(Section):
    """``[tiers]``: where A and B end, in percent of a class's cumulative net sales; C is the rest."""

    a_percent: Annotated[float, Field(gt=0, le=100)] = 75
    """A customer is A while those before it bring less than this."""
    b_percent: Percent = 20
    """It is B while they bring less than this on top of it."""
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


class QuarantineLimits(Section):
    """``[quarantine]``: how much may be set aside before a run stops instead."""

    max_share: Share = 0.05
    """Largest share of a table's rows that may break a rule; exclusions the map asks for do not count."""


class Privacy(Section):
    """``[privacy]``: what a scoped report may show of the company."""

    show_company_shares: bool = True
    """Company shares beside a salesperson's own, about how many customers others have, means of others: all rounded.

    Company money, never.
    """


class Settings(Section):
    """The whole of ``workbook.toml``. Every part has a default; an unknown key is an error that names it."""

    report: Report = Report()
    source: Source = Source()
    customers: Customers = Customers()
    tables: dict[TableName, TableMap] = {}
    policy: dict[str, dict[str, Percent]] = {}
    """``[policy.trade_class]``: share of sales, in percent, that company policy wants, by value of a dimension; all of
    them add up to 100: ``distributor = 40``."""
    order: dict[str, list[str]] = {}
    """``[order]``: in which order the values of a dimension are listed, ``region = ["North", "South"]``; others
    follow by sales."""
    labels: dict[str, Text] = {}
    """``[labels]``: what pages call words of the data (classes, regions, channels, roles, categories, causes): a text,
    or one for each language, ``"DIY shops" = { zh = "建材店" }``. Other settings go on naming them as the data do."""
    periods: Periods = Periods()
    calendar: CalendarRules = CalendarRules()
    tiers: TierRules = TierRules()
    quarantine: QuarantineLimits = QuarantineLimits()
    privacy: Privacy = Privacy()
    grades: Grades = Grades()
    levels: Levels = Levels()
    segments: Segments = Segments()
    front_page: FrontPage = FrontPage()
    pages: Pages = Pages()
    signals: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], OwnSignal] = {}
    """``[signals.NAME]``: signals of one's own."""
    playbook: Playbook = Playbook()
    experience: Experience = Experience()
    money: Money = Money()
    costs: Costs = Costs()
    trade: Trade = Trade()
    churn: Churn = Churn()
    learning: Learning = Learning()
    engine: Engine = Engine()
    value: Value = Value()
    service: Service = Service()
    delivery: Delivery = Delivery()
    spark: Spark = Spark()

    def labels_in(self, language: str) -> tuple[tuple[str, str], ...]:
        """Return words of the data and what they are called in a language, those that are called anything in it.

        Signals of one's own are among them, as the churn score names them: with a text of the other language where
        they have none of this one.
        """
        found = []
        for word, text in self.labels.items():
            by_language = (
                {language: text}
                if isinstance(text, str)
                else {str(code): each for code, each in text.items()}
            )
            found += [(word, by_language[language])] if language in by_language else []
        for name, signal in self.signals.items():
            code = (
                dict.fromkeys(LANGUAGES, signal.label)
                if isinstance(signal.label, str)
                else dict(signal.label)
            )
            found.append((f"{OWN}{name}", code.get(language) or next(iter(code.values()))))  # type: ignore[call-overload]
        return tuple(found)

    @field_validator("labels", mode="before")
    @classmethod
    def _labels_are_texts(cls, labels: Any) -> Any:
        for word, text in labels.items() if isinstance(labels, dict) else ():
            texts = text if isinstance(text, dict) else dict.fromkeys(LANGUAGES, text)
            if unknown := [language for language in texts if language not in LANGUAGES]:
                raise ValueError(
                    f"'{word}' has a label for '{unknown[0]}': languages are {', '.join(LANGUAGES)}, and words stand "
                    f"right under [labels], whatever column they are of: {_A_LABEL}"
                )
            if not texts or not all(isinstance(each, str) and each.strip() for each in texts.values()):
                raise ValueError(
                    f"'{word}' is called nothing: write a text, or one for each language, {_A_LABEL}"
                )
        return labels

    @model_validator(mode="after")
    def _january_begins_the_year(self) -> Settings:
        if self.calendar.january_with_february and self.periods.year_starts != 1:
            raise ValueError(
                "calendar.january_with_february compares the year to date at the end of February, which needs a year "
                f"that begins in January; periods.year_starts is {self.periods.year_starts}. Leave one of them out"
            )
        return self

    @model_validator(mode="after")
    def _policy_adds_up(self) -> Settings:
        for dimension, shares in self.policy.items():
            if dimension not in DIMENSIONS:
                raise ValueError(f"policy.{dimension} is not a dimension; use one of {', '.join(DIMENSIONS)}")
            total = sum(shares.values())
            if abs(total - 100) > 0.05:
                raise ValueError(f"policy.{dimension} adds up to {total:g} %, not to 100 %")
        return self


def settings_beside(data: str | Path) -> Path | None:
    """Return the settings file of a data set that names none: ``workbook.toml`` in its folder, where there is one."""
    beside = Path(data) / "workbook.toml"
    return beside if beside.is_file() else None


def load_settings(path: Path | None) -> Settings:
    """Read ``workbook.toml``.

    Parameters
    ----------
    path
        The file; None gives the defaults.

    Raises
    ------
    WorkbookError
        The file is missing, is not TOML, holds a question not answered yet (a value that is "?"), or an unknown key
        or a value out of range; the message names it.
    """
    if path is None:
        return Settings()
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except FileNotFoundError:
        raise WorkbookError(f"The settings file {path} does not exist.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkbookError(f"The settings file {path} is not valid TOML: {error}.") from None
    except OSError as error:
        raise WorkbookError(f"The settings file {path} cannot be read: {error.strerror}.") from None
    questions = open_questions(text)
    if questions:
        listed = "\n".join(f"  {question.sentence}" for question in questions)
        raise WorkbookError(
            f'{path.name} asks what nobody but you can tell: write the answer in the place of each "?".\n{listed}'
        )
    own = raw.get("periods", {})
    if isinstance(own, dict) and isinstance(own.get("table"), str):
        own["named"] = read_periods(path.parent / own["table"])
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
