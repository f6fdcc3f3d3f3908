"""How single signals are measured: silence, frequency, order size, spend, lost categories, returns and complaints.

Silence is defined once, for signal, churn model and sentence: the days since the last purchase, against the customer's
own gaps (`gaps_of`), shrunk towards those of all customers by one more gap of theirs (`with_typical`). The chance is
adjusted for season: days in which a class buys little count for less, and what recurs every year is not a signal.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from helpers.core.amounts import counts_at, parts_of, round_significant
from helpers.core.calendar.period_names import months_a_year
from helpers.core.calendar.period_names import numbered_period as numbered_period
from helpers.core.frames.lookup import customer_codes, look_up, month_ages
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, factorize_months, month_number
from helpers.subjects.signals import strength
from helpers.subjects.signals.definition import Part, SignalInputs
from helpers.subjects.signals.strength import Floats
from helpers.subjects.signals.windows import RECENT_MONTHS, USUAL_MONTHS

Numbers = TypeVar("Numbers", Floats, pd.Series)
#: Purchase days added to each calendar month of a class: few purchases show no season.
_PRIOR_PURCHASE_DAYS = 20.0
#: A silence of this many months or more reaches into the silence of a year ago: nothing recurs.
_LONGEST_MONTHS = 11
#: More months than any silence lasts.
_NEVER = 10_000
#: A signal counts from this strength: one customer in forty exceeds it by chance.
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
    """Return sum and number of a customer's gaps plus one typical gap: what silence is compared with."""
    return gap_sum + typical_gap, gaps + 1


def chance_of_longer_gap(
    silence: Floats, gaps: Floats, gap_sum: Floats, k: Floats, typical_gap: float
) -> Floats:
    """Chance that a gap lasts longer than this silence, for gaps Erlang-k with the customer's own rate.

    The rate is gamma distributed given the gaps seen and one more of the typical length, so that
    gap / (gap + k-scaled sum) is beta distributed and the chance is exact.
    """
    pooled_sum, count = with_typical(gap_sum, gaps, typical_gap)
    # The complement itself: one less the other loses what is left of a chance near nothing.
    return special.betaincc(k, k * count, silence / (silence + pooled_sum))


def silence(inputs: SignalInputs) -> Part:
    """Days since the last purchase, against the mean of the gaps before; the detail is their spread.

    Judged in days of the class's season; who is always silent in these months is sure to be.
    """
    gaps, total, square = inputs.rhythm_columns("gaps", "gap_sum", "gap_square")
    last_purchase = inputs.rhythm["last_purchase"].astype("datetime64[ns]")
    # With a calendar silence is judged on trading time, and told in days.
    silence_days = inputs.rhythm.get("trading_silence_days", inputs.rhythm["silence_days"])
    end = last_purchase + pd.to_timedelta(silence_days.astype("float64"), "D")
    first = last_purchase - pd.to_timedelta(total, "D")
    busy_silence, busy_gap_sum = busy_days(
        inputs.customer_months,
        inputs.label,
        inputs.month,
        [(last_purchase, end), (first, last_purchase)],
        inputs.year,
    )
    busy_gap_sum = np.nan_to_num(busy_gap_sum)
    with np.errstate(divide="ignore", invalid="ignore"):
        busy_mean = np.where(gaps > 0, busy_gap_sum / gaps, np.nan)
    typical_gap = float(np.nanmedian(busy_mean)) if np.isfinite(busy_mean).any() else 90.0
    chance = chance_of_longer_gap(
        np.nan_to_num(busy_silence), gaps, busy_gap_sum, inputs.regularity, typical_gap
    )
    seasonal = silent_every_year(
        inputs.customer_months, inputs.month, last_purchase, inputs.first_month, inputs.year
    )
    days = inputs.rhythm["silence_days"].to_numpy(dtype="float64")
    mean, spread = gaps_of(gaps, total, square)
    return Part.build(
        days,
        mean,
        _chance_strength(np.where(np.isnan(days), np.nan, np.where(seasonal, 1.0, chance))),
        spread,
    )


def p_alive(inputs: SignalInputs) -> Part | None:
    """Probability that it has not left, by the purchase model; lower is more worrying."""
    return (
        None if inputs.p_alive is None else Part.build(inputs.p_alive, None, _chance_strength(inputs.p_alive))
    )


def _chance_strength(chance: Floats) -> Floats:
    return np.where(np.isnan(chance), np.nan, strength.from_chance(np.nan_to_num(chance, nan=1.0)))


def frequency(inputs: SignalInputs) -> Part | None:
    """Purchase days against the same months of last year, times what the class did since: the detail."""
    if not inputs.reaches_last_year:
        return None
    recent, year_ago = (inputs.sold[f"days_{window}"] for window in ("recent", "year_ago"))
    change = _class_change(recent, year_ago, inputs.label)
    expected = year_ago.to_numpy(dtype="float64") * change
    days = recent.to_numpy(dtype="float64")
    z = strength.against_chance(strength.count_fall(days, expected, inputs.regularity))
    return Part.build(days, expected, z, change)


def _sizes(inputs: SignalInputs, window: str) -> list[Floats]:
    """Return number, sum and sum of squares of the logarithms of what a purchase came to."""
    return inputs.rhythm_columns(*(f"size_{sums}_{window}" for sums in ("n", "sum", "square")))


def order_size(inputs: SignalInputs) -> Part | None:
    """Geometric mean of the order value, against the same months of last year."""
    if not inputs.reaches_last_year:
        return None
    recent, year_ago = _sizes(inputs, "recent"), _sizes(inputs, "year_ago")
    recent_mean, earlier_mean = (
        round_significant(np.exp(strength.quotient(total, n))) for n, total, _square in (recent, year_ago)
    )
    return Part.build(
        recent_mean, earlier_mean, -strength.against_chance(strength.mean_change(recent, year_ago))
    )


def spend(inputs: SignalInputs) -> Part | None:
    """Net sales against the same months of last year, times what the class did since: the detail."""
    if not inputs.reaches_last_year:
        return None
    net_amount, earlier = (inputs.sold[f"amount_{window}"] for window in ("recent", "year_ago"))
    recent_days, earlier_days = (
        inputs.sold[f"days_{window}"].to_numpy(dtype="float64") for window in ("recent", "year_ago")
    )
    change = _class_change(net_amount, earlier, inputs.label)
    expected = earlier.to_numpy(dtype="float64") * change
    recent_amount = net_amount.to_numpy(dtype="float64")
    n, total, square = _sizes(inputs, "year_ago")
    with np.errstate(divide="ignore", invalid="ignore"):
        within_squares = np.where(n > 1, np.maximum(square - total**2 / n, 0), 0.0)
    dof = np.maximum(n - 1, 0).sum()
    spread = float(within_squares.sum() / dof) if dof else 0.5
    error = np.sqrt(
        (1 / np.clip(inputs.regularity, 1, 4) + np.expm1(min(spread, 2.0)))
        * (1 / (recent_days + 0.5) + 1 / (earlier_days + 0.5))
    )
    floor = np.where(earlier_days > 0, expected / np.maximum(earlier_days, 1) / 2, 1.0)
    usable = (earlier_days >= 3) & (expected > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log((np.maximum(recent_amount, 0) + floor) / (expected + floor))
    z = np.where(usable, -ratio / error, np.nan)
    return Part.build(recent_amount, np.where(usable, expected, np.nan), strength.against_chance(z), change)


def _class_change(recent: pd.Series, year_ago: pd.Series, label: pd.Series) -> Floats:
    """The class's sales as a multiple of last year's; customers without purchases last year do not count."""
    both = year_ago > 0
    sums = (
        pd.DataFrame({"now": recent[both], "then": year_ago[both]}).groupby(label[both]).agg(["sum", "size"])
    )
    overall = recent[both].sum() / year_ago[both].sum() if both.any() else 1.0
    size = sums[("then", "size")]
    # In a small class one customer's fall would look like season: the company's change is used.
    ratio = (sums[("now", "sum")] / sums[("then", "sum")]).where(size >= 10, overall)
    return label.map(ratio).fillna(overall).clip(0.5, 2.0).to_numpy(dtype="float64")


def busy_days(
    customer_months: pd.DataFrame,
    label: pd.Series,
    month: pd.Period,
    spans: Sequence[tuple[pd.Series, pd.Series]],
    year: CompanyYear = CALENDAR_YEAR,
) -> list[Floats]:
    """Count the days of each customer's spans, weighted by how much its class buys in that calendar month.

    Parameters
    ----------
    customer_months
        The fact of this name; the last whole years of it tell the season.
    label
        Class by customer_id.
    spans
        First and last day by customer_id, NaT for none.

    Returns
    -------
    list
        For each span the days by customer_id of ``label``; NaN if a day is missing. Weights average 1 a year.
    """
    codes, starts = factorize_months(customer_months["month"])
    number = np.asarray(starts.year * 12 + starts.month, dtype="int64")
    last = month_number(month)
    first_month = number[np.unique(codes)].min() if len(codes) else last
    n_months = months_a_year(month)
    years = int((last - first_month + 1) // n_months)
    classes = pd.Index(sorted(set(label)))
    weights = np.ones((len(classes), n_months))
    if years:
        customers, ids = customer_codes(customer_months["customer_id"])
        group = classes.get_indexer(pd.Index(look_up(ids, label, None))).astype("int32")
        group[group < 0] = len(classes)  # nobody's
        cells = group[customers] * n_months + _year_and_position(number, n_months)[1].astype("int32")[codes]
        is_recent = (number > last - n_months * years)[codes]
        sums = counts_at(
            cells, customer_months["purchase_days"].to_numpy(), n_months * len(classes) + n_months, is_recent
        )
        days = sums.reshape(-1, n_months)[:-1].astype("float64")
        mean = days.mean(axis=1, keepdims=True)
        weights = (days + _PRIOR_PURCHASE_DAYS) / (mean + _PRIOR_PURCHASE_DAYS)
    class_index = classes.get_indexer(label)
    return [
        _busy_clock(end, weights, class_index, year) - _busy_clock(start, weights, class_index, year)
        for start, end in spans
    ]


def _year_and_position(number: NDArray[np.int64], a_year: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the year of months counted by twelves, as a label only, and the position in it (0: its first)."""
    first = 1 if a_year == 12 else month_number(numbered_period(2000, 1))
    years, position = np.divmod(number - first, a_year)
    return years, position


def _busy_clock(days: pd.Series, weights: Floats, class_index: NDArray[np.intp], year: CompanyYear) -> Floats:
    """Return how many weighted days have passed since the year 0, months taken as equally long."""
    is_known = days.notna().to_numpy()
    a_year, month_start = weights.shape[1], year.months_with(days)
    number = (month_start.dt.year * 12 + month_start.dt.month).fillna(1).to_numpy(dtype="int64")
    years, months = _year_and_position(number, a_year)
    if a_year != 12:
        month_start = month_start.map(
            {day: pd.Timestamp(year.opens(day.to_period("M"))) for day in month_start.dropna().unique()}
        )
    days_into_month = (days - month_start).dt.days.fillna(0).to_numpy(dtype="float64")
    share_of_month = np.clip(days_into_month / (30.4 if a_year == 12 else 28), 0, 1)
    weights_before = np.concatenate([np.zeros((len(weights), 1)), weights.cumsum(axis=1)], axis=1)
    months_passed = a_year * years.astype("float64") + weights_before[class_index, months]
    return np.where(
        is_known, 365.25 / a_year * (months_passed + share_of_month * weights[class_index, months]), np.nan
    )


def silent_every_year(
    customer_months: pd.DataFrame,
    month: pd.Period,
    last_purchase: pd.Series,
    first_month: pd.Period,
    year: CompanyYear = CALENDAR_YEAR,
) -> NDArray[np.bool_]:
    """Return which customers were silent in the same months of every earlier year, of at least one.

    Parameters
    ----------
    last_purchase
        Day by customer_id, NaT for none: the months after it, up to ``month``, are those of the silence.
    """
    codes, ids = customer_codes(customer_months["customer_id"])
    has_purchase = customer_months["purchase_days"].to_numpy() > 0
    current, first_number = month_number(month), month_number(first_month)
    ages = month_ages(customer_months["month"], month)
    bought_in = year.months_with(last_purchase)
    last_number = bought_in.dt.year * 12 + bought_in.dt.month.astype("float64")
    silence_months = (current - last_number).to_numpy()
    # By row: how long its customer is silent now; longer than possible for customers without purchases.
    silence_by_row = np.nan_to_num(
        look_up(ids, pd.Series(silence_months, last_number.index)).to_numpy(), nan=-_NEVER
    )
    silence_by_row = np.clip(silence_by_row, -_NEVER, _NEVER).astype("int16")[codes]
    oldest = np.full(len(ids), -_NEVER, dtype="int64")
    for customer, age in parts_of(codes, ages, has_purchase):
        np.maximum.at(oldest, customer, age.astype("int64"))
    oldest_age = look_up(last_number.index, pd.Series(oldest, ids), -_NEVER).to_numpy()
    returned = np.zeros(len(ids), dtype=bool)
    years, has_bought = np.zeros(len(last_number)), ~np.isnan(silence_months)
    a_year = months_a_year(month)
    for back in range(a_year, current - first_number + 1, a_year):
        years += has_bought & (oldest_age >= np.nan_to_num(silence_months) + back)
        in_window = has_purchase & (ages >= back) & (ages < silence_by_row + np.int16(back))
        returned |= counts_at(codes, in_window, len(ids)) > 0
    bought_again = look_up(last_number.index, pd.Series(returned, ids), False).to_numpy(dtype=bool)
    return (years > 0) & ~bought_again & (silence_months >= 1) & (silence_months <= _LONGEST_MONTHS)


def categories(inputs: SignalInputs) -> Part | None:
    """Categories bought, against how many of the usual window would be missing by chance at the present pace."""
    if "categories_recent" not in inputs.evidence:
        return None
    (kinds, lines), (kinds_usual, lines_usual) = (
        inputs.sums(window, "categories", "lines") for window in ("recent", "usual")
    )
    expected = inputs.evidence.floats("categories_lost_lines") * np.nan_to_num(
        strength.quotient(lines, lines_usual)
    )
    usable = (lines >= 3) & (lines_usual >= 3)
    z = np.where(usable, strength.from_chance(np.exp(-expected)), np.nan)
    return Part.build(kinds, kinds_usual, z, inputs.evidence.floats("categories_lost"))


def returns(inputs: SignalInputs) -> Part:
    """Return rate, against the customer's usual."""
    returned, usual = (
        strength.quotient(*inputs.sums(window, "returns_amount", "gross_amount"))
        for window in ("recent", "usual")
    )
    # Returns are rare and lumpy: eight points of sales more than usual count as two standard deviations.
    return Part.build(returned, usual, np.clip(2 * (returned - usual) / 0.08, -6, 6))


def complaints(inputs: SignalInputs) -> Part | None:
    """Complaints against the customer's own pace or the company's, whichever is faster; open ones count too."""
    facts = inputs.evidence
    if "complaints_recent" not in facts:
        return None
    recent, usual = facts.floats("complaints_recent"), facts.floats("complaints_usual") / 2
    lines = facts.floats("lines_recent")
    pace = recent.sum() / lines.sum() if lines.sum() else 0.0
    expected = np.maximum(np.maximum(usual, pace * lines), 0.05)
    z = strength.from_chance(stats.poisson.sf(recent - 1, expected))
    open_cases = None
    if "complaints_resolved_ever" in facts:
        open_cases = facts.floats("complaints_ever") - facts.floats("complaints_resolved_ever")
        z = np.where(open_cases > 0, np.maximum(z, NOTICED), z)
    return Part.build(recent, usual, z, open_cases)


def visits(inputs: SignalInputs) -> Part | None:
    """Days since the last visit, against the usual days between visits of the last 18 months."""
    facts = inputs.evidence
    if "visits_recent" not in facts:
        return None
    end = pd.Timestamp(inputs.year.closes(inputs.month))
    days = (end - facts.raw("last_visit")).dt.days.to_numpy(dtype="float64")
    days_per_month = 28 if inputs.year.has_thirteen else 30.4
    visits = facts.floats("visits_recent") + facts.floats("visits_usual")
    usual = strength.quotient(np.full(len(facts), (RECENT_MONTHS + USUAL_MONTHS) * days_per_month), visits)
    usable = np.isfinite(days) & (visits >= 2)
    chance = np.exp(-np.divide(days, usual, out=np.zeros(len(facts)), where=usable))
    return Part.build(days, usual, np.where(usable, strength.from_chance(chance), np.nan))


def price_only(inputs: SignalInputs) -> Part | None:
    """Quotes won of those decided in 18 months, against the other customers; the detail is how many were decided.

    A customer that always asks and seldom buys has no own usual to compare with.
    """
    if "quotes_decided_recent" not in inputs.evidence:
        return None
    won, decided = (
        recent + usual
        for recent, usual in zip(
            *(inputs.sums(window, "quotes_won", "quotes_decided") for window in ("recent", "usual")),
            strict=True,
        )
    )
    return Part.build(won, None, strength.against_chance(strength.fewer_than_others(won, decided)), decided)


def wallet(inputs: SignalInputs) -> Part | None:
    """Share of wallet at the latest estimate against that before; five points less count as one deviation."""
    if inputs.wallet is None:
        return None
    current, previous = (
        inputs.wallet[name].to_numpy(dtype="float64") for name in ("share", "previous_share")
    )
    return Part.build(current, previous, np.clip((previous - current) / 0.05, -6, 6))
