"""Gamma-Gamma: what a customer spends at a purchase, learnt from its mean so far and from all customers.

The values of one customer's purchases are Gamma(p, nu) about its own mean, nu ~ Gamma(q, v) over customers,
and not related to how often it buys. The mean m of x purchases has the density

    G(p x + q) / (G(p x) G(q)) * v^q * m^(p x - 1) * x^(p x) / (v + x m)^(p x + q),

and the expected mean of a customer is p (v + x m) / (p x + q - 1): a weighted mean of its own and
everybody's.

References
----------
Fader, Hardie, Lee (2005), RFM and CLV: using iso-value curves for customer base analysis, Journal of
Marketing Research 42(4). Fader, Hardie (2013), The Gamma-Gamma model of monetary value.
"""

from __future__ import annotations

import warnings
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, gammaln

from helpers.models.base import Estimator
from helpers.models.errors import (
    InfiniteMeanError,
    InvalidSummaryError,
    NoRepeatPurchasesError,
    ValuesSetAsideWarning,
)
from helpers.models.optimum import Prior, maximise
from helpers.models.patterns import Floats, check_weights


class GammaGamma(Estimator):
    """Expected value of a purchase for each customer (Fader, Hardie 2013).

    Input: ``frequency`` (number of purchases in the mean) and ``monetary_value`` (their mean, any currency).

    Returns, free goods and credit notes are normal input. A mean of zero or below has no density in this
    model: in ``fit`` those customers are set aside, counted in ``set_aside_`` and named in a warning; in
    ``expected_value`` their mean counts as zero, which gives them the lowest expectation that their number of
    purchases allows, never a negative one.

    Parameters
    ----------
    prior
        None (maximum likelihood) or ``"weak"``: weak beliefs, free of the currency, for small samples.

    Attributes
    ----------
    set_aside_
        Customers with purchases whose mean was not positive (sum of their weights).
    frequency_correlation_
        Spearman's rank correlation of number and mean value of purchases among the customers fitted. The
        model takes it for zero; far from zero, condition on frequency instead (unweighted; NaN where either
        does not vary).
    """

    parameter_names: ClassVar[tuple[str, ...]] = ("p", "q", "v")
    # Spread within a customer, spread between customers, and the level p v / q, a mean value.
    weak_prior: ClassVar[Prior] = Prior(
        directions=np.array([[1.0, 0, 0], [0, 1, 0], [1, -1, 1]]),
        means=np.array([1.0, 1.0, 0.0]),
        sds=np.array([1.5, 1.0, 2.0]),
    )

    set_aside_: float
    frequency_correlation_: float

    def fit(self, summary: pd.DataFrame, weights: ArrayLike | None = None) -> Self:
        """Estimate the parameters from the customers with ``frequency`` of 1 or more.

        Parameters
        ----------
        summary
            One row a customer with ``frequency`` and ``monetary_value``.
        weights
            How many customers each row stands for; default 1.

        Raises
        ------
        InvalidSummaryError, NoRepeatPurchasesError, FitDivergedError, FitNotConvergedError
            The data are wrong, or do not determine the model.
        InfiniteMeanError
            q <= 1: spend is so unequal that a customer without history has no finite expectation.

        Warns
        -----
        ValuesSetAsideWarning
            Customers whose mean is not positive did not take part.
        """
        x, mean = _columns(summary)
        weight = check_weights(weights, len(summary))
        repeats = (x > 0) & (weight > 0)
        usable = repeats & (mean > 0)
        self.set_aside_ = float(weight[repeats & ~usable].sum())
        if not usable.any():
            raise NoRepeatPurchasesError(
                "GammaGamma: no customer has a repeat purchase with a positive mean value."
            )
        if self.set_aside_:
            warnings.warn(
                f"GammaGamma: {self.set_aside_:g} of {weight[repeats].sum():g} customers with repeat "
                "purchases have a mean value of zero or below; they do not take part in the fit and count as "
                "zero in predictions.",
                ValuesSetAsideWarning,
                stacklevel=2,
            )
        x, mean, weight = x[usable], mean[usable], weight[usable]
        # Summed in a stated order, so that the order of the rows changes no digit.
        order = np.lexsort((weight, mean, x))
        x, mean, weight = x[order], mean[order], weight[order]
        ranks = pd.DataFrame({"x": x, "mean": mean}).rank()
        varies = ranks.nunique().min() > 1
        self.frequency_correlation_ = float(ranks["x"].corr(ranks["mean"])) if varies else float("nan")
        scale = float(np.exp(weight @ np.log(mean) / weight.sum()))
        optimum = maximise(
            "GammaGamma",
            self.parameter_names,
            lambda point: _log_likelihood(point, x, mean / scale, weight),
            [np.log([p, q, q / p]) for p, q in ((4.0, 3.0), (1.0, 4.0))],
            float(weight.sum()),
            self.weak_prior if self.prior else None,
        )
        self._keep(optimum, np.array([1.0, 1.0, scale]))
        self.log_likelihood_ = float(optimum.log_likelihood - weight.sum() * np.log(scale))
        if self.params_["q"] <= 1:
            q = self.params_.pop("q")
            del self.params_
            raise InfiniteMeanError(
                f"GammaGamma: q = {q:.3g}: customers' spend differs so much that its mean over customers "
                "does not exist. Model the few very large customers apart, or fit with prior='weak'."
            )
        return self

    def expected_value(self, summary: pd.DataFrame) -> pd.Series[float]:
        """Forecast the value of a purchase of each customer, given its history; everybody's without one."""
        p, q, v = self._values()
        if q <= 1:
            raise InfiniteMeanError(
                f"GammaGamma: q = {q:.3g} is not above 1, so the expectation does not exist."
            )
        x, mean = _columns(summary)
        own = np.where(x > 0, np.maximum(np.nan_to_num(mean), 0.0), 0.0)
        return pd.Series(p * (v + x * own) / (p * x + q - 1), summary.index, name="expected_value")


def _columns(summary: pd.DataFrame) -> tuple[Floats, Floats]:
    for name in ("frequency", "monetary_value"):
        if name not in summary:
            raise InvalidSummaryError(f"GammaGamma: the summary has no column '{name}'.")
    x = summary["frequency"].to_numpy(dtype=np.float64, na_value=np.nan)
    mean = summary["monetary_value"].to_numpy(dtype=np.float64, na_value=np.nan)
    bad: NDArray[np.bool_] = ~(x >= 0) | ((x > 0) & ~np.isfinite(mean)) | ~np.isfinite(x)
    if bad.any():
        row = int(np.argmax(bad))
        raise InvalidSummaryError(
            f"GammaGamma: summary row {summary.index[row]!r} has frequency {x[row]:g} and monetary_value "
            f"{mean[row]:g}; a customer with purchases needs a finite mean value "
            f"({int(bad.sum())} such rows)."
        )
    return x, mean


def _log_likelihood(point: Floats, x: Floats, mean: Floats, weight: Floats) -> tuple[float, Floats]:
    """Log-likelihood of the means and its gradient in the log-parameters."""
    p, q, v = np.exp(point)
    shape, spent = p * x, v + x * mean
    log_spent = np.log(spent)
    value = (
        gammaln(shape + q)
        - gammaln(shape)
        - gammaln(q)
        + q * (np.log(v) - log_spent)
        + shape * (np.log(x * mean) - log_spent)
        - np.log(mean)
    ) @ weight
    common = digamma(shape + q)
    gradient = np.array(
        [
            p * ((x * (common - digamma(shape) + np.log(x * mean) - log_spent)) @ weight),
            q * ((common - digamma(q) + np.log(v) - log_spent) @ weight),
            v * ((q / v - (shape + q) / spent) @ weight),
        ]
    )
    return float(value), gradient
