"""Sales plans: what the targets of any period length say for a span of months."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.analysis.money import from_units, to_units
from helpers.analysis.periods import Span
from helpers.errors import WorkbookError

_PERIOD = re.compile(r"(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")


@lru_cache(maxsize=1000)
def _target_months(period: str) -> tuple[pd.Period, ...]:
    """Return the months of a target's period: few periods stand in many rows."""
    return tuple(target_span(period).months())


def target_span(period: str) -> Span:
    """Return the months of a target's period: ``2026``, ``2026-Q3`` or ``2026-10``.

    Raises
    ------
    WorkbookError
        The period has another form.
    """
    found = _PERIOD.fullmatch(period.strip())
    if not found:
        raise WorkbookError(
            f"targets: the period '{period}' is not understood. "
            "Write a year (2026), a quarter (2026-Q3) or a month (2026-10)."
        )
    year = int(found["year"])
    if found["month"]:
        month = pd.Period(year=year, month=int(found["month"]), freq="M")
        return Span(month, month)
    if found["quarter"]:
        first = pd.Period(year=year, month=3 * int(found["quarter"]) - 2, freq="M")
        return Span(first, first + 2)
    first = pd.Period(year=year, month=1, freq="M")
    return Span(first, first + 11)


def monthly_plan(
    targets: pd.DataFrame, scope_type: str, scope_id: str | None, metric: str = "net_sales"
) -> pd.Series:
    """Spread targets over months: the plan of each month that any target covers.

    The month's own target where there is one, else a third of the quarter's, else a twelfth of the year's:
    finer targets go before coarser ones, and a coarse one is spread evenly. Several targets for one period
    add up.

    Parameters
    ----------
    targets
        period, scope_type, scope_id, metric, target.
    scope_type, scope_id
        Whose targets; the id is not looked at for ``company``.
    metric
        ``net_sales``: in the report's currency.

    Returns
    -------
    pandas.Series
        Plan in money, index: months (period[M]), ascending.
    """
    chosen = targets[(targets["scope_type"] == scope_type) & (targets["metric"] == metric)]
    if scope_type != "company":
        chosen = chosen[chosen["scope_id"] == scope_id]
    plan: dict[pd.Period, float] = {}
    spans = [
        (_target_months(period), target)
        for period, target in zip(chosen["period"], chosen["target"], strict=True)
    ]
    for length in (12, 3, 1):
        level: dict[pd.Period, float] = {}
        for months, target in spans:
            if len(months) == length:
                for month in months:
                    level[month] = level.get(month, 0.0) + target / length
        plan |= level
    return pd.Series(plan, dtype="float64", index=pd.PeriodIndex(sorted(plan), freq="M")).sort_index()


def plan_for(plan: pd.Series, span: Span) -> float:
    """Return the plan of a span in money (to 0.0001); NaN unless every month of it is planned."""
    wanted = plan.reindex(span.months())
    if wanted.isna().any():
        return float("nan")
    return float(from_units(np.int64(to_units(wanted).sum()))) if len(plan) else float("nan")
