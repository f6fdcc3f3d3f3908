"""Possible futures of every customer: purchases and what they bring, drawn from the fitted models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.models import MBGCNBDk
from helpers.models.base import Estimator
from helpers.models.errors import NotFittedError
from helpers.subjects.value.learning.spend import Spend

#: Sets of parameters drawn; what chance brings each customer is drawn anew for each.
PARAMETER_DRAWS = 32
_MOST_DRAWS, _FEWEST_DRAWS, _BUDGET = 512, 64, 2_000_000
_CELLS = 4_000_000


@dataclass(frozen=True)
class Paths:
    """Futures of some customers.

    Attributes
    ----------
    rows
        Their places in the histories.
    purchases, amounts
        Customers by draws by spans of time: purchases, and their net sales (undiscounted).
    """

    rows: slice
    purchases: np.ndarray
    amounts: np.ndarray


def draws_for(customers: int) -> int:
    """Return how many futures are drawn: a multiple of `PARAMETER_DRAWS`, fewer where there are many customers."""
    wanted = int(np.clip(_BUDGET // max(customers, 1), _FEWEST_DRAWS, _MOST_DRAWS))
    return wanted // PARAMETER_DRAWS * PARAMETER_DRAWS


def futures(
    known: pd.DataFrame, model: MBGCNBDk, spend: Spend, ends: np.ndarray, seed: int, draws: int | None = None
) -> Iterator[Paths]:
    """Draw futures, some thousands of customers at a time.

    Given the parameters, a customer of the MBG/CNBD-k model is alive with P(alive); if so, its rate, the stage of the
    running gap and its chance to leave are drawn given its history. Purchases until it leaves are geometric, and so
    many as the stages passed allow happen in time. Net sales of n purchases are Gamma(p n) over the customer's own
    nu, which is Gamma given its past mean (Fader, Hardie 2013).

    Parameters
    ----------
    known
        As from `helpers.subjects.value.learning.histories.known_at`.
    ends
        Ends of the spans of time, ascending, in the histories' unit; the first begins now.
    seed
        The same seed and histories give the same futures.
    """
    total = draws or draws_for(len(known))
    draws_each = max(total // PARAMETER_DRAWS, 1)
    buying = _parameters(model, total // draws_each, seed)
    spending = _parameters(spend.model, total // draws_each, seed + 1)
    step = max(1, _CELLS // (total * len(ends)))
    index = spend.index(known)
    mean = known["net_amount"].to_numpy() / known["purchases"].to_numpy() / index
    for begin in range(0, len(known), step):
        rows = slice(begin, begin + step)
        part = known.iloc[rows]
        purchases, amounts = [], []
        for number, (of_buying, of_spending) in enumerate(zip(buying, spending, strict=True)):
            rng = np.random.default_rng([seed, begin, number])
            counts = _counts(part, model, of_buying, ends, draws_each, rng)
            brought = _brought(counts, part, np.maximum(mean[rows], 0.0), of_spending, rng)
            purchases.append(counts)
            amounts.append(brought * index[rows][:, None, None])
        yield Paths(rows, np.concatenate(purchases, axis=1), np.concatenate(amounts, axis=1))


def _parameters(model: Estimator, count: int, seed: int) -> np.ndarray:
    try:
        draws = model.draw_parameters(count, seed)
        centre = pd.Series(model.params_)
        # A parameter that is hardly known must not throw a customer out of the world.
        return draws.clip(centre / 10, centre * 10, axis=1).to_numpy()
    except NotFittedError:
        return np.tile(list(model.params_.values()), (count, 1))


def _counts(
    part: pd.DataFrame,
    model: MBGCNBDk,
    parameters: np.ndarray,
    ends: np.ndarray,
    draws_each: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Purchases of each customer (rows) in each future (columns) and span of time."""
    r, alpha, a, b = parameters
    k = model.k_
    drawn = MBGCNBDk(k=k).set_parameters(r=r, alpha=alpha, a=a, b=b)
    x, T, t_x = (part[name].to_numpy(dtype="float64")[:, None] for name in ("frequency", "T", "recency"))
    alive = rng.random((len(part), draws_each)) < drawn.p_alive(part).to_numpy()[:, None]
    shape, end = r + k * x, alpha + T
    stage = np.zeros_like(alive, dtype="int64")
    if k > 1:
        steps = np.arange(1, k)
        terms = np.cumprod((shape + steps - 1) * ((T - t_x) / end) / steps, axis=1)
        weights = np.concatenate([np.ones_like(shape), terms], axis=1).cumsum(axis=1)
        stage = (rng.random(alive.shape)[..., None] * weights[:, None, -1:] > weights[:, None, :]).sum(axis=2)
    rate = rng.standard_gamma(np.broadcast_to(shape + stage, alive.shape)) / end
    churn = rng.beta(a, np.broadcast_to(b + x + 1, alive.shape))
    churn = np.clip(churn, 1e-9, 1 - 1e-9)
    stays = np.floor(np.log1p(-rng.random(alive.shape)) / np.log1p(-churn)) + 1
    lengths = np.diff(ends, prepend=0.0)
    stages = stage[..., None] + np.cumsum(rng.poisson(np.minimum(rate[..., None] * lengths, 1e9)), axis=2)
    so_far = np.minimum(stages // k, stays[..., None]) * alive[..., None]
    return np.diff(so_far, axis=2, prepend=0.0)


def _brought(
    counts: np.ndarray, part: pd.DataFrame, mean: np.ndarray, parameters: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Net sales of so many purchases, relative to the index of the purchase rate."""
    p, q, v = parameters
    seen = np.where(mean > 0, part["purchases"].to_numpy(dtype="float64"), 0.0)
    nu = (
        rng.standard_gamma(np.broadcast_to((q + p * seen)[:, None], counts.shape[:2]))
        / (v + seen * mean)[:, None]
    )
    return rng.standard_gamma(p * counts) / nu[..., None]
