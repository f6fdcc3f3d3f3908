"""Tables of a database, streamed to Parquet files: from there on they are read like any other file."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.layout.columns import near_matches
from helpers.intake.reading import sqlite_tables
from helpers.intake.reading.sources import Database, Plan
from helpers.intake.reading.sql import identifier, literal
from helpers.settings.config import Settings
from helpers.settings.source import TABLE_NAMES, TableMap, TableName

_BATCH_ROWS = 100_000
#: Number of PostgreSQL's type money: a text with the currency sign of the server, which Ibis takes for a decimal.
_POSTGRES_MONEY = 790


def extract(database: Database, settings: Settings, folder: Path) -> Plan:
    """Write the tables that the map names, or that are called like standard tables, to Parquet in ``folder``.

    Of a table with a primary key, that and the columns which the map or a contract names are read. Of one without all
    are: two rows that differ only in what nobody names are two rows.

    Raises
    ------
    WorkbookError
        The database cannot be reached, or has no such table. The message never holds user, password or
        options.
    """
    with _opened(database) as tables_of:
        names = tables_of.names()
        left: dict[str, list[str]] = {}
        by_name = {name.lower(): name for name in names}
        tables: dict[TableName, tuple[Path, ...]] = {}
        lookups: dict[tuple[TableName, str], tuple[Path, ...]] = {}
        for table in TABLE_NAMES:
            mapped = settings.tables.get(table)
            called = None if table in settings.source.leave_out else by_name.get(table)
            wanted = mapped.database_tables if mapped else []
            if wanted or called is not None:
                key = f"tables.{table}.table"
                tables[table] = tuple(
                    _write(database, tables_of, name, names, key, folder, settings, left)
                    for name in wanted or [called or ""]
                )
            elif mapped is not None:
                raise WorkbookError(
                    f"workbook.toml maps the table {table}, but {database.name} has none of that name: say "
                    f'table = "..." under [tables.{table}]. {near_matches(table, names)}'
                )
            for name, lookup in (mapped or TableMap()).lookups.items():
                key = f"tables.{table}.lookups.{name}.table"
                if lookup.table is None:
                    raise WorkbookError(f"{key}: say which table of {database.name} the lookup reads.")
                written = _write(database, tables_of, lookup.table, names, key, folder, settings, left)
                lookups[table, name] = (written,)
        if "order_lines" not in tables:
            raise WorkbookError(
                f'{database.name} has no table of order lines: say which it is, table = "..." under '
                f"[tables.order_lines] in workbook.toml. {near_matches('order_lines', names)}"
            )
        read = {name.rpartition(".")[2] for name in left}
        unread = [name for name in sorted(names) if name not in read]
        unread += [f"{name}.{column}" for name, columns in left.items() for column in columns]
        return Plan(tables, lookups, unread=tuple(unread))


def sample_tables(database: Database, rows: int) -> tuple[dict[str, dict[str, list[str]]], list[str]]:
    """Return the first rows of each table of a database, as text by column, and the tables that cannot be read."""
    found: dict[str, dict[str, list[str]]] = {}
    unreadable = []
    with _opened(database) as tables_of:
        for name in sorted(tables_of.names()):
            try:
                found[name] = tables_of.first_rows(name, rows)
            except WorkbookError:
                unreadable.append(name)
    return found, unreadable


class _Tables(Protocol):
    """A database that is open to read."""

    def names(self) -> list[str]:
        """Name its tables and views."""

    def first_rows(self, name: str, rows: int) -> dict[str, list[str]]:
        """Return the first rows of a table, as text by column; blank where there is nothing."""

    def columns(self, schema: str, name: str) -> tuple[list[str], list[str]]:
        """Name the columns of a table, and those of its primary key."""

    def write(self, schema: str, name: str, columns: list[str], target: Path) -> None:
        """Write columns of a table to Parquet."""


@contextmanager
def _opened(database: Database) -> Iterator[_Tables]:
    if database.path is not None and database.url.startswith("sqlite"):
        with sqlite_tables.opened(database.path) as connection:
            yield _SqliteTables(database, connection)
    else:
        with _connected(database) as backend:
            yield _ServerTables(database, backend)


@dataclass(frozen=True)
class _SqliteTables:
    database: Database
    connection: sqlite3.Connection

    def names(self) -> list[str]:
        return sqlite_tables.table_names(self.connection)

    def first_rows(self, name: str, rows: int) -> dict[str, list[str]]:
        return self._guard(name, lambda: sqlite_tables.first_rows(self.connection, name, rows))

    def columns(self, schema: str, name: str) -> tuple[list[str], list[str]]:
        found: tuple[list[str], list[str]] = self._guard(
            name, lambda: sqlite_tables.columns(self.connection, name)
        )
        return found

    def write(self, schema: str, name: str, columns: list[str], target: Path) -> None:
        self._guard(name, lambda: sqlite_tables.write(self.connection, name, columns, target))

    def _guard(self, name: str, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except (sqlite3.Error, OverflowError) as error:
            raise WorkbookError(
                f"The table {name} of {self.database.name} cannot be read: {error}. Open it with the program that "
                "made it, or export that table as a file."
            ) from None


@dataclass(frozen=True)
class _ServerTables:
    """Tables by way of Ibis: of a server, or of a DuckDB file."""

    database: Database
    backend: Any

    def names(self) -> list[str]:
        found: list[str] = _guard(self.database, self.backend.list_tables)
        return found

    def first_rows(self, name: str, rows: int) -> dict[str, list[str]]:
        def read() -> dict[str, list[str]]:
            table = self._readable("", name).limit(rows).to_pyarrow()
            return {
                column: ["" if value is None else str(value) for value in table[column].to_pylist()]
                for column in table.column_names
            }

        found: dict[str, list[str]] = _guard(self.database, read, name)
        return found

    def columns(self, schema: str, name: str) -> tuple[list[str], list[str]]:
        def read() -> tuple[list[str], list[str]]:
            table = self.backend.table(name, database=schema) if schema else self.backend.table(name)
            return list(table.columns), self._key(schema, name)

        found: tuple[list[str], list[str]] = _guard(self.database, read, name)
        return found

    def _key(self, schema: str, name: str) -> list[str]:
        """Name the columns of the primary key; none where there is none, or the server does not say."""
        if self.backend.name == "postgres":
            place = f"{identifier(schema)}.{identifier(name)}" if schema else identifier(name)
            asked = (
                "SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum ="
                f" ANY(i.indkey) WHERE i.indrelid = {literal(place)}::regclass AND i.indisprimary"
            )
            with self.backend.con.cursor() as cursor:
                return [column for (column,) in cursor.execute(asked).fetchall()]
        if self.backend.name == "duckdb":
            asked = (
                "SELECT unnest(constraint_column_names) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
                f" AND table_name = {literal(name)} AND schema_name = {literal(schema or 'main')}"
            )
            return [column for (column,) in self.backend.raw_sql(asked).fetchall()]
        return []

    def write(self, schema: str, name: str, columns: list[str], target: Path) -> None:
        import pyarrow.parquet as pq

        def stream() -> None:
            readable = self._readable(schema, name, columns)
            batches = readable.to_pyarrow_batches(chunk_size=_BATCH_ROWS)
            with pq.ParquetWriter(target, batches.schema) as writer:
                for batch in batches:
                    # DuckDB gives an ENUM as a dictionary, which the schema calls text.
                    writer.write_batch(batch.cast(batches.schema))

        _guard(self.database, stream, name)

    def _readable(self, schema: str, name: str, columns: list[str] | None = None) -> Any:
        """Return the table with those columns as text whose values do not fit what they would be read as."""
        table = self.backend.table(name, database=schema) if schema else self.backend.table(name)
        if columns is not None:
            table = table.select(columns)
        if self.backend.name != "postgres":
            return table
        odd = [column for column, kind in table.schema().items() if kind.is_unknown() or kind.is_uuid()]
        place = f"{identifier(schema)}.{identifier(name)}" if schema else identifier(name)
        with self.backend.con.cursor() as cursor:
            described = cursor.execute(f"SELECT * FROM {place} LIMIT 0").description or []
            money = [each.name for each in described if each.type_code == _POSTGRES_MONEY]
            odd += [column for column in money if column in table.columns]
        checks = {}
        for column, kind in table.schema().items():
            quoted = identifier(column)
            if kind.is_decimal() and kind.scale is None:
                checks[column] = f"{quoted} = 'NaN' OR scale({quoted}) > 9 OR abs({quoted}) >= 1e28"
            elif kind.is_date() or kind.is_timestamp():
                checks[column] = f"{quoted} NOT BETWEEN '0001-01-01' AND '9999-12-31'"
        if checks:
            asked = ", ".join(f"coalesce(bool_or({check}), false)" for check in checks.values())
            with self.backend.con.cursor() as cursor:
                answers = cursor.execute(f"SELECT {asked} FROM {place}").fetchone()
            odd += [column for column, answer in zip(checks, answers, strict=True) if answer]
        return table.mutate(**{column: table[column].cast("string") for column in odd}) if odd else table


@contextmanager
def _connected(database: Database) -> Iterator[Any]:
    """Open a database to read; a server's tables are all read as of one moment, and nothing can be written."""
    backend = _connect(database)
    with ExitStack() as stack:
        stack.callback(_close, backend)
        if backend.name == "postgres":
            from psycopg import IsolationLevel

            backend.con.read_only = True
            backend.con.isolation_level = IsolationLevel.REPEATABLE_READ
            stack.enter_context(backend.con.transaction())  # what Ibis begins inside of it are savepoints
        yield backend


def _close(backend: Any) -> None:
    """Close the connection; one that is lost already cannot be closed in good order."""
    with suppress(Exception):
        backend.disconnect()


def _connect(database: Database) -> Any:
    import ibis

    if database.path is not None and database.url.startswith("duckdb"):
        return _guard(database, lambda: _duckdb_alone(database.path))
    return _guard(database, lambda: ibis.connect(database.url))


def _duckdb_alone(path: Path | None) -> Any:
    """Open a DuckDB file so that its views reach nothing beside it: no file, no extension, no setting."""
    import ibis

    shut = {
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    backend = ibis.duckdb.connect(str(path), read_only=True, **shut)
    backend.raw_sql("SET lock_configuration = true")
    return backend


def _guard(database: Database, action: Any, table: str | None = None) -> Any:
    """Run something on the database; its own messages may hold the password, so they are not passed on."""
    try:
        return action()
    except ImportError as error:
        raise WorkbookError(
            f"{database.name} needs a driver that is not installed ({error.name}): install "
            f"customer-workbook[postgres]."
        ) from None
    except Exception as error:
        of = f"The table {table} of the database" if table else "The database"
        raise WorkbookError(f"{of} {database.name} {_problem(error)}") from None


def _problem(error: Exception) -> str:
    """Say what is wrong and the way out, without a word of the driver's own: it may name user and host."""
    said = str(error).lower()
    if "disabled by configuration" in said:
        return (
            "is a view that opens other files, and it may not: only what the database itself holds is read. Make a "
            "table of it there, and name that."
        )
    if "authentication failed" in said or "no password supplied" in said:
        return (
            "refuses this user or password. Put the password in the environment variable PGPASSWORD or into ~/.pgpass, "
            "and the user into the address (postgres://USER@HOST/DATABASE) or PGUSER."
        )
    if "permission denied" in said:
        return "does not let this user read what is needed. Ask for the right to SELECT from its tables."
    if "terminating connection" in said or "closed the connection" in said or "connection is lost" in said:
        return "broke off while it was read; nothing of it was kept. See that it runs, and run again."
    if (
        "connection refused" in said
        or "timeout" in said
        or "could not translate" in said
        or "resolve" in said
    ):
        return "does not answer. See that it runs, and that host and port in the address are right."
    if "database" in said and "does not exist" in said:
        return "is not there: the server answers, but has no database of that name."
    return (
        f"cannot be read ({type(error).__name__}). Check the URL, that the database runs, and that the user may "
        "read it."
    )


def _write(
    database: Database,
    tables_of: _Tables,
    wanted: str,
    names: list[str],
    key: str,
    folder: Path,
    settings: Settings,
    left: dict[str, list[str]],
) -> Path:
    target = folder / (re.sub(r"[^\w.-]+", "_", f"{database.name}.{wanted}") + ".parquet")
    if target.exists():
        return target
    schema, _, name = wanted.rpartition(".")
    if not schema and name not in names:
        may_read = "" if database.path else " that this user may read"
        raise WorkbookError(
            f"{key}: {database.name} has no table '{name}'{may_read}. {near_matches(name, names)}"
        )

    columns, primary = tables_of.columns(schema, name)
    asked = _names_in(settings)
    read = [column for column in columns if not primary or column in primary or asked(column)]
    left[wanted] = [column for column in columns if column not in read]
    tables_of.write(schema, name, read or columns[:1], target)
    return target


def _names_in(settings: Settings) -> Callable[[str], bool]:
    """Return whether the map, in whatever place, or a contract names a column."""
    mapped = json.dumps(settings.model_dump(mode="json", include={"tables"}), ensure_ascii=False).lower()
    standard = {column.name for table in TABLE_NAMES for column in contracts.columns(table)}
    return lambda column: column.lower() in standard or column.lower().replace('"', '\\"') in mapped
