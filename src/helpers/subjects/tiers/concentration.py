"""Concentration of net sales on customers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units
from helpers.core.frames.answer import Answer
from helpers.core.periods import trailing
from helpers.engine.months.windows import trailing_sums

TOP_COUNTS = (1, 5, 10)
TOP_PERCENTS = (1, 5, 10)
MEASURES = [
    "customers", "net_amount", "gini", "hhi", "effective_customers",
    *(f"top_{count}_share" for count in TOP_COUNTS),
    *(f"top_{percent}_percent_share" for percent in TOP_PERCENTS),
]  # fmt: skip


@dataclass(frozen=True)
class Concentration(Answer):
    """How evenly net sales are spread over the customers with net sales > 0 in a trailing window.

    Customers with nothing or less, and lines without a customer id, are left out of numerator and
    denominator.

    Attributes
    ----------
    month, window_months
        The parameters.
    measures
        customers; net_amount of them; gini (0: all alike, towards 1: one has all); hhi (Herfindahl-Hirschman index, the
        sum of squared shares, 1/customers to 1); effective_customers (1 / hhi: so many alike would be as concentrated);
        top_1_share, top_5_share, top_10_share (of the largest customers); top_1_percent_share, top_5_percent_share,
        top_10_percent_share (of the largest percent, rounded up to whole customers). Fractions; NaN if no customer has
        net sales > 0.
    history
        The same columns and month, for each month end that is ranked, ascending; only
        those whose window lies within the data.
    lorenz
        customers_share, net_amount_share: the Lorenz curve from the smallest customer up, from (0, 0) to (1,
        1).
    """

    month: pd.Period
    window_months: int
    measures: pd.Series
    history: pd.DataFrame
    lorenz: pd.DataFrame


def concentration(
    months: pd.DataFrame, month: pd.Period, first_month: pd.Period, window_months: int = 12
) -> Concentration:
    """Measure the concentration of net sales over customers.

    Parameters
    ----------
    months
        Net sales of the `helpers.subjects.tiers.ranking.ranked_months`, by customer and month.
    month, first_month, window_months
        As for `helpers.subjects.composition.composition.composition`.

    References
    ----------
    Gini (1912) in the form of Dixon et al. (1987), without the small-sample factor; Herfindahl (1950),
    Hirschman (1964).
    """
    rows, units = [], np.zeros(0, dtype="int64")
    for each, sums in trailing_sums(months, window_months):
        units = np.sort(sums[sums > 0])
        if each == month or trailing(each, window_months).first >= first_month:
            rows.append({"month": each.to_timestamp(), **measure(units)})
    history = pd.DataFrame(rows, columns=["month", *MEASURES])
    cumulative = np.concatenate([[0], np.cumsum(units)])
    lorenz = pd.DataFrame(
        {
            "customers_share": np.arange(len(units) + 1) / max(len(units), 1),
            "net_amount_share": cumulative / max(int(cumulative[-1]), 1),
        }
    )
    kept = history if trailing(month, window_months).first >= first_month else history.iloc[:-1]
    return Concentration(
        month,
        window_months,
        history.iloc[-1][MEASURES].astype("float64"),
        kept.reset_index(drop=True),
        lorenz,
    )


def measure(units: np.ndarray) -> dict[str, float]:
    """Return `MEASURES` of positive int64 amounts (in ten-thousandths) in ascending order."""
    count, total = len(units), int(units.sum())
    if not count:
        return {"customers": 0, "net_amount": 0.0, **dict.fromkeys(MEASURES[2:], math.nan)}
    ranks = np.arange(1, count + 1)
    share = units / total
    hhi = math.fsum(share**2)
    largest = np.cumsum(units[::-1])
    return {
        "customers": count,
        "net_amount": float(from_units(total)),
        "gini": 2 * math.fsum(ranks * share) / count - (count + 1) / count,
        "hhi": hhi,
        "effective_customers": 1 / hhi,
        **{f"top_{top}_share": largest[min(top, count) - 1] / total for top in TOP_COUNTS},
        **{f"top_{top}_percent_share": largest[-(-count * top // 100) - 1] / total for top in TOP_PERCENTS},
    }
