from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.operations as ops
import numpy as np
import pandas as pd
import pytest
from builders import line
from pandas.testing import assert_frame_equal

from helpers.book import open_book
from helpers.engine.connection import to_pandas
from helpers.engine.months.coverage import read_default_month
from helpers.errors import WorkbookError
from helpers.subjects.registry import FACT_NAMES, FACTS

COMPANY = [
    line("c1", "2026-01-10", "100.10", product_id="p1", cost_amount="60"),
    line("c1", "2026-01-10", "50", product_id="p2", order="second"),
    line("c1", "2026-03-02", "-30.0001", product_id="p1"),
    line("c1", "2026-03-05", "50", product_id="p1", list_amount="70"),
    line("c2", "2026-02-20", "10", salesperson_id="s2"),
    line(None, "2026-02-21", "7", product_id="p1"),
]
CUSTOMERS = [
    {"customer_id": "c1", "name": "One", "trade_class": "DIY shops", "salesperson_id": "s1"},
    {"customer_id": "c3", "name": "Three", "trade_class": "Other", "salesperson_id": "s2"},
]
SALESPEOPLE = [
    {"salesperson_id": "s1", "name": "Ann", "team": "North"},
    {"salesperson_id": "s2", "name": "Bo", "team": "South"},
]


def test_monthly_sums_include_returns_on_their_own_date(facts_of):
    months = facts_of("2026-03", order_lines=COMPANY).frame("customer_months")
    first = months[months["customer_id"] == "c1"].reset_index(drop=True)
    assert first["month"].tolist() == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-03-01")]
    assert first["net_amount"].tolist() == [150.1, 19.9999]
    assert first["lines"].tolist() == [2, 2]
    assert first["orders"].tolist() == [2, 2]
    assert first["purchase_days"].tolist() == [1, 1]


def test_cost_that_no_line_gives_is_absent_and_not_zero(facts_of):
    months = (
        facts_of("2026-03", order_lines=COMPANY).frame("customer_months").set_index(["customer_id", "month"])
    )
    january, march = (("c1", pd.Timestamp(f"2026-0{number}-01")) for number in (1, 3))
    assert months.loc[january, "cost_amount"] == 60
    assert (
        months.loc[january, "net_amount_with_cost"] == 100.1
    )  # the other line has no cost: it has no margin either
    assert np.isnan(months.loc[march, "cost_amount"])
    assert months.loc[march, "net_amount_with_list"] == 50


def test_lines_without_customer_stand_apart_and_nothing_is_lost(facts_of):
    facts = facts_of("2026-03", order_lines=COMPANY)
    unassigned = facts.frame("unassigned_months")
    assert unassigned["net_amount"].tolist() == [7.0]
    assert facts.frame("customer_months")["net_amount"].sum() + 7 == pytest.approx(187.0999, abs=1e-9)
    assert facts.frame("class_product_months")["net_amount"].sum() == pytest.approx(187.0999, abs=1e-9)


def test_order_cancelled_in_full_is_no_purchase_occasion_from_the_day_of_the_cancellation_on(facts_of):
    rows = [
        line("c1", "2026-01-10", 100, order="kept"),
        line("c1", "2026-01-20", 80, order="cancelled"),
        line("c1", "2026-02-15", -80, order="cancelled"),
    ]
    as_of_january = facts_of("2026-01", order_lines=rows).frame("purchase_occasions")
    as_of_february = facts_of("2026-02", order_lines=rows).frame("purchase_occasions")
    assert as_of_january["date"].dt.day.tolist() == [10, 20]
    assert as_of_february["date"].dt.day.tolist() == [10]


def test_order_returned_in_part_is_still_an_occasion(facts_of):
    rows = [line("c1", "2026-01-10", 100, order="a"), line("c1", "2026-01-20", -99, order="a")]
    assert len(facts_of("2026-01", order_lines=rows).frame("purchase_occasions")) == 1


def test_day_on_which_more_came_back_than_went_out_is_no_occasion(facts_of):
    rows = [line("c1", "2026-01-10", 100, order="a"), line("c1", "2026-01-10", -150, order="r")]
    assert facts_of("2026-01", order_lines=rows).frame("purchase_occasions").empty


def test_who_cancels_and_orders_anew_on_one_day_has_bought_on_that_day(facts_of):
    rows = [
        line("c1", "2026-01-10", 100, order="a"),
        line("c1", "2026-01-15", -100, order="a"),
        line("c1", "2026-01-15", 80, order="b"),
    ]
    occasions = facts_of("2026-01", order_lines=rows).frame("purchase_occasions")
    assert occasions["date"].dt.day.tolist() == [15]
    assert occasions["net_amount"].tolist() == [80.0]


def test_customer_attributes_are_those_valid_at_the_month_end(facts_of):
    rows = [
        {"customer_id": "c1", "trade_class": "Other", "valid_from": None},
        {"customer_id": "c1", "trade_class": "DIY shops", "valid_from": "2026-02-28"},
        {"customer_id": "c1", "trade_class": "Specialist shops", "valid_from": "2026-03-01"},
    ]
    classes = [
        facts_of(month, order_lines=COMPANY, customers=rows).frame("customers").set_index("customer_id")
        for month in ("2026-01", "2026-02", "2026-03")
    ]
    assert [table.loc["c1", "trade_class"] for table in classes] == ["Other", "DIY shops", "Specialist shops"]
    assert bool(classes[0].loc["c1", "known"])


def test_record_that_begins_after_the_month_end_is_not_used_even_for_a_buyer(facts_of):
    rows = [{"customer_id": "c1", "trade_class": "Other", "valid_from": "2026-03-01"}]
    table = (
        facts_of("2026-01", order_lines=COMPANY, customers=rows).frame("customers").set_index("customer_id")
    )
    assert not table.loc["c1", "known"]
    assert pd.isna(table.loc["c1", "trade_class"])


def test_buyer_who_is_missing_in_the_customers_table_is_there_without_attributes(facts_of):
    table = facts_of("2026-03", order_lines=COMPANY, customers=CUSTOMERS).frame("customers")
    assert table["customer_id"].tolist() == ["c1", "c2", "c3"]
    assert table["known"].tolist() == [True, False, True]
    assert table["trade_class"].isna().tolist() == [False, True, False]


def test_first_contact_after_the_month_end_keeps_a_customer_out_who_has_not_bought(facts_of):
    rows = [*CUSTOMERS, {"customer_id": "c4", "first_contact_date": "2026-04-01"}]
    assert "c4" not in set(
        facts_of("2026-03", order_lines=COMPANY, customers=rows).frame("customers")["customer_id"]
    )


def test_owner_is_the_salesperson_of_the_last_order_where_customers_name_none(facts_of):
    rows = [
        line("c1", "2026-01-10", 10, order="b", salesperson_id="s1"),
        line("c1", "2026-01-10", 10, order="a", salesperson_id="s2"),
        line("c1", "2026-01-11", 10),
        line("c1", "2026-02-01", 10, salesperson_id="s2"),
    ]
    for month, owner, team in (("2026-01", "s1", "North"), ("2026-02", "s2", "South")):
        table = facts_of(month, order_lines=rows, salespeople=SALESPEOPLE).frame("customers")
        assert table[["salesperson_id", "team"]].iloc[0].tolist() == [owner, team]


def test_scope_shows_the_own_customers_alone(facts_of):
    facts = facts_of("2026-03", order_lines=COMPANY, customers=CUSTOMERS, salespeople=SALESPEOPLE)
    for scope in (facts.scope("salesperson:s1"), facts.scope("salesperson:Ann"), facts.scope("team:North")):
        for name in ("customers", "customer_months", "purchase_occasions", "customer_summary"):
            assert set(facts.frame(name, scope)["customer_id"]) == {"c1"}
        assert facts.frame("unassigned_months", scope).empty
        assert set(facts.frame("class_product_months", scope)["salesperson_id"]) == {"s1"}
    with pytest.raises(WorkbookError, match=r"Near matches: .*s1"):
        facts.scope("salesperson:s9")


def test_summary_of_a_customer_by_hand(facts_of):
    rows = [
        line("c1", "2024-06-01", 40),
        line("c1", "2025-01-01", 10),
        line("c1", "2026-01-01", 100),
        line("c1", "2026-01-11", 60),
        line("c1", "2026-01-11", -20),
        line("c1", "2026-01-31", 40),
    ]
    row = facts_of("2026-01", order_lines=rows).frame("customer_summary").iloc[0]
    assert (row["first_purchase"], row["last_purchase"]) == (
        pd.Timestamp("2024-06-01"),
        pd.Timestamp("2026-01-31"),
    )
    assert row["frequency"] == 4
    assert row["lines_lifetime"] == len(rows)
    assert row["recency_days"] == row["T_days"] == 609
    assert row["sum_log_gaps"] == pytest.approx(np.log([214, 365, 10, 20]).sum(), abs=1e-10)
    assert row["mean_gap_days"] == 609 / 4
    assert (row["net_amount"], row["net_amount_previous"], row["net_amount_lifetime"]) == (180, 50, 230)
    assert (row["returns_amount"], row["gross_amount"], row["returns_share"]) == (20, 200, 0.1)
    assert np.isnan(row["cost_amount"])


def test_customer_who_only_returned_has_a_summary_without_purchases(facts_of):
    row = facts_of("2026-01", order_lines=[line("c1", "2026-01-05", -5)]).frame("customer_summary").iloc[0]
    assert pd.isna(row["first_purchase"])
    assert row["net_amount"] == -5
    assert np.isnan(row["returns_share"])


@pytest.mark.slow
def test_rows_dated_later_change_nothing_of_an_earlier_month(facts_of):
    before = {"order_lines": COMPANY, "customers": CUSTOMERS, "salespeople": SALESPEOPLE}
    after = {
        "order_lines": [
            line("c1", "2026-04-01", "-100.10", order="c1@2026-01-10"),
            line("c9", "2026-04-02", "5", salesperson_id="s1"),
            line("c2", "2026-05-02", "5", salesperson_id="s1"),
            *reversed(COMPANY),
        ],
        "customers": [
            {"customer_id": "c1", "trade_class": "Other", "valid_from": "2026-04-01"},
            *reversed(CUSTOMERS),
        ],
        "salespeople": [
            {"salesperson_id": "s1", "name": "Ann", "team": "West", "valid_from": "2026-04-01"},
            *SALESPEOPLE,
        ],
    }
    first, second = facts_of("2026-03", **before), facts_of("2026-03", **after)
    assert first.folder != second.folder
    for name in FACT_NAMES:
        pd.testing.assert_frame_equal(first.frame(name), second.frame(name), check_exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)  # the threads are DuckDB's
def test_facts_do_not_depend_on_the_number_of_threads(facts_of):
    generator = np.random.default_rng(7)
    rows = [
        line(f"c{who}", f"2026-{month:02d}-{day:02d}", round(float(amount), 4), order=f"o{number}")
        for number, (who, month, day, amount) in enumerate(
            zip(
                generator.integers(0, 9, 400),
                generator.integers(1, 4, 400),
                generator.integers(1, 28, 400),
                generator.normal(50, 60, 400),
                strict=True,
            )
        )
    ]
    frames = []
    for threads in (1, 4):
        facts = facts_of("2026-03", order_lines=rows)
        facts.engine.raw_sql(f"SET threads = {threads}")
        for file in facts.folder.glob("*.parquet"):
            file.unlink()
        frames.append({name: facts.frame(name) for name in FACT_NAMES})
    for name in FACT_NAMES:
        pd.testing.assert_frame_equal(frames[0][name], frames[1][name], check_exact=True)


@pytest.mark.parametrize("name", [name for name, fact in FACTS.items() if fact.is_ordered])
def test_a_fact_that_is_read_as_it_was_written_stands_in_the_order_of_its_keys(name):
    facts, fact = open_book(month="2026-10").facts, FACTS[name]
    last_step = fact.build(facts).op()
    assert isinstance(last_step, ops.Sort)
    assert [key.name for key in last_step.keys] == list(fact.order)
    keys = [ibis.asc(key, nulls_first=False) for key in fact.order]
    assert_frame_equal(facts.frame(name), to_pandas(facts.table(name).order_by(keys)))


def test_second_notebook_reads_what_the_first_computed(facts_of):
    first = facts_of("2026-03", order_lines=COMPANY)
    wanted = first.frame("customer_months")
    stamp = (first.folder / "customer_months.parquet").stat().st_mtime_ns
    second = facts_of("2026-03", order_lines=COMPANY)
    assert second.folder == first.folder
    pd.testing.assert_frame_equal(second.frame("customer_months"), wanted)
    assert (second.folder / "customer_months.parquet").stat().st_mtime_ns == stamp
    # Only what was asked for and what that builds on (months may lie elsewhere), and no half-written files.
    there = {file.stem for file in first.folder.iterdir() if file.suffix != ".seal"}
    assert {"customer_months", "purchase_occasions"} <= there
    assert there <= {"customer_months", "purchase_occasions", "occasion_months", "order_days", "line_months"}


@pytest.mark.parametrize("month", ["2025-12", "2026-04", "2030-01"])
def test_month_without_data_names_the_months_there_are(facts_of, month):
    with pytest.raises(WorkbookError, match=f"no order lines in {month}.*2026-01 to 2026-03"):
        facts_of(month, order_lines=COMPANY)


def test_tables_without_a_row_say_so(facts_of):
    with pytest.raises(WorkbookError, match="no usable row"):
        facts_of("2026-01", order_lines=[])


@pytest.mark.parametrize(
    ("last_day", "complete"),
    [
        ("2026-10-31", "2026-10"),
        ("2026-10-30", "2026-10"),
        ("2026-10-29", "2026-09"),
        ("2026-11-02", "2026-10"),
    ],
)
def test_month_is_complete_when_its_last_weekday_is_reached(standard_tables, last_day, complete):
    """30 October 2026 is a Friday."""
    tables = standard_tables(
        order_lines=[line("c1", "2026-09-03", 5), line("c1", "2026-10-05", 5), line("c1", last_day, 5)]
    )
    assert str(read_default_month(tables, dt.date(2026, 11, 28)).month) == complete


def test_targets_come_for_the_company_and_for_the_own_scope(facts_of):
    targets = [
        {"period": "2026", "scope_type": "company", "metric": "net_sales", "target": 1000},
        {
            "period": "2026-02",
            "scope_type": "salesperson",
            "scope_id": "s1",
            "metric": "net_sales",
            "target": 90,
        },
    ]
    facts = facts_of(
        "2026-03", order_lines=COMPANY, customers=CUSTOMERS, salespeople=SALESPEOPLE, targets=targets
    )
    assert len(facts.frame("targets")) == 2
    assert facts.frame("targets", facts.scope("salesperson:s1"))["target"].tolist() == [90.0]


def test_texts_of_many_batches_are_one_piece_of_their_own():
    rows = ibis.memtable({"customer_id": ["a", "b"] * 75_000, "net_amount": [1.0, 2.0] * 75_000})
    texts = to_pandas(ibis.duckdb.connect().create_table("rows", rows))["customer_id"]
    assert texts.dtype == "str" and texts.tail(2).tolist() == ["a", "b"]
    assert texts.array.__arrow_array__().num_chunks == 1
