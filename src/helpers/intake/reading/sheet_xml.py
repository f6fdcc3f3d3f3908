"""What only the XML of an .xlsx sheet tells, and readers pass over.

Cells that are errors, whole numbers longer than a float can hold, moments so late in a day that readers round them to
the next, and formulas that no program has computed, for which XlsxWriter writes a 0.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from typing import IO, BinaryIO
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CHUNK_BYTES = 1 << 20
#: A long number, and a serial number less than a thousandth of a second before the next day.
_MISREAD = re.compile(r"-?[0-9]{16,}|[0-9]{5}\.99999999[4-9][0-9]*")
#: Signs of a cell that is worth a closer look; most sheets have none, and are passed over at the speed of a search.
_SIGNS = rf"""\st=["']e["']|<v>({_MISREAD.pattern})</v>""".encode()
_SIGNS_OR_FORMULAS = _SIGNS + b"|<f[ >]"
#: What stands for the result of a formula that there is none of.
NOT_COMPUTED = "#NOT_COMPUTED (open the file in Excel and save it)"
_LONGEST_SIGN = 400


def exact_cells(file: Path | BinaryIO, sheet: str) -> dict[int, dict[int, str]]:
    """Give the texts of such cells of a sheet, by row and column from 0 on; nothing where the file is no .xlsx."""
    if not zipfile.is_zipfile(file):
        return {}
    with zipfile.ZipFile(file) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return {}
        to_compute = b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")
        with archive.open(part) as content:
            if not _has(_SIGNS_OR_FORMULAS if to_compute else _SIGNS, content):
                return {}
        with archive.open(part) as content:
            return _cells(content, to_compute)


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


def _has(signs: bytes, content: IO[bytes]) -> bool:
    rest = b""
    while chunk := content.read(_CHUNK_BYTES):
        if re.search(signs, rest + chunk):
            return True
        rest = chunk[-_LONGEST_SIGN:]
    return False


def _cells(content: IO[bytes], to_compute: bool) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    empty: list[tuple[int, int]] = []  # formulas without a result, while there is none with one
    row, column = 0, 0
    for event, element in ElementTree.iterparse(content, events=("start", "end")):
        if event == "start":
            if element.tag == f"{_MAIN}row":
                row, column = int(element.get("r") or row + 1), 0
            continue
        if element.tag == f"{_MAIN}c":
            column = _column(element.get("r")) or column + 1
            value = element.findtext(f"{_MAIN}v") or ""
            kind = element.get("t", "n")
            if kind == "e" or (kind == "n" and _MISREAD.fullmatch(value)):
                found.setdefault(row - 1, {})[column - 1] = value or "#N/A"
            elif to_compute and element.find(f"{_MAIN}f") is not None:
                to_compute = value in ("", "0")
                empty.append((row - 1, column - 1))
        elif element.tag == f"{_MAIN}row":
            element.clear()
    for row, column in empty if to_compute else ():
        found.setdefault(row, {})[column] = NOT_COMPUTED
    return found


def _column(reference: str | None) -> int:
    """Give the number of a column by a cell's address: 1 of A7, 28 of AB7; 0 where it has none."""
    number = 0
    for letter in re.sub("[^A-Z]", "", reference or ""):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
