"""The forecasts made again from past month ends, and held against what came: error, coverage, and how to widen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.backtest import errors
from helpers.core.digits import digits
from helpers.models import MBGCNBDk
from helpers.subjects.sales.purchase_model import fit_purchases
from helpers.subjects.value.learning.histories import YEAR_DAYS, Ledger, came_after, known_at
from helpers.subjects.value.learning.paths import futures
from helpers.subjects.value.learning.spend import fit_spend

#: The model, then the rules that managers use.
METHODS = ("model", "rate_so_far", "last_year", "zero_after_two_gaps")
_NOMINAL = {"80": (0.10, 0.90), "95": (0.025, 0.975)}
_FEWEST_TO_WIDEN = 30
#: Bound -> deviations for the largest third and for the others.
Widening = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Checks:
    """The record on the past.

    Attributes
    ----------
    months
        Length of each test in months.
    errors
        origin (month), method (one of `METHODS`), expected and actual (value of the following ``months``, all
        customers), expected_size (the expected values added up without their signs), error (expected / actual - 1;
        NaN: nothing came), mae, rmse (of a customer's value), and expected_purchases,
        actual_purchases, mae_purchases.
    coverage
        origin, level (``80`` or ``95``), customers, plain (share of customers inside the interval as the models give
        it), widened (as widened by what was learnt at origins whose outcome was known by then; NaN: none), and the
        same among the third that was expected to bring most: plain_large, widened_large.
    frequency
        At the latest origin: repeats (0, 1, 2, 3, 4, 5-9, 10+), customers, expected and actual purchases a customer.
    tracking
        At the latest origin: month, expected and actual purchases since then.
    widening
        Bound (``low_80`` ...) -> deviations by which it moves outwards, for the third of the customers of whom most is
        expected, and for the others; empty: too little past to learn it.
    level_error
        Root mean square, over the origins, of actual less expected total value, as a share of the expected values
        without their signs (margins may be losses); 0 without a past.
    """

    months: int
    errors: pd.DataFrame
    coverage: pd.DataFrame
    frequency: pd.DataFrame
    tracking: pd.DataFrame
    widening: Widening
    level_error: float

    @property
    def best(self) -> str | None:
        """The method with the smallest mean RMSE of a customer's value over the origins; None without a past."""
        if self.errors.empty:
            return None
        mean = digits(self.errors.groupby("method", sort=False)["rmse"].mean())
        return str(mean.idxmin())


def origin_months(book: Ledger, month: pd.Period, most: int) -> tuple[list[pd.Period], int]:
    """Return the past month ends to test from, latest first, and the months of each test.

    A quarter of the history at a time, at most a year; tests do not overlap, and each has as much history before it.
    """
    first = pd.Timestamp(int(book.purchases["first_day"].min()), unit="D").to_period("M")
    length = (month - first).n + 1
    months = int(np.clip(length // 4, 1, 12))
    origins = [month - months * (number + 1) for number in range(most)]
    return [origin for origin in origins if (origin - first).n + 1 >= months and length >= 8], months


def check(
    book: Ledger,
    origins: tuple[list[pd.Period], int],
    by_margin: bool,
    unit_days: float,
    seed: int,
) -> Checks:
    """Forecast from each origin with what was known then, and compare with what came."""
    listed, months = origins
    rows_of_errors: list[dict[str, object]] = []
    coverage: list[dict[str, object]] = []
    scores: dict[pd.Period, dict[str, np.ndarray]] = {}
    frequency, tracking = pd.DataFrame(), pd.DataFrame()
    latest: tuple[pd.Period, pd.DataFrame, MBGCNBDk] | None = None
    for origin in reversed(listed):  # the oldest first: widening is learnt as time goes on
        known = known_at(book, origin, unit_days)
        if len(known) < 2:
            continue
        actual = came_after(book, origin, months, known)
        model, spend = fit_purchases(known, unit_days).model, fit_spend(known, by_margin)
        rate = spend.margin_rates(known) if by_margin else np.ones(len(known))
        value = actual["margin_amount" if by_margin else "net_amount"].to_numpy()
        if by_margin:  # lines without a cost count at the customer's rate
            value = value + rate * (actual["net_amount"] - actual["net_amount_with_cost"]).to_numpy()
        periods = months * YEAR_DAYS / 12 / unit_days
        simulated = np.concatenate(
            [paths.amounts[:, :, 0] for paths in futures(known, model, spend, np.array([periods]), seed)]
        ) * rate[:, None]  # fmt: skip
        purchases = digits(model.expected_purchases(known, periods).to_numpy())
        means = rules(known, periods, YEAR_DAYS / unit_days)
        a_purchase = known["net_amount"].to_numpy() / known["purchases"].to_numpy() * rate
        for method in METHODS:
            counted = purchases if method == "model" else means[method]
            expected = simulated.mean(axis=1) if method == "model" else counted * a_purchase
            rows_of_errors.append(
                _error(origin, method, expected, value, counted, actual["purchases"].to_numpy())
            )
        earlier = _learnt(scores)
        rows, mine = _coverage(origin, simulated, value, earlier, by_margin)
        coverage += rows
        scores[origin] = mine
        frequency = _by_frequency(known, purchases, actual["purchases"].to_numpy())
        latest = origin, known, model
    if latest is not None:
        tracking = _tracking(book, months, *latest, unit_days)
    table = pd.DataFrame(rows_of_errors)
    learned = table.columns.drop("actual", errors="ignore")
    table[learned] = digits(table[learned])
    level = 0.0
    if len(table):
        own = table[table["method"] == "model"]
        off = (own["actual"] - own["expected"]) / own["expected_size"].where(own["expected_size"] > 0)
        level = digits(float(np.sqrt((off.fillna(0.0) ** 2).mean())))
    return Checks(months, table, pd.DataFrame(coverage), frequency, tracking, _learnt(scores), level)


def widen(
    bounds: Mapping[str, np.ndarray], mean: np.ndarray, deviation: np.ndarray, by: Widening, may_lose: bool
) -> dict[str, np.ndarray]:
    """Return bounds moved outwards by as many deviations as was learnt; unchanged where nothing was.

    Bounds may move inwards (fewer than 0 deviations) but never past the mean. Sales never fall below nothing (margins
    may), and the 95 % interval holds the 80 % one.
    """
    large, moved = largest_third(mean), {}
    for name, bound in bounds.items():
        sign = -1.0 if name.startswith("low") else 1.0
        reached = bound + sign * np.where(large, *by.get(name, (0.0, 0.0))) * deviation
        moved[name] = reached if may_lose else np.maximum(reached, 0.0)
        moved[name] = np.minimum(moved[name], mean) if sign < 0 else np.maximum(moved[name], mean)
    moved["low_95"] = np.minimum(moved["low_95"], moved["low_80"])
    moved["high_95"] = np.maximum(moved["high_95"], moved["high_80"])
    return moved


def largest_third(mean: np.ndarray) -> np.ndarray:
    """Tell which customers are the third of whom most is expected."""
    large: np.ndarray = mean >= np.quantile(mean, 2 / 3) if len(mean) else np.zeros(0, dtype="bool")
    return large


def rules(known: pd.DataFrame, periods: float, year: float) -> dict[str, np.ndarray]:
    """Purchases by the rules that managers use."""
    x, T, t_x = (known[name].to_numpy(dtype="float64") for name in ("frequency", "T", "recency"))
    so_far = np.divide(x, T, out=np.zeros(len(x)), where=T > 0) * periods
    last_year = known["last_year"].to_numpy() / np.clip(T, periods * 1e-9 + 1e-9, year) * periods
    gap = np.divide(t_x, x, out=np.zeros(len(x)), where=x > 0)
    return {
        "rate_so_far": so_far,
        "last_year": np.where(year <= T, last_year, so_far),
        "zero_after_two_gaps": np.where(T - t_x <= 2 * gap, so_far, 0.0),
    }


def _error(
    origin: pd.Period,
    method: str,
    expected: np.ndarray,
    actual: np.ndarray,
    expected_purchases: np.ndarray,
    actual_purchases: np.ndarray,
) -> dict[str, object]:
    return {
        "origin": origin,
        "method": method,
        "expected": float(expected.sum()),
        "actual": float(actual.sum()),
        "expected_size": float(np.abs(expected).sum()),
        **errors(expected, actual),
        "expected_purchases": float(expected_purchases.sum()),
        "actual_purchases": int(actual_purchases.sum()),
        "mae_purchases": errors(expected_purchases, actual_purchases)["mae"],
    }


def _coverage(
    origin: pd.Period, simulated: np.ndarray, value: np.ndarray, earlier: Widening, by_margin: bool
) -> tuple[list[dict[str, object]], dict[str, np.ndarray]]:
    deviation, mean = simulated.std(axis=1), simulated.mean(axis=1)
    large = largest_third(mean)
    plain = {
        f"{side}_{level}": np.quantile(simulated, edge, axis=1)
        for level, edges in _NOMINAL.items()
        for side, edge in zip(("low", "high"), edges, strict=True)
    }
    moved = widen(plain, mean, deviation, earlier, by_margin)
    # Sums of money in floating point: a customer with nothing is inside [0, 0].
    slack = 1e-6 + 1e-9 * np.abs(value)
    rows: list[dict[str, object]] = []
    for level in _NOMINAL:
        row: dict[str, object] = {"origin": origin, "level": level, "customers": len(value)}
        for name, bounds in (("plain", plain), ("widened", moved)):
            inside = (value >= bounds[f"low_{level}"] - slack) & (value <= bounds[f"high_{level}"] + slack)
            known = name == "plain" or bool(earlier)
            row[name] = float(inside.mean()) if known else float("nan")
            row[f"{name}_large"] = float(inside[large].mean()) if known else float("nan")
        rows.append(row)
    width = np.maximum(deviation, 1e-9 + 1e-3 * max(float(deviation.mean()), 0.0))
    scores = {
        name: ((bound - value) if name.startswith("low") else (value - bound)) / width
        for name, bound in plain.items()
    }
    return rows, {**scores, "large": large}


def _learnt(scores: Mapping[pd.Period, Mapping[str, np.ndarray]]) -> Widening:
    """By how many deviations each bound has to move to have held back as many as it says, at all origins together."""
    if not scores:
        return {}
    large = np.concatenate([each["large"] for each in scores.values()])
    if len(large) < _FEWEST_TO_WIDEN:
        return {}
    result: Widening = {}
    for level, edges in _NOMINAL.items():
        for side in ("low", "high"):
            pooled = np.concatenate([each[f"{side}_{level}"] for each in scores.values()])
            largest, others = (
                float(np.quantile(pooled[part], edges[1], method="higher")) if part.any() else 0.0
                for part in (large, ~large)
            )
            # The others are never narrowed: those of whom nothing is expected sit at the bound itself.
            result[f"{side}_{level}"] = (digits(largest), digits(max(others, 0.0)))
    return result


def _by_frequency(known: pd.DataFrame, expected: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    edges = [-1, 0, 1, 2, 3, 4, 9, np.inf]
    labels = ["0", "1", "2", "3", "4", "5–9", "10+"]
    bands = pd.cut(known["frequency"], edges, labels=labels)
    frame = pd.DataFrame(
        {"repeats": bands.to_numpy(), "expected": expected, "actual": actual, "customers": 1}
    )
    grouped = frame.groupby("repeats", observed=True, sort=False)
    means = grouped[["expected", "actual"]].mean().assign(customers=grouped["customers"].sum())
    return means.reindex([label for label in labels if label in means.index]).reset_index()


def _tracking(
    book: Ledger, months: int, origin: pd.Period, known: pd.DataFrame, model: MBGCNBDk, unit_days: float
) -> pd.DataFrame:
    ahead = [number + 1 for number in range(months)]
    expected = model.expected_purchases(
        known, [number * YEAR_DAYS / 12 / unit_days for number in ahead]
    ).sum()
    actual = [int(came_after(book, origin, number, known)["purchases"].sum()) for number in ahead]
    return pd.DataFrame(
        {
            "month": [(origin + number).to_timestamp() for number in ahead],
            "expected": digits(expected.to_numpy()),
            "actual": actual,
        }
    )
