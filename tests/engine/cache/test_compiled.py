"""SQL is taken over from a question that differs in made-up names alone, and from no other."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from helpers.engine.cache import compiled
from helpers.engine.connection import connect, from_parquet, to_pandas

AMOUNTS = {"first": [1.0, 2.0], "second": [30.0, 40.0]}


@pytest.fixture
def tables(tmp_path):
    """Two files of the same columns, opened by an engine each time anew."""

    def opened(*names):
        engine = connect(tmp_path)
        for name in names:
            amounts = ", ".join(f"({place}, {amount}::DOUBLE)" for place, amount in enumerate(AMOUNTS[name]))
            path = tmp_path / f"{name}.parquet"
            engine.raw_sql(f"COPY (SELECT * FROM (VALUES {amounts}) AS t(id, amount)) TO '{path}'")
        return [from_parquet(engine, tmp_path / f"{name}.parquet") for name in names]

    return opened


@pytest.fixture
def anew(monkeypatch):
    """How often SQL was compiled: a list that grows."""
    counted = []
    monkeypatch.setattr(compiled, "_numbers", {})
    monkeypatch.setattr(compiled, "_compiled", {})
    translate = ibis.backends.sql.compilers.duckdb.compiler.__class__.translate
    monkeypatch.setattr(
        ibis.backends.sql.compilers.duckdb.compiler.__class__,
        "translate",
        lambda self, op, **given: counted.append(1) or translate(self, op, **given),
    )
    return counted


def total(table, least=0.0):
    return float(to_pandas(table.filter(table.amount > least).agg(sum=table.amount.sum()))["sum"].iloc[0])


def test_the_same_question_of_other_data_is_compiled_once_and_answered_from_its_own(tables, anew):
    (first,), (second,) = tables("first"), tables("second")
    assert (total(first), total(second)) == (3.0, 70.0)
    assert len(anew) == 1


def test_another_number_another_column_and_another_day_are_other_questions(tables, anew):
    (table,) = tables("first")
    assert (total(table), total(table, 1.5)) == (3.0, 2.0)
    days = [table.mutate(day=ibis.literal(dt.date(2026, 10, day))) for day in (30, 31)]
    assert [set(to_pandas(each)["day"].dt.day) for each in days] == [{30}, {31}]
    assert to_pandas(table.select(it="id"))["it"].tolist() == [0, 1]
    assert to_pandas(table.select(it="amount"))["it"].tolist() == [1.0, 2.0]
    assert len(anew) == 6


def test_values_that_are_equal_but_of_another_kind_are_other_questions(tables):
    (table,) = tables("first")
    equal = (True, 1, 1.0), (False, 0, 0.0, -0.0)
    for values in equal:
        told = {table.get_backend().sql_of(table.select(it=ibis.literal(value))) for value in values}
        assert len(told) == len(values)


def test_what_stands_for_nothing_is_as_it_was_written(tables):
    (table,) = tables("first")
    told = {table.get_backend().sql_of(table.fill_null({"amount": value})) for value in (1, 1.0)}
    assert len(told) == 2


def test_no_number_is_given_to_two_questions_when_all_is_forgotten_in_between(tables, monkeypatch):
    """As another thread would: the parts known to a walk that has begun keep their numbers."""
    (table,) = tables("first")
    look = compiled._Look()
    before = look.number_of(table.amount.op())
    monkeypatch.setattr(compiled, "_numbers", {})
    assert compiled._Look().number_of(table.id.op()) != before


def test_each_table_of_a_question_stays_in_its_place(tables, anew):
    """Also where the other question has the same two tables the other way round, or one of them twice."""
    first, second = tables("first", "second")

    def difference(one, other):
        joined = one.join(other, "id").select(it=other.amount - one.amount)
        return to_pandas(joined.order_by("it"))["it"].tolist()

    assert difference(first, second) == [29.0, 38.0]
    assert difference(second, first) == [-38.0, -29.0]
    assert len(anew) == 1
    assert difference(first, first.view()) == [0.0, 0.0]


def test_tables_of_this_process_are_taken_over_with_their_own_rows(tables, anew):
    (table,) = tables("first")
    for factor in (2.0, 3.0):
        factors = ibis.memtable({"id": [0, 1], "factor": [factor, factor]})
        found = table.join(factors, "id").mutate(it=table.amount * factors.factor)
        assert sorted(to_pandas(found)["it"]) == [factor, 2 * factor]
    assert len(anew) == 1


def test_a_count_that_is_named_by_its_table_is_found_under_the_name_of_its_own(tables):
    for (table,) in (tables("first"), tables("second")):
        assert table.count().to_pyarrow().as_py() == 2
        assert table.count().as_table().to_pyarrow_batches().read_all().num_rows == 1


def test_what_ibis_may_not_be_asked_twice_is_compiled_each_time(tables):
    (table,) = tables("first")
    one, other = (table.mutate(it=ibis.random()).it.to_pyarrow() for _ in range(2))
    assert one != other


def test_when_too_much_is_known_all_is_forgotten(tables, anew, monkeypatch):
    (table,) = tables("first")
    monkeypatch.setattr(compiled, "_MOST", 0)
    assert (total(table), total(table)) == (3.0, 3.0)
    assert len(anew) == 2
    assert len(compiled._compiled) == 1
