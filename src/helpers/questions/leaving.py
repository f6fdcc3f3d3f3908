"""Who is about to leave (churn)."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.analysis.leaving import Leaving, leaving
from helpers.analysis.leaving_choice import Choice, choose
from helpers.analysis.leaving_list import RiskList, risk_list
from helpers.models import MBGCNBDk
from helpers.models.errors import FitError, InvalidSummaryError, ModelWarning
from helpers.questions.kept import kept_by_content
from helpers.questions.opened import Opened
from helpers.questions.parts import id_ranges
from helpers.scope import COMPANY


def purchase_model(summary: pd.DataFrame) -> MBGCNBDk | None:
    """Fit the purchase model on a summary in weeks; None where the customers do not determine it."""
    # One thread: another order of sums would be another model in its last digits, and models are kept.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ModelWarning)
        try:
            return MBGCNBDk(k="auto", prior="weak").fit(summary)
        except (FitError, InvalidSummaryError):
            return None


class LeavingQuestions(Opened):
    """Probabilities of leaving, the list of customers at risk, and the record of past warnings."""

    def leaving(self, horizon_months: int | None = None) -> Leaving:
        """Return who is likely to leave; learnt from all customers, shown for this scope's own.

        ``horizon_months`` None takes the settings', else the data's own rhythm.

        Examples
        --------
        >>> book.leaving().customers  # doctest: +SKIP
        """
        name = "leaving" if horizon_months is None else f"leaving-{horizon_months}"
        seen = self._company_answer(name, lambda: self._leaving(horizon_months)).of(self._own_ids())
        if self.scope == COMPANY or self.settings.privacy.show_company_shares:
            return seen
        return replace(seen, warn=seen.warn.untold())

    def _leaving(self, horizon_months: int | None) -> Leaving:
        settings = self.settings.churn
        if horizon_months is not None:
            settings = settings.model_copy(update={"horizon_months": horizon_months})
        money = self._frame("customer_summary", COMPANY)
        costed = money["net_amount_with_cost"].sum()
        margin = (costed - money["cost_amount"].sum()) / costed if costed > 0 else 1.0
        # Read where they are used: nobody else keeps them in memory.
        facts, panel, sent = self.facts, "purchase_panel", "signal_panel"
        remember = kept_by_content(facts)
        if facts.learning_share == 1:
            return leaving(
                facts.frame(panel),
                self.month,
                purchase_model,
                settings,
                facts.frame(sent),
                round(float(margin), 9),
                remember=remember,
            )
        others = (
            (facts.frame_between(panel, first, last), facts.frame_between(sent, first, last))
            for first, last in id_ranges(facts)
        )
        return leaving(
            facts.drawn_frame(panel), self.month, purchase_model, settings, facts.drawn_frame(sent),
            round(float(margin), 9), others, facts.learning_share, remember,
        )  # fmt: skip

    def risk_list(self, seen: Leaving | None = None) -> RiskList:
        """Return customers by expected margin at risk; see `helpers.analysis.leaving_list`.

        Examples
        --------
        >>> book.risk_list().risk_amount  # doctest: +SKIP
        """
        contacts: pd.DataFrame | None = None
        if self.tables.has("interactions"):
            contacts = self.frame("last_contacts")
        return risk_list(
            seen or self.leaving(), self.frame("customers"), self.frame("customer_summary"), contacts,
            self.settings.churn,
        )  # fmt: skip

    def choose(
        self,
        seen: Leaving | None = None,
        risk: RiskList | None = None,
        threshold: float | None = None,
        capacity: int | None = None,
    ) -> Choice:
        """Return whom to visit and what it would bring; see `helpers.analysis.leaving_choice.choose`.

        Examples
        --------
        >>> book.choose(threshold=0.3, capacity=10).customers  # doctest: +SKIP
        """
        seen = seen or self.leaving()
        return choose(seen, risk or self.risk_list(seen), self.settings.churn, threshold, capacity)
