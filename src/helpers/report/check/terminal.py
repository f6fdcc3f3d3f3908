"""A verdict for a terminal of 80 columns."""

import datetime as dt
import io
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

import pandas as pd
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from helpers.core.calendar.period_names import period_name
from helpers.engine.months.coverage import DefaultMonth
from helpers.report.check.verdict import MONTHS_COUNTED, FileSums, Verdict

WIDTH = 80
#: Files that are listed; the others are added up.
_FILES_LISTED = 12
_WHAT_IS_MISSING = 46


def verdict_text(found: Verdict, today: dt.date, *, colour: bool = False) -> str:
    """Write money by month and by file, what pages will lack, what is doubtful, and the month of a report.

    Parameters
    ----------
    today
        Said where it decides.
    colour
        Whether the terminal shows colours.
    """
    out = Console(
        file=io.StringIO(), width=WIDTH, force_terminal=colour, highlight=False, markup=False, emoji=False,
        color_system="standard" if colour else None, legacy_windows=False,
    )  # fmt: skip
    _title(out, f"Order lines, net sales in {found.currency}")
    _say(
        out,
        f"{found.lines:,} lines from {found.first_day} to {found.last_day}, {found.customers:,} customers, "
        f"{found.net_amount:,.2f}",
    )
    months = found.months[-MONTHS_COUNTED:]
    head = ("Month", "Lines", "Customers", "Net sales")
    rows = [(period_name(each.month), each.lines, each.customers, each.net_amount) for each in months]
    earlier = found.months[:-MONTHS_COUNTED]
    if earlier:
        lines = sum(each.lines for each in earlier)
        amount = sum((each.net_amount for each in earlier), Decimal(0))
        rows.insert(0, (f"{earlier[0].month} to {earlier[-1].month}", lines, None, amount))
    _table(out, head, rows)
    if found.files:
        _table(out, ("File", "Lines", "Left out", "Months", "Net sales"), _files(found.files))
    if found.missing:
        _title(out, "What the pages will not show")
        _table(out, ("", "needs"), [(each.what, each.filled_by) for each in found.missing], title=False)
    _title(out, "Verdict")
    if not found.doubts:
        _say(out, "Nothing is doubtful in what was read.")
    for number, doubt in enumerate(found.doubts, 1):
        _say(out, doubt.sentence, f"{number}. ", style="bold")
        if doubt.way_out:
            _say(out, doubt.way_out, "   ")
        for line in doubt.lines:
            out.print(Text(f"   {_clean(line)}", no_wrap=True, overflow="ignore"), soft_wrap=True)
    out.print()
    for sentence in month_sentences(found, today):
        _say(out, sentence)
    text: str = out.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _named(first: dt.date) -> str:
    return period_name(pd.Period(first, "M"))


def month_sentences(found: Verdict, today: dt.date) -> list[str]:
    """Say which month a report covers where ``--month`` is not given, why, and how to ask for the month after it."""
    default: DefaultMonth = found.default
    amount = f"{found.amount(default.month):,.2f}"
    if default.why == "only":
        return [f"A report is of {period_name(default.month)} ({amount}): there is no other month."]
    if default.in_course is None:
        return [
            f"A report is of {period_name(default.month)} ({amount}) unless --month says otherwise: it is the last "
            "complete month, "
            f"since its last weekday is in the data (the last line is of {default.last_day})."
        ]
    end = default.own_end or default.in_course.to_timestamp(how="end").date()
    later = period_name(default.in_course)
    if today <= end:
        over = f"and {later} is not over today, {today}"
    elif default.not_over:
        over = f"and a month's end is seldom so long without any: in these data {later} is not over"
    else:
        over = f"before the last weekday of {later}: whether all of {later} is in the data cannot be told"
    sentence = (
        f"A report is of {period_name(default.month)} ({amount}) unless --month says otherwise: it is the last "
        "complete month. The "
        f"order lines end on {default.last_day}, {over}."
    )
    return [
        sentence,
        f"If {later} is what you want, ask for it: --month {later} ({found.amount(default.in_course):,.2f} up to "
        f"{default.last_day}). If the data hold more than that day, say up to which they are complete, so that it is "
        f"compared with the right days: complete_until = {end} under [periods] in workbook.toml.",
    ]


def _files(files: Sequence[FileSums]) -> list[tuple[object, ...]]:
    listed: list[tuple[object, ...]] = [
        (
            each.file, each.lines, each.left_out,
            f"{_named(each.first_month)} to {_named(each.last_month)}" if each.first_month and each.last_month else "",
            each.net_amount,
        )
        for each in files[:_FILES_LISTED]
    ]  # fmt: skip
    rest = files[_FILES_LISTED:]
    if rest:
        listed.append(
            (
                f"{len(rest):,} more files", sum(each.lines for each in rest), sum(each.left_out for each in rest), "",
                sum((each.net_amount for each in rest), Decimal(0)),
            )
        )  # fmt: skip
    return listed


def _title(out: Console, text: str) -> None:
    out.print()
    out.print(Text(text, style="bold"))


def _say(out: Console, text: str, before: str = "", style: str = "") -> None:
    """A paragraph; what stands before it hangs out to the left."""
    grid = Table.grid(padding=0)
    grid.add_column(width=len(before) or None, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(before, style=style), Text(_clean(text), style=style))
    out.print(grid if before else Text(_clean(text), style=style, overflow="fold"))


def _table(
    out: Console, head: Sequence[str], rows: Iterable[Sequence[object]], *, title: bool = True
) -> None:
    rows = list(rows)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=title, header_style="")
    for place, name in enumerate(head):
        figures = any(isinstance(row[place], int | Decimal) for row in rows)
        table.add_column(
            name, justify="right" if figures else "left", no_wrap=figures, overflow="fold",
            min_width=_WHAT_IS_MISSING if not title and not place else None,
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    out.print(Padding(table, (1, 0, 0, 2) if title else (0, 0, 0, 2)))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else _clean(str(value))


def _clean(text: str) -> str:
    """Text from the data stays text: what steers a terminal is not printed."""
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf") else sign for sign in text)
