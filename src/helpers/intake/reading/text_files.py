"""Text files: encodings and separators. The engine gets UTF-8, a known separator and known headers."""

from __future__ import annotations

import codecs
import csv
import uuid
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import WorkbookError

_CHUNK_BYTES = 4 << 20
_SEPARATORS = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class TextFile:
    """A delimited text file that the engine can read: UTF-8, its separator and its header."""

    path: Path
    delimiter: str
    header: tuple[str, ...]


def prepare(path: Path, encoding: str | None, delimiter: str | None, work: Path) -> TextFile:
    """Make a text file readable for the engine, transcoding it below ``work`` where it is not UTF-8.

    Raises
    ------
    WorkbookError
        The file is empty, its bytes are not in the encoding, or its header is unusable.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise WorkbookError(
            f"{path.name} is empty: it has no header. Export it again, with its column names."
        )
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark)), None)
    used = _known_encoding(path, marked or encoding or "utf-8")
    if used == "utf-8":
        _check_utf8(path)
    else:
        path = _transcode(path, used, work)
    header, delimiter = _header(path, delimiter)
    return TextFile(path, delimiter, header)


def _known_encoding(path: Path, encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise WorkbookError(
            f"{path.name}: the encoding '{encoding}' is not known; use utf-8, gb18030 or utf-16."
        ) from None


def _check_utf8(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise _not_utf8(path, line, error.object[error.start]) from None
            line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, line, error.object[error.start]) from None


def _not_utf8(path: Path, line: int, byte: int) -> WorkbookError:
    proposal = "gb18030" if _decodes(path, "gb18030") else "cp1252"
    return WorkbookError(
        f"{path.name} is not UTF-8 (byte 0x{byte:02X} in line {line}), and no encoding is declared. If it is "
        f'{proposal.upper()}, write encoding = "{proposal}" under [source] or the table in workbook.toml.'
    )


def proposed_encoding(path: Path) -> str | None:
    """Find the encoding a file needs declared; None where it is UTF-8 or has a byte order mark."""
    with path.open("rb") as file:
        start = file.read(4)
    if any(start.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS) or _decodes(path, "utf-8"):
        return None
    return "gb18030" if _decodes(path, "gb18030") else "cp1252"


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the file's beginning can be read in the encoding."""
    with path.open("rb") as file:
        start = file.read(_CHUNK_BYTES)
    try:
        codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeError:
        return False
    return True


def _transcode(path: Path, encoding: str, work: Path) -> Path:
    target = work / f"{uuid.uuid4().hex}.csv"
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
        while True:
            chunk = source.read(_CHUNK_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeError:
                raise WorkbookError(
                    f"{path.name} cannot be read as {encoding} (after line {line}). Declare the encoding "
                    f"it was "
                    "saved in under [source] or under the table in workbook.toml."
                ) from None
            line += text.count("\n")
            sink.write(text.removeprefix("\ufeff") if source.tell() == len(chunk) else text)
            if not chunk:
                return target


def _header(path: Path, delimiter: str | None) -> tuple[tuple[str, ...], str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        if delimiter is None:
            first = file.readline()
            outside_quotes = "".join(first.split('"')[::2])
            delimiter = max(_SEPARATORS, key=outside_quotes.count)
            file.seek(0)
        header = next(csv.reader(file, delimiter=delimiter), [])
    return clean_header(path.name, header), delimiter


def clean_header(name: str, header: list[str]) -> tuple[str, ...]:
    """Column names as they stand in a header, without blanks around; a nameless one is called by its place.

    Raises
    ------
    WorkbookError
        There is no name at all, or one name stands twice.
    """
    names = [cell.strip().lstrip("\ufeff") for cell in header]
    if not any(names):
        raise WorkbookError(
            f"{name} has no header: its first line is empty. The first line must name the columns."
        )
    names = [cell or f"column_{place}" for place, cell in enumerate(names, 1)]
    lowered = [cell.lower() for cell in names]
    repeated = next((cell for cell, low in zip(names, lowered, strict=True) if lowered.count(low) > 1), None)
    if repeated is not None:
        raise WorkbookError(f"{name} has two columns called '{repeated}'; rename one of them in the file.")
    return tuple(names)
