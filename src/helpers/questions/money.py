"""Targets, people and what is owed (R8, R9, R10)."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from helpers.analysis.attainment import Attainment, attainment, spans_of
from helpers.analysis.attainment_forecast import PeriodForecast, mean_rate, period_forecast
from helpers.analysis.cash import Cash, cash, cash_by_owner
from helpers.analysis.receivables import Receivables, receivables
from helpers.analysis.scorecard import Scorecard, scorecard
from helpers.models import MBGNBD
from helpers.models.errors import ModelError, WeaklyIdentifiedWarning
from helpers.questions.customer_rows import CustomerRows, LeavesRows, Left
from helpers.scope import COMPANY

_OF_THE_MONTHS = ("invoiced_amount", "paid_amount", "payments", "days_late_sum", "days_late_squares")


class MoneyQuestions(LeavesRows):
    """Attainment of targets, the salespeople's scorecard, and receivables."""

    def attainment(self) -> Attainment:
        """Return sales against targets with the forecast of quarter and year; see `helpers.analysis.attainment`.

        Examples
        --------
        >>> book.attainment().units  # doctest: +SKIP
        """
        facts = self.facts
        return attainment(
            self._frame("seller_months", COMPANY),
            self._frame("targets", COMPANY),
            facts.owners,
            self.month,
            self.scope,
            self._company_answer("period_forecast", self._period_forecast),
        )

    def _period_forecast(self) -> PeriodForecast:
        facts = self.facts
        spans = spans_of(self.month)
        ahead = [((self.month - s.first).n + 1, (s.last - self.month).n) for s in spans.values()]
        return period_forecast(
            self._months("net_amount", scope=COMPANY),
            self._frame("customers", COMPANY),
            self.month,
            [span for span in ahead if span[1]],
            facts.coverage.months[0],
            self.settings.money.test_origins,
            _buying_months,
        )

    def scorecard(self) -> Scorecard:
        """Return each salesperson's year, fairly compared; see `helpers.analysis.scorecard`.

        Examples
        --------
        >>> book.scorecard().people  # doctest: +SKIP
        """
        facts = self.facts
        return scorecard(
            self._frame("customers", COMPANY),
            self._months("net_amount", scope=COMPANY),
            self._summary("first_purchase", scope=COMPANY),
            facts.frame("survey_months"),
            facts.frame("receivables"),
            self.attainment().units,
            self.month,
            self.settings.periods.window_months,
            self.settings.money.few_customers,
            self.scope,
            show_company_shares=self._shows_company_shares,
        )

    def receivables(self) -> Receivables | None:
        """Return what is owed as of the month end, None without invoices; see `helpers.analysis.receivables`.

        Examples
        --------
        >>> book.receivables().overdue_amount  # doctest: +SKIP
        """
        if not self.tables.has("invoices"):
            return None
        rules = self.settings.money
        ahead = self._cash()  # learnt before the months, which are many, are there
        owed = receivables(
            self.frame("customers"),
            self.frame("receivables"),
            self._unkept("receivable_months", self.scope).columns(*_OF_THE_MONTHS),
            ahead,
            self.month,
            rules.dso_months,
            rules.later_days,
            rules.least_payments,
        )
        self._leave("receivables", lambda: Left(owed.customers, {}))
        return owed

    def _receivable_rows(self) -> CustomerRows | None:
        """Return what each customer owes; None without invoices."""
        if not self.tables.has("invoices"):
            return None

        def owed() -> Left:
            found = self.receivables()
            assert found is not None
            return Left(found.customers, {})

        return self._leave("receivables", owed)

    def _cash(self) -> Cash:
        forecast = self._company_answer("cash", self._company_cash)
        return cash(forecast[self.scope.owns(forecast).to_numpy()], self.month)

    def _company_cash(self) -> pd.DataFrame:
        return cash_by_owner(self.facts.frame("cash_history"), self.facts.frame("payment_weeks"), self.month)


def _buying_months(summary: pd.DataFrame, horizons: list[int]) -> dict[int, np.ndarray]:
    """Expect buying months by MBG/NBD; a fit that the data do not determine gives way to the rate so far."""
    try:
        with warnings.catch_warnings():
            # Single parameters may be known badly: what is used is the expectation, which is tested on the past.
            warnings.simplefilter("ignore", WeaklyIdentifiedWarning)
            model = MBGNBD(prior="weak").fit(summary)
        # No more than one buying month a month.
        return {h: np.minimum(model.expected_purchases(summary, h).to_numpy(), h) for h in horizons}
    except ModelError:
        return mean_rate(summary, horizons)
