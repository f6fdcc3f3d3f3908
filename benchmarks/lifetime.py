"""How often the intervals of lifetime value hold, and how far off values are, as Markdown.

    python benchmarks/lifetime.py [sample] [cdnow] [grocery] [adventureworks] [online_retail] [million]

Every forecast knows only what was known at its origin; widening rests on origins whose outcome was known by then.
``million`` makes a million customers and times learning; it is left out unless asked for.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.book import open_book
from helpers.settings.config import PROJECT_FOLDER
from helpers.subjects.value.learning.learning import learn

SHARED_FOLDER = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared")
Frames = tuple[pd.DataFrame, pd.DataFrame, pd.Period]


def from_log(log: pd.DataFrame, month: str) -> Frames:
    """Return the facts of a purchase log: customer_id, date, net_amount."""
    log = log.groupby(["customer_id", "date"], as_index=False)["net_amount"].sum()
    log["month"] = log["date"].dt.to_period("M").dt.to_timestamp()
    log["log_gap"] = np.log(log.groupby("customer_id")["date"].diff().dt.days).fillna(0.0)
    bought = log[log["net_amount"] > 0]
    keys = ["customer_id", "month"]
    purchase_months = bought.groupby(keys, as_index=False).agg(
        purchase_days=("date", "size"),
        first_purchase=("date", "min"),
        last_purchase=("date", "max"),
        sum_log_gaps=("log_gap", "sum"),
    )
    sold = log.groupby(keys, as_index=False).agg(
        net_amount=("net_amount", "sum"), purchase_days=("date", "size")
    )
    sold = sold.assign(net_amount_with_cost=np.nan, cost_amount=np.nan)
    return purchase_months, sold, pd.Period(month, "M")


def cdnow() -> Frames:
    log = pd.read_csv(SHARED_FOLDER / "data/cdnow/cdnow_sample.csv", dtype={"customer_id": str})
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    return from_log(log.rename(columns={"dollar_value": "net_amount"}), "1998-06")


def grocery() -> Frames:
    log = pd.read_csv(SHARED_FOLDER / "data/grocery/grocery_elog.csv", parse_dates=["date"])
    return from_log(log.rename(columns={"cust": "customer_id"}).assign(net_amount=1.0), "2007-12")


def from_book(folder: str = "", map_name: str = "") -> Frames:
    data = SHARED_FOLDER / "data" / folder if folder else None
    book = open_book(data, map=PROJECT_FOLDER / "data/maps" / map_name if map_name else None)
    return book.facts.frame("purchase_months"), book.facts.frame("customer_months"), book.month


def million() -> Frames:
    rng = np.random.default_rng(1)
    size = 1_000_000
    rate = rng.gamma(0.8, 1.0, size)
    who = np.repeat(np.arange(size), 1 + rng.poisson(6 * rate))
    days = pd.Timestamp("2023-11-01") + pd.to_timedelta(rng.integers(0, 1095, len(who)), unit="D")
    log = pd.DataFrame(
        {"customer_id": who, "date": days, "net_amount": rng.gamma(2.0, 50.0, len(who)).round(2) + 1}
    )
    log["customer_id"] = "C" + log["customer_id"].astype(str).str.zfill(7)
    return from_log(log, "2026-10")


DATA: dict[str, Callable[[], Frames]] = {
    "sample": from_book,
    "cdnow": cdnow,
    "grocery": grocery,
    "adventureworks": lambda: from_book("adventureworks_dw", "adventureworks.toml"),
    "online_retail": lambda: from_book("online_retail_y1", "online_retail.toml"),
    "million": million,
}


def main() -> None:
    chosen = sys.argv[1:] or [name for name in DATA if name != "million"]
    coverage, errors = [], []
    for name in chosen:
        frames = DATA[name]()
        started = time.perf_counter()
        learned = learn(*frames)
        assert learned is not None
        took = time.perf_counter() - started
        checks = learned.checks
        latest = checks.coverage[checks.coverage["origin"] == checks.coverage["origin"].max()].set_index(
            "level"
        )
        cells = [f"{100 * latest.loc[level, column]:.1f}" for level in ("80", "95") for column in
                 ("plain", "widened", "plain_large", "widened_large")]  # fmt: skip
        measure = "margin" if learned.by_margin else "sales"
        known = int(latest["customers"].iloc[0])
        coverage.append(
            f"| {name} ({measure}, {checks.months} months, {known}) | {' | '.join(cells)} | {took:.1f} |"
        )
        for method, part in checks.errors.groupby("method", sort=False):
            total = 100 * (part["expected"].sum() / part["actual"].sum() - 1)
            purchases = 100 * (part["expected_purchases"].sum() / part["actual_purchases"].sum() - 1)
            errors.append(
                f"| {name} | {method}{' (chosen)' if method == checks.best else ''} | {total:+.1f} | "
                f"{part['mae'].mean():.5g} | {part['rmse'].mean():.5g} | {purchases:+.1f} | "
                f"{part['mae_purchases'].mean():.3f} |"
            )
    print(
        "| data (value, horizon, customers) | 80: models | 80: adjusted | 80 large: models | 80 large: adjusted |"
        " 95: models | 95: adjusted | 95 large: models | 95 large: adjusted | s |\n" + "|---" * 10 + "|"
    )
    print("\n".join(coverage))
    print(
        "\n| data | method | total value % | MAE | RMSE | purchases % | MAE purchases |\n|---|---|---|---|---|---|---|"
    )
    print("\n".join(errors))
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")


if __name__ == "__main__":
    main()
