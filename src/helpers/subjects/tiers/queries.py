"""Queries on ABC tiers, concentration and dependence."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.lookup import look_up
from helpers.core.periods import trailing
from helpers.core.scope import COMPANY
from helpers.engine.months.windows import Window
from helpers.errors import WorkbookError
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.tiers.concentration import (
    Concentration,
    Dependence,
    GroupShares,
    concentration,
    dependence,
    group_shares,
    like_months,
)
from helpers.subjects.tiers.concentration import required_measures as depends_on
from helpers.subjects.tiers.ranking import ranked_months, tier_history
from helpers.subjects.tiers.tiers import Measure, Tiers, required_measures, tiers


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
        rules, window = self.settings.tiers, self.settings.periods.window_months
        people, sums = self._chosen(self._by_customer(required_measures(self.month, window, measure)), only)
        found = tiers(
            people,
            sums,
            self._by_month(
                measure, ranked_months(self.month, window, max(history_months or rules.history_months, 2))
            ),
            self.month,
            self.facts.coverage.first_whole,
            by,
            window,
            cutoffs or rules.cutoffs,
            measure,
            rules.near_points,
            order=self.settings.order.get(by) if by else None,
        )
        if self.scope == COMPANY and not only and measure == "net_amount":
            months = self.frame("unassigned_months")
            unnamed = months.loc[trailing(self.month, window).holds(months["month"]), "net_amount"]
            found = replace(found, unnamed_amount=total(unnamed))
        if self.facts.accounts is None:
            return found
        branches = self.facts.units["counts_as"].value_counts()
        ranked = found.customers.assign(branches=look_up(found.customers["customer_id"], branches, 1))
        return replace(found, customers=ranked)

    def _tier_rows(self) -> CustomerRows:
        """Return each customer's tier within its class."""
        return self._customer_rows(
            "tiers",
            lambda: OfCustomers(self.tiers(self.main_dimension).customers[["customer_id", "tier"]], {}),
        )

    def _tier_history(self) -> CustomerRows:
        """Return each customer's tier within its class at the last month ends, a column each."""

        def everybody() -> OfCustomers:
            rules, window = self.settings.tiers, self.settings.periods.window_months
            span = ranked_months(self.month, window, rules.history_months)
            history = tier_history(
                self.frame("customers"), self._by_month("net_amount", span), self.main_dimension, window,
                rules.cutoffs,
            )  # fmt: skip
            named = history.rename(columns=str).rename_axis("customer_id").reset_index()
            return OfCustomers(named, {"months": [str(month) for month in history.columns]})

        return self._customer_rows("tier_history", everybody)

    def concentration(self) -> Concentration:
        """Return the concentration of net sales; see `helpers.subjects.tiers.concentration`.

        Examples
        --------
        >>> book.concentration().measures[["customers", "top_1_share", "gini"]].round(2).to_dict()
        {'customers': 312.0, 'top_1_share': 0.06, 'gini': 0.74}
        """
        window, history = self.settings.periods.window_months, self.settings.periods.history_months
        compared = self.until and like_months(self.month, window, history, self.until)
        return concentration(
            self._by_month("net_amount", ranked_months(self.month, window, history)),
            self.month,
            self.facts.coverage.first_whole,
            window,
            self._by_customer(compared).fillna(0.0) if compared else None,
        )

    def group_shares(self) -> GroupShares | None:
        """Return concentration by account and by group; see `helpers.subjects.tiers.concentration`.

        Groups are those by which customers are counted, else those by parent; None without any parent. A scope's groups
        contain only its own accounts, and take the name of one of them if the parent is not its own.

        Examples
        --------
        >>> book.group_shares().groups[["group_id", "accounts"]].head(1)
          group_id  accounts
        0   C00013         2
        """
        accounts = self._by_account
        count = self.settings.customers.count
        window = self.settings.periods.window_months
        people, facts = accounts.frame("customers"), accounts.facts
        nothing = pd.Series(dtype="float64")
        try:
            members = facts.members("group" if count == "account" else count, people)
        except WorkbookError as circle:
            return GroupShares(self.month, window, nothing, nothing, pd.DataFrame(), str(circle))
        if members.empty:
            return None
        if self.scope != COMPANY:
            foreign = members["group_name"].isna() & ~members["group_id"].isin(people["customer_id"])
            first = members.groupby("group_id")["customer_id"].transform("min")
            members["group_id"] = members["group_id"].where(~foreign, first)
        span = trailing(self.month, window)
        sales = accounts._by_customer({"net_amount": Window("net_amount", span)})
        names = people.set_index("customer_id")["name"]
        return group_shares(sales, members, names, self.month, window)

    def dependence(self, by: str = "trade_class") -> Dependence:
        """Return the dependence on the largest customers; see `helpers.subjects.tiers.concentration`.

        Examples
        --------
        >>> book.dependence("region").groups[["group", "top", "customers", "share"]].head(2).round(2)
                group  top  customers  share
        0  East China    1         83   0.24
        1  East China    3         83   0.44
        """
        window = self.settings.periods.window_months
        return dependence(
            self.frame("customers"), self._by_customer(depends_on(self.month, window)), self.month, by,
            window, order=self.settings.order.get(by),
        )  # fmt: skip
