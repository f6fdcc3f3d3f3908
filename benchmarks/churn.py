"""How right the probabilities of leaving are: rolling month ends on five data sets, everyone scored as of that day.

``python benchmarks/churn.py`` prints the tables of ``churn.md``. The public data are read from the folder that
``WORKBOOK_SHARED`` names, else ``shared`` beside the project.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd

from helpers.analysis.leaving import Leaving, leaving
from helpers.book import open_book
from helpers.config import PROJECT_FOLDER, Settings
from helpers.facts import Facts, last_complete_month
from helpers.intake.tables import StandardTables
from helpers.questions.leaving import purchase_model

SHARED = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared") / "data"
LOGS = {
    "CDNOW": (
        "cdnow/cdnow_sample.csv",
        "strptime(date::VARCHAR, '%Y%m%d')::DATE",
        "customer_id",
        "dollar_value + 0.01",
    ),
    "grocery": ("grocery/grocery_elog.csv", "date::DATE", "cust", "1"),
}
MAPPED = {
    "AdventureWorks": ("adventureworks_dw", "adventureworks.toml"),
    "Online Retail year 1": ("online_retail_y1", "online_retail.toml"),
}


def of_log(name: str) -> Leaving:
    """Score a plain purchase log; a purchase worth nothing counts as a purchase here."""
    file, date, customer, amount = LOGS[name]
    with tempfile.TemporaryDirectory() as work:
        query = f"""SELECT row_number() OVER ()::VARCHAR AS order_id, {date} AS order_date,
            {customer}::VARCHAR AS customer_id, ({amount})::DECIMAL(18,4) AS net_amount
            FROM read_csv('{SHARED / file}')"""
        duckdb.sql(f"COPY ({query}) TO '{work}/order_lines.parquet'")
        columns = frozenset({"order_id", "order_date", "customer_id", "net_amount"})
        tables = StandardTables(Path(work), name, {"order_lines": columns}, ())
        month = last_complete_month(tables)
        facts = Facts(tables, month, Settings(), Path(work))
        return leaving(facts.frame("purchase_panel"), month, purchase_model)


def of_map(name: str) -> Leaving:
    folder, settings = MAPPED[name]
    book = open_book(SHARED / folder, map=PROJECT_FOLDER / "data" / "maps" / settings)
    return leaving(book.frame("purchase_panel"), book.month, purchase_model)


def of_sample() -> Leaving:
    book = open_book()
    return leaving(book.frame("purchase_panel"), book.month, purchase_model)


def main() -> None:
    for name in (*LOGS, *MAPPED, "the sample"):
        began = time.process_time()
        seen = of_log(name) if name in LOGS else of_map(name) if name in MAPPED else of_sample()
        ends = seen.history.loc[seen.history["left"].notna(), "number"].nunique()
        print(f"\n### {name}: horizon {seen.horizon_months} months, {seen.method} {seen.candidate}, {ends} month ends, "
              f"{time.process_time() - began:.1f} s of CPU\n")  # fmt: skip
        if len(seen.test):
            print(as_markdown(seen.test))
        sys.stdout.flush()


def as_markdown(table: pd.DataFrame) -> str:
    lines = ["| score | rows | customers | AUC (95 %) | above recency (95 %) | PR-AUC | lift 10 % | Brier | ECE |",
             "|---|---:|---:|---|---|---:|---:|---:|---:|"]  # fmt: skip
    lines += [
        f"| {r.score} | {r.rows} | {r.customers} | {r.auc:.3f} ({r.auc_low:.3f} to {r.auc_high:.3f}) | {r.gain:+.3f} "
        f"({r.gain_low:+.3f} to {r.gain_high:+.3f}) | {r.average_precision:.3f} | {r.lift:.2f} | {r.brier:.3f} | "
        f"{r.calibration_error:.3f} |"
        for r in table.itertuples()
    ]
    return "\n".join(lines).replace("nan", "–")


if __name__ == "__main__":
    main()
