"""The command ``workbook check``: read the data, say where every row went, and end in a verdict."""

import datetime as dt
import json
import shlex
from pathlib import Path

import pandas as pd

from helpers.core.files.publish import replaced_file
from helpers.core.frames.csv_file import to_csv_bytes
from helpers.data import read_data
from helpers.errors import WorkbookError
from helpers.intake import reconciliation, reconciliation_text
from helpers.intake.tables import StandardTables
from helpers.intake.unread import unread_text
from helpers.intake.values import codes
from helpers.report.check.terminal import verdict_text
from helpers.report.check.verdict import as_json, verdict

#: Rows of a sheet that a spreadsheet can show.
_MOST_ROWS = 1_048_575
_KINDS = ("csv", "xlsx")


def write_quarantine(tables: StandardTables, folder: Path, kind: str) -> dict[str, Path]:
    """Write the rows set aside of each table into a file of ``folder``; files of tables without any are removed.

    Parameters
    ----------
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


def check(
    data: str,
    settings_file: Path | None,
    aside_folder: Path | None = None,
    aside_kind: str = "csv",
    today: dt.date | None = None,
    *,
    as_program: bool = False,
    colour: bool = False,
) -> str:
    """Return what the command prints.

    Parameters
    ----------
    data, settings_file
        As for `helpers.book.open_book`.
    aside_folder, aside_kind
        Where the rows set aside are written, and as ``csv`` or ``xlsx``; None: beside the data (`quarantine_folder`).
    today
        The clock's day unless given; see `helpers.engine.months.coverage.default_month`.
    as_program, colour
        JSON in place of text; whether text may have colours.

    Raises
    ------
    WorkbookError
        The data are not usable, or the rows set aside cannot be written.
    """
    today = today or dt.date.today()
    tables, settings = read_data(data, settings_file)
    accounts = reconciliation(tables)
    if not (accounts["table"].eq("order_lines") & accounts["status"].eq("kept")).any():
        raise WorkbookError(
            "order_lines holds no row: there is nothing to report. Export it again, with its rows."
        )
    found = verdict(tables, settings, today)
    written = write_quarantine(tables, aside_folder or quarantine_folder(data), aside_kind)
    command = next_command(data, settings_file)
    if as_program:
        return as_json(
            found, tables, accounts, {table: str(path) for table, path in written.items()}, command
        )
    aside = "".join(
        f"Rows of {table} set aside, with the reason: {path}\n" for table, path in written.items()
    )
    read = reconciliation_text(tables) + codes.said(tables) + unread_text(data, settings, tables)
    return f"{read}{aside}{verdict_text(found, today, colour=colour)}\nNext: {command}\n"


def quarantine_folder(data: str) -> Path:
    """Return the folder for the rows set aside: beside the data, never among them, where they would be read."""
    if "://" in data:
        return Path("set-aside")
    path = Path(data).absolute()
    return path.with_name(f"{path.name}-set-aside")


def next_command(data: str, settings_file: Path | None) -> str:
    """Return the command that makes the report of these data."""
    mapped = [] if settings_file is None else ["--map", str(settings_file)]
    return shlex.join(["workbook", "report", "--data", data, *mapped])
