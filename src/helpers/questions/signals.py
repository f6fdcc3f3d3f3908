"""What warns of customers before the orders stop, and how experienced they are (R7, R16)."""

from __future__ import annotations

import pandas as pd

from helpers.analysis.experience import ExperienceShift, experience_shift
from helpers.analysis.signals import Signals, signals
from helpers.facts.experience_windows import ExperienceWindows
from helpers.questions.customer_rows import CustomerRows, LeavesRows, Left
from helpers.questions.leaving import purchase_model
from helpers.scope import COMPANY


class SignalQuestions(LeavesRows):
    """Signals and the experience shift: learnt of all customers, shown of those of the scope."""

    def signals(self) -> Signals:
        """Return every signal that the data allow; see `helpers.analysis.signals`.

        Examples
        --------
        >>> book.signals().of("C00003")  # doctest: +SKIP
        """
        facts = self.facts
        found = signals(
            self._frame("customers", COMPANY),
            facts.frame("evidence"),
            facts.frame("rhythm"),
            self._months("net_amount", "purchase_days", scope=COMPANY),
            self.month,
            self.settings.periods.window_months,
            self._company_answer("signals-p-alive", self._p_alive),
            facts.frame("wallet_changes") if self.tables.has("wallet_evidence") else None,
            first_month=facts.coverage.months[0],
            keep=self._own_ids(),
        )
        self._leave("signals", lambda: Left(found.noticed, {}))
        return found

    def _signal_rows(self) -> CustomerRows:
        """Return the signals that are noticed, a row a customer and signal."""
        return self._leave("signals", lambda: Left(self.signals().noticed, {}))

    def experience(self) -> ExperienceShift:
        """Return who is experienced, who is turning, and what is sold to whom; see `helpers.analysis.experience`.

        Examples
        --------
        >>> book.experience()  # doctest: +SKIP
        """
        return self._company_answer("experience", self._experience).of(self._own_ids())

    def _experience(self) -> ExperienceShift:
        facts = self.facts
        return experience_shift(
            self._frame("customers", COMPANY),
            ExperienceWindows(facts),
            facts.frame("product_maturity"),
            self.month,
            self.settings.experience,
        )

    def _p_alive(self) -> pd.Series | None:
        """Score everybody by the regular dropout model; None where the customers do not determine one."""
        weeks = _in_weeks(self.facts.drawn_frame("customer_summary"))
        model = purchase_model(weeks) if len(weeks) else None
        if model is None:
            return None
        if self.facts.learning_share < 1:
            weeks = _in_weeks(self._frame("customer_summary", COMPANY))
        return model.p_alive(weeks)


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
