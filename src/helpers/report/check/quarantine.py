"""The rows set aside as files that a person opens: why, and the row as it was read, column by column."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from helpers.core.files.publish import replaced_file
from helpers.core.frames.csv_file import to_csv_bytes
from helpers.errors import WorkbookError
from helpers.intake.tables import StandardTables

#: Rows of a sheet that a spreadsheet can show.
_MOST_ROWS = 1_048_575
_KINDS = ("csv", "xlsx")


def write_quarantine(tables: StandardTables, folder: Path, kind: str) -> dict[str, Path]:
    """Write the rows set aside of each table into a file of ``folder``; files of tables without any are removed.

    Parameters
    ----------
    tables
        What intake hands on.
    folder
        Made where it is not there.
    kind
        ``csv`` or ``xlsx``.

    Returns
    -------
    dict
        Table -> file.

    Raises
    ------
    WorkbookError
        The folder cannot be written.
    """
    written: dict[str, Path] = {}
    try:
        for table in sorted(tables.supplied):
            source = tables.folder / "quarantine" / f"{table}.parquet"
            targets = {each: folder / f"{table}-set-aside.{each}" for each in _KINDS}
            for old in targets.values():
                old.unlink(missing_ok=True)
            if source.exists():
                folder.mkdir(parents=True, exist_ok=True)
                written[table] = targets[kind]
                with replaced_file(targets[kind]) as draft:
                    _write(quarantined_rows(source), draft, kind)
    except OSError as error:
        raise WorkbookError(
            f"The rows set aside cannot be written to {folder}: {error.strerror}. "
            "Name another folder with --quarantine."
        ) from None
    return written


def quarantined_rows(source: Path) -> pd.DataFrame:
    """Return file, row, rule, reason and amount, then every column that any of the rows was read with, as text."""
    frame = pd.read_parquet(source)
    # A line that could not be taken apart is no object of columns: it stands as it is.
    read = [
        json.loads(text) if text.startswith("{") else {"line": text}
        for text in frame["row_as_read"].fillna("{}")
    ]
    columns = dict.fromkeys(name for row in read for name in row)
    reasons = pd.DataFrame(
        {
            "file": frame["file"],
            "row": frame["row_number"],
            "rule": frame["rule"],
            "reason": frame["sentence"],
            "amount": frame["amount"],
        }
    )
    cells = {f"read: {name}": [_text(row.get(name)) for row in read] for name in columns}
    return pd.concat([reasons, pd.DataFrame(cells, dtype="object", index=reasons.index)], axis=1)


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _write(rows: pd.DataFrame, path: Path, kind: str) -> None:
    if kind == "csv":
        path.write_bytes(to_csv_bytes(rows, keep_numbers=True))
        return
    if len(rows) > _MOST_ROWS:
        raise WorkbookError(
            f"{len(rows):,} rows are more than a sheet holds: leave out --xlsx for a CSV file."
        )
    from xlsxwriter import Workbook

    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("set aside")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, list(rows.columns), book.add_format({"bold": True}))
        for place, row in enumerate(rows.itertuples(index=False), 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(place, column, value)
                elif not pd.isna(value):
                    sheet.write_number(place, column, float(value))
