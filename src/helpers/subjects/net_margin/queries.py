"""Queries on net margin."""

from dataclasses import replace

from helpers.core.periods import trailing
from helpers.core.scope import COMPANY
from helpers.engine.fact import by_owner
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.net_margin import facts as facts_of
from helpers.subjects.net_margin.net_margin import NetMargin, factors, net_margin, with_products
from helpers.subjects.rebates.queries import RebateQueries


class NetMarginQueries(RebateQueries):
    """Net margin and the cost of serving."""

    def net_margin(self) -> NetMargin | None:
        """Return the net margin of the window's sales; None if no cost of goods is known.

        See `helpers.subjects.net_margin.net_margin`.

        Examples
        --------
        >>> book.net_margin().counted
        ('rebate', 'freight', 'handling', 'visit', 'finance')
        """
        if not self.has_costs:
            return None
        found, window = self.rebates(), self.settings.periods.window_months
        result = net_margin(
            self.frame("margin_customers"),
            self.frame("costs_to_serve"),
            self.facts.frame("cost_months"),
            None if found is None else self._as_counted(found.customers),
            self.frame("customers"),
            self.settings.costs,
            self.month,
            window,
            owed_known=self.tables.has("invoices"),
            year_before=trailing(self.month - window, window).first >= self.facts.coverage.first_whole,
        )
        owned = None
        if self.scope != COMPANY:
            owned = by_owner(self.facts.table("customers"), self.scope, self.facts).select("customer_id")
        sold = facts_of.by_product(self.facts, owned, factors(result))
        products = with_products(result, sold)
        return replace(result, products=products, shared=0 if found is None else found.shared)

    def _margin_rows(self) -> CustomerRows | None:
        """Return the contribution of each customer; None if no cost of goods is known."""
        if not self.has_costs:
            return None

        def left() -> OfCustomers:
            found = self.net_margin()
            assert found is not None
            columns = ["customer_id", "net_amount", "margin_amount", "contribution_amount"]
            window = trailing(self.month, found.window_months)
            begun = max(window.first, self.facts.coverage.first_whole)
            partly = [
                (kind, str(span.first), str(span.last))
                for kind, span in found.in_table.items()
                if kind not in found.by_rule and (span.first > begun or span.last < window.last)
            ]
            notes = {"counted": list(found.counted), "shared": found.shared, "partly": partly}
            return OfCustomers(found.customers.dropna(subset="customer_id")[columns], notes)

        return self._customer_rows("net-margin", left)
