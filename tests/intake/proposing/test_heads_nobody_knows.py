"""Columns whose heads no list of words has are told by their values, or asked for with what stands in them."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from exports import proposed, written

from helpers.intake import propose_map
from helpers.questions import open_questions

#: Document, day, customer, article, quantity, price.
LINES = [
    (f"R{n // 2}", f"2026-0{1 + n % 3}-{10 + n // 2}", f"K{n // 2 % 3}", "AB"[n % 2], n + 1, 10 + n / 4)
    for n in range(12)
]
TOTAL = Decimal("923.00")  # 10 x 78, and a quarter of the 572 that n x (n + 1) adds up to


def export(heads, prices=lambda price: price):
    """Write the lines under heads of another language, the amount last."""
    rows = [
        f"{order},{LINES[n // 2 * 2][1]},{who},{item},{pieces},{prices(price)},{pieces * prices(price)}"
        for n, (order, _, who, item, pieces, price) in enumerate(LINES)
    ]
    return {"x": "\n".join([heads, *rows])}


def test_the_sum_by_hand():
    assert sum(Decimal(n + 1) * (10 + Decimal(n) / 4) for n in range(12)) == TOTAL


@pytest.mark.parametrize("heads", [
    "Fatura No,Fatura Tarihi,Cari Kodu,Stok Kodu,Miktar,Birim Fiyat,Net Tutar",
    "Fakturanr,Fakturadatum,Kundnr,Artikelnr,Antal,À-pris,Belopp exkl moms",
    "Номер документа,Дата,Код контрагента,Артикул,Количество,Цена,Сумма без НДС",
    "전표번호,판매일자,거래처코드,품목코드,수량,단가,공급가액",
    "Číslo faktury,Datum vystavení,Odběratel,Položka,Množství,Cena za MJ,Cena bez DPH",
    "Số hóa đơn,Ngày,Mã khách hàng,Mã hàng,Số lượng,Đơn giá,Thành tiền",
    "Inv#,Inv Dt,Cust #,Item #,Qty Shp,Price,Ext Amt",
    "(单据头)单据编号,(单据头)日期,(单据头)客户#编码,(明细信息)物料编码,(明细信息)实发数量,(财务信息)单价,(财务信息)金额",
])  # fmt: skip
def test_heads_of_more_languages_and_programs_ask_nothing(tmp_path, heads):
    found = proposed(tmp_path, export(heads))
    assert (found.net, found.asked) == (TOTAL, [])


def test_where_no_head_is_known_the_amount_is_told_by_its_factors_which_are_asked_about(tmp_path):
    """A quantity may be of kilograms and prices whole: which of the two factors it is, values do not tell."""
    found = proposed(tmp_path, export("aa,bb,cc,dd,ee,ff,gg"), customer_id=1, order_id=0, quantity=0)
    assert found.net == TOTAL and found.lines["quantity"].sum() == 78
    asked = ("customer_id", "order_id", "quantity")
    assert found.asked == [f"tables.order_lines.derived.{each}" for each in asked]


@pytest.mark.parametrize(
    "heads", ["aa,bb,cc,dd,ee,ff,gg,hh", "Order No,Order Date,Customer No,Item,Qty,Unit Price,xx,yy"]
)
def test_an_amount_that_may_be_before_its_discount_is_asked_for(tmp_path, heads):
    """Quantity x price is the amount before discount; what is left of it, 10 % less for A, has a head nobody knows."""
    lines = export(heads)["x"].splitlines()
    less = [line.rsplit(",", 1)[1] for line in lines[1:]]
    less = [f"{float(amount) * (0.9 if n % 2 == 0 else 1):.3f}" for n, amount in enumerate(less)]
    if heads.startswith("Order"):
        lines = [line.rsplit(",", 1)[0] for line in lines]
        lines[0] = heads.rsplit(",", 1)[0]
    text = propose_map(
        written(
            tmp_path / "data", {"x": "\n".join([lines[0], *map(",".join, zip(lines[1:], less, strict=True))])}
        )
    )
    (asked,) = (each for each in open_questions(text) if each.key.endswith("net_amount"))
    assert any(("hh" if heads.startswith("aa") else "xx") in answer for answer, _ in asked.answers)


def test_of_two_columns_of_whole_numbers_the_quantity_is_asked_for(tmp_path):
    found = proposed(tmp_path, export("aa,bb,cc,dd,ee,ff,gg", lambda price: 1000 + int(price)),
                     customer_id=1, order_id=0, quantity=0)  # fmt: skip
    assert found.lines["quantity"].sum() == 78
    assert found.net == sum((n + 1) * (1010 + n // 4) for n in range(12))


def test_a_list_of_visits_is_not_taken_for_sales(tmp_path):
    rows = "\n".join(f"2026-01-{n + 10},Ann,C{n % 3},{n + 3},{n % 4}" for n in range(9))
    text = propose_map(written(tmp_path / "data", {"log": f"Wann,Wer,Bei,Min,Km\n{rows}"}))
    assert "[tables.order_lines]" not in text


def test_what_no_list_calls_an_amount_is_asked_for_by_its_values(tmp_path):
    rows = "\n".join(f"R{n},2026-01-{n + 10},C{n % 3},A1,1,{n + 3}.5,{n}" for n in range(9))
    found = proposed(
        tmp_path, {"orders": f"Order No,Order Date,Customer No,Item,Qty,Worth,Bonus\n{rows}"}, net_amount=0
    )
    assert found.net == Decimal("67.5")


def test_months_whose_heads_change_all_at_once_are_one_table(tmp_path):
    """The third month had other heads for all but one column, and stood in a comment of the map alone."""
    heads = {
        1: "Order No,Order Date,Customer No,Item,Qty,Unit Price,Net Amount",
        3: "Order Number,Date,Customer,Item No,Quantity,Price,Net Amount",
    }
    files = {
        f"s{month}": "\n".join([head, *(f"R{month}{n},2026-0{month}-1{n},C1,A1,1,{month * 10 + n},{month * 10 + n}"
                                        for n in range(5))])
        for month, head in heads.items()
    }  # fmt: skip
    assert proposed(tmp_path, files).net == 60 + 160


def test_lines_of_other_orders_under_heads_of_another_system_are_asked_about(tmp_path):
    files = {
        "shop": "\n".join(["Order No,Order Date,Customer No,Item,Qty,Net Amount", *(
            f"S{n},2026-01-1{n},C1,A1,1,10.00" for n in range(5))]),
        "erp": "\n".join(["Belegnr;Datum;Kundennr;Artikelnr;Menge;Betrag netto", *(
            f"E{n};1{n}.02.2026;C1;A1;1;20,00" for n in range(5))]),
    }  # fmt: skip
    asked = open_questions(propose_map(written(tmp_path / "data", files)))
    assert any(each.key == "tables.order_lines.files" and "further sales?" in each.asks for each in asked)


@pytest.mark.parametrize(("answer", "net"), [(0, 90 - 30), (1, 90)])
def test_returns_in_a_file_of_their_own_are_taken_off_or_set_aside(tmp_path, answer, net):
    head = "Order No,Order Date,Customer No,Item,Qty,Net Amount\n"
    sales = "\n".join(f"S{n},2026-01-1{n},C1,A1,2,10.00" for n in range(9))
    back = "\n".join(f"B{n},2026-02-1{n},C1,A1,2,10.00" for n in range(3))
    found = proposed(tmp_path, {"sales": head + sales, "returns": head + back}, where=answer)
    assert (found.net, found.lines["quantity"].sum()) == (net, 18 - (6 if not answer else 0))


@pytest.mark.parametrize(("answer", "net"), [(0, 90 - 20 - 5), (1, 90 + 20 - 5), (2, 90 - 20 + 5)])
def test_of_returns_with_and_without_a_minus_is_asked_which_are_taken_off(tmp_path, answer, net):
    head = "Order No,Order Date,Customer No,Item,Qty,Net Amount\n"
    sales = "\n".join(f"S{n},2026-01-1{n},C1,A1,2,10.00" for n in range(9))
    back = "B1,2026-02-11,C1,A1,2,20.00\nB2,2026-02-12,C1,A1,-1,-5.00"
    found = proposed(tmp_path, {"sales": head + sales, "returns": head + back},
                     where=0, net_amount=answer, quantity=answer)  # fmt: skip
    assert found.net == net


def test_sales_on_credit_are_no_returns(tmp_path):
    head = "Order No,Order Date,Customer No,Item,Qty,Net Amount\n"
    files = {
        f"{paid}_sales": head + "\n".join(f"{paid}{n},2026-0{month}-1{n},C1,A1,2,10.00" for n in range(9))
        for month, paid in ((1, "cash"), (2, "credit"))
    }
    found = proposed(tmp_path, files)
    assert (found.net, found.asked) == (180, [])


def test_amounts_of_two_currencies_in_two_files_are_not_added_up(tmp_path):
    files = {
        f"s{month}": f"Order No,Order Date,Customer No,Item,Qty,Amount {currency}\n" + "\n".join(
            f"{month}{n},2026-0{month}-1{n},C1,A1,2,10.00" for n in range(9))
        for month, currency in ((1, "EUR"), (3, "USD"))
    }  # fmt: skip
    asked = open_questions(propose_map(written(tmp_path / "data", files)))
    assert any(each.key == "tables.order_lines.files" for each in asked)


def test_paid_by_transfer_is_a_sale_as_any(tmp_path):
    rows = "\n".join(
        f"S{n},2026-01-1{n},C1,A1,1,10.00,{('Cash', 'Card', 'Transfer')[n % 3]}" for n in range(9)
    )
    heads = "Order No,Order Date,Customer No,Item,Qty,Net Amount,Payment Method"
    found = proposed(tmp_path, {"sales": f"{heads}\n{rows}"})
    assert (found.net, found.asked) == (90, [])


@pytest.mark.parametrize(
    ("head", "says"), [("Document Type", "Internal transfer"), ("Customer Name", "TEST CUSTOMER 1")]
)
def test_own_transfers_and_test_customers_are_asked_about(tmp_path, head, says):
    heads, row = (
        f"Order No,{head},Order Date,Customer No,Item,Qty,Net Amount",
        f"T1,{says},2026-02-02,K9,A1,1,500.00",
    )
    rows = "\n".join(f"S{n},Sales invoice {n % 2},2026-01-1{n},C1,A1,1,10.00" for n in range(9))
    assert proposed(tmp_path, {"sales": f"{heads}\n{rows}\n{row}"}, where=0).net == 90


def test_an_amount_in_the_currency_of_its_head_is_not_converted(tmp_path):
    rows = "\n".join(
        f"S{n},2026-01-1{n},C1,A1,1,{cur},{amount},{own}"
        for n, (cur, amount, own) in enumerate(
            [("EUR", 10, 10), ("USD", 10, 9), ("GBP", 10, 12), ("EUR", 7, 7)]
        )
    )
    heads = "Order No,Order Date,Customer No,Item,Qty,Currency,Amount,Amount (EUR)"
    found = proposed(tmp_path, {"sales": f"{heads}\n{rows}"})
    assert (found.net, found.asked) == (38, [])


def test_subtotals_that_name_the_currency_alone_are_totals(tmp_path):
    rows = []
    for who in ("C1", "C2"):
        rows += [f"{who},S{who}{n},2026-01-1{n},A1,1,1{n}.00,EUR" for n in range(4)]
        rows.append(",,,,4,46.00,EUR")
    found = proposed(tmp_path, {"sales": "\n".join(
        ["Customer No,Order No,Order Date,Item,Qty,Net Amount,Currency", *rows, ",,,,8,92.00,EUR"])})  # fmt: skip
    assert found.net == 92


def test_a_subtotal_beside_the_total_shows_that_lines_are_without_tax(tmp_path):
    rows = "\n".join(
        f"S{n // 2},2026-01-1{n // 2},C1,A{n % 2},1,{10 + n}.00,{21 + n // 2 * 4}.00,{(21 + n // 2 * 4) * 1.19:.2f},19"
        for n in range(8)
    )
    heads = "Order No,Order Date,Customer No,Item,Qty,Item Total,SubTotal,Total,Item Tax %"
    found = proposed(tmp_path, {"sales": f"{heads}\n{rows}"})
    assert (found.net, found.asked) == (108, [])


def test_thousands_are_told_where_smaller_numbers_have_no_decimals(tmp_path):
    rows = "\n".join(
        f'S{n},2026-01-1{n},C1,A1,1,"{amount}"' for n, amount in enumerate(["1,160", "950", "2,400"])
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sales.csv").write_text(
        f"Order No,Order Date,Customer No,Item,Qty,Net Amount\n{rows}\n", encoding="utf-8"
    )
    assert 'decimal = "."' in propose_map(tmp_path / "data")


def wine(number=lambda n: f"{1003 + 7 * n:06d}", accounts="A/C No,Trading Name,Outlet Type,Sales Area"):
    """Write sales, accounts and receipts of a wine merchant, each under heads of its own."""
    lines = [
        f"INV{n},INV,{1 + n % 28}/{1 + n % 12:02d}/2026,{number(n % 6)},1,W{n % 4:04d},{1 + n % 7},£{10 + n}.00,"
        f"£{(1 + n % 7) * (10 + n)}.00,£{(1 + n % 7) * (10 + n) * 0.2:.2f}"
        for n in range(24)
    ]
    return {
        "sales": "\n".join(["Doc No,Doc Type,Doc Date,A/C,Ln,Stock Code,Cases,Case Price,Goods,VAT", *lines]),
        "accounts": "\n".join([accounts, *(f"{number(n)},Inn {n},Pub,London" for n in range(7))]),
        "receipts": "\n".join(
            ["Slip,Received On,A/C,Against Doc,Amount Received,How",
             *(f"R{n},{1 + n % 28}/{1 + n % 12:02d}/2026,{number(n % 6)},INV{n},£{24 + 2.4 * n:.2f},Card"
               for n in range(24))]
        ),
    }  # fmt: skip


def test_accounts_and_receipts_are_told_by_the_customers_and_documents_of_the_sales(tmp_path):
    found = proposed(tmp_path, wine(accounts="Kto,Trading Name,Outlet Type,Sales Area"), net_amount=0)
    columns = {table: dict(said.columns) for table, said in found.settings.tables.items()}
    assert columns["customers"]["customer_id"] == "Kto"
    assert columns["payments"] == {
        "payment_date": "Received On", "invoice_id": "Against Doc", "customer_id": "A/C", "amount": "Amount Received",
    }  # fmt: skip
    assert '# customer_id is "Kto" by its values: no head says so.' in found.text
    payments = found.tables.path("payments")
    assert pd.read_parquet(payments)["amount"].sum() == sum(Decimal(240 + 24 * n) / 10 for n in range(24))


def test_customers_that_are_counted_from_1_on_name_nobody_elsewhere(tmp_path):
    """Such numbers stand in every column of counts."""
    said = propose_map(written(tmp_path, wine(str, accounts="Kto,Trading Name,Outlet Type,Sales Area")))
    assert '"Kto" by its values' not in said


def test_a_question_about_tax_says_which_rate_each_answer_means(tmp_path):
    said = propose_map(written(tmp_path, wine()))
    assert "# Goods is without tax: 10.00, VAT is 20 % of that" in said
    assert "# Goods is with tax: 8.00 without it, VAT is 25 % of that" in said
