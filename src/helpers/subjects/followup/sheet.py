"""``actions.xlsx``: all actions of a month with reasons, and columns to fill in; deterministic bytes."""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xlsxwriter

from helpers.core.calendar.period_names import period_name
from helpers.core.proposals import Unit
from helpers.present.actions import amount_labels, kind_label
from helpers.present.charts.chart import plain
from helpers.present.name_lists import display_names
from helpers.present.numbers import Numbers
from helpers.present.table import FullList, display_width
from helpers.present.words import Words
from helpers.subjects.followup.outcomes import list_actions
from helpers.subjects.summary.action_list import ActionList
from helpers.subjects.summary.action_views import told_heading

FILE = "actions.xlsx"
STATUSES = ("done", "not_done", "dropped")
#: A sheet has room for 1,048,576; nobody fills in as many as these.
MOST_ROWS = 100_000
_MOST_CHARACTERS = 32_767
#: A clock would change the file's bytes.
_FIXED_DAY = dt.datetime(2000, 1, 1)


def status_label(status: str, _: Words) -> str:
    """Return the label of an action's status."""
    labels: Mapping[str, str] = {
        "done": _("done"), "not_done": _("not done"), "dropped": _("dropped"),
    }  # fmt: skip
    return labels[status]


@dataclass(frozen=True)
class _Column:
    head: str
    width: int
    values: list[Any]
    format: str = "@"
    wrap: bool = False


def actions_file(result: ActionList, month: pd.Period, n: Numbers) -> FullList:
    """Return the file with every action, which a report adds to its pages."""
    _, count = n.words, len(result.actions)
    note = _.ngettext(
        "All that is to be done for {count} customer, with all reasons, as an Excel file to fill in: done or not, "
        "when, and a note.",
        "All that is to be done for {count} customers, with all reasons, as an Excel file to fill in: done or not, "
        "when, and a note.",
        count, count=n.count(count),
    )  # fmt: skip
    return FullList(FILE, _("All actions"), note, lambda: actions_sheet(result, month, n))


def actions_sheet(result: ActionList, month: pd.Period, n: Numbers) -> bytes:
    """Write the sheet: one row an action, largest customers first, in the report's language.

    Month, customer number and action (`helpers.present.actions.KINDS`) tell which action it is; what is filled in
    under status, date and note is read with them as the table ``action_results``. Text is never written as a formula.
    """
    rows = list_actions(result).head(MOST_ROWS)
    columns = _columns(rows, result.unit, month, n)
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }  # fmt: skip
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, options) as book:
        title = n.words("What to do in {month}", month=n.month(month + 1))
        book.set_properties({"title": title, "created": _FIXED_DAY})
        sheet = book.add_worksheet(n.words("Actions"))
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for place, column in enumerate(columns):
            style = book.add_format(
                {"valign": "top", "num_format": column.format, "text_wrap": column.wrap}
                | ({} if place < len(columns) - 3 else {"bg_color": "#FFF8DC"})
            )
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.head, head)
            for row, value in enumerate(column.values, start=1):
                if value is None:
                    sheet.write_blank(row, place, None, style)
                elif isinstance(value, str):
                    sheet.write_string(row, place, value[:_MOST_CHARACTERS], style)
                elif isinstance(value, dt.datetime):
                    sheet.write_datetime(row, place, value, style)
                else:
                    sheet.write_number(row, place, value, style)
        if len(rows):
            status, date = len(columns) - 3, len(columns) - 2
            words = [status_label(each, n.words) for each in STATUSES]
            sheet.data_validation(1, status, len(rows), status, {"validate": "list", "source": words})
            first = {
                "validate": "date",
                "criteria": ">=",
                "value": pd.Timestamp(n.year.first_day(month)).to_pydatetime(),
            }
            sheet.data_validation(1, date, len(rows), date, first)
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        sheet.freeze_panes(1, 4)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R&P / &N")
    return data.getvalue()


def _columns(rows: pd.DataFrame, unit: Unit, month: pd.Period, n: Numbers) -> list[_Column]:
    _ = n.words
    people = display_names(rows, "salesperson_id", "salesperson_name")
    nothing = [None] * len(rows)
    why = [_sentences(reasons, _) for reasons in rows["reasons"]]
    says, amounts = amount_labels(unit, _), zip(rows["measure"], rows["shown_amount"], strict=True)
    return [
        _Column(_("Month"), 9, [period_name(month)] * len(rows)),
        _Column(_("Customer number"), 12, _texts(rows["customer_id"])),
        _Column(_("Action"), 16, _texts(rows["kind"])),
        _Column(_("Customer"), _wide(rows["name"]), _texts(display_names(rows))),
        _Column(_("Salesperson"), 16, _texts(people)),
        _Column(_("Place among the salesperson's"), 12, rows["place"].astype(int).tolist(), "0"),
        _Column(_("What to do"), 14, [kind_label(kind, _) for kind in rows["kind"]]),
        _Column(_("Why"), 60, why, wrap=True),
        _Column(_("How much"), 28, [says[of].format(amount=n.money_short(amount)) for of, amount in amounts]),
        _Column(told_heading(n), 14, [round(float(amount), 4) for amount in rows["shown_amount"]], "#,##0"),
        _Column(_("Due"), 11, [day.to_pydatetime() for day in rows["due_date"]], "yyyy-mm-dd"),
        _Column(_("Status"), 12, nothing),
        _Column(_("Date"), 12, nothing, "yyyy-mm-dd"),
        _Column(_("Note"), 40, nothing, wrap=True),
    ]  # fmt: skip


def _sentences(reasons: tuple[str, ...], _: Words) -> str:
    text = _.clauses(plain(reason).rstrip(".。") for reason in reasons)
    return text[:1].upper() + text[1:]


def _texts(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else plain(value) for value in values]


def _wide(names: pd.Series) -> int:
    longest = max((len(str(name)) for name in names.dropna()), default=0)
    wide = any(display_width(str(name)) > len(str(name)) for name in names.dropna().head(50))
    return min(44, max(14, longest * (2 if wide else 1) + 2))
