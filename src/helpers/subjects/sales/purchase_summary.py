"""The purchase summary: frequency, recency and regularity of each customer's purchases, as of a day.

All purchase models use it: frequency (purchases after the first), recency (time from first to last purchase), T (time
observed, from the first purchase to the day) and sum_log_gaps (natural logarithms of the gaps). The engine sums a
customer's months up to any month end; this module converts days to a model's unit of time.

Logarithms are rounded to 12 decimals before they are summed, so that sums depend on no order.
"""

import contextlib
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.models import MBGCNBDk
from helpers.models.base import PriorName
from helpers.models.errors import FitError, ModelWarning
from helpers.subjects.queries import SubjectQueries

#: Days in one unit of time; months and years have their mean length, so that time runs evenly.
UNIT_DAYS = {"D": 1.0, "W": 7.0, "M": 365.25 / 12, "Y": 365.25}
WEEK_DAYS = 7.0
#: Columns of the fact customer_summary, or of the purchase panel, that `in_units` uses.
COLUMNS = ("frequency", "recency_days", "T_days", "sum_log_gaps")


def with_times(summed: ir.Table, day: ir.DateValue) -> ir.Table:
    """Add frequency, recency_days and T_days as of a day (float64, so that a left join may leave them NULL).

    Uses purchases_lifetime, first_purchase and last_purchase (DATE).
    """
    return summed.mutate(
        frequency=(summed.purchases_lifetime - 1).cast("float64"),
        recency_days=summed.last_purchase.delta(summed.first_purchase, unit="day").cast("float64"),
        T_days=day.delta(summed.first_purchase, unit="day").cast("float64"),
    )


def trading_silence(summary: pd.DataFrame) -> pd.Series:
    """Return days of silence in trading time: days of a holiday count by the trade expected in them.

    Without a calendar, days since the last purchase. Pages show ``silence_days``, which are calendar days.
    """
    return summary["T_days"] - summary["recency_days"]


def in_units(days: pd.DataFrame, unit_days: float = WEEK_DAYS) -> pd.DataFrame:
    """Return the summary in the models' unit of time: frequency (int64), recency, T and sum_log_gaps.

    Parameters
    ----------
    days
        `COLUMNS`, of customers who have bought; the result has their index.
    unit_days
        Days in the models' unit of time.
    """
    frequency = days["frequency"].astype("int64")
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": days["recency_days"] / unit_days,
            "T": days["T_days"] / unit_days,
            # Each logarithm is smaller by that of the unit.
            "sum_log_gaps": days["sum_log_gaps"] - frequency * np.log(unit_days),
        }
    )


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
