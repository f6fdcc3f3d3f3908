"""Scenarios: the effect of price changes, quantity changes or lost customers on value and targets."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.subjects.targets.attainment import Attainment
from helpers.subjects.value.learning.learning import HORIZONS
from helpers.subjects.value.lifetime import LifetimeValue, sum_of

_BOUNDS = ("low_80", "high_80")


@dataclass(frozen=True)
class Scenario(Answer):
    """Expected value and targets, and the same under a scenario.

    Attributes
    ----------
    price, volume
        Changes of prices and of quantities from the end of the report's month on, relative: 0.02 is two percent more.
    lost
        customer_id of the lost customers.
    lost_amount, lost_share
        Their net sales of the last twelve months, and their share of those of all customers of the scope.
    value
        One row a horizon: horizon, value_amount, low_80, high_80 as expected; scenario_amount, scenario_low_80,
        scenario_high_80; change_amount.
    targets
        One row a period (month, quarter, year) of the scope: period, target_amount, sales_amount (so far),
        forecast_amount, low_amount, high_amount as expected; scenario_amount, scenario_low_amount,
        scenario_high_amount; attainment_expected, attainment_scenario. Only what is still to come changes.
    by_margin
        Whether value is margin, which a price changes by more than sales, since costs are unchanged.
    without_rate
        Customers without a margin rate above 0; the overall rate is used for them.
    """

    price: float
    volume: float
    lost: tuple[str, ...]
    lost_amount: float
    lost_share: float
    value: pd.DataFrame
    targets: pd.DataFrame
    by_margin: bool
    without_rate: int


def scenario(
    value: LifetimeValue,
    attained: Attainment,
    sold: pd.Series,
    price: float = 0.0,
    volume: float = 0.0,
    lost: Collection[str] = (),
) -> Scenario:
    """Apply a scenario to value and targets.

    A customer's sales change by (1 + price) (1 + volume), its costs by (1 + volume). Bounds are scaled with the
    forecasts; they do not include the uncertainty of the changes themselves.

    Parameters
    ----------
    value, attained
        As expected.
    sold
        Net sales of the last twelve months by customer_id, of all customers of the scope.
    price, volume, lost
        As in `Scenario`.
    """
    gone = sold.index.isin(list(lost))
    lost_amount, all_sales = float(sold[gone].sum()), float(sold.sum())
    share = lost_amount / all_sales if all_sales > 0 else 0.0
    factor, without = _factors(value, price, volume)
    return Scenario(
        price, volume, tuple(sorted(lost)), round(lost_amount, 4), share,
        _value(value, factor.where(~value.customers["customer_id"].isin(list(lost)), 0.0)),
        _targets(attained, (1 + price) * (1 + volume) * (1 - share)), value.by_margin, without,
    )  # fmt: skip


def _factors(value: LifetimeValue, price: float, volume: float) -> tuple[pd.Series, int]:
    """Return the factor of each customer's value, and how many customers use the overall margin rate."""
    rows = value.customers
    if not value.by_margin:
        return pd.Series((1 + price) * (1 + volume), rows.index, dtype="float64"), 0
    rate = rows["margin_rate"].where(rows["margin_rate"] > 0)
    net = rows["net_amount_lifetime"].clip(lower=0)
    known = rate.notna() & (net > 0)
    together = float((rate * net)[known].sum() / net[known].sum()) if known.any() else np.nan
    used = rate.fillna(together)
    return (used + price) * (1 + volume) / used, int(rate.isna().sum())


def _value(value: LifetimeValue, factor: pd.Series) -> pd.DataFrame:
    shared = value.learned.shared_error if value.learned else dict.fromkeys(HORIZONS, 0.0)
    rows = []
    for horizon in HORIZONS:
        changed = pd.DataFrame(
            {
                f"value_{horizon}": value.customers[f"value_{horizon}"] * factor,
                f"deviation_{horizon}": value.customers[f"deviation_{horizon}"] * factor.abs(),
            }
        )
        before, after = (sum_of(each, horizon, shared) for each in (value.customers, changed))
        rows.append(
            {
                "horizon": horizon,
                "value_amount": before["value_amount"],
                **{name: before[name] for name in _BOUNDS},
                "scenario_amount": after["value_amount"],
                **{f"scenario_{name}": after[name] for name in _BOUNDS},
                "change_amount": after["value_amount"] - before["value_amount"],
            }
        )
    return pd.DataFrame(rows)


def _targets(attained: Attainment, factor: float) -> pd.DataFrame:
    units = attained.units
    own = units[units["kind"] == attained.scope.kind].drop_duplicates("period").reset_index(drop=True)
    kept = ["period", "target_amount", "sales_amount", "forecast_amount", "low_amount", "high_amount"]
    frame = own[kept].copy()
    for name in ("forecast_amount", "low_amount", "high_amount"):
        changed = own["sales_amount"] + (own[name] - own["sales_amount"]) * factor
        frame["scenario_amount" if name == "forecast_amount" else f"scenario_{name}"] = changed
    target = own["target_amount"].where(own["target_amount"] > 0)
    return frame.assign(
        attainment_expected=frame["forecast_amount"] / target,
        attainment_scenario=frame["scenario_amount"] / target,
    )
