"""Where every row and every cent of the input went, by table, file, month and rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from helpers.intake import contracts
from helpers.intake.accounts import BY_FILE, FILE
from helpers.intake.known import known_month
from helpers.intake.reading.sql import identifier, literal, parquet_sql

if TYPE_CHECKING:
    import duckdb

    from helpers.intake.cleaning.staging import Stage


#: SQL of the rule of rows that are kept: none, or that a number of theirs has more decimals than are kept.
ROUNDED = "CASE WHEN __rounded THEN 'rounded' ELSE '' END"


def start(connection: duckdb.DuckDBPyConnection) -> None:
    """Open an empty reconciliation on the engine."""
    connection.execute(
        'CREATE OR REPLACE TABLE reconciliation ("table" VARCHAR, file VARCHAR, month DATE, status VARCHAR,'
        " rule VARCHAR, rows BIGINT, amount DECIMAL(38,4), report_amount DECIMAL(38,4))"
    )


def add(connection: duckdb.DuckDBPyConnection, stage: Stage, folder: Path) -> None:
    """Add a staged table, and hold the files written against it.

    Raises
    ------
    AssertionError
        Rows or money were lost or made on the way; intake is then wrong, not the data.
    """
    month = known_month(stage.table, stage.year, stage.periods)
    amount = contracts.AMOUNT.get(stage.table)
    statuses = " ".join(f"WHEN {n} THEN {literal(p.status)}" for n, p in enumerate(stage.problems, 1))
    reasons = " ".join(f"WHEN {n} THEN {literal(p.rule)}" for n, p in enumerate(stage.problems, 1))
    kept_amount = f"sum({identifier(amount)}) FILTER (WHERE __problem = 0)" if amount else "NULL"
    names = pa.table({"__file": range(len(stage.relations)), "file": [each.name for each in stage.relations]})
    connection.register("names_of_files", names)
    connection.execute(
        f"INSERT INTO reconciliation SELECT {literal(stage.table)}, any_value(names.file), {month},"
        f" CASE __problem WHEN 0 THEN 'kept' {statuses} END AS status, CASE __problem WHEN 0 THEN {ROUNDED} "
        f"{reasons} END AS rule,"
        # Rows whose amount cannot be read stand in a line of their own: they are unknown, and not 0.
        f" count(*), sum(__amount), {kept_amount} FROM {stage.name} JOIN names_of_files AS names USING (__file)"
        " GROUP BY 1, __file, 3, 4, 5, __amount IS NULL"
    )
    connection.unregister("names_of_files")
    _check(connection, stage, folder, amount)


def _check(connection: duckdb.DuckDBPyConnection, stage: Stage, folder: Path, amount: str | None) -> None:
    money = f"coalesce(sum({identifier(amount)}), 0)" if amount else "0"
    written = connection.execute(
        f"SELECT count(*), {money} FROM {parquet_sql(folder / (stage.table + '.parquet'))}"
    ).fetchone()
    aside_file = folder / "quarantine" / f"{stage.table}.parquet"
    quarantine_sums = (0, 0)
    if aside_file.exists():
        quarantine_sums = connection.execute(
            f"SELECT count(*), coalesce(sum(amount), 0) FROM {parquet_sql(aside_file)}"
        ).fetchone()  # type: ignore[assignment]
    of_table = f'FROM reconciliation WHERE "table" = {literal(stage.table)}'
    kept_sums = connection.execute(
        f"SELECT coalesce(sum(rows), 0), coalesce(sum(report_amount), 0) {of_table} AND status = 'kept'"
    ).fetchone()
    quarantine_rows = connection.execute(
        f"SELECT coalesce(sum(rows), 0), coalesce(sum(amount), 0) {of_table} AND status IN ('quarantined', "
        f"'excluded')"
    ).fetchone()
    read = connection.execute(f"SELECT count(*), coalesce(sum(__amount), 0) FROM {stage.name}").fetchone()
    accounted = connection.execute(
        f"SELECT coalesce(sum(rows), 0), coalesce(sum(amount), 0) {of_table}"
    ).fetchone()
    if written != kept_sums or quarantine_sums != quarantine_rows or read != accounted:
        raise AssertionError(
            f"{stage.table} does not reconcile: read {read}, accounted {accounted}; kept {kept_sums}, written "
            f"{written}; "
            f"set aside {quarantine_rows}, in quarantine {quarantine_sums}"
        )


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the reconciliation, and the same by file, each in a stated order."""
    for name, file in ((FILE, ""), (BY_FILE, "file, ")):
        connection.execute(
            f'COPY (SELECT "table", {file}month, status, rule, CAST(sum(rows) AS BIGINT) AS rows,'
            " sum(amount) AS amount, sum(report_amount) AS report_amount FROM reconciliation"
            f' GROUP BY "table", {file}month, status, rule, amount IS NULL'
            f' ORDER BY "table", {file}month NULLS LAST, status, rule, amount IS NULL)'
            f" TO {literal(str(folder / name))} (FORMAT parquet, COMPRESSION zstd)"
        )
