"""Text files: encodings and separators. The engine gets UTF-8, a known separator and known headers."""

from __future__ import annotations

import codecs
import csv
import datetime
import re
import uuid
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.intake.reading.encodings import encoding_readings, marked_encoding
from helpers.settings.source import FileFormat

_CHUNK_BYTES = 4 << 20
_START = 16
SEPARATORS = (",", ";", "\t", "|")
#: A head that is found by its cells stands within so many lines.
HEAD_WITHIN = 200


#: How a file of DATEV's posting format begins, in Windows-1252 unless it says otherwise.
_POSTINGS = re.compile(rb'(?:\xef\xbb\xbf)?"?(?:EXTF|DTVF)"?;')
_POSTING_DAY = "Belegdatum"


@dataclass(frozen=True)
class Postings:
    """What the first line of a file of DATEV's format says of its postings."""

    account_length: int
    """Digits of an account of the ledger; those of customers (which begin with 1 to 6) and suppliers have one more."""
    chart: str
    """``03`` or ``04``, of the charts SKR 03 and SKR 04; empty where it is not said."""
    currency: str
    first: datetime.date
    last: datetime.date
    """Days of the period that the postings are of; a day stands there without its year."""


@dataclass(frozen=True)
class TextFile:
    """A delimited text file that the engine can read: UTF-8, its separator, its header, and lines before that."""

    path: Path
    delimiter: str
    header: tuple[str, ...]
    skip: int = 0
    postings: Postings | None = None
    """Of a file of DATEV's format, whose first line is not of the table, and whose days have their year here."""


def prepare(path: Path, form: FileFormat, work: Path) -> TextFile:
    """Make a text file readable for the engine, transcoding it below ``work`` where it is not UTF-8.

    Raises
    ------
    WorkbookError
        The file is empty, its bytes are not in the encoding, or its header is unusable.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    if not start:
        raise WorkbookError(
            f"{path.name} is empty: it has no header. Export it again, with its column names."
        )
    is_postings = _POSTINGS.match(start) is not None
    usual = "cp1252" if is_postings and encoding_readings(path) else "utf-8"
    used = _known_encoding(path, marked_encoding(start) or form.encoding or usual)
    name = path.name
    if used == "utf-8":
        _check_utf8(path)
    else:
        path = _transcode(path, used, work)
    if is_postings:
        path, postings = _with_years(path, name, work)
        return replace(_with_header(path, form), postings=postings)
    return _with_header(path, form)


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
    readings = encoding_readings(path)
    proposal, word = readings[0]
    others = "; ".join(f"'{text}' as {name}" for name, text in readings[1:3])
    shown = f" '{word}' stands there then (it would be {others})." if word and others else ""
    return WorkbookError(
        f"{path.name} is not UTF-8 (byte 0x{byte:02X} in line {line}), and no encoding is declared. If it is "
        f'{proposal.upper()}, write encoding = "{proposal}" under [source] or the table in workbook.toml.{shown}'
    )


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


def _with_years(path: Path, name: str, work: Path) -> tuple[Path, Postings]:
    """Write a file of DATEV's format as a table: its heads first, and its days, ``0501`` of 5 January, with their year.

    A day that is not in the period of the first line stays as it is: of which year it is nothing says.

    Raises
    ------
    WorkbookError
        The first line lacks the period or the length of accounts, or no head follows it.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        about, heads = next(rows), next(rows, [])
        said = [*about, *[""] * 30]
        try:
            begin, length = _day(said[12]), int(said[13])
            first = _day(said[14]) if said[14] else begin
            after = datetime.date(begin.year + 1, begin.month, begin.day)
            last = _day(said[15]) if said[15] else after - datetime.timedelta(days=1)
        except ValueError:
            raise WorkbookError(
                f"{name} begins as a file of DATEV's format, but its first line says no fiscal year or no length of "
                "accounts (fields 13 to 16), without which its days have no year. Export it from DATEV again."
            ) from None
        if _POSTING_DAY not in heads:
            raise WorkbookError(
                f"{name} is a file of DATEV's format ({said[3] or said[2]}) without the column {_POSTING_DAY}: it has "
                "no postings. Export the postings (Buchungsstapel)."
            )
        place = heads.index(_POSTING_DAY)
        target = work / f"{uuid.uuid4().hex}.csv"
        with target.open("w", encoding="utf-8", newline="") as sink:
            written = csv.writer(sink, delimiter=";")
            written.writerow(heads)
            for row in rows:
                if place < len(row) and re.fullmatch("[0-9]{3,4}", row[place]):
                    row[place] = _in_period(row[place], first, last)
                written.writerow(row)
    return target, Postings(length, said[26], said[21], first, last)


def _day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%Y%m%d").date()


def _in_period(text: str, first: datetime.date, last: datetime.date) -> str:
    day, month = int(text[:-2]), int(text[-2:])
    for year in range(first.year, last.year + 1):
        try:
            found = datetime.date(year, month, day)
        except ValueError:
            continue
        if first <= found <= last:
            return found.isoformat()
    return text


def _with_header(path: Path, form: FileFormat) -> TextFile:
    delimiter = form.delimiter
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        said = re.fullmatch(
            r'"?sep=(.)"?', first.rstrip("\r\n"), re.IGNORECASE
        )  # a line of Excel's, not of the table
        if said is not None:
            delimiter, first = delimiter or said[1], file.readline()
        if isinstance(form.skip, list):
            wanted = form.skip
            heads = (
                line for line in chain([first], islice(file, HEAD_WITHIN)) if all(c in line for c in wanted)
            )
            first = next(heads, first)
        else:
            for _ in range(form.skip or 0):
                first = file.readline()
        if delimiter is None:
            outside_quotes = "".join(first.split('"')[::2])
            delimiter = max(SEPARATORS, key=outside_quotes.count)
        if form.is_laid_out:  # its reader finds the header by itself
            return TextFile(path, delimiter, (), 0 if said is None else 1)
        file.seek(0)
        if said is not None:
            file.readline()
        header = next(csv.reader(file, delimiter=delimiter), [])
    return TextFile(path, delimiter, clean_header(path.name, header), 0 if said is None else 1)


def clean_header(name: str, header: list[str]) -> tuple[str, ...]:
    """Column names as they stand in a header, without blanks around.

    A nameless one is called by its place; of a name that stands twice each has its number behind it, so that a map
    says which it means.

    Raises
    ------
    WorkbookError
        There is no name at all.
    """
    names = [cell.strip().lstrip("\ufeff") for cell in header]
    if not any(names):
        raise WorkbookError(
            f"{name} has no header: its first line is empty. The first line must name the columns."
        )
    names = [cell or f"column_{place}" for place, cell in enumerate(names, 1)]
    lowered = [cell.lower() for cell in names]
    return tuple(
        f"{cell} ({lowered[: place + 1].count(low)})" if lowered.count(low) > 1 else cell
        for place, (cell, low) in enumerate(zip(names, lowered, strict=True))
    )
