"""Customers with purchases, sales and costs, small and simulated."""

from __future__ import annotations

import numpy as np
import pandas as pd

OCTOBER = pd.Period("2026-10", "M")


COSTS = 0.6


def facts(purchases, with_cost=True):
    """(customer, "2026-10-05", net) ...: the facts purchase_months and customer_months."""
    log = pd.DataFrame(purchases, columns=["customer_id", "date", "net_amount"])
    log["date"] = pd.to_datetime(log["date"])
    log["month"] = log["date"].dt.to_period("M").dt.to_timestamp()
    log["net_amount"] = log["net_amount"].astype("float64")
    sold = log.groupby(["customer_id", "month"], as_index=False)["net_amount"].sum()
    sold["cost_amount"] = sold["net_amount"] * COSTS if with_cost else np.nan
    sold["net_amount_with_cost"] = sold["net_amount"] if with_cost else np.nan
    bought = log[log["net_amount"] > 0].groupby(["customer_id", "date", "month"], as_index=False).size()
    bought = bought.sort_values(["customer_id", "date"])
    gap = bought.groupby("customer_id")["date"].diff().dt.days
    bought["log_gap"] = np.log(gap).fillna(0.0)
    months = bought.groupby(["customer_id", "month"], as_index=False).agg(
        purchase_days=("date", "size"),
        first_purchase=("date", "min"),
        last_purchase=("date", "max"),
        sum_log_gaps=("log_gap", "sum"),
    )
    sold = sold.merge(months[["customer_id", "month", "purchase_days"]], how="left").fillna(
        {"purchase_days": 0}
    )
    return months, sold


def company(size=60, seed=1, months=30, spread=0.6):
    """Simulated customers: rates and spend differ, a fifth leaves a year."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2026-10-31") - pd.DateOffset(months=months)
    rows = []
    for number in range(size):
        day = start + pd.Timedelta(days=int(rng.integers(0, 200)))
        leaves = day + pd.Timedelta(days=float(rng.exponential(1800)))
        rate, level = rng.gamma(2.0, 20.0) + 5, float(np.exp(rng.normal(6, spread)))
        while day <= min(leaves, pd.Timestamp("2026-10-31")):
            rows.append((f"C{number:03d}", day, round(level * rng.gamma(4.0, 0.25) + 1, 2)))
            day = day + pd.Timedelta(days=int(rng.gamma(2.0, rate / 2)) + 1)
    return rows
