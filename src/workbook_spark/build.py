"""From Spark's tables to standard tables: read, cleaned and reconciled by Spark, written as folders of Parquet.

The rules are those of `helpers.intake.cleaning.staging`, in the same SQL. What differs: a row has no number, because a
distributed source has no order; quarantine names the file, or the table, and shows the row.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.intake import build, contracts
from helpers.intake.accounts import FILE
from helpers.intake.cleaning import reconcile
from helpers.intake.cleaning.lookups import join_lookups
from helpers.intake.cleaning.losses import (
    check_currencies,
    check_losses,
    check_notations,
    check_words,
)
from helpers.intake.cleaning.mapping import joined_sql
from helpers.intake.cleaning.staging import Stage, file_format, judged_rows
from helpers.intake.cleaning.verdicts import (
    check_columns,
    check_parts,
    check_payments,
    check_rates,
    check_share,
    check_sums,
)
from helpers.intake.known import known_month
from helpers.intake.layout.currencies import by_currency
from helpers.intake.map_sql import check_map
from helpers.intake.merging import Decision, check_decisions, decisions_of, ids_of
from helpers.intake.reading.readers import FILE_NAME, ROW, engine_errors, first_line, unreadable
from helpers.intake.reading.sql import identifier, literal
from helpers.intake.values import rates
from helpers.settings.config import Settings
from helpers.settings.source import TableMap, TableName
from workbook_spark.duplicates import without_repeats
from workbook_spark.sources import SparkPlan, SparkSource, open_source
from workbook_spark.sql import SparkConnection
from workbook_spark.written import write_counted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TYPES = {
    "date": "date", "timestamp": "timestamp_ntz", "money": "decimal(18,4)", "quantity": "decimal(18,4)",
    "score": "double",
}  # fmt: skip


def build_tables(plan: SparkPlan, settings: Settings, folder: Path, session: SparkSession) -> dict[str, Any]:
    """Read, clean and reconcile all tables of a plan into ``folder``.

    Returns
    -------
    dict
        ``supplied`` and ``unknown`` as `helpers.intake.build.build_tables`, and ``rows`` (source -> rows read).

    Raises
    ------
    WorkbookError
        The input cannot be read, breaks the contract as a whole, or too many rows break a rule; or Spark writes
        where this process does not see it.
    """
    if settings.customers.same_codes:
        raise WorkbookError(
            "customers.same_codes is not there on Spark: give the codes one spelling in the source, or in a derived "
            "customer_id of each table."
        )
    check_map(settings.tables)
    connection = SparkConnection(session)
    supplied: dict[str, list[str]] = {}
    unknown: dict[str, list[str]] = {}
    rows: dict[SparkSource, int] = {}
    accounts: list[Any] = []
    decisions: list[Decision] = []
    dated: frozenset[str] = frozenset()
    with tempfile.TemporaryDirectory(dir=folder, prefix="work-") as work:
        _see_what_spark_writes(session, Path(work))
        try:
            for table, sources in sorted(plan.tables.items(), key=lambda each: each[0] != "exchange_rates"):
                lookups = {name: one for (of, name), one in plan.lookups.items() if of == table}
                stage = _stage(connection, table, sources, lookups, settings, Path(work) / table, dated)
                check_rates(connection, stage)
                check_notations(connection, stage)
                check_columns(connection, stage)
                check_words(connection, stage)
                check_currencies(connection, stage, settings.report.currency)
                bills = "written_invoices" if "currency" in supplied.get("invoices", ()) else None
                check_parts(connection, stage, settings.tables.get(table, TableMap()))
                check_payments(connection, stage, bills, settings.report.currency)
                check_losses(connection, stage)
                check_share(connection, stage, settings.quarantine.max_share)
                check_sums(connection, stage)
                _write_table(connection, stage, folder)
                dated |= _open_rates(connection, table, settings, folder)
                if table == "customer_aliases":
                    decisions = decisions_of(connection, stage)
                accounts.extend(_reconciled(connection, stage, folder))
                for source, count in zip(sources, build.rows_by_file(connection, stage), strict=True):
                    rows[source] = max(count, rows.get(source, 0))
                supplied[table] = sorted(stage.supplied)
                unknown[table] = sorted(stage.unknown)
            check_decisions(
                decisions, ids_of(connection, lambda table: _written(session, table, folder)), supplied
            )
            _write_accounts(accounts, folder)
        except engine_errors() as error:
            raise WorkbookError(f"The data cannot be worked on: {first_line(error)}") from error
    return {"supplied": supplied, "rows": rows, "unknown": unknown}


def _see_what_spark_writes(session: SparkSession, work: Path) -> None:
    """Stop before the work begins where driver and workers do not share the cache folder."""
    try:
        write_counted(session.range(1000), work / "probe")  # something for every core that Spark has
    except engine_errors() as error:
        raise WorkbookError(f"Spark cannot write to the cache {work.parent}: {first_line(error)}") from None


def _stage(
    connection: SparkConnection,
    table: TableName,
    sources: tuple[SparkSource, ...],
    lookups: Mapping[str, SparkSource],
    settings: Settings,
    work: Path,
    dated: frozenset[str],
) -> Stage:
    """Judge every row of a table and keep the verdicts as the view ``stage_TABLE``."""
    stage = replace(Stage.of(table, settings), dated=dated)
    mapped = settings.tables.get(table, TableMap())
    form = file_format(settings, table)
    ordered = {"fill_down": mapped.fill_down, "headings": mapped.headings, "unpivot": mapped.unpivot,
               "side_by_side": mapped.side_by_side,
               "exclude": [each for each in mapped.exclude if each.as_read], "skip": form.is_laid_out}  # fmt: skip
    for key, asked in ordered.items():
        if asked:
            raise WorkbookError(
                f"tables.{table}.{key}: Spark's rows have no order, so that there is none above. Make a table of the "
                'report where the rows come from, or leave the line engine = "spark" out of workbook.toml.'
            )
    if mapped.same_number is not None:
        raise WorkbookError(
            f"tables.{table}.same_number: Spark's files have no order, so that none is the later. Leave the line out, "
            'or the line engine = "spark".'
        )
    if mapped.also_called:
        raise WorkbookError(
            f"tables.{table}.also_called: Spark reads all files as one, with the columns of the first. Call them "
            'alike where the rows come from, or leave the line engine = "spark" out of workbook.toml.'
        )
    relations = {
        name: open_source(one, connection.session, form, f"lookup_rows_{name}")
        for name, one in lookups.items()
    }
    joined = join_lookups(connection, table, mapped, relations)
    types = {
        **{"__file": "int", ROW: "bigint", "__problem": "int", "__value": "string", "__raw": "string"},
        **{"__amount": "decimal(18,4)", "__rounded": "boolean", "__identity": "string"},
        **{column.name: _TYPES.get(column.kind, "string") for column in contracts.columns(table)},
        FILE_NAME: "string",
    }
    frames = []
    for number, source in enumerate(sources):
        relation = open_source(source, connection.session, form, f"rows_{table}_{number}")
        if table == "exchange_rates":
            relation = by_currency(relation, mapped, settings.report.currency)
        stage.relations.append(relation)
        rows = joined_sql(connection, table, relation, joined)
        judged = judged_rows(connection, stage, relation, rows, str(number), mapped, joined, settings)
        frame = connection.frame(judged.sql())
        frames.append(frame.select(*(frame[name].cast(kind).alias(name) for name, kind in types.items())))
    everything = frames[0]
    for frame in frames[1:]:
        everything = everything.unionAll(frame)
    try:
        write_counted(everything, work / "judged")
        connection.session.read.parquet(str(work / "judged")).createOrReplaceTempView("judged")
        marked = connection.frame(without_repeats(stage, mapped, "judged"))
        write_counted(marked, work / "marked")
    except engine_errors() as error:
        raise unreadable(stage.relations[0].name, table, error) from None
    kept = connection.session.read.parquet(str(work / "marked"))
    if stage.moved is not None:
        counted = {"order_date": f"{stage.moved.counted_sql('order_date')} AS order_date"}
        own = f"order_date AS {contracts.OWN_DAY}"
        kept = kept.selectExpr(*(counted.get(name, f"`{name}`") for name in kept.columns), own)
    kept.createOrReplaceTempView(stage.name)
    return stage


def _write_table(connection: SparkConnection, stage: Stage, folder: Path) -> None:
    """Write the kept rows, by day within each part, and the rows set aside."""
    names = [column.name for column in contracts.columns(stage.table)]
    names += [contracts.OWN_DAY] if stage.moved else []
    date = contracts.date_column(stage.table)
    listed = ", ".join(map(identifier, names))
    query = f"SELECT {listed} FROM {stage.name} WHERE __problem = 0"
    if stage.table == "payments" and stage.dated and {"currency", "invoice_id"} <= stage.supplied:
        query = f"SELECT {listed} FROM ({rates.settled_sql(stage.name, names)})"
    kept = connection.frame(query)
    if date:
        kept = kept.sortWithinPartitions(date)
    write_counted(kept, folder / f"{stage.table}.parquet")
    aside = [n for n, one in enumerate(stage.problems, 1) if one.status in ("quarantined", "excluded")]
    if not aside:
        return
    chosen = f"{stage.name} WHERE __problem IN ({', '.join(map(str, aside))})"
    if connection.execute(f"SELECT count(*) FROM {chosen}").fetchone() == (0,):
        return
    rule = " ".join(f"WHEN {n} THEN {literal(stage.problems[n - 1].rule)}" for n in aside)
    status = " ".join(f"WHEN {n} THEN {literal(stage.problems[n - 1].status)}" for n in aside)
    sentence = " ".join(f"WHEN {n} THEN {build.sentence_sql(stage.problems[n - 1].sentence)}" for n in aside)
    month = known_month(stage.table, stage.year, stage.periods)
    rows = connection.frame(
        f"SELECT {FILE_NAME} AS file, {ROW} AS row_number, CASE __problem {status} END AS status,"
        f" CASE __problem {rule} END AS rule, CASE __problem {sentence} END AS sentence,"
        f" {month} AS month, __amount AS amount, __raw AS row_as_read FROM {chosen}"
    )
    _write_file(rows.orderBy("file", "rule", "row_as_read"), folder / "quarantine" / f"{stage.table}.parquet")


def _open_rates(
    connection: SparkConnection, table: TableName, settings: Settings, folder: Path
) -> frozenset[str]:
    """Do as `helpers.intake.build` does with rates, and with the invoices at which payments are taken off."""
    if table not in ("exchange_rates", "invoices"):
        return frozenset()
    written = _written(connection.session, table, folder)
    found: frozenset[str] = frozenset()
    if table == "exchange_rates":
        found = rates.open_rates(connection, written, settings, folder)
        by_day = connection.session.read.parquet(str(folder / rates.FILE))
        by_day.createOrReplaceTempView(rates.RELATION)
        connection.frame(f"SELECT '' AS invoice_id, currency, rate FROM {rates.RELATION} LIMIT 0"
        ).createOrReplaceTempView(rates.INVOICES)  # fmt: skip
    elif (folder / rates.FILE).exists():
        bills = connection.frame(rates.invoice_rates_sql(written))
        bills.createOrReplaceTempView(rates.INVOICES)
    return found


def _written(session: SparkSession, table: str, folder: Path) -> str:
    """Name what was written of a table, as SQL calls it."""
    session.read.parquet(str(folder / f"{table}.parquet")).createOrReplaceTempView(f"written_{table}")
    return f"written_{table}"


def _write_file(frame: DataFrame, target: Path) -> None:
    """Write what is small to one file."""
    parts = target.with_suffix(".parts")
    write_counted(frame.coalesce(1), parts)
    (part,) = parts.glob("*.parquet")
    part.rename(target)
    shutil.rmtree(parts)


def _reconciled(connection: SparkConnection, stage: Stage, folder: Path) -> list[Any]:
    """Count rows and money by month and what became of them, and hold what was written against it."""
    month, amount = known_month(stage.table, stage.year, stage.periods), contracts.AMOUNT.get(stage.table)
    statuses = " ".join(f"WHEN {n} THEN {literal(p.status)}" for n, p in enumerate(stage.problems, 1))
    reasons = " ".join(f"WHEN {n} THEN {literal(p.rule)}" for n, p in enumerate(stage.problems, 1))
    money = f"sum({identifier(amount)}) FILTER (WHERE __problem = 0)" if amount else "NULL"
    rows = connection.execute(
        f"SELECT {literal(stage.table)}, {month}, CASE __problem WHEN 0 THEN 'kept' {statuses} END AS status,"
        f" CASE __problem WHEN 0 THEN {reconcile.ROUNDED} {reasons} END AS rule, count(*), sum(__amount), {money}"
        f" FROM {stage.name}"
        " GROUP BY 2, 3, 4"
    ).fetchall()
    written = connection.session.read.parquet(str(folder / f"{stage.table}.parquet"))
    total = written.selectExpr("count(*)", f"sum(`{amount}`)" if amount else "NULL").collect()[0]
    kept = [row for row in rows if row[2] == "kept"]
    counted = (sum(row[4] for row in kept), sum(row[6] or 0 for row in kept) if amount else 0)
    if (total[0], total[1] or 0) != counted:
        raise AssertionError(f"{stage.table} does not reconcile: written {tuple(total)}, kept {counted}")
    return rows


def _write_accounts(accounts: list[Any], folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    ordered = sorted(accounts, key=lambda row: (row[0], row[1] or dt.date.max, row[2], row[3]))
    money, text = pa.decimal128(38, 4), pa.string()
    kinds = {
        "table": text, "month": pa.date32(), "status": text, "rule": text, "rows": pa.int64(), "amount": money,
        "report_amount": money,
    }  # fmt: skip
    columns = zip(*ordered, strict=True)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds.values(), strict=True)]
    pq.write_table(pa.table(dict(zip(kinds, arrays, strict=True))), folder / FILE, compression="zstd")
