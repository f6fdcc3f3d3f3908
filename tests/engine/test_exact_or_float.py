"""Money in free questions and in facts: exact or a float, never cut, never too large, never an object."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from statistics import mean, median

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import COLUMNS, MONEY
from pandas.api.types import is_object_dtype
from test_book_tables import SUPPLIED, book_of  # noqa: F401

from helpers.engine.connection import connect, from_parquet
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


@pytest.mark.slow
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


#: What an analyst asks of money beside a float: each operation, and the same of the plain values of one row.
BESIDE_A_FLOAT = {
    "coalesce": (lambda money, part: ibis.coalesce(money.nullif(money), part), lambda money, part: part),
    "least": (lambda money, part: ibis.least(money, part), min),
    "greatest": (lambda money, part: ibis.greatest(money, part), max),
    "ifelse": (
        lambda money, part: (money > 1).ifelse(money, part),
        lambda money, part: money if money > 1 else part,
    ),
    "cases": (
        lambda money, part: ibis.cases((money > 1, part), else_=money),
        lambda money, part: part if money > 1 else money,
    ),
    "fill_null": (lambda money, part: money.nullif(money).fill_null(part), lambda money, part: part),
    "clip": (lambda money, part: money.clip(lower=part), max),
    "a remainder": (lambda money, part: money.abs() % part, lambda money, part: abs(money) % part),
    "a later product": (
        lambda money, part: ibis.least(money, part) * money,
        lambda money, part: min(money, part) * money,
    ),
    "a literal": (lambda money, part: ibis.least(money, 0.123456), lambda money, part: min(money, 0.123456)),
    "what one row has before": (lambda money, part: money.lag(1, 0.123456), None),
    "how far out they lie": (lambda money, part: money.kurtosis(), None),
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Amounts of money, and a float beside each."""
    folder = tmp_path_factory.mktemp("engine")
    money = pa.array([*LARGE, None], pa.decimal128(18, 4))
    pq.write_table(pa.table({"net_amount": money}), folder / "lines.parquet")
    lines = from_parquet(connect(folder), folder / "lines.parquet")
    return lines.mutate(part=lines.net_amount.cast("float64").abs() * 1e-9 + 0.0000123)


@pytest.mark.parametrize("name", BESIDE_A_FLOAT)
def test_money_beside_a_float_is_a_float_that_keeps_its_decimals(lines, name):
    ask, of_row = BESIDE_A_FLOAT[name]
    asked = ask(lines.net_amount, lines.part)
    found = lines.select(money=lines.net_amount, part=lines.part, asked=asked).limit(len(LARGE)).to_pyarrow()
    assert str(found["asked"].type) == "double"
    if of_row:
        expected = [of_row(float(row["money"]), row["part"]) for row in found.to_pylist()]
        assert found["asked"].to_pylist() == pytest.approx(expected, rel=1e-9)


def test_a_gap_in_a_table_filled_with_a_float_and_columns_made_rows_keep_its_decimals(lines):
    gaps = lines.select(money=lines.net_amount.nullif(lines.net_amount))
    for fill in ({"money": 0.0000123}, 0.0000123):
        assert set(gaps.fill_null(fill).money.to_pyarrow().to_pylist()) == {0.0000123}
    longer = lines.select("net_amount", "part").pivot_longer(["net_amount", "part"])
    parts = longer.filter(longer.name == "part").value
    assert set(parts.to_pyarrow().to_pylist()) == set(lines.part.to_pyarrow().to_pylist())


def test_every_way_to_fetch_or_to_write_a_question_gives_the_same(lines, tmp_path):
    money = lines.net_amount
    asked = lines.drop_null().select(
        share=money * 0.07, square=money * money, least=ibis.least(money, lines.part)
    )
    expected = asked.order_by("share").to_pyarrow()
    asked.to_parquet(tmp_path / "asked.parquet")
    asked.to_csv(tmp_path / "asked.csv")
    asked.to_json(tmp_path / "asked.json")
    with asked.to_pyarrow_batches() as batches:
        assert batches.read_all().sort_by("share") == expected
    assert pq.read_table(tmp_path / "asked.parquet").sort_by("share") == expected
    kept = asked.get_backend()._create_cached_table(
        "kept", asked
    )  # `cache()` cannot drop its table with this sqlglot
    assert kept.order_by("share").to_pyarrow() == expected
    floats = expected.to_pandas().astype("float64").to_numpy()
    for frame in (
        pd.concat(asked.to_pandas_batches()),
        pd.read_csv(tmp_path / "asked.csv", float_precision="round_trip"),
        pd.DataFrame(json.loads((tmp_path / "asked.json").read_text())),
    ):
        assert objects(frame) == []
        assert frame.sort_values("share").to_numpy() == pytest.approx(floats, rel=1e-12)


def test_products_stand_beside_rates_of_more_decimals(lines):
    rates = lines.select(
        net_amount=lines.net_amount, rate=ibis.literal("0.123456789").cast("decimal(18, 9)")
    ).drop_null()
    asked = rates.mutate(product=rates.net_amount * rates.rate, square=rates.net_amount * rates.net_amount)
    asked = asked.mutate(larger=ibis.greatest(asked.square, asked.rate), both=asked.square + asked.rate)
    found = asked.order_by("net_amount").to_pyarrow()
    rate, given = Decimal("0.123456789"), sorted(LARGE)
    with localcontext(prec=60):
        assert found["product"].to_pylist() == [each * rate for each in given]
        assert found["larger"].to_pylist() == [max(each * each, rate) for each in given]
        assert found["both"].to_pylist() == [each * each + rate for each in given]


def test_one_column_and_one_figure_come_in_parts_as_they_come_at_once(lines):
    share = lines.net_amount * 0.07
    assert pd.concat(share.to_pandas_batches()).dropna().tolist() == share.to_pandas().dropna().tolist()
    (total,) = lines.net_amount.sum().to_pandas_batches()
    assert total == lines.net_amount.sum().to_pandas()


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


@pytest.mark.slow
def test_no_column_of_a_fact_comes_as_objects(facts_of):
    facts = facts_of("2026-10", **with_large_amounts())
    found = {name: objects(facts.frame(name)) for name in FACTS}
    assert len(found) > 50
    assert {name: columns for name, columns in found.items() if columns} == {}


def test_a_decimal_written_in_a_question_keeps_its_digits(lines):
    rate, wide, money = Decimal("0.0007123"), Decimal(1) / 3, lines.net_amount
    asked = lines.mutate(
        product=money * rate, larger=money + rate, least=ibis.least(money, rate), third=money * wide,
        filled=money.nullif(money).fill_null(rate), either=(money > rate).ifelse(money, rate),
    )  # fmt: skip
    found = asked.drop_null("net_amount").order_by("net_amount").to_pyarrow()
    given = sorted(LARGE)
    with localcontext(prec=60):
        assert found["product"].to_pylist() == [each * rate for each in given]
        assert found["larger"].to_pylist() == [each + rate for each in given]
        assert found["least"].to_pylist() == [min(each, rate) for each in given]
        assert found["either"].to_pylist() == [each if each > rate else rate for each in given]
    assert set(found["filled"].to_pylist()) == {rate}
    gaps = lines.select(money=money.nullif(money))
    assert set(gaps.fill_null({"money": rate}).money.to_pyarrow().to_pylist()) == {rate}
    assert lines.mutate(plain=money.cast("decimal")).to_pandas()["plain"].isna().sum() == 1
    few = Decimal("0.0004")  # of three decimals it would be nothing
    assert lines.filter(money > few, money < 1).count().to_pandas() == 0
    assert lines.filter(money.between(Decimal(0), few)).count().to_pandas() == 2
    assert lines.filter(money.isin([Decimal("0.0002"), rate])).count().to_pandas() == 1
    assert found["third"].to_pylist() == pytest.approx([float(each) / 3 for each in given])
