"""Where the data are: a folder, a list of files, or a database; and which of it each standard table uses."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from helpers.errors import WorkbookError
from helpers.intake.reading.recognise import EXCEL_ENDINGS, PARQUET_ENDINGS, TEXT_ENDINGS, FileKind, file_kind
from helpers.settings.config import Settings
from helpers.settings.source import TABLE_NAMES, TableName

DATABASE_ENDINGS = (".duckdb", ".db", ".sqlite", ".sqlite3")
_READABLE = (*TEXT_ENDINGS, *PARQUET_ENDINGS, *EXCEL_ENDINGS)


@dataclass(frozen=True)
class Database:
    """A database by URL. ``name`` is how it is called: without user, password and options."""

    url: str
    name: str
    path: Path | None
    """The file, where the database is one."""


@dataclass(frozen=True)
class Plan:
    """Which files each standard table and each lookup reads, in name order."""

    tables: Mapping[TableName, tuple[Path, ...]]
    lookups: Mapping[tuple[TableName, str], Path]

    def paths(self) -> tuple[Path, ...]:
        """All files that are read, once each, in name order."""
        every = {path for paths in self.tables.values() for path in paths} | set(self.lookups.values())
        return tuple(sorted(every, key=lambda path: (path.name, str(path))))


def as_database(data: Any) -> Database | None:
    """Give the database that ``data`` names, or None where it is a folder or files.

    Raises
    ------
    WorkbookError
        The file does not exist, or the URL holds a password: it would stand in shell histories and notebooks.
    """
    if isinstance(data, str) and "://" in data:
        parts = urlsplit(data)
        if parts.password or "password" in parse_qs(parts.query):
            raise WorkbookError(
                f"The address of the database {parts.scheme} {parts.path.strip('/')} holds a password, which would "
                "stand in shell histories and notebooks. Leave it out, and put it in the environment variable "
                "PGPASSWORD or into ~/.pgpass."
            )
        local = parts.scheme in ("duckdb", "sqlite")
        path = Path(parts.netloc + parts.path) if local else None
        if path is not None and not path.is_file():
            raise WorkbookError(f"The database {path} does not exist.")
        return Database(data, path.name if path else f"{parts.scheme} {parts.path.strip('/')}".strip(), path)
    if isinstance(data, str | Path):
        path = Path(data)
        named = path.suffix.lower() in DATABASE_ENDINGS
        if named and not path.is_file():
            raise WorkbookError(f"The database {path} does not exist.")
        if path.is_file() and (named or path.suffix.lower() not in _READABLE):
            kind = _kind(path)
            if named or kind in ("sqlite", "duckdb"):
                return Database(f"{'sqlite' if kind == 'sqlite' else 'duckdb'}://{path}", path.name, path)
    return None


def _kind(path: Path) -> FileKind:
    try:
        return file_kind(path)
    except OSError as error:
        raise WorkbookError(f"{path.name} cannot be read: {error.strerror or error}.") from None


def data_label(data: str) -> str:
    """Call a data set as a report may: the last part of a path, a database without host, user and options."""
    if "://" in data:
        parts = urlsplit(data)
        return parts.path.strip("/") if parts.scheme not in ("duckdb", "sqlite") else Path(parts.path).name
    return Path(data).name


def plan_files(data: Path | str | Sequence[Path | str], settings: Settings) -> Plan:
    """Find the files of each standard table: those the map names, else those called like the table.

    A file called ``order_lines.csv``, ``order_lines_2026-01.csv`` or ``Order Lines 2026.xlsx`` is one of
    ``order_lines``. A single file that is called otherwise, without a map, is taken for the order lines.

    Raises
    ------
    WorkbookError
        The folder or a file is missing, there is nothing to read, or a name in the map matches no file.
    """
    folder, files = _files(data)
    tables: dict[TableName, tuple[Path, ...]] = {}
    for table in TABLE_NAMES:
        wanted = settings.tables.get(table)
        if wanted is not None and wanted.files:
            tables[table] = _named(wanted.files, folder, files, f"tables.{table}.files")
        elif found := tuple(path for path in files if is_called(path, table)):
            tables[table] = found
    if not tables and len(files) == 1:
        tables["order_lines"] = (files[0],)
    for table in settings.tables:
        if table not in tables:
            raise WorkbookError(
                f"workbook.toml maps the table {table}, but no file is called like it. Name its files: "
                f'files = ["..."] under [tables.{table}]. There are: {_listing(files)}.'
            )
    if "order_lines" not in tables:
        raise WorkbookError(
            f"No file holds the order lines; there are: {_listing(files)}. Call the file order_lines.csv, "
            f"or name it "
            'in workbook.toml: files = ["..."] under [tables.order_lines]. `workbook init` proposes a map.'
        )
    lookups: dict[tuple[TableName, str], Path] = {}
    for table, mapped in settings.tables.items():
        for name, lookup in mapped.lookups.items():
            key = f"tables.{table}.lookups.{name}.files"
            found = _named(lookup.files, folder, files, key)
            if len(found) != 1:
                raise WorkbookError(f"{key} must name exactly one file, not {len(found)}.")
            lookups[table, name] = found[0]
    return Plan(tables, lookups)


def list_files(data: Path | str | Sequence[Path | str]) -> tuple[Path, ...]:
    """Give the readable files of a folder, in name order, or those of a list."""
    return _files(data)[1]


def _files(data: Path | str | Sequence[Path | str]) -> tuple[Path | None, tuple[Path, ...]]:
    """Give the folder, if it is one, and the readable files, in name order."""
    if isinstance(data, str | Path) and Path(data).is_dir():
        folder = Path(data)
        files = [path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in _READABLE]
        files = [path for path in files if not path.name.startswith((".", "~$", "README"))]
        if not files:
            raise WorkbookError(
                f"The folder {folder} holds no data: no file ends in {', '.join(_READABLE)}. Put the "
                f"export there, "
                "or name another folder."
            )
        return folder, tuple(sorted(files, key=lambda path: path.name))
    paths = [Path(data)] if isinstance(data, str | Path) else [Path(path) for path in data]
    if not paths:
        raise WorkbookError("No data are named: give a folder, files, or the URL of a database.")
    for path in paths:
        if not path.is_file():
            raise WorkbookError(
                f"The file or folder {path} does not exist. Check its name and where you are."
            )
        if path.suffix.lower() not in _READABLE:
            raise WorkbookError(
                f"{path.name} cannot be read: its name must end in one of {', '.join(_READABLE)}; a database "
                f"in {', '.join(DATABASE_ENDINGS)}, or it must begin as SQLite and DuckDB files do."
            )
    return None, tuple(paths)


def _named(patterns: Sequence[str], folder: Path | None, files: Sequence[Path], key: str) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for pattern in patterns:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise WorkbookError(f"{key}: '{pattern}' leads out of the data folder; use a name below it.")
        matches = [path for path in files if path.name == pattern or fnmatch.fnmatchcase(path.name, pattern)]
        if not matches and folder is not None:
            try:
                matches = sorted(path for path in folder.glob(pattern) if path.is_file())
            except (ValueError, NotImplementedError) as error:  # "", "a**b"
                raise WorkbookError(
                    f"{key}: '{pattern}' is no pattern of file names ({error}). Write a name, or one with *, such as "
                    "sales-*.csv."
                ) from None
        if not matches:
            raise WorkbookError(f"{key}: no file is called '{pattern}'. There are: {_listing(files)}.")
        found.update(dict.fromkeys(matches))
    return tuple(found)


def is_called(path: Path, table: str) -> bool:
    """Whether a file's name is that of the table, with nothing but a date or number after it."""
    stem = re.sub(r"[^a-z0-9]+", "_", path.stem.lower())
    return re.fullmatch(rf"{table}(_?\d[\d_]*)?", stem) is not None


def _listing(files: Sequence[Path]) -> str:
    names = [path.name for path in files]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
