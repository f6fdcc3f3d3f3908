"""Where the data are: a folder, a list of files, or a database; and which of it each standard table uses."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from helpers.errors import WorkbookError
from helpers.intake.reading.recognise import EXCEL_ENDINGS, PARQUET_ENDINGS, TEXT_ENDINGS, FileKind, file_kind
from helpers.settings.config import Settings
from helpers.settings.source import TABLE_NAMES, TableName

DATABASE_ENDINGS = (".duckdb", ".db", ".sqlite", ".sqlite3")
#: Folders in which programs keep what is no data.
_INSIDE = ("_delta_log", "_spark_metadata", "__MACOSX")
#: Who gets the reports (`helpers.report.delivery.recipients`): it lies beside the data and is none.
_NO_DATA = re.compile(r"recipients\.(?:csv|xlsx?|ods)", re.IGNORECASE)
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz")
_READABLE = (*TEXT_ENDINGS, *(f"{each}.gz" for each in TEXT_ENDINGS), *PARQUET_ENDINGS, *EXCEL_ENDINGS)


@dataclass(frozen=True)
class Database:
    """A database by URL. ``name`` is how it is called: without user, password and options."""

    url: str
    name: str
    path: Path | None
    """The file, where the database is one."""


@dataclass(frozen=True)
class Plan:
    """Which files each standard table and each lookup reads, in name order; and what of the data is left unread."""

    tables: Mapping[TableName, tuple[Path, ...]]
    lookups: Mapping[tuple[TableName, str], tuple[Path, ...]]
    folder: Path | None = None
    """The data folder, where the data are one."""
    unread: tuple[str, ...] = ()
    """Of a database: the tables that nothing is read of, and columns as ``table.column``."""

    def paths(self) -> tuple[Path, ...]:
        """All files that are read, once each, in name order."""
        every = {path for paths in (*self.tables.values(), *self.lookups.values()) for path in paths}
        return tuple(sorted(every, key=lambda path: (self.name(path), str(path))))

    def name(self, path: Path) -> str:
        """Call a file as it is called below the data folder: ``2025/01.csv``."""
        return name_below(self.folder, path)

    def partitions(self, path: Path) -> dict[str, str | None]:
        """Return the partition columns of a file, from its folders below the data folder, as ``Date=2026-09-01``."""
        return partitions(self.name(path))


def as_database(data: Any) -> Database | None:
    """Return the database that ``data`` names, or None where it is a folder or files.

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
        if path.is_dir():
            path = _alone_in(path) or path
        named = path.suffix.lower() in DATABASE_ENDINGS
        if named and not path.is_file():
            raise WorkbookError(f"The database {path} does not exist.")
        if path.is_file() and (named or ending(path) not in _READABLE):
            kind = _kind(path)
            if named or kind in ("sqlite", "duckdb"):
                return Database(f"{'sqlite' if kind == 'sqlite' else 'duckdb'}://{path}", path.name, path)
    return None


def _alone_in(folder: Path) -> Path | None:
    """Return the database of a folder that holds nothing else to read."""
    files = every_file(folder)
    if any(ending(path) in _READABLE for path in files):
        return None
    found = [
        path
        for path in files
        if path.suffix.lower() in DATABASE_ENDINGS or _kind(path) in ("sqlite", "duckdb")
    ]
    return found[0] if len(found) == 1 else None


def _kind(path: Path) -> FileKind:
    try:
        return file_kind(path)
    except OSError as error:
        raise WorkbookError(f"{path.name} cannot be read: {error.strerror or error}.") from None


def name_below(folder: Path | None, path: Path) -> str:
    """Call a file as it is called below a folder; elsewhere by its name alone."""
    if folder is not None and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return path.name


def partitions(name: str) -> dict[str, str | None]:
    """Return the columns that the folders of a name stand for, as Hive and Spark write them: ``Date=2026-09-01/``."""
    parts = (part.partition("=") for part in name.split("/")[:-1])
    return {
        unquote(key): None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value)
        for key, found, value in parts
        if key and found
    }


def data_label(data: str) -> str:
    """Call a data set as a report may: the last part of a path, a database without host, user and options."""
    if "://" in data:
        parts = urlsplit(data)
        return parts.path.strip("/") if parts.scheme not in ("duckdb", "sqlite") else Path(parts.path).name
    return Path(data).name


def plan_files(data: Path | str | Sequence[Path | str], settings: Settings) -> Plan:
    """Find the files of each standard table: those the map names, else those called like the table.

    A file called ``order_lines.csv``, ``order_lines_2026-01.csv`` or ``Order Lines 2026.xlsx`` is one of
    ``order_lines``, and so is every file in a folder of that name. A single file that is called otherwise, without a
    map, is taken for the order lines. Other files in folders below are read where the map names them.

    Raises
    ------
    WorkbookError
        The folder or a file is missing, there is nothing to read, or a name in the map matches no file.
    """
    folder, files = list_files(data)
    stems = [(_stem(_topmost(folder, path)), path) for path in files]
    tables: dict[TableName, tuple[Path, ...]] = {}
    for table in TABLE_NAMES:
        wanted = settings.tables.get(table)
        if wanted is not None and wanted.files:
            tables[table] = _named(wanted.files, folder, files, f"tables.{table}.files")
        elif table in settings.source.leave_out:
            continue
        elif found := tuple(path for stem, path in stems if _is_of(stem, table)):
            tables[table] = found
    if not tables and len(files) == 1:
        tables["order_lines"] = (files[0],)
    for table in settings.tables:
        if table not in tables:
            raise WorkbookError(
                f"workbook.toml maps the table {table}, but no file is called like it. Name its files: "
                f'files = ["..."] under [tables.{table}]. There are: {listing(folder, files)}.'
            )
    if "order_lines" not in tables:
        raise WorkbookError(
            f"No file holds the order lines; there are: {listing(folder, files)}. Call the file order_lines.csv, "
            f"or name it "
            'in workbook.toml: files = ["..."] under [tables.order_lines]. `workbook init` proposes a map.'
        )
    lookups: dict[tuple[TableName, str], tuple[Path, ...]] = {}
    for table, mapped in settings.tables.items():
        for name, lookup in mapped.lookups.items():
            key = f"tables.{table}.lookups.{name}.files"
            lookups[table, name] = _named(lookup.files, folder, files, key)
            if not lookups[table, name]:
                raise WorkbookError(f"{key} must name a file.")
    return Plan(tables, lookups, folder)


def list_files(data: Path | str | Sequence[Path | str]) -> tuple[Path | None, tuple[Path, ...]]:
    """Return the folder, if it is one, and its readable files at any depth, in name order; or the files named.

    Raises
    ------
    WorkbookError
        There is no such folder or file, or nothing in it that can be read.
    """
    if isinstance(data, str | Path) and Path(data).is_dir():
        folder = Path(data)
        every = list(every_file(folder))
        files = [path for path in every if ending(path) in _READABLE]
        if not files:
            others = [path for path in every if path.suffix != ".toml"]
            there = f" There are: {listing(folder, others)}." if others else ""
            packed = (
                " Unpack the archive there."
                if any(path.suffix.lower() in _ARCHIVES for path in others)
                else ""
            )
            raise WorkbookError(
                f"The folder {folder} holds no data: no file ends in {', '.join(_READABLE)}.{there}{packed} Put the "
                "export there in one of these forms, or name another folder."
            )
        return folder, tuple(files)
    paths = [Path(data)] if isinstance(data, str | Path) else [Path(path) for path in data]
    if not paths:
        raise WorkbookError("No data are named: give a folder, files, or the URL of a database.")
    for path in paths:
        if not path.is_file():
            raise WorkbookError(
                f"The file or folder {path} does not exist. Check its name and where you are."
            )
        if ending(path) not in _READABLE:
            raise WorkbookError(
                f"{path.name} cannot be read: its name must end in one of {', '.join(_READABLE)}; a database "
                f"in {', '.join(DATABASE_ENDINGS)}, or it must begin as SQLite and DuckDB files do."
            )
    return None, tuple(paths)


def every_file(folder: Path) -> list[Path]:
    """List the files of a folder and of those below it, in name order, without hidden ones and what explains them."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _INSIDE]
        found += [
            Path(place, name)
            for name in names
            if not name.startswith((".", "~$", "README"))
            and not (name.startswith("_") and "." not in name)
            and not _NO_DATA.fullmatch(name)
        ]
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def ending(path: Path) -> str:
    """Return the ending by which a file is known, in small letters; ``.csv.gz`` is one."""
    endings = [each.lower() for each in path.suffixes[-2:]]
    return "".join(endings) if endings[-1:] == [".gz"] else endings[-1] if endings else ""


def _topmost(folder: Path | None, path: Path) -> Path:
    """Return the folder right below the data folder that a file is in; itself, where it is in none."""
    return path if folder is None or path.parent == folder else Path(path.relative_to(folder).parts[0])


def _named(patterns: Sequence[str], folder: Path | None, files: Sequence[Path], key: str) -> tuple[Path, ...]:
    """Find the files of names and patterns. A folder's name stands for all files in it."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise WorkbookError(f"{key}: '{pattern}' leads out of the data folder; use a name below it.")
        matches = [
            path
            for path in files
            if (folder is None or path.parent == folder) and fnmatch.fnmatchcase(path.name, pattern)
        ]
        if not fnmatch.fnmatchcase(pattern, pattern):  # a file may be called so: sales[1].csv
            matches = [path for path in files if name_below(folder, path) == pattern] or matches
        if not matches and folder is not None:
            try:
                globbed = sorted(folder.glob(pattern), key=lambda path: path.relative_to(folder).parts)
                globbed = globbed or [folder / pattern]
            except (ValueError, NotImplementedError) as error:  # "", "a**b"
                raise WorkbookError(
                    f"{key}: '{pattern}' is no pattern of file names ({error}). Write a name, or one with *, such as "
                    "sales-*.csv."
                ) from None
            within = [path for path in globbed if path.is_dir()]
            matches = [path for path in globbed if path.is_file() and not path.name.startswith((".", "~$"))]
            matches = matches or [path for path in files if any(path.is_relative_to(one) for one in within)]
        if not matches:
            raise WorkbookError(f"{key}: no file is called '{pattern}'. There are: {listing(folder, files)}.")
        found.update(dict.fromkeys(matches))
    return tuple(found)


def is_called(path: Path, table: str) -> bool:
    """Whether a file's name is that of the table, with nothing but a date or number after it."""
    return _is_of(_stem(path), table)


def _stem(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "_", path.name.lower().removesuffix(ending(path)))


def _is_of(stem: str, table: str) -> bool:
    return re.fullmatch(rf"{table}(_?\d[\d_]*)?", stem) is not None


def listing(folder: Path | None, files: Sequence[Path]) -> str:
    """Name files, the first of them where they are many."""
    names = [name_below(folder, path) for path in files]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
