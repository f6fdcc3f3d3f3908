"""How single signals are measured: silence, frequency, order size and spend; what is lost, returned, complained of.

Silence is defined here once, for signal, churn score and sentence alike: the days since the last purchase, against the
customer's own gaps (`gaps_of`), drawn towards those of all customers as if it had one gap of theirs more
(`with_typical`). The signal's chance is fair to the season beside: days in which a class buys little count for less,
and what recurs every year is no signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from helpers.core.amounts import counts_at, parts_of
from helpers.core.calendar.period_names import months_a_year
from helpers.core.calendar.period_names import numbered as numbered_period
from helpers.core.digits import digits
from helpers.core.frames.lookup import look_up
from helpers.core.frames.rolling import ages_of, numbered
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, numbered_months
from helpers.subjects.signals import strength
from helpers.subjects.signals.definition import Known, Part
from helpers.subjects.signals.strength import Floats
from helpers.subjects.signals.windows import RECENT_MONTHS, USUAL_MONTHS

Numbers = TypeVar("Numbers", Floats, pd.Series)
#: Purchase days that a class's calendar months are given on top: of few purchases no season is read.
_POOL = 20.0
#: A silence of this many months or more reaches into the silence of a year ago: nothing recurs.
_LONGEST_MONTHS = 11
#: More months than any silence lasts.
_NEVER = 10_000
#: A signal counts from this strength: chance alone does as much to one customer in forty.
NOTICED = 2.0


def gaps_of(gaps: Floats, total: Floats, square: Floats) -> tuple[Floats, Floats]:
    """Return mean and spread of gaps in days, of their number, sum and sum of squares.

    The mean is NaN without a gap, the spread without two.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(gaps > 0, total / gaps, np.nan)
        spread = np.where(gaps > 1, np.sqrt(np.maximum(square - total**2 / gaps, 0) / (gaps - 1)), np.nan)
    return mean, spread


def with_typical(gap_sum: Numbers, gaps: Numbers, typical_gap: Numbers | float) -> tuple[Numbers, Numbers]:
    """Return sum and number of a customer's gaps with one more that is typical of all: what silence is held against."""
    return gap_sum + typical_gap, gaps + 1


def silence_chance(silence: Floats, gaps: Floats, gap_sum: Floats, k: Floats, typical_gap: float) -> Floats:
    """Chance that a gap lasts longer than this silence, for gaps Erlang-k with the customer's own rate.

    The rate is gamma distributed given the gaps seen and one more of the typical length, so that
    gap / (gap + k-scaled sum) is beta distributed and the chance is exact.
    """
    seen, count = with_typical(gap_sum, gaps, typical_gap)
    # The complement itself: one less the other loses what is left of a chance near nothing.
    return special.betaincc(k, k * count, silence / (silence + seen))


def silence(known: Known) -> Part:
    """Days since the last purchase, against the mean of the gaps before; the detail is their spread.

    Judged in days of the class's season; who is always silent in these months is sure to be.
    """
    gaps, total, square = known.of_rhythm("gaps", "gap_sum", "gap_square")
    last = known.rhythm["last_purchase"].astype("datetime64[ns]")
    # With a calendar silence is judged on trading time, and told in days.
    judged = known.rhythm.get("trading_silence_days", known.rhythm["silence_days"])
    end = last + pd.to_timedelta(judged.astype("float64"), "D")
    first = last - pd.to_timedelta(total, "D")
    now, before = busy_days(
        known.customer_months, known.label, known.month, [(last, end), (first, last)], known.year
    )
    before = np.nan_to_num(before)
    with np.errstate(divide="ignore", invalid="ignore"):
        busy_mean = np.where(gaps > 0, before / gaps, np.nan)
    typical = float(np.nanmedian(busy_mean)) if np.isfinite(busy_mean).any() else 90.0
    chance = silence_chance(np.nan_to_num(now), gaps, before, known.regularity, typical)
    seasonal = silent_every_year(known.customer_months, known.month, last, known.first_month, known.year)
    days = known.rhythm["silence_days"].to_numpy(dtype="float64")
    mean, spread = gaps_of(gaps, total, square)
    return Part.of(
        days, mean, _surprise(np.where(np.isnan(days), np.nan, np.where(seasonal, 1.0, chance))), spread
    )


def p_alive(known: Known) -> Part | None:
    """Probability that it has not left, by the purchase model; the less the more worrying."""
    return None if known.p_alive is None else Part.of(known.p_alive, None, _surprise(known.p_alive))


def _surprise(chance: Floats) -> Floats:
    return np.where(np.isnan(chance), np.nan, strength.from_chance(np.nan_to_num(chance, nan=1.0)))


def frequency(known: Known) -> Part | None:
    """Purchase days against the same months of last year, times what the class did since."""
    if not known.reaches_last_year:
        return None
    now, then = (known.sold[f"days_{window}"] for window in ("recent", "year_ago"))
    expected = then.to_numpy(dtype="float64") * _class_change(now, then, known.label)
    days = now.to_numpy(dtype="float64")
    z = strength.against_chance(strength.count_fall(days, expected, known.regularity))
    return Part.of(days, expected, z)


def _sizes(known: Known, window: str) -> list[Floats]:
    """Return number, sum and sum of squares of the logarithms of what a purchase came to."""
    return known.of_rhythm(*(f"size_{sums}_{window}" for sums in ("n", "sum", "square")))


def order_size(known: Known) -> Part | None:
    """What an order typically comes to, against the same months of last year."""
    if not known.reaches_last_year:
        return None
    now, then = _sizes(known, "recent"), _sizes(known, "year_ago")
    mean_now, mean_then = (digits(np.exp(strength.quotient(total, n))) for n, total, _square in (now, then))
    return Part.of(mean_now, mean_then, -strength.against_chance(strength.mean_change(now, then)))


def spend(known: Known) -> Part | None:
    """Net sales against the same months of last year, times what the class did since."""
    if not known.reaches_last_year:
        return None
    amount, before = (known.sold[f"amount_{window}"] for window in ("recent", "year_ago"))
    now, then = (known.sold[f"days_{window}"].to_numpy(dtype="float64") for window in ("recent", "year_ago"))
    expected = before.to_numpy(dtype="float64") * _class_change(amount, before, known.label)
    spent = amount.to_numpy(dtype="float64")
    n, total, square = _sizes(known, "year_ago")
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(n > 1, np.maximum(square - total**2 / n, 0), 0.0)
    free = np.maximum(n - 1, 0).sum()
    spread = float(inside.sum() / free) if free else 0.5
    error = np.sqrt(
        (1 / np.clip(known.regularity, 1, 4) + np.expm1(min(spread, 2.0)))
        * (1 / (now + 0.5) + 1 / (then + 0.5))
    )
    floor = np.where(then > 0, expected / np.maximum(then, 1) / 2, 1.0)
    usable = (then >= 3) & (expected > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log((np.maximum(spent, 0) + floor) / (expected + floor))
    z = np.where(usable, -ratio / error, np.nan)
    return Part.of(spent, np.where(usable, expected, np.nan), strength.against_chance(z))


def _class_change(now: pd.Series, then: pd.Series, label: pd.Series) -> Floats:
    """What the customer's class does now for each unit of last year; customers without a year ago do not count."""
    both = then > 0
    sums = pd.DataFrame({"now": now[both], "then": then[both]}).groupby(label[both]).agg(["sum", "size"])
    whole = now[both].sum() / then[both].sum() if both.any() else 1.0
    size = sums[("then", "size")]
    # A class of few would take its own fall for the season's: it takes the company's change.
    ratio = (sums[("now", "sum")] / sums[("then", "sum")]).where(size >= 10, whole)
    return label.map(ratio).fillna(whole).clip(0.5, 2.0).to_numpy(dtype="float64")


def busy_days(
    customer_months: pd.DataFrame,
    label: pd.Series,
    month: pd.Period,
    spans: Sequence[tuple[pd.Series, pd.Series]],
    year: CompanyYear = CALENDAR_YEAR,
) -> list[Floats]:
    """Count the days of each customer's spans, each weighted by how much its class then buys.

    Parameters
    ----------
    customer_months
        The fact of this name; the last whole years of it tell the season.
    label
        Class by customer_id.
    month
        The report's month.
    spans
        First and last day by customer_id, NaT for none.
    year
        The company's.

    Returns
    -------
    list
        For each span the days by customer_id of ``label``; NaN where a day is missing. Over a whole year a class's
        days add up to its days; with under a year of data they are days.
    """
    codes, starts = numbered_months(customer_months["month"])
    number = np.asarray(starts.year * 12 + starts.month, dtype="int64")
    last = month.year * 12 + month.month
    begin = number[np.unique(codes)].min() if len(codes) else last
    a_year = months_a_year(month)
    years = int((last - begin + 1) // a_year)
    classes = pd.Index(sorted(set(label)))
    weights = np.ones((len(classes), a_year))
    if years:
        customers, ids = numbered(customer_months["customer_id"])
        group = classes.get_indexer(pd.Index(look_up(ids, label, None))).astype("int32")
        group[group < 0] = len(classes)  # nobody's
        cells = group[customers] * a_year + _in_years(number, a_year)[1].astype("int32")[codes]
        inside = (number > last - a_year * years)[codes]
        sums = counts_at(
            cells, customer_months["purchase_days"].to_numpy(), a_year * len(classes) + a_year, inside
        )
        days = sums.reshape(-1, a_year)[:-1].astype("float64")
        mean = days.mean(axis=1, keepdims=True)
        weights = (days + _POOL) / (mean + _POOL)
    place = classes.get_indexer(label)
    return [_clock(end, weights, place, year) - _clock(start, weights, place, year) for start, end in spans]


def _in_years(number: NDArray[np.int64], a_year: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the year of months counted by twelves, which only tells them apart, and the place in it (0: its first)."""
    first = 1 if a_year == 12 else _number(numbered_period(2000, 1))
    years, place = np.divmod(number - first, a_year)
    return years, place


def _number(month: pd.Period) -> int:
    return int(month.year * 12 + month.month)


def _clock(days: pd.Series, weights: Floats, place: NDArray[np.intp], year: CompanyYear) -> Floats:
    """Tell how many weighted days have passed on each day since the year 0, months taken as equally long."""
    known = days.notna().to_numpy()
    a_year, begins = weights.shape[1], year.months_with(days)
    number = (begins.dt.year * 12 + begins.dt.month).fillna(1).to_numpy(dtype="int64")
    years, months = _in_years(number, a_year)
    if a_year != 12:
        begins = begins.map(
            {day: pd.Timestamp(year.opens(day.to_period("M"))) for day in begins.dropna().unique()}
        )
    gone = (days - begins).dt.days.fillna(0).to_numpy(dtype="float64")
    part = np.clip(gone / (30.4 if a_year == 12 else 28), 0, 1)
    before = np.concatenate([np.zeros((len(weights), 1)), weights.cumsum(axis=1)], axis=1)
    passed = a_year * years.astype("float64") + before[place, months]
    return np.where(known, 365.25 / a_year * (passed + part * weights[place, months]), np.nan)


def silent_every_year(
    customer_months: pd.DataFrame,
    month: pd.Period,
    last_purchase: pd.Series,
    first_month: pd.Period,
    year: CompanyYear = CALENDAR_YEAR,
) -> NDArray[np.bool_]:
    """Tell who was silent in the same months of every year before in which it was a customer, of one or more.

    Parameters
    ----------
    customer_months
        The fact of this name.
    last_purchase
        Day by customer_id, NaT for none: the months after it, up to ``month``, are those of the silence.
    first_month
        First month of the data.
    year
        The company's.
    """
    codes, ids = numbered(customer_months["customer_id"])
    bought = customer_months["purchase_days"].to_numpy() > 0
    now, begin = month.year * 12 + month.month, first_month.year * 12 + first_month.month
    ages = ages_of(customer_months["month"], month)
    bought_in = year.months_with(last_purchase)
    since = bought_in.dt.year * 12 + bought_in.dt.month.astype("float64")
    length = (now - since).to_numpy()
    # By row: how long its customer is silent now; nobody can be so long as who has never bought.
    silent = np.nan_to_num(look_up(ids, pd.Series(length, since.index)).to_numpy(), nan=-_NEVER)
    silent = np.clip(silent, -_NEVER, _NEVER).astype("int16")[codes]
    oldest = np.full(len(ids), -_NEVER, dtype="int64")
    for at, aged in parts_of(codes, ages, bought):
        np.maximum.at(oldest, at, aged.astype("int64"))
    first = look_up(since.index, pd.Series(oldest, ids), -_NEVER).to_numpy()
    again_of = np.zeros(len(ids), dtype=bool)
    years, known = np.zeros(len(since)), ~np.isnan(length)
    a_year = months_a_year(month)
    for back in range(a_year, now - begin + 1, a_year):
        years += known & (first >= np.nan_to_num(length) + back)
        inside = bought & (ages >= back) & (ages < silent + np.int16(back))
        again_of |= counts_at(codes, inside, len(ids)) > 0
    again = look_up(since.index, pd.Series(again_of, ids), False).to_numpy(dtype=bool)
    return (years > 0) & ~again & (length >= 1) & (length <= _LONGEST_MONTHS)


def categories(known: Known) -> Part | None:
    """Categories bought, against what chance would lose of those of the usual window at the present pace."""
    if "categories_recent" not in known.evidence:
        return None
    (kinds, lines), (kinds_usual, lines_usual) = (
        known.sums(window, "categories", "lines") for window in ("recent", "usual")
    )
    expected = known.evidence.floats("categories_lost_lines") * np.nan_to_num(
        strength.quotient(lines, lines_usual)
    )
    usable = (lines >= 3) & (lines_usual >= 3)
    z = np.where(usable, strength.from_chance(np.exp(-expected)), np.nan)
    return Part.of(kinds, kinds_usual, z, known.evidence.floats("categories_lost"))


def returns(known: Known) -> Part:
    """Share of what was bought that was sent back, against the usual."""
    returned, usual = (
        strength.quotient(*known.sums(window, "returns_amount", "gross_amount"))
        for window in ("recent", "usual")
    )
    # Returns are rare and lumpy: eight points of sales more than usual count as two standard deviations.
    return Part.of(returned, usual, np.clip(2 * (returned - usual) / 0.08, -6, 6))


def complaints(known: Known) -> Part | None:
    """Complaints against the customer's own pace or the company's, whichever is faster; open ones count too."""
    facts = known.evidence
    if "complaints_recent" not in facts:
        return None
    now, usual = facts.floats("complaints_recent"), facts.floats("complaints_usual") / 2
    lines = facts.floats("lines_recent")
    pace = now.sum() / lines.sum() if lines.sum() else 0.0
    expected = np.maximum(np.maximum(usual, pace * lines), 0.05)
    z = strength.from_chance(stats.poisson.sf(now - 1, expected))
    open_cases = None
    if "complaints_resolved_ever" in facts:
        open_cases = facts.floats("complaints_ever") - facts.floats("complaints_resolved_ever")
        z = np.where(open_cases > 0, np.maximum(z, NOTICED), z)
    return Part.of(now, usual, z, open_cases)


def visits(known: Known) -> Part | None:
    """Days since the last visit, against the usual days between visits of the last 18 months."""
    facts = known.evidence
    if "visits_recent" not in facts:
        return None
    end = pd.Timestamp(known.year.closes(known.month))
    days = (end - facts.raw("last_visit")).dt.days.to_numpy(dtype="float64")
    long = 28 if known.year.has_thirteen else 30.4
    visits = facts.floats("visits_recent") + facts.floats("visits_usual")
    usual = strength.quotient(np.full(len(facts), (RECENT_MONTHS + USUAL_MONTHS) * long), visits)
    usable = np.isfinite(days) & (visits >= 2)
    chance = np.exp(-np.divide(days, usual, out=np.zeros(len(facts)), where=usable))
    return Part.of(days, usual, np.where(usable, strength.from_chance(chance), np.nan))


def price_only(known: Known) -> Part | None:
    """How many of the quotes that were decided in 18 months it ordered, against the others; the detail is their number.

    Who always asks and seldom buys has no own usual that it could fall short of.
    """
    if "quotes_decided_recent" not in known.evidence:
        return None
    won, decided = (
        recent + usual
        for recent, usual in zip(
            *(known.sums(window, "quotes_won", "quotes_decided") for window in ("recent", "usual")),
            strict=True,
        )
    )
    return Part.of(won, None, strength.against_chance(strength.fewer_than_others(won, decided)), decided)


def wallet(known: Known) -> Part | None:
    """Share of wallet at the latest estimate against that before; five points less count as one deviation."""
    if known.wallet is None:
        return None
    now, before = (known.wallet[name].to_numpy(dtype="float64") for name in ("share", "previous_share"))
    return Part.of(now, before, np.clip((before - now) / 0.05, -6, 6))
