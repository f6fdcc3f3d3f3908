"""Sales plans: targets of any period length, spread over months."""

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.periods import Span
from helpers.errors import WorkbookError

_MONTHS = re.compile(r"(\d{4}-\d{2})/(\d{4}-\d{2})")
_PERIOD = re.compile(r"(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")


@lru_cache(maxsize=1000)
def _target_months(period: str) -> tuple[pd.Period, ...]:
    """Return the months of a target's period (cached, as few periods occur in many rows)."""
    return tuple(target_span(period).months())


def target_span(period: str) -> Span:
    """Return the months of a target's period: ``2026``, ``2026-Q3``, ``2026-10``, or ``2026-07/2027-06``.

    Raises
    ------
    WorkbookError
        The period has another form.
    """
    if named := _MONTHS.fullmatch(period):
        return Span(pd.Period(named[1], "M"), pd.Period(named[2], "M"))
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


def monthly_plans(targets: pd.DataFrame, scope_type: str, metric: str = "net_sales") -> pd.DataFrame:
    """Spread targets over months: the plan of each month covered by any target, for all ids at once.

    The month's own target where there is one. A quarter's target, less those of its months, is spread evenly over its
    other months, and a year's, less what is planned of its months and quarters, over the rest of the year: so the plan
    of a quarter or a year adds up to its own target. Where nothing of it is left, or no month, the finer targets hold.
    Several targets for one period add up.

    Parameters
    ----------
    targets
        period, scope_type, scope_id, metric, target.
    scope_type
        Whose targets: ``company``, ``team``, ``salesperson`` ...
    metric
        ``net_sales``: in the report's currency.

    Returns
    -------
    pandas.DataFrame
        Plan in money; a row each scope_id (``""`` for the company, whose id is not looked at), a column each month
        (period[M], ascending) for which anybody has a plan; NaN: no plan.
    """
    chosen = targets[(targets["scope_type"] == scope_type) & (targets["metric"] == metric)]
    if scope_type == "company":
        chosen = chosen.assign(scope_id="")
    rows, ids = pd.factorize(chosen["scope_id"], sort=True)
    codes, periods = pd.factorize(chosen["period"])
    spans = [_target_months(str(period)) for period in periods]
    months = sorted({month for span in spans for month in span})
    place = {month: number for number, month in enumerate(months)}
    plan = np.full((len(ids), len(months)), np.nan)
    target = chosen["target"].to_numpy(dtype="float64")
    # Finer targets first; of periods of one length that overlap, each is spread by what those are that are finer.
    for length in sorted({len(span) for span in spans}):
        level = np.full_like(plan, np.nan)
        for number in [number for number, span in enumerate(spans) if len(span) == length]:
            # Whose id is missing has no plan of its own.
            own_rows = (codes == number) & (rows >= 0)
            planned = np.unique(rows[own_rows])
            whole = np.zeros(len(ids))
            np.add.at(whole, rows[own_rows], target[own_rows])
            cells = np.ix_(planned, np.array([place[month] for month in spans[number]]))
            finer = plan[cells]
            open_months = np.isnan(finer).sum(axis=1)
            left = whole[planned] - np.nansum(finer, axis=1)
            left = np.where(open_months < finer.shape[1], np.maximum(left, 0), left)
            each = left / np.maximum(open_months, 1)
            level[cells] = np.nan_to_num(level[cells]) + each[:, None]
        plan = np.where(np.isnan(plan), level, plan)
    return pd.DataFrame(plan, index=pd.Index(ids), columns=pd.PeriodIndex(months, freq="M"))


def monthly_plan(
    targets: pd.DataFrame, scope_type: str, scope_id: str | None, metric: str = "net_sales"
) -> pd.Series:
    """Return the plan of one id: see `monthly_plans`.

    Returns
    -------
    pandas.Series
        Plan in money, index: months (period[M]), ascending; months without a plan are left out.
    """
    if scope_type != "company":
        targets = targets[targets["scope_id"] == scope_id]
    plans = monthly_plans(targets, scope_type, metric)
    plan = plans.iloc[0] if len(plans) else pd.Series(index=plans.columns, dtype="float64")
    return plan.dropna().rename(None)


def plans_for(plans: pd.DataFrame, span: Span) -> pd.Series:
    """Return all plans of a span in money (to 0.0001); NaN unless every month is planned."""
    in_span = plans.reindex(columns=span.months())
    sums = from_units(to_units(in_span).sum(axis=1))
    return pd.Series(sums, index=plans.index).where(in_span.notna().all(axis=1))


def plan_for(plan: pd.Series, span: Span) -> float:
    """Return one plan of a span in money; see `plans_for`."""
    in_span = plan.reindex(span.months())
    if in_span.isna().any():
        return float("nan")
    return float(from_units(np.int64(to_units(in_span).sum()))) if len(plan) else float("nan")
