"""Every row of an export is in the order lines or in quarantine, with its reason."""

from __future__ import annotations

import datetime
import json
import sys
import unicodedata
from decimal import Decimal

import duckdb
import pandas as pd
import pytest

from helpers.errors import WorkbookError
from helpers.intake import reconciliation, reconciliation_text

GOOD = "A1,2026-01-05,007,1,P1,2,10.50"


def test_return_and_cancellation_stay_as_negative_lines(shop):
    shop.orders(GOOD, "C1,2026-01-09,007,1,P1,-2,-10.50")
    lines = shop.table()
    assert list(lines["net_amount"]) == [Decimal("10.5000"), Decimal("-10.5000")]
    assert list(lines["quantity"]) == [2, -2]


def test_export_of_nothing_but_returns_is_read(shop):
    shop.orders("C1,2026-01-09,007,1,P1,-2,-10.50", "C2,2026-01-09,007,1,P1,-1,-5")
    assert shop.table()["net_amount"].sum() == Decimal("-15.5")


def test_line_without_customer_is_kept_unassigned(shop):
    shop.orders(GOOD, "A2,2026-01-05,,1,P1,1,3", "A3,2026-01-05,  ,1,P1,1,4")
    lines = shop.table()
    assert list(lines["customer_id"]) == ["007", None, None]


def test_shop_without_any_customer_is_read(shop):
    shop.orders("A2,2026-01-05,,1,P1,1,3")
    assert list(shop.table()["customer_id"]) == [None]


def test_shop_with_one_customer_keeps_its_leading_zeros(shop):
    shop.orders(GOOD)
    assert list(shop.table()["customer_id"]) == ["007"]


#: Blanks of all widths and scripts, controls (but NUL, which no text holds), and marks that have no width.
UNSEEN = [
    sign
    for sign in map(chr, range(1, sys.maxunicode + 1))
    if sign.isspace() or unicodedata.category(sign) in ("Zs", "Zl", "Zp", "Cc")
] + [
    unicodedata.lookup(name)
    for name in (
        "ZERO WIDTH SPACE", "ZERO WIDTH NO-BREAK SPACE", "WORD JOINER", "LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK",
        "ARABIC LETTER MARK", "LEFT-TO-RIGHT EMBEDDING", "POP DIRECTIONAL ISOLATE", "SOFT HYPHEN",
        "MONGOLIAN VOWEL SEPARATOR",
    )
]  # fmt: skip


def test_what_shows_nothing_around_a_customer_makes_no_other_customer(shop):
    around = pd.DataFrame(
        {
            "order_id": [f"A{place}" for place in range(2 * len(UNSEEN))],
            "order_date": "2026-01-05",
            "customer_id": [
                text for sign in UNSEEN for text in (f"上海华联{sign}", f"{sign}{sign}上海华联{sign}")
            ],
            "quantity": 1,
            "net_amount": 10,
        }
    )
    around.to_parquet(shop.folder / "order_lines.parquet")
    assert set(shop.table()["customer_id"]) == {"上海华联"}


def test_a_customer_of_whom_nothing_is_seen_is_none(shop):
    shop.orders(
        *(f"A{place},2026-01-05,{sign},1,P1,1,3" for place, sign in enumerate("\u3000\u200b\u202f\u2060"))
    )
    assert set(shop.table()["customer_id"]) == {None}


def test_customer_written_as_a_float_is_the_same_customer(shop):
    duckdb.sql(
        "COPY (SELECT 'A1' AS order_id, TIMESTAMP '2026-01-05 23:59:00' AS order_date, 17850.0 :: DOUBLE "
        "AS customer_id,"
        f" 1 AS quantity, 2.5 AS net_amount) TO '{shop.folder / 'order_lines_1.parquet'}'"
    )
    duckdb.sql(
        "COPY (SELECT 'A2' AS order_id, DATE '2026-01-06' AS order_date, 17850 :: INTEGER AS customer_id,"
        f" 1 AS quantity, 2.5 AS net_amount) TO '{shop.folder / 'order_lines_2.parquet'}'"
    )
    shop.orders("A3,2026-01-07,17850.0,1,P1,1,1", name="order_lines_3.csv")
    lines = shop.table()
    assert list(lines["customer_id"]) == ["17850"] * 3
    assert list(lines["order_date"]) == [datetime.date(2026, 1, day) for day in (5, 6, 7)]


def test_money_is_exact_decimal(shop):
    shop.orders(*[f"A{n},2026-01-05,1,1,P1,1,0.1" for n in range(10)])
    tables = shop.read()
    kind = duckdb.sql(f"DESCRIBE SELECT net_amount FROM '{tables.path('order_lines')}'").fetchone()[1]
    assert kind == "DECIMAL(18,4)"
    assert shop.table()["net_amount"].sum() == 1


def test_word_in_quantity_goes_to_quarantine_with_its_row(shop):
    rows = [f"A{n},2026-01-05,1,1,P1,1,1" for n in range(1, 20)]
    rows[16] = "A17,2026-01-05,1,1,P1,abc,7"
    shop.orders(*rows)
    bad = shop.quarantine()
    assert len(shop.table()) == 18
    assert list(bad["row_number"]) == [17]
    assert list(bad["file"]) == ["order_lines.csv"]
    assert list(bad["rule"]) == ["wrong_type"]
    assert "quantity is 'abc'" in bad["sentence"][0]
    assert json.loads(bad["row_as_read"][0])["order_id"] == "A17"


@pytest.mark.parametrize("number", ["1_000", "nan", "1,000", "12 €", "1e400", "--1", "0x10"])
def test_what_is_no_plain_number_is_never_guessed_at(shop, number):
    shop.orders(GOOD, f'A2,2026-01-05,1,1,P1,1,"{number}"')
    assert list(shop.quarantine()["rule"]) == ["wrong_type"]


def test_column_that_is_wrong_as_a_whole_stops(shop):
    shop.orders("A1,2026-01-05,1,1,P1,red,1", "A2,2026-01-05,1,1,P1,blue,1")
    with pytest.raises(
        WorkbookError, match=r"order_lines.csv, data row 1, column quantity.*'red'.*all 2 rows"
    ):
        shop.read()


def test_missing_needed_value_goes_to_quarantine(shop):
    shop.orders(
        GOOD, ",2026-01-05,1,1,P1,1,1", "A3,,1,1,P1,1,1", "A4,2026-01-05,1,1,P1,,1", "A5,2026-01-05,1,1,P1,1,"
    )
    assert list(shop.quarantine()["rule"]) == ["missing_value"] * 4
    assert list(shop.quarantine()["row_number"]) == [2, 3, 4, 5]


def test_line_with_too_few_or_too_many_fields_goes_to_quarantine(shop):
    shop.orders(
        GOOD,
        "A2,2026-01-05",
        "A3,2026-01-05,1,1,P1,1,1",
        "A4,2026-01-05,1,1,P1,1,1,2,3",
        "A5,2026-02-30,1,1,P,1,1",
    )
    bad = shop.quarantine()
    assert list(bad["rule"]) == ["unreadable_line", "unreadable_line", "wrong_date"]
    assert list(bad["row_number"]) == [2, 4, 5]
    assert bad["row_as_read"][0] == "A2,2026-01-05"


def test_row_numbers_behind_unreadable_lines_are_those_of_the_file(shop):
    bad = "A,2026-01-05,1,1,P1,x,1"
    shop.orders("short", "short", GOOD, bad, "short", bad, "short", "short", "short", bad)
    found = shop.quarantine()
    assert list(found["row_number"]) == [1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert list(found.loc[found["rule"] != "unreadable_line", "row_number"]) == [4, 6, 10]


def test_too_large_a_share_of_bad_rows_stops(shop):
    shop.orders(GOOD, "A2,2026-01-05,1,1,P1,abc,1")
    with pytest.raises(
        WorkbookError, match=r"1 of 2 rows of order_lines break a rule \(wrong_type 1\).*5.0%.*data row 2"
    ):
        shop.read(max_share=0.05)


def test_every_contract_column_is_there_and_supplied_tells_which_the_source_has(shop):
    shop.orders(GOOD)
    tables = shop.read()
    lines = shop.table()
    assert list(lines.columns)[:3] == ["order_id", "order_date", "customer_id"]
    assert lines["cost_amount"].isna().all()
    assert tables.has("order_lines", "net_amount", "line_no")
    assert not tables.has("order_lines", "cost_amount")
    assert not tables.has("customers")


def test_unknown_column_is_kept_aside(shop):
    shop.orders(
        GOOD + ",red", header="order_id,order_date,customer_id,line_no,product_id,quantity,net_amount,colour"
    )
    tables = shop.read()
    assert "colour" not in shop.table().columns
    assert json.loads((tables.folder / "tables.json").read_text())["unknown"]["order_lines"] == ["colour"]


def test_data_text_never_becomes_sql(shop):
    nasty = "x'); DROP TABLE stage_order_lines; --"
    shop.orders(
        f'"{nasty}",2026-01-05,"{{}} %s",1,P1,1,1',
        'A2,2026-01-05,1,1,P1,"\'); SELECT 1; --",2',
        header="order_id,order_date,customer_id,line_no,product_id,quantity,net_amount",
    )
    assert list(shop.table()["order_id"]) == [nasty]
    assert "'); SELECT 1; --" in shop.quarantine()["sentence"][0]


def test_column_name_never_becomes_sql(shop):
    column = 'q\'""); DROP TABLE stage_order_lines; --'
    shop.orders(GOOD, header=f'order_id,order_date,customer_id,line_no,product_id,"{column}",net_amount')
    name = column.replace('""', '"')
    assert len(shop.table(tables={"order_lines": {"columns": {"quantity": name}}})) == 1


def test_file_name_with_brackets_and_quotes_is_read(shop):
    shop.orders(GOOD, name="sales [2026] o'clock *.csv")
    assert len(shop.table()) == 1


def test_closed_list_takes_its_words_in_any_case_and_nothing_else(shop):
    shop.orders(GOOD)
    shop.write("products.csv", ["product_id,offering_role", "P1,Core", "P2, SERVICE ", "P3,gadget", "P4,"])
    assert list(shop.table("products")["offering_role"]) == ["core", "service", None]
    assert list(shop.quarantine("products")["rule"]) == ["not_in_list"]


def test_target_periods_are_years_quarters_or_months(shop):
    shop.orders(GOOD)
    shop.write(
        "targets.csv",
        [
            "period,metric,target",
            "2026,net_sales,1",
            "2026Q3,net_sales,2",
            "2026-10,net_sales,3",
            "soon,net_sales,4",
        ],
    )
    assert list(shop.table("targets")["period"]) == ["2026", "2026-10", "2026-Q3"]
    assert list(shop.quarantine("targets")["row_number"]) == [4]


def test_payment_needs_an_invoice_or_a_customer(shop):
    shop.orders(GOOD)
    shop.write(
        "payments.csv",
        [
            "payment_date,invoice_id,customer_id,amount",
            "2026-01-05,I1,,5",
            "2026-01-05,,C1,5",
            "2026-01-05,,,5",
        ],
    )
    assert len(shop.table("payments")) == 2
    assert list(shop.quarantine("payments")["rule"]) == ["missing_value"]


# --- currencies
# ---------------------------------------------------------------------------------------------------

WITH_CURRENCY = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount,currency"
ABROAD = ("A1,2026-01-05,1,1,P1,1,10,EUR", "A2,2026-01-05,1,1,P1,1,10,CAD", "A3,2026-01-05,1,1,P1,1,10,")


def test_other_currency_is_converted_at_the_declared_rate(shop):
    shop.orders(*ABROAD, header=WITH_CURRENCY)
    lines = shop.table(source={"currency_rates": {"CAD": 0.68}})
    assert list(lines["net_amount"]) == [10, Decimal("6.8"), 10]


def test_other_currency_without_rate_goes_to_quarantine(shop):
    shop.orders(*ABROAD, header=WITH_CURRENCY)
    bad = shop.quarantine()
    assert list(bad["rule"]) == ["no_rate"]
    assert "CAD" in bad["sentence"][0]
    assert list(shop.table()["order_id"]) == ["A1", "A3"]


def test_rates_are_into_the_currency_of_the_report(shop):
    shop.orders(*ABROAD, header=WITH_CURRENCY)
    lines = shop.table(report={"currency": "CAD"}, source={"currency_rates": {"EUR": 1.5}})
    assert list(lines["net_amount"]) == [15, 10, 10]


# --- reconciliation
# -----------------------------------------------------------------------------------------------


def test_rows_and_money_reconcile_by_month_and_rule(shop):
    shop.orders(
        GOOD,
        "A2,2026-02-05,1,1,P1,1,1.25",
        "A2,2026-02-05,1,1,P1,1,1.25",
        "A3,2026-02-07,1,1,P1,x,2",
        "A4,someday,1,1,P1,1,4",
        "T1,2026-03-01,1,1,P1,1,8",
        "F1,2026-03-01,1,1,P1,1,16",
    )
    tables = shop.read(
        tables={
            "order_lines": {
                "where": "order_id <> 'F1'",
                "exclude": [{"rule": "test_entry", "where": "order_id LIKE 'T%'", "because": "A test."}],
            }
        }
    )
    frame = reconciliation(tables)
    found = {
        (row.month if pd.isna(row.month) else row.month.month, row.status, row.rule): (row.rows, row.amount)
        for row in frame.itertuples()
        if not pd.isna(row.month)
    }
    assert found == {
        (1, "kept", ""): (1, Decimal("10.5")),
        (2, "kept", ""): (1, Decimal("1.25")),
        (2, "quarantined", "duplicate"): (1, Decimal("1.25")),
        (2, "quarantined", "wrong_type"): (1, Decimal("2")),
        (3, "excluded", "test_entry"): (1, Decimal("8")),
        (3, "filtered", "filtered"): (1, Decimal("16")),
    }
    undated = frame[frame["month"].isna()]
    assert list(undated["rule"]) == ["wrong_date"]
    assert frame["rows"].sum() == 7
    assert frame["amount"].sum() == Decimal("43")
    text = reconciliation_text(tables)
    assert "order_lines: 7 rows read, 43.0000" in text
    assert "excluded: test_entry" in text


def test_row_excluded_by_the_map_is_in_quarantine_with_the_reason_given(shop):
    shop.orders(GOOD, "T1,2026-03-01,1,1,P1,1,8")
    exclude = [{"rule": "test_entry", "where": "order_id LIKE 'T%'", "because": "Entered to test the till."}]
    bad = shop.quarantine(tables={"order_lines": {"exclude": exclude}}, max_share=0)
    assert list(bad["sentence"]) == ["Entered to test the till."]
    assert list(bad["status"]) == ["excluded"]


def test_later_rows_leave_earlier_months_of_the_reconciliation_as_they_were(shop):
    shop.orders(GOOD, "A2,2026-02-05,1,1,P1,1,x")
    before = reconciliation(shop.read())
    shop.orders(
        GOOD, "A2,2026-02-05,1,1,P1,1,x", "A3,2026-03-05,1,1,P1,1,1", "A1,2026-03-05,007,1,P1,2,10.50"
    )
    after = reconciliation(shop.read())
    pd.testing.assert_frame_equal(before, after[after["month"] < "2026-03"].reset_index(drop=True))


def test_an_optional_table_with_a_head_alone_is_an_empty_table(shop):
    shop.orders("A1,2026-03-05,7,1,P,2,10")
    shop.write("surveys.csv", ["date,customer_id,score"])
    tables = shop.read()
    assert len(pd.read_parquet(tables.path("surveys"))) == 0
    assert "surveys: 0 rows read" in reconciliation_text(tables)


@pytest.mark.parametrize("pattern", ["", "sales-**.csv"])
def test_what_is_no_pattern_of_file_names_is_named_with_the_setting(shop, pattern):
    shop.orders("A1,2026-03-05,7,1,P,2,10")
    with pytest.raises(WorkbookError, match=r"tables\.order_lines\.files: '.*(no pattern|no file)"):
        shop.read(tables={"order_lines": {"files": [pattern]}})


def test_amounts_in_a_currency_stop_where_the_reports_is_not_declared(shop):
    header = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount,currency"
    shop.orders(*[f"A{n},2026-01-05,7,1,P,1,5,EUR" for n in range(3)], header=header)
    with pytest.raises(
        WorkbookError, match=r"currency is 'EUR', and the report's is not declared: write currency"
    ):
        shop.read(report={})


def test_two_exclusions_of_one_rule_and_reason_are_both_left_out(shop):
    """The last alone was: what `workbook init` calls totals in two columns counted as sales, but for those of one."""
    shop.orders(*(f"{n},2026-01-0{n},C{n},{n},P{n},1,10.00" for n in range(1, 7)))
    totals = [{"rule": "total", "where": f"customer_id = 'C{n}'", "because": "a total"} for n in (2, 4)]
    lines = shop.table(tables={"order_lines": {"exclude": totals}})
    assert list(lines["customer_id"]) == ["C1", "C3", "C5", "C6"]
