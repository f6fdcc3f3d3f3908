"""From files to standard tables: the run on the engine that fills a folder of Parquet."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning import reconcile
from helpers.intake.cleaning.duplicates import set_aside_duplicates
from helpers.intake.cleaning.losses import (
    check_currencies,
    check_kinds_of_source,
    check_losses,
    check_marks,
    check_notations,
    check_words,
)
from helpers.intake.cleaning.staging import Stage, stage_table
from helpers.intake.cleaning.verdicts import (
    check_columns,
    check_parts,
    check_payments,
    check_rates,
    check_share,
    check_sums,
    unknown_parts,
)
from helpers.intake.known import known_month
from helpers.intake.layout.named_currency import check_named_currencies
from helpers.intake.layout.totals import check_totals
from helpers.intake.map_sql import check_map
from helpers.intake.merging import Decision, check_decisions, decisions_of, ids_of
from helpers.intake.reading.readers import ROW, engine_errors, first_line, lacks_room, no_room
from helpers.intake.reading.sources import Plan
from helpers.intake.reading.sql import HALF_EVEN, Connection, identifier, literal, parquet_sql
from helpers.intake.values import codes, rates
from helpers.settings.config import Settings
from helpers.settings.source import TableMap, TableName

if TYPE_CHECKING:
    import duckdb


#: While the data are read nothing else runs.
_MOST_GIGABYTES = 4.0
#: More rows stay in the order of their files, as those of clean files do: to sort them would cost more than all else,
#: and no fact asks for it.
_MOST_SORTED = 1_000_000
_ROWS_A_GROUP = 122_880
_PARQUET = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_A_GROUP})"


def build_tables(plan: Plan, settings: Settings, folder: Path) -> dict[str, Any]:
    """Read, clean and reconcile all tables of a plan into ``folder``.

    Returns
    -------
    dict
        ``supplied`` (table -> columns), ``rows`` (file name -> data rows read), ``unknown`` (table -> columns
        of its files that were left aside) and ``notes`` (what a reader of the figures should know).

    Raises
    ------
    WorkbookError
        The input cannot be read, breaks the contract as a whole, or too many rows break a rule.
    """
    check_map(settings.tables)
    supplied: dict[str, list[str]] = {}
    unknown: dict[str, list[str]] = {}
    rows: dict[str, int] = {}
    notes: list[str] = []
    judged: list[TableName] = []
    decisions: list[Decision] = []
    dated: frozenset[str] = frozenset()
    with tempfile.TemporaryDirectory(dir=folder, prefix="work-") as work:
        connection = _engine(Path(work), settings)
        _lock(connection, plan, folder)
        try:
            reconcile.start(connection)
            for table in sorted(plan.tables, key=lambda each: each != "exchange_rates"):
                lookups = {name: paths for (of, name), paths in plan.lookups.items() if of == table}
                scratch = Path(work) / table
                scratch.mkdir()
                mapped = settings.tables.get(table, TableMap())
                stage = stage_table(connection, table, plan, lookups, settings, scratch, dated)
                check_rates(connection, stage)
                check_named_currencies(stage)
                check_totals(connection, stage, mapped)
                check_notations(connection, stage)
                check_columns(connection, stage)
                check_words(connection, stage)
                check_currencies(connection, stage, settings.report.currency)
                check_marks(connection, stage)
                said = set_aside_duplicates(connection, stage, mapped)
                notes += [f"{table}: {note}" for note in said]
                bills = (
                    parquet_sql(folder / "invoices.parquet")
                    if "currency" in supplied.get("invoices", ())
                    else None
                )
                check_parts(connection, stage, mapped)
                check_payments(connection, stage, bills, settings.report.currency)
                if "instalment" in supplied.get("invoices", ()):
                    notes += unknown_parts(connection, stage, parquet_sql(folder / "invoices.parquet"))
                if table == "payments" and dated:
                    notes += rates.unsettled_note(connection, stage.name)
                check_losses(connection, stage)
                check_kinds_of_source(connection, stage, mapped)
                check_share(connection, stage, settings.quarantine.max_share)
                check_sums(connection, stage)
                if table == "customer_aliases":
                    decisions = decisions_of(connection, stage)
                by_file = rows_by_file(connection, stage)
                _write_table(connection, stage, folder, sum(by_file))
                dated |= _open_rates(connection, table, settings, folder)
                reconcile.add(connection, stage, folder)
                codes.write(connection, stage.recoded, folder)
                counts: Counter[str] = Counter()
                for path, count in zip(map(str, stage.paths), by_file, strict=True):
                    counts[path] += count
                rows |= {path: max(count, rows.get(path, 0)) for path, count in counts.items()}
                if not stage.all_sound:
                    judged.append(table)
                supplied[table] = sorted(stage.supplied)
                unknown[table] = sorted(stage.unknown)
                connection.execute(f"DROP VIEW {stage.name}")
                connection.execute(f"DROP TABLE {stage.rows}")
                shutil.rmtree(scratch)
            written = ids_of(connection, lambda table: parquet_sql(folder / f"{table}.parquet"))
            check_decisions(decisions, written, supplied)
            reconcile.write(connection, folder)
            for table in judged:  # sound tables were held against it column by column
                if broken := broken_rules(connection, table, folder / f"{table}.parquet"):
                    raise AssertionError(f"intake wrote a {table} that breaks its contract: {broken}")
        except engine_errors() as error:
            if lacks_room(error):
                raise no_room(error) from None
            raise WorkbookError(f"The data cannot be worked on: {first_line(error)}") from error
        finally:
            connection.close()
    return {"supplied": supplied, "rows": rows, "unknown": unknown, "notes": notes}


def _engine(work: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open an engine of its own on a temporary database file, so that inputs may be larger than memory."""
    import duckdb

    gigabytes = settings.engine.memory_gigabytes or _MOST_GIGABYTES
    connection = duckdb.connect(
        str(work / "stage.duckdb"),
        config={
            "memory_limit": os.environ.get("WORKBOOK_MEMORY") or f"{gigabytes} GB",
            "temp_directory": str(work / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(HALF_EVEN)
    connection.execute("SET enable_external_file_cache = false")
    connection.execute("SET enable_progress_bar = false")
    return connection


def _lock(connection: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> None:
    """Let the engine open the inputs, and what lies below the folder that is filled, and nothing else from now on.

    SQL of a map is checked already (`helpers.intake.map_sql`); this holds whatever a check may miss.
    """
    for setting, paths in (("paths", plan.paths()), ("directories", (folder.absolute(), folder))):
        # As they are named to the engine's readers: see `file_literal`.
        names = sorted({text for path in paths for text in (str(path), glob.escape(str(path)))})
        connection.execute(f"SET allowed_{setting} = [{', '.join(map(literal, names))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _write_table(connection: duckdb.DuckDBPyConnection, stage: Stage, folder: Path, rows: int) -> None:
    """Write the kept rows, by day up to a million, else in the order of their files, and the rows set aside."""
    names = [column.name for column in contracts.columns(stage.table)]
    names += [contracts.OWN_DAY] if stage.moved else []
    listed = ", ".join(map(identifier, names))
    date = contracts.date_column(stage.table)
    # Of the order lines there may be a hundred million: by day and place in the input, as sorting by text
    # costs most.
    keys = () if stage.table == "order_lines" else contracts.key_columns(stage.table)
    leading = dict.fromkeys([*([date] if date else []), *keys])
    order = ", ".join([*(f"{identifier(name)} NULLS FIRST" for name in leading), "__file", ROW])
    target = folder / f"{stage.table}.parquet"
    kept = f"SELECT {listed} FROM {stage.name} WHERE __problem = 0"
    if stage.table == "payments" and stage.dated and {"currency", "invoice_id"} <= stage.supplied:
        kept = f"SELECT {listed} FROM ({rates.settled_sql(stage.name, names)})"
    if (whole := stage.as_it_stands()) is not None:
        shutil.copyfile(whole, target)
    elif stage.is_clean or rows > _MOST_SORTED:
        _write_as_read(connection, kept, target)
    else:
        connection.execute(f"COPY ({kept} ORDER BY {order}) TO {literal(str(target))} {_PARQUET}")
    aside = [
        n for n, problem in enumerate(stage.problems, 1) if problem.status in ("quarantined", "excluded")
    ]
    if not aside:
        return
    chosen = f"{stage.name} WHERE __problem IN ({', '.join(map(str, aside))})"
    if connection.execute(f"SELECT count(*) FROM {chosen}").fetchone() == (0,):
        return
    (folder / "quarantine").mkdir(exist_ok=True)
    rule = " ".join(f"WHEN {n} THEN {literal(stage.problems[n - 1].rule)}" for n in aside)
    status = " ".join(f"WHEN {n} THEN {literal(stage.problems[n - 1].status)}" for n in aside)
    sentence = " ".join(f"WHEN {n} THEN {sentence_sql(stage.problems[n - 1].sentence)}" for n in aside)
    files = "[" + ", ".join(literal(relation.name) for relation in stage.relations) + "]"
    month = known_month(stage.table, stage.year, stage.periods)
    quarantine = literal(str(folder / "quarantine" / f"{stage.table}.parquet"))
    connection.execute(
        f"COPY (SELECT {files}[__file + 1] AS file, {ROW} AS row_number, CASE __problem {status} END AS "
        f"status,"
        f" CASE __problem {rule} END AS rule, CASE __problem {sentence} END AS sentence,"
        f" {month} AS month, __amount AS amount, __raw AS row_as_read"
        f" FROM {chosen} ORDER BY __file, {ROW}) TO {quarantine} {_PARQUET}"
    )


def _open_rates(
    connection: duckdb.DuckDBPyConnection, table: TableName, settings: Settings, folder: Path
) -> frozenset[str]:
    """Make the rates that other tables are converted by of what was just written; return the currencies of rates."""
    written = parquet_sql(folder / f"{table}.parquet")
    found: frozenset[str] = frozenset()
    if table == "exchange_rates":
        found = rates.open_rates(connection, written, settings, folder)
        connection.execute(f"CREATE TABLE {rates.RELATION} AS FROM {parquet_sql(folder / rates.FILE)}")
        connection.execute(
            f"CREATE TABLE {rates.INVOICES} (invoice_id VARCHAR, currency VARCHAR, rate {rates.TYPE})"
        )
    if table == "invoices" and (folder / rates.FILE).exists():
        connection.execute(f"INSERT INTO {rates.INVOICES} {rates.invoice_rates_sql(written)}")
    return found


def _write_as_read(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """Write rows in the order in which they come: a part at a time, where the engine would hold its readers' all."""
    import pyarrow.parquet as pq

    rows = connection.execute(query).arrow(_ROWS_A_GROUP)
    try:
        with pq.ParquetWriter(
            target, rows.schema, compression="zstd", store_decimal_as_integer=True
        ) as writer:
            for part in rows:
                writer.write_batch(part)
    except OSError as error:
        raise no_room(error) from None


def sentence_sql(sentence: str) -> str:
    """Write the SQL of a sentence with the row's own value in it."""
    before, found, after = sentence.partition("{}")
    return (
        f"{literal(before)} || left(coalesce(__value, ''), 80) || {literal(after)}"
        if found
        else literal(sentence)
    )


def rows_by_file(connection: Connection, stage: Stage) -> list[int]:
    """Count the rows read of each of the table's files, in their order."""
    counts = dict(connection.execute(f"SELECT __file, count(*) FROM {stage.name} GROUP BY 1").fetchall())
    return [counts.get(number, 0) for number in range(len(stage.relations))]


def broken_rules(connection: Connection, table: TableName, path: Path) -> list[str]:
    """Name what of its contract a written table breaks: all rules are asked in one look."""
    import ibis
    import pyarrow.parquet as pq

    declared = contracts.CONTRACTS[table].to_schema().columns
    written = ibis.Schema.from_pyarrow(pq.read_schema(path))
    theirs = [(name, kind) for name, kind in written.items() if name != contracts.OWN_DAY]
    if theirs != [(name, column.dtype.type) for name, column in declared.items()]:
        return [f"its columns are {', '.join(f'{name} {kind}' for name, kind in written.items())}"]
    rules = []
    for name, column in declared.items():
        sql = identifier(name)
        if not column.nullable:
            rules.append(f"{sql} IS NULL" + (f" OR isnan({sql})" if written[name].is_floating() else ""))
        rules += [_broken_sql(sql, each.name, each.statistics) for each in column.checks]
    asked = ", ".join(f"bool_or({rule})" for rule in rules)
    answers = connection.execute(f"SELECT {asked} FROM {parquet_sql(path)}").fetchone() or ()
    return [rule for rule, broken in zip(rules, answers, strict=True) if broken]


def _broken_sql(column: str, rule: str, said: dict[str, Any]) -> str:
    if rule == "isin":
        return f"{column} NOT IN ({', '.join(map(literal, said['allowed_values']))})"
    if rule == "str_matches":
        return f"NOT regexp_matches({column}, {literal(said['pattern'])})"
    raise AssertionError(f"no SQL is written for a contract's rule {rule}")
