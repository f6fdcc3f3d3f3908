"""Invoices that are due in parts, worked by hand: each part is due by itself, and payments settle them by due date."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from books import book_on
from builders import invoice, line, payment

LINES = [line("c1", f"2026-0{month}-10", 100) for month in range(1, 7)]


def part(instalment, due, amount, number="i1", customer="c1", date="2026-01-10"):
    return invoice(number, customer, date, due, amount, instalment=instalment)


#: Due at the end of January, of March and of May, listed in another order.
THREE = [
    part("3", "2026-05-31", "400.03"), part("1", "2026-01-31", "300.01"), part("2", "2026-03-31", "300.02"),
]  # fmt: skip
#: The first part, and half of the second.
ONE_AND_A_HALF = payment("2026-02-10", "450.02", "i1")


@pytest.fixture
def asked(facts_of):
    def of(invoices, payments, month="2026-05"):
        return facts_of(month, order_lines=LINES, invoices=invoices, payments=payments)

    return of


def still_open(facts):
    items = facts.frame("open_items")
    return items.set_index("instalment")["open_amount"].astype("float64").to_dict()


def test_a_payment_of_one_and_a_half_parts_settles_them_in_the_order_of_their_due_dates(asked):
    facts = asked(THREE, [ONE_AND_A_HALF])
    assert still_open(facts) == {"1": 0, "2": 150.01, "3": 400.03}
    row = facts.frame("receivables").iloc[0]
    # On 31 May the second part is 61 days late, and the third is due on that day.
    ages = {name: row[f"{name}_amount"] for name in ("not_due", "late_1_30", "late_31_60", "late_61_90")}
    assert ages == {"not_due": 400.03, "late_1_30": 0, "late_31_60": 0, "late_61_90": 150.01}
    assert (row["balance_amount"], row["open_amount"], row["overdue_amount"]) == (550.04, 550.04, 150.01)
    assert (row["open_invoices"], row["overdue_invoices"], row["most_days_late"]) == (1, 1, 61)


def test_how_late_a_payment_is_is_said_of_each_part_that_it_settles(asked):
    months = asked(THREE, [ONE_AND_A_HALF]).frame("receivable_months")
    february = months.set_index("month").loc["2026-02-01"]
    # Ten days after the first part was due, and 49 days before the second is.
    assert (february["payments"], february["days_late_sum"], february["paid_amount"]) == (2, -39, 450.02)
    assert months["invoiced_amount"].sum() == 1000.06


def test_what_fell_due_and_is_collected_counts_the_parts_that_fell_due(asked):
    facts = asked(THREE, [ONE_AND_A_HALF], month="2026-03")
    row = facts.frame("receivables").iloc[0]
    assert (row["due_amount"], row["due_open_amount"], row["overdue_amount"]) == (600.03, 150.01, 0)


def test_a_refund_takes_back_from_the_part_that_was_settled_last_and_too_much_is_credit(asked):
    paid = [payment("2026-02-10", "700.03", "i1"), payment("2026-02-20", "-150", "i1")]
    assert still_open(asked(THREE, paid)) == {"1": 0, "2": 50, "3": 400.03}
    row = asked(THREE, [payment("2026-02-10", "1100.06", "i1")]).frame("receivables").iloc[0]
    assert (row["open_amount"], row["credit_amount"], row["balance_amount"]) == (0, 100, -100)


def test_a_credit_note_settles_the_oldest_part_first(asked):
    note = part(None, "2026-04-01", "-200", number="n1", date="2026-04-01")
    facts = asked([*THREE, note], [ONE_AND_A_HALF])
    found = facts.frame("open_items").set_index(["invoice_id", "instalment"])["open_amount"].astype("float64")
    # 200 settle the 150.01 that are left of the second part, and 49.99 of the third.
    assert found.xs("i1").to_dict() == {"1": 0, "2": 0, "3": 350.04}
    row = facts.frame("receivables").iloc[0]
    assert (row["balance_amount"], row["open_amount"], row["overdue_amount"]) == (350.04, 350.04, 0)


def test_money_on_account_goes_to_an_invoice_due_before_a_part_that_is_due_later(asked):
    """The second part is owed from the day on which the first is due: 31 January, before the invoice of February."""
    whole = part(None, "2026-03-01", "100", number="i2", date="2026-02-01")
    facts = asked([*THREE, whole], [payment("2026-02-10", "700.04", customer="c1")])
    found = facts.frame("open_items").set_index(["invoice_id"])["open_amount"].astype("float64")
    # 300.01 and 300.02 for two parts, 100 for the invoice, and a cent of the third part.
    assert found.xs("i2") == 0
    assert sorted(found.xs("i1")) == [0, 0, 400.02]


def test_the_terms_of_an_invoice_in_parts_are_weighted_by_what_they_amount_to(asked):
    parts = [
        part("a", "2026-01-30", "100"),
        part("b", "2026-02-09", "300"),
    ]  # 20 and 30 days after the invoice
    record = asked(parts, []).frame("credit_records").iloc[0]
    assert (record["invoices"], record["term_days_sum"], record["invoiced_amount"]) == (1, 27.5, 400)


def test_a_part_open_for_too_long_is_bad_and_no_other_part_is(asked):
    # At the end of May 120 days late, 61, and due on the day; a month later the second is 91 days late.
    by_month = [
        asked(THREE, [], month).frame("credit_records")["bad_amount"].item()
        for month in ("2026-05", "2026-06")
    ]
    assert by_month == [300.01, 600.03]


@pytest.mark.slow
def test_the_past_is_the_same_whatever_comes_later(asked):
    then = asked(THREE, [ONE_AND_A_HALF], month="2026-02")
    later = [*THREE, part("1", "2026-04-30", "7", number="i3", date="2026-03-05")]
    now = asked(later, [ONE_AND_A_HALF, payment("2026-03-10", "500", "i1")], month="2026-02")
    for name in (
        "open_items",
        "receivables",
        "receivable_months",
        "open_history",
        "cash_history",
        "credit_records",
    ):
        pd.testing.assert_frame_equal(then.frame(name), now.frame(name))


def test_what_was_open_at_past_month_ends_is_followed_part_by_part(asked):
    history = asked(THREE, [ONE_AND_A_HALF]).frame("cash_history")
    sums = history.groupby("month")[["open_amount", "open_1_amount"]].sum()
    assert sums.loc["2026-01-01"].tolist() == [1000.06, 550.04]
    assert sums.loc["2026-02-01"].tolist() == [550.04, 550.04]


def test_a_seller_sees_each_payment_of_an_invoice_in_parts_once(facts_of):
    people = [{"customer_id": "c1", "salesperson_id": "s1"}, {"customer_id": "c2", "salesperson_id": "s2"}]
    facts = facts_of(
        "2026-05", order_lines=LINES, customers=people, invoices=THREE, payments=[ONE_AND_A_HALF]
    )
    book = book_on(facts, "salesperson:s1")
    assert book.tables.payments.amount.sum().to_pandas() == pytest.approx(450.02)
    assert book.receivables().balance_amount == 550.04


def test_a_payment_that_names_its_part_settles_that_first_and_what_is_over_goes_to_the_earliest(asked):
    of_third = {**payment("2026-02-10", "450.04", "i1"), "instalment": "3"}
    # 400.03 for the third part, and 50.01 for the first.
    assert still_open(asked(THREE, [of_third])) == {"1": 250, "2": 300.02, "3": 0}


def test_money_that_had_settled_a_part_passes_on_when_a_payment_names_that_part(asked):
    first = {**payment("2026-03-05", "300.01", "i1"), "instalment": "1"}
    facts = asked(THREE, [payment("2026-02-10", "300.01", "i1"), first])
    assert still_open(facts) == {"1": 0, "2": 0.01, "3": 400.03}
    months = facts.frame("receivable_months").set_index("month")
    # The second payment is told of the part that it settles: 26 days before that is due.
    assert months.loc["2026-03-01", ["payments", "days_late_sum", "paid_amount"]].tolist() == [1, -26, 300.01]


def test_a_refund_that_names_a_part_takes_back_from_it_and_no_other(asked):
    back = {**payment("2026-02-20", "-100", "i1"), "instalment": "1"}
    named = {**payment("2026-02-10", "300.01", "i1"), "instalment": "1"}
    second = {**payment("2026-02-11", "300.02", "i1"), "instalment": "2"}
    assert still_open(asked(THREE, [named, second, back])) == {"1": 100, "2": 0, "3": 400.03}


def test_two_payments_alike_of_two_parts_are_two_and_a_part_nobody_knows_is_none(asked):
    paid = [{**payment("2026-02-10", "100", "i1"), "instalment": part} for part in ("2", "3", "9")]
    assert still_open(asked(THREE, paid)) == {"1": 200.01, "2": 200.02, "3": 300.03}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_parts_named_at_random_leave_what_is_reckoned_payment_by_payment_and_no_past_changes(asked, seed):
    draw = np.random.default_rng(seed)
    days = pd.date_range("2026-01-15", "2026-05-31")[np.sort(draw.choice(130, 9, replace=False))]
    paid = [
        {**payment(str(day.date()), str(round(float(draw.uniform(-60, 260)), 2)), "i1"),
         "instalment": [None, "1", "2", "3"][draw.integers(4)]}
        for day in days
    ]  # fmt: skip
    for month in ("2026-02", "2026-03", "2026-05"):
        end = pd.Period(month, "M").end_time
        known = [each for each in paid if pd.Timestamp(each["payment_date"]) <= end]
        then, now = asked(THREE, known, month), asked(THREE, paid, month)
        for name in ("open_items", "receivables", "receivable_months", "open_history"):
            pd.testing.assert_frame_equal(then.frame(name), now.frame(name))
        row = now.frame("receivables").iloc[0]
        owed = sum(float(each["amount"]) for each in THREE) - sum(float(each["amount"]) for each in known)
        assert row["balance_amount"] == pytest.approx(owed)
        left = by_hand({each["instalment"]: Decimal(each["amount"]) for each in THREE}, known)
        assert still_open(now) == {part: float(max(rest, 0)) for part, rest in left.items()}


def by_hand(sizes, payments):
    """Settle the parts named with what names them, then all in order with the rest: one state after all payments."""
    named = dict.fromkeys(sizes, Decimal(0))
    for each in payments:
        if each["instalment"] is not None:
            named[each["instalment"]] += Decimal(each["amount"])
    own = {part: min(max(named[part], Decimal(0)), size) for part, size in sizes.items()}
    pool = sum((Decimal(each["amount"]) for each in payments), Decimal(0)) - sum(own.values())
    left = {}
    for part in sorted(sizes):
        rest = sizes[part] - own[part]
        taken = pool if part == "1" and pool < 0 else min(max(pool, Decimal(0)), rest)
        left[part], pool = rest - taken, pool - taken
    return left
