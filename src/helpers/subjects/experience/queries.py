"""How experienced customers are, and who turns to buying on price."""

from __future__ import annotations

from helpers.core.scope import COMPANY
from helpers.subjects.experience.experience import ExperienceShift, experience_shift
from helpers.subjects.experience.windows import ExperienceWindows
from helpers.subjects.queries import SubjectQueries


class ExperienceQueries(SubjectQueries):
    """The experience shift: learnt of all customers, shown of those of the scope."""

    def experience(self) -> ExperienceShift:
        """Return who is experienced, who is turning, and what is sold to whom.

        See `helpers.subjects.experience.experience`.

        Examples
        --------
        >>> book.experience()  # doctest: +SKIP
        """
        return self._company_answer("experience", self._experience).of(self._own_ids())

    def _experience(self) -> ExperienceShift:
        facts = self.facts
        return experience_shift(
            self._frame("customers", COMPANY),
            ExperienceWindows(facts),
            facts.frame("product_maturity"),
            self.month,
            self.settings.experience,
        )
