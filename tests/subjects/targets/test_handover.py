"""Customers that changed hands: who owned them then, what they buy since, and what of it a reader may see."""

import pandas as pd
import pytest
from books import book_on, text_of
from builders import line

from helpers.present.numbers import numbers
from helpers.subjects.targets.handover_views import handover

N = numbers("en", "CNY")
SALES = {"kept": (100, 110), "taken": (200, 150), "left": (50, 0), "old": (300, 330)}
BEFORE, SINCE = "2025-03-05", "2026-03-05"
PEOPLE = [
    {"salesperson_id": each, "name": name} for each, name in (("S1", "Ann"), ("S2", "Bo"), ("S3", "Cy"))
]


def lines(seller):
    return [
        line(customer, day, amount, f"{customer}{day}", salesperson_id=seller)
        for customer, amounts in SALES.items() for day, amount in zip((BEFORE, SINCE), amounts, strict=True) if amount
    ] + [line("kept", "2024-11-05", 1, "first"), line("kept", "2026-10-05", 1, "last")]  # fmt: skip


def records():
    """Of S1, but that two are S2's since May 2026, and one was S3's until 2024."""
    held = [
        {"customer_id": each, "name": each.title(), "salesperson_id": "S1", "valid_from": "2020-01-01"}
        for each in SALES
    ]
    moved = [{"customer_id": each, "name": each.title(), "salesperson_id": "S2", "valid_from": "2026-05-01"}
             for each in ("taken", "left")]  # fmt: skip
    later = [{"customer_id": "kept", "name": "Kept", "salesperson_id": "S2", "valid_from": "2026-11-01"}]
    return [*held, *moved, *later]


@pytest.fixture
def book_of(facts_of):
    def build(scope="company", month="2026-10", **changed):
        supplied = {"order_lines": lines("S3"), "customers": records(), "salespeople": PEOPLE, **changed}
        return book_on(facts_of(month, **supplied), scope)

    return build


def test_inherited_customers_are_compared_like_for_like_and_losses_named(book_of):
    result = book_of().handover()
    rows = result.customers.set_index("customer_id")
    assert rows[["then_name", "salesperson_name"]].to_numpy().tolist() == [["Ann", "Bo"], ["Ann", "Bo"]]
    assert rows["net_amount_previous"].to_dict() == {"taken": 200.0, "left": 50.0}
    assert rows["lost"].to_dict() == {"taken": False, "left": True}
    person = result.people.iloc[0]
    assert person[["salesperson_id", "customers", "lost", "lost_amount"]].tolist() == ["S2", 2, 1, 50.0]
    assert person["change_percent"] == pytest.approx(-40)
    assert result.kept_change_percent == pytest.approx(100 * (441 / 401 - 1))


def test_who_sold_last_is_the_owner_of_then_where_records_are_not_dated(book_of):
    undated = [{"customer_id": each, "salesperson_id": "S1"} for each in SALES]
    result = book_of(customers=undated).handover()
    assert set(result.customers["then_id"]) == {"S3"}
    assert len(result.customers) == len(SALES)


def test_a_salesperson_sees_its_own_inherited_customers_and_not_whose_they_were(book_of):
    book = book_of("salesperson:S2")
    assert set(book.handover().customers["customer_id"]) == {"taken", "left"}
    said = text_of(*handover(book.handover(), book.scope, N))
    assert "Taken" in said
    assert "Ann" not in said
    assert book_of("salesperson:S1").handover().customers.empty


def test_sales_by_who_sold_then_and_by_who_owns_now_are_the_same_money(book_of):
    nobodys = [line(None, SINCE, 7, "cash"), line(None, BEFORE, 3, "cash then", salesperson_id="S1")]
    book = book_of(order_lines=[*lines("S3"), *nobodys])
    rows = book.handover().sellers
    assert rows["salesperson_name"].fillna("-").tolist() == ["Ann", "Bo", "Cy", "-"]
    assert rows[["sold_amount_previous", "sold_amount"]].to_numpy().tolist() == [
        [4, 1], [0, 0], [650, 590], [0, 7],
    ]  # fmt: skip
    assert rows[["net_amount_previous", "net_amount"]].to_numpy().tolist() == [
        [401, 441], [250, 150], [0, 0], [3, 7],
    ]  # fmt: skip
    said = text_of(*handover(book.handover(), book.scope, N))
    assert "of the customers each owns now" in said
    assert "Nobody" in said
    own = book_of("salesperson:S2", order_lines=[*lines("S3"), *nobodys]).handover().sellers
    assert own[["salesperson_id", "sold_amount", "net_amount"]].to_numpy().tolist() == [["S2", 0, 150]]


def test_rows_that_hold_later_change_nothing(book_of):
    now = book_of().handover().customers
    assert "kept" not in set(now["customer_id"])
    earlier = [row for row in records() if row["valid_from"] < "2026-11-01"]
    pd.testing.assert_frame_equal(now, book_of(customers=earlier).handover().customers)


def test_what_cannot_be_known_is_said(book_of):
    late = [row for row in lines("S3") if row["order_date"] >= "2026-01-01"]
    book = book_of(order_lines=late)
    assert book.handover() is None
    assert "do not reach back far enough" in text_of(*handover(None, book.scope, N))
    same = [{**row, "salesperson_id": "S1"} for row in records()]
    book = book_of(customers=same)
    assert "No customer has another owner than 12 months ago" in text_of(
        *handover(book.handover(), book.scope, N)
    )
