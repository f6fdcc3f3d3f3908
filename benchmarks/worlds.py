"""Eleven made-up trades, each by a process that the forecast does not assume; written before measuring.

``python benchmarks/truth.py "world: budgets" ...`` measures them.
`CONFIRM` may be looked at when something is mended, `HELD_BACK` only afterwards. What is planted:

- *correlated spend*: Pareto/NBD; who buys twice as often orders 35 % less at once.
- *hidden states*: each month a shop is busy, quiet or gone for good, and passes from one to another (a Markov chain).
- *budgets*: a budget a year that grows by 6 %, spent mostly in spring and autumn, until it is spent.
- *wandering rates*: a wholesaler whose customers' rates and order sizes wander by AR(1), all growing by 8 % a year.
- *chains lost*: weekly and monthly buyers in chains of 1 to 25 shops; a chain leaves at once, with all its shops.
- *promotions*: every second month of some years has a promotion; half of what it sells is bought ahead.
- *pandemic*: four months at a third of the trade in the fourth year, one in eight closes, the rest come back slowly.
- *strike*: for five months of the third year a quarter of the trade, then as before. Added to `CONFIRM` after the first
  measurement, to look into what *pandemic* showed.
- *growing base*: more customers join each year, larger ones, who buy more from year to year; a tenth leaves each year.
- *least order*: from the middle of the fourth year on an order has a least value: all buy a third less often and half
  as much again at once, for good; regular buyers, a mild season. A change of all that stays, where *strike* passes.
- *shortage*: for four months of the fourth year there is nothing to be had for two thirds of the customers, for five
  months afterwards they buy half as much again; the others go on, and all buy 4 % more a year.

The last two were added, and a guess of what comes written into truth.md, before a change that all customers share was
told apart from each one's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

_DAYS_A_YEAR = 365.25
#: customer, day since the start, amount.
Row = tuple[str, float, float]


def _log(rows: Iterator[Row], start: str = "2018-01-01") -> pd.DataFrame:
    log = pd.DataFrame(rows, columns=["customer_id", "day", "net_amount"])
    log["net_amount"] = log["net_amount"].round(2) + 0.01
    return log.assign(date=pd.Timestamp(start) + pd.to_timedelta(log["day"].astype("int64"), unit="D"))


def _by_month(
    rng: np.random.Generator, who: str, month: int, expected: float, size: float, spread: float
) -> Iterator[Row]:
    """Draw a month's purchases: a Poisson number, at any day, of lognormal size."""
    for day in np.sort(rng.uniform(0, 30.4, rng.poisson(expected))):
        yield who, month * 30.4375 + day, size * rng.lognormal(-(spread**2) / 2, spread)


def correlated_spend(years: int = 4, customers: int = 700, seed: int = 101) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        day = rng.uniform(0, 0.7 * years * _DAYS_A_YEAR)
        rate, leaves = rng.gamma(0.9, 14.0) / _DAYS_A_YEAR, day + rng.exponential(rng.gamma(1.5, 600.0))
        size = 300 * (rate * 30) ** -0.6 * rng.lognormal(0, 0.6)
        while day < min(leaves, years * _DAYS_A_YEAR):
            yield f"P{number:04d}", day, size * rng.lognormal(0, 0.5)
            day += rng.exponential(1 / rate)


def hidden_states(years: int = 5, customers: int = 500, seed: int = 102) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        pace, size, state = rng.gamma(2, 1.2), rng.lognormal(5, 1), 0
        for month in range(int(rng.integers(0, 12 * years - 12)) if number % 3 else 0, 12 * years):
            if state == 2:
                break
            expected = pace if state == 0 else 0.15 * pace
            yield from _by_month(rng, f"H{number:04d}", month, expected, size, 0.5)
            state = int(rng.choice(3, p=[0.90, 0.09, 0.01] if state == 0 else [0.18, 0.76, 0.06]))


def budgets(years: int = 6, customers: int = 400, seed: int = 103) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    season = np.array([0.4, 0.5, 1.2, 1.8, 1.6, 0.9, 0.5, 0.4, 1.3, 1.7, 1.2, 0.5])
    for number in range(customers):
        first = int(rng.integers(0, 12 * years - 18)) if rng.random() < 0.4 else 0
        last = first + int(rng.geometric(1 / 70))
        budget, orders, left = rng.lognormal(8, 1.1), rng.gamma(2, 5) + 1.5, 0.0
        for month in range(first, min(last, 12 * years)):
            if month % 12 == 0 or month == first:
                left = budget * 1.06 ** (month / 12) * rng.lognormal(0, 0.25) * (12 - month % 12) / 12
            expected = orders / 12 * season[month % 12]
            for row in _by_month(rng, f"B{number:04d}", month, expected, budget / orders, 0.4):
                if left <= 0:
                    break
                yield *row[:2], min(row[2], left)
                left -= row[2]


def wandering_rates(years: int = 5, customers: int = 400, seed: int = 104) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        first = int(rng.integers(0, 12 * years - 12)) if rng.random() < 0.5 else 0
        pace, size, rate, level = (
            rng.gamma(1.5, 1.5),
            rng.lognormal(6, 1),
            rng.normal(0, 0.5),
            rng.normal(0, 0.3),
        )
        for month in range(first, 12 * years):
            rate = 0.97 * rate + rng.normal(0, 0.17)
            level = 0.97 * level + rng.normal(0, 0.08)
            grown = 1.08 ** (month / 12)
            yield from _by_month(
                rng, f"W{number:04d}", month, pace * np.exp(rate) * grown, size * np.exp(level), 0.4
            )


def chains_lost(years: int = 4, chains: int = 90, seed: int = 105) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for chain in range(chains):
        shops = int(min(rng.geometric(0.18), 25))
        leaves = rng.exponential(6 * _DAYS_A_YEAR) if shops < 12 else rng.exponential(3 * _DAYS_A_YEAR)
        for shop in range(shops):
            gap, size = 7.0 if rng.random() < 0.5 else 30.0, rng.lognormal(6, 0.7)
            day = rng.uniform(0, 60)
            while day < min(leaves, years * _DAYS_A_YEAR):
                yield f"C{chain:03d}-{shop:02d}", day, size * rng.lognormal(0, 0.3)
                day += max(gap + rng.normal(0, gap / 6), 1)


def promotions(years: int = 5, customers: int = 400, seed: int = 106) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        first = int(rng.integers(0, 12 * years - 12)) if rng.random() < 0.4 else 0
        last, pace, size, ahead = first + rng.exponential(80), rng.gamma(2, 0.8), rng.lognormal(5, 0.9), 0.0
        for month in range(first, int(min(last, 12 * years))):
            held = (month // 12) % 2 == 1 and month % 2 == 0
            expected = max(pace * (1.8 if held else 1.0) - ahead, 0.05)
            ahead = 0.4 * pace if held else 0.0
            yield from _by_month(rng, f"A{number:04d}", month, expected, size * (0.85 if held else 1.0), 0.5)


def pandemic(years: int = 6, customers: int = 400, seed: int = 107) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        first = int(rng.integers(0, 12 * years - 12)) if rng.random() < 0.4 else 0
        last, pace, size = first + rng.exponential(120), rng.gamma(2, 1.2), rng.lognormal(6, 0.9)
        closes = rng.random() < 0.125
        for month in range(first, int(min(last, 12 * years))):
            since = month - 38
            if closes and since >= 2:
                break
            trade = 1.0 if since < 0 else 0.33 if since < 4 else 1 - 0.4 * 0.85 ** (since - 4)
            yield from _by_month(rng, f"D{number:04d}", month, pace * trade, size, 0.4)


def growing_base(years: int = 7, customers: int = 900, seed: int = 108) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        joined = years * rng.power(2.0)
        last, pace, size = (
            joined + rng.exponential(9),
            rng.gamma(1.2, 4),
            rng.lognormal(5 + 0.12 * joined, 0.9),
        )
        for month in range(int(12 * joined), int(12 * min(last, years))):
            grown = 1.07 ** (month / 12 - joined)
            yield from _by_month(rng, f"G{number:04d}", month, pace / 12 * grown, size * grown, 0.6)


def strike(years: int = 5, customers: int = 400, seed: int = 109) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        first = int(rng.integers(0, 12 * years - 12)) if rng.random() < 0.4 else 0
        last, pace, size = first + rng.exponential(90), rng.gamma(1.5, 1.5), rng.lognormal(6, 0.8)
        for month in range(first, int(min(last, 12 * years))):
            trade = 0.25 if 29 <= month < 34 else 1.0
            yield from _by_month(rng, f"S{number:04d}", month, pace * trade, size, 0.4)


def least_order(years: int = 5, customers: int = 450, seed: int = 110) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        day = rng.uniform(0, 40) if rng.random() < 0.5 else rng.uniform(0, 0.8 * years * _DAYS_A_YEAR)
        gap, size = 40 / rng.gamma(2, 0.5), rng.lognormal(6, 0.9)
        leaves = day + rng.exponential(5 * _DAYS_A_YEAR)
        while day < min(leaves, years * _DAYS_A_YEAR):
            least = day >= 3.5 * _DAYS_A_YEAR
            yield f"L{number:04d}", day, size * (1.5 if least else 1.0) * rng.lognormal(0, 0.3)
            season = 1 + 0.2 * np.sin(2 * np.pi * day / _DAYS_A_YEAR)
            day += max(gap * (1.5 if least else 1.0) * season * rng.gamma(3, 1 / 3), 1)


def shortage(years: int = 5, customers: int = 420, seed: int = 111) -> Iterator[Row]:
    rng = np.random.default_rng(seed)
    for number in range(customers):
        first = int(rng.integers(0, 12 * years - 12)) if rng.random() < 0.4 else 0
        last, pace, size = first + rng.exponential(80), rng.gamma(1.5, 1.5), rng.lognormal(6, 0.8)
        short = rng.random() < 2 / 3
        for month in range(first, int(min(last, 12 * years))):
            trade = 0.0 if 38 <= month < 42 else 1.5 if 42 <= month < 47 else 1.0
            expected = pace * (trade if short else 1.0) * 1.04 ** (month / 12)
            yield from _by_month(rng, f"T{number:04d}", month, expected, size, 0.4)


CONFIRM: dict[str, Callable[[], Iterator[Row]]] = {
    "correlated spend": correlated_spend, "hidden states": hidden_states, "budgets": budgets,
    "wandering rates": wandering_rates, "strike": strike,
}  # fmt: skip
HELD_BACK: dict[str, Callable[[], Iterator[Row]]] = {
    "chains lost": chains_lost, "promotions": promotions, "pandemic": pandemic, "growing base": growing_base,
    "least order": least_order, "shortage": shortage,
}  # fmt: skip
PREFIX = "world: "


def world(name: str) -> pd.DataFrame:
    """Return the log of a world: customer_id, date, net_amount."""
    return _log((CONFIRM | HELD_BACK)[name.removeprefix(PREFIX)]())


NAMES = [PREFIX + name for name in CONFIRM | HELD_BACK]
