"""Complaints, satisfaction, visits, attention, prospects and records (R11, R12, R13, R15, R17, R18)."""

from __future__ import annotations

import pandas as pd

from helpers.analysis.attention import Activity, Attention, activity, attention, contacts_per_engagement
from helpers.analysis.complaints import Complaints, complaints
from helpers.analysis.complaints_effect import ComplaintEffect, complaint_effect
from helpers.analysis.prospects import Prospects, prospects
from helpers.analysis.records import FIELDS, Records, records
from helpers.analysis.satisfaction import Satisfaction, satisfaction
from helpers.analysis.visits import Visits, visits
from helpers.questions.ranking import RankingQuestions
from helpers.scope import COMPANY, Scope

#: What these questions look at of the fact customer_summary: one frame for all of them.
_OF_THE_SUMMARY = ("net_amount", "net_amount_previous", "first_purchase")


class ServiceQuestions(RankingQuestions):
    """What customers complain of, how they are looked after, and who is to come; None: the table is not supplied."""

    def complaints(self) -> Complaints | None:
        """Return complaints, None without the table; see `helpers.analysis.complaints`.

        Examples
        --------
        >>> book.complaints()  # doctest: +SKIP
        """
        if not self.tables.has("complaints"):
            return None
        return complaints(
            self.frame("complaint_cases"),
            self.frame("customers"),
            self._summary(*_OF_THE_SUMMARY),
            self.month,
            self.settings.periods.window_months,
            self.settings.service.repeat_complaints,
            self.facts.coverage.months[0],
            self._company_answer("complaint_effect", self._complaint_effect),
            has_responses=self.tables.has("complaints", "first_response_at"),
            has_resolutions=self.tables.has("complaints", "resolved_at"),
            tells_effect=self._shows_company_shares,
        )

    def _complaint_effect(self) -> ComplaintEffect | None:
        return complaint_effect(
            self._frame("complaint_cases", COMPANY),
            self._months("net_amount", scope=COMPANY),
            self.month,
            self.facts.coverage.months[0],
            self.settings.service.effect_months,
        )

    def visits(self) -> Visits | None:
        """Return visits against the plan, None without interactions; see `helpers.analysis.visits`.

        Examples
        --------
        >>> book.visits()  # doctest: +SKIP
        """
        if not self.tables.has("interactions"):
            return None
        return visits(
            self.frame("customers"),
            self.tiers(self.main_dimension).customers,
            self._summary(*_OF_THE_SUMMARY),
            self._contacts(),
            self.month,
            self.settings.periods.window_months,
            self.settings.service.visit_every_days.model_dump(),
        )

    def attention(self) -> Attention | None:
        """Return the attention gap, None without interactions; see `helpers.analysis.attention`.

        Examples
        --------
        >>> book.attention()  # doctest: +SKIP
        """
        if not self.tables.has("interactions"):
            return None
        active = activity(self._contacts(), self._months("purchase_days"))

        def company_rate() -> float:
            whole = active if self.scope == COMPANY else self._company_activity()
            return contacts_per_engagement(whole, self.month, self.settings.service.attention_months)

        return attention(
            active,
            self.frame("customers"),
            self._summary(*_OF_THE_SUMMARY),
            self.month,
            self.facts.coverage.months[0],
            self._company_answer("contacts_per_engagement", company_rate),
            self.settings.service.attention_months,
        )

    def _company_activity(self) -> Activity:
        return activity(self._contacts(COMPANY), self._months("purchase_days", scope=COMPANY))

    def _contacts(self, scope: Scope | None = None) -> pd.DataFrame:
        """Return the fact contact_months as `_months` returns customer_months, for two questions at once."""
        names = ("contacts", "visits", "enquiries", "last_visit")
        return self._rows("contact_months", *names, scope=scope)

    def satisfaction(self) -> Satisfaction | None:
        """Return satisfaction, None without surveys; see `helpers.analysis.satisfaction`.

        Examples
        --------
        >>> book.satisfaction()  # doctest: +SKIP
        """
        if not self.tables.has("surveys"):
            return None
        return satisfaction(
            self.frame("survey_months"),
            self.frame("customers"),
            self.tiers(self.main_dimension).customers,
            self._summary(*_OF_THE_SUMMARY),
            self.month,
            self.settings.service.wave_months,
        )

    def prospects(self) -> Prospects | None:
        """Return prospects, None without the table; see `helpers.analysis.prospects`.

        Examples
        --------
        >>> book.prospects()  # doctest: +SKIP
        """
        if not self.tables.has("prospects"):
            return None
        return prospects(self.frame("prospects"), self.facts.owners, self.month)

    def records(self) -> Records | None:
        """Return how complete and fresh records are, None without customers; see `helpers.analysis.records`.

        Examples
        --------
        >>> book.records()  # doctest: +SKIP
        """
        if not self.tables.has("customers"):
            return None
        return records(
            self.frame("customers"),
            self._summary(*_OF_THE_SUMMARY),
            self.facts.frame("last_contacts", self.scope),
            self.month,
            [name for name in FIELDS if self.tables.has("customers", name)],
            self.settings.service.fresh_months,
            dated=self.tables.has("customers", "valid_from") or self.tables.has("interactions"),
        )
