"""Views of quotes: win rates, open quotes, price askers."""

from dataclasses import replace

import pandas as pd

from helpers.core.frames.lookup import largest_first
from helpers.core.proposals import Likelihood, Proposals
from helpers.models import rates
from helpers.present import labels
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart, plain
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, measures, truncated_caption, truncated_table, with_full_sheet
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.quotes.quotes import Quotes

PAGE = "11_quotes_delivery_returns"
#: Days after which an open quote counts as long open.
_LONG_OPEN = 30
#: Rows of a list on this page; the Excel file has more if the caption says so.
SHOWN = 8
#: Days after which to follow up an open quote.
_FOLLOW_UP_DAYS, _DUE_DAYS = 7, 14


def quotes(result: Quotes | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return win rates; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table quotes."))]
    if not result.groups["decided"].sum():
        return [findings(_("No quote was decided in the window."), _open_sentence(result, n))]
    shown: list[Chart | Table | Findings] = [quote_findings(result, n)]
    classes = result.groups[(result.groups["kind"] == "class") & result.groups["group"].notna()]
    if len(classes) > 1:
        shown.append(_class_chart(classes, n))
    return [*shown, behind(_groups_table(result, n))]


def quote_findings(result: Quotes, n: Numbers) -> Findings:
    """Return win rate, time to decision, reasons for losses, and what is not known."""
    _ = n.words
    totals = result.groups[result.groups["kind"] == "total"].iloc[0]
    first = _.ngettext(
        "Of {n} quote decided in {months} months {rate} is won (95%: {low} to {high}); of the money {money}.",
        "Of {n} quotes decided in {months} months {rate} are won (95%: {low} to {high}); of the money {money}.",
        int(totals["decided"]), months=n.count(result.window_months),
        rate=n.percent(totals["rate"]), low=n.percent(totals["low"]), high=n.percent(totals["high"]),
        money=n.percent(totals["amount_rate"]),
    )  # fmt: skip
    within = pd.notna(result.median_days) and _(
        "Half are decided within {median} days, open ones counted as open so far.", median=n.count(result.median_days),
    )  # fmt: skip
    undated = result.undated and _.ngettext(
        "{n} decision has no day: it counts from the day of the quote.",
        "{n} decisions have no day: they count from the day of the quote.", result.undated,
    )  # fmt: skip
    backwards = result.backwards and _.ngettext(
        "{n} quote is dated as decided before it was made; no time counts it.",
        "{n} quotes are dated as decided before they were made; no time counts them.", result.backwards,
    )  # fmt: skip
    return findings(
        first, within, _reasons_sentence(result, n), _changes_sentence(result, n), undated, backwards
    )


def _reasons_sentence(result: Quotes, n: Numbers) -> str | None:
    known = result.reasons.dropna(subset="reason").head(3)
    if known.empty:
        return None
    lost = int(result.reasons["quotes"].sum())
    parts = [
        n.words("{name} ({value})", name=plain(n.words.value(reason)), value=n.percent(count / lost, 0))
        for reason, count in zip(known["reason"], known["quotes"], strict=True)
    ]
    return n.words("Lost most often for: {reasons}.", reasons=n.words.listed(parts))


def _changes_sentence(result: Quotes, n: Numbers) -> str:
    _, rows = n.words, result.groups
    fell = rows[rows["fell"] & (rows["kind"] != "total")]
    if rows.loc[rows["kind"] == "total", "fell"].any():
        return _("Fewer are won than a year before, by more than chance.")
    if fell.empty:
        return _("Nowhere are fewer won than a year before by more than chance.")
    names = _.listed(plain(name) for name in labels.value_labels(fell["group"], _).head(3))
    return _("By more than chance fewer are won than a year before: {names}.", names=names)


def _class_chart(classes: pd.DataFrame, n: Numbers) -> Chart:
    _ = n.words
    rows = largest_first(classes, "rate", then="group")
    notes = [_("({won} of {decided})", won=n.count(won), decided=n.count(decided))
             for won, decided in zip(rows["won"], rows["decided"], strict=True)]  # fmt: skip
    frame = rows.assign(label=labels.value_labels(rows["group"], _), share=rows["rate"], note=notes)
    title = _("The win rates of the classes differ no more than by chance")
    if rates.differ(rows["won"], rows["decided"]):
        title = _("Won: {high} of the quotes to {best}, {low} of those to {worst}",
              best=plain(frame["label"].iloc[0]), high=n.percent(frame["share"].iloc[0], 0),
              worst=plain(frame["label"].iloc[-1]), low=n.percent(frame["share"].iloc[-1], 0))  # fmt: skip
    alt = _.pairs(frame["label"], map(n.percent, frame["share"]))
    return share_bars(frame, title=title, alt=alt, fmt=n.percent.to(0), target="previous_rate",
                      target_label=_("a year before"), note="note")  # fmt: skip


def _groups_table(result: Quotes, n: Numbers) -> Table:
    """List win rates by seller, category and class; the page shows the largest, the Excel file all."""
    _ = n.words
    kinds = {"total": _("All"), "class": _("Class"), "seller": _("Salesperson"), "category": _("Category")}
    rows = result.groups[result.groups["decided"] > 0]
    frame = rows.assign(
        kind_label=rows["kind"].map(kinds),
        label=labels.value_labels(rows["group"], _).where(rows["kind"] != "total", _("All")),
        interval=intervals(rows, n),
    )
    columns = {
        "label": Column(_("Group")),
        "kind_label": Column(_("Kind")),
        "decided": Column(_("Decided"), n.count),
        "rate": Column(_("Win rate"), n.percent),
        **measures(n, "interval"),
        "amount_rate": Column(_("Of the money"), n.percent),
        "previous_rate": Column(_("A year before"), n.percent),
    }
    shown = frame[frame["kind"] == "seller"].head(SHOWN)
    shown = pd.concat([shown, frame[frame["kind"] == "category"].head(SHOWN // 2)])
    caption = _("Win rate by salesperson and category")
    known = int(frame["kind"].isin(["seller", "category"]).sum())
    read = table(shown, columns, truncated_caption(caption, len(shown), known, n, "first"))
    title = _("Win rate by class, salesperson and category")
    return replace(read, frame=frame, caption=title, row_count=len(frame))


def intervals(rows: pd.DataFrame, n: Numbers, low: str = "low", high: str = "high") -> pd.Series:
    """Return the intervals of rates as text; missing without a rate."""
    texts = [
        n.words("{low} to {high}", low=n.percent(one, 0), high=n.percent(other, 0)) if pd.notna(one) else None
        for one, other in zip(rows[low], rows[high], strict=True)
    ]
    return pd.Series(texts, index=rows.index, dtype="object")


def open_quotes(result: Quotes | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return open quotes by age, and the largest by expected value."""
    _ = n.words
    if result is None:
        return [findings(_("This section needs the table quotes."))]
    if result.open.empty:
        return [findings(_("No quote is open."))]
    bounds = zip(result.ages["age_from"], [*(result.ages["age_from"].iloc[1:] - 1), None], strict=True)
    labels = [
        _("Over {days} days", days=n.count(low - 1)) if high is None
        else _("{low} to {high} days", low=n.count(low), high=n.count(high)) for low, high in bounds
    ]  # fmt: skip
    notes = [_.ngettext("{n} quote", "{n} quotes", int(count)) for count in result.ages["quotes"]]
    ages = result.ages.assign(label=labels, note=notes)
    open_amount, late = (float(rows["amount"].sum()) for rows in (ages, ages[ages["age_from"] > _LONG_OPEN]))
    title = _("Open quotes: {amount}", amount=n.money_short(open_amount))
    if open_amount > 0 and late / open_amount >= 0.005:  # what reads 0 % is no news
        title = _("Open quotes: {amount}, {share} of it for over {days} days", amount=n.money_short(open_amount),
                  share=n.percent(late / open_amount, 0), days=n.count(_LONG_OPEN))  # fmt: skip
    alt = _.pairs(labels, map(n.money_short, ages["amount"]))
    rows = result.open
    columns = {
        **measures(n, "customer"),
        "amount": Column(_("Quoted"), n.count),
        "age_days": Column(_("Open for, days"), n.count),
        "win_chance": Column(_("Chance"), n.percent.to(0)),
        "expected_amount": Column(_("Expected"), n.count, bar=True),
        **measures(n, "salesperson_name"),
    }
    caption = _("Open quotes by expected value, in {currency}", currency=n.currency)
    named = rows.assign(customer=_names(rows, n))
    return [
        findings(_open_sentence(result, n)),
        share_bars(ages, title=title, alt=alt, fmt=n.money_short, value="amount", note="note"),
        truncated_table(len(rows), named.head(MAX_ROWS), columns, caption, n, read=SHOWN),
    ]


def _names(rows: pd.DataFrame, n: Numbers) -> pd.Series:
    return rows["name"].astype("object").fillna(rows["customer_id"]).fillna(n.words("Prospect"))


def _open_sentence(result: Quotes, n: Numbers) -> str | None:
    if result.open.empty:
        return None
    _, count = n.words, len(result.open)
    values = {"n": n.count(count), "amount": n.money_short(float(result.open["amount"].sum()))}
    if result.open["win_chance"].isna().all():
        return _.ngettext("{n} quote worth {amount} is open; what of it will be won too few decided ones tell.",
                          "{n} quotes worth {amount} are open; what of them will be won too few decided ones tell.",
                          count, **values)  # fmt: skip
    expected = n.money_short(float(result.open["expected_amount"].sum()))
    return _.ngettext(
        "{n} quote worth {amount} is open; at the chance of quotes open as long, {expected} is expected.",
        "{n} quotes worth {amount} are open; at the chance of quotes open as long, {expected} is expected.",
        count, expected=expected, **values,
    )  # fmt: skip


def price_askers(result: Quotes | None, n: Numbers) -> list[Table]:
    """List customers who ask for prices and buy significantly less often than their class."""
    _ = n.words
    if result is None:
        return []
    rows = result.customers[result.customers["rarely_wins"]]
    columns = {
        **measures(n, "customer"),
        "decided": Column(_("Quotes"), n.count),
        "won": Column(_("Won"), n.count),
        "amount": Column(_("Quoted"), n.count),
        "rate": Column(_("Win rate"), n.percent.to(0)),
        "interval": Column(_("95% interval")),
        "group_rate": Column(_("Its class"), n.percent.to(0)),
        **measures(n, "salesperson_name"),
    }
    caption = _("Who asks for prices and rarely buys")
    empty = _("Nobody's quotes are won less often than those of its class by more than chance.")
    shown = rows.head(MAX_ROWS)
    shown = shown.assign(interval=intervals(shown, n))
    read = truncated_table(len(rows), shown, columns, caption, n, empty=empty, read=SHOWN)
    every = result.customers.assign(
        customer=_names(result.customers, n), interval=intervals(result.customers, n)
    )
    return [with_full_sheet(read, every, every["rarely_wins"], columns, _("Quotes by customer"), n)]


def weighed_findings(result: Quotes, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: open quotes, weighed by expected value."""
    return weighed(PAGE, (_open_sentence(result, n), float(result.open["expected_amount"].sum())))


def proposed_actions(result: Quotes, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to follow up quotes open for a week and more; the expected value is at stake."""
    rows = result.open[(result.open["age_days"] >= _FOLLOW_UP_DAYS) & (result.open["expected_amount"] > 0)]
    sums = rows.dropna(subset="customer_id").groupby("customer_id", sort=True)
    about = sums.agg(
        quotes=("quote_id", "size"), amount=("amount", "sum"), age_days=("age_days", "max"),
        expected_amount=("expected_amount", "sum"),
    ).reset_index()  # fmt: skip
    due = due_day(result.month, _DUE_DAYS, n)
    expected = about["expected_amount"].round(4)
    return propose(about, "visit", expected, due, _reason, n, stated=("quoted", expected))


def _reason(row: Row, n: Numbers) -> str:
    return n.words.ngettext(
        "A quote worth {amount} is open for {days} days.", "{n} quotes worth {amount} are open, one for {days} days.",
        int(row["quotes"]), amount=n.money_short(row["amount"]), days=n.count(row["age_days"]),
    )  # fmt: skip
