"""Lifetime value by contribution: what is left of the margin expected once rebates and service are paid.

What a customer's rebates and service took in the last window is taken off in proportion to its sales: so much of each
unit of money that it is expected to buy. Who bought less than it is expected to buy in a year is charged no more for
that year than it was. So each customer's figure rests on its own rows, and is the same in every scope that has them;
but for rebates of agreements to which customers of others belong too, which a scope does not know.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.core.amounts import round_significant
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up
from helpers.subjects.value.learning.intervals import BOUNDS
from helpers.subjects.value.learning.learning import HORIZONS
from helpers.subjects.value.lifetime import LifetimeValue, sum_of

#: What a customer is charged for a unit of sales differs from the year before's by so much of it: a standard deviation
#: that holds four in five of the sample's customers (benchmarks/net.md).
CHARGE_SPREAD = 0.4
#: What stands beside a customer's value on its card and in lists.
COLUMNS = ("left_amount", "left_low_80", "left_high_80")


@dataclass(frozen=True)
class ContributionValue(Answer):
    """What is left of lifetime value, as of its month and over its horizons.

    Attributes
    ----------
    month, horizon_years
        As of `helpers.subjects.value.lifetime.LifetimeValue`.
    window_months
        Length of the window that tells what customers are charged, as far as the data reach.
    counted
        Which rebates and costs are known: names of `helpers.subjects.net_margin.net_margin.CHARGES`.
    shared
        Agreements that are not among them, as customers of others belong to them too; 0 in the company's report.
    partly
        Kinds of cost that the table has in some months of the window alone, with the first and last of these.
    customers
        One row a customer of the lifetime value, the most of which is left first: customer_id, name, tier, value_amount
        (margin expected), charged_amount (rebates and service of the same sales), left_amount (the difference), low_80,
        high_80, low_95, high_95 of that, value_rank and left_rank (1: largest).
    equity
        One row a horizon: horizon, value_amount, charged_amount, left_amount, low_95, low_80, high_80, high_95 of all.
    """

    month: pd.Period
    horizon_years: int
    window_months: int
    counted: tuple[str, ...]
    shared: int
    partly: tuple[tuple[str, pd.Period, pd.Period], ...]
    customers: pd.DataFrame
    equity: pd.DataFrame


def by_contribution(
    value: LifetimeValue,
    charged: pd.DataFrame,
    counted: tuple[str, ...],
    window_months: int,
    shared: int = 0,
    partly: tuple[tuple[str, pd.Period, pd.Period], ...] = (),
) -> ContributionValue | None:
    """Take rebates and service off the margin that customers are expected to bring; None if either is not known.

    Bounds are as far from what is left as those of the margin are from it, in proportion, and as far again as charges
    differ from year to year; both as independent errors. In proportion, or as far where charges are more than twice the
    margin: who buys more than is expected does not bring more than the margin of it.

    Parameters
    ----------
    value
        Lifetime value by margin.
    charged
        customer_id, net_amount and charged_amount of the last window: `helpers.subjects.net_margin.net_margin`.
    counted
        What is charged, by name.
    window_months
        Length of that window, as far as the data reach.
    shared
        How many agreements are left out of it.
    partly
        Of which costs only some months are known.
    """
    if not value.by_margin or not counted or value.learned is None:
        return None
    people = value.customers
    known = charged.set_index("customer_id")
    a_year = months_a_year(value.month) / window_months
    deducted, sold = (
        look_up(people["customer_id"], known[name], 0.0).to_numpy(dtype="float64") * a_year
        for name in ("charged_amount", "net_amount")
    )
    base = np.maximum(sold, people["sales_1"].to_numpy())
    rate = np.divide(deducted, base, out=np.zeros(len(people)), where=base > 0)
    sums, rows = [], people[["customer_id", "name", "tier", "value_amount"]]
    shared_error = value.learned.shared_error
    for horizon in HORIZONS:
        margin, spread = (people[f"{name}_{horizon}"].to_numpy() for name in ("value", "deviation"))
        charge = round_significant(rate * people[f"sales_{horizon}"].to_numpy())
        left, unsure = round_significant(margin - charge), CHARGE_SPREAD * np.abs(charge)
        part = np.abs(np.divide(left, margin, out=np.zeros(len(people)), where=margin != 0)).clip(max=1.0)
        own = pd.DataFrame(
            {
                f"value_{horizon}": left,
                f"deviation_{horizon}": round_significant(np.hypot(part * spread, unsure)),
            }
        )
        total = sum_of(own, horizon, shared_error)
        sums.append(
            {"horizon": horizon, "value_amount": float(margin.sum()), "charged_amount": float(charge.sum()),
             "left_amount": total.pop("value_amount"), **total}
        )  # fmt: skip
        if horizon == str(value.horizon_years):
            bounds = {
                name: round_significant(left + side * np.hypot(part * (people[f"{name}_{horizon}"].to_numpy() - margin),
                                                    ndtri(max(below, 1 - below)) * unsure))
                for name, below in BOUNDS.items() for side in (-1.0 if below < 0.5 else 1.0,)
            }  # fmt: skip
            rows = rows.assign(charged_amount=charge, left_amount=left, **bounds)
    ranked = rows.assign(
        value_rank=rows["value_amount"].rank(ascending=False, method="first"),
        left_rank=rows["left_amount"].rank(ascending=False, method="first"),
    )
    table = largest_first(ranked, "left_amount", ignore_index=True)
    return ContributionValue(
        value.month, value.horizon_years, window_months, counted, shared, partly, table, pd.DataFrame(sums)
    )
