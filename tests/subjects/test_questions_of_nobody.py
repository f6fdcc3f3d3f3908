"""Every question of the Book where nobody is there: a salesperson without customers, and data without a customer."""

from __future__ import annotations

import dataclasses
import inspect

import pandas as pd
import pytest
from books import book_on
from builders import line, write_standard_tables

from helpers.book import Book, open_book
from helpers.errors import WorkbookError
from helpers.settings.config import Settings
from helpers.subjects.registry import open_facts

MONTH = pd.Period("2026-10", "M")
#: Questions that ask about something given: they have their own tests.
ASKED_WITH = {"frame", "buyers", "card", "action_list", "alive_history", "cohorts", "compare", "identity_records",
              "recent_lines", "channel_customers", "lifetime_left"}  # fmt: skip
QUESTIONS = sorted(
    name
    for name, _ in inspect.getmembers(Book, inspect.isfunction)
    if not name.startswith("_") and name not in ASKED_WITH
)


def answer(book, question):
    return getattr(book, question)()


def columns(result, path=""):
    """Yield each column of each frame of a result, with its values."""
    if isinstance(result, pd.DataFrame) and result.columns.is_unique:
        yield from ((f"{path}[{name}]", result[name]) for name in result.columns)
    elif dataclasses.is_dataclass(result):
        for part in dataclasses.fields(result):
            yield from columns(getattr(result, part.name), f"{path}.{part.name}")


def kind(values):
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    return "date" if values.dtype.kind in "mM" or isinstance(values.dtype, pd.PeriodDtype) else "text"


@pytest.fixture(scope="module")
def company():
    return open_book(month=MONTH)


@pytest.fixture(scope="module")
def nobody():
    return open_book(month=MONTH, scope="salesperson:S02")


def test_each_question_is_asked_here():
    """Whoever adds a question that needs something given adds it to `ASKED_WITH`."""
    for name in QUESTIONS:
        needed = list(inspect.signature(getattr(Book, name)).parameters.values())[1:]
        assert all(parameter.default is not parameter.empty for parameter in needed), name


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_salesperson_without_customers_gets_answers_of_the_same_kinds(company, nobody, question):
    wanted = {name: values for name, values in columns(answer(company, question)) if values.notna().any()}
    found = dict(columns(answer(nobody, question)))
    other = {
        name: (kind(values), kind(wanted[name]))
        for name, values in found.items()
        if name in wanted and kind(values) != kind(wanted[name])
    }
    assert other == {}


def opened(folder, supplied):
    tables = write_standard_tables(folder / "tables", supplied)
    facts = open_facts(tables, MONTH, Settings(), folder / "cache")
    return book_on(facts, currency="EUR")


@pytest.fixture(scope="module", params=["order lines alone", "every table, without a row"])
def nameless(request, tmp_path_factory):
    """One sale to a customer whom nobody named, and nothing else."""
    more = {}
    if request.param != "order lines alone":
        more = dict.fromkeys(
            ("customers", "products", "salespeople", "targets", "invoices", "payments", "interactions",
             "complaints", "surveys", "wallet_evidence", "prospects", "days_off"), ()
        )  # fmt: skip
    return opened(
        tmp_path_factory.mktemp("nameless"), {"order_lines": [line(None, "2026-10-05", 10)], **more}
    )


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_data_without_a_customer_are_answered_too(nameless, question):
    answer(nameless, question)


def test_data_without_order_lines_have_no_month(tmp_path):
    with pytest.raises(WorkbookError, match="no usable row"):
        opened(tmp_path, {"order_lines": []})
