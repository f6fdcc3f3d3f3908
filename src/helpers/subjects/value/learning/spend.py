"""What a purchase of each customer brings: Gamma-Gamma on net sales, times the customer's own margin rate."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from helpers.core.digits import digits
from helpers.models import GammaGamma
from helpers.models.errors import FitError, ModelWarning

#: Fewer customers than this cannot tell dependence from chance.
FEWEST_TO_TEST = 30


@dataclass(frozen=True)
class Spend:
    """The fitted value of a purchase.

    Attributes
    ----------
    model
        Gamma-Gamma of the mean net sales of a purchase, divided by ``index`` of the customer.
    correlation, p_value
        Spearman's, of purchases a year and mean net sales of a purchase (NaN: too few customers to tell).
    slope
        By what power of the purchase rate spend rises; 0: not related, or too few to tell.
    centre
        Mean logarithm of the rate, where the index is 1.
    pseudo_time
        Time added to every observed time, so that new customers have a rate.
    margin_rate
        Margin over net sales of all customers; 1 where no cost is known and sales stand for margin.
    pseudo_amount
        Net sales at the common margin rate that are added to each customer's own (one mean purchase).
    fallback
        None, ``weak_prior``, or ``own_mean`` (spend could not be fitted: the common mean with a wide spread).
    """

    model: GammaGamma
    correlation: float
    p_value: float
    slope: float
    centre: float
    pseudo_time: float
    margin_rate: float
    pseudo_amount: float
    fallback: str | None

    def index(self, known: pd.DataFrame) -> np.ndarray:
        """Return how much more a purchase of a customer of this rate brings than of the mean rate."""
        rate = np.log(
            known["purchases"].to_numpy(dtype="float64") / (known["T"].to_numpy() + self.pseudo_time)
        )
        return digits(np.exp(self.slope * (rate - self.centre)))

    def margin_rates(self, known: pd.DataFrame) -> np.ndarray:
        """Return each customer's margin rate, drawn towards the common one by one mean purchase."""
        base = np.maximum(known["net_amount_with_cost"].to_numpy(), 0.0) + self.pseudo_amount
        own = known["margin_amount"].to_numpy() + self.pseudo_amount * self.margin_rate
        return (
            np.clip(own / base, -1.0, 1.0)
            if self.pseudo_amount > 0
            else np.full(len(known), self.margin_rate)
        )


def fit_spend(known: pd.DataFrame, by_margin: bool) -> Spend:
    """Learn what a purchase brings from histories as of `helpers.subjects.value.learning.histories.known_at`.

    A customer's mean is all its net sales over its purchase days, so returns lower it; a mean of nothing or less
    takes no part in the fit and counts as nothing. Gamma-Gamma takes spend and frequency for unrelated; that is
    tested, and where it fails (p below 1 %) spend is taken relative to what customers of the same purchase rate
    spend: a straight line between the logarithms.
    """
    purchases = known["purchases"].to_numpy(dtype="float64")
    mean = np.divide(known["net_amount"].to_numpy(), purchases, where=purchases > 0, out=np.zeros(len(known)))
    pseudo_time = float(np.median(known["T"])) if len(known) and np.median(known["T"]) > 0 else 1.0
    log_rate = np.log(np.maximum(purchases, 1.0) / (known["T"].to_numpy() + pseudo_time))
    usable = (mean > 0) & (purchases >= 2)
    correlation = p_value = float("nan")
    slope, centre = 0.0, float(log_rate.mean()) if len(known) else 0.0
    if usable.sum() >= FEWEST_TO_TEST and np.ptp(log_rate[usable]) > 0 and np.ptp(mean[usable]) > 0:
        test = spearmanr(log_rate[usable], mean[usable])
        correlation, p_value = float(test.statistic), float(test.pvalue)
        if p_value < 0.01:
            x = log_rate[usable] - log_rate[usable].mean()
            slope = digits(float(np.clip((x @ np.log(mean[usable])) / (x @ x), -1.0, 1.0)))
    centre = digits(centre)
    index = digits(np.exp(slope * (log_rate - centre)))
    model, fallback = _fit(pd.DataFrame({"frequency": purchases, "monetary_value": mean / index}))
    net = float(known["net_amount_with_cost"].clip(lower=0).sum())
    rate = float(known["margin_amount"].sum()) / net if by_margin and net > 0 else 1.0
    typical = float(mean[mean > 0].mean()) if by_margin and net > 0 and (mean > 0).any() else 0.0
    return Spend(model, correlation, p_value, slope, centre, pseudo_time, rate, typical, fallback)


def _fit(summary: pd.DataFrame) -> tuple[GammaGamma, str | None]:
    with warnings.catch_warnings():
        # Set aside and weakly known are told by the result, not by a warning in the middle of a report.
        warnings.simplefilter("ignore", ModelWarning)
        attempts: list[tuple[GammaGamma, str | None]] = [
            (GammaGamma(), None),
            (GammaGamma(prior="weak"), "weak_prior"),
        ]
        for model, fallback in attempts:
            try:
                return model.fit(summary), fallback
            except FitError:
                continue
    positive = summary.loc[summary["monetary_value"] > 0, "monetary_value"]
    level = digits(float(np.exp(np.log(positive).mean()))) if len(positive) else 1.0
    return GammaGamma().set_parameters(p=1.0, q=2.0, v=level), "own_mean"
