"""Tiering and composition of a million customers, against plain pandas: time and peak memory, side by side.

Run: ``python benchmarks/tiering_1m.py`` from the project folder; each case runs in a process
of its own. The plain pandas versions do the core alone (this month's and last month's tiers by class; net
sales, share and customers by class) in floats, without history, reasons, distances or exact money.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.frames.groups import AMOUNTS
from helpers.engine.connection import to_pandas
from helpers.engine.months.windows import amounts_by_month, sum_groups, sum_windows
from helpers.subjects.composition.composition import (
    active_customers,
    activity_windows,
    composition,
    required_months,
)
from helpers.subjects.tiers.ranking import ranked_months
from helpers.subjects.tiers.tiers import required_measures as tiers_look_at
from helpers.subjects.tiers.tiers import tiers

CUSTOMERS, ROWS, MONTHS = 1_000_000, 4_000_000, 25
MONTH = pd.Period("2026-10", "M")
WINDOW = pd.period_range(MONTH - 11, MONTH, freq="M").to_timestamp()


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make customers in seven classes, and their months over two years, in the order of the facts."""
    random = np.random.default_rng(20261031)
    ids = np.array([f"C{number:07d}" for number in range(CUSTOMERS)])
    classes = np.array([f"Class {number}" for number in range(7)])[random.integers(0, 7, CUSTOMERS)]
    customers = pd.DataFrame({"customer_id": ids, "name": ids, "trade_class": classes})
    keys = np.unique(random.integers(0, CUSTOMERS * MONTHS, ROWS))
    starts = pd.period_range(MONTH - (MONTHS - 1), MONTH, freq="M").to_timestamp()
    net = np.round(random.lognormal(5, 1.5, len(keys)), 2)
    months = pd.DataFrame(
        {"customer_id": ids[keys // MONTHS], "month": starts[keys % MONTHS], "net_amount": net}
    )
    cost = (months["net_amount"] * 0.7).round(2)
    return customers, months.assign(
        cost_amount=cost, net_amount_with_cost=months["net_amount"], purchase_days=1, orders=1
    )


def with_the_engine(months: pd.DataFrame) -> ir.Table:
    return ibis.memtable(months).cast(dict.fromkeys(AMOUNTS, "decimal(18, 4)") | {"month": "date"})


def our_tiers(customers: pd.DataFrame, months: pd.DataFrame) -> object:
    rows, ids = with_the_engine(months), pd.Index(customers["customer_id"])
    amounts = amounts_by_month(
        rows, ibis.memtable(customers), ids, "net_amount", ranked_months(MONTH, 12, 12)
    )
    sums = to_pandas(sum_windows(rows, tiers_look_at(MONTH, 12)))
    return tiers(customers, sums, amounts, MONTH, MONTH - (MONTHS - 1)).summary


def our_composition(customers: pd.DataFrame, months: pd.DataFrame) -> object:
    rows, by, span = with_the_engine(months), "trade_class", required_months(MONTH, 12, 24)
    grouped = rows.join(ibis.memtable(customers).select("customer_id", group=by), "customer_id")
    sold = to_pandas(sum_groups(grouped, span, AMOUNTS))
    active = active_customers(to_pandas(sum_windows(rows, activity_windows(MONTH, 12))), customers, by)
    return composition(sold, active, MONTH, MONTH - (MONTHS - 1)).groups


def pandas_tiers(customers: pd.DataFrame, months: pd.DataFrame) -> object:
    by_month = []
    for back in (0, 1):
        window = WINDOW - pd.DateOffset(months=back)
        sums = months[months["month"].isin(window)].groupby("customer_id")["net_amount"].sum()
        table = customers.merge(sums.rename("amount"), left_on="customer_id", right_index=True)
        table = table.sort_values(["trade_class", "amount", "customer_id"], ascending=[True, False, True])
        total = table.groupby("trade_class")["amount"].transform("sum")
        before = (table.groupby("trade_class")["amount"].cumsum() - table["amount"]) / total
        table["tier"] = pd.cut(before, [-1, 0.75, 0.95, 2], labels=["A", "B", "C"], right=False)
        by_month.append(table.set_index("customer_id"))
    now, last = by_month
    now = now.join(last["tier"].rename("previous_tier"))
    return now.groupby(["trade_class", "tier"], observed=True)["amount"].agg(["count", "sum"])


def pandas_composition(customers: pd.DataFrame, months: pd.DataFrame) -> object:
    recent = months[months["month"].isin(WINDOW)].merge(
        customers[["customer_id", "trade_class"]], on="customer_id"
    )
    groups = recent.groupby("trade_class")
    result = groups.agg(net_amount=("net_amount", "sum"), customers=("customer_id", "nunique"))
    return result.assign(share=result["net_amount"] / result["net_amount"].sum())


CASES: dict[str, Callable[[pd.DataFrame, pd.DataFrame], object]] = {
    "tiers: workbook (12 month ends, movement, reasons)": our_tiers,
    "tiers: plain pandas (2 month ends)": pandas_tiers,
    "composition: workbook (3 periods, margin, 24 months)": our_composition,
    "composition: plain pandas (1 period)": pandas_composition,
}


def measure(name: str, folder: str) -> tuple[float, float, float]:
    """Return seconds elapsed, seconds of CPU, and the peak of the process's memory in MB, frames included."""
    customers, months = (pd.read_pickle(Path(folder) / f"{part}.pickle") for part in ("customers", "months"))
    start, cpu = time.perf_counter(), time.process_time()
    if name:
        CASES[name](customers, months)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        for part, frame in zip(("customers", "months"), frames(), strict=True):
            frame.to_pickle(Path(folder) / f"{part}.pickle")
        print(f"{CUSTOMERS:,} customers, {ROWS:,} rows drawn over {MONTHS} months\n")
        print("| what | elapsed s | CPU s | peak memory of the process, MB |\n|---|---:|---:|---:|")
        for name in ["", *CASES]:
            with context.Pool(1) as pool:
                seconds, cpu, peak = pool.apply(measure, (name, folder))
            print(f"| {name or 'the frames alone'} | {seconds:.1f} | {cpu:.1f} | {peak:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
