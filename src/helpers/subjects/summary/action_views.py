"""Views of the action list: who should be contacted, why, by whom and by when."""

import pandas as pd

from helpers.present.actions import amount_labels, kind_label
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names, largest, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.settings.report import FrontPage
from helpers.subjects.summary.action_list import ActionList

#: Number of actions on the first screen.
_FIRST = 5


def action_tables(result: ActionList, settings: FrontPage, n: Numbers) -> list[Table | Findings]:
    """Return the first actions, then the next ones and owners collapsed; a sentence if there are none."""
    _ = n.words
    if result.actions.empty:
        return [findings(_("No action is proposed this month."))]
    doable = result.actions[result.actions["within"].astype(bool)]
    if len(result.owners) > 1:
        doable = doable.head(settings.actions_shown)
    first, rest = doable.head(_FIRST), doable.iloc[_FIRST:]
    shown: list[Table | Findings] = [first_table(result, first, n)]
    if len(rest):
        shown.append(behind(_table(result, result.worded(rest), _next(len(rest), n), n)))
    return [*shown, behind(owners_table(result, n))] if len(result.owners) > 1 else shown


def first_table(result: ActionList, first: pd.DataFrame, n: Numbers) -> Table:
    """List the most valuable actions: customer, kind, reason, value, owner and due date.

    The customers behind a missed plan come first.
    """
    _, shown = n.words, result.worded(first)
    calls = int((shown["measure"] == "missing").sum())
    # As many as people can see to: beyond it stand proposals worth next to nothing, a row for nearly everybody.
    listed = n.count(result.owners["listed"].sum())
    caption = (
        _.ngettext(
            "{all} customers to see to, first the one behind the missed plan",
            "{all} customers to see to, first the {n} behind the missed plan",
            calls, all=listed,
        )
        if calls
        else _("{n} of {all} customers to see to", n=n.count(len(first)), all=listed)
    )  # fmt: skip
    formula = _formula(result, n)
    if calls:
        formula = _("Calls come first, by what is missing. {formula}", formula=formula)
    return _table(result, shown, caption, n, formula)


def _next(rows: int, n: Numbers) -> str:
    return n.words.ngettext("The next {n}; actions.xlsx has all", "The next {n}; actions.xlsx has all", rows)


def _table(result: ActionList, shown: pd.DataFrame, caption: str, n: Numbers, note: str = "") -> Table:
    """List actions from `ActionList.worded`, grouped by measure."""
    _, measured = n.words, list(dict.fromkeys(shown["measure"]))
    says = amount_labels(result.unit, _)
    shown = shown.sort_values("measure", key=lambda each: each.map(measured.index), kind="stable")
    frame = shown.assign(
        what=[kind_label(kinds[0], _) for kinds in shown["kinds"]],
        why=[_why(reasons) for reasons in shown["reasons"]],
        told=[
            says[measure].format(amount=n.money_short(amount))
            for measure, amount in zip(shown["measure"], shown["shown_amount"], strict=True)
        ],
        owner=display_names(shown, "salesperson_id", "salesperson_name"),
        due=[n.date(day) for day in shown["due_date"]],
        customer=display_names(shown),
    )
    columns = {
        **measures(n, "customer"),
        "what": Column(_("What to do")),
        **measures(n, "why"),
        "told": Column(_("How much")),
        "shown_amount": Column(_("Amount") if n.amounts_in else told_heading(n), n.count, listed=False),
        "owner": Column(_("Salesperson")),
        "due": Column(_("Due")),
    }
    if len(result.owners) < 2:
        del columns["owner"]
    return table(frame, columns, caption, sortable=False, cards=True, note=note)


def told_heading(n: Numbers) -> str:
    """Return the heading of a column whose rows have different measures."""
    return n.words("Amount, {currency}", currency=n.currency)


def _formula(result: ActionList, n: Numbers) -> str:
    _ = n.words
    if result.unit == "margin":
        return _(
            "Ranked by the margin that is expected to be kept or won: last year's × the probability of leaving; what "
            "can be won × the probability of staying; of a debt what is likely to be lost."
        )
    return _(
        "Ranked by the net sales that are expected to be kept or won: last year's × the probability of leaving; what "
        "can be won × the probability of staying; of a debt what is likely to be lost."
    )


def _why(reasons: tuple[str, ...]) -> str:
    """Return the main reason; `actions.xlsx` has all."""
    # Subjects write their reasons with or without a full stop, some from a small letter on.
    text = reasons[0].rstrip(".。") if reasons else ""
    return text[:1].upper() + text[1:]


def owners_table(result: ActionList, n: Numbers) -> Table:
    """List how many customers each salesperson should see to, and how many are beyond capacity."""
    _ = n.words
    shown = largest(result.owners, result.owners["value_amount"])
    named = display_names(shown, "salesperson_id", "salesperson_name")
    frame = shown.assign(owner=named.where(named.notna(), _("Nobody")))
    columns = {
        "owner": Column(_("Salesperson")),
        "listed": Column(_("Customers to see to"), n.count),
        "value_amount": Column(
            _("To be kept or won")
            if n.amounts_in
            else _("To be kept or won, {currency}", currency=n.currency),
            n.count,
            bar=True,
        ),
        "more": Column(_("More than one can do"), n.count),
    }
    caption = _("Customers to see to, at most {limit} a salesperson", limit=result.limit)
    sums = {"owner": _("Total"), **{name: result.owners[name].sum() for name in ("listed", "more")}}
    return truncated_table(
        len(result.owners), frame, columns, caption, n, cut="people", total=sums, sortable=False
    )
