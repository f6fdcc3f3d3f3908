"""Where Spark's tables are: in its catalogue, or in folders and files; and how their state is known."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from helpers.errors import WorkbookError
from helpers.intake.reading.readers import FILE_NAME, ROW, Relation, engine_errors, first_line
from helpers.intake.reading.recognise import PARQUET_ENDINGS, TEXT_ENDINGS
from helpers.intake.reading.sources import is_called
from helpers.intake.reading.sql import literal
from helpers.settings.config import Settings
from helpers.settings.source import TABLE_NAMES, FileFormat, TableMap, TableName
from workbook_spark.sql import engine_type, to_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_UNREADABLE = "__unreadable"
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class SparkSource:
    """One table as Spark reads it.

    Attributes
    ----------
    name
        How it is called where it is spoken of: the catalogue's name, or the last part of the address.
    table
        Name in the catalogue; empty where it is files.
    address
        Path or URI of a file or a folder of files.
    files
        The files on this machine, in name order; empty where they are elsewhere.
    """

    name: str
    table: str = ""
    address: str = ""
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class SparkPlan:
    """Which sources each standard table and each lookup reads."""

    tables: Mapping[TableName, tuple[SparkSource, ...]]
    lookups: Mapping[tuple[TableName, str], SparkSource]

    def sources(self) -> tuple[SparkSource, ...]:
        """All sources, once each, in name order."""
        every = {one for found in self.tables.values() for one in found} | set(self.lookups.values())
        return tuple(sorted(every, key=lambda one: (one.name, one.address)))


def plan_sources(data: Path | str | Sequence[Path | str] | None, settings: Settings) -> SparkPlan:
    """Find the source of each standard table: what the map names, else what the data folder holds under its name.

    Raises
    ------
    WorkbookError
        There is no folder, file or address of that name, nothing holds the order lines, or files are not of a kind that
        Spark reads.
    """
    if data is not None and not isinstance(data, str | Path):
        raise WorkbookError('engine = "spark" reads a folder or the tables of the map, not a list of files.')
    folder = Path(data) if data is not None else None
    if folder is not None and not folder.is_dir():
        raise WorkbookError(
            f'The folder {folder} does not exist. With engine = "spark" data are a folder; tables elsewhere '
            'are named in the map: table = "..." (catalogue) or files = ["s3a://..."].'
        )
    tables: dict[TableName, tuple[SparkSource, ...]] = {}
    lookups: dict[tuple[TableName, str], SparkSource] = {}
    for table in TABLE_NAMES:
        mapped = settings.tables.get(table, TableMap())
        found = _sources(mapped.database_tables, mapped.files, folder, f"tables.{table}")
        if not found and folder is not None and table not in settings.source.leave_out:
            named = sorted(path for path in folder.iterdir() if is_called(path, table))
            found = tuple(_files(path) for path in named if path.is_dir() or _readable(path))
        if found:
            tables[table] = found
        elif table in settings.tables:
            raise WorkbookError(
                f'workbook.toml maps the table {table}, but says nowhere where it is: table = "..." (Spark\'s '
                f'catalogue) or files = ["..."] under [tables.{table}].'
            )
        for name, lookup in mapped.lookups.items():
            key = f"tables.{table}.lookups.{name}"
            one = _sources([lookup.table] if lookup.table else [], lookup.files, folder, key)
            if len(one) != 1:
                raise WorkbookError(f"{key} must name exactly one table or file, not {len(one)}.")
            lookups[table, name] = one[0]
    if "order_lines" not in tables:
        raise WorkbookError(
            'Nothing holds the order lines. Say where they are: table = "..." (Spark\'s catalogue) or '
            'files = ["..."] under [tables.order_lines] in workbook.toml.'
        )
    return SparkPlan(tables, lookups)


def _sources(
    tables: Sequence[str], files: Sequence[str], folder: Path | None, key: str
) -> tuple[SparkSource, ...]:
    if tables:
        return tuple(SparkSource(table, table=table) for table in tables)
    found = []
    for name in files:
        if "://" in name:
            found.append(SparkSource(name.rstrip("/").rsplit("/", 1)[-1], address=name))
            continue
        if folder is None:
            raise WorkbookError(
                f"{key}.files: '{name}' is looked for in the data folder; name one with --data."
            )
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise WorkbookError(f"{key}.files: '{name}' leads out of the data folder; use a name below it.")
        paths = sorted(folder.glob(name))
        if not paths:
            listed = ", ".join(sorted(path.name for path in folder.iterdir())[:12])
            raise WorkbookError(f"{key}.files: nothing in {folder} is called '{name}'. There are: {listed}.")
        found += [_files(path) for path in paths]
    return tuple(found)


def _readable(path: Path) -> bool:
    return path.suffix.lower() in (*PARQUET_ENDINGS, *TEXT_ENDINGS)


def _files(path: Path) -> SparkSource:
    """Take a file, or the files of a folder; Spark passes over names that begin with ``_`` or ``.``."""
    path = path.absolute()
    inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    files = tuple(one for one in inside if not one.name.startswith((".", "_")))
    if not files:
        raise WorkbookError(f"The folder {path} holds no file.")
    for file in files:
        if not _readable(file):
            raise WorkbookError(
                f"{path.name}: Spark does not read {file.name}; put Parquet or CSV files there, or leave the "
                'line engine = "spark" out of workbook.toml.'
            )
    return SparkSource(path.name, address=str(path), files=files)


def state_of(source: SparkSource, session: SparkSession, form: FileFormat) -> tuple[str, int]:
    """Find out the content of a table by one scan: a hash that no order of rows changes, and the number of rows.

    Raises
    ------
    WorkbookError
        There is no such table, or it cannot be read.
    """
    frame = _frame(source, session, form)
    # The hash passes over NULL, so that it must be told where there is one.
    columns = ", ".join(f"`{name}`, `{name}` IS NULL" for name in frame.columns)
    frame.createOrReplaceTempView("workbook_state")
    row = f"xxhash64({columns})"
    found = _guard(
        source,
        lambda: session.sql(
            f"SELECT count(*), CAST(sum(CAST({row} AS DECIMAL(20, 0))) AS STRING), bit_xor({row}) FROM workbook_state"
        ).collect(),
    )
    text = "\0".join(map(str, (frame.schema.simpleString(), *found[0])))
    return hashlib.sha256(text.encode()).hexdigest(), int(found[0][0])


def open_source(source: SparkSource, session: SparkSession, form: FileFormat, view: str) -> Relation:
    """Make a table readable for intake's SQL, under the name of a view.

    Raises
    ------
    WorkbookError
        There is no such table, or it cannot be read.
    """
    frame = _frame(source, session, form)
    columns = {
        field.name: engine_type(field.dataType) for field in frame.schema.fields if field.name != _UNREADABLE
    }
    # As SQL, which a session here and one of Spark Connect both take; functions are of either the one or the other.
    name = to_spark(literal(source.name)) if source.table else "_metadata.file_name"
    more = (f"CAST(NULL AS BIGINT) AS {ROW}", f"{name} AS {FILE_NAME}")
    _guard(source, lambda: frame.selectExpr("*", *more).createOrReplaceTempView(view))
    unreadable = _UNREADABLE if _UNREADABLE in frame.columns else None
    return Relation(source.name, f'"{view}"', columns, unreadable=unreadable, many_files=True)


def _frame(source: SparkSource, session: SparkSession, form: FileFormat) -> DataFrame:
    if source.table:
        return _guard(source, lambda: session.table(source.table))
    if _is_text(source):
        return _guard(source, lambda: _text_frame(source, session, form))
    return _guard(source, lambda: session.read.parquet(source.address))


def _is_text(source: SparkSource) -> bool:
    first = source.files[0].name if source.files else source.address.rstrip("/")
    return Path(first).suffix.lower() in TEXT_ENDINGS


def _text_frame(source: SparkSource, session: SparkSession, form: FileFormat) -> DataFrame:
    """Read all columns as text; lines that have too many or too few stand in a column of their own."""
    options = {
        "header": "true",
        "sep": form.delimiter or ",",
        "encoding": form.encoding or "UTF-8",
        "quote": '"',
        "escape": '"',
        "enforceSchema": "false",
        "mode": "PERMISSIVE",
        "columnNameOfCorruptRecord": _UNREADABLE,
    }
    header = session.read.options(**options).csv(source.address).columns
    shape = ", ".join(f"`{name}` STRING" for name in (*header, _UNREADABLE))
    return session.read.options(**options).schema(shape).csv(source.address)


def _guard(source: SparkSource, action: Callable[[], Answer]) -> Answer:
    """Run something of Spark's, and say in our words what is wrong with a table."""
    try:
        return action()
    except engine_errors() as error:
        if "TABLE_OR_VIEW_NOT_FOUND" in str(error):
            raise WorkbookError(
                f"Spark's catalogue has no table {source.name}. Write it as catalog.schema.table, and see that "
                "this session knows the catalogue (spark.options in workbook.toml)."
            ) from None
        if "PATH_NOT_FOUND" in str(error):
            raise WorkbookError(f"Spark finds nothing at {source.address}.") from None
        raise WorkbookError(
            f"Spark cannot read {source.name}: {first_line(error)} It may be damaged or cut off, or its files "
            "differ from each other; write it again."
        ) from None
