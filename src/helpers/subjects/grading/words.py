"""Rules as text: their conditions, and why a customer has its grade or segment."""

from collections.abc import Callable, Sequence

import pandas as pd

from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.settings.grading import Condition, Rule
from helpers.subjects.grading.rules import reasons


def why(row: pd.Series, rules: Sequence[Rule], months: int, n: Numbers) -> str:
    """Return the conditions behind a customer's grade or segment, with its own figures."""
    met = reasons(row, rules)
    if not met:
        return n.words("none of the rules fits")
    return n.words.clauses(_observed_text(condition, row[condition.measure], months, n) for condition in met)


def rules_table(
    rules: Sequence[Rule],
    otherwise: str,
    months: int,
    fmt: Callable[[str], str],
    caption: str,
    head: str,
    n: Numbers,
) -> Table:
    """List the rules in order; ``fmt`` returns the label of an outcome."""
    _ = n.words
    rows = [{"outcome": fmt(rule.outcome), "rule": _in_words(rule, months, n)} for rule in rules]
    rows.append({"outcome": fmt(otherwise), "rule": _("all others")})
    return table(pd.DataFrame(rows), {"outcome": Column(head), "rule": Column(_("Rule"))}, caption)


def _in_words(rule: Rule, months: int, n: Numbers) -> str:
    every = n.words.clauses(_condition_text(condition, months, n) for condition in rule.all)
    some = n.words(" or ").join(_condition_text(condition, months, n) for condition in rule.any)
    return n.words.clauses(part for part in (every, some) if part)


def _condition_text(condition: Condition, months: int, n: Numbers) -> str:
    """Return a condition as text: the phrase of the measure with its limit."""
    if first := _among_the_first(condition, n):
        return first
    return _phrase(condition.measure, condition.limit, _limit(condition, n), months, n)


def _observed_text(condition: Condition, value: float, months: int, n: Numbers) -> str:
    """Return the phrase with the customer's own figure, or with the limit if the figure is not shown."""
    if first := _among_the_first(condition, n):
        return first
    if pd.isna(value):
        return _condition_text(condition, months, n)
    return _phrase(condition.measure, value, _spell(condition.measure, value, n), months, n)


def _among_the_first(condition: Condition, n: Numbers) -> str | None:
    """Return cumulative shares as a place among the customers, which reads better than a figure."""
    _ = n.words
    if condition.comparison not in ("<", "<="):
        return None
    share = _spell(condition.measure, condition.limit, n)
    if condition.measure == "cumulative_share_before":
        return _("in the first {share} of company sales", share=share)
    if condition.measure == "class_cumulative_share_before":
        return _("in the first {share} of its class's sales", share=share)
    return None


def _limit(condition: Condition, n: Numbers) -> str:
    _ = n.words
    if condition.measure in _CHANGES and condition.limit < 0 and condition.comparison in ("<", "<="):
        return _("down by {limit} or more", limit=_share(-condition.limit, n))
    limit = _spell(condition.measure, condition.limit, n)
    if condition.limit == 0 and condition.comparison == "=":
        return _("no")
    return {
        ">=": _("at least {limit}", limit=limit), ">": _("more than {limit}", limit=limit),
        "<=": _("at most {limit}", limit=limit), "<": _("less than {limit}", limit=limit),
        "=": _("exactly {limit}", limit=limit),
    }[condition.comparison]  # fmt: skip


_SHARES = (
    "share", "cumulative_share_before", "class_cumulative_share_before", "room_score", "returns_share",
)  # fmt: skip
_CHANGES = ("growth", "frequency_change")
_MONEY = ("amount", "lifetime_amount", "room_amount", "wallet_amount", "net_amount", "returns_amount")
_ONE_DECIMAL = ("gap_ratio", "mean_severity")
_TWO_DECIMALS = ("potential", "growth_score", "size_score", "interest_score", "complaints_per_occasion")


def _spell(measure: str, value: float, n: Numbers) -> str:
    if measure in _SHARES:
        return _share(value, n)
    if measure in _CHANGES:
        return n.signed_percent(value)
    if measure in _MONEY:
        return n.money_short(value)
    if measure.endswith("_days"):
        return n.words.ngettext("{count} day", "{count} days", int(value), count=n.count(value))
    return n.decimal(value, 1 if measure in _ONE_DECIMAL else 2 if measure in _TWO_DECIMALS else 0)


def _share(value: float, n: Numbers) -> str:
    """Return a percentage; whole percents, as most limits are, without a decimal."""
    return n.percent(value, 0 if round(value * 100, 9).is_integer() else 1)


def _phrase(measure: str, number: float, value: str, months: int, n: Numbers) -> str:
    """Format a figure, or a limit such as "at least 3", in the phrase of its measure; ``number`` sets the plural."""
    _ = n.words
    many = 2 if pd.isna(number) else int(number)
    return {
        "amount": _("contribution {value}", value=value),
        "share": _("{value} of sales", value=value),
        "rank": _("rank {value}", value=value),
        "cumulative_share_before": _("larger customers bring {value} of sales", value=value),
        "class_cumulative_share_before": _("larger customers bring {value} of its class's sales", value=value),
        "lifetime_amount": _("{value} bought since the data begin", value=value),
        "potential": _("potential {value}", value=value),
        "potential_known": _("{value} of 4 indicators of potential known", value=value),
        "room_amount": _("buys from others for {value} a year", value=value),
        "room_score": _("buys {value} of what it needs from others", value=value),
        "growth": _("sales {value} on the year before", value=value),
        "growth_score": _("score of growth {value}", value=value),
        "size_score": _("score of size {value}", value=value),
        "interest_score": _("score of interest {value}", value=value),
        "wallet_amount": _("buys from everyone for {value} a year", value=value),
        "r": _("recency score {value}", value=value),
        "f": _("frequency score {value}", value=value),
        "m": _("monetary score {value}", value=value),
        "recency_days": _("last purchase {value} ago", value=value),
        "frequency": _.ngettext("{value} purchase day in {months} months", "{value} purchase days in {months} months",
                                many, value=value, months=months),
        "frequency_previous": _.ngettext("{value} purchase day in the year before",
                                         "{value} purchase days in the year before", many, value=value),
        "frequency_change": _("purchase days {value} on the year before", value=value),
        "net_amount": _("net sales {value} in {months} months", value=value, months=months),
        "tenure_days": _("first purchase {value} ago", value=value),
        "occasions": _.ngettext("{value} purchase day since the data begin",
                                "{value} purchase days since the data begin", many, value=value),
        "order_lines": _.ngettext("{value} order line", "{value} order lines", many, value=value),
        "gap_ratio": _("silent for {value} times its usual gap", value=value),
        "returns_amount": _("returns of {value} in {months} months", value=value, months=months),
        "returns_share": _("{value} of purchases returned", value=value),
        "complaints": _.ngettext("{value} complaint in {months} months", "{value} complaints in {months} months",
                                 many, value=value, months=months),
        "open_complaints": _.ngettext("{value} open complaint", "{value} open complaints", many, value=value),
        "severe_complaints": _.ngettext("{value} severe complaint in {months} months",
                                        "{value} severe complaints in {months} months",
                                        many, value=value, months=months),
        "mean_severity": _("mean severity of complaints {value}", value=value),
        "complaints_per_occasion": _("{value} complaints for each purchase day", value=value),
    }[measure]  # fmt: skip
