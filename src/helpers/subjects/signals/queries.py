"""What warns of customers before the orders stop."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.calendar.period_names import months_a_year
from helpers.core.digits import digits
from helpers.core.disclosure import disclosed_part
from helpers.core.periods import Span, trailing_year, year_ago
from helpers.core.scope import COMPANY
from helpers.models.rates import NORMAL_95
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.experience.queries import ExperienceQueries
from helpers.subjects.sales.purchase_model import purchase_fit
from helpers.subjects.sales.purchase_summary import COLUMNS, in_units
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.catalogue import read_of
from helpers.subjects.signals.definition import Part, sold_in
from helpers.subjects.signals.signals import Measured, Signals, known_of, measure, signals
from helpers.subjects.value.queries import alive_recalibration

#: Of fewer customers who sent a signal nothing is concluded; of a class with fewer of them nothing is told.
_LEAST, _LEAST_TOLD = 20, 5
#: A class of fewer customers would take its own change for the season's: it takes the company's.
_LEAST_CLASS = 10
#: What has to be answered or collected, whatever it tells of sales.
_OWED = ("answer_complaint", "collect")
_RECORDED = ("kind", "signal", "group", "sent", "false_share", "others_share", "low", "high", "folded")


class SignalQueries(ExperienceQueries):
    """Signals: learnt of all customers, shown of those of the scope."""

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
            # The largest of what the page of signals asks later: there is room for it as long as nothing else is there.
            self._cache.compute_ahead("experience", self._experience)
        alive = self._p_alive()  # before the months are there: learning takes room
        months = self._months_once("net_amount", "purchase_days", scope=COMPANY)
        held = self._cache.get_or_compute("signals-tested", lambda: self._tested(months))
        known = known_of(
            self._frame("customers", COMPANY), self._evidence("evidence"), facts.frame("rhythm"), months, self.month,
            alive, self._wallet("wallet_changes"), facts.coverage.first_whole,
        )  # fmt: skip
        found = signals(
            known, self.settings.periods.window_months, self._open_ids(),
            "all" if self.scope == COMPANY else "disclosed" if self._shows_company_shares else "none",
            held if self.scope == COMPANY else disclosed_record(held, shown=self._shows_company_shares),
            folded_of(held),
        )  # fmt: skip
        if facts.sampled_share < 1:
            found = replace(found, measured=_set_down(found.measured, facts.folder))
        return found

    def _evidence(self, fact: str) -> pd.DataFrame:
        return self.facts.frame(fact, columns=read_of(self.facts.table(fact).columns))

    def _wallet(self, fact: str) -> pd.DataFrame | None:
        return self.facts.frame(fact) if self.tables.has("wallet_evidence") else None

    def _tested(self, months: pd.DataFrame) -> pd.DataFrame:
        """Hold the signals of a year ago against the year since; no rows with less than two years of data."""
        facts, then = self.facts, year_ago(self.month)
        first = facts.coverage.first_whole
        if first > trailing_year(then).first:
            return pd.DataFrame(columns=list(_RECORDED))
        customers, rhythm = self._frame("customers", COMPANY), facts.frame("year_ago_rhythm")
        customers = customers[customers["customer_id"].isin(rhythm["customer_id"])]
        past = months[Span(first, then).holds(months["month"])]
        known = known_of(
            customers, self._evidence("year_ago_evidence"), rhythm, past, then, None,
            self._wallet("year_ago_wallet_changes"), first, facts.year,
        )  # fmt: skip
        since = trailing_year(self.month)
        before, after = (
            sold_in(months, span, known.rhythm.index)["net_amount"] for span in (since.year_back(), since)
        )
        return record_of(measure(known, months_a_year(then)), before, after)

    def _signal_rows(self) -> CustomerRows:
        """Return the signals that are noticed, a row a customer and signal."""
        return self._customer_rows("signals", lambda: OfCustomers(self.signals().noticed, {}))

    def _p_alive(self) -> pd.Series | None:
        """Return the probability that each customer still is one; None where the customers do not determine it."""
        model, told = purchase_fit(self).learned, alive_recalibration(self)
        if model is None:
            return None
        bought = self._summary(*COLUMNS, scope=COMPANY).dropna().set_index("customer_id")
        return pd.Series(told.of(model.p_alive(in_units(bought)).to_numpy()), bought.index)


def _set_down(measured: Measured, folder: Path) -> Measured:
    """Put every signal of every customer into a file without a name: later, one customer's are looked at.

    They are the most numbers of the page, and all that it shows of them has been taken by then.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        parts = {
            signal: Part(*(_mapped(file, values) for values in part))
            for signal, part in measured.parts.items()
        }
    return replace(measured, parts=parts)


def _mapped(file: IO[bytes], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values as they stand in the file; what takes no memory stays what it is."""
    if not len(values) or values.strides == (0,):
        return values
    start = file.seek(0, os.SEEK_END)
    values.tofile(file)
    file.flush()
    return np.asarray(np.memmap(file, values.dtype, "r", start, values.shape))


def record_of(then: Measured, before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Hold the signals of a year ago against the net sales of the year since.

    Parameters
    ----------
    then
        The signals as of a year ago.
    before, after
        Net sales of the year up to then and of the year since, by customer in the order of ``then.who``.

    Returns
    -------
    pandas.DataFrame
        By signal over all classes (kind ``total``), and by signal and class (group; kind ``group``) of which
        `_LEAST_TOLD` or more sent it: sent (customers who sent it), false_share (of them the part who have since bought
        no less than their class did), others_share (the same of those of whom it could be said and who did not send
        it), low and high (by how much the first lies below the second, in 95 of 100 cases), folded: that is not above
        chance. A signal that says another's again is folded with it; one that was sent by few, or asks for an answer,
        never.
    """
    active = then.who["active"].to_numpy()
    kept = after.to_numpy(dtype="float64") >= _expected(before, after, then.classes, active)
    groups = then.who["group"].groupby(then.classes).first()
    rows = []
    for name, part in then.parts.items():
        said = active & ~np.isnan(part.strength)
        for code in (None, *groups.index):
            here = said if code is None else said & (then.classes == code)
            sent = here & then.noticed[name]
            if code is None or sent.sum() >= _LEAST_TOLD:
                kind = ("total", name, np.nan) if code is None else ("group", name, groups[code])
                rows.append((*kind, *_held(kept[sent], kept[here & ~sent])))
    table = pd.DataFrame(rows, columns=list(_RECORDED[:-1])).astype({"sent": "int64"})
    whole = (table["kind"] == "total") & (table["sent"] >= _LEAST)
    nothing = set(table.loc[whole & ~(table["low"] > 0), "signal"])
    nothing = {name for name in nothing if catalogue.signal(name).action not in _OWED}
    again = {each.name for each in catalogue.SIGNALS if each.repeats in nothing}
    return table.assign(folded=table["signal"].isin(nothing | again))


def _expected(before: pd.Series, after: pd.Series, classes: np.ndarray, active: np.ndarray) -> np.ndarray:
    sums = pd.DataFrame({"before": before.to_numpy(), "after": after.to_numpy()}, dtype="float64")[active]
    by_class = sums.groupby(classes[active]).agg(["sum", "size"])
    whole = sums["after"].sum() / sums["before"].sum() if sums["before"].sum() > 0 else 1.0
    change = by_class[("after", "sum")] / by_class[("before", "sum")].where(
        by_class[("before", "size")] >= _LEAST_CLASS
    )
    change = change.reindex(range(int(classes.max(initial=-1)) + 1)).fillna(whole)
    # Rounded, so that who buys exactly as its class does is not told apart by a last bit.
    expected: np.ndarray = digits(before.to_numpy(dtype="float64") * change.to_numpy()[classes])
    return expected


def _held(sent: np.ndarray, others: np.ndarray) -> tuple[int, float, float, float, float]:
    """Compare two parts, each with one of either kind more (Agresti and Caffo 2000)."""
    if not len(sent) or not len(others):
        return len(sent), float(sent.mean()) if len(sent) else np.nan, np.nan, np.nan, np.nan
    sizes = np.array([len(sent), len(others)], dtype="float64")
    parts = np.array([sent.sum(), others.sum()]) / sizes
    near = (parts * sizes + 1) / (sizes + 2)
    reach = NORMAL_95 * float(np.sqrt((near * (1 - near) / (sizes + 2)).sum()))
    less = float(near[1] - near[0])
    return len(sent), float(parts[0]), float(parts[1]), digits(less - reach), digits(less + reach)


def folded_of(table: pd.DataFrame) -> frozenset[str]:
    """Return the signals that are folded away."""
    return frozenset(table.loc[table["folded"].astype(bool), "signal"])


def disclosed_record(table: pd.DataFrame, *, shown: bool) -> pd.DataFrame:
    """Return the table as a scope may know it: parts of the company's customers in steps, or nothing."""
    if not shown:
        return table.iloc[:0]
    whole = table[table["kind"] == "total"]
    return whole.assign(
        sent=0,
        low=np.nan,
        high=np.nan,
        **{name: disclosed_part(whole[name]) for name in ("false_share", "others_share")},
    )
