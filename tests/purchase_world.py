"""Purchases of regular and of random buyers, as histories to look back on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.subjects.value.forecast.backtest import purchase_histories


def histories_of(rows, until="2026-12-31"):
    return purchase_histories(
        pd.DataFrame(rows, columns=["who", "day"]).assign(day=lambda f: pd.to_datetime(f["day"])),
        "who",
        "day",
        until,
    )


def regular(customers, gap_days=14, until="2026-12-31"):
    days = pd.date_range("2026-01-05", until, freq=f"{gap_days}D")
    return [(f"C{who:03}", day) for who in range(customers) for day in days]


def random_buyers(customers, seed=1):
    """Customers who buy at random, each at its own pace, and may leave after any purchase."""
    rng = np.random.default_rng(seed)
    rate, churn = rng.gamma(0.6, 1 / 15, customers), rng.beta(0.8, 1.8, customers)
    rows = []
    for who in range(customers):
        purchases = rng.geometric(churn[who]) - 1
        days = np.concatenate(([0.0], np.cumsum(rng.exponential(1 / rate[who], 300))[:purchases]))
        days = (days + 60 * rng.random())[days < 300]
        rows += [(f"C{who:03}", pd.Timestamp("2026-01-01") + pd.Timedelta(days=int(day))) for day in days]
    return rows
