"""Who the customers are and what has changed (R1)."""

from __future__ import annotations

import pandas as pd

from helpers.analysis.bridge import Against, Bridge, bridge
from helpers.analysis.composition import Composition, composition
from helpers.analysis.price_volume_mix import PriceVolumeMix, price_volume_mix
from helpers.questions.kept import remembered_with
from helpers.questions.opened import Opened
from helpers.scope import COMPANY, Scope


class CustomerQuestions(Opened):
    """Composition, the bridge from period to period, and price, volume and mix."""

    def composition(self, by: str | None = None) -> Composition:
        """Return who the customers are, by one dimension (the main one); see `helpers.analysis.composition`."""
        by = by or self.main_dimension
        company_shares = None
        if self.scope != COMPANY and self.settings.privacy.show_company_shares:
            company_shares = remembered_with(
                self.facts,
                ("company_shares", by, self.settings.model_dump_json()),
                lambda: self._composition(by, COMPANY, None).company_shares(),
            )
        return self._composition(by, self.scope, company_shares)

    def _composition(self, by: str, scope: Scope, company_shares: pd.DataFrame | None) -> Composition:
        periods = self.settings.periods
        return composition(
            self._frame("customers", scope),
            self._frame("customer_months", scope),
            self.month,
            by,
            periods.window_months,
            policy=self.settings.policy.get(by),
            order=self.settings.order.get(by),
            unassigned=self._frame("unassigned_months", scope),
            targets=self._frame("targets", scope),
            plan_scope=(scope.kind, scope.id or None),
            history_months=periods.history_months,
            first_month=self.facts.coverage.months[0],
            company_shares=company_shares,
        )

    def bridge(self, by: str | None = None, against: Against = "last_year") -> Bridge:
        """Return what the change of sales came from; see `helpers.analysis.bridge`."""
        by, periods = by or self.main_dimension, self.settings.periods
        return bridge(
            self.frame("customers"),
            self.frame("customer_months"),
            self.month,
            by,
            periods.window_months,
            periods.lapse_months,
            against,
            unassigned=self.frame("unassigned_months"),
            order=self.settings.order.get(by),
            first_month=self.facts.coverage.months[0],
        )

    def price_volume_mix(self, against: Against = "last_year") -> PriceVolumeMix:
        """Return how much of the change is price, volume and mix; see `helpers.analysis.price_volume_mix`."""
        return price_volume_mix(
            self.frame("class_product_months"),
            self.month,
            self.settings.periods.window_months,
            against,
            order=self.settings.order.get("trade_class"),
            first_month=self.facts.coverage.months[0],
        )
