"""Queries on targets, scorecard and handover."""

import warnings

import numpy as np
import pandas as pd

from helpers.core.periods import Span
from helpers.core.scope import COMPANY
from helpers.engine.connection import to_pandas
from helpers.models import MBGNBD
from helpers.models.errors import ModelError, WeaklyIdentifiedWarning
from helpers.subjects.targets.attainment import Attainment, attainment, spans_of
from helpers.subjects.targets.facts import seller_months
from helpers.subjects.targets.forecast import PeriodForecast, mean_rate, period_forecast
from helpers.subjects.targets.handover import Handover, handover, owners_as_of
from helpers.subjects.targets.handover import required_measures as handed_over
from helpers.subjects.targets.scorecard import Scorecard, required_measures, scorecard
from helpers.subjects.working_time.queries import WorkingTimeQueries


class TargetQueries(WorkingTimeQueries):
    """Attainment of targets and the salespeople's scorecard."""

    def attainment(self) -> Attainment:
        """Return sales against targets with the forecast of quarter and year.

        See `helpers.subjects.targets.attainment`.

        Examples
        --------
        >>> book.attainment().units[["period", "kind", "sales_amount", "target_amount"]].head(1)
          period     kind  sales_amount  target_amount
        0  month  company    7117004.88      7641000.0
        """
        if self._by_account is not self:
            return self._by_account.attainment()
        facts = self.facts
        return attainment(
            self._frame("seller_months", COMPANY), self._targets(COMPANY), facts.owners, self._over,
            self.scope, self._cache.get_or_compute("period_forecast", self._period_forecast), self._in_course,
            self.calendar, self.year,
        )  # fmt: skip

    def _period_forecast(self) -> PeriodForecast:
        facts = self.facts
        month = self._over
        spans = spans_of(month, self.year)
        ahead = [((month - s.first).n + 1, (s.last - month).n) for s in spans.values()]
        return period_forecast(
            self._by_month("net_amount", Span(facts.coverage.first_whole, month), COMPANY),
            self._frame("customers", COMPANY), month, [span for span in ahead if span[1]],
            facts.coverage.first_whole, self.settings.money.test_origins, _buying_months,
            self._working_days(Span(facts.coverage.first_whole, month)),
        )  # fmt: skip

    def _working_days(self, span: Span) -> np.ndarray | None:
        """Return the working days of each month of a span; None without a calendar."""
        if (calendar := self.calendar) is None:
            return None
        return np.array([calendar.in_months(month, month) for month in span.months()])

    def scorecard(self) -> Scorecard:
        """Return each salesperson's year, compared fairly; see `helpers.subjects.targets.scorecard`.

        Examples
        --------
        >>> book.scorecard().people[["salesperson_id", "customers", "new_customers"]].head(2)
          salesperson_id  customers  new_customers
        0            S01         78             15
        1            S02          0              0
        """
        if self._by_account is not self:
            return self._by_account.scorecard()
        facts = self.facts
        return scorecard(
            self._frame("customers", COMPANY),
            self._by_customer(required_measures(self.month, self.settings.periods.window_months), COMPANY),
            self._summary("first_purchase", scope=COMPANY), facts.frame("survey_months"),
            facts.frame("receivables"), self.attainment().units, self.month,
            self.settings.periods.window_months, self.settings.money.few_customers, self.scope,
            show_company_shares=self._shows_company_shares,
            year=self.year, year_name="" if self.year.is_calendar else self.year.name(self._over),
        )  # fmt: skip

    def handover(self) -> Handover | None:
        """Return customers that changed owners within the window; None if the data do not reach back.

        See `helpers.subjects.targets.handover`.

        Examples
        --------
        >>> len(book.handover().customers)
        69
        """
        if self._by_account is not self:
            return self._by_account.handover()
        window = self.settings.periods.window_months
        then = self.month - window
        if self.facts.coverage.first_whole > then:
            return None
        return handover(
            self.frame("customers"), to_pandas(owners_as_of(self.facts, then)), self.facts.owners,
            self._by_customer(handed_over(self.month, window, self.until)), *self._sold_up_to_day(then),
            self.month, window,
        )  # fmt: skip

    def _sold_up_to_day(self, then: pd.Period) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return seller_months and unassigned_months, less what the month ``then`` brought after the day reached."""
        sold, nobody = self.frame("seller_months"), self.frame("unassigned_months")
        if self.until is None:
            return sold, nobody
        late = self._after_day(COMPANY, [then])
        by_seller = to_pandas(seller_months(late, self._table("customers", COMPANY), None))
        of_scope = sold.loc[sold["month"] == then.to_timestamp(), "salesperson_id"]
        by_seller = by_seller[by_seller["salesperson_id"].isin(of_scope)]
        unnamed = late.filter(late.customer_id.isnull())  # noqa: PD003
        by_nobody = to_pandas(unnamed.group_by("month").agg(net_amount=unnamed.net_amount.sum()))
        return _less(sold, by_seller), _less(nobody, by_nobody if self.scope == COMPANY else nobody.iloc[:0])


def _less(months: pd.DataFrame, late: pd.DataFrame) -> pd.DataFrame:
    """Return rows of which the sums are less those of ``late``."""
    return pd.concat([months, late.assign(net_amount=-late["net_amount"])], ignore_index=True)


def _buying_months(summary: pd.DataFrame, horizons: list[int]) -> dict[int, np.ndarray]:
    """Return expected buying months by MBG/NBD; by the rate so far if the data do not determine a fit."""
    try:
        with warnings.catch_warnings():
            # Single parameters may be known badly: what is used is the expectation, which is tested on the past.
            warnings.simplefilter("ignore", WeaklyIdentifiedWarning)
            model = MBGNBD(prior="weak").fit(summary)
        # No more than one buying month a month.
        return {h: np.minimum(model.expected_purchases(summary, h).to_numpy(), h) for h in horizons}
    except ModelError:
        return mean_rate(summary, horizons)
