"""What only the company can tell of a line is asked, with its rows and money: whether it is a sale, and of what."""

from __future__ import annotations

import pytest
from exports import proposed

from helpers.intake import propose_map
from helpers.questions import open_questions

HEAD = "Order No,Order Date,Customer No,Item No,Qty,Amount"


def asked(folder, text):
    """Propose a map for one file: what is asked, by the last part of the key, but for the currency."""
    (folder / "sales.csv").write_text(text, encoding="utf-8")
    found = {each.key.rpartition(".")[2]: each for each in open_questions(propose_map(folder))}
    found.pop("currency", None)
    return found


def lines(head, *tails):
    """Three orders of 10, 20 and 30, with columns behind them."""
    rows = [f"A{n},2026-01-1{n},C{n},P{n},1,{n + 1}0.00,{tail}" for n, tail in enumerate(tails)]
    return "\n".join([f"{HEAD},{head}", *rows])


@pytest.mark.parametrize(
    ("head", "words", "says"),
    [
        ("Status", ("Posted", "Posted", "Open"), "Status says Open in 1 rows with 30.00"),
        ("Status", ("Released", "Stufe 2", "Released"), "Status says Stufe 2"),
        ("Posting Status", ("C", "C", "A"), "Posting Status says A, C in 3 rows"),
        ("审核人", ("李", "李", ""), "审核人 says nothing in 1 rows"),
        ("审核标志", ("√", "√", ""), "审核标志 says nothing in 1 rows"),
        ("Order Type", ("Standard", "Sample", "Standard"), "Order Type says Sample"),
        ("客户类别", ("经销", "关联公司", "经销"), "客户类别 says 关联公司"),
        ("Parent Line", ("", "1", ""), "Parent Line says that 1 rows with 20.00 are parts of another line"),
        ("Booking Type", ("Actual", "Scheduled", "Actual"), "Booking Type says Scheduled"),
        ("Source", ("Sales", "Accrual", "Sales"), "Source says Accrual"),
        ("Merged Into", ("A1", "", ""), "Merged Into is said of 1 rows with 10.00: do these count"),
        ("Reversed By", ("A1", "", ""), "what took 1 rows with 10.00 back, which stands there with 20.00"),
    ],
)  # fmt: skip
def test_lines_that_may_be_no_sales_are_asked_about(tmp_path, head, words, says):
    found = asked(tmp_path, lines(head, *words))
    assert list(found) == ["where"] and says in found["where"].asks


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("Status", ("Open", "Paid", "Overdue")),  # an open invoice is sold
        ("Fulfillment Status", ("Fulfilled", "Unfulfilled", "Fulfilled")),
        ("Status", ("Open", "Open", "Void")),  # beside nothing that is done, open is the rule
        ("Movement", ("Consignment issue", "Sale", "Sale")),
        ("Merged Into", ("K7", "", "")),  # customers, not documents
    ],
)
def test_other_words_ask_nothing(tmp_path, head, words):
    assert asked(tmp_path, lines(head, *words)) == {}


def test_what_the_answer_says_is_set_aside_under_its_rule(tmp_path):
    found = proposed(tmp_path, {"sales": lines("Status", "Posted", "Posted", "Open")}, where=0)
    assert found.net == 30


@pytest.mark.parametrize(("answer", "net"), [(0, 30), (1, 50), (2, 60)])
def test_a_document_and_what_took_it_back_are_set_aside_together_or_alone(tmp_path, answer, net):
    assert proposed(tmp_path, {"sales": lines("Reversed By", "A1", "", "")}, where=answer).net == net


def test_products_in_several_units_ask_what_the_quantity_counts(tmp_path):
    text = lines("UoM", "EA", "CS", "EA")
    assert asked(tmp_path, text) == {}
    found = asked(tmp_path, text.replace("P1", "P0"))
    assert list(found) == ["quantity"] and "UoM says CS, EA (1 product)" in found["quantity"].asks


def test_freight_that_the_customer_pays_is_no_fee_and_components_may_be_a_group(tmp_path):
    assert asked(tmp_path, lines("Category", "Bikes", "Components", "Bikes")) == {}
    text = lines("Total,Shipping Charges", "13,3", "23,3", "33,3").replace("Amount", "Net Amount")
    assert asked(tmp_path, text) == {}


def test_of_what_is_set_aside_or_asked_already_nothing_more_is_asked(tmp_path):
    void = lines("审核人,作废", "李,", "李,", ",Y")
    assert asked(tmp_path, void) == {}
    deposit = asked(tmp_path, lines("Description,Type", "Bolt,Invoice", "Deposit,Prepayment", "Nut,Invoice"))
    assert list(deposit) == ["where"]


@pytest.mark.parametrize("name", ["箱数", "Qty"])
def test_packs_ask_what_the_quantity_counts(tmp_path, name):
    head, size = f"Order No,Order Date,Customer No,Item No,{name}", "箱规" if name == "箱数" else "Pack Size"
    rows = ["A1,2026-01-05,C1,P1,2,12", "A2,2026-01-06,C2,P2,1,24"]
    with_amount = "\n".join([f"{head},{size},Amount", f"{rows[0]},24.00", f"{rows[1]},48.00"])
    found = asked(tmp_path, with_amount)
    assert list(found) == ["quantity"]
    assert "packs: 2.00 are 24.00 pieces" in found["quantity"].answers[0][1]
    priced = asked(tmp_path, "\n".join([f"{head},{size},Unit Price", f"{rows[0]},1.00", f"{rows[1]},2.00"]))
    assert {*priced} == {"quantity", "net_amount"}
    assert "counts packs: 24.00" in priced["net_amount"].answers[0][1]


def test_a_quantity_whose_unit_is_a_piece_asks_nothing_of_packs(tmp_path):
    rows = ["A1,2026-01-05,C1,P1,24,12,Stk,24.00", "A2,2026-01-06,C2,P2,12,12,Stk,48.00"]
    text = "\n".join(["Order No,Order Date,Customer No,Item No,Qty,VPE,ME,Amount", *rows])
    assert asked(tmp_path, text) == {}
    assert [*asked(tmp_path, text.replace("Stk", "Krt"))] == ["quantity"]


def test_packs_that_give_the_quantity_ask_nothing(tmp_path):
    rows = ["A1,2026-01-05,C1,P1,2,12,24,24.00", "A2,2026-01-06,C2,P2,1,24,24,48.00"]
    text = "\n".join(["Order No,Order Date,Customer No,Item No,Packs,Pack Size,Qty,Amount", *rows])
    assert asked(tmp_path, text) == {}


def test_a_discount_on_a_line_of_its_own_without_a_minus_is_asked_about(tmp_path):
    text = lines("Description", "Bolt", "Discount 10%", "Nut")
    found = asked(tmp_path, text)
    assert "Discount 10% in 1 rows with amounts above 0" in found["net_amount"].asks
    assert asked(tmp_path, text.replace(",20.00,", ",-20.00,")) == {}


def test_lines_for_each_of_several_sellers_are_asked_about(tmp_path):
    rows = [f"A{n},2026-01-05,C1,P1,1,50,{rep}" for n in range(3) for rep in ("Ann", "Bob")]
    found = asked(tmp_path, "\n".join([f"{HEAD},Rep", *rows]))
    assert "again but for Rep" in found["where"].asks


@pytest.mark.parametrize("head", ["金额(分)", "amount_cents"])
def test_amounts_in_hundredths_are_read_in_whole_units(tmp_path, head):
    rows = ["A1,2026-01-05,C1,P1,2,20005", "A2,2026-01-06,C2,P1,1,15000"]
    text = "\n".join([HEAD.replace("Amount", head), *rows])
    assert str(proposed(tmp_path, {"sales": text}).net) == "350.0500"


@pytest.mark.parametrize(("answer", "net"), [(0, 40), (1, 60)])
def test_receipts_beside_invoices_are_asked_about_as_of_money_or_cash_sales(tmp_path, answer, net):
    ledger = lines("Details", "Invoice", "Receipt", "Invoice")
    assert proposed(tmp_path, {"sales": ledger}, where=answer).net == net


def test_receipts_alone_are_sales(tmp_path):
    assert proposed(tmp_path, {"sales": lines("Details", "Receipt", "Receipt", "Refund")}).net == 0


@pytest.mark.parametrize(
    ("head", "cells", "first"),
    [
        ("Unit Price,Qty Invoiced", ("100,2", "150,1"), "by Qty Invoiced: 200.00"),
        ("Amount,Returned Qty", ("300,1", "150,0"), "by Returned Qty: 200.00"),
        ("Order value,Fees,Amount", ("300,-30,270", "150,-15,135"), "Order value, before them: 300.00"),
        (
            "Order value,Shipping Fee,Referral Fee,Amount",
            ("300,5,25,270", "150,5,10,135"),
            "before them: 300.00",
        ),
        ("Gross,Retention,Net Amount", ("300,30,270", "150,15,135"), "Gross, before them: 300.00"),
        ("Amount,Return Amount", ("300,100", "150,0"), "off the lines by value"),
    ],
)
def test_of_several_amounts_and_quantities_it_is_asked_which_counts(tmp_path, head, cells, first):
    rows = ["A1,2026-01-05,C1,P1,3", "A2,2026-01-06,C2,P2,1"]
    table = [",".join(each) for each in zip(rows, cells, strict=True)]
    found = asked(tmp_path, "\n".join([f"Order No,Order Date,Customer No,Item No,Qty,{head}", *table]))
    assert first in found["net_amount"].answers[0][1]


def test_a_word_that_multiplies_is_no_unit_to_leave_out(tmp_path):
    text = lines("Note", "a", "b", "c").replace("10.00", "200K").replace("20.00", "1.2M")
    (tmp_path / "sales.csv").write_text(text, encoding="utf-8")
    assert "net_amount is needed and was not found" in propose_map(tmp_path)


def test_columns_called_as_the_proof_calls_its_own_are_read(tmp_path):
    text = lines("Line", "1", "2", "3").replace("Amount", "Net").replace("Line", "Word")
    assert proposed(tmp_path, {"sales": text}).net == 60
