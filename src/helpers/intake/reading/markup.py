"""Tables in web pages (HTML) and in Excel's XML of 2003: what many programs write under the name of an Excel file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from helpers.errors import WorkbookError
from helpers.intake.reading.encodings import decodes, marked_encoding, proposed_encoding
from helpers.intake.reading.inside.styles import PLAIN, RED, Style, of_positive
from helpers.intake.reading.shown import Shown

#: What a tag says beside its name.
_Attributes = Mapping[str, str | None]
_RED = re.compile(rf"(?i)(?<!-)color:\s*(red|#?(f00|{RED})|rgb\(\s*2[0-5][0-9]\s*,\s*0\s*,\s*0\s*\))\b")
_HIDDEN = re.compile(r"(?i)display:\s*none|visibility:\s*(hidden|collapse)")
#: An amount without a sign of its own.
_ABOVE_ZERO = re.compile(r"[^-−(\d]*(?=.*[1-9])\d[\d.,'\s]*[^-−)\d]*")
_SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"


def html_tables(path: Path) -> dict[str, tuple[list[list[str]], Shown]]:
    """Return the tables of a page that hold data, as rows of texts, and what is shown of them.

    They are called ``table 1`` and so on. A cell that spans columns or rows stands in the first of them; the others
    are empty.
    """
    parser = _Tables()
    parser.feed(_page_text(path))
    parser.close()
    filled = [table for table in parser.tables if len(table.rows) > 1 and max(map(len, table.rows)) > 1]
    return {f"table {number}": (table.rows, table.shown()) for number, table in enumerate(filled, 1)}


def _page_text(path: Path) -> str:
    content = path.read_bytes()
    named = re.search(rb"charset\s*=\s*[\"']?\s*([\w.-]+)", content[:4096], re.IGNORECASE)
    encoding = marked_encoding(content[:4]) or (named[1].decode().lower() if named else None)
    # What pages call so is, in browsers and in fact, the larger set.
    encoding = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "us-ascii": "cp1252"}.get(
        encoding or "", encoding
    )
    try:
        if encoding is None or not decodes(content, encoding):
            encoding = proposed_encoding(path) or "utf-8"
        return content.decode(encoding)
    except (LookupError, UnicodeError):
        raise WorkbookError(
            f"{path.name} is a web page (HTML) whose encoding '{encoding}' does not fit it. Open it in Excel and save "
            "it as .xlsx."
        ) from None


class _Tables(HTMLParser):
    """Collects the rows of all tables of a page; of nested tables each by itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._unseen += 1
        if tag == "table":
            table = _Table()
            self.tables.append(table)
            self._open.append(table)
        elif self._open and tag == "tr":
            self._open[-1].start_row(dict(attrs))
        elif self._open and tag in ("td", "th"):
            self._open[-1].start_cell(dict(attrs))
        elif self._open and tag == "br":
            self._open[-1].add(" ")
        elif self._open:
            self._open[-1].style(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._unseen = max(0, self._unseen - 1)
        if not self._open:
            return
        if tag == "table":
            self._open.pop().end_cell()
        elif tag in ("td", "th", "tr"):
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen:
            self._open[-1].add(data)


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._columns = self._lines = 1
        self._taken: dict[int, int] = {}
        self._is_red = self._is_struck = False
        self._red: set[tuple[int, int]] = set()
        self._struck: set[int] = set()
        self._hidden: set[int] = set()

    def start_row(self, attributes: _Attributes) -> None:
        self.end_cell()
        self._taken = {place: left - 1 for place, left in self._taken.items() if left > 1}
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            self._hidden.add(len(self.rows))
        self.rows.append([])

    def start_cell(self, attributes: _Attributes) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self._columns, self._lines = (_span(attributes.get(name)) for name in ("colspan", "rowspan"))
        self._cell = []
        self._is_red = self._is_struck = False
        self.style("td", attributes)

    def style(self, tag: str, attributes: _Attributes) -> None:
        """Take in how a cell, or a part of it, is set."""
        style = f"{attributes.get('style') or ''};color:{attributes.get('color') or ''}"
        self._is_red |= bool(_RED.search(style))
        self._is_struck |= tag in ("s", "strike", "del") or "line-through" in style

    def add(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def end_cell(self) -> None:
        if self._cell is None:
            return
        row = self.rows[-1]
        while len(row) in self._taken:
            row.append("")
        for place in range(len(row), len(row) + self._columns if self._lines > 1 else len(row)):
            self._taken[place] = self._lines
        text = " ".join("".join(self._cell).split(" ")).strip()
        if text and self._is_red:
            self._red.add((len(self.rows) - 1, len(row)))
        if text and self._is_struck:
            self._struck.add(len(self.rows) - 1)
        row += [text, *[""] * (self._columns - 1)]
        self._cell = None

    def shown(self) -> Shown:
        """Return what the table shows otherwise than its cells hold it."""
        return _shown(self.rows, self._red, self._struck, self._hidden)


def _span(text: str | None) -> int:
    return min(max(int(text), 1), 1000) if text and text.strip().isdigit() else 1


def spreadsheetml_sheets(path: Path) -> tuple[dict[str, tuple[list[list[Any]], Shown]], set[str]]:
    """Return the sheets of Excel's XML of 2003 as rows of texts with what is shown of them, and which are hidden."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise WorkbookError(
            f"{path.name} is Excel's XML of 2003, and damaged ({error}). Open it in Excel and save it as .xlsx."
        ) from None
    sheets: dict[str, tuple[list[list[Any]], Shown]] = {}
    hidden = set()
    styles = {each.get(f"{_SPREADSHEET}ID"): _style(each) for each in root.iter(f"{_SPREADSHEET}Style")}
    for number, sheet in enumerate(root.iter(f"{_SPREADSHEET}Worksheet"), 1):
        name = sheet.get(f"{_SPREADSHEET}Name") or f"Sheet{number}"
        sheets[name] = _sheet_rows(sheet, styles)
        if any("Hidden" in (found.text or "") for found in sheet.iter(f"{_EXCEL}Visible")):
            hidden.add(name)
    return sheets, hidden


def _style(style: ElementTree.Element) -> Style:
    font, form = style.find(f"{_SPREADSHEET}Font"), style.find(f"{_SPREADSHEET}NumberFormat")
    colour = "" if font is None else f"color:{font.get(f'{_SPREADSHEET}Color') or ''}"
    below, _ = of_positive("" if form is None else form.get(f"{_SPREADSHEET}Format") or "")
    struck = font is not None and font.get(f"{_SPREADSHEET}StrikeThrough") == "1"
    return Style(below or bool(_RED.search(colour)), struck=struck)


def _sheet_rows(
    sheet: ElementTree.Element, styles: Mapping[str | None, Style]
) -> tuple[list[list[Any]], Shown]:
    rows: list[list[Any]] = []
    red: set[tuple[int, int]] = set()
    struck: set[int] = set()
    hidden: set[int] = set()
    for row in sheet.iter(f"{_SPREADSHEET}Row"):
        index = row.get(f"{_SPREADSHEET}Index")
        while index and len(rows) < int(index) - 1:
            rows.append([])
        hidden |= {len(rows)} if row.get(f"{_SPREADSHEET}Hidden") == "1" else set()
        cells: list[Any] = []
        for cell in row.findall(f"{_SPREADSHEET}Cell"):
            place = cell.get(f"{_SPREADSHEET}Index")
            cells += [""] * (int(place) - 1 - len(cells)) if place else []
            style = styles.get(cell.get(f"{_SPREADSHEET}StyleID"), PLAIN)
            red |= {(len(rows), len(cells))} if style.below else set()
            cells.append(_cell(cell.find(f"{_SPREADSHEET}Data")))
            struck |= {len(rows)} if style.struck and cells[-1] else set()
            cells += [""] * int(cell.get(f"{_SPREADSHEET}MergeAcross") or 0)
        rows.append(cells)
    return rows, _shown(rows, red, struck, hidden)


def _shown(rows: list[list[Any]], red: set[tuple[int, int]], struck: set[int], hidden: set[int]) -> Shown:
    """Return what a table shows otherwise than its cells hold it."""
    positive = {
        (row, place)
        for row, cells in enumerate(rows)
        for place, text in enumerate(cells)
        if red and _ABOVE_ZERO.fullmatch(text)
    }
    below: dict[int, tuple[int, ...]] = {}
    for row, place in sorted(positive & red):
        below[row] = (*below.get(row, ()), place)
    filled = frozenset(row for row in hidden if any(rows[row]))
    return Shown(below=below, hidden=filled, struck=frozenset(struck))


def _cell(data: ElementTree.Element | None) -> str:
    """Return a cell as text; a moment at midnight is a day."""
    text = "" if data is None else "".join(data.itertext())
    kind = None if data is None else data.get(f"{_SPREADSHEET}Type")
    if kind == "DateTime":
        return re.sub(r"T00:00:00(\\.0+)?$", "", text)
    if kind == "Boolean":
        return "true" if text.strip() == "1" else "false"
    return text
