"""All customers as a file: where a page lists only the first, nobody is lost."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from helpers.present.numbers import numbers
from helpers.subjects.card.card_index import CardIndex
from helpers.subjects.card.export import CUSTOMERS_FILE, index_list, to_csv
from helpers.subjects.card.index_views import MOST_ROWS

N = numbers("en", "CNY")


def index_of(count: int, **columns: object) -> CardIndex:
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{place}" for place in range(count)], "name": "Anvil 工具",
            "trade_class": "DIY shops", "tier": "A", "net_amount": np.arange(count, 0, -1) + 0.25,
            "credit_limit": np.nan, "last_purchase": pd.Timestamp("2026-10-05"), "gap_ratio": 1.0,
            "probability": 0.25, "salesperson_name": "Ann",
        }
    ).assign(**columns)  # fmt: skip
    return CardIndex(pd.Period("2026-10", "M"), frame, {"trade_class": ("DIY shops",), "tier": ("A",)})


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_file_has_the_customers_that_the_page_leaves_out():
    index = index_of(MOST_ROWS + 3)
    table = index_list(index, N)
    assert table.row_count == MOST_ROWS
    assert table.full_list.file == CUSTOMERS_FILE
    assert table.full_list.note.endswith("203 rows.")
    rows = read(table.full_list.content())
    assert [row["Id"] for row in rows] == index.customers["customer_id"].tolist()
    assert sum(float(row["Net sales"]) for row in rows) == index.customers["net_amount"].sum()
    assert rows[0]["Last purchase"] == "2026-10-05"


def test_a_page_that_shows_everybody_needs_no_file():
    assert index_list(index_of(MOST_ROWS), N).full_list is None


@pytest.mark.parametrize("name", ["=1+1", "+86 20", "-5", "@SUM(A1)", "\t=1"])
def test_a_name_that_a_spreadsheet_would_reckon_stays_text(name):
    (row,) = read(to_csv(index_of(1, name=name), index_of(1, name=name).customers, N))
    assert row["Customer"] == "'" + name


def test_a_customer_without_a_name_is_there_all_the_same():
    index = index_of(2, name=pd.Series([None, "One"], dtype="str"))
    assert [row["Customer"] for row in read(to_csv(index, index.customers, N))] == ["", "One"]
