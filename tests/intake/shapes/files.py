"""Shapes of what holds an export: one file or many, sheets, folders, and the formats and encodings of files."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl

from .export import Export, with_rows
from .layouts import OF_DOCUMENT, Cells, laid_out

TEXTS = {"csv": ("utf-8", ","), "csv_semicolon": ("utf-8-sig", ";"), "csv_pipe": ("utf-8", "|"), "tsv": ("utf-8", "\t"),
         "utf16": ("utf-16", "\t"), "gb18030": ("gb18030", ","), "cp1252": ("cp1252", ";"), "sep_line": ("utf-8", ";"),
         "shift_jis": ("cp932", ","),
         "tsv_named_xls": ("utf-8", "\t")}  # fmt: skip
CONTAINERS = (*TEXTS, "xlsx", "html_named_xls", "spreadsheetml", "ods")
ENDINGS = {
    "xlsx": ".xlsx",
    "html_named_xls": ".xls",
    "spreadsheetml": ".xls",
    "tsv_named_xls": ".xls",
    "ods": ".ods",
}
FILES = (
    "months",
    "beside_a_summary",
    "years_and_regions",
    "renamed",
    "overlap",
    "sheets",
    "hive",
    "side_by_side",
    "header_and_lines",
)


def _hold(name: str, export: Export) -> None:
    export.container = name


def _part(name: str, export: Export) -> None:
    export.files = name


HELD = {name: partial(_hold, name) for name in CONTAINERS}
PARTED = {name: partial(_part, name) for name in FILES}


def _plain(cell: Any) -> str:
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _texts(path: Path, rows: list[Cells], encoding: str, delimiter: str, first: str = "") -> None:
    out = io.StringIO(newline="")
    out.write(first)
    csv.writer(out, delimiter=delimiter).writerows([list(map(_plain, row)) for row in rows])
    try:
        path.write_bytes(out.getvalue().encode(encoding))
    except UnicodeEncodeError:  # nor could the program that makes the export
        path.write_bytes(out.getvalue().encode("utf-8-sig"))


def _sheets(path: Path, sheets: dict[str, list[Cells]]) -> None:
    if path.suffix == ".ods":
        _ods(path, sheets)
        return
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)


def _ods(path: Path, sheets: dict[str, list[Cells]]) -> None:
    """Write sheets as OpenDocument does: a ZIP with the cells as XML."""

    def cell(value: Any) -> str:
        shown = f"<text:p>{html.escape(_plain(value))}</text:p>"
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}">{shown}</table:table-cell>'
        if isinstance(value, dt.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value}">{shown}</table:table-cell>'
        return (
            f'<table:table-cell office:value-type="string">{shown}</table:table-cell>'
            if value != ""
            else "<table:table-cell/>"
        )

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>{body}</office:document-content>',
        )


def _html(path: Path, rows: list[Cells]) -> None:
    table = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_plain(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    page = f'<html><head><meta charset="utf-8"></head><body><table>{table}</table></body></html>'
    path.write_text(page, encoding="utf-8")


def _spreadsheetml(path: Path, rows: list[Cells]) -> None:
    def cell(value: Any) -> str:
        kind = (
            "Number"
            if isinstance(value, int | float)
            else "DateTime"
            if isinstance(value, dt.date)
            else "String"
        )
        shown = f"{value.isoformat()}T00:00:00.000" if isinstance(value, dt.date) else html.escape(str(value))
        return f'<Cell><Data ss:Type="{kind}">{shown}</Data></Cell>' if value != "" else "<Cell/>"

    body = "".join("<Row>" + "".join(map(cell, row)) + "</Row>" for row in rows)
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sheet1"><Table>'
        f"{body}</Table></Worksheet></Workbook>",
        encoding="utf-8",
    )


def _write(folder: Path, name: str, export: Export) -> None:
    container = export.container
    rows = laid_out(export, typed=container in ("xlsx", "spreadsheetml", "ods"))
    path = folder / f"{name}{ENDINGS.get(container, '.csv')}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if container in ("xlsx", "ods"):
        _sheets(path, {"Sheet1": rows})
    elif container == "html_named_xls":
        _html(path, rows)
    elif container == "spreadsheetml":
        _spreadsheetml(path, rows)
    else:
        encoding, delimiter = TEXTS[container]
        _texts(path, rows, encoding, delimiter, "sep=;\r\n" if container == "sep_line" else "")


def _months(export: Export) -> Iterator[tuple[str, Export]]:
    by_month: Callable[[Any], str] = lambda row: f"{row['day']:%Y-%m}"  # noqa: E731
    for month, rows in groupby(export.rows, key=by_month):
        yield month, with_rows(export, list(rows))


def write(export: Export, folder: Path) -> None:
    """Write an export's files below a folder."""
    folder.mkdir(parents=True)
    if not export.container:
        export.container = export.rng.choice(["csv", "csv", "xlsx"])
    writers = {
        "one": _one, "months": _a_month_each, "renamed": _renamed, "overlap": _overlapping, "sheets": _a_sheet_each,
        "hive": _hive, "side_by_side": _side_by_side, "header_and_lines": _two_files,
        "beside_a_summary": _beside_a_summary, "years_and_regions": _years_and_regions,
    }  # fmt: skip
    writers[export.files](export, folder)


def _one(export: Export, folder: Path) -> None:
    _write(folder, "sales" if export.language != "zh" else "销售明细", export)


def _beside_a_summary(export: Export, folder: Path) -> None:
    """A sheet, or a file, that adds up what the other lists."""
    totals: dict[str, Decimal] = {}
    for row in export.rows:
        totals[str(row[export.by])] = totals.get(str(row[export.by]), Decimal(0)) + row["net"]
    summary: list[Cells] = [
        [export.head(export.by), export.head("net")],
        *([name, float(t)] for name, t in totals.items()),
    ]
    if export.container in ("xlsx", "ods"):
        path = folder / f"sales{ENDINGS[export.container]}"
        _sheets(path, {"Summary": summary, "Data": laid_out(export, typed=True)})
        return
    _texts(folder / "summary.csv", summary, "utf-8", ",")
    _one(export, folder)


def _years_and_regions(export: Export, folder: Path) -> None:
    """Folders of regions, a file a quarter in each."""
    parts: dict[str, list[Any]] = {}
    for row in export.rows:
        place = f"{'north' if int(row['document'][4:8]) % 2 else 'south'}/2026-Q{(row['day'].month + 2) // 3}"
        parts.setdefault(place, []).append(row)
    for place, rows in parts.items():
        _write(folder, place, with_rows(export, rows))


def _a_month_each(export: Export, folder: Path) -> None:
    for month, part in _months(export):
        _write(folder, f"sales-{month}", part)


def _renamed(export: Export, folder: Path) -> None:
    """One month calls two columns otherwise."""
    from .export import HEADS

    for place, (month, part) in enumerate(_months(export)):
        if place == 2:
            part.heads = dict(export.heads)
            for role in ("customer", "pieces"):
                others = [each for each in HEADS[export.language][role] if each != export.head(role)]
                if role in export.columns and others:
                    part.heads[role] = others[0]
        _write(folder, f"sales-{month}", part)


def _overlapping(export: Export, folder: Path) -> None:
    """Each file begins with the last documents of the one before."""
    parts = list(_months(export))
    before: list[Any] = []
    for month, part in parts:
        documents = list(dict.fromkeys(row["document"] for row in part.rows))
        own = part.rows
        _write(folder, f"sales-{month}", with_rows(export, [*before, *own]))
        before = [row for row in own if row["document"] in documents[-3:]]


def _a_sheet_each(export: Export, folder: Path) -> None:
    container = export.container if export.container in ("xlsx", "ods") else "xlsx"
    sheets = {month: laid_out(part, typed=True) for month, part in _months(export)}
    _sheets(folder / f"sales{ENDINGS[container]}", sheets)


def _hive(export: Export, folder: Path) -> None:
    """The day stands in the names of folders alone."""
    columns = [each for each in export.columns if each != "day"]
    for day, rows in groupby(export.rows, key=lambda row: row["day"]):
        part = with_rows(export, list(rows))
        part.columns = columns
        _write(folder, f"Date={day}/part-0", part)


def _side_by_side(export: Export, folder: Path) -> None:
    """A row a customer, a column a month; in one file, or in two that have months in common."""
    months = sorted({f"{row['day']:%Y-%m}" for row in export.rows})
    table: dict[str, dict[str, Decimal]] = {}
    for row in export.rows:
        cells = table.setdefault(str(row[export.by]), {})
        month = f"{row['day']:%Y-%m}"
        cells[month] = cells.get(month, Decimal(0)) + row["net"]
        row["pieces"] = Decimal(0)
    parts = {"sales by customer": months}
    if len(months) >= 5 and export.rng.random() < 0.5:
        parts = {"sales by customer 1": months[:4], "sales by customer 2": months[1:]}
    for name, listed in parts.items():
        customers = export.rng.sample(list(table), len(table))
        rows = _months_as_columns(export, listed, {each: table[each] for each in customers})
        if export.container == "xlsx":
            _sheets(folder / f"{name}.xlsx", {"Sheet1": rows})
        else:
            _texts(folder / f"{name}.csv", rows, "utf-8", ",")


def _months_as_columns(
    export: Export, months: list[str], table: dict[str, dict[str, Decimal]]
) -> list[Cells]:
    chinese = export.language == "zh"
    total = "合计" if chinese else "Total"
    shown = [f"{int(each[5:])}月" if chinese else each for each in months]
    rows: list[Cells] = [[export.head(export.by), *shown, total]]
    for name, cells in table.items():
        values = [cells.get(month, Decimal(0)) for month in months]
        rows.append([name, *(float(value) for value in values), float(sum(values))])
    sums = [sum((cells.get(month, Decimal(0)) for cells in table.values()), Decimal(0)) for month in months]
    return [*rows, [total, *map(float, sums), float(sum(sums))]]


def _two_files(export: Export, folder: Path) -> None:
    """Documents in one file, their lines in another."""
    of_document = [each for each in export.columns if each in (*OF_DOCUMENT, "freight", "total")]
    of_line = ["document", *(each for each in export.columns if each not in of_document)]
    headers = with_rows(export, [rows[0] for rows in export.documents().values()])
    lines = with_rows(export, export.rows)
    headers.columns, lines.columns = of_document, of_line
    names = {"zh": ("销售订单", "订单明细")}.get(export.language, ("orders", "order_lines"))
    _write(folder, names[0], headers)
    _write(folder, names[1], lines)
