"""Whatever an export holds, its rows and its money are all accounted for."""

from __future__ import annotations

import csv
import io
import tempfile
from decimal import Decimal
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.intake import read_tables, reconciliation
from helpers.settings.config import parse_settings

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8)
MONEY = st.decimals(-10_000, 10_000, places=2)
ROWS = st.tuples(
    st.sampled_from(["A1", "A2", "A3"]) | WORDS,
    st.sampled_from(["2026-01-05", "2026-02-05 10:00", "soon", ""]),
    st.sampled_from(["1", "", " 007 "]) | WORDS,
    st.sampled_from(["1", "2", ""]),
    st.integers(-3, 3).map(str) | st.just("many"),
    MONEY.map(str),
)
COLUMNS = ["order_id", "order_date", "customer_id", "line_no", "quantity", "net_amount"]


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_every_row_and_every_cent_is_kept_or_set_aside(rows):
    # Sound rows, so that no column is wrong as a whole, and neither all of a month nor all returns are set aside.
    sound = [
        (f"S{number}", f"2026-0{month}-01", "9", "1", "1", amount)
        for number, (month, amount) in enumerate(product((1, 2), ("1.00", "-1.00")))
    ]
    rows = [*sound, *rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "order_lines.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
        tables = read_tables(folder, parse_settings({"quarantine": {"max_share": 1}}, "x"), folder / "cache")
        frame = reconciliation(tables)
        kept = pd.read_parquet(tables.path("order_lines"))
        aside_file = tables.folder / "quarantine" / "order_lines.parquet"
        aside = pd.read_parquet(aside_file)["row_number"].tolist() if aside_file.exists() else []
    assert frame["rows"].sum() == len(rows) == len(kept) + len(aside)
    assert frame["amount"].sum() == sum(Decimal(row[-1]) for row in rows)
    assert kept["net_amount"].sum() == sum(
        Decimal(row[-1]) for n, row in enumerate(rows, 1) if n not in aside
    )
