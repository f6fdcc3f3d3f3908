"""A table that is looked through column by column is the table that is read row by row."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import WorkbookError
from helpers.intake import build, contracts, read_tables
from helpers.intake.cleaning import sound_rows
from helpers.settings.config import parse_settings

DAYS = [datetime.date(2026, month, day) for month in (1, 2) for day in (3, 9)]
IDS = (
    st.sampled_from(
        [
            "A1",
            "A2",
            "A3",
            "017",
            "12.0",
            " A1 ",
            "",
            "#N/A",
            "1.2E+5",
            "客户",
            "N/A",
            "b1",
            "B-2",
            "Total",
            "合计",
        ]
    )
    | st.none()
)
SOUND_IDS = st.sampled_from([f"B{number}" for number in range(40)])
AMOUNTS = st.sampled_from(
    [0.0, -0.0, 1.00005, 2.00015, 0.1, -12.5, 1e13, 9.1e13, 1e15, float("nan"), float("inf"), -float("inf")]
)
#: Column of the file -> its type on the engine, and what may stand in it: sound values more often than others.
COLUMNS: dict[str, tuple[st.SearchStrategy[str], st.SearchStrategy[Any]]] = {
    "No": (st.just("VARCHAR"), SOUND_IDS | SOUND_IDS | SOUND_IDS | IDS),
    "Day": (
        st.sampled_from(["DATE", "TIMESTAMP", "VARCHAR"]),
        st.sampled_from([*DAYS, *DAYS, *DAYS, datetime.date(1803, 1, 1)]) | st.none(),
    ),
    "Who": (st.just("VARCHAR"), SOUND_IDS | SOUND_IDS | IDS),
    "Line": (st.sampled_from(["VARCHAR", "BIGINT"]), st.integers(1, 3) | st.none()),
    "Qty": (st.sampled_from(["DOUBLE", "DECIMAL(12,2)", "INTEGER"]), st.integers(-3, 3)),
    "Net": (
        st.sampled_from(["DOUBLE", "DOUBLE", "VARCHAR"]),
        st.floats(-1e4, 1e4) | st.floats(-1e4, 1e4) | AMOUNTS | st.none(),
    ),
    "Cur": (st.just("VARCHAR"), st.sampled_from(["CNY", "CNY", "CNY", "usd", "EUR"]) | st.none()),
    "Way": (
        st.just("VARCHAR"),
        st.sampled_from(["web", "web", "field", " web", "展会", "#REF!"]) | st.none(),
    ),
}
MAPPED = {
    "order_id": "No", "order_date": "Day", "customer_id": "Who", "line_no": "Line", "quantity": "Qty",
    "net_amount": "Net", "currency": "Cur", "channel": "Way",
}  # fmt: skip


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[tuple[dict[str, str], list[tuple[Any, ...]]]], dict[str, Any]]:
    """Draw files (types of their columns, rows), and a map."""
    kinds = {name: draw(kind) for name, (kind, _) in COLUMNS.items()}
    rows = st.tuples(*(values for _, values in COLUMNS.values()))
    files = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            kinds = kinds | {"Qty": draw(COLUMNS["Qty"][0]), "Line": draw(COLUMNS["Line"][0])}
        content = draw(st.lists(rows, min_size=2, max_size=12))
        content += draw(st.lists(st.sampled_from(content), max_size=2))  # rows that repeat
        if files and draw(st.booleans()):
            content += files[0][1][:2]  # files that overlap
        files.append((kinds, content))
    columns = {name: column for name, column in MAPPED.items() if name != "line_no" or draw(st.booleans())}
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        more["derived"] = {"net_amount": '"Net" * 2', "product_id": "'P' || \"Qty\""}
        del columns["net_amount"]
    if draw(st.booleans()):
        more["where"] = '"Qty" <> 2'
    if draw(st.booleans()):
        more["exclude"] = [{"rule": "test", "where": "\"Who\" = 'B1'", "because": "is a test"}]
    if draw(st.booleans()):
        more["repeats_lines"] = True
    if draw(st.booleans()):
        more["nothing"] = ["N/A", "B2"]
    rates = {"currency_rates": {"USD": 7.1}} if draw(st.booleans()) else {}
    customers = {"same_codes": ["case", "punctuation"]} if draw(st.booleans()) else {}
    return files, {
        "tables": {"order_lines": {"columns": columns, **more}}, "source": rates, "customers": customers
    }  # fmt: skip


def write(folder: Path, files: list[tuple[dict[str, str], list[tuple[Any, ...]]]]) -> None:
    connection = duckdb.connect()
    for number, (kinds, rows) in enumerate(files):
        connection.execute(
            "CREATE OR REPLACE TABLE rows (" + ", ".join(f'"{n}" {k}' for n, k in kinds.items()) + ")"
        )
        connection.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(kinds))})", rows)
        connection.execute(f"COPY rows TO '{folder / f'order_lines_{number}.parquet'}'")


@contextmanager
def way(column_by_column: bool, most_sorted: int = 1_000_000) -> Iterator[None]:
    """Read every table so, however few rows it has."""
    with (
        mock.patch.object(sound_rows, "LEAST_ROWS", 0 if column_by_column else 10**12),
        mock.patch.object(sound_rows, "_MAX_REST_SHARE", 2.0),
        mock.patch.object(build, "_MOST_SORTED", most_sorted),
    ):
        yield


def outcome(folder: Path, asked: dict[str, Any], cache: Path) -> dict[str, Any]:
    """Give everything that reading leaves behind, or what it says where it stops."""
    try:
        tables = read_tables(folder, parse_settings({"quarantine": {"max_share": 1}, **asked}, "x"), cache)
    except WorkbookError as error:
        return {"stopped": str(error)}
    found: dict[str, Any] = {
        "supplied": tables.supplied,
        "rows": [(file.name, file.rows) for file in tables.inputs],
    }
    for path in sorted(tables.folder.rglob("*.parquet")):
        found[path.name + path.parent.name * (path.parent != tables.folder)] = duckdb.sql(
            f"FROM '{path}'"
        ).fetchall()
    return found


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(exports())
def test_both_ways_give_the_same_rows_the_same_quarantine_and_the_same_words(export):
    files, asked = export
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir()
        write(folder, files)
        with way(column_by_column=True):
            short = outcome(folder, asked, Path(name) / "short")
        with way(column_by_column=False):
            long = outcome(folder, asked, Path(name) / "long")
    assert short == long


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """Two months of sound lines, of which the second is written first."""
    folder = tmp_path / "data"
    folder.mkdir()
    duckdb.sql(
        "COPY (SELECT 'A' || n AS \"No\", "
        "DATE '2026-02-28' - n::INT AS \"Day\", 'C' || n % 7 AS \"Who\", '1' AS \"Line\", "
        f'2.0::DOUBLE AS "Qty", n / 3 AS "Net" FROM range(50) AS t(n)) TO \'{folder / "order_lines.parquet"}\''
    )
    return folder


ASKED = {
    "tables": {
        "order_lines": {"columns": {k: v for k, v in MAPPED.items() if k not in ("currency", "channel")}}
    }
}


@pytest.mark.parametrize("most_sorted", [10, 1000])
def test_large_tables_stay_in_the_order_of_their_file_and_others_are_in_that_of_their_days(
    lines, tmp_path, most_sorted
):
    with way(column_by_column=True, most_sorted=most_sorted):
        tables = read_tables(lines, parse_settings(ASKED, "x"), tmp_path / "cache")
    written = pd.read_parquet(tables.path("order_lines"))
    assert list(written["order_id"]) == [
        f"A{n}" for n in (range(50) if most_sorted == 10 else reversed(range(50)))
    ]


def test_rows_whose_hashes_collide_are_told_apart_by_what_stands_in_them(lines, tmp_path):
    asked = {"tables": {"order_lines": {**ASKED["tables"]["order_lines"]}}}
    with way(column_by_column=True), mock.patch.object(sound_rows.Judged, "identity", one_hash_for_all):
        tables = read_tables(lines, parse_settings(asked, "x"), tmp_path / "cache")
    assert tables.inputs[0].rows == len(pd.read_parquet(tables.path("order_lines"))) == 50


REAL = sound_rows.Judged.identity


def one_hash_for_all(judged: sound_rows.Judged, function: str, alone: bool = True) -> str:
    return "hash(1)" if function == "hash" else REAL(judged, function, alone)


def test_a_clean_file_with_the_contracts_names_is_taken_as_it_is(lines, tmp_path):
    names = [column.name for column in contracts.columns("order_lines")]
    kinds = {
        **dict.fromkeys(("order_date", "enquiry_date"), "DATE"),
        **dict.fromkeys(("quantity", "net_amount", "list_amount", "cost_amount"), "DECIMAL(18,4)"),
    }
    values = {"order_date": "DATE '2026-01-05'", "order_id": "'A' || n", "customer_id": "'C1'", "quantity": "1",
              "net_amount": "n"}  # fmt: skip
    listed = [f"CAST({values.get(n, 'NULL')} AS {kinds.get(n, 'VARCHAR')}) AS {n}" for n in names]
    file = lines / "order_lines.parquet"
    duckdb.sql(f"COPY (SELECT {', '.join(listed)} FROM range(20) AS t(n)) TO '{file}'")
    with way(column_by_column=True):
        tables = read_tables(lines, parse_settings({}, "x"), tmp_path / "cache")
    assert tables.path("order_lines").read_bytes() == file.read_bytes()
