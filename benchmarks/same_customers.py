"""Pairs of customer numbers that are one business: what is found of planted ones, and what a million customers cost.

    python benchmarks/same_customers.py                  # five seeds and a million customers, as Markdown
    python benchmarks/same_customers.py quality 1 2      # precision, recall and the bridge, of these seeds
    python benchmarks/same_customers.py scale 1000000    # seconds and memory of the search alone

Nothing of the search is chosen by these tables: its weights are stated in `helpers.subjects.identity.strength`.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.book import open_book
from helpers.engine.connection import connect
from helpers.subjects.identity.candidates import RECORD, candidates
from helpers.subjects.identity.same_customers import renumbered
from helpers.subjects.identity.strength import STRONG, compared
from workbook_sample import market
from workbook_sample.make import CUSTOMERS_A_CHUNK, DEFAULT_END, make_sample
from workbook_sample.process import Clock, Span, draw_population, draw_purchases
from workbook_sample.renumbering import Planting, draw_renumbering
from workbook_sample.staff import draw_staff

CUSTOMERS, MONTHS = 5_000, 36
PLANTED = Planting(renumbered_a_year=0.02, chains=True)


def quality(seed: int) -> dict[str, float]:
    """Return what is found of the renumberings of one planted sample, and how near the bridge comes to the truth.

    A renumbering counts where both numbers have bought by the month end: before, there is no pair. The truth of the
    bridge is that of the same company without renumbering.
    """
    with tempfile.TemporaryDirectory() as made:
        os.environ["WORKBOOK_CACHE"] = str(Path(made) / "cache")
        planted, plain = Path(made) / "planted", Path(made) / "plain"
        make_sample(CUSTOMERS, MONTHS, seed, planted, planting=PLANTED)
        make_sample(CUSTOMERS, MONTHS, seed, plain)
        truth = pd.read_parquet(planted / "truth" / "renumbered.parquet")
        book = open_book(planted)
        same = book.same_customers()
        strong = set(zip(*(same.strong[name] for name in ("customer_id", "other_id")), strict=True))
        bought = book.frame("customer_summary")["customer_id"]
        truth = truth[truth["customer_id"].isin(bought) & truth["new_id"].isin(bought)]
        planted_pairs = set(zip(truth["customer_id"], truth["new_id"], strict=True))
        found = strong & planted_pairs
        seen, told, true = book.bridge(), renumbered(same, book.bridge()), open_book(plain).bridge()
        now, then = seen.groups.iloc[-1], true.groups.iloc[-1]
        sales = then["net_amount_previous"]
        return {
            "seed": seed,
            "planted": len(planted_pairs),
            "strong": len(strong),
            "recall": len(found) / len(planted_pairs),
            "precision": len(found) / max(len(strong), 1),
            "lost_raw": -now["lost_amount"] / -then["lost_amount"] - 1,
            "lost": (-now["lost_amount"] - told.lost_amount) / -then["lost_amount"] - 1,
            "new_raw": now["new_amount"] / then["new_amount"] - 1,
            "new": (now["new_amount"] - told.new_amount) / then["new_amount"] - 1,
            "lost_of_sales": (-now["lost_amount"] - told.lost_amount + then["lost_amount"]) / sales,
            "new_of_sales": (now["new_amount"] - told.new_amount - then["new_amount"]) / sales,
        }


def records(customers: int, seed: int) -> tuple[pa.Table, set[tuple[str, str]]]:
    """Return the records of a planted sample without drawing its order lines, and the renumbered pairs."""
    span = Span(DEFAULT_END - MONTHS + 1, MONTHS)
    staff, clock = draw_staff(np.random.default_rng(seed), customers, span), Clock.of(span)
    parts, truth = [], set()
    for first in range(0, customers, CUSTOMERS_A_CHUNK):
        numbers = np.arange(first, min(first + CUSTOMERS_A_CHUNK, customers))
        draws = [np.random.default_rng([seed, first, place]) for place in range(4)]
        people = draw_population(draws[0], numbers, span, staff)
        purchases = draw_purchases(draws[1], people, span, clock)
        planted = draw_renumbering(draws[2], people, purchases, span, PLANTED)
        columns = planted.rows("customers", market.customer_rows(draws[3], people, span), {})
        rows = pd.DataFrame({name: array.to_pandas() for name, array in columns.items()})
        rows = rows.drop_duplicates("customer_id", keep="last").set_index("customer_id")
        bought = _bought(planted, purchases, people.number)
        rows = rows.join(bought).reset_index()
        rows["net_amount_day"] = rows["customer_id"].map(_spend(planted, people))
        rows["place"] = rows["region"]
        parts.append(pa.Table.from_pandas(rows[RECORD.names], RECORD, preserve_index=False))
        told = planted.truth()
        truth |= set(zip(told["customer_id"].to_pylist(), told["new_id"].to_pylist(), strict=True))
    return pa.concat_tables(parts).sort_by("customer_id"), truth


def _bought(planted: object, purchases: tuple[np.ndarray, np.ndarray], numbers: np.ndarray) -> pd.DataFrame:
    customer, day = purchases
    start = np.full(numbers.size, 2**31)
    start[planted.old] = planted.day  # type: ignore[attr-defined]
    head = np.where(day >= start[customer], "N", "C")
    width = np.where(head == "N", 6, 5)
    ids = [f"{h}{n:0{w}d}" for h, n, w in zip(head, numbers[customer] + 1, width, strict=True)]
    days = pd.Series(day.astype("datetime64[D]")).groupby(np.array(ids))
    found = days.agg(first_purchase="min", last_purchase="max", count="nunique")
    gaps = (found["last_purchase"] - found["first_purchase"]).dt.days / (found["count"] - 1)
    found["mean_gap_days"] = gaps.where(found["count"] > 1)
    return found.drop(columns="count").apply(lambda c: c.dt.date if c.dtype.kind == "M" else c)


def _spend(planted: object, people: object) -> dict[str, float]:
    year = market.purchases_year(people) / 365  # type: ignore[arg-type]
    numbers = people.number + 1  # type: ignore[attr-defined]
    spend = {f"C{n:05d}": amount for n, amount in zip(numbers.tolist(), year.tolist(), strict=True)}
    return spend | {f"N{int(numbers[at]):06d}": year[at] for at in planted.old.tolist()}  # type: ignore[attr-defined]


def scale(customers: int) -> dict[str, float]:
    """Return seconds and memory of the search among the records of so many customers."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "records.parquet"
        reader, writer = os.pipe()
        if os.fork() == 0:  # what it takes to draw the records is not what it takes to search them
            import pyarrow.parquet as pq

            rows, truth = records(customers, 1)
            pq.write_table(rows, path)
            pd.DataFrame(sorted(truth), columns=["customer_id", "other_id"]).to_parquet(
                Path(made) / "truth.parquet"
            )
            os.write(writer, b"x")
            os._exit(0)
        os.read(reader, 1)
        engine = connect(Path(made))
        started, processor = time.perf_counter(), time.process_time()
        rows = engine.read_parquet(path).to_pyarrow().cast(RECORD)
        with candidates(engine, rows) as batches:
            parts, compared_pairs = [], 0
            for batch in batches:
                compared_pairs += batch.num_rows
                parts.append(compared(batch, DEFAULT_END.to_timestamp(how="end").date()))
        pairs = pd.concat(parts)
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        strong = pairs[pairs["strength"] >= STRONG]
        truth = pd.read_parquet(Path(made) / "truth.parquet")
        hits = len(strong.merge(truth, on=["customer_id", "other_id"]))
        return {
            "customers": len(rows),
            "seconds": seconds,
            "processor_seconds": processor,
            "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
            "compared": compared_pairs,
            "strong": len(strong),
            "recall": hits / len(truth),
            "precision": hits / max(len(strong), 1),
        }


def _markdown(rows: list[dict[str, float]]) -> str:
    frame = pd.DataFrame(rows)
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    for row in rows:
        cells = [f"{value:.4f}" if isinstance(value, float) else f"{value:,}" for value in row.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print what is asked for, or all of it."""
    kind = arguments[0] if arguments else "all"
    if kind in ("all", "quality"):
        print(_markdown([quality(int(seed)) for seed in arguments[1:] or range(1, 6)]))
    if kind in ("all", "scale"):
        print(_markdown([scale(int(arguments[1]) if kind == "scale" and arguments[1:] else 1_000_000)]))


if __name__ == "__main__":
    main(sys.argv[1:])
