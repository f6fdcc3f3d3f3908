"""`Table`: a finished table, readable on paper, on a phone and by a screen reader.

Set by a template rather than by great_tables, which formats cell by cell: 12 rows took it 55 ms, half of what a
redraw in an explorer may take, and its style sheet was not used.
"""

import hashlib
import html
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from helpers.present.charts import theme
from helpers.present.charts.chart import plain
from helpers.present.numbers import MISSING, Format

#: In the page's style sheet too; here so that a table looks the same in JupyterLab, whose own rules for tables the
#: doubled class and the named table outweigh.
STYLE: Final = f"""
.wb-table {{ overflow: auto; max-width: 100%; color: var(--ink, {theme.INK});
  background: var(--paper, {theme.PAPER}) }}
body[data-jp-theme-light="false"] .wb-table, .vscode-dark .wb-table {{ {theme.DARK_VARIABLES} }}
.wb-table.wb-table table {{ color: inherit }}
.wb-table table {{ border-collapse: collapse; width: auto; margin: 0; border: 0;
  font: {theme.TEXT_SIZE + 0.5:g}px/1.45 var(--font, {theme.FONT_STACK});
  font-variant-numeric: tabular-nums }}
.wb-table caption {{ caption-side: top; text-align: left; font-weight: 600; padding: 0 0 .5em;
  color: inherit }}
.wb-table table th, .wb-table table td {{ padding: .42em .9em .42em 0; text-align: left; vertical-align: baseline;
  background: transparent; border: 0; border-bottom: 1px solid var(--line, {theme.GRID}); max-width: 24em;
  white-space: normal; overflow-wrap: break-word }}
.wb-table.wb-table table :is(th, td) {{ text-align: left }}
.wb-table table th:last-child, .wb-table table td:last-child {{ padding-right: .3em }}
.wb-table caption span {{ position: sticky; left: 0; display: inline-block; max-width: min(100%, 92vw) }}
.wb-table.wb-table .wb-number {{ text-align: right }}
.wb-table.wb-table tbody tr {{ background: transparent }}
.wb-table.wb-table td:is(.wb-number, .wb-short) {{ white-space: nowrap }}
.wb-table.wb-table thead th {{ position: sticky; top: 0; z-index: 1; background: var(--paper, {theme.PAPER});
  color: var(--muted, {theme.MUTED}); font-weight: 500; vertical-align: bottom; white-space: normal;
  border-bottom: 1.5px solid var(--muted, {theme.MUTED}) }}
.wb-table.wb-table td.wb-sentence {{ min-width: 16em }}
.wb-table.wb-table tbody th {{ font-weight: 400; min-width: 8em }}
.wb-table.wb-table tr.wb-total > * {{ font-weight: 650; border-bottom: 0;
  border-top: 1.5px solid var(--muted, {theme.MUTED}) }}
.wb-table .wb-bar {{ display: inline-block; vertical-align: middle; width: 6em; height: .62em;
  margin-right: .7em;
  text-align: left; background: var(--line, {theme.GRID}) }}
.wb-table .wb-figure {{ display: inline-block }}
.wb-table .wb-all {{ margin: .5em 0 0; color: var(--muted, {theme.MUTED});
  font: {theme.SMALL_SIZE:g}px/1.45 var(--font, {theme.FONT_STACK}) }}
.wb-behind {{ margin: .8em 0 1.2em; color: var(--ink, {theme.INK}); background: var(--paper, {theme.PAPER}) }}
.wb-behind > summary {{ cursor: pointer; color: var(--muted, {theme.MUTED});
  font: {theme.TEXT_SIZE + 0.5:g}px/1.45 var(--font, {theme.FONT_STACK}) }}
.wb-behind caption {{ display: none }}
.wb-table .wb-bar > i {{ display: block; height: 100%; background: var(--blue, {theme.BLUE}) }}
"""


#: A text wider than this many Latin letters is read as a sentence.
SENTENCE_WIDTH: Final = 44
#: A phone has room for so many columns; each row of a table with more is a card there.
MAX_PHONE_COLUMNS: Final = 3
#: Columns of texts no wider than this (names of people, days) do not break.
SHORT_WIDTH: Final = 14


@dataclass(frozen=True)
class Column:
    """How one column is shown.

    Attributes
    ----------
    label
        The head, with the unit where it is not plain from the figures.
    format
        How its figures are written, here and in a spreadsheet; None shows text as it is.
    bar
        Draw a bar for the value beside it, from 0 to the largest of the column, if any is above 0.
    id_column
        The frame's column with the id of the customer named here: in a report the name links to its card.
    listed
        False: for the spreadsheet alone, where there is room for it.
    if_known
        The column is left out where no row has a value.
    """

    label: str
    format: Format | None = None
    bar: bool = False
    id_column: str | None = None
    listed: bool = True
    if_known: bool = False

    @property
    def is_number(self) -> bool:
        """Figures stand right-aligned; text left."""
        return self.format is not None

    def text(self, value: Any) -> str:
        """One value as plain text."""
        if self.format is not None:
            return plain(self.format(value))
        return MISSING if pd.isna(value) else plain(value)


@dataclass(frozen=True)
class FullList:
    """All rows of a table that shows only the first of them, as a file that a report puts beside its pages.

    ``title`` and ``note`` stand at the link to it; ``content`` makes the file's bytes, when somebody wants them.
    """

    file: str
    title: str
    note: str
    content: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True)
class Table:
    """A finished table: ``html`` for pages, ``text`` for everyone else (and for nbval to compare).

    ``frame``, ``columns`` and ``total`` hold the values it was made from, for spreadsheets. ``full_list`` has all rows
    where the table shows only some of them. ``identity`` is the table's id on a page, ``summary`` its caption there,
    ``customers`` are the ids of customers whose names link to cards. ``rows_by`` are the columns by which its rows add
    up to figures of other tables, which link to it.
    """

    html: str
    text: str
    caption: str
    row_count: int = field(default=0)
    frame: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)
    columns: Mapping[str, Column] = field(default_factory=dict, repr=False, compare=False)
    total: Mapping[Any, Any] | None = field(default=None, repr=False, compare=False)
    full_list: FullList | None = field(default=None, repr=False, compare=False)
    identity: str = field(default="", repr=False, compare=False)
    summary: str = field(default="", repr=False, compare=False)
    customers: tuple[str, ...] = field(default=(), repr=False, compare=False)
    rows_by: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return the table with its own style; a report page says the style once instead."""
        for listener in _listeners:
            listener(self)
        return {"text/html": f"<style>{STYLE}</style>{self.html}", "text/plain": self.text}


_listeners: list[Callable[[Table], None]] = []


@contextmanager
def collect_tables(listener: Callable[[Table], None]) -> Iterator[None]:
    """Tell ``listener`` of every table that is shown inside the block, in the order in which they are shown.

    So a report's spreadsheet has the values of the tables of a notebook without the notebook holding them twice.
    """
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


Shown = TypeVar("Shown")


def behind(shown: Shown) -> Shown:
    """Put a table behind a disclosure, for whoever wants the figures of the picture above it; open it to print it.

    A table without rows stays as it is: its sentence is the news. So do pictures and sentences.
    """
    if not isinstance(shown, Table) or not shown.row_count:
        return shown
    return replace(shown, html=details(shown.summary or shown.caption, shown.html))


def details(summary: str, markup: str) -> str:
    """Put markup behind a disclosure that says what it is."""
    return f'<details class="wb-behind"><summary>{html.escape(summary)}</summary>{markup}</details>'


def table(
    frame: pd.DataFrame,
    columns: Mapping[str, Column],
    caption: str,
    *,
    total: Mapping[Any, Any] | None = None,
    empty: str = MISSING,
    sortable: bool = False,
    cards: bool = False,
    note: str = "",
) -> Table:
    """Set a frame as a table.

    Parameters
    ----------
    frame
        One row a line, in the order shown. Values are unrounded; text is data and is shown as it stands.
    columns
        Column of the frame -> how it is shown, in the order shown. The first is the head of its row.
    caption
        What the table shows; screen readers read it first.
    total
        Values of a last row in the same columns (the first holds its name); missing ones stay empty.
    empty
        The sentence that stands where there are no rows.
    sortable
        Let readers sort by clicking a head (in the report; the order given stays the printed one).
    cards
        In the report on a phone: each row a card with the heads beside its cells, for tables of much text; a table with
        sentences in it, or of more than `MAX_PHONE_COLUMNS` columns, is set so anyway.
    note
        A line below the table: where the rows are that it does not show. A report puts the sheet's name behind it.
    """
    columns = {name: _in_units(name, column) for name, column in columns_with_values(frame, columns).items()}
    names = [name for name, column in columns.items() if column.listed]
    cells = [[columns[name].text(value) for value in frame[name].tolist()] for name in names]
    totals = None
    if total is not None:
        totals = [columns[name].text(total[name]) if name in total else "" for name in names]
    caption = plain(caption)
    text = _as_text([columns[name] for name in names], cells, totals, caption, empty)
    text += f"\n{plain(note)}" if note else ""
    if frame.empty:
        body = (
            f'<p class="wb-empty"><strong>{html.escape(caption)}</strong><br>{html.escape(plain(empty))}</p>'
        )
        return Table(body, text, caption, 0, frame, columns, total)
    identity = "t" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]
    markup = [_cells(cells[place], frame, name, columns[name]) for place, name in enumerate(names)]
    if totals is not None:
        markup = [[*column, Markup.escape(value)] for column, value in zip(markup, totals, strict=True)]
    kinds = [_kind(columns[name], cells[place]) for place, name in enumerate(names)]
    body = _TEMPLATE.render(
        identity=identity,
        caption=caption,
        sortable=sortable,
        cards=cards or len(names) > MAX_PHONE_COLUMNS or any("wb-sentence" in kind for kind in kinds[1:]),
        heads=[plain(columns[name].label) for name in names],
        kinds=kinds,
        rows=list(zip(*markup, strict=True)),
        has_total=totals is not None,
        note=plain(note),
    )
    named = dict.fromkeys(
        str(customer)
        for column in columns.values()
        if column.id_column is not None and column.id_column in frame
        for customer in frame[column.id_column].dropna()
    )
    return Table(
        body, text, caption, len(frame), frame, columns, total, identity=identity, summary=caption,
        customers=tuple(named),
    )  # fmt: skip


#: Columns of money whose names do not contain the word amount.
_MONEY = (
    "each", "credit_limit", "annual_purchases", "expected_margin", "low_80", "low_95", "high_80", "high_95", "mae",
    "rmse",
)  # fmt: skip


def columns_with_values(frame: pd.DataFrame, columns: Mapping[str, Column]) -> dict[str, Column]:
    """Return the columns without those that are shown only `if_known` and have no value in any row."""
    return {
        name: replace(column, if_known=False)
        for name, column in columns.items()
        if not column.if_known or frame[name].notna().any()
    }


def _in_units(name: str, column: Column) -> Column:
    """Write a column of money in the unit that the settings name, and say the unit in its head."""
    money = column.format.money if column.format is not None else None
    if money is None or not ("amount" in name or name in _MONEY):
        return column
    return replace(column, label=f"{column.label}{money.unit}", format=money)


def _kind(column: Column, texts: Sequence[str]) -> str:
    """Name how a column is laid out: figures, short texts, or sentences, which need room to be read."""
    if column.is_number:
        return "wb-number"
    widest = max(map(display_width, texts))
    if widest <= SHORT_WIDTH:
        return "wb-text wb-short"
    return "wb-text" if widest <= SENTENCE_WIDTH else "wb-text wb-sentence"


def _cells(texts: Sequence[str], frame: pd.DataFrame, name: str, column: Column) -> list[Markup]:
    """Escape cell texts; add the column's bars, and mark customer names, which link to their cards."""
    escaped = [Markup.escape(text) for text in texts]
    if column.id_column is not None and column.id_column in frame:
        named = Markup('<span data-customer="{}">{}</span>')
        return [
            text if pd.isna(customer) else named.format(customer, text)
            for text, customer in zip(escaped, frame[column.id_column].tolist(), strict=True)
        ]
    if not column.bar:
        return escaped
    sizes = pd.to_numeric(frame[name], errors="coerce").fillna(0).clip(lower=0)
    if not sizes.any():
        return escaped
    top = float(sizes.max())
    # All bars start at one place: the figures after them are as wide as the widest.
    room = max(display_width(text) for text in texts)
    bar = Markup(
        '<span class="wb-bar" aria-hidden="true"><i style="width:{:.1f}%"></i></span>'
        '<span class="wb-figure" style="min-width:{}ch">{}</span>'
    )
    return [bar.format(100 * size / top, room, text) for size, text in zip(sizes, escaped, strict=True)]


_TEMPLATE: Final = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
    """\
<div class="wb-table" role="region" tabindex="0" aria-label="{{ caption }}" id="{{ identity }}">
<table{{ " data-sortable" if sortable }}{{ ' class="wb-cards"'|safe if cards }}>\
<caption><span>{{ caption }}</span></caption>
<thead><tr>
{% for head in heads %}<th scope="col" class="{{ kinds[loop.index0] }}">{{ head }}</th>{% endfor %}
</tr></thead>
<tbody>
{% for row in rows %}
<tr{{ ' class="wb-total"'|safe if has_total and loop.last }}>
<th scope="row" class="{{ kinds[0] }}">{{ row[0] }}</th>\
{% for cell in row[1:] %}<td class="{{ kinds[loop.index] }}"\
{% if cards %} data-head="{{ heads[loop.index] }}"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody></table>{% if note %}<p class="wb-all" data-table="{{ identity }}">{{ note }}</p>{% endif %}</div>"""
)


def _as_text(
    columns: Sequence[Column],
    cells: Sequence[Sequence[str]],
    totals: Sequence[str] | None,
    caption: str,
    empty: str,
) -> str:
    """Write the table in plain characters, columns aligned by the width of full-width characters too."""
    if not cells[0]:
        return f"{caption}\n{empty}"
    lines = []
    for place, column in enumerate(columns):
        texts = [plain(column.label), *cells[place], *([totals[place]] if totals is not None else [])]
        width = max(display_width(text) for text in texts)
        gaps = [" " * (width - display_width(text)) for text in texts]
        pairs = zip(gaps, texts, strict=True)
        lines.append([gap + text if column.is_number else text + gap for gap, text in pairs])
    return caption + "\n" + "\n".join("  ".join(row).rstrip() for row in zip(*lines, strict=True))


def display_width(text: str) -> int:
    """Return the width of a text in characters of a fixed-width font; full-width characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
