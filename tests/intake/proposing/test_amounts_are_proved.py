"""A net amount is proposed where price, quantity, tax and totals bear it out; else it is derived, or asked."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from exports import SHAPES, proposed

HEAD = "Order No,Order Date,Customer No,Item No,Qty"


def rows(*tails, orders=None):
    """Order lines with what is of interest behind them."""
    numbers = orders or [f"A{place}" for place in range(len(tails))]
    return "\n".join(
        f"{number},2026-0{1 + place % 9}-15,C{place % 3},P{place},{place + 1}{tail}"
        for place, (number, tail) in enumerate(zip(numbers, tails, strict=True))
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_an_amount_with_tax_and_a_rate_becomes_net_to_four_decimals(tmp_path, shape):
    lines = "单据编号,日期,客户编码,产品编码,数量,税率,价税合计\n" + "\n".join(
        f"F{n},2026-03-0{n + 1},K1,P{n},{n + 1},{rate},{gross}"
        for n, (rate, gross) in enumerate([("0.13", "474.60"), ("0.13", "202.27"), ("0.06", "100.00")])
    )
    found = proposed(tmp_path, {"销售出库": lines}, shape)
    assert [str(each) for each in found.lines["net_amount"]] == ["420.0000", "179.0000", "94.3396"]
    assert "474.60 becomes 420.00" in found.text and found.settings.report.language == "zh"


@pytest.mark.parametrize("rate", ["19%", "19", "19.0"])
def test_a_rate_may_be_written_as_a_percentage(tmp_path, rate):
    lines = f"{HEAD},VAT rate,Amount incl. VAT\n" + rows(
        f",{rate},119.00", f",{rate},238.00", f",{rate},11.90"
    )
    assert proposed(tmp_path, {"sales": lines}).net == Decimal("310.0000")


def test_an_amount_with_tax_less_a_tax_column_is_exact(tmp_path):
    lines = f"{HEAD},Gross,Tax\n" + rows(",113.33,13.04", ",226.01,26.00", ",9.99,")
    assert proposed(tmp_path, {"sales": lines}).net == Decimal("310.29")


def test_the_net_column_beside_an_amount_with_tax_is_chosen_and_said(tmp_path):
    lines = f"{HEAD},Gross Total,Value\n" + rows(",118.00,100.00", ",236.00,200.00", ",59.00,50.00")
    found = proposed(tmp_path, {"sales": lines})
    assert found.settings.tables["order_lines"].columns["net_amount"] == "Value"
    assert "# Value is without tax, as Gross Total beside it shows." in found.text


def test_an_amount_whose_tax_is_inside_is_not_taken_for_net(tmp_path):
    """Tax is 19/119 of the amount, so the amount is with it, although it is called Amount."""
    lines = f"{HEAD},Amount,VAT\n" + rows(",119.00,19.00", ",238.00,38.00", ",59.50,9.50")
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal("350.0000")
    assert "Amount is with tax" in found.text


def test_an_amount_whose_tax_is_on_top_stays_as_it_is(tmp_path):
    lines = f"{HEAD},Amount,VAT\n" + rows(",100.00,19.00", ",200.00,38.00", ",50.00,9.50")
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal("350.0000") and found.asked == []


@pytest.mark.parametrize(("answer", "net"), [(0, "357.00"), (1, "300.0000")])
def test_where_a_rate_alone_does_not_tell_it_is_asked_with_both_readings(tmp_path, answer, net):
    lines = f"{HEAD},Tax rate,Amount\n" + rows(",19%,119.00", ",19%,238.00")
    found = proposed(tmp_path, {"sales": lines}, net_amount=answer)
    assert found.net == Decimal(net)
    assert found.asked == ["tables.order_lines.derived.net_amount"]
    assert "119.00" in found.text and "100.00 without it" in found.text


def test_an_amount_with_tax_of_which_nothing_tells_the_rate_is_asked(tmp_path):
    lines = "单据编号,日期,客户编码,数量,含税金额\nF1,2026-03-05,K1,1,113\nF2,2026-03-06,K1,1,226\n"
    assert proposed(tmp_path, {"销售": lines}, net_amount=0).net == Decimal("300.0000")


def test_prices_with_tax_in_them_are_not_net_prices(tmp_path):
    lines = "单据编号,日期,客户编码,数量,含税单价,税率\nF1,2026-03-05,K1,2,11.3,13%\nF2,2026-03-06,K1,1,22.6,13%\n"
    assert proposed(tmp_path, {"销售": lines}).net == Decimal("40.0000")


def test_price_times_quantity_with_separators_is_exact(tmp_path):
    lines = (
        f"{HEAD},Unit Price".replace(",", ";")
        + "\nA1;2026-01-05;C1;P1;3;1.234,56\nA2;2026-01-06;C1;P2;1;0,10\n"
    )
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal("3703.78")
    assert "No column is a net amount: it is quantity x Unit Price." in found.text


def test_a_list_price_that_does_not_give_the_amount_changes_nothing(tmp_path):
    lines = f"{HEAD},Price,Amount\n" + rows(",10,9.00", ",20,31.00", ",30,77.00")
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal("117.00") and found.asked == []
    assert "Price may be a list price" in found.text


def test_an_amount_that_is_one_tax_rate_above_price_times_quantity_is_asked(tmp_path):
    lines = f"{HEAD},Price,Amount\n" + rows(",10,12.00", ",20,48.00", ",30,108.00")
    assert proposed(tmp_path, {"sales": lines}, net_amount=0).net == Decimal("140.0000")


DOCUMENTS = f"""{HEAD},Price,Order Total,Shipping
A1,2026-01-15,C1,P1,1,10.00,65.00,5.00
A1,2026-01-15,C1,P2,2,25.00,65.00,5.00
A2,2026-02-15,C2,P1,3,10.00,86.00,6.00
A2,2026-02-15,C2,P3,1,50.00,86.00,6.00
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_total_on_each_line_of_an_order_is_no_amount_of_the_line(tmp_path, shape):
    found = proposed(tmp_path, {"orders": DOCUMENTS}, shape)
    assert found.net == Decimal("140")
    assert 'so no amount of a line: "Order Total", "Shipping"' in found.text


def test_a_document_total_called_total_is_not_taken_for_net(tmp_path):
    lines = DOCUMENTS.replace("Order Total", "Total")
    assert proposed(tmp_path, {"orders": lines}).net == Decimal("140")


def test_lines_of_the_same_amount_by_chance_stay_amounts(tmp_path):
    """In both orders all lines cost the same; without anything else that varies it is no total."""
    lines = f"{HEAD.replace(',Qty', ',Qty,Amount')}\n" + "\n".join(
        f"A{n // 2},2026-01-15,C1,{1001 + n},1,{10 + n // 2}.00" for n in range(4)
    )
    assert proposed(tmp_path, {"orders": lines}).net == Decimal("42.00")


@pytest.mark.parametrize("shape", SHAPES)
def test_an_orders_discount_is_spread_over_its_lines_to_the_cent(tmp_path, shape):
    lines = f"""{HEAD},Price,Discount Amount,Subtotal
A1,2026-01-15,C1,P1,1,10.00,1.00,29.00
A1,2026-01-15,C1,P2,1,10.00,,
A1,2026-01-15,C1,P3,1,10.00,,
A2,2026-02-15,C2,P1,2,10.00,0,120.00
A2,2026-02-15,C2,P3,2,50.00,,
A3,2026-03-15,C2,P1,2,10.00,10.00,60.00
A3,2026-03-15,C2,P3,1,50.00,,
"""
    found = proposed(tmp_path, {"orders": lines}, shape)
    assert found.orders == {"A1": Decimal("29"), "A2": Decimal("120"), "A3": Decimal("60")}
    assert sorted(found.lines[found.lines["order_id"] == "A1"]["net_amount"]) == [
        Decimal("9.66"), Decimal("9.67"), Decimal("9.67"),
    ]  # fmt: skip
    assert "spread over their lines by value, to the cent" in found.text


def test_an_orders_discount_that_the_subtotal_shows_is_taken_off_already_is_not_again(tmp_path):
    lines = f"""{HEAD},Amount,Discount,Subtotal
A1,2026-01-15,C1,P1,1,9.00,2.00,18.00
A1,2026-01-15,C1,P2,1,9.00,,
A2,2026-02-15,C2,P1,2,20.00,1.00,120.00
A2,2026-02-15,C2,P3,2,100.00,,
"""
    assert proposed(tmp_path, {"orders": lines}).net == Decimal("138.00")


@pytest.mark.parametrize(
    ("discounts", "amounts", "how"),
    [
        (("1", "2", "5"), ("9.00", "38.00", "85.00"), "an amount of the line"),
        (("10", "5", "20"), ("9.00", "38.00", "72.00"), "a percentage"),
        (("0.1", "0.05", "0.2"), ("9.00", "38.00", "72.00"), "a share of the amount"),
        (("1", "2", "3"), ("9.00", "36.00", "81.00"), "an amount of each unit"),
    ],
)
def test_a_discount_is_what_gives_the_lines_amount(tmp_path, discounts, amounts, how):
    prices = ("10", "20", "30")
    lines = f"{HEAD},Price,Discount,Amount\n" + rows(
        *(f",{p},{d},{a}" for p, d, a in zip(prices, discounts, amounts, strict=True))
    )
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == sum(map(Decimal, amounts))
    assert how in found.text and "it is taken off already" in found.text


@pytest.mark.parametrize(
    ("totals", "how"),
    [
        (("78.00", "65.00"), "an amount of the line"),
        (("82.20", "70.20"), "a percentage"),
        (("76.00", "50.00"), "an amount of each unit"),
        (("90.00", "80.00"), "not taken off"),
    ],
)
def test_a_discount_without_an_amount_is_what_gives_the_documents_total(tmp_path, totals, how):
    lines = f"""{HEAD},Price,Discount,Order Total
A1,2026-01-15,C1,P1,2,10.00,2,{totals[0]}
A1,2026-01-15,C1,P2,1,70.00,10,{totals[0]}
A2,2026-02-15,C2,P1,4,10.00,5,{totals[1]}
A2,2026-02-15,C2,P3,1,40.00,10,{totals[1]}
"""
    if how == "a percentage":
        lines = lines.replace("82.20", "82.60").replace("70.20", "74.00")
    found = proposed(tmp_path, {"orders": lines})
    assert found.asked == [] and how in found.text
    given = {line.split(",")[0]: Decimal(line.split(",")[-1]) for line in lines.strip().splitlines()[1:]}
    assert found.orders == given


@pytest.mark.parametrize(("answer", "net"), [(0, "90"), (1, "95"), (2, "80"), (3, "100")])
def test_a_discount_that_nothing_tells_is_asked_with_each_reading(tmp_path, answer, net):
    lines = f"{HEAD},Price,Rabatt\nA1,2026-01-15,C1,P1,2,25.00,5\nA2,2026-01-16,C1,P1,2,25.00,5\n"
    found = proposed(tmp_path, {"sales": lines}, net_amount=answer)
    assert found.net == Decimal(net)
    assert "what is Rabatt? It is 5 on the first line with one, of 50.00" in found.text


def test_a_discount_of_0_throughout_is_set_aside_once_it_is_not(tmp_path):
    lines = f"{HEAD},Price,Discount\n" + rows(*[",10,0"] * 30)
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal(10 * sum(range(1, 31)))
    assert [each.rule for each in found.settings.tables["order_lines"].exclude] == ["discount_not_decided"]


def test_a_cost_of_one_unit_is_multiplied_and_a_lines_cost_is_not(tmp_path):
    (tmp_path / "unit").mkdir()
    unit = f"{HEAD},Amount,Cost\nA1,2026-01-15,C1,P1,2,50,10\nA2,2026-01-16,C1,P1,5,125,10\n"
    unit += "A3,2026-01-17,C1,P2,3,60,4\n"
    found = proposed(tmp_path / "unit", {"sales": unit})
    assert list(found.lines["cost_amount"]) == [20, 50, 12]
    assert "Cost is the cost of one unit" in found.text
    (tmp_path / "line").mkdir()
    line = unit.replace("125,10", "125,25")
    assert list(proposed(tmp_path / "line", {"sales": line}).lines["cost_amount"]) == [10, 25, 4]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_cost_of_products_times_quantity_is_the_cost_of_lines_without(tmp_path, shape):
    found = proposed(
        tmp_path,
        {
            "sales": f"{HEAD},Amount\nA1,2026-01-15,C1,P1,2,50\nA2,2026-01-16,C1,P2,5,125\nA3,2026-01-16,C1,P2,1,25\n",
            "products": "Item No,Item name,Unit cost\nP1,Drill,10.50\nP2,Saw,4\n",
        },
        shape,
    )
    assert list(found.lines["cost_amount"]) == [Decimal("21"), Decimal("20"), Decimal("4")]
    assert "known for 3 of 3 rows" in found.text


@pytest.mark.parametrize(
    ("head", "value", "net", "currency"),
    [
        ("销售额（万元）", "12.5", "125000", "CNY"),
        ("金额(千元)", "12.5", "12500", "CNY"),
        ("Net amount (k EUR)", "1.25", "1250", "EUR"),
        ("Umsatz (TEUR)", "1.25", "1250", "EUR"),
        ("Revenue (in thousands)", "1.25", "1250", None),
        ("Amount ($000)", "1.25", "1250", None),
        ("金额（美元）", "20.75", "20.75", "USD"),
        ("Amount USD", "20.75", "20.75", "USD"),
        ("Montant HT (€)", "20.75", "20.75", "EUR"),
        ("Net amount", "20.75", "20.75", None),
    ],
)
def test_units_and_currencies_of_heads_count(tmp_path, head, value, net, currency):
    lines = f"Order No,Order Date,Customer No,Qty,{head}\nA1,2026-01-15,C1,2,{value}\n"
    found = proposed(tmp_path, {"sales": lines})
    assert found.net == Decimal(net)
    assert found.settings.report.currency == (currency or "EUR")
    assert ('currency = "?"' in found.text) == (currency is None)


def test_a_percentage_alike_on_all_lines_of_an_order_is_not_taken_for_an_amount_of_the_order(tmp_path):
    lines = f"""{HEAD},Price,Discount
A1,2026-01-15,C1,P1,2,10.00,10
A1,2026-01-15,C1,P2,1,70.00,10
A2,2026-02-15,C2,P1,4,10.00,5
A2,2026-02-15,C2,P3,1,40.00,5
"""
    found = proposed(tmp_path, {"orders": lines}, net_amount=2)
    assert found.asked == ["tables.order_lines.derived.net_amount"]
    assert found.orders == {"A1": Decimal(81), "A2": Decimal(76)}


def test_two_discounts_of_a_line_are_both_taken_off(tmp_path):
    lines = f"""{HEAD},Price,Line discount,Rabatt %,Order total
A1,2026-01-15,C1,P1,2,10.00,2,10,79.20
A1,2026-01-15,C1,P2,1,70.00,0,10,79.20
A2,2026-02-15,C2,P1,4,10.00,5,0,75.00
A2,2026-02-15,C2,P3,1,40.00,0,0,75.00
"""
    found = proposed(tmp_path, {"orders": lines}, net_amount=0)
    assert found.asked == ["tables.order_lines.derived.net_amount"]


def test_amounts_with_tax_in_ten_thousands_are_multiplied_too(tmp_path):
    lines = "单据编号,日期,客户编码,数量,税率,价税合计（万元）\nF1,2026-03-05,K1,1,13%,1.13\n"
    lines += "F2,2026-03-06,K1,1,13%,2.26\n"
    assert proposed(tmp_path, {"销售": lines}).net == Decimal(30000)


@pytest.mark.parametrize("up", [1e-9, 0.5, 1 - 1e-9])
@pytest.mark.parametrize("inside", [True, False])
def test_taxes_in_whole_numbers_tell_of_small_amounts_too_whether_they_are_inside(tmp_path, inside, up):
    """Yen are cut, rounded or raised: 8 and 10 % of some hundred yen were asked about."""
    amounts = [(83 + 37 * n % 800, (8, 10)[n % 2]) for n in range(40)]
    pairs = [(each, math.floor(each * rate / (100 + rate if inside else 100) + up)) for each, rate in amounts]
    lines = f"{HEAD},Amount,Tax\n" + rows(*(f",{each},{tax}" for each, tax in pairs))
    found = proposed(tmp_path, {"sales": lines})
    assert found.asked == []
    assert found.net == sum(each - tax * inside for each, tax in pairs)


@pytest.mark.parametrize(
    ("head", "discounts", "net"),
    [
        ("Discount", ("10+5", "20+10+5", ""), "85.50 136.80 300.00"),
        ("Rabatt", ("10 % + 5 %", "", "15"), "85.50 200.00 255.00"),
        ("折扣", ("9折", "85折", "9.5折"), "90.00 170.00 285.00"),
    ],
)
def test_discounts_one_after_the_other_and_parts_to_be_paid_are_taken_off(tmp_path, head, discounts, net):
    """10+5 is no number: the column was left in a comment, and sales counted before any discount."""
    lines = f"{HEAD},Unit Price,{head}\n" + "\n".join(
        f"A{n},2026-01-{10 + n},C1,P{n},1,{100 * (n + 1)}.00,{discount}"
        for n, discount in enumerate(discounts)
    )
    found = proposed(tmp_path, {"sales": lines}, **({"net_amount": 0} if head == "折扣" else {}))
    assert sorted(found.lines["net_amount"]) == [*map(Decimal, net.split())]


def test_a_subtotal_beside_a_total_says_nothing_of_tax_or_of_the_documents_discount(tmp_path):
    """The lines make the subtotal: that was taken for proof that the document's discount is none."""
    rows = ["A1,2026-01-15,C1,P1,1,60.00,10.00,5.40,100.00,99.00",
            "A1,2026-01-15,C1,P2,1,40.00,10.00,3.60,100.00,99.00",
            "A2,2026-02-15,C2,P1,1,50.00,0.00,5.00,50.00,55.00", "A3,2026-03-15,C2,P1,2,70.00,20.00,6.00,80.00,66.00",
            "A3,2026-03-15,C2,P3,1,10.00,20.00,0.00,80.00,66.00"]  # fmt: skip
    heads = f"{HEAD},Amount,Entity Discount Amount,Item Tax Amount,SubTotal,Total"
    found = proposed(tmp_path, {"invoice": "\n".join([heads, *rows])}, net_amount=0)
    assert found.orders == {"A1": Decimal(90), "A2": Decimal(50), "A3": Decimal(60)}
