"""Queries on rebates."""

from dataclasses import replace

import pandas as pd

from helpers.core.periods import trailing
from helpers.engine.connection import to_pandas
from helpers.engine.months.windows import Window
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.rebates.rebates import Rebates, rebates
from helpers.subjects.rebates.terms import Agreement, agreements, of_one_now, without_base


class RebateQueries(SubjectQueries):
    """Rebates."""

    def rebates(self) -> Rebates | None:
        """Return rebates as of the month end; None without agreements. See `helpers.subjects.rebates.rebates`.

        Agreements are with accounts, however customers are counted.

        Examples
        --------
        >>> book.rebates().open_amount
        126413.44
        """
        if not self.tables.has("rebate_agreements"):
            return None
        accounts = self._by_account
        facts = accounts.facts
        rows, paid = facts.optional("rebate_agreements"), facts.optional("rebate_payments")
        assert rows is not None
        terms, problems = agreements(to_pandas(rows))
        short = without_base(terms, self.year.first_day(facts.coverage.first_whole))
        terms = [each for each in terms if each.agreement_id not in short]
        payments = pd.DataFrame(columns=["agreement_id", "payment_date", "amount"])
        if paid is not None:
            payments = to_pandas(paid.select("agreement_id", "payment_date", "amount"))
        window = self.settings.periods.window_months
        span = trailing(self.month, window)
        costs = {name: Window(name, span) for name in ("net_amount_with_cost", "cost_amount")}
        sold = accounts._by_customer(costs).set_index("customer_id")
        net = sold["net_amount_with_cost"]
        own = accounts._own_ids()
        found = rebates(
            terms, problems | short, facts.frame("rebate_days"), payments,
            accounts.frame("customers")[["customer_id", "name"]],
            1 - sold["cost_amount"] / net.where(net > 0), self.month, window,
            None if own is None else frozenset(own), self.year,
        )  # fmt: skip
        counts_as = found.agreements["party_id"].map(lambda number: self.facts.counted.get(number, number))
        table = found.agreements.assign(customer_id=counts_as.astype("str"))
        return replace(found, agreements=table, merged=self._merged(terms, set(table["agreement_id"])))

    def _merged(self, terms: list[Agreement], shown: set[str]) -> int:
        """Count the shown agreements with merged numbers whose customer has another one."""
        facts = self._by_account.facts
        if not facts.merged:
            return 0
        rows = to_pandas(facts.all_rows("rebate_agreements").select("agreement_id", "customer_id").distinct())
        rows = rows.dropna().drop_duplicates("agreement_id")
        written = dict(zip(rows["agreement_id"], rows["customer_id"], strict=True))
        return len(of_one_now([each for each in terms if each.agreement_id in shown], written))

    def _rebate_rows(self) -> CustomerRows | None:
        """Return the rebate of each customer; None without agreements."""
        if not self.tables.has("rebate_agreements"):
            return None

        def earned() -> OfCustomers:
            found = self.rebates()
            assert found is not None
            return OfCustomers(self._as_counted(found.customers), {})

        return self._customer_rows("rebates", earned)

    def _as_counted(self, accounts: pd.DataFrame) -> pd.DataFrame:
        """Sum rows of accounts by the customer that they count as, to the cent."""
        counted = accounts["customer_id"].map(lambda number: self.facts.counted.get(number, number))
        sums = accounts.assign(customer_id=counted).groupby("customer_id", sort=True).sum()
        return sums.round(2).reset_index()
