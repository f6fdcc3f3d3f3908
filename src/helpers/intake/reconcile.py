"""Where every row and every cent of the input went, by table, month and rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from helpers.intake import contracts
from helpers.intake.sql import identifier, literal
from helpers.intake.tables import StandardTables

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from helpers.intake.staging import Stage

_STATUSES = ["kept", "quarantined", "excluded", "filtered"]
_FILE = "reconciliation.parquet"


def start(connection: duckdb.DuckDBPyConnection) -> None:
    """Open an empty reconciliation on the engine."""
    connection.execute(
        'CREATE OR REPLACE TABLE reconciliation ("table" VARCHAR, month DATE, status VARCHAR, rule VARCHAR,'
        " rows BIGINT, amount DECIMAL(38,4), report_amount DECIMAL(38,4))"
    )


def add(connection: duckdb.DuckDBPyConnection, stage: Stage, folder: Path) -> None:
    """Add a staged table, and hold the files written against it.

    Raises
    ------
    AssertionError
        Rows or money were lost or made on the way; intake is then wrong, not the data.
    """
    date = contracts.date_column(stage.table)
    month = f"CAST(date_trunc('month', {identifier(date)}) AS DATE)" if date else "CAST(NULL AS DATE)"
    amount = contracts.AMOUNT.get(stage.table)
    statuses = " ".join(f"WHEN {n} THEN {literal(p.status)}" for n, p in enumerate(stage.problems, 1))
    reasons = " ".join(f"WHEN {n} THEN {literal(p.rule)}" for n, p in enumerate(stage.problems, 1))
    kept_amount = f"sum({identifier(amount)}) FILTER (WHERE __problem = 0)" if amount else "NULL"
    connection.execute(
        f"INSERT INTO reconciliation SELECT {literal(stage.table)}, {month},"
        f" CASE __problem WHEN 0 THEN 'kept' {statuses} END AS status, CASE __problem WHEN 0 THEN '' {reasons} END AS rule,"
        f" count(*), sum(__amount), {kept_amount} FROM {stage.name} GROUP BY ALL"
    )
    _check(connection, stage, folder, amount)


def _check(connection: duckdb.DuckDBPyConnection, stage: Stage, folder: Path, amount: str | None) -> None:
    money = f"coalesce(sum({identifier(amount)}), 0)" if amount else "0"
    written = connection.execute(
        f"SELECT count(*), {money} FROM read_parquet({literal(str(folder / (stage.table + '.parquet')))})"
    ).fetchone()
    aside_file = folder / "quarantine" / f"{stage.table}.parquet"
    aside = (0, 0)
    if aside_file.exists():
        aside = connection.execute(
            f"SELECT count(*), coalesce(sum(amount), 0) FROM read_parquet({literal(str(aside_file))})"
        ).fetchone()  # type: ignore[assignment]
    named = f'FROM reconciliation WHERE "table" = {literal(stage.table)}'
    kept = connection.execute(
        f"SELECT coalesce(sum(rows), 0), coalesce(sum(report_amount), 0) {named} AND status = 'kept'"
    ).fetchone()
    set_aside = connection.execute(
        f"SELECT coalesce(sum(rows), 0), coalesce(sum(amount), 0) {named} AND status IN ('quarantined', 'excluded')"
    ).fetchone()
    read = connection.execute(f"SELECT count(*), coalesce(sum(__amount), 0) FROM {stage.name}").fetchone()
    accounted = connection.execute(f"SELECT coalesce(sum(rows), 0), coalesce(sum(amount), 0) {named}").fetchone()
    if written != kept or aside != set_aside or read != accounted:
        raise AssertionError(
            f"{stage.table} does not reconcile: read {read}, accounted {accounted}; kept {kept}, written {written}; "
            f"set aside {set_aside}, in quarantine {aside}"
        )


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the reconciliation, in a stated order."""
    connection.execute(
        'COPY (SELECT * FROM reconciliation ORDER BY "table", month NULLS LAST, status, rule)'
        f" TO {literal(str(folder / _FILE))} (FORMAT parquet, COMPRESSION zstd)"
    )


def reconciliation(tables: StandardTables) -> pd.DataFrame:
    """Rows and money of the input, by table, month and what became of them.

    Returns
    -------
    pandas.DataFrame
        ``table``; ``month`` (first day of the month the row's date lies in; NaT where a row has no readable date or
        its table none); ``status`` (kept, quarantined, excluded, filtered); ``rule`` (empty for kept); ``rows``;
        ``amount`` (sum of the table's money as read, Decimal, in the source's currencies; None where the table has
        none); ``report_amount`` (of kept rows, in the report's currency).
    """
    import pandas as pd

    frame = pd.read_parquet(tables.folder / _FILE)
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def reconciliation_text(tables: StandardTables) -> str:
    """The reconciliation in words and figures, as `workbook check` prints it."""
    import pandas as pd

    frame = reconciliation(tables)
    lines = []
    for table, rows in frame.groupby("table", sort=True):
        read = rows["rows"].sum()
        has_money = rows["amount"].notna().any()
        lines.append(f"{table}: {read:,} rows read" + (f", {_total(rows):,.4f}" if has_money else ""))
        rows = rows.assign(status=pd.Categorical(rows["status"], _STATUSES))
        for (status, rule), part in rows.groupby(["status", "rule"], sort=True, observed=True):
            name = status if not rule or rule == status else f"{status}: {rule}"
            money = f"{_total(part):>24,.4f}" if has_money else ""
            lines.append(f"    {name:<40}{part['rows'].sum():>14,}{money}")
    return "\n".join(lines) + "\n"


def _total(rows: pd.DataFrame) -> object:
    from decimal import Decimal

    return sum(rows["amount"].dropna(), Decimal(0))
