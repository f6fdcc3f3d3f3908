"""How long import, summary, fit and forecast take, as Markdown.

    python benchmarks/models/speed.py [import] [fit] [summary] [--peer-python PATH]

PATH is the Python of an environment of its own with the package ``lifetimes``, which is then timed on the
same customers.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
import ibis
import numpy as np
import pandas as pd

from helpers.models import BGNBD, MBGNBD, GammaGamma, MBGCNBDk, ParetoNBD, purchase_summary
from helpers.models.patterns import find_patterns

CUSTOMERS = 1_000_000
LOG_ROWS = 10_000_000
RUNS = 3

BY_HAND = """
with days as (
    select customer, date, sum(value) as value from read_parquet('{path}')
    where date <= '1998-12-31' group by all
), gaps as (
    select *, date - lag(date) over (partition by customer order by date) as gap from days
)
select customer, count(*) - 1 as frequency, (max(date) - min(date)) / 7 as recency,
       (date '1998-12-31' - min(date)) / 7 as T, coalesce(sum(ln(gap / 7)), 0) as sum_log_gaps,
       avg(value) filter (gap is not null) as monetary_value
from gaps group by customer order by customer
"""

PEER = """
import sys, time
import pandas as pd
started = time.perf_counter()
import lifetimes
print(f"import lifetimes after pandas: {time.perf_counter() - started:.2f} s")
s = pd.read_parquet(sys.argv[1])
models = {"BG/NBD": lifetimes.BetaGeoFitter(), "MBG/NBD": lifetimes.ModifiedBetaGeoFitter()}
for name, model in models.items():
    started = time.perf_counter()
    try:
        model.fit(s["frequency"], s["recency"], s["T"])
        print(f"fit {name}: {time.perf_counter() - started:.2f} s", dict(model.params_))
    except Exception as error:
        print(f"fit {name}: {type(error).__name__} after {time.perf_counter() - started:.2f} s: {error}")
"""


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median over the runs."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return median(taken)


def report(what: str, value: float) -> None:
    print(f"| {what} | {value:.2f} s |", flush=True)


def import_seconds() -> float:
    """Time what ``import helpers.models`` adds to an interpreter that has pandas and scipy.optimize."""
    code = (
        "import time, pandas, scipy.optimize; t = time.perf_counter(); import helpers.models; "
        "print(time.perf_counter() - t)"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(5)]
    return median(float(run.stdout) for run in runs)


def cdnow_like(customers: int) -> pd.DataFrame:
    """Simulate customers as CDNOW's: MBG/NBD at the published optimum, dates in whole days."""
    rng = np.random.default_rng(1)
    model = MBGNBD().set_parameters(r=0.5248, alpha=6.183, a=0.8914, b=1.614)
    observed_days = rng.integers(27 * 7, 39 * 7, customers)
    frame = model.sample(observed_days / 7, seed=rng)
    whole_days = np.minimum(np.ceil(frame["recency"] * 7), observed_days)
    spend = GammaGamma().set_parameters(p=6.25, q=3.744, v=15.44).sample(frame["frequency"], seed=rng)
    return frame.assign(recency=whole_days / 7, monetary_value=spend["monetary_value"].round(2))


def time_fits(summary: pd.DataFrame) -> None:
    print(f"\n{len(summary):,} customers, {len(find_patterns(summary).x):,} distinct histories\n")
    print("| | median of 3 |\n|---|---|")
    models = {
        "BG/NBD": BGNBD(),
        "MBG/NBD": MBGNBD(),
        "Pareto/NBD": ParetoNBD(),
        "MBG/CNBD-k, k=2": MBGCNBDk(k=2),
        "MBG/CNBD-k, k chosen": MBGCNBDk(),
    }
    for name, model in models.items():
        report(f"fit {name}", seconds(lambda model=model: model.fit(summary)))
    report("fit Gamma-Gamma", seconds(lambda: GammaGamma().fit(summary)))
    for name, model in models.items():
        report(f"P(alive) {name}", seconds(lambda model=model: model.p_alive(summary)))
        report(
            f"expected purchases, 39 weeks, {name}",
            seconds(lambda m=model: m.expected_purchases(summary, 39)),
        )


def write_log(path: Path) -> None:
    duckdb.sql(
        f"""copy (select 'C' || lpad((hash(i) % {LOG_ROWS // 10})::varchar, 7, '0') as customer,
        date '1997-01-01' + (hash(i + 1000000007) % 730)::int as date,
        (hash(i * 3 + 1) % 100000 / 100)::decimal(18, 4) as value from range({LOG_ROWS}) t(i))
        to '{path}' (format parquet)"""
    )


def time_summary(folder: Path) -> None:
    path = folder / "log.parquet"
    write_log(path)
    print(f"\nLog of {LOG_ROWS:,} rows, {LOG_ROWS // 10:,} customers, as Parquet")
    print("\n| | median of 3 |\n|---|---|")
    table = ibis.read_parquet(path)
    ours = lambda: purchase_summary(table, "customer", "date", "1998-12-31", "W", "value")  # noqa: E731
    by_hand = lambda: duckdb.sql(BY_HAND.format(path=path)).df()  # noqa: E731
    report("purchase_summary on the engine", seconds(ours))
    report("DuckDB by hand", seconds(by_hand))
    frame = duckdb.sql(f"select * replace (value::double as value) from read_parquet('{path}')").df()
    report(
        "purchase_summary on a DataFrame in memory",
        seconds(lambda: purchase_summary(frame, "customer", "date", "1998-12-31", "W", "value"), 1),
    )


def time_peer(python: str, summary: pd.DataFrame, folder: Path) -> None:
    path = folder / "summary.parquet"
    summary[["frequency", "recency", "T"]].to_parquet(path)
    command = [python, "-W", "ignore", "-c", PEER, str(path)]
    print("\nlifetimes on the same customers, one run:\n", flush=True)
    print(subprocess.run(command, capture_output=True, text=True, timeout=900).stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["import", "fit", "summary"])
    parser.add_argument("--peer-python")
    wanted = parser.parse_args()
    if "import" in wanted.parts:
        print(
            f"`import helpers.models` after pandas and scipy.optimize: {import_seconds():.3f} s (median of 5)"
        )
    with tempfile.TemporaryDirectory() as name:
        if "fit" in wanted.parts or wanted.peer_python:
            summary = cdnow_like(CUSTOMERS)
            if "fit" in wanted.parts:
                time_fits(summary)
            if wanted.peer_python:
                time_peer(wanted.peer_python, summary, Path(name))
        if "summary" in wanted.parts:
            time_summary(Path(name))


if __name__ == "__main__":
    main()
