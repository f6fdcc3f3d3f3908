"""Experience shifts found against the truth of the sample, and signals at 24 month ends on the engine.

    python benchmarks/signals.py shift --customers 4000
    python benchmarks/signals.py engine --customers 100000

Both make their own sample in a temporary folder (or take ``--data``). Results stand in ``signals.md``.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from helpers.book import Book, open_book
from helpers.settings.analysis import Experience
from helpers.subjects.experience.evidence import ExperienceWindows
from helpers.subjects.experience.experience import Scores, score_history, strength_needed
from helpers.subjects.signals.facts import categories, learnt_sums, parts
from helpers.subjects.signals.windows import Members, evidence_at

MONTH_ENDS = 24


def make_sample(folder: Path, customers: int, seed: int) -> Path:
    out = folder / "sample"
    command = [sys.executable, "-m", "helpers.cli", "sample", "--customers", str(customers), "--months", "36"]
    subprocess.run([*command, "--seed", str(seed), "--out", str(out)], check=True)
    return out


def scored(book: Book) -> Scores:
    trade_class = book.frame("customers").set_index("customer_id")["trade_class"]
    return score_history(ExperienceWindows(book.facts, count=MONTH_ENDS), trade_class, Experience())


def as_rows(scores: Scores) -> pd.DataFrame:
    """Return customer_id, origin, score and shift of everybody at each month end at which it is judged."""
    ends = [month.to_timestamp(how="end").normalize() for month in scores.months]
    frames = [
        pd.DataFrame(
            {
                "customer_id": scores.customers,
                "origin": end,
                "score": scores.score[at],
                "shift": scores.shift[at],
            }
        )[scores.bought[at]]
        for at, end in enumerate(ends)
    ]
    return pd.concat(frames, ignore_index=True)


def warned_on(history: pd.DataFrame, needed: float, shift_points: float) -> pd.Series:
    """First month end at which the workbook would have called a customer turned: strong, and risen within a year."""
    rows = history.sort_values(["customer_id", "origin"])
    lowest = rows.groupby("customer_id")["score"].transform(lambda s: s.rolling(13, min_periods=1).min())
    strong = rows.groupby("customer_id")["shift"].transform(lambda s: s.rolling(12, min_periods=1).max())
    shown = rows[(strong >= needed) & (rows["score"] - lowest >= shift_points)]
    return shown.groupby("customer_id")["origin"].min()


def shift(data: Path) -> None:
    book = open_book(data)
    scores = scored(book)
    history = as_rows(scores)
    truth = pd.read_parquet(data / "truth" / "customers.parquet").set_index("customer_id")
    last = book.frame("rhythm").set_index("customer_id")["last_purchase"]
    start = pd.to_datetime(truth["shift_start_date"])
    end = book.month.to_timestamp(how="end").normalize()
    first_end = history["origin"].min()
    print(f"strength from which a quarter or fewer change the other way: {strength_needed(scores.shift)}")
    for strength in (2.5, 2.75, 3.0, 3.25, 3.5):
        warned = warned_on(history, strength, Experience().shift_points).reindex(truth.index)
        # Planted within the months looked at, complete before the data end, and still buying half-way through.
        planted = (start >= first_end) & (start <= end - pd.Timedelta(days=330))
        planted &= last.reindex(truth.index) >= start + pd.Timedelta(days=165)
        hit = planted & (warned > start)
        delay = (warned - start)[hit].dt.days
        left = hit & (truth["leaving_reason"] == "experience shift") & truth["left_within_data"]
        leavers = planted & (truth["leaving_reason"] == "experience shift") & truth["left_within_data"]
        ahead = ((last.reindex(truth.index) - warned).dt.days >= 30) & left
        never = start.isna() | (start > end)
        seen = history[history["customer_id"].isin(truth.index[never])].groupby("customer_id").size()
        false = warned.notna() & never
        print(
            f"strength {strength}: planted {planted.sum()}, found {hit.sum()} ({hit.sum() / planted.sum():.0%}), "
            f"days after it began: median {delay.median():.0f}, quartiles {delay.quantile(0.25):.0f}-"
            f"{delay.quantile(0.75):.0f}; of {leavers.sum()} who then left {ahead.sum()} "
            f"({ahead.sum() / max(leavers.sum(), 1):.0%}) warned of 30 days or more before the last order; "
            f"false alarms {false.sum()} among {len(seen)} who never turned "
            f"({false.sum() / (seen.sum() / 12):.1%} a customer and year), "
            f"{false.sum() / max(hit.sum(), 1):.2f} per hit"
        )


def engine(data: Path) -> None:
    book = open_book(data)
    facts = book.facts
    for what, compute in (("evidence", parts), ("categories", categories)):
        begin = time.perf_counter()
        compute(facts)
        print(f"{what} by month: {time.perf_counter() - begin:.1f} s, peak {peak():.2f} GB")
    begin = time.perf_counter()
    members, ends = Members.from_table(facts.table("customers")), facts.month_ends(MONTH_ENDS)
    rows = 0
    for place in range(0, len(ends), 6):
        # Six at a time: what is held in memory is bounded by customers x 6.
        at = evidence_at(parts(facts), members, ends[place : place + 6], categories(facts), learnt_sums())
        rows += at.count().execute()
    begin = time.perf_counter()
    result = book.signals()
    print(
        f"signals of this month: {len(result.customers)} active, {time.perf_counter() - begin:.1f} s, {peak():.2f} GB"
    )
    begin = time.perf_counter()
    book.experience()
    print(f"experience of 13 month ends: {time.perf_counter() - begin:.1f} s, peak {peak():.2f} GB")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["shift", "engine"])
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = arguments.data or make_sample(Path(folder), arguments.customers, arguments.seed)
        {"shift": shift, "engine": engine}[arguments.what](data)


if __name__ == "__main__":
    main()
