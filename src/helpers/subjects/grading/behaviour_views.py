"""Views of behaviour segments: problem customers with reasons, recency against frequency."""

from functools import partial

import pandas as pd

from helpers.core.amounts import total
from helpers.core.proposals import Likelihood, Proposals
from helpers.present import labels
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.settings.grading import SegmentRule
from helpers.subjects.grading import words as rule_words
from helpers.subjects.grading.behaviour import SCORES, Behaviour
from helpers.subjects.grading.grade_views import share_pairs

PAGE = "02_abc_tiering"

#: Segments whose customers should be called, in display order.
TO_CALL = ("problem", "long_pause", "pausing")


def segment_label(segment: str, _: Words) -> str:
    """Return the label of a segment; the settings' own name if they define one."""
    known = {
        "problem": _("Problem customers"), "not_bought": _("Lines without a purchase"),
        "enquiry": _("Enquiry only"), "beginner": _("Beginners"), "one_time": _("Bought once"),
        "long_ago": _("Bought long ago"), "long_pause": _("In a long pause"), "pausing": _("Pausing"),
        "champions": _("Champions"), "loyal": _("Loyal"), "promising": _("Promising"),
        "occasional": _("Occasional"),
    }  # fmt: skip
    return known.get(segment, segment)


def behaviour_findings(result: Behaviour, n: Numbers) -> Findings:
    """Return who needs attention, who brings most sales, and what the segments are based on."""
    few = result.small_base and n.words.ngettext(
        "Only {n} customer has ever bought: scores by fifths say little of so few.",
        "Only {n} customers have ever bought: scores by fifths say little of so few.",
        result.scored_customers,
    )
    return findings(
        _problems(result, n),
        _quiet_sentence(result, n),
        _champions(result, n),
        few,
        _complaints_missing(result, n),
    )


def heat_chart(result: Behaviour, n: Numbers) -> Chart:
    """Draw customers by recency score (rows) and frequency score (columns); the best are at the top right."""
    _ = n.words
    best = result.grid[(result.grid["r"] == SCORES[-1]) & (result.grid["f"] == SCORES[-1])].iloc[0]
    counts = result.grid.pivot_table(index="r", columns="f", values="customers", aggfunc="sum")
    counts = counts.sort_index(ascending=False).astype("float64")
    counts = counts.where(counts > 0)
    counts.index = _scale(_("longest ago"), _("most recently"), n)[::-1]
    counts.columns = _scale(_("least often"), _("most often"), n)
    total_amount = total(result.grid["net_amount"])
    if total_amount <= 0:
        title = _("There are no purchases to class customers by")
    elif not best["customers"]:
        title = _("No customer is in the top fifth for both recency and frequency")
    else:
        title = _.ngettext(
            "{n} customer is in the top fifth for both recency and frequency, with {share} of net sales",
            "{n} customers are in the top fifth for both recency and frequency, with {share} of net sales",
            int(best["customers"]),
            share=n.percent(best["net_amount"] / total_amount),
        )
    alt = n.words.clauses(
        _.ngettext(
            "recency {r}, frequency {f}: {n} customer",
            "recency {r}, frequency {f}: {n} customers", int(count), r=r, f=f,
        )
        for r, f, count in zip(result.grid["r"], result.grid["f"], result.grid["customers"], strict=True)
        if count
    )  # fmt: skip
    return heat_map(
        counts, title=title, alt=alt, fmt=n.count, row_title=_("Bought last"),
        column_title=_("Customers by how often they bought in {months} months (fifths)", months=result.window_months),
    )  # fmt: skip


def segment_chart(result: Behaviour, n: Numbers) -> Chart:
    """Draw the share of net sales and of customers, for each segment with customers."""
    _ = n.words
    frame = _nonempty_segments(result, n)
    if frame.empty or frame["share"].isna().all():
        title = _("There are no sales to class customers by")
    else:
        top = frame.nlargest(1, "share").iloc[0]
        title = _(
            "{segment}: {customers} of customers, {share} of net sales", segment=top["label"],
            customers=n.in_percent(top["customers_percent"]), share=n.in_percent(top["share_percent"]),
        )  # fmt: skip
    return share_pairs(frame, _("Share of net sales"), title, n)


def segment_table(result: Behaviour, n: Numbers) -> Table:
    """List customers, net sales, share, returns and complaints of each segment."""
    _ = n.words
    frame = _nonempty_segments(result, n)
    columns = {
        "label": Column(_("Segment")),
        **measures(n, "customers", "net_amount", "share_percent", bar="net_amount"),
        "recency_days": Column(_("Days since last purchase (median)"), n.count),
        "frequency": Column(_("Purchase days (mean)"), n.decimal),
        "returns_share": Column(_("Returned"), n.percent),
        **measures(n, "complaints"),
    }
    if not result.complaints_known:
        del columns["complaints"]
    caption = _(
        "Segments of named customers in the {months} months to {month}, net sales in {currency}",
        months=result.window_months, month=n.month(result.month), currency=n.currency,
    )  # fmt: skip
    sums = {
        "label": _("Total"), "customers": frame["customers"].sum(), "net_amount": total(frame["net_amount"]),
        "complaints": frame["complaints"].sum(),
    }  # fmt: skip
    sums = {name: value for name, value in sums.items() if name in columns}
    return table(frame, columns, caption, total=sums, empty=_("There are no customers."))


def names_table(result: Behaviour, segment: str, n: Numbers) -> Table:
    """List the customers of a segment, largest first, with the reason in their own figures."""
    _ = n.words
    members = result.of(segment)
    shown = members.head(MAX_ROWS)
    shown = shown.assign(group=shown["group"].map(_.value)) if "group" in shown else shown
    reasons = [rule_words.why(row, result.rules, result.window_months, n) for _i, row in shown.iterrows()]
    columns = {
        **measures(n, "customer"),
        "group": Column(labels.dimension_heading("trade_class", _), if_known=True),
        **measures(n, "net_amount", bar="net_amount"),
        "frequency": Column(_("Purchase days"), n.count),
        "recency_days": Column(_("Days since last purchase"), n.count),
        **measures(n, "why"),
    }
    label = segment_label(segment, _)
    shut = int((result.customers["segment"] == segment).sum()) - len(members)
    caption = _("{segment}, in {currency}", segment=label, currency=n.currency)
    if shut:
        caption = _(
            "{segment}, without {closed} whose business is closed, in {currency}",
            segment=label, closed=n.count(shut), currency=n.currency,
        )  # fmt: skip
    empty = _("No customer is in this segment.")
    return truncated_table(len(members), shown.assign(why=reasons), columns, caption, n, empty=empty)


def names_tables(result: Behaviour, n: Numbers) -> list[Table]:
    """Return `names_table` of the segments to call; segments without customers are left out."""
    tables = [names_table(result, segment, n) for segment in TO_CALL if len(result.of(segment))]
    return [*tables[:1], *(behind(shown) for shown in tables[1:])]


def rules_table(result: Behaviour, n: Numbers) -> Table:
    """List the rules of the segments in order."""
    _ = n.words
    return rule_words.rules_table(
        result.rules, result.otherwise, result.window_months, lambda segment: segment_label(segment, _),
        _("How customers are classed: the first rule that fits"), _("Segment"), n,
    )  # fmt: skip


def _scale(lowest: str, highest: str, n: Numbers) -> pd.Index:
    """Return the labels of the five scores, with the meaning of the first and last."""
    names = [n.count(score) for score in SCORES]
    return pd.Index([f"{names[0]} · {lowest}", *names[1:-1], f"{names[-1]} · {highest}"])


def _nonempty_segments(result: Behaviour, n: Numbers) -> pd.DataFrame:
    frame = result.segments[result.segments["customers"] > 0]
    return frame.assign(label=[segment_label(segment, n.words) for segment in frame["segment"]])


def _problems(result: Behaviour, n: Numbers) -> str | None:
    _ = n.words
    problems = result.of("problem")
    if problems.empty:
        return None
    worst = problems.iloc[0]
    return _.ngettext(
        "{n} problem customer, with {amount} of net sales: {customer}, for {why}.",
        "{n} problem customers, with {amount} of net sales; the largest is {customer}, for {why}.",
        len(problems), amount=n.money_short(total(problems["net_amount"])),
        customer=display_names(problems).iloc[0],
        why=rule_words.why(worst, result.rules, result.window_months, n),
    )  # fmt: skip


def _quiet_sentence(result: Behaviour, n: Numbers) -> str | None:
    _ = n.words
    quiet = result.of("long_pause", "pausing")
    if quiet.empty:
        return None
    return _.ngettext(
        "{n} further customer is falling silent or buying less often, with {amount} of net sales in {months} months.",
        "{n} further customers are falling silent or buying less often, with {amount} of net sales in {months} months.",
        len(quiet), amount=n.money_short(total(quiet["net_amount"])), months=result.window_months,
    )  # fmt: skip


def _champions(result: Behaviour, n: Numbers) -> str | None:
    row = result.segments[(result.segments["segment"] == "champions") & (result.segments["customers"] > 0)]
    if row.empty or row["share_percent"].isna().all():
        return None
    return n.words.ngettext(
        "{n} champion (recent, frequent and large) brings {share} of net sales.",
        "{n} champions (recent, frequent and large) bring {share} of net sales.",
        int(row["customers"].iloc[0]), share=n.in_percent(row["share_percent"].iloc[0]),
    )  # fmt: skip


def _complaints_missing(result: Behaviour, n: Numbers) -> str | None:
    if not result.complaints_known:
        return n.words(
            "Complaints are not supplied (table complaints): problem customers are found by returns alone."
        )
    if result.complaints_unmatched:
        return n.words.ngettext(
            "{n} complaint names a customer that is not known and is in no class.",
            "{n} complaints name customers that are not known and are in no class.",
            result.complaints_unmatched,
        )
    return None


def weighed_findings(result: Behaviour, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return front-page findings: problem customers and silent customers, weighed by expected loss."""

    def loss(*segments: str) -> float:
        chosen = result.of(*segments)
        return total(likely.expected_loss(chosen["customer_id"], chosen["net_amount"]))

    return weighed(
        PAGE,
        (_problems(result, n), loss("problem")),
        (_quiet_sentence(result, n), loss("long_pause", "pausing")),
    )


#: Segment -> kind of action, and days after the month end until it is due.
_ADVICE = {"problem": "visit", "long_pause": "win_back", "pausing": "keep"}
_DUE_DAYS = {"problem": 14, "long_pause": 14, "pausing": 21}


def proposed_actions(result: Behaviour, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to answer problem customers, win back silent ones, and keep those who buy less often.

    The value is the expected loss: see `helpers.core.proposals`.
    """
    chosen = result.customers[result.customers["segment"].isin(list(_ADVICE))]
    kinds = chosen["segment"].map(_ADVICE).astype("object")
    days = chosen["segment"].map(_DUE_DAYS).astype("int64")
    is_open = (chosen["open_complaints"] > 0) & (chosen["segment"] == "problem")
    why = partial(_reason, rules=result.rules, window_months=result.window_months)
    return propose(
        chosen, kinds.mask(is_open, "answer_complaint"),
        likely.expected_loss(chosen["customer_id"], chosen["net_amount"]),
        due_day(result.month, days.mask(is_open, 7), n), why, n,
    )  # fmt: skip


def _reason(row: Row, n: Numbers, rules: tuple[SegmentRule, ...], window_months: int) -> str:
    return rule_words.why(pd.Series(row), rules, window_months, n)
