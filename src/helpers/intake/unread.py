"""What of the data is left unread, by name, with the reason and its rows: files, sheets and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.intake.reading.excel import chosen_sheets, open_book
from helpers.intake.reading.recognise import file_kind
from helpers.intake.reading.sources import (
    Plan,
    as_database,
    ending,
    every_file,
    list_files,
    name_below,
    plan_files,
)
from helpers.intake.tables import StandardTables
from helpers.settings.config import Settings
from helpers.settings.source import TableMap

_MOST_LISTED = 40
_PACKED = (".zip", ".rar", ".7z", ".gz", ".tar")
_CHUNK_BYTES = 1 << 20


def unread_text(data: Any, settings: Settings, tables: StandardTables) -> str:
    """Return what is left unread, a line each, as `workbook check` prints it; empty where there is nothing.

    Parameters
    ----------
    data
        As for :func:`helpers.intake.read_tables`; None where there is no folder to look into.
    """
    lines = []
    if settings.source.engine == "duckdb" and data is not None and as_database(data) is None:
        lines += list(_files(data, settings))
    unread = tables.unread()
    of_database = unread.pop("")
    if of_database:
        lines.append(f"tables and columns of the database that the map does not name: {_some(of_database)}")
    for table, columns in sorted(unread.items()):
        if columns:
            lines.append(f"columns of {table} that nothing is made of: {_some(columns)}")
    if not lines:
        return ""
    rest = [f"and {len(lines) - _MOST_LISTED} more"] if len(lines) > _MOST_LISTED else []
    return "\n".join(["Not read:", *(f"    {line}" for line in [*lines[:_MOST_LISTED], *rest])]) + "\n"


def _files(data: Path | str | Sequence[Path | str], settings: Settings) -> Iterator[str]:
    plan = plan_files(data, settings)
    folder, readable = list_files(data)
    used = set(plan.paths())
    for path in every_file(folder) if folder is not None else []:
        if path in used or path.suffix.lower() == ".toml":
            continue
        name = name_below(folder, path)
        if path in readable:
            yield f"{name}: no table of the map names it{_rows_said(path)}"
        elif ending(path).endswith(_PACKED):
            yield f"{name}: packed; unpack it beside the other files if it belongs to them"
        else:
            yield f"{name}: a file that ends in {ending(path) or 'nothing'} is not read"
    yield from _sheets(plan, settings)


def _sheets(plan: Plan, settings: Settings) -> Iterator[str]:
    """Name the sheets of used workbooks that no table reads."""
    chosen: dict[Path, set[str | None]] = {}
    for table, paths in plan.tables.items():
        wanted = settings.tables.get(table, TableMap()).sheet
        for path, sheet in chosen_sheets(paths, wanted, table):
            chosen.setdefault(path, set()).add(sheet or _only(path, table))
    for (table, name), paths in plan.lookups.items():
        lookup = settings.tables[table].lookups[name]
        for path in paths:
            chosen.setdefault(path, set()).add(lookup.sheet or _only(path, name))
    for path, sheets in sorted(chosen.items()):
        if file_kind(path) not in ("excel", "html", "spreadsheetml"):
            continue
        book = open_book(path)
        for name in book.names:
            if name not in sheets:
                rows = sum(any(cell not in ("", None) for cell in row) for row in book.rows(name))
                hidden = " (hidden)" if name in book.hidden else ""
                said = f"{rows} rows with something in them" if rows else "it is empty"
                yield f"sheet {name}{hidden} of {plan.name(path)}: {said}"


def _only(path: Path, table: str) -> str | None:
    """Name the sheet that is read where none is named."""
    if file_kind(path) not in ("excel", "html", "spreadsheetml"):
        return None
    names = open_book(path).names
    return next((name for name in names if name.strip().lower() == table), names[0])


def _rows_said(path: Path) -> str:
    """Count the rows of a file, where that is cheap."""
    try:
        kind = file_kind(path)
        if kind == "parquet":
            import pyarrow.parquet as pq

            return f"; {pq.read_metadata(path).num_rows:,} rows"
        if kind == "text" and path.suffix.lower() != ".gz":
            with path.open("rb") as file:
                lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""))
            return f"; about {max(lines - 1, 0):,} rows"
        if kind in ("excel", "html", "spreadsheetml"):
            return f"; sheets {', '.join(open_book(path).names)}"
    except (OSError, ValueError, WorkbookError):
        return "; it cannot be read"
    return ""


def _some(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(names[:20]) + rest
