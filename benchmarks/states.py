"""How many come back after a silence: what the limits of the customers' states rest on.

``python benchmarks/states.py`` prints the tables of ``states.md``: at every past month end whose outcome is known,
customers by how long they had been silent, and the share that bought again within the year after (half a year where the
data reach no further). ``WORKBOOK_SHARED`` names the folder of the public data, as in ``churn.py``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import sys
from collections.abc import Iterator

import churn as logs
import pandas as pd

from helpers.book import open_book
from helpers.engine.months.coverage import read_default_month
from helpers.settings.churn import Churn
from helpers.settings.config import PROJECT_FOLDER, Settings
from helpers.subjects.churn.learning.features import days_per_month, estimate_horizon, origin_number, rhythms
from helpers.subjects.registry import open_facts

#: Edges: times the silence that makes an order overdue, months of silence, days of the usual gap.
_LIMITS = (0, 0.5, 1, 1.5, 2, 3, 4, 1e9)
_MONTHS = (0, 1, 2, 3, 6, 9, 12, 18, 1e9)
_GAPS = (0, 14, 45, 120, 1e9)


def panels() -> Iterator[tuple[str, pd.DataFrame, pd.Series | None]]:
    """Yield name, the fact purchase_panel and the trade classes of each set."""
    books = [("the sample", open_book())] + [
        (name, open_book(logs.SHARED / folder, map=PROJECT_FOLDER / "data" / "maps" / map_name))
        for name, (folder, map_name) in logs.MAPPED.items()
    ]
    for name, book in books:
        classes = book.frame("customers").set_index("customer_id")["trade_class"]
        yield name, book.facts.frame("purchase_panel"), classes
    for name in logs.LOGS:
        with logs.logged(name) as (tables, work):
            month = read_default_month(tables, dt.date.today()).month
            yield name, open_facts(tables, month, Settings(), work).frame("purchase_panel"), None


def measured(panel: pd.DataFrame, classes: pd.Series | None) -> tuple[pd.DataFrame, int]:
    """Return limits, months, gap and back (1: bought within the months that follow) of each row, and those months."""
    panel = panel.sort_values(["customer_id", "origin"]).reset_index(drop=True)
    settings, number = Churn(), origin_number(panel)
    usual = rhythms(panel, classes, settings, estimate_horizon(panel, settings.gap_quantile)).for_panel(panel)
    ahead = 12 if number.nunique() > 24 else 6
    by = panel.assign(number=number).groupby("customer_id")
    known = by["number"].shift(-ahead) == number + ahead
    rows = pd.DataFrame(
        {
            "limits": panel["silence_days"] / usual["limit_days"],
            "months": panel["silence_days"] / days_per_month(panel),
            "gap": usual["usual_gap_days"],
            "back": (by["purchases_lifetime"].shift(-ahead) > panel["purchases_lifetime"]).astype(float),
            "customer_id": panel["customer_id"],
        }
    )
    return rows[known], ahead


def _line(name: str, rows: pd.DataFrame, column: str, edges: tuple[float, ...]) -> str:
    held = rows.groupby(pd.cut(rows[column], edges, include_lowest=True), observed=False)
    cells = [f"{back:.2f} ({people})" if people else "–" for back, people in
             zip(held["back"].mean(), held["customer_id"].nunique(), strict=True)]  # fmt: skip
    return f"| {name} | " + " | ".join(cells) + " |\n"


def _heads(edges: tuple[float, ...]) -> list[str]:
    return [f"{low:g}–{high:g}" if high < 1e9 else f"over {low:g}" for low, high in itertools.pairwise(edges)]


def main() -> None:
    """Print the tables."""
    found = [(name, *measured(panel, classes)) for name, panel, classes in panels()]
    write = sys.stdout.write
    for title, column, edges in (
        ("times the silence that makes an order overdue", "limits", _LIMITS),
        ("months of silence", "months", _MONTHS),
    ):
        write(f"\n### Share that comes back, by {title}\n\n| set | " + " | ".join(_heads(edges)) + " |\n")
        write("|---|" + "---|" * (len(edges) - 1) + "\n")
        for name, rows, ahead in found:
            write(_line(f"{name}, {ahead} months on", rows, column, edges))
    write("\n### Share that comes back, by months of silence and usual gap in days\n\n| set, gap | ")
    write(" | ".join(_heads(_MONTHS)) + " |\n|---|" + "---|" * (len(_MONTHS) - 1) + "\n")
    for name, rows, _ahead in found:
        for (low, high), head in zip(itertools.pairwise(_GAPS), _heads(_GAPS), strict=True):
            of_gap = rows[(rows["gap"] > low) & (rows["gap"] <= high)]
            if len(of_gap):
                write(_line(f"{name}, {head}", of_gap, "months", _MONTHS))
    write(
        "\n### The states' own lines\n\n"
        "| set | within its rhythm | overdue | over 2 times | lost: and over 12 months |\n"
    )
    write("|---|---|---|---|---|\n")
    churn = Churn()
    for name, rows, ahead in found:
        long_silent, beyond = rows["months"] > churn.lost_months, rows["limits"] > churn.lapsed_times
        parts = (
            rows["limits"] <= 1,
            (rows["limits"] > 1) & ~beyond,
            beyond & ~long_silent,
            beyond & long_silent,
        )
        cells = [
            f"{rows.loc[part, 'back'].mean():.2f} ({rows.loc[part, 'customer_id'].nunique()})"
            for part in parts
        ]
        write(f"| {name}, {ahead} months on | " + " | ".join(cells) + " |\n")


if __name__ == "__main__":
    main()
