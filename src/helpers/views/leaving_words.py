"""Why a customer is taken to leave, in words with its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.playbook_settings import SignalName
from helpers.views.numbers import Numbers

#: Reason -> the signal whose step of the playbook answers it; reasons that are signals answer themselves.
STEP: dict[str, SignalName] = {
    "silence": "silence", "frequency_falling": "frequency", "spend_falling": "spend", "few_purchases": "p_alive",
    "short_relationship": "p_alive", "small": "wallet", "season": "silence", "complaints": "complaints",
    "payment": "payment", "discount": "discount", "service_share": "service_share", "contact_roles": "contact_roles",
    "decision_days": "decision_days", "satisfaction": "satisfaction", "returns": "returns", "categories": "categories",
    "visits": "visits",
}  # fmt: skip


def reason_words(row: dict[Any, Any], n: Numbers, told: Mapping[str, str] | None = None) -> str:
    """Say the reasons of one customer in words with its figures, the strongest first.

    Parameters
    ----------
    row
        A row of `RiskList.everyone`.
    told
        Signal -> its sentence (`helpers.views.signals_words.sentence`), for the signals that are noticed of this
        customer. A reason without one is named alone: the score looks at many small things that nobody would notice.
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
        "complaints": _("its complaints"),
        "payment": _("how it pays"),
        "discount": _("its discounts"),
        "service_share": _("how much service and components it buys"),
        "contact_roles": _("who talks to us, and about what"),
        "decision_days": _("how fast it decides"),
        "satisfaction": _("its survey answers"),
        "returns": _("its returns"),
        "categories": _("the categories it buys"),
        "visits": _("how often we were in contact"),
    }  # fmt: skip
    said |= {signal: text for signal, text in (told or {}).items() if signal != "silence"}
    return _.clauses(said[reason] for reason in row["reasons"])


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
