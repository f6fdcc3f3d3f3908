"""The sample company on both engines: every fact to the last bit, and a model scored where the customers are."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.book import Book
from helpers.core.scope import COMPANY
from helpers.data import read_data
from helpers.engine.scoring import score_fact
from helpers.present.numbers import numbers
from helpers.subjects.registry import FACT_NAMES, open_facts
from helpers.subjects.sales.purchase_summary import purchase_fit
from helpers.subjects.value.learning.recalibration import COLUMNS, PurchaseScorer
from helpers.subjects.value.queries import SCORES

pytestmark = [pytest.mark.spark, pytest.mark.slow]
MONTH = pd.Period("2026-10", "M")


@pytest.fixture(scope="module")
def both(tmp_path_factory, spark_session):
    """The facts of the sample on DuckDB and on Spark; the tables are the same, for intake has tests of its own."""
    tables, settings = read_data(None)
    cache = tmp_path_factory.mktemp("engines")
    source = settings.source.model_copy(update={"engine": "spark"})
    on_spark = settings.model_copy(update={"source": source})
    return (
        open_facts(tables, MONTH, settings, cache / "duckdb"),
        open_facts(tables, MONTH, on_spark, cache / "spark"),
    )


@pytest.mark.parametrize("name", FACT_NAMES)
def test_fact_is_the_same_to_the_last_bit_with_types_and_order(both, name):
    duckdb, spark = both
    pd.testing.assert_frame_equal(spark.frame(name), duckdb.frame(name), check_exact=True)
    assert spark.table(name).schema() == duckdb.table(name).schema()


def test_scores_of_sparks_workers_are_those_of_pandas(both):
    duckdb, spark = both
    book = Book(
        month=MONTH, scope=COMPANY, settings=duckdb.settings, tables=duckdb.tables, facts=duckdb,
        numbers=numbers("en", "CNY"),
    )  # fmt: skip
    scorer = PurchaseScorer(purchase_fit(book).learned, 52)
    here, there = (
        score_fact(facts, "customer_summary", COLUMNS, scorer, SCORES, on_workers=on_workers)
        .order_by("customer_id")
        .to_pyarrow()
        .to_pandas()
        for facts, on_workers in ((duckdb, False), (spark, True))
    )
    direct = scorer(duckdb.frame("customer_summary"))
    pd.testing.assert_frame_equal(there, here, rtol=0, atol=1e-12)
    pd.testing.assert_frame_equal(here, direct, rtol=0, atol=1e-12)
    assert here["p_alive"].between(0, 1).sum() > 300
