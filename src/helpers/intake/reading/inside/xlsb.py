"""What only the records of an .xlsb sheet tell: hidden rows, and the errors of formulas."""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from helpers.intake.reading.inside.biff import ERRORS
from helpers.intake.reading.inside.cells import Cells
from helpers.intake.reading.inside.styles import PLAIN
from helpers.intake.reading.shown import Shown

_SHEET, _ROW = 156, 0
#: Records of cells that hold something; those of errors; and the part of a formula's cell behind its address and style.
_CELLS, _ERROR_CELLS, _VALUE = range(2, 12), (3, 11), 8
_HIDDEN, _LEVEL = 0x10, 0x07


def look_into(file: Path | BinaryIO, sheet: str) -> Shown | None:
    """Return what the records of a sheet tell; None where the file is no .xlsb."""
    if not zipfile.is_zipfile(file):
        return None
    with zipfile.ZipFile(file) as archive:
        if "xl/workbook.bin" not in archive.namelist():
            return None
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.bin.rels"))
        targets = {link.get("Id"): link.get("Target") or "" for link in links}
        for kind, data in _records(archive.read("xl/workbook.bin")):
            if kind == _SHEET:
                key, behind = _text(data, 8)
                if _text(data, behind)[0] == sheet and key in targets:
                    part = posixpath.normpath(posixpath.join("xl", targets[key]))
                    return _cells(archive.read(part))
    return None


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0

    def number(most: int) -> int:
        nonlocal place
        value = 0
        for step in range(most):
            byte = content[place]
            place += 1
            value |= (byte & 0x7F) << 7 * step
            if not byte & 0x80:
                break
        return value

    while place < len(content):
        kind, size = number(2), number(4)
        yield kind, content[place : place + size]
        place += size


def _text(data: bytes, place: int) -> tuple[str, int]:
    """Read a text, and say where it ends."""
    (length,) = struct.unpack_from("<I", data, place)
    length = 0 if length == 0xFFFFFFFF else length
    end = place + 4 + 2 * length
    return data[place + 4 : end].decode("utf-16-le", "replace"), end


def _cells(content: bytes) -> Shown:
    cells = Cells()
    row, is_hidden = 0, False
    for kind, data in _records(content):
        if kind == _ROW:
            (row,), flags = struct.unpack_from("<I", data), data[11]
            is_hidden = bool(flags & _HIDDEN) and not flags & _LEVEL
        elif kind in _CELLS:
            (column,) = struct.unpack_from("<I", data)
            cells.add(row, column, PLAIN, None, is_hidden)
            if kind in _ERROR_CELLS:
                cells.write(row, column, ERRORS.get(data[_VALUE], "#N/A"))
    return cells.shown()
