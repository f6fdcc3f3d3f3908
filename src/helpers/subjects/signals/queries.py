"""Queries on signals."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.amounts import round_significant
from helpers.core.calendar.period_names import months_a_year
from helpers.core.disclosure import MIN_OTHERS, disclosed_part
from helpers.core.periods import Span, trailing_year, year_ago
from helpers.core.scope import COMPANY
from helpers.models.rates import NORMAL_95
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.experience.queries import ExperienceQueries
from helpers.subjects.sales.purchase_summary import COLUMNS, in_units, purchase_fit
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.catalogue import evidence_columns
from helpers.subjects.signals.definition import Part, sold_in
from helpers.subjects.signals.signals import SignalArrays, Signals, measure, signal_inputs, signals
from helpers.subjects.value.queries import alive_recalibration

#: Fewer customers with a signal allow no conclusion; a class with fewer of them is not shown.
_LEAST, _LEAST_SHOWN = 20, 5
#: In a class of fewer customers one's change would look like season: the company's is used.
_LEAST_CLASS = 10
#: Actions that are due whether or not their signals predict sales.
_OBLIGATIONS = ("answer_complaint", "collect")
_RECORD_COLUMNS = ("kind", "signal", "group", "sent", "false_share", "others_share", "low", "high", "folded")


class SignalQueries(ExperienceQueries):
    """Signals: measured against all customers, shown for those of the scope."""

    def signals(self) -> Signals:
        """Return every signal that the data allow; see `helpers.subjects.signals.signals`.

        Examples
        --------
        >>> book.signals().of("C00068")[["signal", "strength"]].round(1)
            signal  strength
        0  silence       3.9
        1  payment       2.5
        """
        facts = self.facts
        if facts.sampled_share < 1:
            # The largest result that the page needs later: it is computed first, while memory is free.
            self._cache.precompute("experience", self._experience)
        p_alive = self._p_alive()  # before the months are there: learning takes room
        months = self._months_once("net_amount", "purchase_days", scope=COMPANY)
        record = self._cache.get_or_compute("signals-tested", lambda: self._tested(months))
        inputs = signal_inputs(
            self._frame("customers", COMPANY), self._evidence("evidence"), facts.frame("rhythm"), months, self.month,
            p_alive, self._wallet("wallet_changes"), facts.coverage.first_whole, facts.year,
        )  # fmt: skip
        result = signals(
            inputs, self.settings.periods.window_months, self._open_ids(),
            "all" if self.scope == COMPANY else "disclosed" if self._shows_company_shares else "none",
            record if self.scope == COMPANY else disclosed_record(record, shown=self._shows_company_shares),
            folded_signals(record),
        )  # fmt: skip
        if facts.sampled_share < 1:
            result = replace(result, measured=_spill_to_file(result.measured, facts.folder))
        return result

    def _evidence(self, fact: str) -> pd.DataFrame:
        return self.facts.frame(fact, columns=evidence_columns(self.facts.table(fact).columns))

    def _wallet(self, fact: str) -> pd.DataFrame | None:
        return self.facts.frame(fact) if self.tables.has("wallet_evidence") else None

    def _tested(self, months: pd.DataFrame) -> pd.DataFrame:
        """Compare the signals of a year ago with the year since; no rows with less than two years of data."""
        facts, a_year_ago = self.facts, year_ago(self.month)
        first_month = facts.coverage.first_whole
        if first_month > trailing_year(a_year_ago).first:
            return pd.DataFrame(columns=list(_RECORD_COLUMNS))
        customers, rhythm = self._frame("customers", COMPANY), facts.frame("year_ago_rhythm")
        customers = customers[customers["customer_id"].isin(rhythm["customer_id"])]
        past = months[Span(first_month, a_year_ago).holds(months["month"])]
        inputs = signal_inputs(
            customers, self._evidence("year_ago_evidence"), rhythm, past, a_year_ago, None,
            self._wallet("year_ago_wallet_changes"), first_month, facts.year,
        )  # fmt: skip
        since = trailing_year(self.month)
        before, after = (
            sold_in(months, span, inputs.rhythm.index)["net_amount"] for span in (since.year_back(), since)
        )
        return false_alarm_record(measure(inputs, months_a_year(a_year_ago)), before, after)

    def _signal_rows(self) -> CustomerRows:
        """Return the signals that are noticed, a row a customer and signal."""
        return self._customer_rows("signals", lambda: OfCustomers(self.signals().noticed, {}))

    def _p_alive(self) -> pd.Series | None:
        """Return the probability that each customer still is one; None if the customers do not determine it."""
        model, recalibration = purchase_fit(self).learned, alive_recalibration(self)
        if model is None:
            return None
        summary = self._summary(*COLUMNS, scope=COMPANY).dropna().set_index("customer_id")
        return pd.Series(recalibration.of(model.p_alive(in_units(summary)).to_numpy()), summary.index)


def _spill_to_file(measured: SignalArrays, folder: Path) -> SignalArrays:
    """Move the values of all signals to an anonymous memory-mapped file: later only single customers are shown.

    They are most of the page's memory, and everything else that the page shows of them is computed by then.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        parts = {
            signal: Part(*(_mapped(file, values) for values in part))
            for signal, part in measured.parts.items()
        }
    return replace(measured, parts=parts)


def _mapped(file: IO[bytes], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values memory-mapped from the file; broadcast columns, which take no memory, as they are."""
    if not len(values) or values.strides == (0,):
        return values
    start = file.seek(0, os.SEEK_END)
    values.tofile(file)
    file.flush()
    return np.asarray(np.memmap(file, values.dtype, "r", start, values.shape))


def false_alarm_record(past: SignalArrays, before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Compare the signals of a year ago with the net sales of the year since: how many were false alarms.

    Parameters
    ----------
    past
        The signals as of a year ago.
    before, after
        Net sales of the year up to then and of the year since, by customer in the order of ``then.who``.

    Returns
    -------
    pandas.DataFrame
        By signal over all classes (kind ``total``), and by signal and class (group; kind ``group``) of which
        `_LEAST_SHOWN` or more sent it: sent (customers who sent it), false_share (of them the part who have since
        bought no less than their class did), others_share (the same of those of whom it could be said and who did not
        send it), low and high (by how much the first lies below the second, in 95 of 100 cases), folded: that is not
        above chance. A signal that says another's again is folded with it; one that was sent by few, or asks for an
        answer, never.
    """
    active = past.customer_rows["active"].to_numpy()
    bought_as_class = after.to_numpy(dtype="float64") >= _expected(before, after, past.classes, active)
    groups = past.customer_rows["group"].groupby(past.classes).first()
    rows = []
    for name, part in past.parts.items():
        is_measured = active & ~np.isnan(part.strength)
        for code in (None, *groups.index):
            in_class = is_measured if code is None else is_measured & (past.classes == code)
            sent = in_class & past.noticed[name]
            if code is None or sent.sum() >= _LEAST_SHOWN:
                kind = ("total", name, np.nan) if code is None else ("group", name, groups[code])
                rows.append(
                    (*kind, *_compare_shares(bought_as_class[sent], bought_as_class[in_class & ~sent]))
                )
    table = pd.DataFrame(rows, columns=list(_RECORD_COLUMNS[:-1])).astype({"sent": "int64"})
    is_total = (table["kind"] == "total") & (table["sent"] >= _LEAST)
    uninformative = set(table.loc[is_total & ~(table["low"] > 0), "signal"])
    uninformative = {name for name in uninformative if catalogue.signal(name).action not in _OBLIGATIONS}
    repeating = {signal.name for signal in catalogue.SIGNALS if signal.repeats in uninformative}
    return table.assign(folded=table["signal"].isin(uninformative | repeating))


def _expected(before: pd.Series, after: pd.Series, classes: np.ndarray, active: np.ndarray) -> np.ndarray:
    sums = pd.DataFrame({"before": before.to_numpy(), "after": after.to_numpy()}, dtype="float64")[active]
    by_trade_class = sums.groupby(classes[active]).agg(["sum", "size"])
    overall = sums["after"].sum() / sums["before"].sum() if sums["before"].sum() > 0 else 1.0
    change = by_trade_class[("after", "sum")] / by_trade_class[("before", "sum")].where(
        by_trade_class[("before", "size")] >= _LEAST_CLASS
    )
    change = change.reindex(range(int(classes.max(initial=-1)) + 1)).fillna(overall)
    # Rounded, so that who buys exactly as its class does is not distinguished by a last bit.
    expected: np.ndarray = round_significant(before.to_numpy(dtype="float64") * change.to_numpy()[classes])
    return expected


def _compare_shares(sent: np.ndarray, others: np.ndarray) -> tuple[int, float, float, float, float]:
    """Compare two shares with the interval of Agresti and Caffo (2000)."""
    if not len(sent) or not len(others):
        return len(sent), float(sent.mean()) if len(sent) else np.nan, np.nan, np.nan, np.nan
    sizes = np.array([len(sent), len(others)], dtype="float64")
    shares = np.array([sent.sum(), others.sum()]) / sizes
    adjusted = (shares * sizes + 1) / (sizes + 2)
    half_width = NORMAL_95 * float(np.sqrt((adjusted * (1 - adjusted) / (sizes + 2)).sum()))
    difference = float(adjusted[1] - adjusted[0])
    return (
        len(sent),
        float(shares[0]),
        float(shares[1]),
        round_significant(difference - half_width),
        round_significant(difference + half_width),
    )


def folded_signals(table: pd.DataFrame) -> frozenset[str]:
    """Return the signals that are folded away."""
    return frozenset(table.loc[table["folded"].astype(bool), "signal"])


def disclosed_record(table: pd.DataFrame, *, shown: bool) -> pd.DataFrame:
    """Return the table as a scope may know it: parts of `MIN_OTHERS` customers or more in steps, or nothing."""
    if not shown:
        return table.iloc[:0]
    totals = table[table["kind"] == "total"]
    totals = totals.assign(false_share=totals["false_share"].where(totals["sent"] >= MIN_OTHERS))
    return totals.assign(
        sent=0,
        low=np.nan,
        high=np.nan,
        **{name: disclosed_part(totals[name]) for name in ("false_share", "others_share")},
    )
