"""Where a period will end, and what cash comes in: errors at past month ends, and how often intervals held.

``python benchmarks/period_end.py [FOLDER]`` prints two tables. FOLDER holds the public data sets; without it only the
sample is looked at. Everything is what the pages show: at each past month end only what was known then is used.
"""

from __future__ import annotations

from public_books import books

#: Set -> months of the report.
MONTHS = {
    "sample": ("2026-10", "2026-08", "2026-05", "2026-02"),
    "AdventureWorks": ("2013-10", "2013-08", "2013-05", "2013-02"),
    "Online Retail": ("2010-11", "2010-10", "2010-08"),
    "classicmodels": ("2005-04", "2004-11"),
    "IBM receivables": ("2013-06", "2013-11"),
}


def main() -> None:
    """Print the tables."""
    opened = list(books(MONTHS))
    print(
        "| data, month | months elapsed, ahead | past ends | straight line | model | as chosen | now | held |"
    )
    print("|---|---|---:|---:|---:|---:|---|---:|")
    for name, book in opened:
        for row in book.attainment().tests.itertuples():
            print(
                f"| {name} | {row.elapsed_months}, {row.horizon_months} | {row.origins} | {row.straight_error:.1%} "
                f"| {row.model_error:.1%} | {row.forecast_error:.1%} | {row.chosen} | {row.held} of {row.intervals} |"
            )
    print("\n| data, month | months ahead | past ends | mean error | held |\n|---|---:|---:|---:|---:|")
    for name, book in opened:
        owed = book.receivables()
        for row in owed.cash.tests.itertuples() if owed else ():
            print(
                f"| {name} | {row.horizon_months} | {row.origins} | {row.error:.1%} | {row.held} of {row.intervals} |"
            )


if __name__ == "__main__":
    main()
