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
from helpers.engine.cache.answers import learn_first
from helpers.subjects.churn.queries import purchase_model
from helpers.subjects.customer_rows import CustomerRows, LeavesRows, Left
from helpers.subjects.experience.queries import ExperienceQueries
from helpers.subjects.signals.catalogue import read_of
from helpers.subjects.signals.definition import Part
from helpers.subjects.signals.signals import Measured, Signals, signals

#: What purchase models read of the fact customer_summary.
_OF_PURCHASES = ("first_purchase", "frequency", "recency_days", "T_days", "sum_log_gaps")


class SignalQueries(ExperienceQueries, LeavesRows):
    """Signals: learnt of all customers, shown of those of the scope."""

    def signals(self) -> Signals:
        """Return every signal that the data allow; see `helpers.subjects.signals.signals`.

        Examples
        --------
        >>> book.signals().of("C00003")  # doctest: +SKIP
        """
        facts = self.facts
        if facts.sampled_share < 1:
            # The largest of what the page of signals asks later: there is room for it as long as nothing else is there.
            learn_first(facts, self.settings, "experience", self._experience)
        found = signals(
            self._frame("customers", COMPANY),
            facts.frame("evidence", columns=read_of(facts.table("evidence").columns)),
            facts.frame("rhythm"),
            self._months_once("net_amount", "purchase_days", scope=COMPANY),
            self.month,
            self.settings.periods.window_months,
            self._company_answer("signals-p-alive", self._p_alive),
            facts.frame("wallet_changes") if self.tables.has("wallet_evidence") else None,
            first_month=facts.coverage.months[0],
            keep=self._own_ids(),
        )
        if facts.sampled_share < 1:
            found = replace(found, measured=_set_down(found.measured, facts.folder))
        self._leave("signals", lambda: Left(found.noticed, {}))
        return found

    def _signal_rows(self) -> CustomerRows:
        """Return the signals that are noticed, a row a customer and signal."""
        return self._leave("signals", lambda: Left(self.signals().noticed, {}))

    def _p_alive(self) -> pd.Series | None:
        """Score everybody by the regular dropout model; None where the customers do not determine one."""
        weeks = _in_weeks(self.facts.sampled_frame("customer_summary", ("customer_id", *_OF_PURCHASES)))
        model = purchase_model(weeks) if len(weeks) else None
        if model is None:
            return None
        if self.facts.sampled_share < 1:
            weeks = _in_weeks(self._summary(*_OF_PURCHASES, scope=COMPANY))
        return digits(model.p_alive(weeks))


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


def _in_weeks(customer_summary: pd.DataFrame) -> pd.DataFrame:
    """Return the purchase summary that models read, of who has bought, by customer_id."""
    summary = customer_summary.dropna(subset=["first_purchase"])
    weeks = pd.DataFrame(
        {
            "frequency": summary["frequency"],
            "recency": summary["recency_days"] / 7,
            "T": summary["T_days"] / 7,
            "sum_log_gaps": summary["sum_log_gaps"],
        }
    ).set_axis(pd.Index(summary["customer_id"]))
    # Gaps in weeks: each logarithm is smaller by that of seven days.
    weeks["sum_log_gaps"] -= weeks["frequency"] * 1.9459101490553132
    return weeks
