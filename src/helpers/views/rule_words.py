"""Rules in words: what they ask for, and why a customer has its grade or segment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from helpers.analysis.rules import reasons
from helpers.grading_settings import Condition, Rule
from helpers.views.numbers import Numbers
from helpers.views.table import Column, Table, table


def why(row: pd.Series, rules: Sequence[Rule], months: int, n: Numbers) -> str:
    """Say by which conditions the customer of a row has its grade or segment, with its own figures."""
    met = reasons(row, rules)
    if not met:
        return n.words("none of the rules fits")
    return "; ".join(_with_value(condition, row[condition.measure], months, n) for condition in met)


def rules_table(
    rules: Sequence[Rule],
    otherwise: str,
    months: int,
    spell: Callable[[str], str],
    caption: str,
    head: str,
    n: Numbers,
) -> Table:
    """The rules in the order in which they are tried; ``spell`` says what an outcome is called."""
    _ = n.words
    rows = [{"outcome": spell(rule.outcome), "rule": _in_words(rule, months, n)} for rule in rules]
    rows.append({"outcome": spell(otherwise), "rule": _("all others")})
    return table(pd.DataFrame(rows), {"outcome": Column(head), "rule": Column(_("Rule"))}, caption)


def _in_words(rule: Rule, months: int, n: Numbers) -> str:
    every = "; ".join(_asked(condition, months, n) for condition in rule.all)
    some = n.words(" or ").join(_asked(condition, months, n) for condition in rule.any)
    return "; ".join(part for part in (every, some) if part)


def _asked(condition: Condition, months: int, n: Numbers) -> str:
    if first := _among_the_first(condition, n):
        return first
    return f"{_label(condition.measure, months, n)} {_limit(condition, n)}"


def _with_value(condition: Condition, value: float, months: int, n: Numbers) -> str:
    if first := _among_the_first(condition, n):
        if pd.isna(value):
            return first
        return n.words("{first} (larger ones bring {share})", first=first, share=n.percent(value))
    if pd.isna(value):
        return _asked(condition, months, n)
    label, text = _label(condition.measure, months, n), _spell(condition.measure, n)(value)
    return n.words("{label} {value} ({limit})", label=label, value=text, limit=_limit(condition, n))


def _among_the_first(condition: Condition, n: Numbers) -> str | None:
    """Cumulative shares read better as a place among the customers than as a figure."""
    _ = n.words
    if condition.comparison not in ("<", "<="):
        return None
    share = n.percent(condition.limit, 0)
    if condition.measure == "cumulative_share_before":
        return _("among those who bring the first {share} of sales", share=share)
    if condition.measure == "class_cumulative_share_before":
        return _("among those who bring the first {share} of their class's sales", share=share)
    return None


def _limit(condition: Condition, n: Numbers) -> str:
    _ = n.words
    limit = _spell(condition.measure, n)(condition.limit)
    return {
        ">=": _("at least {limit}", limit=limit),
        ">": _("more than {limit}", limit=limit),
        "<=": _("at most {limit}", limit=limit),
        "<": _("less than {limit}", limit=limit),
        "=": _("exactly {limit}", limit=limit),
    }[condition.comparison]


_SHARES = (
    "share", "cumulative_share_before", "class_cumulative_share_before", "room_score", "returns_share",
)  # fmt: skip
_CHANGES = ("growth", "frequency_change")
_MONEY = ("amount", "lifetime_amount", "room_amount", "wallet_amount", "net_amount", "returns_amount")
_ONE_DECIMAL = ("gap_ratio", "mean_severity")
_TWO_DECIMALS = ("potential", "growth_score", "size_score", "interest_score", "complaints_per_occasion")


def _spell(measure: str, n: Numbers) -> Callable[[float], str]:
    if measure in _SHARES:
        return n.percent
    if measure in _CHANGES:
        return n.signed_percent
    if measure in _MONEY:
        return n.money_short
    if measure.endswith("_days"):
        return lambda days: n.words.ngettext("{count} day", "{count} days", int(days), count=n.count(days))
    decimals = 1 if measure in _ONE_DECIMAL else 2 if measure in _TWO_DECIMALS else 0
    return lambda value: n.decimal(value, decimals)


def _label(measure: str, months: int, n: Numbers) -> str:
    _ = n.words
    return {
        "amount": _("contribution"),
        "share": _("share of sales"),
        "rank": _("rank"),
        "cumulative_share_before": _("share of sales of larger customers"),
        "class_cumulative_share_before": _("share of its class's sales of larger customers"),
        "lifetime_amount": _("purchases since the data begin"),
        "potential": _("potential"),
        "potential_known": _("indicators of potential known"),
        "room_amount": _("purchases from others a year"),
        "room_score": _("share of its purchases that goes to others"),
        "growth": _("growth"),
        "growth_score": _("score of growth"),
        "size_score": _("score of size"),
        "interest_score": _("score of interest"),
        "wallet_amount": _("purchases from everyone a year"),
        "r": _("recency score"),
        "f": _("frequency score"),
        "m": _("monetary score"),
        "recency_days": _("last purchase ago"),
        "frequency": _("purchase days in {months} months", months=months),
        "frequency_previous": _("purchase days in the year before"),
        "frequency_change": _("change in purchase days"),
        "net_amount": _("net sales in {months} months", months=months),
        "tenure_days": _("first purchase ago"),
        "occasions": _("purchase days since the data begin"),
        "gap_ratio": _("silence, in its own usual gaps"),
        "returns_amount": _("returns in {months} months", months=months),
        "returns_share": _("returns in percent of purchases"),
        "complaints": _("complaints in {months} months", months=months),
        "open_complaints": _("open complaints"),
        "severe_complaints": _("severe complaints in {months} months", months=months),
        "mean_severity": _("mean severity of complaints"),
        "complaints_per_occasion": _("complaints for each purchase day"),
    }[measure]
