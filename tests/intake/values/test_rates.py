"""Amounts of other currencies are converted by the rate of their own day, or the run stops and says what is missing."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import duckdb
import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import WorkbookError
from helpers.intake.values.rates import FILE, QuotedRate, rates_by_day
from helpers.subjects.receivables.facts import open_items
from helpers.subjects.receivables.open_history import linked_payments

ORDERS = "order_id,order_date,customer_id,quantity,net_amount,currency"
RATES = "currency,date,month,rate,units"
BILLS = "invoice_id,customer_id,invoice_date,due_date,amount,currency"
JANUARY = dt.date(2026, 1, 5)


def rated(currency="USD", date=JANUARY, month=None, rate=0.9, units=None, quotation=None, announced_on=None):
    return QuotedRate(currency, None if month else date, month, rate, units, quotation, announced_on)


def of_days(*rows, quoted="direct", hold_days=0):
    return {day: rate for _, day, rate, _ in rates_by_day(rows, "EUR", quoted, hold_days)}


def converted(shop, orders, rates, header=RATES, **sections):
    shop.orders(*orders, header=ORDERS)
    shop.write("exchange_rates.csv", [header, *rates])
    return shop.table(**sections).set_index("order_id")["net_amount"].to_dict()


def test_each_line_is_converted_at_the_rate_of_its_day_or_of_its_month(shop):
    orders = [
        "A1,2026-01-05,K,1,100,USD", "A2,2026-01-09,K,1,100,USD", "A3,2026-01-09,K,1,50,EUR",
        "A4,2026-02-07,K,1,1000,JPY",
    ]  # fmt: skip
    rates = ["USD,2026-01-05,,0.9,", "USD,2026-01-09,,0.95,", "USD,,2026-01,0.5,", "JPY,,2026-02,0.62,100"]
    assert converted(shop, orders, rates) == {"A1": 90, "A2": 95, "A3": 50, "A4": Decimal("6.2")}


def test_a_line_of_a_day_without_a_rate_stops_with_its_place_and_the_way_out(shop):
    orders = ["A1,2026-01-09,K,1,100,USD", "A2,2026-01-10,K,1,100,USD"]
    rates = ["USD,2026-01-09,,0.9,"]
    with pytest.raises(
        WorkbookError, match=r"order_lines.csv, data row 2, column currency.* USD on 2026-01-10"
    ) as stop:
        converted(shop, orders, rates)
    assert "rates_hold_days = 4" in str(stop.value)
    assert converted(shop, orders, rates, source={"rates_hold_days": 1}) == {"A1": 90, "A2": 90}
    by_day = pd.read_parquet(shop.read(source={"rates_hold_days": 1}).folder / FILE)
    assert by_day["of_day"].tolist() == [None, dt.date(2026, 1, 9)]


def test_a_currency_that_no_rate_names_goes_to_quarantine_as_before(shop):
    orders = ["A1,2026-01-09,K,1,100,USD", "A2,2026-01-10,K,1,100,CHF"]
    assert converted(shop, orders, ["USD,2026-01-09,,0.9,"]) == {"A1": 90}
    assert shop.quarantine()["rule"].tolist() == ["no_rate"]


def test_one_column_a_currency_as_the_central_bank_of_europe_writes_it(shop):
    orders = ["A1,2026-01-05,K,1,110,USD", "A2,2026-01-09,K,1,1600,JPY"]
    rates = ["2026-01-09,1.08,160,N/A,", "2026-01-05,1.10,161,N/A,"]
    of_europe = {"header": "Date,USD,JPY,CYP,", "source": {"rates_quoted": "indirect"}}
    assert converted(shop, orders, rates, **of_europe) == {"A1": 100, "A2": 10}


def test_pairs_in_heads_say_themselves_which_way_round_they_are(shop):
    orders = ["A1,2026-01-05,K,1,100,USD", "A2,2026-01-05,K,1,1000,JPY", "A3,2026-01-05,K,1,1000,MYR"]
    table = {"header": "Date,USD/CNY,100JPY/CNY,CNY/MYR", "report": {"currency": "CNY"}}
    found = converted(shop, orders, ["2026-01-05,7.1,4.8,0.5"], **table)
    assert found == {"A1": 710, "A2": 48, "A3": 2000}


def test_of_a_day_that_another_file_has_only_the_currencies_of_both_count_once(shop):
    """All currencies of a row fell with the one that was there already: no rate of GBP was left."""
    shop.write("exchange_rates_2.csv", ["date,USD,GBP", "2026-01-05,0.9,1.2"])
    tables = {"exchange_rates": {"files": ["exchange_rates*.csv"]}}
    orders = ["A1,2026-01-05,K,1,100,USD", "A2,2026-01-05,K,1,100,GBP"]
    found = converted(shop, orders, ["2026-01-05,0.9"], header="date,USD", tables=tables)
    assert found == {"A1": 90, "A2": 120}


def test_two_rates_of_one_day_stop_the_run_unless_the_later_says_from_when_it_is_known(shop):
    orders, rates = ["A1,2026-01-05,K,1,100,USD"], ["USD,2026-01-05,0.9,", "USD,2026-01-05,0.8,"]
    header = "currency,date,rate,announced_on"
    with pytest.raises(WorkbookError, match=r"USD is 0.8 in .*data row 2, and 0.9 .*data row 1"):
        converted(shop, orders, rates, header=header)
    assert converted(shop, orders, [rates[0], rates[1] + "2026-01-07"], header=header) == {"A1": 90}


def test_a_pair_of_two_other_currencies_is_refused(shop):
    with pytest.raises(WorkbookError, match=r"'USD/GBP' is a rate between two currencies"):
        converted(shop, ["A1,2026-01-05,K,1,100,USD"], ["2026-01-05,0.8"], header="Date,USD/GBP")


def test_a_rate_that_is_not_above_nothing_is_none(shop):
    with pytest.raises(WorkbookError, match="must be above 0"):
        converted(shop, ["A1,2026-01-05,K,1,100,USD"], ["USD,2026-01-05,,0,", "USD,2026-01-06,,-1,"])


def test_rates_to_another_currency_than_the_reports_are_refused():
    with pytest.raises(WorkbookError, match=r"EUR of 2026-01-05 is 1.08, and EUR is the report's own"):
        of_days(rated("EUR", rate=1.08))


def test_rates_to_a_currency_that_nobody_has_declared_are_refused(shop):
    with pytest.raises(WorkbookError, match="to which currency these are the rates"):
        converted(shop, ["A1,2026-01-05,K,1,100,USD"], ["USD,2026-01-05,,0.9,"], report={})


@pytest.mark.parametrize(
    ("table", "head", "row", "amount"),
    [
        ("quotes", "quote_id,quote_date,customer_id,amount,currency", "Q,2026-01-05,K,100,USD", "amount"),
        ("costs", "date,customer_id,kind,amount,currency", "2026-01-05,K,freight,100,USD", "amount"),
        ("rebate_payments", "agreement_id,payment_date,amount,currency", "R,2026-01-05,100,USD", "amount"),
        (
            "wallet_evidence", "customer_id,as_of,annual_purchases,method,currency", "K,2026-01-05,100,stated,USD",
            "annual_purchases",
        ),
    ],
)  # fmt: skip
def test_amounts_around_sales_are_converted_as_sales_are(shop, table, head, row, amount):
    shop.write(f"{table}.csv", [head, row])
    converted(shop, ["A1,2026-01-05,K,1,100,USD"], ["USD,2026-01-05,,0.9,"])
    assert shop.table(table)[amount].tolist() == [90]


def test_targets_are_converted_by_the_plans_rate_and_never_by_a_days(shop):
    shop.write("targets.csv", ["period,metric,target,currency", "2026,net_sales,1000,USD"])
    found = converted(
        shop, ["A1,2026-01-05,K,1,100,USD"], ["USD,2026-01-05,,0.9,"], source={"currency_rates": {"USD": 0.5}}
    )
    assert found == {"A1": 90}
    targets = shop.table("targets", source={"currency_rates": {"USD": 0.5}})
    assert targets["target"].tolist() == [500]


def test_a_rate_that_is_announced_later_revises_no_day_before():
    first, revised = (
        rated(month="2026-01", rate=0.9),
        rated(month="2026-01", rate=0.8, announced_on=dt.date(2026, 1, 20)),
    )
    found = of_days(first, revised)
    assert (found[dt.date(2026, 1, 19)], found[dt.date(2026, 1, 20)]) == (Decimal("0.9"), Decimal("0.8"))


def test_of_a_month_whose_rate_is_known_when_it_is_over_the_first_one_counts():
    rows = [
        rated(month="2026-01", rate=rate, announced_on=dt.date(2026, 2, day))
        for rate, day in ((0.9, 1), (0.8, 5))
    ]
    assert set(of_days(*rows).values()) == {Decimal("0.9")}


DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
ROWS = st.lists(
    st.builds(
        rated, date=DAYS, month=st.sampled_from([None, None, "2026-01"]), rate=st.sampled_from([0.8, 0.9, 1.1]),
        announced_on=st.one_of(st.none(), st.dates(dt.date(2026, 1, 1), dt.date(2026, 2, 20))),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(ROWS, ROWS, DAYS, st.integers(0, 3))
def test_no_row_that_comes_later_changes_a_rate_that_a_report_has_used(rows, more, until, hold_days):
    """Rows known by a day, and what of later ones a report as of that day could not know."""

    def known_from(row):
        return row.announced_on or row.first_day

    known = [row for row in rows if known_from(row) <= until]
    later = [row for row in more if known_from(row) > until]
    before, after = of_days(*known, hold_days=hold_days), of_days(*known, *later, hold_days=hold_days)
    used = [day for day in before if day <= until]
    assert [before[day] for day in used] == [after[day] for day in used]


def owed(shop, until=dt.date(2026, 12, 31), **sections):
    """Open items in the report's currency, and the invoices' rates."""
    tables = shop.read(**sections)
    engine = ibis.duckdb.connect()
    bills, paid = (engine.read_parquet(tables.path(name)) for name in ("invoices", "payments"))
    items = open_items(bills, linked_payments(bills, paid, until), until)
    return items.to_pandas().set_index("invoice_id")["open_amount"].astype("float64")


def test_what_rates_have_moved_since_the_invoice_is_no_open_balance(shop):
    shop.orders("A1,2026-01-05,K,1,100,USD", header=ORDERS)
    shop.write("exchange_rates.csv", [RATES, "USD,2026-01-05,,0.9,", "USD,2026-02-05,,0.95,"])
    shop.write(
        "invoices.csv", [BILLS, "I1,K,2026-01-05,2026-02-05,100,USD", "I2,K,2026-01-05,2026-02-05,100,USD"]
    )
    shop.write(
        "payments.csv",
        ["payment_date,invoice_id,amount,currency", "2026-02-05,I1,100,USD", "2026-02-05,I2,40,USD"],
    )
    assert owed(shop).to_dict() == {"I1": 0, "I2": 54}
    assert shop.table("payments")["amount"].tolist() == [95, 38]  # money that came in, at its own day's rate


def test_payments_and_what_is_open_are_the_invoices_in_their_own_currency(shop):
    """Paid in parts on other days, at rates that move: the roundings of the parts leave nothing open."""
    draw = random.Random(7)
    days = [dt.date(2026, 1, 1) + dt.timedelta(day) for day in range(120)]
    moving = {day: round(draw.uniform(0.8, 1.0), 6) for day in days}
    shop.write("exchange_rates.csv", [RATES, *(f"USD,{day},,{rate}," for day, rate in moving.items())])
    shop.orders("A1,2026-01-05,K,1,100,USD", header=ORDERS)
    bills, paid, rest = [], [], {}
    for number in range(60):
        day, cents = draw.choice(days[:60]), draw.randrange(1000, 99999)
        bills.append(f"I{number},K{number},{day},{day},{cents / 100:.2f},USD")
        parts = sorted(draw.randrange(cents) for _ in range(draw.randrange(1, 5)))
        ends = [*parts, cents] if draw.random() < 0.6 else parts
        starts = [0, *ends[:-1]]
        paid += [f"{draw.choice(days[60:])},I{number},{(end - start) / 100:.2f},USD"
                 for start, end in zip(starts, ends, strict=True)]  # fmt: skip
        rest[f"I{number}"] = (cents - ends[-1]) / 100 * moving[day]
    shop.write("invoices.csv", [BILLS, *bills])
    shop.write("payments.csv", ["payment_date,invoice_id,amount,currency", *paid])
    found = owed(shop, tables={"payments": {"repeats_lines": True}})
    assert found.to_dict() == pytest.approx(rest, abs=1e-4)
    assert {key for key, amount in found.items() if amount == 0} == {
        key for key, amount in rest.items() if amount == 0
    }


def test_payments_that_name_no_invoice_are_said_to_leave_exchange_in_the_balance(shop):
    shop.orders("A1,2026-01-05,K,1,100,USD", header=ORDERS)
    shop.write("exchange_rates.csv", [RATES, "USD,2026-01-05,,0.9,", "USD,2026-02-05,,0.95,"])
    shop.write("invoices.csv", [BILLS, "I1,K,2026-01-05,2026-02-05,100,USD"])
    head = "payment_date,invoice_id,customer_id,amount,currency"
    shop.write(
        "payments.csv", [head, "2026-02-05,,K,50,USD", "2026-02-05,I1,K,10,USD", "2026-02-05,,K,10,EUR"]
    )
    (note,) = [each for each in shop.read().notes() if "exchange" not in each and "balance" in each]
    assert note.startswith("payments: 1 rows in other currencies name no invoice")


def test_a_payment_without_a_currency_of_an_invoice_in_another_is_refused(shop):
    shop.orders("A1,2026-01-05,K,1,100,USD", header=ORDERS)
    shop.write("exchange_rates.csv", [RATES, "USD,2026-01-05,,0.9,"])
    shop.write("invoices.csv", [BILLS, "I1,K,2026-01-05,2026-02-05,100,USD"])
    shop.write("payments.csv", ["payment_date,invoice_id,amount", "2026-02-05,I1,100"])
    with pytest.raises(WorkbookError, match=r"payments.csv, data row 1, column currency: .* invoice I1"):
        shop.read()


def test_a_table_of_many_rows_is_converted_as_one_of_few(shop):
    shop.write(
        "exchange_rates.csv", [RATES, *(f"USD,2026-01-{day:02},,0.{50 + day}," for day in range(1, 32))]
    )
    duckdb.sql(
        "COPY (SELECT 'A' || i AS order_id, DATE '2026-01-01' + CAST(i % 31 AS INTEGER) AS order_date, 'K' AS"
        " customer_id, 1 AS quantity, CAST(i AS DECIMAL(18,4)) AS net_amount,"
        " CASE i % 3 WHEN 0 THEN 'EUR' ELSE 'USD' END AS currency"
        f" FROM range(25000) t(i)) TO '{shop.folder / 'order_lines.parquet'}'"
    )
    total = shop.table()["net_amount"].sum()
    by_hand = duckdb.sql(
        "SELECT sum(CASE i % 3 WHEN 0 THEN i ELSE CAST(i * (51 + i % 31) / 100.0 AS DECIMAL(18,4)) END)"
        " FROM range(25000) t(i)"
    ).fetchone()[0]
    assert float(total) == pytest.approx(float(by_hand), abs=0.01)
