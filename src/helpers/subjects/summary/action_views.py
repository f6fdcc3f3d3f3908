"""The action list for readers: who should be seen to, why, by whom and by when."""

from __future__ import annotations

import pandas as pd

from helpers.present.actions import kind_label
from helpers.present.findings import Findings, findings
from helpers.present.measures import measures
from helpers.present.name_lists import called, first_of, largest
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.settings.report.front_page import FrontPage
from helpers.subjects.summary.action_list import ActionList

#: So many stand on the first screen.
_FIRST = 5


def action_tables(result: ActionList, settings: FrontPage, n: Numbers) -> list[Table | Findings]:
    """What to do first; behind it what comes next, and how much there is for whom. One line where there is nothing."""
    _ = n.words
    if result.actions.empty:
        return [findings(_("No action is proposed this month."))]
    doable = result.actions[result.actions["within"].astype(bool)]
    if len(result.owners) > 1:
        doable = doable.head(settings.actions_shown)
    first, rest = doable.head(_FIRST), doable.iloc[_FIRST:]
    shown: list[Table | Findings] = [first_table(result, first, n)]
    if len(rest):
        shown.append(behind(_table(result, rest, _next(len(rest), n), n)))
    return [*shown, behind(owners_table(result, n))] if len(result.owners) > 1 else shown


def first_table(result: ActionList, first: pd.DataFrame, n: Numbers) -> Table:
    """The few actions that most hangs on: a customer, one thing to do, why, for how much, by whom and when."""
    _ = n.words
    whole = len(result.actions)
    caption = _("{n} of {all} customers to see to", n=n.count(len(first)), all=n.count(whole))
    return _table(result, first, caption, n, _formula(result, n))


def _next(rows: int, n: Numbers) -> str:
    return n.words.ngettext("The next {n}; actions.xlsx has all", "The next {n}; actions.xlsx has all", rows)


def _table(result: ActionList, chosen: pd.DataFrame, caption: str, n: Numbers, note: str = "") -> Table:
    _, shown = n.words, result.worded(chosen)
    frame = shown.assign(
        what=[kind_label(kinds[0], _) for kinds in shown["kinds"]],
        why=[_why(reasons) for reasons in shown["reasons"]],
        owner=called(shown, "salesperson_id", "salesperson_name"),
        due=[n.date(day) for day in shown["due_date"]],
        customer=called(shown),
    )
    columns = {
        **measures(n, "customer"),
        "what": Column(_("What to do")),
        **measures(n, "why"),
        "value_amount": Column(_worth_in_unit(result, n), n.count),
        "owner": Column(_("Salesperson")),
        "due": Column(_("Due")),
    }
    if len(result.owners) < 2:
        del columns["owner"]
    return table(frame, columns, caption, sortable=False, cards=True, note=note)


def worth_heading(result: ActionList, n: Numbers) -> str:
    """Name the one unit of all actions, at the head of a column."""
    _ = n.words
    return (
        _("Margin a year, {currency}", currency=n.currency)
        if result.unit == "margin"
        else _("Net sales a year, {currency}", currency=n.currency)
    )


def _worth_in_unit(result: ActionList, n: Numbers) -> str:
    """The same head without the currency, where a table says the unit of amounts itself."""
    if n.amounts_in is None:
        return worth_heading(result, n)
    return n.words("Margin a year") if result.unit == "margin" else n.words("Net sales a year")


def _formula(result: ActionList, n: Numbers) -> str:
    _ = n.words
    if result.unit == "margin":
        return _(
            "Margin a year that is expected to be kept or won: last year's margin × the probability of leaving; what "
            "can be won × margin rate × the probability of staying; of unpaid money what is likely to be lost."
        )
    return _(
        "Net sales a year that are expected to be kept or won: last year's × the probability of leaving; what can be "
        "won × the probability of staying; of unpaid money what is likely to be lost."
    )


def _why(reasons: tuple[str, ...]) -> str:
    """Write the reason of the one thing to do; `actions.xlsx` has all."""
    # Subjects write their reasons with or without a full stop, some from a small letter on.
    text = reasons[0].rstrip(".。") if reasons else ""
    return text[:1].upper() + text[1:]


def owners_table(result: ActionList, n: Numbers) -> Table:
    """How many customers each salesperson should see to, and how many beyond what one person can do."""
    _ = n.words
    shown = largest(result.owners, result.owners["value_amount"])
    named = called(shown, "salesperson_id", "salesperson_name")
    frame = shown.assign(owner=named.where(named.notna(), _("Nobody")))
    columns = {
        "owner": Column(_("Salesperson")),
        "listed": Column(_("Customers to see to"), n.count),
        "value_amount": Column(_worth_in_unit(result, n), n.count, bar=True),
        "more": Column(_("More than one can do"), n.count),
    }
    caption = _("Customers to see to, at most {limit} a salesperson", limit=result.limit)
    sums = {"owner": _("Total"), **{name: result.owners[name].sum() for name in ("listed", "more")}}
    return first_of(len(result.owners), frame, columns, caption, n, cut="people", total=sums, sortable=False)
