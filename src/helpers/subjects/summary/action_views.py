"""The action list for readers: who should be seen to, why, by whom and by when."""

from __future__ import annotations

from helpers.present.actions import kind_label
from helpers.present.findings import Findings, findings
from helpers.present.measures import measures
from helpers.present.name_lists import called, first_of, largest
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.settings.report.front_page import FrontPage
from helpers.subjects.summary.action_list import ActionList

#: More reasons than this are counted, not written.
_MOST_REASONS = 2


def action_tables(result: ActionList, settings: FrontPage, n: Numbers) -> list[Table | Findings]:
    """What to do first, and how much there is for whom; one line where there is nothing."""
    _ = n.words
    if result.actions.empty:
        return [findings(_("No action is proposed this month."))]
    shown: list[Table | Findings] = [list_table(result, settings, n)]
    return [*shown, owners_table(result, n)] if len(result.owners) > 1 else shown


def list_table(result: ActionList, settings: FrontPage, n: Numbers) -> Table:
    """One row a customer, the most at stake first; what one person cannot do is counted in the caption."""
    _ = n.words
    several = len(result.owners) > 1
    doable = result.actions[result.actions["within"].astype(bool)]
    shown = result.worded(doable.head(settings.actions_shown) if several else doable)
    frame = shown.assign(
        what=[_.listed(kind_label(kind, _) for kind in kinds) for kinds in shown["kinds"]],
        why=[
            _why(reasons, len(kinds), n)
            for reasons, kinds in zip(shown["reasons"], shown["kinds"], strict=True)
        ],
        owner=called(shown, "salesperson_id", "salesperson_name"),
        due=[n.date(day) for day in shown["due_date"]],
    )
    columns = {
        **measures(n, "customer"),
        "what": Column(_("What to do")),
        **measures(n, "why"),
        "value_amount": Column(_("At stake in a year"), n.count),
        "owner": Column(_("Salesperson")),
        "due": Column(_("Due")),
    }
    if not several:
        del columns["owner"]
    caption = _("What to do, the most at stake first, in {currency}", currency=n.currency)
    empty = _("No action is proposed this month.")
    return first_of(len(result.actions), frame, columns, caption, n, empty=empty, sortable=False, cards=True)


def _why(reasons: tuple[str, ...], kinds: int, n: Numbers) -> str:
    """Write the reasons for different things to do; what else speaks for the same is counted."""
    most = min(_MOST_REASONS, kinds)
    # Subjects write their reasons with or without a full stop; here they are parts of one sentence.
    text = n.words.clauses(reason.rstrip(".。") for reason in reasons[:most])
    text = text[:1].upper() + text[1:]
    more = len(reasons) - most
    if more <= 0:
        return text
    return n.words.ngettext("{text}; {n} more reason", "{text}; {n} more reasons", more, text=text)


def owners_table(result: ActionList, n: Numbers) -> Table:
    """How many customers each salesperson should see to, and how many beyond what one person can do."""
    _ = n.words
    shown = largest(result.owners, result.owners["value_amount"])
    named = called(shown, "salesperson_id", "salesperson_name")
    frame = shown.assign(owner=named.where(named.notna(), _("Nobody")))
    columns = {
        "owner": Column(_("Salesperson")),
        "listed": Column(_("Customers to see to"), n.count),
        "value_amount": Column(_("At stake in a year"), n.count, bar=True),
        "more": Column(_("More than one can do"), n.count),
    }
    caption = _(
        "Customers to see to, at most {limit} a salesperson, in {currency}",
        limit=result.limit, currency=n.currency,
    )  # fmt: skip
    sums = {"owner": _("Total"), **{name: result.owners[name].sum() for name in ("listed", "more")}}
    return first_of(len(result.owners), frame, columns, caption, n, cut="people", total=sums, sortable=False)
