"""What a file is, by what stands in it: the ending of a name is often another's."""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import Literal

from helpers.errors import WorkbookError
from helpers.intake.reading.encodings import marked_encoding

FileKind = Literal["text", "parquet", "excel", "html", "spreadsheetml", "sqlite", "duckdb"]

TEXT_ENDINGS = (".csv", ".txt", ".tsv")
PARQUET_ENDINGS = (".parquet", ".pq")
EXCEL_ENDINGS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
_START_BYTES = 8192


def unpacked(path: Path, work: Path) -> Path:
    """Unpack a file of gzip below ``work``, under its own name; others are left where they are.

    Raises
    ------
    WorkbookError
        It is cut off or damaged.
    """
    if path.suffix.lower() != ".gz":
        return path
    target = Path(tempfile.mkdtemp(dir=work)) / path.stem
    try:
        with gzip.open(path) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise WorkbookError(f"{path.name} cannot be unpacked: {error}. Export it again.") from None
    return target


def file_kind(path: Path) -> FileKind:
    """How a file is to be read; where its content tells nothing, by the ending of its name.

    Raises
    ------
    OSError
        The file cannot be opened.
    """
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if start[8:12] == b"DUCK":
        return "duckdb"
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x09\x08", b"\x09\x04\x06", b"\x09\x02\x06")):
        return "excel"
    text = start.decode(marked_encoding(start) or "latin-1", errors="replace").lstrip("\ufeff \t\r\n").lower()
    if text.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in text and "<html" not in text:
            return "spreadsheetml"
        if re.search(r"<(!doctype html|html|table|head|body|meta|style|div)\b", text):
            return "html"
    ending = path.suffix.lower()
    if ending in PARQUET_ENDINGS:
        return "parquet"
    separated = re.search(r"[\t,;|]", text) and not re.search(r"[\x00-\x08\x0e-\x1f]", text)
    return "excel" if ending in EXCEL_ENDINGS and not separated else "text"
