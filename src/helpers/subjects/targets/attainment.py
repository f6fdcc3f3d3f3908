"""Sales against targets, from the company to each salesperson, and gaps in their breakdown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.backtest import interval_hits, intervals, mape
from helpers.core.calendar.calendar import Calendar
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, Span
from helpers.core.scope import Scope
from helpers.subjects.targets.forecast import PeriodForecast
from helpers.subjects.targets.plan import monthly_plans, plans_for, target_span

#: By so much a target that was spread over months may differ from their sum.
_ROUNDED = 0.015
_GAP_AMOUNTS = ("whole_amount", "parts_amount", "gap_amount")


@dataclass(frozen=True)
class Attainment(Answer):
    """Sales against targets in the month, quarter and year of the report.

    Attributes
    ----------
    units
        One row a period (``month``, ``quarter``, ``year``) and unit (company, teams, salespeople; the scope's own
        first): period, kind, id (NaN: company), name, sales_amount (from the period's first day to the month end),
        target_amount (of the whole period), target_to_date_amount, attainment (sales / target), attainment_to_date
        (sales / target to date; NaN without a target above zero), straight_amount (run rate to the period's end),
        model_amount (purchase model), forecast_amount (of the two, the one that erred less at past month ends of the
        company), low_amount, high_amount (80 %; NaN: too little past), needed_month_amount (a month, to reach the
        target). With a calendar: time_gone (share of the period's working days up to the month end, 时间进度),
        needed_day_amount (a working day that is left); run rates are by working days then.
    gaps
        Where parts do not add up to the whole: period, of (``company`` or the name of a team or salesperson), parts
        (``team`` or ``salesperson``; ``period``: the months and quarters of this target, where they are another sum),
        whole_amount, parts_amount, gap_amount (parts - whole; 0: they add up).
    tests
        The scope's forecasts at past month ends: horizon_months, elapsed_months, origins, model_error,
        straight_error, forecast_error (of what was to be chosen then; mean absolute errors as a share of the sales
        that came), chosen (``straight`` or ``model``: now), held and intervals (past 80 % intervals that held what
        came, and all there were).
    in_course
        The report's month where it is not over: ``month`` is then the previous one. None: ``month`` is the report's.
    year
        The company's year, which quarter and year are of.
    """

    month: pd.Period
    scope: Scope
    units: pd.DataFrame
    gaps: pd.DataFrame
    tests: pd.DataFrame
    in_course: pd.Period | None = None
    year: CompanyYear = CALENDAR_YEAR


def spans_of(month: pd.Period, year: CompanyYear = CALENDAR_YEAR) -> dict[str, Span]:
    """Return the month, the quarter (if years have any) and the year that contain it."""
    spans = {"month": Span(month, month), "quarter": year.quarter(month), "year": year.span(month)}
    return {name: span for name, span in spans.items() if span is not None}


def attainment(
    seller_months: pd.DataFrame,
    targets: pd.DataFrame,
    people: pd.DataFrame,
    month: pd.Period,
    scope: Scope,
    forecast: PeriodForecast,
    in_course: pd.Period | None = None,
    calendar: Calendar | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> Attainment:
    """Compare sales with targets.

    Parameters
    ----------
    seller_months
        Fact of this name, the whole company's.
    targets
        Fact of this name, the whole company's; metric ``net_sales`` is used.
    people
        salesperson_id, salesperson_name, team as of the month end.
    month, scope
        The last month that is over, and the report's scope; only its own units are in the result.
    forecast
        Of the months that remain of quarter and year.
    in_course
        The report's month where it is not over.
    calendar
        Working days, where the settings set a country.
    """
    units = units_of(seller_months, targets, people, scope)
    plans = {kind: monthly_plans(targets, kind) for kind in ("company", "team", "salesperson")}
    spans = spans_of(month, year)
    rows = {
        period: _rows(period, span, units, seller_months, plans, people, month, forecast, calendar)
        for period, span in spans.items()
    }
    between_periods = [
        _period_gaps(rows[period], targets, span) for period, span in spans.items() if period != "month"
    ]
    return Attainment(
        month=month,
        scope=scope,
        units=pd.concat(rows.values(), ignore_index=True),
        gaps=pd.concat([_gaps(plans, people, spans, scope), *between_periods], ignore_index=True),
        tests=_tests(forecast, people, scope),
        in_course=in_course,
        year=year,
    )


def units_of(
    sellers: pd.DataFrame, targets: pd.DataFrame, people: pd.DataFrame, scope: Scope
) -> pd.DataFrame:
    """Return the scope itself, then teams and salespeople below it by name: kind, id and name."""
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


def _rows(
    period: str,
    span: Span,
    units: pd.DataFrame,
    sellers: pd.DataFrame,
    plans: dict[str, pd.DataFrame],
    people: pd.DataFrame,
    month: pd.Period,
    forecast: PeriodForecast,
    calendar: Calendar | None,
) -> pd.DataFrame:
    done = Span(span.first, month)
    elapsed, remaining = len(done.months()), (span.last - month).n
    sold = sellers[done.holds(sellers["month"])]
    sums = {
        kind: _sums(sold if kind == "company" else sold[sold[column].notna()], column, "net_amount")
        for kind, column in _SELLER_COLUMNS.items()
    }
    sales = _by_unit(units, sums).fillna(0.0)
    target, to_date = (
        _cents(_by_unit(units, {kind: plans_for(plan, each) for kind, plan in plans.items()}))
        for each in (span, done)
    )
    straight = sales / elapsed * remaining
    by_day = {}
    if calendar is not None:
        days, gone = (calendar.in_months(each.first, each.last) for each in (span, done))
        left = days - gone
        straight = sales / gone * left if gone else straight
        by_day = {
            "time_gone": gone / days if days else np.nan,
            "needed_day_amount": (target - sales) / left if left else np.nan,
        }
    model, ahead, low, high = _ahead(forecast, people, units, remaining, elapsed, straight)
    return pd.DataFrame(
        {
            "period": period, "kind": units["kind"], "id": units["id"], "name": units["name"],
            "sales_amount": sales, "target_amount": target, "target_to_date_amount": to_date,
            "attainment": sales / target.where(target > 0),
            "attainment_to_date": sales / to_date.where(to_date > 0),
            "straight_amount": sales + straight, "model_amount": sales + model,
            "forecast_amount": sales + ahead, "low_amount": sales + low, "high_amount": sales + high,
            "needed_month_amount": (target - sales) / remaining if remaining else np.nan,
            **by_day,
        }
    )  # fmt: skip


#: By what the rows of ``seller_months`` count for a unit: who sold, in the team of that day.
_SELLER_COLUMNS = {"company": None, "team": "team", "salesperson": "salesperson_id"}


def _sums(rows: pd.DataFrame, column: str | None, amount: str) -> pd.Series:
    """Return exact sums by a column; None: the company's total."""
    amounts = pd.Series(to_units(rows[amount]), index=rows.index)
    keys = pd.Series("", index=rows.index, dtype="str") if column is None else rows[column]
    return from_units(amounts.groupby(keys, sort=True).sum())


def _by_unit(units: pd.DataFrame, values: dict[str, pd.Series]) -> pd.Series:
    """Return each unit's value; NaN if there is none."""
    found = pd.Series(np.nan, index=units.index)
    for kind, of_kind in values.items():
        rows = units["kind"] == kind
        ids = units.loc[rows, "id"].fillna("") if kind == "company" else units.loc[rows, "id"]
        found[rows] = look_up(ids, of_kind.astype("float64"))
    return found


def _cents(amounts: pd.Series) -> pd.Series:
    """Round a third of a quarter or a twelfth of a year to cents, so that the parts add up."""
    # Python rounds what is there; NumPy a hundred times as much, which may lie on the other side of a half.
    return pd.Series([round(amount, 2) for amount in amounts.tolist()], amounts.index, dtype="float64")


def _ahead(
    forecast: PeriodForecast,
    people: pd.DataFrame,
    units: pd.DataFrame,
    remaining: int,
    elapsed: int,
    straight: pd.Series,
) -> tuple[pd.Series, ...]:
    """Return the forecast of the remaining months by model and by choice, with the interval of past errors."""
    none = pd.Series(np.nan, index=units.index)
    if not remaining:
        return (none.fillna(0.0),) * 4
    ahead = forecast.ahead[forecast.ahead["horizon_months"] == remaining]
    if ahead.empty:
        return (none,) * 4
    people_of = _by_kind(ahead, people)
    sums = {kind: _sums(rows, _OWNER_COLUMNS[kind], "model_amount") for kind, rows in people_of.items()}
    model = _by_unit(units, sums).fillna(0.0)
    amount = model if forecast.chosen[elapsed, remaining] == "model" else straight
    tests = forecast.tests
    tests = tests[(tests["horizon_months"] == remaining) & (tests["elapsed_months"] == elapsed)]
    past = _past(tests, people, units)
    low, high = intervals(amount.to_numpy(), past["forecast_amount"], past["actual_amount"])
    return model, amount, pd.Series(low, units.index), pd.Series(high, units.index)


#: By whom the rows of a forecast count for a unit: the owners of the customers, in their team of now.
_OWNER_COLUMNS = {"company": None, "team": "of_team", "salesperson": "salesperson_id"}


def _by_kind(frame: pd.DataFrame, people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of a forecast that count for each kind of unit; for teams with ``of_team``."""
    teams = people[["salesperson_id", "team"]].dropna().drop_duplicates()
    teams = teams.rename(columns={"team": "of_team"})
    return {
        "company": frame,
        "team": frame.merge(teams, on="salesperson_id"),
        "salesperson": frame[frame["salesperson_id"].notna()],
    }


def _past(tests: pd.DataFrame, people: pd.DataFrame, units: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return forecast_amount and actual_amount of past month ends: a row each unit, a column each origin."""
    origins = pd.Index(sorted(tests["origin"].unique()))
    past = {
        name: np.full((len(units), len(origins)), np.nan) for name in ("forecast_amount", "actual_amount")
    }
    for kind, rows in _by_kind(tests, people).items():
        places = np.flatnonzero(units["kind"] == kind)
        if not len(places) or rows.empty:
            continue
        key = _OWNER_COLUMNS[kind] or "company"
        wide = rows.assign(company="").pivot_table(list(past), key, "origin", aggfunc="sum")
        ids = pd.Series("", units.index) if kind == "company" else units["id"]
        for name, values in past.items():
            of_unit = pd.DataFrame(wide[name]).reindex(index=ids.iloc[places], columns=origins)
            values[places] = of_unit.to_numpy()
    return past


def _gaps(
    plans: dict[str, pd.DataFrame], people: pd.DataFrame, spans: dict[str, Span], scope: Scope
) -> pd.DataFrame:
    """Compare the sum of the parts' targets with the target of the whole, level by level."""
    members = people[["salesperson_id", "team"]].dropna().drop_duplicates()
    teams = [scope.id] if scope.kind == "team" else sorted(members["team"].unique())
    found = []
    for number, (period, span) in enumerate(spans.items()):
        amounts = {kind: _cents(plans_for(plan, span)) for kind, plan in plans.items()}
        units = {kind: pd.Series(to_units(each), each.index)[each.notna()] for kind, each in amounts.items()}
        if scope.kind == "company" and len(units["company"]):
            company_units = int(units["company"].iloc[0])
            found += [
                (place, number, period, "company", parts, company_units, int(units[parts].sum()))
                for place, parts in enumerate(("team", "salesperson"))
                if len(units[parts])
            ]
        if scope.kind != "salesperson":
            own = members[members["salesperson_id"].isin(units["salesperson"].index)]
            parts = look_up(own["salesperson_id"], units["salesperson"]).groupby(own["team"]).sum()
            found += [
                (place, number, period, team, "salesperson", int(units["team"][team]), int(parts[team]))
                for place, team in enumerate(teams, start=2)
                if team in units["team"].index and team in parts.index
            ]
    rows = [
        (
            period,
            owner,
            parts,
            *(from_units(amount) for amount in (company_units, sums, sums - company_units)),
        )
        for _place, _number, period, owner, parts, company_units, sums in sorted(found)
    ]
    frame = pd.DataFrame(rows, columns=["period", "of", "parts", *_GAP_AMOUNTS])
    return frame.astype(dict.fromkeys(_GAP_AMOUNTS, "float64"))


def _period_gaps(units: pd.DataFrame, targets: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Compare the target that is set for a period itself with what counts, the sum of its months and quarters."""
    of_span = targets[targets["period"].map(lambda period: target_span(str(period)) == span).astype(bool)]
    own = {kind: plans_for(monthly_plans(of_span, kind), span) for kind in _SELLER_COLUMNS}
    whole, parts = _cents(_by_unit(units, own)), units["target_amount"]
    gap = (parts - whole).round(2)
    frame = pd.DataFrame(
        {
            "period": units["period"], "of": units["name"].where(units["kind"] != "company", "company"),
            "parts": "period", "whole_amount": whole, "parts_amount": parts, "gap_amount": gap,
        }
    )  # fmt: skip
    return frame[gap.abs() > _ROUNDED]


def _in_scope(frame: pd.DataFrame, people: pd.DataFrame, scope: Scope) -> pd.Series:
    if scope.kind == "company":
        return pd.Series(True, index=frame.index)
    if scope.kind == "team":
        return frame["salesperson_id"].isin(people.loc[people["team"] == scope.id, "salesperson_id"])
    return frame["salesperson_id"] == scope.id


def _tests(forecast: PeriodForecast, people: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    own = forecast.tests[_in_scope(forecast.tests, people, scope)]
    rows: list[tuple[object, ...]] = []
    for elapsed, horizon in sorted(forecast.chosen):
        part = own[(own["elapsed_months"] == elapsed) & (own["horizon_months"] == horizon)]
        sums = part.groupby("origin", sort=True)[[f"{name}_amount" for name in (*_TESTED, "actual")]].sum()
        sums = sums[sums["actual_amount"] > 0]
        errors = [mape(sums[f"{name}_amount"], sums["actual_amount"]) for name in _TESTED]
        chosen = forecast.chosen[elapsed, horizon]
        if len(sums):
            rows.append((elapsed, horizon, len(sums), *errors, chosen, *interval_hits(sums, horizon)))
    shares = [f"{name}_error" for name in _TESTED]
    columns = ["elapsed_months", "horizon_months", "origins", *shares, "chosen", "held", "intervals"]
    counts = dict.fromkeys(["elapsed_months", "horizon_months", "origins", "held", "intervals"], "int64")
    return pd.DataFrame(rows, columns=columns).astype(counts | dict.fromkeys(shares, "float64"))


_TESTED = ("model", "straight", "forecast")
