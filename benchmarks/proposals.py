"""Which product to push to which customer: what became of the proposals, against popularity in the class alone.

``python benchmarks/proposals.py [FOLDER]`` hides the last 6 and 12 months of each data set, proposes with what was sold
before, and counts what of it was bought in the hidden months. FOLDER holds the public data sets; without it only the
sample is looked at.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from public_books import books

from helpers.engine.connection import to_pandas
from helpers.subjects.trade.offer_facts import customer_products_before, product_offers, proposal_tests
from helpers.subjects.trade.recommendations import proposal_record

#: Set -> months of the report.
MONTHS = {
    "sample": ("2026-10", "2026-04"),
    "AdventureWorks": ("2013-10", "2013-04", "2012-10"),
    "Online Retail": ("2010-11",),
    "classicmodels": ("2005-04",),
}


def lines(name: str, hidden: int, tests: pd.DataFrame) -> list[str]:
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
            f"| {name}, {hidden} | {rule} | {row['proposals']:,.0f} | {row['bought'] / row['proposals']:.1%} "
            f"| {row[amount] / row['proposals']:,.2f} | {ends[0]} | {ends[1]} |"
        )
    return rows


def main() -> None:
    """Print the table."""
    print("| data, month, months hidden | order | proposals | bought | margin a proposal | t | realised |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for name, book in books(MONTHS):
        for hidden in (6, 12):
            before = customer_products_before(book.facts, hidden)
            offers = product_offers(before, book.facts.table("customers"))
            tests = to_pandas(proposal_tests(book.facts, before, offers, hidden))
            if len(tests):
                print("\n".join(lines(name, hidden, tests)))


if __name__ == "__main__":
    main()
