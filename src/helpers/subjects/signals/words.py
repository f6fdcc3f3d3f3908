"""The sentences of signals: what a row of `Signals.signals` says, and what the churn score says of it in figures."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from helpers.present.numbers import Numbers


def silence_words(days: float, gap: float, spread: float, n: Numbers) -> str:
    """Say a silence: of how many days, the mean gap between purchases before, and its spread (NaN: of one gap none)."""
    _, silent = n.words, n.count(days)
    if pd.isna(gap):
        return _("ordered once; silent for {silent} days", silent=silent)
    usual = n.count(max(gap, 1))
    if days < gap:
        # So long a gap is usual for it: no silence yet.
        return _.ngettext(
            "buys every {usual} days, last {n} day ago", "buys every {usual} days, last {n} days ago",
            int(days), usual=usual,
        )  # fmt: skip
    if pd.isna(spread):
        return _("ordered twice, {usual} days apart; silent for {silent}", usual=usual, silent=silent)
    return _(
        "ordered every {usual} days, give or take {spread}; silent for {silent}",
        usual=usual, spread=n.count(spread), silent=silent,
    )  # fmt: skip


def silence(row: pd.Series, n: Numbers) -> str:
    """Say ``silence``."""
    return silence_words(row["value"], row["usual"], row["detail"], n)


def silence_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``silence`` speaks for leaving."""
    return silence_words(row["silence_days"], row["mean_gap_days"], row["gap_spread_days"], n)


def p_alive(row: pd.Series, n: Numbers) -> str:
    """Say ``p_alive``."""
    _ = n.words
    if row["value"] < 0.005:
        return _("going by its rhythm it has left almost certainly")
    return _(
        "going by its rhythm it is still a customer with a probability of {p}", p=n.percent(row["value"], 0)
    )


def frequency(row: pd.Series, n: Numbers) -> str:
    """Say ``frequency``."""
    _ = n.words
    usual = n.decimal(row["usual"]) if row["usual"] < 10 else n.count(row["usual"])
    if not row["value"]:
        return _("did not order in 6 months; {usual} orders were to be expected", usual=usual)
    return _.ngettext(
        "ordered on {n} day in 6 months; {usual} were to be expected from last year and its class",
        "ordered on {n} days in 6 months; {usual} were to be expected from last year and its class",
        int(row["value"]), usual=usual,
    )  # fmt: skip


def categories(row: pd.Series, n: Numbers) -> str:
    """Say ``categories``."""
    return n.words.ngettext(
        "{n} category that it used to buy is missing for 6 months ({now} bought, {usual} before)",
        "{n} categories that it used to buy are missing for 6 months ({now} bought, {usual} before)",
        int(row["detail"]), now=n.count(row["value"]), usual=n.count(row["usual"]),
    )  # fmt: skip


def price_only(row: pd.Series, n: Numbers) -> str:
    """Say ``price_only``."""
    _, decided = n.words, int(row["detail"])
    if not row["value"]:
        return _.ngettext(
            "none of {n} quote decided in 18 months became an order",
            "none of {n} quotes decided in 18 months became an order", decided,
        )  # fmt: skip
    return _.ngettext(
        "{won} of {n} quote decided in 18 months became an order",
        "{won} of {n} quotes decided in 18 months became an order", decided, won=n.count(row["value"]),
    )  # fmt: skip


def returns(row: pd.Series, n: Numbers) -> str:
    """Say ``returns``."""
    if row["value"] > 1:
        return n.words("sent back more than it bought in 6 months")
    return n.words("sent back {now} of what it bought, before {usual} (peers: {peers})", **percents(row, n))


def complaints(row: pd.Series, n: Numbers) -> str:
    """Say ``complaints``."""
    _, count = n.words, int(row["value"])
    text = _.ngettext("{n} complaint in 6 months", "{n} complaints in 6 months", count)
    if pd.isna(row["detail"]) or not row["detail"]:
        return text
    return _.phrases([text, _.ngettext("{n} still open", "{n} still open", int(row["detail"]))])


def payment(row: pd.Series, n: Numbers) -> str:
    """Say ``payment``: in days after the due date, or, where somebody pays before it, each with its side of it."""
    _ = n.words
    if not any(row[name] < -0.5 for name in ("value", "usual", "peers")):
        return _("pays {now} after the due date, used to pay {usual} (peers: {peers})", **days(row, n))
    return _(
        "pays {now}, used to pay {usual} (peers: {peers})", **_written(row, lambda late: due_words(late, n))
    )


def due_words(days: float, n: Numbers) -> str:
    """Say when a payment comes: before, on or after the due date."""
    _ = n.words
    if pd.isna(days):
        return n.count(days)
    count = abs(round(days))
    if not count:
        return _("on the due date")
    if days < 0:
        return _.ngettext("{n} day before the due date", "{n} days before the due date", count)
    return _.ngettext("{n} day after the due date", "{n} days after the due date", count)


def percents(row: pd.Series, n: Numbers, decimals: int = 1) -> dict[str, str]:
    """Write value, usual and peers as shares: ``now``, ``usual``, ``peers``."""
    return _written(row, lambda share: n.percent(share, decimals))


def money(row: pd.Series, n: Numbers) -> dict[str, str]:
    """Write them as money."""
    return _written(row, n.money_short)


def days(row: pd.Series, n: Numbers) -> dict[str, str]:
    """Write them as so many days."""
    return _written(row, lambda value: _days(value, n))


def _written(row: pd.Series, write: Callable[[float], str]) -> dict[str, str]:
    return {"now": write(row["value"]), "usual": write(row["usual"]), "peers": write(row["peers"])}


def _days(value: float, n: Numbers) -> str:
    if pd.isna(value):
        return n.count(value)
    return n.words.ngettext("{days} day", "{days} days", round(value), days=n.count(value))


def frequency_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``frequency`` speaks for leaving."""
    return n.words(
        "purchases: {recent} in 3 months, {year} in 12",
        recent=n.count(row["purchases_3"]), year=n.count(row["purchases_12"]),
    )  # fmt: skip


def _value(row: dict[Any, Any], name: str) -> float:
    value = row.get(name)
    return float("nan") if value is None or pd.isna(value) else float(value)


def _both(row: dict[Any, Any], name: str) -> tuple[float, float]:
    """Return a measure of the last 6 months, and of the 12 before."""
    now = _value(row, name)
    return now, now - _value(row, f"{name}_change")


def complaints_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``complaints`` speaks for leaving."""
    count = _value(row, "complaints")
    if pd.isna(count):
        return n.words("its complaints")
    return n.words.ngettext("{n} complaint in 6 months", "{n} complaints in 6 months", int(count))


def payment_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``payment`` speaks for leaving."""
    now, before = _both(row, "late_days")
    overdue = _value(row, "overdue_share")
    if pd.isna(now) and overdue >= 0.01:
        return n.words("{share} of its sales of 18 months are overdue", share=n.percent(overdue, 0))
    if pd.isna(now):
        return n.words("no payment matched to an invoice in 6 months")
    if pd.isna(before):
        return n.words("pays {now}", now=due_words(now, n))
    return n.words("pays {now}, until then {before}", now=due_words(now, n), before=due_words(before, n))


def discount_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``discount`` speaks for leaving."""
    now, before = _both(row, "discount")
    if pd.isna(now):
        return n.words("its discounts")
    if pd.isna(before) or abs(now - before) < 0.01:
        return n.words("discount {now}", now=n.percent(now))
    return n.words("discount {now}, before {before}", now=n.percent(now), before=n.percent(before))


def service_share_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``service_share`` speaks for leaving."""
    service, components = _value(row, "service_share"), _value(row, "component_share")
    if pd.isna(service) or pd.isna(components):
        return n.words("how much service and components it buys")
    if round(service + components, 2) == 0:
        return n.words("buys no service and no components")
    return n.words("buys {service} service, {components} components",
                   service=n.percent(service, 0), components=n.percent(components, 0))  # fmt: skip


def contact_roles_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``contact_roles`` speaks for leaving."""
    purchasing = _value(row, "purchasing_share")
    if pd.isna(purchasing):
        return n.words("who talks to us, and about what")
    return n.words("{share} of the talks are with purchasing", share=n.percent(purchasing, 0))


def decision_days_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``decision_days`` speaks for leaving."""
    now, before = _both(row, "decision_days")
    if pd.isna(now) or pd.isna(before):
        return n.words("how fast it decides")
    return n.words("decides in {now} days, before {before}", now=n.count(now), before=n.count(before))


def satisfaction_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``satisfaction`` speaks for leaving."""
    score = _value(row, "survey_score")
    if pd.isna(score) or not 0 <= score <= 1:
        return n.words("its survey answers")
    return n.words("{score} of the scale in the survey", score=n.percent(score, 0))


def returns_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``returns`` speaks for leaving."""
    share = _value(row, "returns_share")
    return n.words("its returns") if pd.isna(share) else n.words("{share} sent back", share=n.percent(share))


def categories_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``categories`` speaks for leaving."""
    bought, lost = _value(row, "categories_recent"), _value(row, "categories_lost")
    if pd.isna(bought) or pd.isna(lost):
        return n.words("the categories it buys")
    return n.words("categories bought: {bought}, lost: {lost}", bought=n.count(bought), lost=n.count(lost))


def visits_figures(row: dict[Any, Any], n: Numbers) -> str:
    """Describe in figures why ``visits`` speaks for leaving."""
    count = _value(row, "contacts")
    if pd.isna(count):
        return n.words("how often we were in contact")
    return n.words.ngettext("{n} contact in 6 months", "{n} contacts in 6 months", int(count))
