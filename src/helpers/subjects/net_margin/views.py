"""Views of net margin: from list price to contribution, negative customers, and the cost of growth."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from helpers.core.periods import trailing
from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.chart import Chart
from helpers.present.charts.waterfall import change_waterfall
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.labels import dimension_heading
from helpers.present.name_lists import MAX_ROWS, measures, table_with_others, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind
from helpers.present.words import Words
from helpers.subjects.net_margin.net_margin import CHARGES, NetMargin, what_would_turn

PAGE = "10_rebates_and_margin"
#: Days after the month end until a talk with a customer of negative contribution is due.
_DUE_DAYS = 30
#: Number of months without a row in the table of costs that are named.
_GAPS_NAMED = 6


def charge_label(name: str, _: Words) -> str:
    """Return the label of a charge on the margin."""
    return {
        "rebate": _("Rebates"), "freight": _("Freight"), "handling": _("Handling"), "visit": _("Visit costs"),
        "finance": _("Finance cost of terms"), "other": _("Other service"),
    }[name]  # fmt: skip


def net_margin(
    result: NetMargin | None, n: Numbers, by: str = "trade_class"
) -> list[Chart | Table | Findings]:
    """Return the steps from list price to contribution; None if no cost of goods is known."""
    _ = n.words
    if result is None:
        return [needs_data(_("Net margin needs order_lines.cost_amount: what the goods cost."))]
    cuts = [cut_table(result, by, n), behind(_product_table(result, n))]
    return [margin_findings(result, n), *_ways(result, n), *(each for each in cuts if each.row_count > 1)]


def margin_findings(result: NetMargin, n: Numbers) -> Findings:
    """Return what is left of sales, and which costs are not included."""
    _ = n.words
    net, margin, left = (result.total(f"{name}_amount") for name in ("net", "margin", "contribution"))
    share = n.percent(left / net) if net > 0 else n.percent(float("nan"))
    texts = {"margin": n.money_short(margin), "left": n.money_short(left), "share": share}
    first = _("Of {margin} gross margin {left} is left, {share} of net sales.", **texts)
    if not result.counted:
        first = _("Gross margin is {margin}, {share} of net sales.", **texts)
    elif margin <= 0 or left < 0:  # of a loss nothing is left
        first = _(
            "Gross margin is {margin}; with rebates and service it is {left}, {share} of net sales.", **texts
        )
    unknown = result.total("uncosted_amount")
    uncosted = _(
        "{amount} of net sales has no cost: no margin is counted of it.", amount=n.money_short(unknown)
    )
    ruled = [charge_label(name, _) for name in result.by_rule if name not in result.in_table]
    rule = _("Counted by a rule, not booked: {names}.", names=_.listed(ruled)) if ruled else None
    absent = not_counted(result.counted, _)
    return findings(first, uncosted if unknown else None, rule, *_partly(result, n), absent)


def not_counted(counted: Sequence[str], _: Words) -> str | None:
    """Return which rebates and costs are not known, and what they need; None if all are known."""
    missing = [charge_label(name, _) for name in CHARGES if name not in counted and name != "other"]
    return _("Not counted: {names}; they need the tables rebate_agreements or costs, or [costs] in the settings.",
             names=_.listed(missing)) if missing else None  # fmt: skip


def _partly(result: NetMargin, n: Numbers) -> list[str]:
    """Return the kinds of cost that the table has for some of the window's months, and what the others use."""
    _, sentences = n.words, []
    for kind, months in result.gaps.items():
        named = [n.month(month) for month in months[:_GAPS_NAMED]]
        sentences.append(
            _.ngettext(
                "{name}: of {n} month in between the table has no row, so that nothing is counted of it: {months}.",
                "{name}: of {n} months in between the table has no row, so that nothing is counted of them: {months}.",
                len(months), name=charge_label(kind, _),
                months=_.listed(named) if len(months) <= _GAPS_NAMED else _.listed(named) + " …",
            )
        )  # fmt: skip
    for kind, span in result.in_table.items():
        if kind in result.by_rule:
            sentences.append(
                _(
                    "{name}: of {first} to {last} from the table, of the other months by rule of the settings.",
                    name=charge_label(kind, _), first=n.month(span.first), last=n.month(span.last),
                )
            )  # fmt: skip
        elif span != trailing(result.month, result.window_months):
            sentences.append(counted_partly(kind, span.first, span.last, n))
    return sentences


def counted_partly(kind: str, first: pd.Period, last: pd.Period, n: Numbers) -> str:
    """Return which months the table has of a kind of cost without a rule."""
    return n.words(
        "{name}: the table has {first} to {last}; nothing is counted of the other months.",
        name=charge_label(kind, n.words), first=n.month(first), last=n.month(last),
    )  # fmt: skip


def _ways(result: NetMargin, n: Numbers) -> list[Chart]:
    """Draw the steps to gross margin, and apart, as they are small, those to contribution if any cost is known."""
    _ = n.words
    list_amount, margin, left = (
        result.total(f"{name}_amount") for name in ("list", "margin", "contribution")
    )
    to_margin = [
        (_("List price"), list_amount, "total"),
        (_("Discount"), -result.total("discount_amount"), "step"),
        (_("Returns and credits"), -result.total("returns_amount"), "step"),
        (_("Net sales"), result.total("net_amount"), "total"),
        (_("Cost of goods"), -result.total("cost_amount"), "step"),
        (_("Cost not known"), -result.total("uncosted_amount"), "step"),
        (_("Gross margin"), margin, "total"),
    ]
    to_left = [
        (_("Gross margin"), margin, "total"),
        *((charge_label(name, _), -result.total(f"{name}_amount"), "step") for name in result.counted),
        (_("Contribution"), left, "total"),
    ]
    titles = (_("From list price to gross margin"), _("From gross margin to contribution"))
    if list_amount > 0 and margin > 0 and left >= 0:
        titles = (
            _("Of 100 at list price {margin} is gross margin", margin=n.decimal(100 * margin / list_amount)),
            _(
                "Of the same 100, {left} is left after rebates and service",
                left=n.decimal(100 * left / list_amount),
            ),
        )
    return [
        change_waterfall([row for row in rows if row[2] == "total" or row[1]], title, n)
        for rows, title in zip((to_margin, to_left) if result.counted else (to_margin,), titles, strict=False)
    ]


def _columns(result: NetMargin, n: Numbers, label: str) -> dict[str, Column]:
    _ = n.words
    charged = {"charged_amount": Column(_("Rebates and service"), n.count)} if result.counted else {}
    return {
        "label": Column(label),
        **measures(n, "net_amount"),
        "margin_amount": Column(_("Gross margin"), n.count),
        **charged,
        "contribution_amount": Column(_("Contribution"), n.count, bar=True),
        "left": Column(_("Of net sales"), n.percent),
    }


def _contribution_chart(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        charged_amount=rows["margin_amount"] - rows["contribution_amount"],
        left=rows["contribution_amount"] / rows["net_amount"].where(rows["net_amount"] > 0),
    )


def cut_table(result: NetMargin, by: str, n: Numbers) -> Table:
    """List contribution by a column of the customers, such as trade_class, with the total."""
    _ = n.words
    rows = _contribution_chart(result.cut(by)).sort_values(
        "contribution_amount", ascending=False, ignore_index=True
    )
    heading = _("Salesperson") if by == "salesperson_name" else dimension_heading(by, _)
    return _cut(result, rows, heading, _("not known"), n)


def _product_table(result: NetMargin, n: Numbers) -> Table:
    _ = n.words
    rows = _contribution_chart(result.products).sort_values(
        "contribution_amount", ascending=False, ignore_index=True
    )
    return _cut(result, rows, _("Product category"), _("without product"), n)


def _cut(result: NetMargin, rows: pd.DataFrame, heading: str, nameless: str, n: Numbers) -> Table:
    _ = n.words
    rows = rows.assign(
        label=rows["group"].astype("object").where(rows["group"].notna(), nameless).map(_.value)
    )
    names = ("net_amount", "margin_amount", "charged_amount", "contribution_amount")
    total: dict[Any, Any] = {
        "label": _("Total"),
        **{name: round(float(rows[name].sum()), 2) for name in names},
    }
    total["left"] = total["contribution_amount"] / total["net_amount"] if total["net_amount"] > 0 else None
    caption = _("{what}: contribution in {currency}", what=heading, currency=n.currency)
    columns = _columns(result, n, heading)
    return table_with_others(rows, columns, caption, n, by="contribution_amount", adds_up=names, total=total)


def negative(result: NetMargin | None, n: Numbers) -> list[Chart | Table | Findings]:
    """List customers with negative contribution, with single changes that would bring it to zero."""
    _ = n.words
    if result is None:
        return net_margin(result, n)
    rows = _negative_customers(result)
    rows, idle = rows[rows["net_amount"] > 0], rows[rows["net_amount"] <= 0]
    unsold = _.ngettext(
        "{n} more bought nothing and cost {amount}.", "{n} more bought nothing and cost {amount}.",
        len(idle), amount=n.money_short(-idle["contribution_amount"].sum()),
    ) if len(idle) else None  # fmt: skip
    without_cost = _without_cost(result, n)
    if rows.empty:
        every = None if without_cost else _("Every customer that bought brings more than it costs.")
        return [findings(every, without_cost, unsold)]
    sentence = _.ngettext(
        "{n} customer costs {amount} more than it brings.", "{n} customers cost {amount} more than they bring.",
        len(rows), amount=n.money_short(-rows["contribution_amount"].sum()),
    )  # fmt: skip
    shown = rows.head(MAX_ROWS)
    turns = [turn_words(row, n, result.window_months) or None for row in shown.to_dict("records")]
    shown = shown.assign(
        turn=pd.Series(turns, shown.index, dtype="object"),
        served=shown["margin_amount"] - shown["contribution_amount"],
    )
    columns = {
        **measures(n, "customer", "net_amount"),
        "margin_amount": Column(_("Gross margin"), n.count),
        **({"served": Column(_("Rebates and service"), n.count)} if result.counted else {}),
        "contribution_amount": Column(_("Contribution"), n.signed_count),
        "turn": Column(_("What alone would turn it")),
    }
    caption = _("Who costs more than it brings, in {currency}", currency=n.currency)
    return [
        findings(sentence, without_cost, unsold),
        truncated_table(len(rows), shown, columns, caption, n, cut="smaller_apart", cards=True),
    ]


def _negative_customers(result: NetMargin) -> pd.DataFrame:
    """Return customers with negative contribution even if goods without a cost were free, lowest first."""
    table = result.customers.dropna(subset="customer_id")
    below = table[table["contribution_amount"] + table["uncosted_amount"].clip(lower=0) < 0]
    return below.sort_values(["contribution_amount", "customer_id"], ignore_index=True)


def _without_cost(result: NetMargin, n: Numbers) -> str | None:
    """Return how many contributions are unknown because goods have no cost; None if none is."""
    table = result.customers.dropna(subset="customer_id")
    count = int((table["contribution_amount"] < 0).sum()) - len(_negative_customers(result))
    return n.words.ngettext(
        "Whether {n} customer brings more than it costs cannot be told: part of what it bought has no cost.",
        "Whether {n} customers bring more than they cost cannot be told: part of what they bought has no cost.",
        count,
    ) if count else None  # fmt: skip


def turn_words(row: Row, n: Numbers, window_months: int = 12) -> str:
    """Return the single changes that would bring a contribution to zero as text; empty without any."""
    _ = n.words
    turn = what_would_turn(
        {str(name): value for name, value in row.items()}, 12 * window_months / n.year.length
    )
    orders = row["net_amount"] / row["orders"] if row["orders"] else float("nan")
    texts = {
        "days_sooner": lambda days: _("paid {days} days sooner", days=n.decimal(days, 0)),
        "order_amount": lambda amount: _(
            "orders of {amount} instead of {now}", amount=n.money_short(amount), now=n.money_short(orders)
        ),
        "fewer_visits": lambda visits: _.ngettext("{n} fewer visit", "{n} fewer visits", int(visits)),
        "price_rise": lambda share: _("prices {share} higher", share=n.percent(share)),
    }
    return _.clauses(texts[name](value) for name, value in turn.items())


def growth(result: NetMargin | None, n: Numbers) -> list[Table | Findings]:
    """List customers with growing sales and a falling rest, with the causes; nothing if there are none."""
    _ = n.words
    if result is None or result.grown.empty:
        return []
    rows = result.grown
    columns = {
        **measures(n, "customer"),
        "change_amount": Column(_("Change of net sales"), n.signed_count),
        "margin_change_amount": Column(_("Change of margin"), n.signed_count),
        "price_amount": Column(_("Higher discount"), n.signed_count),
        "rebate_amount": Column(_("Higher rebate"), n.signed_count),
        "terms_amount": Column(_("Longer terms"), n.signed_count),
    }
    caption = _(
        "Growth that was bought: more sales, less margin than a year before, in {currency}",
        currency=n.currency,
    )
    return [
        truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, cut="smaller_apart", cards=True)
    ]


def weighed_findings(result: NetMargin, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: customers with negative contribution."""
    rows = _negative_customers(result)
    rows = rows[rows["net_amount"] > 0]
    if rows.empty:
        return []
    sentence = negative(result, n)[0]
    assert isinstance(sentence, Findings)
    return weighed(PAGE, (sentence.sentences[0], -rows["contribution_amount"].sum()))


def proposed_actions(result: NetMargin, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose a talk with customers of negative contribution, valued by the loss."""
    rows = _negative_customers(result)
    rows = rows[rows["net_amount"] > 0]
    loss = -rows["contribution_amount"]
    return propose(
        rows, "visit", loss, due_day(result.month, _DUE_DAYS, n), partial(_reason, months=result.window_months), n,
        "margin", ("loss", loss),
    )  # fmt: skip


def _reason(row: Row, n: Numbers, months: int) -> str:
    _, amount, turn = n.words, n.money_short(-row["contribution_amount"]), turn_words(row, n, months)
    if not turn:
        return _("It costs {amount} more than it brings.", amount=amount)
    return _(
        "It costs {amount} more than it brings. What alone would turn it: {turn}.", amount=amount, turn=turn
    )
