"""How long import, fit and forecast take, as Markdown.

    python benchmarks/models/speed.py [import] [fit] [--peer-python PATH]

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

import numpy as np
import pandas as pd

from helpers.models import BGNBD, MBGNBD, MBGCNBDk, ParetoNBD
from helpers.models.patterns import find_patterns
from helpers.settings.config import PROJECT_FOLDER

sys.path.append(str(PROJECT_FOLDER / "tests" / "models"))
from simulated import sample

CUSTOMERS = 1_000_000
RUNS = 3
#: In weeks: how far ahead lifetime value counts.
TEN_HORIZONS = [52.0 * years for years in (1, 2, 3, 4, 5, 7, 10, 15, 20, 30)]

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


def report(works: dict[str, Callable[[], object]], runs: int = RUNS) -> None:
    """Time the works in turns; medians of elapsed and of processor time, which neighbours disturb less."""
    elapsed: dict[str, list[float]] = {what: [] for what in works}
    processor: dict[str, list[float]] = {what: [] for what in works}
    for _ in range(runs):
        for what, work in works.items():
            started, busy = time.perf_counter(), time.process_time()
            work()
            elapsed[what].append(time.perf_counter() - started)
            processor[what].append(time.process_time() - busy)
    print(f"\n| median of {runs} | elapsed | processor |\n|---|---|---|")
    for what in works:
        print(f"| {what} | {median(elapsed[what]):.2f} s | {median(processor[what]):.2f} s |", flush=True)


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
    frame = sample(model, observed_days / 7, seed=rng)
    whole_days = np.minimum(np.ceil(frame["recency"] * 7), observed_days)
    return frame.assign(recency=whole_days / 7)


def time_fits(summary: pd.DataFrame) -> None:
    print(f"\n{len(summary):,} customers, {len(find_patterns(summary).x):,} distinct histories")
    models = {
        "BG/NBD": BGNBD(),
        "MBG/NBD": MBGNBD(),
        "Pareto/NBD": ParetoNBD(),
        "MBG/CNBD-k, k=2": MBGCNBDk(k=2),
        "MBG/CNBD-k, k chosen": MBGCNBDk(),
    }
    report({f"fit {name}": lambda model=model: model.fit(summary) for name, model in models.items()})
    report(
        {f"P(alive), {name}": lambda model=model: model.p_alive(summary) for name, model in models.items()}
    )
    report(
        {
            f"expected purchases in 39 weeks, {name}": lambda model=model: model.expected_purchases(
                summary, 39
            )
            for name, model in models.items()
        }
    )
    model, some = models["MBG/CNBD-k, k=2"], summary.head(50_000)
    report(
        {
            f"expected purchases at ten horizons up to 30 years, {len(some):,} customers, MBG/CNBD-k, k=2": (
                lambda: model.expected_purchases(some, TEN_HORIZONS)
            )
        }
    )


def time_peer(python: str, summary: pd.DataFrame, folder: Path) -> None:
    path = folder / "summary.parquet"
    summary[["frequency", "recency", "T"]].to_parquet(path)
    command = [python, "-W", "ignore", "-c", PEER, str(path)]
    print("\nlifetimes on the same customers, one run:\n", flush=True)
    print(subprocess.run(command, capture_output=True, text=True, timeout=900).stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["import", "fit"])
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


if __name__ == "__main__":
    main()
