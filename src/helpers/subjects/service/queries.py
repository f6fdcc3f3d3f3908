"""Queries on complaints and satisfaction."""

from helpers.core.scope import COMPANY
from helpers.subjects.service.complaints import ComplaintEffect, Complaints, complaint_effect, complaints
from helpers.subjects.service.satisfaction import Satisfaction, satisfaction
from helpers.subjects.tiers.queries import TierQueries

#: Columns of the fact customer_summary that these queries use.
_OF_THE_SUMMARY = ("net_amount", "net_amount_previous", "first_purchase")


class ServiceQueries(TierQueries):
    """Complaints and satisfaction; None if the table is not supplied."""

    def complaints(self) -> Complaints | None:
        """Return complaints, None without the table; see `helpers.subjects.service.complaints`.

        Examples
        --------
        >>> book.complaints().causes[["category", "complaints", "open"]].head(2)
                category  complaints  open
        0  late delivery          43    10
        1         defect          31    12
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
            self.facts.coverage.first_whole,
            self._told_effect(),
            has_responses=self.tables.has("complaints", "first_response_at"),
            has_resolutions=self.tables.has("complaints", "resolved_at"),
            tells_effect=self._shows_company_shares,
            year=self.year,
            until=self.until,
        )

    def _told_effect(self) -> ComplaintEffect | None:
        effect = self._cache.get_or_compute("complaint_effect", self._complaint_effect)
        return effect if effect is None or self.scope == COMPANY else effect.disclosed()

    def _complaint_effect(self) -> ComplaintEffect | None:
        cases = self._frame("complaint_cases", COMPANY)
        return complaint_effect(
            cases.assign(opened_at=self.year.counts_in(cases["opened_at"])),
            self._months("net_amount", scope=COMPANY),
            self.month,
            self.facts.coverage.first_whole,
            self.settings.service.effect_months,
        )

    def satisfaction(self) -> Satisfaction | None:
        """Return satisfaction, None without surveys; see `helpers.subjects.service.satisfaction`.

        Examples
        --------
        >>> round(book.satisfaction().weighted_mean, 1)
        7.9
        """
        if not self.tables.has("surveys"):
            return None
        return satisfaction(
            self.frame("survey_months"), self.frame("customers"), self.tiers(self.main_dimension).customers,
            self._summary(*_OF_THE_SUMMARY), self.month, self.settings.service.wave_months,
        )  # fmt: skip
