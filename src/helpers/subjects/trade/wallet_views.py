"""Views of share of wallet 客户内占有率: purchases elsewhere, and their uncertainty."""

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.trade.wallet import Wallet

PAGE = "06_trade_performance"
#: Number of customers in the chart.
_DRAWN = 10
#: Days after the month end until a talk about growth is due.
GROW_DAYS = 60


def method_label(method: str, _: Words) -> str:
    """Return the label of a kind of evidence."""
    return {
        "accounts": _("its accounts"), "commitment": _("its stated order volume"), "plan": _("its purchase plan"),
        "stated": _("asked"), "stock_turnover": _("from its stock and turnover"), "resale": _("from its own sales"),
        "third_party": _("told by third parties"),
    }.get(method, method)  # fmt: skip


def wallet(result: Wallet | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return shares of wallet, contradictions and quality of evidence; else a sentence on what is missing."""
    _ = n.words
    if result is None:
        return [
            needs_data(
                _("Share of wallet needs the table wallet_evidence: what customers buy from everyone.")
            )
        ]
    if result.customers.empty:
        return [findings(_("There is no usable evidence of what these customers buy from everyone."))]
    return [
        wallet_findings(result, n),
        *room_chart(result, n),
        behind(room_table(result, n)),
        behind(contradiction_table(result, n)),
        behind(kinds_table(result, n)),
    ]


def still_buying(result: Wallet) -> pd.DataFrame:
    """Return the customers that still buy; winning back the others is another matter."""
    return result.customers[result.customers["own_amount"] > 0]


def wallet_findings(result: Wallet, n: Numbers) -> Findings:
    """Return the customers' overall share bought here, and the remaining room."""
    _ = n.words
    rows = still_buying(result)
    scaled = abs(result.scale - 1) >= 0.05 and n.words(
        "How sure these estimates are follows from how far evidence about the same customer disagrees: "
        "{factor} times what was assumed.", factor=n.decimal(result.scale, 2),
    )  # fmt: skip
    unknown = result.without and n.words.ngettext(
        "Of {n} buying customer nothing usable is known.", "Of {n} buying customers nothing usable is known.",
        result.without,
    )  # fmt: skip
    return findings(_overall(rows, n), _largest(rows, n), _lost_sentence(result, n), unknown, scaled)


def _overall(rows: pd.DataFrame, n: Numbers) -> str | None:
    if rows.empty:
        return None
    return n.words.ngettext(
        "{n} buying customer with evidence buys {wallet} a year from everyone, {share} of it here; {room} is left.",
        "{n} buying customers with evidence buy {wallet} a year from everyone, {share} of it here; {room} is left.",
        len(rows), wallet=n.money_short(rows["wallet_amount"].sum()),
        share=n.percent(rows["own_amount"].sum() / rows["wallet_amount"].sum()),
        room=n.money_short(rows["room_amount"].sum()),
    )  # fmt: skip


def _largest(rows: pd.DataFrame, n: Numbers) -> str | None:
    if rows.empty or not rows["room_amount"].iloc[0] > 0:
        return None
    row = rows.iloc[0]
    return n.words(
        "Most room is at {customer}: it buys {share} of its needs here, between {low} and {high} a year are left.",
        customer=display_names(rows).iloc[0], share=n.percent(row["share"], 0),
        low=n.money_short(row["room_low_amount"]), high=n.money_short(row["room_high_amount"]),
    )  # fmt: skip


def _lost_sentence(result: Wallet, n: Numbers) -> str | None:
    gone = result.customers[~(result.customers["own_amount"] > 0)]
    if gone.empty:
        return None
    return n.words.ngettext(
        "{n} customer with evidence bought nothing here in the last 12 months; its {room} is no room to grow but to win"
        " back.",
        "{n} customers with evidence bought nothing here in the last 12 months; their {room} is no room to grow but to"
        " win back.",
        len(gone), room=n.money_short(gone["wallet_amount"].sum()),
    )  # fmt: skip


def room_chart(result: Wallet, n: Numbers) -> list[Chart]:
    """Draw the lower bound of room of the customers with the most room; nothing if all are 0."""
    _, rows = n.words, still_buying(result)
    rows = rows[rows["room_low_amount"] > 0].nlargest(_DRAWN, "room_low_amount")
    if rows.empty:
        return []
    frame = rows.assign(
        label=display_names(rows),
        note=[_("buys {share} of its needs here", share=n.percent(share, 0)) for share in rows["share"]],
    )
    title = _("{customer} buys at least {room} more a year elsewhere",
              customer=frame["label"].iloc[0], room=n.money_short(frame["room_low_amount"].iloc[0]))  # fmt: skip
    alt = _.pairs(frame["label"], map(n.money_short, frame["room_low_amount"]))
    return [share_bars(frame, title=title, alt=alt, fmt=n.money_short, value="room_low_amount", note="note")]


def room_table(result: Wallet, n: Numbers) -> Table:
    """List the room to grow with its interval and evidence."""
    _ = n.words
    rows = still_buying(result)
    shown = rows.head(MAX_ROWS)
    marks = {"evidence": _("evidence disagrees"), "own_sales": _("we sell more")}
    shown = shown.assign(
        best=[method_label(method, _) for method in shown["best_method"]],
        mark=shown["contradiction"].map(marks).fillna("").astype("object"),
    )
    columns = {
        **measures(n, "customer"),
        "room_amount": Column(_("Room to grow"), n.short, bar=True),
        "room_low_amount": Column(_("at least"), n.short),
        "room_high_amount": Column(_("at most"), n.short),
        "own_amount": Column(_("Bought here"), n.short),
        "wallet_amount": Column(_("Bought from everyone"), n.short),
        "share": Column(_("Share of wallet"), n.percent),
        "share_low": Column(_("at least"), n.percent),
        "share_high": Column(_("at most"), n.percent),
        "best": Column(_("Best evidence")),
        "pieces": Column(_("Pieces"), n.count),
        "mark": Column(_("Contradiction")),
    }
    caption = _("Room to grow a year at customers who buy, in {currency}", currency=n.currency)
    empty = _("None of the customers with evidence bought anything in the last 12 months.")
    return truncated_table(len(rows), shown, columns, caption, n, empty=empty)


def contradiction_table(result: Wallet, n: Numbers) -> Table:
    """List contradicting evidence, and own sales above the interval."""
    _ = n.words
    odd = result.customers[result.customers["contradiction"].notna()]
    pieces = result.evidence[result.evidence["used"]].merge(
        odd[["customer_id", "name", "evidence_amount", "own_amount", "contradiction"]], on="customer_id"
    )
    rows = pieces.head(MAX_ROWS)
    shown = rows.assign(kind=[method_label(method, _) for method in rows["method"]])
    columns = {
        **measures(n, "customer"),
        "kind": Column(_("Evidence")),
        "as_of": Column(_("As of"), n.date),
        "annual_purchases": Column(_("Says"), n.count),
        "evidence_amount": Column(_("All evidence together"), n.count),
        "off": Column(_("Off by"), n.signed_percent),
        "own_amount": Column(_("Bought here"), n.count),
    }
    caption = _(
        "Evidence that disagrees with itself or with our own sales, in {currency}", currency=n.currency
    )
    empty = _("No evidence contradicts other evidence or our own sales.")
    return truncated_table(len(pieces), shown, columns, caption, n, cut="pieces", empty=empty, sortable=False)


def kinds_table(result: Wallet, n: Numbers) -> Table:
    """List the kinds of evidence by quality, with counts and weights."""
    _ = n.words
    pieces = result.evidence
    by = pieces.assign(quality=pieces["quality"].fillna(99)).groupby(["quality", "method"], sort=True)
    rows = by.agg(
        all=("used", "size"), used=("used", "sum"), error=("error", "median"), age=("age_years", "median")
    )
    rows = rows.reset_index()
    rows = rows.assign(
        kind=[method_label(method, _) for method in rows["method"]],
        quality=rows["quality"].replace(99, float("nan")),
    )
    columns = {
        "kind": Column(_("Evidence")),
        "quality": Column(_("Quality, 1 is best"), n.count),
        "all": Column(_("Pieces"), n.count),
        "used": Column(_("Pieces used"), n.count),
        "age": Column(_("Age in years (median)"), n.decimal),
        "error": Column(_("Taken to be off by"), n.percent),
    }
    return table(rows, columns, _("Kinds of evidence, the best first"))


def weighed_findings(result: Wallet, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: the room to grow, weighed by the winnable part of a year."""
    rows = still_buying(result)
    return weighed(PAGE, (_largest(rows, n), likely.winnable * rows["room_amount"].max()))


def proposed_actions(result: Wallet, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to grow if even the lower bound leaves room; valued by the winnable part."""
    sure = still_buying(result)
    sure = sure[(sure["room_low_amount"] > 0) & sure["contradiction"].isna()]
    columns = sure[["customer_id", "share", "best_method", "room_low_amount"]]
    can_be_won, due = likely.winnable * sure["room_low_amount"], due_day(result.month, GROW_DAYS, n)
    return propose(columns, "grow", can_be_won, due, _reason, n)


def _reason(row: Row, n: Numbers) -> str:
    _ = n.words
    return _("Buys about {share} of its needs here ({evidence}); at least {room} a year is left.",
             share=n.percent(row["share"], 0), evidence=method_label(row["best_method"], _),
             room=n.money_short(row["room_low_amount"]))  # fmt: skip
