"""Queries on churn: scores, states, customers at risk, visits."""

from dataclasses import replace
from functools import partial

import pandas as pd

from helpers.core.scope import COMPANY
from helpers.engine.cache.encoded_rows import MONEY, id_ranges
from helpers.engine.scoped_tables import ScopedTables
from helpers.subjects.churn.at_risk import RiskList, risk_list
from helpers.subjects.churn.choice import Choice, choose
from helpers.subjects.churn.churn import ChurnScores, churn
from helpers.subjects.churn.states import CustomerStates, add_never_bought, mark_closed_as_lost
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.own.past import own_panel, signals_with_history
from helpers.subjects.queries import SubjectQueries


class ChurnQueries(SubjectQueries):
    """Probabilities of leaving, the list of customers at risk, and the record of past warnings."""

    def churn(self, horizon_months: int | None = None) -> ChurnScores:
        """Return who is likely to leave; learnt from all customers, shown for this scope's own.

        ``horizon_months`` None takes the settings', else the data's own rhythm.

        Examples
        --------
        >>> book.churn().customers[["customer_id", "probability", "silence_days"]].head(2).round(2)
          customer_id  probability  silence_days
        0      C00002         0.08          19.0
        1      C00003         0.05          51.0
        """
        scores = self._company_scores(horizon_months).of(self._own_ids())
        return scores if self.scope == COMPANY else scores.disclosed()

    def _company_scores(self, horizon_months: int | None, *, keep: bool = True) -> ChurnScores:
        """Return the scores of all customers; see `helpers.engine.cache.cache.Cache.get_or_compute`."""
        name = "churn" if horizon_months is None else f"churn-{horizon_months}"
        return self._cache.get_or_compute(name, partial(self._churn, horizon_months), keep=keep)

    def customer_states(self) -> CustomerStates:
        """Return the state of each customer known at the month end; see `helpers.subjects.churn.states`.

        Learnt of all customers once, shown for this scope's own: every page and list takes its states from here.

        Examples
        --------
        >>> book.customer_states().counts[["active", "never_bought"]].to_dict()
        {'active': 249, 'never_bought': 4}
        """
        states = self._cache.get_or_compute("customer-states", self._company_states)
        own_ids = self._frame("customers", self.scope, ("customer_id",))["customer_id"]
        customers = states.customers[states.customers["customer_id"].isin(own_ids)].reset_index(drop=True)
        own = replace(states, customers=customers)
        return own if self.scope == COMPANY else own.disclosed()

    def _company_states(self) -> CustomerStates:
        """Return the states of all customers: other pages need only this of the scores, and not their history."""
        scores = self._company_scores(None, keep=False)
        customers = self._frame("customers", COMPANY, ("customer_id", "closed"))
        rows = add_never_bought(scores.states, self.month, customers["customer_id"])
        warn = scores.warn.probability
        rows["closed"] = rows["customer_id"].isin(customers.loc[customers["closed"], "customer_id"])
        limits = self.settings.churn.model_dump(include={"overdue_gaps", "lapsed_times", "lost_months"})
        return CustomerStates(self.month, scores.horizon_months, warn, **limits, customers=rows)

    def _state_rows(self) -> CustomerRows:
        """Return each customer's state at the month end, and how leaving was learnt."""
        return self._customer_rows("states", lambda: _state_columns(self.customer_states(), self.churn()))

    def _churn(self, horizon_months: int | None) -> ChurnScores:
        """Score all customers but those whose business is closed: these are lost already."""
        scores = self._score_all(horizon_months)
        customers = self._frame("customers", COMPANY, ("customer_id", "closed", "closed_date", "valid_from"))
        closed = customers[customers["closed"]].drop(columns="closed")
        still_open = scores.customers[~scores.customers["customer_id"].isin(closed["customer_id"])]
        return replace(
            scores,
            customers=still_open.reset_index(drop=True),
            states=mark_closed_as_lost(scores.states, closed, self.year),
        )

    def _score_all(self, horizon_months: int | None) -> ChurnScores:
        settings = self.settings.churn
        if horizon_months is not None:
            settings = settings.model_copy(update={"horizon_months": horizon_months})
        summary = self._summary(*MONEY, scope=COMPANY)
        net_with_cost = summary["net_amount_with_cost"].sum()
        margin = (net_with_cost - summary["cost_amount"].sum()) / net_with_cost if net_with_cost > 0 else 1.0
        # Read where they are used, so that nothing else keeps them in memory.
        facts, panel, signals = self.facts, "purchase_panel", "signal_panel"
        by_content = self._cache.by_content
        customers = self._frame("customers", COMPANY, ("customer_id", "trade_class"))
        classes = customers.set_index("customer_id")["trade_class"]
        if facts.sampled_share == 1:
            return churn(
                facts.frame(panel),
                self.month,
                settings,
                self._add_own_signals(facts.frame(signals)),
                round(float(margin), 9),
                by_content=by_content,
                classes=classes,
            )
        others = (
            (facts.frame_between(panel, first, last), facts.frame_between(signals, first, last))
            for first, last in id_ranges(facts)
        )
        return churn(
            facts.sampled_frame(panel), self.month, settings, facts.sampled_frame(signals),
            round(float(margin), 9), others, facts.sampled_share, by_content, classes,
        )  # fmt: skip

    def _add_own_signals(self, signal_panel: pd.DataFrame) -> pd.DataFrame:
        """Join the company's own signals of the past to the fact signal_panel; unchanged where there are none."""
        settings = self.settings
        own = (
            signals_with_history(settings.signals, self.tables) if settings.source.engine == "duckdb" else {}
        )
        if not own:
            return signal_panel
        tables = ScopedTables.of(self.tables, self.facts, COMPANY)
        ends = [end.date() for end in sorted(signal_panel["origin"].unique())]
        return signal_panel.merge(own_panel(own, tables, ends), on=["customer_id", "origin"], how="outer")

    def risk_list(self, scores: ChurnScores | None = None) -> RiskList:
        """Return customers by expected margin at risk; see `helpers.subjects.churn.at_risk`.

        Examples
        --------
        >>> round(book.risk_list().risk_amount)
        108701
        """
        if scores is None:  # asked in other words, it is the same question
            return self.risk_list(self.churn())
        contacts: pd.DataFrame | None = None
        if self.tables.has("interactions"):
            contacts = self.frame("last_contacts")
        return risk_list(
            scores,
            self.frame("customers"),
            self._summary(*MONEY),
            contacts,
            self.settings.churn,
            self.facts.coverage.day,
            self.year,
        )

    def _risk_rows(self) -> CustomerRows:
        """Return each scored customer's risk, from which probability on we warn, and whether risk is margin."""
        return self._customer_rows("risk", lambda: _risk_columns(self.risk_list()))

    def choose(
        self,
        scores: ChurnScores | None = None,
        risk: RiskList | None = None,
        threshold: float | None = None,
        capacity: int | None = None,
    ) -> Choice:
        """Return whom to visit and what it would bring; see `helpers.subjects.churn.choice.choose`.

        Examples
        --------
        >>> book.choose(threshold=0.3, capacity=10).customers[["customer_id", "probability"]].head(2).round(2)
          customer_id  probability
        0      C00032         0.52
        1      C00144         0.86
        """
        scores = scores or self.churn()
        return choose(scores, risk or self.risk_list(scores), self.settings.churn, threshold, capacity)


def _state_columns(states: CustomerStates, scores: ChurnScores) -> OfCustomers:
    rows = states.customers.astype({"state": "str"})
    return OfCustomers(rows, {"horizon_months": scores.horizon_months, "method": scores.method})


def _risk_columns(risk: RiskList) -> OfCustomers:
    rows = risk.everyone.drop(columns=["name", "salesperson_name"])  # the fact customers has them
    return OfCustomers(rows, {"warn_probability": risk.warn_probability, "by_margin": risk.has_margin})
