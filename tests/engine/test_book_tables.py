"""The tables for free questions: Ibis, as of the month end, and in a scope's book nothing of others."""

import datetime as dt
import re
from decimal import Decimal

import ibis
import pandas as pd
import pytest
from books import book_on
from builders import line

from helpers.book import open_book
from helpers.core.mask import pseudonym
from helpers.errors import WorkbookError
from helpers.settings.source import TABLE_NAMES

S1 = "salesperson:S1"
CUSTOMERS = [
    {
        "customer_id": "a",
        "salesperson_id": "S1",
        "region": "West",
        "parent_id": "b",
        "valid_from": "2026-01-01",
    },
    {
        "customer_id": "a",
        "salesperson_id": "S1",
        "region": "East",
        "parent_id": "b",
        "valid_from": "2026-10-05",
    },
    {
        "customer_id": "a",
        "salesperson_id": "S2",
        "region": "East",
        "parent_id": "b",
        "valid_from": "2026-11-05",
    },
    {"customer_id": "b", "salesperson_id": "S2", "region": "East", "valid_from": "2026-01-01"},
]
SUPPLIED = {
    "order_lines": [line("a", "2026-09-03", 100), line("b", "2026-10-05", 40), line("a", "2026-11-02", 7),
                    line(None, "2026-10-06", 3)],
    "customers": CUSTOMERS,
    "salespeople": [{"salesperson_id": each, "name": each, "team": each} for each in ("S1", "S2")],
    "products": [{"product_id": "p1", "launch_date": "2026-01-01"}, {"product_id": "p2", "launch_date": "2026-12-01"},
                 {"product_id": "p3"}],
    "targets": [{"period": "2026-10", "scope_type": "salesperson", "scope_id": each, "metric": "net_sales", "target": 5}
                for each in ("S1", "S2")],
    "invoices": [{"invoice_id": "i1", "customer_id": "a", "invoice_date": "2026-10-01", "due_date": "2026-10-09",
                  "amount": 9},
                 {"invoice_id": "i2", "customer_id": "b", "invoice_date": "2026-10-01", "due_date": "2026-10-09",
                  "amount": 8},
                 {"invoice_id": "i3", "customer_id": "a", "invoice_date": "2026-11-01", "due_date": "2026-11-09",
                  "amount": 7}],
    "payments": [{"payment_date": "2026-10-03", "invoice_id": "i1", "amount": 1},
                 {"payment_date": "2026-10-03", "customer_id": "a", "amount": 2},
                 # Names an invoice of b: it is b's, whoever is written beside it.
                 {"payment_date": "2026-10-03", "invoice_id": "i2", "customer_id": "a", "amount": 4},
                 {"payment_date": "2026-11-03", "customer_id": "a", "amount": 8}],
    "interactions": [{"date": "2026-10-03", "customer_id": each, "kind": "visit"} for each in ("a", "b")],
    "complaints": [{"opened_at": "2026-10-31 18:00:00", "customer_id": "a", "first_response_at": "2026-10-31 19:00:00",
                    "resolved_at": "2026-11-02 10:00:00"},
                   {"opened_at": "2026-11-01 09:00:00", "customer_id": "a"}],
    "surveys": [{"date": "2026-10-03", "customer_id": each, "score": 3} for each in ("a", "b")],
    "wallet_evidence": [{"customer_id": each, "as_of": "2026-10-03", "annual_purchases": 3, "method": "stated"}
                        for each in ("a", "b")],
    "prospects": [{"prospect_id": "x", "first_contact_date": "2026-08-01", "salesperson_id": "S1",
                   "converted_customer_id": "b", "converted_date": "2026-10-05"},
                  {"prospect_id": "y", "first_contact_date": "2026-08-01", "salesperson_id": "S1",
                   "converted_customer_id": "a", "converted_date": "2026-11-05"},
                  {"prospect_id": "z", "first_contact_date": "2026-08-01", "salesperson_id": "S2"}],
    "customer_aliases": [{"customer_id": "a1", "same_as": "a"}, {"customer_id": "b1", "same_as": "b"},
                         {"customer_id": "a", "same_as": "b", "decision": "different"}],
    "buying_groups": [{"customer_id": each, "group_id": "g"} for each in ("a", "b")],
    "days_off": [{"date": "2026-10-09", "kind": "closed"}],
    "exchange_rates": [{"currency": "USD", "date": "2026-10-09", "rate": 7.1}],
    "action_results": [
        {"month": "2026-09", "customer_id": each, "action": "visit", "status": "done"} for each in ("a", "b")
    ],
    "quotes": [
        {"quote_id": each, "quote_date": "2026-10-05", "customer_id": each, "amount": 5, "status": "won",
         "decided_at": "2026-11-04", "order_id": f"{each}@2026-11-02", "salesperson_id": "S1"} for each in ("a", "b")
    ],
    "deliveries": [
        {"order_id": order, "promised_date": "2026-10-07", "shipped_date": "2026-11-03", "quantity": 1}
        for order in ("a@2026-09-03", "b@2026-10-05", "a@2026-11-02")
    ],
    "return_reasons": [{"order_id": order, "reason": "defect"} for order in ("a@2026-09-03", "b@2026-10-05")],
    "rebate_agreements": [
        {"agreement_id": f"R{each}", "customer_id": each, "first_day": "2026-01-01", "last_day": "2026-12-31",
         "basis": "net_sales", "counting": "retroactive", "bracket_from": 10, "rate": 2} for each in ("a", "b")
    ],
    "rebate_payments": [
        {"agreement_id": f"R{each}", "payment_date": "2026-10-03", "amount": 1} for each in ("a", "b")
    ],
    "costs": [{"date": "2026-10-03", "customer_id": each, "kind": "freight", "amount": 1} for each in ("a", "b")],
}  # fmt: skip


@pytest.fixture
def book_of(facts_of):
    return lambda scope="company", **supplied: book_on(facts_of("2026-10", **(supplied or SUPPLIED)), scope)


def rows(table):
    return table.to_pandas()


def test_nothing_dated_after_the_month_end_is_in_any_table(book_of):
    tables = book_of().tables
    assert sorted(rows(tables.order_lines)["net_amount"].astype(float)) == [3, 40, 100]
    assert sorted(rows(tables.products)["product_id"]) == ["p1", "p3"]
    assert sorted(rows(tables.invoices)["invoice_id"]) == ["i1", "i2"]
    assert len(rows(tables.payments)) == 3
    complaint = rows(tables.complaints).iloc[0]
    assert pd.notna(complaint["first_response_at"])
    assert pd.isna(complaint["resolved_at"])  # settled later: it was open then
    prospects = rows(tables.prospects).set_index("prospect_id")
    assert prospects.loc["x", "converted_customer_id"] == "b"
    assert pd.isna(prospects.loc["y", "converted_date"])
    quotes = rows(tables.quotes)
    assert quotes["status"].tolist() == ["open", "open"]  # decided later
    assert quotes[["decided_at", "order_id"]].isna().all(axis=None)
    deliveries = rows(tables.deliveries)
    assert sorted(deliveries["order_id"]) == ["a@2026-09-03", "b@2026-10-05"]
    assert deliveries["shipped_date"].isna().all()


def test_a_customer_has_one_row_the_one_that_holds_at_the_month_end(book_of):
    frame = rows(book_of().tables.customers).set_index("customer_id")
    assert list(frame.sort_index()["region"]) == ["East", "East"]
    assert frame.loc["a", "salesperson_id"] == "S1"


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_a_salespersons_book_gives_no_row_and_no_id_of_others(book_of, name):
    frame = rows(getattr(book_of(S1).tables, name))
    assert len(frame)
    ids = [
        column
        for column in ("customer_id", "parent_id", "converted_customer_id", "same_as")
        if column in frame
    ]
    foreign = frame[ids].isin(["b", "b1"]).any(axis=None)
    assert not foreign
    owners = set(frame["salesperson_id"].dropna()) if "salesperson_id" in frame else set()
    assert owners <= {"S1"}


@pytest.mark.slow
def test_masked_documents_have_a_pseudonym_each_by_which_their_tables_still_join(book_of, monkeypatch):
    orders = rows(book_of().tables.order_lines)["order_id"]
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "0123456789abcdef")
    for scope in ("company", "salesperson:S1"):
        tables = book_of(scope).tables
        shown = {name: rows(getattr(tables, name)) for name in tables.supplied}
        documents = ["order_id", "invoice_id", "quote_id"]
        told = {name: frame.filter(documents).melt()["value"].dropna() for name, frame in shown.items()}
        assert all(text.startswith("D-") for texts in told.values() for text in texts)
        assert {"order_lines", "invoices", "payments", "quotes", "deliveries"} <= {
            name for name, texts in told.items() if len(texts)
        }
        assert set(shown["deliveries"]["order_id"]) <= set(shown["order_lines"]["order_id"])
        assert set(shown["payments"]["invoice_id"].dropna()) <= set(shown["invoices"]["invoice_id"])
    assert shown["order_lines"]["order_id"].nunique() <= orders.nunique()
    aimed = [
        {"period": "2026-10", "scope_type": "customer", "scope_id": "a", "metric": "net_sales", "target": 5}
    ]
    told = book_of(**(SUPPLIED | {"targets": aimed})).tables
    assert rows(told.targets)["scope_id"].tolist() == [pseudonym("0123456789abcdef", "a")]


def test_a_payment_is_whose_invoice_it_names(book_of):
    assert sorted(rows(book_of(S1).tables.payments)["amount"].astype(float)) == [1, 2]
    assert list(rows(book_of("salesperson:S2").tables.payments)["amount"].astype(float)) == [4]


def test_a_table_that_is_not_supplied_says_which_are(book_of):
    tables = book_of(order_lines=SUPPLIED["order_lines"]).tables
    with pytest.raises(WorkbookError, match="complaints is not supplied; there are order_lines"):
        _ = tables.complaints
    assert not hasattr(tables, "surveys")


@pytest.mark.parametrize("asked", [
    lambda lines, _: lines.filter(lines.month == "2026-10").to_pandas(),
    lambda lines, _: lines.filter(lines.month.isin(["2026-09-01", "2026-10"])).to_pyarrow(),
    lambda lines, _: lines.filter(lines.order_date.between("2026-10", "2026-10-31")).count().to_pandas(),
    lambda lines, _: list(lines.mutate(now=lines.order_date >= "2026-10").to_pandas_batches()),
    lambda _, opened: opened.filter(opened.opened_at < "2026-10").to_pandas(),
])  # fmt: skip
def test_a_month_held_against_days_is_told_the_column_its_type_and_the_way_out(book_of, asked):
    tables = book_of().tables
    with pytest.raises(WorkbookError) as told:
        asked(tables.order_lines, tables.complaints)
    for piece in ("month|order_date|opened_at", "DATE|TIMESTAMP", "'2026-10' is a month", "month == '2026-10-01'",
                  r"between\('2026-10-01', '2026-10-31'\)"):  # fmt: skip
        assert re.search(piece, str(told.value))


@pytest.mark.parametrize("asked", [
    lambda lines, month: lines.filter(lines.month == month).to_pandas(),
    lambda lines, month: lines.filter(lines.month != month).count().to_pyarrow(),
    lambda lines, month: lines.net_amount.sum(where=lines.month == month).to_pandas(),
    lambda lines, month: ibis.ifelse(lines.month == month, lines.net_amount, 0).sum().to_pandas(),
])  # fmt: skip
def test_a_month_that_python_and_not_the_engine_compares_is_refused_and_no_empty_answer(book_of, asked):
    with pytest.raises(WorkbookError, match=r"for every row.*pandas Period.*its first day"):
        asked(book_of().tables.order_lines, pd.Period("2026-10", "M"))


def test_days_and_moments_are_asked_for_in_any_form_the_engine_reads_and_refused_in_others(book_of):
    tables = book_of().tables
    lines, opened = tables.order_lines, tables.complaints
    october = lines.filter(lines.month == "2026-10-01").count().to_pandas()
    assert october == lines.filter(lines.month == dt.date(2026, 10, 1)).count().to_pandas() > 0
    assert october == lines.filter(lines.month == "2026/10/1").count().to_pandas()
    assert opened.filter(opened.opened_at > "2026-10-31 17:59").count().to_pandas() == 1
    assert lines.filter(lines.order_id == "2026-10").count().to_pandas() == 0  # text against text
    with pytest.raises(WorkbookError, match=r"order_date holds days.*'31\.10\.2026' is none"):
        lines.filter(lines.order_date == "31.10.2026").to_pandas()


def test_a_table_that_is_none_says_which_there_are(book_of):
    tables = book_of(order_lines=SUPPLIED["order_lines"]).tables
    with pytest.raises(AttributeError, match="There is no table orders; there are order_lines"):
        _ = tables.orders
    assert not hasattr(tables, "__array__")


def test_free_questions_agree_with_the_facts_and_tables_complete_by_name():
    book = open_book(month="2026-10", scope="salesperson:S01")
    lines = book.tables.order_lines
    months = book.frame("customer_months")
    total = float(lines.net_amount.sum().to_pandas())
    assert total == pytest.approx(months["net_amount"].sum(), abs=1e-3)
    assert lines.order_date.max().to_pandas() <= pd.Timestamp(dt.date(2026, 10, 31))
    assert set(TABLE_NAMES) <= set(dir(book.tables))
    assert repr(book) == "Book(2026-10, salesperson:S01)"
    assert repr(book.tables).startswith("ScopedTables: complaints, costs, customers")


def test_money_comes_to_pandas_as_numbers_that_plot_and_to_arrow_as_it_is():
    book = open_book(month="2026-10")
    lines = book.tables.order_lines
    by_channel = lines.group_by("channel").agg(sales=lines.net_amount.sum())
    assert by_channel.to_pandas()["sales"].dtype == "float64"
    assert isinstance(lines.net_amount.sum().to_pandas(), float)
    assert isinstance(lines.net_amount.sum().to_pyarrow().as_py(), Decimal)
    assert lines.limit(1).net_amount.to_pandas().dtype == "float64"


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["company", S1])
def test_a_question_that_joins_and_adds_up_by_the_tables_own_columns_is_answered_in_every_scope(
    book_of, scope
):
    tables = book_of(scope).tables
    for name in TABLE_NAMES:
        table = getattr(tables, name)
        column = table.columns[0]
        joined = table.join(table.select(column).distinct(), column)
        # As any pandas user writes it, and as docs/extend.md does: by the columns of the table itself.
        added = joined.group_by(column).agg(rows=table[column].count())
        assert added.rows.sum().to_pandas() == table[column].count().to_pandas() > 0, name
