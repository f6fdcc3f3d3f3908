"""Decisions about pairs: rows of the table ``customer_aliases``, a CSV file in the data folder.

Analysts edit the file themselves. A decision appends one line; all other lines, whatever their columns, order,
delimiter and encoding, are preserved byte for byte, unless a column has to be added at the end.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from helpers.core.files.private import exclusive_lock
from helpers.core.files.publish import replaced_file
from helpers.errors import WorkbookError
from helpers.settings import config

FILE: Final = "customer_aliases.csv"
COLUMNS: Final = ("customer_id", "same_as", "from_date", "decision", "decided_by", "reason")
_ENCODINGS: Final = ("utf-8", "gb18030")
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Decision:
    """One row: from a day on, a customer number counts as another one, or is a different business.

    Examples
    --------
    >>> Decision("C17", "C412", dt.date(2026, 4, 1), "same", "Li", "new owner").row["from_date"]
    '2026-04-01'
    """

    customer_id: str
    same_as: str
    from_date: dt.date
    decision: Literal["same", "different"]
    decided_by: str = ""
    reason: str = ""

    @property
    def row(self) -> dict[str, str]:
        """The row by column, as text."""
        return {name: str(getattr(self, name)) for name in COLUMNS}


def decisions_file(data: str | Path | None) -> Path:
    """Return the file of decisions of a data set; "" is the sample.

    Raises
    ------
    WorkbookError
        The data are not a folder.
    """
    folder = Path(data) if data else config.SAMPLE_FOLDER
    if not folder.is_dir():
        raise WorkbookError(
            f"Decisions stand in {FILE} in the data folder, and {folder.name} is no folder. Where the data are a "
            f"database, add rows to its table customer_aliases ({', '.join(COLUMNS)}); where they are a file, put it "
            "into a folder of its own and name that."
        )
    return folder / FILE


def read_decisions(path: Path) -> list[dict[str, str]]:
    """Return the rows of the file as dictionaries; an empty list if there is no file."""
    return _File.of(path).rows if path.exists() else []


def write_decision(path: Path, decision: Decision) -> None:
    """Append a decision; the rest of the file does not change.

    Raises
    ------
    WorkbookError
        The pair is decided on from that day on already, a number is missing, the file cannot be understood, or it
        cannot be written.
    """
    if not decision.customer_id or not decision.same_as or decision.customer_id == decision.same_as:
        raise WorkbookError("A decision needs two customer numbers that differ.")

    def added(file: _File) -> bytes:
        pair = {decision.customer_id, decision.same_as}
        for row in file.rows:
            day = row.get("from_date") or ""
            if {row.get("customer_id"), row.get("same_as")} == pair and day == str(decision.from_date):
                raise WorkbookError(
                    f"{path.name} has a decision about {' and '.join(sorted(pair))} from {day} on. Take that one back, "
                    "or decide from another day on."
                )
        return file.with_row(decision.row)

    _rewrite(path, added)


def withdraw_decision(path: Path, decision: Decision) -> None:
    """Remove the last row with this decision; the rest of the file does not change.

    Raises
    ------
    WorkbookError
        No row says this any more, or the file cannot be written.
    """

    def without(file: _File) -> bytes:
        left = file.without_row(decision.row)
        if left is None:
            raise WorkbookError(
                f"{path.name} has no such decision any more: somebody has changed it by hand."
            )
        return left

    _rewrite(path, without)


@dataclass(frozen=True)
class _File:
    """The file as lines of bytes, with their values."""

    lines: list[bytes]
    head: list[str]
    rows: list[dict[str, str]]
    encoding: str
    delimiter: str
    end: bytes

    @classmethod
    def of(cls, path: Path) -> _File:
        raw = path.read_bytes() if path.exists() else b""
        if not raw.removeprefix(_BOM).strip():
            return cls([], [], [], "utf-8", ",", b"\n")
        for encoding in _ENCODINGS:
            try:
                text = raw.removeprefix(_BOM).decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise WorkbookError(f"{path.name} is neither UTF-8 nor GB18030 text. Save it as CSV (UTF-8).")
        # Not `str.splitlines`, which also splits at a vertical tab or U+2028, where no line of a CSV ends.
        text_lines = io.StringIO(text, newline="").readlines()
        first = text_lines[0]
        delimiter = max(",;\t|", key=first.count)
        # A line break inside quotes belongs to the row.
        reader, lines, start = csv.reader(text_lines, delimiter=delimiter), [], 0
        cells = []
        for row in reader:
            lines.append("".join(text_lines[start : reader.line_num]).encode(encoding))
            start = reader.line_num
            cells.append(row)
        head = [name.strip() for name in cells[0]]
        missing = [name for name in ("customer_id", "same_as") if name not in head]
        if missing:
            raise WorkbookError(
                f"{path.name} has no column {missing[0]} in its first row ({first.strip()}). Decisions are written to "
                f"a file with the columns {', '.join(COLUMNS)}: rename the columns, or this file."
            )
        rows = [dict(zip(head, row, strict=False)) for row in cells[1:]]
        if raw.startswith(_BOM):
            lines[0] = _BOM + lines[0]
        return cls(lines, head, rows, encoding, delimiter, b"\r\n" if b"\r\n" in raw else b"\n")

    def with_row(self, row: dict[str, str]) -> bytes:
        """Return the file with another row; missing columns that the row needs are added at the end."""
        lines, head = list(self.lines), list(self.head) or list(COLUMNS)
        if not lines:
            lines = [self._line(head)]
        elif lacking := [name for name in COLUMNS if name not in head and row[name]]:
            head += lacking
            empty = self.delimiter.encode() * len(lacking)
            named = self.delimiter.encode() + self.delimiter.join(lacking).encode()
            lines = [
                line.rstrip(b"\r\n") + (named if place == 0 else empty if line.strip() else b"") + self.end
                for place, line in enumerate(lines)
            ]
        if not lines[-1].endswith(b"\n"):
            lines[-1] += self.end
        return b"".join([*lines, self._line([row.get(name, "") for name in head])])

    def without_row(self, row: dict[str, str]) -> bytes | None:
        """Return the file without the last row equal to this one; None if there is none."""
        for place in range(len(self.rows) - 1, -1, -1):
            found = self.rows[place]
            if all(found.get(name, "") == row[name] for name in COLUMNS if name in self.head):
                return b"".join([*self.lines[: place + 1], *self.lines[place + 2 :]])
        return None

    def _line(self, cells: list[str]) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.end.decode()).writerow(cells)
        return text.getvalue().encode(self.encoding)


def _rewrite(path: Path, change: Callable[[_File], bytes]) -> None:
    """Replace the file atomically, with one writer at a time."""
    name = hashlib.sha256(str(path.absolute()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    with exclusive_lock(config.cache_folder() / "locks" / f"{name}.lock"):
        content = change(_File.of(path))
        rights = path.stat().st_mode & 0o777 if path.exists() else 0o644
        try:
            with replaced_file(path, rights) as draft:
                draft.write_bytes(content)
        except OSError as error:
            raise WorkbookError(f"{path} cannot be written: {error.strerror or error}.") from None
