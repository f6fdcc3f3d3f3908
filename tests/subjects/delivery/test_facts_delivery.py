"""What was promised, came in time and in full, and waits, as of a month end."""

import datetime as dt

import ibis
import pytest
from builders import line

from helpers.subjects.delivery.lines import shipments

PEOPLE = [{"customer_id": each, "salesperson_id": f"S{each}"} for each in ("a", "b")]


def ordered(customer, date, order, no="1", quantity=10, net=100, product="p"):
    return line(customer, date, net, order, quantity=quantity, line_no=no, product_id=product)


def sent(order, promised, shipped, quantity=10, no="1"):
    return {
        "order_id": order,
        "line_no": no,
        "promised_date": promised,
        "shipped_date": shipped,
        "quantity": quantity,
    }


LINES = [ordered("a", "2026-10-01", f"A{each}") for each in range(1, 7)] + [
    ordered("b", "2026-10-01", "B1"), ordered("b", "2026-10-09", "B1", "2", -4, -40),  # changed after it was ordered
    ordered("b", "2026-11-02", "B2"),
]  # fmt: skip
DELIVERIES = [
    sent("A1", "2026-10-10", "2026-10-10"),  # in time and in full
    sent("A2", "2026-10-10", "2026-10-08", 6), sent("A2", "2026-10-20", "2026-10-18", 4),  # short on the first promise
    sent("A3", "2026-10-10", "2026-10-12"),  # late
    sent("A4", "2026-10-15", "2026-11-03"),  # shipped after the month: it waits
    sent("A5", "2026-11-15", None),  # promised later: in hand, and not waiting
    sent("B1", "2026-10-10", "2026-10-12"),
    sent("B2", "2026-11-10", "2026-11-09"),  # ordered after the month
]  # fmt: skip


@pytest.fixture
def facts(facts_of):
    return lambda month="2026-10", rows=DELIVERIES: facts_of(
        month, order_lines=LINES, customers=PEOPLE, deliveries=rows
    )


def test_in_time_and_in_full_is_all_of_a_line_by_its_first_promise(facts):
    rows = facts().frame("delivery_customers").set_index("customer_id")
    assert rows.loc["a", ["judged", "in_full"]].tolist() == [4, 1]
    assert "b" not in rows.index  # its order was changed, and the other is of November


def test_what_is_shipped_later_waits_and_all_that_is_not_shipped_is_in_hand(facts):
    row = facts().frame("delivery_customers").set_index("customer_id").loc["a"]
    assert row[["waiting_lines", "waiting_amount", "longest_days", "open_amount"]].tolist() == [
        1,
        100,
        16,
        200,
    ]


def test_what_is_promised_for_the_months_last_day_is_judged_by_it_and_past_it_from_the_next_on(facts):
    rows = [sent("A1", "2026-10-31", None), sent("A2", "2026-10-30", None)]
    row = facts(rows=rows).frame("delivery_customers").set_index("customer_id").loc["a"]
    assert row[["judged", "in_full", "waiting_lines", "longest_days"]].tolist() == [2, 0, 1, 1]


def test_a_month_later_the_same_line_is_late_and_no_longer_waits(facts):
    rows = facts("2026-11").frame("delivery_customers").set_index("customer_id")
    assert rows.loc["a", ["judged", "in_full", "waiting_lines"]].tolist() == [5, 1, 1]  # A5 waits now
    assert rows.loc["b", ["judged", "in_full"]].tolist() == [1, 1]


def test_booked_and_shipped_stand_in_their_own_months(facts):
    months = facts("2026-11").frame("delivery_months")
    a = months[months["customer_id"] == "a"].set_index("month")
    assert a["booked_amount"].tolist() == [500, 0]
    assert a["shipped_amount"].tolist() == [300, 100]
    assert a[["judged", "failed"]].to_numpy().tolist() == [[4, 3], [1, 1]]


def test_without_lines_orders_are_judged_as_a_whole(facts_of):
    rows = [{"order_id": "A1", "promised_date": "2026-10-10", "shipped_date": "2026-10-09", "quantity": 20}]
    both = [ordered("a", "2026-10-01", "A1"), ordered("a", "2026-10-01", "A1", "2")]
    facts = facts_of("2026-10", order_lines=both, customers=PEOPLE, deliveries=rows)
    row = facts.frame("delivery_customers").iloc[0]
    assert row[["judged", "in_full", "open_amount"]].tolist() == [1, 1, 0]
    assert facts.frame("delivery_products").empty


def test_an_order_whose_deliveries_do_not_each_name_one_of_its_lines_is_judged_as_a_whole(facts_of):
    lines = [
        *(ordered("a", "2026-10-01", "apart", no) for no in "12"), ordered("a", "2026-10-01", "unnamed"),
        *(ordered("a", "2026-10-01", "nameless", None) for _ in "12"), ordered("a", "2026-10-01", "other", "10"),
    ]  # fmt: skip
    rows = [sent(*each, no=no) for *each, no in (
        ("apart", "2026-10-10", "2026-10-09", 10, "1"), ("apart", "2026-10-10", None, 10, "2"),
        ("unnamed", "2026-10-10", "2026-10-09", 10, None), ("nameless", "2026-10-10", "2026-10-09", 10, None),
        ("other", "2026-10-10", "2026-10-09", 4, "1"),
    )]  # fmt: skip
    facts = facts_of("2026-10", order_lines=lines, customers=PEOPLE, deliveries=rows)
    found = facts.frame("delivery_lines").set_index(["order_id"])[["shipped_quantity", "ordered_quantity"]]
    by_order = {order: part.to_numpy().tolist() for order, part in found.groupby(level=0)}
    assert by_order == {
        "apart": [[10, 10], [0, 10]], "unnamed": [[10, 10]], "nameless": [[10, 20]], "other": [[4, 10]],
    }  # fmt: skip
    # Booked is what is shipped and what is open.
    months = facts.frame("delivery_months")
    assert (months["booked_amount"].sum(), months["shipped_amount"].sum()) == (600, 340)
    assert facts.frame("delivery_customers")["open_amount"].sum() == 260


def test_what_is_sent_is_held_against_the_first_promise_of_its_line_whatever_its_own_row_promises():
    first, then, late = (dt.date(2026, 10, day) for day in (10, 20, 21))
    rows = [("moved", first, first, 6), ("moved", then, then, 4), ("told once", first, first, 6),
            ("told once", None, first, 3), ("told once", None, then, 1), ("never told", None, late, 10)]  # fmt: skip
    kinds = {"order_id": "string", "line_no": "string", "promised_date": "date", "shipped_date": "date",
             "quantity": "decimal(18, 4)"}  # fmt: skip
    table = ibis.memtable(
        [{"order_id": order, "line_no": "1", "promised_date": promised, "shipped_date": shipped, "quantity": quantity}
         for order, promised, shipped, quantity in rows], schema=ibis.schema(kinds),
    )  # fmt: skip
    found = (
        shipments(table, dt.date(2026, 10, 31), None, ["order_id", "line_no"])
        .to_pandas()
        .set_index("order_id")
    )
    assert found["in_time_quantity"].astype(int).to_dict() == {"moved": 6, "told once": 9, "never told": 0}
    assert found["sent_times"].to_dict() == {"moved": 2, "told once": 3, "never told": 1}
