"""Parameters that papermill or YAML turned into numbers, days or lists are shown or refused in a sentence."""

import datetime as dt

import pytest
from books import book_on
from builders import line

from helpers.book import open_book
from helpers.errors import WorkbookError


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"month": 202610},
            "month arrived as the number 202610: give it as text (papermill -r month 2026-10, or",
        ),
        (
            {"month": dt.date(2026, 10, 1)},
            "month arrived as the date 2026-10-01: give it as text (papermill -r month",
        ),
        (
            {"scope": 12},
            "scope arrived as the number 12: give it as text (papermill -r scope 12, or quotes in YAML).",
        ),
        ({"data": 1e5}, "data arrived as the number 100000.0"),
        ({"language": True}, "language arrived as the value True"),
        ({"month": "2026_10"}, "Write it as YYYY-MM"),
        ({"month": 2026.1}, "give it as text (papermill -r month YYYY-MM, or"),
        (
            {"month": ["2026-10"]},
            "month arrived as the list ['2026-10']: give it as text (papermill -r month 2026-10",
        ),
        ({"scope": ["salesperson:S01"]}, "scope arrived as the list"),
        ({"language": ("en",)}, "language arrived as the list"),
        ({"map": ["a.toml"]}, "map arrived as the list"),
    ],
)
def test_a_parameter_that_is_no_text_says_how_to_give_it_as_text(given, said):
    with pytest.raises(WorkbookError, match=r"papermill|YYYY-MM") as raised:
        open_book(**given)
    assert said in str(raised.value)


def test_a_customer_given_as_a_number_is_shown_only_where_one_id_can_be_meant(facts_of):
    facts = facts_of(
        "2026-03", order_lines=[line(who, "2026-03-02", 9) for who in ("0012", "12", "345", "1000", "10")]
    )
    book = book_on(facts, currency="EUR")
    assert book._as_id(1000) == "1000"
    assert book._as_id("0012") == "0012"
    for given in (12, 7, 345.0, [345], True):
        with pytest.raises(WorkbookError, match="papermill -r customer"):
            book.card(given)
    with pytest.raises(WorkbookError, match=r"ids that can be meant: 0012, 12\."):
        book.card(12)
    with pytest.raises(WorkbookError, match=r"ids that can be meant: 0012, 10\."):
        book.card(10)  # what YAML makes of 0012
