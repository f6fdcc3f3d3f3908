"""Fixtures that every test may use; what they build from stands in ``builders.py``."""

# ruff: noqa: E402
from __future__ import annotations

import gc

gc.disable()  # until the tests are collected: it would look at all that is imported, again and again

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.operations as ops
import ibis.expr.types as ir
import optional
import pandas as pd
import pytest
import scipy.linalg  # noqa: F401  brings SciPy's own threads, which are limited below
from builders import Rows, write_standard_tables
from hypothesis import settings as property_tests
from small_spark import SMALL_SPARK
from threadpoolctl import threadpool_limits

from helpers.core.files.private import exclusive_lock
from helpers.engine.connection import Engine
from helpers.engine.store import FactStore
from helpers.intake.tables import StandardTables
from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest
from helpers.settings.config import Settings
from helpers.settings.engine import Spark
from helpers.subjects.registry import open_facts

# The same cases in every run, so that a failure is that of a change; `make search` draws new ones.
property_tests.register_profile("same-cases", derandomize=True, deadline=None)
property_tests.register_profile("new-cases", deadline=None)
property_tests.load_profile("same-cases")
# As the cache does when it learns: on matrices this small, threads take ten times the time and wait for each other.
threadpool_limits(1)
# So too the engine: on worlds of some rows a second thread costs a fifth and does nothing. Packs, which processes of
# their own make, have all cores; tests of the number of threads set it themselves.
connect_duckdb = duckdb.connect


def connect_on_one_core(*named: Any, config: dict[str, Any] | None = None, **options: Any):
    return connect_duckdb(*named, config={"threads": 1, **(config or {})}, **options)


duckdb.connect = connect_on_one_core
# The same question put to another world is the same SQL: to write it anew takes half of what a fact of some rows costs.
Engine.db_identity = "the engine of any test"
compiled: dict[ops.Node, str] = {}
compile_anew = Engine.compile


def compile_once(self: Engine, expr: ir.Expr, /, **options: Any) -> str:
    if any(options.values()):
        return compile_anew(self, expr, **options)
    if (sql := compiled.get(expr.op())) is None:
        sql = compile_anew(self, expr)
        if len(compiled) < 5_000 and not expr.op().find(ops.InMemoryTable):
            compiled[expr.op()] = sql
    return sql


Engine.compile = compile_once
ON_SPARK = (pytest.mark.spark, pytest.mark.long)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: else one worker ends on a file of minutes while the other has nothing left."""
    seconds: Counter[Path] = Counter()
    for item in items:
        seconds[item.path] += 40 if item.get_closest_marker("slow") else 1
    items.sort(key=lambda item: -seconds[item.path])


def pytest_collection_finish() -> None:
    """Let the collector of cycles pass over what was imported: it took a twelfth of the tests' time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test where the machine lacks what its markers ask for."""
    optional.need_what_is_marked(item)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The tests of the facts run on both engines.

    On Spark in `make test-all` alone: that every fact of the sample is the same on both to the last bit is tested
    in every run (``workbook_spark/test_spark_sample.py``).
    """
    of_facts = metafunc.module.__name__.startswith("test_facts") and "engine" in metafunc.fixturenames
    chosen = any("engine" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if of_facts and not chosen:
        searches = hasattr(
            metafunc.function, "hypothesis"
        )  # hundreds of data sets: too many for a cluster's engine
        engines = ["duckdb"] if searches else ["duckdb", pytest.param("spark", marks=ON_SPARK)]
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory: pytest.TempPathFactory):
    """One small Spark for all tests of a process: it takes seconds to start."""
    from workbook_spark.session import open_session

    folder = tmp_path_factory.mktemp("spark")
    yield open_session(Spark(session="local[2]", options=SMALL_SPARK), folder)
    # The process ends with the JVM; stopping it here would only cost time.


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The engine that computes facts: DuckDB, where a test does not ask for another."""
    name: str = getattr(request, "param", "duckdb")
    if name == "spark":
        request.getfixturevalue("spark_session")
    return name


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder for what a test reads, computes or reports."""
    monkeypatch.setenv("WORKBOOK_CACHE", str(folder := tmp_path / "cache"))
    return folder


@pytest.fixture
def standard_tables(tmp_path: Path) -> Callable[..., StandardTables]:
    """``standard_tables(order_lines=[...], customers=[...])``: each call makes a data set of its own."""
    count = iter(range(1000))
    return lambda **supplied: write_standard_tables(tmp_path / f"tables-{next(count)}", supplied)


@pytest.fixture(scope="module")
def cache_of_worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of the small worlds of one file's tests: what one has computed, no other computes again.

    Tests of what is computed when, or with code that they exchange, have a ``cache_of_worlds`` of their own.
    """
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def facts_of(
    standard_tables: Callable[..., StandardTables], cache_of_worlds: Path, engine: str
) -> Callable[..., FactStore]:
    """``facts_of("2026-10", order_lines=[...], ...)``: the facts of these rows as of the month."""

    def build(month: str, settings: Settings | None = None, **supplied: Rows) -> FactStore:
        tables = standard_tables(**supplied)
        chosen = settings or Settings()
        source = chosen.source.model_copy(update={"engine": engine})
        chosen = chosen.model_copy(update={"source": source})
        return open_facts(tables, pd.Period(month, "M"), chosen, cache_of_worlds)

    return build


@pytest.fixture(scope="session")
def salespersons_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real pack of the sample, of one salesperson: made once for all tests that look at one, in whichever process."""
    return made_once("salesperson:S01", tmp_path_factory)


@pytest.fixture(scope="session")
def companys_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's pack of the whole company, made once as ``salespersons_pack`` is."""
    return made_once("company", tmp_path_factory)


def made_once(scope: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a scope's pack; its reports are of that scope alone, whichever is made first."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder = shared / scope.replace(":", "-")
    request = ReportRequest(month="2026-10", scope=scope, out=folder / "reports")
    with exclusive_lock(folder / "lock"):
        pack = make_report(request, lambda step: None)
    assert pack.failures == ()
    return pack.folder


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, where there is one; Playwright can be started once in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        program = optional.chromium()
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
