"""Why a customer is taken to leave, in words with its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.present.numbers import Numbers
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.definition import Text

#: Reason that no signal gives (`learning.features.OF_PURCHASES`) -> the signal whose step of the playbook answers it,
#: and what is said.
_OWN: dict[str, tuple[str, Text]] = {
    "season": ("silence", lambda _: _("bought little in the coming months of last year")),
    "few_purchases": ("p_alive", lambda _: _("few purchases")),
    "short_relationship": ("p_alive", lambda _: _("not long a customer")),
    "small": ("wallet", lambda _: _("small purchases")),
}


def answered_by() -> dict[str, str]:
    """Return, by reason, the signal whose step of the playbook answers it.

    What the score makes of a signal's evidence that nobody would notice may as well be too little as too much, and asks
    for nothing.
    """
    signals = {each.reason_name: each.name for each in catalogue.SIGNALS if each.of_purchases}
    return signals | {reason: signal for reason, (signal, _text) in _OWN.items()}


def reason_words(row: dict[Any, Any], n: Numbers, sentences: Mapping[str, str] | None = None) -> str:
    """Say the reasons of one customer in words with its figures, the strongest first.

    Parameters
    ----------
    row
        A row of `RiskList.everyone`.
    sentences
        Signal -> its sentence (`helpers.subjects.signals.catalogue.sentence`), for the signals that are noticed of this
        customer; of the others the figures are told, for the score looks at much that is small.
    """
    signals = {each.reason_name: each for each in catalogue.SIGNALS}
    said = dict(sentences or {})
    for reason in set(row["reasons"]) - set(said):
        said[reason] = _OWN[reason][1](n.words) if reason in _OWN else signals[reason].in_figures(row, n)
    return n.words.clauses(said[reason] for reason in row["reasons"])
