"""What only the records of an .xls sheet tell: hidden rows, errors of formulas, and how cells are shown."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from helpers.intake.reading.inside.cells import Cells
from helpers.intake.reading.inside.styles import PLAIN, RED_BY_NUMBER, Style, style_of
from helpers.intake.reading.shown import Shown

_SHEET, _FONT, _FORMAT, _XF, _ROW, _END = 0x85, 0x31, 0x41E, 0xE0, 0x208, 0x0A
_NUMBER, _RK, _MULTIPLE_RK, _FORMULA, _ERROR = 0x203, 0x27E, 0xBD, 0x06, 0x205
_TEXTS = (0xFD, 0x204, 0xD6)
#: No other font has this number: the one behind it is the fifth.
_NO_FONT = 4
_HIDDEN, _LEVEL = 0x20, 0x07
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
           0x2A: "#N/A"}  # fmt: skip


def look_into(file: Path | BinaryIO, sheet: str) -> Shown | None:
    """Return what the records of a sheet tell; None where the file is no .xls of Excel 97 or later."""
    import olefile

    if not isinstance(file, Path):
        file.seek(0)
    content = file.read_bytes() if isinstance(file, Path) else file.read()
    if not olefile.isOleFile(content):
        return None
    with olefile.OleFileIO(content) as archive:
        if not archive.exists("Workbook"):
            return None
        content = archive.openstream("Workbook").read()
    start, styles = _of_book(content, sheet)
    return None if start is None else _cells(content, start, styles)


def _records(content: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    while place + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, place)
        yield kind, content[place + 4 : place + 4 + size]
        place += 4 + size


def _of_book(content: bytes, sheet: str) -> tuple[int | None, list[Style]]:
    """Give where a sheet begins, and the styles of cells by their number."""
    start = None
    fonts: list[tuple[bool, bool]] = []
    formats: dict[int, str] = {}
    cells: list[tuple[int, int]] = []
    for kind, data in _records(content, 0):
        if kind == _END:
            break
        if kind == _SHEET:
            (offset,) = struct.unpack_from("<I", data)
            start = offset if _text(data[6:], 1) == sheet else start
        elif kind == _FONT:
            _, flags, colour = struct.unpack_from("<HHH", data)
            fonts.append((str(colour) in RED_BY_NUMBER, bool(flags & 0x08)))
        elif kind == _FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = _text(data[2:], 2)
        elif kind == _XF:
            font, form = struct.unpack_from("<HH", data)
            cells.append((font, form))
    styles = []
    for font, form in cells:
        place = font - (font > _NO_FONT)
        red, struck = fonts[place] if place < len(fonts) else (False, False)
        styles.append(style_of(red, struck, str(form), formats.get(form)))
    return start, styles


def _text(data: bytes, length_bytes: int) -> str:
    """Read a text that has its length, and whether it takes two bytes a character, before it."""
    length = int.from_bytes(data[:length_bytes], "little")
    wide = data[length_bytes] & 1
    body = data[length_bytes + 1 :]
    return body[: 2 * length].decode("utf-16-le", "replace") if wide else body[:length].decode("latin-1")


def _cells(content: bytes, start: int, styles: list[Style]) -> Shown:
    cells = Cells()
    hidden: set[int] = set()
    for kind, data in _records(content, start):
        if kind == _END:
            break
        if kind == _ROW:
            row, flags = struct.unpack_from("<H", data)[0], data[12]
            if flags & _HIDDEN and not flags & _LEVEL:
                hidden.add(row)
            continue
        if kind not in (_NUMBER, _RK, _MULTIPLE_RK, _FORMULA, _ERROR, *_TEXTS):
            continue
        row, column, style = struct.unpack_from("<HHH", data)
        found: list[tuple[int, float | None]] = []
        if kind == _NUMBER:
            found = [(style, struct.unpack_from("<d", data, 6)[0])]
        elif kind == _RK:
            found = [(style, _rk(data[6:10]))]
        elif kind == _MULTIPLE_RK:
            found = [
                (struct.unpack_from("<H", data, place)[0], _rk(data[place + 2 : place + 6]))
                for place in range(4, len(data) - 2, 6)
            ]
        elif kind == _FORMULA:
            is_number = data[12:14] != b"\xff\xff"
            found = [(style, struct.unpack_from("<d", data, 6)[0] if is_number else None)]
            if not is_number and data[6] == 2:
                cells.write(row, column, ERRORS.get(data[8], "#N/A"))
        else:
            found = [(style, None)]
            if kind == _ERROR and data[7]:
                cells.write(row, column, ERRORS.get(data[6], "#N/A"))
        for place, (number, value) in enumerate(found, column):
            shown = styles[number] if number < len(styles) else PLAIN
            cells.add(row, place, shown, value, row in hidden)
    return cells.shown()


def _rk(data: bytes) -> float:
    """Read a number that is kept short: a whole one, or the upper half of a float, and perhaps a hundredth of it."""
    (raw,) = struct.unpack("<i", data)
    value = raw >> 2 if raw & 2 else struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", raw & ~3))[0]
    return float(value / 100 if raw & 1 else value)
