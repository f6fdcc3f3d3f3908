"""Views of rebates: open amounts, the next bracket, and pulled-forward purchases."""

import pandas as pd

from helpers.core.frames.lookup import largest_first
from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, propose
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.present.words import Words
from helpers.subjects.rebates.rebates import Rebates

PAGE = "10_rebates_and_margin"
#: Number of agreements in the chart.
_DRAWN = 8
#: Probability from which a bracket is likely reached, and from which a customer can be brought there.
LIKELY, POSSIBLE = 0.5, 0.2


def rebates(result: Rebates | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return accrued, paid and open rebates; None if the table rebate_agreements is not supplied."""
    _ = n.words
    if result is None:
        return [
            needs_data(
                _("Rebates need the table rebate_agreements, and rebate_payments to know what is paid.")
            )
        ]
    if result.agreements.empty:
        return [
            findings(_("No rebate agreement is with these customers alone."), *_left_out_sentences(result, n))
        ]
    return [rebate_findings(result, n), *_months_chart(result, n), open_table(result, n)]


def rebate_findings(result: Rebates, n: Numbers) -> Findings:
    """Return accrued, paid and open amounts, and what could not be computed."""
    _, table = n.words, result.agreements
    sentence = _.ngettext(
        "Under {n} agreement {accrued} is earned, {paid} paid and {open} open.",
        "Under {n} agreements {accrued} is earned, {paid} paid and {open} open.",
        len(table), accrued=n.money_short(table["accrued_amount"].sum()),
        paid=n.money_short(table["paid_amount"].sum()), open=n.money_short(result.open_amount),
    )  # fmt: skip
    by_days = (
        n.year.months is not None
        and not n.year.has_thirteen
        and _(
            "Rebate agreements run by days: a purchase counts for one on its own day, in whichever month it is counted."
        )
    )
    return findings(sentence, by_days, *_left_out_sentences(result, n))


def _left_out_sentences(result: Rebates, n: Numbers) -> list[str | None]:
    _ = n.words
    unknown = merged = None
    if result.merged:
        merged = _(
            "{n} agreements were made with numbers that are one customer now: what it buys counts for each.",
            n=n.count(result.merged),
        )
    if result.unknown_amount:
        unknown = _(
            "{amount} was paid under agreements that are not supplied.", amount=n.money(result.unknown_amount)
        )
    named = [
        _("{agreement}: {why}", agreement=key, why=problem_words(why, _))
        for key, why in result.problems.items()
    ]
    return [
        _("Not reckoned: {agreements}.", agreements=_.clauses(named)) if named else None,
        left_out(result.shared, _),
        unknown,
        merged,
    ]


def left_out(shared: int, _: Words) -> str | None:
    """Return how many agreements a scope shares with others, which are not counted."""
    return _.ngettext(
        "{n} agreement is left out, of contribution too: customers of others belong to it.",
        "{n} agreements are left out, of contribution too: customers of others belong to them.",
        shared,
    ) if shared else None  # fmt: skip


def problem_words(problem: str, _: Words) -> str:
    """Return why an agreement is not computed, and how to correct it."""
    return {
        "two_parties": _("its rows name more than one customer or group"),
        "two_periods": _("its rows have different first_day or last_day"),
        "two_ways": _("its rows have different basis, counting or base_amount"),
        "period": _("last_day is before first_day"),
        "two_texts": _("one bracket pays two things; an amended text needs recorded_at in all its rows"),
        "one_payment": _("a bracket needs one of rate, amount and unit_amount"),
        "below_zero": _("a bracket or what it pays is below zero"),
        "part_filter": _("some rows name a product or category, others none"),
        "marginal_mixed": _("a marginal bracket of quantity pays by unit_amount, one of money by rate"),
        "long_growth": _("growth over more than a year needs base_amount"),
        "short_base": _("the order lines begin after the same days a year before: write base_amount"),
        "no_base": _("nothing was bought in the same days a year before: write base_amount"),
    }[problem]


def _months_chart(result: Rebates, n: Numbers) -> list[Chart]:
    _, months = n.words, result.months
    if len(months) < 2:
        return []
    title = _("Rebates open: {amount} at the end of {month}", amount=n.money_short(result.open_amount),
              month=n.month(result.month))  # fmt: skip
    alt = _.pairs(map(n.month_short, months["month"]), map(n.money_short, months["open_amount"]))
    series = [("open_amount", _("Open rebate")), ("accrued_amount", _("Earned")), ("paid_amount", _("Paid"))]
    return [trend(months, series, title=title, alt=alt, fmt=n.money_short, fmt_month=n.month_short)]


def open_table(result: Rebates, n: Numbers) -> Table:
    """List agreements with open or overpaid amounts, largest first."""
    _, every = n.words, result.agreements
    rows = every[every["open_amount"] != 0]
    rows = rows.iloc[rows["open_amount"].abs().argsort(kind="stable")[::-1]]
    columns = {
        "name": Column(_("Customer or group")),
        "last_day": Column(_("Until"), n.date),
        "accrued_amount": Column(_("Earned"), n.decimal.to(2)),
        "paid_amount": Column(_("Paid"), n.decimal.to(2)),
        "open_amount": Column(_("Open rebate"), n.decimal.to(2), bar=True),
    }
    caption = _("Open rebates, in {currency}", currency=n.currency)
    return truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, empty=_("No rebate is open."))


def next_brackets(result: Rebates | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return the distance to the next bracket, its value to the customer, and what is left to us."""
    _ = n.words
    rows = _on_the_way(result)
    if result is None or result.agreements.empty:
        return rebates(result, n)
    if rows.empty:
        return [findings(_("No agreement has a bracket to come."))]
    return [_next_findings(result, rows, n), _next_chart(rows, n), _next_table(rows, n)]


def _on_the_way(result: Rebates | None) -> pd.DataFrame:
    """Return running agreements with a next bracket, nearest first."""
    if result is None:
        return pd.DataFrame(columns=["next_from"])
    rows = result.agreements.dropna(subset="next_from")
    rows = rows.assign(way=rows["level"] / rows["next_from"])
    return largest_first(rows, "way", then="agreement_id", ignore_index=True)


def _next_findings(result: Rebates, rows: pd.DataFrame, n: Numbers) -> Findings:
    _ = n.words
    likely = rows[rows["probability"] >= LIKELY]
    if likely.empty:
        sentence = _("Nobody will likely reach the next bracket.")
    else:
        sentence = _.ngettext(
            "{n} customer or group will likely reach the next bracket: {worth} more rebate.",
            "{n} customers or groups will likely reach the next bracket: {worth} more rebate.",
            len(likely), worth=n.money_short(likely["worth_amount"].sum()),
        )  # fmt: skip
    method = result.tests and _(
        "Expected: as in the last 52 weeks; {held} of {tests} such forecasts held within their 80% interval.",
        held=n.count(result.held), tests=n.count(result.tests),
    )  # fmt: skip
    return findings(sentence, method)


def _next_chart(rows: pd.DataFrame, n: Numbers) -> Chart:
    _, shown = n.words, rows.head(_DRAWN)
    notes = [_("{amount} to go", amount=n.money_short(amount)) for amount in shown["distance_amount"]]
    frame = shown.assign(label=shown["name"], note=notes, highlight=shown["probability"] >= LIKELY, whole=1.0)
    title = _(
        "Nearest to the next bracket: {count} of {shown} will likely reach it (orange)",
        count=n.count(frame["highlight"].sum()), shown=n.count(len(frame)),
    )  # fmt: skip
    alt = _.pairs(frame["label"], map(n.percent, frame["way"]))
    return share_bars(frame, title=title, alt=alt, fmt=n.percent.to(0), value="way", target="whole",
                      target_label=_("Next bracket"), note="note", highlight="highlight")  # fmt: skip


def _next_table(rows: pd.DataFrame, n: Numbers) -> Table:
    _ = n.words
    columns = {
        "name": Column(_("Customer or group")),
        "last_day": Column(_("Until"), n.date),
        "distance_amount": Column(_("To the next bracket"), n.count),
        "worth_amount": Column(_("Worth to the customer"), n.count),
        "left_amount": Column(_("Margin less rebate"), n.signed_count, if_known=True),
        "probability": Column(_("Likely reached"), n.percent.to(0)),
        "expected_way": Column(_("Expected at the end (80%)")),
    }
    shown = rows.head(MAX_ROWS)
    expected = [_expected(row, n) for row in shown.to_dict("records")]
    shown = shown.assign(expected_way=pd.Series(expected, shown.index, dtype="object"))
    caption = _("The next bracket, in {currency}", currency=n.currency)
    return truncated_table(len(rows), shown, columns, caption, n, cut="first", cards=True)


def _expected(row: Row, n: Numbers) -> str | None:
    """Return the level at the period's end in percent of the bracket, with its interval."""
    if pd.isna(row["expected"]):
        return None
    fmt = n.percent.to(0)
    middle, low, high = (fmt(row[name] / row["next_from"]) for name in ("expected", "low_80", "high_80"))
    return n.words("{middle} ({low} to {high})", middle=middle, low=low, high=high)


def questions(result: Rebates | None, n: Numbers) -> list[Table | Findings]:
    """List brackets with pulled-forward purchases; nothing if there are none."""
    _ = n.words
    if result is None or result.questions.empty:
        return []
    columns = {
        "name": Column(_("Customer or group")),
        "day": Column(_("Bracket reached"), n.date),
        "before": Column(_("14 days before"), n.count),
        "usual_before": Column(_("Usual"), n.count),
        "after": Column(_("28 days after"), n.count),
        "usual_after": Column(_("Usual then"), n.count),
    }
    rows = result.questions
    caption = _("Was it bought ahead? To be asked: a project or a season looks the same")
    return [truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, cut="first", cards=True)]


def weighed_findings(result: Rebates, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: open rebates."""
    if result.agreements.empty or not result.open_amount > 0:
        return []
    return weighed(PAGE, (rebate_findings(result, n).sentences[0], result.open_amount))


def proposed_actions(result: Rebates, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to bring customers to a bracket in reach that leaves us margin; valued by its winnable part."""
    rows = _on_the_way(result)
    chosen = rows.get("probability", pd.Series(dtype="float64")).between(POSSIBLE, 1 - POSSIBLE)
    about = rows[chosen & (rows.get("left_amount", 0.0) > 0)] if len(rows) else result.agreements.iloc[:0]
    latest = n.year.ends(result.month + 1)
    due = about["last_day"].where(about["last_day"] < latest, latest)
    columns = about[["customer_id", "distance_amount", "last_day", "worth_amount"]]
    worth = (about["left_amount"] * likely.winnable).round(4)
    return propose(columns, "grow", worth, due, _reason, n, "margin")


def _reason(row: Row, n: Numbers) -> str:
    return n.words(
        "{amount} until {day} to the next bracket of its rebate, which is worth {worth} to it.",
        amount=n.money_short(row["distance_amount"]), day=n.date(row["last_day"]),
        worth=n.money_short(row["worth_amount"]),
    )  # fmt: skip
