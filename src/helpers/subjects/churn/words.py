"""Why a customer is taken to leave, in words with its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.present.numbers import Numbers
from helpers.settings.playbook import SignalName
from helpers.subjects.signals.words import due_words

#: Reason -> the signal whose step of the playbook answers it. What the score makes of a signal that nobody would notice
#: may as well be too little as too much, and asks for nothing.
STEP: dict[str, SignalName] = {
    "silence": "silence", "frequency_falling": "frequency", "spend_falling": "spend", "few_purchases": "p_alive",
    "short_relationship": "p_alive", "small": "wallet", "season": "silence",
}  # fmt: skip


def reason_words(row: dict[Any, Any], n: Numbers, told: Mapping[str, str] | None = None) -> str:
    """Say the reasons of one customer in words with its figures, the strongest first.

    Parameters
    ----------
    row
        A row of `RiskList.everyone`.
    told
        Signal -> its sentence (`helpers.subjects.signals.words.sentence`), for the signals that are noticed of this
        customer; of the others the figures are told, for the score looks at much that is small.
    """
    _ = n.words
    said = {
        "silence": _silence(row, n),
        "frequency_falling": _("{recent} purchases in 3 months, {year} in 12",
                               recent=n.count(row["purchases_3"]), year=n.count(row["purchases_12"])),
        "spend_falling": _("spends less than before"),
        "few_purchases": _("few purchases"),
        "short_relationship": _("not long a customer"),
        "small": _("small purchases"),
        "season": _("bought little in the coming months of last year"),
        **{reason: write(row, n) for reason, write in _SIGNALS.items()},
    }  # fmt: skip
    said |= {signal: text for signal, text in (told or {}).items() if signal != "silence"}
    return _.clauses(said[reason] for reason in row["reasons"])


def _value(row: dict[Any, Any], name: str) -> float:
    value = row.get(name)
    return float("nan") if value is None or pd.isna(value) else float(value)


def _both(row: dict[Any, Any], name: str) -> tuple[float, float]:
    """Return a measure of the last 6 months, and of the 12 before."""
    now = _value(row, name)
    return now, now - _value(row, f"{name}_change")


def _complaints(row: dict[Any, Any], n: Numbers) -> str:
    count = _value(row, "complaints")
    if pd.isna(count):
        return n.words("its complaints")
    return n.words.ngettext("{n} complaint in 6 months", "{n} complaints in 6 months", int(count))


def _payment(row: dict[Any, Any], n: Numbers) -> str:
    now, before = _both(row, "late_days")
    overdue = _value(row, "overdue_share")
    if pd.isna(now) and overdue >= 0.01:
        return n.words("{share} of its sales of 18 months are overdue", share=n.percent(overdue, 0))
    if pd.isna(now):
        return n.words("how it pays")
    if pd.isna(before):
        return n.words("pays {now}", now=due_words(now, n))
    return n.words("pays {now}, until then {before}", now=due_words(now, n), before=due_words(before, n))


def _discount(row: dict[Any, Any], n: Numbers) -> str:
    now, before = _both(row, "discount")
    if pd.isna(now):
        return n.words("its discounts")
    if pd.isna(before) or abs(now - before) < 0.01:
        return n.words("discount {now}", now=n.percent(now))
    return n.words("discount {now}, before {before}", now=n.percent(now), before=n.percent(before))


def _service(row: dict[Any, Any], n: Numbers) -> str:
    service, components = _value(row, "service_share"), _value(row, "component_share")
    if pd.isna(service) or pd.isna(components):
        return n.words("how much service and components it buys")
    if round(service + components, 2) == 0:
        return n.words("buys no service and no components")
    return n.words("buys {service} service, {components} components",
                   service=n.percent(service, 0), components=n.percent(components, 0))  # fmt: skip


def _contact_roles(row: dict[Any, Any], n: Numbers) -> str:
    purchasing = _value(row, "purchasing_share")
    if pd.isna(purchasing):
        return n.words("who talks to us, and about what")
    return n.words("{share} of the talks are with purchasing", share=n.percent(purchasing, 0))


def _decision(row: dict[Any, Any], n: Numbers) -> str:
    now, before = _both(row, "decision_days")
    if pd.isna(now) or pd.isna(before):
        return n.words("how fast it decides")
    return n.words("decides in {now} days, before {before}", now=n.count(now), before=n.count(before))


def _satisfaction(row: dict[Any, Any], n: Numbers) -> str:
    score = _value(row, "survey_score")
    if pd.isna(score) or not 0 <= score <= 1:
        return n.words("its survey answers")
    return n.words("{score} of the scale in the survey", score=n.percent(score, 0))


def _returns(row: dict[Any, Any], n: Numbers) -> str:
    share = _value(row, "returns_share")
    return n.words("its returns") if pd.isna(share) else n.words("{share} sent back", share=n.percent(share))


def _categories(row: dict[Any, Any], n: Numbers) -> str:
    bought, lost = _value(row, "categories_recent"), _value(row, "categories_lost")
    if pd.isna(bought) or pd.isna(lost):
        return n.words("the categories it buys")
    return n.words("categories bought: {bought}, lost: {lost}", bought=n.count(bought), lost=n.count(lost))


def _contacts(row: dict[Any, Any], n: Numbers) -> str:
    count = _value(row, "contacts")
    if pd.isna(count):
        return n.words("how often we were in contact")
    return n.words.ngettext("{n} contact in 6 months", "{n} contacts in 6 months", int(count))


_SIGNALS = {
    "complaints": _complaints, "payment": _payment, "discount": _discount, "service_share": _service,
    "contact_roles": _contact_roles, "decision_days": _decision, "satisfaction": _satisfaction, "returns": _returns,
    "categories": _categories, "visits": _contacts,
}  # fmt: skip


def _silence(row: dict[Any, Any], n: Numbers) -> str:
    _, gap, days = n.words, row["mean_gap_days"], int(row["silence_days"])
    if pd.isna(gap):
        return _.ngettext("silent for {n} day", "silent for {n} days", days)
    if days < gap:
        # Not the silence speaks for leaving, but that so long a gap is usual for it.
        return _.ngettext("buys only every {gap} days, last {n} day ago",
                          "buys only every {gap} days, last {n} days ago",
                          days, gap=n.count(gap))  # fmt: skip
    return _.ngettext("silent for {n} day, bought every {gap} until then",
                      "silent for {n} days, bought every {gap} until then",
                      days, gap=n.count(max(gap, 1)))  # fmt: skip
