"""Evidence of customer experience in two windows at each month end of a year."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from helpers.core.calendar.period_names import months_a_year
from helpers.engine.facts import Facts
from helpers.subjects.experience.evidence import sums_of
from helpers.subjects.signals.evidence import PARTS
from helpers.subjects.signals.windows import Members, MonthlySums


class ExperienceWindows:
    """Sums of the evidence of some customers at month ends, computed one part at a time to save memory.

    Parameters
    ----------
    facts
        Of the whole company.
    customer_ids
        Whose; None: everybody's.
    count
        Number of month ends, as far as the data reach; None: those of a year, and the one before.
    """

    def __init__(
        self, facts: Facts, customer_ids: Sequence[str] | None = None, count: int | None = None
    ) -> None:
        self._facts, self._count = facts, count or months_a_year(facts.month) + 1
        self._members = (
            Members.from_table(facts.table("customers"))
            if customer_ids is None
            else Members(pa.array(sorted(customer_ids), pa.string()))
        )
        self.months = [pd.Period(end, freq="M") for end in facts.month_ends(self._count)]

    @property
    def customers(self) -> pd.Index:
        """customer_id of each place in an array."""
        return pd.Index(self._members.ids.to_pandas())

    def part(self, part: str) -> MonthlySums:
        """Return the sums of a part of the evidence; it has the measures that the data supply."""
        rows = self._facts.table(f"evidence_{part}")
        kinds = {name: PARTS[part][name] for name in sorted(sums_of(part)) if name in rows.columns}
        return MonthlySums(rows, kinds, self._members, self.months)

    def only(self, customer_ids: Sequence[str]) -> ExperienceWindows:
        """Return the windows of a few customers."""
        return ExperienceWindows(self._facts, customer_ids, self._count)
