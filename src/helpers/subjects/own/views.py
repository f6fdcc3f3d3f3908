"""Views of user-defined signals."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from helpers.core.amounts import total
from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, due_day, no_actions, propose
from helpers.present.findings import Findings, WeighedFinding, findings
from helpers.present.name_lists import MAX_ROWS, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.settings.report import OwnSignal, Text
from helpers.subjects.own.signals import OwnSignals

#: What was measured, and the signals of the settings.
MeasuredSignals = tuple[OwnSignals, Mapping[str, OwnSignal]]
PAGE = "04_churn_signals"


def own_signals(result: OwnSignals, signals: Mapping[str, OwnSignal], n: Numbers) -> list[Findings | Table]:
    """Return a sentence and a table for each signal of the settings."""
    return [
        part
        for name, signal in signals.items()
        for part in (own_findings(result, name, signal, n), own_table(result, name, signal, n))
    ]


def own_findings(result: OwnSignals, name: str, signal: OwnSignal, n: Numbers) -> Findings:
    """Return how many customers one signal is noticed for."""
    return findings(_sentence(result, name, signal, n))


def _sentence(result: OwnSignals, name: str, signal: OwnSignal, n: Numbers) -> str:
    measured, noticed = _signal_rows(result.measured, name), _signal_rows(result.noticed, name)
    return n.words.ngettext(
        "{signal}: {n} of {all} customers of whom it can be said, with {amount} of net sales.",
        "{signal}: {n} of {all} customers of whom it can be said, with {amount} of net sales.",
        len(noticed), signal=spoken(signal.label, n), all=n.count(len(measured)),
        amount=n.money_short(total(noticed["net_amount"])),
    )  # fmt: skip


def own_table(result: OwnSignals, name: str, signal: OwnSignal, n: Numbers) -> Table:
    """List the customers that one signal is noticed for, with its sentence."""
    _ = n.words
    noticed = _signal_rows(result.noticed, name)
    shown = noticed.head(MAX_ROWS)
    shown = shown.assign(why=[sentence(row, signal, n) for row in shown.to_dict("records")])
    columns = {
        "customer": Column(_("Customer")),
        "net_amount": Column(_("Net sales"), n.count),
        "why": Column(_("Signs")),
    }
    measured = _signal_rows(result.measured, name)[["value", "usual"]].fillna(0)
    unmet = len(measured) and not measured.any(axis=None)
    empty = (
        _(
            "It measures 0 for everybody: see that the words in its SQL stand in the data as they are written there."
        )
        if unmet
        else _("It is noticed of nobody.")
    )
    return truncated_table(len(noticed), shown, columns, spoken(signal.label, n), n, empty=empty)


def sentence(row: Mapping[Any, Any], signal: OwnSignal, n: Numbers) -> str:
    """Return a signal's sentence for one customer, with figures in the report's language."""
    figures = {name: _Figure(row[name], n) for name in ("value", "usual")}
    return spoken(signal.sentence, n).format_map(figures)


class _Figure:
    """A figure in a sentence of the settings; the text after the colon is its format."""

    def __init__(self, value: float, n: Numbers) -> None:
        self._value, self._numbers = value, n

    def __format__(self, how: str) -> str:
        written: str = getattr(self._numbers, how or "decimal")(self._value)
        return written


def spoken(text: Text, n: Numbers) -> str:
    """Return a text of the settings in the report's language, or in the other one."""
    if isinstance(text, str):
        return text
    return dict(text).get(n.words.language) or next(iter(text.values()))  # type: ignore[call-overload]


def _signal_rows(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[rows["signal"] == name]


def weighed_findings(measured: MeasuredSignals, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return a front-page finding for each noticed signal, weighed by its customers' expected loss."""
    (result, signals), found = measured, []
    for name, signal in signals.items():
        rows = _signal_rows(result.noticed, name)
        if len(rows):
            amount = total(likely.expected_loss(rows["customer_id"], rows["net_amount"]))
            found.append(WeighedFinding(_sentence(result, name, signal, n), amount, PAGE))
    return found


def proposed_actions(measured: MeasuredSignals, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose each noticed signal's action; the first signal of the settings wins."""
    result, signals = measured
    rows = result.noticed.drop_duplicates("customer_id").reset_index(drop=True)
    if rows.empty:
        return no_actions()
    days = rows["signal"].map({name: signal.days for name, signal in signals.items()})
    return propose(
        rows, rows["signal"].map({name: signal.action for name, signal in signals.items()}),
        likely.expected_loss(rows["customer_id"], rows["net_amount"]), due_day(result.month, days, n),
        partial(_reason, signals=dict(signals)), n,
    )  # fmt: skip


def _reason(row: Row, n: Numbers, signals: Mapping[str, OwnSignal]) -> str:
    signal = signals[row["signal"]]
    return n.words("{name}: {value}", name=spoken(signal.label, n), value=sentence(row, signal, n))
