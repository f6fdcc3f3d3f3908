"""Queries on the experience shift."""

from helpers.core.scope import COMPANY
from helpers.subjects.experience.evidence import ExperienceWindows
from helpers.subjects.experience.experience import ExperienceShift, experience_shift
from helpers.subjects.queries import SubjectQueries


class ExperienceQueries(SubjectQueries):
    """The experience shift: learnt from all customers, shown for those of the scope."""

    def experience(self) -> ExperienceShift:
        """Return who is experienced, who is turning, and what they buy.

        See `helpers.subjects.experience.experience`.

        Examples
        --------
        >>> book.experience().corners
                         corner  customers   net_amount
        0   inexperienced_young          4  15572241.12
        1  inexperienced_mature        269  60712410.25
        2     experienced_young          1    912435.09
        3    experienced_mature         21   2703377.17
        """
        return self._cache.get_or_compute("experience", self._experience).of(self._own_ids())

    def _experience(self) -> ExperienceShift:
        facts = self.facts
        return experience_shift(
            self._frame("customers", COMPANY),
            ExperienceWindows(facts),
            facts.frame("product_maturity"),
            self.month,
            self.settings.experience,
        )
