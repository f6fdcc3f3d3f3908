"""``tables.xlsx``: every table of a pack as a sheet of its own, with values instead of texts, the same on every run."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from helpers.present.charts.chart import plain
from helpers.present.table import display_width
from helpers.present.typed import TypedTable, Value
from helpers.present.words import Words

FILE = "tables.xlsx"
_MOST_CHARACTERS = 32_767
"""A cell of a spreadsheet holds no more."""
HEAD_ROW = 3
"""In which row, counted from 0, the heads of a table stand."""
_FIXED_DAY = datetime.datetime(2000, 1, 1)
"""The file's own date of making: a clock would change its bytes."""


@dataclass(frozen=True)
class ShownTable:
    """A table with the page and the heading under which it was shown."""

    page: str
    heading: str
    table: TypedTable


def write_excel(tables: Sequence[ShownTable], path: Path, title: str, words: Words) -> None:
    """Write the tables of a pack, a sheet each, after a sheet of contents.

    Text is written as text, whatever it looks like: never as a formula, a number or a link.
    """
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": _cell_text(title), "created": _FIXED_DAY})
        formats = _Formats(book)
        names = sheet_names(tables, words.gettext("Contents"))
        sheets = [book.add_worksheet(name) for name in names]
        _contents(sheets[0], tables, names, title, formats, words)
        behind = detail_tables(tables)
        for sheet, shown, place in zip(sheets[1:], tables, behind, strict=True):
            leads = (
                {} if place is None else _leads(tables[place].table, shown.table.heads[0], names[place + 1])
            )
            _sheet(sheet, shown, names[0], formats, leads)


def detail_tables(tables: Sequence[ShownTable]) -> list[int | None]:
    """Return for each table the position of the table with the rows behind its lines; None without one.

    A table declares by which columns its rows add up to other tables (`rows_by`); it is looked for by the heading of
    the first column, on the same page first and then in the whole pack.
    """
    found: list[int | None] = []
    for number, shown in enumerate(tables):
        head = shown.table.heads[0] if shown.table.heads else ""
        offered = [
            place
            for place, other in enumerate(tables)
            if place != number and head in other.table.rows_by and other.table.heads[0] != head
        ]
        of_page = [place for place in offered if tables[place].page == shown.page]
        found.append(next(iter(of_page or offered), None))
    return found


def _leads(rows: TypedTable, head: str, sheet: str) -> dict[Value, str]:
    """Return where in a sheet the first row of each value of a column stands."""
    column, leads = rows.heads.index(head), {}  # type: ignore[var-annotated]
    for number, values in enumerate(rows.rows, start=HEAD_ROW + 2):
        leads.setdefault(values[column], f"internal:'{sheet}'!A{number}")
    return leads


def sheet_names(tables: Sequence[ShownTable], contents: str) -> list[str]:
    """Return valid and unique names of sheets: contents, then page and place on it with the heading's beginning.

    Captions of one page often begin alike; a table without a heading, or below another one under the same heading,
    takes its caption all the same.
    """
    names, pages, place = [contents], list(dict.fromkeys(shown.page for shown in tables)), 0
    headed: set[tuple[str, str]] = set()
    for number, shown in enumerate(tables):
        place = place + 1 if number and tables[number - 1].page == shown.page else 1
        is_first = (shown.page, shown.heading) not in headed
        headed.add((shown.page, shown.heading))
        title = (shown.heading if is_first else "") or shown.table.caption
        text = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", _cell_text(title).replace(": ", ", "))
        name = f"{pages.index(shown.page) + 1}.{place} {' '.join(text.split())}"
        names.append(_cut(name))
    return names


def _cut(name: str) -> str:
    """Cut a name to the 31 UTF-16 units of a sheet: after a clause, or within one with an ellipsis."""
    if len(name.encode("utf-16-le")) <= 62:
        return name.rstrip(" ,;.，；：")
    cut = name
    while len(cut.encode("utf-16-le")) > 60:
        cut = cut[:-1]
    clause = re.match(r"(.{12,})[,;(，；：（]", cut)
    if clause:
        opened = re.search(r"[(（][^)）]*$", clause[1])
        return clause[1][: opened.start() if opened else None].rstrip()
    words = cut.rsplit(" ", 1)[0]
    return f"{(words if len(words) > 12 else cut).rstrip(' ,;.')}…"


class _Formats:
    """The cell formats of a workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book, self._made = book, {}  # type: ignore[var-annotated]

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **properties})
        return self._made[key]


def _contents(
    sheet: Worksheet,
    tables: Sequence[ShownTable],
    names: Sequence[str],
    title: str,
    formats: _Formats,
    words: Words,
) -> None:
    sheet.write_string(0, 0, _cell_text(title), formats(bold=True, font_size=14))
    heads = (
        words.gettext("Sheet"),
        words.gettext("Page"),
        words.gettext("What it shows"),
        words.gettext("Rows"),
    )
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head, formats(bold=True, bottom=1))
    for row, (shown, name) in enumerate(zip(tables, names[1:], strict=True), start=3):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(row, 1, _cell_text(shown.page), formats())
        sheet.write_string(row, 2, _cell_text(shown.table.caption), formats())
        sheet.write_number(row, 3, len(shown.table.rows), formats(num_format="#,##0"))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, 2, 90)
    sheet.freeze_panes(3, 0)
    _print_set_up(sheet, title, 2)
    if tables:
        sheet.autofilter(2, 0, 2 + len(tables), len(heads) - 1)


def _sheet(
    sheet: Worksheet, shown: ShownTable, contents: str, formats: _Formats, leads: Mapping[Value, str]
) -> None:
    """Write a table; ``leads`` are the places of the rows that lines are made of, by what the lines are called."""
    table = shown.table
    sheet.write_string(0, 0, _cell_text(table.caption), formats(bold=True))
    sheet.write_url(1, 0, f"internal:'{contents}'!A1", string=contents)
    sheet.write_string(1, 1, _cell_text(shown.heading), formats(font_color="#595959"))
    for column, head in enumerate(table.heads):
        is_number = bool(table.formats[column])
        style = formats(bold=True, bottom=1, text_wrap=True, align="right" if is_number else "left")
        sheet.write_string(HEAD_ROW, column, _cell_text(head), style)
    for row, values in enumerate(table.rows, start=HEAD_ROW + 1):
        for column, value in enumerate(values):
            style = formats(num_format=table.formats[column] or "@")
            if column == 0 and isinstance(value, str) and value in leads:
                sheet.write_url(row, 0, leads[value], formats(underline=1, num_format="@"), _cell_text(value))
            else:
                _write(sheet, row, column, value, style)
    last = HEAD_ROW + len(table.rows)
    if table.total is not None and table.rows:
        for column, value in enumerate(table.total):
            style = formats(num_format=table.formats[column] or "@", bold=True, top=1)
            _write(sheet, last + 1, column, value, style)
    for column, head in enumerate(table.heads):
        sheet.set_column(column, column, _width(head, [row[column] for row in table.rows[:200]]))
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    _print_set_up(sheet, table.caption, HEAD_ROW)
    if table.heads and table.rows:
        sheet.autofilter(HEAD_ROW, 0, last, len(table.heads) - 1)


def _print_set_up(sheet: Worksheet, title: str, head_row: int) -> None:
    """Print a sheet across A4, one page wide and as many high as it takes, with its heads and title on each."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head_row)
    # There "&" begins a code, and no more than 255 characters are held.
    sheet.set_header("&L" + plain(title)[:120].replace("&", "&&"))
    sheet.set_footer("&L&A&R&P / &N")


def _write(sheet: Worksheet, row: int, column: int, value: Value, style: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, _cell_text(value), style)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), style)
    else:
        sheet.write_number(row, column, value, style)


def _cell_text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:_MOST_CHARACTERS]


def _width(head: str, values: Sequence[Value]) -> float:
    """Return a column's width in characters: wide enough for most, narrow enough to print."""
    longest = max(
        [
            0,
            *(
                display_width(value[:60]) if isinstance(value, str) else 12
                for value in values
                if value is not None
            ),
        ]
    )
    return min(48, max(longest + 2, min(display_width(head[:60]), 18) + 4, 9))
