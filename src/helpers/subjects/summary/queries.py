"""Queries for the front page: headline figures, data quality and the action list."""

from collections.abc import Sequence

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals
from helpers.engine.cache.encoded_rows import MONEY
from helpers.subjects.churn.at_risk import margin_rates
from helpers.subjects.churn.queries import ChurnQueries
from helpers.subjects.churn.states import counts
from helpers.subjects.composition.queries import CompositionQueries
from helpers.subjects.receivables.queries import ReceivableQueries
from helpers.subjects.service.queries import ServiceQueries
from helpers.subjects.summary.action_list import ActionList, action_list
from helpers.subjects.summary.data_quality import DataQuality, data_quality
from helpers.subjects.summary.month_gap import MonthGap, month_gap, required_measures
from helpers.subjects.summary.month_in_short import (
    ComplaintsHeadline,
    MonthInShort,
    ReceivablesHeadline,
    complaints_headline,
    month_in_short,
    receivables_headline,
)


class SummaryQueries(CompositionQueries, ReceivableQueries, ChurnQueries, ServiceQueries):
    """Headline figures and the action list."""

    def month_in_short(self) -> MonthInShort:
        """Return the headline figures; see `helpers.subjects.summary.month_in_short`.

        Examples
        --------
        >>> book.month_in_short().figures[["figure", "value", "target"]].head(2)
                 figure        value      target
        0         month   7117004.88   7641000.0
        1  year_to_date  67117206.62  68257000.0
        """
        first = self.facts.coverage.first_whole
        return self._once_a_run("short", lambda: month_in_short(self.composition(), self.bridge(), first))

    def month_gap(self) -> MonthGap | None:
        """Return the gap of the month; see `helpers.subjects.summary.month_gap`.

        Examples
        --------
        >>> book.month_gap().steps[["group", "start_amount", "net_amount", "change_amount"]].head(1)
                            group  start_amount  net_amount  change_amount
        0  Volume and chain shops     1937000.0  1044269.05     -892730.95
        """
        return self._once_a_run(
            "gap",
            lambda: month_gap(
                self.composition(), self._by_customer(required_measures(self.month, self.until)),
                self.frame("customers"), self.facts.coverage.first_whole, self.until,
            ),
        )  # fmt: skip

    def receivables_headline(self) -> ReceivablesHeadline | None:
        """Return headline figures of receivables; None without invoices.

        Examples
        --------
        >>> book.receivables_headline().over_90_amount
        791304.9
        """
        return self._once_a_run("owed", lambda: receivables_headline(self.receivables()))

    def complaints_headline(self) -> ComplaintsHeadline | None:
        """Return the open complaints in a few figures; None if complaints are not supplied.

        Examples
        --------
        >>> book.complaints_headline().open
        28
        """
        return self._once_a_run("open", lambda: complaints_headline(self.complaints()))

    def state_months(self) -> pd.DataFrame:
        """Return customers by state (columns) at the last month ends (rows: year * 12 + month).

        Examples
        --------
        >>> book.state_months()[["active", "at_risk"]].iloc[-1].to_dict()
        {'active': 249, 'at_risk': 26}
        """
        return self._once_a_run("states", lambda: counts(self.churn().states))

    def data_quality(self) -> DataQuality:
        """Return the quality of the month's data; see `helpers.subjects.summary.data_quality`.

        Examples
        --------
        >>> found = book.data_quality()
        >>> f"{found.unassigned_amount:,.2f} of {found.month_amount:,.2f}"
        '245,132.21 of 7,117,004.88'
        """
        figures = self.month_in_short().figures
        month_amount = float(figures.loc[figures["figure"] == "month", "value"].iloc[0])
        return data_quality(self.facts, self.scope, self.frame("unassigned_months"), month_amount)

    def likelihood(self) -> Likelihood:
        """Return each customer's churn likelihood; see `helpers.core.proposals`.

        Examples
        --------
        >>> book.likelihood().probability.head(2).round(2)
        customer_id
        C00002    0.08
        C00003    0.05
        Name: probability, dtype: float64
        """
        known = self._cache.get_or_compute("probability-of-leaving", self._probability_of_churn)
        if (own := self._own_ids()) is not None:
            known = known[known.index.isin(own)]
        if self._closed:  # nothing can be saved of what they bought
            known = pd.concat([known, pd.Series(0.0, sorted(self._closed))]).rename_axis(known.index.name)
        page = self.settings.front_page
        return Likelihood(known, page.unscored_probability, page.winnable_share)

    def _probability_of_churn(self) -> pd.Series:
        """Churn probabilities of all customers, without the months they were learnt from."""
        return self._company_scores(None, keep=False).customers.set_index("customer_id")["probability"]

    def action_list(self, proposed: Sequence[Proposals]) -> ActionList:
        """Return one list of proposed actions, with owners; see `helpers.subjects.summary.action_list`.

        Examples
        --------
        >>> from helpers.subjects.summary.gather import gather
        >>> book.action_list(gather(book).actions).actions[["customer_id", "salesperson_id", "due_date"]].head(2)
          customer_id salesperson_id   due_date
        0      C00393            S05 2026-11-07
        1      C00148            S07 2026-11-07
        """
        limit = self.settings.front_page.actions_a_salesperson
        margins = margin_rates(self._summary(*MONEY).set_index("customer_id"))
        return action_list(proposed, self.frame("customers"), limit, self.likelihood(), margins)
