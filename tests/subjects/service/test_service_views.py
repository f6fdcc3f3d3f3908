"""What readers are told of service and contacts; what is not supplied costs its section alone."""

from __future__ import annotations

import dataclasses

import pytest
from books import text_of

from helpers.book import open_book
from helpers.core.proposals import Likelihood
from helpers.present.actions import COLUMNS
from helpers.subjects.contacts import attention_views as attention
from helpers.subjects.contacts import prospect_views as prospects
from helpers.subjects.contacts import record_views as customer_records
from helpers.subjects.contacts import visit_views as visits
from helpers.subjects.service import complaint_views as complaints
from helpers.subjects.service import satisfaction_views as satisfaction

SECTIONS = (
    (complaints.complaints, "complaints"), (visits.visits, "interactions"), (attention.attention, "interactions"),
    (satisfaction.satisfaction, "surveys"), (prospects.prospects, "prospects"), (customer_records.records, "customers"),
)  # fmt: skip


@pytest.fixture(scope="module")
def book():
    return open_book(month="2026-10", scope="salesperson:S03")


@pytest.mark.parametrize(("section", "needed"), SECTIONS)
def test_without_its_table_a_section_says_in_a_line_what_it_needs(book, section, needed):
    shown = text_of(*section(None, book.numbers))
    assert f"table {needed}" in shown
    assert "\n" not in shown


def test_a_salespersons_page_names_no_customer_of_another(book):
    n = book.numbers
    page = text_of(
        *complaints.complaints(book.complaints(), n), *visits.visits(book.visits(), n),
        *attention.attention(book.attention(), n), *satisfaction.satisfaction(book.satisfaction(), n),
        *prospects.prospects(book.prospects(), n), *customer_records.records(book.records(), n),
    )  # fmt: skip
    everybody = open_book(month="2026-10").frame("customers")
    own = everybody["salesperson_id"] == "S03"
    assert any(name in page for name in everybody.loc[own, "name"])
    assert [name for name in everybody.loc[~own, "name"].dropna() if name in page] == []


def test_every_open_complaint_and_every_visit_due_becomes_an_action(book):
    said, planned = book.complaints(), book.visits()
    answers = complaints.proposed_actions(said, book.numbers, Likelihood()).worded()
    trips = visits.proposed_actions(planned, book.numbers, Likelihood()).worded()
    assert tuple(answers.columns) == tuple(trips.columns) == (*COLUMNS, "reason")
    assert set(answers["customer_id"]) == set(said.customers.loc[said.customers["open"] > 0, "customer_id"])
    assert set(answers["kind"]) == {"answer_complaint"}
    assert set(trips["customer_id"]) == set(planned.due["customer_id"])
    assert (trips["due_date"] > book.month.end_time.normalize()).all()


def test_what_all_customers_teach_is_kept_from_a_salesperson_where_policy_says_so(book):
    def said(settings):
        asked = dataclasses.replace(book, settings=settings)
        return text_of(complaints.complaints_findings(asked.complaints(), book.numbers))

    open_policy = book.settings
    privacy = open_policy.privacy.model_copy(update={"show_company_shares": False})
    assert "of all customers" in said(open_policy)
    assert "of all customers" not in said(open_policy.model_copy(update={"privacy": privacy}))
