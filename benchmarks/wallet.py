"""How often the interval of a customer's purchases from everyone holds the true amount: made companies, known truth.

``python benchmarks/wallet.py`` makes companies with `workbook sample` and prints a table.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.book import open_book
from helpers.settings.analysis import Trade
from helpers.settings.config import SAMPLE_FOLDER
from helpers.subjects.trade.wallet import evidence_scale, required_measures, wallet
from workbook_sample.make import make_sample

DEFAULT = Trade()


def rules(factor: float) -> Trade:
    """Return the default settings with every assumed error times the factor."""
    errors = {method: error * factor for method, error in DEFAULT.evidence_errors.items()}
    return DEFAULT.model_copy(update={"evidence_errors": errors})


def measured(folder: Path, settings: Trade, *, learnt: bool = True) -> tuple[pd.DataFrame, float]:
    """Estimate all customers of a company; returns them beside their true amounts, and what multiplies the errors.

    ``learnt``: from contradictions, as the workbook does; else nothing does.
    """
    book = open_book(folder)
    evidence, rules = book.frame("wallet_estimates"), book.settings.grades
    given = (book.month, rules.wallet_methods, rules.wallet_months, settings)
    scale = evidence_scale(evidence, *given) if learnt else 1.0
    result = wallet(
        evidence, book.frame("customers"), book._by_customer(required_measures(book.month)), *given, scale
    )
    truth = pd.read_parquet(folder / "truth" / "customers.parquet")
    return result.customers.merge(truth[["customer_id", "wallet_year_amount"]], on="customer_id"), scale


def line(name: str, rows: pd.DataFrame) -> str:
    """Say coverage, width and error of some customers."""
    true = rows["wallet_year_amount"]
    inside = (rows["evidence_low_amount"] <= true) & (true <= rows["evidence_high_amount"])
    share = inside.mean()
    noise = np.sqrt(share * (1 - share) / len(rows))
    width = (rows["evidence_high_amount"] / rows["evidence_low_amount"]).median()
    error = (rows["evidence_amount"] / true).map(np.log).abs().median()
    return f"| {name} | {len(rows)} | {share:.1%} ± {noise:.1%} | x{width:.2f} | {error:.1%} |"


def compared(folder: Path, name: str) -> None:
    """Print the same customers under other assumptions, with and without learning from contradictions."""
    unaged = DEFAULT.model_copy(update={"error_per_year": 0.0})
    assumed = [("as the settings say", DEFAULT), ("no error by age", unaged), ("errors times 0.5", rules(0.5)),
               ("errors times 2", rules(2.0))]  # fmt: skip
    for words, settings in assumed:
        for learnt in (False, True):
            rows, scale = measured(folder, settings, learnt=learnt)
            how = f"times {scale:.2f}, learnt" if learnt else "taken as they are"
            print(line(f"{name}: {words}, {how}", rows))


def main() -> None:
    """Print the table."""
    print("| customers with evidence | n | held (80 % asked) | high / low (median) | median error |")
    print("|---|---:|---:|---:|---:|")
    compared(SAMPLE_FOLDER, "the sample")
    with tempfile.TemporaryDirectory() as parent:
        for seed in (11, 12):
            folder = Path(parent) / f"company{seed}"
            make_sample(customers=2000, months=36, seed=seed, out=folder)
            compared(folder, f"made company {seed}")
        rows, _ = measured(folder, DEFAULT)
        for count in (1, 2):
            print(line(f"... {count} piece(s) of evidence", rows[rows["pieces"] == count]))
        print(line("... 3 pieces and more", rows[rows["pieces"] >= 3]))
        for method in DEFAULT.evidence_errors:
            print(line(f"... {method} alone", rows[(rows["pieces"] == 1) & (rows["best_method"] == method)]))
        print(line("... said to contradict itself", rows[rows["contradiction"] == "evidence"]))


if __name__ == "__main__":
    main()
