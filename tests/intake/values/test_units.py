"""What heads say of the size and the currency of the numbers below them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exports import proposed

from helpers.intake.values.units import unit, without_unit


@pytest.mark.parametrize(
    ("head", "times", "currency"),
    [
        ("Net Amount in Lacs", 100_000, None),
        ("Net Amount (Rs. Cr)", 10_000_000, "INR"),
        ("Сумма, тыс. руб.", 1_000, "RUB"),
        ("Wartość netto (tys. zł)", 1_000, "PLN"),
        ("Importo netto (migliaia di euro)", 1_000, "EUR"),
        ("Valor líquido (R$ mil)", 1_000, "BRL"),
        ("Importe (miles de €)", 1_000, "EUR"),
        ("Tržby (mil. Kč)", 1_000_000, "CZK"),
        ("Tržby (tis. Kč)", 1_000, "CZK"),
        ("Jumlah (juta Rp)", 1_000_000, "IDR"),
        ("Revenue USD m", 1_000_000, "USD"),
        ("Net Sales '000", 1_000, None),
        ("Nettobetrag T€", 1_000, "EUR"),
        ("Belopp tkr", 1_000, None),
        ("Ciro (bin TL)", 1_000, None),
        ("매출액(백만원)", 1_000_000, "KRW"),
        ("売上高（百万円）", 1_000_000, "JPY"),
        ("ยอดขาย (พันบาท)", 1_000, "THB"),
        ("金额万元", 10_000, "CNY"),
        ("Omzet x € 1000", 1_000, "EUR"),
        ("Amount (in hundreds)", 100, None),
        ("Amount cents", Decimal("0.01"), None),
    ],
)
def test_a_head_says_its_size_in_the_language_of_the_export(head, times, currency):
    assert unit(head)[:2] == (times, currency)


@pytest.mark.parametrize(
    "head", ["Total m", "Price per thousand", "Amount (Cr)", "Order No 1000", "Diameter mm", "Sum of values"]
)
def test_a_letter_or_number_behind_a_head_that_means_something_else_is_no_size(head):
    assert unit(head) == (1, None, "") and without_unit(head) == head


def test_amounts_in_thousands_of_a_language_nobody_declared_are_multiplied(tmp_path):
    rows = (f"R{n},2026-01-{10 + n},C1,A1,1,{n + 1}.25" for n in range(6))
    text = "\n".join(["Order No,Order Date,Customer No,Item No,Qty,Wartość netto (tys. zł)", *rows])
    assert proposed(tmp_path, {"sales": text}).net == Decimal("22500.00")
