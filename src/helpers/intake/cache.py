"""Reading the standard tables, once for each content: hashes, the cache, and publishing a result whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from helpers.core.code_key import code_key
from helpers.core.files import integrity
from helpers.core.files.private import private_folder
from helpers.core.files.publish import published_folder, replaced_file
from helpers.errors import WorkbookError
from helpers.intake.reading.sources import Database, Plan, as_database, plan_files
from helpers.intake.tables import META, InputFile, StandardTables
from helpers.settings.config import Settings

#: The module that reads tables with Spark.
SPARK_TABLES = "workbook_spark.tables"
#: Environment variable: key of the tables that a run has read. Its other processes take those, and ask a server or
#: Spark's catalogue nothing again: all pages of a report are of one state.
TABLES_OF_RUN = "WORKBOOK_TABLES_OF_RUN"
_SETTLED_SECONDS = 2
#: So much is read in less time than a process takes to start.
_SMALL_BYTES = 2**20


def read_tables(
    data: Path | str | Sequence[Path | str] | None, settings: Settings, cache: Path
) -> StandardTables:
    """Read a data set into the standard tables: mapped, typed, cleaned, reconciled, as Parquet in the cache.

    Parameters
    ----------
    data
        A folder; CSV, Excel or Parquet files; a DuckDB or SQLite file; or the URL of a database (``duckdb://``,
        ``sqlite://``, ``postgres://``). None where the settings say of every table where it is (Spark).
    settings
        Where the tables are and what their columns are called (``[tables]``), how files are read
        (``[source]``), the report's currency, and how much may go to quarantine.
    cache
        Folder of the cache. The same content, settings and code give the same folder below ``cache/tables``,
        without reading anything but file names and times again.

    Raises
    ------
    WorkbookError
        The data are missing, unreadable, or break their contract as a whole; or the cache cannot be written.
    """
    cache = Path(cache)
    if "?" in str(cache.absolute()):  # where DuckDB (1.5.6) ends the name of its file
        raise WorkbookError(
            f"The cache {cache.absolute()} has a '?' in its name, where the engine can make no file. Set "
            "WORKBOOK_CACHE to another folder."
        )
    try:
        integrity.prepare(cache)
        private_folder(cache / "tables")
        private_folder(cache / "hashes")
        if not os.access(cache / "tables", os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise WorkbookError(
            f"The cache {cache} cannot be written: {error.strerror}. Set WORKBOOK_CACHE to a folder that can."
        ) from None
    if settings.source.engine == "spark":
        # Spark stands beside this package and rests on it: it is entered by name, where it is asked for.
        by_spark: StandardTables = import_module(SPARK_TABLES).read_spark_tables(data, settings, cache)
        return by_spark
    database = as_database(data)
    if database is not None:
        return _read_database(database, settings, cache)
    assert data is not None  # only Spark's catalogue needs no folder
    plan = plan_files(data, settings)
    return _read_files(plan, {path: file_hash(path, cache) for path in plan.paths()}, settings, cache)


def tables_of_run(cache: Path) -> StandardTables | None:
    """Return the tables that the run which this process is part of has read; None where it is of none."""
    key = os.environ.get(TABLES_OF_RUN)
    folder = cache / "tables" / str(key)
    return load(folder) if key and is_whole(folder) else None


def _read_files(
    plan: Plan, hashes: dict[Path, str], settings: Settings, cache: Path, key: str | None = None
) -> StandardTables:
    key = key or tables_key(_used(plan, hashes), settings)
    folder = cache / "tables" / key
    if not is_whole(folder):
        _build(plan, hashes, settings, key, folder)
    return load(folder)


def _read_database(database: Database, settings: Settings, cache: Path) -> StandardTables:
    """Read a database: a file is known by its content, the tables of a server once they are read."""
    key = None
    if database.path is not None:
        key = tables_key(["database", database.name, file_hash(database.path, cache)], settings)
        if is_whole(cache / "tables" / key):
            return load(cache / "tables" / key)
    elif (known := tables_of_run(cache)) is not None:
        return known
    from helpers.intake.reading.databases import extract

    with tempfile.TemporaryDirectory(dir=cache / "tables", prefix=".reading-") as work:
        plan = extract(database, settings, Path(work))
        hashes = {path: hash_content(path) for path in plan.paths()}
        return _read_files(plan, hashes, settings, cache, key)


def _used(plan: Plan, hashes: dict[Path, str]) -> list[Any]:
    """Everything about the files that the result depends on."""
    tables = [
        [table, [[plan.name(path), hashes[path]] for path in paths]] for table, paths in plan.tables.items()
    ]
    lookups = [
        [table, name, plan.name(path), hashes[path]]
        for (table, name), paths in plan.lookups.items()
        for path in paths
    ]
    return [tables, lookups]


def tables_key(used: Any, settings: Settings, *also: str) -> str:
    """Name everything that the tables depend on: inputs, the settings that intake uses, and its code.

    ``also`` names modules that read the data beside intake.
    """
    used_here: dict[str, Any] = {
        "source": True,
        "tables": True,
        "quarantine": True,
        "customers": {"same_codes"},
        "periods": {
            "year_starts",
            "year_named",
            "closing_day",
            "pattern",
            "week_starts",
            "year_ends",
            "named",
        },
    }
    chosen = settings.model_dump(mode="json", include=used_here)
    text = json.dumps(
        [used, chosen, settings.report.currency, code_key(__name__, *also)],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def file_hash(path: Path, cache: Path) -> str:
    """SHA-256 of a file; that of a large one is remembered by its path, size, times and place on the disk.

    Whoever puts another file in its place, under the same size and time, cannot give it the same time of change of its
    entry (``ctime``). A small file is read each time, whatever is remembered.

    Raises
    ------
    WorkbookError
        The file cannot be read.
    """
    try:
        state = path.stat()
        if state.st_size <= _SMALL_BYTES:
            return hash_content(path)
        note = cache / "hashes" / hashlib.sha256(str(path.absolute()).encode()).hexdigest()
        times = f"{state.st_mtime_ns} {state.st_ctime_ns}"
        known = f"{state.st_size} {times} {state.st_dev} {state.st_ino} "
        if note.exists():
            text, _, tag = note.read_text(encoding="utf-8").rpartition(" ")
            if text.startswith(known) and tag == integrity.keyed_hash(note, text):
                return text.removeprefix(known)
        digest = hash_content(path)
    except OSError as error:
        raise WorkbookError(f"{path.name} cannot be read: {error.strerror}. Check its permissions.") from None
    # A file changed this very moment may change again within the clock's resolution: not yet remembered.
    if time.time() - max(state.st_mtime, state.st_ctime) > _SETTLED_SECONDS:
        with replaced_file(note) as draft:
            draft.write_text(
                f"{known}{digest} {integrity.keyed_hash(note, known + digest)}", encoding="utf-8"
            )
    return digest


def hash_content(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _build(plan: Plan, hashes: dict[Path, str], settings: Settings, key: str, folder: Path) -> None:
    from helpers.intake.build import build_tables

    def build(temporary: Path) -> dict[str, Any]:
        result = build_tables(plan, settings, temporary)
        inputs = [
            {
                "name": plan.name(path),
                "sha256": hashes[path],
                "bytes": path.stat().st_size,
                "rows": result["rows"].get(str(path), 0),
            }
            for path in plan.paths()
        ]
        return {name: result[name] for name in ("supplied", "unknown", "notes")} | {
            "inputs": inputs,
            "unread": plan.unread,
        }

    publish(key, folder, build)


def publish(key: str, folder: Path, build: Callable[[Path], dict[str, Any]]) -> None:
    """Build in a folder of its own and publish it; whoever comes second keeps the first's.

    What stands there and is not whole (`is_whole`) makes room.
    """
    if folder.exists() and not is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
    with published_folder(folder) as draft:
        meta = {"key": key, **build(draft)}
        (draft / META).write_text(
            json.dumps(meta, indent=1, ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )


def is_whole(folder: Path) -> bool:
    """Whether a folder holds every file that was published in it, and each is what was written.

    Files of a cache get lost or damaged: cleaned away by hand or by age, cut short by a full disk. Then the data are
    read again. The processes of a run leave the content of the tables that its first has just checked to who reads
    them (`helpers.engine.store`).
    """
    if os.environ.get(TABLES_OF_RUN) == folder.name:
        return integrity.is_complete(folder) and integrity.is_intact(folder / META)
    return integrity.is_intact(folder)


def load(folder: Path) -> StandardTables:
    """Read back what was published in a folder."""
    meta = json.loads((folder / META).read_text(encoding="utf-8"))
    supplied = {table: frozenset(columns) for table, columns in meta["supplied"].items()}
    return StandardTables(folder, meta["key"], supplied, tuple(InputFile(**each) for each in meta["inputs"]))
