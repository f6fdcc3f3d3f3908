"""Fit one form of the score on past month ends: the chance, month by month, of buying nothing for one more month.

What is wanted is the probability of no purchase within a horizon of several months. Learning it in one piece would use
only month ends a whole horizon back. Taken apart into the months of the horizon, each given silence until then
(discrete-time survival, Cox 1972; Singer and Willett 1993), the last months teach too: of a month end two months ago
the first two months are known. The product of the months is the probability wanted.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.core.backtest import known_by
from helpers.core.by_content import ByContent, uncached
from helpers.core.digits import digits
from helpers.subjects.churn.learning.features import DECIMALS, OWN

#: What the simplest form, a logistic regression on silence and the purchase model alone, looks at.
_RHYTHM = ("log_silence", "logit_none", "one_time")
#: The form that looks at the days since the last purchase alone; a unit of their logarithm counts for so much at least.
RECENCY, _LEAST_SLOPE = "recency", 0.05
#: Month ends that are learnt from: older ones tell of another market.
TRAINING_ORIGINS = 18
#: More rows than these teach nothing more, and would take long: then some stand for all.
_MOST_ROWS = 80_000


def one_thread() -> threadpool_limits:
    """Let sums be made in one order, so that they are the same bits on any number of cores.

    Only libraries that are loaded can be held to it, and scikit-learn is loaded where it is first used.
    """
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401

    return threadpool_limits(1)


def forms(features: Sequence[str], signal_names: Sequence[str]) -> dict[str, list[str]]:
    """Return the forms that compete, the simplest first, each with those of the ``features`` that it looks at.

    ``rhythm``, ``logistic`` and ``boosting`` look at purchases; ``logistic_signals`` and ``boosting_signals`` at the
    signals ``signal_names`` too. Where there are signals, the trees look at all from the start. Last come
    ``logistic_own`` and ``boosting_own``, which look at signals of the company's own beside all of that: they have to
    be better than it.
    """
    bought = [name for name in features if name not in signal_names]
    sent = [name for name in signal_names if not name.startswith(OWN)]
    offered = {"rhythm": list(_RHYTHM), "logistic": bought}
    if sent:
        offered |= {f"{model}_signals": [*bought, *sent] for model in ("logistic", "boosting")}
    else:
        offered["boosting"] = bought
    if len(sent) < len(signal_names):
        offered |= {f"{model}_own": [*bought, *signal_names] for model in ("logistic", "boosting")}
    return offered


@dataclass(frozen=True)
class Rows:
    """What is learnt from and scored: a row a customer and month end.

    Attributes
    ----------
    number
        The month end, counted in months.
    sampling_hash
        See `sampling_hash`.
    features
        Features, by row and column.
    truth, months
        By row, and column m: 1 where the outcome held through the first ``months[m]`` months after the row's month end,
        0 where not, NaN where that is not known.
    """

    number: np.ndarray
    sampling_hash: np.ndarray
    features: np.ndarray
    truth: np.ndarray
    months: np.ndarray

    def known(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what the month end ``number`` can learn from, one entry a row and month of its horizon.

        Places of the rows, step (1 for the first column of ``truth``, ...), and whether the outcome held through it.
        Only months that had passed at ``number`` are told of.
        """
        first = number - self.months[-1] - TRAINING_ORIGINS
        held = np.ones(len(self.number), dtype=bool)
        parts = []
        for step, months in enumerate(self.months, start=1):
            values = self.truth[:, step - 1]
            here = held & known_by(self.number, months, number) & (self.number > first) & ~np.isnan(values)
            parts.append((np.flatnonzero(here), np.full(here.sum(), step), values[here]))
            held = values == 1
        rows, steps, outcome = (np.concatenate(part) for part in zip(*parts, strict=True))
        return rows, steps, outcome


def sampling_hash(table: pd.DataFrame) -> np.ndarray:
    """Return a number from 0 to 1 for each customer_id and number, always the same: the lowest are learnt from first.

    Many customers at some of their month ends teach more than all month ends of a few, which are much alike.
    """
    keys = table[["customer_id", "number"]].astype({"number": "int64"})
    return pd.util.hash_pandas_object(keys, index=False).to_numpy() / 2.0**64


def is_ample(known: tuple[np.ndarray, np.ndarray, np.ndarray]) -> bool:
    """Tell whether more is known than a fit takes; a month more of it then changes little."""
    return len(known[0]) > _MOST_ROWS


@dataclass(frozen=True)
class Fit:
    """A fitted form of the score, not yet calibrated.

    Attributes
    ----------
    looked_at
        Places of the columns of the features that tell anything.
    typical
        Median of each column of the features among the rows learnt from.
    model
        Of scikit-learn.
    steps
        How many columns the truth has.
    by_product
        Whether the features enter once a level and once as they count for more or less with the months; then gaps are
        filled with the typical value. Trees know of gaps, and get the step as a feature more.
    """

    looked_at: np.ndarray
    typical: np.ndarray
    model: Any
    steps: int
    by_product: bool

    def curves(self, features: np.ndarray) -> np.ndarray:
        """Return for each row the chance of silence through the first month, the first two, ... of the horizon."""
        values = self._values(features)
        months = [
            self.model.predict_proba(self._design(values, np.full(len(values), step)))[:, 1]
            for step in range(1, self.steps + 1)
        ]
        return digits(np.cumprod(np.column_stack(months), axis=1))

    def _values(self, features: np.ndarray) -> np.ndarray:
        values = features[:, self.looked_at]
        return np.where(np.isnan(values), self.typical[self.looked_at], values) if self.by_product else values

    def _design(self, values: np.ndarray, steps: np.ndarray) -> np.ndarray:
        if not self.by_product:
            return np.column_stack([values, steps])
        levels = [(steps == step).astype("float64") for step in range(2, self.steps + 1)]
        return np.column_stack([values, *levels, values * np.log(steps)[:, None]]) if levels else values


def fitted(
    offered: Mapping[str, np.ndarray],
    rows: Rows,
    known: tuple[np.ndarray, np.ndarray, np.ndarray],
    by_content: ByContent = uncached,
) -> dict[str, Fit]:
    """Fit each form, given with the places of the columns that it looks at, on what `Rows.known` returns.

    A fit rests on the rows that it takes and on nothing else; ``by_content`` may know it from an earlier report.
    """
    if is_ample(known):
        taken = rows.sampling_hash[known[0]] < _MOST_ROWS / len(known[0])
        known = known[0][taken], known[1][taken], known[2][taken]
    at, steps, outcome = known
    different, place = np.unique(at, return_inverse=True)
    seen = rows.features[different]
    columns = [(name, places.tolist()) for name, places in offered.items()]
    rests_on = [repr(columns), seen, place, steps, outcome]
    return by_content("churn-fits", rests_on, lambda: _forms_fitted(offered, seen, place, steps, outcome))


def _forms_fitted(
    offered: Mapping[str, np.ndarray],
    seen: np.ndarray,
    place: np.ndarray,
    steps: np.ndarray,
    outcome: np.ndarray,
) -> dict[str, Fit]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a feature of which nothing is known has no median
        low, high, typical = np.nanmin(seen, axis=0), np.nanmax(seen, axis=0), np.nanmedian(seen, axis=0)
    fits = {}
    for name, columns in offered.items():
        # A feature that nobody shows, or all alike, teaches nothing.
        varied = columns if name == RECENCY else columns[low[columns] < high[columns]]
        fits[name] = Fit(varied, typical, _model(name), int(steps.max()), "boosting" not in name)
        design = fits[name]._design(fits[name]._values(seen)[place], steps)
        fits[name].model.fit(design, outcome)
        if name == RECENCY:
            _rise(fits[name].model, design, outcome, int(steps.max()))
        if "boosting" not in name:
            _round(*fits[name].model)
    return fits


def _round(scaler: Any, regression: Any) -> None:
    """Round what a logistic regression has learnt; trees split at features, which are rounded."""
    scaler.mean_, scaler.scale_ = digits(scaler.mean_), digits(scaler.scale_)
    regression.coef_, regression.intercept_ = (
        each.round(DECIMALS) for each in (regression.coef_, regression.intercept_)
    )


def _rise(model: Any, design: np.ndarray, outcome: np.ndarray, steps: int) -> None:
    """Let who is silent for longer be no likelier to buy, in every month of the horizon.

    Where what was learnt says otherwise each month has its level, and silence tells the order of customers alone.
    """
    scaler, regression = model
    slopes = regression.coef_[0] / scaler.scale_
    if min(slopes[0], slopes[0] + (slopes[-1] * np.log(steps) if steps > 1 else 0.0)) >= _LEAST_SLOPE:
        return
    levels = design.copy()
    levels[:, [0, -1]] = 0.0  # silence, and how it counts for more or less with the months
    model.fit(levels, outcome)
    scaler.mean_[0], regression.coef_[0, 0] = design[:, 0].mean(), _LEAST_SLOPE


def _model(name: str) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if "boosting" in name:
        return HistGradientBoostingClassifier(
            max_iter=40, learning_rate=0.12, max_leaf_nodes=8, max_bins=63, min_samples_leaf=50,
            l2_regularization=5.0, early_stopping=False, random_state=0,
        )  # fmt: skip
    # Newton's method comes to the optimum in a few steps, where a search by gradients alone stops short of it.
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000, solver="newton-cholesky"))
