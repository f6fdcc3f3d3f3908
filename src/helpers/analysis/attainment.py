"""Sales against targets, from the company to each salesperson, and where the breakdown does not add up (R8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.analysis.attainment_forecast import PeriodForecast
from helpers.analysis.money import total
from helpers.analysis.past_errors import held, interval, mean_error
from helpers.analysis.periods import Span
from helpers.analysis.plan import monthly_plan, plan_for
from helpers.scope import Scope

PERIODS = ("month", "quarter", "year")
_GAP_AMOUNTS = ("whole_amount", "parts_amount", "gap_amount")


@dataclass(frozen=True)
class Attainment:
    """Sales against targets in the month, quarter and year of the report.

    Attributes
    ----------
    month, scope
        The report's month, and whose figures these are.
    units
        One row a period (`PERIODS`) and unit (company, its teams, its salespeople; the scope's own first): period,
        kind, id (NaN: company), name, sales_amount (from the period's first day to the month end), target_amount (of
        the whole period), target_to_date_amount, attainment (sales / target), attainment_to_date (sales / target to
        date; NaN without a target above zero), straight_amount (run rate to the period's end), model_amount (purchase
        model), forecast_amount (of the two, the one that erred less at past month ends of the company), low_amount,
        high_amount (80 %; NaN: too little past), needed_month_amount (a month, to reach the target).
    gaps
        Where parts do not add up to the whole: period, of (``company`` or a team's name), parts (``team`` or
        ``salesperson``), whole_amount, parts_amount, gap_amount (parts - whole; 0: they add up).
    tests
        The scope's forecasts at past month ends: horizon_months, elapsed_months, origins, model_error,
        straight_error, forecast_error (of what was to be chosen then; mean absolute errors as a share of the sales
        that came), chosen (``straight`` or ``model``: now), held and intervals (past 80 % intervals that held what
        came, and all there were).
    """

    month: pd.Period
    scope: Scope
    units: pd.DataFrame
    gaps: pd.DataFrame
    tests: pd.DataFrame


def spans_of(month: pd.Period) -> dict[str, Span]:
    """Return the month, the calendar quarter and the calendar year in which the month lies."""
    quarter = month - (month.month - 1) % 3
    january = pd.Period(year=month.year, month=1, freq="M")
    return {
        "month": Span(month, month),
        "quarter": Span(quarter, quarter + 2),
        "year": Span(january, january + 11),
    }


def attainment(
    seller_months: pd.DataFrame,
    targets: pd.DataFrame,
    people: pd.DataFrame,
    month: pd.Period,
    scope: Scope,
    forecast: PeriodForecast,
) -> Attainment:
    """Hold sales against targets.

    Parameters
    ----------
    seller_months
        Fact of this name, the whole company's.
    targets
        Fact of this name, the whole company's; metric ``net_sales`` is looked at.
    people
        salesperson_id, salesperson_name, team as of the month end.
    month, scope
        The report's; only the scope's own units are in the result.
    forecast
        Of the months that remain of quarter and year.
    """
    units = _units(seller_months, targets, people, scope)
    plans = {key: monthly_plan(targets, *key) for key in zip(units["kind"], units["id"], strict=True)}
    rows = [
        _row(period, span, unit, seller_months, plans[unit.kind, unit.id], people, month, forecast)
        for period, span in spans_of(month).items()
        for unit in units.itertuples()
    ]
    return Attainment(
        month=month,
        scope=scope,
        units=pd.DataFrame(rows),
        gaps=_gaps(targets, people, month, scope),
        tests=_tests(forecast, people, scope),
    )


def _units(sellers: pd.DataFrame, targets: pd.DataFrame, people: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """List the scope itself, then the teams and the salespeople below it, each by name."""
    own = people if scope.kind == "company" else people[scope.owns(people).to_numpy()]
    rows: list[tuple[str, str | None, str]] = []
    if scope.kind == "company":
        rows.append(("company", None, ""))
        planned = targets.loc[targets["scope_type"] == "team", "scope_id"]
        teams = pd.concat([people["team"], sellers["team"], planned]).dropna().unique()
        rows += [("team", name, name) for name in sorted(teams)]
    elif scope.kind == "team":
        rows.append(("team", scope.id, scope.name))
    # Who left has sales of this year and a target still.
    sold = set(sellers["salesperson_id"].dropna())
    aimed = set(targets.loc[targets["scope_type"] == "salesperson", "scope_id"].dropna())
    listed = own[own["salesperson_id"].isin(sold | aimed)].sort_values("salesperson_id")
    for person, name in zip(listed["salesperson_id"], listed["salesperson_name"], strict=True):
        rows.append(("salesperson", person, person if pd.isna(name) else name))
    if scope.kind == "salesperson" and not rows:
        rows.append(("salesperson", scope.id, scope.name))
    return pd.DataFrame(rows, columns=["kind", "id", "name"])


def _row(
    period: str,
    span: Span,
    unit: object,
    sellers: pd.DataFrame,
    plan: pd.Series,
    people: pd.DataFrame,
    month: pd.Period,
    forecast: PeriodForecast,
) -> dict[str, object]:
    kind, identity = unit.kind, unit.id  # type: ignore[attr-defined]
    own = sellers
    if kind != "company":
        own = sellers[sellers["team" if kind == "team" else "salesperson_id"] == identity]
    done = Span(span.first, month)
    elapsed, remaining = len(done.months()), (span.last - month).n
    sales = total(own.loc[done.holds(own["month"]), "net_amount"])
    # A third of a quarter or a twelfth of a year is rounded: to the cent, the months give the whole again.
    target, to_date = round(plan_for(plan, span), 2), round(plan_for(plan, done), 2)
    straight = sales / elapsed * remaining
    model, ahead, low, high = _ahead(forecast, people, kind, identity, remaining, elapsed, straight)
    return {
        "period": period, "kind": kind, "id": identity, "name": unit.name,  # type: ignore[attr-defined]
        "sales_amount": sales, "target_amount": target, "target_to_date_amount": to_date,
        "attainment": sales / target if target > 0 else np.nan,
        "attainment_to_date": sales / to_date if to_date > 0 else np.nan,
        "straight_amount": sales + straight, "model_amount": sales + model,
        "forecast_amount": sales + ahead, "low_amount": sales + low, "high_amount": sales + high,
        "needed_month_amount": (target - sales) / remaining if remaining else np.nan,
    }  # fmt: skip


def _ahead(
    forecast: PeriodForecast,
    people: pd.DataFrame,
    kind: str,
    identity: object,
    remaining: int,
    elapsed: int,
    straight: float,
) -> tuple[float, float, float, float]:
    """Sales of the months that remain by the model and as chosen, with the interval of the past errors."""
    if not remaining:
        return 0.0, 0.0, 0.0, 0.0
    ahead = forecast.ahead[forecast.ahead["horizon_months"] == remaining]
    if ahead.empty:
        return (float("nan"),) * 4
    model = total(ahead.loc[_of(ahead, people, kind, identity), "model_amount"])
    amount = model if forecast.chosen[elapsed, remaining] == "model" else straight
    tests = forecast.tests
    tests = tests[(tests["horizon_months"] == remaining) & (tests["elapsed_months"] == elapsed)]
    own = tests[_of(tests, people, kind, identity)]
    sums = own.groupby("origin", sort=True)[["forecast_amount", "actual_amount"]].sum()
    return model, amount, *interval(amount, sums)


def _of(frame: pd.DataFrame, people: pd.DataFrame, kind: str, identity: object) -> pd.Series:
    if kind == "company":
        return pd.Series(True, index=frame.index)
    if kind == "team":
        return frame["salesperson_id"].isin(people.loc[people["team"] == identity, "salesperson_id"])
    return frame["salesperson_id"] == identity


def _gaps(targets: pd.DataFrame, people: pd.DataFrame, month: pd.Period, scope: Scope) -> pd.DataFrame:
    """Hold the sum of the parts' targets against the target of the whole, level by level."""
    pairs: list[tuple[str, str, str | None, list[str]]] = []
    own = targets[targets["metric"] == "net_sales"]
    if scope.kind == "company":
        for parts in ("team", "salesperson"):
            ids = sorted(own.loc[own["scope_type"] == parts, "scope_id"].dropna().unique())
            pairs.append(("company", parts, None, ids))
    if scope.kind != "salesperson":
        planned = set(own.loc[own["scope_type"] == "salesperson", "scope_id"])
        teams = [scope.id] if scope.kind == "team" else sorted(people["team"].dropna().unique())
        for team in teams:
            members = people.loc[people["team"] == team, "salesperson_id"]
            pairs.append(("team", "salesperson", team, sorted(planned & set(members))))
    rows = []
    for kind, parts, identity, ids in pairs:
        whole = monthly_plan(targets, kind, identity)
        plans = [monthly_plan(targets, parts, part) for part in ids]
        for period, span in spans_of(month).items():
            amount = round(plan_for(whole, span), 2)
            given = [
                value for value in (round(plan_for(plan, span), 2) for plan in plans) if not np.isnan(value)
            ]
            if np.isnan(amount) or not given:
                continue
            rows.append(
                (period, identity or "company", parts, amount, total(given), total([*given, -amount]))
            )
    frame = pd.DataFrame(rows, columns=["period", "of", "parts", *_GAP_AMOUNTS])
    return frame.astype(dict.fromkeys(_GAP_AMOUNTS, "float64"))


def _tests(forecast: PeriodForecast, people: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    own = forecast.tests[_of(forecast.tests, people, scope.kind, scope.id)]
    rows: list[tuple[object, ...]] = []
    for elapsed, horizon in sorted(forecast.chosen):
        part = own[(own["elapsed_months"] == elapsed) & (own["horizon_months"] == horizon)]
        sums = part.groupby("origin", sort=True)[[f"{name}_amount" for name in (*_TESTED, "actual")]].sum()
        sums = sums[sums["actual_amount"] > 0]
        errors = [mean_error(sums[f"{name}_amount"], sums["actual_amount"]) for name in _TESTED]
        chosen = forecast.chosen[elapsed, horizon]
        if len(sums):
            rows.append((elapsed, horizon, len(sums), *errors, chosen, *held(sums, horizon)))
    shares = [f"{name}_error" for name in _TESTED]
    columns = ["elapsed_months", "horizon_months", "origins", *shares, "chosen", "held", "intervals"]
    counts = dict.fromkeys(["elapsed_months", "horizon_months", "origins", "held", "intervals"], "int64")
    return pd.DataFrame(rows, columns=columns).astype(counts | dict.fromkeys(shares, "float64"))


_TESTED = ("model", "straight", "forecast")
