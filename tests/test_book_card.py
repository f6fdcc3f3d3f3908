"""A card shows one customer of the scope, as of the month, and says what it would need."""

import base64
import csv
import io
import re

import openpyxl
import pandas as pd
import pytest
from builders import line

from helpers.book import Book, open_book
from helpers.config import Settings
from helpers.errors import WorkbookError
from helpers.views.card import customer_card
from helpers.views.numbers import numbers
from helpers.views.widgets_index import card_index_explorer

EVIL = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://x")'
LINES = [line("a", "2026-08-03", 100), line("a", "2026-09-03", 90), line("b", "2026-10-05", 40)]
CUSTOMERS = [
    {"customer_id": "a", "name": EVIL, "salesperson_id": "S1", "region": "East"},
    {"customer_id": "b", "name": FORMULA, "salesperson_id": "S2", "region": "West"},
    {"customer_id": "c", "name": "Nobody yet", "salesperson_id": "S1", "region": "East"},
]


@pytest.fixture
def book_of(facts_of):
    def build(scope="company", language="en", **supplied):
        facts = facts_of("2026-10", **({"order_lines": LINES, "customers": CUSTOMERS} | supplied))
        return Book(
            facts.month, facts.scope(scope), Settings(), facts.tables, facts, numbers(language, "CNY")
        )

    return build


def test_a_card_escapes_its_customers_name(book_of):
    page = customer_card(book_of(), "a")
    assert "<script>" not in page.html
    assert EVIL in page.text


def test_a_part_without_its_table_says_what_it_needs(book_of):
    text = customer_card(book_of(), "a").text
    assert "This part needs the table interactions, which is not supplied." in text
    assert "This part needs the table complaints, which is not supplied." in text


def test_who_never_bought_has_a_card(book_of):
    assert "It has not bought yet." in customer_card(book_of(), "c").text


def test_silence_is_counted_to_the_month_end(book_of):
    assert (
        "Buys every 31 days on average, last on 3 Sept 2026; silent for 58 days"
        in customer_card(book_of(), "a").text
    )


def test_a_complaint_settled_after_the_month_end_was_open(book_of):
    complaint = {"customer_id": "a", "opened_at": "2026-10-02", "category": "defect"}
    later = {"customer_id": "a", "opened_at": "2026-11-02", "category": "service"}
    book = book_of(complaints=[complaint | {"resolved_at": "2026-11-05"}, later])
    text = customer_card(book, "a").text
    assert "1 complaint, 1 not settled." in text
    assert "service" not in text


def test_anothers_customer_is_unknown_and_unnamed(book_of):
    book = book_of("salesperson:S1", salespeople=[{"salesperson_id": "S1", "name": "Li"}])
    assert list(book.card_index().customers["customer_id"]) == ["a", "c"]
    with pytest.raises(WorkbookError, match="There is no customer 'b' in this report") as error:
        book.card("b")
    assert "HYPERLINK" not in str(error.value)


def test_an_error_in_a_notebook_is_a_paragraph_and_no_traceback(book_of):
    with pytest.raises(WorkbookError) as error:
        book_of().card("zz")
    shown = error.value._render_traceback_()
    assert shown[0].startswith("WorkbookError: There is no customer 'zz'")
    assert not any("Traceback" in each for each in shown)


def test_picking_a_value_brings_counts_and_list_up_to_date(book_of):
    box = card_index_explorer(book_of())
    box.facets["region"].value = ("East",)
    assert list(box.selected["customer_id"]) == ["a", "c"]
    assert box.facets["region"].value == ("East",)
    assert [label for label, _ in box.facets["region"].options] == ["East (2)", "West (1)"]
    box.search.value = "nobody"
    assert list(box.selected["customer_id"]) == ["c"]
    box.opened.value = "c"
    assert "Nobody yet" in box.card.value


def saved(box, kind):
    box.buttons[kind].click()
    return base64.b64decode(re.search(r'base64,([^"]+)"', box.download.value)[1])


def test_exports_hold_the_selection_as_text(book_of):
    box = card_index_explorer(book_of())
    rows = list(csv.reader(io.StringIO(saved(box, "csv").decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == [EVIL, "'" + FORMULA, "Nobody yet"]
    sheet = openpyxl.load_workbook(io.BytesIO(saved(box, "xlsx"))).active
    assert [(cell.value, cell.data_type) for cell in sheet["B"][2:3]] == [(FORMULA, "s")]
    assert saved(box, "xlsx") == saved(box, "xlsx")
    page = saved(box, "html").decode()
    assert page.count('<section class="wb-card"') == 3
    assert "<script>" not in page


def test_the_sample_has_a_card_for_everybody_at_stake_in_chinese():
    book = open_book(month="2026-10", language="zh")
    ids = book.most_at_stake()
    assert len(ids) == 3
    text = customer_card(book, ids[0]).text
    assert "客户等级与原因" in text
    index = book.card_index()
    assert all(sum(of.values()) == len(index.customers) for of in index.counts().values())
    assert isinstance(index.month, pd.Period)


def test_a_book_shows_its_month_scope_and_tables():
    shown = open_book(month="2026-10")._repr_mimebundle_()["text/plain"]
    assert "The company, October 2026" in shown
    assert re.search(r"order_lines +45,944 +0", shown)


def test_a_scopes_book_names_no_count_of_the_company():
    shown = open_book(month="2026-10", scope="salesperson:S07")._repr_mimebundle_()["text/plain"]
    assert "order_lines" in shown
    assert "45,944" not in shown
