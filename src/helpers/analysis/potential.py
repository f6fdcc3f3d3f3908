"""How much more a customer could buy: room in its purchases, growth, size and interest, as far as known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.analysis.lookup import by_key
from helpers.analysis.money import sum_by
from helpers.analysis.periods import trailing
from helpers.grading_settings import Grades as GradeSettings

#: The indicators of potential; each has a column ``NAME_score`` and a weight ``NAME_weight``.
INDICATORS = ("room", "growth", "size", "interest")


def potential(
    customers: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    settings: GradeSettings,
    wallet: pd.DataFrame | None,
    first_month: pd.Period,
) -> pd.DataFrame:
    """Score each customer's potential from 0 to 1, from what is known of it alone.

    - **room**: 1 - share of wallet, where there is an estimate of the customer's yearly purchases no older than
      ``wallet_months``: of several the best method counts (``wallet_methods``), and of one method the latest.
      Sales above the estimate leave no room.
    - **growth**: net sales of the window on those of the window a year earlier; 0.5 for no change, 1 for
      ``growth_full`` and more, 0 for as much of a fall. Known for customers who had bought by the first month
      of the earlier window and bought in it: of anyone newer the earlier window holds only a part.
    - **size**, **interest**: the score that the settings give to the size class and the interest level.

    Potential is the mean of the scores known, weighted; unknown with fewer than ``minimum_indicators``. What is
    not known is left out, never taken for zero. No figure of another customer enters.

    Returns
    -------
    pandas.DataFrame
        By customer_id: the columns of `helpers.analysis.grades.Grades.customers` from wallet_amount to
        potential_known.
    """
    table = pd.DataFrame(index=customers.set_index("customer_id").sort_index().index)
    _add_room(table, customer_months, month, settings, wallet)
    _add_growth(table, customer_months, month, window_months, settings.growth_full, first_month)
    for name, column, scores in (
        ("size", "size_class", settings.size_scores),
        ("interest", "interest_level", settings.interest_scores),
    ):
        values = customers.set_index("customer_id").get(column, pd.Series(dtype="object"))
        table[column] = values.reindex(table.index)
        table[f"{name}_score"] = _looked_up(table[column], scores)
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


def _looked_up(values: pd.Series, scores: Mapping[str, float]) -> pd.Series:
    """The score of each value, whatever its capitals; NaN for values without one."""
    folded = {name.casefold().strip(): score for name, score in scores.items()}
    return (
        values.astype("object").map(lambda value: folded.get(str(value).casefold().strip())).astype("float64")
    )


def _add_room(
    table: pd.DataFrame,
    months: pd.DataFrame,
    month: pd.Period,
    settings: GradeSettings,
    wallet: pd.DataFrame | None,
) -> None:
    year = months.loc[trailing(month, 12).holds(months["month"]), ["customer_id", "net_amount"]]
    own = sum_by(year, "customer_id", ["net_amount"])["net_amount"].reindex(table.index, fill_value=0.0)
    best = _best_estimates(wallet, month, settings).reindex(table.index)
    table["wallet_amount"] = best["annual_purchases"].astype("float64")
    table["wallet_method"] = best["method"]
    table["wallet_as_of"] = pd.to_datetime(best["as_of"])
    table["year_amount"] = own
    room = (table["wallet_amount"] - own).clip(lower=0).round(4)
    table["room_amount"] = room
    # Who returned more than it bought has all of its purchases left to win, not more than all.
    table["room_score"] = (room / table["wallet_amount"]).clip(upper=1)


def _best_estimates(wallet: pd.DataFrame | None, month: pd.Period, settings: GradeSettings) -> pd.DataFrame:
    columns = ["customer_id", "method", "as_of", "annual_purchases"]
    if wallet is None:
        return pd.DataFrame(columns=columns).set_index("customer_id")
    order = {method: place for place, method in enumerate(settings.wallet_methods)}
    oldest = (month - (settings.wallet_months - 1)).to_timestamp()
    usable = wallet[
        wallet["method"].isin(list(order))
        & (wallet["as_of"] >= oldest)
        & (wallet["as_of"] <= month.to_timestamp(how="end"))
        & (wallet["annual_purchases"] > 0)
    ]
    usable = usable.assign(place=usable["method"].map(order))
    usable = usable.sort_values(
        ["customer_id", "place", "as_of"], ascending=[True, True, False], kind="stable"
    )
    return usable.drop_duplicates("customer_id")[columns].set_index("customer_id")


def _add_growth(
    table: pd.DataFrame,
    months: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    growth_full: float,
    first_month: pd.Period,
) -> None:
    window = trailing(month, window_months)
    previous = window.back(12)
    sums = {
        name: sum_by(
            months.loc[span.holds(months["month"]), ["customer_id", "net_amount"]],
            "customer_id",
            ["net_amount"],
        )["net_amount"]
        for name, span in (("now", window), ("before", previous))
    }
    now = sums["now"].reindex(table.index, fill_value=0.0)
    before = sums["before"].reindex(table.index, fill_value=0.0)
    bought = months.loc[months["net_amount"] > 0, ["customer_id", "month"]]
    since = by_key(bought["customer_id"], bought["month"], "min").reindex(table.index)
    known = (before > 0) & (since <= previous.first.to_timestamp()) & (first_month <= previous.first)
    table["growth"] = ((now - before) / before.where(known)).astype("float64")
    table["growth_score"] = (0.5 + table["growth"] / (2 * growth_full)).clip(0, 1)
