"""Files of records, whose lines are of several kinds, are no tables: refused by that name, with the cure."""

from __future__ import annotations

import openpyxl
import pytest

from helpers.errors import WorkbookError
from helpers.intake import propose_map

ORDERS = (
    ("A1", "20260305", "K1", ((1, "P1", 3, "30.00"), (2, "P2", 2, "5.50"))),
    ("A2", "20260306", "K2", ((1, "P1", 1, "10.00"),)),
)


def records(head, line, with_order):
    for order, day, customer, lines in ORDERS:
        yield [head, order, day, customer, "Kestrel Ltd"]
        for number, *rest in lines:
            yield [line, *([order] if with_order else []), number, *rest]


@pytest.mark.parametrize("with_order", [True, False])
@pytest.mark.parametrize(("head", "line"), [("H", "L"), ("10", "20"), ("HDR", "POS")])
def test_lines_that_begin_with_a_kind_of_record_are_refused_with_what_to_export(
    tmp_path, head, line, with_order
):
    text = "\n".join(";".join(map(str, row)) for row in records(head, line, with_order))
    (tmp_path / "orders.csv").write_text(text, encoding="utf-8")
    with pytest.raises(
        WorkbookError, match=rf"records of several kinds.*{head}: 2 of 5 fields.*into a file of its own"
    ):
        propose_map(tmp_path)


def test_a_sheet_of_records_and_records_below_their_heads_are_refused_too(tmp_path):
    book = openpyxl.Workbook()
    for row in [
        ["!TRNS", "DOCNUM", "DATE"],
        ["!SPL", "DOCNUM", "LINE", "ITEM"],
        *records("TRNS", "SPL", True),
    ]:
        book.active.append(row)
    book.save(tmp_path / "orders.xlsx")
    with pytest.raises(WorkbookError, match=r"orders\.xlsx, sheet Sheet holds records of several kinds"):
        propose_map(tmp_path)


def test_a_message_of_edi_is_called_so(tmp_path):
    (tmp_path / "invoice.txt").write_text(
        "UNA:+.? '\nUNB+UNOC:3+40:14+50:14+260103:1200+1'\nUNH+1+INVOIC:D:96A:UN'\n"
    )
    with pytest.raises(WorkbookError, match="message of EDI"):
        propose_map(tmp_path)


def test_a_table_whose_first_column_holds_types_is_one(tmp_path):
    rows = ["Type,Order No,Date,Customer,Item No,Quantity,Amount"]
    rows += [f"{'IC'[n % 2]},A{n},2026-03-0{n + 1},K{n % 2},P1,1,{n + 1}" for n in range(4)]
    (tmp_path / "sales.csv").write_text("\n".join(rows), encoding="utf-8")
    assert 'order_id = "Order No"' in propose_map(tmp_path)
