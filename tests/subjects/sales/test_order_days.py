"""What is added up by order and day, on a handful of lines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from helpers.engine.connection import connect
from helpers.subjects.sales.order_days import order_days

_MONEY = "decimal(18, 4)"
_KINDS = {
    "customer_id": "string", "order_id": "string", "order_date": "date", "salesperson_id": "string",
    "net_amount": _MONEY, "list_amount": _MONEY, "cost_amount": _MONEY, "quantity": _MONEY, "enquiry_date": "date",
}  # fmt: skip


@pytest.fixture
def added_up(tmp_path):
    def made(*lines):
        names = ("net_amount", "list_amount", "quantity")
        rows = [
            dict.fromkeys(_KINDS) | {"customer_id": "C1", "order_id": "A1", "order_date": dt.date(2026, 3, 2)}
            | {name: None if value is None else Decimal(value) for name, value in zip(names, line, strict=True)}
            for line in lines
        ]  # fmt: skip
        schema = ibis.schema(_KINDS)
        table = order_days(ibis.memtable(pa.Table.from_pylist(rows, schema.to_pyarrow()), schema=schema))
        return connect(tmp_path).to_pyarrow(table).to_pylist()[0]

    return made


def test_discounts_count_sold_lines_with_a_list_price_up_to_twice_which_they_may_cost(added_up):
    day = added_up(("75", "100", "1"), ("300", "100", "1"), ("50", None, "1"), ("-40", "100", "-1"))
    assert (day["discount_n"], day["discount_sum"], day["discount_square"]) == (
        2,
        Decimal("-0.75"),
        Decimal("1.0625"),
    )


def test_a_large_credit_beside_a_tiny_list_price_is_no_discount_and_stops_nothing(added_up):
    day = added_up(("-90000000", "0.0001", "-1"), ("90", "100", "1"))
    assert (day["discount_n"], day["discount_sum"]) == (1, Decimal("0.1"))


def test_sold_lines_stand_at_list_price_or_at_what_they_were_sold_for_and_goods_are_counted_by_quantity(
    added_up,
):
    day = added_up(("75", "100", "1"), ("50", None, "0"), ("-40", "100", "-1"), ("0", None, "2"))
    assert (day["sold_lines"], day["sold_list_amount"], day["goods_lines"]) == (2, Decimal("150"), 2)
