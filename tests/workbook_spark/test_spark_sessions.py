"""Spark that is not there: said at once, with the way out."""

from __future__ import annotations

import socket
import sys

import pytest

from helpers.book import open_book
from helpers.errors import WorkbookError
from helpers.settings.config import parse_settings
from helpers.settings.engine import Spark
from workbook_spark import connect as spark_connect
from workbook_spark import session as spark_session
from workbook_spark.session import open_session
from workbook_spark.sources import SparkSource, plan_sources
from workbook_spark.tables import _Spark, _state

pytestmark = pytest.mark.pyspark


@pytest.fixture
def nobody_active(monkeypatch):
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", classmethod(lambda cls: None))


@pytest.fixture
def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]  # bound, but nobody listens


def test_without_pyspark_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    with pytest.raises(WorkbookError, match=r"install customer-workbook\[spark\]"):
        open_session(Spark(), tmp_path)


def test_without_java_the_package_to_install_is_named(monkeypatch, tmp_path, nobody_active):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(WorkbookError, match="openjdk-17-jre-headless"):
        open_session(Spark(session="local[1]"), tmp_path)


@pytest.mark.spark  # Java is looked for first
def test_address_where_nothing_answers_is_named_at_once(tmp_path, nobody_active, closed_port):
    with pytest.raises(WorkbookError, match=f"Nothing answers at spark://127.0.0.1:{closed_port}"):
        open_session(Spark(session=f"spark://127.0.0.1:{closed_port}"), tmp_path)


def test_spark_connect_without_its_client_says_what_to_install(monkeypatch, tmp_path, nobody_active):
    monkeypatch.setattr(spark_connect, "find_spec", lambda name: None if name == "grpc" else sys)
    with pytest.raises(WorkbookError, match=r"pyspark\[connect\]"):
        open_session(Spark(session="sc://127.0.0.1:15002/;token=secret"), tmp_path)


@pytest.mark.parametrize(
    "address",
    ["sc://127.0.0.1:{}/;token=secret", "sc://127.0.0.1:{};token=secret", "sc://secret@127.0.0.1:{}/"],
)
def test_token_of_an_address_stands_in_no_message(monkeypatch, tmp_path, nobody_active, closed_port, address):
    monkeypatch.setattr(spark_connect, "find_spec", lambda name: sys)
    with pytest.raises(WorkbookError, match=f"Nothing answers at sc://127.0.0.1:{closed_port}\\.") as caught:
        open_session(Spark(session=address.format(closed_port)), tmp_path)
    assert "secret" not in str(caught.value)


def test_session_of_no_known_kind_is_an_error_that_does_not_repeat_it():
    with pytest.raises(WorkbookError, match=r"'spark.session': must be local") as caught:
        parse_settings({"spark": {"session": "SC://127.0.0.1:15002/;token=secret"}}, "workbook.toml")
    assert "secret" not in str(caught.value)


def test_password_among_the_options_is_not_repeated_where_spark_cannot_be_started(
    monkeypatch, tmp_path, nobody_active
):
    from pyspark.sql import SparkSession

    def start(builder):
        raise RuntimeError(f"refused: {builder._options['spark.hadoop.fs.s3a.secret.key']}")

    monkeypatch.setattr(spark_session, "_java", lambda: "java")
    monkeypatch.setattr(SparkSession.Builder, "getOrCreate", start)
    options = {"spark.hadoop.fs.s3a.secret.key": "very-secret"}
    with pytest.raises(WorkbookError, match=r"cannot be started: refused: \*\*\* See"):
        open_session(Spark(session="local[1]", options=options), tmp_path)


def test_session_that_is_not_active_is_asked_for_in_vain(tmp_path, nobody_active):
    with pytest.raises(WorkbookError, match="has no active Spark session"):
        open_session(Spark(session="active"), tmp_path)


def test_data_folder_that_is_not_there_is_named(tmp_path):
    settings = tmp_path / "workbook.toml"
    settings.write_text('[source]\nengine = "spark"\n')
    with pytest.raises(WorkbookError, match="does not exist"):
        open_book(str(tmp_path / "nowhere"), map=settings)


def test_sample_does_not_fill_in_for_tables_that_the_map_leaves_out(tmp_path):
    settings = tmp_path / "workbook.toml"
    settings.write_text('[source]\nengine = "spark"\n[tables.customers]\ntable = "sales.customers"\n')
    with pytest.raises(WorkbookError, match="Nothing holds the order lines"):
        open_book(map=settings)


def test_named_snapshot_tells_states_apart_without_asking_spark(tmp_path):
    def state(snapshot, table="lines"):
        settings = parse_settings({"spark": {"snapshot": snapshot}}, "map")
        return _state(SparkSource(table, table=table), settings, tmp_path, _Spark(settings, tmp_path))

    assert state("Monday") == state("Monday") != state("Tuesday")
    assert state("Monday") != state("Monday", table="other")


def test_files_on_this_machine_are_known_by_their_content_without_asking_spark(tmp_path):
    def state(text):
        (tmp_path / "part.csv").write_text(text)
        (source,) = plan_sources(tmp_path, settings).tables["order_lines"]
        return _state(source, settings, tmp_path / "cache", _Spark(settings, tmp_path))

    (tmp_path / "cache" / "hashes").mkdir(parents=True)
    settings = parse_settings({"tables": {"order_lines": {"files": ["part.csv"]}}}, "map")
    assert state("a") == state("a") != state("b")
