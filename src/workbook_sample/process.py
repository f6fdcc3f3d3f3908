"""The process behind the sample: who the customers are, how often they buy, when they come and leave.

Nothing here looks at an order: orders, payments, complaints and contacts are drawn from what is decided here,
and this is what the folder ``truth`` tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbook_sample import traits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: A day so far away that it never comes: for "no shift", "no pause", "no other salesperson".
NEVER = 2**30
DAYS_MONTH = 365.25 / 12
#: Share of the customers who were there before the first month of the data.
EXISTING_SHARE = 0.62
#: Share of new customers who buy once and never again.
ONE_OFF_SHARE = 0.12
SHIFT_SHARE = 0.2
SHIFT_LEAVING_SHARE = 0.6
PAUSE_SHARE = 0.08


@dataclass(frozen=True)
class Span:
    """The days of the data, counted since 1970-01-01: the first, the last, and each month's first day."""

    first: pd.Period
    months: int

    @property
    def start_day(self) -> int:
        """The first day of the data."""
        return day_of(self.first)

    @property
    def end_day(self) -> int:
        """The last day of the data."""
        return day_of(self.first + self.months) - 1

    @property
    def days(self) -> int:
        """How many days the data cover."""
        return self.end_day - self.start_day + 1


def day_of(month: pd.Period) -> int:
    """Days from 1970-01-01 to the first of the month."""
    return int(np.datetime64(str(month), "D").astype(np.int64))


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """For ragged rows: the owner's index of every row and the row's position within its owner."""
    owner = np.repeat(np.arange(counts.size), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(owner.size) - np.repeat(starts, counts)


def pick(rng: np.random.Generator, shares: Floats, rows: Ints) -> Ints:
    """Draw one category a row, with the shares that stand in ``shares[row]``."""
    cumulative = np.cumsum(shares, axis=1)
    cumulative /= cumulative[:, -1:]
    return np.asarray((rng.random(rows.size)[:, None] >= cumulative[rows, :-1]).sum(axis=1))


class Assigns(Protocol):
    """What the staff must offer: which salesperson serves a customer, who follows, and from which day."""

    def assign(self, rng: np.random.Generator, region: Ints) -> tuple[Ints, Ints, Ints]:
        """One entry a customer: salesperson, next salesperson, first day of the next one (or NEVER)."""
        ...


@dataclass(frozen=True)
class Population:
    """A chunk of customers; every array has one entry a customer, days count since 1970-01-01.

    Attributes
    ----------
    number
        The customer's number in the whole sample, from 0.
    size
        Standard normal: how big the customer is within its trade class.
    purchase_rate_month
        Purchases a month while the customer is there, before season and trend.
    regularity
        Shape k of the Erlang gaps between purchases: 1 is pure chance, 6 nearly by the clock.
    active_from
        Day of the first purchase of a new customer; first day of the data for one who was there before.
    leave
        The last day on which the customer may order; it may lie after the end of the data.
    shift
        First day of the experience shift, or NEVER.
    pause_from, pause_to
        The silence of a customer who comes back, or NEVER.
    owner, next_owner, owner_change
        Salesperson (row of the staff), the one who follows, and from which day; set by the staff.
    """

    number: Ints
    trade_class: Ints
    region: Ints
    industry: Ints
    source: Ints
    size: Floats
    existing: Flags
    purchase_rate_month: Floats
    regularity: Ints
    further_lines: Floats
    line_value: Floats
    discount: Floats
    leaving_month: Floats
    payment_delay_days: Floats
    wallet_share: Floats
    first_contact: Ints
    active_from: Ints
    leave: Ints
    reason: Ints
    fades: Flags
    shift: Ints
    pause_from: Ints
    pause_to: Ints
    owner: Ints
    next_owner: Ints
    owner_change: Ints

    def __len__(self) -> int:
        return int(self.number.size)

    def owner_at(self, customer: Ints, day: Ints) -> Ints:
        """Tell the salesperson of each customer on each day."""
        return np.where(day >= self.owner_change[customer], self.next_owner[customer], self.owner[customer])

    def shifted(self, customer: Ints, day: Ints) -> Floats:
        """How far the experience shift has gone on that day: 0 before it, 1 once complete."""
        return np.clip((day - self.shift[customer]) / traits.SHIFT_DAYS, 0, 1)

    def nearly_gone(self, customer: Ints, day: Ints, days: int = 180) -> Floats:
        """How near the customer's leaving is: 0 until ``days`` before it, 1 on the day."""
        return np.clip(1 - (self.leave[customer] - day) / days, 0, 1)

    @property
    def size_class(self) -> Ints:
        """Position in ``traits.SIZE_CLASSES``."""
        return np.searchsorted([0.3, 1.1, 1.9], self.size).astype(np.int64)


def draw_population(rng: np.random.Generator, numbers: Ints, span: Span, staff: Assigns) -> Population:
    """Draw the customers of one chunk.

    A customer who was there before the data starts leaves after an exponential time (chance a month by trade
    class, size and the customer's own frailty); a new one comes on a uniform day and, with ``ONE_OFF_SHARE``,
    buys just once. An experience shift makes leaving within 5 to 16 months likely.
    """
    n = numbers.size
    trade_class = pick(rng, traits.CLASS_SHARES[None, :], np.zeros(n, dtype=np.int64))
    region = pick(rng, traits.REGION_SHARES, trade_class)
    size = rng.standard_normal(n)
    existing = rng.random(n) < EXISTING_SHARE
    active_from = np.where(
        existing, span.start_day, _on_weekday(span.start_day + rng.integers(0, span.days, n), span)
    )
    first_contact = active_from - np.where(existing, rng.integers(60, 3200, n), rng.integers(15, 200, n))
    leaving_month = traits.LEAVING_MONTH[trade_class] * rng.gamma(2, 0.5, n) * np.exp(-0.3 * size)
    leave = active_from + np.minimum(rng.exponential(1 / leaving_month) * DAYS_MONTH, 36500).astype(np.int64)
    reason = rng.choice(5, n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    one_off = ~existing & (rng.random(n) < ONE_OFF_SHARE)
    leave = np.where(one_off, active_from, leave)
    reason = np.where(one_off, traits.ONE_OFF, reason)

    shift_at = active_from + 90 + (rng.random(n) * (span.end_day + 300 - active_from - 90)).astype(np.int64)
    shift = np.where(~one_off & (rng.random(n) < SHIFT_SHARE), shift_at, NEVER)
    leaves_by_shift = (rng.random(n) < SHIFT_LEAVING_SHARE) & (shift < leave)
    by_shift = shift + rng.integers(150, 490, n)
    reason = np.where(leaves_by_shift & (by_shift < leave), traits.EXPERIENCE, reason)
    leave = np.where(leaves_by_shift, np.minimum(leave, by_shift), leave)
    shift = np.where(shift < leave, shift, NEVER)

    pauses = ~one_off & (rng.random(n) < PAUSE_SHARE)
    pause_from = np.where(pauses, active_from + 120 + rng.integers(0, max(span.days - 300, 1), n), NEVER)
    pause_to = np.where(pauses, pause_from + rng.integers(380, 560, n), NEVER)
    happens = (pause_to < leave) & (pause_to < span.end_day)
    owner, next_owner, owner_change = staff.assign(rng, region)
    return Population(
        number=numbers,
        trade_class=trade_class,
        region=region,
        industry=pick(rng, traits.INDUSTRY_SHARES, trade_class),
        source=rng.choice(len(traits.SOURCES), n, p=[0.24, 0.26, 0.22, 0.16, 0.12]),
        size=size,
        existing=existing,
        purchase_rate_month=traits.PURCHASES_MONTH[trade_class]
        * np.exp(0.42 * size - 0.15 + 0.35 * rng.standard_normal(n)),
        regularity=traits.REGULARITIES[pick(rng, traits.REGULARITY_SHARES, trade_class)],
        further_lines=traits.FURTHER_LINES[trade_class] * np.exp(0.22 * size - 0.024),
        line_value=traits.LINE_VALUE[trade_class] * np.exp(0.78 * size + 0.3 * rng.standard_normal(n)),
        discount=np.clip(
            traits.DISCOUNT[trade_class] + 0.015 * size + 0.015 * rng.standard_normal(n), 0, 0.26
        ),
        leaving_month=leaving_month,
        payment_delay_days=rng.normal(3, 6, n),
        wallet_share=rng.beta(2.2, 3.0, n) * 0.9 + 0.05,
        first_contact=first_contact,
        active_from=active_from,
        leave=leave,
        reason=reason,
        fades=rng.random(n) < 0.5,
        shift=shift,
        pause_from=np.where(happens, pause_from, NEVER),
        pause_to=np.where(happens, pause_to, NEVER),
        owner=owner,
        next_owner=next_owner,
        owner_change=owner_change,
    )


@dataclass(frozen=True)
class Clock:
    """Season and trend as a clock: ``work[c, m]`` is the months class ``c`` has passed by ``knots[m]``."""

    knots: Floats
    work: Floats

    @classmethod
    def of(cls, span: Span) -> Clock:
        """Set the clock of each class by its season and trend."""
        months = pd.period_range(span.first, periods=span.months, freq="M")
        season = traits.SEASONS / traits.SEASONS.mean(axis=1, keepdims=True)
        pace = season[:, np.asarray(months.month) - 1] * growth(np.arange(span.months))
        work = np.concatenate([np.zeros((len(traits.TRADE_CLASSES), 1)), np.cumsum(pace, axis=1)], axis=1)
        knots = [day_of(month) for month in pd.period_range(span.first, periods=span.months + 1, freq="M")]
        return cls(np.array(knots, dtype=np.float64), work)

    def passed(self, trade_class: Ints, day: Floats) -> Floats:
        """Months passed on each class's own clock."""
        return self._each_class(trade_class, day, lambda c, x: np.interp(x, self.knots, self.work[c]))

    def day(self, trade_class: Ints, passed: Floats) -> Floats:
        """Tell the day (with fraction) on which the class's clock shows ``passed``, at the latest the end."""
        return self._each_class(trade_class, passed, lambda c, x: np.interp(x, self.work[c], self.knots))

    @staticmethod
    def _each_class(trade_class: Ints, values: Floats, reading: Callable[[int, Floats], Floats]) -> Floats:
        result = np.empty(values.size)
        for index in range(len(traits.TRADE_CLASSES)):
            chosen = trade_class == index
            result[chosen] = reading(index, values[chosen])
        return result


def growth(month: Ints) -> Floats:
    """Trend: purchase rate of each class (rows) in each month (columns) against the first month's."""
    return np.power(1 + traits.TREND_YEAR[:, None], np.maximum(month, 0)[None, :] / 12)


def draw_purchases(
    rng: np.random.Generator, people: Population, span: Span, clock: Clock
) -> tuple[Ints, Ints]:
    """Draw when each customer buys: the customer's index and the day, by customer and day.

    Gaps are Erlang (gamma with whole shape k) on the class's clock, so that the season moves purchases and
    does not make them less regular. A customer who is there before the data starts is met in the middle of a
    gap (long gaps are met more often: shape k + 1). Those who fade order half as often in their last four
    months; nobody orders in a pause or after leaving.
    """
    last = np.minimum(people.leave, span.end_day)
    begin = clock.passed(people.trade_class, people.active_from.astype(np.float64))
    length = clock.passed(people.trade_class, last + 1.0) - begin
    expected = np.maximum(length, 0) * people.purchase_rate_month
    counts = (expected + 6 * np.sqrt(expected) + 8).astype(np.int64)
    customer, position = spread(counts)
    k = people.regularity[customer]
    gaps = rng.gamma(k, 1 / (k * people.purchase_rate_month[customer]))
    first = position == 0
    met = rng.gamma(people.regularity + 1, 1 / (people.regularity * people.purchase_rate_month))
    gaps[first] = np.where(people.existing, met * rng.random(len(people)), 0)
    sums = np.cumsum(gaps)
    before = sums[np.flatnonzero(first)] - gaps[first]
    passed = begin[customer] + sums - before[customer]
    keep = passed - begin[customer] < length[customer] + 1e-9
    keep |= first & ~people.existing[customer]
    customer, passed, first = customer[keep], passed[keep], first[keep]
    day = np.floor(clock.day(people.trade_class[customer], passed) + 1e-6).astype(np.int64)
    day = np.minimum(_on_weekday(day, span), last[customer])
    day = np.where(first & ~people.existing[customer], people.active_from[customer], day)
    silent = (day >= people.pause_from[customer]) & (day < people.pause_to[customer])
    fading = people.fades[customer] & (day > people.leave[customer] - 120) & ~first
    silent |= fading & (rng.random(day.size) < 0.5)
    return customer[~silent], np.maximum(day, people.active_from[customer])[~silent]


def workday(day: Ints) -> Ints:
    """Move Saturdays and Sundays to the Friday before (1970-01-01 was a Thursday)."""
    return day - np.maximum((day + 3) % 7 - 4, 0)


def _on_weekday(day: Ints, span: Span) -> Ints:
    return np.maximum(workday(day), span.start_day)
