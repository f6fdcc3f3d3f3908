"""Agreements run by days: where books close on the 25th, what was bought on which side of a day, worked by hand."""

from __future__ import annotations

import pytest

from helpers.book import open_book

LINES = (
    ("o0", "2025-01-10", "a", "1.00"),
    # The base of growth: 27 February to 28 March 2025, 250.00.
    ("o1", "2025-02-26", "a", "800.00"), ("o2", "2025-02-27", "a", "100.00"), ("o3", "2025-03-28", "a", "150.00"),
    ("o4", "2025-03-29", "a", "800.00"),
    # February closes on the 25th: both these days are March's, and only the second is the agreement's.
    ("p1", "2026-02-26", "a", "500.00"), ("p2", "2026-02-27", "a", "700.10"),
    ("p3", "2026-03-25", "a", "299.95"),
    # These are April's; the second comes after the agreement.
    ("p4", "2026-03-28", "a", "100.00"), ("p5", "2026-03-29", "a", "900.00"),
    ("p6", "2026-04-20", "b", "5.00"), ("p7", "2026-05-20", "b", "5.00"),
)  # fmt: skip
AGREEMENTS = """agreement_id,customer_id,first_day,last_day,basis,counting,bracket_from,rate,recorded_at
sales,a,2026-02-27,2026-03-28,net_sales,retroactive,1000,3,
growth,a,2026-02-27,2026-03-28,growth,marginal,10,2,
later,a,2026-03-27,2026-12-31,net_sales,retroactive,0,1,
"""
PAYMENTS = "agreement_id,payment_date,amount\nsales,2026-03-26,20.00\n"


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closing")
    rows = [f"{order},{day},{customer},1,{amount}" for order, day, customer, amount in LINES]
    head = "order_id,order_date,customer_id,quantity,net_amount"
    (folder / "order_lines.csv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "customers.csv").write_text("customer_id,name\na,A\nb,B\n")
    (folder / "rebate_agreements.csv").write_text(AGREEMENTS)
    (folder / "rebate_payments.csv").write_text(PAYMENTS)
    (folder / "workbook.toml").write_text('[report]\ncurrency = "CNY"\n[periods]\nclosing_day = 25\n')
    return lambda month: open_book(folder, month)


def earned(book):
    return book.rebates().agreements.set_index("agreement_id")["accrued_amount"].to_dict()


@pytest.mark.slow
def test_an_agreement_counts_what_was_bought_on_its_own_days(at):
    # 3 % of 700.10 + 299.95 = 30.0015; and 2 % of what is above 275.00, 725.05: 14.501.
    assert earned(at("2026-03")) == {"sales": 30.00, "growth": 14.50}
    # With the 100.00 of 28 March: 33.0015, and 2 % of 825.05: 16.501. The third has 100.00 and 900.00 at 1 %.
    assert earned(at("2026-04")) == {"sales": 33.00, "growth": 16.50, "later": 10.00}


def test_accrued_and_paid_rebates_are_given_for_each_month_end_on_which_books_close(at):
    months = at("2026-04").rebates().months
    assert [f"{month}" for month in months["month"]] == ["2026-03", "2026-04"]
    assert months[["accrued_amount", "paid_amount"]].to_numpy().tolist() == [[44.50, 0], [59.50, 20.00]]


def test_an_agreement_that_ends_between_the_closing_days_is_over_at_the_next(at):
    running = [
        at(month).rebates().agreements.set_index("agreement_id")["running"]["sales"]
        for month in ("2026-03", "2026-04")
    ]
    assert running == [True, False]


def test_the_day_in_the_source_stays_beside_the_day_on_which_a_line_counts(at):
    lines = at("2026-04").tables.order_lines.select("order_id", "order_date", "own_day").to_pandas()
    both = lines.set_index("order_id").map(lambda day: f"{day:%m-%d}").loc[["p1", "p3", "p4"]]
    assert both.to_numpy().tolist() == [["03-01", "02-26"], ["03-25", "03-25"], ["04-01", "03-28"]]
