"""Credit notes get their minus, what was never sold is set aside, and nothing is without a word of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exports import SHAPES, proposed

from helpers.errors import WorkbookError

HEAD = "Order No,Order Date,Customer No,Item No,Qty,Amount"


def export(head, *tails):
    """Lines of orders of one line each: amounts 10, 20, 30 and so on, with a column behind them."""
    lines = [
        f"A{n},2026-0{1 + n % 9}-15,C{n % 3},P{n},{n + 1},{10 * n + 10}.00,{tail}"
        for n, tail in enumerate(tails)
    ]
    return {"sales": "\n".join([f"{HEAD},{head}", *lines])}


@pytest.mark.parametrize("shape", SHAPES)
def test_positive_credit_notes_are_taken_with_a_minus(tmp_path, shape):
    found = proposed(tmp_path, export("Type", "Sales Invoice", "Credit Note", "Sales Invoice"), shape)
    assert found.net == Decimal(20) and sum(found.lines["quantity"]) == 2
    assert "Type says Credit Note in 1 rows with 20.00, without a minus" in found.text


CREDITS = (
    "Gutschrift", "Avoir", "Abono", "红字", "销售退货", "Return", "RMA", "CM", "Storno", "返品", "Nota de crédito",
    "Refund", "Credit Memo", "Rechnungskorrektur", "退款", "红字发票", "Retoure",
)  # fmt: skip


def test_credits_are_known_by_their_words(tmp_path):
    kinds = [kind for word in CREDITS for kind in ("Normal", word, "Normal")]
    orders = proposed(tmp_path, export("Kind of document", *kinds)).orders
    given_back = {kinds[int(number[1:])] for number, net in orders.items() if net < 0}
    assert given_back == {*CREDITS}


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("Type", ("Standard", "Express", "Pallet")),
        ("Payment", ("Credit card", "Bank", "Credit card")),
        ("Policy", ("Non-returnable", "Standard", "Standard")),
        ("Terms", ("Credit sale", "Cash sale", "Credit sale")),
        ("Remark", ("Return", "Return", "Return")),
        ("Country", ("DE", "CN", "DE")),
        ("State", ("NC", "SC", "NC")),
        ("Customer Type", ("RMA", "Shop", "Shop")),
    ],
)
def test_other_words_change_no_sign(tmp_path, head, words):
    assert proposed(tmp_path, export(head, *words)).net == Decimal(60)


def test_credit_notes_that_have_their_minus_keep_it(tmp_path):
    lines = export("Type", "Invoice", "Credit Note", "Invoice")["sales"].replace(",2,20.00,", ",-2,-20.00,")
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal(20) and "they have their minus already" in found.text


def test_where_only_the_amount_has_the_minus_the_quantity_gets_it(tmp_path):
    lines = export("Type", "Invoice", "Credit Note", "Invoice")["sales"].replace(",2,20.00,", ",2,-20.00,")
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal(20) and sum(found.lines["quantity"]) == 2


def test_a_second_column_that_says_the_same_does_not_take_the_minus_back(tmp_path):
    found = proposed(tmp_path, export("Type,Class", "Invoice,Sale", "Credit Note,Return", "Invoice,Sale"))
    assert found.net == Decimal(20)


@pytest.mark.parametrize(("answer", "net"), [(0, "25"), (1, "-25")])
def test_debit_and_credit_columns_are_one_amount_whose_side_is_asked(tmp_path, answer, net):
    lines = "凭证号,日期,客户编码,数量,借方,贷方\nA1,2026-01-05,K1,1,,30\nA2,2026-01-06,K1,1,5,\n"
    found = proposed(tmp_path, {"销售": lines}, net_amount=answer)
    assert found.net == Decimal(net)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_was_not_sold_is_set_aside_with_the_rows_and_money_of_each_word(tmp_path, shape):
    words = ("Sales Order", "Quotation", "Cancelled", "Sales Order")
    found = proposed(tmp_path, export("Status", *words), shape, more="[quarantine]\nmax_share = 1\n")
    assert found.net == Decimal(50)
    assert (
        "Status says Cancelled: 1 rows, 30.00; Quotation: 1 rows, 20.00; Sales Order: 2 rows, 50.00."
        in found.text
    )


NOT_SOLD = (
    "cancelled", "Canceled", "void", "draft", "failed", "Quotation", "proforma", "Pro-forma", "checkout-draft", "取消",
    "已取消", "作废", "已作废", "草稿", "关闭", "交易关闭", "Storniert", "Entwurf", "Angebot", "Annulée", "Devis",
    "Anulado", "Presupuesto", "キャンセル", "見積", "refunded", "Trash",
)  # fmt: skip


@pytest.mark.parametrize("first", range(0, len(NOT_SOLD), 9))
def test_words_for_what_was_not_sold_are_known(tmp_path, first):
    statuses = [status for word in NOT_SOLD[first : first + 9] for status in ("open", word)]
    orders = proposed(tmp_path, export("Status", *statuses)).orders
    assert {*orders} == {f"A{n}" for n, status in enumerate(statuses) if status == "open"}


@pytest.mark.parametrize(("answer", "net"), [(3, 60), (2, 40), (1, 20)])
def test_where_no_word_of_a_status_is_known_which_of_them_are_sales_is_asked(tmp_path, answer, net):
    """A word for cancelled in a language that nobody had listed counted as a sale, with a comment beside it."""
    found = proposed(tmp_path, export("Status", "Blue", "Green", "Blue"), where=answer)
    assert found.net == Decimal(net) and "Green: 1 rows, 20.00" in found.text


@pytest.mark.parametrize(
    ("head", "cancelled", "sold"), [("單據狀態", "已作廢", "已審核"), ("訂單狀態", "已取消", "已發貨")]
)
def test_words_of_a_status_are_known_in_traditional_characters(tmp_path, head, cancelled, sold):
    found = proposed(tmp_path, export(head, sold, cancelled, sold))
    assert found.asked == [] and found.net == Decimal(40)


def test_a_column_of_products_with_such_a_word_is_no_status(tmp_path):
    assert proposed(tmp_path, export("Item group", "Draft", "Hammer", "Saw")).net == Decimal(60)


def test_what_is_pending_in_a_shop_was_never_paid_and_elsewhere_stays(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "firm").mkdir()
    shop = export("Status", "wc-processing", "wc-pending", "wc-completed")
    assert proposed(tmp_path / "shop", shop).net == Decimal(40)
    found = proposed(tmp_path / "firm", export("Status", "paid", "pending", "paid"))
    assert found.net == Decimal(60) and "Not known, and kept: pending" in found.text


@pytest.mark.parametrize("shape", SHAPES)
def test_no_later_row_of_a_cancelled_order_stays(tmp_path, shape):
    """Status and cancellation stand on the first row of an order only."""
    lines = """Order No,Order Date,Customer No,Qty,Amount,Status,Cancelled at
A1,2026-01-05,C1,1,10,paid,
A1,2026-01-05,C1,1,20,,
A2,2026-01-06,C2,1,30,voided,
A2,2026-01-06,C2,1,40,,
A3,2026-01-07,C2,1,50,paid,2026-01-08
A3,2026-01-07,C2,1,60,,
"""
    assert proposed(tmp_path, {"orders": lines}, shape).orders == {"A1": Decimal(30)}


@pytest.mark.parametrize(
    ("head", "yes", "no"), [("Cancelled", "yes", "no"), ("是否作废", "是", "否"), ("void", "1", "0")]
)
def test_a_column_that_says_yes_to_cancelled_takes_the_row_out(tmp_path, head, yes, no):
    assert proposed(tmp_path, export(head, no, yes, no)).net == Decimal(40)


def test_a_status_beyond_the_rows_looked_at_is_set_aside_and_not_guessed(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.intake.proposing.samples.LOOKED_AT", 4)
    found = proposed(tmp_path, export("Status", "paid", "paid", "paid", "cancelled", "paid", "paid"))
    assert found.net == Decimal(170)


@pytest.mark.parametrize(
    "word",
    ["0", "walk-in", "Walk-in Customer", "guest", "Cash Sale", "零售客户", "散客", "POS customer", "Laufkundschaft",
     "Barverkauf", "Client comptoir", "Público general", "现金客户", "一般客"],
)  # fmt: skip
def test_a_number_for_whoever_comes_is_no_customer(tmp_path, word):
    lines = f"""Order No,Order Date,Customer No,Qty,Amount
A1,2026-01-05,{word},1,10
A2,2026-01-05,C1,1,30
A3,2026-01-06,{word},1,20
A4,2026-01-06,C2,1,40
"""
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal(100)
    assert set(found.lines["customer_id"].dropna()) == {"C1", "C2"}
    assert "2 rows with 30.00, 50% of the rows and 30% of the money" in found.text


def test_a_guest_is_known_by_the_name_beside_the_number(tmp_path):
    lines = """Order No,Order Date,Customer No,Customer Name,Qty,Amount
A1,2026-01-05,99999,Walk-in Customer,1,10
A2,2026-01-05,10001,Guest House Ltd,1,30
"""
    found = proposed(tmp_path, {"sales": lines})
    assert list(found.lines["customer_id"].dropna()) == ["10001"]


def test_customers_whose_names_begin_so_stay_customers(tmp_path):
    lines = "Order No,Order Date,Customer,Qty,Amount\nA1,2026-01-05,Cash & Carry Ltd,1,10\n"
    lines += "A2,2026-01-06,Retail Park,1,5\n"
    assert set(proposed(tmp_path, {"sales": lines}).lines["customer_id"]) == {
        "Cash & Carry Ltd",
        "Retail Park",
    }


SPELLINGS = """Order No,Order Date,Customer No,Qty,Amount
A1,2026-01-05,C0101,1,10
A2,2026-01-05,c0101,1,20
A3,2026-01-06,Ｃ０１０１,1,30
A4,2026-01-06,C-0101,1,40
A5,2026-01-06,0104,1,50
A6,2026-01-06,104,1,60
A7,2026-01-06,C0102,1,70
"""


@pytest.mark.parametrize(("answer", "customers"), [(0, {"C0101", "104", "C0102"}), (1, 7)])
def test_codes_of_several_spellings_are_asked_and_merged_where_that_is_the_answer(
    tmp_path, answer, customers
):
    from helpers.intake.values import codes

    found = proposed(tmp_path, {"sales": SPELLINGS}, same_codes=answer)
    seen = set(found.lines["customer_id"])
    assert seen == customers or len(seen) == customers
    said = codes.said(found.tables)
    if answer == 0:
        assert (
            "4 spellings of customers' codes are read as another" in said
            and "'c0101' as 'C0101' (1 rows)" in said
        )
    else:
        assert "These codes are probably one customer each: '0104' = '104'" in said
        assert 'same_codes = ["width", "case", "punctuation", "leading_zeros"]' in said


def test_codes_that_differ_in_more_than_their_spelling_are_not_asked_about(tmp_path):
    lines = (
        SPELLINGS.replace("c0101", "C0111")
        .replace("Ｃ０１０１", "C0121")
        .replace("C-0101", "C0131")
        .replace("0104", "105")
    )
    assert proposed(tmp_path, {"sales": lines}).asked == []


def test_merged_codes_meet_in_the_list_of_customers_too(tmp_path):
    customers = "Customer No,Customer Name,Region\nC-0101,Brookfield,North\n00104,Kestrel,South\n"
    customers += "C0102,Mill Lane,North\n"
    found = proposed(tmp_path, {"sales": SPELLINGS, "customers": customers}, same_codes=0)
    import pandas as pd

    assert set(pd.read_parquet(found.tables.path("customers"))["customer_id"]) == set(
        found.lines["customer_id"]
    )


def test_the_numbers_of_a_document_status_are_known(tmp_path):
    found = proposed(tmp_path, export("docstatus", "1", "2", "0"))
    assert found.net == Decimal(10) and "docstatus says 0: 1 rows, 30.00" in found.text


def test_an_order_that_is_closed_in_its_own_column_stays(tmp_path):
    assert proposed(tmp_path, export("关闭状态", "未关闭", "已关闭", "未关闭")).net == Decimal(60)


@pytest.mark.parametrize(
    ("head", "yes", "no"), [("is_return", "1", "0"), ("退货标志", "是", "否"), ("Credit note", "Yes", "")]
)
def test_a_flag_of_returns_gives_the_minus(tmp_path, head, yes, no):
    assert proposed(tmp_path, export(head, no, yes, no)).net == Decimal(20)


@pytest.mark.parametrize(
    ("head", "code"), [("Belegart", "GU"), ("Document Type", "CM"), ("单据类型", "XSTH")]
)
def test_codes_in_a_column_of_types_are_those_of_credit_notes(tmp_path, head, code):
    assert proposed(tmp_path, export(head, "RE", code, "RE")).net == Decimal(20)


@pytest.mark.parametrize(("answer", "net", "pieces"), [(0, 20, 2), (1, 60, 6)])
def test_documents_that_their_number_alone_calls_credit_notes_are_asked_about(tmp_path, answer, net, pieces):
    lines = export("Remark", "", "", "")["sales"].replace("A1,", "CN-1,")
    found = proposed(tmp_path, {"sales": lines}, net_amount=answer, quantity=answer)
    assert found.net == Decimal(net) and sum(found.lines["quantity"]) == pieces


@pytest.mark.parametrize(("answer", "net"), [(0, 20), (1, 60)])
def test_an_amount_above_0_of_a_quantity_below_is_asked_about(tmp_path, answer, net):
    lines = export("Remark", "", "", "")["sales"].replace(",2,20.00,", ",-2,20.00,")
    found = proposed(tmp_path, {"sales": lines}, net_amount=answer)
    assert found.net == Decimal(net) and "1 rows have a quantity below 0" in found.text


@pytest.mark.parametrize("tax", ["VAT", "增值税", "MwSt 19 %"])
def test_the_tax_of_a_document_on_a_line_of_its_own_is_no_sale(tmp_path, tax):
    found = proposed(tmp_path, {"sales": export("Remark", "", "", "")["sales"].replace(",P1,", f",{tax},")})
    assert found.net == Decimal(40) and "tax, and no sale" in found.text


def test_what_was_bought_or_moved_is_not_sold(tmp_path):
    found = proposed(tmp_path, export("单据类型", "销售出库单", "采购入库单", "调拨单"))
    assert found.net == Decimal(10)


@pytest.mark.parametrize(("answer", "net"), [(0, 40), (1, 20), (2, 60)])
def test_orders_and_invoices_of_one_list_are_asked_about(tmp_path, answer, net):
    found = proposed(tmp_path, export("Doc Type", "Sales Order", "Invoice", "Sales Order"), where=answer)
    assert found.net == Decimal(net)


@pytest.mark.parametrize("product", ["", "KIT"])
def test_a_line_of_each_order_that_is_the_sum_of_its_others_stops_the_run(tmp_path, product):
    lines = [
        f"A{n},2026-01-0{n},C1,{item},1,{n * amount}.00"
        for n in range(1, 5)
        for item, amount in ((product, 30), ("P1", 10), ("P2", 20))
    ]
    answer = {} if product else {"where": 1}  # without an article it is asked about, and said to be a sale
    with pytest.raises(WorkbookError, match=r"In 4 of 4 orders .* data row 1: it seems to be their total"):
        proposed(tmp_path, {"sales": "\n".join([HEAD, *lines])}, **answer)


def test_a_budget_among_the_lines_is_not_sold(tmp_path):
    assert proposed(tmp_path, export("Scenario", "Actual", "Budget", "Actual")).net == Decimal(40)


def test_of_the_versions_of_an_order_the_last_counts(tmp_path):
    lines = export("Revision", "0", "0", "1")["sales"].replace("A1,", "A2,")
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal(40) and "1 rows with 20.00 are of earlier ones" in found.text


@pytest.mark.parametrize(("answer", "net"), [(0, 60), (1, 120)])
def test_lines_that_stand_there_for_each_instalment_are_asked_about(tmp_path, answer, net):
    head, *rows = export("Instalment", "1", "1", "1")["sales"].splitlines()
    lines = [head, *(f"{row[:-1]}{part}" for row in rows for part in (1, 2))]
    found = proposed(tmp_path, {"sales": "\n".join(lines)}, where=answer)
    assert found.net == Decimal(net)
    assert "3 rows with 60.00 are those above them again but for Instalment" in found.text


def test_credit_notes_are_known_in_traditional_characters(tmp_path):
    found = proposed(tmp_path, export("單據類型", "銷貨單", "銷貨退貨單", "銷貨單"))
    assert found.asked == [] and found.net == Decimal(20)


@pytest.mark.parametrize(("credit", "invoice"), [("Kredītrēķins", "Rēķins"), ("Kreditinė", "Sąskaita")])
def test_types_of_documents_in_a_language_nobody_knows_are_asked_about(tmp_path, credit, invoice):
    """All of them counted as sold."""
    tables = export("Document Type", invoice, credit, invoice)
    place = sorted((credit, invoice)).index(credit)
    assert proposed(tmp_path, tables, net_amount=place, quantity=place).net == Decimal(20)
