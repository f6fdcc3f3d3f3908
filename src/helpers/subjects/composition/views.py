"""Views of the composition: shares against policy, the month against others, history."""

import pandas as pd

from helpers.core.frames.groups import GROUP
from helpers.core.periods import year_ago
from helpers.core.proposals import Likelihood
from helpers.present import labels
from helpers.present.charts.bars import paired_bars, share_bars
from helpers.present.charts.chart import Chart
from helpers.present.charts.lines import small_multiples
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import measures, table_with_others
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.composition import words
from helpers.subjects.composition.composition import Composition
from helpers.subjects.exchange.views import exchange_sentences
from helpers.subjects.working_time.views import working_sentences
from helpers.subjects.working_time.working_time import WorkingTime

PAGE = "01_customer_composition"
#: Columns of a table of groups that can be summed over the groups not shown; customers only
#: if each is in one group.
_ADDS_UP = ("customers", "net_amount", "share_percent", "month_net_amount", "ytd_net_amount")
#: Largest number of bars; the other groups are combined into one.
MOST_BARS = 12


def main_cut(result: Composition, n: Numbers) -> list[Chart | Table | Findings]:
    """Return chart and table of the main dimension, and for a scope the company's shares if it may see them.

    The main dimension is the trade class; if the data lack it, a sentence says so and another one is used.
    """
    shown = cut(result, n)
    if result.groups["company_share_percent"].notna().any():  # a team's or salesperson's own mix
        shown.append(company_chart(result, n))
    return shown if result.by == "trade_class" else [_needs("trade_class", n), *shown]


def cut(result: Composition, n: Numbers) -> list[Chart | Table | Findings]:
    """Return chart and table of one dimension, or a sentence naming what it would need."""
    if result.groups.empty:
        return [findings(n.words("Nobody bought in this period."))]
    if not (result.groups["kind"] == GROUP).any():
        return [_needs(result.by, n)]
    return [share_chart(result, n), behind(share_table(result, n))]


def region_cut(first: Composition, within: pd.DataFrame, n: Numbers) -> list[Chart | Table | Findings]:
    """Return chart and table of the first level of regions, and the regions within each if there are any.

    Parameters
    ----------
    first, within
        `CompositionQueries.region_levels`.
    """
    return [*cut(first, n), *([behind(_regions_within(first, within, n))] if len(within) else [])]


def _regions_within(first: Composition, within: pd.DataFrame, n: Numbers) -> Table:
    """List the regions of each region, with their share of it."""
    _ = n.words
    names = labels.value_labels(within["name"], _)
    frame = within.assign(label=names, within=labels.value_labels(within["within"], _))
    columns = {
        "within": Column(_("Within")),
        "label": Column(labels.dimension_heading(first.by, _)),
        **measures(n, "customers", "net_amount"),
        "share_percent": Column(_("Share of it"), n.in_percent),
        "change_percent": Column(_("On last year"), n.change_in_percent),
    }
    caption = _("Regions within regions: {caption}", caption=words.window_caption(first, n))
    return table(frame, columns, caption)


def _needs(by: str, n: Numbers) -> Findings:
    text = n.words(
        "By {dimension}: this needs the column {column}, which the data do not supply.",
        dimension=labels.dimension_name(by, n.words),
        column=f"{'order_lines' if by == 'channel' else 'customers'}.{by}",
    )  # fmt: skip
    return needs_data(text)


def share_chart(result: Composition, n: Numbers) -> Chart:
    """Draw the share of net sales by group, with a mark at the policy share."""
    _ = n.words
    frame = _folded(result.groups, n)
    has_policy = bool(frame["policy_percent"].notna().any())
    frame["share_shown"] = frame["share_percent"] / 100
    frame["policy_shown"] = frame["policy_percent"] / 100
    frame["note"] = frame["net_amount"].map(n.money_short)
    return share_bars(
        frame,
        value="share_shown",
        target="policy_shown" if has_policy else None,
        target_label=_("Policy"),
        note="note",
        title=_share_title(result, n),
        alt=_.clauses(
            _("{group} {share}", group=label, share=n.percent(share))
            for label, share in zip(frame["label"], frame["share_shown"], strict=True)
        ),
        fmt=n.percent,
    )


def _share_title(result: Composition, n: Numbers) -> str:
    _ = n.words
    named = result.groups[result.groups["kind"] == GROUP]
    if named.empty or named["share"].isna().all():
        dimension = labels.dimension_name(result.by, _)
        return _("There are no sales to share out by {dimension}", dimension=dimension)
    top = named.nlargest(1, "share").iloc[0]
    title = _(
        "Largest {dimension}: {group}, {share} of sales",
        dimension=labels.dimension_name(result.by, _), group=_.value(top["group"]),
        share=n.in_percent(top["share_percent"]),
    )  # fmt: skip
    gaps = named.dropna(subset="gap_points")
    if gaps.empty:
        moved = named.dropna(subset="change_percent")
        if len(moved) < 2:
            return title
        most = _furthest(moved, "change_amount")
        change = n.change_in_percent(most["change_percent"])
        if most["group"] == top["group"]:
            return _("{title} ({change} on last year)", title=title, change=change)
        return _(
            "{title}; largest change on last year: {group}, {change}",
            title=title, group=_.value(most["group"]), change=n.signed_money_short(most["change_amount"]),
        )  # fmt: skip
    worst = _furthest(gaps, "gap_points")
    if worst["group"] == top["group"]:
        return _("{title} ({gap} against policy)", title=title, gap=n.in_points(worst["gap_points"]))
    return _(
        "{title}; furthest from policy: {group}, {gap}",
        title=title, group=_.value(worst["group"]), gap=n.in_points(worst["gap_points"]),
    )  # fmt: skip


def share_table(result: Composition, n: Numbers) -> Table:
    """List customers, net sales, share, change on last year, and policy and margin if known."""
    _ = n.words
    frame = result.groups.assign(label=labels.group_labels(result.groups, _))
    columns = {
        "label": Column(labels.dimension_heading(result.by, _)),
        **measures(n, "customers", "net_amount", "share_percent", bar="net_amount"),
        "change_percent": Column(_("On last year"), n.change_in_percent),
        "constant_percent": Column(_("On last year, constant rates"), n.change_in_percent),
        "policy_percent": Column(_("Policy"), n.in_percent),
        "gap_points": Column(_("Gap"), n.in_points),
        "gap_amount": Column(_("Gap in money"), n.signed_count),
        **measures(n, "margin_percent"),
    }
    return _table(result, frame, columns, words.window_caption(result, n), n)


def month(result: Composition, n: Numbers, working: WorkingTime | None = None) -> list[Chart | Table]:
    """Return chart and table of the month; only the table without sales in the month a year ago."""
    shown = month_table(result, n, working)
    known = result.groups["month_last_year_net_amount"].notna().any()
    return [month_chart(result, n), behind(shown)] if known else [shown]


def month_chart(result: Composition, n: Numbers) -> Chart:
    """Draw each group's net sales of the month and of the same month a year ago."""
    _ = n.words
    kept = _largest(result.groups)
    shown = {"this": kept["month_net_amount"], "that": kept["month_last_year_net_amount"]}
    frame = kept.assign(label=labels.group_labels(kept, _), **shown)
    total = result.total.iloc[0]
    change = (frame["this"] - frame["that"]).fillna(0.0)
    worst = change.to_numpy().argmin()
    title = _(
        "{month}: {amount}, {change} on last year; {group} {difference}", month=n.month(result.month),
        amount=n.money_short(total["month_net_amount"]),
        change=n.change_in_percent(total["month_change_year_percent"]),
        group=frame["label"].iloc[worst], difference=n.signed_money_short(change.iloc[worst]),
    )  # fmt: skip
    names = (n.month_short(result.month), n.month_short(year_ago(result.month)))
    alt = _.pairs(frame["label"], map(n.money_short, frame["this"]))
    return paired_bars(frame, names=names, title=title, alt=alt, fmt=n.money_short)


def month_table(result: Composition, n: Numbers, working: WorkingTime | None = None) -> Table:
    """Compare the month with last month, the same month last year and plan; and the year to date.

    With ``working`` the changes per working day are added.
    """
    _ = n.words
    frame = _by_day(result.groups, working).assign(label=labels.group_labels(result.groups, _))
    columns = {
        "label": Column(labels.dimension_heading(result.by, _)),
        "month_net_amount": Column(n.month_short(result.month), n.count, bar=True),
        "month_change_percent": Column(_("On last month"), n.change_in_percent),
        "month_change_day_percent": Column(_("On last month, per working day"), n.change_in_percent),
        "month_change_year_percent": Column(_("On last year"), n.change_in_percent),
        "month_constant_percent": Column(_("On last year, constant rates"), n.change_in_percent),
        "month_change_year_day_percent": Column(_("On last year, per working day"), n.change_in_percent),
        "attainment_month_percent": Column(_("Of plan"), n.in_percent),
        "ytd_net_amount": Column(labels.year_to_date(result.year, result.month, _), n.count),
        "ytd_change_percent": Column(_("On last year to date"), n.change_in_percent),
        "ytd_constant_percent": Column(_("To date, constant rates"), n.change_in_percent),
        "ytd_change_day_percent": Column(_("Per working day"), n.change_in_percent),
        "attainment_ytd_percent": Column(_("Of plan to date"), n.in_percent),
    }
    month, currency = n.month(result.month), n.currency
    caption = _("{month} and the year to date, net sales in {currency}", month=month, currency=currency)
    if result.until is not None:
        caption = _(
            "{month} up to {day} against the same days, and the year to date, net sales in {currency}",
            month=month, day=n.date(result.until), currency=currency,
        )  # fmt: skip
    return _table(result, frame, columns, caption, n, _by_day(result.total, working))


#: Changes in percent -> the months whose working days they compare with.
_DAYS = {
    "month_change": "last_month_days",
    "month_change_year": "last_year_days",
    "ytd_change": "ytd_last_year_days",
}


def _by_day(groups: pd.DataFrame, working: WorkingTime | None) -> pd.DataFrame:
    """Add each change per working day; NaN without a calendar."""
    changes = {
        f"{name}_day_percent": [
            float("nan") if working is None else working.per_day(change, days)
            for change in groups[f"{name}_percent"]
        ]
        for name, days in _DAYS.items()
    }
    return groups.assign(**changes)


def company_chart(result: Composition, n: Numbers) -> Chart:
    """Draw a scope's share by group and the company's, if the scope may see it."""
    _ = n.words
    frame = result.groups[result.groups["company_share_percent"].notna()]
    frame = frame.assign(
        label=labels.group_labels(frame, _),
        this=frame["share_percent"] / 100,
        that=frame["company_share_percent"] / 100,
    )
    far = _furthest(frame, "company_difference_points")
    title = _(
        "Furthest from the company's mix: {group}, {points}",
        group=far["label"], points=n.in_points(far["company_difference_points"]),
    )  # fmt: skip
    alt = _.clauses(
        _("{group} {own}, company {company}", group=label, own=n.percent(this), company=n.percent(that))
        for label, this, that in zip(frame["label"], frame["this"], frame["that"], strict=True)
    )
    names = (_("Own customers"), _("Company"))
    return paired_bars(frame, names=names, title=title, alt=alt, fmt=n.percent)


def history_chart(result: Composition, n: Numbers) -> Chart:
    """Draw monthly net sales of each group as small multiples on one scale."""
    _ = n.words
    kept = _largest(result.groups)
    history = result.history.merge(kept[["kind", "group"]], on=["kind", "group"])
    history = history.assign(group=labels.group_labels(history, _), value=history["net_amount"])
    grown = kept[kept["kind"] == GROUP].dropna(subset="change_percent")
    if grown.empty:
        title = _("Net sales by month")
    else:
        ranked = grown.sort_values("change_percent", ascending=False, kind="stable")
        best, worst = ranked.iloc[0], ranked.iloc[-1]
        title = _(
            "Net sales by month: {best} {up} on last year, {worst} {down}",
            best=_label(best, n), up=n.change_in_percent(best["change_percent"]),
            worst=_label(worst, n), down=n.change_in_percent(worst["change_percent"]),
        )  # fmt: skip
    alt = _.clauses(
        _("{group} {amount} in {month}", group=_label(row, n), amount=n.money_short(row["month_net_amount"]),
          month=n.month(result.month))
        for _i, row in kept.iterrows()
    )  # fmt: skip
    return small_multiples(history, title=title, alt=alt, fmt=n.money_short, fmt_month=n.month_short)


def composition_findings(result: Composition, n: Numbers, working: WorkingTime | None = None) -> Findings:
    """Return the main sentences on the composition and on the month's working days."""
    _ = n.words
    total = result.total.iloc[0]
    lead = _(
        "{count} customers brought {amount} in the {months} months to {month}{change}.",
        count=n.count(total["customers"]), amount=n.money_short(total["net_amount"]), months=result.window_months,
        month=n.month(result.month), change=words.change_clause(total["change_percent"], n),
    )  # fmt: skip
    return findings(
        lead,
        _against_policy(result, n),
        words.against_plan(total, result, n),
        *working_sentences(working, total["month_change_year_percent"], total["ytd_change_percent"], n),
        *exchange_sentences(
            result.exchange,
            (total["month_change_year_percent"], total.get("month_constant_percent", float("nan"))),
            (total["ytd_change_percent"], total.get("ytd_constant_percent", float("nan"))),
            n,
        ),
        *labels.fiscal_year_notes(result.year, result.month, n),
        words.grouped_then(result, n),
        *labels.per_week_note(
            result.year,
            result.month,
            total["month_change_year_percent"],
            total["ytd_change_percent"],
            n,
            in_course=result.until is not None,
        ),
        words.incomplete(result, n),
    )


def _against_policy(result: Composition, n: Numbers) -> str | None:
    _ = n.words
    short = result.groups[result.groups["gap_points"] < -0.05]
    if short.empty:
        return None
    worst = short.nsmallest(1, "gap_points").iloc[0]
    return _(
        "Furthest below policy: {group}, by {points}. At the present total that is {amount} of sales.",
        group=_.value(worst["group"]), points=n.words("{number} points", number=n.decimal(-worst["gap_points"], 1)),
        amount=n.money_short(-worst["gap_amount"]),
    )  # fmt: skip


def _table(
    result: Composition,
    frame: pd.DataFrame,
    columns: dict[str, Column],
    caption: str,
    n: Numbers,
    full: pd.DataFrame | None = None,
) -> Table:
    """Drop empty columns, and add the total (``full`` or the result's)."""
    known = {
        name: column
        for name, column in columns.items()
        if (name in frame and frame[name].notna().any()) or name in ("label", "net_amount")
    }
    total = (result.total if full is None else full).iloc[0].to_dict() | {"label": n.words("Total")}
    kept = {name: total[name] for name in known if not pd.isna(total[name])}
    return table_with_others(
        frame, known, caption, n, by="net_amount", adds_up=_ADDS_UP[result.by == "channel" :], total=kept,
        empty=n.words("No sales in this period."),
        sortable=len(frame) > MOST_BARS,
    )  # fmt: skip


def _largest(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the largest groups, in display order."""
    if len(groups) <= MOST_BARS:
        return groups
    chosen = groups["net_amount"].nlargest(MOST_BARS - 1).index
    return groups.loc[groups.index.isin(chosen)]


def _furthest(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame.sort_values(column, key=abs, ascending=False, kind="stable").iloc[0]


def _folded(groups: pd.DataFrame, n: Numbers) -> pd.DataFrame:
    """Return the largest groups and one row that combines the others."""
    kept = _largest(groups)
    frame = kept.assign(label=labels.group_labels(kept, n.words))
    rest = groups.drop(kept.index)
    if rest.empty:
        return frame
    others = rest[["net_amount", "share", "share_percent"]].sum()
    others["label"] = n.words.ngettext("{n} other", "{n} others", len(rest))
    return pd.concat([frame, others.to_frame().T], ignore_index=True).infer_objects()


def _label(row: pd.Series, n: Numbers) -> str:
    return str(labels.group_labels(row.to_frame().T, n.words).iloc[0])


def weighed_findings(result: Composition, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return front-page findings: distance from plan to date, and the class furthest below policy.

    The amount missing to a class's policy share is weighed like any potential growth.
    """
    total = result.total.iloc[0]
    return weighed(
        PAGE,
        (words.against_plan(total, result, n), abs(total["ytd_net_amount"] - total["plan_ytd_amount"])),
        (_against_policy(result, n), -likely.winnable * result.groups["gap_amount"].min()),
    )
