"""Grades and behaviour through the one door: the same in every scope, the same whatever came later."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from helpers.book import open_book
from helpers.settings import config


@pytest.fixture(scope="module")
def book():
    return open_book()


def test_every_customer_of_the_sample_is_graded_and_classed_once(book):
    everyone = sorted(book.frame("customers")["customer_id"])
    assert sorted(book.grades().customers["customer_id"]) == everyone
    assert sorted(book.behaviour().customers["customer_id"]) == everyone


def test_grades_and_segments_share_out_all_sales_to_named_customers(book):
    net = book.frame("customer_summary")["net_amount"].sum()
    assert book.grades().grades["amount"].sum() == pytest.approx(net)
    assert book.behaviour().segments["net_amount"].sum() == pytest.approx(net)


def test_salesperson_reads_the_companys_grades_of_own_customers_alone(book):
    own = open_book(scope="salesperson:S07")
    ids = set(own.frame("customers")["customer_id"])
    for whole, part, column in (
        (book.grades().customers, own.grades().customers, "grade"),
        (book.behaviour().customers, own.behaviour().customers, "segment"),
    ):
        assert set(part["customer_id"]) == ids
        companys = whole.set_index("customer_id")[column]
        assert part.set_index("customer_id")[column].sort_index().equals(companys[sorted(ids)])


@pytest.mark.slow
def test_what_was_recorded_later_changes_no_grade_and_no_segment(book, tmp_path, own_cache):
    """The book of June on data up to June equals the book of June on all data."""
    cut = tmp_path / "until_june"
    cut.mkdir()
    dates = {"order_lines": "order_date", "complaints": "opened_at", "wallet_evidence": "as_of"}
    for table in book.tables.supplied:
        where = f"WHERE {dates[table]} < DATE '2026-07-01'" if table in dates else ""
        columns = "*"
        if table == "complaints":  # what is resolved later has no resolution yet
            columns = (
                "* REPLACE (CASE WHEN resolved_at < DATE '2026-07-01' THEN resolved_at END AS resolved_at)"
            )
        target = cut / f"{table}.parquet"
        duckdb.sql(f"COPY (SELECT {columns} FROM '{book.tables.path(table)}' {where}) TO '{target}'")
    early = open_book(cut, month="2026-06", map=config.SAMPLE_FOLDER / "workbook.toml")
    late = open_book(month="2026-06")
    pd.testing.assert_frame_equal(early.grades().customers, late.grades().customers)
    pd.testing.assert_frame_equal(early.behaviour().customers, late.behaviour().customers)
