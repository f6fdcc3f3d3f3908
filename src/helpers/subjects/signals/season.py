"""Silence that is fair to the season: days in which a class buys little count for less, and what recurs is no sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.amounts import counts_at, parts_of
from helpers.core.frames.lookup import look_up
from helpers.core.frames.rolling import ages_of, numbered
from helpers.core.periods import numbered_months
from helpers.subjects.signals import strength

Floats = NDArray[np.float64]
#: Purchase days that a class's calendar months are given on top: of few purchases no season is read.
_POOL = 20.0
#: A silence of this many months or more reaches into the silence of a year ago: nothing recurs.
_LONGEST_MONTHS = 11
#: More months than any silence lasts.
_NEVER = 10_000
_MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True)
class Silence:
    """By customer: days since the last purchase, mean and spread of the gaps before, and the chance of such a silence.

    The mean is NaN without a gap, the spread without two; the chance is NaN without a purchase.
    """

    days: Floats
    mean_gap_days: Floats
    spread_days: Floats
    chance: Floats


def silence(
    rhythm: pd.DataFrame,
    regularity: Floats,
    customer_months: pd.DataFrame,
    trade_class: pd.Series,
    month: pd.Period,
    first_month: pd.Period,
) -> Silence:
    """Judge each silence in days of the class's season; who is always silent in these months is sure to be.

    Parameters
    ----------
    rhythm
        The fact of this name by customer_id, with empty rows for customers without a purchase.
    regularity
        Of the gaps, by row (`signals_strength.regularity`).
    customer_months
        The fact of this name.
    trade_class
        By customer_id, in the order of ``rhythm``.
    month, first_month
        The report's month and the first one of the data.
    """
    gaps, total, square = (
        rhythm[name].fillna(0.0).to_numpy(dtype="float64") for name in ("gaps", "gap_sum", "gap_square")
    )
    last = rhythm["last_purchase"].astype("datetime64[ns]")
    label = trade_class.astype("object").where(trade_class.notna(), "")
    end = pd.Series(month.to_timestamp(how="end").normalize(), index=rhythm.index)
    first = last - pd.to_timedelta(total, "D")
    now, before = busy_days(customer_months, label, month, [(last, end), (first, last)])
    before = np.nan_to_num(before)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(gaps > 0, total / gaps, np.nan)
        busy_mean = np.where(gaps > 0, before / gaps, np.nan)
        spread = np.where(gaps > 1, np.sqrt(np.maximum(square - total**2 / gaps, 0) / (gaps - 1)), np.nan)
    typical = float(np.nanmedian(busy_mean)) if np.isfinite(busy_mean).any() else 90.0
    chance = strength.silence_chance(np.nan_to_num(now), gaps, before, regularity, typical)
    chance = np.where(silent_every_year(customer_months, month, last, first_month), 1.0, chance)
    days = rhythm["silence_days"].to_numpy(dtype="float64")
    return Silence(days, mean, spread, np.where(np.isnan(days), np.nan, chance))


def busy_days(
    customer_months: pd.DataFrame,
    label: pd.Series,
    month: pd.Period,
    spans: Sequence[tuple[pd.Series, pd.Series]],
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
    years = int((last - begin + 1) // 12)
    classes = pd.Index(sorted(set(label)))
    weights = np.ones((len(classes), 12))
    if years:
        customers, ids = numbered(customer_months["customer_id"])
        group = classes.get_indexer(pd.Index(look_up(ids, label, None))).astype("int32")
        group[group < 0] = len(classes)  # nobody's
        cells = group[customers] * 12 + ((number - 1) % 12).astype("int32")[codes]
        inside = (number > last - 12 * years)[codes]
        sums = counts_at(cells, customer_months["purchase_days"].to_numpy(), 12 * len(classes) + 12, inside)
        days = sums.reshape(-1, 12)[:-1].astype("float64")
        mean = days.mean(axis=1, keepdims=True)
        weights = (days + _POOL) / (mean + _POOL)
    place = classes.get_indexer(label)
    return [_clock(end, weights, place) - _clock(start, weights, place) for start, end in spans]


def _clock(days: pd.Series, weights: Floats, place: NDArray[np.intp]) -> Floats:
    """Tell how many weighted days have passed on each day since the year 0, months taken as equally long."""
    known = days.notna().to_numpy()
    months = days.dt.month.fillna(1).to_numpy(dtype="int64") - 1
    part = np.clip((days.dt.day.fillna(1).to_numpy(dtype="float64") - 1) / 30.4, 0, 1)
    before = np.concatenate([np.zeros((len(weights), 1)), weights.cumsum(axis=1)], axis=1)
    passed = 12 * days.dt.year.fillna(0).to_numpy(dtype="float64") + before[place, months]
    return np.where(known, _MONTH_DAYS * (passed + part * weights[place, months]), np.nan)


def silent_every_year(
    customer_months: pd.DataFrame, month: pd.Period, last_purchase: pd.Series, first_month: pd.Period
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
    """
    codes, ids = numbered(customer_months["customer_id"])
    bought = customer_months["purchase_days"].to_numpy() > 0
    now, begin = month.year * 12 + month.month, first_month.year * 12 + first_month.month
    ages = ages_of(customer_months["month"], month)
    since = last_purchase.dt.year * 12 + last_purchase.dt.month.astype("float64")
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
    for back in range(12, now - begin + 1, 12):
        years += known & (first >= np.nan_to_num(length) + back)
        inside = bought & (ages >= back) & (ages < silent + np.int16(back))
        again_of |= counts_at(codes, inside, len(ids)) > 0
    again = look_up(since.index, pd.Series(again_of, ids), False).to_numpy(dtype=bool)
    return (years > 0) & ~again & (length >= 1) & (length <= _LONGEST_MONTHS)
