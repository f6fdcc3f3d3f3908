"""How right the probabilities of leaving are: rolling month ends on five data sets, everyone scored as of that day.

``python benchmarks/churn.py`` prints the tables of ``churn.md``: the rolling month ends, the two fixed splits of the
published comparison, the score without signals, and the sample's truth. ``churn.py without`` prints the third alone,
``churn.py shop=purchases.csv`` the rolling month ends of a log of one's own (customer_id, date, net_amount),
``churn.py scale 100000`` measures the panel of so many drawn customers. ``WORKBOOK_SHARED`` names the folder of the
public data; default: ``shared`` beside the project.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from helpers.book import Book, open_book
from helpers.engine.months.coverage import read_default_month
from helpers.intake.tables import StandardTables
from helpers.settings.churn import Churn
from helpers.settings.config import PROJECT_FOLDER, Settings
from helpers.subjects.churn import panel
from helpers.subjects.churn.churn import ChurnScores, churn
from helpers.subjects.churn.learning.evaluation import auc
from helpers.subjects.churn.learning.features import month_ends
from helpers.subjects.churn.learning.threshold import is_at_risk, new_warnings
from helpers.subjects.registry import open_facts

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

#: Columns of a standard table that facts ask for and a plain purchase log does not tell.
ABSENT = """NULL::VARCHAR AS salesperson_id, NULL::DECIMAL(18,4) AS list_amount, NULL::DECIMAL(18,4) AS cost_amount,
    NULL::DECIMAL(18,4) AS quantity, NULL::DATE AS enquiry_date"""
#: The fixed splits of the published comparison: last month known, last day of the holdout, its months.
SPLITS = {"CDNOW": ("1997-09", "1998-06-30", 9), "grocery": ("2006-12", "2007-12-30", 12)}


def of_log(name: str) -> ChurnScores:
    """Score a plain purchase log."""
    with logged(name) as (tables, work):
        month = read_default_month(tables, dt.date.today()).month
        facts = open_facts(tables, month, Settings(), work)
        return churn(facts.frame("purchase_panel"), month, None, facts.frame("signal_panel"))


@contextmanager
def logged(name: str) -> Iterator[tuple[StandardTables, Path]]:
    """Write a plain purchase log as a standard table; a purchase worth nothing counts as a purchase here."""
    file, date, customer, amount = LOGS[name]
    with tempfile.TemporaryDirectory() as work:
        query = f"""SELECT row_number() OVER ()::VARCHAR AS order_id, {date} AS order_date,
            {customer}::VARCHAR AS customer_id, {ABSENT}, ({amount})::DECIMAL(18,4) AS net_amount
            FROM read_csv('{SHARED / file}')"""
        duckdb.sql(f"COPY ({query}) TO '{work}/order_lines.parquet'")
        columns = frozenset({"order_id", "order_date", "customer_id", "net_amount"})
        tables = StandardTables(Path(work), name, {"order_lines": columns}, ())
        yield tables, Path(work)


def of_split(name: str) -> pd.DataFrame:
    """Score a log as of the split's month end, everyone, and rank those who bought nothing in its holdout."""
    month, until, months = SPLITS[name]
    at, rows = pd.Period(month, "M"), []
    with logged(name) as (tables, work):
        log = duckdb.sql(f"SELECT customer_id, order_date FROM '{tables.path('order_lines')}'").df()
        days = pd.to_datetime(log["order_date"])
        after = log[(days > at.to_timestamp(how="end")) & (days <= until)]
        facts = open_facts(tables, at, Settings(), work)
        panel, sent = facts.frame("purchase_panel"), facts.frame("signal_panel")
    for horizon in (None, months):
        settings = Churn(horizon_months=horizon, lost_months=60)
        seen = churn(panel, at, settings, sent)
        table = seen.customers
        left = (~table["customer_id"].isin(after["customer_id"])).to_numpy(dtype="float64")
        often = (table["frequency"] >= 4).to_numpy()
        gap = table["silence_days"] / ((table["recency_days"] + 1) / (table["frequency"] + 1))
        scores = {
            f"score, horizon {seen.horizon_months} months ({seen.method} {seen.candidate})": table[
                "probability"
            ]
        }
        if horizon is None:
            scores |= {"days since last purchase": table["silence_days"], "gap over own mean gap": gap}
        rows += [
            {
                "score": label,
                "all": auc(left, score.to_numpy()),
                "4+": auc(left[often], score.to_numpy()[often]),
            }
            for label, score in scores.items()
        ]
    return pd.DataFrame(rows)


def of_truth(
    thresholds: tuple[float, ...] = (0.5, 0.4, 0.3, 0.2),
    ahead_months: int = 6,
    history: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Hold the sample's warnings against its truth.

    A leaver is a customer who by the truth left within the data, whose last order lies at least two months after the
    first scored month end. A warning is a customer at a month end; it is true where the truth has the customer leave
    within ``ahead_months`` or before, false else. It is new where there was none a month before.
    """
    book = open_book()
    if history is None:
        scores = book.churn()
        history = scores.history
        thresholds = tuple(sorted({*thresholds, scores.warn.probability}, reverse=True))
    truth = pd.read_parquet(PROJECT_FOLDER / "data/sample/truth/customers.parquet").set_index("customer_id")
    orders = duckdb.sql(f"""SELECT customer_id, max(order_date) AS last FROM '{book.tables.path("order_lines")}'
        WHERE net_amount > 0 AND order_date <= '{book.month.end_time.date()}' GROUP BY 1 ORDER BY 1""").df()
    last = pd.to_datetime(orders.set_index("customer_id")["last"])
    seen = history.assign(end=month_ends(history["number"]), last=history["customer_id"].map(last).to_numpy())
    drop = pd.to_datetime(truth["dropout_date"])
    left = truth["left_within_data"] & (drop <= book.month.end_time)
    seen["drop"] = seen["customer_id"].map(drop.where(left)).to_numpy()
    seen["right"] = seen["drop"] <= seen["end"] + pd.DateOffset(months=ahead_months)
    leavers = last[last.index.isin(left[left].index) & (last > seen["end"].min() + pd.Timedelta(days=61))]
    rows = []
    for threshold in thresholds:
        warned = seen[is_at_risk(seen, threshold)]
        early = warned[warned["end"] <= warned["last"] - pd.Timedelta(days=30)]
        early = early[early["end"] > early["last"] - pd.Timedelta(days=30 + 31 * ahead_months)]
        after = warned[
            (warned["end"] > warned["last"]) & (warned["end"] <= warned["last"] + pd.Timedelta(days=92))
        ]
        new = seen.loc[new_warnings(seen, threshold).index]
        rows.append(
            {
                "warned from": threshold, "leavers": len(leavers),
                "warned 30 days or more before the last order": leavers.index.isin(early["customer_id"]).mean(),
                "... or within 3 months after it": leavers.index.isin(pd.concat([early, after])["customer_id"]).mean(),
                "false per true": (~warned["right"]).sum() / max(warned["right"].sum(), 1),
                "false per true new one": (~new["right"]).sum() / max(new["right"].sum(), 1),
                "warnings a month": len(warned) / seen["number"].nunique(),
                "new ones": len(new) / seen["number"].nunique(),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def scale(customers: int) -> None:
    """Time and peak memory of the panel at 24 month ends, written by the engine, nothing brought to pandas.

    The log is drawn: 36 months, 20 order days a customer on average, two lines each.
    """
    with tempfile.TemporaryDirectory() as work:
        duckdb.sql(f"""COPY (SELECT 'c' || (hash(i) % {customers}) AS customer_id, 'o' || i AS order_id,
            DATE '2023-11-01' + (hash(i + 1000000007) % 1096)::INTEGER AS order_date, {ABSENT},
            10::DECIMAL(18,4) AS net_amount
            FROM range({20 * customers}) t(i), range(2)) TO '{work}/order_lines.parquet'""")
        columns = frozenset({"order_id", "order_date", "customer_id", "net_amount"})
        tables = StandardTables(Path(work), f"drawn-{customers}", {"order_lines": columns}, ())
        month = pd.Period("2026-10", "M")
        began = time.perf_counter()
        facts = open_facts(tables, month, Settings(), Path(work) / "cache")
        months = facts.table("occasion_months")
        kept = time.perf_counter()
        origins = pd.period_range(month - 23, month, freq="M").tolist()
        panel.purchase_panel(months, origins, facts.coverage.months[0]).to_parquet(f"{work}/panel.parquet")
        done = time.perf_counter()
        rows = duckdb.sql(f"SELECT count(*) FROM '{work}/panel.parquet'").fetchone() or (0,)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{customers} customers, {40 * customers} lines: occasions by month {kept - began:.1f} s")
    print(f"panel of {rows[0]} rows {done - kept:.1f} s, peak memory {peak:.1f} GB")


def of_map(name: str) -> ChurnScores:
    folder, settings = MAPPED[name]
    return of_book(open_book(SHARED / folder, map=PROJECT_FOLDER / "data" / "maps" / settings))


def of_sample() -> ChurnScores:
    return of_book(open_book())


def of_book(book: Book, signals: bool = True) -> ChurnScores:
    sent = book.frame("signal_panel") if signals else None
    return churn(book.frame("purchase_panel"), book.month, book.settings.churn, sent)


def without_signals() -> None:
    """Print what the score reaches from purchases alone, where signals are supplied."""
    folder, settings = MAPPED["AdventureWorks"]
    mapped = open_book(SHARED / folder, map=PROJECT_FOLDER / "data" / "maps" / settings)
    for name, book in (("AdventureWorks", mapped), ("the sample", open_book())):
        seen = of_book(book, signals=False)
        print(f"\n### {name}, signals left out: learned {seen.candidate}\n")
        print(as_markdown(seen.test.head(1)))


def rolling(*names: str) -> None:
    """Print the tables of the rolling month ends."""
    for name in names:
        began = time.process_time()
        seen = of_log(name) if name in LOGS else of_map(name) if name in MAPPED else of_sample()
        ends = seen.history.loc[seen.history["left"].notna(), "number"].nunique()
        print(f"\n### {name}: horizon {seen.horizon_months} months, {seen.method} {seen.candidate}, {ends} month ends, "
              f"{time.process_time() - began:.1f} s of CPU\n")  # fmt: skip
        if len(seen.test):
            print(as_markdown(seen.test))
        if len(seen.shrinking_test):
            print("\nshrinking:\n\n" + as_markdown(seen.shrinking_test))
        sys.stdout.flush()


def main() -> None:
    rolling(*LOGS, *MAPPED, "the sample")
    for name in SPLITS:
        print(f"\n### {name}, fixed split: {SPLITS[name][0]}, holdout to {SPLITS[name][1]}\n")
        print(plain(of_split(name)))
    without_signals()
    print("\n### the sample's truth\n")
    print(plain(of_truth()))


def plain(table: pd.DataFrame) -> str:
    """Write a table as Markdown, numbers to three decimals."""
    rows = [list(table.columns), ["---"] * len(table.columns)]
    rows += [
        [f"{v:.3f}" if isinstance(v, float) else str(v) for v in row] for row in table.itertuples(index=False)
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def as_markdown(table: pd.DataFrame) -> str:
    lines = ["| score | rows | customers | AUC (95 %) | above recency (95 %) | PR-AUC | lift 10 % | Brier | "
             "ECE |",
             "|---|---:|---:|---|---|---:|---:|---:|---:|"]  # fmt: skip
    lines += [
        f"| {r.score} | {r.rows} | {r.customers} | {r.auc:.3f} ({r.auc_low:.3f} to {r.auc_high:.3f}) | {r.gain:+.3f} "
        f"({r.gain_low:+.3f} to {r.gain_high:+.3f}) | {r.average_precision:.3f} | {r.lift:.2f} | {r.brier:.3f} | "
        f"{r.calibration_error:.3f} |"
        for r in table.itertuples()
    ]
    return "\n".join(lines).replace("nan", "–")


if __name__ == "__main__":
    if sys.argv[1:2] == ["scale"]:
        scale(int(sys.argv[2]))
    elif sys.argv[1:2] == ["without"]:
        without_signals()
    elif sys.argv[1:]:
        LOGS |= {
            name: (str(Path(file).absolute()), "date::DATE", "customer_id", "net_amount")
            for name, _, file in (each.partition("=") for each in sys.argv[1:])
        }
        rolling(*(each.partition("=")[0] for each in sys.argv[1:]))
    else:
        main()
