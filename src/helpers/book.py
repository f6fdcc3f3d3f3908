"""The one door: ``open_book`` gives a notebook or a script everything about one month and scope."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from helpers import config, intake
from helpers.analysis.behaviour import Behaviour, behaviour
from helpers.analysis.bridge import Against, Bridge, bridge
from helpers.analysis.composition import Composition, composition
from helpers.analysis.concentration import Concentration, concentration
from helpers.analysis.dependence import Dependence, dependence
from helpers.analysis.grades import Grades, grades
from helpers.analysis.price_volume_mix import PriceVolumeMix, price_volume_mix
from helpers.analysis.tiers import Measure, Tiers, tiers
from helpers.config import Settings
from helpers.errors import WorkbookError
from helpers.facts import Facts, last_complete_month
from helpers.facts.store import FactName
from helpers.intake.tables import StandardTables
from helpers.scope import COMPANY, Scope
from helpers.views.numbers import Numbers, numbers
from helpers.views.words import words

Data = str | Path | Sequence[str | Path] | None


@dataclass(frozen=True)
class Book:
    """Everything about one month and scope.

    Attributes
    ----------
    month
        The report's month; nothing dated later is in any figure.
    scope
        Whose customers: the company, a team or a salesperson.
    settings, tables, facts
        What the figures rest on.
    numbers
        How figures and words are written: the report's language and currency.
    """

    month: pd.Period
    scope: Scope
    settings: Settings
    tables: StandardTables
    facts: Facts = field(repr=False)
    numbers: Numbers = field(repr=False)
    _frames: dict[tuple[FactName, Scope], pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def title(self) -> str:
        """Of whom the report is: the company's name, or the team's or salesperson's."""
        return self.scope.name or self.settings.report.company or self.numbers.words("The company")

    def frame(self, fact: FactName) -> pd.DataFrame:
        """Return a fact for this scope; see `helpers.facts.Facts.frame`."""
        return self._frame(fact, self.scope)

    def _frame(self, fact: FactName, scope: Scope) -> pd.DataFrame:
        """Ask the engine once for each fact and scope; pandas copies what a caller writes to, and nothing else."""
        if (fact, scope) not in self._frames:
            self._frames[fact, scope] = self.facts.frame(fact, scope)
        return self._frames[fact, scope].copy(deep=False)

    @property
    def dimensions(self) -> list[str]:
        """The dimensions by which these customers can be cut: those that the data supply."""
        return [name for name in config.DIMENSIONS if self.tables.has("customers", name)]

    @property
    def main_dimension(self) -> str:
        """Trade class; where the data do not supply it, the first dimension that they do."""
        return next(iter(self.dimensions), "trade_class")

    def composition(self, by: str | None = None) -> Composition:
        """Return who the customers are, by one dimension (the main one); see `helpers.analysis.composition`."""
        by = by or self.main_dimension
        company_shares = None
        if self.scope != COMPANY and self.settings.privacy.show_company_shares:
            company_shares = self._composition(by, COMPANY, None).company_shares()
        return self._composition(by, self.scope, company_shares)

    def _composition(self, by: str, scope: Scope, company_shares: pd.DataFrame | None) -> Composition:
        periods = self.settings.periods
        return composition(
            self._frame("customers", scope),
            self._frame("customer_months", scope),
            self.month,
            by,
            periods.window_months,
            policy=self.settings.policy.get(by),
            order=self.settings.order.get(by),
            unassigned=self._frame("unassigned_months", scope),
            targets=self._frame("targets", scope),
            plan_scope=(scope.kind, scope.id or None),
            history_months=periods.history_months,
            first_month=self.facts.coverage.months[0],
            company_shares=company_shares,
        )

    def bridge(self, by: str | None = None, against: Against = "last_year") -> Bridge:
        """Return what the change of sales came from; see `helpers.analysis.bridge`."""
        by, periods = by or self.main_dimension, self.settings.periods
        return bridge(
            self.frame("customers"),
            self.frame("customer_months"),
            self.month,
            by,
            periods.window_months,
            periods.lapse_months,
            against,
            unassigned=self.frame("unassigned_months"),
            order=self.settings.order.get(by),
            first_month=self.facts.coverage.months[0],
        )

    def grades(self) -> Grades:
        """Return value grades and purchase levels; see `helpers.analysis.grades`."""
        facts = self.facts
        return grades(
            facts.frame("customers"),
            facts.frame("customer_months"),
            self.month,
            self.settings.periods.window_months,
            self.settings.grades,
            self.settings.levels,
            facts.frame("wallet_estimates") if self.tables.has("wallet_evidence") else None,
            first_month=facts.coverage.months[0],
            keep=self._own_ids(),
        )

    def behaviour(self) -> Behaviour:
        """Return behaviour classes; see `helpers.analysis.behaviour`."""
        facts = self.facts
        return behaviour(
            facts.frame("customers"),
            facts.frame("customer_summary"),
            facts.frame("customer_months"),
            self.month,
            self.settings.periods.window_months,
            self.settings.segments,
            facts.frame("complaint_counts") if self.tables.has("complaints") else None,
            first_month=facts.coverage.months[0],
            keep=self._own_ids(),
        )

    def _own_ids(self) -> set[str] | None:
        """The customers of the scope; None for the company."""
        return None if self.scope == COMPANY else set(self.frame("customers")["customer_id"])

    def price_volume_mix(self, against: Against = "last_year") -> PriceVolumeMix:
        """Return how much of the change is price, volume and mix; see `helpers.analysis.price_volume_mix`."""
        return price_volume_mix(
            self.frame("class_product_months"),
            self.month,
            self.settings.periods.window_months,
            against,
            order=self.settings.order.get("trade_class"),
            first_month=self.facts.coverage.months[0],
        )

    @property
    def has_costs(self) -> bool:
        """Whether any line of these customers has a cost, so that margins are known."""
        return bool(self.frame("customer_months")["cost_amount"].notna().any())

    def tiers(
        self,
        by: str | None = "trade_class",
        measure: Measure = "net_amount",
        cutoffs: tuple[float, float] | None = None,
        only: Mapping[str, str | None] | None = None,
        history_months: int | None = None,
    ) -> Tiers:
        """Return the ABC tiers; see `helpers.analysis.tiers`.

        Parameters
        ----------
        by
            The dimension within which customers are ranked; None ranks all of this scope together.
        measure, cutoffs, history_months
            As in `helpers.analysis.tiers.tiers`; cut-offs and history are the settings' unless given.
        only
            Column of the fact ``customers`` = value: the others stand aside, and the ranks are among those who
            are left. None as value chooses nothing.
        """
        customers, months = self.frame("customers"), self.frame("customer_months")
        for column, value in (only or {}).items():
            customers = customers if value is None else customers[customers[column] == value]
        if len(customers) < len(self.frame("customers")):
            months = months[months["customer_id"].isin(customers["customer_id"])]
        rules = self.settings.tiers
        return tiers(
            customers,
            months,
            self.month,
            by,
            self.settings.periods.window_months,
            cutoffs or rules.cutoffs,
            measure,
            history_months or rules.history_months,
            rules.near_points,
            order=self.settings.order.get(by) if by else None,
            first_month=self.facts.coverage.months[0],
        )

    def concentration(self) -> Concentration:
        """Return how much hangs on how few customers; see `helpers.analysis.concentration`."""
        periods = self.settings.periods
        return concentration(
            self.frame("customer_months"),
            self.month,
            periods.window_months,
            periods.history_months,
            self.facts.coverage.months[0],
        )

    def dependence(self, by: str = "trade_class") -> Dependence:
        """Return what losing the largest customers would mean; see `helpers.analysis.dependence`."""
        return dependence(
            self.frame("customers"),
            self.frame("customer_months"),
            self.month,
            by,
            self.settings.periods.window_months,
            order=self.settings.order.get(by),
        )


def open_book(
    data: Data = None,
    month: str | pd.Period | None = None,
    scope: str = "company",
    map: str | Path | None = None,
    language: str | None = None,
) -> Book:
    """Open the workbook on a data set, as of a month, for one scope.

    Parameters
    ----------
    data
        Folder, list of files, DuckDB file or database URL; None or "" is the sample.
    month
        ``YYYY-MM``; None or "" is the last complete month of the data.
    scope
        ``company``, ``team:NAME`` or ``salesperson:ID``.
    map
        Settings file; None or "" takes ``workbook.toml`` from the data folder where there is one.
    language
        ``en`` or ``zh``; None or "" is the settings' language.

    Raises
    ------
    WorkbookError
        Data, settings, month or scope are not usable; the message says what, where and the way out.

    Examples
    --------
    >>> book = open_book(month="2026-10")
    >>> book.composition(by="trade_class").groups  # doctest: +SKIP
    """
    if language:
        words(language)  # before the data are read: they may take long
    tables, settings = read_data(data, map)
    period = parse_month(month) if month else last_complete_month(tables)
    facts = Facts(tables, period, settings, config.cache_folder())
    return Book(
        month=period,
        scope=facts.scope(scope),
        settings=settings,
        tables=tables,
        facts=facts,
        numbers=numbers(language or settings.report.language, settings.report.currency),
    )


def read_data(data: Data, map: str | Path | None = None) -> tuple[StandardTables, Settings]:
    """Read the standard tables of a data set (or take them from the cache), with the settings that go with it.

    Parameters and errors are those of `open_book`.
    """
    source = data or config.SAMPLE_FOLDER
    map_path = Path(map) if map else None
    if (
        map_path is None
        and isinstance(source, (str, Path))
        and (beside := Path(source) / "workbook.toml").is_file()
    ):
        map_path = beside
    settings = config.load_settings(map_path)
    return intake.read_tables(source, settings, config.cache_folder()), settings


def parse_month(text: str | pd.Period) -> pd.Period:
    """Read ``YYYY-MM``; anything else is an error, never a guess."""
    if isinstance(text, pd.Period):
        return text
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text.strip()):
        raise WorkbookError(
            f"The month '{text}' is not understood. Write it as YYYY-MM, for example 2026-10."
        )
    return pd.Period(text.strip(), freq="M")
