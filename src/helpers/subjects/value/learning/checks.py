"""The backtest of the forecast: made again at past month ends and compared with the outcome, intervals included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from helpers.core.amounts import round_significant
from helpers.core.backtest import error_measures, outcome_known
from helpers.core.calendar.period_names import months_a_year
from helpers.core.disclosure import disclosed_count, disclosed_mean, disclosed_part
from helpers.subjects.sales.purchase_summary import PurchaseFit
from helpers.subjects.value.learning.common_trend import common_trend
from helpers.subjects.value.learning.forecast import (
    PastOrigin,
    Snapshot,
    Stack,
    expected,
    expected_newcomer,
    fit_stack,
    past_origin,
    snapshot,
)
from helpers.subjects.value.learning.histories import Ledger, known_at, margin_rates, outcome_after
from helpers.subjects.value.learning.intervals import Moves, bounds, deviation, learn_moves, scores, sizes

#: The forecast; the purchase model that it starts from, alone; then the rules that managers use, none of them used.
METHODS = ("forecast", "model", "last_year", "rate_so_far", "zero_after_two_gaps")
#: Years of value that are tested as far as the history reaches; the first always, over fewer months if need be.
TESTED_YEARS = (1, 3, 5)
_LEVELS = ("80", "95")
#: A total that is off by more than this, as a share of it, says no more: the forecast was of nearly nothing.
_MOST_OFF = 1.5


@dataclass(frozen=True)
class Checks:
    """The record on the past.

    Attributes
    ----------
    months
        Length of each test of the first year in months: a year, fewer while the history is short.
    errors
        Of these tests: origin (month), method (one of `METHODS`), expected and actual (value of the following
        ``months``, all customers), expected_size (the expected values added up without their signs), error (expected
        / actual - 1; NaN: nothing came), mae, rmse (of a customer's value), and expected_purchases,
        actual_purchases, mae_purchases.
    coverage
        years, origin, level (``80`` or ``95``), customers, plain (share of customers inside the interval as it is
        without a past), widened (as moved by what was learnt at origins whose outcome was known by then; NaN: none),
        and the same among the third that was expected to bring most: plain_large, widened_large.
    frequency
        At the latest origin: repeats (0, 1, 2, 3, 4, 5-9, 10+), customers, expected and actual purchases a customer.
    tracking
        At the latest origin: month, expected and actual purchases since then.
    moves
        Years -> by how many deviations each bound moves; a horizon that could not be tested is missing.
    totals
        years, origin, off: actual less expected total value, as a share of the expected values without their signs.
    """

    months: int
    errors: pd.DataFrame
    coverage: pd.DataFrame
    frequency: pd.DataFrame
    tracking: pd.DataFrame
    moves: dict[int, Moves]
    totals: pd.DataFrame

    def disclosed(self) -> Checks:
        """Return what a scope may know of the company's record: about so many customers, parts and means rounded."""
        kept = ["plain", "widened", "plain_large", "widened_large"]
        coverage = self.coverage.assign(
            customers=disclosed_count(self.coverage["customers"]),
            **{name: disclosed_part(self.coverage[name]) for name in kept},
        )
        missed = self.errors.groupby("method")["mae"].transform("mean")
        errors = self.errors.assign(mae=disclosed_mean(missed))
        return replace(self, coverage=coverage, errors=errors)

    @property
    def level_error(self) -> float:
        """How far the total of the first horizon was off on average: root mean square; 0 without a past."""
        off = self.totals.loc[self.totals["years"] == 1, "off"]
        return round_significant(float(np.sqrt((off**2).mean()))) if len(off) else 0.0

    @property
    def tested_years(self) -> list[int]:
        """Horizons that the history was long enough to test, the first only where a whole year was.

        Where too few customers were tested for their intervals to be moved, the horizon was tested all the same.
        """
        return [int(years) for years in self.totals["years"].unique() if years > 1 or self.months >= 12]


@dataclass
class Past:
    """What was known at past month ends, each fitted once; see `Snapshot` and `PastOrigin`."""

    book: Ledger
    month: pd.Period
    most: int
    _snapshots: dict[pd.Period, Snapshot] = field(default_factory=dict)
    _outcomes: dict[tuple[pd.Period, int], pd.DataFrame] = field(default_factory=dict)
    _past_origins: dict[pd.Period, list[PastOrigin]] = field(default_factory=dict)
    _stacks: dict[pd.Period, Stack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = pd.Timestamp(int(self.book.purchases["first_day"].min()), unit="D")
        self.first, self.a_year = self.book.year.month_with(first.date()), months_a_year(self.month)
        length = self.length(self.month)
        # A whole year where two are known: a part of one mixes its season with the level.
        self.months = self.a_year if length >= 2 * self.a_year else max(length // 3, 1)
        self.step = 3 if self.months >= 6 else max(self.months // 2, 1)

    def length(self, month: pd.Period) -> int:
        """Months of history at the end of a month."""
        return int((month - self.first).n + 1)

    def origins(self, months: int) -> list[pd.Period]:
        """Return the origins of tests over so many months, the latest first, a quarter apart."""
        found = [self.month - months - self.step * back for back in range(self.most)]
        least = max(months if months <= self.a_year else 2 * self.a_year, 3)
        return [each for each in found if self.length(each) >= least and len(self.at(each).known) >= 2]

    def at(self, origin: pd.Period, fit: PurchaseFit | None = None) -> Snapshot:
        """Return what was known, and the models of that; ``fit`` is the shared purchase model, if there is one."""
        if origin not in self._snapshots:
            known = known_at(self.book, origin)
            self._snapshots[origin] = snapshot(known, origin, self.length(origin), fit)
        return self._snapshots[origin]

    def outcome(self, origin: pd.Period, months: int) -> pd.DataFrame:
        """Return what the customers known at an origin did in the months after it; see `outcome_after`."""
        if (origin, months) not in self._outcomes:
            self._outcomes[origin, months] = outcome_after(self.book, origin, months, self.at(origin).known)
        return self._outcomes[origin, months]

    def stack_at(self, now: pd.Period) -> Stack:
        """Return what is learnt from the origins whose outcome was known by ``now``."""
        if now not in self._stacks:
            self._stacks[now] = fit_stack(self.past_origins(now))
        return self._stacks[now]

    def past_origins(self, now: pd.Period) -> list[PastOrigin]:
        """Return what origins teach whose outcome was known by ``now``."""
        if now not in self._past_origins:
            known = [each for each in self.origins(self.months) if outcome_known(each, self.months, now)]
            self._past_origins[now] = self._learnt(known, self.at(now)) if known else []
        return self._past_origins[now]

    def _learnt(self, origins: Sequence[pd.Period], today: Snapshot) -> list[PastOrigin]:
        trend = common_trend(self.book, today.month, expected_newcomer(today, today.length), self.a_year)
        found = []
        for origin in origins:
            earlier = self.at(origin)
            weight = self.step * self.months / self.a_year**2 * earlier.length / today.length
            transient = trend.transient(origin, self.months)
            found.append(
                past_origin(earlier, today, self.months, self.outcome(origin, self.months), transient, weight)
            )
        return found


def check(past: Past, by_margin: bool) -> Checks:
    """Forecast from each origin with what was known then, and compare with what came."""
    rows: list[dict[str, object]] = []
    covered: list[dict[str, object]] = []
    totals: list[dict[str, object]] = []
    moves: dict[int, Moves] = {}
    for years in TESTED_YEARS:
        months = past.months if years == 1 else past.a_year * years
        found: dict[pd.Period, dict[str, np.ndarray]] = {}
        # The oldest first: intervals are learnt as time goes on.
        for origin in reversed(past.origins(months)):
            earlier, stack = past.at(origin), past.stack_at(origin)
            observed = past.outcome(origin, months)
            purchases, amount = expected(earlier, stack, months)
            rates = margin_rates(earlier.known, by_margin)
            sales = _value(observed, rates, by_margin)
            value = amount * rates
            spread = deviation(earlier, purchases, value)
            known = [found[each] for each in found if outcome_known(each, months, origin)]
            covered += _coverage(years, origin, value, spread, sales, learn_moves(known), by_margin)
            found[origin] = scores(value, spread, sales)
            size = float(np.abs(value).sum())
            off = np.clip((sales.sum() - value.sum()) / size, -_MOST_OFF, _MOST_OFF) if size > 0 else 0.0
            totals.append({"years": years, "origin": origin, "off": round_significant(float(off))})
            if years == 1:
                told, bought = methods(earlier, stack, months), observed["purchases"].to_numpy()
                rows += [
                    _error(origin, name, told[name][1] * rates, sales, told[name][0], bought)
                    for name in METHODS
                ]
        if learnt := learn_moves(list(found.values())):
            moves[years] = learnt
    table = pd.DataFrame(rows)
    learned = table.columns.drop("actual", errors="ignore")
    table[learned] = round_significant(table[learned])
    latest = past.origins(past.months)[:1]
    frequency, tracking = _latest(past, latest[0]) if latest else (pd.DataFrame(), pd.DataFrame())
    return Checks(
        past.months, table, pd.DataFrame(covered), frequency, tracking, moves,
        pd.DataFrame(totals, columns=["years", "origin", "off"]),
    )  # fmt: skip


def methods(now: Snapshot, stack: Stack, months: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the purchases and net sales of the next ``months`` by each of `METHODS`."""
    known, periods = now.known, months * now.year / now.a_year
    x, T, t_x = (known[name].to_numpy(dtype="float64") for name in ("frequency", "T", "recency"))
    mean = known["net_amount"].to_numpy() / known["purchases"].to_numpy()
    so_far = np.divide(x, T, out=np.zeros(len(x)), where=T > 0) * periods
    gap = np.divide(t_x, x, out=np.zeros(len(x)), where=x > 0)
    silent = np.where(T - t_x <= 2 * gap, so_far, 0.0)
    alone = expected(now, Stack(np.zeros(2), 0.0, 0.0, 1.0, 1.0, 0.0), months)
    before = tuple(known[name].to_numpy() * months / now.a_year for name in ("last_year", "last_year_amount"))
    return {
        "forecast": expected(now, stack, months),
        "model": alone,
        "last_year": before,
        "rate_so_far": (so_far, so_far * mean),
        "zero_after_two_gaps": (silent, silent * mean),
    }


def _value(observed: pd.DataFrame, rates: np.ndarray, by_margin: bool) -> np.ndarray:
    if not by_margin:
        return observed["net_amount"].to_numpy()
    # Lines without a cost count at the customer's rate.
    return np.asarray(
        observed["margin_amount"] + rates * (observed["net_amount"] - observed["net_amount_with_cost"])
    )


def _error(
    origin: pd.Period,
    method: str,
    value: np.ndarray,
    actual: np.ndarray,
    purchases: np.ndarray,
    bought: np.ndarray,
) -> dict[str, object]:
    return {
        "origin": origin,
        "method": method,
        "expected": float(value.sum()),
        "actual": float(actual.sum()),
        "expected_size": float(np.abs(value).sum()),
        **error_measures(value, actual),
        "expected_purchases": float(purchases.sum()),
        "actual_purchases": int(bought.sum()),
        "mae_purchases": error_measures(purchases, bought)["mae"],
    }


def _coverage(
    years: int,
    origin: pd.Period,
    value: np.ndarray,
    spread: np.ndarray,
    observed: np.ndarray,
    moves: Moves,
    by_margin: bool,
) -> list[dict[str, object]]:
    large = sizes(value) == 0
    # Sums of money in floating point: a customer with nothing is inside [0, 0].
    slack = 1e-6 + 1e-9 * np.abs(observed)
    rows: list[dict[str, object]] = []
    for level in _LEVELS:
        row: dict[str, object] = {"years": years, "origin": origin, "level": level, "customers": len(value)}
        for name, by in (("plain", {}), ("widened", moves)):
            ends: Mapping[str, np.ndarray] = bounds(value, spread, by, by_margin)
            inside = (observed >= ends[f"low_{level}"] - slack) & (observed <= ends[f"high_{level}"] + slack)
            told = name == "plain" or bool(moves)
            row[name] = float(inside.mean()) if told else float("nan")
            row[f"{name}_large"] = float(inside[large].mean()) if told else float("nan")
        rows.append(row)
    return rows


def _latest(past: Past, origin: pd.Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say at an origin what was expected and came by how often customers had bought, and month by month since."""
    earlier, stack = past.at(origin), past.stack_at(origin)
    ahead = [number + 1 for number in range(past.months)]
    observed = [
        outcome_after(past.book, origin, number, earlier.known)["purchases"].to_numpy() for number in ahead
    ]
    told = [expected(earlier, stack, number)[0] for number in ahead]
    labels = ["0", "1", "2", "3", "4", "5–9", "10+"]
    bands = pd.cut(earlier.known["frequency"], [-1, 0, 1, 2, 3, 4, 9, np.inf], labels=labels)
    frame = pd.DataFrame(
        {"repeats": bands.to_numpy(), "expected": told[-1], "actual": observed[-1], "customers": 1}
    )
    grouped = frame.groupby("repeats", observed=True, sort=False)
    means = grouped[["expected", "actual"]].mean().assign(customers=grouped["customers"].sum())
    tracking = pd.DataFrame(
        {
            "month": [(origin + number).to_timestamp() for number in ahead],
            "expected": round_significant(np.array([each.sum() for each in told])),
            "actual": [int(each.sum()) for each in observed],
        }
    )
    return means.reindex([label for label in labels if label in means.index]).reset_index(), tracking
