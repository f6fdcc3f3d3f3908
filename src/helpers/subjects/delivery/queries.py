"""Queries on deliveries and orders in hand."""

from helpers.core.scope import COMPANY
from helpers.subjects.delivery.delivery import Delivery, LateEffect, delivery, late_effect
from helpers.subjects.returns.queries import ReturnQueries


class DeliveryQueries(ReturnQueries):
    """On time in full, waiting lines, orders in hand; None if the table is not supplied."""

    def delivery(self) -> Delivery | None:
        """Return deliveries; None without the table. See `helpers.subjects.delivery.delivery`.

        Examples
        --------
        >>> whole = book.delivery().totals
        >>> int(whole["judged"]), int(whole["in_full"])
        (14045, 12362)
        """
        if not self.tables.has("deliveries"):
            return None
        effect = None
        if self._shows_company_shares:
            effect = self._cache.get_or_compute("late_effect", self._late_effect)
            effect = effect if self.scope == COMPANY else effect.disclosed()
        return delivery(
            self.frame("delivery_customers"),
            self.frame("company_delivery_products" if self.scope == COMPANY else "delivery_products"),
            self.frame("delivery_months"),
            self.frame("delivery_coverage"),
            self.frame("customers"),
            self._named_products(),
            self.month,
            self.settings.periods.window_months,
            effect,
        )

    def _late_effect(self) -> LateEffect:
        return late_effect(
            self._frame("delivery_months", COMPANY),
            self._months("net_amount", scope=COMPANY),
            self.month,
            self.facts.coverage.first_whole,
            self.settings.service.effect_months,
        )
