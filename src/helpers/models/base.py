"""What all purchase models share: fitting on distinct histories, the checks, and the public methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.core.amounts import round_significant
from helpers.models.errors import InvalidSummaryError, ModelError, NoRepeatPurchasesError, NotFittedError
from helpers.models.optimum import Optimum, Prior, maximise
from helpers.models.patterns import Floats, Patterns, find_patterns

PriorName = Literal["weak"]


class PurchaseModel(ABC):
    """How often a customer buys while alive, and when it silently leaves.

    Parameters
    ----------
    prior
        ``"weak"`` adds weak, scale-free beliefs to the likelihood (the estimate is then the posterior mode in
        the log-parameters): for small samples, where the likelihood alone has no maximum. None: maximum
        likelihood.

    Attributes
    ----------
    params_
        Parameter name -> fitted value, in the units of the summary.
    standard_errors_
        Parameter name -> standard error (delta method from the curvature in the log-parameters).
    log_likelihood_
        Log-likelihood at the fitted parameters (without the prior, where one is used).
    """

    parameter_names: ClassVar[tuple[str, ...]]
    #: Parameters that are times and so change with the unit.
    time_parameters: ClassVar[tuple[str, ...]]
    weak_prior: ClassVar[Prior]

    params_: dict[str, float]
    standard_errors_: dict[str, float]
    log_likelihood_: float

    def __init__(self, *, prior: PriorName | None = None) -> None:
        if prior not in (None, "weak"):
            raise ModelError(f"prior = {prior!r} is unknown; use None or 'weak'.")
        self.prior = prior

    def set_parameters(self, **values: float) -> Self:
        """Set the parameters instead of fitting them.

        Raises
        ------
        ModelError
            A parameter is missing, unknown, or not positive and finite.
        """
        if set(values) != set(self.parameter_names):
            raise ModelError(f"{type(self).__name__} has the parameters {', '.join(self.parameter_names)}.")
        for name, value in values.items():
            if not (np.isfinite(value) and value > 0):
                raise ModelError(f"{type(self).__name__}: {name} = {value!r} is not a positive number.")
        self.params_ = {name: float(values[name]) for name in self.parameter_names}
        return self

    def _values(self) -> Floats:
        if not hasattr(self, "params_"):
            raise NotFittedError(f"{type(self).__name__} is not fitted yet: call fit(summary) first.")
        return np.array([self.params_[name] for name in self.parameter_names])

    def _keep(self, optimum: Optimum, unit: Floats) -> None:
        """Store an optimum; ``unit`` turns scale-free parameters into those of the summary's units."""
        values = round_significant(np.exp(optimum.point) * unit)
        errors = values * np.sqrt(np.diag(optimum.covariance))
        self.params_ = dict(zip(self.parameter_names, values.tolist(), strict=True))
        self.standard_errors_ = dict(zip(self.parameter_names, errors.tolist(), strict=True))

    def __repr__(self) -> str:
        fitted = ", ".join(f"{name}={value:.4g}" for name, value in getattr(self, "params_", {}).items())
        return f"{type(self).__name__}({fitted or 'not fitted'})"

    def fit(self, summary: pd.DataFrame, weights: ArrayLike | None = None) -> Self:
        """Estimate the parameters.

        Parameters
        ----------
        summary
            One row a customer: ``frequency``, ``recency``, ``T`` in one unit of
            time (regular models also ``sum_log_gaps``).
        weights
            How many customers each row stands for; default 1.

        Raises
        ------
        InvalidSummaryError, NoRepeatPurchasesError, FitDivergedError, FitNotConvergedError
            The data are wrong, or do not determine the model; never is a diverged fit returned.

        Warns
        -----
        WeaklyIdentifiedWarning
            A parameter is known only to within an order of magnitude.
        """
        patterns = find_patterns(summary, weights)
        if not patterns.customers > 0 or not patterns.T.max(initial=0) > 0:
            raise InvalidSummaryError(
                f"{type(self).__name__}: the summary holds no observed time to learn from."
            )
        if patterns.repeats == 0:
            raise NoRepeatPurchasesError(
                f"{type(self).__name__}: none of these {patterns.customers:g} customers bought a second "
                "time, so how often customers come back cannot be learnt. Use a longer history or more "
                "customers."
            )
        scale = float(patterns.weight @ patterns.T / patterns.customers)
        return self._fit_patterns(patterns.rescaled(scale), scale)

    def _fit_patterns(self, patterns: Patterns, scale: float) -> Self:
        unit = np.array([scale if name in self.time_parameters else 1.0 for name in self.parameter_names])
        optimum = maximise(
            type(self).__name__,
            self.parameter_names,
            lambda point: self._log_likelihood(point, patterns),
            self._starts(patterns),
            patterns.customers,
            self.weak_prior if self.prior else None,
        )
        self._keep(optimum, unit)
        self.log_likelihood_ = float(optimum.log_likelihood - patterns.repeats * np.log(scale))
        return self

    def _of_each(self, summary: pd.DataFrame, compute: Callable[[Floats, Patterns], Floats]) -> Floats:
        """Compute something of each customer, once for those of equal history."""
        patterns = find_patterns(summary)
        return compute(self._values(), patterns)[patterns.inverse]

    def log_likelihood(self, summary: pd.DataFrame, weights: ArrayLike | None = None) -> float:
        """Log-likelihood of other customers under these parameters (same unit of time)."""
        return self._log_likelihood(np.log(self._values()), find_patterns(summary, weights))[0]

    def p_alive(self, summary: pd.DataFrame) -> pd.Series[float]:
        """Probability that each customer has not left by the end of its observed time."""
        return pd.Series(self._of_each(summary, self._p_alive), summary.index, name="p_alive")

    @overload
    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series[float]: ...
    @overload
    def expected_purchases(
        self, summary: pd.DataFrame, periods: Sequence[float] | Floats
    ) -> pd.DataFrame: ...
    def expected_purchases(
        self, summary: pd.DataFrame, periods: float | Sequence[float] | Floats
    ) -> pd.Series[float] | pd.DataFrame:
        """Forecast the purchases of each customer in the ``periods`` after its observed time, given its past.

        Parameters
        ----------
        periods
            Horizon in the summary's unit of time, 0 or more; several horizons give a frame with a column
            each. A customer yet to come is the row frequency 0, recency 0, T 0: its first purchase does not
            count.
        """
        horizons = np.array([_horizon(each) for each in np.atleast_1d(np.asarray(periods))])

        def of(values: Floats, patterns: Patterns) -> Floats:
            return self._p_alive(values, patterns)[:, None] * self._expected_if_alive(
                values, patterns, horizons
            )

        expected = self._of_each(summary, of)
        if np.ndim(periods) == 0:
            return pd.Series(expected[:, 0], summary.index, name="expected_purchases")
        return pd.DataFrame(expected, index=summary.index, columns=horizons)

    def purchase_distribution(
        self, summary: pd.DataFrame, periods: float, max_purchases: int
    ) -> pd.DataFrame:
        """Probability of 0, 1, 2 ... purchases in the ``periods`` after the observed time, given the history.

        Computed, not simulated (see the model for how exactly). Columns 0 to ``max_purchases``; the last one
        holds that many *or more*, so that each row adds up to 1.
        """
        if max_purchases < 1:
            raise ModelError(f"max_purchases = {max_purchases!r} must be 1 or more.")
        horizon = _horizon(periods)

        def of(values: Floats, patterns: Patterns) -> Floats:
            at_least = np.empty((len(patterns.x), max_purchases + 2))
            at_least[:, 0], at_least[:, -1] = 1.0, 0.0
            if_alive = self._at_least_if_alive(values, patterns, horizon, max_purchases)
            at_least[:, 1:-1] = self._p_alive(values, patterns)[:, None] * if_alive
            return np.maximum(at_least[:, :-1] - at_least[:, 1:], 0.0)

        return pd.DataFrame(self._of_each(summary, of), index=summary.index)

    @abstractmethod
    def _starts(self, patterns: Patterns) -> list[Floats]:
        """Points from which the search sets out, the likeliest first (scale-free log-parameters)."""

    @abstractmethod
    def _log_likelihood(self, point: Floats, patterns: Patterns) -> tuple[float, Floats]:
        """Log-likelihood and its gradient in the log-parameters."""

    @abstractmethod
    def _p_alive(self, values: Floats, patterns: Patterns) -> Floats: ...

    @abstractmethod
    def _expected_if_alive(self, values: Floats, patterns: Patterns, periods: Floats) -> Floats:
        """Purchases expected in each of the ``periods`` (columns) of each history that is alive at T (rows)."""

    @abstractmethod
    def _at_least_if_alive(self, values: Floats, patterns: Patterns, periods: float, most: int) -> Floats:
        """P(at least 1 .. most purchases | alive at T), one column each."""


def _horizon(periods: Any) -> float:
    if not (np.isfinite(periods) and periods >= 0):
        raise ModelError(f"periods = {periods} must be a finite time of 0 or more, in the summary's unit.")
    return float(periods)
