"""What only the XML of an .ods sheet tells: hidden rows, errors of formulas, and what is struck through or in red."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, BinaryIO
from xml.etree import ElementTree

from helpers.intake.reading.inside.cells import Cells, has_one
from helpers.intake.reading.inside.styles import PLAIN, RED, Style
from helpers.intake.reading.shown import Shown

_TABLE, _STYLE, _OFFICE, _TEXT, _FO = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}}}"
    for name in ("table:1.0", "style:1.0", "office:1.0", "text:1.0", "xsl-fo-compatible:1.0")
)
_RED = re.compile(f"(?i)#{RED}")
#: What LibreOffice shows of formulas that failed: its own numbers of errors among them.
_ERROR = re.compile(r"#[A-Z/0?!]+[!?A]|(Err|错误|Fehler|Erreur|Error)[:：]\s?[0-9]{3}")
#: Signs of a row or cell that is worth a closer look, where no style is.
_SIGNS = (
    re.compile(rb"""table:visibility=["'](?!visible)"""),
    re.compile(rb"<table:table-cell[^>]* table:formula="),
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_REPEATED_ROWS, _REPEATED_COLUMNS = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"


def look_into(file: Path | BinaryIO, sheet: str) -> Shown | None:
    """Return what the XML of a sheet tells; None where the file is no .ods."""
    if not zipfile.is_zipfile(file):
        return None
    with zipfile.ZipFile(file) as archive:
        if not {"mimetype", "content.xml"} <= set(archive.namelist()):
            return None
        styles: dict[str, Style] = {}
        for part in ("styles.xml", "content.xml"):
            if part in archive.namelist():
                with archive.open(part) as content:
                    _add_styles(content, styles)
        if all(style == PLAIN for style in styles.values()):
            with archive.open("content.xml") as content:
                if not has_one(_SIGNS, content):
                    return Shown()
        with archive.open("content.xml") as content:
            return _cells(content, sheet, styles)


def _add_styles(content: IO[bytes], styles: dict[str, Style]) -> None:
    """Take in the styles of cells and texts: of a style that does not say it, as its parent has it."""
    for event, element in ElementTree.iterparse(content, events=("start", "end")):
        if event == "start":
            if element.tag == f"{_OFFICE}body":
                return
        elif element.tag == f"{_STYLE}style":
            above = styles.get(element.get(f"{_STYLE}parent-style-name") or "", PLAIN)
            text = element.find(f"{_STYLE}text-properties")
            colour, line = (
                (None, None)
                if text is None
                else (text.get(f"{_FO}color"), text.get(f"{_STYLE}text-line-through-style"))
            )
            styles[element.get(f"{_STYLE}name") or ""] = Style(
                above.below if colour is None else bool(_RED.fullmatch(colour)),
                struck=above.struck if line is None else line != "none",
            )


def _cells(content: IO[bytes], sheet: str, styles: Mapping[str, Style]) -> Shown:
    cells = Cells()
    of_columns: list[tuple[int, Style]] = []
    row, groups, wanted = 0, 0, False
    for event, element in ElementTree.iterparse(content, events=("start", "end")):
        if event == "start":
            if element.tag == f"{_TABLE}table":
                wanted = element.get(f"{_TABLE}name") == sheet
            groups += element.tag == f"{_TABLE}table-row-group"
            continue
        if element.tag == f"{_TABLE}table" and wanted:
            break
        groups -= element.tag == f"{_TABLE}table-row-group"
        if element.tag == f"{_TABLE}table-column" and wanted:
            style = styles.get(element.get(f"{_TABLE}default-cell-style-name") or "", PLAIN)
            of_columns.append((int(element.get(_REPEATED_COLUMNS) or 1), style))
        elif element.tag == f"{_TABLE}table-row":
            times = int(element.get(_REPEATED_ROWS) or 1)
            if wanted:
                is_hidden = element.get(f"{_TABLE}visibility", "visible") != "visible" and not groups
                _add_row(cells, element, range(row, row + times), is_hidden, styles, of_columns)
            row = row + times if wanted else 0
            element.clear()
    return cells.shown()


def _add_row(
    cells: Cells,
    element: ElementTree.Element,
    rows: Iterable[int],
    is_hidden: bool,
    styles: Mapping[str, Style],
    of_columns: list[tuple[int, Style]],
) -> None:
    place = 0
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        times = int(cell.get(_REPEATED_COLUMNS) or 1)
        kind = cell.get(f"{_OFFICE}value-type")
        text = " ".join("".join(each.itertext()) for each in cell.findall(f"{_TEXT}p"))
        if kind is not None or text:
            named = cell.get(f"{_TABLE}style-name")
            style = _of_column(of_columns, place) if named is None else styles.get(named, PLAIN)
            if any(
                styles.get(each.get(f"{_TEXT}style-name") or "", PLAIN).struck
                for each in cell.iter(f"{_TEXT}span")
            ):
                style = Style(style.below, struck=True)
            number = float(cell.get(f"{_OFFICE}value") or 0) if kind in ("float", "currency") else None
            for row in rows:
                for column in range(place, place + times):
                    cells.add(row, column, style, number, is_hidden)
                    if kind != "float" and _ERROR.fullmatch(text) and cell.get(f"{_TABLE}formula"):
                        cells.write(row, column, text)
        place += times


def _of_column(of_columns: list[tuple[int, Style]], place: int) -> Style:
    for times, style in of_columns:
        if place < times:
            return style
        place -= times
    return PLAIN
