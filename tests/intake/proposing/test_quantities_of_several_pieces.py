"""Quantities in dozens, thousands or packs: pieces where the head or a column says how many, else as they stand."""

from __future__ import annotations

import pytest
from exports import proposed, written

from helpers.intake.proposing.propose import propose_map
from helpers.questions import open_questions

ROWS = (
    "A1,2026-03-05,K1,P1,3,10.00,30.00",
    "A2,2026-03-06,K2,P1,2,10.00,20.00",
    "A3,2026-03-07,K1,P2,4,2.50,10.00",
)


def pieces(tmp_path, head, price="Price", rows=ROWS, **answers):
    text = "\n".join([f"Order No,Date,Customer,Item No,{head},{price},Amount", *rows])
    found = proposed(tmp_path, {"sales": text}, **answers)
    assert found.net == 60
    return sum(found.lines["quantity"])


@pytest.mark.parametrize(("head", "times"), [
    ("Qty (doz)", 12), ("Menge (Dutzend)", 12), ("数量（打）", 12), ("数量(万只)", 10_000),
    ("Qty (k pcs)", 1000), ("Menge (100 St.)", 100), ("Qty '000", 1000), ("Qty (pcs)", 1), ("Qty (t)", 1),
    ("数量(千克)", 1), ("Menge (VPE)", 1),
])  # fmt: skip
def test_a_head_that_says_a_multiple_gives_pieces(tmp_path, head, times):
    assert pieces(tmp_path, head) == 9 * times


def test_what_a_price_is_of_is_asked_where_no_amount_tells(tmp_path):
    text = "Order No,Date,Customer,Item No,Qty (doz),Unit Price\nA1,2026-03-05,K1,P1,3,10\nA2,2026-03-06,K2,P1,2,10"
    for answer, net in ((0, 600), (1, 50)):
        found = proposed(tmp_path, {"sales": text}, net_amount=answer)
        assert (found.net, sum(found.lines["quantity"])) == (net, 60)


@pytest.mark.parametrize("size", ["1箱=12瓶", "12瓶/箱", "1x12", "1*12"])
def test_what_a_pack_holds_may_stand_in_words(tmp_path, size):
    rows = [row.replace(",30.00", f",30.00,{size}").replace(",20.00", f",20.00,{size}") for row in ROWS[:2]]
    text = "\n".join(["Order No,Date,Customer,Item No,数量(箱),单价,金额,箱规", *rows])
    found = proposed(tmp_path, {"sales": text}, quantity=0)
    assert (found.net, sum(found.lines["quantity"])) == (50, 60)


def test_dozens_among_pieces_may_be_counted_in_pieces(tmp_path):
    rows = [f"{row},{unit}" for row, unit in zip(ROWS, ("DOZ", "PCS", "PCS"), strict=True)]
    text = "\n".join(["Order No,Date,Customer,Item No,Qty,Price,Amount,UOM", *rows])
    found = proposed(tmp_path, {"sales": text}, quantity=0)
    assert sum(found.lines["quantity"]) == 3 * 12 + 2 + 4


@pytest.mark.parametrize("units", [("doz", "pcs", "pcs"), ("doz", "doz", "doz"), ("打", "个", "个")])
def test_dozens_written_in_the_cells_of_the_quantity_are_asked_about(tmp_path, units):
    rows = []
    for row, unit in zip(ROWS, units, strict=True):
        order, day, customer, item, quantity, *money = row.split(",")
        rows.append(",".join([order, day, customer, item, f"{quantity} {unit}", *money]))
    text = "\n".join(["Order No,Date,Customer,Item No,Qty,Price,Amount", *rows])
    found = proposed(tmp_path, {"sales": text}, quantity=0)
    dozen = {"doz", "打"}
    assert sum(found.lines["quantity"]) == sum(
        count * (12 if unit in dozen else 1) for count, unit in zip((3, 2, 4), units, strict=True)
    )


@pytest.mark.parametrize("behind", [(" pcs", " pcs", ""), ("", " CR", " CR")])
def test_one_unit_or_the_side_of_a_booking_behind_a_quantity_asks_nothing(tmp_path, behind):
    cells = [row.split(",") for row in ROWS]
    rows = [",".join([*row[:4], row[4] + word, *row[5:]]) for row, word in zip(cells, behind, strict=True)]
    text = "\n".join(["Order No,Date,Customer,Item No,Qty,Price,Amount", *rows])
    asked = open_questions(propose_map(written(tmp_path, {"sales": text}, "csv")))
    assert not [each for each in asked if each.key.endswith("quantity")]
