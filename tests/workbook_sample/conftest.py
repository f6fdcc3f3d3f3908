"""One sample of 1,500 customers, made once, for all tests of the generator."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from workbook_sample import SampleSummary, make_sample


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return make_sample(1500, 36, 11, tmp_path_factory.mktemp("generated") / "sample")


@pytest.fixture(scope="session")
def database(generated: SampleSummary) -> duckdb.DuckDBPyConnection:
    """The sample's tables by name, and `truth`."""
    return tables_of(generated.folder)


def tables_of(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        connection.execute(f"CREATE VIEW {path.stem} AS FROM read_parquet('{path}')")
    connection.execute(f"CREATE VIEW truth AS FROM read_parquet('{folder}/truth/customers.parquet')")
    return connection
