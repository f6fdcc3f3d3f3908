"""The fit of the purchase model that value, churn, signals and scores share."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from helpers.models import MBGCNBDk
from helpers.models.base import PriorName
from helpers.models.errors import FitError, ModelWarning
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.sales.purchase_summary import COLUMNS, UNIT_DAYS, WEEK_DAYS, in_units


class PurchaseFit(NamedTuple):
    """A fitted purchase model.

    Attributes
    ----------
    model
        MBG/CNBD-k, in the unit of time of what it was fitted to.
    fallback
        None: maximum likelihood; ``weak_prior``: the customers alone do not determine it; ``nobody_repeats``: nothing
        can be learnt, and half a repeat purchase is supposed in all the time observed, a year a customer at least.
    """

    model: MBGCNBDk
    fallback: str | None

    @property
    def learned(self) -> MBGCNBDk | None:
        """The model, if anything was learnt from these customers."""
        return None if self.fallback == "nobody_repeats" else self.model


def fit_purchases(summary: pd.DataFrame, priors: Sequence[PriorName | None] = (None, "weak")) -> PurchaseFit:
    """Fit MBG/CNBD-k by maximum likelihood; with a weak prior if the customers alone do not determine it.

    Parameters
    ----------
    summary
        As from `helpers.subjects.sales.purchase_summary.in_units`, in weeks.
    priors
        Priors to try, in this order. Early in the data, use only the weak one.
    """
    if summary["frequency"].sum() > 0:
        for prior in priors:
            # How well parameters are known shows in the intervals.
            with warnings.catch_warnings(), contextlib.suppress(FitError):
                warnings.simplefilter("ignore", ModelWarning)
                return PurchaseFit(MBGCNBDk(prior=prior).fit(summary), prior and "weak_prior")
    days = (summary["T"] * WEEK_DAYS).clip(lower=UNIT_DAYS["Y"])  # a month's silence says little
    observed = float(days.sum()) / WEEK_DAYS
    repeats = float(summary["frequency"].sum()) + 0.5
    supposed = MBGCNBDk(k=1).set_parameters(r=1.0, alpha=max(observed, 1.0) / repeats, a=1.0, b=3.0)
    return PurchaseFit(supposed, "nobody_repeats")


def purchase_fit(opened: SubjectQueries) -> PurchaseFit:
    """Return the fit to the company's customers as of the month, in weeks; shared by all scopes and pages."""

    def fit() -> PurchaseFit:
        customers = opened.facts.sampled_frame("customer_summary", ("customer_id", *COLUMNS))
        return fit_purchases(in_units(customers.dropna().set_index("customer_id")))

    return opened._cache.get_or_compute("purchase-fit", fit)
