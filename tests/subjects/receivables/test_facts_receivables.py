"""What is owed as of the month end: ages, the order in which money settles invoices, and what comes later."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from builders import invoice, line, payment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.book import open_book
from helpers.settings.config import PROJECT_FOLDER
from helpers.subjects.receivables.facts import ages
from helpers.subjects.receivables.views import receivables

LINES = [line("c1", "2026-03-10", 100), line("c2", "2026-03-11", 50)]


def owed(facts_of, invoices, payments, month="2026-03"):
    facts = facts_of(month, order_lines=LINES, invoices=invoices, payments=payments)
    return facts.frame("receivables").set_index("customer_id")


TWO = [
    invoice("i1", "c1", "2026-01-01", "2026-01-31", 100),
    invoice("i2", "c1", "2026-02-01", "2026-03-31", 60),
]


def test_invoice_due_on_the_month_end_is_not_late(facts_of):
    row = owed(facts_of, TWO, [payment("2026-02-01", 1, "i1")]).loc["c1"]
    assert (row["not_due_amount"], row["late_31_60_amount"], row["overdue_amount"]) == (60, 99, 99)
    assert row["most_days_late"] == 59


def test_payment_without_invoice_settles_the_oldest_first(facts_of):
    row = owed(facts_of, TWO, [payment("2026-02-10", 110, customer="c1")]).loc["c1"]
    assert (row["overdue_amount"], row["not_due_amount"], row["balance_amount"]) == (0, 50, 50)


def test_payment_that_names_its_invoice_leaves_the_older_one_open(facts_of):
    row = owed(facts_of, TWO, [payment("2026-02-10", 60, "i2")]).loc["c1"]
    assert (row["overdue_amount"], row["not_due_amount"]) == (100, 0)


def test_what_is_paid_too_much_stands_as_credit_on_account(facts_of):
    row = owed(facts_of, TWO, [payment("2026-02-10", 200, customer="c1")]).loc["c1"]
    assert (row["open_amount"], row["credit_amount"], row["balance_amount"]) == (0, 40, -40)


def test_rows_after_the_month_end_change_nothing(facts_of):
    now = owed(facts_of, TWO, [payment("2026-02-10", 60, "i2")])
    later = [*TWO, invoice("i3", "c2", "2026-04-01", "2026-04-30", 5)]
    then = owed(facts_of, later, [payment("2026-02-10", 60, "i2"), payment("2026-04-01", 100, "i1")])
    assert now.equals(then)


def test_moving_a_payment_across_the_month_end_moves_exactly_its_amount(facts_of):
    before = owed(facts_of, TWO, [payment("2026-03-31", "33.3333", "i1")]).loc["c1", "balance_amount"]
    after = owed(facts_of, TWO, [payment("2026-04-01", "33.3333", "i1")]).loc["c1", "balance_amount"]
    assert round(after - before, 4) == 33.3333


def test_a_scope_sees_the_receivables_of_its_own_customers_alone(facts_of):
    people = [{"customer_id": "c1", "salesperson_id": "s1"}, {"customer_id": "c2", "salesperson_id": "s2"}]
    invoices = [*TWO, invoice("i3", "c2", "2026-03-01", "2026-03-30", 5)]
    facts = facts_of("2026-03", order_lines=LINES, customers=people, invoices=invoices)
    scope = facts.scope("salesperson:s2")
    for name in ("receivables", "receivable_months", "open_items", "open_history"):
        assert set(facts.frame(name, scope)["customer_id"]) == {"c2"}
    assert facts.frame("cash_history", scope)["open_amount"].tolist() == [5]
    assert facts.frame("payment_weeks", scope).empty


def test_what_was_open_at_a_past_month_end_is_followed_to_the_months_after_it(facts_of):
    """Due on 28 February: at the end of January four weeks and two days early, of 100 open 60 come in March."""
    invoices = [
        invoice("i1", "c1", "2026-01-10", "2026-03-02", 100),
        invoice("i2", "c1", "2026-03-05", "2026-04-01", 7),
    ]
    payments = [payment("2026-03-04", 60, "i1")]
    rows = facts_of(
        "2026-03", order_lines=[*LINES, line("c1", "2026-01-05", 1)], invoices=invoices, payments=payments
    )
    history = rows.frame("cash_history").set_index(["month", "weeks_late"])
    amounts = ["open_amount", "open_1_amount", "open_2_amount", "open_3_amount"]
    assert history.loc[("2026-01-01", -5), amounts].tolist() == [100, 100, 40, 0]
    assert history.loc[("2026-03-01", 4), amounts].tolist() == [40, 0, 0, 0]
    weeks = rows.frame("payment_weeks")
    assert weeks[["weeks_late", "paid_amount"]].to_numpy().tolist() == [[0, 60]]


MONEY = st.integers(-200_000, 2_000_000).map(lambda units: Decimal(units) / 10_000)
DAYS = st.integers(1, 28).flatmap(lambda d: st.integers(1, 4).map(lambda m: f"2026-{m:02d}-{d:02d}"))


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["c1", "c2"]), DAYS, DAYS, MONEY), min_size=1, max_size=6),
    st.lists(st.tuples(DAYS, MONEY, st.sampled_from(["i0", "i1", "i9", None])), max_size=6),
)
def test_ageing_and_credit_always_add_up_to_what_was_invoiced_less_what_was_paid(facts_of, rows, paid):
    invoices = [invoice(f"i{place}", *row) for place, row in enumerate(rows)]
    payments = [payment(date, amount, number, "c1") for date, amount, number in paid]
    table = owed(facts_of, invoices, payments)
    by_age = table[[f"{name}_amount" for name, _, _ in ages()]].sum().sum()
    until = "2026-03-31"
    wanted = sum(r[3] for r in rows if r[1] <= until) - sum(p[1] for p in paid if p[0] <= until)
    assert round(table["balance_amount"].sum(), 4) == pytest.approx(float(wanted))
    assert by_age == pytest.approx(table["open_amount"].sum())
    assert by_age - table["credit_amount"].sum() == pytest.approx(float(wanted))


@pytest.mark.slow
def test_a_sales_file_with_due_dates_and_what_was_paid_tells_what_is_owed(tmp_path):
    """By the map that docs/own-data.md gives, and the page without invoices points to it."""
    (tmp_path / "sales.csv").write_text(
        "Date,Invoice,Customer,Item,Net,Due Date,Paid Amount,Paid Date\n"
        "2026-08-01,1,A,P1,60.00,2026-09-30,60.00,2026-10-05\n"
        "2026-08-01,1,A,P1,40.00,2026-09-30,15.00,2026-10-06\n"
        "2026-09-01,2,B,P2,50.00,2026-10-15,,\n"
        "2026-10-01,3,B,P2,70.00,2026-11-15,,\n"
    )
    lines = (
        '[report]\ncurrency = "EUR"\n[tables.order_lines]\nfiles = ["sales.csv"]\ncolumns = { order_id = "Invoice", '
        'order_date = "Date", customer_id = "Customer", product_id = "Item", net_amount = "Net" }\n'
        'derived = { quantity = "1" }\n'
    )
    (tmp_path / "workbook.toml").write_text(lines)
    book = open_book(tmp_path, month="2026-10")
    (said,) = receivables(book.receivables(), book.numbers)
    assert "The sales file can be both" in said.sentences[0]
    told = (PROJECT_FOLDER / "docs" / "own-data.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(\[tables\.invoices\]\n.*?)```", told, flags=re.DOTALL)
    (tmp_path / "workbook.toml").write_text(lines + example)
    owed = open_book(tmp_path, month="2026-10").receivables().customers.set_index("customer_id")
    assert owed["balance_amount"].to_dict() == {"A": 25.0, "B": 120.0}
    assert owed["overdue_amount"].to_dict() == {"A": 25.0, "B": 50.0}
