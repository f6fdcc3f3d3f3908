"""Fit the candidate models on past month ends: the probability, month by month, of buying nothing for one more month.

The target is the probability of no purchase within a horizon of several months. Fitted directly, it could only use
month ends a whole horizon back. Split into the months of the horizon, each given silence until then (discrete-time
survival, Cox 1972; Singer and Willett 1993), later month ends count too: two months after a month end the first two
months are known. The probability of the horizon is the product over its months.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.core.amounts import round_significant
from helpers.core.backtest import outcome_known
from helpers.core.content_cache import ContentCache, uncached
from helpers.subjects.churn.learning.features import DECIMALS, OWN

#: Features of the simplest candidate, a logistic regression on silence and the purchase model alone.
_RHYTHM_FEATURES = ("log_silence", "logit_none", "one_time")
#: The candidate that uses the days since the last purchase alone, and the least slope of their logarithm.
RECENCY, _LEAST_SLOPE = "recency", 0.05
#: Month ends that models are fitted on: in older ones the market was another.
TRAINING_ORIGINS = 18
#: More rows improve nothing and take long: of more a sample is taken.
_MAX_TRAINING_ROWS = 80_000


def single_thread() -> threadpool_limits:
    """Fix the order of sums, so that they are the same bits on any number of cores.

    Only libraries that are loaded can be held to it, and scikit-learn is loaded where it is first used.
    """
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401

    return threadpool_limits(1)


def candidate_features(features: Sequence[str], signal_names: Sequence[str]) -> dict[str, list[str]]:
    """Return the candidate models, the simplest first, each with the ``features`` it uses.

    ``rhythm``, ``logistic`` and ``boosting`` use purchases; ``logistic_signals`` and ``boosting_signals`` the signals
    ``signal_names`` too. Where there are signals, the trees use them from the start. Last come ``logistic_own`` and
    ``boosting_own``, which add the company's own signals: they have to be better than all of those.
    """
    of_purchases = [name for name in features if name not in signal_names]
    catalogue_signals = [name for name in signal_names if not name.startswith(OWN)]
    candidates = {"rhythm": list(_RHYTHM_FEATURES), "logistic": of_purchases}
    if catalogue_signals:
        candidates |= {
            f"{model}_signals": [*of_purchases, *catalogue_signals] for model in ("logistic", "boosting")
        }
    else:
        candidates["boosting"] = of_purchases
    if len(catalogue_signals) < len(signal_names):
        candidates |= {f"{model}_own": [*of_purchases, *signal_names] for model in ("logistic", "boosting")}
    return candidates


@dataclass(frozen=True)
class Samples:
    """What models are fitted on and score: a row a customer and month end.

    Attributes
    ----------
    origins
        The month end, counted in months.
    features
        Features, by row and column.
    outcomes, horizons
        By row, and column m: 1 where the outcome held through the first ``horizons[m]`` months after the row's month
        end, 0 where not, NaN where that is not known.
    """

    origins: np.ndarray
    sampling_hash: np.ndarray
    features: np.ndarray
    outcomes: np.ndarray
    horizons: np.ndarray

    def training_set(self, origin: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what a model can be fitted on as of ``origin``, one entry a row and month of its horizon.

        Positions of the rows, step (1 for the first column of ``outcomes``, ...), and whether the outcome held through
        it. Only months that had passed at ``origin`` are included.
        """
        oldest = origin - self.horizons[-1] - TRAINING_ORIGINS
        still_true = np.ones(len(self.origins), dtype=bool)
        parts = []
        for step, horizon in enumerate(self.horizons, start=1):
            values = self.outcomes[:, step - 1]
            is_known = (
                still_true
                & outcome_known(self.origins, horizon, origin)
                & (self.origins > oldest)
                & ~np.isnan(values)
            )
            parts.append((np.flatnonzero(is_known), np.full(is_known.sum(), step), values[is_known]))
            still_true = values == 1
        rows, steps, outcome = (np.concatenate(part) for part in zip(*parts, strict=True))
        return rows, steps, outcome


def sampling_hash(table: pd.DataFrame) -> np.ndarray:
    """Return a number from 0 to 1 for each customer_id and number, always the same: the lowest are sampled first.

    Many customers at some of their month ends are worth more than all month ends of a few, which are much alike.
    """
    keys = table[["customer_id", "number"]].astype({"number": "int64"})
    return pd.util.hash_pandas_object(keys, index=False).to_numpy() / 2.0**64


def exceeds_one_fit(training: tuple[np.ndarray, np.ndarray, np.ndarray]) -> bool:
    """Return whether there are more rows than a fit takes; a month more then changes little."""
    return len(training[0]) > _MAX_TRAINING_ROWS


@dataclass(frozen=True)
class Fit:
    """A fitted candidate model, not yet calibrated.

    Attributes
    ----------
    informative
        Positions of the columns of the features that are not constant.
    medians
        Median of each column of the features among the rows fitted on.
    n_steps
        How many columns the outcomes have.
    has_interactions
        Whether the features enter as such and multiplied by the logarithm of the step; missing values are then filled
        with the median. Trees handle missing values, and get the step as one more feature.
    """

    informative: np.ndarray
    medians: np.ndarray
    model: Any
    n_steps: int
    has_interactions: bool

    def curves(self, features: np.ndarray) -> np.ndarray:
        """Return for each row the chance of silence through the first month, the first two, ... of the horizon."""
        values = self._values(features)
        months = [
            self.model.predict_proba(self._design(values, np.full(len(values), step)))[:, 1]
            for step in range(1, self.n_steps + 1)
        ]
        return round_significant(np.cumprod(np.column_stack(months), axis=1))

    def _values(self, features: np.ndarray) -> np.ndarray:
        values = features[:, self.informative]
        if self.has_interactions:
            return np.where(np.isnan(values), self.medians[self.informative], values)
        return values

    def _design(self, values: np.ndarray, step_numbers: np.ndarray) -> np.ndarray:
        if not self.has_interactions:
            return np.column_stack([values, step_numbers])
        step_levels = [(step_numbers == step).astype("float64") for step in range(2, self.n_steps + 1)]
        if step_levels:
            return np.column_stack([values, *step_levels, values * np.log(step_numbers)[:, None]])
        return values


def fit_candidates(
    candidates: Mapping[str, np.ndarray],
    samples: Samples,
    training: tuple[np.ndarray, np.ndarray, np.ndarray],
    by_content: ContentCache = uncached,
) -> dict[str, Fit]:
    """Fit each candidate, given with the positions of its columns, on what `Samples.training_set` returns.

    A fit depends on the rows that it takes and on nothing else; ``by_content`` may have it from an earlier report.
    """
    if exceeds_one_fit(training):
        is_sampled = samples.sampling_hash[training[0]] < _MAX_TRAINING_ROWS / len(training[0])
        training = training[0][is_sampled], training[1][is_sampled], training[2][is_sampled]
    rows, steps, outcome = training
    distinct, position = np.unique(rows, return_inverse=True)
    features = samples.features[distinct]
    columns = [(name, places.tolist()) for name, places in candidates.items()]
    rests_on = [repr(columns), features, position, steps, outcome]
    return by_content(
        "churn-fits", rests_on, lambda: _fit_each(candidates, features, position, steps, outcome)
    )


def _fit_each(
    candidates: Mapping[str, np.ndarray],
    features: np.ndarray,
    position: np.ndarray,
    steps: np.ndarray,
    outcome: np.ndarray,
) -> dict[str, Fit]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a feature of which nothing is known has no median
        low = np.nanmin(features, axis=0)
        high = np.nanmax(features, axis=0)
        typical = np.nanmedian(features, axis=0)
    fits = {}
    for name, columns in candidates.items():
        # A constant or empty feature carries no information.
        informative = columns if name == RECENCY else columns[low[columns] < high[columns]]
        fits[name] = Fit(
            informative, typical, _make_estimator(name), int(steps.max()), "boosting" not in name
        )
        design = fits[name]._design(fits[name]._values(features)[position], steps)
        fits[name].model.fit(design, outcome)
        if name == RECENCY:
            _force_monotone(fits[name].model, design, outcome, int(steps.max()))
        if "boosting" not in name:
            _round_parameters(*fits[name].model)
    return fits


def _round_parameters(scaler: Any, regression: Any) -> None:
    """Round the parameters of a logistic regression; trees split at features, which are rounded."""
    scaler.mean_, scaler.scale_ = round_significant(scaler.mean_), round_significant(scaler.scale_)
    regression.coef_, regression.intercept_ = (
        values.round(DECIMALS) for values in (regression.coef_, regression.intercept_)
    )


def _force_monotone(model: Any, design: np.ndarray, outcome: np.ndarray, steps: int) -> None:
    """Make a longer silence never raise the probability to buy, in any month of the horizon.

    Where the fitted slope says otherwise, each month keeps its level and silence only ranks the customers.
    """
    scaler, regression = model
    slopes = regression.coef_[0] / scaler.scale_
    if min(slopes[0], slopes[0] + (slopes[-1] * np.log(steps) if steps > 1 else 0.0)) >= _LEAST_SLOPE:
        return
    levels = design.copy()
    levels[:, [0, -1]] = 0.0  # silence, and how it counts for more or less with the months
    model.fit(levels, outcome)
    scaler.mean_[0], regression.coef_[0, 0] = design[:, 0].mean(), _LEAST_SLOPE


def _make_estimator(name: str) -> Any:
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
