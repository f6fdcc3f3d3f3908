"""Output of a user's page for the pack: findings and actions for the front page, and files.

`tell`, `propose` and `export` are called in a cell and display their result. While a pack is made, the result is also
collected for the front page (`collect_outputs`) and for the folder of the pack.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pandas as pd

from helpers.core.calendar.period_names import period_name
from helpers.core.proposals import Proposals
from helpers.engine.cache.cache import found_in_run, put_in_run
from helpers.errors import WorkbookError
from helpers.present.actions import KINDS, actions, kind_label
from helpers.present.custom.frames import frame_table, frame_to_csv, shows_index, with_periods_named
from helpers.present.findings import Findings, WeighedFinding, findings
from helpers.present.name_lists import display_names, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, FullList, Table
from helpers.subjects.queries import SubjectQueries

_FILE = re.compile(r"[\w][\w-]*\.(csv|xlsx)")
_PREFIX = "own"


@dataclass
class PageOutput:
    """Output collected from one page so far."""

    page: str = ""
    findings: list[WeighedFinding] = field(default_factory=list)
    actions: list[Proposals] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class CollectedOutput:
    """Output of one page for the front page."""

    findings: tuple[WeighedFinding, ...]
    actions: tuple[Proposals, ...]


_output = PageOutput()


@contextmanager
def page_runs(page: str) -> Iterator[PageOutput]:
    """Collect the output of a page's cells inside the block; ``page`` is the notebook's stem."""
    global _output
    before, _output = _output, PageOutput(page)
    try:
        yield _output
    finally:
        _output = before


def put_output(output: PageOutput, opened: SubjectQueries) -> None:
    """Put a page's output where the front page of this month, scope and language finds it."""
    put_in_run(
        f"{_run_key(opened)}-{output.page}", CollectedOutput(tuple(output.findings), tuple(output.actions))
    )


def collect_outputs(opened: SubjectQueries) -> list[CollectedOutput]:
    """Return the output of users' pages for this front page, by page name."""
    return found_in_run(f"{_run_key(opened)}-")


def _run_key(opened: SubjectQueries) -> str:
    return "-".join((_PREFIX, period_name(opened.month), opened.scope.slug, opened.numbers.words.language))


def tell(*sentences: str | None, amount: float = 0.0) -> Findings:
    """Show the page's finding; with an amount, it also competes for the front page.

    Parameters
    ----------
    sentences
        Complete sentences; None is left out.
    amount
        Money at stake in a year, 0 or more, by which the front page chooses among findings. 0: only the
        page shows it.

    Examples
    --------
    >>> tell("Two customers bring half of the sales over the web shop.", amount=120_000).sentences
    ('Two customers bring half of the sales over the web shop.',)
    """
    if not amount >= 0:
        raise WorkbookError(f"tell: the amount {amount} is not money of 0 or more.")
    found = findings(*sentences)
    if amount:
        _output.findings += [
            WeighedFinding(sentence, float(amount), _output.page) for sentence in found.sentences
        ]
    return found


def propose(book: SubjectQueries, rows: pd.DataFrame) -> Table:
    """Propose actions: they are listed here, and compete with those of all subjects on the front page.

    Parameters
    ----------
    rows
        One row an action: customer_id; kind (one of `helpers.present.actions.KINDS`); value_amount (money at stake in
        a year, 0 or more); due_date (the day by which it should be done); reason (a sentence complete in itself).

    Raises
    ------
    WorkbookError
        A column is missing, a value is none that an action can have, or a customer is not one of the book's.
    """
    proposals = _checked(book, rows.reset_index(drop=True))
    if _output.page:
        _output.actions.append(proposals)
    n, _ = book.numbers, book.numbers.words
    names = book.frame("customers").set_index("customer_id")["name"]
    worded = proposals.worded()
    shown = worded.assign(
        customer=display_names(worded.assign(name=worded["customer_id"].map(names))),
        label=[kind_label(kind, _) for kind in worded["kind"]],
    )
    columns = {
        "customer": Column(_("Customer")),
        "label": Column(_("What to do")),
        "value_amount": Column(_("At stake in a year"), n.count),
        "due_date": Column(_("Due"), n.date),
        "reason": Column(_("Why")),
    }
    return truncated_table(len(shown), shown, columns, _("Proposed actions"), n)


def _checked(book: SubjectQueries, rows: pd.DataFrame) -> Proposals:
    missing = [
        name for name in ("customer_id", "kind", "value_amount", "due_date", "reason") if name not in rows
    ]
    if missing:
        raise WorkbookError(f"propose: the rows have no column {', '.join(missing)}.")
    own = set(book.frame("customers")["customer_id"])
    amounts = pd.to_numeric(rows["value_amount"], errors="coerce").astype("float64")
    days = pd.to_datetime(rows["due_date"], errors="coerce")
    wrong = {
        "customer_id": (~rows["customer_id"].isin(own), f"is no customer of {book!r}"),
        "kind": (~rows["kind"].isin(KINDS), f"is no kind of action; kinds are {', '.join(KINDS)}"),
        "value_amount": (~(amounts >= 0), "is not money of 0 or more"),
        "due_date": (days.isna(), "is no day"),
        "reason": (rows["reason"].fillna("").astype("str").str.strip() == "", "is no sentence"),
    }
    for column, (bad, why) in wrong.items():
        if bad.any():
            place = int(bad.to_numpy().argmax())
            raise WorkbookError(f"propose: {column} of row {place}, '{rows[column].iloc[place]}', {why}.")
    reasons = rows[["customer_id", "reason"]].astype({"reason": "str"})
    return actions(rows.assign(value_amount=amounts, due_date=days), reasons, _reasons).without(book._closed)


def _reasons(about: pd.DataFrame) -> list[str]:
    return list(about["reason"])


def export(book: SubjectQueries, rows: pd.DataFrame, file: str, title: str) -> Table:
    """Write a frame to a file of the pack, linked from the front page, and show its first rows.

    Parameters
    ----------
    rows
        The rows of the file; a named index becomes the first column.
    file
        ``NAME.csv`` (UTF-8, commas; a text that looks like a formula gets a ') or ``NAME.xlsx``; in the pack the page's
        name stands before it.

    Raises
    ------
    WorkbookError
        The name of the file is no such name, or this page has exported under it already.
    """
    if not _FILE.fullmatch(file):
        raise WorkbookError(
            f"export: '{file}' is no name for a file: letters, digits, - and _, then .csv or .xlsx."
        )
    if _output.page and file in _output.files:
        raise WorkbookError(
            f"export: this page has exported {file} already; give each list a name of its own."
        )
    _output.files.add(file)
    n = book.numbers
    flat = rows.reset_index() if shows_index(rows) else rows
    name = f"{_output.page}-{file}" if _output.page else file
    note = n.words("All {n} rows, as a file.", n=n.count(len(flat)))
    full_list = FullList(name, title, note, partial(_content, flat, file, book.year.last_day(book.month)))
    return replace(frame_table(rows, title, n), full_list=full_list)


def _content(rows: pd.DataFrame, file: str, made: dt.date) -> bytes:
    named = rows.set_axis([str(name) for name in rows.columns], axis=1)
    if file.endswith(".xlsx"):
        return _excel(named, made)
    return frame_to_csv(named)


def _excel(rows: pd.DataFrame, made: dt.date) -> bytes:
    """Write one sheet without a formula in it; the same bytes for the same rows."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    rows = with_periods_named(rows)
    for name in [name for name in rows if isinstance(rows[name].dtype, pd.PeriodDtype)]:
        rows[name] = rows[name].astype("str")
    settings: dict[str, Any] = {"engine": "xlsxwriter", "engine_kwargs": {"options": options}}
    with pd.ExcelWriter(buffer, **settings) as writer:
        writer.book.set_properties({"created": dt.datetime.combine(made, dt.time(23, 59, 59))})
        rows.to_excel(writer, index=False, freeze_panes=(1, 0))
    return buffer.getvalue()


def names_of(n: Numbers, **texts: str) -> str:
    """Return the text of the report's language: ``names_of(n, en="Web shop", zh="网店")``.

    Raises
    ------
    WorkbookError
        None is given for the language.
    """
    if n.words.language not in texts:
        raise WorkbookError(f"There is no text in '{n.words.language}' beside {', '.join(texts.values())}.")
    return texts[n.words.language]
