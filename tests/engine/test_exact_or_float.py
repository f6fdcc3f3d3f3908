"""Money in free questions and in facts: exact or a float, never cut, never too large, never an object."""

from __future__ import annotations

from decimal import Decimal, localcontext
from statistics import mean, median

import ibis
import pytest
from builders import COLUMNS, MONEY
from pandas.api.types import is_object_dtype
from test_book_tables import SUPPLIED, book_of  # noqa: F401

from helpers.settings.source import TABLE_NAMES
from helpers.subjects.registry import FACTS

#: Amounts that DuckDB multiplies in 18 digits: of a price and a quantity so large nothing is left of them.
LARGE = [Decimal("12345678901.1234"), Decimal("0.0001"), Decimal("-9999999999.9999"), Decimal("0.0002")]


def with_large_amounts():
    """Every table with amounts beyond ten billion and of a ten-thousandth in each of its columns of money."""
    given = {}
    for table, rows in SUPPLIED.items():
        money = [name for name, kind in COLUMNS[table].items() if kind == MONEY]
        given[table] = [
            row | {name: str(LARGE[place % len(LARGE)]) for name in money}
            for place, row in enumerate([*rows, *rows])
        ]
    return given


def objects(frame):
    """Columns that hold Python's objects (decimals, dates) in place of numbers, days or text."""
    return [name for name, kind in frame.dtypes.items() if is_object_dtype(kind)]


@pytest.fixture
def tables(book_of):  # noqa: F811
    return book_of(**with_large_amounts()).tables


def test_what_is_computed_of_any_money_column_is_exact_or_a_float(tables):
    looked_at = 0
    for name in TABLE_NAMES:
        table = getattr(tables, name)
        fetched = table.to_pandas()
        assert objects(fetched) == [], name
        columns = [column for column, kind in table.schema().items() if kind.is_decimal()]
        given = table.select(*columns).to_pyarrow() if columns else None
        for column in columns:
            values = given[column].to_pylist()
            assert isinstance(values[0], Decimal)
            assert fetched[column].dtype == "float64"
            with localcontext(prec=60):
                squares, middle, average = sum(each * each for each in values), median(values), mean(values)
            money = table[column]
            asked = table.aggregate(
                squares=(money * money).sum(),
                middle=money.median(),
                average=money.mean(),
                part=(money * 0.07).sum(),
            )
            assert asked.to_pyarrow()["squares"].to_pylist() == [squares], (name, column)
            (found,) = asked.to_pandas().to_dict("records")
            expected = {"squares": squares, "middle": middle, "average": average}
            assert found.pop("part") == pytest.approx(float(sum(values)) * 0.07, rel=1e-9)
            assert found == pytest.approx({key: float(each) for key, each in expected.items()}, rel=1e-15)
            looked_at += 1
    assert looked_at > 20


def test_a_mean_over_a_window_is_a_float(tables):
    money = tables.order_lines.net_amount
    within = money.mean().over(ibis.window(group_by=money)).to_pandas()
    assert sorted(within) == sorted(money.to_pandas())


def test_a_mean_of_computed_money_over_a_window_is_that_of_its_floats(tables):
    money = tables.order_lines.net_amount
    for computed in (money * 1.5, money**2, money * money * money, money.abs().sqrt()):
        within = computed.mean().over(ibis.window(group_by=money)).to_pandas()
        assert sorted(within) == pytest.approx(sorted(computed.to_pandas()), rel=1e-12)


def test_products_and_plain_amounts_are_one_column_of_a_union(tables):
    lines = tables.order_lines
    both = lines.select(x=lines.net_amount * lines.quantity).union(lines.select(x=lines.net_amount))
    with localcontext(prec=60):
        assert both.x.max().to_pyarrow().as_py() == LARGE[0] * LARGE[0]


def test_floats_and_plain_amounts_are_floats_in_a_union(tables):
    lines = tables.order_lines
    squares = lines.select(x=lines.net_amount**2)
    both = squares.union(lines.select(x=lines.net_amount))
    assert both.x.max().to_pandas() == squares.x.max().to_pandas() > float(LARGE[0])


def test_no_column_of_a_fact_comes_as_objects(facts_of):
    facts = facts_of("2026-10", **with_large_amounts())
    found = {name: objects(facts.frame(name)) for name in FACTS}
    assert len(found) > 50
    assert {name: columns for name, columns in found.items() if columns} == {}
