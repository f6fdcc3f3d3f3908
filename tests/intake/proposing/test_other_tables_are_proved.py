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


@pytest.mark.parametrize("day", ["2026-0{m}-{d}", "{d}.0{m}.2026", "0{m}/{d}/2026"])
def test_a_list_of_what_is_owed_names_each_customer_on_its_first_line_alone(tmp_path, day):
    rows = [
        f"{f'C{c}' if d == 0 else ''},I{c}{d},"
        f"{day.format(m=2, d=d + 13)},{day.format(m=3, d=d + 13)},{100 + 10 * c + d}.00"
        for c in range(4)
        for d in range(3)
    ]
    heads = "Customer,Invoice No,Invoice Date,Due Date,Amount"
    found = proposed(tmp_path, {"sales": SALES, "receivables": "\n".join([heads, *rows])})
    owed = pd.read_parquet(found.tables.path("invoices")).groupby("customer_id")["amount"].sum()
    assert dict(owed) == {f"C{c}": 303 + 30 * c for c in range(4)}


def test_sales_without_a_customer_in_the_order_of_their_days_stay_without_one(tmp_path):
    rows = [f"S{n},2026-01-{10 + n},{f'C{n}' if n % 3 == 0 else ''},A1,1,100.00" for n in range(12)]
    text = "\n".join(["order_id,order_date,customer_id,product_id,quantity,net_amount", *rows])
    assert proposed(tmp_path, {"sales": text}).lines["customer_id"].isna().sum() == 8


@pytest.mark.parametrize("shape", ["{}", "Amount", "Amount,Currency"])
def test_payments_in_several_currencies_count_in_the_companys_own(tmp_path, shape):
    """Beside the amount of the document stands that of the books, under a head that says so."""
    foreign = {"{}": "Foreign Amount", "Amount": "Amount", "Amount,Currency": "Currency,Amount"}[shape]
    own = "Base Amount" if shape == "{}" else "Amount (LCY)"
    cell = "USD,{}" if "," in foreign else "{}"
    rows = [
        f"2026-02-1{n % 9},I{n},C{n % 4},{(cell if n % 2 else cell.replace('USD', 'EUR')).format(100 + n)},"
        f"{(100 + n) * (2 if n % 2 else 1)}.00"
        for n in range(12)
    ]
    heads = f"Payment Date,Invoice No,Customer,{foreign},{own}"
    found = proposed(tmp_path, {"sales": SALES, "invoices": INVOICES, "payments": "\n".join([heads, *rows])})
    assert _sum(found, "payments") == sum((100 + n) * (2 if n % 2 else 1) for n in range(12))


def test_what_came_in_and_what_went_out_in_two_columns_is_one_payment(tmp_path):
    rows = [
        f"2026-02-1{n % 9},C{n % 4},I{n},{'' if n == 5 else 100 + n},{50 if n == 5 else ''}"
        for n in range(12)
    ]
    heads = "Date,Customer,Reference,Money In,Money Out"
    found = proposed(
        tmp_path, {"sales": SALES, "invoices": INVOICES, "payments": "\n".join([heads, *rows])}, amount=0
    )
    assert _sum(found, "payments") == 1266 - 105 - 50


@pytest.mark.parametrize("heads", ["Jan 2026,Feb 2026,Mar 2026,Q1,Total", "2026-01,2026-02,2026-03,Q1,Year"])
def test_targets_of_months_side_by_side_count_without_their_totals(tmp_path, heads):
    rows = [f"P{n},{10 + n},{20 + n},{30 + n},{60 + 3 * n},{60 + 3 * n}" for n in range(3)]
    text = "\n".join([f"Salesperson,{heads}", *rows, "Total,33,63,93,189,189"])
    found = proposed(tmp_path, {"sales": SALES, "targets": text}, metric=0)
    targets = pd.read_parquet(found.tables.path("targets"))
    assert dict(targets.groupby("period")["target"].sum()) == {"2026-01": 33, "2026-02": 63, "2026-03": 93}
    assert set(targets["scope_id"]) == {"P0", "P1", "P2"}


@pytest.mark.parametrize(
    ("heads", "periods"),
    [("Q1 2026,Q2 2026,Q3 2026,Q4 2026", [f"2026-Q{n}" for n in (1, 2, 3, 4)]), ("2025,2026", ["2025", "2026"]),
     ("2026年一季度,2026年二季度", ["2026-Q1", "2026-Q2"])],
)  # fmt: skip
def test_targets_of_quarters_and_years_side_by_side_are_a_target_each(tmp_path, heads, periods):
    """None had a period, and no line of the map could give it one."""
    amounts = [100 * n for n in range(1, len(periods) + 1)]
    rows = [f"{name},{','.join(map(str, amounts))},{sum(amounts)}" for name in ("Ann", "Ben")]
    tables = {"sales": SALES, "targets": "\n".join([f"Salesperson,{heads},Total", *rows])}
    found = proposed(tmp_path, tables, metric=0)
    targets = pd.read_parquet(found.tables.path("targets"))
    assert sorted(zip(targets["period"], map(int, targets["target"]), strict=True)) == sorted(
        zip(periods * 2, amounts * 2, strict=True)
    )
