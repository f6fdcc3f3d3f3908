"""Customer potential: room in its purchases, growth, size and interest, as far as known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import reindex_rows
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.settings.analysis import Trade as TradeSettings
from helpers.settings.grading import Grades as GradeSettings
from helpers.subjects.trade.wallet import estimates

#: Indicators of potential; each has a column ``NAME_score`` and a weight ``NAME_weight``.
INDICATORS = ("room", "growth", "size", "interest")


def potential(
    people: pd.DataFrame,
    sums: pd.DataFrame,
    month: pd.Period,
    settings: GradeSettings,
    trade: TradeSettings,
    wallet: pd.DataFrame | None,
    previous_first: pd.Period,
    first_month: pd.Period,
    year: CompanyYear = CALENDAR_YEAR,
) -> pd.DataFrame:
    """Score each customer's potential from 0 to 1, from its own figures alone.

    Parameters are those of `helpers.subjects.grading.grades.grades`. ``people`` is the fact customers, indexed by
    customer_id in ascending order; ``sums`` are their measures; ``previous_first`` is the first month of the window a
    year earlier.

    - **room**: 1 - share of wallet, where there is evidence of the customer's yearly purchases: the estimate is that of
      `helpers.subjects.trade.wallet`. Sales above it leave no room.
    - **growth**: net sales of the window on those of the window a year earlier; 0.5 for no change, 1 for
      ``growth_full`` and more, 0 for as much of a fall. Known for customers who had bought by the first month
      of the earlier window and bought in it: of anyone newer the earlier window holds only a part.
    - **size**, **interest**: the score that the settings give to the size class and the interest level.

    Potential is the mean of the scores known, weighted; unknown with fewer than ``minimum_indicators``. What is
    not known is left out, never taken for zero. No figure of another customer enters.

    Returns
    -------
    pandas.DataFrame
        By customer_id: the columns of `helpers.subjects.grading.grades.Grades.customers` from wallet_amount to
        potential_known.
    """
    table = pd.DataFrame(index=people.index)
    _add_room(table, sums, month, settings, trade, wallet, year)
    known = (sums["since"] <= previous_first.to_timestamp()) & (first_month <= previous_first)
    _add_growth(table, sums, known, settings.growth_full)
    for name, column, scores in (
        ("size", "size_class", settings.size_scores),
        ("interest", "interest_level", settings.interest_scores),
    ):
        table[column] = people.get(column, pd.Series(np.nan, people.index, dtype="object"))
        table[f"{name}_score"] = _score_of(table[column], scores)
    scores_known = table[[f"{name}_score" for name in INDICATORS]].to_numpy(dtype="float64")
    weights = np.array([getattr(settings, f"{name}_weight") for name in INDICATORS])
    weighed = ~np.isnan(scores_known) & (weights > 0)
    weight = (weighed * weights).sum(axis=1)
    score = np.nansum(scores_known * weights, axis=1) / np.where(weight > 0, weight, np.nan)
    table["potential_known"] = weighed.sum(axis=1)
    table["potential"] = np.where(
        table["potential_known"] >= settings.minimum_indicators, score.round(12), np.nan
    )
    return table


def _score_of(values: pd.Series, scores: Mapping[str, float]) -> pd.Series:
    """Return the score of each value, ignoring case; NaN for values without one."""
    folded = {name.casefold().strip(): score for name, score in scores.items()}
    codes, names = pd.factorize(values)
    found = [folded.get(str(name).casefold().strip(), np.nan) for name in names]
    return pd.Series(
        np.array([*found, np.nan], dtype="float64")[codes], values.index
    )  # -1, the last: missing


def _add_room(
    table: pd.DataFrame,
    sums: pd.DataFrame,
    month: pd.Period,
    settings: GradeSettings,
    trade: TradeSettings,
    wallet: pd.DataFrame | None,
    year: CompanyYear,
) -> None:
    own = sums["year_amount"].fillna(0.0)
    known = pd.DataFrame(columns=["evidence_amount", "best_method"])
    if wallet is not None:
        known = estimates(wallet, month, settings.wallet_methods, settings.wallet_months, trade, year)
    known = reindex_rows(table.index, known)
    table["wallet_amount"] = known["evidence_amount"].astype("float64")
    table["wallet_method"] = known["best_method"]
    table["year_amount"] = own
    room = (table["wallet_amount"] - own).clip(lower=0).round(4)
    table["room_amount"] = room
    # With more returns than purchases the room is capped at all of the wallet.
    table["room_score"] = (room / table["wallet_amount"]).clip(upper=1)


def _add_growth(table: pd.DataFrame, sums: pd.DataFrame, known: pd.Series, growth_full: float) -> None:
    now, before = sums["net_amount"].fillna(0.0), sums["net_amount_previous"].fillna(0.0)
    table["growth"] = (now - before) / before.where(known & (before > 0))
    table["growth_score"] = (0.5 + table["growth"] / (2 * growth_full)).clip(0, 1)
