"""Spark Connect: a server elsewhere reads, computes and scores as DuckDB does; and what is said when it is gone."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from connect_server import TOKEN, Line
from spark_orders import HEADER, ORDERS
from spark_shop import quarantine_of, rows_of

from helpers.book import Book
from helpers.core.scope import COMPANY
from helpers.data import read_data
from helpers.engine.scoring import score_fact
from helpers.errors import WorkbookError
from helpers.intake import read_tables, reconciliation
from helpers.present.numbers import numbers
from helpers.settings.config import parse_settings
from helpers.settings.engine import Spark
from helpers.subjects.registry import open_facts
from helpers.subjects.sales.purchase_summary import purchase_fit
from helpers.subjects.value.learning.recalibration import COLUMNS, PurchaseScorer
from helpers.subjects.value.queries import SCORES
from workbook_spark import connect as spark_connect
from workbook_spark.session import open_session

pytestmark = [pytest.mark.spark, pytest.mark.slow]
MONTH = pd.Period("2026-10", "M")

#: Of each kind one: of current rows, of order lines, a row a customer, with a table that this process hands to the
#: server, and of rows beside each other. All facts are held against DuckDB on a local Spark, by the same plans.
FACTS = ("customers", "purchase_occasions", "customer_summary", "open_history", "wallet_changes")


@pytest.fixture(scope="module")
def sample():
    return read_data(None)


def facts_of(sample, cache, address=""):
    """The facts of the sample on the engine; the tables are those of the embedded one."""
    tables, settings = sample
    engine = "spark" if address else "duckdb"
    source = settings.source.model_copy(update={"engine": engine})
    chosen = settings.model_copy(update={"source": source, "spark": Spark(session=address)})
    return open_facts(tables, MONTH, chosen, cache)


@pytest.fixture(scope="module")
def both(sample, tmp_path_factory, connect_address):
    cache = tmp_path_factory.mktemp("engines")
    return facts_of(sample, cache / "duckdb"), facts_of(sample, cache / "spark", connect_address)


def test_rows_that_break_a_rule_are_set_aside_and_money_reconciles(shop_folder, connect_address):
    shop_folder.write("order_lines.csv", *ORDERS)
    duckdb, spark = (
        shop_folder.read(engine, spark={"session": connect_address}) for engine in ("duckdb", "spark")
    )
    pd.testing.assert_frame_equal(rows_of(spark), rows_of(duckdb))
    pd.testing.assert_frame_equal(reconciliation(spark), reconciliation(duckdb))
    ours, theirs = quarantine_of(spark), quarantine_of(duckdb)
    pd.testing.assert_frame_equal(ours.drop(columns="sentence"), theirs.drop(columns="sentence"))


def test_table_of_the_servers_catalogue_is_read_by_name(tmp_path, connect_address):
    session = open_session(Spark(session=connect_address), tmp_path)
    row = ("1", "2026-01-10", "c1", "1", "p1", "1", "5")
    session.createDataFrame([row], HEADER.split(",")).write.mode("overwrite").saveAsTable("remote_lines")
    source = {"engine": "spark"}
    mapped = {"order_lines": {"table": "remote_lines"}}
    settings = {"source": source, "spark": {"session": connect_address}, "tables": mapped}
    tables = read_tables(None, parse_settings(settings, "map"), tmp_path / "cache")
    assert rows_of(tables)["net_amount"].tolist() == [5]
    assert tables.inputs[0].name == "remote_lines"


@pytest.mark.parametrize("name", FACTS)
def test_fact_is_duckdbs_to_the_last_bit(both, name):
    duckdb, spark = both
    pd.testing.assert_frame_equal(spark.frame(name), duckdb.frame(name), check_exact=True)
    assert spark.table(name).schema() == duckdb.table(name).schema()


def test_scores_of_the_servers_workers_are_those_of_pandas(both):
    duckdb, spark = both
    book = Book(
        month=MONTH, scope=COMPANY, settings=duckdb.settings, tables=duckdb.tables, facts=duckdb,
        numbers=numbers("en", "CNY"),
    )  # fmt: skip
    scorer = PurchaseScorer(purchase_fit(book).learned, 52)
    table = score_fact(spark, "customer_summary", COLUMNS, scorer, SCORES, on_workers=True)
    there = table.order_by("customer_id").to_pyarrow().to_pandas()
    pd.testing.assert_frame_equal(there, scorer(duckdb.frame("customer_summary")), rtol=0, atol=1e-12)


def of_this_module_alone(rows):
    return rows


def test_package_that_the_servers_workers_do_not_have_is_named(both):
    with pytest.raises(WorkbookError, match=r"workers cannot score: .*No module named.*score_on_engine_from"):
        score_fact(both[1], "customer_summary", COLUMNS, of_this_module_alone, SCORES, on_workers=True)


def test_server_that_is_gone_in_mid_fact_is_named_and_the_next_run_is_right(
    both, sample, tmp_path, connect_address, monkeypatch
):
    monkeypatch.setattr(spark_connect, "_PATIENCE", {"max_retries": 1, "max_backoff": 100})
    line = Line(connect_address)
    facts = facts_of(sample, tmp_path, line.address)
    facts.table("customers")
    line.cut()
    with pytest.raises(WorkbookError) as caught:
        facts.table("purchase_occasions")
    assert f"Spark Connect at {line.plain} no longer answers" in str(caught.value)
    assert TOKEN not in str(caught.value)
    left = {path.name for path in facts.folder.iterdir()}
    assert "customers.parquet" in left
    assert "purchase_occasions.parquet" not in left
    assert not [name for name in left if name.startswith(".") and not name.endswith(".seal")], "drafts"
    again = facts_of(sample, tmp_path, connect_address)
    assert again.folder == facts.folder
    pd.testing.assert_frame_equal(again.frame("purchase_occasions"), both[0].frame("purchase_occasions"))


def test_server_that_is_gone_before_the_data_are_read_is_named(shop_folder, connect_address, monkeypatch):
    monkeypatch.setattr(spark_connect, "_PATIENCE", {"max_retries": 1, "max_backoff": 100})
    shop_folder.write("order_lines.csv", *ORDERS)
    line = Line(connect_address)
    open_session(Spark(session=line.address), shop_folder.folder)
    line.cut()
    with pytest.raises(WorkbookError, match=f"Nothing answers at {line.plain}\\."):
        shop_folder.read("spark", spark={"session": line.address})
    assert not list(shop_folder.cache.glob("tables/*/*"))


def test_server_started_anew_is_asked_for_another_session(tmp_path, connect_address):
    first = open_session(Spark(session=connect_address), tmp_path)
    assert open_session(Spark(session=connect_address), tmp_path) is first
    first.client.release_session()  # as far as the server is concerned, it never was
    second = open_session(Spark(session=connect_address), tmp_path)
    assert second is not first
    assert second.range(2).count() == 2


def test_process_that_was_connected_ends_by_itself(connect_address, tmp_path):
    code = (
        "import sys; from pathlib import Path; from workbook_spark.session import open_session;"
        "from helpers.settings.engine import Spark;"
        f"session = open_session(Spark(session={connect_address!r}), Path({str(tmp_path)!r}));"
        "print(session.range(3).count())"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=True
    )
    assert (ended.stdout.strip(), ended.stderr.strip()) == ("3", "")
