"""The calendar of a data set as it was known at the month end, and days of silence on which trade goes on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from helpers.core.calendar.calendar import Calendar, CompanyDay, FestivalDates
from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.engine.connection import to_pandas
from helpers.engine.facts import Facts
from helpers.settings.periods import Festival


def calendar_of(facts: Facts) -> Calendar | None:
    """Return the working days; None where ``[calendar]`` sets no country.

    Of ``days_off`` count the rows that were known at the month end (`helpers.engine.as_of.known_rows`) and name no
    region or that of the settings; of two of one day the one that names it. Make-up days count of the
    years up to that of the month end.
    """
    rules = facts.settings.calendar
    if rules.country is None:
        return None
    rows, months = facts.optional("days_off"), fiscal_periods(facts.settings.periods)
    without = Calendar(rules, months=months, announced_to=facts.month_end.year)
    if rows is None:
        return without
    found = to_pandas(rows.order_by([rows.date, rows.region.asc(nulls_first=True)]))
    here = found[found["region"].isna() | (found["region"] == rules.region)].drop_duplicates(
        "date", keep="last"
    )
    own = (CompanyDay(day.date(), kind) for day, kind in zip(here["date"], here["kind"], strict=True))
    return replace(without, own=tuple(own))


#: What of trade is lost in the reach of a festival until a year of the data shows it.
_LOST: dict[Festival, float] = {
    "spring_festival": 1.0, "golden_week": 1.0, "ramadan": 0.5, "easter": 0.5, "august": 0.5,
}  # fmt: skip
#: Trade in a festival's reach is held against so many days before and after it, of so many order lines at least.
_AROUND, _LEAST_LINES = 60, 200


@dataclass(frozen=True)
class Lull:
    """Days in which customers buy less, or not at all, whoever they are: ``lost`` of trade, from 0 to 1."""

    first: dt.date
    last: dt.date
    lost: float


def find_lulls(facts: Facts) -> tuple[Lull, ...]:
    """Return the lulls of a data set up to the month end, by day; none where ``[calendar]`` sets no country.

    What is lost in a festival's reach is learnt from the years before: order lines a day in it against those around it,
    where that is more than chance.
    So a lull rests on nothing dated after its first day, and a past month end reads as it did then.
    """
    calendar = calendar_of(facts)
    if calendar is None:
        return ()
    lines = _lines_by_day(facts)
    found = calendar.moved(lines.index[0].date(), facts.month_end)
    lulls = []
    for each in found:
        past = [one for one in found if one.festival == each.festival]
        lost = measured_loss(each.festival, past, lines, each.first)
        lulls.append(Lull(each.first, each.last, _LOST[each.festival] if lost is None else lost))
    return tuple(lull for lull in lulls if lull.lost > 0)


def festival_losses(facts: Facts, calendar: Calendar) -> dict[Festival, float]:
    """Return what of trade is lost in the reach of each festival, by the years before, where the data tell."""
    lines = _lines_by_day(facts)
    after = facts.month_end + dt.timedelta(days=1)
    by_festival: dict[Festival, list[FestivalDates]] = {}
    for each in calendar.moved(lines.index[0].date(), facts.month_end):
        by_festival.setdefault(each.festival, []).append(each)
    found = {festival: measured_loss(festival, past, lines, after) for festival, past in by_festival.items()}
    return {festival: lost for festival, lost in found.items() if lost is not None}


def _lines_by_day(facts: Facts) -> pd.Series:
    """Return the order lines of each day from the first with any to the last as of the month end."""
    days = facts.days_with_data
    known = days[days["order_date"] <= facts.year.ends(facts.month)].set_index("order_date")["rows"]
    return known.reindex(pd.date_range(known.index[0], known.index[-1]), fill_value=0)


def measured_loss(
    festival: Festival, past: Sequence[FestivalDates], lines: pd.Series, before: dt.date
) -> float | None:
    """Return what of trade a festival takes by its years that were over before a day; None: they do not tell.

    A loss counts that is more than chance: see `_chance`. Where chance may be all of it, trade goes on as always if
    the years exclude what the rule would take; if they exclude neither, they tell nothing.
    """
    measured = _measured(past, lines, before)
    if measured is None:
        return None
    lost, off = measured
    if lost - off > 0:
        return round(lost, 2)
    return 0.0 if lost + off < _LOST[festival] else None


def _measured(
    festivals: Sequence[FestivalDates], lines: pd.Series, before: dt.date
) -> tuple[float, float] | None:
    """Return what of trade was lost in the reach of past festivals, and how far chance may put that off.

    A day is held against the days of its weekday around: the reach of Easter has two weekends in ten days, which are
    no loss. None: there is no year with all days around in the data, or too few order lines.
    """
    within = usual = around = 0.0
    spans: list[NDArray[np.float64]] = []
    margin = pd.Timedelta(days=_AROUND)
    for each in festivals:
        begin, end = pd.Timestamp(each.first), pd.Timestamp(each.last)
        if begin - margin < lines.index[0] or end + margin >= pd.Timestamp(before):
            continue
        near = lines[begin - margin : end + margin]
        weekdays = pd.DatetimeIndex(near.index).day_of_week
        inside = np.asarray((near.index >= begin) & (near.index <= end))
        by_weekday = near[~inside].groupby(weekdays[~inside]).mean()
        values = near.to_numpy(np.float64)
        as_usual = by_weekday.reindex(weekdays).to_numpy(np.float64)
        within, usual = within + float(values[inside].sum()), usual + float(as_usual[inside].sum())
        around += float(values[~inside].sum())
        sums, expected = (_spans(each, int(inside.sum())) for each in (values, as_usual))
        spans.append(sums[expected > 0] / expected[expected > 0])
    if around < _LEAST_LINES or not usual:
        return None
    return 1 - within / usual, _chance(spans)


def _spans(near: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the sum of each span of a length in the days before and after a reach."""
    whole = _AROUND // length * length
    parts = near[_AROUND - whole : _AROUND], near[len(near) - _AROUND :][:whole]
    return np.concatenate(parts).reshape(-1, length).sum(axis=1)


def _chance(spans: Sequence[NDArray[np.float64]]) -> float:
    """Return half the 95 % interval of a loss: by how much spans without a festival differ (Student's t).

    Infinite where no year has two spans: what is longer than the days around it cannot be told from chance.
    """
    degrees = sum(len(each) - 1 for each in spans if len(each))
    if not degrees:
        return float("inf")
    squares = sum(float(((each - each.mean()) ** 2).sum()) for each in spans if len(each))
    error = np.sqrt(squares / degrees * (1 / len(spans) + 1 / sum(len(each) for each in spans)))
    return float(stdtrit(degrees, 0.975) * error)


def silent_days(last: ir.DateValue, until: ir.DateValue, lulls: Sequence[Lull]) -> ir.Value:
    """Return the days after ``last`` up to ``until`` (float64), those of a lull only for what is bought in them.

    What silence is: for signals, states and the probability of leaving alike. Without lulls it is days of the calendar.
    """
    days = until.delta(last, unit="day").cast("float64")
    for lull in lulls:
        begin = ibis.greatest(last, ibis.date(lull.first - dt.timedelta(days=1)))
        inside = ibis.least(until, ibis.date(lull.last)).delta(begin, unit="day").cast("float64")
        days = days - lull.lost * ibis.greatest(inside, ibis.literal(0.0))
    return days
