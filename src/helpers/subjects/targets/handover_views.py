"""Views of customers that changed owners."""

import pandas as pd

from helpers.core.amounts import total
from helpers.core.scope import COMPANY, Scope
from helpers.present.findings import Findings, findings, needs_data
from helpers.present.name_lists import (
    MAX_ROWS,
    display_names,
    largest,
    measures,
    table_with_others,
    truncated_table,
)
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind
from helpers.subjects.targets.handover import Handover, change_percent


def handover(result: Handover | None, scope: Scope, n: Numbers) -> list[Findings | Table]:
    """Return sales of inherited customers before and since, the list, and sales by seller and by owner.

    Only the company's report names the former owners.
    """
    _ = n.words
    if result is None:
        return [needs_data(_("The data do not reach back far enough to tell who owned customers before."))]
    if result.customers.empty:
        return [
            findings(
                _("No customer has another owner than {months} months ago.", months=result.window_months)
            ),
            *sellers_table(result, n),
        ]
    shown: list[Findings | Table] = [handover_findings(result, n)]
    if scope.kind != "salesperson":
        shown.append(people_table(result, n))
    return [
        *shown,
        behind(customers_table(result, n, with_owners=scope == COMPANY)),
        *sellers_table(result, n),
    ]


def handover_findings(result: Handover, n: Numbers) -> Findings:
    """Return the change of inherited customers, against those who kept their owner."""
    _, rows = n.words, result.customers
    before, now = total(rows["net_amount_previous"]), total(rows["net_amount"])
    sentence = _.ngettext(
        "{n} customer has another owner than {months} months ago: from {before} to {now} ({change}); "
        "customers who kept theirs: {kept}.",
        "{n} customers have another owner than {months} months ago: from {before} to {now} ({change}); "
        "customers who kept theirs: {kept}.",
        len(rows), months=result.window_months, before=n.money_short(before), now=n.money_short(now),
        change=n.change_in_percent(change_percent(rows)), kept=n.change_in_percent(result.kept_change_percent),
    )  # fmt: skip
    lost = rows[rows["lost"]]
    if lost.empty:
        return findings(sentence)
    gone = _.ngettext(
        "{n} of them has bought nothing since, {amount} before.",
        "{n} of them have bought nothing since, {amount} before.",
        len(lost), amount=n.money_short(total(lost["net_amount_previous"])),
    )  # fmt: skip
    return findings(sentence, gone)


def people_table(result: Handover, n: Numbers) -> Table:
    """List the results of those who took over customers."""
    _ = n.words
    people = result.people.assign(name=display_names(result.people, "salesperson_id", "salesperson_name"))
    columns = {
        "name": Column(_("Salesperson")),
        "customers": Column(_("Inherited"), n.count),
        "net_amount_previous": Column(_("Before"), n.count),
        **measures(n, "net_amount"),
        "change_percent": Column(_("Change"), n.change_in_percent),
        "lost": Column(_("Bought nothing since"), n.count),
        "lost_amount": Column(_("Their sales before"), n.count),
    }
    shown = largest(people, people["net_amount_previous"])
    return truncated_table(
        len(people), shown, columns, _caption(result, n), n, cut="people", sortable=True,
        by="net_amount_previous",
    )  # fmt: skip


def customers_table(result: Handover, n: Numbers, *, with_owners: bool) -> Table:
    """List the inherited customers with the largest sales before; ``with_owners`` adds the former owner."""
    _ = n.words
    shown = result.customers.head(MAX_ROWS)
    frame = shown.assign(
        now=display_names(shown, "salesperson_id", "salesperson_name"),
        then=display_names(shown, "then_id", "then_name"),
    )
    columns = {
        **measures(n, "customer"),
        **({"then": Column(_("Owner then"))} if with_owners else {}),
        "now": Column(_("Owner now")),
        "net_amount_previous": Column(_("Before"), n.count),
        **measures(n, "net_amount", "change_amount"),
    }
    caption = _caption(result, n)
    return truncated_table(len(result.customers), frame, columns, caption, n, cut="smaller", sortable=True)


def sellers_table(result: Handover, n: Numbers) -> list[Table]:
    """List sales by seller and by today's owner; nothing if they are equal."""
    _, rows = n.words, result.sellers
    same = [rows[f"sold_{name}"].equals(rows[f"net_{name}"]) for name in ("amount_previous", "amount")]
    if all(same):
        return []
    rows = rows.assign(label=display_names(rows, "salesperson_id", "salesperson_name").fillna(_("Nobody")))
    amounts = ["sold_amount_previous", "sold_amount", "net_amount_previous", "net_amount"]
    totals = {name: total(rows[name]) for name in amounts}
    rows = pd.concat([rows, pd.DataFrame([totals | {"label": _("Total")}])], ignore_index=True)
    for kind in ("sold", "net"):
        before = rows[f"{kind}_amount_previous"]
        rows[f"{kind}_change"] = 100 * (rows[f"{kind}_amount"] / before.where(before > 0) - 1)
    columns = {
        "label": Column(_("Salesperson")),
        "sold_amount_previous": Column(_("Sold, before"), n.count),
        "sold_amount": Column(_("Sold, now"), n.count),
        "sold_change": Column(_("Change"), n.change_in_percent),
        "net_amount_previous": Column(_("Own customers, before"), n.count),
        "net_amount": Column(_("Own customers, now"), n.count),
        "net_change": Column(_("Change"), n.change_in_percent),
    }
    caption = _(
        "By who sold then, and of the customers each owns now: the {months} months to {month} and those before, in "
        "{currency}",
        months=result.window_months, month=n.month(result.month), currency=n.currency,
    )  # fmt: skip
    return [
        behind(
            table_with_others(
                rows.iloc[:-1],
                columns,
                caption,
                n,
                by="net_amount",
                adds_up=amounts,
                total=rows.iloc[-1].to_dict(),
            )
        )
    ]


def _caption(result: Handover, n: Numbers) -> str:
    return n.words(
        "Inherited customers: the {months} months to {month} against those before, in {currency}",
        months=result.window_months, month=n.month(result.month), currency=n.currency,
    )  # fmt: skip
