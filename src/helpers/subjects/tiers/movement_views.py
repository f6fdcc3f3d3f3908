"""Views of tier movement: customers and reasons, stability, and customers that are slipping."""

import numpy as np
import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.lookup import look_up
from helpers.core.proposals import Likelihood
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.labels import money_heading, money_name
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.subjects.churn.state_views import WORRY, state_label
from helpers.subjects.churn.states import BUYER_STATES, CustomerStates
from helpers.subjects.tiers.ranking import TIERS
from helpers.subjects.tiers.tiers import Tiers
from helpers.subjects.tiers.views import group_column, tier_label

PAGE = "02_abc_tiering"

MOST_MOVERS = 200


def movement(result: Tiers, n: Numbers) -> list[Chart | Table | Findings]:
    """Return the matrix, findings and names; a sentence if the data do not reach back."""
    if not result.previous_complete:
        text = n.words(
            "There is no month to compare with: the data do not reach back over the window before."
        )
        return [findings(text)]
    return [movement_chart(result, n), movement_findings(result, n), movers_table(result, n)]


def movement_chart(result: Tiers, n: Numbers) -> Chart:
    """Draw last month's tiers (rows) against this month's (columns)."""
    _ = n.words
    codes = [TIERS.index(tier) for tier in TIERS]
    counts = result.movement.to_numpy()
    ranked = counts[:-1, :-1]
    title = _(
        "Since last month {up} up and {down} down; {came} came into the tiers, {went} dropped out",
        up=n.count(np.tril(ranked, -1).sum()), down=n.count(np.triu(ranked, 1).sum()),
        came=n.count(counts[-1, :-1].sum()), went=n.count(counts[:-1, -1].sum()),
    )  # fmt: skip
    names = [tier_label(TIERS[code], _) for code in codes]
    frame = pd.DataFrame(counts, index=names, columns=names).astype("float64")
    # Customers with nothing in either window are in no tier twice: that is no news.
    frame.iloc[-1, -1] = np.nan
    alt = n.words.clauses(
        _("{count} from {before} to {now}",
          count=n.count(counts[row, column]), before=names[row], now=names[column])
        for row in codes for column in codes if row != column and counts[row, column]
    )  # fmt: skip
    return heat_map(
        frame, title=title, alt=alt or _("Nobody moved."), fmt=n.count,
        row_title=n.month_short(result.month - 1), column_title=n.month_short(result.month),
        outline_diagonal=True,
    )  # fmt: skip


def movers_table(result: Tiers, n: Numbers) -> Table:
    """List all customers whose tier changed, with reasons; the largest changes if there are many."""
    _ = n.words
    movers = result.movers
    chosen = movers["change_amount"].abs().nlargest(MOST_MOVERS).index
    shown = movers.loc[sorted(chosen)]
    frame = shown.assign(
        label=labels.group_labels(shown, _),
        moved=[
            f"{tier_label(before, _)} → {tier_label(now, _)}"
            for before, now in zip(shown["previous_tier"], shown["tier"], strict=True)
        ],
        why=[reason(row, result.window_months, n) for _index, row in shown.iterrows()],
    )
    columns = {
        **measures(n, "customer"),
        "moved": Column(_("Tier")),
        **group_column(result, n),
        "amount": Column(n.month_short(result.month), n.count),
        **measures(n, "change_amount", "why"),
    }
    caption = _(
        "Who changed tier since {month}: {measure} of {months} months, in {currency}",
        month=n.month(result.month - 1), measure=money_name(result.by_margin, _), months=result.window_months,
        currency=n.currency,
    )  # fmt: skip
    return truncated_table(len(movers), frame, columns, caption, n, cut="smaller_changes", by="change_amount",
                    empty=_("Nobody changed tier."))  # fmt: skip


def reason(mover: pd.Series, window_months: int, n: Numbers) -> str:
    """Return why a customer changed tier (a row of `Tiers.movers`) as text."""
    _ = n.words
    entered, left = float(mover["entered_amount"]), float(mover["left_amount"])
    values = {"entered": n.count(abs(entered)), "left": n.count(abs(left)), "months": window_months}
    code = str(mover["reason"])
    if code == "others":
        return _moved_by_others(mover, n)
    if code == "order_entered":
        text = _("one order of {entered} came in", **values)
    elif code == "orders_entered":
        text = _("{count} orders of {entered} came in", count=n.count(mover["entered_orders"]), **values)
    elif code == "order_left":
        text = _("one order of {left} dropped out of the {months} months", **values)
    elif code == "orders_left":
        text = _("{count} orders of {left} dropped out of the {months} months",
                 count=n.count(mover["left_orders"]), **values)  # fmt: skip
    elif code == "returns_entered":
        return _("returns of {entered} this month", **values)
    else:
        return _("returns of {left} dropped out of the {months} months", **values)
    return _with_other_side(text, code, entered, left, n)


def _with_other_side(text: str, code: str, entered: float, left: float, n: Numbers) -> str:
    """Add the opposing effect, so that the change in money adds up."""
    _ = n.words
    if code.endswith("_entered") and left > 0:
        return _("{reason}, {amount} dropped out", reason=text, amount=n.count(left))
    if code.endswith("_left") and entered > 0:
        return _("{reason}, {amount} came in", reason=text, amount=n.count(entered))
    return text


def _moved_by_others(mover: pd.Series, n: Numbers) -> str:
    _ = n.words
    change = float(mover["change_amount"])
    if TIERS.index(str(mover["tier"])) > TIERS.index(str(mover["previous_tier"])):
        return _("others moved past: it grew less than they did") if change > 0 else _("others moved past")
    return _("others fell further back") if change < 0 else _("others fell back")


def movement_findings(result: Tiers, n: Numbers) -> Findings:
    """Return how much moved, how much depends on one order, and the main moves."""
    _ = n.words
    movers = result.movers
    if movers.empty:
        return findings(_("Nobody changed tier since {month}.", month=n.month(result.month - 1)))
    single = int(movers["reason"].isin(["order_entered", "order_left"]).sum())
    others = int((movers["reason"] == "others").sum())
    lead = _(
        "Of {all} changes of tier since {month}, {single} hang on one order alone and {others} come from "
        "others moving.",
        all=n.count(len(movers)), month=n.month(result.month - 1), single=n.count(single),
        others=n.count(others),
    )  # fmt: skip
    return findings(lead, _lost_leaders(result, n), _new_leaders(result, n))


def _lost_leaders(result: Tiers, n: Numbers) -> str | None:
    lost = result.movers[(result.movers["previous_tier"] == "A") & (result.movers["tier"] != "A")]
    if lost.empty:
        return None
    worst = lost.loc[[lost["change_amount"].idxmin()]]
    return n.words.ngettext(
        "{n} customer is no longer A: {customer} ({reason}).",
        "{n} customers are no longer A; the largest fall is that of {customer} ({reason}).",
        len(lost), customer=display_names(worst).iloc[0],
        reason=reason(worst.iloc[0], result.window_months, n),
    )  # fmt: skip


def _new_leaders(result: Tiers, n: Numbers) -> str | None:
    new = result.movers[(result.movers["tier"] == "A") & (result.movers["previous_tier"] != "A")]
    if new.empty:
        return None
    best = new.loc[[new["change_amount"].idxmax()]]
    return n.words.ngettext(
        "{n} customer has become A: {customer} ({reason}).",
        "{n} customers have become A; the largest rise is that of {customer} ({reason}).",
        len(new), customer=display_names(best).iloc[0],
        reason=reason(best.iloc[0], result.window_months, n),
    )  # fmt: skip


def stability_chart(result: Tiers, n: Numbers) -> Chart | Findings:
    """Draw the share of customers that keep their tier from one month end to the next."""
    _ = n.words
    history = result.stability.dropna(subset="kept_share")
    if len(history) < 2:
        return findings(_("There are too few months to tell how steady the tiers are."))
    low = history.iloc[int(history["kept_share"].to_numpy().argmin())]
    title = _(
        "From month to month {mean} of the customers keep their tier; fewest in {month}: {low}",
        mean=n.percent(history["kept_share"].mean()), month=n.month(low["month"].to_period("M")),
        low=n.percent(low["kept_share"]),
    )  # fmt: skip
    alt = n.words.clauses(
        _("{month} {share}", month=n.month_short(month.to_period("M")), share=n.percent(share))
        for month, share in zip(history["month"], history["kept_share"], strict=True)
    )
    return trend(
        history.reset_index(drop=True), [("kept_share", _("Kept their tier"))], title=title, alt=alt,
        fmt=n.percent, fmt_month=n.month_short, from_zero=False,
    )  # fmt: skip


def weighed_findings(result: Tiers, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: customers no longer A, weighed by their fall since last month."""
    if not result.previous_complete:
        return []
    lost = result.movers[(result.movers["previous_tier"] == "A") & (result.movers["tier"] != "A")]
    return weighed(PAGE, (_lost_leaders(result, n), -total(lost["change_amount"].clip(upper=0))))


def tier_states(result: Tiers, known: CustomerStates, n: Numbers) -> list[Chart | Table | Findings]:
    """Return tiers by state, and the A and B customers that are slipping."""
    rows = _crossed(result, known)
    if rows.empty:
        return [findings(n.words("Nobody bought in this period."))]
    return [states_chart(rows, result, n), slipping_table(rows, result, n)]


def _crossed(result: Tiers, known: CustomerStates) -> pd.DataFrame:
    """Return customers that have a tier, with their state."""
    states = known.customers.set_index("customer_id")["state"].astype("str")
    ranked = result.customers[result.customers["tier"] != TIERS[-1]]
    return ranked.assign(state=look_up(ranked["customer_id"], states)).reset_index(drop=True)


def states_chart(rows: pd.DataFrame, result: Tiers, n: Numbers) -> Chart:
    """Draw customers by tier (rows) and state (columns)."""
    _ = n.words
    counts = pd.crosstab(rows["tier"], rows["state"]).reindex(
        index=list(TIERS[:-1]), columns=list(BUYER_STATES)
    )
    counts = counts.fillna(0.0).loc[:, lambda frame: frame.sum() > 0].astype("float64")
    leaders = rows[rows["tier"] == TIERS[0]]
    slipping = leaders[leaders["state"].isin(WORRY)]
    title = _.ngettext(
        "{n} of {all} A customers is slowing, overdue, at risk or lapsed, with {amount} of {measure}",
        "{n} of {all} A customers are slowing, overdue, at risk or lapsed, with {amount} of {measure}",
        len(slipping), all=n.count(len(leaders)), amount=n.money_short(total(slipping["amount"])),
        measure=money_name(result.by_margin, _),
    )  # fmt: skip
    named = counts.set_axis([state_label(str(state), _) for state in counts.columns], axis=1)
    alt = n.words.clauses(
        _("{state}, {tier}: {count}", tier=tier, state=state, count=n.count(named.loc[tier, state]))
        for tier in named.index for state in named.columns if named.loc[tier, state]
    )  # fmt: skip
    return heat_map(named.where(named > 0), title=title, alt=alt, fmt=n.count)


def slipping_table(rows: pd.DataFrame, result: Tiers, n: Numbers) -> Table:
    """List the A and B customers that are slipping, A first, then largest first."""
    _ = n.words
    few = rows[rows["tier"].isin(list(TIERS[:2])) & rows["state"].isin(WORRY)]
    few = few.sort_values(["tier", "amount", "customer_id"], ascending=[True, False, True])
    shown = few.head(MAX_ROWS)
    frame = shown.assign(
        label=labels.group_labels(shown, _), state=[state_label(str(state), _) for state in shown["state"]]
    )
    columns = {
        **measures(n, "customer", "tier"),
        "state": Column(_("State")),
        **group_column(result, n),
        "amount": Column(money_heading(result.by_margin, _), n.count, bar=True),
    }
    caption = _("A and B customers who are slowing, overdue, at risk or lapsed, in {currency}",
                currency=n.currency)  # fmt: skip
    return truncated_table(len(few), frame, columns, caption, n, empty=_("No A or B customer is slipping."))
