"""A card shows one customer of the scope, as of the month, and says what it would need."""

import base64
import csv
import io
import itertools
import re

import openpyxl
import pandas as pd
import pytest
from books import book_on, text_of
from builders import line

from helpers.book import open_book
from helpers.errors import WorkbookError
from helpers.present.widgets import reset_choices
from helpers.subjects.card.views import customer_card, customer_cards
from helpers.subjects.explorers import cards

EVIL = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://x")'
LINES = [line("a", "2026-08-03", 100), line("a", "2026-09-03", 90), line("b", "2026-10-05", 40)]
CUSTOMERS = [
    {"customer_id": "a", "name": EVIL, "salesperson_id": "S1", "region": "East"},
    {"customer_id": "b", "name": FORMULA, "salesperson_id": "S2", "region": "West"},
    {"customer_id": "c", "name": "Nobody yet", "salesperson_id": "S1", "region": "East"},
]


@pytest.fixture(autouse=True)
def _nothing_chosen_yet():
    reset_choices()


@pytest.fixture
def book_of(facts_of):
    return lambda scope="company", language="en", **supplied: book_on(
        facts_of("2026-10", **({"order_lines": LINES, "customers": CUSTOMERS} | supplied)),
        scope,
        language=language,
    )


@pytest.mark.slow
def test_a_card_escapes_its_customers_name(book_of):
    page = customer_card(book_of(), "a")
    assert "<script>" not in page.html
    assert EVIL in page.text


def test_a_part_without_its_table_says_what_it_needs(book_of):
    text = customer_card(book_of(), "a").text
    assert "This part needs the table interactions, which is not supplied." in text
    assert "This part needs the table complaints, which is not supplied." in text


@pytest.mark.slow
def test_a_card_says_what_is_quoted_promised_and_returned(book_of):
    quotes = [
        {"quote_id": "1", "quote_date": "2026-08-01", "customer_id": "a", "amount": 100, "status": "won",
         "decided_at": "2026-08-03"},
        {"quote_id": "2", "quote_date": "2026-10-01", "customer_id": "a", "amount": 70, "status": "lost",
         "decided_at": "2026-11-03"},
    ]  # fmt: skip
    late = [{"order_id": "a@2026-09-03", "promised_date": "2026-09-09", "quantity": 1}]
    text = customer_card(book_of(quotes=quotes, deliveries=late), "a").text
    assert "Quotes: 1 of 1 won; 1 open, worth CN¥70." in text
    assert "On time in full: 0 of 1 lines. CN¥90 is past its promised day." in text
    assert "Returned: CN¥0 (returns: 0, orders: 2)." in text
    assert "Quotes:" not in customer_card(book_of(), "a").text


def test_who_never_bought_has_a_card(book_of):
    text = customer_card(book_of(), "c").text
    assert "It has not bought yet." in text
    assert "is expected in the next" not in text


def part(text, heading):
    """The lines that stand under a heading of a card."""
    rest = text.split(f"\n{heading}\n")[1].split("\n")
    return [line.strip() for line in itertools.takewhile(lambda line: line.startswith("  "), rest)]


def test_a_card_says_that_receivables_need_invoices(book_of):
    text = customer_card(book_of(), "a").text
    assert part(text, "Receivables") == ["This part needs the table invoices, which is not supplied."]


@pytest.mark.slow
def test_a_card_says_what_is_owed_and_overdue(book_of):
    invoices = [
        {"invoice_id": "i", "customer_id": "a", "invoice_date": "2026-09-01", "due_date": "2026-10-01", "amount": 70},
        {"invoice_id": "j", "customer_id": "a", "invoice_date": "2026-10-20", "due_date": "2026-11-19", "amount": 30},
    ]  # fmt: skip
    book = book_of(invoices=invoices)
    said = part(customer_card(book, "a").text, "Receivables")
    assert said == ["It owes CN¥100; CN¥70 is overdue, the oldest for 30 days."]
    assert part(customer_card(book, "b").text, "Receivables") == ["It has no invoice and no payment."]


def test_a_short_history_is_said_beside_value_and_probability(book_of):
    text = customer_card(book_of(), "a").text
    assert "There is too little history to be sure of the interval: it is rough." in part(
        text, "Lifetime value"
    )
    said = part(text, "State and probability of leaving")
    assert len(said) == 4
    assert said[0].startswith("Its state: ")
    assert part(text, "Warning signals") == ["It sends no signal that warns."]


@pytest.mark.slow
def test_most_at_stake_is_the_margin_of_those_at_risk_overdue_or_lapsed():
    book = open_book(month="2026-10")
    found = book.risk_list()
    risk = pd.concat([found.customers, found.silent], join="inner").sort_values(
        "risk_amount", ascending=False
    )
    ids = book.most_at_stake()
    assert ids == list(risk["customer_id"][:3])
    card = book.card(ids[0])
    assert card.risk["risk_amount"] == risk["risk_amount"].iloc[0] == risk["risk_amount"].max()
    value = book.lifetime().customers.set_index("customer_id").loc[ids[0]]
    assert (card.value["low_80"], card.value["value_amount"]) == (value["low_80"], value["value_amount"])
    said = part(customer_card(book, ids[0]).text, "State and probability of leaving")
    assert said[0].startswith("Its state: Lapsed; silent for ")
    ids = book.risk_list().customers["customer_id"].head(1)
    said = part(customer_card(book, ids.iloc[0]).text, "State and probability of leaving")
    assert said[0].startswith("Its state: At risk; silent for ")
    assert said[2].startswith("Reasons: ")


@pytest.mark.slow
def test_a_salespersons_cards_tell_of_its_own_customers_what_the_companys_do():
    own = open_book(month="2026-10", scope="salesperson:S07")
    ids = own.most_at_stake()
    assert set(ids) <= set(own.frame("customers")["customer_id"])
    company = open_book(month="2026-10")
    for heading in ("Lifetime value", "Warning signals", "Receivables"):
        assert part(customer_card(own, ids[0]).text, heading) == part(
            customer_card(company, ids[0]).text, heading
        )


def test_silence_is_counted_to_the_month_end(book_of):
    assert (
        "Buys every 31 days on average, last on 3 Sept 2026; silent for 58 days"
        in customer_card(book_of(), "a").text
    )


@pytest.mark.slow
def test_a_complaint_settled_after_the_month_end_was_open(book_of):
    complaint = {"customer_id": "a", "opened_at": "2026-10-02", "category": "defect"}
    later = {"customer_id": "a", "opened_at": "2026-11-02", "category": "service"}
    book = book_of(complaints=[complaint | {"resolved_at": "2026-11-05"}, later])
    text = customer_card(book, "a").text
    assert "1 complaint, 1 not settled." in text
    assert "service" not in text


@pytest.mark.slow
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
    box = cards(book_of())
    box.facets["region"].value = ("East",)
    assert list(box.selected["customer_id"]) == ["a", "c"]
    assert box.facets["region"].value == ("East",)
    assert [label for label, _ in box.facets["region"].options] == ["East (2)", "West (1)"]
    box.controls["search"].value = "nobody"
    assert list(box.selected["customer_id"]) == ["c"]
    box.controls["card"].value = "c"
    assert "Nobody yet" in box.canvases[1].value


def test_a_card_closes_when_its_customer_is_no_longer_picked(book_of):
    box = cards(book_of())
    box.controls["card"].value = "b"
    assert "<section" in box.canvases[1].value
    box.facets["region"].value = ("East",)
    assert box.controls["card"].value == ""
    assert box.canvases[1].value == ""


def saved(box, kind):
    box.buttons[kind].click()
    return base64.b64decode(re.search(r'base64,([^"]+)"', box.download.value)[1])


def test_exports_hold_the_selection_as_text(book_of):
    box = cards(book_of())
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
    first, second, _ = customer_cards(book, ids)
    assert "客户等级与原因" in first.text
    assert "<details" not in first.html and f"{ids[1]}</summary>" in second.html
    index = book.card_index()
    assert all(sum(of.values()) == len(index.customers) for of in index.counts().values())
    assert isinstance(index.month, pd.Period)


def test_a_book_shows_its_month_scope_and_tables():
    shown = text_of(open_book(month="2026-10"))
    assert "The company, October 2026" in shown
    assert re.search(r"order_lines +45,944 +0", shown)


def test_a_scopes_book_names_no_count_of_the_company():
    shown = text_of(open_book(month="2026-10", scope="salesperson:S07"))
    assert "order_lines" in shown
    assert "45,944" not in shown
