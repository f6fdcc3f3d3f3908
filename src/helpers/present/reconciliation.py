"""What the figures rest on: where every input row and every penny went, for readers."""

import datetime as dt

import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.scope import COMPANY, Scope
from helpers.engine.months.coverage import Coverage
from helpers.intake import reconciliation as read_reconciliation
from helpers.intake.tables import StandardTables
from helpers.present.findings import Findings, findings
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words


def reconciliation(
    tables: StandardTables, month: pd.Period, scope: Scope, n: Numbers, coverage: Coverage
) -> list[Table | Findings]:
    """Rows and money by table and by what became of them, as of the month's end.

    A scoped report names no row or money of the whole company: it says where the reader can find them.
    ``coverage`` is that of the order lines up to the month end.
    """
    partly = partial_month_notes(coverage, n)
    if scope.kind != "company":
        return [findings(*partly, scope_note(n))]
    rows = _until(read_reconciliation(tables), month)
    lines = rows[rows["table"] == "order_lines"]
    counts = lines.groupby("status")["rows"].sum()
    read = int(lines["rows"].sum())
    kept = int(counts.get("kept", 0))
    aside = int(counts.get("quarantined", 0))
    others = rows[(rows["table"] != "order_lines") & (rows["status"] == "quarantined")]
    found = findings(
        *partly,
        lines_sentence(read, kept, aside, month, coverage.in_course, None, n),
        other_tables_sentence(int(others["rows"].sum()), n),
    )
    return [found, behind(_table(rows, n))]


def scope_note(n: Numbers) -> str:
    """Say to a reader who may not see the company's rows where they are reconciled."""
    return n.words(
        "The data were read and reconciled as a whole; the company's report shows where every row went."
    )


def partial_month_notes(coverage: Coverage, n: Numbers) -> list[str]:
    """Say that the report's month is not over, that the first one was begun when the data begin, and what follows.

    Of a first month more than two years ago nothing is said: nothing would be compared with it.
    """
    first, last = coverage.months[0], coverage.months[-1]
    notes = []
    if coverage.begins_late and (last - first).n < 2 * months_a_year(last):
        notes.append(n.words(
            "The order lines begin on {day}, in the course of {month}: nothing is compared with {month}, which is not "
            "whole.",
            day=n.date(coverage.first_order_date), month=n.month(first),
        ))  # fmt: skip
    return [*([_not_over(coverage, n)] if coverage.in_course else []), *notes]


def _not_over(coverage: Coverage, n: Numbers) -> str:
    assert coverage.until is not None
    _, month = n.words, coverage.months[-1]
    named = {"month": n.month(month), "last": n.date(coverage.last_order_date), "day": n.date(coverage.until)}
    if n.year.months is None:
        return _(
            "{month} is not over: the last order line is of {last}. Sales from the 1st to {day} are compared with the "
            "same days of other months, and silence is counted up to {day}.",
            **named,
        )
    return _(
        "{month} is not over: the last order line is of {last}. Sales of its first {count} days are compared with as "
        "many days from the first of other months, and silence is counted up to {day}.",
        count=n.count((coverage.until - n.year.first_day(month)).days + 1), **named,
    )  # fmt: skip


def lines_sentence(
    read: int, kept: int, aside: int, month: pd.Period, in_course: bool, last_day: dt.date | None, n: Numbers
) -> str:
    """Say whether all order lines are in the figures; ``last_day`` is named where it is given."""
    _ = n.words
    left = {
        "read": n.count(read), "kept": n.count(kept), "aside": n.count(aside),
        "out": n.count(read - kept - aside),
    }  # fmt: skip
    left |= {"month": n.month(month), "day": n.date(last_day) if last_day else ""}
    if in_course:
        return (
            _("All {read} order lines so far are in the figures.", **left)
            if read == kept
            else _("Of {read} order lines so far, {kept} are in the figures, {aside} broke a rule and {out} were left "
                   "out on purpose; every one is accounted for.", **left)
        )  # fmt: skip
    if read != kept:
        sentence = _(
            "Of {read} order lines up to the end of {month}, {kept} are in the figures, {aside} broke a rule "
            "and {out} were left out on purpose; every one is accounted for.", **left,
        )  # fmt: skip
    else:
        sentence = _("All {read} order lines up to the end of {month} are in the figures.", **left)
    if last_day is None:
        return sentence
    return _("{first} {second}", first=sentence, second=_("The last one is of {day}.", **left))


def other_tables_sentence(aside: int, n: Numbers) -> str | None:
    """Say how many rows of other tables were set aside; None where none was."""
    if not aside:
        return None
    return n.words.ngettext(
        "{n} row of the other tables was set aside.", "{n} rows of the other tables were set aside.", aside
    )


def _until(rows: pd.DataFrame, month: pd.Period) -> pd.DataFrame:
    """Keep what is dated up to the month end, and what has no date: later rows change no earlier report."""
    return rows[rows["month"].isna() | (rows["month"] <= month.to_timestamp())]


def _table(rows: pd.DataFrame, n: Numbers) -> Table:
    _ = n.words
    money = rows["amount"].map(lambda amount: 0.0 if amount is None else float(amount))
    sums = rows.assign(amount=money.where(rows["amount"].notna())).groupby(
        ["table", "status", "rule"], sort=True
    )
    frame = sums.agg(
        rows=("rows", "sum"), amount=("amount", lambda amounts: amounts.sum(min_count=1))
    ).reset_index()
    frame["order"] = frame["status"].map({"kept": 0, "quarantined": 1, "excluded": 2, "filtered": 3})
    frame = frame.sort_values(["table", "order", "rule"]).reset_index(drop=True)
    frame["became"] = [
        _became(status, rule, _) for status, rule in zip(frame["status"], frame["rule"], strict=True)
    ]
    columns = {
        "table": Column(_("Table")),
        "became": Column(_("What became of the rows")),
        "rows": Column(_("Rows"), n.count),
        "amount": Column(_("Amount as read"), n.decimal.to(2)),
    }
    return table(frame, columns, _("Where every row went"), empty=_("No rows were read."))


def _became(status: str, rule: str, _: Words) -> str:
    if status == "kept":
        return _("in the figures, rounded to four decimals") if rule == "rounded" else _("in the figures")
    if status == "filtered":
        return {"repeated": _("said again, counted once")}.get(
            rule, _("not part of the table, by the map's condition")
        )
    if status == "excluded":
        return _("left out on purpose: {rule}", rule=rule.replace("_", " "))
    known = {
        "duplicate": _("set aside: said twice"),
        "wrong_type": _("set aside: not readable as what the column holds"),
        "missing_value": _("set aside: a required value is missing"),
        "no_rate": _("set aside: a currency without a rate"),
        "unreadable_line": _("set aside: the line cannot be taken apart"),
    }
    return known.get(rule, _("set aside: {rule}", rule=rule.replace("_", " ")))


def book_block(month: pd.Period, scope: Scope, tables: StandardTables, n: Numbers) -> Table:
    """Show a book's month, scope and tables with their rows kept and set aside, up to the month end.

    A scope's block names tables alone: how many rows the company has is not its own.
    """
    _ = n.words
    frame = pd.DataFrame({"table": sorted(tables.supplied)})
    columns = {"table": Column(_("Table"))}
    if scope == COMPANY:
        rows = read_reconciliation(tables)
        rows = rows[rows["month"].isna() | (rows["month"] <= month.to_timestamp())]
        for status, head in (("kept", _("Rows")), ("quarantined", _("Set aside"))):
            sums = rows[rows["status"] == status].groupby("table")["rows"].sum()
            frame[status] = frame["table"].map(sums).fillna(0)
            columns[status] = Column(head, n.count)
    scope_name = scope.name or _("The company")
    return table(frame, columns, _("{scope}, {month}", scope=scope_name, month=n.month(month)))
