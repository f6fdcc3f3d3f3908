"""Invoices, payments, targets, quotes and costs beside the sales: whose, of when and with which sign."""

from decimal import Decimal

import pandas as pd
import pytest
from exports import proposed

SALES = "\n".join(
    ["order_id,order_date,customer_id,product_id,quantity,net_amount"]
    + [f"S{n},2026-0{1 + n % 3}-1{n % 9},C{n % 4},A{n % 2},1,{100 + n}.00" for n in range(12)]
)
INVOICES = "\n".join(
    ["invoice_id,customer_id,invoice_date,due_date,amount"]
    + [f"I{n},C{n % 4},2026-01-1{n % 9},2026-02-1{n % 9},{100 + n}.00" for n in range(12)]
)


def _sum(found, table: str, column: str = "amount") -> Decimal:
    return pd.read_parquet(found.tables.path(table))[column].sum()


def test_a_list_of_documents_with_days_on_which_they_are_due_is_invoices_beside_the_sales(tmp_path):
    """Heads of lines, as Beleg and Pièce, left it a second candidate for the sales, and nothing was owed."""
    rows = [
        f"{'Avoir' if n == 3 else 'Facture'};I{n};1{n % 9}/01/2026;1{n % 9}/02/2026;C{n % 4};{100 + n},00"
        for n in range(12)
    ]
    heads = "Type;N° pièce;Date pièce;Échéance;Client;Montant TTC"
    table = "\n".join([heads, *rows]).replace(",", ".").replace(";", ",")
    found = proposed(tmp_path, {"sales": SALES, "liste": table})
    assert _sum(found, "invoices") == sum(100 + n for n in range(12)) - 2 * 103


@pytest.mark.parametrize(("answer", "received"), [(0, 1266), (1, -1266)])
def test_payments_that_are_all_below_nought_are_asked_for(tmp_path, answer, received):
    """A ledger writes receipts with a minus: they raised what customers owe."""
    rows = [f"2026-02-1{n % 9},I{n},C{n % 4},-{100 + n}.00" for n in range(12)]
    payments = "\n".join(["Payment Date,Invoice No,Customer,Amount", *rows])
    found = proposed(tmp_path, {"sales": SALES, "invoices": INVOICES, "payments": payments}, amount=answer)
    assert _sum(found, "payments") == received


def test_costs_that_are_all_below_nought_are_asked_for(tmp_path):
    rows = [f"2026-02-1{n % 9},C{n % 4},freight,({100 + n}.00)" for n in range(12)]
    found = proposed(
        tmp_path, {"sales": SALES, "costs": "\n".join(["Date,Customer,Kind,Amount", *rows])}, amount=0
    )
    assert _sum(found, "costs") == 1266


def test_targets_of_months_in_words_and_of_salespeople_are_read(tmp_path):
    rows = [f"2026年{n}月,{who},{10 + n}" for n in range(1, 13) for who in ("张三", "李四")]
    found = proposed(
        tmp_path, {"sales": SALES, "销售目标": "\n".join(["月份,业务员,目标(万元)", *rows])}, metric=0
    )
    targets = pd.read_parquet(found.tables.path("targets"))
    assert targets["target"].sum() == 3_960_000 and set(targets["scope_type"]) == {"salesperson"}
    assert targets["period"].min() == "2026-01" and targets["period"].max() == "2026-12"


def test_quotes_with_tax_and_outcomes_in_another_language_are_read(tmp_path):
    words = ("offen", "angenommen", "abgelehnt")
    rows = [f"AN{n},1{n % 9}.01.2026,C{n % 4},{words[n % 3]},{120 + n}.00,{20 + n}.00" for n in range(12)]
    found = proposed(
        tmp_path,
        {"sales": SALES, "angebote": "\n".join(["Angebotsnr,Datum,Kunde,Status,Brutto,USt", *rows])},
        amount=0,
    )
    quotes = pd.read_parquet(found.tables.path("quotes"))
    assert quotes["amount"].sum() == 1200 and set(quotes["status"]) == {"open", "won", "lost"}
