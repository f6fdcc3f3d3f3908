"""The command ``workbook check``: read the data, say where every row went, and end in a verdict."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path

from helpers.data import read_data
from helpers.errors import WorkbookError
from helpers.intake import reconciliation, reconciliation_text
from helpers.intake.unread import unread_text
from helpers.intake.values import codes
from helpers.report.check.quarantine import write_quarantine
from helpers.report.check.terminal import verdict_text
from helpers.report.check.verdict import as_json, verdict


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
