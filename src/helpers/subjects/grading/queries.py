"""What each customer is to the business: value grades, purchase levels and behaviour segments."""

from __future__ import annotations

from helpers.core.scope import COMPANY
from helpers.engine.cache.by_number import MONEY
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.grading.behaviour import OF_THE_SUMMARY, Behaviour, behaviour
from helpers.subjects.grading.grades import Grades, grades
from helpers.subjects.queries import SubjectQueries


class GradingQueries(SubjectQueries):
    """Value grades and behaviour segments."""

    def grades(self) -> Grades:
        """Return value grades and purchase levels; see `helpers.subjects.grading.grades`.

        Examples
        --------
        >>> book.grades().customers[["customer_id", "amount", "grade", "level"]].head(2)
          customer_id      amount      grade    level
        0      C00148  4516250.99  strategic  diamond
        1      C00393  4508449.97  strategic  diamond
        """
        facts = self.facts
        read = MONEY[:1] if self.settings.grades.measure == "net_amount" else MONEY
        return grades(
            self._frame("customers", COMPANY),
            self._months(*read, "purchase_days", scope=COMPANY),
            self.month,
            self.settings.periods.window_months,
            self.settings.grades,
            self.settings.levels,
            facts.frame("wallet_estimates") if self.tables.has("wallet_evidence") else None,
            first_month=facts.coverage.months[0],
            keep=self._own_ids(),
        )

    def _grade_rows(self) -> CustomerRows:
        return self._customer_rows("grades", lambda: _rows_of(self.grades()))

    def behaviour(self) -> Behaviour:
        """Return behaviour classes; see `helpers.subjects.grading.behaviour`.

        Examples
        --------
        >>> book.behaviour().segments[["segment", "customers", "net_amount"]].head(2)
           segment  customers  net_amount
        0  problem         19  6116388.06
        1  enquiry          4        0.00
        """
        facts = self.facts
        return behaviour(
            self._frame("customers", COMPANY),
            self._summary(*OF_THE_SUMMARY, scope=COMPANY),
            self._months("purchase_days", scope=COMPANY),
            self.month,
            self.settings.periods.window_months,
            self.settings.segments,
            facts.frame("complaint_counts") if self.tables.has("complaints") else None,
            first_month=facts.coverage.months[0],
            keep=self._own_ids(),
        )

    def _behaviour_rows(self) -> CustomerRows:
        return self._customer_rows("behaviour", lambda: _rows_of(self.behaviour()))


def _rows_of(found: Grades | Behaviour) -> OfCustomers:
    """Return what is not in the fact customers."""
    return OfCustomers(found.customers.drop(columns=["name", "group"]), {})
