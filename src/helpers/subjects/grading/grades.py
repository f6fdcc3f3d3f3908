"""Value grades and purchase levels: each customer's contribution and potential."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import rounded_percent, shares, to_units, total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import reindex_rows
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, trailing, trailing_year, up_to_month
from helpers.engine.months.windows import Window
from helpers.errors import WorkbookError
from helpers.settings.analysis import Trade as TradeSettings
from helpers.settings.grading import GRADE_NAMES, LEVEL_NAMES, GradeRule
from helpers.settings.grading import Grades as GradeSettings
from helpers.settings.grading import Levels as LevelSettings
from helpers.subjects.grading import rules as ordered
from helpers.subjects.grading.potential import INDICATORS, potential

#: Columns that would disclose company figures to a scope.
_OF_THE_COMPANY = ["share", "rank", "cumulative_share_before", "class_cumulative_share_before"]


@dataclass(frozen=True)
class Grades(Answer):
    """Value grades and purchase levels as of a month.

    Attributes
    ----------
    month, window_months, measure
        The report's month, the length of the trailing window that ends with it, and what contribution is
        measured by (``net_amount`` or ``margin_amount``).
    rules, otherwise
        The rules of the grades in order, and the grade of whom none fits.
    customers
        One row per known customer, in order of grade, then contribution (largest first), then customer_id. Scores
        are from 0 to 1. NaN means unknown, never zero.

        - customer_id, name, group (trade class);
        - contribution in the window: amount, share (of all positive amounts of named customers), rank,
          cumulative_share_before and class_cumulative_share_before (share of those ranked before the customer,
          in the company and in its class); NaN without a positive amount;
        - potential: wallet_amount, wallet_method (the estimate of its yearly purchases from everyone, and the best
          kind of evidence for it), year_amount (its net sales with us in twelve months), room_amount (wallet - own, at
          least 0), room_score (room / wallet), growth (on the previous year, a fraction), growth_score, size_class,
          size_score, interest_level, interest_score, potential (weighted mean of the scores that are known),
          potential_known (how many are known, 0 to 4);
        - grade, rule (name; NaN if no rule fitted), rule_number (place in ``rules``, -1 where none fitted);
        - lifetime_amount (net sales since the data begin), purchase_days (in the same time), level.
    grades
        grade, customers, amount, share, share_percent (shown to 0.1, adding to 100.0), customers_percent,
        potential (mean of the known), potential_known (customers who have one); one row per grade, in the order
        strategic, important, potential, general.
    levels
        level, from_amount (purchases from which it begins; NaN if it has no lower bound, where too few customers bought
        for it, and for a scope where the bounds come from the company's data), customers, customers_percent,
        lifetime_amount, share, share_percent.
    evidence
        indicator (room, growth, size, interest), weight, customers (of whom it is known), of_customers.
    first_month
        Where the data, and so lifetime purchases, begin.
    """

    month: pd.Period
    window_months: int
    measure: str
    rules: tuple[GradeRule, ...]
    otherwise: str
    customers: pd.DataFrame
    grades: pd.DataFrame
    levels: pd.DataFrame
    evidence: pd.DataFrame
    first_month: pd.Period

    @property
    def by_margin(self) -> bool:
        """Whether amounts are margins; else they are net sales."""
        return self.measure == "margin_amount"

    def of(self, grade: str) -> pd.DataFrame:
        """Return the customers of a grade, largest contribution first."""
        return self.customers[self.customers["grade"] == grade].reset_index(drop=True)


def required_measures(
    month: pd.Period, window_months: int, measure: str, until: dt.date | None = None
) -> dict[str, Window]:
    """Return the measures of each customer that `grades` needs; ``until``: the day reached in course."""
    window, ever = trailing(month, window_months), up_to_month(month)
    costs = {} if measure == "net_amount" else {"cost_amount": Window("cost_amount", ever)}
    return costs | {
        "amount": Window(measure, window),
        "net_amount": Window("net_amount", window),
        "net_amount_previous": Window("net_amount", window.year_back(), until=until),
        "year_amount": Window("net_amount", trailing_year(month)),
        "since": Window("net_amount", ever, "first"),
        "lifetime_amount": Window("net_amount", ever),
        "purchase_days": Window("purchase_days", ever),
    }


def grades(
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    window_months: int = 12,
    settings: GradeSettings | None = None,
    level_settings: LevelSettings | None = None,
    trade: TradeSettings | None = None,
    wallet: pd.DataFrame | None = None,
    keep: Collection[str] | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> Grades:
    """Grade every known customer by contribution and potential, and by lifetime purchases.

    Contribution is the amount in the trailing window; customers are ranked by it, equal ones by customer_id.
    Potential is described in `helpers.subjects.grading.potential.potential`. The first rule that fits decides; a
    condition on something unknown is never met.

    Levels: ``not_bought`` with order lines and ``enquiry`` with none, without a purchase occasion; else by net sales
    since the data begin. Where the settings name no amounts, diamond begins at the purchases of the customer who is at
    ``diamond_share`` of all buyers with positive purchases (rounded down: with fewer than 20 buyers nobody is in the
    top 5 %), and so on; who has the same purchases has the same level.

    Parameters
    ----------
    customers
        The fact of this name, of the whole company: grades mean the same in every scope.
    by_customer
        customer_id and the columns of `required_measures`, of the whole company too.
    month, first_month, window_months
        As for `helpers.subjects.composition.composition.composition`.
    settings, level_settings
        ``[grades]`` and ``[levels]``; None takes the defaults.
    trade
        ``[trade]``, for how far evidence is off; None takes the defaults.
    wallet
        The fact wallet_estimates; None if there is no such evidence.
    keep
        Customers of the result; the others count for ranks and bounds and are then left out, with every column
        from which their money could be worked out. None keeps all.

    Raises
    ------
    WorkbookError
        Contribution is to be measured by margin and no line has a cost.
    """
    settings, level_settings = settings or GradeSettings(), level_settings or LevelSettings()
    people = customers.set_index("customer_id").sort_index()
    table, sums = _base(people), reindex_rows(people.index, by_customer.set_index("customer_id"))
    table["amount"] = _contribution(sums, settings.measure)
    _add_ranks(table)
    previous = trailing(month, window_months).year_back().first
    graded = potential(
        people, sums, month, settings, trade or TradeSettings(), wallet, previous, first_month, year
    )
    table = table.join(graded)
    table["has_lines"] = sums["lifetime_amount"].notna()
    table["lifetime_amount"] = sums["lifetime_amount"].fillna(0.0)
    table["purchase_days"] = sums["purchase_days"].fillna(0).astype("int64")
    decided = ordered.first_match(table, settings.rules, settings.otherwise)
    table = table.join(decided.rename(columns={"outcome": "grade"}))
    bounds = level_settings.amounts or _bounds(table, level_settings)
    table["level"] = _levels(table, bounds)
    if keep is not None:
        table = table[table.index.isin(list(keep))].copy()
        table[_OF_THE_COMPANY] = np.nan
        bounds = level_settings.amounts or (np.nan, np.nan, np.nan)
    # They are in the order of ids, by which equal ones are distinguished.
    place = pd.Categorical(table["grade"], GRADE_NAMES).codes
    table = table.take(np.lexsort((-table["amount"].to_numpy(), place)))
    return Grades(
        month=month,
        window_months=window_months,
        measure=settings.measure,
        rules=settings.rules,
        otherwise=settings.otherwise,
        customers=table.reset_index()[CUSTOMER_COLUMNS],
        grades=_by_grade(table),
        levels=_by_level(table, bounds),
        evidence=_evidence(table, settings),
        first_month=first_month,
    )


CUSTOMER_COLUMNS = [
    "customer_id", "name", "group", "amount", "share", "rank", "cumulative_share_before",
    "class_cumulative_share_before", "wallet_amount", "wallet_method", "year_amount",
    "room_amount", "room_score", "growth", "growth_score", "size_class", "size_score", "interest_level",
    "interest_score", "potential", "potential_known", "grade", "rule", "rule_number", "lifetime_amount",
    "purchase_days", "level",
]  # fmt: skip


def _base(people: pd.DataFrame) -> pd.DataFrame:
    """Return name and class of every known customer, by customer_id in ascending order."""
    missing = pd.Series(np.nan, index=people.index, dtype="object")
    return pd.DataFrame(
        {"name": people.get("name", missing), "group": people.get("trade_class", missing)}, index=people.index
    )


def _contribution(sums: pd.DataFrame, measure: str) -> pd.Series:
    """Return net sales (0 without any) or margin (NaN without a cost) in the window."""
    if measure == "net_amount":
        return sums["amount"].fillna(0.0)
    if sums["cost_amount"].isna().all():
        raise WorkbookError(
            "Grades by margin (grades.measure) need the column cost_amount of order_lines, which is not supplied."
        )
    return sums["amount"]


def _add_ranks(table: pd.DataFrame) -> None:
    """Add rank and cumulative shares; customers without a positive amount have no rank."""
    amounts = table["amount"].to_numpy()
    with_sales = np.flatnonzero(amounts > 0)
    with_sales = with_sales[
        np.argsort(-amounts[with_sales], kind="stable")
    ]  # equal amounts stay in the order of ids
    units, classes = to_units(amounts[with_sales]), pd.factorize(table["group"])[0][with_sales]
    before = units.cumsum() - units
    by_class = pd.Series(units).groupby(classes, sort=False)
    has_class = classes >= 0
    ranked = {
        "share": shares(amounts[with_sales]),
        "rank": np.arange(1.0, len(with_sales) + 1),
        "cumulative_share_before": before / units.sum(),
        "class_cumulative_share_before": np.where(
            has_class, (by_class.cumsum() - units) / by_class.transform("sum"), np.nan
        ),
    }
    for column in _OF_THE_COMPANY:
        values = np.full(len(table), np.nan)
        values[with_sales] = ranked[column]
        table[column] = values


def _bounds(table: pd.DataFrame, settings: LevelSettings) -> tuple[float, float, float]:
    """Return the purchases of the customer at each share of the buyers; NaN if there are too few."""
    amounts = table.loc[(table["purchase_days"] > 0) & (table["lifetime_amount"] > 0), "lifetime_amount"]
    falling = np.sort(amounts.to_numpy())[::-1]

    def at(share: float) -> float:
        # A share such as .29 of 100 must be 29 customers although .29 * 100 is a little less.
        place = int(np.floor(round(share * len(falling), 9)))
        return float(falling[place - 1]) if place else np.nan

    return at(settings.diamond_share), at(settings.platinum_share), at(settings.gold_share)


def _levels(table: pd.DataFrame, bounds: tuple[float, float, float]) -> np.ndarray:
    lifetime = table["lifetime_amount"]
    nothing = table["purchase_days"] == 0
    conditions = [nothing & table["has_lines"], nothing, *(lifetime >= bound for bound in bounds)]
    names = ["not_bought", "enquiry", *LEVEL_NAMES[:3]]
    return np.select(conditions, names, default="ordinary").astype("object")


def _by_grade(table: pd.DataFrame) -> pd.DataFrame:
    summary = _summary(table, "grade", GRADE_NAMES, "amount")
    by_grade = table.groupby("grade")["potential"]
    summary["potential"] = by_grade.mean().reindex(GRADE_NAMES).to_numpy()
    summary["potential_known"] = by_grade.count().reindex(GRADE_NAMES, fill_value=0).to_numpy()
    return summary


def _by_level(table: pd.DataFrame, bounds: tuple[float, float, float]) -> pd.DataFrame:
    summary = _summary(table, "level", LEVEL_NAMES, "lifetime_amount")
    summary.insert(1, "from_amount", np.array([*bounds, *[np.nan] * (len(LEVEL_NAMES) - 3)], dtype="float64"))
    return summary


def _summary(table: pd.DataFrame, by: str, names: tuple[str, ...], amount: str) -> pd.DataFrame:
    counts = table[by].value_counts().reindex(names, fill_value=0).to_numpy()
    sums = [total(table.loc[table[by] == name, amount]) for name in names]
    return pd.DataFrame(
        {
            by: pd.array(names, dtype="str"),
            "customers": counts,
            "customers_percent": rounded_percent(counts),
            amount: sums,
            "share": shares(sums),
            "share_percent": rounded_percent(sums),
        }
    )


def _evidence(table: pd.DataFrame, settings: GradeSettings) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": list(INDICATORS),
            "weight": [getattr(settings, f"{name}_weight") for name in INDICATORS],
            "customers": [int(table[f"{name}_score"].notna().sum()) for name in INDICATORS],
            "of_customers": len(table),
        }
    )
