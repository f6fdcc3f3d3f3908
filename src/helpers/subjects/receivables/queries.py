"""Queries on receivables and credit."""

import pandas as pd

from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.receivables.credit import Credit, credit
from helpers.subjects.receivables.receivables import Cash, Receivables, cash, cash_by_owner, receivables

_OF_THE_MONTHS = ("invoiced_amount", "paid_amount", "payments", "days_late_sum", "days_late_squares")


class ReceivableQueries(SubjectQueries):
    """Receivables and expected cash."""

    def receivables(self) -> Receivables | None:
        """Return receivables as of the month end; None without invoices.

        See `helpers.subjects.receivables.receivables`.

        Examples
        --------
        >>> book.receivables().overdue_amount
        1632471.73
        """
        if not self.tables.has("invoices"):
            return None
        rules = self.settings.money
        ahead = self._cash()  # learnt before the months, which are many, are there
        return receivables(
            self.frame("customers"),
            self.frame("receivables"),
            self._unkept("receivable_months", self.scope).columns(*_OF_THE_MONTHS),
            ahead,
            self.month,
            rules.dso_months,
            rules.later_days,
            rules.least_payments,
            self.year,
        )

    def credit(self) -> Credit | None:
        """Return grades and suggested limits; None without invoices. See `helpers.subjects.receivables.credit`.

        Examples
        --------
        >>> book.credit().customers["grade"].value_counts().head(2).to_dict()
        {'A': 89, 'AA': 79}
        """
        owed = self.receivables()
        if owed is None:
            return None
        return credit(
            self.frame("credit_records"), owed.customers,
            self._unkept("receivable_months", self.scope).columns("payments", "days_late_sum"),
            self.frame("customers"), self.month, self.settings.periods.window_months,
            self.settings.money.credit, self.settings.money.least_payments,
        )  # fmt: skip

    def _receivable_rows(self) -> CustomerRows | None:
        """Return each customer's receivables; None without invoices."""
        if not self.tables.has("invoices"):
            return None

        def owed() -> OfCustomers:
            found = self.receivables()
            assert found is not None
            return OfCustomers(found.customers, {})

        return self._customer_rows("receivables", owed)

    def _cash(self) -> Cash:
        forecast = self._cache.get_or_compute("cash", self._company_cash)
        return cash(forecast[self.scope.owns(forecast).to_numpy()], self.month)

    def _company_cash(self) -> pd.DataFrame:
        return cash_by_owner(
            self.facts.frame("cash_history"), self.facts.frame("payment_weeks"), self.month, self.year
        )
