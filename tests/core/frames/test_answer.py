"""Every answer of a book shows itself, and its tables plot."""

import inspect
import typing
from dataclasses import dataclass, is_dataclass
from decimal import Decimal

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers.book import Book
from helpers.core.frames.answer import Answer


def answers():
    for name, method in inspect.getmembers(Book, inspect.isfunction):
        if not name.startswith("_"):
            hints = typing.get_type_hints(inspect.unwrap(method), localns={"ir": ir})
            for kind in typing.get_args(hints.get("return")) or [hints.get("return")]:
                if is_dataclass(kind):
                    yield name, kind


def test_every_answer_of_a_book_shows_itself():
    """A new answer inherits from `Answer`: `class Weekdays(Answer)`."""
    found = list(answers())
    assert len(found) > 40
    assert [f"{name}: {kind.__name__}" for name, kind in found if not issubclass(kind, Answer)] == []


@dataclass(frozen=True)
class Sold(Answer):
    """What was sold.

    Attributes
    ----------
    month
        The month.
    rows, by_day
        One row a line: amount (money);
        and by day.
    """

    month: pd.Period
    rows: pd.DataFrame
    by_day: pd.Series
    _hidden: int = 0


def test_an_answer_is_shown_as_html_and_text_with_what_its_columns_mean():
    rows = pd.DataFrame({"amount": [Decimal("1.50"), None], "name": ["<b>", "x"]})
    sold = Sold(pd.Period("2026-10"), rows, pd.Series([1.0], name="amount"))
    shown = sold._repr_mimebundle_()
    assert "Sold: What was sold." in shown["text/plain"]
    assert "rows: 2 rows × 2 columns: amount, name" in shown["text/plain"]
    assert "One row a line: amount (money); and by day." in shown["text/html"]
    assert "&lt;b&gt;" in shown["text/html"]
    assert "<b>" not in shown["text/html"]
    assert "_hidden" not in shown["text/html"]


def test_its_tables_are_copies_that_plot():
    rows = pd.DataFrame({"amount": [Decimal("1.50"), None]})
    sold = Sold(pd.Period("2026-10"), rows, pd.Series([1.0], name="amount"))
    own = sold.to_frame()
    assert own["amount"].dtype == np.float64
    own.loc[0, "amount"] = 9.0
    assert sold.rows["amount"][0] == Decimal("1.50")
    assert list(sold.tables()) == ["rows", "by_day"]
    with pytest.raises(ValueError, match="Sold has no table 'column'; its tables: rows, by_day"):
        sold.to_frame("column")
