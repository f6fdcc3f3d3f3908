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

from helpers.core.digits import digits
from helpers.core.scope import COMPANY
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.experience.queries import ExperienceQueries
from helpers.subjects.sales.purchase_model import purchase_fit
from helpers.subjects.sales.purchase_summary import COLUMNS, in_units
from helpers.subjects.signals.catalogue import read_of
from helpers.subjects.signals.definition import Part
from helpers.subjects.signals.signals import Measured, Signals, signals


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
        found = signals(
            self._frame("customers", COMPANY),
            facts.frame("evidence", columns=read_of(facts.table("evidence").columns)),
            facts.frame("rhythm"),
            self._months_once("net_amount", "purchase_days", scope=COMPANY),
            self.month,
            self.settings.periods.window_months,
            self._p_alive(),
            facts.frame("wallet_changes") if self.tables.has("wallet_evidence") else None,
            first_month=facts.coverage.months[0],
            keep=self._open_ids(),
            peers="all" if self.scope == COMPANY else "told" if self._shows_company_shares else "none",
        )
        if facts.sampled_share < 1:
            found = replace(found, measured=_set_down(found.measured, facts.folder))
        return found

    def _signal_rows(self) -> CustomerRows:
        """Return the signals that are noticed, a row a customer and signal."""
        return self._customer_rows("signals", lambda: OfCustomers(self.signals().noticed, {}))

    def _p_alive(self) -> pd.Series | None:
        """Return the probability that each customer still is one; None where the customers do not determine it."""
        model = purchase_fit(self).learned
        if model is None:
            return None
        bought = self._summary(*COLUMNS, scope=COMPANY).dropna().set_index("customer_id")
        return digits(model.p_alive(in_units(bought)))


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
