"""Two files that say different things of one sale: asked about, and right by either answer; equal ones count once."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd
import pytest

from helpers.errors import WorkbookError

HEAD = "order_id,order_date,customer_id,product_id,quantity,net_amount"
TIMES = {"columns": "20*", "date": "order_date", "value": "net_amount"}


def total(shop, **mapped):
    lines = pd.read_parquet(shop.read(tables={"order_lines": mapped}).path("order_lines"))
    return lines["net_amount"].sum()


def wide(shop, *files: str) -> dict:
    """Write files of months side by side, ``head; row; row`` each; give the map of them."""
    for number, text in enumerate(files, 1):
        shop.write(f"order_lines_{number}.csv", text.split("; "))
    return {"unpivot": TIMES}


CHANGED = (
    "customer_id,2026-02,2026-03; C1,20,30; C2,21,31",
    "customer_id,2026-03,2026-04; C2,31,41; C1,33,40",
)


@pytest.mark.parametrize("derived", [{}, {"order_id": "CAST(order_date AS VARCHAR) || customer_id"}])
def test_a_month_changed_between_two_wide_files_is_asked_about(shop, derived):
    mapped = wide(shop, *CHANGED) | {"derived": derived}
    with pytest.raises(WorkbookError) as stop:
        total(shop, **mapped)
    assert str(stop.value).startswith(
        "customer_id C1, order_date 2026-03-31 stands in data row 1 of order_lines_1.csv (2026-03-31, quantity 1.0000, "
        "30.00) and in data row 2 of order_lines_2.csv (2026-03-31, quantity 1.0000, 33.00), with different "
        "values; so it is with 1 line. Say which counts, under [tables.order_lines]"
    )
    assert total(shop, **mapped, same_number="last") == 20 + 21 + 31 + 33 + 40 + 41
    assert total(shop, **mapped, same_number="first") == 20 + 21 + 31 + 30 + 40 + 41
    assert total(shop, **mapped, same_number="all") == 20 + 21 + 31 + 30 + 33 + 40 + 41


def test_of_wide_files_in_another_order_of_rows_what_is_equal_counts_once(shop):
    mapped = wide(shop, CHANGED[0], CHANGED[1].replace("33", "30"))
    assert total(shop, **mapped) == 20 + 21 + 30 + 31 + 40 + 41
    assert "2 rows (61.00) of order_lines_2.csv stand in order_lines_1.csv too" in shop.read(
        tables={"order_lines": mapped}).notes()[0]  # fmt: skip


@pytest.mark.parametrize("blank", ["", "0", "-"])
def test_a_month_that_became_blank_is_a_change(shop, blank):
    mapped = wide(shop, CHANGED[0], CHANGED[1].replace("33", blank))
    with pytest.raises(
        WorkbookError, match=r"C1, .* stands in data row 1 .* and is blank in order_lines_2\.csv"
    ):
        total(shop, **mapped)
    assert total(shop, **mapped, same_number="last") == 20 + 21 + 31 + 40 + 41


def test_of_three_wide_files_the_last_counts(shop):
    mapped = wide(shop, *CHANGED, "customer_id,2026-04,2026-05; C1,44,50; C2,41,51; C3,43,53")
    with pytest.raises(WorkbookError, match="so it is with 2 lines"):
        total(shop, **mapped)
    assert total(shop, **mapped, same_number="last") == 20 + 21 + 33 + 31 + 44 + 41 + 43 + 50 + 51 + 53


def test_sheets_of_one_workbook_are_asked_about_like_files(shop):
    with pd.ExcelWriter(shop.folder / "order_lines.xlsx") as book:
        for sheet, amount in (("May", 5.5), ("June", 6.5)):
            rows = pd.DataFrame({"customer_id": ["C1"], "product_id": ["P1"], "2026-05": [amount]})
            rows.to_excel(book, sheet_name=sheet, index=False)
    mapped = {"unpivot": TIMES, "sheet": ["May", "June"]}
    with pytest.raises(WorkbookError, match=r"order_lines\.xlsx, sheet May .*order_lines\.xlsx, sheet June"):
        total(shop, **mapped)
    assert total(shop, **mapped, same_number="last") == Decimal("6.5")


def test_rows_of_one_customer_are_held_against_each_other_together(shop):
    """A customer has a row for each article, and no column says which."""
    mapped = wide(shop, "customer_id,2026-03; C1,30; C1,5", "customer_id,2026-03; C1,5; C1,30")
    assert total(shop, **mapped) == 35
    mapped = wide(shop, "customer_id,2026-03; C1,30; C1,5", "customer_id,2026-03; C1,35")
    with pytest.raises(WorkbookError, match="with different values"):
        total(shop, **mapped)
    assert total(shop, **mapped, same_number="last") == 35


def changed(shop, *rows: str):
    shop.orders("A1,2026-10-01,C1,P1,1,5", "A2,2026-10-02,C1,P1,1,6", header=HEAD, name="order_lines_1.csv")
    shop.orders(*rows, header=HEAD, name="order_lines_2.csv")


def test_a_line_without_number_that_was_changed_between_two_exports_is_asked_about(shop):
    changed(shop, "A1,2026-10-01,C1,P1,2,10", "A2,2026-10-02,C1,P1,1,6", "A3,2026-10-03,C1,P1,1,3")
    words = "order_id A1, order_date 2026-10-01, customer_id C1, product_id P1 stands in data row 1 of order_lines_1"
    with pytest.raises(WorkbookError, match=re.escape(words)):
        total(shop)
    assert [total(shop, same_number=which) for which in ("first", "last", "all")] == [14, 19, 24]


def test_a_line_more_in_the_other_file_is_a_line_more(shop):
    changed(shop, "A1,2026-10-01,C1,P1,1,5", "A1,2026-10-01,C1,P1,1,4", "A2,2026-10-02,C1,P1,1,6")
    assert total(shop) == 15


def test_an_order_whose_lines_were_exchanged_between_two_exports_is_asked_about(shop):
    shop.orders("A1,2026-10-01,C1,P1,1,5", "A1,2026-10-01,C1,P2,1,6", "A2,2026-10-02,C1,P1,1,7", header=HEAD,
                name="order_lines_1.csv")  # fmt: skip
    shop.orders("A1,2026-10-01,C1,P1,1,5", "A1,2026-10-01,C1,P3,1,8", header=HEAD, name="order_lines_2.csv")
    with pytest.raises(
        WorkbookError, match=r"Order A1 was changed .*_1\.csv has data row 2, .*that has data row 2"
    ):
        total(shop)
    assert [total(shop, same_number=which) for which in ("first", "last", "all")] == [18, 20, 26]


def test_an_order_delivered_in_two_months_of_overlapping_files_is_no_changed_one(shop):
    shop.orders("A1,2026-10-01,C1,P1,1,5", "A2,2026-10-31,C1,P1,1,6", header=HEAD, name="order_lines_1.csv")
    shop.orders("A2,2026-10-31,C1,P1,1,6", "A1,2026-11-05,C1,P2,1,8", header=HEAD, name="order_lines_2.csv")
    assert total(shop) == 19


def test_an_order_told_by_its_row_says_nothing_across_files(shop):
    header = HEAD.removeprefix("order_id,")
    shop.orders("2026-10-01,C1,P1,1,5", "2026-10-02,C2,P1,1,6", header=header, name="order_lines_1.csv")
    shop.orders("2026-10-02,C2,P1,1,6", "2026-10-01,C1,P1,1,5", header=header, name="order_lines_2.csv")
    assert total(shop, derived={"order_id": "'row ' || __row"}) == 11


@pytest.mark.parametrize(("table", "heads", "column", "rows"), [
    ("targets", "period,scope_type,scope_id,metric,target", "target", "2026-10,company,,net_sales,"),
    ("invoices", "invoice_id,customer_id,invoice_date,due_date,amount", "amount", "I1,C1,2026-10-01,2026-11-01,"),
])  # fmt: skip
def test_a_record_of_which_two_files_give_different_money_is_asked_about(shop, table, heads, column, rows):
    shop.orders("A1,2026-10-01,C1,P1,1,5", header=HEAD)
    for number, amount in ((1, "100.00"), (2, "120.00")):
        shop.write(f"{table}_{number}.csv", [heads, rows + amount])
    with pytest.raises(WorkbookError, match=r"100\.00.* and in data row 1 .*120\.00"):
        shop.read()
    for which, right in (("first", 100), ("last", 120)):
        assert list(shop.table(table, tables={table: {"same_number": which}})[column]) == [right]
