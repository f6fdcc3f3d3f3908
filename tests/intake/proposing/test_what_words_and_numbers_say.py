"""Returns, quotations, deposits and discounts that a number's letters, an account or a word in a cell says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exports import proposed

from helpers.questions import open_questions

SALES = [
    (f"R{n}", f"2026-01-{10 + n}", f"C{n % 3}", f"A{n % 4}", 1 + n % 3, Decimal(10 + n)) for n in range(9)
]
NET = sum(sale[-1] for sale in SALES)
HEADS = "Order No,Order Date,Customer No,Item No,Qty,Net Amount"


def sales(head: str, cells) -> dict[str, str]:
    rows = [",".join(map(str, (*sale, cell))) for sale, cell in zip(SALES, cells, strict=True)]
    return {"sales": "\n".join([f"{HEADS},{head}", *rows])}


def test_an_account_of_deductions_takes_its_amounts_off(tmp_path):
    accounts = ["8730 Erlösschmälerungen" if n == 4 else "8400 Erlöse" for n in range(9)]
    assert proposed(tmp_path, sales("Erlöskonto", accounts)).net == NET - 2 * SALES[4][-1]


@pytest.mark.parametrize(
    "head", ["Credit of Invoice", "Original Invoice No", "原发票号", "Facture d'origine"]
)
def test_whether_what_names_the_document_it_is_taken_off_is_a_return_is_asked(tmp_path, head):
    cells = ["R1" if n == 4 else "" for n in range(9)]
    assert proposed(tmp_path, sales(head, cells), net_amount=0).net == NET - 2 * SALES[4][-1]


@pytest.mark.parametrize(
    ("head", "word", "other"), [("Item Category", "TANN", "TAN"), ("Bezeichnung", "Pfand Leergut", "Bohrer")]
)
def test_free_goods_of_sap_and_deposits_for_bottles_are_asked_about(tmp_path, head, word, other):
    found = proposed(tmp_path, sales(head, [word if n == 4 else other for n in range(9)]), where=0)
    assert found.net == NET - SALES[4][-1]


def test_documents_whose_numbers_say_quotation_are_asked_about(tmp_path):
    rows = [
        ",".join(map(str, (f"{'PRO' if n == 4 else 'FV'}/{n}", *sale[1:]))) for n, sale in enumerate(SALES)
    ]
    assert proposed(tmp_path, {"sales": "\n".join([HEADS, *rows])}, where=0).net == NET - SALES[4][-1]


@pytest.mark.parametrize("cell", ["八五折", "8.5折", "85折"])
def test_a_part_that_is_paid_in_words_is_taken_of_quantity_and_price(tmp_path, cell):
    """A discount with one word among its cells, as 不打折, was no number, and not taken off."""
    rows = [",".join(map(str, (*sale[:5], 100, "不打折" if n % 2 else cell))) for n, sale in enumerate(SALES)]
    found = proposed(
        tmp_path, {"sales": "\n".join(["订单编号,日期,客户编码,商品编码,数量,单价,折扣", *rows])}
    )
    assert found.net == sum(100 * sale[4] * (1 if n % 2 else Decimal("0.85")) for n, sale in enumerate(SALES))


@pytest.mark.parametrize("name", ["Total", "Summa"])
def test_an_article_called_as_a_total_is_asked_about_and_sold(tmp_path, name):
    rows = [
        ",".join(map(str, (*sale[:3], name if n in (3, 4) else sale[3], *sale[4:])))
        for n, sale in enumerate(SALES)
    ]
    found = proposed(tmp_path, {"sales": "\n".join([HEADS, *rows])}, not_totals=0)
    assert found.net == NET and any(each.key.endswith("not_totals") for each in open_questions(found.text))


def test_a_discount_that_says_words_alone_is_said_not_to_be_taken_off(tmp_path):
    rows = [
        f"{o},{day},{who},{what},{qty},10,{('Promo', '')[qty % 2]}" for o, day, who, what, qty, _ in SALES
    ]
    text = "\n".join(["Order No,Order Date,Customer No,Item No,Qty,Unit Price,Discount", *rows])
    found = proposed(tmp_path, {"sales": text})
    assert found.net == sum(10 * sale[-2] for sale in SALES)
    assert "Discount says Promo: how much that is nothing tells, and nothing is taken off." in found.text
