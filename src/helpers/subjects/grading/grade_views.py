"""Views of value grades and purchase levels: counts, contribution, names and reasons."""

import pandas as pd

from helpers.core.amounts import total
from helpers.core.proposals import Likelihood, Proposals
from helpers.present import labels
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.bars import paired_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.labels import money_heading, money_name
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.settings.grading import GRADE_NAMES
from helpers.subjects.grading import words as rule_words
from helpers.subjects.grading.grades import Grades

PAGE = "02_abc_tiering"

#: Growth beyond this (tenfold sales) is not shown as a figure.
_MANY_TIMES = 9.0
#: Days after the month end until a talk about growth is due.
_DUE_DAYS = 30


def grade_label(grade: str, _: Words) -> str:
    """Return the label of a grade."""
    return {
        "strategic": _("Strategic"), "important": _("Important"), "potential": _("Potential"),
        "general": _("General"),
    }[grade]  # fmt: skip


def level_label(level: str, _: Words) -> str:
    """Return the label of a level of purchases."""
    return {
        "diamond": _("Diamond"), "platinum": _("Platinum"), "gold": _("Gold"), "ordinary": _("Ordinary"),
        "not_bought": _("Lines without a purchase"), "enquiry": _("Enquiry"),
    }[level]  # fmt: skip


def grades_findings(result: Grades, n: Numbers) -> Findings:
    """Return who brings most, where there is potential, and what potential is based on."""
    return findings(
        _carried_sentence(result, n), _room_sentence(result, n), _falling(result, n), _rests_on(result, n),
        _wallet_below(result, n),
    )  # fmt: skip


def grade_chart(result: Grades, n: Numbers) -> Chart:
    """Draw the share of contribution and of customers, for each grade."""
    _ = n.words
    filled = result.grades[result.grades["customers"] > 0]
    if filled.empty or filled["share_percent"].isna().all():
        title = _("There are no sales to grade customers by")
    else:
        top = filled.iloc[0]
        title = _.ngettext(
            "{grade}: {n} customer brings {share} of {what}", "{grade}: {n} customers bring {share} of {what}",
            int(top["customers"]), grade=grade_label(top["grade"], _), share=n.in_percent(top["share_percent"]),
            what=money_name(result.by_margin, _),
        )  # fmt: skip
    frame = result.grades.assign(label=[grade_label(grade, _) for grade in result.grades["grade"]])
    return share_pairs(frame, _("Share of {what}", what=money_name(result.by_margin, _)), title, n)


def grade_table(result: Grades, n: Numbers) -> Table:
    """List customers, contribution, share and mean potential of each grade."""
    _ = n.words
    frame = result.grades.assign(label=[grade_label(grade, _) for grade in result.grades["grade"]])
    columns = {
        "label": Column(_("Grade")),
        **measures(n, "customers", "customers_percent"),
        "amount": Column(money_heading(result.by_margin, _), n.count, bar=True),
        **measures(n, "share_percent"),
        "potential": Column(_("Mean potential (0 to 1)"), n.decimal.to(2)),
    }
    caption = _(
        "Value grades of named customers: {what} of the {months} months to {month}, in {currency}",
        what=money_name(result.by_margin, _), months=result.window_months, month=n.month(result.month),
        currency=n.currency,
    )  # fmt: skip
    return table(frame, columns, caption, total=_total(frame, "amount", n))


def names_table(result: Grades, grade: str, n: Numbers) -> Table:
    """List the customers of a grade, largest first, with the rule and its figures."""
    _ = n.words
    members = result.of(grade)
    shown = members.head(MAX_ROWS)
    shown = shown.assign(group=shown["group"].map(_.value)) if "group" in shown else shown
    rows = [row for _i, row in shown.iterrows()]
    shown = shown.assign(
        why=[rule_words.why(row, result.rules, result.window_months, n) for row in rows],
        known=pd.Series([_known(row, n) for row in rows], index=shown.index, dtype="object"),
    )
    columns = {
        **measures(n, "customer"),
        "group": Column(labels.dimension_heading("trade_class", _), if_known=True),
        "amount": Column(money_heading(result.by_margin, _), n.count, bar=True),
        "share": Column(_("Of company"), n.percent, if_known=True),
        **measures(n, "why"),
        "known": Column(_("Known of its potential")),
    }
    caption = _("{grade} customers, in {currency}", grade=grade_label(grade, _), currency=n.currency)
    return truncated_table(len(members), shown, columns, caption, n, empty=_("No customer has this grade."))


def names_tables(result: Grades, n: Numbers) -> list[Table]:
    """Return `names_table` of the first grades; grades without customers are left out."""
    return [behind(names_table(result, grade, n)) for grade in GRADE_NAMES[:3] if len(result.of(grade))]


def rules_table(result: Grades, n: Numbers) -> Table:
    """List the rules of the grades in order."""
    _ = n.words
    return rule_words.rules_table(
        result.rules, result.otherwise, result.window_months, lambda grade: grade_label(grade, _),
        _("How grades are given: the first rule that fits"), _("Grade"), n,
    )  # fmt: skip


def level_chart(result: Grades, n: Numbers) -> Chart:
    """Draw the share of lifetime purchases and of customers, for each level."""
    _ = n.words
    filled = result.levels[result.levels["customers"] > 0]
    if filled.empty or filled["share_percent"].isna().all():
        title = _("There are no purchases yet")
    else:
        top = filled.iloc[0]
        title = _.ngettext(
            "{level}: {n} customer has brought {share} of purchases since {month}",
            "{level}: {n} customers have brought {share} of purchases since {month}",
            int(top["customers"]), level=level_label(top["level"], _), share=n.in_percent(top["share_percent"]),
            month=n.month(result.first_month),
        )  # fmt: skip
    frame = result.levels.assign(label=[level_label(level, _) for level in result.levels["level"]])
    return share_pairs(frame, _("Share of purchases since the data begin"), title, n)


def level_table(result: Grades, n: Numbers) -> Table:
    """List customers and lifetime purchases by level, with the amount from which each begins."""
    _ = n.words
    frame = result.levels.assign(label=[level_label(level, _) for level in result.levels["level"]])
    columns = {
        "label": Column(_("Level")),
        "from_amount": Column(_("From"), n.count, if_known=True),
        **measures(n, "customers", "customers_percent"),
        "lifetime_amount": Column(_("Purchases"), n.count, bar=True),
        **measures(n, "share_percent"),
    }
    caption = _(
        "Levels by cumulative purchases of named customers, {first} to {month}, in {currency}",
        first=n.month(result.first_month), month=n.month(result.month), currency=n.currency,
    )  # fmt: skip
    return table(frame, columns, caption, total=_total(frame, "lifetime_amount", n))


def _carried_sentence(result: Grades, n: Numbers) -> str | None:
    _ = n.words
    both = result.grades[result.grades["grade"].isin(["strategic", "important"])]
    if result.grades["share_percent"].isna().all():
        return None
    return _(
        "Strategic or important: {count} of {all} customers, who bring {share} of {what}.",
        count=n.count(both["customers"].sum()), all=n.count(result.grades["customers"].sum()),
        share=n.in_percent(both["share_percent"].sum()), what=money_name(result.by_margin, _),
    )  # fmt: skip


def _room_sentence(result: Grades, n: Numbers) -> str | None:
    _ = n.words
    room = result.of("potential").dropna(subset="room_amount")
    if room.empty:
        return None
    return _(
        "Potential customers: {count}. Of {known} of them there is an estimate of what they buy elsewhere: "
        "{amount} a year.",
        count=n.count((result.customers["grade"] == "potential").sum()), known=n.count(len(room)),
        amount=n.money_short(total(room["room_amount"])),
    )  # fmt: skip


def _falling(result: Grades, n: Numbers) -> str | None:
    """Return the strategic customer that lost most of its sales."""
    _ = n.words
    falling = result.of("strategic").dropna(subset="growth")
    falling = falling[falling["growth"] < 0]
    if falling.empty:
        return None
    worst = falling.nsmallest(1, "growth")
    return _.ngettext(
        "{n} strategic customer bought less than the year before: {customer}, {change}.",
        "{n} strategic customers bought less than the year before, most of all {customer}, {change}.",
        len(falling), customer=display_names(worst).iloc[0], change=n.signed_percent(worst["growth"].iloc[0]),
    )  # fmt: skip


def _rests_on(result: Grades, n: Numbers) -> str | None:
    _ = n.words
    names = {
        "room": _("purchases elsewhere"), "growth": _("growth"), "size": _("size"), "interest": _("interest"),
    }  # fmt: skip
    rows = result.evidence[result.evidence["weight"] > 0]
    if rows.empty or not rows["of_customers"].iloc[0]:
        return None
    parts = [
        _("{what} ({count})", what=names[indicator], count=n.count(count))
        for indicator, count in zip(rows["indicator"], rows["customers"], strict=True)
    ]
    return _(
        "Potential rests on what is known of each of the {all} customers: {parts}. What is not known is left out, "
        "not taken for none.",
        all=n.count(rows["of_customers"].iloc[0]), parts=_(", ").join(parts),
    )  # fmt: skip


def _wallet_below(result: Grades, n: Numbers) -> str | None:
    """Return how many wallet estimates are below own sales, and so wrong."""
    below = int((result.customers["year_amount"] > result.customers["wallet_amount"]).sum())
    if not below:
        return None
    return n.words.ngettext(
        "{n} estimate of a customer's purchases is below what it bought from us: it is too low, and counts as no room.",
        "{n} estimates of customers' purchases are below what they bought from us: they are too low, and count as "
        "no room.",
        below,
    )  # fmt: skip


def share_pairs(frame: pd.DataFrame, first: str, title: str, n: Numbers) -> Chart:
    """Draw each row's share (``share_percent``, labelled ``first``) and its share of customers."""
    _ = n.words
    frame = frame.assign(this=frame["share_percent"] / 100, that=frame["customers_percent"] / 100)
    alt = n.words.clauses(
        _.ngettext("{group}: {n} customer, {own} of sales", "{group}: {n} customers, {own} of sales",
                   int(count), group=label, own=n.percent(own))
        for label, count, own in zip(frame["label"], frame["customers"], frame["this"], strict=True)
    )  # fmt: skip
    return paired_bars(frame, names=(first, _("Share of customers")), title=title, alt=alt, fmt=n.percent)


def _known(row: pd.Series, n: Numbers) -> str | None:
    """Return the known indicators of a customer's potential as text; None if none is known."""
    _ = n.words
    parts = []
    if pd.notna(row["room_amount"]):
        room, share = n.money_short(row["room_amount"]), n.percent(row["room_score"], 0)
        parts.append(_("buys {share} of its needs from others, {room} a year", share=share, room=room))
    if pd.notna(row["growth"]):
        parts.append(_("sales {change} on last year", change=_growth(row["growth"], n)))
    if pd.notna(row["size_score"]):
        parts.append(_("size: {size}", size=_.value(row["size_class"])))
    if pd.notna(row["interest_score"]):
        parts.append(_("interest: {interest}", interest=_.value(row["interest_level"])))
    return n.words.clauses(parts) or None


def _growth(change: float, n: Numbers) -> str:
    """Return growth in percent; beyond tenfold only that it is larger."""
    if change > _MANY_TIMES:
        return n.words("over {change}", change=n.signed_percent(_MANY_TIMES, 0))
    return n.signed_percent(change)


def _total(frame: pd.DataFrame, amount: str, n: Numbers) -> dict[str, object]:
    return {"label": n.words("Total"), "customers": frame["customers"].sum(), amount: frame[amount].sum()}


def weighed_findings(result: Grades, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return front-page findings: strategic customers with falling sales, weighed by the fall."""
    falling = result.of("strategic").dropna(subset="growth")
    falling = falling[(falling["growth"] < 0) & (falling["growth"] > -1)]
    before = falling["year_amount"] / (1 + falling["growth"])
    return weighed(PAGE, (_falling(result, n), total(before - falling["year_amount"])))


def proposed_actions(result: Grades, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to grow potential customers that are known to buy elsewhere.

    The value is the winnable share of their purchases elsewhere, capped at what they buy from us.
    """
    chosen = result.of("potential").dropna(subset="room_amount")
    chosen = chosen[(chosen["room_amount"] > 0) & (chosen["year_amount"] > 0)]
    can_be_won = likely.winnable * chosen[["room_amount", "year_amount"]].min(axis=1)
    columns, due = chosen[["customer_id", "room_amount", "year_amount"]], due_day(result.month, _DUE_DAYS, n)
    return propose(columns, "grow", can_be_won, due, _reason, n)


def _reason(row: Row, n: Numbers) -> str:
    room, own = n.money_short(row["room_amount"]), n.money_short(row["year_amount"])
    return n.words("buys {room} a year elsewhere and {own} from us", room=room, own=own)
