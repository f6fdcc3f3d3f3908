"""Invoices that are due in parts: a column numbers them, or it is asked; no part is lost or counted twice unsaid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import pandas as pd
import pytest
from exports import proposed

from helpers.errors import WorkbookError
from helpers.subjects.receivables.facts import open_items
from helpers.subjects.receivables.open_history import linked_payments

HEAD = "invoice_id,instalment,customer_id,invoice_date,due_date,amount"
PARTS = ["I1,1,K,2026-01-05,2026-02-05,30", "I1,2,K,2026-01-05,2026-03-05,70"]
ORDER = "A1,2026-01-05,K,1,P,1,100"
WHOLE = "invoice_id,customer_id,invoice_date,due_date,amount"
REPEATED = ["I1,K,2026-01-05,2026-02-05,30", "I1,K,2026-01-05,2026-03-05,70", "I2,K,2026-01-06,2026-02-06,5"]


def test_parts_of_an_invoice_are_rows_of_their_own(shop):
    shop.orders(ORDER)
    shop.write("invoices.csv", [HEAD, *PARTS, PARTS[0]])
    found = shop.table("invoices")
    assert found[["instalment", "amount"]].to_numpy().tolist() == [["1", 30], ["2", 70]]
    assert shop.quarantine("invoices")["rule"].tolist() == ["duplicate"]  # the first part once more


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([*PARTS, "I1,,K,2026-01-05,2026-02-05,100"], "the whole beside its parts would count twice"),
        ([*PARTS, "I1,3,L,2026-01-05,2026-02-05,100"], "in parts that differ in customer_id: parts are"),
        ([*PARTS, "I1,3,K,2026-01-06,2026-02-05,100"], "in parts that differ in invoice_date: parts are"),
        (
            [*PARTS, "I2,,K,2026-01-05,2026-03-05,4", "I2,,K,2026-01-05,2026-03-05,9"],
            "Invoice I2 is 4.00 due on",
        ),
        (
            [*PARTS, "I1,2,K,2026-01-05,2026-04-05,70"],
            "Instalment 2 of invoice I1 is 70.00 due on 2026-03-05 in",
        ),
    ],
)
def test_rows_that_are_no_clear_parts_are_refused(shop, rows, says):
    shop.orders(ORDER)
    shop.write("invoices.csv", [HEAD, *rows])
    with pytest.raises(WorkbookError, match=r"invoices\.csv, data row") as stopped:
        shop.read()
    assert says in str(stopped.value)


def test_a_number_with_other_due_dates_and_no_instalment_is_asked_about_and_no_row_is_lost(shop):
    shop.orders(ORDER)
    shop.write("invoices.csv", [WHOLE, *REPEATED])
    with pytest.raises(WorkbookError, match="Are they parts, each due by itself") as stopped:
        shop.read()
    assert (
        "30.00 due on 2026-02-05 in invoices.csv, data row 1, and 70.00 due on 2026-03-05 in invoices.csv, data row 2"
        in str(stopped.value)
    )
    numbered = {"instalment": "dense_rank() OVER (PARTITION BY invoice_id ORDER BY due_date)"}
    found = shop.table("invoices", tables={"invoices": {"derived": numbered}})
    assert (len(found), found["amount"].sum()) == (3, 105)
    last = shop.table("invoices", tables={"invoices": {"same_number": "last"}})
    assert last.set_index("invoice_id")["amount"].to_dict() == {"I1": 70, "I2": 5}


def test_parts_in_two_files_without_a_number_are_asked_about_too(shop):
    shop.orders(ORDER)
    folder = shop.folder / "invoices"
    folder.mkdir()
    for place, row in enumerate(["I1,K,2026-01-05,2026-02-05,50", "I1,K,2026-01-05,2026-03-05,50"]):
        (folder / f"{place}.csv").write_text(f"{WHOLE}\n{row}\n")
    with pytest.raises(WorkbookError, match="Are they parts, each due by itself"):
        shop.read()


@pytest.mark.parametrize("head", ["Instalment No", "期次", "Teilzahlung", "N° échéance"])
def test_a_map_is_proposed_for_a_list_with_numbered_parts(tmp_path, head):
    found = proposed(tmp_path, {"order_lines": SALES, "invoices": f"Invoice No,{head},Customer No,Invoice Date,"
                                "Due Date,Amount\n" + "\n".join(PARTS)})  # fmt: skip
    assert "1 invoices stand in 2 rows with other due dates or amounts and 100.00: parts by" in found.text
    invoices = pd.read_parquet(found.tables.path("invoices"))
    assert invoices["instalment"].tolist() == ["1", "2"]
    assert invoices["amount"].sum() == 100


SALES = "Order No,Order Date,Customer No,Item No,Quantity,Net Amount\nA1,2026-01-05,K,P,1,100"


def test_a_list_that_repeats_its_numbers_with_other_due_dates_is_a_question(tmp_path):
    rows = "Invoice No,Customer No,Invoice Date,Due Date,Amount,Instalment Amount\n" + "\n".join(
        [
            "I1,K,2026-01-05,2026-02-05,100,30",
            "I1,K,2026-01-05,2026-03-05,100,70",
            "I2,K,2026-01-06,2026-02-06,5,5",
        ]
    )
    found = proposed(tmp_path, {"order_lines": SALES, "invoices": rows}, instalment=0)
    assert found.asked == ["tables.invoices.derived.instalment"]
    assert (
        "1 invoices stand in 2 rows with other due dates or amounts and 100.00: are they parts?" in found.text
    )
    invoices = pd.read_parquet(found.tables.path("invoices"))
    assert invoices["amount"].tolist() == [30, 70, 5]  # the part's own, not the whole invoice's once more


@pytest.mark.parametrize(("reading", "money"), [(0, [50, 80, 5]), (1, [50, 50, 80, 5])])
def test_a_list_with_a_row_for_each_of_an_invoices_lines_can_count_those_that_are_alike_too(
    tmp_path, reading, money
):
    of_i1 = [
        "I1,K,2026-01-05,2026-02-05,50",
        "I1,K,2026-01-05,2026-02-05,50",
        "I1,K,2026-01-05,2026-02-05,80",
    ]
    rows = ["Invoice No,Customer No,Invoice Date,Due Date,Amount", *of_i1, "I2,K,2026-01-06,2026-02-06,5"]
    files = {"order_lines": SALES, "invoices": "\n".join(rows)}
    found = proposed(tmp_path, files, more="[quarantine]\nmax_share = 0.3\n", instalment=reading)
    assert "all rows count, of 1 rows that are alike all too" in found.text
    assert pd.read_parquet(found.tables.path("invoices"))["amount"].tolist() == money


def test_parts_in_another_currency_are_settled_to_nothing_by_one_payment_of_the_whole(shop):
    """Each part is rounded by itself: three times 33.33 at 0.987655 is 0.0001 less than 99.99 is."""
    shop.orders("A1,2026-01-05,K,1,P,1,100")
    shop.write("exchange_rates.csv", ["currency,date,rate", "USD,2026-01-05,0.987655", "USD,2026-02-05,0.95"])
    rows = [f"I1,{part},K,2026-01-05,2026-0{part + 1}-05,33.33,USD" for part in (1, 2, 3)]
    shop.write("invoices.csv", [f"{HEAD},currency", *rows])
    shop.write(
        "payments.csv",
        ["payment_date,invoice_id,amount,currency", "2026-02-05,I1,66.66,USD", "2026-02-05,I1,33.33,USD"],
    )
    engine, tables, until = ibis.duckdb.connect(), shop.read(), dt.date(2026, 2, 5)
    bills, paid = (engine.read_parquet(tables.path(name)) for name in ("invoices", "payments"))
    assert bills.amount.sum().to_pandas() == Decimal("98.7555")
    assert paid.settled_amount.sum().to_pandas() == Decimal("98.7556")
    left = open_items(bills, linked_payments(bills, paid, until), until).to_pandas()["open_amount"]
    assert (left == 0).all()


def test_payments_may_name_their_part_and_a_part_that_the_invoice_does_not_have_is_told(shop):
    shop.orders(ORDER)
    shop.write("invoices.csv", [HEAD, *PARTS, "I2,,K,2026-01-05,2026-02-05,9"])
    paid = ["2026-02-05,I1,2,40", "2026-02-05,I1,1,40", "2026-02-05,I1,3,5", "2026-02-05,I2,1,9"]
    shop.write("payments.csv", ["payment_date,invoice_id,instalment,amount", *paid])
    tables = shop.read()
    assert len(pd.read_parquet(tables.path("payments"))) == 4  # two of one day and amount, of two parts
    (note,) = [each for each in tables.notes() if "part" in each]
    assert note.startswith(
        "payments: 1 rows name a part that their invoice does not have, the first in payments.csv,"
    )
    assert "data row 3: part 3 of invoice I1. They settle its parts by due date" in note


@pytest.mark.parametrize("head", ["Instalment", "期次"])
def test_a_map_is_proposed_for_payments_that_name_their_part(tmp_path, head):
    invoices = f"Invoice No,{head},Customer No,Invoice Date,Due Date,Amount\n" + "\n".join(PARTS)
    payments = f"Payment Date,Invoice No,{head},Paid Amount\n2026-02-05,I1,2,40"
    found = proposed(tmp_path, {"order_lines": SALES, "invoices": invoices, "payments": payments})
    assert pd.read_parquet(found.tables.path("payments"))["instalment"].tolist() == ["2"]
