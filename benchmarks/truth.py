"""The forecast held against what came, on every set at hand, beside rules and single models: one table.

    python benchmarks/truth.py                           # all sets, as Markdown
    python benchmarks/truth.py sample cdnow              # some of them
    python benchmarks/truth.py shop=purchases.csv        # a log of one's own: customer_id, date, net_amount
    python benchmarks/truth.py "world: budgets"          # a made-up trade of benchmarks/worlds.py
    python benchmarks/truth.py alive cdnow               # P(alive) before and after it is put right

Nothing of the forecast is chosen by these tables. Each row of a set is the mean over origins of which the forecast
knew nothing later. Large sets are thinned to `MOST_CUSTOMERS` by their ids.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from worlds import PREFIX, world

from helpers.models import ParetoNBD
from helpers.models.errors import FitError
from helpers.settings.config import PROJECT_FOLDER
from helpers.subjects.churn.learning.evaluation import calibration_error, mean_over
from helpers.subjects.value.learning.checks import Past, check, methods
from helpers.subjects.value.learning.forecast import PRIORS, Snapshot, expected
from helpers.subjects.value.learning.histories import ledger, outcome_after
from helpers.subjects.value.learning.intervals import bounds, deviation, shared_error, sizes
from helpers.subjects.value.learning.recalibration import Recalibration, buys_again, recalibration
from workbook_sample.make import make_sample

SHARED_FOLDER = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared")
MOST_CUSTOMERS = 3_000
Frames = tuple[pd.DataFrame, pd.DataFrame]


def frames_of(log: pd.DataFrame) -> Frames:
    """Return the facts purchase_months and customer_months of a log: customer_id, date, net_amount."""
    log = log.groupby(["customer_id", "date"], as_index=False)["net_amount"].sum()
    log["month"] = log["date"].dt.to_period("M").dt.to_timestamp()
    keys = ["customer_id", "month"]
    bought = log[log["net_amount"] > 0].copy()
    bought["log_gap"] = np.log(bought.groupby("customer_id")["date"].diff().dt.days).fillna(0.0)
    purchase_months = bought.groupby(keys, as_index=False).agg(
        purchase_days=("date", "size"),
        first_purchase=("date", "min"),
        last_purchase=("date", "max"),
        sum_log_gaps=("log_gap", "sum"),
    )
    sold = log.groupby(keys, as_index=False).agg(net_amount=("net_amount", "sum"))
    return purchase_months, sold.assign(net_amount_with_cost=np.nan, cost_amount=np.nan)


def _shared(*parts: str) -> Path:
    return SHARED_FOLDER.joinpath("data", *parts)


def cdnow() -> pd.DataFrame:
    log = pd.read_csv(_shared("cdnow", "cdnow_sample.csv"), dtype={"customer_id": str})
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    return log.rename(columns={"dollar_value": "net_amount"})


def cdnow_master() -> pd.DataFrame:
    log = pd.read_csv(_shared("cdnow", "cdnow_master.csv"), dtype={"customer_id": str})
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    return log.rename(columns={"dollar_value": "net_amount"})


def grocery() -> pd.DataFrame:
    log = pd.read_csv(_shared("grocery", "grocery_elog.csv"), parse_dates=["date"])
    return log.rename(columns={"cust": "customer_id"}).assign(net_amount=1.0)


def resellers() -> pd.DataFrame:
    log = pd.read_parquet(_shared("adventureworks_dw", "FactResellerSales.parquet"))
    names = {"ResellerKey": "customer_id", "OrderDate": "date", "SalesAmount": "net_amount"}
    return log.rename(columns=names)


def online_retail() -> pd.DataFrame:
    log = pd.read_parquet(_shared("online_retail_y1", "online_retail_2009_2010.parquet"))
    log = log[log["Customer ID"].notna()].rename(
        columns={"Customer ID": "customer_id", "InvoiceDate": "date"}
    )
    return log.assign(net_amount=log["Quantity"] * log["Price"])


def classicmodels() -> pd.DataFrame:
    lines, orders = (
        pd.read_csv(_shared("classicmodels", f"{name}.csv")) for name in ("orderdetails", "orders")
    )
    log = lines.merge(orders[orders["status"] != "Cancelled"], on="orderNumber")
    log["net_amount"] = log["quantityOrdered"] * log["priceEach"]
    return log.rename(columns={"customerNumber": "customer_id", "orderDate": "date"})


def sample(seed: int | None = None) -> pd.DataFrame:
    """Read the sample's lines, or those of another made from a seed."""
    with tempfile.TemporaryDirectory() as made:
        folder = PROJECT_FOLDER / "data" / "sample" if seed is None else Path(made)
        if seed is not None:
            make_sample(500, 36, seed, folder)
        log = pd.read_parquet(folder / "order_lines.parquet")
    log = log[log["customer_id"].notna()]
    return log.rename(columns={"order_date": "date"})


#: One customer's purchases: the first day, then chance -> days since the start of the data, and amounts.
def planted(
    years: int,
    size: int,
    seed: int,
    gap_days: Callable[[int, float, np.random.Generator], float],
    amount: Callable[[int, float, int, np.random.Generator], float],
    joins: float = 0.5,
    leaves_days: float = 2_000.0,
) -> pd.DataFrame:
    """Make customers of whom it is known how they buy.

    Parameters
    ----------
    gap_days, amount
        Of a customer's number, years since the start, (which purchase it is,) and chance.
    joins
        Share of customers who are not there from the start.
    leaves_days
        Mean time until a customer leaves.
    """
    rows = []
    for number in range(size):
        rng = np.random.default_rng([seed, number])
        last = 365.25 * years
        day = float(rng.uniform(0, 30) if rng.random() > joins else rng.uniform(0, last))
        leaves, level, pace, order = (
            day + rng.exponential(leaves_days),
            rng.lognormal(6, 0.8),
            rng.gamma(4, 0.25),
            0,
        )
        while day < min(leaves, last):
            rows.append((f"P{number:04d}", int(day), level * amount(number, day / 365.25, order, rng)))
            day += max(1.0, gap_days(number, day / 365.25, rng) / max(pace, 0.05))
            order += 1
    log = pd.DataFrame(rows, columns=["customer_id", "day", "net_amount"])
    log["net_amount"] = log["net_amount"].round(2) + 0.01
    return log.assign(date=pd.Timestamp("2020-01-01") + pd.to_timedelta(log["day"], unit="D"))


def _noise(rng: np.random.Generator) -> float:
    return float(rng.gamma(4, 0.25))


def _stocking() -> pd.DataFrame:
    """Every second new shop places three large opening orders within two weeks, then buys a sixth four times a year."""

    def opening(log: pd.DataFrame) -> pd.DataFrame:
        first = log.groupby("customer_id")["day"].transform("min")
        opens = log[(log["day"] == first) & (first > 60) & (log["customer_id"].str[-1].astype(int) % 2 == 0)]
        extra = [
            opens.assign(day=opens["day"] + days, net_amount=opens["net_amount"] * 6) for days in (0, 5, 12)
        ]
        both = pd.concat([log, *extra])
        return both.assign(date=pd.Timestamp("2020-01-01") + pd.to_timedelta(both["day"], unit="D"))

    made = planted(
        4, 400, 16, lambda who, at, rng: 90 * _noise(rng), lambda who, at, order, rng: _noise(rng), joins=0.8
    )
    return opening(made)[lambda log: log["date"] < "2024-01-01"]


DATA: dict[str, Callable[[], pd.DataFrame]] = {
    "sample": sample,
    "sample, seed 2": lambda: sample(2),
    "sample, seed 3": lambda: sample(3),
    "cdnow": cdnow,
    "cdnow, all": cdnow_master,
    "grocery": grocery,
    "adventureworks": resellers,
    "online_retail": online_retail,
    "classicmodels": classicmodels,
    "growth": lambda: planted(
        6, 300, 11, lambda who, at, rng: 14 * 0.94**at * _noise(rng), lambda who, at, order, rng: 1.1**at * _noise(rng)
    ),
    "fading": lambda: planted(
        5, 400, 12, lambda who, at, rng: 20 * (1.7**at if who % 3 == 0 else 1.0) * _noise(rng),
        lambda who, at, order, rng: (0.8**at if who % 3 == 0 else 1.0) * _noise(rng),
    ),
    "first year": lambda: planted(
        2, 500, 13, lambda who, at, rng: 30 * (1 - 0.5 * np.sin(2 * np.pi * at)) * _noise(rng),
        lambda who, at, order, rng: _noise(rng),
    )[lambda log: log["date"] < "2021-04-01"],
    "no churn": lambda: planted(
        4, 300, 14, lambda who, at, rng: 25 * _noise(rng), lambda who, at, order, rng: _noise(rng), leaves_days=1e9
    ),
    "weekly, monthly": lambda: planted(
        4, 400, 15, lambda who, at, rng: (7 if who % 2 else 35) * _noise(rng), lambda who, at, order, rng: _noise(rng),
        leaves_days=1_200,
    ),
    "stocking": _stocking,
    "festival": lambda: planted(
        5, 400, 17, lambda who, at, rng: 30 * (0.4 if 0.7 < at % 1 < 0.85 else 1.2) * rng.exponential(1.0),
        lambda who, at, order, rng: (2.0 if 0.7 < at % 1 < 0.85 else 1.0) * _noise(rng),
    ),
}  # fmt: skip


def read(name: str) -> pd.DataFrame:
    """Return a set's log: customer_id (text), date, net_amount; thinned where it is large."""
    title, _, file = name.partition("=")
    if name.startswith(PREFIX):
        log = world(name)
    else:
        log = pd.read_csv(file, dtype={"customer_id": str}) if file else DATA[title]()
    log = pd.DataFrame(
        {
            "customer_id": log["customer_id"].astype(str),
            "date": pd.to_datetime(log["date"]).dt.normalize(),
            "net_amount": log["net_amount"].astype("float64"),
        }
    )
    ids = np.sort(log["customer_id"].unique())
    if len(ids) > MOST_CUSTOMERS:
        log = log[log["customer_id"].isin(ids[:: -(-len(ids) // MOST_CUSTOMERS)])]
    return log.groupby(["customer_id", "date"], as_index=False)["net_amount"].sum()


def origins_of(log: pd.DataFrame) -> tuple[list[pd.Period], int]:
    """Return month ends to forecast from, latest first, and the months ahead that are judged.

    A year, where a year of history and a quarter more come before it; else a third of the history. Four origins at
    most, a quarter (or half of what is judged) apart.
    """
    first, end = log["date"].min().to_period("M"), log["date"].max()
    last = (end + pd.Timedelta(days=4)).to_period("M") - 1  # a month's last days may be Sundays
    length = (last - first).n + 1
    months = 12 if length >= 27 else max(length // 3, 1)
    step = max(min(3, months // 2), 1)
    least = max(min(12, months), 4)
    found = [last - months - step * back for back in range(4)]
    return [origin for origin in found if (origin - first).n + 1 >= least], months


def loss(expected: np.ndarray, came: np.ndarray) -> float:
    """Return the mean absolute error over the mean, plus how far the total is off, without its sign."""
    return float(np.abs(expected - came).mean() / came.mean() + abs(expected.sum() / came.sum() - 1))


def sureness(parts: list[pd.DataFrame], draws: int = 400) -> dict[str, float]:
    """Return 95 % intervals of what the forecast loses less than MBG alone, and than last year's sales in value.

    Customers are drawn anew, each with all its origins (bootstrap); a year's luck that all share is not in it.

    Parameters
    ----------
    parts
        An origin each, by customer: forecast, mbg and bought (purchases), value, last_year and brought (net sales).
    """
    whole = pd.concat(parts, axis=1, keys=range(len(parts))).fillna(0.0)
    rng = np.random.default_rng(0)
    weights = rng.multinomial(len(whole), np.full(len(whole), 1 / len(whole)), draws).astype("float64")
    bought, brought = [], []
    for number in range(len(parts)):
        part = whole[number]
        sums = {name: weights @ part[name].to_numpy() for name in part}
        missed = {
            name: weights @ (part[name] - part["bought"]).abs().to_numpy() / sums["bought"]
            + np.abs(sums[name] / sums["bought"] - 1)
            for name in ("forecast", "mbg")
        }
        bought.append(missed["mbg"] - missed["forecast"])
        off = (part["last_year"] - part["brought"]).abs() - (part["value"] - part["brought"]).abs()
        brought.append(weights @ off.to_numpy() / sums["brought"])
    told = {"spared": np.mean(bought, axis=0), "value_spared": np.mean(brought, axis=0)}
    return {
        f"{name}_{end}": float(np.quantile(drawn, edge))
        for name, drawn in told.items()
        for end, edge in (("low", 0.025), ("high", 0.975))
    }


def judged(name: str) -> pd.DataFrame:
    """Return one row an origin: what was lost by the forecast and by what stands beside it."""
    log = read(name)
    origins, months = origins_of(log)
    book = ledger(*frames_of(log), origins[0] + months)
    fitted: dict[pd.Period, Snapshot] = {}
    rows, parts = [], []
    for origin in origins:
        started = time.perf_counter()
        past = Past(book, origin, 6, fitted)
        now, stack = past.at(origin), past.stack_at(origin)
        came = outcome_after(book, origin, months, now.known)
        bought, brought = came["purchases"].to_numpy(), came["net_amount"].to_numpy()
        told = methods(now, stack, months)
        purchases, value = told["forecast"]
        periods = months * now.year / 12
        alone = now.fit.model.expected_purchases(now.known, periods).to_numpy()
        pareto = np.full(len(alone), np.nan)
        for prior in PRIORS:
            with contextlib.suppress(FitError):
                pareto = (
                    ParetoNBD(prior=prior).fit(now.known).expected_purchases(now.known, periods).to_numpy()
                )
                break
        parts.append(
            pd.DataFrame(
                {
                    "forecast": purchases, "mbg": alone, "bought": bought, "value": value,
                    "last_year": told["last_year"][1], "brought": brought,
                },
                index=now.known.index,
            )
        )  # fmt: skip
        checks = check(past, False)
        spread = deviation(now, purchases, value)
        held = bounds(value, spread, checks.moves.get(1, {}), False)
        inside = (brought >= held["low_80"] - 1e-6) & (brought <= held["high_80"] + 1e-6)
        off = checks.totals.loc[checks.totals["years"] == 1, "off"].tolist()
        shared = shared_error(
            off, len(off) * min(past.step / past.months, 1.0), months / 12, past.months / 12
        )
        reach = 1.2816 * np.hypot(np.sqrt((spread**2).sum()), shared * value.sum())
        rows.append(
            {
                "set": name, "origin": str(origin), "months": months, "customers": len(alone),
                "loss": loss(purchases, bought), "mbg": loss(alone, bought), "pareto": loss(pareto, bought),
                "rate": loss(told["last_year"][0], bought), "off": purchases.sum() / bought.sum() - 1,
                "value": np.abs(value - brought).mean() / brought.mean(),
                "last_year": np.abs(told["last_year"][1] - brought).mean() / brought.mean(),
                "value_off": value.sum() / brought.sum() - 1, "held": inside.mean(),
                "held_large": inside[sizes(value) == 0].mean(), "total_held": abs(value.sum() - brought.sum()) <= reach,
                "reach": reach / value.sum(), "tested": bool(checks.moves), "s": time.perf_counter() - started,
            }
        )  # fmt: skip
    return pd.DataFrame(rows).assign(**sureness(parts))


def alive(name: str) -> dict[str, Any]:
    """Hold who is said to buy again in a year against who did, from up to twelve origins, with P(alive) as it was."""
    log = read(name)
    first, months = origins_of(log)[0][0], origins_of(log)[1]
    book = ledger(*frames_of(log), first + months)
    fitted: dict[pd.Period, Snapshot] = {}
    parts, step = [], 3 if months >= 6 else max(months // 2, 1)
    for origin in (first - step * back for back in range(12)):
        if (origin - log["date"].min().to_period("M")).n + 1 < max(months, 4):
            break
        past = Past(book, origin, 6, fitted)
        now, stack = past.at(origin), past.stack_at(origin)
        purchases = expected(now, stack, months)[0]
        learned = recalibration(past.past_origins(origin), stack, past.months / past.a_year)
        said = {kind: buys_again(way.of(now.alive).clip(0.02), now.shape, purchases)
                for kind, way in (("raw", Recalibration()), ("told", learned))}  # fmt: skip
        came = outcome_after(book, origin, months, now.known)["purchases"].to_numpy() > 0
        parts.append(pd.DataFrame({"who": now.known.index, "number": origin.ordinal, "came": came.astype(float), **said,
                                   "slope": learned.slope, "level": learned.level}))  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    learnt = (rows["slope"] != 1) | (rows["level"] != 0)
    rows = rows[learnt] if learnt.any() else rows
    came, raw, told = (rows[column].to_numpy() for column in ("came", "raw", "told"))
    people = pd.factorize(rows["who"])[0]
    better = mean_over(rows["number"].to_numpy(), people, (told - came) ** 2 - (raw - came) ** 2)
    last = rows.iloc[0]
    return {"set": name, "months": months, "ends": rows["number"].nunique(), "rows": len(rows), "came": came.mean(),
            "raw": raw.mean(), "told": told.mean(), "ece_raw": calibration_error(came, raw),
            "ece": calibration_error(came, told), "brier": ((raw - came) ** 2).mean(), "better": better,
            "learnt": bool(learnt.any()), "slope": last["slope"], "level": last["level"]}  # fmt: skip


def print_alive(names: Iterable[str]) -> None:
    print(
        "| set (months, month ends, rows) | bought again % | said before | said now | ECE before | now | Brier before "
        "| now less before, x 10,000 (95 %) | slope, level at the last |\n" + "|---" * 9 + "|"
    )
    for row in map(alive, names):
        told, off = 100 * row["told"], row["better"]
        now = (
            f"{told:.1f} | {row['ece_raw']:.3f} | {row['ece']:.3f} | {row['brier']:.4f} | {1e4 * off.mean:+.1f} "
            f"({1e4 * off.low:+.1f} to {1e4 * off.high:+.1f}) | {row['slope']:.2f}, {row['level']:+.2f} |"
            if row["learnt"]
            else f"as before | {row['ece_raw']:.3f} | | {row['brier']:.4f} | | |"
        )
        print(
            f"| {row['set']} ({row['months']}, {row['ends']}, {row['rows']}) | {100 * row['came']:.1f} | "
            f"{100 * row['raw']:.1f} | {now}",
            flush=True,
        )


def _span(mean: pd.Series, name: str) -> str:
    return f"{mean[f'{name}_low']:+.3f} to {mean[f'{name}_high']:+.3f}"


def main() -> None:
    warnings.simplefilter("ignore")
    if sys.argv[1:2] == ["alive"]:
        print_alive(sys.argv[2:] or DATA)
        return
    told = pd.concat([judged(name) for name in sys.argv[1:] or DATA], ignore_index=True)
    if folder := os.environ.get("TRUTH_ROWS"):
        told.to_csv(folder, index=False)
    print(
        "| set (months, customers, origins) | loss: forecast | MBG alone | less than MBG (95 %) | Pareto alone "
        "| last year's rate | purchases off % | value: forecast | last year's sales | less than these (95 %) "
        "| total off % | 80: held % | large third % | totals held |\n" + "|---" * 14 + "|"
    )  # fmt: skip
    for name, part in told.groupby("set", sort=False):
        mean, size = part.mean(numeric_only=True), part["customers"].max()
        print(
            f"| {name} ({part['months'].iloc[0]}, {size}, {len(part)}) | {mean['loss']:.3f} | {mean['mbg']:.3f} | "
            f"{_span(mean, 'spared')} | {mean['pareto']:.3f} | {mean['rate']:.3f} | "
            f"{100 * part['off'].abs().mean():.1f} | {mean['value']:.3f} | "
            f"{mean['last_year']:.3f} | {_span(mean, 'value_spared')} | "
            f"{100 * part['value_off'].abs().mean():.1f} | {100 * mean['held']:.0f} | "
            f"{100 * mean['held_large']:.0f} | {part['total_held'].sum()} of {len(part)} |"
        )
    sets = told.groupby("set", sort=False).mean(numeric_only=True)
    print(
        f"\nMean over sets: loss {sets['loss'].mean():.3f}, MBG alone {sets['mbg'].mean():.3f}, Pareto alone "
        f"{sets['pareto'].mean():.3f}; totals held {told['total_held'].sum()} of {len(told)}; largest loss against MBG "
        f"{(sets['loss'] / sets['mbg']).max():.3f} ({(sets['loss'] / sets['mbg']).idxmax()})."
    )


if __name__ == "__main__":
    main()
