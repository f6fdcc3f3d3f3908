"""Futures of very many customers: drawn once for those whose histories are alike, then made each one's own.

A customer's purchases to come depend on its history (frequency, recency, T) alone, and what a purchase brings only
stretches the amounts. So customers of nearly the same history share their drawn purchases; each has its own P(alive)
and its own expected spend.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.core.digits import digits
from helpers.models import MBGCNBDk
from helpers.subjects.value.learning.spend import Spend

#: Histories are alike when purchases, silence and time observed lie in the same steps of so much of themselves.
_STEP = 0.15
#: Up to so many purchases each number stands for itself.
_EXACT_PURCHASES = 12
_STRETCHED = ("span_", "value_", "deviation_", "low_", "high_")


def alike(known: pd.DataFrame, unit_days: float) -> pd.DataFrame:
    """Return one row a group of like histories: a customer that never was, the mean of the group.

    Parameters
    ----------
    known
        As from `helpers.subjects.value.learning.histories.known_at`.

    Returns
    -------
    pandas.DataFrame
        The columns of ``known`` and ``weight``, the number of customers; ``frequency`` and ``purchases`` are whole.
    """
    keys = _keys(known, unit_days)
    grouped = known.groupby(keys, sort=True)
    means = grouped.mean()
    frequency = means["frequency"].round()
    # A repeat purchase has its time, and none has none: rounding must not part them.
    means["recency"] = np.where(frequency > 0, np.maximum(means["recency"], 1e-9), 0.0)
    return means.assign(
        frequency=frequency,
        purchases=frequency + 1,
        recency=np.minimum(means["recency"], means["T"]),
        weight=grouped.size().astype("float64"),
    )


def spread(
    forecast: pd.DataFrame,
    like: pd.DataFrame,
    known: pd.DataFrame,
    model: MBGCNBDk,
    spend: Spend,
    by_margin: bool,
    unit_days: float = 7.0,
) -> pd.DataFrame:
    """Return the forecast of every customer from that of its group.

    Parameters
    ----------
    forecast, like
        What `helpers.subjects.value.learning.learning` forecasts for the rows of `alike`, and those rows.
    known
        Everybody, as given to `alike`.
    model, spend, by_margin
        As they were for ``forecast``.
    """
    place = like.index.get_indexer(_keys(known, unit_days))
    rate = spend.margin_rates(known) if by_margin else np.ones(len(known))
    alive = digits(model.p_alive(known).to_numpy())
    # Expected purchases are proportional to the probability of still being a customer.
    more = alive / np.maximum(forecast["p_alive"].to_numpy()[place], 1e-12)
    worth = _expected_spend(known, spend) * rate
    of_group = (_expected_spend(like, spend) * forecast["margin_rate"].to_numpy())[place]
    stretch = np.divide(worth, of_group, out=np.ones(len(known)), where=of_group > 0)
    columns = {}
    for name in forecast.columns.difference(like.columns, sort=False):
        values = forecast[name].to_numpy()[place]
        if name.startswith(_STRETCHED):
            values = digits(values * stretch * more)
        elif name.startswith("purchases_"):
            values = digits(values * more)
        columns[name] = values
    columns |= {"p_alive": alive, "margin_rate": rate}
    return pd.concat([known, pd.DataFrame(columns, index=known.index, copy=False)], axis=1)


def _keys(known: pd.DataFrame, unit_days: float) -> pd.Index:
    """Number the group of each history: one whole number of frequency, silence and time observed."""
    frequency = known["frequency"].to_numpy(dtype="float64")
    step = np.log1p(_STEP)
    many = _EXACT_PURCHASES + 1 + np.log(np.maximum(frequency, 1) / _EXACT_PURCHASES) / step
    bought = np.where(frequency <= _EXACT_PURCHASES, frequency, np.floor(many)).astype("int64")
    silent = np.floor(np.log1p((known["T"] - known["recency"]).to_numpy() * unit_days / 7) / step)
    observed = np.floor(np.log1p(known["T"].to_numpy() * unit_days / 7) / step)
    return pd.Index(bought * 1_000_000 + silent.astype("int64") * 1_000 + observed.astype("int64"))


def _expected_spend(known: pd.DataFrame, spend: Spend) -> np.ndarray:
    """Expected net sales of a purchase: Gamma-Gamma given the customer's own mean (see `Spend`)."""
    p, q, v = (spend.model.params_[name] for name in ("p", "q", "v"))
    index = spend.index(known)
    purchases = known["purchases"].to_numpy(dtype="float64")
    mean = np.maximum(known["net_amount"].to_numpy() / purchases / index, 0.0)
    seen = np.where(mean > 0, purchases, 0.0)
    return np.asarray(p * (v + seen * mean) / np.maximum(p * seen + q - 1, 0.05) * index)
