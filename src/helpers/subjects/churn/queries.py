"""Who is about to leave (churn)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import pandas as pd

from helpers.core.scope import COMPANY
from helpers.engine.cache.answers import kept_by_content
from helpers.engine.cache.by_number import MONEY
from helpers.engine.cache.parts import id_ranges
from helpers.subjects.churn.at_risk import RiskList, risk_list
from helpers.subjects.churn.choice import Choice, choose
from helpers.subjects.churn.churn import ChurnScores, churn
from helpers.subjects.churn.states import state_now
from helpers.subjects.customer_rows import CustomerRows, LeavesRows, Left


class ChurnQueries(LeavesRows):
    """Probabilities of leaving, the list of customers at risk, and the record of past warnings."""

    def churn(self, horizon_months: int | None = None) -> ChurnScores:
        """Return who is likely to leave; learnt from all customers, shown for this scope's own.

        ``horizon_months`` None takes the settings', else the data's own rhythm.

        Examples
        --------
        >>> book.churn().customers  # doctest: +SKIP
        """
        return self._usual if horizon_months is None else self._shown(horizon_months)

    @cached_property
    def _usual(self) -> ChurnScores:
        """What is asked for again and again, and by cards: the answer for the settings' horizon."""
        seen = self._shown(None)
        self._leave("states", lambda: _states_of(seen))
        return seen

    def _shown(self, horizon_months: int | None) -> ChurnScores:
        name = "churn" if horizon_months is None else f"churn-{horizon_months}"
        seen = self._company_answer(name, lambda: self._churn(horizon_months)).of(self._own_ids())
        if self.scope == COMPANY or self.settings.privacy.show_company_shares:
            return seen
        return replace(seen, warn=seen.warn.untold())

    def _state_rows(self) -> CustomerRows:
        """Return each customer's state at the month end, and how leaving was learnt."""
        return self._leave("states", lambda: _states_of(self._usual))

    def _churn(self, horizon_months: int | None) -> ChurnScores:
        settings = self.settings.churn
        if horizon_months is not None:
            settings = settings.model_copy(update={"horizon_months": horizon_months})
        money = self._summary(*MONEY, scope=COMPANY)
        costed = money["net_amount_with_cost"].sum()
        margin = (costed - money["cost_amount"].sum()) / costed if costed > 0 else 1.0
        # Read where they are used: nobody else keeps them in memory.
        facts, panel, sent = self.facts, "purchase_panel", "signal_panel"
        remember = kept_by_content(facts)
        if facts.sampled_share == 1:
            return churn(
                facts.frame(panel),
                self.month,
                settings,
                facts.frame(sent),
                round(float(margin), 9),
                remember=remember,
            )
        others = (
            (facts.frame_between(panel, first, last), facts.frame_between(sent, first, last))
            for first, last in id_ranges(facts)
        )
        return churn(
            facts.sampled_frame(panel), self.month, settings, facts.sampled_frame(sent),
            round(float(margin), 9), others, facts.sampled_share, remember,
        )  # fmt: skip

    def risk_list(self, seen: ChurnScores | None = None) -> RiskList:
        """Return customers by expected margin at risk; see `helpers.subjects.churn.at_risk`.

        Examples
        --------
        >>> book.risk_list().risk_amount  # doctest: +SKIP
        """
        contacts: pd.DataFrame | None = None
        if self.tables.has("interactions"):
            contacts = self.frame("last_contacts")
        seen = seen or self._usual
        risk = risk_list(seen, self.frame("customers"), self._summary(*MONEY), contacts, self.settings.churn)
        if seen is vars(self).get("_usual"):
            self._leave("risk", lambda: _left_of(risk))
        return risk

    def _risk_rows(self) -> CustomerRows:
        """Return each scored customer's risk, from which probability on we warn, and whether risk is margin."""
        return self._leave("risk", lambda: _left_of(self.risk_list()))

    def choose(
        self,
        seen: ChurnScores | None = None,
        risk: RiskList | None = None,
        threshold: float | None = None,
        capacity: int | None = None,
    ) -> Choice:
        """Return whom to visit and what it would bring; see `helpers.subjects.churn.choice.choose`.

        Examples
        --------
        >>> book.choose(threshold=0.3, capacity=10).customers  # doctest: +SKIP
        """
        seen = seen or self.churn()
        return choose(seen, risk or self.risk_list(seen), self.settings.churn, threshold, capacity)


def _states_of(seen: ChurnScores) -> Left:
    states = state_now(seen.states, seen.month)
    return Left(states, {"horizon_months": seen.horizon_months, "method": seen.method})


def _left_of(risk: RiskList) -> Left:
    rows = risk.everyone.drop(columns=["name", "salesperson_name"])  # the fact customers has them
    return Left(rows, {"warn_probability": risk.warn_probability, "by_margin": risk.has_margin})
