"""How often the interval of a customer's purchases from everyone holds the true amount: made companies, known truth.

``python benchmarks/wallet.py`` makes companies with `workbook sample` and prints a table.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.analysis.wallet import wallet
from helpers.book import open_book
from helpers.config import SAMPLE_FOLDER
from helpers.sample.make import make_sample
from helpers.trade_settings import Trade

DEFAULT = Trade()


def rules(factor: float) -> Trade:
    """Return the default settings with every assumed error times the factor."""
    errors = {method: error * factor for method, error in DEFAULT.evidence_errors.items()}
    return DEFAULT.model_copy(update={"evidence_errors": errors})


def measured(folder: Path, settings: Trade) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate all customers of a company; returns them beside their true amounts, and the evidence."""
    book = open_book(folder)
    result = wallet(
        book.frame("wallet_estimates"), book.frame("customers"), book.frame("customer_months"), book.month,
        book.settings.grades.wallet_methods, book.settings.grades.wallet_months, settings,
    )  # fmt: skip
    truth = pd.read_parquet(folder / "truth" / "customers.parquet")
    return result.customers.merge(
        truth[["customer_id", "wallet_year_amount"]], on="customer_id"
    ), result.evidence


def line(name: str, rows: pd.DataFrame) -> str:
    """Say coverage, width and error of some customers."""
    true = rows["wallet_year_amount"]
    inside = (rows["evidence_low_amount"] <= true) & (true <= rows["evidence_high_amount"])
    share = inside.mean()
    noise = np.sqrt(share * (1 - share) / len(rows))
    width = (rows["evidence_high_amount"] / rows["evidence_low_amount"]).median()
    error = np.log(rows["evidence_amount"] / true).abs().median()
    return f"| {name} | {len(rows)} | {share:.1%} ± {noise:.1%} | x{width:.2f} | {error:.1%} |"


def main() -> None:
    """Print the table."""
    print("| customers with evidence | n | held (80 % asked) | high / low (median) | median error |")
    print("|---|---:|---:|---:|---:|")
    print(line("the sample in the repository", measured(SAMPLE_FOLDER, DEFAULT)[0]))
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "company"
        make_sample(customers=2000, months=36, seed=11, out=folder)
        rows, _ = measured(folder, DEFAULT)
        print(line("2,000 made customers", rows))
        for count in (1, 2):
            print(line(f"... {count} piece(s) of evidence", rows[rows["pieces"] == count]))
        print(line("... 3 pieces and more", rows[rows["pieces"] >= 3]))
        for method in DEFAULT.evidence_errors:
            print(line(f"... {method} alone", rows[(rows["pieces"] == 1) & (rows["best_method"] == method)]))
        print(line("... said to contradict itself", rows[rows["contradiction"] == "evidence"]))
        for factor in (0.5, 2.0):
            print(line(f"... assumed errors times {factor:g}", measured(folder, rules(factor))[0]))


if __name__ == "__main__":
    main()
