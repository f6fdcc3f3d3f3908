"""Warnings and comparisons around days on which trade rests: planted customers of whom nobody leaves.

Customers buy by the clock of trade, which runs at a part of its pace from some days before to some days after a
festival's first day of each year (`LULLS`). Nobody leaves and nothing grows. Asked at several month ends, without and
with ``[calendar]``: how many are warned of, and what the month says against last year; with ``--value`` what all are
worth instead.

    python benchmarks/festivals.py [--lull august] [--customers 300] [--first 2025-03-15 --regular 4 20] [--value]
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.book import open_book

LAST = pd.Timestamp("2026-05-31")
PLAIN = '[report]\ncurrency = "CNY"\n'


@dataclass(frozen=True)
class Rest:
    """First days as published, days before and after them, the pace of trade in them; settings and months asked."""

    days: tuple[str, ...]
    before: int
    after: int
    pace: float
    calendar: str
    months: tuple[str, ...]


LULLS = {
    "spring_festival": Rest(
        ("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"), 5, 15, 0.1, 'country = "CN"',
        ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"),
    ),
    "ramadan": Rest(
        ("2022-05-02", "2023-04-21", "2024-04-10", "2025-03-30", "2026-03-20"), 30, 3, 0.3, 'country = "SA"',
        ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04"),
    ),
    "august": Rest(
        tuple(f"{year}-08-15" for year in range(2022, 2026)), 12, 16, 0.1,
        'country = "IT"\nfestivals = { august = [14, 16] }',
        ("2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10"),
    ),
}  # fmt: skip


def planted(rest: Rest, customers: int, seed: int, first: str, regular: tuple[float, float]) -> pd.DataFrame:
    """Order lines of customers of whom nobody leaves, whose gaps are regular on the clock of trade."""
    random = np.random.default_rng(seed)
    days = pd.date_range(first, LAST)
    pace = np.ones(len(days))
    for festival in map(pd.Timestamp, rest.days):
        since, until = (festival + pd.Timedelta(days=each) for each in (-rest.before, rest.after))
        pace[(days >= since) & (days <= until)] = rest.pace
    clock = np.cumsum(pace)
    rows = []
    for number in range(customers):
        gap, shape = float(np.exp(random.normal(np.log(18), 0.6))), float(random.uniform(*regular))
        at = random.uniform(0, gap)
        while at < clock[-1]:
            place = int(np.searchsorted(clock, at))
            rows.append((f"C{number:05d}", days[place], round(float(random.lognormal(6, 0.4)), 2)))
            at += max(float(random.gamma(shape, gap / shape)), 0.5)
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "net_amount"])
    frame = frame.groupby(["customer_id", "order_date"], as_index=False)["net_amount"].sum()
    return frame.assign(order_id=[f"O{n}" for n in range(len(frame))], quantity=1,
                        order_date=frame["order_date"].dt.date)  # fmt: skip


def measured(folder: Path, month: str, settings: Path) -> dict[str, float]:
    """Return what one month's book says: warned of, noticed signals, change in all and per working day."""
    book = open_book(folder, month, map=settings)
    churn, signals = book.churn(), book.signals()
    noticed = signals.noticed
    risk = book.risk_list(churn)
    total, working = book.composition().total.iloc[0], book.working_time()
    year, ytd = float(total["month_change_year_percent"]), float(total["ytd_change_percent"])
    found = {
        "warned": len(risk.customers),
        "overdue": int((risk.silent["state"] == "overdue").sum()),
        "expected": float(churn.customers["probability"].sum()),
        "silence": int((noticed["signal"] == "silence").sum()),
        "gone": int((noticed["signal"] == "p_alive").sum()),
        "change": year,
        "ytd": ytd,
    }
    if working is None:
        return found
    return found | {
        "by_day": working.per_day(year),
        "ytd_by_day": working.per_day(ytd, "ytd_last_year_days"),
        "by_trade": 100 * ((1 + year / 100) * working.trade_change - 1),
        "ytd_by_trade": 100 * ((1 + ytd / 100) * working.ytd_trade_change - 1),
    }


def worth(folder: Path, month: str, settings: Path) -> dict[str, float]:
    """Return what all customers are worth over a year and over three, as of one month."""
    equity = open_book(folder, month, map=settings).lifetime().equity.set_index("horizon")["value_amount"]
    return {"one year": float(equity["1"]), "three years": float(equity["3"])}


def main() -> None:
    """Plant, ask, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lull", choices=LULLS, default="spring_festival", help="when trade rests")
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--first", default="2023-01-01", help="first day of the data")
    parser.add_argument(
        "--regular", type=float, nargs=2, default=(1.5, 6.0), help="least and most Erlang shape"
    )
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--value", action="store_true", help="what all are worth, and nothing else")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        folder.mkdir()
        rest = LULLS[asked.lull]
        planted(rest, asked.customers, asked.seed, asked.first, asked.regular).to_csv(
            folder / "order_lines.csv", index=False
        )
        rows = []
        for name, text in (("without", PLAIN), ("with", f"{PLAIN}[calendar]\n{rest.calendar}\n")):
            (settings := Path(place) / f"{name}.toml").write_text(text, encoding="utf-8")
            for month in rest.months:
                ask = worth if asked.value else measured
                rows.append({"calendar": name, "month": month, **ask(folder, month, settings)})
                print(rows[-1], flush=True)
    print(pd.DataFrame(rows).round(1).to_string())


if __name__ == "__main__":
    main()
