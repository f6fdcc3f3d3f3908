"""What only the XML of an .xlsx sheet tells, and readers pass over.

Cells that are errors, whole numbers longer than a float can hold, moments so late in a day that readers round them to
the next, and formulas that no program has computed, for which XlsxWriter writes a 0. And what a sheet shows of a cell
beside what the cell holds: see `helpers.intake.reading.inside.styles`.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, BinaryIO
from xml.etree import ElementTree

from helpers.intake.reading.inside.cells import CHUNK_BYTES, Cells, has_one
from helpers.intake.reading.inside.styles import PLAIN, Style, styles_of
from helpers.intake.reading.shown import Shown

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
#: A long number, and a serial number less than a thousandth of a second before the next day.
_MISREAD = re.compile(r"-?[0-9]{16,}|[0-9]{5}\.99999999[4-9][0-9]*")
#: Signs of a cell or row that is worth a closer look; most sheets have none, and are passed over at the speed of a
#: search. Each is sought by itself, from letters on that are the same in each: far quicker than all of them in one.
_SIGNS = (
    re.compile(rb"""t=["']e["'](?<=\st=...)"""),
    re.compile(rf"<v>({_MISREAD.pattern})</v>".encode()),
    re.compile(rb"<row\s[^>]*\bhidden="),
)
_FORMULA = re.compile(rb"<f[ >]")
#: A sheet of which these can be told at the speed of a search: no prefix of a name space, addresses in cells.
_UNUSUAL = re.compile(rb"<\w+:(worksheet|row|c)\b|<c>|<c (?!r=)")
#: A cell's column, style and type, as Excel and the libraries write them.
_STYLED = re.compile(rb'<c r="([A-Z]+)[0-9]+"(?: t="(\w+)")?(?: s="([0-9]+)")?(?: t="(\w+)")?>')
#: What stands for the result of a formula that there is none of.
NOT_COMPUTED = "#NOT_COMPUTED (open the file in Excel and save it)"


def look_into(file: Path | BinaryIO, sheet: str) -> Shown | None:
    """Return what the XML of a sheet tells; None where the file is no .xlsx."""
    if not zipfile.is_zipfile(file):
        return None
    with zipfile.ZipFile(file) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return None
        to_compute = b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")
        styles = styles_of(archive)
        with archive.open(part) as content:
            found = _UNUSUAL.search(content.read(CHUNK_BYTES)) is not None
        if not found:
            with archive.open(part) as content:
                found = has_one((*_SIGNS, _FORMULA) if to_compute else _SIGNS, content)
        if not found and styles:
            with archive.open(part) as content:
                found = _styles_differ(content, styles)
        if not found:
            return Shown()
        with archive.open(part) as content:
            return _cells(content, to_compute, styles)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Name the part of the archive that holds the sheet."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return None
    known = next((each for each in book.iter(f"{_MAIN}sheet") if each.get("name") == sheet), None)
    key = None if known is None else known.get(f"{_RELATIONS}id")
    target = next((link.get("Target") for link in links if link.get("Id") == key), None)
    if target is None:
        return None
    part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    return part if part in archive.namelist() else None


def _styles_differ(content: IO[bytes], styles: Mapping[int, Style]) -> bool:
    """Whether a cell is struck through, or numbers are shown as below 0 or, in one column, in several ways."""
    found: set[tuple[bytes, ...]] = set()
    rest = b""
    while chunk := content.read(CHUNK_BYTES):
        text = rest + chunk
        end = max(text.rfind(b"<c "), 0)
        found.update(_STYLED.findall(text[:end]))
        rest = text[end:]
    found.update(_STYLED.findall(rest))
    by_column: dict[bytes, set[Style]] = defaultdict(set)
    for column, kind, number, kind_behind in found:
        style = styles.get(int(number or 0), PLAIN)
        if style.struck:
            return True
        if (kind or kind_behind) in (b"", b"n"):
            by_column[column].add(style)
    return any(len(shown) > 1 or any(style.below for style in shown) for shown in by_column.values())


def _cells(content: IO[bytes], to_compute: bool, styles: Mapping[int, Style]) -> Shown:
    cells = Cells()
    empty: list[tuple[int, int]] = []  # formulas without a result, while there is none with one
    row, column, is_hidden = 0, 0, False
    for event, element in ElementTree.iterparse(content, events=("start", "end")):
        if event == "start":
            if element.tag == f"{_MAIN}row":
                row, column = int(element.get("r") or row + 1), 0
                is_hidden = element.get("hidden") in ("1", "true") and element.get("outlineLevel", "0") == "0"
            continue
        if element.tag == f"{_MAIN}c":
            column = _column((element.get("r") or "").rstrip("0123456789")) or column + 1
            value = element.findtext(f"{_MAIN}v") or ""
            kind = element.get("t", "n")
            if kind == "e" or (kind == "n" and _MISREAD.fullmatch(value)):
                cells.write(row - 1, column - 1, value or "#N/A")
            elif to_compute and element.find(f"{_MAIN}f") is not None:
                to_compute = value in ("", "0")
                empty.append((row - 1, column - 1))
            if value or kind == "inlineStr":
                style = styles.get(int(element.get("s") or 0), PLAIN)
                number = float(value or 0) if kind == "n" and styles else None
                cells.add(row - 1, column - 1, style, number, is_hidden)
        elif element.tag == f"{_MAIN}row":
            element.clear()
    for row, column in empty if to_compute else ():
        cells.write(row, column, NOT_COMPUTED)
    return cells.shown()


@cache
def _column(letters: str) -> int:
    """Return the number of a column by the letters of a cell's address: 1 of A, 28 of AB; 0 where it has none."""
    number = 0
    for letter in re.sub("[^A-Z]", "", letters):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
