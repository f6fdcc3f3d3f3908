"""The embedded engine: one private DuckDB per use, bounded in memory, with no network access."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend
from ibis.backends.sql import SQLBackend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from helpers.core.files.private import private_folder
from helpers.engine.tables.exact import with_exact_types
from helpers.errors import WorkbookError
from helpers.intake.reading.readers import first_line, resource_errors
from helpers.intake.reading.sql import identifier, literal, parquet_files, parquet_sql

#: One engine takes no more unless it is told to: a report runs several beside pandas.
_MOST_GIGABYTES = 3.0
#: What an engine takes that runs alone, before the notebooks of a large report.
MOST_GIGABYTES_ALONE = 4.5
_ROWS_A_BATCH = 100_000
#: Types that Arrow and the engine call the same, beside DECIMAL.
_PLAIN = {
    pa.string(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.float32(), pa.float64(), pa.date32(),
    pa.timestamp("us"),
}  # fmt: skip
# DuckDB and Spark put nested selects together themselves; Ibis takes up to a fifth of a small report's facts for it.
ibis.options.sql.fuse_selects = False


class _Compiler(DuckDBCompiler):
    """What Ibis writes for DuckDB, but for the month of a day."""

    __slots__ = ()

    def visit_DateTruncate(self, op: Any, *, arg: Any, unit: Any) -> Any:
        """Subtract the days before it: the engine cuts moments, and takes four times as long for it.

        Of columns alone, as the day stands twice in it. What Ibis takes for a day may be a moment of the engine's.
        """
        if unit.short != "M" or not op.arg.dtype.is_date() or not isinstance(op.arg, ops.Field):
            return super().visit_DateTruncate(op, arg=arg, unit=unit)
        return self.cast(arg, dt.date) - self.cast(self.f.day(arg) - 1, dt.int32)


class Engine(Backend):
    """DuckDB, of which whoever asks in pandas gets numbers that plot; ``to_pyarrow()`` gives the exact decimals.

    What is computed of decimals is exact or a float: see `helpers.engine.tables.exact`.
    """

    compiler = _Compiler()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.views = count()

    def execute(self, expr: ir.Expr, /, **options: Any) -> Any:
        """Fetch what an expression says: DECIMAL as float64 rounded to its decimals, the rest as Ibis has it."""
        name, expr = None if isinstance(expr, ir.Table) else expr.get_name(), with_exact_types(expr)
        if name is None:
            exact = {each: kind.scale for each, kind in expr.schema().items() if kind.is_decimal()}
            rows = super().execute(decimals_as_floats(expr), **options)
            if exact:
                return rows.assign(**{each: rows[each].round(scale) for each, scale in exact.items()})
            return rows
        if not expr.type().is_decimal():
            return super().execute(expr.name(name), **options)
        found = super().execute(expr.cast("float64").name(name), **options)
        return None if found is None else round(found, expr.type().scale)

    def to_pandas_batches(self, expr: ir.Expr, /, **options: Any) -> Iterator[pd.DataFrame]:
        """Fetch what an expression says in parts, typed as `execute` types it."""
        for rows in super().to_pandas_batches(
            decimals_as_floats(with_exact_types(expr.as_table())), **options
        ):
            if isinstance(expr, ir.Table):
                yield rows
            else:
                yield rows.iloc[:, 0] if isinstance(expr, ir.Column) else rows.iloc[0, 0]

    def to_pyarrow(self, expr: ir.Expr, /, **options: Any) -> Any:
        """Fetch what an expression says as Arrow, decimals exact."""
        return super().to_pyarrow(with_exact_types(expr), **options)

    def to_pyarrow_batches(self, expr: ir.Expr, /, **options: Any) -> pa.RecordBatchReader:
        """Fetch what an expression says as Arrow in parts, decimals exact."""
        found = super().to_pyarrow_batches(with_exact_types(expr), **options)
        # Ibis says which types they have without a look: a sum of whole numbers is a HUGEINT.
        return pa.RecordBatchReader.from_batches(found.schema, (each.cast(found.schema) for each in found))

    def typed_batches(self, table: ir.Table, /, **options: Any) -> pa.RecordBatchReader:
        """Fetch a table whose types are true already, as those of facts are."""
        return super().to_pyarrow_batches(table, **options)

    def to_parquet(self, expr: ir.Table, /, path: str | Path, **options: Any) -> None:
        """Write what an expression says to Parquet, decimals exact."""
        super().to_parquet(with_exact_types(expr), path, **options)

    def to_csv(self, expr: ir.Table, /, path: str | Path, **options: Any) -> None:
        """Write what an expression says to CSV, decimals exact."""
        super().to_csv(with_exact_types(expr), path, **options)

    def to_json(self, expr: ir.Table, /, path: str | Path, **options: Any) -> None:
        """Write what an expression says to JSON."""
        super().to_json(with_exact_types(expr), path, **options)

    def _create_cached_table(self, name: str, expr: ir.Table) -> ir.Table:
        return super()._create_cached_table(name, with_exact_types(expr))

    def sql_of(self, table: ir.Table) -> str:
        """Return a table's query, with what it needs of this process handed over."""
        self._run_pre_execute_hooks(table)
        return self.compile(table)


def connect(cache: Path, memory_gigabytes: float | None = None) -> Engine:
    """Open an engine that spills below ``cache`` and never fetches an extension.

    The memory limit is ``WORKBOOK_MEMORY`` (such as ``2GB``), else ``memory_gigabytes``, else 3 GB or 40 % of what the
    machine or container has, whichever is less.
    """
    spill = cache / "spill"
    try:
        private_folder(spill)
    except OSError as error:
        raise WorkbookError(
            f"The cache folder {cache} cannot be written: {error.strerror}. "
            "Set WORKBOOK_CACHE to a folder that can."
        ) from None
    engine = Engine().connect(
        temp_directory=str(spill), autoinstall_known_extensions=False, autoload_known_extensions=False
    )
    engine.raw_sql(
        "SET enable_progress_bar = false"
    )  # in a notebook it would be an output that depends on the load
    limit_memory(engine, memory_gigabytes or _MOST_GIGABYTES, chosen=memory_gigabytes is not None)
    # Files are in the system's cache already, once for all processes.
    engine.raw_sql("SET enable_external_file_cache = false")
    return engine


def limit_memory(engine: Backend, gigabytes: float, *, chosen: bool = False) -> None:
    """Let an engine take so much, but not more than 40 % of what is there unless somebody has ``chosen`` how much."""
    limit = gigabytes if chosen else min(available_gigabytes() / 2, gigabytes)
    engine.raw_sql(f"SET VARIABLE memory = '{os.environ.get('WORKBOOK_MEMORY') or f'{limit:.2f} GB'}'")
    release_memory(engine)


def release_memory(engine: Backend) -> None:
    """Return unused memory of the engine and of Arrow to the system.

    Both keep it for what comes next: after a large result as much as the result itself, in every process of a report.
    The engine returns it when its limit is set, to whatever.
    """
    engine.raw_sql("SET memory_limit = getvariable('memory')")
    pa.default_memory_pool().release_unused()


def unregister_arrays(engine: Backend, table: ir.Table) -> None:
    """Unregister the arrays that a table was made of: Ibis leaves them with the engine until the process ends."""
    for held in table.op().find(ops.InMemoryTable):
        engine.con.unregister(held.name)


@contextmanager
def temporary_cursor(engine: SQLBackend) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a cursor of the engine whose temporary tables are dropped with it."""
    own = engine.con.cursor()
    try:
        yield own
    finally:
        own.close()


def evaluate_condition(rows: pd.DataFrame, condition: str) -> np.ndarray:
    """Evaluate an SQL condition of the settings for each row of a frame; where it is unknown it is false.

    In an engine of its own that has no data and opens no file.
    """
    with duckdb.connect(config={"enable_external_access": "false"}) as judge:
        judge.register("judged", rows)
        found = judge.sql(f"SELECT coalesce(CAST(({condition}\n) AS BOOLEAN), false) AS holds FROM judged")
        return found.to_arrow_table()["holds"].to_numpy()


@lru_cache
def available_gigabytes() -> float:
    """Return DuckDB's default memory limit: 80 % of the memory of machine or container."""
    with duckdb.connect() as connection:
        (limit,) = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0]
    amount, unit = limit.split()
    size = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}[unit]
    return float(amount) * size / 1e9


def from_parquet(engine: Engine, path: Path) -> ir.Table:
    """Return a Parquet file, or the parts in a folder, as a table of their own columns.

    Folders NAME=VALUE above would otherwise be taken for partitions: see `helpers.intake.reading.sql.parquet_sql`.
    """
    first = min(path.glob("*.parquet")) if path.is_dir() else path
    columns = pq.read_schema(first)
    if not all(kind in _PLAIN or pa.types.is_decimal128(kind) for kind in columns.types):
        return engine.read_parquet(parquet_files(path), hive_partitioning=False)
    # Asking the engine for the columns, and reading what it says of them, takes longer than to open a small file.
    # Named by their order, so that the same question of other files is the same SQL.
    name = f"parquet_{next(engine.views)}"
    engine.raw_sql(f"CREATE TEMP VIEW {name} AS FROM {parquet_sql(path)}")
    # Of a view the engine says that any column may be NULL, though Spark writes that some are not.
    schema = ibis.Schema.from_pyarrow(pa.schema([each.with_nullable(True) for each in columns]))
    return ops.DatabaseTable(name, schema, engine, ops.Namespace()).to_expr()


def decimals_as_floats(table: ir.Table) -> ir.Table:
    """Have the engine turn decimals into floats."""
    decimals = [name for name, kind in table.schema().items() if kind.is_decimal()]
    return table.cast(dict.fromkeys(decimals, "float64")) if decimals else table


def write_parquet(engine: Engine, table: ir.Table, path: Path) -> None:
    """Write a table to one file, each column as the type that the expression says it has.

    Differences of whole numbers in place of dictionaries of them (version 2), and a fast compression: a quarter less
    of processor time and of size than what DuckDB writes where it is told nothing. Of a table that is known to have no
    row, as that of a subject without data, nothing is asked of the engine.
    """
    held = table.op()
    if isinstance(held, ops.InMemoryTable) and not len(rows := held.data.to_pyarrow(held.schema)):
        pq.write_table(rows, path)
        return
    # DuckDB's sum of whole numbers is a HUGEINT, of which Ibis does not know, and stands as a float in Parquet. As SQL,
    # not as an expression: of a few rows an expression costs more to build and compile than the engine takes for them.
    kind_of = engine.compiler.type_mapper.to_string
    columns = [
        f"CAST({identifier(name)} AS {kind_of(kind)}) AS {identifier(name)}"
        for name, kind in table.schema().items()
    ]
    # Straight into the draft, whose rights are right already: a temporary file of the engine's is for all to read.
    how = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4_raw, USE_TMP_FILE false"
    query = f"SELECT {', '.join(columns)} FROM ({engine.sql_of(table)})"
    engine.raw_sql(f"COPY ({query}) TO {literal(str(path))} ({how})")


@contextmanager
def explain_shortage(fact: str, cache: Path) -> Iterator[None]:
    """Raise a WorkbookError with the fact and the way out where an engine lacks memory or disk space."""
    try:
        yield
    except resource_errors() as error:
        raise WorkbookError(
            f"The fact {fact} cannot be computed: {first_line(error)} Free disk space in {cache} (or set "
            "WORKBOOK_CACHE), or give the engine more memory: memory_gigabytes under [engine] in workbook.toml."
        ) from None


def to_pandas(table: ir.Table) -> pd.DataFrame:
    """Fetch rows: DECIMAL as float64 rounded to 4 decimals, DATE as datetime64, text as pandas' str.

    Rows come in batches and column by column, so that a large table is not in memory several times over.
    """
    with in_batches(_cast(table), _ROWS_A_BATCH) as batches:
        rows = _with_own_texts(batches.read_all())
    return _framed(rows, table.schema())


def to_pandas_in_parts(table: ir.Table, rows_a_part: int) -> Iterator[pd.DataFrame]:
    """Fetch rows in parts, typed as by `to_pandas`; the last part is empty, so that there is always one."""
    schema = table.schema()
    with in_batches(_cast(table), rows_a_part) as batches:
        nothing = batches.schema.empty_table()
        for batch in batches:
            yield _framed(pa.Table.from_batches([batch]), schema)
    yield _framed(nothing, schema)


def in_batches(table: ir.Table, rows: int) -> pa.RecordBatchReader:
    """Fetch rows of facts in batches, in the types that the engine gives them."""
    engine = table.get_backend()
    fetch = engine.typed_batches if isinstance(engine, Engine) else engine.to_pyarrow_batches
    return fetch(table, chunk_size=rows)


def _cast(table: ir.Table) -> ir.Table:
    """Have the engine turn what pandas has no type for."""
    kinds = table.schema().items()
    casts = {name: "float64" for name, kind in kinds if kind.is_decimal()} | {
        name: "timestamp" for name, kind in kinds if kind.is_date()
    }
    return table.cast(casts) if casts else table


def _framed(rows: pa.Table, schema: ibis.Schema) -> pd.DataFrame:
    frame: pd.DataFrame = rows.to_pandas(split_blocks=True, self_destruct=True)
    for name, kind in schema.items():
        if kind.is_decimal():
            frame[name] = frame[name].astype("float64").round(4)
    return frame


def _with_own_texts(rows: pa.Table) -> pa.Table:
    """Copy each column of texts out of its batches into one piece.

    pandas would keep the batches alive for the texts, and so all other columns a second time.
    """
    for place, column in enumerate(rows.columns):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            # With nothing more beside it a single piece would not be copied.
            whole = pa.concat_arrays([*column.chunks, pa.array([], column.type)])
            rows = rows.set_column(place, rows.field(place), whole)
    return rows
