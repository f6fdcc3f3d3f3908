"""What all purchase models share: fitting on distinct histories, the checks, and the public methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.core.digits import digits
from helpers.models.covariates import CovariateFit, Shift, check_covariates, find_profiles
from helpers.models.errors import InvalidSummaryError, ModelError, NoRepeatPurchasesError, NotFittedError
from helpers.models.optimum import Optimum, Prior, maximise
from helpers.models.patterns import Floats, Patterns, check_weights, find_patterns

PriorName = Literal["weak"]
Seed = int | np.random.Generator
#: Decimals of the standard deviations by which log-parameters are drawn, so that all processors draw the same.
SPREAD_DECIMALS = 5


class Estimator:
    """Parameters, their errors, and how they are set: shared by the purchase models and the value model.

    Attributes
    ----------
    params_
        Parameter name -> fitted value, in the units of the summary.
    standard_errors_
        Parameter name -> standard error (delta method from the curvature in the log-parameters).
    log_covariance_
        Covariance matrix of the logarithms of the parameters, in the order of ``parameter_names``.
    log_likelihood_
        Log-likelihood at the fitted parameters (without the prior, where one is used).
    effects_
        With covariates: one row a covariate, columns ``rate`` and ``dropout`` (see `helpers.models.covariates`),
        ``rate_error`` and ``dropout_error`` (standard errors). ``params_`` are then those of a customer whose
        covariates are 0. Else None.
    """

    parameter_names: ClassVar[tuple[str, ...]]
    effects_: pd.DataFrame | None = None

    params_: dict[str, float]
    standard_errors_: dict[str, float]
    log_covariance_: Floats
    log_likelihood_: float

    def __init__(self, *, prior: PriorName | None = None) -> None:
        if prior not in (None, "weak"):
            raise ModelError(f"prior = {prior!r} is unknown; use None or 'weak'.")
        self.prior = prior

    def set_parameters(self, **values: float) -> Self:
        """Give the parameters instead of fitting them.

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
        self.effects_ = None
        return self

    def draw_parameters(self, draws: int, seed: Seed = 0) -> pd.DataFrame:
        """Draw parameters from what the fit leaves open: log-normal about the estimate, one draw a row.

        Effects of covariates are not drawn.
        """
        centre = np.log(self._values())
        if not hasattr(self, "log_covariance_"):
            raise NotFittedError(
                f"{type(self).__name__}: only a fit leaves something open; parameters were set."
            )
        factor = np.linalg.cholesky(self.log_covariance_).round(SPREAD_DECIMALS)
        noise = np.random.default_rng(seed).standard_normal((draws, len(centre)))
        drawn = digits(np.exp(centre + noise @ factor.T))
        return pd.DataFrame(drawn, columns=list(self.parameter_names))

    def _values(self) -> Floats:
        if not hasattr(self, "params_"):
            raise NotFittedError(f"{type(self).__name__} is not fitted yet: call fit(summary) first.")
        return np.array([self.params_[name] for name in self.parameter_names])

    def _keep(self, optimum: Optimum, unit: Floats) -> None:
        """Store an optimum; ``unit`` turns scale-free parameters into those of the summary's units."""
        values = digits(np.exp(optimum.point) * unit)
        errors = values * np.sqrt(np.diag(optimum.covariance))
        self.params_ = dict(zip(self.parameter_names, values.tolist(), strict=True))
        self.standard_errors_ = dict(zip(self.parameter_names, errors.tolist(), strict=True))
        self.log_covariance_ = optimum.covariance

    def __repr__(self) -> str:
        fitted = ", ".join(f"{name}={value:.4g}" for name, value in getattr(self, "params_", {}).items())
        return f"{type(self).__name__}({fitted or 'not fitted'})"


class PurchaseModel(Estimator, ABC):
    """How often a customer buys while alive, and when it silently leaves.

    Parameters
    ----------
    prior
        ``"weak"`` adds weak, scale-free beliefs to the likelihood (the estimate is then the posterior mode in
        the log-parameters): for small samples, where the likelihood alone has no maximum. None: maximum
        likelihood.
    """

    #: Parameters that are times and so change with the unit.
    time_parameters: ClassVar[tuple[str, ...]]
    weak_prior: ClassVar[Prior]
    covariate_shift: ClassVar[Shift]

    def fit(
        self,
        summary: pd.DataFrame,
        weights: ArrayLike | None = None,
        covariates: pd.DataFrame | None = None,
    ) -> Self:
        """Estimate the parameters.

        Parameters
        ----------
        summary
            One row a customer, as from ``purchase_summary``: ``frequency``, ``recency``, ``T`` in one unit of
            time (regular models also ``sum_log_gaps``).
        weights
            How many customers each row stands for; default 1.
        covariates
            What is known of each customer from the start, by the summary's index: numbers or booleans that may move
            its rate and its dropout; see `helpers.models.covariates`.

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
        by_profile = None
        if covariates is not None:
            by_profile = CovariateFit.of(summary, weights, covariates, self.covariate_shift).rescaled(scale)
        return self._fit_patterns(patterns.rescaled(scale), scale, by_profile)

    def _fit_patterns(self, patterns: Patterns, scale: float, by_profile: CovariateFit | None = None) -> Self:
        prior, starts = self.weak_prior if self.prior else None, self._starts(patterns)
        unit = np.array([scale if name in self.time_parameters else 1.0 for name in self.parameter_names])
        name, size = type(self).__name__, len(unit)
        if by_profile is None:
            optimum = maximise(
                name,
                self.parameter_names,
                lambda point: self._log_likelihood(point, patterns),
                starts,
                patterns.customers,
                prior,
            )
            self._keep(optimum, unit)
            self.effects_ = None
        else:
            no_effects = np.zeros(2 * len(by_profile.names))
            optimum = maximise(
                name,
                self.parameter_names + by_profile.parameter_names(),
                lambda point: by_profile.log_likelihood(self._log_likelihood, point),
                [np.append(start, no_effects) for start in starts],
                patterns.customers,
                by_profile.prior(prior) if prior else None,
            )
            point, covariance = by_profile.in_own_units(optimum.point, optimum.covariance)
            self._keep(Optimum(point[:size], covariance[:size, :size], optimum.log_likelihood), unit)
            self.effects_ = by_profile.effects(point, covariance)
        self.log_likelihood_ = float(optimum.log_likelihood - patterns.repeats * np.log(scale))
        return self

    def _of_each(
        self,
        summary: pd.DataFrame,
        covariates: pd.DataFrame | None,
        compute: Callable[[Floats, Patterns], Floats],
    ) -> Floats:
        """Compute something of each customer under the parameters that its covariates give it."""
        values = self._values()
        known = check_covariates(type(self).__name__, self.effects_, covariates)
        if known is None or self.effects_ is None or summary.empty:
            patterns = find_patterns(summary)
            return compute(values, patterns)[patterns.inverse]
        profiles = find_profiles(known, summary)
        rate, dropout = (profiles.table @ self.effects_[what].to_numpy() for what in ("rate", "dropout"))
        points, rows = self.covariate_shift.points(np.log(values), rate, dropout), profiles.rows()
        parts = [find_patterns(summary.iloc[those]) for those in rows]
        found = [compute(np.exp(at), part)[part.inverse] for at, part in zip(points, parts, strict=True)]
        result = np.concatenate(found)
        result[np.concatenate(rows)] = result.copy()
        return result

    def log_likelihood(self, summary: pd.DataFrame, weights: ArrayLike | None = None) -> float:
        """Log-likelihood of other customers under these parameters (same unit of time)."""
        return self._log_likelihood(np.log(self._values()), find_patterns(summary, weights))[0]

    def p_alive(self, summary: pd.DataFrame, covariates: pd.DataFrame | None = None) -> pd.Series[float]:
        """Probability that each customer has not left by the end of its observed time."""
        return pd.Series(self._of_each(summary, covariates, self._p_alive), summary.index, name="p_alive")

    @overload
    def expected_purchases(
        self, summary: pd.DataFrame, periods: float, covariates: pd.DataFrame | None = None
    ) -> pd.Series[float]: ...
    @overload
    def expected_purchases(
        self,
        summary: pd.DataFrame,
        periods: Sequence[float] | Floats,
        covariates: pd.DataFrame | None = None,
    ) -> pd.DataFrame: ...
    def expected_purchases(
        self,
        summary: pd.DataFrame,
        periods: float | Sequence[float] | Floats,
        covariates: pd.DataFrame | None = None,
    ) -> pd.Series[float] | pd.DataFrame:
        """Forecast the purchases of each customer in the ``periods`` after its observed time, given its past.

        Parameters
        ----------
        periods
            Horizon in the summary's unit of time, 0 or more; several horizons give a frame with a column
            each. A customer yet to come is the row frequency 0, recency 0, T 0: its first purchase does not
            count.
        covariates
            Of the same customers, where the model was fitted with covariates.
        """
        horizons = np.atleast_1d(np.asarray(periods, dtype=np.float64))

        def of(values: Floats, patterns: Patterns) -> Floats:
            alive = self._p_alive(values, patterns)
            each = [self._expected_if_alive(values, patterns, _horizon(horizon)) for horizon in horizons]
            return np.column_stack([alive * expected for expected in each])

        expected = self._of_each(summary, covariates, of)
        if np.ndim(periods) == 0:
            return pd.Series(expected[:, 0], summary.index, name="expected_purchases")
        return pd.DataFrame(expected, index=summary.index, columns=horizons)

    def discounted_purchases(
        self,
        summary: pd.DataFrame,
        periods: float,
        discount_rate: float,
        covariates: pd.DataFrame | None = None,
    ) -> pd.Series[float]:
        """Forecast the purchases in the next ``periods``, each worth less the later it comes.

        A purchase after time t counts exp(-discount_rate t). With E(t) for ``expected_purchases``, that is
        exp(-discount_rate periods) E(periods) + discount_rate * integral of exp(-discount_rate t) E(t), the
        integral by Gauss-Legendre's rule with 12 nodes (at least six digits for horizons of some years).

        Parameters
        ----------
        periods
            Horizon in the summary's unit of time.
        discount_rate
            Continuous rate per unit of time: 10 % a year are ``log(1.10) / (365.25 / 7)`` a week.
        """
        horizon = _horizon(periods)
        if not (np.isfinite(discount_rate) and discount_rate >= 0):
            raise ModelError(f"discount_rate = {discount_rate} must be a finite rate of 0 or more.")
        # The early purchases count most and E bends most there: nodes at squares lie closer to the present.
        nodes, weights = np.polynomial.legendre.leggauss(12)
        root = 0.5 * (nodes + 1)
        times = horizon * root**2
        expected = self.expected_purchases(summary, [*times, horizon], covariates)
        shares = discount_rate * np.exp(-discount_rate * times) * weights * horizon * root
        total = expected.to_numpy() @ np.append(shares, np.exp(-discount_rate * horizon))
        return pd.Series(total, summary.index, name="discounted_purchases")

    def purchase_distribution(
        self,
        summary: pd.DataFrame,
        periods: float,
        max_purchases: int,
        covariates: pd.DataFrame | None = None,
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

        return pd.DataFrame(self._of_each(summary, covariates, of), index=summary.index)

    def sample(self, T: ArrayLike, future_periods: float = 0.0, seed: Seed = 0) -> pd.DataFrame:
        """Simulate customers who join, buy, and leave as the model says.

        Parameters
        ----------
        T
            For each customer how long it is observed from its first purchase on.
        future_periods
            How long purchases are counted after that.
        seed
            Seed, or a NumPy generator.

        Returns
        -------
        DataFrame
            ``frequency``, ``recency``, ``T``, ``sum_log_gaps`` as from ``purchase_summary``; ``alive`` (has
            not left by ``T``) and ``future_purchases`` (in the ``future_periods`` after ``T``), which nobody
            observes.
        """
        observed = np.asarray(T, dtype=np.float64)
        check_weights(observed, len(observed))
        return self._simulate(self._values(), observed, _horizon(future_periods), np.random.default_rng(seed))

    @abstractmethod
    def _starts(self, patterns: Patterns) -> list[Floats]:
        """Points from which the search sets out, the likeliest first (scale-free log-parameters)."""

    @abstractmethod
    def _log_likelihood(self, point: Floats, patterns: Patterns) -> tuple[float, Floats]:
        """Log-likelihood and its gradient in the log-parameters."""

    @abstractmethod
    def _p_alive(self, values: Floats, patterns: Patterns) -> Floats: ...

    @abstractmethod
    def _expected_if_alive(self, values: Floats, patterns: Patterns, periods: float) -> Floats: ...

    @abstractmethod
    def _at_least_if_alive(self, values: Floats, patterns: Patterns, periods: float, most: int) -> Floats:
        """P(at least 1 .. most purchases | alive at T), one column each."""

    @abstractmethod
    def _simulate(
        self, values: Floats, observed: Floats, periods: float, rng: np.random.Generator
    ) -> pd.DataFrame: ...


def _horizon(periods: Any) -> float:
    if not (np.isfinite(periods) and periods >= 0):
        raise ModelError(f"periods = {periods} must be a finite time of 0 or more, in the summary's unit.")
    return float(periods)
