"""Queries on value grades, purchase levels and behaviour segments."""

from dataclasses import replace

from helpers.core.scope import COMPANY
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.grading.behaviour import OF_THE_SUMMARY, Behaviour, behaviour, required_measures
from helpers.subjects.grading.grades import Grades, grades
from helpers.subjects.grading.grades import required_measures as grades_look_at
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
        facts, window = self.facts, self.settings.periods.window_months
        return grades(
            self._frame("customers", COMPANY),
            self._by_customer(
                grades_look_at(self.month, window, self.settings.grades.measure, self.until), COMPANY
            ),
            self.month,
            facts.coverage.first_whole,
            window,
            self.settings.grades,
            self.settings.levels,
            self.settings.trade,
            facts.frame("wallet_estimates") if self.tables.has("wallet_evidence") else None,
            keep=self._own_ids(),
            year=self.year,
        )

    def _grade_rows(self) -> CustomerRows:
        return self._customer_rows("grades", lambda: _rows_of(self.grades()))

    def behaviour(self) -> Behaviour:
        """Return behaviour segments; see `helpers.subjects.grading.behaviour`.

        Examples
        --------
        >>> book.behaviour().segments[["segment", "customers", "net_amount"]].head(2)
              segment  customers  net_amount
        0     problem         19  6116388.06
        1  not_bought          1        0.00
        """
        facts, window = self.facts, self.settings.periods.window_months
        found = behaviour(
            self._frame("customers", COMPANY), self._summary(*OF_THE_SUMMARY, scope=COMPANY),
            self._by_customer(required_measures(self.month, window, self.until), COMPANY), self.month,
            facts.coverage.first_whole, window, self.settings.segments,
            facts.frame("complaint_counts") if self.tables.has("complaints") else None, keep=self._own_ids(),
            until=self.facts.coverage.day, year=self.year,
        )  # fmt: skip
        return replace(found, closed=self._closed)

    def _behaviour_rows(self) -> CustomerRows:
        return self._customer_rows("behaviour", lambda: _rows_of(self.behaviour()))


def _rows_of(found: Grades | Behaviour) -> OfCustomers:
    """Return the columns that are not in the fact customers."""
    return OfCustomers(found.customers.drop(columns=["name", "group"]), {})
