"""Who carries the business: ABC tiers, concentration and dependence."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.engine.cache.by_number import MONEY
from helpers.subjects.card.card import tier_history
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.tiers.concentration import Concentration, concentration
from helpers.subjects.tiers.dependence import Dependence, dependence
from helpers.subjects.tiers.tier_months import Measure
from helpers.subjects.tiers.tiers import Tiers, tiers


class TierQueries(SubjectQueries):
    """ABC tiers, concentration and dependence."""

    def tiers(
        self,
        by: str | None = "trade_class",
        measure: Measure = "net_amount",
        cutoffs: tuple[float, float] | None = None,
        only: Mapping[str, str | None] | None = None,
        history_months: int | None = None,
    ) -> Tiers:
        """Return the ABC tiers; see `helpers.subjects.tiers.tiers`.

        Parameters
        ----------
        by
            The dimension within which customers are ranked; None ranks all of this scope together.
        measure, cutoffs, history_months
            As in `helpers.subjects.tiers.tiers.tiers`; cut-offs and history are the settings' unless given.
        only
            Column of the fact ``customers`` = value: the others stand aside, and the ranks are among those who
            are left. None as value chooses nothing.

        Examples
        --------
        >>> europe = book.tiers(only={"region": "Europe"}).summary
        >>> europe[["group", "tier", "customers", "amount"]].head(2)
                                 group tier  customers     amount
        0  International parts dealers    A          3  792815.45
        1  International parts dealers    B          2  253607.82
        """
        read = MONEY if measure == "margin_amount" else MONEY[:1]
        customers, months = self._chosen(only, *read, "orders")
        rules = self.settings.tiers
        return tiers(
            customers,
            months,
            self.month,
            by,
            self.settings.periods.window_months,
            cutoffs or rules.cutoffs,
            measure,
            history_months or rules.history_months,
            rules.near_points,
            order=self.settings.order.get(by) if by else None,
            first_month=self.facts.coverage.months[0],
        )

    def _tier_rows(self) -> CustomerRows:
        """Return each customer's tier inside its class."""
        return self._customer_rows(
            "tiers",
            lambda: OfCustomers(self.tiers(self.main_dimension).customers[["customer_id", "tier"]], {}),
        )

    def _tier_history(self) -> CustomerRows:
        """Return each customer's tier inside its class at the last month ends, a column each; see `tier_history`."""

        def everybody() -> OfCustomers:
            rules = self.settings.tiers
            history = tier_history(
                self.frame("customers"),
                self._months("net_amount"),
                self.month,
                self.main_dimension,
                self.settings.periods.window_months,
                rules.cutoffs,
                rules.history_months,
            )
            named = history.rename(columns=str).rename_axis("customer_id").reset_index()
            return OfCustomers(named, {"months": [str(month) for month in history.columns]})

        return self._customer_rows("tier_history", everybody)

    def concentration(self) -> Concentration:
        """Return how much hangs on how few customers; see `helpers.subjects.tiers.concentration`.

        Examples
        --------
        >>> book.concentration().measures[["customers", "top_1_share", "gini"]].round(2).to_dict()
        {'customers': 312.0, 'top_1_share': 0.06, 'gini': 0.74}
        """
        periods = self.settings.periods
        return concentration(
            self._months("net_amount"),
            self.month,
            periods.window_months,
            periods.history_months,
            self.facts.coverage.months[0],
        )

    def dependence(self, by: str = "trade_class") -> Dependence:
        """Return what losing the largest customers would mean; see `helpers.subjects.tiers.dependence`.

        Examples
        --------
        >>> book.dependence("region").groups[["group", "top", "customers", "share"]].head(2).round(2)
                group  top  customers  share
        0  East China    1         83   0.24
        1  East China    3         83   0.44
        """
        return dependence(
            self.frame("customers"),
            self._months(*MONEY),
            self.month,
            by,
            self.settings.periods.window_months,
            order=self.settings.order.get(by),
        )
