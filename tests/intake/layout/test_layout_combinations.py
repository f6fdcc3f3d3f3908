"""Order lines in random combinations of what programs do to a report: the money to the penny, or a question."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pandas as pd
import pytest

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.settings.config import load_settings

from .exports import OPTIONS, laid_out, order_lines, write_csv, write_xlsx

LINES = order_lines()


def money_read(folder, cache) -> tuple[Counter, int] | None:
    """Read an export by the map proposed for it, unedited; None where it is refused or something is asked."""
    text = propose_map(folder).replace('# currency = "EUR"', 'currency = "EUR"')
    text = text.replace('currency = "?"', 'currency = "EUR"')
    if '"?"' in text:
        return None
    path = folder.parent / "workbook.toml"
    path.write_text(text, encoding="utf-8")
    try:
        tables = read_tables(folder, load_settings(path), cache)
    except WorkbookError:
        return None
    lines = pd.read_parquet(tables.path("order_lines"))
    money: Counter = Counter()
    for customer, amount in zip(lines["customer_id"], lines["net_amount"], strict=True):
        money[customer] += amount
    return money, len(lines)


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_an_export_is_read_to_the_penny_or_asked_about(tmp_path, first):
    expected: Counter = Counter()
    for line in LINES:
        expected[line.customer] += Decimal(line.amount)
    refused = 0
    for seed in range(first, first + 10):
        rng = random.Random(seed)
        options = set(rng.sample(OPTIONS, rng.choice([1, 2, 3, 3, 4])))
        rows = laid_out(LINES, options, rng.choice(["en", "zh", "de"]), rng)
        folder = tmp_path / str(seed) / "data"
        folder.mkdir(parents=True)
        if rng.random() < 0.5:
            write_csv(folder / "sales.csv", rows, rng.choice(",;\t"), ragged=rng.random() < 0.5)
        else:
            write_xlsx(folder / "sales.xlsx", rows)
        found = money_read(folder, tmp_path / str(seed) / "cache")
        refused += found is None
        assert found in (None, (expected, len(LINES))), f"seed {seed}: {sorted(options)}"
    assert refused <= 1, "a refusal is right, and rare"
