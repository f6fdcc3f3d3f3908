"""Which product to push to which customer: what became of the proposals, against popularity in the class alone.

``python benchmarks/proposals.py [FOLDER]`` hides the last 6 and 12 months of each data set, proposes with what was sold
before, and counts what of it was bought in the hidden months. FOLDER holds the public data sets; without it only the
sample is looked at.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.analysis.recommendations import proposal_record
from helpers.book import open_book
from helpers.config import PROJECT_FOLDER
from helpers.facts.engine import to_pandas
from helpers.facts.trade import proposal_tests

MAPS = PROJECT_FOLDER / "data" / "maps"
#: Name, folder, map, months of the report.
SETS = (
    ("sample", "", "", ("2026-10", "2026-04")),
    ("AdventureWorks", "adventureworks_dw", "adventureworks", ("2013-10", "2013-04", "2012-10")),
    ("Online Retail", "online_retail_y1", "online_retail", ("2010-11",)),
    ("classicmodels", "classicmodels", "classicmodels", ("2005-04",)),
)


def lines(name: str, month: str, hidden: int, tests: pd.DataFrame) -> list[str]:
    """Say what became of the proposals in either order, and of everything that could be proposed."""
    sums = tests.groupby("rule")[["proposals", "bought", "net_amount", "margin_amount"]].sum()
    amount = "margin_amount" if tests["margin_amount"].any() else "net_amount"
    record = proposal_record(tests, hidden)
    wide = tests.pivot_table(index="customer_id", columns="rule", values=amount, fill_value=0.0)
    more = wide["margin"] - wide["popularity"]
    spread = np.sqrt(len(more)) * more.std()
    sure = f"{more.sum() / spread:+.1f}" if spread > 0 else "0"
    rows = []
    for rule in ("popularity", "margin", "any"):
        row = sums.loc[rule]
        ends = (f"{sure}", f"{record.realised:.0%}") if rule == record.order else ("", "")
        rows.append(
            f"| {name}, {month}, {hidden} | {rule} | {row['proposals']:,.0f} | {row['bought'] / row['proposals']:.1%} "
            f"| {row[amount] / row['proposals']:,.2f} | {ends[0]} | {ends[1]} |"
        )
    return rows


def main() -> None:
    """Print the table."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print("| data, month, months hidden | order | proposals | bought | margin a proposal | t | realised |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for name, folder, settings, months in SETS:
        if folder and shared is None:
            continue
        for month in months:
            data = shared / folder if shared and folder else None
            book = open_book(data, month, map=MAPS / f"{settings}.toml" if settings else None)
            for hidden in (6, 12):
                tests = to_pandas(proposal_tests(book.facts, hidden))
                if len(tests):
                    print("\n".join(lines(name, month, hidden, tests)))


if __name__ == "__main__":
    main()
