"""Excel sheets, streamed to Parquet with each cell as text: ids keep their zeros, dates are ISO 8601."""

from __future__ import annotations

import datetime
import getpass
import io
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from helpers.errors import WorkbookError
from helpers.intake.layout.rows import write_rows
from helpers.intake.reading import markup
from helpers.intake.reading.inside import biff, ods, xlsb, xlsx
from helpers.intake.reading.recognise import file_kind
from helpers.intake.reading.shown import Shown, as_declared
from helpers.settings.source import FileFormat

#: Where the password of protected workbooks may stand.
PASSWORD_VARIABLE = "WORKBOOK_FILE_PASSWORD"
#: From here on a float has lost digits of a whole number.
_EXACT = 2.0**53
#: What the readers of archives and XML raise of a file with a wrong byte in it.
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, struct.error, ElementTree.ParseError, OSError, EOFError, LookupError, ValueError,
    RuntimeError,
)  # fmt: skip


def prepare(path: Path, sheet: str | None, table: str, form: FileFormat, work: Path) -> Path:
    """Write one sheet as Parquet below ``work``, as :func:`helpers.intake.layout.rows.write_rows` does.

    Parameters
    ----------
    sheet
        Name of the sheet; None takes the one called like the table, else the only one.
    table
        The standard table (or lookup) that the sheet is read for.

    Raises
    ------
    WorkbookError
        The file is no workbook, the sheet is not there or not named, or the sheet has no header.
    """
    return write_rows(
        path.name, _rows(path, sheet, table, form), cell_text, form.skip, form.header_rows, work
    )


def sheet_rows(path: Path) -> Iterator[tuple[str, bool, Iterator[list[Any]]]]:
    """Each sheet of a workbook, whether it is hidden, and all its rows."""
    book = open_book(path)
    for name in book.names:
        yield name, name in book.hidden, book.rows(name)


def _rows(path: Path, sheet: str | None, table: str, form: FileFormat) -> Iterator[list[Any]]:
    """Rows of the sheet, as the settings say what is meant."""
    book = open_book(path)
    names = list(book.names)
    shown = ", ".join(_shown(book))
    if sheet is None:
        named = [name for name in names if name.strip().lower() == table]
        if not named and len(names) > 1:
            raise WorkbookError(
                f"{path.name} has the sheets {shown}; say which one holds {table}: "
                f'sheet = "{names[0]}" under [tables.{table}] in workbook.toml.'
            )
        sheet = (named or names)[0]
    elif sheet not in names:
        raise _no_sheet(path.name, sheet, _shown(book), table)
    return as_declared(book.rows(sheet), book.shown(sheet), form, f"{path.name}, sheet {sheet}", table)


def chosen_sheets(
    paths: Iterable[Path], wanted: str | list[str] | None, table: str
) -> list[tuple[Path, str | None]]:
    """Name the sheets of files that make a table, in the order of the files; None where none is asked for.

    Raises
    ------
    WorkbookError
        A file has none of the sheets, or a name or pattern fits no sheet of any file.
    """
    patterns = [wanted] if isinstance(wanted, str) else wanted
    chosen: list[tuple[Path, str | None]] = []
    missing = dict.fromkeys(patterns or ())
    for path in paths:
        if patterns is None or file_kind(path) not in ("excel", "html", "spreadsheetml"):
            chosen.append((path, None))
            missing = {}
            continue
        book = open_book(path)
        found = {name: [one for one in patterns if fits_sheet(name, one, book.names)] for name in book.names}
        if not any(found.values()):
            raise _no_sheet(path.name, patterns[0], _shown(book), table)
        chosen += [(path, name) for name, fitting in found.items() if fitting]
        fitted = {one for fitting in found.values() for one in fitting}
        missing = {one: None for one in missing if one not in fitted}
    if missing:
        raise _no_sheet(chosen[0][0].name, next(iter(missing)), _shown(open_book(chosen[0][0])), table)
    return chosen


def fits_sheet(name: str, wanted: str, names: Collection[str]) -> bool:
    """Whether a sheet of a book is what is wanted or, where none is called so, fits it as a pattern."""
    return name == wanted if wanted in names else fnmatchcase(name, wanted)


def _no_sheet(file: str, wanted: str, shown: list[str], table: str) -> WorkbookError:
    return WorkbookError(
        f"{file} has no sheet '{wanted}'; its sheets are {', '.join(shown)}. Correct 'sheet' for {table}."
    )


def _shown(book: Book) -> list[str]:
    return [f"{name} (hidden)" if name in book.hidden else name for name in book.names]


@dataclass(frozen=True)
class Book:
    """A file of sheets, whatever its format: names, which of them are hidden, the rows of each, and what it shows."""

    names: tuple[str, ...]
    hidden: frozenset[str]
    rows: Callable[[str], Iterator[list[Any]]]
    shown: Callable[[str], Shown] = lambda name: Shown()


def open_book(path: Path) -> Book:
    """Open a workbook of Excel or LibreOffice, Excel's XML of 2003, or a web page with tables.

    Raises
    ------
    WorkbookError
        It is damaged, protected by a password, or has no table.
    """
    kind = file_kind(path)
    if kind == "html":
        tables = markup.html_tables(path)
        if not tables:
            raise WorkbookError(
                f"{path.name} is a web page (HTML) without a table. Export it again, as .xlsx or .csv."
            )
        return Book(
            tuple(tables), frozenset(), lambda name: iter(tables[name][0]), lambda name: tables[name][1]
        )
    if kind == "spreadsheetml":
        sheets, hidden = markup.spreadsheetml_sheets(path)
        return Book(
            tuple(sheets), frozenset(hidden), lambda name: iter(sheets[name][0]), lambda name: sheets[name][1]
        )
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    content: Path | io.BytesIO = path
    try:
        book = CalamineWorkbook.from_path(str(path))
    except PasswordError:
        content = io.BytesIO(_opened(path, path.stat().st_mtime_ns))
        book = CalamineWorkbook.from_filelike(content)
    except (CalamineError, OSError) as error:
        raise WorkbookError(
            f"{path.name} cannot be read as an Excel file ({error}). Save it again as .xlsx."
        ) from None
    hidden_names = {each.name for each in book.sheets_metadata if each.visible != SheetVisibleEnum.Visible}

    parsed = lru_cache(maxsize=1)(book.get_sheet_by_name)  # asked for its first column, then for its rows

    @cache
    def shown(name: str) -> Shown:
        with _whole(path, name):
            looks = (
                look(content, name)
                for look in (xlsx.look_into, ods.look_into, xlsb.look_into, biff.look_into)
            )
            found = next((each for each in looks if each is not None), Shown())
            if not (found.exact or found.beside or found.below):
                return found
            start = parsed(name).start
            return found.from_column(start[1] if start else 0)

    return Book(
        tuple(book.sheet_names),
        frozenset(hidden_names),
        lambda name: _sheet(path, parsed, name, shown(name)),
        shown,
    )


@cache
def _opened(path: Path, changed: int) -> bytes:
    """Take the password off a workbook, in memory only; it is asked for once."""
    del changed  # a file saved again is opened again
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None and sys.stdin.isatty() and sys.stderr.isatty():
        password = getpass.getpass(f"Password of {path.name}: ", stream=sys.stderr)
    way_out = (
        f"Put it into the environment variable {PASSWORD_VARIABLE}, or open the file in Excel, take the password off "
        "(File, Info, Protect Workbook), and save it."
    )
    if not password:
        raise WorkbookError(f"{path.name} is protected by a password. {way_out}")
    target = io.BytesIO()
    try:
        with path.open("rb") as file:
            office = msoffcrypto.OfficeFile(file)
            office.load_key(password=password)
            office.decrypt(target)
    except (InvalidKeyError, DecryptionError):
        raise WorkbookError(
            f"{path.name} is protected by another password than the one given. {way_out}"
        ) from None
    return target.getvalue()


@contextmanager
def _whole(path: Path, name: str) -> Iterator[None]:
    """Say of a file that is damaged within that it is."""
    from python_calamine import CalamineError

    try:
        yield
    except (CalamineError, *_DAMAGES) as error:
        raise WorkbookError(
            f"{path.name}, sheet {name}, cannot be read to its end ({error}): the file is damaged or was cut off. "
            "Export it again, or open it in a spreadsheet program and save it as .xlsx."
        ) from None


def _sheet(path: Path, parsed: Callable[[str], Any], name: str, shown: Shown) -> Iterator[list[Any]]:
    """Rows of a sheet, with what the reader cannot tell."""
    with _whole(path, name):
        rows: Iterator[list[Any]] = parsed(name).iter_rows()
        if not (shown.exact or shown.beside):
            yield from rows
            return
        for number, row in enumerate(rows):
            for place, text in shown.exact.get(number, {}).items():
                if 0 <= place < len(row):
                    row[place] = _as_written(row[place], text)
            for place, text in shown.beside.get(number, {}).items():
                if 0 <= place < len(row):
                    row[place] = f"{cell_text(row[place]) or ''} {text}"
            yield row


def _as_written(cell: Any, text: str) -> Any:
    """What the sheet has in place of what was read of it; a moment just before midnight stays a moment of its day."""
    if isinstance(cell, datetime.datetime):
        return cell - datetime.timedelta(microseconds=1)
    if isinstance(cell, datetime.date):
        return cell - datetime.timedelta(days=1)
    return cell if "." in text else text


def cell_text(cell: Any) -> str | None:
    """Return a cell as text: whole numbers without ``.0``, dates as ISO 8601, an empty cell as None.

    A number can be read in one way alone, whatever mark stands before decimals in other cells.
    """
    if isinstance(cell, str):
        return cell if cell and not cell.isspace() else None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if abs(cell) >= _EXACT:  # its last digits are lost: written so, it is no id
            return f"{cell:.15e}"
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        # With three decimals alone it could be read as thousands, where other cells have a decimal comma.
        return f"{text}0" if text[-4:-3] == "." else text
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
