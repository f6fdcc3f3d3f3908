"""What was promised, came in time and in full, and waits, as of a month end."""

import pytest
from builders import line

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
