"""Purchase summaries: of logs, and of simulated customers who join, buy and leave as a model says."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.models import ParetoNBD
from helpers.models.base import PurchaseModel
from helpers.models.patterns import Floats
from helpers.subjects.sales.purchase_summary import in_units

Seed = int | np.random.Generator


def sample(model: PurchaseModel, T: ArrayLike, future_periods: float = 0.0, seed: Seed = 0) -> pd.DataFrame:
    """Simulate customers who join, buy, and leave as the model says.

    Parameters
    ----------
    T
        For each customer how long it is observed from its first purchase on.
    future_periods
        How long purchases are counted after that.

    Returns
    -------
    DataFrame
        ``frequency``, ``recency``, ``T``, ``sum_log_gaps`` as the models read them; ``alive`` (has not left by
        ``T``) and ``future_purchases`` (in the ``future_periods`` after ``T``), which nobody observes.
    """
    observed, rng = np.asarray(T, dtype=np.float64), np.random.default_rng(seed)
    size, rate = len(observed), (model.params_["r"], 1 / model.params_["alpha"])
    if isinstance(model, ParetoNBD):
        with np.errstate(divide="ignore", over="ignore"):
            lifetime = rng.standard_exponential(size) / rng.gamma(
                model.params_["s"], 1 / model.params_["beta"], size
            )
        return _simulate(observed, future_periods, rng, rate=rng.gamma(*rate, size), lifetime=lifetime)
    return _simulate(
        observed,
        future_periods,
        rng,
        rate=rng.gamma(*rate, size),
        dropout=rng.beta(model.params_["a"], model.params_["b"], size),
        k=model.k_,
        may_leave_at_once=model.may_leave_at_once,
    )


def _simulate(
    observed: Floats,
    periods: float,
    rng: np.random.Generator,
    *,
    rate: Floats,
    k: int = 1,
    dropout: Floats | None = None,
    may_leave_at_once: bool = False,
    lifetime: Floats | None = None,
) -> pd.DataFrame:
    """Follow all customers from purchase to purchase, together.

    Parameters
    ----------
    observed, periods
        Time observed of each customer, and time counted after it.
    rate, k
        Gaps are Gamma(k, rate).
    dropout
        Probability of leaving after each repeat purchase (after the first too if ``may_leave_at_once``).
    lifetime
        Time after the first purchase at which the customer leaves, whatever it buys.
    """
    size = len(observed)
    leaves = lifetime if lifetime is not None else np.full(size, np.inf)
    leaves = leaves.copy()
    frequency, future = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    recency, log_gaps, clock = np.zeros(size), np.zeros(size), np.zeros(size)
    if dropout is not None and may_leave_at_once:
        leaves[rng.random(size) < dropout] = 0.0
    active = np.flatnonzero((leaves > 0) & (rate > 0))
    while len(active):
        with np.errstate(over="ignore", divide="ignore"):
            gap = rng.standard_gamma(k, len(active)) / rate[active]
        clock[active] += gap
        now = clock[active]
        buys = (now <= leaves[active]) & (now <= observed[active] + periods)
        active, now, gap = active[buys], now[buys], gap[buys]
        seen = now <= observed[active]
        frequency[active[seen]] += 1
        recency[active[seen]] = now[seen]
        log_gaps[active[seen]] += np.log(gap[seen])
        future[active[~seen]] += 1
        if dropout is not None:
            stays = rng.random(len(active)) >= dropout[active]
            leaves[active[~stays]] = now[~stays]
            active = active[stays]
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": recency,
            "T": observed,
            "sum_log_gaps": log_gaps,
            "alive": leaves > observed,
            "future_purchases": future,
        }
    )


def summary_of(log: pd.DataFrame, customer: str, date: str, until: str | pd.Timestamp) -> pd.DataFrame:
    """Return the purchase summary of a log as of the day ``until``, by customer, in weeks.

    All of a customer's rows of one day are one purchase; later rows are none.
    """
    days = log[[customer, date]].assign(**{date: pd.to_datetime(log[date]).dt.normalize()})
    days = days[days[date] <= pd.Timestamp(until)].drop_duplicates().sort_values([customer, date])
    gaps = days.groupby(customer)[date].diff().dt.days
    # Whole 1e-12ths, as the engine sums them.
    days["log_gap"] = np.rint(np.log(gaps.fillna(1.0)) * 1e12).astype("int64")
    by = days.groupby(customer)
    first, last = by[date].min(), by[date].max()
    columns = {
        "frequency": by.size() - 1,
        "recency_days": (last - first).dt.days,
        "T_days": (pd.Timestamp(until) - first).dt.days,
        "sum_log_gaps": by["log_gap"].sum() / 1e12,
    }
    return in_units(pd.DataFrame(columns))
